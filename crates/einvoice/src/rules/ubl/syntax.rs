//! UBL-SR (how often), UBL-DT (data types) and UBL-CR (what is not used).

use super::index::Index;
use super::model::few_decimals;
use super::unused;
use crate::problem::Flag;
use crate::rules::judge::Judge;
use crate::rules::xpath::Judged;
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

pub(super) fn element(j: &mut Judge<'_>, index: &Index, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let one2 = |a, b| e.at_most_one(e.path2(id, a, b));
    let one = |a| e.at_most_one(e.kids(id, a));
    match name {
        inv::Invoice | cn::CreditNote if id == e.tree.root() => return root(j, index, id),
        cac::PostalAddress | cac::Address => j.fatal("UBL-SR-51", id, one(cac::AddressLine)),
        cac::Party if e.below(id, &[cac::AccountingSupplierParty]) => {
            j.fatal("UBL-SR-42", id, e.kids(id, cac::PartyTaxScheme).nth(2).is_none())
        }
        cac::AdditionalDocumentReference => {
            j.fatal("UBL-SR-33", id, one(cbc::DocumentDescription));
            let is = |code: &str| e.kids(id, cbc::DocumentTypeCode).any(|c| e.text(c) == code);
            let project = e.tree.local(e.tree.name(e.tree.root())) == "CreditNote" && is("50");
            let plain = !e.kids(id, cbc::ID).any(|i| e.tree.attribute(i, attr::schemeID).is_some())
                && !e.has(id, cbc::DocumentTypeCode);
            j.fatal("UBL-SR-43", id, is("130") || project || plain);
        }
        cac::Delivery => j.fatal(
            "UBL-SR-25",
            id,
            e.at_most_one(e.path3(id, cac::DeliveryParty, cac::PartyName, cbc::Name)),
        ),
        cac::AllowanceCharge => {
            if e.matches_indicator(id, false) {
                j.fatal("UBL-SR-30", id, one(cbc::AllowanceChargeReason));
            } else if e.matches_indicator(id, true) {
                j.fatal("UBL-SR-31", id, one(cbc::AllowanceChargeReason));
            }
        }
        cac::PartyTaxScheme => {
            j.fatal("UBL-SR-53", id, e.has2(id, cac::TaxScheme, cbc::ID) && e.has(id, cbc::CompanyID))
        }
        cac::InvoiceLine | cac::CreditNoteLine => {
            j.fatal("UBL-SR-34", id, one(cbc::Note));
            j.fatal("UBL-SR-35", id, one2(cac::OrderLineReference, cbc::LineID));
            j.fatal("UBL-SR-36", id, one(cac::InvoicePeriod));
            j.fatal(
                "UBL-SR-37",
                id,
                e.at_most_one(e.path3(id, cac::Price, cac::AllowanceCharge, cbc::Amount)),
            );
            j.fatal("UBL-SR-48", id, e.path2(id, cac::Item, cac::ClassifiedTaxCategory).count() == 1);
            j.fatal("UBL-SR-50", id, one2(cac::Item, cbc::Description));
            j.fatal("UBL-SR-52", id, one(cac::DocumentReference));
        }
        cac::PayeeParty => payee(j, id),
        cac::PaymentMeans => {
            j.fatal("UBL-SR-26", id, one(cbc::PaymentID));
            j.fatal("UBL-SR-27", id, one(cbc::PaymentMeansCode));
            j.fatal("UBL-SR-28", id, one2(cac::PaymentMandate, cbc::ID));
        }
        cac::BillingReference => {
            j.fatal("UBL-SR-06", id, one(cac::InvoiceDocumentReference));
            j.fatal("UBL-SR-07", id, e.has2(id, cac::InvoiceDocumentReference, cbc::ID));
        }
        cac::TaxRepresentativeParty => {
            j.fatal("UBL-SR-22", id, one2(cac::PartyName, cbc::Name));
            j.fatal("UBL-SR-23", id, one2(cac::PartyTaxScheme, cbc::CompanyID));
        }
        cac::TaxSubtotal => j.fatal("UBL-SR-32", id, one2(cac::TaxCategory, cbc::TaxExemptionReason)),
        _ => typed(j, id, name),
    }
    Ok(())
}

/// An element of a name outside the known ones: only its ending matters.
pub(super) fn foreign(j: &mut Judge<'_>, id: NodeId) {
    typed(j, id, j.eval.tree.name(id));
}

