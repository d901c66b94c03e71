//! Which files a folder holds: in order, by key, without hidden and unfinished ones.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Sub-folders within sub-folders that are entered.
const DEPTH_MAX: usize = 32;
/// Files and sub-folders listed at most; a folder with more is no hand-over point but an archive.
const ENTRIES_MAX: usize = 1_000_000;
/// Ends of names that writers use for files they have not finished.
const UNFINISHED: &[&str] = &[".part", ".tmp", "~"];

/// A file that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path below the root with `/`; bytes that are no UTF-8 are written as `%XX`.
    pub key: String,
    pub path: PathBuf,
    pub is_link: bool,
}

/// All files below `root` after the key `after`, in the order of their keys.
///
/// Links to files are listed, links to folders are not followed: they could lead in circles.
///
/// # Errors
/// The root cannot be listed, or holds too much. A sub-folder that cannot be listed is said in the log and left out.
pub fn walk(root: &Path, after: &str) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    let mut entries = 0;
    let mut open = vec![(root.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if depth == 0 => return Err(error),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "a sub-folder cannot be listed");
                continue;
            }
        };
        for entry in listed {
            let entry = entry?;
            entries += 1;
            if entries > ENTRIES_MAX {
                return Err(io::Error::other(format!("it holds more than {ENTRIES_MAX} files")));
            }
            let name = text(&entry.file_name());
            if is_passed_over(&name) {
                continue;
            }
            let key = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if depth < DEPTH_MAX {
                    open.push((entry.path(), format!("{key}/"), depth + 1));
                } else {
                    tracing::warn!(folder = %entry.path().display(), "a sub-folder lies too deep");
                }
            } else if (kind.is_file() || is_link_to_file(kind, &entry.path())) && key.as_str() > after {
                found.push(Entry { key, path: entry.path(), is_link: kind.is_symlink() });
            }
        }
    }
    found.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    Ok(found)
}

/// A link to nothing is listed too, so that its problem can be said.
fn is_link_to_file(kind: fs::FileType, path: &Path) -> bool {
    kind.is_symlink() && fs::metadata(path).map_or(true, |target| target.is_file())
}

/// Hidden, or not finished by its writer.
fn is_passed_over(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with('.') || UNFINISHED.iter().any(|end| lower.ends_with(end))
}

/// The name as text; unlike a lossy conversion it keeps two names apart.
fn text(name: &std::ffi::OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(root: &Path, after: &str) -> Vec<String> {
        walk(root, after).expect("listed").into_iter().map(|entry| entry.key).collect()
    }

    #[test]
    fn every_finished_file_is_listed_in_the_order_of_its_key() {
        let root = tempfile::tempdir().expect("folder");
        for path in [
            "b.xml",
            "a/z.XML",
            "a/b c.Xml",
            "A.pdf",
            ".hidden",
            "x.part",
            "x.TMP",
            "x.xml~",
            ".git/config",
            "a-1.xml",
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            fs::write(path, "x").expect("written");
        }
        assert_eq!(keys(root.path(), ""), ["A.pdf", "a-1.xml", "a/b c.Xml", "a/z.XML", "b.xml"]);
        assert_eq!(keys(root.path(), "a/b c.Xml"), ["a/z.XML", "b.xml"]);
    }

    #[test]
    fn links_to_folders_are_not_followed_and_a_circle_ends() {
        let root = tempfile::tempdir().expect("folder");
        fs::create_dir(root.path().join("in")).expect("folder");
        fs::write(root.path().join("in/a.xml"), "x").expect("written");
        std::os::unix::fs::symlink("..", root.path().join("in/up")).expect("link");
        std::os::unix::fs::symlink("in/a.xml", root.path().join("link.xml")).expect("link");
        std::os::unix::fs::symlink("nowhere", root.path().join("dangling.xml")).expect("link");
        assert_eq!(keys(root.path(), ""), ["dangling.xml", "in/a.xml", "link.xml"]);
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        use std::ffi::OsStr;
        assert_eq!(text(OsStr::from_bytes(b"a\xff.xml")), "a%FF.xml");
        assert_eq!(text(OsStr::from_bytes(b"a\xfe.xml")), "a%FE.xml");
    }
}
