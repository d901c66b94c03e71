//! PEPPOL-EN16931-R rules of the document and its header, and the order in which contexts are tried.

use super::places::Places;
use super::{Flavor, common, line};
use crate::rules::judge::Judge;
use crate::rules::ubl::is_amount;
use crate::rules::xpath::{Dec, Judged, both, cast_date, double_sign, either, normalize, trim};
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

/// R008: no element is empty.
pub(super) fn empty(j: &mut Judge<'_>, id: NodeId) {
    let e = j.eval;
    j.fatal("PEPPOL-EN16931-R008", id, e.tree.has_children(id) || !trim(&e.text(id)).is_empty());
}

/// What every specification identifier of Peppol BIS Billing starts with.
const BILLING: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
/// The same of self-billing.
const SELF_BILLING: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0";

pub(super) fn element(j: &mut Judge<'_>, places: &Places, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    match name {
        inv::Invoice | cn::CreditNote => {
            if name == cn::CreditNote && places.flavor != Flavor::Core {
                let projects = e
                    .kids(id, cac::AdditionalDocumentReference)
                    .filter(|r| e.equals(e.kids(*r, cbc::DocumentTypeCode), "50"));
                j.fatal("PEPPOL-EN16931-R080", id, e.at_most_one(projects));
            }
            root(j, places, id)
        }
        cbc::TaxCurrencyCode => {
            let own = e.normal_text(std::iter::once(id))?;
            let invoice = e.normal_text(
                e.tree.parent(id).into_iter().flat_map(|p| e.kids(p, cbc::DocumentCurrencyCode)),
            )?;
            j.fatal("PEPPOL-EN16931-R005", id, own != invoice);
            Ok(())
        }
        cac::Party if e.below(id, &[cac::AccountingCustomerParty]) => {
            j.fatal("PEPPOL-EN16931-R010", id, e.has(id, cbc::EndpointID));
            Ok(())
        }
        cac::Party if e.below(id, &[cac::AccountingSupplierParty]) => {
            j.fatal("PEPPOL-EN16931-R020", id, e.has(id, cbc::EndpointID));
            Ok(())
        }
        cac::AllowanceCharge => allowance(j, id),
        cac::PaymentMeans => {
            let code = e.normal(e.kids(id, cbc::PaymentMeansCode)).unwrap_or_default();
            if matches!(&*code, "49" | "59") {
                j.fatal("PEPPOL-EN16931-R061", id, e.has2(id, cac::PaymentMandate, cbc::ID));
            }
            Ok(())
        }
        cbc::TaxAmount => {
            let of_breakdown = e.tree.parent(id).is_some_and(|p| match e.tree.name(p) {
                cac::TaxTotal => e.has(p, cac::TaxSubtotal),
                parent => parent == cac::TaxSubtotal && places.flavor == Flavor::Billing,
            });
            if of_breakdown {
                currency(j, places, id);
            }
            Ok(())
        }
        _ if is_amount(name) => {
            currency(j, places, id);
            Ok(())
        }
        cbc::StartDate | cbc::EndDate => line_period(j, id, name),
        cac::InvoiceLine | cac::CreditNoteLine => line::line(j, places.flavor, id),
        cbc::BaseQuantity if e.below(id, &[cac::Price]) => {
            line::base_quantity(j, id);
            Ok(())
        }
        cbc::EndpointID | cbc::ID | cbc::CompanyID if places.flavor != Flavor::Core => {
            common::identifier(j, id, name)
        }
        _ => Ok(()),
    }
}

fn root(j: &mut Judge<'_>, places: &Places, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("PEPPOL-EN16931-R001", id, e.has(id, cbc::ProfileID));
    if places.flavor != Flavor::Core {
        j.fatal("PEPPOL-EN16931-R007", id, places.process.clone()?.is_some());
        let notes = e.at_most_one(e.kids(id, cbc::Note));
        j.fatal("PEPPOL-EN16931-R002", id, notes || places.german()?);
        j.fatal(
            "PEPPOL-EN16931-R003",
            id,
            e.has(id, cbc::BuyerReference) || e.has2(id, cac::OrderReference, cbc::ID),
        );
        let prefix = if places.flavor == Flavor::SelfBilling { SELF_BILLING } else { BILLING };
        let specification = e.normal_text(e.kids(id, cbc::CustomizationID))?;
        j.fatal(
            "PEPPOL-EN16931-R004",
            id,
            specification.starts_with(prefix) && !specification.contains("::"),
        );
    }
    let totals =
        |with: bool| e.kids(id, cac::TaxTotal).filter(move |t| e.has(*t, cac::TaxSubtotal) == with).count();
    j.fatal("PEPPOL-EN16931-R053", id, totals(true) == 1);
    j.fatal("PEPPOL-EN16931-R054", id, totals(false) == usize::from(e.has(id, cbc::TaxCurrencyCode)));
    j.fatal("PEPPOL-EN16931-R055", id, same_sign(j, id)?);
    Ok(())
}

