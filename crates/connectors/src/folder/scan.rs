//! Reading a folder: sorted, in pages, each file once unless it changes.

use std::collections::HashMap;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use counterfoil_core::codes;
use counterfoil_core::digest::Digest;
use counterfoil_core::fault::{Fault, FaultClass, Sent};

use crate::port::{Cursor, Page, Received};

/// Bytes of one page; a page of large files is short.
const PAGE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Of a file that is too large, this much is kept to show what it is.
const HEAD_BYTES: usize = 4 * 1024;
/// Files of one folder tree.
const FILES_MAX: usize = 1_000_000;
/// Depth of sub-folders.
const DEPTH_MAX: usize = 32;

/// An inbox folder.
pub(super) struct Inbox {
    root: PathBuf,
    /// What was offered in this process, so that later polls only look at sizes and times. Never the truth: after a
    /// restart everything is offered again, and what is known changes nothing.
    offered: Mutex<HashMap<String, Print>>,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Print {
    size: u64,
    modified_ns: i128,
    changed_ns: i128,
    inode: u64,
}

impl Inbox {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, offered: Mutex::default() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The next files after the cursor that were not offered in their present state; the cursor is the last path of the
    /// page, empty at the end.
    pub(super) fn page(&self, cursor: &Cursor, limit: usize) -> Result<Page, Fault> {
        let files = self.files()?;
        let start = files.partition_point(|(key, _)| *key <= cursor.0);
        let start = if cursor.0.is_empty() { 0 } else { start };
        let (mut records, mut bytes) = (Vec::new(), 0);
        for (key, path) in &files[start..] {
            if records.len() >= limit.max(1) || bytes >= PAGE_BYTES_MAX {
                let next = records.last().map(|record: &Received| record.key.clone()).unwrap_or_default();
                return Ok(Page { records, next: Cursor(next), more: true });
            }
            if let Some(record) = self.offer(key, path) {
                bytes += record.bytes.len();
                records.push(record);
            }
        }
        Ok(Page { records, next: Cursor::default(), more: false })
    }

    /// Every regular file, by its relative path, sorted.
    fn files(&self) -> Result<Vec<(String, PathBuf)>, Fault> {
        let unreadable = |path: &Path, error: std::io::Error| {
            let message = format!("the folder {} cannot be read: {error}", path.display());
            Fault::new(FaultClass::Absent, Sent::No, message)
        };
        let mut found = Vec::new();
        let mut open = vec![(self.root.clone(), 0)];
        while let Some((folder, depth)) = open.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if depth == 0 => return Err(unreadable(&folder, error)),
                // A sub-folder that went away, or is not ours to read, hides nothing else.
                Err(_) => continue,
            };
            for entry in entries.filter_map(Result::ok) {
                let (name, path) = (entry.file_name(), entry.path());
                // The kind of the entry itself: a link is followed nowhere.
                let Ok(kind) = entry.file_type() else { continue };
                if is_passing(&name.to_string_lossy()) {
                    continue;
                }
                if kind.is_dir() && depth < DEPTH_MAX {
                    open.push((path, depth + 1));
                } else if kind.is_file() && found.len() < FILES_MAX {
                    found.push((self.key(&path), path));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn key(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    /// Reads a file that is new or changed; none where it is known, gone, or being written right now.
    fn offer(&self, key: &str, path: &Path) -> Option<Received> {
        let before = print(path)?;
        if self.known(key) == Some(before) {
            return None;
        }
        let received = receive(key, path, before.size);
        if print(path) != Some(before) {
            return None;
        }
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), before);
        Some(received)
    }

    fn known(&self, key: &str) -> Option<Print> {
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }
}

/// Files that are on their way, or not meant for us.
fn is_passing(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with('.') || name.ends_with('~') || lower.ends_with(".part") || lower.ends_with(".tmp")
}

fn print(path: &Path) -> Option<Print> {
    let meta = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let ns = |seconds: i64, ns: i64| i128::from(seconds) * 1_000_000_000 + i128::from(ns);
    Some(Print {
        size: meta.size(),
        modified_ns: ns(meta.mtime(), meta.mtime_nsec()),
        changed_ns: ns(meta.ctime(), meta.ctime_nsec()),
        inode: meta.ino(),
    })
}

/// The file as it is; what cannot be received whole says why.
fn receive(key: &str, path: &Path, size: u64) -> Received {
    let limit = einvoice::xml::MAX_BYTES;
    let too_large = size > limit as u64;
    let wanted = if too_large { HEAD_BYTES } else { limit };
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(wanted as u64).read_to_end(&mut bytes));
    let problem = match read {
        Err(error) => Some(codes::source_unreadable(&error.to_string())),
        Ok(_) if too_large => Some(codes::document_too_large(size, limit as u64)),
        Ok(_) if bytes.is_empty() => Some(codes::source_unreadable("the file is empty")),
        Ok(_) => None,
    };
    Received {
        key: key.to_owned(),
        media_type: media_type(key).to_owned(),
        digest: Digest::of(&bytes),
        bytes: Arc::from(bytes),
        problems: problem.into_iter().collect(),
    }
}

fn media_type(key: &str) -> &'static str {
    match key.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("xml") => "application/xml",
        Some("pdf") => "application/pdf",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbox(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Inbox) {
        let folder = tempfile::tempdir().expect("folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            std::fs::write(path, bytes).expect("file");
        }
        let inbox = Inbox::new(folder.path().to_owned());
        (folder, inbox)
    }

