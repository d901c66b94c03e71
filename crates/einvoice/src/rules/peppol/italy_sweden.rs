//! IT-R and SE-R: rules for Italian and Swedish suppliers.

use super::places::{Places, is};
use crate::identifier::digits::luhn;
use crate::rules::judge::Judge;
use crate::rules::ubl::Index;
use crate::rules::xpath::{Dec, Eval, Judged, number};
use crate::xml::names::{cac, cbc};
use crate::xml::{Name, NodeId};

pub(super) fn italy(j: &mut Judge<'_>, places: &Places, id: NodeId, name: Name) -> Judged<()> {
    if !matches!(name, cac::PartyTaxScheme | cac::Party) || !is(&places.supplier, "IT").unwrap_or(false) {
        return Ok(());
    }
    let e = j.eval;
    match name {
        cac::PartyTaxScheme
            if e.below(id, &[cac::Party, cac::AccountingSupplierParty])
                && e.normal(e.path2(id, cac::TaxScheme, cbc::ID)).is_ok_and(|s| s != "VAT") =>
        {
            let number = e.normal(e.kids(id, cbc::CompanyID))?;
            let fits = (11..=16).contains(&number.len())
                && number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            j.fatal("IT-R-001", id, fits);
        }
        cac::Party if e.below(id, &[cac::AccountingSupplierParty]) => {
            j.fatal("IT-R-002", id, e.has2(id, cac::PostalAddress, cbc::StreetName));
            j.fatal("IT-R-003", id, e.has2(id, cac::PostalAddress, cbc::CityName));
            j.fatal("IT-R-004", id, e.has2(id, cac::PostalAddress, cbc::PostalZone));
        }
        _ => {}
    }
    Ok(())
}

/// What the Swedish rules know of the whole document.
pub(super) struct Sweden {
    /// Some seller has a Swedish address.
    seller: bool,
    /// Some seller has a Swedish address and VAT number.
    registered: bool,
    /// Some buyer has a Swedish address.
    buyer: bool,
}

impl Sweden {
    pub(super) fn of(e: Eval<'_>, index: &Index) -> Self {
        let parties =
            |groups: &[NodeId]| groups.iter().flat_map(|g| e.kids(*g, cac::Party)).collect::<Vec<_>>();
        let sellers = parties(&index.suppliers);
        Self {
            seller: sellers.iter().any(|p| in_sweden(e, *p)),
            registered: sellers.iter().any(|p| registered(e, *p)),
            buyer: parties(&index.customers).iter().any(|p| in_sweden(e, *p)),
        }
    }
}

fn in_sweden(e: Eval<'_>, party: NodeId) -> bool {
    e.equals(e.path3(party, cac::PostalAddress, cac::Country, cbc::IdentificationCode), "SE")
}

fn vat_schemes<'t>(e: Eval<'t>, party: NodeId) -> impl Iterator<Item = NodeId> + 't {
    e.kids(party, cac::PartyTaxScheme).filter(move |s| e.equals(e.path2(*s, cac::TaxScheme, cbc::ID), "VAT"))
}

fn registered(e: Eval<'_>, party: NodeId) -> bool {
    let swedish = |s: NodeId| Ok(e.string(e.kids(s, cbc::CompanyID))?.starts_with("SE"));
    in_sweden(e, party) && e.any(vat_schemes(e, party), swedish).unwrap_or(false)
}

