//! The verdict on a submitted document: read once, every reason for a refusal collected.
//!
//! The checks are this module's own reading of EN 16931, Peppol BIS Billing 3 and XRechnung, with another XML parser
//! than the product's. They are fewer than the official rules; where a rule has an identifier, the message names it.

mod amounts;
mod endpoints;
mod presence;
mod ubl;
mod vat;

use jiff::civil::Date;
use roxmltree::{Document as Xml, ParsingOptions};

use super::fields::{PROFILE, customization};
use super::mandates::{Mandate, Rules};
use ubl::Element;

pub(super) use ubl::{CAC, CBC};

/// Messages that one verdict holds at most; what is beyond is counted in the last one.
const MAX_PROBLEMS: usize = 100;
/// Nodes that a document may have.
const MAX_NODES: u32 = 2_000_000;
/// Elements that may stand inside each other.
const MAX_DEPTH: usize = 64;

/// What was read, and everything that is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// False when it is not XML of the announced type, so that nothing else could be read.
    pub(super) readable: bool,
    pub(super) number: Option<String>,
    pub(super) date: Option<Date>,
    pub(super) supplier: Option<String>,
    pub(super) customer: Option<String>,
    /// Scheme and value of every address and number.
    pub(super) supplier_ids: Vec<(Option<String>, String)>,
    pub(super) customer_ids: Vec<(Option<String>, String)>,
    pub(super) receiver: Option<String>,
    pub(super) payable: Option<String>,
    pub(super) problems: Vec<String>,
}

/// Reads and judges one document for a mandate. `format` is `ubl-invoice` or `ubl-creditnote`.
pub(super) fn judge(bytes: &[u8], mandate: &Mandate, format: &str) -> Reading {
    let mut reading = Reading::default();
    match parse(bytes) {
        Ok(xml) => check(&xml, mandate, format, &mut reading),
        Err(problem) => reading.problems.push(problem),
    }
    if reading.problems.len() > MAX_PROBLEMS {
        let beyond = reading.problems.len() - MAX_PROBLEMS + 1;
        reading.problems.truncate(MAX_PROBLEMS - 1);
        reading.problems.push(format!("{beyond} further problems are not listed."));
    }
    reading
}

fn parse(bytes: &[u8]) -> Result<Xml<'_>, String> {
    let text = str::from_utf8(bytes).map_err(|_| "The document is not encoded in UTF-8.".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    let deepest = ubl::depth(text);
    if deepest > MAX_DEPTH {
        return Err(format!("The document nests elements deeper than {MAX_DEPTH}."));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Xml::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => {
            "The document has a document type declaration, which is not accepted.".to_owned()
        }
        other => format!("The document is not well-formed XML: {other}."),
    })
}

fn check(xml: &Xml<'_>, mandate: &Mandate, format: &str, reading: &mut Reading) {
    let credit_note = format == "ubl-creditnote";
    let wanted = if credit_note { ubl::CREDIT_NOTE } else { ubl::INVOICE };
    let root = Element(xml.root_element());
    if (root.0.tag_name().namespace(), root.0.tag_name().name()) != (Some(wanted.0), wanted.1) {
        let message = format!(
            "The root element is {}, not the UBL {} that {format} announces.",
            root.0.tag_name().name(),
            wanted.1
        );
        reading.problems.push(message);
        return;
    }
    reading.readable = true;
    summarise(root, reading);
    let problems = &mut reading.problems;
    identifiers(root, mandate, problems);
    presence::check(root, mandate, credit_note, problems);
    amounts::check(root, credit_note, mandate.rules, problems);
    vat::check(root, credit_note, problems);
    if mandate.rules == Rules::Peppol {
        endpoints::check(root, problems);
    }
}

/// The specification identifier and the process that the mandate wants (BT-24, BT-23).
fn identifiers(root: Element<'_>, mandate: &Mandate, problems: &mut Vec<String>) {
    let found = root.text("cbc:CustomizationID").unwrap_or("");
    let wanted = customization(mandate.rules);
    // Any 3.x of XRechnung: the version itself is only warned of by its own rule BR-DE-21.
    let accepted = if mandate.rules == Rules::XRechnung { wanted.trim_end_matches("3.0") } else { wanted };
    if !found.is_empty() && !found.starts_with(accepted) {
        problems
            .push(format!("/cbc:CustomizationID is {found}, but the mandate {} wants {wanted}.", mandate.id));
    }
    let profile = root.text("cbc:ProfileID").unwrap_or("");
    if mandate.rules == Rules::Peppol && !profile.is_empty() && !is_peppol_process(profile) {
        problems
            .push(format!("PEPPOL-EN16931-R007: /cbc:ProfileID is {profile}, not of the form {PROFILE}."));
    }
}

/// `urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0`, or one of the two French processes.
fn is_peppol_process(profile: &str) -> bool {
    let number = profile
        .strip_prefix("urn:fdc:peppol.eu:2017:poacc:billing:")
        .and_then(|rest| rest.strip_suffix(":1.0"));
    number.is_some_and(|number| number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit()))
        || matches!(
            profile,
            "urn:peppol:france:billing:regulated" | "urn:peppol:france:billing:non-regulated"
        )
}

fn summarise(root: Element<'_>, reading: &mut Reading) {
    let own = |path: &str| root.text(path).map(str::to_owned);
    reading.number = own("cbc:ID");
    reading.date = root.text("cbc:IssueDate").and_then(|text| text.get(..10)?.parse().ok());
    reading.payable = own("cac:LegalMonetaryTotal/cbc:PayableAmount");
    let party = |role: &str| root.child(role).and_then(|role| role.child("cac:Party"));
    (reading.supplier, reading.supplier_ids) =
        party("cac:AccountingSupplierParty").map(names).unwrap_or_default();
    let customer = party("cac:AccountingCustomerParty");
    (reading.customer, reading.customer_ids) = customer.map(names).unwrap_or_default();
    let endpoint = customer.and_then(|party| party.child("cbc:EndpointID"));
    reading.receiver = endpoint.and_then(|endpoint| {
        Some(format!("{}:{}", endpoint.attribute("schemeID").unwrap_or(""), endpoint.value()?))
    });
}

/// A party's name, and its electronic address, VAT number, registration number and other identifiers in this order.
fn names(party: Element<'_>) -> (Option<String>, Vec<(Option<String>, String)>) {
    let name = party
        .text("cac:PartyLegalEntity/cbc:RegistrationName")
        .or_else(|| party.text("cac:PartyName/cbc:Name"));
    let mut ids = Vec::new();
    for path in [
        "cbc:EndpointID",
        "cac:PartyTaxScheme/cbc:CompanyID",
        "cac:PartyLegalEntity/cbc:CompanyID",
        "cac:PartyIdentification/cbc:ID",
    ] {
        for found in party.all(path) {
            if let Some(value) = found.value() {
                ids.push((found.attribute("schemeID").map(str::to_owned), value.to_owned()));
            }
        }
    }
    (name.map(str::to_owned), ids)
}
