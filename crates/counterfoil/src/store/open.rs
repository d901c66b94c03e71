//! Opening a store: address, lock, settings of the engine, migrations.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};

use super::error::Result;
use super::files::Folder;
use super::writer::Writer;
use super::{Key, Pools, Store, StoreError, postgres, sqlite};

/// Connections that read, in SQLite; the one that writes is apart.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// The write-ahead log is cut back to this after a checkpoint.
const JOURNAL_BYTES_MAX: &str = "67108864";
/// Statements kept prepared per connection; padded multi-row statements need a few sizes each.
const STATEMENTS_KEPT: usize = 400;

impl Store {
    /// Opens `sqlite:PATH` or `postgres://...`, migrates it where it is older than this release.
    ///
    /// # Errors
    /// The address, a folder in use, a database that cannot be reached, or one written by a newer release.
    pub async fn open(address: &str, key: Key) -> Result<Self> {
        let path = address.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        if let Some(path) = path.filter(|path| !path.is_empty() && *path != ":memory:") {
            return Self::open_sqlite(Path::new(path), key).await;
        }
        if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            return Self::open_postgres(address, key).await;
        }
        let scheme = address.split_once("://").map_or(address, |(scheme, _)| scheme);
        Err(StoreError::Address(scheme.chars().take(60).collect()))
    }

    async fn open_sqlite(path: &Path, key: Key) -> Result<Self> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = Arc::new(Folder::take(parent.unwrap_or_else(|| Path::new(".")))?);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS_KEPT)
            .pragma("secure_delete", "on")
            .pragma("journal_size_limit", JOURNAL_BYTES_MAX);
        let write = SqlitePoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
        let write = write.connect_with(options.clone()).await?;
        let backup = |version: i64| path.with_extension(format!("before-schema-{version}.db"));
        migrate_sqlite(&write, backup).await?;
        let read = SqlitePoolOptions::new().max_connections(SQLITE_READERS).acquire_timeout(ACQUIRE_TIMEOUT);
        let read = read.connect_with(options.pragma("query_only", "on")).await?;
        let pools = Pools::Sqlite { read, write };
        let store = Self { writer: Writer::start(pools.clone()), pools, key, folder: Some(folder) };
        store.check_key().await?;
        // Nobody else can hold a lease: the folder is ours.
        store.release_leases().await?;
        Ok(store)
    }

    async fn open_postgres(address: &str, key: Key) -> Result<Self> {
        // What is wrong is not repeated: the address may hold a password.
        let unreadable = |_| StoreError::Address("postgres://...".to_owned());
        let options = PgConnectOptions::from_str(address).map_err(unreadable)?;
        let pool =
            PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT);
        let pool = pool.connect_with(options.statement_cache_capacity(STATEMENTS_KEPT)).await?;
        let mut transaction = pool.begin().await?;
        postgres::migrate::lock(&mut transaction).await?;
        let found = postgres::migrate::version(&mut transaction).await?;
        for (version, text) in newer(found, POSTGRES)? {
            tracing::info!(version, "migrating the database; keep the operator's own backup at hand");
            postgres::migrate::apply(&mut transaction, version, text).await?;
        }
        transaction.commit().await?;
        let pools = Pools::Postgres(pool);
        let store = Self { writer: Writer::start(pools.clone()), pools, key, folder: None };
        store.check_key().await?;
        Ok(store)
    }

    /// Closes the database; what is queued by then is committed first.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Bytes free where a SQLite database lies; none for a server elsewhere.
    pub fn free_space(&self) -> Option<u64> {
        self.folder.as_ref()?.free_space()
    }
}

async fn migrate_sqlite(pool: &sqlx::SqlitePool, backup: impl Fn(i64) -> PathBuf) -> Result<()> {
    let mut connection = pool.acquire().await?;
    let found = sqlite::migrate::version(&mut connection).await?;
    let newer = newer(found, SQLITE)?;
    if found > 0 && !newer.is_empty() {
        sqlite::migrate::copy_to(&mut connection, &backup(found)).await?;
    }
    drop(connection);
    for (version, text) in newer {
        let mut transaction = pool.begin_with(sqlite::BEGIN).await?;
        sqlite::migrate::apply(&mut transaction, version, text).await?;
        transaction.commit().await?;
    }
    Ok(())
}

type Migrations = &'static [&'static str];

/// Number n of a list is schema version n + 1.
const SQLITE: Migrations = &[include_str!("../../../../migrations/sqlite/0001_first.sql")];
const POSTGRES: Migrations = &[include_str!("../../../../migrations/postgres/0001_first.sql")];

fn newer(found: i64, all: Migrations) -> Result<Vec<(i64, &'static str)>> {
    let known = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok((1..).zip(all.iter().copied()).filter(|(version, _)| *version > found).collect())
}
