//! `counterfoil validate`: the contract's JSON, folders, streaming, exit codes.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::program::{INVOICE, program, reference, run};

/// The same invoice with a total that is off by a cent: BR-CO-15 (gross = net + VAT) must fire.
fn wrong_by_a_cent() -> String {
    let wrong = INVOICE.replace(
        r#"<cbc:TaxInclusiveAmount currencyID="EUR">120.00"#,
        r#"<cbc:TaxInclusiveAmount currencyID="EUR">120.01"#,
    );
    assert_ne!(wrong, INVOICE);
    wrong
}

#[test]
fn the_answer_has_the_names_of_the_contract() {
    let folder = tempfile::tempdir().expect("folder");
    let (good, bad) = (folder.path().join("good.xml"), folder.path().join("bad.xml"));
    std::fs::write(&good, INVOICE).expect("written");
    std::fs::write(&bad, wrong_by_a_cent()).expect("written");

    let ran = run(&["validate", "--json", good.to_str().expect("path")]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let answer = ran.json();
    let keys: Vec<&String> = answer.as_object().expect("object").keys().collect();
    let expected =
        ["file", "profile", "rulesets", "valid", "fatal", "warning", "structure", "problems", "error"];
    let mut sorted = expected.to_vec();
    sorted.sort_unstable();
    assert_eq!(keys, sorted);
    assert_eq!(answer["file"], good.to_str().expect("path"));
    assert_eq!(answer["profile"], "en16931-ubl");
    assert_eq!(answer["rulesets"][0]["id"], "EN16931-UBL");
    assert!(answer["rulesets"][0]["version"].is_string());
    assert_eq!(answer["valid"], true);
    assert_eq!(answer["error"], Value::Null);

    let ran = run(&["validate", "--json", good.to_str().expect("path"), bad.to_str().expect("path")]);
    assert_eq!(ran.code, 1, "one of both is not valid");
    let answer = &ran.json_lines()[1];
    assert_eq!((&answer["valid"], &answer["error"]), (&json!(false), &Value::Null));
    assert!(answer["fatal"].as_array().expect("ids").contains(&json!("BR-CO-15")), "{answer}");
    let problems = answer["problems"].as_array().expect("problems");
    let problem = problems.iter().find(|problem| problem["code"] == "BR-CO-15").expect("described");
    for name in ["flag", "path", "message", "hint"] {
        assert!(problem[name].is_string(), "{name}: {problem}");
    }
    assert_eq!(problem["flag"], "fatal");
}

#[test]
fn unreadable_files_are_told_apart_and_stop_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name).to_str().expect("path").to_owned();
    std::fs::write(at("good.xml"), INVOICE).expect("written");
    std::fs::write(at("cut.xml"), &INVOICE[..400]).expect("written");
    std::fs::write(at("dtd.xml"), INVOICE.replacen("<Invoice", "<!DOCTYPE x [<!ENTITY a 'b'>]><Invoice", 1))
        .expect("written");
    std::fs::write(at("large.xml"), vec![b' '; einvoice::xml::MAX_BYTES + 1]).expect("written");
    let names = ["cut.xml", "dtd.xml", "large.xml", "absent.xml", "good.xml"].map(at);
    let mut arguments = vec!["validate", "--json"];
    arguments.extend(names.iter().map(String::as_str));
    let ran = run(&arguments);
    assert_eq!(ran.code, 3);
    let lines = ran.json_lines();
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().expect("file")).collect();
    assert_eq!(files, names, "the order of the command line");
    for line in &lines[..4] {
        assert!(line["error"].is_string() && line["valid"] == false, "{line}");
    }
    assert_eq!(lines[4]["valid"], true);
    assert!(lines[1]["error"].as_str().expect("error").contains("DOCTYPE"));
}

