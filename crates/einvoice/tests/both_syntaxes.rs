//! Real files in both syntaxes, read and written as UBL and as CII, compared by an independent reader.

#[path = "common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Prints for each line `[a, b]` on stdin the terms that differ and what the first file's reader could not use.
const COMPARE: &str = "
import json, sys
sys.path.insert(0, sys.argv[1])
import terms
for line in sys.stdin:
    a, b = map(terms.Invoice, json.loads(line))
    print(json.dumps({'a': json.loads(line)[0], 'b': json.loads(line)[1], 'diff': [d[0] for d in terms.diff(a, b)], 'issues': a.issues}))
";

fn cii_files(reference: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders = vec![reference.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"))
                && einvoice::cii::read(&std::fs::read(&entry).expect("a file")).is_ok()
            {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn conversion_keeps_every_term() {
    let Some(reference) = common::reference() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (ubl, cii) = (common::ubl_files(&reference), cii_files(&reference));
    assert!(ubl.len() > 200 && cii.len() > 100, "{} UBL and {} CII files found", ubl.len(), cii.len());
    let mut pairs = String::new();
    let mut excused = std::collections::BTreeMap::new();
    for (number, file) in ubl.iter().chain(&cii).enumerate() {
        let bytes = std::fs::read(file).expect("a file");
        let reading =
            einvoice::ubl::read(&bytes).or_else(|_| einvoice::cii::read(&bytes)).expect("an invoice");
        for (syntax, written) in [
            ("ubl", einvoice::ubl::write_reporting(&reading.invoice)),
            ("cii", einvoice::cii::write_reporting(&reading.invoice)),
        ] {
            let out = folder.path().join(format!("{number}.{syntax}.xml")).display().to_string();
            std::fs::write(&out, &written.xml).expect("written");
            pairs += &format!("{}\n", serde_json::json!([file, out]));
            excused.insert(out, written.unwritten.into_iter().map(|u| u.path).collect::<BTreeSet<String>>());
        }
    }
    let script = reference.display().to_string();
    let Some(compared) = common::python(&["-c", COMPARE, &script], &pairs) else { return };
    assert_eq!(compared.len(), 2 * (ubl.len() + cii.len()));
    for line in compared.iter().filter(|l| l["issues"] == serde_json::json!([])) {
        let out = line["b"].as_str().expect("a file");
        let lost: Vec<&Value> = line["diff"]
            .as_array()
            .expect("terms")
            .iter()
            .filter(|term| {
                !excused[out].iter().any(|u| term.as_str().is_some_and(|t| t.ends_with(u.as_str())))
            })
            .collect();
        assert!(lost.is_empty(), "{} as {out} lost {lost:?}", line["a"]);
    }
}

#[test]
fn cii_written_again_stays_valid() {
    let Some(reference) = common::reference() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut lines = String::new();
    let mut copies = vec![];
    for (number, file) in cii_files(&reference).iter().enumerate() {
        let reading = einvoice::cii::read(&std::fs::read(file).expect("a file")).expect("an invoice");
        let out = folder.path().join(format!("{number}.xml")).display().to_string();
        std::fs::write(&out, einvoice::cii::write(&reading.invoice)).expect("written");
        lines += &format!("{}\n{out}\n", file.display());
        copies.push((file.display().to_string(), out));
    }
    let referee = reference.join("referee.py").display().to_string();
    let Some(verdicts) = common::python(&[&referee, "--ruleset", "auto", "--xsd", "--json-ids", "-"], &lines)
    else {
        return;
    };
    let valid = |file: &str| {
        let v = verdicts.iter().find(|v| v["file"] == file).expect("a verdict");
        v.get("error").is_none() && v["fatal"] == serde_json::json!([]) && v["xsd"] == serde_json::json!([])
    };
    let sound: Vec<_> = copies.iter().filter(|(source, _)| valid(source)).collect();
    assert!(sound.len() > 50, "only {} valid CII examples found", sound.len());
    for (source, copy) in sound {
        assert!(valid(copy), "{source} is no longer valid");
    }
}
