//! The written pages: links lead somewhere, scripts can be run, the pages that must exist do.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::none;
use super::source::{Tree, root};

/// Pages a stranger looks for.
const EXPECTED: &[&str] = &["README.md", "STYLE.md", "docs/problems.md", "docs/sandbox.md"];

#[test]
fn links_lead_somewhere() {
    let tree = Tree::read();
    for page in EXPECTED {
        assert!(tree.file(page).text.starts_with("# "), "{page} begins with its title");
    }
    let mut findings = vec![];
    for file in tree.all().filter(|file| file.path.ends_with(".md")) {
        let folder = root().join(Path::new(&file.path).parent().unwrap_or(Path::new("")));
        for (number, target) in links(&file.text) {
            let path = target.split('#').next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !path.is_empty() && !folder.join(path).exists() {
                findings.push(format!("{}:{number} links to {target}", file.path));
            }
        }
    }
    none("A link leads to a file of this repository or to an address.", findings);
}

#[test]
fn scripts_can_be_run() {
    let tree = Tree::read();
    let mut seen = 0;
    for file in tree.all().filter(|file| file.path.starts_with("scripts/") || file.path.starts_with(".ci/")) {
        if !file.text.starts_with("#!") {
            continue;
        }
        seen += 1;
        let mode = root().join(&file.path).metadata().expect("metadata").permissions().mode();
        assert!(mode & 0o100 != 0, "{} cannot be executed", file.path);
        let stops =
            !file.text.starts_with("#!/usr/bin/env bash") || file.text.contains("\nset -euo pipefail\n");
        assert!(stops, "{}: a bash script begins with set -euo pipefail", file.path);
    }
    assert!(seen >= 2, "scripts/test and .ci/run at least");
}

/// Targets of Markdown links with their lines, code blocks apart.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = vec![];
    let mut code = false;
    for (number, line) in text.lines().enumerate() {
        code ^= line.trim_start().starts_with("```");
        for (at, _) in line.match_indices("](").filter(|_| !code) {
            let target = line[at + 2..].split([')', ' ']).next().unwrap_or_default();
            found.push((number + 1, target.to_owned()));
        }
    }
    found
}
