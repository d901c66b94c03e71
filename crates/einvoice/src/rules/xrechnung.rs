//! XRechnung 3.0 over UBL, Schematron release 2.5.0: the CIUS, its extension, and clean vehicles (CVD).

use super::codes::CodeList;
use super::codes::en16931::{EAS, ICD, ITEM_CLASSES};
use super::german::{self, Germany};
use super::judge::Judge;
use super::ubl::{Index, MEDIA_TYPES, few_decimals};
use super::xpath::{Dec, Judged, normalize};
use crate::problem::Flag;
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

const CIUS: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0";
const EXTENSION: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
const CVD: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9";

/// Digital health applications, which the extension adds to the identifier schemes.
const DIGA: [&str; 3] = ["XR01", "XR02", "XR03"];
const VEHICLES: [&str; 6] = ["M1", "M2", "M3", "N1", "N2", "N3"];
const VEHICLE_KINDS: [&str; 3] = ["clean", "zero-emission", "other"];

/// Judges a whole document by the XRechnung rules alone.
pub(super) fn judge(j: &mut Judge<'_>, index: &Index) -> Judged<()> {
    let e = j.eval;
    let root = e.tree.root();
    if !matches!(e.tree.name(root), inv::Invoice | cn::CreditNote) {
        return Ok(());
    }
    let declared =
        |id: &str| e.kids(root, cbc::CustomizationID).any(|c| e.tree.text_nodes(c).any(|t| t == id));
    let (extension, vehicles) = (declared(EXTENSION), declared(CVD));
    let germany = Germany::xrechnung();
    document(j, root);
    for id in e.tree.subtree(root) {
        let name = e.tree.name(id);
        german::element(j, &germany, id, name)?;
        if extension {
            extended(j, index, id, name)?;
        }
        if vehicles {
            vehicle(j, id, name)?;
        }
    }
    Ok(())
}

fn document(j: &mut Judge<'_>, root: NodeId) {
    let e = j.eval;
    let known = e.kids(root, cbc::CustomizationID).any(|c| [CIUS, EXTENSION, CVD].contains(&&*e.text(c)));
    j.warning("BR-DE-21", root, known);
    let mut lines = e.kids(root, cac::InvoiceLine).chain(e.kids(root, cac::CreditNoteLine));
    let dated = e.has2(root, cac::Delivery, cbc::ActualDeliveryDate)
        || e.has(root, cac::InvoicePeriod)
        || lines.all(|l| e.has(l, cac::InvoicePeriod));
    j.note("BR-DE-TMP-32", Flag::Information, root, dated);
}

fn extended(j: &mut Judge<'_>, index: &Index, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let scheme = e.tree.attribute(id, attr::schemeID).map(normalize);
    // The official lists are joined with two spaces between, so that an empty code is found in them.
    let in_list =
        |list: &CodeList| scheme.as_ref().is_none_or(|s| s.is_empty() || list.has(s) || DIGA.contains(&&**s));
    match name {
        cbc::EmbeddedDocumentBinaryObject => {
            let mime = e.tree.attribute(id, attr::mimeCode).unwrap_or_default();
            j.fatal("BR-DEX-01", id, MEDIA_TYPES.contains(&mime) || mime == "application/xml");
        }
        inv::Invoice if id == e.tree.root() => {
            j.warning("BR-DEX-02", id, sub_lines_add_up(j, id)?);
            let mut items = e
                .tree
                .subtree(id)
                .filter(|n| e.tree.name(*n) == cac::SubInvoiceLine)
                .flat_map(|l| e.kids(l, cac::Item));
            j.fatal("BR-DEX-03", id, items.all(|i| e.kids(i, cac::ClassifiedTaxCategory).count() == 1));
        }
        cac::LegalMonetaryTotal => j.fatal("BR-DEX-09", id, due(j, id)?),
        cbc::ID if e.below(id, &[cac::PartyIdentification]) => {
            let creditor = scheme.as_deref() == Some("SEPA")
                && (e.inside(id, cac::AccountingSupplierParty) || e.inside(id, cac::PayeeParty));
            j.fatal("BR-DEX-04", id, in_list(&ICD) || creditor);
        }
        cbc::CompanyID if e.below(id, &[cac::PartyLegalEntity]) => j.fatal("BR-DEX-05", id, in_list(&ICD)),
        cbc::ID if e.below(id, &[cac::StandardItemIdentification]) => j.fatal("BR-DEX-06", id, in_list(&ICD)),
        cbc::EndpointID => j.fatal("BR-DEX-07", id, in_list(&EAS)),
        cbc::ID if e.below(id, &[cac::DeliveryLocation]) => j.fatal("BR-DEX-08", id, in_list(&ICD)),
        cac::PrepaidPayment if e.tree.parent(id) == Some(e.tree.root()) && e.below(id, &[inv::Invoice]) => {
            prepaid(j, id)?
        }
        _ => {}
    }
    let _ = index;
    Ok(())
}

