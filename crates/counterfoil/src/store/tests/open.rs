//! Opening: schema, pragmas, locks and keys.

use std::collections::BTreeSet;

use super::fixture::{Fixture, both, key};
use crate::store::{Pools, Store, StoreError};

type Columns = BTreeSet<(String, String, bool)>;

/// Every table's columns and whether they may be empty.
async fn columns(store: &Store) -> Columns {
    let rows: Vec<(String, String, i64)> = match &store.pools {
        Pools::Sqlite { read, .. } => sqlx::query_as(
            "select m.name, c.name, case when c.\"notnull\" = 1 or c.pk > 0 then 0 else 1 end from sqlite_master m \
             join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'",
        )
        .fetch_all(read)
        .await
        .expect("reads"),
        Pools::Postgres(pool) => sqlx::query_as(
            "select table_name::text, column_name::text, case when is_nullable = 'YES' then 1::bigint else 0 end \
             from information_schema.columns where table_schema = current_schema()",
        )
        .fetch_all(pool)
        .await
        .expect("reads"),
    };
    rows.into_iter().map(|(table, column, empty)| (table, column, empty == 1)).collect()
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_and_columns() {
    let Some(postgres) = Fixture::postgres().await else { return };
    let sqlite = Fixture::sqlite().await;
    let (one, other) = (columns(&sqlite.store).await, columns(&postgres.store).await);
    assert!(one.contains(&("sync".to_owned(), "due_at".to_owned(), true)), "{one:?}");
    assert_eq!(one, other);
    sqlite.done().await;
    postgres.done().await;
}

#[tokio::test]
async fn sqlite_is_opened_to_lose_nothing() {
    let fixture = Fixture::sqlite().await;
    let Pools::Sqlite { write, .. } = &fixture.store.pools else { panic!("SQLite") };
    let expected = [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("auto_vacuum", "2"),
        ("secure_delete", "1"),
        ("journal_size_limit", "67108864"),
    ];
    for (pragma, expected) in expected {
        let sql = sqlx::AssertSqlSafe(format!("select cast({pragma} as text) from pragma_{pragma}"));
        let found: String = sqlx::query_scalar(sql).fetch_one(write).await.expect(pragma);
        assert_eq!(found, expected, "{pragma}");
    }
    let folder = fixture.folder().expect("a folder").to_owned();
    assert!(fixture.store.free_space().is_some_and(|bytes| bytes > 0), "{}", folder.display());
    fixture.done().await;
}

#[tokio::test]
async fn a_second_process_is_refused_and_told_who_works_there() {
    let fixture = Fixture::sqlite().await;
    let error = Store::open(&fixture.url, fixture.key.clone()).await.err();
    let folder = fixture.folder().expect("a folder").to_owned();
    assert_eq!(error, Some(StoreError::InUse { folder, process: Some(std::process::id()) }));
    fixture.done().await;
}

both! {
    async fn another_key_is_refused(fixture) {
        let store = Store { key: key(), ..fixture.store.clone() };
        assert_eq!(store.check_key().await, Err(StoreError::WrongKey));
        assert_eq!(fixture.store.check_key().await, Ok(()));
    }
}

/// As a newer release would have left it.
async fn leave_newer(store: &Store) {
    const NEWER: &str = "insert into schema_version (version) values (99)";
    match &store.pools {
        Pools::Sqlite { write, .. } => drop(sqlx::query(NEWER).execute(write).await.expect("written")),
        Pools::Postgres(pool) => drop(sqlx::query(NEWER).execute(pool).await.expect("written")),
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let sqlite = Fixture::sqlite().await;
    leave_newer(&sqlite.store).await;
    let (url, key) = (sqlite.url.clone(), sqlite.key.clone());
    let folder = sqlite.close_and_keep().await;
    let again = Store::open(&url, key).await.err();
    assert!(matches!(again, Some(StoreError::NewerSchema { found: 99, known: 1 })), "{again:?}");
    drop(folder);
    let Some(postgres) = Fixture::postgres().await else { return };
    leave_newer(&postgres.store).await;
    let again = Store::open(&postgres.url, postgres.key.clone()).await.err();
    assert!(matches!(again, Some(StoreError::NewerSchema { found: 99, known: 1 })), "{again:?}");
    postgres.done().await;
}

#[tokio::test]
async fn an_address_that_names_no_database_is_refused_without_its_password() {
    for url in ["mysql://me:secret@host/db", "postgres://me:secret@host:notaport/db", "sqlite::memory:", ""] {
        let error = Store::open(url, key()).await.err().expect("refused");
        assert!(matches!(error, StoreError::Address(_)), "{url}: {error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
