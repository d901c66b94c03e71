//! What a rule means, in our own words: what is wrong, which business term, what to change.

mod en16931;
mod peppol;
mod syntax;
mod terms;
mod xrechnung;

use super::judge::Finding;
use crate::problem::Problem;
use crate::xml::Tree;

/// How a rule is put into words. Terms are EN 16931 ids such as `BT-131`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    /// A term or group is not there.
    Missing(&'static str),
    /// An amount has more than two decimal places.
    Decimals(&'static str),
    /// A value is not in a code list: term, list.
    Code(&'static str, &'static str),
    /// Occurs more often than once: what.
    Once(&'static str),
    /// Term concerned, message, hint.
    Says(&'static str, &'static str, &'static str),
}

/// The words for one rule.
pub(super) struct Words {
    pub(super) term: String,
    pub(super) message: String,
    pub(super) hint: String,
}

impl Words {
    fn new(term: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { term: term.to_owned(), message: message.into(), hint: hint.into() }
    }
}

/// A finding with its words and place.
pub(super) fn problem(tree: &Tree, finding: &Finding) -> Problem {
    let words = describe(finding.id);
    let path = format!("{} {}", words.term, tree.path(finding.node));
    Problem::new(finding.id, finding.flag, words.message).at(path.trim_start()).with_hint(words.hint)
}

/// The words for a rule id; a plain sentence for one without.
pub(super) fn describe(id: &str) -> Words {
    let tables = [en16931::RULES, syntax::RULES, peppol::RULES, xrechnung::RULES];
    if let Some((_, text)) = tables.iter().flat_map(|t| t.iter()).find(|(rule, _)| *rule == id) {
        return put(*text);
    }
    en16931::family(id)
        .or_else(|| syntax::unused(id))
        .or_else(|| xrechnung::german(id))
        .unwrap_or_else(|| Words::new("", format!("The document breaks rule {id}."), ""))
}

/// `BT-131 Invoice line net amount`.
fn named(term: &str) -> String {
    match terms::TERMS.iter().find(|(id, _)| *id == term) {
        Some((id, name)) => format!("{name} ({id})"),
        None => term.to_owned(),
    }
}

fn put(text: Text) -> Words {
    match text {
        Text::Missing(term) => {
            Words::new(term, format!("{} is missing.", named(term)), format!("Give the {}.", named(term)))
        }
        Text::Decimals(term) => Words::new(
            term,
            format!("{} has more than two decimal places.", named(term)),
            "Round the amount to cents, and the totals that contain it.",
        ),
        Text::Code(term, list) => Words::new(
            term,
            format!("{} is not a code of {list}.", named(term)),
            format!("Use a code of {list}, in its exact spelling."),
        ),
        Text::Once(what) => {
            Words::new("", format!("{what} occurs more than once."), "Keep one and remove the others.")
        }
        Text::Says(term, message, hint) => Words::new(term, message, hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids that the judging code can fire, read from its own sources.
    fn fired_ids() -> Vec<String> {
        let mut ids = vec![];
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if !path.components().any(|c| c.as_os_str() == "explain") {
                    let text = std::fs::read_to_string(&path).expect("a source file");
                    let prefixes = [
                        "BR-", "UBL-", "PEPPOL-", "NO-R", "DK-R", "IT-R", "SE-R", "GR-", "IS-R", "NL-R",
                        "DE-R",
                    ];
                    ids.extend(
                        text.split('"')
                            .filter(|w| {
                                prefixes.iter().any(|p| w.starts_with(p))
                                    && w.len() > 4
                                    && !w.contains([' ', '{'])
                            })
                            .map(str::to_owned),
                    );
                }
            }
        }
        ids.retain(|id| !id.starts_with("PEPPOL-BIS-"));
        ids
    }

    #[test]
    fn every_rule_says_what_to_change() {
        let ids = fired_ids();
        assert!(ids.len() > 400, "only {} rule ids found in the sources", ids.len());
        for id in ids {
            let words = describe(&id);
            assert!(!words.hint.is_empty(), "{id} has no hint: {}", words.message);
            assert!(!words.message.contains("breaks rule"), "{id} has no message");
        }
    }

    #[test]
    fn words_name_terms_that_exist() {
        for (id, text) in [en16931::RULES, syntax::RULES, peppol::RULES, xrechnung::RULES].concat() {
            let term = match text {
                Text::Missing(t) | Text::Decimals(t) | Text::Code(t, _) | Text::Says(t, ..) => t,
                Text::Once(_) => "",
            };
            assert!(term.is_empty() || terms::TERMS.iter().any(|(t, _)| *t == term), "{id} names {term}");
        }
    }

    #[test]
    fn unused_elements_are_named_by_their_path() {
        let words = describe("UBL-CR-515");
        assert_eq!(words.message, "cac:InvoiceLine/cbc:UUID is not used in EN 16931.");
    }
}