/// R055: the VAT totals in both currencies have the same sign.
fn same_sign(j: &Judge<'_>, id: NodeId) -> Judged<bool> {
    let e = j.eval;
    if !e.has(id, cbc::TaxCurrencyCode) {
        return Ok(true);
    }
    let some = |currency: Name, test: fn(std::cmp::Ordering) -> bool| -> Judged<bool> {
        for amount in e.path2(id, cac::TaxTotal, cbc::TaxAmount) {
            let code = e.normal(e.kids(id, currency))?;
            if e.tree.attribute(amount, attr::currencyID) == Some(&*code)
                && test(double_sign(&e.text(amount), 0)?)
            {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let agree = |test| both(some(cbc::TaxCurrencyCode, test), some(cbc::DocumentCurrencyCode, test));
    either(agree(std::cmp::Ordering::is_le), agree(std::cmp::Ordering::is_ge))
}

/// R051: the currency is the invoice's.
fn currency(j: &mut Judge<'_>, places: &Places, id: NodeId) {
    if places.flavor == Flavor::Core {
        return;
    }
    let e = j.eval;
    let own = e.tree.attribute(id, attr::currencyID);
    let same = own.is_some_and(|own| e.equals(e.kids(e.tree.root(), cbc::DocumentCurrencyCode), own));
    j.fatal("PEPPOL-EN16931-R051", id, same);
}

/// `exp + slack >= value and exp - slack <= value`.
pub(super) fn slack(expected: Dec, value: Dec, slack: Dec) -> Judged<bool> {
    Ok(expected.add(slack)? >= value && expected.sub(slack)? <= value)
}

pub(super) const TWO_CENTS: Dec = Dec::new(2, 2);

fn allowance(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let places: [&[Name]; 4] = [
        &[inv::Invoice],
        &[cac::InvoiceLine, inv::Invoice],
        &[cn::CreditNote],
        &[cac::CreditNoteLine, cn::CreditNote],
    ];
    if !places.iter().any(|p| e.below(id, p)) {
        if e.below(id, &[cac::Price]) {
            line::price_discount(j, id)?;
        }
        return Ok(());
    }
    let (factor, base) = (e.has(id, cbc::MultiplierFactorNumeric), e.has(id, cbc::BaseAmount));
    match (factor, base) {
        (true, false) => j.fatal("PEPPOL-EN16931-R041", id, false),
        (false, true) => j.fatal("PEPPOL-EN16931-R042", id, false),
        _ => {
            let fits = !factor || {
                let amount = e.amount(id, cbc::Amount)?.unwrap_or(Dec::ZERO);
                match (e.amount(id, cbc::BaseAmount)?, e.amount(id, cbc::MultiplierFactorNumeric)?) {
                    (Some(base), Some(factor)) => slack(amount, base.mul(factor)?.hundredth(), TWO_CENTS)?,
                    _ => false,
                }
            };
            j.fatal("PEPPOL-EN16931-R040", id, fits);
            let indicator = e.normal_text(e.kids(id, cbc::ChargeIndicator))?;
            j.fatal("PEPPOL-EN16931-R043", id, matches!(&*indicator, "true" | "false"));
        }
    }
    Ok(())
}

/// R110, R111: the period of a line lies within that of the invoice.
fn line_period(j: &mut Judge<'_>, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let in_invoice = e.below(id, &[cac::InvoicePeriod, cac::InvoiceLine, inv::Invoice]);
    let in_credit = e.below(id, &[cac::InvoicePeriod, cac::CreditNoteLine, cn::CreditNote]);
    if !in_invoice && !in_credit {
        return Ok(());
    }
    let document = e.tree.parent(id).and_then(|p| e.tree.parent(p)).and_then(|p| e.tree.parent(p));
    let outer = || document.into_iter().flat_map(|d| e.path2(d, cac::InvoicePeriod, name));
    if outer().next().is_none() {
        return Ok(());
    }
    let own = e.text_node(std::iter::once(id))?.map(cast_date).transpose()?;
    let outer = cast_date(&normalize(e.string(outer())?))?;
    match name {
        cbc::StartDate => j.fatal("PEPPOL-EN16931-R110", id, own.is_some_and(|d| d >= outer)),
        _ => j.fatal("PEPPOL-EN16931-R111", id, own.is_some_and(|d| d <= outer)),
    }
    Ok(())
}
