//! The words of the house, and words that have no place here.

use super::none;
use super::source::{Tree, words};

/// Parts of a type's name that say nothing. `Item` is not among them: it is EN 16931's own word for BG-31.
const EMPTY: &[&str] = &["Job", "Task", "Data", "Payload", "Process", "Manager", "Helper", "Util", "Utils"];
/// Names that EN 16931 gives: BG-2.
const GIVEN: &[&str] = &["ProcessControl"];
/// Names of files that collect what has no home.
const HOMELESS: &[&str] = &["utils", "util", "helpers", "helper", "misc", "manager"];

#[test]
fn types_have_names_of_the_house() {
    let tree = Tree::read();
    let mut findings = vec![];
    for file in tree.rust_under(&["crates"]).filter(|file| !file.is_test()) {
        // Wire types keep the vendor's spelling.
        let lines = if file.path.ends_with("/wire.rs") { String::new() } else { file.product_code() };
        for (number, line) in lines.lines().enumerate() {
            let mut line_words =
                words(line).skip_while(|word| matches!(*word, "pub" | "crate" | "super" | "in"));
            let declares = matches!(line_words.next(), Some("struct" | "enum" | "trait"));
            let Some(name) = line_words.next().filter(|name| declares && !GIVEN.contains(name)) else {
                continue;
            };
            let hollow = capitals(name).into_iter().find(|part| EMPTY.contains(part));
            findings.extend(hollow.map(|part| format!("{}:{}: {name} ({part})", file.path, number + 1)));
        }
        let stem = file
            .path
            .trim_end_matches("/mod.rs")
            .trim_end_matches(".rs")
            .rsplit('/')
            .next()
            .unwrap_or_default();
        if HOMELESS.contains(&stem) {
            findings.push(format!("{} collects what has no home", file.path));
        }
    }
    none("Name it after what it is: the nouns of ARCHITECTURE.md, or the field's own term.", findings);
}

#[test]
fn no_file_speaks_of_a_machine() {
    let tree = Tree::read();
    // Put together here, so that this file does not find itself.
    let folders = ["work", "root", "home"].map(|folder| format!("/{folder}/"));
    let mut findings = vec![];
    for file in tree.all().filter(|file| file.path != "openapi.json") {
        for (number, line) in file.text.lines().enumerate() {
            for folder in folders.iter().filter(|folder| names_folder(line, folder)) {
                findings.push(format!("{}:{} names {folder}", file.path, number + 1));
            }
        }
    }
    none("A path of one machine helps nobody on another.", findings);
}

/// Whether an absolute path begins with this folder; an address such as `https://host/home/` does not count.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| {
            !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '}' | '$' | ')' | '*'))
        })
    })
}

/// The capitalised parts of a name: `ElrDocument` is `Elr` and `Document`.
fn capitals(name: &str) -> Vec<&str> {
    let mut cuts: Vec<usize> =
        name.char_indices().filter(|(_, c)| c.is_uppercase()).map(|(at, _)| at).collect();
    cuts.push(name.len());
    cuts.windows(2).map(|pair| &name[pair[0]..pair[1]]).collect()
}
