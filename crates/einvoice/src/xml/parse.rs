use std::collections::HashMap;
use std::sync::OnceLock;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::characters::{self, is_space, unix_lines};
use super::name::Name;
use super::names::{KNOWN_END, NAMESPACES};
use super::tree::{Attribute, Element, Span, Tree};
use super::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_FOREIGN_NAMES, MAX_NAMESPACES, XmlError, encoding};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

pub(super) fn parse(bytes: &[u8]) -> Result<Tree, XmlError> {
    let source = encoding::decode(bytes)?;
    characters::check(&source)?;
    let mut builder = Builder::new(&source);
    builder.run()?;
    let Builder { resolved, elements, pieces, attributes, foreign, namespaces, .. } = builder;
    Ok(Tree {
        resolved,
        elements,
        pieces,
        attributes,
        foreign,
        namespaces,
        source,
        positions: OnceLock::new(),
    })
}

/// A prefix bound to a namespace index, by an element at a depth.
struct Binding<'s> {
    prefix: &'s str,
    namespace: u16,
    depth: usize,
}

struct Builder<'s> {
    source: &'s str,
    resolved: String,
    elements: Vec<Element>,
    pieces: Vec<Span>,
    attributes: Vec<Attribute>,
    foreign: Vec<(u16, String)>,
    foreign_ids: HashMap<(u16, String), u16>,
    namespaces: Vec<String>,
    bindings: Vec<Binding<'s>>,
    open: Vec<u32>,
    closed: bool,
    /// The text run being collected.
    run: Option<Span>,
}

impl<'s> Builder<'s> {
    fn new(source: &'s str) -> Self {
        let guess = source.len() / 40;
        Self {
            source,
            resolved: String::new(),
            elements: Vec::with_capacity(guess.min(MAX_ELEMENTS)),
            pieces: Vec::with_capacity(guess.min(MAX_ELEMENTS) * 2),
            attributes: Vec::with_capacity(guess / 4),
            foreign: vec![],
            foreign_ids: HashMap::new(),
            namespaces: vec![],
            bindings: vec![],
            open: vec![],
            closed: false,
            run: None,
        }
    }

