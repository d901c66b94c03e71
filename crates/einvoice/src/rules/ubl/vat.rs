//! The VAT families per category: BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF, BR-AG 05 to 10.

use std::collections::{HashMap, HashSet};

use super::index::Index;
use super::totals::within_one;
use crate::rules::judge::Judge;
use crate::rules::xpath::{Dec, Eval, Fault, Judged, both, double_sign, either};
use crate::xml::names::{cac, cbc};
use crate::xml::{Name, NodeId};

/// Category codes with their families, in the order of the rule tables below.
pub(super) const CODES: [&str; 9] = ["AE", "E", "G", "K", "L", "M", "O", "S", "Z"];
const L: usize = 4;
const M: usize = 5;
const O: usize = 6;
const S: usize = 7;
const Z: usize = 8;

/// Rule ids 05 (line), 06 (allowance), 07 (charge), 08, 09, 10 (breakdown) of each family.
const RULES: [[&str; 6]; 9] = [
    ["BR-AE-05", "BR-AE-06", "BR-AE-07", "BR-AE-08", "BR-AE-09", "BR-AE-10"],
    ["BR-E-05", "BR-E-06", "BR-E-07", "BR-E-08", "BR-E-09", "BR-E-10"],
    ["BR-G-05", "BR-G-06", "BR-G-07", "BR-G-08", "BR-G-09", "BR-G-10"],
    ["BR-IC-05", "BR-IC-06", "BR-IC-07", "BR-IC-08", "BR-IC-09", "BR-IC-10"],
    ["BR-AF-05", "BR-AF-06", "BR-AF-07", "BR-AF-08", "BR-AF-09", "BR-AF-10"],
    ["BR-AG-05", "BR-AG-06", "BR-AG-07", "BR-AG-08", "BR-AG-09", "BR-AG-10"],
    ["BR-O-05", "BR-O-06", "BR-O-07", "BR-O-08", "BR-O-09", "BR-O-10"],
    ["BR-S-05", "BR-S-06", "BR-S-07", "BR-S-08", "BR-S-09", "BR-S-10"],
    ["BR-Z-05", "BR-Z-06", "BR-Z-07", "BR-Z-08", "BR-Z-09", "BR-Z-10"],
];

/// A sum that may not be computable: then judging it is an error, but only if a rule asks for it.
type Sum = Judged<Dec>;

/// What one kind of element below the root adds up to, per category and per category with rate.
#[derive(Default)]
struct Sums {
    /// By category and, where a family asks for it, rate; an empty rate holds the fault of one that cannot be read.
    lines: HashMap<(usize, Option<String>), Sum>,
}

/// Sums per category, made once per document so that judging stays linear.
pub(super) struct Groups {
    invoice: Sums,
    credit: Sums,
    charges: Sums,
    allowances: Sums,
    /// Rates of the standard category on lines and on allowances or charges anywhere.
    standard_invoice: Rates,
    standard_credit: Rates,
    standard_allowance: Rates,
}

/// The rates found until something could not be read.
#[derive(Default)]
struct Rates {
    found: HashSet<String>,
    fault: Option<Fault>,
}

impl Rates {
    fn of(eval: Eval<'_>, nodes: &[NodeId], categories: impl Fn(NodeId) -> Vec<NodeId>) -> Self {
        let mut rates = Self::default();
        for node in nodes {
            let categories = categories(*node);
            let (codes, fault) = codes_of(eval, categories.iter().copied());
            if !codes.contains(&S) {
                rates.fault = rates.fault.or(fault);
                continue;
            }
            match rates_of(eval, categories.into_iter()) {
                Ok(found) => rates.found.extend(found),
                Err(fault) => rates.fault = rates.fault.or(Some(fault)),
            }
        }
        rates
    }

    fn has(&self, rate: &str) -> Judged<bool> {
        match &self.fault {
            _ if self.found.contains(rate) => Ok(true),
            Some(fault) => Err(fault.clone()),
            None => Ok(false),
        }
    }
}

fn code_index(code: &str) -> Option<usize> {
    CODES.iter().position(|c| *c == code)
}

impl Sums {
    fn add(&mut self, eval: Eval<'_>, node: NodeId, amount: Name, categories: &[NodeId]) {
        let (codes, fault) = codes_of(eval, categories.iter().copied());
        if let Some(fault) = fault {
            // A category that cannot be read stops whichever family looks at it.
            for code in 0..CODES.len() {
                self.lines.insert((code, None), Err(fault.clone()));
                self.lines.insert((code, Some(String::new())), Err(fault.clone()));
            }
            return;
        }
        if codes.is_empty() {
            return;
        }
        let value = eval.amount(node, amount).map(|v| v.unwrap_or(Dec::ZERO));
        let rates = rates_of(eval, categories.iter().copied());
        for code in codes {
            add_to(self.lines.entry((code, None)).or_insert(Ok(Dec::ZERO)), &value);
            if !matches!(code, L | M | S) {
                continue;
            }
            match &rates {
                Ok(rates) => rates.iter().for_each(|r| {
                    add_to(self.lines.entry((code, Some(r.clone()))).or_insert(Ok(Dec::ZERO)), &value)
                }),
                Err(fault) => {
                    self.lines.insert((code, Some(String::new())), Err(fault.clone()));
                }
            }
        }
    }

