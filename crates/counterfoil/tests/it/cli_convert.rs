//! `counterfoil convert` and `identify`.

use serde_json::json;

use crate::program::{INVOICE, run, run_with};

#[test]
fn an_invoice_survives_the_way_through_every_form() {
    let as_json = run_with(&["convert", "-", "--to", "json"], INVOICE);
    assert_eq!((as_json.code, as_json.stderr.as_str()), (0, ""));
    let invoice = as_json.json();
    assert_eq!(invoice["number"], "CF-1");
    assert_eq!(invoice["issue_date"], "2026-03-01");
    for form in ["ubl", "cii"] {
        let xml = run_with(&["convert", "-", "--to", form], &as_json.stdout);
        assert_eq!(xml.code, 0, "{}", xml.stderr);
        assert!(xml.stdout.starts_with("<?xml"));
        let back = run_with(&["convert", "-", "--to", "json"], &xml.stdout);
        assert_eq!(back.json(), invoice, "{form}");
    }
}

#[test]
fn what_is_not_carried_over_is_said() {
    let folder = tempfile::tempdir().expect("folder");
    let source = folder.path().join("in.xml");
    let out = folder.path().join("out.json");
    let extended = INVOICE.replacen("<cbc:DueDate>", "<cbc:UUID>0f8fad5b</cbc:UUID><cbc:DueDate>", 1);
    std::fs::write(&source, extended).expect("written");
    let (source, out_name) = (source.to_str().expect("path"), out.to_str().expect("path"));
    let ran = run(&["convert", source, "--to", "json", "-o", out_name, "--json"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("/Invoice/cbc:UUID = \"0f8fad5b\""), "{}", ran.stderr);
    assert_eq!(ran.json()["unmapped"][0]["value"], "0f8fad5b");
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 2, "no part is left behind");
    assert_eq!(run(&["convert", source, "--to", "json", "-o", out_name, "--strict"]).code, 3);
}

#[test]
fn what_is_no_invoice_is_refused_with_a_cure() {
    for (text, says) in
        [("{\"number\": 7}", "not an invoice in JSON"), ("", "empty"), ("<a/>", "not a UBL 2.1 Invoice")]
    {
        let ran = run_with(&["convert", "-", "--to", "json"], text);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
        assert!(ran.stderr.contains(says), "{text}: {}", ran.stderr);
    }
}

#[test]
fn identifiers_are_checked() {
    // Company number and check digits: the Belgian example of OpenPEPPOL's list, and the same with a wrong last digit.
    let ran = run(&["identify", "--json", "0208:0203201340", "0208:0203201341"]);
    assert_eq!(ran.code, 1);
    let valid: Vec<_> = ran.json_lines().iter().map(|line| line["valid"].clone()).collect();
    assert_eq!(valid, [json!(true), json!(false)]);
}
