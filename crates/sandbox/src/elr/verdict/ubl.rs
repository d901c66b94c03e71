//! Walking UBL by prefixed paths. `cac:` and `cbc:` stand for the two namespaces, whatever prefixes the document uses.

use std::str::FromStr;

use roxmltree::Node;
use rust_decimal::Decimal;

pub(in crate::elr) const CAC: &str =
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
pub(in crate::elr) const CBC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
pub(super) const INVOICE: (&str, &str) =
    ("urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "Invoice");
pub(super) const CREDIT_NOTE: (&str, &str) =
    ("urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "CreditNote");

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'x>(pub(super) Node<'x, 'x>);

impl<'x> Element<'x> {
    fn is(self, name: &str) -> bool {
        let Some((prefix, local)) = name.split_once(':') else { return false };
        let tag = self.0.tag_name();
        tag.name() == local && tag.namespace() == Some(if prefix == "cac" { CAC } else { CBC })
    }

    /// Child elements of a name.
    pub(super) fn children(self, name: &str) -> impl Iterator<Item = Element<'x>> {
        self.0.children().filter(Node::is_element).map(Element).filter(move |child| child.is(name))
    }

    pub(super) fn child(self, name: &str) -> Option<Element<'x>> {
        self.children(name).next()
    }

    /// Every element at a path.
    pub(super) fn all(self, path: &str) -> Vec<Element<'x>> {
        let mut found = vec![self];
        for step in path.split('/') {
            found = found.into_iter().flat_map(|element| element.children(step)).collect();
        }
        found
    }

    /// The first element at a path, looking into every branch.
    pub(super) fn first(self, path: &str) -> Option<Element<'x>> {
        match path.split_once('/') {
            Some((step, rest)) => self.children(step).find_map(|child| child.first(rest)),
            None => self.child(path),
        }
    }

    /// The trimmed text of the first element at a path that has any.
    pub(super) fn text(self, path: &str) -> Option<&'x str> {
        match path.split_once('/') {
            Some((step, rest)) => self.children(step).find_map(|child| child.text(rest)),
            None => self.children(path).find_map(Element::value),
        }
    }

    /// The element's own trimmed text, if there is any.
    pub(super) fn value(self) -> Option<&'x str> {
        self.0.text().map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn attribute(self, name: &str) -> Option<&'x str> {
        self.0.attribute(name)
    }

    /// The number at a path: `None` if there is no such element, `Some(None)` if it is not an `xs:decimal`.
    pub(super) fn number(self, path: &str) -> Option<Option<Decimal>> {
        self.first(path).map(Element::decimal)
    }

    pub(super) fn decimal(self) -> Option<Decimal> {
        self.value().and_then(decimal)
    }
}

/// `xs:decimal`: a sign, digits, a point; no exponent.
fn decimal(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    plain.then(|| Decimal::from_str(text).ok()).flatten()
}

/// Rounded to cents the way the rules round: halves towards positive infinity.
pub(super) fn cents(amount: Decimal) -> Decimal {
    let half = Decimal::new(5, 1);
    (amount * Decimal::ONE_HUNDRED + half).floor() / Decimal::ONE_HUNDRED
}

/// How deep tags nest, without parsing, so that a hostile document is never recursed into. An upper bound: what looks
/// like a tag inside a comment counts too.
pub(super) fn depth(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|byte| *byte == b'<').map(|found| found + at) {
        let Some(end) = bytes[start..].iter().position(|byte| *byte == b'>').map(|found| found + start)
        else {
            break;
        };
        match bytes.get(start + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'?' | b'!') | None => {}
            Some(_) if bytes[end - 1] == b'/' => deepest = deepest.max(depth + 1),
            Some(_) => {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
        at = end + 1;
    }
    deepest
}
