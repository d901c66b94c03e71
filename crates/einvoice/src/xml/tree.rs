use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::name::Name;
use super::names::{KNOWN, NAMESPACES};

/// Index of an element in its [`Tree`], in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Text of the source, or of the buffer that holds text with its references resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) len: u32,
    pub(super) resolved: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: Name,
    /// Own index for the root.
    pub(super) parent: u32,
    /// One past the last descendant.
    pub(super) end: u32,
    /// First text piece inside, and one past the last: descendants' pieces included.
    pub(super) piece: u32,
    pub(super) piece_end: u32,
    /// First attribute; the next element's is one past the last.
    pub(super) attribute: u32,
    /// Byte offset of `<` in the decoded source.
    pub(super) offset: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute {
    pub(super) name: Name,
    pub(super) value: Span,
}

/// An XML document: elements in document order, their texts and attributes. Comments and processing
/// instructions are left out. Read-only and cheap to share.
#[derive(Debug, Clone)]
pub struct Tree {
    pub(super) source: String,
    pub(super) resolved: String,
    pub(super) elements: Vec<Element>,
    pub(super) pieces: Vec<Span>,
    pub(super) attributes: Vec<Attribute>,
    /// Names outside the known ones: namespace index and local name.
    pub(super) foreign: Vec<(u16, String)>,
    /// Namespaces outside the known ones.
    pub(super) namespaces: Vec<String>,
    pub(super) positions: OnceLock<Vec<Position>>,
}

/// Clearing a map costs its capacity, so one that grew beyond this is thrown away.
const USUAL_CHILD_NAMES: usize = 128;

/// Where an element stands among its siblings of the same name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    number: u32,
    of: u32,
}

/// An element seen from outside the arena: a tree and an index, for readers who prefer methods on the node.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    /// The tree it belongs to.
    pub tree: &'t Tree,
    /// Its index there.
    pub id: NodeId,
}

impl Tree {
    /// Parses a whole document. Limits and refusals: see [`super`].
    ///
    /// # Errors
    /// [`super::XmlError`], with the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, super::XmlError> {
        super::parse::parse(bytes)
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Never true: a document has a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The decoded source text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Qualified name of an element.
    #[must_use]
    pub fn name(&self, id: NodeId) -> Name {
        self.elements[id.index()].name
    }

    /// Local part of a name.
    #[must_use]
    pub fn local(&self, name: Name) -> &str {
        match KNOWN.parts(name.0).filter(|_| name.is_known()) {
            Some((_, local)) => local,
            None => &self.foreign[usize::from(name.0 - super::names::KNOWN_END)].1,
        }
    }

    /// Namespace of a name; empty for none.
    #[must_use]
    pub fn namespace(&self, name: Name) -> &str {
        let index = match KNOWN.parts(name.0).filter(|_| name.is_known()) {
            Some((namespace, _)) => namespace,
            None => self.foreign[usize::from(name.0 - super::names::KNOWN_END)].0,
        };
        let index = usize::from(index);
        NAMESPACES.get(index).copied().unwrap_or_else(|| &self.namespaces[index - NAMESPACES.len()])
    }