    fn run(&mut self) -> Result<(), XmlError> {
        let mut reader = Reader::from_str(self.source);
        reader.config_mut().check_comments = true;
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(self.source.len());
            let event = reader
                .read_event()
                .map_err(|e| self.broken(&e, usize::try_from(reader.error_position()).unwrap_or(at)))?;
            match event {
                Event::Start(tag) => self.start(&tag, at)?,
                Event::Empty(tag) => {
                    self.start(&tag, at)?;
                    self.finish();
                }
                Event::End(_) => self.finish(),
                Event::Text(text) => self.text(&text.into_inner(), at, true)?,
                Event::CData(text) => self.text(&text.into_inner(), at, false)?,
                Event::GeneralRef(reference) => self.reference(&reference, at)?,
                // Comments and instructions separate text nodes, as XPath counts them.
                Event::Comment(_) => self.flush(),
                Event::PI(pi) => {
                    self.flush();
                    if pi.target().eq_ignore_ascii_case("xml") {
                        return Err(
                            self.malformed(at, "an XML declaration is only allowed at the very start")
                        );
                    }
                }
                Event::Decl(decl) => self.declaration(&decl, at)?,
                Event::DocType(_) => {
                    return Err(XmlError::Doctype { line: self.line(at) });
                }
                Event::Eof => break,
            }
        }
        match self.open.last() {
            Some(id) => {
                let e = &self.elements[*id as usize];
                let message = format!(
                    "the document ends inside the element opened at line {}; it is cut off",
                    self.line(e.offset as usize)
                );
                Err(self.malformed(self.source.len(), &message))
            }
            None if self.elements.is_empty() => {
                Err(XmlError::NotXml { message: "it has no root element".to_owned(), line: 1 })
            }
            None => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'s>, offset: usize) -> Result<(), XmlError> {
        self.flush();
        if self.open.is_empty() && self.closed {
            return Err(self.malformed(offset, "there is a second root element"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.too_large(offset, "nested elements", MAX_DEPTH));
        }
        if self.elements.len() >= MAX_ELEMENTS {
            return Err(self.too_large(offset, "the elements", MAX_ELEMENTS));
        }
        let id = self.elements.len() as u32;
        let attribute = self.attributes.len() as u32;
        let named = self.attributes_of(tag, offset)?;
        let full = self.own(tag.name().into_inner());
        let (prefix, local) = self.split(full, offset)?;
        let name = self.element_name(prefix, local, offset)?;
        for (full, value) in named {
            let (prefix, local) = self.split(full, offset)?;
            // An attribute without prefix is in no namespace, whatever the default is.
            let name = if prefix.is_empty() {
                self.intern(0, local, offset)?
            } else {
                self.element_name(prefix, local, offset)?
            };
            if self.attributes[attribute as usize..].iter().any(|a| a.name == name) {
                return Err(self.malformed(offset, &format!("attribute {full} is given twice")));
            }
            self.attributes.push(Attribute { name, value });
        }
        let parent = self.open.last().copied().unwrap_or(id);
        let piece = self.pieces.len() as u32;
        self.elements.push(Element {
            name,
            parent,
            end: id + 1,
            piece,
            piece_end: piece,
            attribute,
            offset: offset as u32,
        });
        self.open.push(id);
        Ok(())
    }

    /// Binds the tag's namespace declarations and gives its other attributes, values resolved.
    fn attributes_of(
        &mut self,
        tag: &BytesStart<'s>,
        offset: usize,
    ) -> Result<Vec<(&'s str, Span)>, XmlError> {
        let mut named = Vec::new();
        if tag.attributes_raw().is_empty() {
            return Ok(named);
        }
        let depth = self.open.len();
        let declared = self.bindings.len();
        // The check for repeated names below compares expanded names; the tokenizer's own is not needed.
        for (count, attribute) in tag.attributes().with_checks(false).enumerate() {
            if count >= MAX_ATTRIBUTES {
                return Err(self.too_large(offset, "the attributes of an element", MAX_ATTRIBUTES));
            }
            let attribute = attribute.map_err(|e| self.malformed(offset, &e.to_string()))?;
            let key = self.own(attribute.key.into_inner());
            let raw = self.own(&attribute.value);
            let value = self.attribute_value(raw, offset)?;
            let prefix = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
            let Some(prefix) = prefix else {
                named.push((key, value));
                continue;
            };
            if self.bindings[declared..].iter().any(|b| b.prefix == prefix) {
                return Err(self.malformed(offset, &format!("attribute {key} is given twice")));
            }
            if self.bindings.len() >= MAX_NAMESPACES {
                return Err(self.too_large(offset, "namespace declarations in scope", MAX_NAMESPACES));
            }
            let uri = self.value(value).to_owned();
            let legal = (prefix.is_empty() || !uri.is_empty())
                && prefix != "xmlns"
                && uri != XMLNS_NAMESPACE
                && (prefix == "xml") == (uri == XML_NAMESPACE);
            if !legal {
                return Err(
                    self.malformed(offset, &format!("{key}={uri:?} is not a legal namespace declaration"))
                );
            }
            let namespace = self.namespace(&uri, offset)?;
            self.bindings.push(Binding { prefix, namespace, depth });
        }
        Ok(named)
    }

    fn finish(&mut self) {
        self.flush();
        let Some(id) = self.open.pop() else { return };
        let (end, piece_end) = (self.elements.len() as u32, self.pieces.len() as u32);
        let element = &mut self.elements[id as usize];
        (element.end, element.piece_end) = (end, piece_end);
        let depth = self.open.len();
        while self.bindings.last().is_some_and(|b| b.depth >= depth) {
            self.bindings.pop();
        }
        self.closed = depth == 0;
    }

    fn text(&mut self, text: &str, at: usize, plain: bool) -> Result<(), XmlError> {
        if self.open.is_empty() {
            if plain && text.chars().all(is_space) {
                return Ok(());
            }
            return Err(self.malformed(at, "there is text outside the root element"));
        }
        if text.is_empty() {
            return Ok(());
        }
        if plain && text.contains("]]>") {
            return Err(self.malformed(at, "\"]]>\" is not allowed in text"));
        }
        if text.contains('\r') {
            self.append(&unix_lines(text));
            return Ok(());
        }
        match self.run {
            None => self.run = Some(self.source_span(text)),
            Some(_) => self.append(text),
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'s>, at: usize) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(self.malformed(at, "there is text outside the root element"));
        }
        let name: &str = reference;
        let resolved = self.resolve(name, at)?;
        self.append(resolved.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    /// Appends to the current text run, which moves to the buffer of resolved text.
    fn append(&mut self, text: &str) {
        let start = match self.run {
            Some(run) if run.resolved => run.start,
            Some(run) => {
                let start = self.resolved.len() as u32;
                self.resolved.push_str(&self.source[run.start as usize..(run.start + run.len) as usize]);
                start
            }
            None => self.resolved.len() as u32,
        };
        self.resolved.push_str(text);
        self.run = Some(Span { start, len: self.resolved.len() as u32 - start, resolved: true });
    }

    fn flush(&mut self) {
        if let Some(run) = self.run.take() {
            self.pieces.push(run);
        }
    }

    fn declaration(&mut self, decl: &BytesDecl<'_>, at: usize) -> Result<(), XmlError> {
        if !self.source[..at].is_empty() {
            return Err(self.malformed(at, "the XML declaration must be at the very start"));
        }
        match decl.version() {
            Ok(v) if v.starts_with("1.") => Ok(()),
            _ => Err(self.malformed(at, "the XML declaration has no version 1.0")),
        }
    }

    /// An attribute value with references resolved and white space normalised (XML 1.0, 3.3.3).
    fn attribute_value(&mut self, raw: &'s str, at: usize) -> Result<Span, XmlError> {
        if !raw.contains(['&', '\t', '\n', '\r', '<']) {
            return Ok(self.source_span(raw));
        }
        if raw.contains('<') {
            return Err(self.malformed(at, "\"<\" is not allowed in an attribute value"));
        }
        // A text run may be open in the same buffer only between elements; the tag has flushed it.
        let start = self.resolved.len() as u32;
        let lines = unix_lines(raw);
        let mut rest = lines.as_str();
        while let Some(at_amp) = rest.find('&') {
            self.resolved.extend(rest[..at_amp].chars().map(|c| if is_space(c) { ' ' } else { c }));
            let Some((name, after)) = rest[at_amp + 1..].split_once(';') else {
                return Err(self.malformed(at, "\"&\" in an attribute value starts no entity"));
            };
            let c = self.resolve(name, at)?;
            self.resolved.push(c);
            rest = after;
        }
        self.resolved.extend(rest.chars().map(|c| if is_space(c) { ' ' } else { c }));
        Ok(Span { start, len: self.resolved.len() as u32 - start, resolved: true })
    }

    fn resolve(&self, name: &str, at: usize) -> Result<char, XmlError> {
        characters::reference(name).map_err(|unknown| match unknown {
            true => XmlError::Entity { entity: name.chars().take(40).collect(), line: self.line(at) },
            false => self
                .malformed(at, &format!("&{}; is no character", name.chars().take(40).collect::<String>())),
        })
    }

    fn split(&self, full: &'s str, at: usize) -> Result<(&'s str, &'s str), XmlError> {
        let (prefix, local) = full.split_once(':').unwrap_or(("", full));
        if local.is_empty() || local.contains(':') || (prefix.is_empty() && full.starts_with(':')) {
            return Err(self.malformed(at, &format!("{full:?} is not a name")));
        }
        Ok((prefix, local))
    }

    fn element_name(&mut self, prefix: &str, local: &str, at: usize) -> Result<Name, XmlError> {
        match self.bindings.iter().rev().find(|b| b.prefix == prefix).map(|b| b.namespace) {
            Some(namespace) => self.intern(namespace, local, at),
            None if prefix.is_empty() => self.intern(0, local, at),
            None if prefix == "xml" => {
                let namespace = self.namespace(XML_NAMESPACE, at)?;
                self.intern(namespace, local, at)
            }
            None => Err(self.malformed(at, &format!("the prefix {prefix:?} is not declared"))),
        }
    }

    fn intern(&mut self, namespace: u16, local: &str, at: usize) -> Result<Name, XmlError> {
        if let Some(name) = Name::lookup(namespace, local) {
            return Ok(name);
        }
        let key = (namespace, local.to_owned());
        if let Some(id) = self.foreign_ids.get(&key) {
            return Ok(Name(KNOWN_END + id));
        }
        let legal = |(i, c): (usize, char)| {
            !c.is_ascii()
                || c.is_ascii_alphabetic()
                || c == '_'
                || (i > 0 && (c.is_ascii_digit() || matches!(c, '-' | '.')))
        };
        if !local.char_indices().all(legal) {
            return Err(self.malformed(at, &format!("{local:?} is not a name")));
        }
        if self.foreign.len() >= MAX_FOREIGN_NAMES {
            return Err(self.too_large(at, "different unknown names", MAX_FOREIGN_NAMES));
        }
        let id = self.foreign.len() as u16;
        self.foreign.push(key.clone());
        self.foreign_ids.insert(key, id);
        Ok(Name(KNOWN_END + id))
    }

    fn namespace(&mut self, uri: &str, at: usize) -> Result<u16, XmlError> {
        if let Some(known) = NAMESPACES.iter().position(|n| *n == uri) {
            return Ok(known as u16);
        }
        let index = match self.namespaces.iter().position(|n| n == uri) {
            Some(index) => index,
            None if self.namespaces.len() >= MAX_NAMESPACES => {
                return Err(self.too_large(at, "different namespaces", MAX_NAMESPACES));
            }
            None => {
                self.namespaces.push(uri.to_owned());
                self.namespaces.len() - 1
            }
        };
        Ok((NAMESPACES.len() + index) as u16)
    }

    /// The same text as a slice that lives as long as the source.
    fn own(&self, text: &str) -> &'s str {
        let span = self.source_span(text);
        &self.source[span.start as usize..(span.start + span.len) as usize]
    }

    /// Where a slice of the source lies in it.
    fn source_span(&self, text: &str) -> Span {
        let start = text.as_ptr() as usize - self.source.as_ptr() as usize;
        Span { start: start as u32, len: text.len() as u32, resolved: false }
    }

    fn value(&self, span: Span) -> &str {
        let buffer = if span.resolved { self.resolved.as_str() } else { self.source };
        &buffer[span.start as usize..(span.start + span.len) as usize]
    }

    fn line(&self, at: usize) -> usize {
        1 + self.source.as_bytes()[..at.min(self.source.len())].iter().filter(|b| **b == b'\n').count()
    }

    fn malformed(&self, at: usize, message: &str) -> XmlError {
        XmlError::Malformed { message: message.to_owned(), line: self.line(at) }
    }

    fn too_large(&self, at: usize, what: &'static str, limit: usize) -> XmlError {
        XmlError::TooLarge { what, limit, line: self.line(at) }
    }

    fn broken(&self, error: &Error, at: usize) -> XmlError {
        let message = match error {
            Error::Syntax(e) => format!("{e}; the document is cut off or damaged here"),
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                format!("</{found}> closes <{expected}>")
            }
            other => other.to_string(),
        };
        self.malformed(at, &message)
    }
}
