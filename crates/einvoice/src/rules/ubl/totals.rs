//! Sums: BR-CO-10 to BR-CO-18 and the decimals of totals.

use super::index::Index;
use super::model::{few_decimals, two_decimals};
use crate::rules::judge::Judge;
use crate::rules::xpath::{Dec, Fault, Judged, both, either};
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
    let added_up = match lines {
        Some(lines) => {
            let sum = e.sum(
                index.invoice_lines.iter().chain(&index.credit_lines).copied(),
                cbc::LineExtensionAmount,
            )?;
            lines == sum.cents()?
        }
        None => false,
    };
    j.fatal("BR-CO-10", id, added_up);
    let allowances = e.amount(id, cbc::AllowanceTotalAmount)?;
    let charges = e.amount(id, cbc::ChargeTotalAmount)?;
    for (rule, total, charge) in [("BR-CO-11", allowances, false), ("BR-CO-12", charges, true)] {
        let siblings = e.tree.parent(id).into_iter().flat_map(|p| e.kids(p, cac::AllowanceCharge));
        let parts = e.filter(siblings, |a| e.indicated(a, charge))?;
        let fits = match total {
            Some(total) => total == e.sum(parts.iter().copied(), cbc::Amount)?.cents()?,
            None => parts.is_empty(),
        };
        j.fatal(rule, id, fits);
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

/// BR-CO-16: what is due is the total less what is paid, apart from the rounding amount. A number is only read if those
/// before it are there.
fn due(j: &Judge<'_>, id: NodeId) -> Judged<bool> {
    let e = j.eval;
    let Some(payable) = e.amount(id, cbc::PayableAmount)? else { return Ok(false) };
    let payable = match e.amount(id, cbc::PayableRoundingAmount)? {
        Some(rounding) => payable.sub(rounding)?.cents()?,
        None => payable,
    };
    let Some(with_vat) = e.amount(id, cbc::TaxInclusiveAmount)? else { return Ok(false) };
    match e.amount(id, cbc::PrepaidAmount)? {
        Some(paid) => Ok(payable == with_vat.sub(paid)?.cents()?),
        None => Ok(payable == with_vat),
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
        let vat = vat_in(j, id, &e.text(currency));
        let one = vat.as_ref().map(|v| v.len() == 1).map_err(Fault::clone);
        if !both(one, total_fits(j, id, vat))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The VAT totals of the document in a currency.
fn vat_in(j: &Judge<'_>, id: NodeId, currency: &str) -> Judged<Vec<Dec>> {
    let e = j.eval;
    let mut amounts = vec![];
    for total in e.kids(id, cac::TaxTotal) {
        let own = e
            .kids(total, cbc::TaxAmount)
            .filter(|a| e.tree.attribute(*a, attr::currencyID) == Some(currency));
        amounts.extend(e.decimal(own)?);
    }
    Ok(amounts)
}

fn total_fits(j: &Judge<'_>, id: NodeId, vat: Judged<Vec<Dec>>) -> Judged<bool> {
    let many = |what: &str| Fault(format!("{what} occurs more than once"));
    let (mut with, mut without) = (vec![], vec![]);
    for total in j.eval.kids(id, cac::LegalMonetaryTotal) {
        with.extend(j.eval.amount(total, cbc::TaxInclusiveAmount)?);
    }
    if with.is_empty() {
        return Ok(false);
    }
    for total in j.eval.kids(id, cac::LegalMonetaryTotal) {
        without.extend(j.eval.amount(total, cbc::TaxExclusiveAmount)?);
    }
    if without.is_empty() {
        return Ok(false);
    }
    match (without.as_slice(), vat?.as_slice()) {
        (_, []) => Ok(false),
        ([without], [vat]) => {
            let sum = without.add(*vat)?.cents()?;
            Ok(with.contains(&sum))
        }
        ([_], _) => Err(many("BT-110")),
        _ => Err(many("BT-109")),
    }
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
    let rate = || -> Judged<Option<Dec>> {
        let mut rates = vec![];
        for category in categories {
            rates.extend(e.amount(*category, cbc::Percent)?);
        }
        match rates[..] {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(Fault("BT-119 occurs more than once".to_owned())),
        }
    };
    let rate = rate();
    let no_tax = e.amount(id, cbc::TaxAmount).map(|t| t.is_some_and(|t| t.round().is_zero()));
    match rate {
        Ok(None) => no_tax,
        Ok(Some(rate)) if rate.round().is_zero() => no_tax,
        // Errors count only as far as the calculation gets.
        rate => either(
            both(rate.clone().map(|_| true), within_one(j, id, || rate.clone())),
            both(rate.clone().map(|_| false), no_tax),
        ),
    }
}

/// Whether the tax is less than one unit away from taxable amount times rate, both taken without sign. Amounts are read in
/// this order, each only if the one before is there.
pub(super) fn within_one(
    j: &Judge<'_>,
    subtotal: NodeId,
    rate: impl FnOnce() -> Judged<Option<Dec>>,
) -> Judged<bool> {
    let Some(tax) = j.eval.amount(subtotal, cbc::TaxAmount)? else { return Ok(false) };
    let Some(taxable) = j.eval.amount(subtotal, cbc::TaxableAmount)? else { return Ok(false) };
    let Some(rate) = rate()? else { return Ok(false) };
    let computed = taxable.abs().mul(rate.hundredth())?.cents()?;
    Ok(tax.abs().sub(Dec::ONE)? < computed && tax.abs().add(Dec::ONE)? > computed)
}
