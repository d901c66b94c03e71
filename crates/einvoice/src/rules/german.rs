//! The German rules: XRechnung's BR-DE, and the same rules inside Peppol BIS under other ids.

use super::judge::Judge;
use super::peppol::Places;
use super::xpath::{Eval, Judged, normalize, trim};
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

/// Ids of one set of German rules, by the number they have in XRechnung.
pub(super) struct Ids {
    pub(super) numbered: fn(u8) -> &'static str,
    pub(super) location: &'static str,
    pub(super) a: [&'static str; 3],
    pub(super) b: [&'static str; 3],
}

/// Which ids apply to a document, if any.
pub(super) struct Germany {
    ids: Option<Ids>,
}

macro_rules! numbered {
    ($name:ident, $($number:literal => $id:literal),* $(,)?) => {
        fn $name(number: u8) -> &'static str {
            match number { $($number => $id,)* _ => unreachable!("a German rule without id") }
        }
    };
}

numbered!(
    peppol_id, 1 => "DE-R-001", 2 => "DE-R-002", 3 => "DE-R-003", 4 => "DE-R-004", 5 => "DE-R-005", 6 => "DE-R-006", 7 => "DE-R-007",
    8 => "DE-R-008", 9 => "DE-R-009", 10 => "DE-R-010", 11 => "DE-R-011", 14 => "DE-R-014", 15 => "DE-R-015", 16 => "DE-R-016",
    17 => "DE-R-017", 18 => "DE-R-018", 19 => "DE-R-019", 20 => "DE-R-020", 22 => "DE-R-022", 26 => "DE-R-026", 27 => "DE-R-027",
    28 => "DE-R-028", 30 => "DE-R-030", 31 => "DE-R-031",
);
numbered!(
    xrechnung_id, 1 => "BR-DE-1", 2 => "BR-DE-2", 3 => "BR-DE-3", 4 => "BR-DE-4", 5 => "BR-DE-5", 6 => "BR-DE-6", 7 => "BR-DE-7",
    8 => "BR-DE-8", 9 => "BR-DE-9", 10 => "BR-DE-10", 11 => "BR-DE-11", 14 => "BR-DE-14", 15 => "BR-DE-15", 16 => "BR-DE-16",
    17 => "BR-DE-17", 18 => "BR-DE-18", 19 => "BR-DE-19", 20 => "BR-DE-20", 22 => "BR-DE-22", 26 => "BR-DE-26", 27 => "BR-DE-27",
    28 => "BR-DE-28", 30 => "BR-DE-30", 31 => "BR-DE-31",
);

impl Germany {
    /// In Peppol the rules apply between German parties.
    pub(super) fn peppol(places: &Places) -> Self {
        let ids = Ids {
            numbered: peppol_id,
            location: "DE-R-T02",
            a: ["DE-R-023-1", "DE-R-024-1", "DE-R-025-1"],
            b: ["DE-R-023-2", "DE-R-024-2", "DE-R-025-2"],
        };
        Self { ids: places.german().unwrap_or(false).then_some(ids) }
    }