    fn keys(page: &Page) -> Vec<&str> {
        page.records.iter().map(|record| record.key.as_str()).collect()
    }

    #[test]
    fn pages_lose_nothing_and_are_sorted() {
        let (_folder, inbox) =
            inbox(&[("b.XML", b"1"), ("a/z.xml", b"2"), ("c", b"3"), (".hidden", b""), ("d.part", b"")]);
        let first = inbox.page(&Cursor::default(), 2).expect("page");
        assert_eq!((keys(&first), first.more), (vec!["a/z.xml", "b.XML"], true));
        let second = inbox.page(&first.next, 2).expect("page");
        assert_eq!((keys(&second), second.more), (vec!["c"], false));
    }

    #[test]
    fn a_second_poll_offers_only_what_changed_or_came() {
        let (folder, inbox) = inbox(&[("a.xml", b"1"), ("b.xml", b"1")]);
        assert_eq!(inbox.page(&Cursor::default(), 10).expect("page").records.len(), 2);
        assert!(inbox.page(&Cursor::default(), 10).expect("page").records.is_empty());
        std::fs::write(folder.path().join("b.xml"), b"22").expect("changed");
        std::fs::write(folder.path().join("c.xml"), b"3").expect("dropped");
        assert_eq!(keys(&inbox.page(&Cursor::default(), 10).expect("page")), ["b.xml", "c.xml"]);
    }

    #[test]
    fn what_cannot_be_received_says_why() {
        let large = vec![b'x'; einvoice::xml::MAX_BYTES + 1];
        let (_folder, inbox) = inbox(&[("empty.xml", b""), ("large.xml", &large)]);
        let page = inbox.page(&Cursor::default(), 10).expect("page");
        let codes: Vec<&str> = page.records.iter().map(|record| record.problems[0].code.as_str()).collect();
        assert_eq!(codes, ["source_unreadable", "document_too_large"]);
        assert!(page.records[1].bytes.len() <= HEAD_BYTES);
    }

    #[test]
    fn links_lead_nowhere() {
        let (folder, inbox) = inbox(&[("a.xml", b"1")]);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("b.xml")).expect("link");
        assert_eq!(keys(&inbox.page(&Cursor::default(), 10).expect("page")), ["a.xml"]);
    }

    #[test]
    fn a_folder_that_is_gone_is_a_fault() {
        let inbox = Inbox::new(PathBuf::from("/nonexistent/folder"));
        assert!(inbox.page(&Cursor::default(), 10).is_err());
    }
}