#[test]
fn folders_are_searched_below_in_any_letter_case() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::create_dir_all(folder.path().join("a/b")).expect("folder");
    for name in ["one.xml", "a/two.XML", "a/b/with space.Xml", "a/no.txt"] {
        std::fs::write(folder.path().join(name), INVOICE).expect("written");
    }
    let ran = run(&["validate", "--json", "--jobs", "2", folder.path().to_str().expect("path")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let names: Vec<String> =
        ran.json_lines().iter().map(|line| line["file"].as_str().expect("file").to_owned()).collect();
    let ends = ["a/b/with space.Xml", "a/two.XML", "one.xml"];
    assert_eq!(names.len(), 3);
    assert!(names.iter().zip(ends).all(|(name, end)| name.ends_with(end)), "{names:?}");

    let empty = tempfile::tempdir().expect("folder");
    let ran = run(&["validate", empty.path().to_str().expect("path")]);
    assert_eq!(
        (ran.code, ran.stderr.contains(".xml")),
        (1, true),
        "a folder without documents is no success"
    );
}

#[test]
fn names_on_stdin_are_answered_one_by_one() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("one.xml");
    std::fs::write(&path, INVOICE).expect("written");
    let mut command = program();
    command.args(["validate", "--json", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("stdin");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
    // Each answer is read before the next question is put: it must have been flushed.
    for (name, valid) in [(path.to_str().expect("path"), true), ("absent.xml", false)] {
        writeln!(stdin, "{name}").expect("asked");
        let line: Value = serde_json::from_str(&lines.next().expect("a line").expect("read")).expect("JSON");
        assert_eq!((&line["file"], &line["valid"]), (&json!(name), &json!(valid)));
    }
    drop(stdin);
    assert_eq!(child.wait().expect("ends").code(), Some(3));
}

#[test]
fn every_line_of_stdin_is_answered_whatever_it_holds() {
    let folder = tempfile::tempdir().expect("folder");
    let name = OsStr::from_bytes(b"caf\xe9.xml");
    std::fs::write(folder.path().join(name), INVOICE).expect("written");
    std::fs::write(folder.path().join("crlf.xml"), INVOICE).expect("written");
    let mut child = program()
        .args(["validate", "--json", "-"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut stdin = child.stdin.take().expect("stdin");
    let writer = std::thread::spawn(move || {
        let long = vec![b'a'; 300_000];
        // Neither a name in another encoding, nor an empty or endless line, nor a missing line end stops the others.
        for line in [b"caf\xe9.xml\n".as_slice(), b"\n", &long, b"\n", b"crlf.xml\r\n", b"crlf.xml"] {
            stdin.write_all(line).expect("asked");
        }
    });
    let output = child.wait_with_output().expect("ends");
    writer.join().expect("written");
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let valid: Vec<&Value> = lines.iter().map(|line| &line["valid"]).collect();
    assert_eq!(valid, [true, false, false, true, true]);
    assert!(lines[1]["error"].is_string() && lines[2]["error"].is_string());
    assert!(lines[2]["file"].as_str().expect("file").len() < 100);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_folder_of_anything_is_judged_to_its_end() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("good.xml"), INVOICE).expect("written");
    std::fs::write(at("picture.xml"), [0x89, b'P', b'N', b'G', 0, 0xff]).expect("written");
    std::fs::write(
        at("order.xml"),
        r#"<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>"#,
    )
    .expect("written");
    std::fs::write(at("empty.xml"), "").expect("written");
    symlink(at("gone.xml"), at("leads-nowhere.xml")).expect("linked");
    symlink(folder.path(), at("circle")).expect("linked");
    // Reading a pipe that nobody writes to would never end.
    assert!(Command::new("mkfifo").arg(at("pipe.xml")).status().expect("mkfifo").success());
    let ran = run(&["validate", "--json", folder.path().to_str().expect("path")]);
    assert_eq!(ran.code, 3);
    let lines = ran.json_lines();
    let verdicts: Vec<(&str, bool, bool)> = lines
        .iter()
        .map(|line| {
            let file = line["file"].as_str().expect("file").rsplit('/').next().expect("name");
            (file, line["valid"] == true, line["error"].is_string())
        })
        .collect();
    let expected = [
        ("empty.xml", false, true),
        ("good.xml", true, false),
        ("leads-nowhere.xml", false, true),
        ("order.xml", false, false),
        ("picture.xml", false, true),
    ];
    assert_eq!(verdicts, expected, "{}", ran.stdout);
    assert!(
        !lines[3]["structure"].as_array().expect("structure").is_empty(),
        "an order is readable, and no invoice"
    );
}

#[test]
fn the_profile_asked_for_decides() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("one.xml");
    std::fs::write(&path, INVOICE).expect("written");
    let ran = run(&["validate", "--json", "--profile", "peppol-ubl", path.to_str().expect("path")]);
    // Peppol BIS 3 wants what EN 16931 does not: a buyer reference or an order reference (R003), endpoints (R010, R020).
    assert_eq!(ran.code, 1);
    let fatal = ran.json()["fatal"].clone();
    for id in ["PEPPOL-EN16931-R003", "PEPPOL-EN16931-R010", "PEPPOL-EN16931-R020"] {
        assert!(fatal.as_array().expect("ids").contains(&json!(id)), "{id} in {fatal}");
    }
}

#[test]
fn the_published_examples_are_valid() {
    let Some(reference) = reference() else { return };
    let ran = run(&["validate", "--json", reference.join("tests/peppol/examples").to_str().expect("path")]);
    let lines = ran.json_lines();
    assert!(lines.len() >= 8, "{} examples", lines.len());
    assert!(
        lines.iter().all(|line| line["valid"] == true),
        "OpenPEPPOL publishes them as valid: {}",
        ran.stdout
    );
    assert_eq!(ran.code, 0);
}
