//! Places in a UBL document, as mandates and mappings spell them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::order;
use crate::invoice::DocumentKind;
use crate::xml::{NodeId, Tree};

/// Steps a path may have; UBL nests no deeper in an invoice.
const STEPS_MAX: usize = 12;

/// A place in a UBL document: elements from the root down, perhaps ending in an attribute.
///
/// Spellings vary between mandates, so reading is lenient: a leading slash, the root, prefixes, positions in brackets
/// and the other document's line names are all accepted. Writing needs a path that the UBL schema has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// Local names below the root.
    steps: Vec<String>,
    attribute: Option<String>,
}

/// A path that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPlace {
    #[error("the path is empty")]
    Empty,
    #[error("the path has more than {STEPS_MAX} steps")]
    TooDeep,
    #[error("\"{0}\" is not the name of an element or attribute")]
    Name(String),
    #[error("UBL has no element {child} in {parent}")]
    Unknown { parent: String, child: String },
    #[error("{0} has child elements, so it holds no value itself")]
    NotAValue(String),
}

/// What a document has at a place, once per header or once per line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence<'t> {
    /// The element that holds it, or the line or header that lacks it.
    node: NodeId,
    /// The attribute that holds it.
    attribute: Option<&'t str>,
    /// Trimmed; none where nothing is there.
    pub value: Option<Cow<'t, str>>,
}

impl Occurrence<'_> {
    /// Its path, for people; counts siblings, so it is asked for only where it is shown.
    #[must_use]
    pub fn path(&self, tree: &Tree) -> String {
        match self.attribute {
            Some(name) => format!("{}/@{name}", tree.path(self.node)),
            None => tree.path(self.node),
        }
    }
}

impl Place {
    /// Every occurrence: for a place below lines, each line has at least one, perhaps without value.
    #[must_use]
    pub fn occurrences<'t>(&'t self, tree: &'t Tree) -> Vec<Occurrence<'t>> {
        let steps = self.steps_for(kind_of(tree));
        let line = steps.iter().position(|step| is_line(step)).map_or(0, |at| at + 1);
        let contexts = descend(tree, vec![tree.root()], &steps[..line]);
        let mut out = Vec::with_capacity(contexts.len());
        for context in contexts {
            let before = out.len();
            for node in descend(tree, vec![context], &steps[line..]) {
                if let Some(value) = self.value_at(tree, node) {
                    out.push(Occurrence { node, attribute: self.attribute.as_deref(), value: Some(value) });
                }
            }
            if out.len() == before {
                out.push(Occurrence { node: context, attribute: None, value: None });
            }
        }
        out
    }

    fn value_at<'t>(&self, tree: &'t Tree, node: NodeId) -> Option<Cow<'t, str>> {
        let value = match &self.attribute {
            None => tree.text(node),
            Some(name) => {
                tree.attributes(node).find(|(a, _)| tree.local(*a) == name).map(|(_, v)| Cow::Borrowed(v))?
            }
        };
        let trimmed = match value {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        (!trimmed.is_empty()).then_some(trimmed)
    }

    /// Whether the schema has this place, as far as our table knows it, and it can hold a value.
    ///
    /// # Errors
    /// Which step is unknown.
    pub fn check(&self, kind: DocumentKind) -> Result<(), NotAPlace> {
        let mut parent = root_name(kind);
        let steps = self.steps_for(kind);
        for step in &steps {
            let Some(children) = order::children_of(parent) else { return Ok(()) };
            let Some(child) = children.split_ascii_whitespace().find(|child| local(child) == *step) else {
                return Err(NotAPlace::Unknown { parent: parent.to_owned(), child: (*step).to_owned() });
            };
            parent = local(child);
        }
        match order::children_of(parent) {
            Some(_) if self.attribute.is_none() => Err(NotAPlace::NotAValue(parent.to_owned())),
            _ => Ok(()),
        }
    }

    /// The attribute at the end, if the place is one.
    pub(super) fn attribute(&self) -> Option<&str> {
        self.attribute.as_deref()
    }

    /// The steps in the words of this kind of document: a mandate written for invoices serves credit notes too.
    pub(super) fn steps_for(&self, kind: DocumentKind) -> Vec<&str> {
        const PAIRS: [(&str, &str); 3] = [
            ("InvoiceLine", "CreditNoteLine"),
            ("InvoicedQuantity", "CreditedQuantity"),
            ("InvoiceTypeCode", "CreditNoteTypeCode"),
        ];
        let translate = |step: &str| {
            PAIRS.iter().find_map(|(invoice, credit)| match kind {
                DocumentKind::Invoice if step == *credit => Some(*invoice),
                DocumentKind::CreditNote if step == *invoice => Some(*credit),
                _ => None,
            })
        };
        self.steps.iter().map(|step| translate(step).unwrap_or(step)).collect()
    }
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(path: &str) -> Result<Self, NotAPlace> {
        let mut steps = Vec::new();
        let mut attribute = None;
        for raw in path.split('/').map(str::trim).filter(|step| !step.is_empty() && *step != ".") {
            let named = raw.split('[').next().unwrap_or_default().trim();
            let (is_attribute, name) = named.strip_prefix('@').map_or((false, named), |name| (true, name));
            let name = name.rsplit(':').next().unwrap_or_default();
            let valid = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !valid || attribute.is_some() {
                return Err(NotAPlace::Name(raw.to_owned()));
            }
            if is_attribute {
                attribute = Some(name.to_owned());
            } else if !(steps.is_empty() && matches!(name, "Invoice" | "CreditNote")) {
                steps.push(name.to_owned());
            }
            if steps.len() > STEPS_MAX {
                return Err(NotAPlace::TooDeep);
            }
        }
        if steps.is_empty() { Err(NotAPlace::Empty) } else { Ok(Self { steps, attribute }) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| write!(f, "/{step}"))?;
        self.attribute.as_ref().map_or(Ok(()), |name| write!(f, "/@{name}"))
    }
}

