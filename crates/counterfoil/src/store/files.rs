//! The folder of a SQLite database: locked for one process, watched for space.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock, statvfs};

use super::StoreError;
use super::error::Result;

/// A folder that belongs to this process until it ends, however it ends.
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Takes the folder, or says who has it.
    pub(super) fn take(path: &Path) -> Result<Self> {
        let file = |error| StoreError::File { path: path.to_owned(), error };
        std::fs::create_dir_all(path).map_err(file)?;
        let lock_path = path.join("lock");
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&lock_path);
        let mut lock = options.map_err(|error| StoreError::File { path: lock_path, error })?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut text = String::new();
            let process = lock.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            return Err(StoreError::InUse { folder: path.to_owned(), process });
        }
        // Who has it is a courtesy; the lock itself is what counts.
        let _ = lock.set_len(0).and_then(|()| lock.write_all(std::process::id().to_string().as_bytes()));
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Bytes free for us.
    pub(super) fn free_space(&self) -> Option<u64> {
        let status = statvfs(&self.path).ok()?;
        Some(status.f_bavail.saturating_mul(status.f_frsize))
    }
}