    /// The parent element; none for the root.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id.0 != 0).then(|| NodeId(self.elements[id.index()].parent))
    }

    /// Whether the element's parent has the given name.
    #[must_use]
    pub fn parent_is(&self, id: NodeId, name: Name) -> bool {
        self.parent(id).is_some_and(|p| self.name(p) == name)
    }

    /// Child elements in document order.
    #[must_use]
    pub fn children(&self, id: NodeId) -> Children<'_> {
        Children { tree: self, next: id.0 + 1, end: self.elements[id.index()].end }
    }

    /// Child elements of one name.
    pub fn children_named(&self, id: NodeId, name: Name) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).filter(move |c| self.name(*c) == name)
    }

    /// First child element of a name.
    #[must_use]
    pub fn child(&self, id: NodeId, name: Name) -> Option<NodeId> {
        self.children(id).find(|c| self.name(*c) == name)
    }

    /// First element at the end of a path of child names, first match at every step.
    #[must_use]
    pub fn find(&self, id: NodeId, path: &[Name]) -> Option<NodeId> {
        match path {
            [] => Some(id),
            [name, rest @ ..] => self.children_named(id, *name).find_map(|c| self.find(c, rest)),
        }
    }

    /// The element and all elements below it, in document order.
    pub fn subtree(&self, id: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        (id.0..self.elements[id.index()].end).map(NodeId)
    }

    /// Whether the element has child elements.
    #[must_use]
    pub fn has_children(&self, id: NodeId) -> bool {
        self.elements[id.index()].end > id.0 + 1
    }

    /// String value: all text inside, descendants' included.
    #[must_use]
    pub fn text(&self, id: NodeId) -> Cow<'_, str> {
        let e = &self.elements[id.index()];
        match &self.pieces[e.piece as usize..e.piece_end as usize] {
            [] => Cow::Borrowed(""),
            [one] => Cow::Borrowed(self.span(*one)),
            many => Cow::Owned(many.iter().map(|p| self.span(*p)).collect()),
        }
    }

    /// Text directly inside the element, without that of child elements.
    #[must_use]
    pub fn own_text(&self, id: NodeId) -> Cow<'_, str> {
        if !self.has_children(id) {
            return self.text(id);
        }
        let mut out = String::new();
        let e = &self.elements[id.index()];
        let mut piece = e.piece;
        for child in self.children(id) {
            let c = &self.elements[child.index()];
            (piece..c.piece).for_each(|p| out.push_str(self.span(self.pieces[p as usize])));
            piece = c.piece_end;
        }
        (piece..e.piece_end).for_each(|p| out.push_str(self.span(self.pieces[p as usize])));
        Cow::Owned(out)
    }

    /// The text nodes directly inside the element: text between child elements, comments and instructions.
    pub fn text_nodes(&self, id: NodeId) -> impl Iterator<Item = &str> + '_ {
        let e = &self.elements[id.index()];
        let mut children = self.children(id).peekable();
        (e.piece..e.piece_end).filter_map(move |piece| {
            while let Some(child) = children.next_if(|c| self.elements[c.index()].piece_end <= piece) {
                let _ = child;
            }
            let inside = children.peek().is_some_and(|c| self.elements[c.index()].piece <= piece);
            (!inside).then(|| self.span(self.pieces[piece as usize]))
        })
    }

    /// Whether there is nothing but white space directly inside the element.
    #[must_use]
    pub fn own_text_is_blank(&self, id: NodeId) -> bool {
        let blank = |range: std::ops::Range<u32>| {
            self.pieces[range.start as usize..range.end as usize]
                .iter()
                .all(|p| self.span(*p).bytes().all(|b| b.is_ascii_whitespace()))
        };
        let e = &self.elements[id.index()];
        let mut piece = e.piece;
        for child in self.children(id) {
            let c = &self.elements[child.index()];
            if !blank(piece..c.piece) {
                return false;
            }
            piece = c.piece_end;
        }
        blank(piece..e.piece_end)
    }

    /// Attributes in document order, namespace declarations left out.
    pub fn attributes(&self, id: NodeId) -> impl Iterator<Item = (Name, &str)> + '_ {
        self.attribute_slice(id).iter().map(|a| (a.name, self.span(a.value)))
    }

    /// Value of an attribute.
    #[must_use]
    pub fn attribute(&self, id: NodeId, name: Name) -> Option<&str> {
        self.attribute_slice(id).iter().find(|a| a.name == name).map(|a| self.span(a.value))
    }

    /// Line of the element's start tag, counted from 1.
    #[must_use]
    pub fn line(&self, id: NodeId) -> usize {
        self.line_at(self.elements[id.index()].offset as usize)
    }

    /// Byte offset of the element's start tag in [`Tree::source`].
    #[must_use]
    pub fn offset(&self, id: NodeId) -> usize {
        self.elements[id.index()].offset as usize
    }

    /// Path of an element for messages: local names with UBL prefixes, positions where a name repeats.
    #[must_use]
    pub fn path(&self, id: NodeId) -> String {
        let mut steps = vec![];
        let mut at = Some(id);
        while let Some(e) = at {
            steps.push(self.step(e));
            at = self.parent(e);
        }
        steps.iter().rev().map(|s| format!("/{s}")).collect()
    }

    /// The element with its tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, id }
    }

    /// Conventional prefix of a name's namespace, with its colon; empty for the roots and for none.
    #[must_use]
    pub fn prefix(&self, name: Name) -> &'static str {
        match KNOWN.parts(name.0).filter(|_| name.is_known()) {
            Some((index, _)) => super::names::PREFIXES[usize::from(index)],
            None => NAMESPACES
                .iter()
                .position(|n| *n == self.namespace(name))
                .map_or("", |index| super::names::PREFIXES[index]),
        }
    }

    fn step(&self, id: NodeId) -> String {
        let name = self.name(id);
        let label = format!("{}{}", self.prefix(name), self.local(name));
        match self.positions()[id.index()] {
            Position { number, of } if of > 1 => format!("{label}[{number}]"),
            _ => label,
        }
    }

    /// Position of an element among its siblings of the same name, counted from 1.
    #[must_use]
    pub fn position(&self, id: NodeId) -> u32 {
        self.positions()[id.index()].number
    }

    /// Positions of all elements, found in one pass at the first question: asking for each apart would be quadratic.
    fn positions(&self) -> &[Position] {
        self.positions.get_or_init(|| {
            let mut positions = vec![Position { number: 1, of: 1 }; self.elements.len()];
            let mut counts: HashMap<Name, u32> = HashMap::new();
            for parent in (0..self.elements.len() as u32).map(NodeId) {
                if counts.capacity() > USUAL_CHILD_NAMES {
                    counts = HashMap::new();
                }
                counts.clear();
                for child in self.children(parent) {
                    let count = counts.entry(self.name(child)).or_insert(0);
                    *count += 1;
                    positions[child.index()].number = *count;
                }
                for child in self.children(parent) {
                    positions[child.index()].of = counts[&self.name(child)];
                }
            }
            positions
        })
    }

    fn attribute_slice(&self, id: NodeId) -> &[Attribute] {
        let start = self.elements[id.index()].attribute as usize;
        let end = self.elements.get(id.index() + 1).map_or(self.attributes.len(), |n| n.attribute as usize);
        &self.attributes[start..end]
    }

    pub(super) fn span(&self, span: Span) -> &str {
        let buffer = if span.resolved { &self.resolved } else { &self.source };
        &buffer[span.start as usize..(span.start + span.len) as usize]
    }

    pub(super) fn line_at(&self, offset: usize) -> usize {
        1 + self.source.as_bytes()[..offset.min(self.source.len())].iter().filter(|b| **b == b'\n').count()
    }
}

/// Iterator over child elements.
#[derive(Clone)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        (self.next < self.end).then(|| {
            let id = NodeId(self.next);
            self.next = self.tree.elements[id.index()].end;
            id
        })
    }
}
