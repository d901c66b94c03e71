//! PEPPOL-EN16931-R rules of lines and prices.

use super::Flavor;
use super::document::{TWO_CENTS, slack};
use crate::problem::Flag;
use crate::rules::judge::Judge;
use crate::rules::xpath::{Dec, Judged};
use crate::xml::names::{attr, cac, cbc, inv};
use crate::xml::{Name, NodeId};

pub(super) fn line(j: &mut Judge<'_>, flavor: Flavor, id: NodeId) -> Judged<()> {
    let e = j.eval;
    // XRechnung only warns.
    let flag = if flavor == Flavor::Core { Flag::Warning } else { Flag::Fatal };
    j.note("PEPPOL-EN16931-R120", flag, id, net_amount_fits(j, id)?);
    let base = e.decimal(e.path2(id, cac::Price, cbc::BaseQuantity))?;
    j.fatal("PEPPOL-EN16931-R121", id, base.is_none_or(|b| b > Dec::ZERO));
    if flavor != Flavor::Core {
        j.fatal("PEPPOL-EN16931-R100", id, e.at_most_one(e.kids(id, cac::DocumentReference)));
    }
    let object = e.equals(e.path2(id, cac::DocumentReference, cbc::DocumentTypeCode), "130");
    j.fatal("PEPPOL-EN16931-R101", id, !e.has(id, cac::DocumentReference) || object);
    Ok(())
}

/// R120: net amount = quantity * (price / base quantity) + charges - allowances, give or take two cents.
fn net_amount_fits(j: &Judge<'_>, id: NodeId) -> Judged<bool> {
    let e = j.eval;
    let net = e.amount(id, cbc::LineExtensionAmount)?.unwrap_or(Dec::ZERO);
    let counted = if e.tree.name(e.tree.root()) == inv::Invoice {
        cbc::InvoicedQuantity
    } else {
        cbc::CreditedQuantity
    };
    let quantity = e.amount(id, counted)?.unwrap_or(Dec::ONE);
    let price = e.decimal(e.path2(id, cac::Price, cbc::PriceAmount))?.unwrap_or(Dec::ZERO);
    let base =
        e.decimal(e.path2(id, cac::Price, cbc::BaseQuantity))?.filter(|b| !b.is_zero()).unwrap_or(Dec::ONE);
    let sum = |sign: &str| -> Judged<Dec> {
        let mut sum = Dec::ZERO;
        for allowance in e.kids(id, cac::AllowanceCharge) {
            if e.normal(e.kids(allowance, cbc::ChargeIndicator))? == sign {
                for amount in e.kids(allowance, cbc::Amount) {
                    sum = sum.add(Dec::cast(&e.text(amount))?)?;
                }
            }
        }
        sum.cents()
    };
    let value = quantity.mul(price.div(base)?)?.add(sum("true")?)?.sub(sum("false")?)?;
    slack(net, value, TWO_CENTS)
}

/// R044, R046: an allowance of the price.
pub(super) fn price_discount(j: &mut Judge<'_>, id: NodeId) -> Judged<()> {
    let e = j.eval;
    j.fatal("PEPPOL-EN16931-R044", id, e.normal(e.kids(id, cbc::ChargeIndicator))? == "false");
    let fits = !e.has(id, cbc::BaseAmount) || {
        let net = e.decimal(e.tree.parent(id).into_iter().flat_map(|p| e.kids(p, cbc::PriceAmount)))?;
        match net {
            None => false,
            Some(net) => match (e.amount(id, cbc::BaseAmount)?, e.amount(id, cbc::Amount)?) {
                (Some(gross), Some(discount)) => net == gross.sub(discount)?,
                _ => false,
            },
        }
    };
    j.fatal("PEPPOL-EN16931-R046", id, fits);
    Ok(())
}

/// R130: the price refers to the unit that is invoiced.
pub(super) fn base_quantity(j: &mut Judge<'_>, id: NodeId) {
    let e = j.eval;
    let Some(unit) = e.tree.attribute(id, attr::unitCode) else { return };
    let line = e.tree.parent(id).and_then(|p| e.tree.parent(p));
    let quantities = |name: Name| line.into_iter().flat_map(move |l| e.kids(l, name));
    let any = quantities(cbc::InvoicedQuantity).chain(quantities(cbc::CreditedQuantity)).next().is_some();
    let counted = if e.tree.name(e.tree.root()) == inv::Invoice {
        cbc::InvoicedQuantity
    } else {
        cbc::CreditedQuantity
    };
    let same = quantities(counted).any(|q| e.tree.attribute(q, attr::unitCode) == Some(unit));
    j.fatal("PEPPOL-EN16931-R130", id, !any || same);
}
