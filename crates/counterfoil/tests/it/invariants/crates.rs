//! The five crates, what they may know of each other, and what they may bring in.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use super::none;
use super::source::{Tree, root};

/// Crate, what it is built of, and what its tests may use besides.
const ARROWS: &[(&str, &[&str], &[&str])] = &[
    ("einvoice", &[], &[]),
    ("counterfoil-core", &["einvoice"], &[]),
    ("counterfoil-connectors", &["einvoice", "counterfoil-core"], &["counterfoil-sandbox"]),
    ("counterfoil-sandbox", &[], &[]),
    ("counterfoil", &["einvoice", "counterfoil-core", "counterfoil-connectors", "counterfoil-sandbox"], &[]),
];

/// What a pure crate must not reach, however indirectly.
const IMPURE: &[&str] =
    &["tokio", "mio", "async-std", "smol", "hyper", "axum", "reqwest", "ureq", "sqlx", "rusqlite", "socket2"];

/// What nobody may bring in: a second TLS, or C code that takes minutes to build.
const BANNED: &[&str] =
    &["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "zstd-sys", "bindgen"];

/// Of these there is one, because two of them do not share connections or their C library.
const SINGLE: &[&str] =
    &["sqlx", "sqlx-core", "libsqlite3-sys", "ring", "rustls", "tokio", "axum", "hyper", "jiff"];

#[test]
fn arrows_point_inward() {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo's JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    assert_eq!(
        names,
        ARROWS.iter().map(|(name, ..)| *name).collect(),
        "the crates of the house; keep them five"
    );
    for package in packages {
        let name = package["name"].as_str().expect("name");
        let (_, built_of, tested_with) =
            ARROWS.iter().find(|(arrow, ..)| *arrow == name).expect("checked above");
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let target = dependency["name"].as_str().expect("name");
            let for_tests = dependency["kind"].as_str() == Some("dev");
            if names.contains(target) {
                let allowed = built_of.contains(&target) || (for_tests && tested_with.contains(&target));
                assert!(allowed, "{name} must not depend on {target}");
            }
        }
    }
}

#[test]
fn pure_crates_reach_no_runtime() {
    for pure in ["einvoice", "counterfoil-core"] {
        let tree = cargo(&[
            "tree",
            "--offline",
            "--prefix",
            "none",
            "--edges",
            "normal",
            "--format",
            "{p}",
            "--package",
            pure,
        ]);
        let reached: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(reached.contains("serde"), "cargo tree answered {tree:?}");
        let impure = IMPURE
            .iter()
            .filter(|name| reached.contains(**name))
            .map(|name| format!("{pure} reaches {name}"));
        none("einvoice and core are pure.", impure.collect());
    }
}

#[test]
fn the_lock_file_holds_one_of_each_and_none_of_the_banned() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for name in lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')) {
        *versions.entry(name).or_default() += 1;
    }
    let mut findings: Vec<String> = vec![];
    findings.extend(
        BANNED.iter().filter(|name| versions.contains_key(**name)).map(|name| format!("{name} is banned")),
    );
    for name in SINGLE {
        match versions.get(name) {
            Some(1) => {}
            Some(count) => findings.push(format!("{name} is there {count} times")),
            None => findings.push(format!("{name} is not there; this test looks for the wrong crate")),
        }
    }
    none("See `cargo tree --invert NAME` for who brings it in.", findings);
}

#[test]
fn every_dependency_is_declared_once_with_its_reason() {
    let tree = Tree::read();
    let root = &tree.file("Cargo.toml").text;
    let declared = root.split("[workspace.dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    let mut findings = vec![];
    let lines = declared.expect("[workspace.dependencies]").lines();
    for line in lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let name = line.split(['=', ' ']).next().unwrap_or_default();
        let ours = line.contains("path = \"crates/");
        let reason = line.rsplit_once('#').is_some_and(|(_, reason)| reason.trim().len() > 5);
        if !ours && !reason {
            findings.push(format!("{name} has no reason behind it in Cargo.toml"));
        }
    }
    for (_, file) in members(&tree) {
        let mut section = "";
        for line in file.1.lines() {
            section = if line.starts_with('[') { line } else { section };
            let declares = section.contains("dependencies]") && line.contains('=') && !line.starts_with('#');
            if declares && !line.contains("workspace = true") {
                findings.push(format!("{}: \"{line}\" is declared beside the workspace", file.0));
            }
            // A dotted table such as [dependencies.tokio] would escape the rule above.
            if line.starts_with("[dependencies.") || line.starts_with("[dev-dependencies.") {
                findings.push(format!("{}: write {line} as one line", file.0));
            }
        }
    }
    none("Declare it once in the root Cargo.toml, followed by \"# why\".", findings);
}

#[test]
fn every_crate_takes_the_lints_of_the_house() {
    let tree = Tree::read();
    for (name, (path, text)) in members(&tree) {
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{path}: {name} does not take the workspace's lints"
        );
    }
    assert!(tree.file("Cargo.toml").text.contains("unsafe_code = \"forbid\""));
    let disallowed = &tree.file("clippy.toml").text;
    assert!(disallowed.contains("\"f64\"") && disallowed.contains("\"f32\""));
}

/// The members' manifests: folder, (path, text).
fn members(tree: &Tree) -> Vec<(&str, (&str, &str))> {
    let found: Vec<_> = tree
        .all()
        .filter_map(|file| {
            let folder = file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
            Some((folder, (file.path.as_str(), file.text.as_str())))
        })
        .collect();
    assert_eq!(found.len(), ARROWS.len(), "the manifests of the crates");
    found
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| env!("CARGO").to_owned());
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}
