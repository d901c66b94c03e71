//! GR-R, GR-S: rules for Greek suppliers and buyers.

use super::common::integer;
use super::places::{Places, greek};
use crate::identifier::digits::greek_tin;
use crate::rules::judge::Judge;
use crate::rules::xpath::{Fault, Judged, number, trim};
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

/// Document types of the Greek tax authority that may be sent.
const DOCUMENT_TYPES: [&str; 6] = ["1.1", "1.6", "2.1", "2.4", "5.1", "5.2"];
const MARK: &str = "##M.AR.K##";
const URL: &str = "##INVOICE|URL##";

pub(super) fn element(j: &mut Judge<'_>, places: &Places, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let sender = places.greek_sender().unwrap_or(false);
    if sender {
        sent(j, id, name)?;
        if places.greek_both().unwrap_or(false) {
            received(j, id, name)?;
        }
    }
    if name == cbc::EndpointID
        && e.below(id, &[cac::Party, cac::AccountingSupplierParty])
        && greek(&places.accounting_supplier).unwrap_or(false)
    {
        j.fatal("GR-R-009", id, endpoint(j, id));
    }
    Ok(())
}

fn endpoint(j: &Judge<'_>, id: NodeId) -> bool {
    j.eval.tree.attribute(id, attr::schemeID) == Some("9933") && greek_tin(&j.eval.text(id))
}

/// Rules for a Greek sender. An element matches only the first of these contexts.
fn sent(j: &mut Judge<'_>, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let root = e.tree.root();
    let is_root = |n: NodeId| n == root && matches!(e.tree.name(n), inv::Invoice | cn::CreditNote);
    match name {
        cbc::ID if e.tree.parent(id).is_some_and(is_root) => invoice_number(j, id)?,
        cac::Party if e.below(id, &[cac::AccountingSupplierParty]) => {
            j.fatal("GR-R-002", id, !e.string(e.path2(id, cac::PartyName, cbc::Name))?.is_empty());
            j.warning("GR-S-011", id, one_vat_number(j, id)?);
        }
        cbc::CompanyID if e.below(id, &[cac::PartyTaxScheme, cac::Party, cac::AccountingSupplierParty]) => {
            let scheme = e.tree.parent(id).unwrap_or(id);
            if e.normal(e.path2(scheme, cac::TaxScheme, cbc::ID)).is_ok_and(|s| s == "VAT") {
                j.fatal("GR-R-003", id, greek_vat(&e.text(id)));
            }
        }
        inv::Invoice | cn::CreditNote if is_root(id) && in_greece(j) => {
            let count = |kind: &str| {
                e.kids(id, cac::AdditionalDocumentReference)
                    .filter(|r| e.equals(e.kids(*r, cbc::DocumentDescription), kind))
                    .count()
            };
            j.fatal("GR-R-004-1", id, count(MARK) == 1);
            j.warning("GR-S-008-1", id, count(URL) == 1);
            j.fatal("GR-R-008-2", id, count(URL) <= 1);
        }
        cbc::ID if e.below(id, &[cac::AdditionalDocumentReference]) && in_greece(j) => {
            let reference = e.tree.parent(id).unwrap_or(id);
            if e.equals(e.kids(reference, cbc::DocumentDescription), MARK) {
                j.fatal("GR-R-004-2", id, e.text(id).starts_with(|c: char| ('1'..='9').contains(&c)));
            }
        }
        cac::AdditionalDocumentReference if e.equals(e.kids(id, cbc::DocumentDescription), URL) => {
            let address = e.normal(e.path3(id, cac::Attachment, cac::ExternalReference, cbc::URI))?;
            j.fatal("GR-R-008-3", id, !address.is_empty());
        }
        cac::Party if e.below(id, &[cac::AccountingCustomerParty]) => {
            j.fatal("GR-R-005", id, !e.string(e.path2(id, cac::PartyName, cbc::Name))?.is_empty());
        }
        _ => {}
    }
    Ok(())
}

fn received(j: &mut Judge<'_>, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    match name {
        cac::Party if e.below(id, &[cac::AccountingCustomerParty]) => {
            j.fatal("GR-R-006", id, one_vat_number(j, id)?)
        }
        cbc::EndpointID if e.below(id, &[cac::Party, cac::AccountingCustomerParty]) => {
            j.fatal("GR-R-010", id, endpoint(j, id))
        }
        _ => {}
    }
    Ok(())
}

/// The seller's address is in Greece, as written.
fn in_greece(j: &Judge<'_>) -> bool {
    let e = j.eval;
    let countries = e
        .path3(e.tree.root(), cac::AccountingSupplierParty, cac::Party, cac::PostalAddress)
        .flat_map(|a| e.path2(a, cac::Country, cbc::IdentificationCode));
    e.equals(countries, "GR")
}

