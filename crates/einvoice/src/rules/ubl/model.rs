//! BR-01 to BR-65 and the BR-CO, BR-DEC rules of single elements. The first context that matches an element is the
//! only one judged, as in the official pattern.

use super::index::Index;
use super::vat::{self, Groups};
use super::{totals, vat_document};
use crate::rules::codes::en16931::{COUNTRIES, NOTE_SUBJECTS};
use crate::rules::judge::Judge;
use crate::rules::xpath::{Judged, cast_date, double_sign, either, trim};
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

pub(super) fn element(
    j: &mut Judge<'_>,
    index: &Index,
    groups: &Groups,
    id: NodeId,
    name: Name,
) -> Judged<()> {
    match name {
        inv::Invoice | cn::CreditNote if id == j.eval.tree.root() => root(j, index, id),
        cac::InvoiceLine | cac::CreditNoteLine => line(j, id),
        cac::AllowanceCharge => allowance(j, id),
        cac::TaxSubtotal if j.eval.below(id, &[cac::TaxTotal]) => totals::subtotal(j, id),
        cac::TaxCategory | cac::ClassifiedTaxCategory => vat::category(j, index, groups, id, name),
        cac::LegalMonetaryTotal => totals::monetary(j, index, id),
        cac::TaxTotal => totals::tax_total(j, id),
        cac::InvoicePeriod => period(j, id),
        cac::PartyTaxScheme if j.eval.vat(id).unwrap_or(false) => {
            let prefix: String = j.eval.string(j.eval.kids(id, cbc::CompanyID))?.chars().take(2).collect();
            j.fatal("BR-CO-09", id, COUNTRIES.contains_text(&prefix) || " EL ".contains(&prefix));
            Ok(())
        }
        _ => party(j, id, name),
    }
}

fn root(j: &mut Judge<'_>, index: &Index, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("BR-01", id, e.filled(e.kids(id, cbc::CustomizationID))?);
    j.fatal("BR-02", id, e.filled(e.kids(id, cbc::ID))?);
    j.fatal("BR-03", id, e.filled(e.kids(id, cbc::IssueDate))?);
    j.fatal(
        "BR-04",
        id,
        either(e.filled(e.kids(id, cbc::InvoiceTypeCode)), e.filled(e.kids(id, cbc::CreditNoteTypeCode)))?,
    );
    j.fatal("BR-05", id, e.filled(e.kids(id, cbc::DocumentCurrencyCode))?);
    let name = |party| e.path4(id, [party, cac::Party, cac::PartyLegalEntity, cbc::RegistrationName]);
    j.fatal("BR-06", id, e.filled(name(cac::AccountingSupplierParty))?);
    j.fatal("BR-07", id, e.filled(name(cac::AccountingCustomerParty))?);
    let address = |party| e.path3(id, party, cac::Party, cac::PostalAddress).next().is_some();
    j.fatal("BR-08", id, address(cac::AccountingSupplierParty));
    j.fatal("BR-10", id, address(cac::AccountingCustomerParty));
    j.fatal("BR-16", id, e.has(id, cac::InvoiceLine) || e.has(id, cac::CreditNoteLine));
    let amounts = || index.tax_totals.iter().flat_map(|t| e.kids(*t, cbc::TaxAmount));
    let in_vat_currency = e
        .kids(id, cbc::TaxCurrencyCode)
        .all(|c| amounts().any(|a| e.tree.attribute(a, attr::currencyID) == Some(&e.text(c))));
    j.fatal("BR-53", id, in_vat_currency);
    let (point, code) = (e.has(id, cbc::TaxPointDate), e.has2(id, cac::InvoicePeriod, cbc::DescriptionCode));
    j.fatal("BR-CO-03", id, !(point && code));
    totals::document(j, id)?;
    vat_document::document(j, index, id)
}

fn line(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("BR-21", id, e.filled(e.kids(id, cbc::ID))?);
    let quantities = || e.kids(id, cbc::InvoicedQuantity).chain(e.kids(id, cbc::CreditedQuantity));
    j.fatal("BR-22", id, quantities().next().is_some());
    j.fatal("BR-23", id, quantities().any(|q| e.tree.attribute(q, attr::unitCode).is_some()));
    j.fatal("BR-24", id, e.has(id, cbc::LineExtensionAmount));
    j.fatal("BR-25", id, e.filled(e.path2(id, cac::Item, cbc::Name))?);
    j.fatal("BR-26", id, e.has2(id, cac::Price, cbc::PriceAmount));
    // Compared without a cast, so as doubles.
    let not_negative = |n| Ok(double_sign(&e.text(n), 0)?.is_ge());
    j.fatal("BR-27", id, e.any(e.path2(id, cac::Price, cbc::PriceAmount), not_negative)?);
    let gross = || e.path3(id, cac::Price, cac::AllowanceCharge, cbc::BaseAmount);
    j.fatal("BR-28", id, e.any(gross(), not_negative)? || gross().next().is_none());
    let vat = e.any(e.path2(id, cac::Item, cac::ClassifiedTaxCategory), |c| {
        Ok(e.vat_flag(c)? && e.has(c, cbc::ID))
    })?;
    j.fatal("BR-CO-04", id, vat);
    two_decimals(j, "BR-DEC-23", id, cbc::LineExtensionAmount)
}