fn prepaid(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let filled = |name| e.some_filled(e.kids(id, name));
    j.fatal("BR-DEX-10", id, filled(cbc::ID));
    j.fatal("BR-DEX-11", id, filled(cbc::PaidAmount));
    j.fatal("BR-DEX-12", id, filled(cbc::InstructionID));
    j.fatal("BR-DEX-13", id, few_decimals(&e.string(e.kids(id, cbc::PaidAmount))?));
    let same = e
        .kids(id, cbc::PaidAmount)
        .filter_map(|a| e.tree.attribute(a, attr::currencyID))
        .any(|c| e.equals(e.kids(e.tree.root(), cbc::DocumentCurrencyCode), c));
    j.fatal("BR-DEX-14", id, same);
    Ok(())
}

/// BR-DEX-02: a line that is divided is the sum of its parts, at every level.
fn sub_lines_add_up(j: &Judge<'_>, root: NodeId) -> Judged<bool> {
    let e = j.eval;
    let divided = |n: NodeId| e.has(n, cac::SubInvoiceLine);
    let adds_up = |n: NodeId| {
        Ok(e.amount(n, cbc::LineExtensionAmount)?
            == Some(e.sum(e.kids(n, cac::SubInvoiceLine), cbc::LineExtensionAmount)?))
    };
    for line in e.kids(root, cac::InvoiceLine).filter(|l| divided(*l)) {
        if !adds_up(line)? {
            return Ok(false);
        }
    }
    for part in e.tree.subtree(root).filter(|n| e.tree.name(*n) == cac::SubInvoiceLine && divided(*n)) {
        if !adds_up(part)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// BR-DEX-09: like BR-CO-16, with amounts a third party prepaid.
fn due(j: &Judge<'_>, id: NodeId) -> Judged<bool> {
    let e = j.eval;
    let paid = e.amount(id, cbc::PrepaidAmount)?.unwrap_or(Dec::ZERO);
    let rounding = e.amount(id, cbc::PayableRoundingAmount)?.unwrap_or(Dec::ZERO);
    let payments = || e.tree.parent(id).into_iter().flat_map(|p| e.kids(p, cac::PrepaidPayment));
    let filled = e.some_filled(payments().flat_map(|p| e.kids(p, cbc::PaidAmount)));
    let third = if filled { e.sum(payments(), cbc::PaidAmount)? } else { Dec::ZERO };
    match (e.amount(id, cbc::PayableAmount)?, e.amount(id, cbc::TaxInclusiveAmount)?) {
        (Some(due), Some(total)) => Ok(due.sub(rounding)?.cents()? == total.sub(paid)?.add(third)?.cents()?),
        _ => Ok(false),
    }
}

fn vehicle(j: &mut Judge<'_>, id: NodeId, name: Name) -> Judged<()> {
    let e = j.eval;
    let root = e.tree.root();
    let codes = |item: NodeId| {
        e.path2(item, cac::CommodityClassification, cbc::ItemClassificationCode)
            .filter(|c| e.tree.attribute(*c, attr::listID) == Some("CVD"))
            .count()
    };
    let kinds = |item: NodeId| {
        e.kids(item, cac::AdditionalItemProperty).filter(|p| e.equals(e.kids(*p, cbc::Name), "cva")).count()
    };
    let in_line = |path: &[Name]| {
        let line =
            path.iter().try_fold(id, |at, step| e.tree.parent(at).filter(|p| e.tree.name(*p) == *step));
        line.and_then(|l| e.tree.parent(l)).is_some_and(|l| {
            e.tree.parent(l) == Some(root)
                && matches!(
                    (e.tree.name(l), e.tree.name(root)),
                    (cac::InvoiceLine, inv::Invoice) | (cac::CreditNoteLine, cn::CreditNote)
                )
        })
    };
    match name {
        inv::Invoice | cn::CreditNote if id == root => {
            j.fatal(
                "BR-DE-CVD-02",
                id,
                e.some_filled(e.path2(id, cac::OriginatorDocumentReference, cbc::ID)),
            );
            j.fatal("BR-DE-CVD-01", id, e.some_filled(e.path2(id, cac::ContractDocumentReference, cbc::ID)));
            let mut items =
                e.path2(id, cac::InvoiceLine, cac::Item).chain(e.path2(id, cac::CreditNoteLine, cac::Item));
            j.fatal("BR-DE-CVD-03", id, items.any(|i| codes(i) > 0 && kinds(i) > 0));
        }
        cac::Item if in_line(&[]) => {
            j.fatal("BR-DE-CVD-06-a", id, codes(id) == 0 || kinds(id) == 1);
            j.fatal("BR-DE-CVD-06-b", id, kinds(id) == 0 || codes(id) == 1);
        }
        cbc::ItemClassificationCode if in_line(&[cac::CommodityClassification, cac::Item]) => {
            let list = normalize(e.tree.attribute(id, attr::listID).unwrap_or_default());
            j.fatal("BR-TMP-CVD-01", id, list.is_empty() || ITEM_CLASSES.has(&list) || list == "CVD");
            j.fatal("BR-DE-CVD-04", id, list != "CVD" || VEHICLES.contains(&&*normalize(e.text(id))));
        }
        cac::AdditionalItemProperty if in_line(&[cac::Item]) && e.equals(e.kids(id, cbc::Name), "cva") => {
            j.fatal("BR-DE-CVD-05", id, VEHICLE_KINDS.contains(&&*e.normal(e.kids(id, cbc::Value))?));
        }
        _ => {}
    }
    Ok(())
}
