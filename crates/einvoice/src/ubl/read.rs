use super::{ReadError, Reading};
use crate::xml::Tree;

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
    let name = tree.name(tree.root());
    Err(ReadError::NotAnInvoice {
        root: format!("{{{}}}{}", tree.namespace(name), tree.local(name)),
    })
}