    /// XRechnung's rules always apply.
    pub(super) fn xrechnung() -> Self {
        let ids = Ids {
            numbered: xrechnung_id,
            location: "BR-TMP-2",
            a: ["BR-DE-23-a", "BR-DE-24-a", "BR-DE-25-a"],
            b: ["BR-DE-23-b", "BR-DE-24-b", "BR-DE-25-b"],
        };
        Self { ids: Some(ids) }
    }
}

pub(super) fn element(j: &mut Judge<'_>, germany: &Germany, id: NodeId, name: Name) -> Judged<()> {
    let Some(ids) = &germany.ids else { return Ok(()) };
    let e = j.eval;
    let n = ids.numbered;
    let root = e.tree.root();
    if !matches!(e.tree.name(root), inv::Invoice | cn::CreditNote) {
        return Ok(());
    }
    // All contexts are absolute paths from the root.
    let at = |path: &[Name]| {
        e.below(id, path)
            && std::iter::successors(e.tree.parent(id), |p| e.tree.parent(*p)).nth(path.len()) == Some(root)
    };
    let top = e.tree.parent(id) == Some(root);
    let filled = |part| e.some_filled(e.kids(id, part));
    match name {
        inv::Invoice | cn::CreditNote if id == root => document(j, n, id)?,
        cac::ExternalReference if at(&[cac::Attachment, cac::AdditionalDocumentReference]) => {
            j.warning(ids.location, id, is_location(&e.string(e.kids(id, cbc::URI))?));
        }
        cac::AccountingSupplierParty if top => j.fatal(n(2), id, e.has2(id, cac::Party, cac::Contact)),
        cac::PostalAddress if at(&[cac::Party, cac::AccountingSupplierParty]) => {
            j.fatal(n(3), id, filled(cbc::CityName));
            j.fatal(n(4), id, filled(cbc::PostalZone));
        }
        cac::Contact if at(&[cac::Party, cac::AccountingSupplierParty]) => {
            j.fatal(n(5), id, filled(cbc::Name));
            j.fatal(n(6), id, filled(cbc::Telephone));
            j.fatal(n(7), id, filled(cbc::ElectronicMail));
            let telephone = e.normal(e.kids(id, cbc::Telephone))?;
            j.warning(n(27), id, telephone.bytes().filter(u8::is_ascii_digit).count() >= 3);
            j.warning(n(28), id, is_email(&e.normal(e.kids(id, cbc::ElectronicMail))?));
        }
        cac::PostalAddress if at(&[cac::Party, cac::AccountingCustomerParty]) => {
            j.fatal(n(8), id, filled(cbc::CityName));
            j.fatal(n(9), id, filled(cbc::PostalZone));
        }
        cac::Address if at(&[cac::DeliveryLocation, cac::Delivery]) => {
            j.fatal(n(10), id, filled(cbc::CityName));
            j.fatal(n(11), id, filled(cbc::PostalZone));
        }
        cac::PaymentMeans if top => payment(j, ids, id)?,
        cac::TaxSubtotal if at(&[cac::TaxTotal]) => {
            j.fatal(n(14), id, e.some_filled(e.path2(id, cac::TaxCategory, cbc::Percent)))
        }
        _ => {}
    }
    Ok(())
}

/// VAT categories that need a tax number of the seller.
const TAXED: [&str; 8] = ["S", "Z", "E", "AE", "K", "G", "L", "M"];
/// Document types that may be used.
const TYPES: [&str; 8] = ["326", "380", "384", "389", "381", "875", "876", "877"];

fn document(j: &mut Judge<'_>, n: fn(u8) -> &'static str, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal(n(1), id, e.has(id, cac::PaymentMeans));
    j.fatal(n(15), id, e.some_filled(e.kids(id, cbc::BuyerReference)));
    let taxed =
        |mut codes: Box<dyn Iterator<Item = NodeId> + '_>| codes.any(|c| TAXED.contains(&&*e.text(c)));
    let signed = e
        .kids(id, cac::AllowanceCharge)
        .filter(|a| e.kids(*a, cbc::ChargeIndicator).any(|i| matches!(&*e.text(i), "true" | "false")));
    let lines = e.kids(id, cac::InvoiceLine).chain(e.kids(id, cac::CreditNoteLine));
    let used = taxed(Box::new(signed.flat_map(|a| e.path2(a, cac::TaxCategory, cbc::ID))))
        || taxed(Box::new(lines.flat_map(|l| e.path3(l, cac::Item, cac::ClassifiedTaxCategory, cbc::ID))));
    let numbers =
        e.path4(id, [cac::AccountingSupplierParty, cac::Party, cac::PartyTaxScheme, cbc::CompanyID]);
    j.fatal(n(16), id, !used || e.has(id, cac::TaxRepresentativeParty) || e.some_filled(numbers));
    let (invoice, credit) =
        (e.normal(e.kids(id, cbc::InvoiceTypeCode))?, e.normal(e.kids(id, cbc::CreditNoteTypeCode))?);
    j.warning(n(17), id, TYPES.contains(&&*invoice) || TYPES.contains(&&*credit));
    j.fatal(n(18), id, discounts_fit(e, id)?);
    j.fatal(n(22), id, distinct_file_names(e, id));
    let correction = invoice == "384" || credit == "384";
    j.warning(n(26), id, !correction || e.has2(id, cac::BillingReference, cac::InvoiceDocumentReference));
    let mandate = e.has2(id, cac::PaymentMeans, cac::PaymentMandate);
    let sepa = |party: NodeId| {
        e.path2(party, cac::PartyIdentification, cbc::ID)
            .any(|i| e.tree.attribute(i, attr::schemeID) == Some("SEPA"))
    };
    let creditor = e.path2(id, cac::AccountingSupplierParty, cac::Party).any(sepa)
        || e.kids(id, cac::PayeeParty).any(sepa);
    j.fatal(n(30), id, !mandate || creditor);
    let debited = e
        .path4(id, [cac::PaymentMeans, cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID])
        .next()
        .is_some();
    j.fatal(n(31), id, !mandate || debited);
    Ok(())
}

/// Rule 18: early payment discounts in the payment terms are spelled as agreed, each ending its line.
fn discounts_fit(e: Eval<'_>, id: NodeId) -> Judged<bool> {
    let notes: Vec<_> = e
        .kids(id, cac::PaymentTerms)
        .filter_map(|t| e.kids(t, cbc::Note).next())
        .map(|n| e.text(n))
        .collect();
    let lines = || notes.iter().flat_map(|n| n.split('\n')).map(|l| l.strip_suffix('\r').unwrap_or(l));
    for line in lines().filter(|l| trim(l).starts_with('#')) {
        if !is_discount(&normalize(line)) {
            return Ok(false);
        }
        match notes.as_slice() {
            [one] if ends_its_line(one) => {}
            [_] => return Ok(false),
            _ => return Err(super::xpath::Fault("the payment terms are given more than once".to_owned())),
        }
    }
    Ok(true)
}

/// `#SKONTO#TAGE=7#PROZENT=2.00#`, with an optional `BASISBETRAG=-100.00#`.
fn is_discount(line: &str) -> bool {
    let number = |text: &str| {
        text.split_once('.').is_some_and(|(a, b)| {
            !a.is_empty() && b.len() == 2 && a.bytes().chain(b.bytes()).all(|c| c.is_ascii_digit())
        })
    };
    let Some(parts) = line.strip_prefix("#SKONTO#TAGE=").and_then(|l| l.strip_suffix('#')) else {
        return false;
    };
    let parts: Vec<&str> = parts.split('#').collect();
    let days = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let base = |text: &str| {
        text.strip_prefix("BASISBETRAG=").is_some_and(|b| number(b.strip_prefix('-').unwrap_or(b)))
    };
    match parts.as_slice() {
        [d, p] => days(d) && p.strip_prefix("PROZENT=").is_some_and(number),
        [d, p, b] => days(d) && p.strip_prefix("PROZENT=").is_some_and(number) && base(b),
        _ => false,
    }
}

/// Whether what follows the last text between two `#` of one line starts with a line break.
fn ends_its_line(note: &str) -> bool {
    let mut rest = note;
    let mut from = 0;
    for line in note.split_inclusive(['\n', '\r']) {
        if let (Some(first), Some(last)) = (line.find('#'), line.rfind('#'))
            && last > first + 1
        {
            rest = &note[from + last + 1..];
        }
        from += line.len();
    }
    rest.chars().take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).any(|c| c == '\n')
}

