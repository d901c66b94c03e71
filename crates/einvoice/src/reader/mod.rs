//! One walk over a document: every child is either taken as a term or reported, so nothing can be dropped. Shared by the
//! readers of both syntaxes.

mod value;

use crate::invoice::DocumentKind;
use crate::problem::{Flag, Problem};
use crate::ubl::{MAX_REPORTED, UNMAPPED_VALUE_CHARS, Unmapped};
use crate::xml::{Name, NodeId, Tree};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Term ids of an address, in the order of [`crate::invoice::Address`].
pub(crate) type AddressTerms = [&'static str; 7];
/// Term ids of an allowance or charge: amount, base, percentage, reason, reason code.
pub(crate) type AllowanceTerms = [&'static str; 5];

pub(crate) struct Reader<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) kind: DocumentKind,
    /// BT-5, as the amounts' `currencyID` is compared with it.
    pub(crate) currency: String,
    /// BT-6.
    pub(crate) vat_currency: String,
    pub(crate) unmapped: Vec<Unmapped>,
    pub(crate) issues: Vec<Problem>,
}

/// Trims the white space of XML, not that of Unicode: a no-break space is content.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

impl<'t> Reader<'t> {
    /// Visits the children of a group: `take` takes a child as a term or says false, then it is reported whole.
    pub(crate) fn group(&mut self, id: NodeId, mut take: impl FnMut(&mut Self, NodeId, Name) -> bool) {
        self.report_attributes(id, &[]);
        self.report_text(id);
        for child in self.tree.children(id) {
            if !take(self, child, self.tree.name(child)) {
                self.report(child);
            }
        }
    }

    /// Reports an element with all that is in it.
    pub(crate) fn report(&mut self, id: NodeId) {
        for e in self.tree.subtree(id) {
            self.report_text(e);
            self.report_attributes(e, &[]);
        }
    }

    pub(crate) fn report_text(&mut self, id: NodeId) {
        if !self.tree.has_children(id) {
            let text = self.tree.text(id);
            if !trim(&text).is_empty() {
                self.unmap(self.tree.path(id), trim(&text));
            }
        } else if !self.tree.own_text_is_blank(id) {
            self.unmap(self.tree.path(id), trim(&self.tree.own_text(id)));
        }
    }

    pub(crate) fn report_attributes(&mut self, id: NodeId, taken: &[Name]) {
        for (name, value) in self.tree.attributes(id) {
            if !taken.contains(&name) && !trim(value).is_empty() && self.tree.namespace(name) != XSI {
                let path =
                    format!("{}/@{}{}", self.tree.path(id), self.tree.prefix(name), self.tree.local(name));
                self.unmap(path, value);
            }
        }
    }

    pub(crate) fn unmap(&mut self, path: String, value: &str) {
        let value = value.chars().take(UNMAPPED_VALUE_CHARS).collect();
        match self.unmapped.len() {
            MAX_REPORTED.. => {}
            n if n + 1 == MAX_REPORTED => self
                .unmapped
                .push(Unmapped { path: "...".to_owned(), value: "and more that is not listed".to_owned() }),
            _ => self.unmapped.push(Unmapped { path, value }),
        }
    }

    pub(crate) fn issue(
        &mut self,
        id: NodeId,
        code: &str,
        flag: Flag,
        term: &str,
        message: String,
        hint: &str,
    ) {
        if self.issues.len() < MAX_REPORTED {
            let path = format!("{term} {}", self.tree.path(id));
            self.issues.push(Problem::new(code, flag, message).at(path.trim_start()).with_hint(hint));
        }
    }

    /// A single term found again with another value: the first stays, the other is reported.
    pub(crate) fn repeated(&mut self, id: NodeId, term: &str) {
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

    /// A group of which only one child name is a term.
    pub(crate) fn within(
        &mut self,
        id: NodeId,
        wanted: Name,
        mut take: impl FnMut(&mut Self, NodeId) -> bool,
    ) -> bool {
        self.group(id, |r, c, name| name == wanted && take(r, c));
        true
    }
}
