//! One walk over the document: every child is either taken as a term or reported, so nothing can be dropped.

mod document;
mod line;
mod party;
mod settlement;

use super::{ReadError, Reading};
use crate::invoice::{DocumentKind, Invoice};
use crate::problem::Problem;
use crate::reader::{Reader, trim};
use crate::xml::Tree;
use crate::xml::names::{cbc, cn, inv};

/// Most entries of [`Reading::unmapped`] and of [`Reading::issues`]; a last one says that there are more.
pub const MAX_REPORTED: usize = 10_000;

/// Reads a UBL Invoice or CreditNote.
///
/// # Errors
/// [`ReadError`], if it is no XML or no UBL invoice. An incomplete or wrong invoice is read all the same.
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    read_tree(&Tree::parse(bytes)?)
}

/// Reads a UBL Invoice or CreditNote that is parsed already.
///
/// # Errors
/// [`ReadError::NotAnInvoice`].
pub fn read_tree(tree: &Tree) -> Result<Reading, ReadError> {
    let root = tree.root();
    let kind = root_kind(tree)?;
    let trimmed = |name| tree.child(root, name).map_or(String::new(), |n| trim(&tree.text(n)).to_owned());
    let (currency, vat_currency) = (trimmed(cbc::DocumentCurrencyCode), trimmed(cbc::TaxCurrencyCode));
    let mut reader = Reader { tree, kind, currency, vat_currency, unmapped: vec![], issues: vec![] };
    let mut invoice = Invoice { kind, ..Invoice::default() };
    reader.document(root, &mut invoice);
    Ok(Reading { invoice, unmapped: reader.unmapped, issues: reader.issues })
}

fn root_kind(tree: &Tree) -> Result<DocumentKind, ReadError> {
    match tree.name(tree.root()) {
        inv::Invoice => Ok(DocumentKind::Invoice),
        cn::CreditNote => Ok(DocumentKind::CreditNote),
        name => {
            Err(ReadError::NotAnInvoice { root: format!("{{{}}}{}", tree.namespace(name), tree.local(name)) })
        }
    }
}

/// Which UBL document a tree is.
///
/// # Errors
/// The problem `not_an_invoice`.
pub fn kind(tree: &Tree) -> Result<DocumentKind, Problem> {
    root_kind(tree).map_err(|e| e.to_problem())
}