pub(super) fn sweden(j: &mut Judge<'_>, sweden: &Sweden, id: NodeId, name: Name) -> Judged<()> {
    if !sweden.seller {
        return Ok(());
    }
    let e = j.eval;
    match name {
        cac::Party if e.below(id, &[cac::AccountingSupplierParty]) && registered(e, id) => {
            let numbers = || vat_schemes(e, id).flat_map(|s| e.kids(s, cbc::CompanyID));
            j.fatal("SE-R-001", id, e.normal(numbers())?.chars().count() == 14);
            let digits: String = e.string(numbers())?.chars().skip(2).take(12).collect();
            j.fatal("SE-R-002", id, number(&digits).is_some());
        }
        cac::PartyLegalEntity
            if e.below(id, &[cac::Party, cac::AccountingSupplierParty])
                && e.has(id, cbc::CompanyID)
                && e.tree.parent(id).is_some_and(|p| in_sweden(e, p)) =>
        {
            legal_entity(j, id)?;
        }
        cbc::CompanyID if e.below(id, &[cac::PartyTaxScheme, cac::Party, cac::AccountingSupplierParty]) => {
            f_tax(j, id)
        }
        cac::TaxCategory | cac::ClassifiedTaxCategory
            if sweden.registered && e.equals(e.kids(id, cbc::ID), "S") =>
        {
            let rate = number(&e.string(e.kids(id, cbc::Percent))?);
            j.fatal("SE-R-006", id, [25, 12, 6].iter().any(|r| rate == Some(Dec::int(*r))));
        }
        cbc::ID if e.below(id, &[cac::PayeeFinancialAccount, cac::PaymentMeans]) => giro(j, id),
        cac::PaymentMeans => {
            let code = |wanted: &str| e.equals(e.kids(id, cbc::PaymentMeansCode), wanted);
            if code("50") || code("56") {
                j.warning("SE-R-011", id, false);
            } else if sweden.buyer && code("31") {
                j.warning("SE-R-012", id, false);
            }
        }
        _ => {}
    }
    Ok(())
}

fn legal_entity(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let text = e.string(e.kids(id, cbc::CompanyID))?;
    let value = crate::rules::xpath::normalize(&*text);
    j.fatal("SE-R-003", id, number(&text).is_some());
    j.fatal("SE-R-004", id, value.chars().count() == 10);
    j.fatal("SE-R-013", id, organisation_number(&value));
    Ok(())
}

/// The check digit is the tenth; digits after it are not looked at.
fn organisation_number(value: &str) -> bool {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    digits && value.len() >= 10 && luhn(&value[..10])
}

/// SE-R-005: a registration for another tax is the F-tax approval.
fn f_tax(j: &mut Judge<'_>, id: NodeId) {
    let e = j.eval;
    let Some(scheme) = e.tree.parent(id) else { return };
    let Some(party) = e.tree.parent(scheme) else { return };
    let company = e.has2(party, cac::PartyLegalEntity, cbc::CompanyID);
    let other = e.normal(e.path2(scheme, cac::TaxScheme, cbc::ID)).is_ok_and(|s| s.to_uppercase() != "VAT");
    if in_sweden(e, party) && company && other {
        let text = e.text(id).to_uppercase();
        j.fatal("SE-R-005", id, crate::rules::xpath::normalize(text) == "GODKÄND FÖR F-SKATT");
    }
}

/// SE-R-007 to 010: PlusGiro and BankGiro numbers.
fn giro(j: &mut Judge<'_>, id: NodeId) {
    let e = j.eval;
    let Some(means) = e.tree.parent(id).and_then(|a| e.tree.parent(a)) else { return };
    let code = e.normal(e.kids(means, cbc::PaymentMeansCode));
    let branch =
        e.normal(e.path3(means, cac::PayeeFinancialAccount, cac::FinancialInstitutionBranch, cbc::ID));
    let (Ok(code), Ok(branch)) = (code, branch) else { return };
    if code != "30" {
        return;
    }
    let value = crate::rules::xpath::normalize(e.text(id));
    let (numeric, length) = (number(&value).is_some(), value.chars().count());
    match &*branch {
        "SE:PLUSGIRO" => {
            j.warning("SE-R-007", id, numeric);
            j.warning("SE-R-010", id, (2..=8).contains(&length));
        }
        "SE:BANKGIRO" => {
            j.warning("SE-R-008", id, numeric);
            j.warning("SE-R-009", id, matches!(length, 7 | 8));
        }
        _ => {}
    }
}
