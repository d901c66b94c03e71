//! The statements of `sql/`, compiled for SQLite.

/// The database they are compiled for.
pub(super) type Db = sqlx::Sqlite;
/// A connection to it.
pub(super) type Connection = <sqlx::Sqlite as sqlx::Database>::Connection;
/// How a transaction that will write begins.
pub(super) const BEGIN: &str = "begin immediate";
/// Appended to a select that claims rows.
pub(super) const LOCK: &str = "";
/// The smaller of two values.
pub(super) const LEAST: &str = "min";

#[path = "sql/access.rs"]
pub(super) mod access;
#[path = "sql/apply.rs"]
pub(super) mod apply;
#[path = "sql/audit.rs"]
pub(super) mod audit;
#[path = "sql/configuration.rs"]
pub(super) mod configuration;
#[path = "sql/insert.rs"]
pub(super) mod insert;
#[path = "sql/lists.rs"]
pub(super) mod lists;
#[path = "sql/migrate.rs"]
pub(super) mod migrate;
#[path = "sql/poll.rs"]
pub(super) mod poll;
#[path = "sql/queue.rs"]
pub(super) mod queue;
#[path = "sql/verbs.rs"]
pub(super) mod verbs;
