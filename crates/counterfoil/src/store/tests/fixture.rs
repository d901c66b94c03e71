//! Stores to test with: each test runs on both engines, each with a database of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

use crate::store::{Key, Store, StoreError};

/// Names the PostgreSQL server for tests; `scripts/postgres` starts one.
pub(crate) const POSTGRES: &str = "COUNTERFOIL_TEST_POSTGRES";

/// A store and what must go when the test ends.
pub(crate) struct Fixture {
    pub store: Store,
    pub url: String,
    pub key: Key,
    folder: Option<tempfile::TempDir>,
    server: Option<(String, String)>,
}

impl Fixture {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("hub.db").display());
        let key = key();
        let store = Store::open(&url, key.clone()).await.expect("opens");
        Self { store, url, key, folder: Some(folder), server: None }
    }

    /// None where no server is named; that is a failure under CI.
    pub async fn postgres() -> Option<Self> {
        static DRAWN: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(POSTGRES) else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{POSTGRES} is not set");
            eprintln!("skipped: {POSTGRES} is not set; scripts/postgres starts a server");
            return None;
        };
        let name = format!("t{}_{}", std::process::id(), DRAWN.fetch_add(1, Ordering::Relaxed));
        run(&server, &format!("create database {name}")).await;
        let (head, _) = server.rsplit_once('/').expect("a database in the address");
        let url = format!("{head}/{name}");
        let key = key();
        let store = Store::open(&url, key.clone()).await.expect("opens");
        Some(Self { store, url, key, folder: None, server: Some((server, name)) })
    }

    /// Where SQLite's files lie.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(tempfile::TempDir::path)
    }

    /// Closes a SQLite store; its folder stays as long as what is given back.
    pub async fn close_and_keep(self) -> Option<tempfile::TempDir> {
        self.store.close().await;
        self.folder
    }

    pub async fn done(self) {
        self.store.close().await;
        if let Some((server, name)) = self.server {
            run(&server, &format!("drop database {name} with (force)")).await;
        }
    }
}

async fn run(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.expect("the server answers");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("runs");
}

/// A test on both engines: `both! { async fn name(fixture: &Fixture) { ... } }`.
macro_rules! both {
    ($(#[$meta:meta])* async fn $name:ident($fixture:ident) $body:block) => {
        mod $name {
            use super::*;

            async fn test($fixture: &$crate::store::tests::fixture::Fixture) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let fixture = $crate::store::tests::fixture::Fixture::sqlite().await;
                test(&fixture).await;
                fixture.done().await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(fixture) = $crate::store::tests::fixture::Fixture::postgres().await else { return };
                test(&fixture).await;
                fixture.done().await;
            }
        }
    };
}

/// Asks the database outside any change.
macro_rules! on {
    ($store:expr, |$pool:ident, $Db:ident| $body:expr) => {
        match &$store.pools {
            $crate::store::Pools::Sqlite { read: $pool, .. } => {
                #[allow(dead_code)]
                type $Db = sqlx::Sqlite;
                $body
            }
            $crate::store::Pools::Postgres($pool) => {
                #[allow(dead_code)]
                type $Db = sqlx::Postgres;
                $body
            }
        }
    };
}
pub(crate) use {both, on};

/// A random key.
pub(crate) fn key() -> Key {
    let (one, other) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    let bytes = [one.into_bytes(), other.into_bytes()].concat();
    Key::of_base64(&base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)).expect("a key")
}

/// Two failures are the same if they say the same.
impl PartialEq for StoreError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}
