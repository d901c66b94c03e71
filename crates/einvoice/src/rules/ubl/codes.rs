//! BR-CL: code lists.

use crate::rules::codes::CodeList;
use crate::rules::codes::en16931::*;
use crate::rules::codes::units::UNITS;
use crate::rules::judge::Judge;
use crate::rules::xpath::{Judged, normalize};
use crate::xml::names::{attr, cac, cbc};
use crate::xml::{Name, NodeId};

/// Media types an attachment may have (BT-125).
pub(in crate::rules) const MEDIA_TYPES: [&str; 6] = [
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
];

/// Whether an element is an amount of money with a currency.
pub(in crate::rules) fn is_amount(name: Name) -> bool {
    matches!(
        name,
        cbc::Amount
            | cbc::BaseAmount
            | cbc::PriceAmount
            | cbc::TaxAmount
            | cbc::TaxableAmount
            | cbc::LineExtensionAmount
            | cbc::TaxExclusiveAmount
            | cbc::TaxInclusiveAmount
            | cbc::AllowanceTotalAmount
            | cbc::ChargeTotalAmount
            | cbc::PrepaidAmount
            | cbc::PayableRoundingAmount
            | cbc::PayableAmount
    )
}

pub(super) fn element(j: &mut Judge<'_>, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let parent = e.tree.parent(id).map(|p| e.tree.name(p));
    match name {
        cbc::InvoiceTypeCode => text(j, "BR-CL-01", id, &INVOICE_TYPES),
        cbc::CreditNoteTypeCode => text(j, "BR-CL-01", id, &CREDIT_NOTE_TYPES),
        _ if is_amount(name) => attribute(j, "BR-CL-03", id, attr::currencyID, &CURRENCIES),
        cbc::DocumentCurrencyCode => text(j, "BR-CL-04", id, &CURRENCIES),
        cbc::TaxCurrencyCode => text(j, "BR-CL-05", id, &CURRENCIES),
        cbc::DescriptionCode if parent == Some(cac::InvoicePeriod) => {
            text(j, "BR-CL-06", id, &TAX_POINT_CODES)
        }
        cbc::ID if e.tree.attribute(id, attr::schemeID).is_some() => identifier(j, id, parent),
        cbc::ID if parent == Some(cac::TaxCategory) => text(j, "BR-CL-17", id, &VAT_CATEGORIES),
        cbc::ID if parent == Some(cac::ClassifiedTaxCategory) => text(j, "BR-CL-18", id, &VAT_CATEGORIES),
        cbc::CompanyID if parent == Some(cac::PartyLegalEntity) => {
            present(j, "BR-CL-11", id, attr::schemeID, &ICD)
        }
        cbc::ItemClassificationCode if parent == Some(cac::CommodityClassification) => {
            present(j, "BR-CL-13", id, attr::listID, &ITEM_CLASSES)
        }
        cbc::IdentificationCode if parent == Some(cac::Country) => text(j, "BR-CL-14", id, &COUNTRIES),
        cbc::IdentificationCode if parent == Some(cac::OriginCountry) => text(j, "BR-CL-15", id, &COUNTRIES),
        cbc::PaymentMeansCode if parent == Some(cac::PaymentMeans) => text(j, "BR-CL-16", id, &PAYMENT_MEANS),
        cbc::AllowanceChargeReasonCode if parent == Some(cac::AllowanceCharge) => reason(j, id),
        cbc::TaxExemptionReasonCode => {
            let code = e.text(id).to_uppercase();
            j.fatal("BR-CL-22", id, VATEX.has(&normalize(code)));
        }
        cbc::InvoicedQuantity | cbc::BaseQuantity | cbc::CreditedQuantity => {
            present(j, "BR-CL-23", id, attr::unitCode, &UNITS)
        }
        cbc::EmbeddedDocumentBinaryObject => {
            if let Some(mime) = e.tree.attribute(id, attr::mimeCode) {
                j.fatal("BR-CL-24", id, MEDIA_TYPES.contains(&mime));
            }
        }
        cbc::EndpointID => present(j, "BR-CL-25", id, attr::schemeID, &EAS),
        _ => {}
    }
    Ok(())
}

fn text(j: &mut Judge<'_>, rule: &'static str, id: NodeId, list: &CodeList) {
    let code = normalize(j.eval.text(id));
    j.fatal(rule, id, list.has(&code));
}

/// The attribute is a code of the list; its absence is not.
fn attribute(j: &mut Judge<'_>, rule: &'static str, id: NodeId, name: Name, list: &CodeList) {
    let code = normalize(j.eval.tree.attribute(id, name).unwrap_or_default());
    j.fatal(rule, id, list.has(&code));
}

/// The attribute is a code of the list, if it is there.
fn present(j: &mut Judge<'_>, rule: &'static str, id: NodeId, name: Name, list: &CodeList) {
    if j.eval.tree.attribute(id, name).is_some() {
        attribute(j, rule, id, name, list);
    }
}

/// `cbc:ID` with a scheme: which list depends on where it stands.
fn identifier(j: &mut Judge<'_>, id: NodeId, parent: Option<Name>) {
    let e = j.eval;
    match parent {
        Some(cac::AdditionalDocumentReference | cac::DocumentReference) => {
            let parent = e.tree.parent(id).unwrap_or(id);
            if e.kids(parent, cbc::DocumentTypeCode).any(|c| e.text(c) == "130") {
                attribute(j, "BR-CL-07", id, attr::schemeID, &OBJECT_SCHEMES);
            }
        }
        Some(cac::PartyIdentification) => {
            let scheme = normalize(e.tree.attribute(id, attr::schemeID).unwrap_or_default());
            let creditor = scheme == "SEPA"
                && (e.inside(id, cac::AccountingSupplierParty) || e.inside(id, cac::PayeeParty));
            j.fatal("BR-CL-10", id, ICD.has(&scheme) || creditor);
        }
        Some(cac::TaxCategory) => text(j, "BR-CL-17", id, &VAT_CATEGORIES),
        Some(cac::ClassifiedTaxCategory) => text(j, "BR-CL-18", id, &VAT_CATEGORIES),
        Some(cac::StandardItemIdentification) => attribute(j, "BR-CL-21", id, attr::schemeID, &ICD),
        Some(cac::DeliveryLocation) => attribute(j, "BR-CL-26", id, attr::schemeID, &ICD),
        _ => {}
    }
}

fn reason(j: &mut Judge<'_>, id: NodeId) {
    let parent = j.eval.tree.parent(id).unwrap_or(id);
    if j.eval.matches_indicator(parent, false) {
        text(j, "BR-CL-19", id, &ALLOWANCE_REASONS);
    } else if j.eval.matches_indicator(parent, true) {
        text(j, "BR-CL-20", id, &CHARGE_REASONS);
    }
}
