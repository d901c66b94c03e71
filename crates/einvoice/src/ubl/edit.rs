//! Writing values into a UBL document that exists, keeping everything else it holds.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::order;
use super::place::{NotAPlace, Place, is_line, kind_of, local};
use crate::xml::{NodeId, Tree};

/// One value to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub place: Place,
    pub value: NewValue,
}

/// What is written at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// This value, in the header or in every line; elements on the way are made where they are missing, lines never.
    Set(String),
    /// Each value that is there, replaced by the one it stands beside; others stay.
    Translate(Vec<(String, String)>),
}

/// Writes the values and returns the whole document; comments and the spelling of prefixes are not kept.
///
/// # Errors
/// A place that the UBL schema does not have.
pub fn edit(tree: &Tree, edits: &[Edit]) -> Result<Vec<u8>, NotAPlace> {
    let kind = kind_of(tree);
    let mut root = Element::copy(tree, tree.root());
    for edit in edits {
        edit.place.check(kind)?;
        apply(&mut root, &edit.place.steps_for(kind), edit);
    }
    Ok(serialize(&root))
}

struct Element {
    prefix: Cow<'static, str>,
    name: String,
    namespace: String,
    /// Namespace, local name and value.
    attributes: Vec<(String, String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn copy(tree: &Tree, id: NodeId) -> Self {
        let name = tree.name(id);
        let text = if tree.has_children(id) {
            tree.own_text(id).trim().to_owned()
        } else {
            tree.text(id).into_owned()
        };
        Self {
            prefix: Cow::Borrowed(tree.prefix(name)),
            name: tree.local(name).to_owned(),
            namespace: tree.namespace(name).to_owned(),
            attributes: tree
                .attributes(id)
                .map(|(name, value)| {
                    (tree.namespace(name).to_owned(), tree.local(name).to_owned(), value.to_owned())
                })
                .collect(),
            text,
            children: tree.children(id).map(|child| Self::copy(tree, child)).collect(),
        }
    }

    /// Makes an empty child of this name at its place in the schema's order.
    fn insert(&mut self, child: &str) -> &mut Self {
        let siblings: Vec<&str> =
            order::children_of(&self.name).unwrap_or_default().split_ascii_whitespace().collect();
        let rank =
            |name: &str| siblings.iter().position(|sibling| local(sibling) == name).unwrap_or(siblings.len());
        let prefixed = siblings.iter().find(|sibling| local(sibling) == child).copied().unwrap_or("cbc:");
        let prefix = prefixed.split(':').next().unwrap_or("cbc");
        let at = self
            .children
            .iter()
            .position(|sibling| rank(&sibling.name) > rank(child))
            .unwrap_or(self.children.len());
        let made = Self {
            prefix: Cow::Owned(format!("{prefix}:")),
            name: child.to_owned(),
            namespace: namespace_of(prefix).to_owned(),
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
        };
        self.children.insert(at, made);
        &mut self.children[at]
    }
}

fn apply(element: &mut Element, steps: &[&str], edit: &Edit) {
    let Some((step, rest)) = steps.split_first() else {
        return set(element, edit);
    };
    let is_set = matches!(edit.value, NewValue::Set(_));
    let mut found = false;
    for child in element.children.iter_mut().filter(|child| child.name == **step) {
        found = true;
        apply(child, rest, edit);
    }
    // An attribute alone makes no element: a scheme or unit without the value it belongs to says nothing.
    let only_an_attribute = rest.is_empty() && edit.place.attribute().is_some();
    if is_set && !found && !only_an_attribute && !is_line(step) {
        apply(element.insert(step), rest, edit);
    }
}

fn set(element: &mut Element, edit: &Edit) {
    let Some(name) = edit.place.attribute() else {
        if let Some(value) = edit.value.instead_of(element.text.trim()) {
            element.text = value;
        }
        return;
    };
    match element.attributes.iter_mut().find(|(namespace, local, _)| namespace.is_empty() && local == name) {
        Some((_, _, old)) => {
            if let Some(value) = edit.value.instead_of(old.trim()) {
                *old = value;
            }
        }
        None => {
            if let NewValue::Set(value) = &edit.value {
                element.attributes.push((String::new(), name.to_owned(), value.clone()));
            }
        }
    }
}

impl NewValue {
    fn instead_of(&self, old: &str) -> Option<String> {
        match self {
            Self::Set(value) => Some(value.clone()),
            Self::Translate(pairs) => pairs.iter().find(|(from, _)| from == old).map(|(_, to)| to.clone()),
        }
    }
}

const UBL: &str = "urn:oasis:names:specification:ubl:schema:xsd:";

fn namespace_of(prefix: &str) -> String {
    let name = match prefix {
        "cac" => "CommonAggregateComponents-2",
        "ext" => "CommonExtensionComponents-2",
        _ => "CommonBasicComponents-2",
    };
    format!("{UBL}{name}")
}

fn serialize(root: &Element) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::with_capacity(16 * 1024), b' ', 2);
    let written = writer
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| write(&mut writer, root, true));
    debug_assert!(written.is_ok(), "writing to memory cannot fail");
    writer.into_inner()
}

