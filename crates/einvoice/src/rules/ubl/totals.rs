//! Sums: BR-CO-10 to BR-CO-18 and the decimals of totals.

use super::index::Index;
use super::model::{few_decimals, two_decimals};
use crate::rules::judge::Judge;
use crate::rules::xpath::{Dec, Judged};
use crate::xml::NodeId;
use crate::xml::names::{attr, cac, cbc, cn, inv};

/// Whether two optional numbers are there and equal, as `a = b` of sequences is.
fn same(a: Option<Dec>, b: Option<Dec>) -> bool {
    a.is_some() && a == b
}

pub(super) fn monetary(j: &mut Judge<'_>, index: &Index, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("BR-12", id, e.has(id, cbc::LineExtensionAmount));
    j.fatal("BR-13", id, e.has(id, cbc::TaxExclusiveAmount));
    j.fatal("BR-14", id, e.has(id, cbc::TaxInclusiveAmount));
    j.fatal("BR-15", id, e.has(id, cbc::PayableAmount));
    let lines = e.amount(id, cbc::LineExtensionAmount)?;
    if lines.is_some() || !index.invoice_lines.is_empty() || !index.credit_lines.is_empty() {
        let sum = e
            .sum(index.invoice_lines.iter().chain(&index.credit_lines).copied(), cbc::LineExtensionAmount)?
            .cents()?;
        j.fatal("BR-CO-10", id, lines == Some(sum));
    } else {
        j.fatal("BR-CO-10", id, false);
    }
    let allowances = e.amount(id, cbc::AllowanceTotalAmount)?;
    let charges = e.amount(id, cbc::ChargeTotalAmount)?;
    for (rule, total, charge) in [("BR-CO-11", allowances, false), ("BR-CO-12", charges, true)] {
        let siblings = e.tree.parent(id).into_iter().flat_map(|p| e.kids(p, cac::AllowanceCharge));
        let parts = e.filter(siblings, |a| e.indicated(a, charge))?;
        let sum = e.sum(parts.iter().copied(), cbc::Amount)?.cents()?;
        j.fatal(rule, id, total == Some(sum) || (total.is_none() && parts.is_empty()));
    }
    let without_vat = e.amount(id, cbc::TaxExclusiveAmount)?;
    let expected = match (lines, charges, allowances) {
        (None, ..) => None,
        (Some(sum), None, None) => Some(sum),
        (Some(sum), charges, allowances) => {
            Some(sum.add(charges.unwrap_or(Dec::ZERO))?.sub(allowances.unwrap_or(Dec::ZERO))?.cents()?)
        }
    };
    j.fatal("BR-CO-13", id, same(without_vat, expected));
    j.fatal("BR-CO-16", id, due(j, id)?);
    two_decimals(j, "BR-DEC-09", id, cbc::LineExtensionAmount)?;
    two_decimals(j, "BR-DEC-10", id, cbc::AllowanceTotalAmount)?;
    two_decimals(j, "BR-DEC-11", id, cbc::ChargeTotalAmount)?;
    two_decimals(j, "BR-DEC-12", id, cbc::TaxExclusiveAmount)?;
    two_decimals(j, "BR-DEC-14", id, cbc::TaxInclusiveAmount)?;
    two_decimals(j, "BR-DEC-16", id, cbc::PrepaidAmount)?;
    two_decimals(j, "BR-DEC-17", id, cbc::PayableRoundingAmount)?;
    two_decimals(j, "BR-DEC-18", id, cbc::PayableAmount)
}

/// BR-CO-16: what is due is the total less what is paid, apart from the rounding amount.
fn due(j: &Judge<'_>, id: NodeId) -> Judged<bool> {
    let e = j.eval;
    let payable = e.amount(id, cbc::PayableAmount)?;
    let with_vat = e.amount(id, cbc::TaxInclusiveAmount)?;
    let paid = e.amount(id, cbc::PrepaidAmount)?;
    let rounding = e.amount(id, cbc::PayableRoundingAmount)?;
    let (Some(payable), Some(with_vat)) = (payable, with_vat) else { return Ok(false) };
    let owed = match paid {
        Some(paid) => with_vat.sub(paid)?.cents()?,
        None => with_vat,
    };
    match rounding {
        Some(rounding) => Ok(payable.sub(rounding)?.cents()? == owed),
        None => Ok(payable == owed),
    }
}

