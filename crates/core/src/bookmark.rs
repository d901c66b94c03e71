//! Native bookmarks: saved filters over documents, usable as routing rules.

use serde::{Deserialize, Serialize};

use crate::document::Fields;

/// A named filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bookmark {
    /// What people call it; unique.
    pub name: String,
    pub filter: Predicate,
}

/// A condition on one document, such as `{"is": ["buyer_country", "DE"]}`: a test names a native field, or
/// `custom.<key>`, and a value. Text is compared without regard to case and surrounding blanks. An absent field
/// satisfies only `absent`, `is_not` and `not`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Predicate {
    /// Every one holds; an empty list holds for every document.
    All(Vec<Predicate>),
    /// At least one holds; an empty list holds for none.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    Is(String, String),
    IsNot(String, String),
    In(String, Vec<String>),
    StartsWith(String, String),
    Contains(String, String),
    /// Amounts as amounts, dates as dates, otherwise text order.
    AtLeast(String, String),
    AtMost(String, String),
    Present(String),
    Absent(String),
}

impl Predicate {
    /// Whether this document is in the bookmark.
    pub fn holds(&self, fields: &impl Fields) -> bool {
        let has = |name: &str, test: &dyn Fn(&str) -> bool| {
            let value = fields.field(name).map(|value| fold(&value));
            value.as_deref().is_some_and(|value| !value.is_empty() && test(value))
        };
        match self {
            Self::All(all) => all.iter().all(|predicate| predicate.holds(fields)),
            Self::Any(any) => any.iter().any(|predicate| predicate.holds(fields)),
            Self::Not(inner) => !inner.holds(fields),
            Self::Is(name, wanted) => has(name, &|value| value == fold(wanted)),
            Self::IsNot(name, unwanted) => !has(name, &|value| value == fold(unwanted)),
            Self::In(name, list) => has(name, &|value| list.iter().any(|wanted| fold(wanted) == value)),
            Self::StartsWith(name, start) => has(name, &|value| value.starts_with(&fold(start))),
            Self::Contains(name, part) => has(name, &|value| value.contains(&fold(part))),
            Self::AtLeast(name, bound) => has(name, &|value| order(value, &fold(bound)).is_ge()),
            Self::AtMost(name, bound) => has(name, &|value| order(value, &fold(bound)).is_le()),
            Self::Present(name) => has(name, &|_| true),
            Self::Absent(name) => !has(name, &|_| true),
        }
    }

    /// The field names it asks for, to refuse unknown ones when it is saved.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::names).collect(),
            Self::Not(inner) => inner.names(),
            Self::Is(name, _)
            | Self::IsNot(name, _)
            | Self::In(name, _)
            | Self::StartsWith(name, _)
            | Self::Contains(name, _)
            | Self::AtLeast(name, _)
            | Self::AtMost(name, _)
            | Self::Present(name)
            | Self::Absent(name) => vec![name],
        }
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// ISO dates order as text; amounts do not.
fn order(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<rust_decimal::Decimal>(), b.parse::<rust_decimal::Decimal>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    impl Fields for BTreeMap<&str, &str> {
        fn field(&self, name: &str) -> Option<String> {
            self.get(name).map(|value| (*value).to_owned())
        }
    }

    fn check(filter: &str, expected: bool) {
        let document: BTreeMap<&str, &str> = [
            ("buyer_country", "DE"),
            ("payable", "1000.50"),
            ("issue_date", "2026-11-21"),
            ("number", "INV-7"),
        ]
        .into();
        let predicate: Predicate = serde_json::from_str(filter).expect(filter);
        assert_eq!(predicate.holds(&document), expected, "{filter}");
        let again: Predicate =
            serde_json::from_str(&serde_json::to_string(&predicate).expect("writes")).expect("reads");
        assert_eq!(again, predicate);
    }

    #[test]
    fn fields_are_compared_as_what_they_are() {
        check(r#"{"is":["buyer_country","de"]}"#, true);
        check(r#"{"in":["buyer_country",["FR","GB"]]}"#, false);
        check(r#"{"at_least":["payable","999.999"]}"#, true);
        check(r#"{"at_most":["payable","1000.5"]}"#, true);
        check(r#"{"at_most":["issue_date","2026-11-20"]}"#, false);
        check(r#"{"starts_with":["number","inv-"]}"#, true);
    }

    #[test]
    fn absence_is_not_an_empty_match() {
        check(r#"{"is":["buyer_vat",""]}"#, false);
        check(r#"{"contains":["buyer_vat",""]}"#, false);
        check(r#"{"absent":"buyer_vat"}"#, true);
        check(r#"{"is_not":["buyer_vat","DE1"]}"#, true);
    }

    #[test]
    fn conditions_nest() {
        check(r#"{"all":[]}"#, true);
        check(r#"{"any":[]}"#, false);
        let nested = r#"{"all":[{"is":["buyer_country","DE"]},{"not":{"any":[{"is":["number","INV-8"]}]}}]}"#;
        check(nested, true);
    }
}
