//! The schema's version, and how it grows.

use sqlx::{AssertSqlSafe, Executor as _};

use super::Connection;
use crate::store::error::Result;

/// Two processes that start at once migrate one after the other. Only PostgreSQL has several processes.
#[allow(dead_code, reason = "SQLite has its folder lock instead")]
pub async fn lock(connection: &mut Connection) -> Result<()> {
    connection.execute("select pg_advisory_xact_lock(7230011845)").await?;
    Ok(())
}

/// The version found; 0 for an empty database.
pub async fn version(connection: &mut Connection) -> Result<i64> {
    connection.execute("create table if not exists schema_version (version bigint primary key)").await?;
    let found: Option<i64> =
        sqlx::query_scalar("select max(version) from schema_version").fetch_one(connection).await?;
    Ok(found.unwrap_or(0))
}

/// Runs one migration.
pub async fn apply(connection: &mut Connection, version: i64, text: &'static str) -> Result<()> {
    sqlx::raw_sql(text).execute(&mut *connection).await?;
    sqlx::query("insert into schema_version (version) values ($1)").bind(version).execute(connection).await?;
    Ok(())
}

/// Copies a SQLite database while it is in use.
#[allow(dead_code, reason = "a PostgreSQL server has its own tools")]
pub async fn copy_to(connection: &mut Connection, file: &std::path::Path) -> Result<()> {
    let name = file.display().to_string().replace('\'', "''");
    connection.execute(AssertSqlSafe(format!("vacuum into '{name}'"))).await?;
    Ok(())
}
