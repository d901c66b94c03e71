//! Query parameters and paging as ELR does them.

use std::borrow::Cow;

use axum::http::{HeaderMap, Uri, header::HOST};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::answer::Refusal;

/// Entries on a page when `$top` is not given, and the most it may ask for. Both [unverified].
const DEFAULT_TOP: usize = 100;
const MAX_TOP: usize = 1_000;

/// The decoded query of a call. Names are found with and without `$`: the official client sends `%24filter`, Business
/// Central sends `filter`.
pub(super) struct Query<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    path: &'a str,
}

/// How the count of a list is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Number,
    Text,
}

impl<'a> Query<'a> {
    pub(super) fn of(uri: &'a Uri) -> Query<'a> {
        Query {
            pairs: form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).collect(),
            path: uri.path(),
        }
    }

    /// A parameter that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .pairs
            .iter()
            .find(|(key, _)| key.strip_prefix('$').unwrap_or(key).eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::bad(format!("The query parameter {name} is required.")))
    }

    /// `true`, in any case: the official client writes `True`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    fn number(&self, name: &str, default: usize) -> Result<usize, Refusal> {
        let parse = |text: &str| {
            text.parse().map_err(|_| Refusal::bad(format!("${name} must be a whole number, not {text:?}.")))
        };
        self.get(name).map_or(Ok(default), parse)
    }

    /// One page of `all`, with the count under `count_key` if asked for and an absolute link to the next page if there
    /// is one.
    pub(super) fn page<T>(
        &self,
        headers: &HeaderMap,
        all: &[T],
        (count_key, count): (&str, Count),
        show: impl Fn(&T) -> Value,
    ) -> Result<Value, Refusal> {
        let top = self.number("top", DEFAULT_TOP)?.min(MAX_TOP);
        let skip = self.number("skip", 0)?;
        let mut answer = Map::new();
        if self.flag("count") || self.flag("countOnly") {
            let total = match count {
                Count::Number => json!(all.len()),
                Count::Text => json!(all.len().to_string()),
            };
            answer.insert(count_key.to_owned(), total);
        }
        let shown = if self.flag("countOnly") { 0 } else { top };
        let page: Vec<Value> = all.iter().skip(skip).take(shown).map(show).collect();
        let more = shown > 0 && skip.saturating_add(page.len()) < all.len();
        answer
            .insert("@nextLink".to_owned(), json!(more.then(|| self.next(headers, skip + page.len(), top))));
        answer.insert("value".to_owned(), Value::Array(page));
        Ok(Value::Object(answer))
    }

    /// An absolute URL on the host that was asked, with every parameter kept.
    fn next(&self, headers: &HeaderMap, skip: usize, top: usize) -> String {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let mut query = form_urlencoded::Serializer::new(String::new());
        let paging = |name: &str| matches!(name.strip_prefix('$').unwrap_or(name), "skip" | "top");
        for (name, value) in self.pairs.iter().filter(|(name, _)| !paging(name)) {
            query.append_pair(name, value);
        }
        query.append_pair("$top", &top.to_string()).append_pair("$skip", &skip.to_string());
        format!("http://{host}{}?{}", self.path, query.finish())
    }
}
