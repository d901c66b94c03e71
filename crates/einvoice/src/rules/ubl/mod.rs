//! EN 16931 over UBL, release 1.3.16: model, syntax and code lists, in the official rules' own order of matching.

mod codes;
mod index;
mod model;
mod syntax;
mod totals;
mod unused;
mod unused_table;
mod vat;
mod vat_document;

use super::judge::Judge;
use super::xpath::Judged;
pub(super) use codes::{MEDIA_TYPES, is_amount};
pub(super) use index::Index;
pub(super) use model::few_decimals;
pub(super) use unused::path as unused_path;

/// Judges a whole document. Stops at the first dynamic error.
pub(super) fn judge(judge: &mut Judge<'_>, index: &Index) -> Judged<()> {
    let tree = judge.eval.tree;
    let vat = vat::Groups::of(judge.eval, index);
    for id in tree.subtree(tree.root()) {
        let name = tree.name(id);
        if !name.is_known() {
            syntax::foreign(judge, id);
            continue;
        }
        model::element(judge, index, &vat, id, name)?;
        syntax::element(judge, index, id, name)?;
        codes::element(judge, id, name)?;
    }
    Ok(())
}
