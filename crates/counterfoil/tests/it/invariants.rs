//! What must stay true of this repository, whoever changes it. Each test names the rule it holds and how to keep it.

mod codes;
mod crates;
mod pages;
mod source;
mod words;

use source::Tree;

/// Fails with every finding at once, so that one run shows all there is to do.
#[track_caller]
fn none(rule: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "{rule}\n  {}\n", findings.join("\n  "));
}

/// Longest file that needs no reason.
const LINES_MAX: usize = 500;
/// Lines at the top of a file in which the reason must stand.
const REASON_WITHIN: usize = 20;
/// The planner is the heart of the house and stays readable in one sitting, its tests apart.
const PLANNER_LINES_MAX: usize = 300;

#[test]
fn long_files_say_why() {
    let tree = Tree::read();
    let mut findings = vec![];
    for file in tree.sources() {
        let lines = file.text.lines().count();
        let reason = file.text.lines().take(REASON_WITHIN).any(|line| {
            let comment =
                ["//", "#", "--", "*", "<!--", "{#"].iter().any(|sign| line.trim_start().starts_with(sign));
            comment && ["Long because", "hence the length"].iter().any(|words| line.contains(words))
        });
        if lines > LINES_MAX && !reason {
            findings.push(format!("{} has {lines} lines", file.path));
        }
    }
    none("Split it by purpose, or begin it with a comment \"Long because ...\".", findings);
}

#[test]
fn the_planner_is_read_in_one_sitting() {
    let tree = Tree::read();
    let planner = tree.file("crates/core/src/plan.rs");
    let lines = planner.product().lines().count();
    assert!(
        lines < PLANNER_LINES_MAX,
        "plan.rs has {lines} lines before its tests: move something out of it"
    );
}

#[test]
fn pure_crates_are_pure() {
    let tree = Tree::read();
    let impure = [
        "::now(",
        "::new_v4(",
        "::now_v7(",
        "SystemTime::",
        "Instant::",
        "SystemRandom",
        "rand::",
        "getrandom",
        "std::net",
        "std::fs",
        "std::env",
        "std::process",
        "std::thread",
        "async fn",
        ".await",
        "println!",
    ];
    let mut findings = vec![];
    for file in tree.rust_under(&["crates/einvoice/src", "crates/core/src"]) {
        for (number, line) in file.product_code().lines().enumerate() {
            let named = impure.iter().filter(|word| line.contains(*word));
            findings.extend(named.map(|word| format!("{}:{} uses {word}", file.path, number + 1)));
        }
    }
    none("Time, identifiers, randomness and bytes are arguments in einvoice and core.", findings);
}

#[test]
fn only_the_transport_names_the_http_client() {
    let homes = [
        "crates/connectors/src/http.rs",
        "crates/connectors/src/http/",
        "crates/sandbox/src/elr/webhooks.rs",
    ];
    stays_in(
        "reqwest",
        &homes,
        "The connectors' http module is the only way out; the sandbox has one of its own.",
    );
}

#[test]
fn only_the_store_names_the_database() {
    stays_in(
        "sqlx",
        &["crates/counterfoil/src/store/", "crates/counterfoil/src/store.rs"],
        "Ask the store a question.",
    );
}

#[test]
fn only_the_binary_ends_the_process() {
    stays_in("process::exit", &["crates/counterfoil/src/main.rs"], "Return an error; destructors must run.");
}

/// A word of the product's code that has its homes.
fn stays_in(word: &str, homes: &[&str], rule: &str) {
    let tree = Tree::read();
    let mut findings = vec![];
    for file in tree.rust_under(&["crates"]).filter(|file| !file.is_test()) {
        let code = file.product_code();
        let lines = code.lines().enumerate().filter(|(_, line)| line.contains(word));
        for (number, _) in lines {
            if !homes.iter().any(|home| file.path.starts_with(home)) {
                findings.push(format!("{}:{} names {word}", file.path, number + 1));
            }
        }
    }
    none(rule, findings);
    let known = word.contains("::") || tree.file("Cargo.toml").text.contains(&format!("\n{word} = "));
    assert!(known, "{word} is no dependency: this test looks for the wrong word");
}

#[test]
fn no_binary_fractions() {
    let tree = Tree::read();
    let mut findings = vec![];
    for file in tree.rust_under(&["crates"]) {
        for (number, line) in file.code().lines().enumerate() {
            for word in source::words(line).filter(|word| matches!(*word, "f64" | "f32")) {
                findings.push(format!("{}:{} uses {word}", file.path, number + 1));
            }
        }
    }
    none("Money and quantities are decimals, ratios are integers in permille.", findings);
}

#[test]
fn the_engine_knows_no_system_by_name() {
    let tree = Tree::read();
    // A system is a folder with a mod.rs; the transport is a folder beside http.rs.
    let systems: Vec<&str> = tree
        .all()
        .filter_map(|file| file.path.strip_prefix("crates/connectors/src/")?.strip_suffix("/mod.rs"))
        .filter(|folder| !folder.contains('/'))
        .collect();
    let hub = ["engine", "api", "store", "web"].map(|part| format!("crates/counterfoil/src/{part}"));
    let mut folders: Vec<&str> = hub.iter().map(String::as_str).collect();
    folders.push("crates/core/src");
    let mut findings = vec![];
    for file in tree.rust_under(&folders).filter(|file| !file.is_test()) {
        for (number, text) in source::literals(file.product()) {
            if systems.contains(&text.as_str()) {
                findings.push(format!("{}:{number} names {text:?}", file.path));
            }
        }
    }
    none("Ask for a capability; a system's name belongs to its folder and the registry.", findings);
}
