//! Files that a command line names: files as they are, folders with everything below them that ends in `.xml`.
//!
//! What a folder holds and cannot be read stays in the list, so that whoever reads the files says so of each.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// Deepest nesting of folders followed.
const DEPTH_MAX: usize = 64;
/// Most files taken of all folders together.
const FILES_MAX: usize = 1_000_000;

/// The files meant, folders opened up; sorted within each folder, so that two runs print the same.
///
/// # Errors
/// A name that leads nowhere, a folder without a document, or one beyond the limits of this module.
pub(super) fn meant(names: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in names {
        let before = files.len();
        if name.is_dir() {
            below(name, 0, &mut files)?;
            ensure!(files.len() > before, "{}: no file below this folder ends in .xml", name.display());
        } else {
            files.push(name.clone());
        }
    }
    Ok(files)
}

fn below(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    ensure!(depth < DEPTH_MAX, "{}: folders are nested deeper than {DEPTH_MAX}", folder.display());
    let listed = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<std::fs::DirEntry>, _>>);
    let Ok(mut entries) = listed else {
        files.push(folder.to_path_buf());
        return Ok(());
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Links to folders are not followed: they may lead back here.
        if entry.file_type()?.is_dir() {
            below(&path, depth + 1, files)?;
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xml"))
            && !is_endless(&path)
        {
            ensure!(files.len() < FILES_MAX, "more than {FILES_MAX} files; name smaller folders");
            files.push(path);
        }
    }
    Ok(())
}

/// Pipes, sockets and devices have no end to read up to. One that is named itself is meant; one in a folder is not.
fn is_endless(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Reads a file up to one byte more than a document may have, so that a larger one is recognised and not held.
pub(super) fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    bounded(file)
}

/// Reads standard input under the same limit.
pub(super) fn read_stdin() -> std::io::Result<Vec<u8>> {
    bounded(std::io::stdin().lock())
}

/// A JSON document of a file, or of standard input where it is named `-`.
///
/// # Errors
/// It cannot be read, or is not JSON.
pub(super) fn read_json(path: &Path) -> anyhow::Result<serde_json::Value> {
    let name = path.display();
    let bytes = if path.as_os_str() == "-" { read_stdin() } else { read(path) };
    let bytes = bytes.with_context(|| name.to_string())?;
    ensure!(
        bytes.len() <= einvoice::xml::MAX_BYTES,
        "{name}: larger than the limit of {} bytes",
        einvoice::xml::MAX_BYTES
    );
    serde_json::from_slice(&bytes).with_context(|| format!("{name} is not JSON"))
}

fn bounded(from: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(einvoice::xml::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
