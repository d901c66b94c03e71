//! Where the shared reference material is, and the python tools over it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The e-invoice reference folder; none (said loudly) where it is absent, a failure under CI.
pub fn reference() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/einvoice");
    if folder.join("referee.py").is_file() {
        return Some(folder);
    }
    missing("the reference material is absent");
    None
}

/// Skips loudly, or fails under CI.
pub fn missing(what: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{what}");
    eprintln!("skipped: {what}");
}

/// Runs a python tool with lines on stdin; none where python or its packages are absent.
pub fn python(arguments: &[&str], stdin: &str) -> Option<Vec<serde_json::Value>> {
    let available =
        Command::new("python3").args(["-c", "import lxml, saxonche"]).status().is_ok_and(|s| s.success());
    if !available {
        missing("python3 with lxml and saxonche is absent");
        return None;
    }
    let mut child = Command::new("python3")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut pipe = child.stdin.take().expect("stdin");
    let text = stdin.to_owned();
    let writer = std::thread::spawn(move || pipe.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("python3 ends");
    writer.join().expect("the writer ends").expect("stdin is read");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Some(text.lines().map(|l| serde_json::from_str(l).expect("a JSON line")).collect())
}

/// Every UBL invoice below the reference tests, `<testSet>` files left out.
pub fn ubl_files(reference: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders = vec![reference.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(folder).expect("a readable folder").map(|e| e.expect("an entry").path())
        {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml")) {
                let bytes = std::fs::read(&entry).expect("a readable file");
                if einvoice::ubl::read(&bytes).is_ok() {
                    found.push(entry);
                }
            }
        }
    }
    found.sort();
    found
}
