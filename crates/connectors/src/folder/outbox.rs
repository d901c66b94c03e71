//! The outbox: documents written as files, each at once and whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use counterfoil_core::delivery::ExternalId;
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Kind;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use counterfoil_core::id::AttemptId;
use counterfoil_core::outbound::{Label, Outbound};

use super::read::{FILE_MAX, reason};

/// Bytes of a document's number in a file name; a longer one is cut and told apart by a digest.
const NUMBER_MAX: usize = 120;
/// Hexadecimal digits of the content's digest in a file name.
const DIGEST_DIGITS: usize = 16;
/// Files looked through when something was sent and its outcome is unknown.
const LISTED_MAX: usize = 1_000_000;

/// Writes the document under a name made of kind, number and content, so that writing it twice leaves one file.
///
/// # Errors
/// `Unavailable` where the disk does not take it; in doubt only once the file has its name.
pub fn submit(outbox: &Path, attempt: AttemptId, outbound: &Outbound) -> Result<ExternalId, Fault> {
    let name =
        format!("{}{}.xml", stem(&outbound.label), &Digest::of(&outbound.bytes).to_string()[..DIGEST_DIGITS]);
    let path = outbox.join(&name);
    let unfinished = outbox.join(format!(".{attempt}.tmp"));
    let before = |error: io::Error| fault(outbox, Sent::No, &error);
    fs::create_dir_all(outbox).map_err(before)?;
    let written =
        write(&unfinished, &outbound.bytes).and_then(|()| place(&unfinished, &path, &outbound.bytes));
    if written.is_err() {
        // what is left behind is hidden, and nobody's document
        let _ = fs::remove_file(&unfinished);
    }
    written.map_err(before)?;
    File::open(outbox)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| fault(outbox, Sent::Maybe, &error))?;
    Ok(ExternalId(name))
}

/// Files of this kind and number, whatever their content.
///
/// # Errors
/// The outbox cannot be listed.
pub fn find(outbox: &Path, label: &Label) -> Result<Vec<ExternalId>, Fault> {
    let stem = stem(label);
    let listed = match fs::read_dir(outbox) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(outbox, Sent::No, &error)),
    };
    let mut found = Vec::new();
    for entry in listed.take(LISTED_MAX) {
        let name = entry.map_err(|error| fault(outbox, Sent::No, &error))?.file_name();
        let ours = name.to_str().filter(|name| is_of(name, &stem));
        found.extend(ours.map(|name| ExternalId(name.to_owned())));
    }
    found.sort();
    Ok(found)
}