/// UBL-DT-01, 06, 07: by the ending of the name.
fn typed(j: &mut Judge<'_>, id: NodeId, name: Name) {
    let e = j.eval;
    let local = e.tree.local(name);
    if local.ends_with("Amount") && !local.ends_with("PriceAmount") {
        let ancestors = || std::iter::successors(e.tree.parent(id), |p| e.tree.parent(*p));
        if !ancestors().any(|a| e.tree.name(a) == cac::AllowanceCharge && e.tree.parent_is(a, cac::Price)) {
            j.fatal("UBL-DT-01", id, few_decimals(&e.text(id)));
        }
    } else if local.ends_with("BinaryObject") {
        j.fatal("UBL-DT-06", id, e.tree.attribute(id, attr::mimeCode).is_some());
        j.fatal("UBL-DT-07", id, e.tree.attribute(id, attr::filename).is_some());
    }
}

fn payee(j: &mut Judge<'_>, id: NodeId) {
    let e = j.eval;
    let sellers: Vec<_> = e
        .tree
        .parent(id)
        .into_iter()
        .flat_map(|p| {
            e.path4(
                p,
                [cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::RegistrationName],
            )
        })
        .map(|n| e.text(n))
        .collect();
    let differs = e.path2(id, cac::PartyName, cbc::Name).any(|n| sellers.iter().any(|s| *s != e.text(n)));
    j.fatal("UBL-SR-19", id, e.at_most_one(e.path2(id, cac::PartyName, cbc::Name)) && differs);
    let not_sepa =
        |n: &NodeId| e.tree.attribute(*n, attr::schemeID).is_none_or(|s| !s.eq_ignore_ascii_case("SEPA"));
    let ids = e.path2(id, cac::PartyIdentification, cbc::ID).filter(not_sepa);
    j.fatal("UBL-SR-20", id, e.at_most_one(ids) && differs);
    j.fatal("UBL-SR-21", id, e.at_most_one(e.path2(id, cac::PartyLegalEntity, cbc::CompanyID)) && differs);
}

/// Paths of which a document may have at most one.
const ONCE: [(&str, &[Name]); 20] = [
    ("UBL-SR-01", &[cac::ContractDocumentReference, cbc::ID]),
    ("UBL-SR-02", &[cac::ReceiptDocumentReference, cbc::ID]),
    ("UBL-SR-03", &[cac::DespatchDocumentReference, cbc::ID]),
    ("UBL-SR-05", &[cac::PaymentTerms, cbc::Note]),
    ("UBL-SR-08", &[cac::InvoicePeriod]),
    ("UBL-SR-09", &[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::RegistrationName]),
    ("UBL-SR-10", &[cac::AccountingSupplierParty, cac::Party, cac::PartyName, cbc::Name]),
    ("UBL-SR-11", &[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID]),
    ("UBL-SR-14", &[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyLegalForm]),
    ("UBL-SR-15", &[cac::AccountingCustomerParty, cac::Party, cac::PartyLegalEntity, cbc::RegistrationName]),
    ("UBL-SR-16", &[cac::AccountingCustomerParty, cac::Party, cac::PartyIdentification, cbc::ID]),
    ("UBL-SR-17", &[cac::AccountingCustomerParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID]),
    ("UBL-SR-24", &[cac::Delivery]),
    ("UBL-SR-39", &[cac::ProjectReference, cbc::ID]),
    ("UBL-SR-40", &[cac::AccountingCustomerParty, cac::Party, cac::PartyName, cbc::Name]),
    ("UBL-SR-45", &[cac::PaymentMeans, cbc::PaymentDueDate]),
    ("UBL-SR-49", &[cac::InvoicePeriod, cbc::DescriptionCode]),
    ("UBL-SR-54", &[cac::PaymentMeans, cac::CardAccount]),
    ("UBL-SR-55", &[cac::PaymentMeans, cac::PaymentMandate]),
    ("UBL-SR-56", &[cac::OriginatorDocumentReference, cbc::ID]),
];

fn count(j: &Judge<'_>, id: NodeId, path: &[Name]) -> usize {
    match path {
        [] => 1,
        [name, rest @ ..] => j.eval.kids(id, *name).map(|c| count(j, c, rest)).sum(),
    }
}

