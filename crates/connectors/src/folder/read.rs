//! One file as a record: whole and at rest, or with a problem that says why not.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use counterfoil_core::digest::Digest;
use counterfoil_core::{Problem, codes};

use super::walk::Entry;
use crate::port::Received;

/// Largest file kept whole; the parser's own limit.
pub const FILE_MAX: usize = einvoice::xml::MAX_BYTES;
/// What is kept of a larger one.
const HEAD: usize = 64 * 1024;
/// A change this soon after the last one may leave the time stamp as it is: kernels count time in ticks.
const TICK: Duration = Duration::from_millis(100);
/// The same where the file system counts in whole seconds or pairs of them.
const COARSE_TICK: Duration = Duration::from_secs(3);

/// What a file looks like from outside; another look means that it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    length: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether a later change is sure to leave another stamp.
    fn is_settled(&self, now: SystemTime) -> bool {
        let tick = if self.modified.1 == 0 || self.changed.1 == 0 { COARSE_TICK } else { TICK };
        let (Ok(seconds), Ok(nanos)) = (u64::try_from(self.changed.0), u32::try_from(self.changed.1)) else {
            return false;
        };
        now.duration_since(UNIX_EPOCH + Duration::new(seconds, nanos)).is_ok_and(|age| age > tick)
    }
}

/// What is remembered of a file that was offered.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    stamp: Stamp,
    digest: Digest,
    settled: bool,
}

/// What looking at a file found.
pub enum Look {
    /// Gone, still being written, or as it was.
    Nothing,
    /// Read again, and the content is as it was.
    Same(Known),
    /// New or changed. Without a memory it is looked at again by the next sweep.
    Record(Received, Option<Known>),
}

/// Looks at a file; reads it only if it differs from what is known.
pub fn look(entry: &Entry, root: &Path, known: Option<&Known>) -> Look {
    let now = SystemTime::now();
    match inside(entry, root).and_then(|path| fresh(&path, now, known)) {
        Ok(Fresh::Unchanged) => Look::Nothing,
        Ok(Fresh::Read(bytes, now_known, problems))
            if known.is_some_and(|k| k.digest == now_known.digest) =>
        {
            drop((bytes, problems));
            Look::Same(now_known)
        }
        Ok(Fresh::Read(bytes, now_known, problems)) => {
            Look::Record(record(entry, bytes, now_known.digest, problems), Some(now_known))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && !entry.is_link => Look::Nothing,
        Err(error) => {
            let problem = codes::source_unreadable(&reason(&error));
            Look::Record(record(entry, Vec::new(), Digest::of(b""), vec![problem]), None)
        }
    }
}

enum Fresh {
    Unchanged,
    Read(Vec<u8>, Known, Vec<Problem>),
}

/// The file itself; a link must not lead out of the folder.
fn inside(entry: &Entry, root: &Path) -> io::Result<PathBuf> {
    if !entry.is_link {
        return Ok(entry.path.clone());
    }
    let target = fs::canonicalize(&entry.path)?;
    if target.starts_with(root) {
        Ok(target)
    } else {
        Err(io::Error::other("it is a link that leads out of the folder"))
    }
}

fn fresh(path: &Path, now: SystemTime, known: Option<&Known>) -> io::Result<Fresh> {
    let seen = fs::symlink_metadata(path)?;
    let stamp = Stamp::of(&seen);
    let unchanged = known.is_some_and(|known| known.settled && known.stamp == stamp);
    if unchanged || !seen.is_file() {
        return Ok(Fresh::Unchanged);
    }
    let mut file = File::open(path)?;
    // a file put in its place between the two calls is one that is changing
    if Stamp::of(&file.metadata()?) != stamp {
        return Ok(Fresh::Unchanged);
    }
    let too_large = stamp.length > FILE_MAX as u64;
    let length = if too_large { HEAD } else { usize::try_from(stamp.length).unwrap_or(FILE_MAX) };
    let mut bytes = Vec::with_capacity(length);
    (&mut file).take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() != length || Stamp::of(&file.metadata()?) != stamp {
        return Ok(Fresh::Unchanged);
    }
    let problems =
        if too_large { vec![codes::document_too_large(stamp.length, FILE_MAX as u64)] } else { Vec::new() };
    let known = Known { stamp, digest: Digest::of(&bytes), settled: stamp.is_settled(now) };
    Ok(Fresh::Read(bytes, known, problems))
}

fn record(entry: &Entry, bytes: Vec<u8>, digest: Digest, problems: Vec<Problem>) -> Received {
    let media_type = media_type(&entry.key, &bytes).to_owned();
    Received { key: entry.key.clone(), media_type, bytes: Arc::from(bytes), digest, problems }
}

/// By the beginning of the content, and by the name where that says nothing.
fn media_type(key: &str, bytes: &[u8]) -> &'static str {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match start.first() {
        Some(b'<') => "application/xml",
        Some(b'{' | b'[') => "application/json",
        _ if start.starts_with(b"%PDF-") => "application/pdf",
        _ if key.to_ascii_lowercase().ends_with(".xml") => "application/xml",
        _ => "application/octet-stream",
    }
}