/// The document written under this name; none if it is gone.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(outbox: &Path, id: &ExternalId) -> Result<Option<Vec<u8>>, Fault> {
    let Some(path) = path_of(outbox, id) else { return Ok(None) };
    let refused = |error: io::Error| fault(outbox, Sent::No, &error);
    match fs::symlink_metadata(&path) {
        Ok(file) if file.is_file() && file.len() <= FILE_MAX as u64 => {
            fs::read(&path).map(Some).map_err(refused)
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

/// Only a plain name: an identifier can come from anywhere.
fn path_of(outbox: &Path, id: &ExternalId) -> Option<PathBuf> {
    let plain = !id.0.is_empty() && !id.0.starts_with('.') && !id.0.contains(['/', '\\', '\0']);
    plain.then(|| outbox.join(&id.0))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Gives the finished file its name. What has it already is the same document; anything else is never overwritten.
fn place(unfinished: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(unfinished, path),
        Err(error) => Err(error),
        Ok(there) if there == bytes => fs::remove_file(unfinished),
        Ok(_) => Err(io::Error::other("a file of this name with other content is there already")),
    }
}

fn fault(outbox: &Path, sent: Sent, error: &io::Error) -> Fault {
    let message = format!("the outbox {} cannot be used: {}", outbox.display(), reason(error));
    Fault::new(FaultClass::Unavailable, sent, message)
}

/// How the names of all files of this kind and number begin.
fn stem(label: &Label) -> String {
    let kind = match label.kind {
        Kind::Invoice => "invoice",
        Kind::CreditNote => "creditnote",
    };
    let number: String = label
        .number
        .bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || b == b'_' => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    if number.len() <= NUMBER_MAX {
        return format!("{kind}-{number}-");
    }
    let whole = Digest::of(label.number.as_bytes()).to_string();
    format!("{kind}-{}~{}-", &number[..NUMBER_MAX], &whole[..DIGEST_DIGITS])
}

fn is_of(name: &str, stem: &str) -> bool {
    let digest = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".xml"));
    digest.is_some_and(|text| text.len() == DIGEST_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn outbound(kind: Kind, number: &str, content: &str) -> Outbound {
        let label = Label {
            kind,
            number: number.to_owned(),
            issue_date: None,
            seller: String::new(),
            buyer: String::new(),
            mandate: "OUTBOX".to_owned(),
            country: String::new(),
            company: String::new(),
            workflow: String::new(),
            output: None,
        };
        Outbound::new(content.as_bytes().into(), label)
    }

    fn attempt() -> AttemptId {
        AttemptId::new(Uuid::now_v7())
    }

    #[test]
    fn written_twice_it_is_one_file_and_found_by_kind_and_number() {
        let folder = tempfile::tempdir().expect("folder");
        let outbox = folder.path().join("out");
        let ours = outbound(Kind::Invoice, "7", "<a/>");
        assert_eq!(find(&outbox, &ours.label), Ok(vec![]));
        let id = submit(&outbox, attempt(), &ours).expect("written");
        assert_eq!(submit(&outbox, attempt(), &ours).expect("written again"), id);
        let others =
            [(Kind::CreditNote, "7"), (Kind::Invoice, "77"), (Kind::Invoice, "7-1"), (Kind::Invoice, "%37")];
        for (kind, number) in others {
            submit(&outbox, attempt(), &outbound(kind, number, "<a/>")).expect("written");
        }
        assert_eq!(find(&outbox, &ours.label), Ok(vec![id.clone()]));
        assert_eq!(read(&outbox, &id), Ok(Some(b"<a/>".to_vec())));
        let corrected = submit(&outbox, attempt(), &outbound(Kind::Invoice, "7", "<b/>")).expect("written");
        assert_eq!(find(&outbox, &ours.label).expect("listed").len(), 2);
        assert_ne!(corrected, id);
        assert_eq!(fs::read_dir(&outbox).expect("listed").count(), 6, "nothing unfinished is left behind");
    }

    #[test]
    fn a_number_cannot_lead_out_of_the_outbox_and_a_long_one_fits_into_a_name() {
        let folder = tempfile::tempdir().expect("folder");
        let outbox = folder.path().join("out");
        let long = "Ü".repeat(5_000);
        for number in ["../../etc/passwd", ".", "", "a/b", "a\0b", &long] {
            let ours = outbound(Kind::Invoice, number, "<a/>");
            let id = submit(&outbox, attempt(), &ours).expect(number);
            assert_eq!(find(&outbox, &ours.label), Ok(vec![id]));
        }
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
        fs::write(folder.path().join("other.xml"), "x").expect("written");
        assert_eq!(read(&outbox, &ExternalId("../other.xml".to_owned())), Ok(None));
    }

    #[test]
    fn other_content_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("folder");
        let ours = outbound(Kind::Invoice, "7", "<a/>");
        let id = submit(folder.path(), attempt(), &ours).expect("written");
        fs::write(folder.path().join(&id.0), "edited").expect("written");
        let fault = submit(folder.path(), attempt(), &ours).expect_err("not overwritten");
        assert_eq!((fault.class, fault.sent), (FaultClass::Unavailable, Sent::No));
        assert_eq!(fs::read(folder.path().join(&id.0)).expect("read"), b"edited");
    }
}