fn greek_vat(value: &str) -> bool {
    value.strip_prefix("EL").is_some_and(greek_tin)
}

/// Exactly one VAT number, a Greek one.
fn one_vat_number(j: &Judge<'_>, party: NodeId) -> Judged<bool> {
    let e = j.eval;
    let schemes = e.filter(e.kids(party, cac::PartyTaxScheme), |s| {
        Ok(e.normal(e.path2(s, cac::TaxScheme, cbc::ID))? == "VAT")
    })?;
    let numbers: Vec<NodeId> = schemes.iter().flat_map(|s| e.kids(*s, cbc::CompanyID)).collect();
    Ok(matches!(numbers[..], [one] if greek_vat(&e.text(one))))
}

/// GR-R-001: number of the seller, date, branch, document type, series and number, with bars between.
fn invoice_number(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let text = e.text(id);
    let segments: Vec<&str> = if text.is_empty() { vec![] } else { text.split('|').collect() };
    let segment = |i: usize| segments.get(i).copied();
    let filled = |i: usize| segment(i).filter(|s| !trim(s).is_empty());
    j.fatal("GR-R-001-1", id, segments.len() == 6);
    let seller = match segment(0)
        .filter(|s| crate::rules::xpath::normalize(*s).chars().count() == 9 && greek_tin(s))
    {
        Some(number) => seller_numbers(j)?.iter().any(|n| n == number),
        None => false,
    };
    j.fatal("GR-R-001-2", id, seller);
    let dated = match filled(1).filter(|d| is_greek_date(d)) {
        Some(date) => {
            let issued = e.string(e.kids(e.tree.root(), cbc::IssueDate))?;
            let (own, issued): (Vec<&str>, Vec<&str>) =
                (date.split('/').collect(), issued.split('-').collect());
            (0..3).all(|i| matches!((own.get(i), issued.get(2 - i)), (Some(a), Some(b)) if a == b))
                && !issued.is_empty()
        }
        None => false,
    };
    j.fatal("GR-R-001-3", id, dated);
    let branch = match filled(2).filter(|b| number(b).is_some()) {
        Some(branch) if !integer(branch) => return Err(Fault(format!("{branch:?} is not an integer"))),
        Some(branch) => !trim(branch).starts_with('-') || trim(branch)[1..].bytes().all(|b| b == b'0'),
        None => false,
    };
    j.fatal("GR-R-001-4", id, branch);
    j.fatal("GR-R-001-5", id, filled(3).is_some_and(|t| DOCUMENT_TYPES.contains(&t)));
    j.fatal("GR-R-001-6", id, segment(4).is_some_and(|s| !s.is_empty()));
    j.fatal("GR-R-001-7", id, segment(5).is_some_and(|s| !s.is_empty()));
    Ok(())
}

/// VAT numbers of the seller and its representative without prefix.
fn seller_numbers(j: &Judge<'_>) -> Judged<Vec<String>> {
    let e = j.eval;
    let root = e.tree.root();
    let schemes = e
        .path3(root, cac::AccountingSupplierParty, cac::Party, cac::PartyTaxScheme)
        .chain(e.path2(root, cac::TaxRepresentativeParty, cac::PartyTaxScheme));
    let mut numbers = vec![];
    for scheme in schemes {
        if e.equals(e.path2(scheme, cac::TaxScheme, cbc::ID), "VAT") {
            numbers.push(e.string(e.kids(scheme, cbc::CompanyID))?.chars().skip(2).take(9).collect());
        }
    }
    Ok(numbers)
}

/// Day, month and year of the twentieth or twenty-first century, with an optional separator; more may follow.
fn is_greek_date(text: &str) -> bool {
    let b = text.as_bytes();
    let number = |r: std::ops::Range<usize>| {
        b.get(r)
            .filter(|s| s.iter().all(u8::is_ascii_digit))
            .map(|s| s.iter().fold(0u32, |n, c| n * 10 + u32::from(c - b'0')))
    };
    let after = |at: usize| [at, at + usize::from(matches!(b.get(at), Some(b'-' | b'\\' | b'/' | b' ')))];
    let year = |at: usize| number(at..at + 4).is_some_and(|y| (1900..=2099).contains(&y));
    let month = |at: usize| {
        [1usize, 2].iter().any(|l| {
            number(at..at + l).is_some_and(|m| (1..=12).contains(&m))
                && after(at + l).iter().any(|at| year(*at))
        })
    };
    [1usize, 2].iter().any(|l| {
        number(0..*l).is_some_and(|d| (1..=31).contains(&d)) && after(*l).iter().any(|at| month(*at))
    })
}
