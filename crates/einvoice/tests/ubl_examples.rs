//! Real UBL files: read, written again, compared by independent readers and the official rules.

#[path = "common/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Every valid example written again keeps every term, stays valid to the XML schema and to its own rule set.
#[test]
fn valid_examples_survive_reading_and_writing() {
    let Some(reference) = common::reference() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut pairs = BTreeMap::new();
    for (number, file) in common::ubl_files(&reference).into_iter().enumerate() {
        let reading = einvoice::ubl::read(&std::fs::read(&file).expect("a file")).expect("a UBL file");
        let out = folder.path().join(format!("{number}.xml"));
        let written = einvoice::ubl::write_reporting(&reading.invoice);
        std::fs::write(&out, &written.xml).expect("written");
        let unmapped: BTreeSet<String> =
            reading.unmapped.iter().map(|u| without_positions(&u.path)).collect();
        pairs.insert(
            file.display().to_string(),
            (out.display().to_string(), unmapped, reading.issues.is_empty(), written.unwritten),
        );
    }
    assert!(pairs.len() > 200, "only {} UBL examples found", pairs.len());

    let lines: String = pairs.iter().flat_map(|(a, (b, ..))| [a.as_str(), "\n", b.as_str(), "\n"]).collect();
    let referee = reference.join("referee.py").display().to_string();
    let Some(verdicts) = common::python(&[&referee, "--ruleset", "auto", "--xsd", "--json-ids", "-"], &lines)
    else {
        return;
    };
    let verdicts: BTreeMap<&str, &Value> =
        verdicts.iter().map(|v| (v["file"].as_str().expect("a file"), v)).collect();
    let valid = |file: &str| {
        let v = verdicts[file];
        v.get("error").is_none() && v["fatal"] == serde_json::json!([]) && v["xsd"] == serde_json::json!([])
    };

    let terms = terms_of(
        &reference,
        &pairs.iter().flat_map(|(a, (b, ..))| [a.as_str(), b.as_str()]).collect::<Vec<_>>(),
    );
    let mut count = 0;
    for (source, (copy, unmapped, clean, unwritten)) in &pairs {
        let theirs: BTreeSet<String> =
            serde_json::from_value(terms[source]["unmapped"].clone()).expect("paths");
        if *clean {
            assert_eq!(unmapped, &theirs, "{source}: reported as unmapped");
        }
        if !valid(source) {
            continue;
        }
        count += 1;
        assert_eq!(unwritten, &[], "{source}: left out when written");
        assert_eq!(terms[source]["terms"], terms[copy]["terms"], "{source}: terms differ after writing");
        assert!(valid(copy), "{source}: no longer valid: {}", verdicts[copy.as_str()]);
        assert_eq!(verdicts[source.as_str()]["ruleset"], verdicts[copy.as_str()]["ruleset"], "{source}");
    }
    assert!(count > 100, "only {count} valid examples found");
}

/// The terms of many files as the independent reader sees them.
fn terms_of(reference: &std::path::Path, files: &[&str]) -> BTreeMap<String, Value> {
    let tool = reference.join("terms.py").display().to_string();
    let arguments: Vec<&str> = std::iter::once(tool.as_str()).chain(files.iter().copied()).collect();
    let lines = common::python(&arguments, "").unwrap_or_default();
    lines.into_iter().map(|l| (l["file"].as_str().expect("a file").to_owned(), l)).collect()
}

fn without_positions(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}
