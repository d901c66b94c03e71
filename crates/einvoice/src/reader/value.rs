//! Values of single terms.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Reader, trim};
use crate::invoice::{Attachment, Identifier};
use crate::problem::Flag;
use crate::xml::names::attr;
use crate::xml::{Name, NodeId};

impl<'t> Reader<'t> {
    /// Trimmed text of a leaf; attributes other than `taken` and child elements are reported.
    pub(crate) fn leaf(&mut self, id: NodeId, taken: &[Name]) -> Cow<'t, str> {
        self.report_attributes(id, taken);
        if self.tree.has_children(id) {
            for child in self.tree.children(id) {
                self.report(child);
            }
        }
        match self.tree.text(id) {
            Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
            Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
        }
    }

    /// An element whose content was looked at already.
    pub(crate) fn taken(&mut self, id: NodeId) -> bool {
        self.leaf(id, &[]);
        true
    }

    /// Takes a mandatory text term.
    pub(crate) fn text(&mut self, id: NodeId, term: &str, into: &mut String) -> bool {
        let text = self.leaf(id, &[]);
        self.keep(id, term, &text, into);
        true
    }

    /// Keeps the first value of a single term.
    pub(crate) fn keep(&mut self, id: NodeId, term: &str, text: &str, into: &mut String) {
        if text.is_empty() || into == text {
        } else if into.is_empty() {
            text.clone_into(into);
        } else {
            self.repeated(id, term);
        }
    }

    /// Takes an optional text term.
    pub(crate) fn optional(&mut self, id: NodeId, term: &str, into: &mut Option<String>) -> bool {
        let text = self.leaf(id, &[]);
        if !text.is_empty() {
            self.set(id, term, text.into_owned(), into);
        }
        true
    }

    /// Takes an optional text whose line breaks mean something, such as payment terms, where XRechnung reads lines.
    pub(crate) fn prose(&mut self, id: NodeId, term: &str, into: &mut Option<String>) -> bool {
        if !self.leaf(id, &[]).is_empty() {
            let text = self.tree.text(id).into_owned();
            self.set(id, term, text, into);
        }
        true
    }

    /// Keeps the first value of an optional single term.
    pub(crate) fn set<T: PartialEq>(&mut self, id: NodeId, term: &str, value: T, into: &mut Option<T>) {
        match into {
            None => *into = Some(value),
            Some(old) if *old == value => {}
            Some(_) => self.repeated(id, term),
        }
    }

    pub(crate) fn attribute(&self, id: NodeId, name: Name) -> Option<String> {
        self.tree.attribute(id, name).map(trim).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// An identifier with its scheme; none if it is empty.
    pub(crate) fn identifier(&mut self, id: NodeId) -> Option<Identifier> {
        let value = self.leaf(id, &[attr::schemeID]).into_owned();
        let scheme = self.attribute(id, attr::schemeID);
        if value.is_empty() {
            if scheme.is_some() {
                self.report_attributes(id, &[]);
            }
            return None;
        }
        Some(Identifier { value, scheme, version: None })
    }

    pub(crate) fn set_identifier(&mut self, id: NodeId, term: &str, into: &mut Option<Identifier>) -> bool {
        if let Some(value) = self.identifier(id) {
            self.set(id, term, value, into);
        }
        true
    }

    /// A date of UBL. A time zone is reported and left off, since EN 16931 dates have none.
    pub(crate) fn date(&mut self, id: NodeId, term: &str, into: &mut Option<Date>) -> bool {
        let text = self.leaf(id, &[]);
        if text.is_empty() {
            return true;
        }
        let (day, zone) = text.split_at_checked(10).unwrap_or((&text, ""));
        match parse_date(day).filter(|_| is_zone(zone)) {
            Some(date) => {
                if !zone.is_empty() {
                    let message = format!(
                        "{term} has a time zone ({text}), which EN 16931 does not know; it is left off."
                    );
                    self.issue(
                        id,
                        "date_time_zone",
                        Flag::Information,
                        term,
                        message,
                        "Write the date as YYYY-MM-DD.",
                    );
                }
                self.set(id, term, date, into);
            }
            None => {
                self.issue(
                    id,
                    "not_a_date",
                    Flag::Fatal,
                    term,
                    format!("{term} is {text:?}, which is not a date."),
                    "Write the date as YYYY-MM-DD.",
                );
                self.unmap(self.tree.path(id), &text);
            }
        }
        true
    }

    /// A date of CII: the only child, in format 102 (YYYYMMDD).
    pub(crate) fn compact_date(&mut self, id: NodeId, term: &str, into: &mut Option<Date>) -> bool {
        self.group(id, |r, c, _| {
            let text = r.leaf(c, &[attr::format]);
            let format = r.attribute(c, attr::format);
            if text.is_empty() {
                return true;
            }
            let dashed = text
                .is_char_boundary(4)
                .then(|| text.split_at(4))
                .filter(|_| text.len() == 8 && text.is_ascii());
            let date =
                dashed.and_then(|(year, rest)| parse_date(&format!("{year}-{}-{}", &rest[..2], &rest[2..])));
            match date.filter(|_| format.as_deref().is_none_or(|f| f == "102")) {
                Some(date) => r.set(c, term, date, into),
                None => {
                    let message = format!("{term} is {text:?}, which is not a date of format 102.");
                    r.issue(
                        c,
                        "not_a_date",
                        Flag::Fatal,
                        term,
                        message,
                        "Write the date as YYYYMMDD with format=\"102\".",
                    );
                    r.unmap(r.tree.path(c), &text);
                }
            }
            true
        });
        true
    }

    /// BT-125.
    pub(crate) fn binary(&mut self, id: NodeId, into: &mut Option<Attachment>) -> bool {
        let text = self.leaf(id, &[attr::mimeCode, attr::filename]);
        let (mime_code, filename) = (self.attribute(id, attr::mimeCode), self.attribute(id, attr::filename));
        if text.is_empty() && mime_code.is_none() && filename.is_none() {
            return true;
        }
        match crate::invoice::decode_base64(&text) {
            Some(content) => self.set(id, "BT-125", Attachment { content, mime_code, filename }, into),
            None => {
                let message = "BT-125 Attached document is not base64.".to_owned();
                self.issue(
                    id,
                    "not_base64",
                    Flag::Fatal,
                    "BT-125",
                    message,
                    "Encode the file in base64 and nothing else.",
                );
                self.report(id);
            }
        }
        true
    }

    /// A number without currency.
    pub(crate) fn number(
        &mut self,
        id: NodeId,
        term: &str,
        taken: &[Name],
        into: &mut Option<Decimal>,
    ) -> bool {
        let text = self.leaf(id, taken);
        if text.is_empty() {
            return true;
        }
        match parse_decimal(&text) {
            Some(value) => self.set(id, term, value, into),
            None => {
                let message =
                    format!("{term} is {text:?}, which is not a decimal number of at most 28 digits.");
                self.issue(
                    id,
                    "not_a_number",
                    Flag::Fatal,
                    term,
                    message,
                    "Write digits with a decimal point, such as 1234.50.",
                );
                self.unmap(self.tree.path(id), &text);
            }
        }
        true
    }

    /// An amount in the invoice currency; another currency is reported.
    pub(crate) fn amount(&mut self, id: NodeId, term: &str, into: &mut Option<Decimal>) -> bool {
        if let Some(currency) = self.tree.attribute(id, attr::currencyID).filter(|c| trim(c) != self.currency)
        {
            let message =
                format!("{term} is in {currency:?}, but the invoice is in {:?} (BT-5).", self.currency);
            self.issue(
                id,
                "foreign_currency",
                Flag::Warning,
                term,
                message,
                "Give every amount in the invoice currency.",
            );
            self.number(id, term, &[], into)
        } else {
            self.number(id, term, &[attr::currencyID], into)
        }
    }
}

pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let b = text.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let number = |r: std::ops::Range<usize>| {
        b[r].iter().try_fold(0i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
    };
    Date::new(number(0..4)?, i8::try_from(number(5..7)?).ok()?, i8::try_from(number(8..10)?).ok()?).ok()
}

/// Nothing, `Z` or `+hh:mm`.
fn is_zone(zone: &str) -> bool {
    match zone.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|c| c.is_ascii_digit()),
        _ => false,
    }
}

/// An `xs:decimal`, scale kept; none if it is not one or does not fit.
pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0
        || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    match (whole, fraction) {
        (w, "") if digits.len() == w.len() && sign.len() + w.len() == text.len() => {
            Decimal::from_str_exact(text).ok()
        }
        (w, f) if !w.is_empty() && !f.is_empty() && !text.starts_with('+') => {
            Decimal::from_str_exact(text).ok()
        }
        (w, f) => Decimal::from_str_exact(&format!(
            "{sign}{}.{}",
            if w.is_empty() { "0" } else { w },
            if f.is_empty() { "0" } else { f }
        ))
        .ok()
        .map(|d| if f.is_empty() { d.trunc() } else { d }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_follow_the_lexical_space_of_xml_schema() {
        let shown = |t| parse_decimal(t).map(|d| d.to_string());
        let good =
            [("10.00", "10.00"), ("-0.5", "-0.5"), ("+7", "7"), (".5", "0.5"), ("5.", "5"), ("007", "7")];
        for (text, expected) in good {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["", ".", "1e5", "1,5", " 1", "--1", "+-1", "NaN", "INF", "99999999999999999999999999999999"]
        {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_real_days() {
        assert!(parse_date("2024-02-29").is_some());
        for text in ["2023-02-29", "2024-13-01", "24-01-01", "2024/01/01", "2024-1-1", "é024-01-1"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert!(is_zone("+01:00") && is_zone("Z") && is_zone("") && !is_zone("T00:00:00"));
    }
}
