//! Our verdicts beside those of the official rules, judged by the referee of the reference material.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{INVOICE, Sandbox, shared};
use crate::verdicts::{EN16931, PEPPOL, judging};

/// What the official rules say of files: the fatal rules that fired, or that a file could not be judged.
fn referee(ruleset: &str, files: &[PathBuf]) -> Option<BTreeMap<PathBuf, Result<Vec<String>, String>>> {
    let script = shared("einvoice/referee.py")?;
    let output =
        Command::new("python3").arg(script).args(["--ruleset", ruleset, "--json-ids"]).args(files).output();
    let output = output.expect("python3");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    if text.is_empty() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(std::env::var("CI").as_deref() != Ok("true"), "the referee does not run: {reason}");
        eprintln!("skipped: the referee does not run: {reason}");
        return None;
    }
    let verdict = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let file = PathBuf::from(line["file"].as_str().expect("a file"));
        let rules = || {
            line["fatal"]
                .as_array()
                .expect("list")
                .iter()
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect()
        };
        let found = match line["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(rules()),
        };
        (file, found)
    };
    Some(text.lines().map(verdict).collect())
}

fn xml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let is_xml =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    let mut files: Vec<PathBuf> = entries.filter(is_xml).collect();
    files.sort();
    files
}

/// The mandate a file belongs to, by the specification it declares.
fn mandate(xml: &str) -> &'static str {
    let start = xml.find("CustomizationID").map_or("", |at| &xml[at..]);
    let declared = start.split('<').next().unwrap_or("");
    match declared {
        text if text.contains("xrechnung") => "DE-B2G-XRECHNUNG",
        text if text.contains("poacc:billing:3.0") => "XX-SIM-PEPPOL",
        _ => "XX-SIM-EN16931",
    }
}

async fn verdict(sandbox: &Sandbox, xml: &str) -> (bool, Vec<String>) {
    let (status, messages) = sandbox.verdict(mandate(xml), xml).await;
    (status == "Complete", messages)
}

/// What the official rules accept is Complete. Where they refuse and we do not, their rules are ones that the sandbox
/// does not have; those are few, and named.
async fn compare(folder: &str, not_implemented: &[&str]) {
    let Some(folder) = shared(folder) else { return };
    let is_ubl = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.contains("xsd:Invoice-2") || text.contains("xsd:CreditNote-2")
    };
    let files: Vec<PathBuf> = xml_files(&folder).into_iter().filter(is_ubl).collect();
    assert!(files.len() >= 3, "{} holds examples", folder.display());
    let Some(official) = referee("auto", &files) else { return };
    let sandbox = judging().await;
    for file in &files {
        let (complete, messages) = verdict(&sandbox, &std::fs::read_to_string(file).expect("UTF-8")).await;
        match &official[file] {
            Ok(fatal) if fatal.is_empty() => assert!(complete, "{}: {messages:?}", file.display()),
            Ok(fatal) if complete => {
                let unknown: Vec<_> =
                    fatal.iter().filter(|rule| !not_implemented.contains(&rule.as_str())).collect();
                assert!(unknown.is_empty(), "{}: Complete in spite of {unknown:?}", file.display());
            }
            Ok(_) => {}
            Err(error) => assert!(!complete, "{}: {error}", file.display()),
        }
    }
}

#[tokio::test]
async fn peppol_examples() {
    compare("einvoice/tests/peppol/examples", &[]).await;
}

#[tokio::test]
async fn en16931_examples() {
    // One credit note declares plain EN 16931 and a Peppol process; the referee takes the process for the profile.
    compare("einvoice/tests/en16931/ubl-examples", &["PEPPOL-EN16931-R004"]).await;
}

#[tokio::test]
async fn xrechnung_examples() {
    compare("einvoice/tests/xrechnung-testsuite/business-cases/standard", &[]).await;
    compare("einvoice/tests/xrechnung-testsuite/technical-cases/cius", &[]).await;
}

/// The rule that our message names is the one that the official rules find broken.
#[tokio::test]
async fn our_violations_are_theirs() {
    let folder = tempfile::tempdir().expect("a folder");
    for (ruleset, violations) in [("en16931-ubl", EN16931), ("peppol-ubl", PEPPOL)] {
        let write = |(index, text): (usize, String)| {
            let path = folder.path().join(format!("{ruleset}-{index}.xml"));
            std::fs::write(&path, text).expect("written");
            path
        };
        let valid = write((violations.len(), INVOICE.to_owned()));
        let mut files: Vec<PathBuf> =
            violations.iter().map(|violation| violation.of(INVOICE)).enumerate().map(write).collect();
        files.push(valid.clone());
        let Some(official) = referee(ruleset, &files) else { return };
        assert_eq!(official[&valid], Ok(Vec::new()), "{ruleset}: the starting point is valid");
        for (violation, file) in violations.iter().zip(&files) {
            match &official[file] {
                Ok(fatal) => {
                    assert!(fatal.iter().any(|rule| rule == violation.rule), "{}: {fatal:?}", violation.rule)
                }
                // A rule whose expression fails on the missing value ends the official run: not valid either.
                Err(error) => eprintln!("{}: {error}", violation.rule),
            }
        }
    }
}

/// Sellers of the examples, seeded one company each, are recognised as the suppliers of their documents.
#[tokio::test]
async fn every_seller_becomes_a_company() {
    let Some(folder) = shared("einvoice/tests/peppol/examples") else { return };
    let sandbox = judging().await;
    sandbox.settings(json!({"supplier_must_be_registered": true})).await;
    for file in xml_files(&folder) {
        let xml = std::fs::read_to_string(&file).expect("UTF-8");
        let party = xml.split("AccountingSupplierParty").nth(1).expect("a seller");
        let text = |start: &str| {
            party
                .split(start)
                .nth(1)
                .and_then(|rest| rest.split('<').next())
                .map(str::trim)
                .unwrap_or("")
                .to_owned()
        };
        let seller = json!({"name": text("RegistrationName>"), "code": text("RegistrationName>"), "country": "GB",
            "identifiers": [text("<cbc:CompanyID>")], "mandates": ["XX-SIM-PEPPOL"]});
        let company = sandbox.plane(reqwest::Method::POST, "/seed/elr/companies", seller).await;
        let id = sandbox.submitted("XX-SIM-PEPPOL", &xml).await;
        let answer = sandbox.status(&id).await;
        assert_eq!(
            (&answer["status"], &answer["companyId"]),
            (&json!("Complete"), &company["id"]),
            "{}: {answer}",
            file.display()
        );
    }
}
