//! Required input fields at their paths, and the few presence rules that are not a field.

use std::borrow::Cow;

use super::super::fields::{FIELDS, Optionality};
use super::super::mandates::{Mandate, Rules};
use super::ubl::Element;

/// Groups that repeat: in each of them a required field must be present.
const REPEATED: [&str; 3] = ["cac:InvoiceLine", "cac:CreditNoteLine", "cac:TaxSubtotal"];

/// Document types for invoices and credit notes in Peppol BIS Billing 3 (PEPPOL-EN16931-P0100, P0101).
const PEPPOL_INVOICE_TYPES: &str =
    "71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877";
const PEPPOL_CREDIT_TYPES: &str = "381 396 81 83 532";
/// UNTDID 1001 as EN 16931 takes it (BR-CL-01).
const INVOICE_TYPES: &str = "71 80 81 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390 \
                             393 394 395 456 457 471 472 473 500 501 527 553 575 623 633 751 780 817 870 875 876 877 935";
const CREDIT_TYPES: &str = "81 83 261 262 296 308 381 396 420 458 502 503 532";

pub(super) fn check(root: Element<'_>, mandate: &Mandate, credit_note: bool, problems: &mut Vec<String>) {
    for field in FIELDS.iter().filter(|field| field.optionality(mandate.rules) == Optionality::Required) {
        let path = field.path(credit_note);
        if !present(root, &path) {
            let shown = if credit_note { "CreditNote" } else { "Invoice" };
            problems.push(format!(
                "{}{} is missing: /{shown}/{path} (field {}).",
                rule(&path),
                field.name,
                field.id
            ));
        }
    }
    repetitions(root, credit_note, problems);
    type_code(root, mandate.rules, credit_note, problems);
    let seller = root.child("cac:AccountingSupplierParty").and_then(|role| role.child("cac:Party"));
    let identified = seller.is_some_and(|party| {
        party.first("cac:PartyTaxScheme/cbc:CompanyID").is_some()
            || party.first("cac:PartyIdentification/cbc:ID").is_some()
            || party.first("cac:PartyLegalEntity/cbc:CompanyID").is_some()
    });
    if !identified {
        problems.push("BR-CO-26: the seller has neither a VAT identifier, nor a registration number, nor another identifier.".into());
    }
    if mandate.rules == Rules::Peppol {
        if root.first("cbc:BuyerReference").is_none() && root.first("cac:OrderReference/cbc:ID").is_none() {
            problems.push(
                "PEPPOL-EN16931-R003: neither a buyer reference nor a purchase order reference is given."
                    .into(),
            );
        }
        let empty = |node: &roxmltree::Node<'_, '_>| {
            node.is_element()
                && !node.children().any(|child| child.is_element())
                && node.text().is_none_or(|text| text.trim().is_empty())
        };
        if let Some(node) = root.0.descendants().find(empty) {
            problems.push(format!("PEPPOL-EN16931-R008: the element {} is empty.", node.tag_name().name()));
        }
    }
}

/// Whether there is a value at the path, in every group that repeats along it.
fn present(element: Element<'_>, path: &str) -> bool {
    let (step, rest) = path.split_once('/').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let Some(rest) = rest else {
        return element.children(step).any(|found| found.value().is_some());
    };
    if let Some(attribute) = rest.strip_prefix('@') {
        return element
            .children(step)
            .any(|found| found.attribute(attribute).is_some_and(|value| !value.trim().is_empty()));
    }
    let mut groups = element.children(step).peekable();
    if REPEATED.contains(&step) {
        return groups.peek().is_some() && groups.all(|group| present(group, rest));
    }
    groups.any(|group| present(group, rest))
}

/// Header terms, totals and line terms that UBL has once only. A rule has no name for it: the schema forbids it.
fn repetitions(root: Element<'_>, credit_note: bool, problems: &mut Vec<String>) {
    let line = if credit_note { "cac:CreditNoteLine" } else { "cac:InvoiceLine" };
    for field in FIELDS.iter().filter(|field| field.is_single()) {
        let path = field.path(credit_note);
        let found = match path.split_once('/') {
            None => root.children(&path).count(),
            Some((group, name)) if group == line || group == "cac:LegalMonetaryTotal" => {
                root.children(group).map(|group| group.children(name).count()).max().unwrap_or(0)
            }
            Some(_) => 0,
        };
        if found > 1 {
            problems.push(format!("{} occurs {found} times: /{path} (field {}).", field.name, field.id));
        }
    }
}

