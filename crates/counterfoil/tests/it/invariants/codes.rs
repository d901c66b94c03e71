//! Every code a person can be shown is explained in docs/problems.md, and codes have one home.

use std::collections::{BTreeMap, BTreeSet};

use super::none;
use super::source::{Tree, literals};

/// Where the codes of the hub live.
const HOME: &str = "crates/core/src/codes.rs";
/// The page that explains them.
const PAGE: &str = "docs/problems.md";
/// What a problem is made with; the code is the first literal behind it.
const MAKERS: &[&str] = &["Problem::fatal(", "Problem::warning(", "Problem::new("];

#[test]
fn every_code_is_documented_and_no_other() {
    let tree = Tree::read();
    let mut used: BTreeMap<String, String> = BTreeMap::new();
    used.extend(counterfoil_core::codes::ALL.iter().map(|code| ((*code).to_owned(), HOME.to_owned())));
    for file in
        tree.rust_under(&["crates"]).filter(|file| !file.is_test() && !file.path.contains("/sandbox/"))
    {
        used.extend(made(file.product()).into_iter().map(|code| (code, file.path.clone())));
    }
    for extra in READING {
        used.insert((*extra).to_owned(), "crates/einvoice/src".to_owned());
    }
    let page = &tree.file(PAGE).text;
    let explained: BTreeMap<&str, &str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(code, rest)| (code, rest.trim_end_matches('|').trim()))
        .collect();
    let mut findings: Vec<String> = vec![];
    for (code, place) in &used {
        match explained.get(code.as_str()) {
            None => findings.push(format!("{code} ({place}) is not in {PAGE}")),
            Some(text) if text.split('|').filter(|cell| cell.trim().len() > 8).count() < 2 => {
                findings.push(format!("{code}: {PAGE} must say what it means and what cures it"));
            }
            Some(_) => {}
        }
    }
    findings.extend(
        explained
            .keys()
            .filter(|code| !used.contains_key(**code))
            .map(|code| format!("{code} is explained in {PAGE}, but nothing shows it")),
    );
    none("One row per code: | `code` | what it means | what cures it |", findings);
}

#[test]
fn codes_of_the_hub_have_one_home() {
    let tree = Tree::read();
    let known: BTreeSet<&str> = counterfoil_core::codes::ALL.iter().copied().collect();
    assert_eq!(known.len(), counterfoil_core::codes::ALL.len(), "a code stands twice in codes::ALL");
    let home = tree.file(HOME);
    let made_at_home: BTreeSet<String> = made(home.product()).into_iter().collect();
    let missing = made_at_home.iter().filter(|code| !known.contains(code.as_str()));
    let mut findings: Vec<String> =
        missing.map(|code| format!("{code} is made in {HOME} and not in ALL")).collect();
    let folders = ["crates/core/src", "crates/connectors/src", "crates/counterfoil/src"];
    for file in tree.rust_under(&folders).filter(|file| !file.is_test() && file.path != HOME) {
        let strangers = made(file.product()).into_iter().filter(|code| !known.contains(code.as_str()));
        findings.extend(strangers.map(|code| format!("{} makes the code {code}", file.path)));
    }
    none(
        "Give it a function and a line in ALL in codes.rs: people search for codes, scripts branch on them.",
        findings,
    );
}

/// Codes `einvoice` gives to what it cannot take as it is; they pass through functions, not through a maker.
const READING: &[&str] = &[
    "date_time_zone",
    "foreign_currency",
    "not_a_date",
    "not_a_number",
    "repeated_term",
    "xml_doctype",
    "xml_empty",
    "xml_encoding",
    "xml_entity",
    "xml_malformed",
    "xml_not_xml",
    "xml_too_large",
];

#[test]
fn the_codes_of_reading_are_those_of_einvoice() {
    let tree = Tree::read();
    let mut found: BTreeSet<String> = BTreeSet::new();
    for file in tree.rust_under(&["crates/einvoice/src"]) {
        found.extend(literals(file.product()).into_iter().map(|(_, text)| text));
    }
    let gone = READING.iter().filter(|code| !found.contains(**code)).map(|code| format!("{code} is gone"));
    let code_like = |text: &&String| {
        text.starts_with("xml_") && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let new = found.iter().filter(code_like).filter(|code| !READING.contains(&code.as_str()));
    let findings = gone.chain(new.map(|code| format!("{code} is new"))).collect();
    none("Correct the list READING here and docs/problems.md.", findings);
}

/// Codes given as literals to a maker.
fn made(text: &str) -> Vec<String> {
    let mut codes = vec![];
    for maker in MAKERS {
        for (at, _) in text.match_indices(maker) {
            let argument = text[at + maker.len()..].trim_start();
            let code = argument.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            // Rule ids of the law are capitals and explained by their own texts.
            codes.extend(
                code.filter(|(code, _)| code.starts_with(|c: char| c.is_ascii_lowercase()))
                    .map(|(code, _)| code.to_owned()),
            );
        }
    }
    codes
}