/// What went wrong, without the number of the system call.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        io::ErrorKind::NotFound => "it leads to nothing".to_owned(),
        io::ErrorKind::StorageFull => "no space is left on the disk".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(root: &Path, key: &str) -> Entry {
        let path = root.join(key);
        Entry { key: key.to_owned(), is_link: path.is_symlink(), path }
    }

    fn record_of(root: &Path, key: &str) -> Received {
        match look(&entry(root, key), root, None) {
            Look::Record(received, _) => received,
            _ => panic!("{key} gave no record"),
        }
    }

    fn root() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("folder");
        let root = fs::canonicalize(folder.path()).expect("path");
        (folder, root)
    }

    #[test]
    fn an_oversized_file_leaves_its_head_and_says_so() {
        let (_folder, root) = root();
        File::create(root.join("a.xml")).expect("file").set_len(FILE_MAX as u64 + 1).expect("length");
        let received = record_of(&root, "a.xml");
        assert_eq!(received.bytes.len(), HEAD);
        assert_eq!(received.problems[0].code, "document_too_large");
        File::create(root.join("b.xml")).expect("file").set_len(FILE_MAX as u64).expect("length");
        assert!(record_of(&root, "b.xml").problems.is_empty());
    }

    #[test]
    fn a_link_is_read_only_where_it_stays_inside() {
        let (_folder, root) = root();
        let (_other, outside) = self::root();
        fs::write(outside.join("secret.xml"), "secret").expect("written");
        fs::write(root.join("a.xml"), "inside").expect("written");
        for (target, link) in [(outside.join("secret.xml"), "out.xml"), (root.join("a.xml"), "in.xml")] {
            std::os::unix::fs::symlink(target, root.join(link)).expect("link");
        }
        std::os::unix::fs::symlink("nowhere", root.join("dangling.xml")).expect("link");
        assert_eq!(&*record_of(&root, "in.xml").bytes, b"inside");
        for link in ["out.xml", "dangling.xml"] {
            let received = record_of(&root, link);
            assert!(received.bytes.is_empty());
            assert_eq!(received.problems[0].code, "source_unreadable", "{link}");
        }
    }

    #[test]
    fn a_file_is_read_again_only_after_a_change_and_offered_only_with_other_content() {
        let (_folder, root) = root();
        let path = root.join("a.xml");
        fs::write(&path, "one").expect("written");
        let entry = entry(&root, "a.xml");
        let Look::Record(_, Some(known)) = look(&entry, &root, None) else { panic!("new") };
        let settled = Known { settled: true, ..known };
        assert!(matches!(look(&entry, &root, Some(&settled)), Look::Nothing));
        let hasty = Known { settled: false, ..known };
        assert!(matches!(look(&entry, &root, Some(&hasty)), Look::Same(_)));
        fs::write(&path, "other").expect("written");
        assert!(matches!(look(&entry, &root, Some(&settled)), Look::Record(..)));
        fs::remove_file(&path).expect("removed");
        assert!(matches!(look(&entry, &root, Some(&settled)), Look::Nothing));
    }

    #[test]
    fn a_stamp_is_believed_once_its_tick_is_over() {
        let stamp = Stamp { length: 1, inode: 1, modified: (100, 5), changed: (100, 5) };
        let at = |millis| UNIX_EPOCH + Duration::from_millis(millis);
        assert!(!stamp.is_settled(at(100_050)));
        assert!(stamp.is_settled(at(100_200)));
        assert!(!stamp.is_settled(at(90_000)), "a clock that lags behind proves nothing");
        let coarse = Stamp { modified: (100, 0), changed: (100, 0), ..stamp };
        assert!(!coarse.is_settled(at(102_000)));
        assert!(coarse.is_settled(at(104_000)));
    }

    #[test]
    fn the_content_names_its_media_type_before_the_name_does() {
        assert_eq!(media_type("a.txt", b"\xef\xbb\xbf\n<Invoice/>"), "application/xml");
        assert_eq!(media_type("a.xml", b"%PDF-1.7"), "application/pdf");
        assert_eq!(media_type("a.XML", b""), "application/xml");
        assert_eq!(media_type("a", b"\x00"), "application/octet-stream");
    }
}