fn type_code(root: Element<'_>, rules: Rules, credit_note: bool, problems: &mut Vec<String>) {
    let name = if credit_note { "cbc:CreditNoteTypeCode" } else { "cbc:InvoiceTypeCode" };
    let Some(code) = root.text(name) else { return };
    let (rule, list) = match (rules, credit_note) {
        (Rules::Peppol, false) => ("PEPPOL-EN16931-P0100", PEPPOL_INVOICE_TYPES),
        (Rules::Peppol, true) => ("PEPPOL-EN16931-P0101", PEPPOL_CREDIT_TYPES),
        (_, false) => ("BR-CL-01", INVOICE_TYPES),
        (_, true) => ("BR-CL-01", CREDIT_TYPES),
    };
    if !list.split_whitespace().any(|known| known == code) {
        problems
            .push(format!("{rule}: {code} is not a document type code for {}.", &name[4..name.len() - 8]));
    }
}

/// The rule that a missing field breaks, where EN 16931, Peppol or XRechnung has one for it.
fn rule(path: &str) -> Cow<'static, str> {
    let tail = |end: &str| path.ends_with(end);
    let seller = path.starts_with("cac:AccountingSupplierParty");
    let buyer = path.starts_with("cac:AccountingCustomerParty");
    let line = path.starts_with("cac:InvoiceLine") || path.starts_with("cac:CreditNoteLine");
    let id = match path {
        "cbc:CustomizationID" => "BR-01",
        "cbc:ProfileID" => "PEPPOL-EN16931-R001",
        "cbc:ID" => "BR-02",
        "cbc:IssueDate" => "BR-03",
        "cbc:InvoiceTypeCode" | "cbc:CreditNoteTypeCode" => "BR-04",
        "cbc:DocumentCurrencyCode" => "BR-05",
        "cbc:BuyerReference" => "BR-DE-15",
        "cac:PaymentMeans/cbc:PaymentMeansCode" => "BR-DE-1",
        _ if seller && tail("RegistrationName") => "BR-06",
        _ if buyer && tail("RegistrationName") => "BR-07",
        _ if seller && tail("IdentificationCode") => "BR-09",
        _ if buyer && tail("IdentificationCode") => "BR-11",
        _ if seller && tail("EndpointID") => "PEPPOL-EN16931-R020",
        _ if buyer && tail("EndpointID") => "PEPPOL-EN16931-R010",
        _ if seller && tail("EndpointID/@schemeID") => "BR-62",
        _ if buyer && tail("EndpointID/@schemeID") => "BR-63",
        _ if seller && tail("CityName") => "BR-DE-3",
        _ if seller && tail("PostalZone") => "BR-DE-4",
        _ if tail("Contact/cbc:Name") => "BR-DE-5",
        _ if tail("Contact/cbc:Telephone") => "BR-DE-6",
        _ if tail("Contact/cbc:ElectronicMail") => "BR-DE-7",
        _ if buyer && tail("CityName") => "BR-DE-8",
        _ if buyer && tail("PostalZone") => "BR-DE-9",
        _ if tail("TaxSubtotal/cbc:TaxableAmount") => "BR-45",
        _ if tail("TaxSubtotal/cbc:TaxAmount") => "BR-46",
        _ if tail("TaxSubtotal/cac:TaxCategory/cbc:ID") => "BR-47",
        _ if tail("TaxSubtotal/cac:TaxCategory/cbc:Percent") => "BR-DE-14",
        _ if path.starts_with("cac:TaxTotal") => "BR-CO-15",
        _ if tail("LegalMonetaryTotal/cbc:LineExtensionAmount") => "BR-12",
        _ if tail("TaxExclusiveAmount") => "BR-13",
        _ if tail("TaxInclusiveAmount") => "BR-14",
        _ if tail("PayableAmount") => "BR-15",
        _ if line && tail("Line/cbc:ID") => "BR-21",
        _ if line && tail("@unitCode") => "BR-23",
        _ if line && tail("Quantity") => "BR-22",
        _ if line && tail("LineExtensionAmount") => "BR-24",
        _ if line && tail("Item/cbc:Name") => "BR-25",
        _ if line && tail("PriceAmount") => "BR-26",
        _ if line && tail("ClassifiedTaxCategory/cbc:ID") => "BR-CO-04",
        _ => return Cow::Borrowed(""),
    };
    Cow::Owned(format!("{id}: "))
}
