//! Steps and tests over the tree.

use std::borrow::Cow;

use super::{Dec, Fault, Judged, cast_boolean, normalize, trim};
use crate::xml::names::{cac, cbc};
use crate::xml::{Name, NodeId, Tree};

/// Read-only questions to a document, in the words of XPath.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Eval<'t> {
    pub(in crate::rules) tree: &'t Tree,
}

fn many(what: &str) -> Fault {
    Fault(format!("{what} occurs more than once where only one value can be compared"))
}

impl<'t> Eval<'t> {
    /// `name`: child elements.
    pub(in crate::rules) fn kids(self, id: NodeId, name: Name) -> impl Iterator<Item = NodeId> + 't {
        self.tree.children_named(id, name)
    }

    /// `a/b`.
    pub(in crate::rules) fn path2(self, id: NodeId, a: Name, b: Name) -> impl Iterator<Item = NodeId> + 't {
        self.kids(id, a).flat_map(move |n| self.kids(n, b))
    }

    /// `a/b/c`.
    pub(in crate::rules) fn path3(
        self,
        id: NodeId,
        a: Name,
        b: Name,
        c: Name,
    ) -> impl Iterator<Item = NodeId> + 't {
        self.path2(id, a, b).flat_map(move |n| self.kids(n, c))
    }

    /// `a/b/c/d`.
    pub(in crate::rules) fn path4(self, id: NodeId, path: [Name; 4]) -> impl Iterator<Item = NodeId> + 't {
        self.path3(id, path[0], path[1], path[2]).flat_map(move |n| self.kids(n, path[3]))
    }

    /// `exists(name)`.
    pub(in crate::rules) fn has(self, id: NodeId, name: Name) -> bool {
        self.tree.child(id, name).is_some()
    }

    /// `exists(a/b)`.
    pub(in crate::rules) fn has2(self, id: NodeId, a: Name, b: Name) -> bool {
        self.path2(id, a, b).next().is_some()
    }

    /// `count(a/b) <= 1`.
    pub(in crate::rules) fn at_most_one(self, mut nodes: impl Iterator<Item = NodeId>) -> bool {
        nodes.nth(1).is_none()
    }

    /// The node of a sequence that may hold at most one.
    pub(in crate::rules) fn one(self, mut nodes: impl Iterator<Item = NodeId>) -> Judged<Option<NodeId>> {
        let first = nodes.next();
        match (first, nodes.next()) {
            (Some(_), Some(second)) => Err(many(self.tree.local(self.tree.name(second)))),
            _ => Ok(first),
        }
    }

    pub(in crate::rules) fn text(self, id: NodeId) -> Cow<'t, str> {
        self.tree.text(id)
    }

    /// `string(nodes)` of at most one node; empty for none.
    pub(in crate::rules) fn string(self, nodes: impl Iterator<Item = NodeId>) -> Judged<Cow<'t, str>> {
        Ok(self.one(nodes)?.map_or(Cow::Borrowed(""), |n| self.text(n)))
    }

    /// `normalize-space(nodes)` of at most one node.
    pub(in crate::rules) fn normal(self, nodes: impl Iterator<Item = NodeId>) -> Judged<Cow<'t, str>> {
        Ok(normalize(self.string(nodes)?))
    }

    /// `nodes/text()`, of which there may be at most one.
    pub(in crate::rules) fn text_node(self, nodes: impl Iterator<Item = NodeId>) -> Judged<Option<&'t str>> {
        let tree = self.tree;
        let mut texts = nodes.flat_map(|n| tree.text_nodes(n));
        match (texts.next(), texts.next()) {
            (Some(_), Some(_)) => Err(Fault("a text is interrupted or given more than once".to_owned())),
            (first, _) => Ok(first),
        }
    }

    /// `normalize-space(nodes/text())`.
    pub(in crate::rules) fn normal_text(self, nodes: impl Iterator<Item = NodeId>) -> Judged<Cow<'t, str>> {
        Ok(normalize(self.text_node(nodes)?.unwrap_or_default()))
    }

    /// `nodes = text`, without trimming.
    pub(in crate::rules) fn equals(self, mut nodes: impl Iterator<Item = NodeId>, text: &str) -> bool {
        nodes.any(|n| self.text(n) == text)
    }

    /// `normalize-space(nodes) != ''` of some node: `nodes[boolean(normalize-space(.))]`.
    pub(in crate::rules) fn some_filled(self, mut nodes: impl Iterator<Item = NodeId>) -> bool {
        nodes.any(|n| !trim(&self.text(n)).is_empty())
    }

    /// `normalize-space(nodes/@name)` of at most one node that has it.
    pub(in crate::rules) fn normal_attribute(
        self,
        nodes: impl Iterator<Item = NodeId>,
        name: Name,
    ) -> Judged<Cow<'t, str>> {
        let tree = self.tree;
        let mut values = nodes.filter_map(|n| tree.attribute(n, name));
        match (values.next(), values.next()) {
            (Some(_), Some(_)) => Err(many(tree.local(name))),
            (first, _) => Ok(normalize(first.unwrap_or_default())),
        }
    }

    /// `normalize-space(nodes) != ''`.
    pub(in crate::rules) fn filled(self, nodes: impl Iterator<Item = NodeId>) -> Judged<bool> {
        Ok(!trim(&self.string(nodes)?).is_empty())
    }

    /// `xs:decimal(nodes)` of at most one node.
    pub(in crate::rules) fn decimal(self, nodes: impl Iterator<Item = NodeId>) -> Judged<Option<Dec>> {
        self.one(nodes)?.map(|n| Dec::cast(&self.text(n))).transpose()
    }

    /// `xs:decimal(name)`.
    pub(in crate::rules) fn amount(self, id: NodeId, name: Name) -> Judged<Option<Dec>> {
        self.decimal(self.kids(id, name))
    }

    /// `sum(nodes/xs:decimal(name))`.
    pub(in crate::rules) fn sum(self, nodes: impl Iterator<Item = NodeId>, name: Name) -> Judged<Dec> {
        let mut sum = Dec::ZERO;
        for node in nodes {
            if let Some(value) = self.amount(node, name)? {
                sum = sum.add(value)?;
            }
        }
        Ok(sum)
    }

    /// `cbc:ChargeIndicator = expected`, where a value that is no boolean is an error.
    pub(in crate::rules) fn indicated(self, id: NodeId, expected: bool) -> Judged<bool> {
        for indicator in self.kids(id, cbc::ChargeIndicator) {
            if cast_boolean(&self.text(indicator))? == expected {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The same in a rule's context, where an error means that it does not match.
    pub(in crate::rules) fn matches_indicator(self, id: NodeId, expected: bool) -> bool {
        self.indicated(id, expected).unwrap_or(false)
    }

    /// `cac:TaxScheme/normalize-space(upper-case(cbc:ID)) = 'VAT'`.
    pub(in crate::rules) fn vat(self, id: NodeId) -> Judged<bool> {
        for scheme in self.kids(id, cac::TaxScheme) {
            if trim(&self.string(self.kids(scheme, cbc::ID))?).eq_ignore_ascii_case("VAT") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `[cac:TaxScheme/(normalize-space(upper-case(cbc:ID)) = 'VAT')]`: a sequence of truth values, so more than one
    /// scheme is an error.
    pub(in crate::rules) fn vat_flag(self, id: NodeId) -> Judged<bool> {
        match self.one(self.kids(id, cac::TaxScheme))? {
            Some(scheme) => Ok(trim(&self.string(self.kids(scheme, cbc::ID))?).eq_ignore_ascii_case("VAT")),
            None => Ok(false),
        }
    }

    /// `normalize-space(cbc:ID)` of a tax category.
    pub(in crate::rules) fn category(self, id: NodeId) -> Judged<Cow<'t, str>> {
        self.normal(self.kids(id, cbc::ID))
    }

    /// The nodes of a sequence that pass a test which may fail.
    pub(in crate::rules) fn filter(
        self,
        nodes: impl Iterator<Item = NodeId>,
        test: impl Fn(NodeId) -> Judged<bool>,
    ) -> Judged<Vec<NodeId>> {
        let mut passed = vec![];
        for node in nodes {
            if test(node)? {
                passed.push(node);
            }
        }
        Ok(passed)
    }

    /// Whether some node of a sequence passes a test which may fail; stops at the first.
    pub(in crate::rules) fn any(
        self,
        nodes: impl Iterator<Item = NodeId>,
        test: impl Fn(NodeId) -> Judged<bool>,
    ) -> Judged<bool> {
        for node in nodes {
            if test(node)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `ancestor::name`.
    pub(in crate::rules) fn inside(self, id: NodeId, name: Name) -> bool {
        let mut at = self.tree.parent(id);
        while let Some(parent) = at {
            if self.tree.name(parent) == name {
                return true;
            }
            at = self.tree.parent(parent);
        }
        false
    }

    /// Whether the element's ancestors have the given names, the nearest first.
    pub(in crate::rules) fn below(self, id: NodeId, names: &[Name]) -> bool {
        let mut at = id;
        names.iter().all(|name| match self.tree.parent(at) {
            Some(parent) if self.tree.name(parent) == *name => {
                at = parent;
                true
            }
            _ => false,
        })
    }
}
