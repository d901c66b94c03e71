//! One walk over the document: every child is either taken as a term or reported, so nothing can be dropped.

mod document;
mod line;
mod party;
mod settlement;
mod value;

use super::{ReadError, Reading, UNMAPPED_VALUE_CHARS, Unmapped};
use crate::invoice::{DocumentKind, Invoice};
use crate::problem::{Flag, Problem};
use crate::xml::names::{cbc, cn, inv};
use crate::xml::{Name, NodeId, Tree};

/// Most entries of [`Reading::unmapped`] and of [`Reading::issues`]; a last one says that there are more.
pub const MAX_REPORTED: usize = 10_000;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

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

struct Reader<'t> {
    tree: &'t Tree,
    kind: DocumentKind,
    /// BT-5, as the amounts' `currencyID` is compared with it.
    currency: String,
    /// BT-6.
    vat_currency: String,
    unmapped: Vec<Unmapped>,
    issues: Vec<Problem>,
}

/// Trims the white space of XML, not that of Unicode: a no-break space is content.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

impl<'t> Reader<'t> {
    /// Visits the children of a group: `take` takes a child as a term or says false, then it is reported whole.
    fn group(&mut self, id: NodeId, mut take: impl FnMut(&mut Self, NodeId, Name) -> bool) {
        self.report_attributes(id, &[]);
        self.report_text(id);
        for child in self.tree.children(id) {
            if !take(self, child, self.tree.name(child)) {
                self.report(child);
            }
        }
    }

    /// Reports an element with all that is in it.
    fn report(&mut self, id: NodeId) {
        for e in self.tree.subtree(id) {
            self.report_text(e);
            self.report_attributes(e, &[]);
        }
    }

    fn report_text(&mut self, id: NodeId) {
        if !self.tree.has_children(id) {
            let text = self.tree.text(id);
            if !trim(&text).is_empty() {
                self.unmap(self.tree.path(id), trim(&text));
            }
        } else if !self.tree.own_text_is_blank(id) {
            self.unmap(self.tree.path(id), trim(&self.tree.own_text(id)));
        }
    }

    fn report_attributes(&mut self, id: NodeId, taken: &[Name]) {
        for (name, value) in self.tree.attributes(id) {
            if !taken.contains(&name) && !trim(value).is_empty() && self.tree.namespace(name) != XSI {
                let path =
                    format!("{}/@{}{}", self.tree.path(id), self.tree.prefix(name), self.tree.local(name));
                self.unmap(path, value);
            }
        }
    }

    fn unmap(&mut self, path: String, value: &str) {
        let value = value.chars().take(UNMAPPED_VALUE_CHARS).collect();
        match self.unmapped.len() {
            MAX_REPORTED.. => {}
            n if n + 1 == MAX_REPORTED => self
                .unmapped
                .push(Unmapped { path: "...".to_owned(), value: "and more that is not listed".to_owned() }),
            _ => self.unmapped.push(Unmapped { path, value }),
        }
    }

    fn issue(&mut self, id: NodeId, code: &str, flag: Flag, term: &str, message: String, hint: &str) {
        if self.issues.len() < MAX_REPORTED {
            let path = format!("{term} {}", self.tree.path(id));
            self.issues.push(Problem::new(code, flag, message).at(path.trim_start()).with_hint(hint));
        }
    }

    /// A single term found again with another value: the first stays, the other is reported.
    fn repeated(&mut self, id: NodeId, term: &str) {
        let text = trim(&self.tree.text(id)).chars().take(UNMAPPED_VALUE_CHARS).collect::<String>();
        self.issue(
            id,
            "repeated_term",
            Flag::Warning,
            term,
            format!("{term} is given more than once with different values; the first is used, not {text:?}."),
            "Keep one of them.",
        );
        self.report(id);
    }
}