/// At most two places after the point, counted in the text.
pub(super) fn two_decimals(j: &mut Judge<'_>, rule: &'static str, id: NodeId, name: Name) -> Judged<()> {
    let text = j.eval.string(j.eval.kids(id, name))?;
    j.fatal(rule, id, few_decimals(&text));
    Ok(())
}

pub(in crate::rules) fn few_decimals(text: &str) -> bool {
    text.split_once('.').is_none_or(|(_, fraction)| fraction.chars().nth(2).is_none())
}

fn allowance(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let at_root = e.tree.parent(id) == Some(e.tree.root())
        && matches!(e.tree.name(e.tree.root()), inv::Invoice | cn::CreditNote);
    let on_line = e.below(id, &[cac::InvoiceLine]) || e.below(id, &[cac::CreditNoteLine]);
    let reason = e.has(id, cbc::AllowanceChargeReason) || e.has(id, cbc::AllowanceChargeReasonCode);
    let amount = e.has(id, cbc::Amount);
    let rules: [&'static str; 6] = match (at_root, on_line) {
        (true, _) if e.matches_indicator(id, false) => {
            ["BR-31", "BR-32", "BR-33", "BR-CO-21", "BR-DEC-01", "BR-DEC-02"]
        }
        (true, _) if e.matches_indicator(id, true) => {
            ["BR-36", "BR-37", "BR-38", "BR-CO-22", "BR-DEC-05", "BR-DEC-06"]
        }
        (false, true) if e.matches_indicator(id, false) => {
            ["BR-41", "", "BR-42", "BR-CO-23", "BR-DEC-24", "BR-DEC-25"]
        }
        (false, true) if e.matches_indicator(id, true) => {
            ["BR-43", "", "BR-44", "BR-CO-24", "BR-DEC-27", "BR-DEC-28"]
        }
        _ => return Ok(()),
    };
    j.fatal(rules[0], id, amount);
    if at_root {
        j.fatal(rules[1], id, e.any(e.kids(id, cac::TaxCategory), |c| Ok(e.vat(c)? && e.has(c, cbc::ID)))?);
    }
    j.fatal(rules[2], id, reason);
    j.fatal(rules[3], id, reason);
    two_decimals(j, rules[4], id, cbc::Amount)?;
    two_decimals(j, rules[5], id, cbc::BaseAmount)
}

fn period(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let on_line = e.below(id, &[cac::InvoiceLine]) || e.below(id, &[cac::CreditNoteLine]);
    let (start, end) = (e.has(id, cbc::StartDate), e.has(id, cbc::EndDate));
    let ordered = !(start && end) || {
        let date = |name| -> Judged<i64> { cast_date(&e.string(e.kids(id, name))?) };
        date(cbc::EndDate)? >= date(cbc::StartDate)?
    };
    if on_line {
        j.fatal("BR-30", id, ordered);
        j.fatal("BR-CO-20", id, start || end);
    } else {
        j.fatal("BR-29", id, ordered);
        j.fatal("BR-CO-19", id, start || end || e.has(id, cbc::DescriptionCode));
    }
    Ok(())
}