fn distinct_file_names(e: Eval<'_>, id: NodeId) -> bool {
    let mut seen = std::collections::HashSet::new();
    for reference in e.kids(id, cac::AdditionalDocumentReference) {
        let names: Vec<&str> = e
            .path2(reference, cac::Attachment, cbc::EmbeddedDocumentBinaryObject)
            .filter_map(|o| e.tree.attribute(o, attr::filename))
            .collect();
        if names.iter().any(|n| seen.contains(n)) {
            return false;
        }
        seen.extend(names);
    }
    true
}

/// Rules 19, 20, 23 to 25: what each kind of payment needs and excludes.
fn payment(j: &mut Judge<'_>, ids: &Ids, id: NodeId) -> Judged<()> {
    let e = j.eval;
    // An error in a rule's context only means that it does not match.
    let Ok(code) = e.normal(e.kids(id, cbc::PaymentMeansCode)) else { return Ok(()) };
    let (card, account, mandate) =
        (e.has(id, cac::CardAccount), e.has(id, cac::PayeeFinancialAccount), e.has(id, cac::PaymentMandate));
    match &*code {
        "30" | "58" => {
            let sound =
                code != "58" || is_iban(&e.string(e.path2(id, cac::PayeeFinancialAccount, cbc::ID))?);
            j.warning((ids.numbered)(19), id, sound);
            j.fatal(ids.a[0], id, account);
            j.fatal(ids.b[0], id, !card && !mandate);
        }
        "48" | "54" | "55" => {
            j.fatal(ids.a[1], id, card);
            j.fatal(ids.b[1], id, !account && !mandate);
        }
        "59" => {
            let debited = e.string(e.path3(id, cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID))?;
            j.warning((ids.numbered)(20), id, is_iban(&debited));
            j.fatal(ids.a[2], id, mandate);
            j.fatal(ids.b[2], id, !account && !card);
        }
        _ => {}
    }
    Ok(())
}

/// The rule's own IBAN check: a small letter in the account counts by its code, not as a capital.
pub(super) fn is_iban(text: &str) -> bool {
    let iban: Vec<char> = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).collect();
    let shape = (4..=34).contains(&iban.len())
        && iban[..2].iter().all(char::is_ascii_uppercase)
        && iban[2..4].iter().all(char::is_ascii_digit)
        && iban[4..].iter().all(char::is_ascii_alphanumeric);
    let value = |c: &char| if *c as u32 > 64 { *c as u32 - 55 } else { *c as u32 - 48 };
    let rest = |rest: u32, c: &char| {
        if value(c) > 9 { (rest * 100 + value(c)) % 97 } else { (rest * 10 + value(c)) % 97 }
    };
    shape && iban[4..].iter().chain(&iban[..4]).fold(0, rest) == 1
}

/// A letter, more letters, digits or `+.-`, a colon.
pub(super) fn is_location(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let mut chars = scheme.chars();
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-');
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && scheme.len() > 1 && chars.all(rest)
}

/// One `@`, something before it, at least two parts with a dot between after it, no space.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let clean = !name.is_empty() && !text.contains(' ') && !domain.contains('@');
    clean && domain.contains('.') && domain.split('.').all(|part| !part.is_empty())
}
