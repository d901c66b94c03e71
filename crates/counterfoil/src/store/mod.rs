//! The store: the only place that names the database library.
//!
//! Every statement is written once, under `sql/`, and compiled twice: as `sqlite::...` and as `postgres::...`. What
//! differs between the engines is in those two modules and in the column types; nothing else knows which one it is.

pub mod access;
pub mod audit;
mod backup;
mod error;
mod files;
pub mod key;
pub mod lists;
mod open;
mod postgres;
mod queries;
mod retention;
pub mod rows;
mod sqlite;
#[cfg(test)]
mod tests;
mod types;
mod writer;

use std::sync::Arc;

use sqlx::{PgPool, SqlitePool};

pub use error::StoreError;
pub use key::Key;
pub use sql_types::*;

mod sql_types {
    pub use super::types::public::*;
}

/// The store of one hub; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    key: Key,
    writer: writer::Writer,
    /// The folder of a SQLite database, with its lock.
    folder: Option<Arc<files::Folder>>,
}

#[derive(Clone)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// Runs a statement of `sql/` on a connection that reads.
macro_rules! read {
    ($store:expr, $module:ident :: $function:ident ( $($argument:expr),* )) => {
        match &$store.pools {
            crate::store::Pools::Sqlite { read, .. } => {
                let mut connection = read.acquire().await?;
                crate::store::sqlite::$module::$function(&mut connection $(, $argument)*).await
            }
            crate::store::Pools::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                crate::store::postgres::$module::$function(&mut connection $(, $argument)*).await
            }
        }
    };
}

/// Runs statements of `sql/` in one transaction that writes.
macro_rules! write {
    ($store:expr, $module:ident :: $function:ident ( $($argument:expr),* )) => {
        match &$store.pools {
            crate::store::Pools::Sqlite { write, .. } => {
                let mut transaction = write.begin_with(crate::store::sqlite::BEGIN).await?;
                let result = crate::store::sqlite::$module::$function(&mut transaction $(, $argument)*).await?;
                transaction.commit().await?;
                Ok::<_, crate::store::StoreError>(result)
            }
            crate::store::Pools::Postgres(pool) => {
                let mut transaction = pool.begin_with(crate::store::postgres::BEGIN).await?;
                let result = crate::store::postgres::$module::$function(&mut transaction $(, $argument)*).await?;
                transaction.commit().await?;
                Ok::<_, crate::store::StoreError>(result)
            }
        }
    };
}

pub(crate) use {read, write};
