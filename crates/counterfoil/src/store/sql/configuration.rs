//! Connections, flows, mandates, bookmarks, mappings, and the secrets beside them.

use std::str::FromStr;

use counterfoil_core::configuration::{Configuration, Kept};
use counterfoil_core::event::Event;
use counterfoil_core::id::ConnectionId;
use serde::de::DeserializeOwned;

use super::queue::KEEP;
use super::{Connection, insert};
use crate::store::error::Result;
use crate::store::types::{Ts, Word};
use crate::store::{Key, StoreError};

/// The whole configuration.
pub async fn all(connection: &mut Connection) -> Result<Configuration> {
    let revision = revision(connection).await?;
    let rows: Vec<(String, String, i64, String)> =
        sqlx::query_as("select kind, id, revision, body from configuration").fetch_all(connection).await?;
    let mut all = Configuration { revision, ..Configuration::default() };
    for (kind, id, revision, body) in rows {
        match kind.as_str() {
            "connection" => drop(all.connections.insert(key(&id)?, kept(revision, &body)?)),
            "flow" => drop(all.flows.insert(key(&id)?, kept(revision, &body)?)),
            "mandate" => drop(all.mandates.insert(key(&id)?, kept(revision, &body)?)),
            "bookmark" => drop(all.bookmarks.insert(key(&id)?, kept(revision, &body)?)),
            "mapping" => drop(all.mappings.insert(key(&id)?, kept(revision, &body)?)),
            other => return Err(StoreError::Corrupt(format!("the configuration holds a \"{other}\""))),
        }
    }
    Ok(all)
}

/// Grows with every change.
pub async fn revision(connection: &mut Connection) -> Result<i64> {
    let text: Option<String> =
        sqlx::query_scalar("select value from meta where key = 'configuration_revision'")
            .fetch_optional(connection)
            .await?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Saves one; `expected` is the revision it was changed from, none where it is new.
pub async fn put(
    connection: &mut Connection,
    kind: &'static str,
    id: &str,
    name: &str,
    body: &str,
    expected: Option<i64>,
    event: &Event,
) -> Result<()> {
    let next = bump(connection).await?;
    let changed = match expected {
        None => {
            sqlx::query("insert into configuration (kind, id, name, revision, body, updated_at) values ($1, $2, $3, $4, $5, $6)")
                .bind(kind)
                .bind(id.to_owned())
                .bind(name.to_owned())
                .bind(next)
                .bind(body.to_owned())
                .bind(Ts(event.at))
                .execute(&mut *connection)
                .await
        }
        Some(expected) => {
            sqlx::query("update configuration set name = $3, revision = $4, body = $5, updated_at = $6 where kind = $1 and id = $2 and revision = $7")
                .bind(kind)
                .bind(id.to_owned())
                .bind(name.to_owned())
                .bind(next)
                .bind(body.to_owned())
                .bind(Ts(event.at))
                .bind(expected)
                .execute(&mut *connection)
                .await
        }
    };
    let changed = changed.map_err(|error| match StoreError::from(error) {
        StoreError::Constraint(_) => {
            StoreError::Constraint(format!("there is a {kind} named \"{name}\" already"))
        }
        other => other,
    })?;
    if changed.rows_affected() == 0 {
        let why = format!("the {kind} {id} was changed by somebody else, or is gone; read it again");
        return Err(StoreError::Constraint(why));
    }
    insert::events(connection, std::slice::from_ref(event)).await
}

/// Removes one.
pub async fn delete(connection: &mut Connection, kind: &'static str, id: &str, event: &Event) -> Result<()> {
    bump(connection).await?;
    let gone = sqlx::query("delete from configuration where kind = $1 and id = $2")
        .bind(kind)
        .bind(id.to_owned())
        .execute(&mut *connection)
        .await?;
    if gone.rows_affected() == 0 {
        return Err(StoreError::Constraint(format!("there is no {kind} {id}")));
    }
    if kind == "connection" {
        sqlx::query("delete from credential where connection = $1")
            .bind(id.to_owned())
            .execute(&mut *connection)
            .await?;
    }
    if kind == "flow" {
        sqlx::query("delete from cursor where flow = $1")
            .bind(id.to_owned())
            .execute(&mut *connection)
            .await?;
    }
    insert::events(connection, std::slice::from_ref(event)).await
}

async fn bump(connection: &mut Connection) -> Result<i64> {
    // In one statement, so that two processes never give the same revision.
    let next: String = sqlx::query_scalar(
        "insert into meta (key, value) values ('configuration_revision', '1') \
         on conflict (key) do update set value = cast(cast(meta.value as bigint) + 1 as text) returning value",
    )
    .fetch_one(connection)
    .await?;
    next.parse().map_err(|_| StoreError::Corrupt(format!("the configuration's revision is \"{next}\"")))
}

/// The id of the key that seals, and what it sealed. The first key that opens a database is its key from then on.
pub async fn key_id(connection: &mut Connection, first: &str) -> Result<String> {
    sqlx::query("insert into meta (key, value) values ('key', $1) on conflict (key) do nothing")
        .bind(first)
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar("select value from meta where key = 'key'").fetch_one(connection).await?)
}

/// Seals everything anew with another key.
pub async fn rewrap(connection: &mut Connection, old: &Key, new: &Key, at: jiff::Timestamp) -> Result<usize> {
    let text = format!("select connection, sealed from credential order by connection{KEEP}");
    let all: Vec<(Word<ConnectionId>, Vec<u8>)> =
        sqlx::query_as(sqlx::AssertSqlSafe(text)).fetch_all(&mut *connection).await?;
    for (Word(id), sealed) in &all {
        let place = id.to_string();
        let plain = old.open(&place, sealed)?;
        sqlx::query("update credential set sealed = $1, updated_at = $2 where connection = $3")
            .bind(new.seal(&place, &plain)?)
            .bind(Ts(at))
            .bind(place)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("update meta set value = $1 where key = 'key'").bind(new.name()).execute(connection).await?;
    Ok(all.len())
}

/// The sealed secrets of a connection.
pub async fn credentials(connection: &mut Connection, id: ConnectionId) -> Result<Option<Vec<u8>>> {
    let sealed = sqlx::query_scalar("select sealed from credential where connection = $1").bind(Word(id));
    Ok(sealed.fetch_optional(connection).await?)
}

/// Saves sealed secrets.
pub async fn put_credentials(
    connection: &mut Connection,
    id: ConnectionId,
    sealed: Vec<u8>,
    at: jiff::Timestamp,
) -> Result<()> {
    let next = bump(connection).await?;
    sqlx::query("insert into credential (connection, sealed, updated_at) values ($1, $2, $3) on conflict (connection) do update set sealed = excluded.sealed, updated_at = excluded.updated_at")
        .bind(Word(id))
        .bind(sealed)
        .bind(Ts(at))
        .execute(&mut *connection)
        .await?;
    // The connection is opened anew with them.
    sqlx::query("update configuration set revision = $2 where kind = 'connection' and id = $1")
        .bind(id.to_string())
        .bind(next)
        .execute(connection)
        .await?;
    Ok(())
}

fn key<T: FromStr>(id: &str) -> Result<T> {
    id.parse().map_err(|_| StoreError::Corrupt(format!("the configuration holds the identifier \"{id}\"")))
}

fn kept<T: DeserializeOwned>(revision: i64, body: &str) -> Result<Kept<T>> {
    let value = serde_json::from_str(body)
        .map_err(|error| StoreError::Corrupt(format!("a configuration does not read: {error}")))?;
    Ok(Kept { revision, value })
}