fn root(j: &mut Judge<'_>, index: &Index, id: NodeId) -> Judged<()> {
    let e = j.eval;
    for (rule, path) in ONCE {
        j.fatal(rule, id, count(j, id, path) <= 1);
    }
    let objects = e
        .kids(id, cac::AdditionalDocumentReference)
        .filter(|r| e.kids(*r, cbc::DocumentTypeCode).any(|c| e.text(c) == "130"));
    j.fatal("UBL-SR-04", id, objects.flat_map(|r| e.kids(r, cbc::ID)).nth(1).is_none());
    // Compared per tax scheme, without trimming.
    let registrations = |party: Name, vat: bool| {
        let schemes = e.path3(id, party, cac::Party, cac::PartyTaxScheme);
        let wanted = e.filter(schemes, |s| {
            e.any(e.kids(s, cac::TaxScheme), |t| {
                Ok(e.string(e.kids(t, cbc::ID))?.eq_ignore_ascii_case("VAT") == vat)
            })
        });
        wanted.map(|s| s.iter().map(|s| e.kids(*s, cbc::CompanyID).count()).sum::<usize>())
    };
    j.fatal("UBL-SR-12", id, registrations(cac::AccountingSupplierParty, true)? <= 1);
    j.fatal("UBL-SR-13", id, registrations(cac::AccountingSupplierParty, false)? <= 1);
    j.fatal("UBL-SR-18", id, registrations(cac::AccountingCustomerParty, true)? <= 1);
    let sepa = index.party_ids.iter().flat_map(|p| e.kids(*p, cbc::ID));
    let sepa =
        sepa.filter(|i| e.tree.attribute(*i, attr::schemeID).is_some_and(|s| s.eq_ignore_ascii_case("SEPA")));
    j.fatal("UBL-SR-29", id, e.at_most_one(sepa));
    let distinct = |nodes: &[NodeId]| {
        nodes.first().is_none_or(|first| nodes.iter().all(|n| e.text(*n) == e.text(*first)))
    };
    j.fatal("UBL-SR-44", id, distinct(&index.payment_ids));
    j.fatal("UBL-SR-47", id, distinct(&index.payment_codes));
    let names = e
        .path2(id, cac::PaymentMeans, cbc::PaymentMeansCode)
        .filter(|c| e.tree.attribute(*c, attr::name).is_some());
    j.fatal("UBL-SR-46", id, e.at_most_one(names));
    attributes(j, id);
    unused::document(j, id)
}

/// UBL-DT-08 to 28: attributes EN 16931 does not use anywhere, and UBL-CR rules on attributes and ids anywhere.
fn attributes(j: &mut Judge<'_>, root: NodeId) {
    let e = j.eval;
    let mut seen = [false; DATA_TYPES.len()];
    let (mut names, mut means_names) = (0usize, 0usize);
    let mut unit_list = false;
    for id in e.tree.subtree(root) {
        for (name, _) in e.tree.attributes(id) {
            match name {
                attr::currencyID | attr::schemeID | attr::unitCode => {}
                attr::name => {
                    names += 1;
                    means_names += usize::from(e.tree.name(id) == cbc::PaymentMeansCode);
                }
                attr::unitCodeListID => unit_list = true,
                _ => {
                    if let Some(i) = DATA_TYPES.iter().position(|(_, a)| *a == name) {
                        seen[i] = true;
                    }
                }
            }
        }
    }
    for ((rule, _), seen) in DATA_TYPES.iter().zip(seen) {
        j.warning(rule, root, !seen);
    }
    j.warning("UBL-DT-18", root, names <= means_names);
    j.note("UBL-CR-663", Flag::Warning, root, !unit_list);
}

const DATA_TYPES: [(&str, Name); 20] = [
    ("UBL-DT-08", attr::schemeName),
    ("UBL-DT-09", attr::schemeAgencyName),
    ("UBL-DT-10", attr::schemeDataURI),
    ("UBL-DT-11", attr::schemeURI),
    ("UBL-DT-12", attr::format),
    ("UBL-DT-13", attr::unitCodeListIdentifier),
    ("UBL-DT-14", attr::unitCodeListAgencyIdentifier),
    ("UBL-DT-15", attr::unitCodeListAgencyName),
    ("UBL-DT-16", attr::listAgencyName),
    ("UBL-DT-17", attr::listName),
    ("UBL-DT-19", attr::languageID),
    ("UBL-DT-20", attr::listURI),
    ("UBL-DT-21", attr::listSchemeURI),
    ("UBL-DT-22", attr::languageLocaleID),
    ("UBL-DT-23", attr::uri),
    ("UBL-DT-24", attr::currencyCodeListVersionID),
    ("UBL-DT-25", attr::characterSetCode),
    ("UBL-DT-26", attr::encodingCode),
    ("UBL-DT-27", attr::schemeAgencyID),
    ("UBL-DT-28", attr::listAgencyID),
];
