//! Backup while the hub works, and restore into a new epoch.

use std::path::Path;

use super::error::Result;
use super::{Key, Pools, Store, StoreError, sqlite, write};
use crate::engine::world;

impl Store {
    /// Copies the whole database to a file that is not there yet, while it is in use.
    ///
    /// # Errors
    /// The file exists, or the database is a PostgreSQL server, which has its own tools (`pg_dump`).
    pub async fn backup(&self, file: &Path) -> Result<()> {
        if file.exists() {
            let error = std::io::Error::new(std::io::ErrorKind::AlreadyExists, "exists; choose another name");
            return Err(StoreError::File { path: file.to_owned(), error });
        }
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                let mut connection = write.acquire().await?;
                sqlite::migrate::copy_to(&mut connection, file).await
            }
            Pools::Postgres(_) => {
                let why = "a PostgreSQL database is backed up with its own tools: pg_dump, or the server's snapshots";
                Err(StoreError::Other(why.to_owned()))
            }
        }
    }

    /// Puts a backup into an empty data folder and starts a new epoch: what was sent after the backup was made is found
    /// before anything is sent again.
    ///
    /// # Errors
    /// The folder holds a database already, the file is no backup, or it was written by a newer release.
    pub async fn restore(file: &Path, folder: &Path, key: Key) -> Result<()> {
        let target = folder.join("counterfoil.db");
        if target.exists() {
            return Err(StoreError::NotEmpty(1));
        }
        let of = |path: &Path| {
            let path = path.to_owned();
            move |error| StoreError::File { path, error }
        };
        std::fs::create_dir_all(folder).map_err(of(folder))?;
        std::fs::copy(file, &target).map_err(of(file))?;
        let opened = Self::open(&format!("sqlite:{}", target.display()), key).await;
        let store = match opened {
            Ok(store) => store,
            Err(error) => {
                // What cannot be opened is not left behind half restored.
                let _ = std::fs::remove_file(&target);
                return Err(error);
            }
        };
        write!(store, audit::new_epoch(world::now()))
    }
}
