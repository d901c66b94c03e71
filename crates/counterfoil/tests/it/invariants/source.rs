//! The repository's own files, and just enough of Rust's grammar to tell code from comments and text.

use std::fs;
use std::path::{Path, PathBuf};

/// Extensions that are source, beside the scripts, which have none.
const SOURCE: &[&str] = &["rs", "sql", "html", "css", "js"];
/// Extensions that are read at all; the rest is binary or sample material.
const TEXT: &[&str] =
    &["rs", "sql", "html", "css", "js", "md", "toml", "json", "xml", "txt", "yml", "yaml", ""];
/// Folders that hold nothing of ours.
const FOREIGN: &[&str] = &["target", ".git", "counterfoil-data", "node_modules", "vendored"];
/// Deepest folder looked into.
const DEPTH_MAX: usize = 12;

/// The files of the repository.
pub struct Tree {
    files: Vec<File>,
}

/// One text file.
pub struct File {
    /// From the root of the repository, with slashes.
    pub path: String,
    pub text: String,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's root")
}

impl Tree {
    /// Reads every text file of the repository.
    pub fn read() -> Self {
        let root = root();
        let mut files = vec![];
        walk(&root, &root, 0, &mut files);
        assert!(files.len() > 100, "only {} files found below {}", files.len(), root.display());
        files.sort_by(|a: &File, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// The file of this path.
    pub fn file(&self, path: &str) -> &File {
        self.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is missing"))
    }

    /// Every text file.
    pub fn all(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// Files people write code in.
    pub fn sources(&self) -> impl Iterator<Item = &File> {
        let script = |file: &File| file.path.starts_with("scripts/") || file.path.starts_with(".ci/");
        self.files.iter().filter(move |file| SOURCE.contains(&extension(&file.path)) || script(file))
    }

    /// Rust files below one of the folders.
    pub fn rust_under(&self, folders: &[&str]) -> impl Iterator<Item = &File> {
        let folders: Vec<String> = folders.iter().map(|folder| format!("{folder}/")).collect();
        self.files.iter().filter(move |file| {
            extension(&file.path) == "rs" && folders.iter().any(|f| file.path.starts_with(f.as_str()))
        })
    }
}

impl File {
    /// Whether it is a test, an example or a benchmark, not part of the product.
    pub fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        parts.iter().any(|part| matches!(*part, "tests" | "tests.rs" | "examples" | "benches"))
    }

    /// The text before its tests, which stand last in a file.
    pub fn product(&self) -> &str {
        let mut tests = self.text.match_indices("\n#[cfg(test)]\nmod ");
        let inline = |at: usize| self.text[at..].lines().nth(2).is_some_and(|line| line.ends_with('{'));
        tests.find(|(at, _)| inline(*at)).map_or(self.text.as_str(), |(at, _)| &self.text[..at])
    }

    /// The text without comments and without what stands in quotes; line numbers stay.
    pub fn code(&self) -> String {
        without_quotes(&self.text)
    }

    /// [`File::code`] of the part before the tests.
    pub fn product_code(&self) -> String {
        without_quotes(self.product())
    }
}

/// The words of a line: runs of letters, digits and underscores.
pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// String literals with the lines they begin in.
pub fn literals(text: &str) -> Vec<(usize, String)> {
    let mut line = 1;
    let mut found = vec![];
    for (piece, kind) in pieces(text) {
        if kind == Kind::Quoted {
            found.push((line, piece.trim_start_matches(['b', 'r', '#']).trim_matches(['#', '"']).to_owned()));
        }
        line += piece.matches('\n').count();
    }
    found
}

fn without_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (piece, kind) in pieces(text) {
        match kind {
            Kind::Code => out.push_str(piece),
            Kind::Comment | Kind::Quoted => out.extend(piece.chars().filter(|c| *c == '\n')),
        }
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Quoted,
}

/// Cuts Rust into code, comments and quoted text. A character literal counts as code, unless it is a quote.
fn pieces(text: &str) -> Vec<(&str, Kind)> {
    let mut out = vec![];
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let (length, kind) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), Kind::Comment)
        } else if rest.starts_with("/*") {
            (block_comment(rest), Kind::Comment)
        } else if let Some(length) = quoted(rest, text[..at].chars().next_back()) {
            (length, Kind::Quoted)
        } else {
            at += character(rest);
            continue;
        };
        if start < at {
            out.push((&text[start..at], Kind::Code));
        }
        out.push((&text[at..at + length], kind));
        at += length;
        start = at;
    }
    if start < at {
        out.push((&text[start..at], Kind::Code));
    }
    out
}

/// Length of a character literal at the start, else of one character.
fn character(rest: &str) -> usize {
    for literal in ["'\"'", "'\\\"'", "'\\''", "b'\"'"] {
        if rest.starts_with(literal) {
            return literal.len();
        }
    }
    rest.chars().next().map_or(1, char::len_utf8)
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Length of a string literal of any kind at the start, if there is one.
fn quoted(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') && !rest.starts_with('"') {
        return None;
    }
    let open = rest.trim_start_matches('b');
    let prefix = rest.len() - open.len();
    if let Some(raw) = open.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if !raw[hashes..].starts_with('"') {
            return None;
        }
        let end = format!("\"{}", "#".repeat(hashes));
        let body = prefix + 1 + hashes + 1;
        return Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()));
    }
    open.starts_with('"').then(|| {
        let mut escaped = true;
        for (at, c) in open.char_indices() {
            match c {
                _ if at == 0 => escaped = false,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return prefix + at + 1,
                _ => {}
            }
        }
        rest.len()
    })
}

fn walk(root: &Path, folder: &Path, depth: usize, files: &mut Vec<File>) {
    assert!(depth < DEPTH_MAX, "{} is nested too deep", folder.display());
    for entry in fs::read_dir(folder).expect("a folder of the repository").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().expect("its kind");
        if kind.is_dir() && !FOREIGN.contains(&name.as_str()) {
            walk(root, &path, depth + 1, files);
        } else if kind.is_file() && TEXT.contains(&extension(&name)) && name != "Cargo.lock" {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let path = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            files.push(File { path, text });
        }
    }
}

fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[test]
fn code_is_told_from_comments_and_text() {
    let text = "let a = \"f64 // \\\" no\"; // f64\n/* f64 /* f64 */ f64 */ let b = r#\"f64 \" f64\"#;\nlet c: f64 = b'\"' + '\"';";
    let file = File { path: "a.rs".to_owned(), text: text.to_owned() };
    assert_eq!(file.code(), "let a = ; \n let b = ;\nlet c: f64 = b'\"' + '\"';");
    let found = literals("x(\"a\",\n \"b_c\", r#\"d\"#)");
    assert_eq!(found, [(1, "a".to_owned()), (2, "b_c".to_owned()), (2, "d".to_owned())]);
}
