//! DK-R: rules for Danish suppliers.

use super::places::{Places, is};
use crate::rules::judge::Judge;
use crate::rules::xpath::{Dec, Judged, both, number};
use crate::xml::names::{attr, cac, cbc, cn, inv};
use crate::xml::{Name, NodeId};

pub(super) fn element(j: &mut Judge<'_>, places: &Places, id: NodeId, name: Name) -> Judged<()> {
    let supplier = is(&places.supplier_written, "DK").unwrap_or(false);
    if !supplier {
        return Ok(());
    }
    let e = j.eval;
    let both = is(&places.customer_written, "DK").unwrap_or(false);
    match name {
        inv::Invoice | cn::CreditNote => root(j, places, id)?,
        _ if !both => {}
        cac::PartyIdentification
            if of_document(j, id, cac::AccountingSupplierParty)
                || of_document(j, id, cac::AccountingCustomerParty) =>
        {
            let scheme = e.normal_attribute(e.kids(id, cbc::ID), attr::schemeID);
            j.fatal("DK-R-013", id, !e.has(id, cbc::ID) || !scheme?.is_empty());
        }
        cac::PaymentMeans if e.below(id, &[inv::Invoice]) => payment(j, id)?,
        cac::Party
            if e.below(id, &[cac::AccountingCustomerParty, inv::Invoice])
                || e.below(id, &[cac::AccountingCustomerParty, cn::CreditNote]) =>
        {
            let companies = || e.path2(id, cac::PartyLegalEntity, cbc::CompanyID);
            j.fatal(
                "DK-R-017",
                id,
                companies().next().is_none() || e.normal_attribute(companies(), attr::schemeID)? == "0184",
            );
        }
        cac::InvoiceLine if e.below(id, &[inv::Invoice]) => classification(j, id),
        cac::CreditNoteLine if e.below(id, &[cn::CreditNote]) => classification(j, id),
        cac::AllowanceCharge => reason(j, id)?,
        _ => {}
    }
    Ok(())
}

/// Whether a part of a party stands at `party/cac:Party` of the document.
fn of_document(j: &Judge<'_>, id: NodeId, party: Name) -> bool {
    j.eval.below(id, &[cac::Party, party, inv::Invoice])
        || j.eval.below(id, &[cac::Party, party, cn::CreditNote])
}

fn root(j: &mut Judge<'_>, places: &Places, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let companies =
        || e.path4(id, [cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID]);
    j.fatal("DK-R-002", id, !e.normal_text(companies())?.is_empty());
    j.fatal(
        "DK-R-014",
        id,
        companies().next().is_none() || e.normal_attribute(companies(), attr::schemeID)? == "0184",
    );
    let credit = e.tree.name(e.tree.root()) == cn::CreditNote;
    let negative = || -> Judged<bool> {
        let due = e.text_node(e.path2(id, cac::LegalMonetaryTotal, cbc::PayableAmount))?;
        Ok(due.and_then(number).is_some_and(|d| d < Dec::ZERO))
    };
    let fits = !credit || !both(is(&places.customer_written, "DK"), negative())?;
    j.fatal("DK-R-016", id, fits);
    Ok(())
}

/// DK-R-005 to 011: payment means codes and the data each needs.
fn payment(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    let code = e.string(e.kids(id, cbc::PaymentMeansCode))?;
    let known = " 1 10 31 42 48 49 50 58 59 93 97 ";
    j.fatal("DK-R-005", id, known.contains(&format!(" {code} ")));
    let account = || e.path2(id, cac::PayeeFinancialAccount, cbc::ID);
    let branch = || e.path3(id, cac::PayeeFinancialAccount, cac::FinancialInstitutionBranch, cbc::ID);
    let mandate = || e.path2(id, cac::PaymentMandate, cbc::ID);
    let debited = || e.path3(id, cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID);
    let given = |text: Judged<std::borrow::Cow<'_, str>>| text.map(|t| !t.is_empty());
    let transfer = matches!(&*code, "31" | "42");
    j.fatal(
        "DK-R-006",
        id,
        !transfer || both(given(e.normal_text(account())), given(e.normal_text(branch())))?,
    );
    j.fatal(
        "DK-R-007",
        id,
        code != "49" || both(given(e.normal_text(mandate())), given(e.normal_text(debited())))?,
    );
    let payment_id = || e.string(e.kids(id, cbc::PaymentID));
    let kind = || Ok(payment_id()?.chars().take(3).collect::<String>());
    let length = || Ok(payment_id()?.chars().count());
    if code == "50" {
        let digits = |text: &str| matches!(text.len(), 7 | 8) && text.bytes().all(|b| b.is_ascii_digit());
        let kind: String = kind()?;
        j.fatal("DK-R-008", id, matches!(&*kind, "01#" | "04#" | "15#") && digits(&e.string(account())?));
        j.fatal("DK-R-009", id, !matches!(&*kind, "04#" | "15#") || length()? == 19);
    } else if code == "93" {
        let kind: String = kind()?;
        let long = || Ok(e.text_node(account())?.is_some_and(|t| t.chars().count() == 8));
        j.fatal("DK-R-010", id, matches!(&*kind, "71#" | "73#" | "75#") && long()?);
        j.fatal("DK-R-011", id, !matches!(&*kind, "71#" | "75#") || matches!(length()?, 18 | 19));
    }
    Ok(())
}

/// DK-R-003: UNSPSC codes name one of the accepted versions.
fn classification(j: &mut Judge<'_>, id: NodeId) {
    let e = j.eval;
    let codes = || e.path3(id, cac::Item, cac::CommodityClassification, cbc::ItemClassificationCode);
    let unspsc = codes().any(|c| e.tree.attribute(c, attr::listID) == Some("TST"));
    let versions = ["19.05.01", "19.0501", "26.08.01", "26.0801"];
    let known =
        codes().any(|c| e.tree.attribute(c, attr::listVersionID).is_some_and(|v| versions.contains(&v)));
    j.fatal("DK-R-003", id, !unspsc || known);
}

/// DK-R-004: reason code ZZZ explains itself by four digits or two parts with # between.
fn reason(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    if !e.equals(e.kids(id, cbc::AllowanceChargeReasonCode), "ZZZ") {
        return Ok(());
    }
    let reasons = || e.kids(id, cbc::AllowanceChargeReason);
    let four = e.normal_text(reasons())?.chars().count() == 4
        && number(&e.string(reasons())?).is_some_and(|n| n >= Dec::ZERO && n <= Dec::int(9999));
    let parts = || -> Judged<bool> {
        let text = e.string(reasons())?;
        Ok(text.contains('#') && !text.starts_with('#') && !text.ends_with('#'))
    };
    let fits = four || parts()?;
    j.fatal("DK-R-004", id, fits);
    Ok(())
}