    /// Sum of a category, zero if nothing has it.
    fn of(&self, code: usize) -> Sum {
        self.lines.get(&(code, None)).cloned().unwrap_or(Ok(Dec::ZERO))
    }

    /// Sum of a category at a rate.
    fn at(&self, code: usize, rate: &str) -> Sum {
        if let Some(Err(fault)) = self.lines.get(&(code, Some(String::new()))) {
            return Err(fault.clone());
        }
        self.lines.get(&(code, Some(rate.to_owned()))).cloned().unwrap_or(Ok(Dec::ZERO))
    }
}

fn add_to(sum: &mut Sum, value: &Sum) {
    let next = match (&*sum, value) {
        (Ok(a), Ok(b)) => a.add(*b),
        (Err(fault), _) | (_, Err(fault)) => Err(fault.clone()),
    };
    *sum = next;
}

fn codes_of(eval: Eval<'_>, categories: impl Iterator<Item = NodeId>) -> (Vec<usize>, Option<Fault>) {
    let mut codes = vec![];
    for category in categories {
        match eval.category(category) {
            Ok(code) => {
                if let Some(code) = code_index(&code).filter(|c| !codes.contains(c)) {
                    codes.push(code);
                }
            }
            Err(fault) => return (codes, Some(fault)),
        }
    }
    (codes, None)
}

/// The rates of some categories, each in one spelling.
fn rates_of(eval: Eval<'_>, categories: impl Iterator<Item = NodeId>) -> Judged<Vec<String>> {
    let mut rates = vec![];
    for category in categories {
        if let Some(rate) = eval.amount(category, cbc::Percent)? {
            let key = rate.key();
            if !rates.contains(&key) {
                rates.push(key);
            }
        }
    }
    Ok(rates)
}

impl Groups {
    pub(super) fn of(eval: Eval<'_>, index: &Index) -> Self {
        let of_item = |n| eval.path2(n, cac::Item, cac::ClassifiedTaxCategory).collect::<Vec<_>>();
        let own = |n| eval.kids(n, cac::TaxCategory).collect::<Vec<_>>();
        let mut groups = Self {
            invoice: Sums::default(),
            credit: Sums::default(),
            charges: Sums::default(),
            allowances: Sums::default(),
            standard_invoice: Rates::of(eval, &index.invoice_lines, of_item),
            standard_credit: Rates::of(eval, &index.credit_lines, of_item),
            standard_allowance: Rates::of(eval, &index.allowances, own),
        };
        for node in eval.tree.children(eval.tree.root()) {
            match eval.tree.name(node) {
                cac::InvoiceLine => groups.invoice.add(eval, node, cbc::LineExtensionAmount, &of_item(node)),
                cac::CreditNoteLine => {
                    groups.credit.add(eval, node, cbc::LineExtensionAmount, &of_item(node))
                }
                cac::AllowanceCharge => {
                    for (charge, sums) in [(true, &mut groups.charges), (false, &mut groups.allowances)] {
                        if eval.matches_indicator(node, charge) {
                            sums.add(eval, node, cbc::Amount, &own(node));
                        }
                    }
                }
                _ => {}
            }
        }
        groups
    }
}

/// A `TaxCategory` or `ClassifiedTaxCategory` with a VAT code, at one of the places the families look at.
pub(super) fn category(
    j: &mut Judge<'_>,
    index: &Index,
    groups: &Groups,
    id: NodeId,
    name: Name,
) -> Judged<()> {
    let e = j.eval;
    // Errors in a rule's context only mean that it does not match.
    let Ok(code) = e.category(id) else { return Ok(()) };
    let Some(code) = code_index(&code).filter(|_| e.vat(id).unwrap_or(false)) else { return Ok(()) };
    if name == cac::ClassifiedTaxCategory {
        if e.below(id, &[cac::Item, cac::InvoiceLine]) || e.below(id, &[cac::Item, cac::CreditNoteLine]) {
            j.fatal(RULES[code][0], id, rate_fits(j, id, code)?);
        }
        return Ok(());
    }
    if e.below(id, &[cac::AllowanceCharge]) {
        let parent = e.tree.parent(id).unwrap_or(id);
        if e.matches_indicator(parent, false) {
            j.fatal(RULES[code][1], id, rate_fits(j, id, code)?);
        } else if e.matches_indicator(parent, true) {
            j.fatal(RULES[code][2], id, rate_fits(j, id, code)?);
        }
        return Ok(());
    }
    let breakdown =
        e.below(id, &[cac::TaxSubtotal, cac::TaxTotal, e.tree.name(e.tree.root())]) && depth(j, id) == 3;
    if breakdown {
        return subtotal(j, index, groups, id, code);
    }
    Ok(())
}

