//! IS-R: rules for Icelandic suppliers.

use super::places::{Places, is};
use crate::rules::judge::Judge;
use crate::rules::xpath::{Judged, cast_date};
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

pub(super) fn element(j: &mut Judge<'_>, places: &Places, id: NodeId, name: Name) -> Judged<()> {
    if !is(&places.supplier_written, "IS").unwrap_or(false) {
        return Ok(());
    }
    let e = j.eval;
    match name {
        inv::Invoice | cn::CreditNote => root(j, id),
        cac::AccountingCustomerParty if e.below(id, &[inv::Invoice]) || e.below(id, &[cn::CreditNote]) => {
            if is(&places.customer_written, "IS").unwrap_or(false) {
                let companies = e.path3(id, cac::Party, cac::PartyLegalEntity, cbc::CompanyID);
                j.fatal(
                    "IS-R-004",
                    id,
                    companies.into_iter().any(|c| e.tree.attribute(c, attr::schemeID) == Some("0196")),
                );
                let address = |part| e.path3(id, cac::Party, cac::PostalAddress, part).next().is_some();
                j.fatal("IS-R-005", id, address(cbc::StreetName) && address(cbc::PostalZone));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn root(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let listed = |name| Ok(matches!(&*e.normal(e.kids(id, name))?, "380" | "381"));
    j.warning("IS-R-001", id, listed(cbc::InvoiceTypeCode)? || listed(cbc::CreditNoteTypeCode)?);
    let mut companies =
        e.path4(id, [cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID]);
    j.fatal("IS-R-002", id, companies.any(|c| e.tree.attribute(c, attr::schemeID) == Some("0196")));
    let address = |part| {
        e.path4(id, [cac::AccountingSupplierParty, cac::Party, cac::PostalAddress, part]).next().is_some()
    };
    j.fatal("IS-R-003", id, address(cbc::StreetName) && address(cbc::PostalZone));
    for (rule, code) in [("IS-R-006", "9"), ("IS-R-007", "42")] {
        let means: Vec<NodeId> = e
            .kids(id, cac::PaymentMeans)
            .filter(|m| e.equals(e.kids(*m, cbc::PaymentMeansCode), code))
            .collect();
        let accounts = || means.iter().flat_map(|m| e.path2(*m, cac::PayeeFinancialAccount, cbc::ID));
        let fits =
            means.is_empty() || (accounts().next().is_some() && e.normal(accounts())?.chars().count() == 12);
        j.fatal(rule, id, fits);
    }
    due_date(j, id)
}

/// IS-R-008 to 010: the final due date (eindagi) is a date, and not before the due date.
fn due_date(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let references: Vec<NodeId> = e
        .kids(id, cac::AdditionalDocumentReference)
        .filter(|r| e.equals(e.kids(*r, cbc::DocumentDescription), "EINDAGI"))
        .collect();
    if references.is_empty() {
        return Ok(());
    }
    let dates = || references.iter().flat_map(|r| e.kids(*r, cbc::ID));
    let text = e.string(dates())?;
    j.fatal("IS-R-008", id, text.chars().count() == 10 && cast_date(&text).is_ok());
    j.fatal("IS-R-009", id, e.has(id, cbc::DueDate));
    let ordered = e.kids(id, cbc::DueDate).any(|due| dates().any(|last| e.text(due) <= e.text(last)));
    j.fatal("IS-R-010", id, ordered);
    Ok(())
}