/// Which of the two documents a tree is.
pub(super) fn kind_of(tree: &Tree) -> DocumentKind {
    match tree.local(tree.name(tree.root())) {
        "CreditNote" => DocumentKind::CreditNote,
        _ => DocumentKind::Invoice,
    }
}

pub(super) const fn root_name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Invoice => "Invoice",
        DocumentKind::CreditNote => "CreditNote",
    }
}

pub(super) fn is_line(step: &str) -> bool {
    matches!(step, "InvoiceLine" | "CreditNoteLine")
}

pub(super) fn local(prefixed: &str) -> &str {
    prefixed.rsplit(':').next().unwrap_or(prefixed)
}

fn descend(tree: &Tree, from: Vec<NodeId>, steps: &[&str]) -> Vec<NodeId> {
    steps.iter().fold(from, |nodes, step| {
        nodes
            .into_iter()
            .flat_map(|node| {
                tree.children(node).filter(|child| tree.local(tree.name(*child)) == *step).collect::<Vec<_>>()
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVOICE: &str = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>7</cbc:ID><cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="pcs">1</cbc:InvoicedQuantity></cac:InvoiceLine><cac:InvoiceLine><cbc:ID>2</cbc:ID><cbc:InvoicedQuantity> 2 </cbc:InvoicedQuantity></cac:InvoiceLine></Invoice>"#;

    fn check(path: &str, expected: &[(&str, Option<&str>)]) {
        let tree = Tree::parse(INVOICE.as_bytes()).expect("parses");
        let place: Place = path.parse().expect(path);
        let found = place.occurrences(&tree);
        let found: Vec<_> = found.iter().map(|o| (o.path(&tree), o.value.as_deref())).collect();
        let found: Vec<_> = found.iter().map(|(path, value)| (path.as_str(), *value)).collect();
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn spellings_of_the_same_place_are_equal() {
        for path in ["/Invoice/cbc:ID", "cbc:ID", "/ubl:Invoice/cbc:ID", "ID", "//Invoice/ID"] {
            check(path, &[("/Invoice/cbc:ID", Some("7"))]);
        }
    }

    #[test]
    fn every_line_is_asked_and_says_where_it_lacks() {
        let expected: &[(&str, Option<&str>)] = &[
            ("/Invoice/cac:InvoiceLine[1]/cbc:InvoicedQuantity/@unitCode", Some("pcs")),
            ("/Invoice/cac:InvoiceLine[2]", None),
        ];
        check("/Invoice/cac:InvoiceLine[]/cbc:InvoicedQuantity/@unitCode", expected);
        check("/CreditNote/cac:CreditNoteLine/cbc:CreditedQuantity/@unitCode", expected);
        check("/Invoice/cbc:BuyerReference", &[("/Invoice", None)]);
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for path in ["", "/", "/Invoice", "a b", "@x/y", "/Invoice/cbc:ID[1]/@/z"] {
            assert!(path.parse::<Place>().is_err(), "{path}");
        }
        let check = |path: &str| path.parse::<Place>().expect(path).check(DocumentKind::Invoice);
        assert_eq!(
            check("/Invoice/cbc:Colour").expect_err("unknown").to_string(),
            "UBL has no element Colour in Invoice"
        );
        assert!(check("/Invoice/cac:AccountingSupplierParty/cac:Party").is_err());
        assert_eq!(check("/Invoice/cac:AccountingSupplierParty/cac:Party/cbc:EndpointID/@schemeID"), Ok(()));
    }
}