fn party(j: &mut Judge<'_>, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let country = || e.filled(e.path2(id, cac::Country, cbc::IdentificationCode));
    match name {
        cac::AdditionalDocumentReference => j.fatal("BR-52", id, e.filled(e.kids(id, cbc::ID))?),
        cbc::EndpointID if e.below(id, &[cac::Party, cac::AccountingCustomerParty]) => {
            j.fatal("BR-63", id, e.tree.attribute(id, attr::schemeID).is_some())
        }
        cbc::EndpointID if e.below(id, &[cac::Party, cac::AccountingSupplierParty]) => {
            j.fatal("BR-62", id, e.tree.attribute(id, attr::schemeID).is_some())
        }
        cac::PostalAddress if e.below(id, &[cac::Party, cac::AccountingCustomerParty]) => {
            j.fatal("BR-11", id, country()?)
        }
        cac::PostalAddress if e.below(id, &[cac::Party, cac::AccountingSupplierParty]) => {
            j.fatal("BR-09", id, country()?)
        }
        cac::PostalAddress if e.below(id, &[cac::TaxRepresentativeParty]) => j.fatal("BR-20", id, country()?),
        cac::Address if e.below(id, &[cac::DeliveryLocation, cac::Delivery]) => {
            j.fatal("BR-57", id, e.has2(id, cac::Country, cbc::IdentificationCode))
        }
        cbc::PrimaryAccountNumberID if e.below(id, &[cac::CardAccount, cac::PaymentMeans]) => {
            let number = e.text(id);
            j.warning("BR-51", id, crate::rules::xpath::normalize(number).chars().count() <= 10);
        }
        cac::AdditionalItemProperty => j.fatal("BR-54", id, e.has(id, cbc::Name) && e.has(id, cbc::Value)),
        cbc::ItemClassificationCode if on_item(j, id, cac::CommodityClassification) => {
            j.fatal("BR-65", id, e.tree.attribute(id, attr::listID).is_some())
        }
        cbc::ID if on_item(j, id, cac::StandardItemIdentification) => {
            j.fatal("BR-64", id, e.tree.attribute(id, attr::schemeID).is_some())
        }
        cbc::Note if e.tree.parent(id) == Some(e.tree.root()) => note(j, id),
        cac::PayeeParty => payee(j, id)?,
        cac::PayeeFinancialAccount if e.below(id, &[cac::PaymentMeans]) => {
            // Compared without normalizing, so a padded code does not count here.
            let means = e.tree.parent(id).unwrap_or(id);
            if e.kids(means, cbc::PaymentMeansCode).any(|c| matches!(&*e.text(c), "30" | "58")) {
                j.fatal("BR-50", id, e.filled(e.kids(id, cbc::ID))?);
            }
        }
        cac::PaymentMeans => payment_means(j, id)?,
        cac::BillingReference => j.fatal("BR-55", id, e.has2(id, cac::InvoiceDocumentReference, cbc::ID)),
        cac::AccountingSupplierParty => supplier(j, id)?,
        cac::TaxRepresentativeParty => {
            j.fatal("BR-18", id, e.filled(e.path2(id, cac::PartyName, cbc::Name))?);
            j.fatal("BR-19", id, e.has(id, cac::PostalAddress));
            j.fatal(
                "BR-56",
                id,
                e.any(e.kids(id, cac::PartyTaxScheme), |s| Ok(e.vat_flag(s)? && e.has(s, cbc::CompanyID)))?,
            );
        }
        _ => {}
    }
    Ok(())
}

fn on_item(j: &Judge<'_>, id: NodeId, group: Name) -> bool {
    j.eval.below(id, &[group, cac::Item, cac::InvoiceLine])
        || j.eval.below(id, &[group, cac::Item, cac::CreditNoteLine])
}

/// BR-CL-08: a note that starts a subject code between two `#` names a code of UNTDID 4451.
fn note(j: &mut Judge<'_>, id: NodeId) {
    if !matches!(j.eval.tree.name(j.eval.tree.root()), inv::Invoice | cn::CreditNote) {
        return;
    }
    let text = j.eval.text(id);
    let subject = text.split_once('#').and_then(|(_, rest)| rest.split_once('#')).map(|(subject, _)| subject);
    let known = subject.is_none_or(|s| s.chars().count() != 3 || NOTE_SUBJECTS.contains_text(s));
    j.fatal("BR-CL-08", id, known);
}

/// BR-17: the payee is somebody else than the seller.
fn payee(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let Some(parent) = e.tree.parent(id) else { return Ok(()) };
    let shared = |a: Name, b: Name| {
        let own: Vec<_> = e.path2(id, a, b).map(|n| e.text(n)).collect();
        e.path4(parent, [cac::AccountingSupplierParty, cac::Party, a, b]).any(|s| own.contains(&e.text(s)))
    };
    let named = e.has2(id, cac::PartyName, cbc::Name);
    let distinct = !shared(cac::PartyName, cbc::Name) && !shared(cac::PartyIdentification, cbc::ID);
    j.fatal("BR-17", id, named && distinct);
    Ok(())
}

fn payment_means(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("BR-49", id, e.has(id, cbc::PaymentMeansCode));
    let code = || e.string(e.kids(id, cbc::PaymentMeansCode));
    let account = e.has2(id, cac::PayeeFinancialAccount, cbc::ID);
    let text = code()?;
    let transfer = matches!(trim(&text), "30" | "58");
    j.fatal("BR-61", id, !transfer || account);
    Ok(())
}

/// BR-CO-26: something identifies the seller.
fn supplier(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let vat =
        e.any(e.path2(id, cac::Party, cac::PartyTaxScheme), |s| Ok(e.vat(s)? && e.has(s, cbc::CompanyID)));
    let mut ids = e.path3(id, cac::Party, cac::PartyIdentification, cbc::ID);
    let named = ids.any(|i| e.tree.attribute(i, attr::schemeID) != Some("SEPA"));
    let registered = e.path3(id, cac::Party, cac::PartyLegalEntity, cbc::CompanyID).next().is_some();
    j.fatal("BR-CO-26", id, either(vat, Ok(named || registered))?);
    Ok(())
}
