//! Verdicts equal to the official rules: every UBL example and every case of the official test sets, judged by this crate
//! and by the official Schematron. Deeper runs with mutants: `scripts/conformance-einvoice`.

#[path = "common/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use einvoice::rules::{Profile, validate};
use serde_json::Value;

/// What both sides say of one document: fatal and other ids, or that it cannot be judged.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Judged(BTreeSet<String>, BTreeSet<String>),
    Error,
}

fn ours(bytes: &[u8], profile: Profile) -> Outcome {
    let verdict = validate(bytes, profile);
    match verdict.error {
        Some(_) => Outcome::Error,
        None => Outcome::Judged(verdict.fatal.into_iter().collect(), verdict.warning.into_iter().collect()),
    }
}

fn official(line: &Value) -> Outcome {
    let ids = |key: &str| serde_json::from_value(line[key].clone()).expect("rule ids");
    if line.get("error").is_some() { Outcome::Error } else { Outcome::Judged(ids("fatal"), ids("warning")) }
}

/// The official test sets, split into single documents below a folder.
fn split_test_sets(reference: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut sets = vec![];
    let mut folders = vec![reference.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(folder).expect("a readable folder").map(|e| e.expect("an entry").path())
        {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "xml")
                && std::fs::read_to_string(&entry)
                    .is_ok_and(|t| t.contains("<testSet") && !t.contains("CrossIndustryInvoice"))
            {
                sets.push(entry.display().to_string());
            }
        }
    }
    let status = std::process::Command::new("python3")
        .arg(reference.join("split.py"))
        .arg(folder)
        .args(&sets)
        .stdout(std::process::Stdio::null())
        .status();
    if !status.is_ok_and(|s| s.success()) {
        common::missing("the test sets cannot be split");
        return vec![];
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    files
}

fn agrees(profile: Profile) {
    let Some(reference) = common::reference() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = common::ubl_files(&reference);
    files.extend(split_test_sets(&reference, folder.path()));
    assert!(files.len() > 1000, "only {} documents found", files.len());
    let lines: String = files.iter().map(|f| format!("{}\n", f.display())).collect();
    let referee = reference.join("referee.py").display().to_string();
    let Some(verdicts) = common::python(&[&referee, "--ruleset", profile.name(), "--json-ids", "-"], &lines)
    else {
        return;
    };
    let verdicts: BTreeMap<&str, &Value> =
        verdicts.iter().map(|v| (v["file"].as_str().expect("a file"), v)).collect();
    let mut differences = vec![];
    for file in &files {
        let name = file.display().to_string();
        let (ours, official) =
            (ours(&std::fs::read(file).expect("a file"), profile), official(verdicts[name.as_str()]));
        if ours != official {
            differences.push(format!("{name}\n  ours     {ours:?}\n  official {official:?}"));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {} differ:\n{}",
        differences.len(),
        files.len(),
        differences.join("\n")
    );
}

#[test]
fn en16931_ubl_equals_the_official_rules() {
    agrees(Profile::En16931Ubl);
}

#[test]
fn peppol_ubl_equals_the_official_rules() {
    agrees(Profile::PeppolUbl);
}

#[test]
fn xrechnung_ubl_equals_the_official_rules() {
    agrees(Profile::XrechnungUbl);
}
