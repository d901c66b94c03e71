//! NL-R: rules for Dutch suppliers.

use super::places::{Places, is};
use crate::rules::judge::Judge;
use crate::rules::ubl::Index;
use crate::rules::xpath::{Dec, Judged, trim};
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

pub(super) fn element(
    j: &mut Judge<'_>,
    places: &Places,
    index: &Index,
    id: NodeId,
    name: Name,
) -> Judged<()> {
    if !is(&places.supplier_address, "NL").unwrap_or(false) {
        return Ok(());
    }
    let e = j.eval;
    let root = e.tree.root();
    let buyer = is(&places.customer_address, "NL").unwrap_or(false);
    let seller_part = e.below(id, &[cac::Party, cac::AccountingSupplierParty]);
    let complete = || e.has(id, cbc::StreetName) && e.has(id, cbc::CityName) && e.has(id, cbc::PostalZone);
    match name {
        cbc::CreditNoteTypeCode => j.fatal(
            "NL-R-001",
            id,
            e.path3(root, cac::BillingReference, cac::InvoiceDocumentReference, cbc::ID).next().is_some(),
        ),
        cac::PostalAddress if seller_part => j.fatal("NL-R-002", id, complete()),
        cac::PostalAddress if buyer && e.below(id, &[cac::Party, cac::AccountingCustomerParty]) => {
            j.fatal("NL-R-004", id, complete())
        }
        cac::PostalAddress
            if e.below(id, &[cac::TaxRepresentativeParty])
                && is(&places.representative_address, "NL").unwrap_or(false) =>
        {
            j.fatal("NL-R-006", id, complete());
        }
        cbc::CompanyID if e.below(id, &[cac::PartyLegalEntity, cac::Party, cac::AccountingSupplierParty]) => {
            j.fatal("NL-R-003", id, registered(j, id))
        }
        cbc::CompanyID
            if buyer && e.below(id, &[cac::PartyLegalEntity, cac::Party, cac::AccountingCustomerParty]) =>
        {
            j.fatal("NL-R-005", id, registered(j, id))
        }
        cac::LegalMonetaryTotal if index.payment_means.is_empty() => {
            let due = e.amount(id, cbc::PayableAmount)?;
            let owed = match e.tree.name(root) {
                inv::Invoice => due.is_none_or(|d| d > Dec::ZERO),
                cn::CreditNote => due.is_none_or(|d| d < Dec::ZERO),
                _ => true,
            };
            j.fatal("NL-R-007", id, !owed);
        }
        cac::PaymentMeans if buyer => {
            let code = e.normal(e.kids(id, cbc::PaymentMeansCode))?;
            j.fatal("NL-R-008", id, matches!(&*code, "30" | "48" | "49" | "57" | "58" | "59"));
        }
        cbc::LineID if e.below(id, &[cac::OrderLineReference]) => {
            j.fatal("NL-R-009", id, e.has2(root, cac::OrderReference, cbc::ID))
        }
        _ => {}
    }
    Ok(())
}

/// A KvK or OIN number.
fn registered(j: &Judge<'_>, id: NodeId) -> bool {
    let e = j.eval;
    let scheme = format!(" {} ", e.tree.attribute(id, attr::schemeID).unwrap_or_default());
    (scheme.contains(" 0106 ") || scheme.contains(" 0190 ")) && !trim(&e.text(id)).is_empty()
}
