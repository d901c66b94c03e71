//! The growing document: tags, indentation, escaping.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::invoice::Identifier;
use crate::ubl::Unmapped;

/// A document and what of the invoice it cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The document, UTF-8.
    pub xml: Vec<u8>,
    /// Terms with a value for which the syntax has no place without another term: `path` names the term. In UBL a credit
    /// note's due date (BT-9) needs payment instructions, a unit of measure its quantity, BT-111 the currency BT-6.
    pub unwritten: Vec<Unmapped>,
}

pub(crate) struct Out<'i> {
    xml: String,
    open: Vec<&'static str>,
    /// BT-5, the currency of every amount but BT-111.
    pub(crate) currency: &'i str,
    unwritten: Vec<Unmapped>,
}

impl<'i> Out<'i> {
    pub(crate) fn new(currency: &'i str) -> Self {
        Self { xml: String::with_capacity(8192), open: vec![], currency, unwritten: vec![] }
    }

    /// Length so far, to see whether something was written.
    pub(crate) fn len(&self) -> usize {
        self.xml.len()
    }

    pub(crate) fn finish(self) -> Written {
        Written { xml: self.xml.into_bytes(), unwritten: self.unwritten }
    }

    pub(crate) fn root(
        &mut self,
        name: &'static str,
        namespaces: &[(&str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
        self.xml.push_str(name);
        for (prefix, uri) in namespaces {
            self.attribute(prefix, uri);
        }
        self.xml.push('>');
        self.open.push(name);
        content(self);
        self.close();
        self.xml.push('\n');
    }

    /// A group; left out if nothing is written inside.
    pub(crate) fn group(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        let before = self.xml.len();
        self.start(name);
        self.xml.push('>');
        let inside = self.xml.len();
        self.open.push(name);
        content(self);
        if self.xml.len() == inside {
            self.open.pop();
            self.xml.truncate(before);
        } else {
            self.close();
        }
    }

    /// An element that is written even when it is empty.
    pub(crate) fn empty(&mut self, name: &'static str) {
        self.start(name);
        self.xml.push_str("/>");
    }

    pub(crate) fn text(&mut self, name: &'static str, text: &str) {
        self.leaf(name, &[], text);
    }

    pub(crate) fn optional(&mut self, name: &'static str, text: Option<&String>) {
        self.leaf(name, &[], text.map_or("", String::as_str));
    }

    /// An element with text; left out if the text is empty.
    pub(crate) fn leaf(&mut self, name: &'static str, attributes: &[(&str, Option<&str>)], text: &str) {
        if text.is_empty() {
            return;
        }
        self.start(name);
        for (name, value) in attributes {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                self.attribute(name, value);
            }
        }
        self.xml.push('>');
        escape(&mut self.xml, text, false);
        self.xml.push_str("</");
        self.xml.push_str(name);
        self.xml.push('>');
    }

    /// Base64 content, which needs no escaping and may be empty.
    pub(crate) fn raw_leaf(&mut self, name: &'static str, attributes: &[(&str, Option<&str>)], text: &str) {
        self.start(name);
        for (name, value) in attributes {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                self.attribute(name, value);
            }
        }
        self.xml.push('>');
        self.xml.push_str(text);
        self.xml.push_str("</");
        self.xml.push_str(name);
        self.xml.push('>');
    }

    pub(crate) fn date(&mut self, name: &'static str, date: Option<Date>) {
        if let Some(date) = date {
            self.leaf(name, &[], &date.to_string());
        }
    }

    pub(crate) fn number(&mut self, name: &'static str, number: Option<Decimal>) {
        if let Some(number) = number {
            self.leaf(name, &[], &number.to_string());
        }
    }

    /// An amount in the invoice currency.
    pub(crate) fn amount(&mut self, name: &'static str, amount: Option<Decimal>) {
        self.amount_in(name, amount, self.currency);
    }

    pub(crate) fn amount_in(&mut self, name: &'static str, amount: Option<Decimal>, currency: &str) {
        if let Some(amount) = amount {
            self.leaf(name, &[("currencyID", Some(currency))], &amount.to_string());
        }
    }

    pub(crate) fn quantity(&mut self, name: &'static str, quantity: Option<Decimal>, unit: &str) {
        if let Some(quantity) = quantity {
            self.leaf(name, &[("unitCode", Some(unit))], &quantity.to_string());
        }
    }

    pub(crate) fn identifier(&mut self, name: &'static str, identifier: Option<&Identifier>) {
        if let Some(id) = identifier {
            self.leaf(name, &[("schemeID", id.scheme.as_deref())], &id.value);
        }
    }

    /// Notes a term that UBL cannot hold here.
    pub(crate) fn unwritten(&mut self, term: &str, value: impl ToString) {
        self.unwritten.push(Unmapped { path: term.to_owned(), value: value.to_string() });
    }

    fn start(&mut self, name: &str) {
        self.xml.push('\n');
        self.xml.extend(std::iter::repeat_n("  ", self.open.len()));
        self.xml.push('<');
        self.xml.push_str(name);
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.xml.push('\n');
            self.xml.extend(std::iter::repeat_n("  ", self.open.len()));
            self.xml.push_str("</");
            self.xml.push_str(name);
            self.xml.push('>');
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.xml.push(' ');
        self.xml.push_str(name);
        self.xml.push_str("=\"");
        escape(&mut self.xml, value, true);
        self.xml.push('"');
    }
}

fn escape(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\t' | '\n' if attribute => out.push_str(if c == '\t' { "&#9;" } else { "&#10;" }),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\0'..'\u{20}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(c),
        }
    }
}