fn write(writer: &mut Writer<Vec<u8>>, element: &Element, is_root: bool) -> std::io::Result<()> {
    let known = matches!(element.prefix.as_ref(), "cac:" | "cbc:" | "ext:");
    let name = if known { format!("{}{}", element.prefix, element.name) } else { element.name.clone() };
    let mut start = BytesStart::new(name.as_str());
    if !known {
        start.push_attribute(("xmlns", element.namespace.as_str()));
    }
    if is_root {
        for prefix in ["cac", "cbc", "ext"] {
            start.push_attribute((format!("xmlns:{prefix}").as_str(), namespace_of(prefix).as_str()));
        }
    }
    for (index, (namespace, local, value)) in element.attributes.iter().enumerate() {
        match namespace.as_str() {
            "" => start.push_attribute((local.as_str(), value.as_str())),
            "http://www.w3.org/XML/1998/namespace" => {
                start.push_attribute((format!("xml:{local}").as_str(), value.as_str()))
            }
            other => {
                start.push_attribute((format!("xmlns:a{index}").as_str(), other));
                start.push_attribute((format!("a{index}:{local}").as_str(), value.as_str()));
            }
        }
    }
    if element.children.is_empty() && element.text.is_empty() {
        return writer.write_event(Event::Empty(start));
    }
    writer.write_event(Event::Start(start))?;
    if !element.text.is_empty() {
        writer.write_event(Event::Text(BytesText::new(&element.text)))?;
    }
    for child in &element.children {
        write(writer, child, false)?;
    }
    writer.write_event(Event::End(BytesEnd::new(name.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDIT_NOTE: &str = r#"<?xml version="1.0"?>
<cn:CreditNote xmlns:cn="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2" xmlns:x="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:y="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:z="urn:example:own">
  <y:ID>C-1 &amp; co</y:ID>
  <x:AccountingSupplierParty><x:Party><x:PartyName><y:Name>A</y:Name></x:PartyName></x:Party></x:AccountingSupplierParty>
  <x:CreditNoteLine><y:ID>1</y:ID><y:CreditedQuantity unitCode="pcs">1</y:CreditedQuantity><z:Own z:kind="k">kept</z:Own></x:CreditNoteLine>
  <x:CreditNoteLine><y:ID>2</y:ID><y:CreditedQuantity unitCode="HUR">2</y:CreditedQuantity></x:CreditNoteLine>
</cn:CreditNote>"#;

    fn edited(edits: &[(&str, NewValue)]) -> Tree {
        let tree = Tree::parse(CREDIT_NOTE.as_bytes()).expect("parses");
        let edits: Vec<Edit> = edits
            .iter()
            .map(|(path, value)| Edit { place: path.parse().expect(path), value: value.clone() })
            .collect();
        let bytes = edit(&tree, &edits).expect("edits");
        Tree::parse(&bytes).expect("what was written parses")
    }

    fn values(tree: &Tree, path: &str) -> Vec<Option<String>> {
        let place: Place = path.parse().expect(path);
        place.occurrences(tree).into_iter().map(|o| o.value.map(Cow::into_owned)).collect()
    }

    fn set(value: &str) -> NewValue {
        NewValue::Set(value.to_owned())
    }

    #[test]
    fn nothing_asked_keeps_everything() {
        let tree = edited(&[]);
        assert_eq!(values(&tree, "cbc:ID"), [Some("C-1 & co".to_owned())]);
        let own = tree.subtree(tree.root()).find(|id| tree.local(tree.name(*id)) == "Own").expect("kept");
        assert_eq!(tree.namespace(tree.name(own)), "urn:example:own");
        assert_eq!(
            tree.attributes(own).map(|(n, v)| (tree.namespace(n).to_owned(), v.to_owned())).next(),
            Some(("urn:example:own".to_owned(), "k".to_owned()))
        );
        assert_eq!(
            tree.namespace(tree.name(tree.root())),
            "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
        );
    }

    #[test]
    fn missing_elements_are_made_in_schema_order() {
        let tree = edited(&[
            ("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", set("7300010000001")),
            ("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID/@schemeID", set("0088")),
            ("cbc:BuyerReference", set("dept 7")),
            ("cac:OrderReference/cbc:ID", set("PO-1")),
        ]);
        let names: Vec<String> =
            tree.children(tree.root()).map(|id| tree.local(tree.name(id)).to_owned()).collect();
        assert_eq!(
            names,
            [
                "ID",
                "BuyerReference",
                "OrderReference",
                "AccountingSupplierParty",
                "CreditNoteLine",
                "CreditNoteLine"
            ]
        );
        let party = tree.path(
            tree.subtree(tree.root()).find(|id| tree.local(tree.name(*id)) == "EndpointID").expect("made"),
        );
        assert_eq!(party, "/CreditNote/cac:AccountingSupplierParty/cac:Party/cbc:EndpointID");
        assert_eq!(
            values(&tree, "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID/@schemeID"),
            [Some("0088".to_owned())]
        );
    }

    #[test]
    fn lines_are_set_and_translated_each() {
        let translate = NewValue::Translate(vec![("pcs".to_owned(), "C62".to_owned())]);
        let tree = edited(&[
            ("/Invoice/cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode", translate),
            ("cac:CreditNoteLine/cbc:AccountingCost", set("4000")),
        ]);
        let unit = "cac:CreditNoteLine/cbc:CreditedQuantity/@unitCode";
        assert_eq!(values(&tree, unit), [Some("C62".to_owned()), Some("HUR".to_owned())]);
        assert_eq!(
            values(&tree, "cac:CreditNoteLine/cbc:AccountingCost"),
            [Some("4000".to_owned()), Some("4000".to_owned())]
        );
    }

    #[test]
    fn an_attribute_alone_makes_no_element() {
        let tree = edited(&[("cac:AccountingCustomerParty/cac:Party/cbc:EndpointID/@schemeID", set("0088"))]);
        assert_eq!(values(&tree, "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID/@schemeID"), [None]);
    }
}
