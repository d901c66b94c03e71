//! PEPPOL-EN16931-CL, P and F: code lists, type codes, exemption reasons, dates.

use super::Flavor;
use super::places::Places;
use crate::rules::codes::CodeList;
use crate::rules::codes::en16931::{ALLOWANCE_REASONS, CHARGE_REASONS, CURRENCIES, TAX_POINT_CODES};
use crate::rules::judge::Judge;
use crate::rules::ubl::{MEDIA_TYPES, is_amount};
use crate::rules::xpath::{Judged, both, cast_date, trim};
use crate::xml::names::{attr, cac, cbc};
use crate::xml::{Name, NodeId};

/// EAS schemes a Peppol participant may use, release 2026.5.
static PARTICIPANT_SCHEMES: CodeList = CodeList::new(
    " 0002 0007 0009 0060 0088 0096 0097 0106 0130 0135 0142 0151 0183 0184 0188 0190 0191 0192 0195 0196 0198 0199 0200 \
     0201 0204 0208 0209 0210 0211 0216 0218 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 \
     9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 \
     9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 ",
);
static INVOICE_TYPES: CodeList = CodeList::new(
    " 71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877 ",
);
static CREDIT_NOTE_TYPES: CodeList = CodeList::new(" 381 396 81 83 532 ");

/// VATEX codes that go with one VAT category only.
const EXEMPTIONS: [(&str, &str, &str); 8] = [
    ("VATEX-EU-G", "G", "PEPPOL-EN16931-P0104"),
    ("VATEX-EU-O", "O", "PEPPOL-EN16931-P0105"),
    ("VATEX-EU-IC", "K", "PEPPOL-EN16931-P0106"),
    ("VATEX-EU-AE", "AE", "PEPPOL-EN16931-P0107"),
    ("VATEX-EU-D", "E", "PEPPOL-EN16931-P0108"),
    ("VATEX-EU-F", "E", "PEPPOL-EN16931-P0109"),
    ("VATEX-EU-I", "E", "PEPPOL-EN16931-P0110"),
    ("VATEX-EU-J", "E", "PEPPOL-EN16931-P0111"),
];

pub(super) fn element(j: &mut Judge<'_>, places: &Places, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let own = || e.normal_text(std::iter::once(id));
    match name {
        cbc::EmbeddedDocumentBinaryObject => {
            if let Some(mime) = e.tree.attribute(id, attr::mimeCode) {
                j.fatal("PEPPOL-EN16931-CL001", id, MEDIA_TYPES.contains(&mime));
            }
        }
        cbc::AllowanceChargeReasonCode if e.below(id, &[cac::AllowanceCharge]) => {
            let allowance = e.tree.parent(id).unwrap_or(id);
            // Compared as text here, so 0 and 1 are not looked at.
            if e.equals(e.kids(allowance, cbc::ChargeIndicator), "false") {
                j.fatal("PEPPOL-EN16931-CL002", id, ALLOWANCE_REASONS.has(&own()?));
            } else if e.equals(e.kids(allowance, cbc::ChargeIndicator), "true") {
                j.fatal("PEPPOL-EN16931-CL003", id, CHARGE_REASONS.has(&own()?));
            }
        }
        cbc::DescriptionCode if e.below(id, &[cac::InvoicePeriod]) => {
            j.fatal("PEPPOL-EN16931-CL006", id, TAX_POINT_CODES.has(&own()?))
        }
        _ if is_amount(name) => {
            let currency = e.tree.attribute(id, attr::currencyID).unwrap_or_default();
            // The list of this release has the Dobra's new code only.
            j.fatal(
                "PEPPOL-EN16931-CL007",
                id,
                currency == "STN" || (currency != "STD" && CURRENCIES.has(currency)),
            );
        }
        cbc::InvoiceTypeCode if places.flavor == Flavor::SelfBilling => {
            let listed = places.process.clone()? != Some("01") || matches!(&*own()?, "389" | "527");
            j.fatal("PEPPOL-EN16931-P0100", id, listed);
        }
        cbc::InvoiceTypeCode => {
            let listed = places.process.clone()?.is_none() || INVOICE_TYPES.has(&own()?);
            j.fatal("PEPPOL-EN16931-P0100", id, listed);
            let german_only = matches!(trim(&e.text(id)), "326" | "384");
            j.fatal("PEPPOL-EN16931-P0112", id, !german_only || places.german()?);
        }
        cbc::CreditNoteTypeCode if places.flavor == Flavor::SelfBilling => {
            let listed = places.process.clone()? != Some("01") || own()? == "261";
            j.fatal("PEPPOL-EN16931-P0101", id, listed);
        }
        cbc::CreditNoteTypeCode => {
            let listed = places.process.clone()?.is_none() || CREDIT_NOTE_TYPES.has(&own()?);
            j.fatal("PEPPOL-EN16931-P0101", id, listed);
        }
        cbc::IssueDate
        | cbc::DueDate
        | cbc::TaxPointDate
        | cbc::StartDate
        | cbc::EndDate
        | cbc::ActualDeliveryDate => {
            let ten = e.text_node(std::iter::once(id)).map(|t| t.is_some_and(|t| t.chars().count() == 10));
            j.fatal("PEPPOL-EN16931-F001", id, both(ten, Ok(cast_date(&e.text(id)).is_ok()))?);
        }
        cbc::EndpointID => {
            if let Some(scheme) = e.tree.attribute(id, attr::schemeID) {
                j.fatal("PEPPOL-EN16931-CL008", id, PARTICIPANT_SCHEMES.has(scheme));
            }
        }
        cac::TaxCategory => {
            let code = e.string(e.kids(id, cbc::TaxExemptionReasonCode)).unwrap_or_default().to_uppercase();
            if let Some((_, category, rule)) = EXEMPTIONS.iter().find(|(vatex, ..)| *vatex == code) {
                j.fatal(rule, id, e.category(id)? == *category);
            }
        }
        _ => {}
    }
    Ok(())
}