/// BR-CO-14.
pub(super) fn tax_total(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let root = e.tree.root();
    if e.tree.parent(id) != Some(root) || !matches!(e.tree.name(root), inv::Invoice | cn::CreditNote) {
        return Ok(());
    }
    if !e.has(id, cac::TaxSubtotal) {
        return Ok(());
    }
    let sum = e.sum(e.kids(id, cac::TaxSubtotal), cbc::TaxAmount)?.cents()?;
    let total = e.amount(id, cbc::TaxAmount)?;
    j.fatal("BR-CO-14", id, total == Some(sum));
    Ok(())
}

/// BR-CO-15, BR-CO-18 and the decimals of the VAT totals.
pub(super) fn document(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("BR-CO-15", id, total_with_vat(j, id)?);
    j.fatal("BR-CO-18", id, e.has2(id, cac::TaxTotal, cac::TaxSubtotal));
    // BR-DEC-13 and BR-DEC-15 look for a currency code inside the amount, where none can be.
    Ok(())
}

fn total_with_vat(j: &Judge<'_>, id: NodeId) -> Judged<bool> {
    let e = j.eval;
    for currency in e.kids(id, cbc::DocumentCurrencyCode) {
        let code = e.text(currency);
        let of_total =
            |t| e.kids(t, cbc::TaxAmount).filter(|a| e.tree.attribute(*a, attr::currencyID) == Some(&*code));
        let mut amounts = vec![];
        for total in e.kids(id, cac::TaxTotal) {
            amounts.extend(e.decimal(of_total(total))?);
        }
        let [vat] = amounts[..] else { return Ok(false) };
        let (mut with, mut without) = (vec![], vec![]);
        for total in e.kids(id, cac::LegalMonetaryTotal) {
            with.extend(e.amount(total, cbc::TaxInclusiveAmount)?);
            without.extend(e.amount(total, cbc::TaxExclusiveAmount)?);
        }
        let sum = match without[..] {
            [] => None,
            [one] => Some(one.add(vat)?.cents()?),
            _ => return Err(crate::rules::xpath::Fault("BT-109 occurs more than once".to_owned())),
        };
        if !with.iter().any(|w| same(Some(*w), sum)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// BR-45 to BR-48, BR-CO-17: one VAT breakdown.
pub(super) fn subtotal(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("BR-45", id, e.has(id, cbc::TaxableAmount));
    j.fatal("BR-46", id, e.has(id, cbc::TaxAmount));
    let categories = e.filter(e.kids(id, cac::TaxCategory), |c| e.vat(c))?;
    j.fatal("BR-47", id, categories.iter().any(|c| e.has(*c, cbc::ID)));
    let rated = categories.iter().any(|c| e.has(*c, cbc::Percent));
    j.fatal("BR-48", id, rated || e.any(categories.iter().copied(), |c| Ok(e.category(c)? == "O"))?);
    j.fatal("BR-CO-17", id, tax_fits(j, id, &categories)?);
    for (rule, name) in [("BR-DEC-19", cbc::TaxableAmount), ("BR-DEC-20", cbc::TaxAmount)] {
        let text = e.string(e.kids(id, name))?;
        j.fatal(rule, id, few_decimals(&text));
    }
    Ok(())
}

fn tax_fits(j: &Judge<'_>, id: NodeId, categories: &[NodeId]) -> Judged<bool> {
    let e = j.eval;
    let mut rates = vec![];
    for category in categories {
        rates.extend(e.amount(*category, cbc::Percent)?);
    }
    let rate = match rates[..] {
        [] => None,
        [one] => Some(one),
        _ => return Err(crate::rules::xpath::Fault("BT-119 occurs more than once".to_owned())),
    };
    let tax = e.amount(id, cbc::TaxAmount)?;
    let no_tax = tax.is_some_and(|t| t.round().is_zero());
    match rate {
        None => Ok(no_tax),
        Some(rate) if rate.round().is_zero() => Ok(no_tax),
        Some(rate) => within_one(tax, e.amount(id, cbc::TaxableAmount)?, rate),
    }
}

/// Whether the tax is less than one unit away from taxable amount times rate, both taken without sign.
pub(super) fn within_one(tax: Option<Dec>, taxable: Option<Dec>, rate: Dec) -> Judged<bool> {
    let (Some(tax), Some(taxable)) = (tax, taxable) else { return Ok(false) };
    let computed = taxable.abs().mul(rate.hundredth())?.cents()?;
    Ok(tax.abs().sub(Dec::ONE)? < computed && tax.abs().add(Dec::ONE)? > computed)
}