fn depth(j: &Judge<'_>, id: NodeId) -> usize {
    std::iter::successors(j.eval.tree.parent(id), |p| j.eval.tree.parent(*p)).count()
}

/// The rate a line, allowance or charge of the category must have.
fn rate_fits(j: &Judge<'_>, id: NodeId, code: usize) -> Judged<bool> {
    let e = j.eval;
    match code {
        O => Ok(!e.has(id, cbc::Percent)),
        S => e.any(e.kids(id, cbc::Percent), |p| Ok(double_sign(&e.text(p), 0)?.is_gt())),
        L | M => e.any(e.kids(id, cbc::Percent), |p| Ok(double_sign(&e.text(p), 0)?.is_ge())),
        _ => Ok(e.amount(id, cbc::Percent)? == Some(Dec::ZERO)),
    }
}

fn subtotal(j: &mut Judge<'_>, index: &Index, groups: &Groups, id: NodeId, code: usize) -> Judged<()> {
    let e = j.eval;
    let parent = e.tree.parent(id).unwrap_or(id);
    let [.., taxable_rule, tax_rule, reason_rule] = RULES[code];
    let by_rate = matches!(code, L | M | S);
    let fits = if by_rate {
        taxable_by_rate(j, index, groups, id, parent, code)?
    } else {
        taxable(j, index, groups, parent, code)?
    };
    j.fatal(taxable_rule, id, fits);
    let reason = e.has(id, cbc::TaxExemptionReason) || e.has(id, cbc::TaxExemptionReasonCode);
    if by_rate {
        let fits = within_one(j, parent, || j.eval.amount(id, cbc::Percent))?;
        j.fatal(tax_rule, id, fits);
        j.fatal(reason_rule, id, !reason);
    } else {
        j.fatal(tax_rule, id, e.amount(parent, cbc::TaxAmount)? == Some(Dec::ZERO));
        j.fatal(reason_rule, id, reason != (code == Z));
    }
    Ok(())
}

/// The taxable amount is exactly what lines, charges and allowances of the category add up to.
fn taxable(j: &Judge<'_>, index: &Index, groups: &Groups, subtotal: NodeId, code: usize) -> Judged<bool> {
    let e = j.eval;
    for (lines, there) in
        [(&groups.invoice, !index.invoice_lines.is_empty()), (&groups.credit, !index.credit_lines.is_empty())]
    {
        if !there {
            continue;
        }
        let Some(taxable) = e.amount(subtotal, cbc::TaxableAmount)? else { return Ok(false) };
        let sum = lines.of(code)?.add(groups.charges.of(code)?)?.sub(groups.allowances.of(code)?)?;
        if taxable == sum {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Per rate, with less than one unit of difference. The rule subtracts without a cast, so in binary. BR-S-08 only looks
/// at documents that have a line, or an allowance or charge, of this rate.
fn taxable_by_rate(
    j: &Judge<'_>,
    index: &Index,
    groups: &Groups,
    id: NodeId,
    subtotal: NodeId,
    code: usize,
) -> Judged<bool> {
    let e = j.eval;
    let Some(rate) = e.amount(id, cbc::Percent)? else { return Ok(true) };
    let key = rate.key();
    let kinds = [
        (&groups.invoice, &groups.standard_invoice, !index.invoice_lines.is_empty()),
        (&groups.credit, &groups.standard_credit, !index.credit_lines.is_empty()),
    ];
    let taxable = e.amount(subtotal, cbc::TaxableAmount);
    if taxable == Ok(None) {
        return Ok(false);
    }
    let mut found = Ok(false);
    for (lines, standard, there) in kinds {
        let looked_at = if code == S {
            either(standard.has(&key), groups.standard_allowance.has(&key))
        } else {
            Ok(there)
        };
        if looked_at == Ok(false) {
            continue;
        }
        let close = || -> Judged<bool> {
            let Some(taxable) = taxable.clone()? else { return Ok(false) };
            let sum = lines
                .at(code, &key)?
                .add(groups.charges.at(code, &key)?)?
                .sub(groups.allowances.at(code, &key)?)?;
            Ok(taxable.cmp_double_sum(-1, sum)?.is_lt() && taxable.cmp_double_sum(1, sum)?.is_gt())
        };
        found = either(found, both(looked_at, close()));
    }
    found
}
