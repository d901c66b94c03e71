//! Peppol BIS Billing 3.0 over UBL, release 2026.5: its own rules, participant identifiers, code lists, national parts.

mod codes;
mod common;
mod denmark;
mod document;
mod greece;
mod iceland;
mod italy_sweden;
mod line;
mod netherlands;
mod norway;
mod places;

use super::german;
use super::judge::Judge;
use super::ubl::Index;
use super::xpath::Judged;
pub(super) use places::Places;

/// Which set of Peppol rules is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavor {
    /// BIS Billing with its national rules.
    Billing,
    /// BIS self-billing: other process and type codes, no national rules.
    SelfBilling,
    /// The rules that an XRechnung release merges in.
    Core,
}

/// Judges a whole document by the Peppol rules alone.
pub(super) fn judge(j: &mut Judge<'_>, index: &Index, flavor: Flavor) -> Judged<()> {
    let tree = j.eval.tree;
    let places = Places::of(j.eval, flavor);
    let germany = german::Germany::peppol(&places);
    let sweden = italy_sweden::Sweden::of(j.eval, index);
    for id in tree.subtree(tree.root()) {
        let name = tree.name(id);
        document::empty(j, id);
        if !name.is_known() {
            continue;
        }
        document::element(j, &places, id, name)?;
        if flavor == Flavor::Core {
            continue;
        }
        codes::element(j, &places, id, name)?;
        if flavor == Flavor::SelfBilling {
            continue;
        }
        norway::element(j, &places, id, name)?;
        denmark::element(j, &places, id, name)?;
        italy_sweden::italy(j, &places, id, name)?;
        italy_sweden::sweden(j, &sweden, id, name)?;
        greece::element(j, &places, id, name)?;
        iceland::element(j, &places, id, name)?;
        netherlands::element(j, &places, index, id, name)?;
        german::element(j, &germany, id, name)?;
    }
    Ok(())
}
