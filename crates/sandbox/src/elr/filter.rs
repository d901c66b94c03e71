//! `$filter`: `field eq value` joined by `and`, and `contains` where an endpoint knows it.

use super::answer::Refusal;

/// Conditions that one filter may join.
const MAX_CONDITIONS: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Eq,
    Contains,
}

/// A parsed filter; the empty one lets everything through.
#[derive(Debug, Default)]
pub(super) struct Filter(Vec<(usize, Operator, String)>);

impl Filter {
    /// Reads a filter over `fields`. Values stand bare (`countryCode eq DE`) or in single quotes.
    ///
    /// # Errors
    /// 400 for a field that is not known, or an operator other than those this endpoint takes: the document list takes
    /// `eq` only, mandates and fields `eq` and `contains` (parameter texts of the client).
    pub(super) fn parse(text: Option<&str>, fields: &[&str], with_contains: bool) -> Result<Filter, Refusal> {
        let mut conditions = Vec::new();
        let mut rest = text.unwrap_or("").trim();
        while !rest.is_empty() {
            if conditions.len() == MAX_CONDITIONS {
                return Err(Refusal::bad(format!("$filter joins more than {MAX_CONDITIONS} conditions.")));
            }
            let mut words = rest.splitn(3, ' ');
            let (field, operator, value) =
                (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or(""));
            let position = fields.iter().position(|known| known.eq_ignore_ascii_case(field));
            let Some(position) = position else {
                return Err(Refusal::bad(format!(
                    "$filter: the field {field:?} is not supported. Use one of: {}",
                    fields.join(", ")
                )));
            };
            let operator = match operator.to_ascii_lowercase().as_str() {
                "eq" => Operator::Eq,
                "contains" if with_contains => Operator::Contains,
                other => {
                    let supported = if with_contains { "eq and contains" } else { "eq" };
                    return Err(Refusal::bad(format!(
                        "$filter: the operator {other:?} is not supported, only {supported}."
                    )));
                }
            };
            let (value, after) = value_of(value.trim_start(), fields)?;
            conditions.push((position, operator, value));
            rest = after.trim();
        }
        Ok(Filter(conditions))
    }

    /// Whether every condition holds; `field` gives the value of the field at a position, `None` if it has none.
    pub(super) fn holds<'v>(&self, field: impl Fn(usize) -> Option<std::borrow::Cow<'v, str>>) -> bool {
        self.0.iter().all(|(position, operator, wanted)| {
            field(*position).is_some_and(|value| match operator {
                Operator::Eq => value == wanted.as_str(),
                Operator::Contains => value.contains(wanted.as_str()),
            })
        })
    }
}

/// A value and what follows its `and`. A bare value ends where ` and ` is followed by a known field.
fn value_of<'t>(text: &'t str, fields: &[&str]) -> Result<(String, &'t str), Refusal> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let mut value = String::new();
        let mut letters = quoted.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            match (letter, letters.peek()) {
                ('\'', Some((_, '\''))) => {
                    value.push('\'');
                    letters.next();
                }
                ('\'', _) => return after_and(&quoted[at + 1..]).map(|rest| (value, rest)),
                (other, _) => value.push(other),
            }
        }
        return Err(Refusal::bad("$filter: a quoted value has no closing quote."));
    }
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower[from..].find(" and ").map(|at| at + from) {
        let next = text[at + 5..].trim_start().split(' ').next().unwrap_or("");
        if fields.iter().any(|field| field.eq_ignore_ascii_case(next)) {
            return Ok((text[..at].trim_end().to_owned(), &text[at + 5..]));
        }
        from = at + 5;
    }
    if text.is_empty() {
        return Err(Refusal::bad("$filter: a condition has no value."));
    }
    Ok((text.to_owned(), ""))
}

fn after_and(rest: &str) -> Result<&str, Refusal> {
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Ok("");
    }
    let joined = rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("and "));
    if joined { Ok(&rest[4..]) } else { Err(Refusal::bad("$filter: conditions are joined by and.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[&str] = &["status", "supplierName"];

    fn holds(filter: &str, status: &str, supplier: &str) -> bool {
        let filter = Filter::parse(Some(filter), FIELDS, true).expect("a filter");
        filter.holds(|position| Some(if position == 0 { status.into() } else { supplier.into() }))
    }

    #[test]
    fn bare_quoted_and_joined_values() {
        assert!(holds("status eq Complete", "Complete", ""));
        assert!(!holds("status eq Complete", "Pending", ""));
        assert!(holds(
            "supplierName eq Salt and Pepper Ltd and status eq Error",
            "Error",
            "Salt and Pepper Ltd"
        ));
        assert!(holds("supplierName eq 'O''Hara' and status eq Error", "Error", "O'Hara"));
        assert!(holds("supplierName contains Pepper", "", "Salt and Pepper Ltd"));
        assert!(holds("STATUS EQ Pending", "Pending", ""));
    }

    #[test]
    fn what_the_endpoint_does_not_know_is_refused() {
        for text in [
            "status ne Complete",
            "colour eq red",
            "status",
            "status eq",
            "supplierName eq 'open",
            "status eq 'a' b",
        ] {
            assert!(Filter::parse(Some(text), FIELDS, true).is_err(), "{text}");
        }
        assert!(Filter::parse(Some("status contains C"), FIELDS, false).is_err());
    }
}
