//! The chain over the audit entries.

use counterfoil_core::event::Event;
use jiff::Timestamp;
use sqlx::Row as _;

use super::lists::event_row;
use super::{Connection, Db};
use crate::store::audit::Checkpoint;
use crate::store::error::Result;
use crate::store::types::Ts;

type Row = <Db as sqlx::Database>::Row;

/// Entries after a number, in order.
pub async fn events_after(connection: &mut Connection, seq: i64, limit: i64) -> Result<Vec<(i64, Event)>> {
    let rows = sqlx::query(
        "select seq, id, at, actor, verb, subject, document, details from event where seq > $1 order by seq limit $2",
    )
    .bind(seq)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(event_row).collect()
}

/// Every checkpoint, in order.
pub async fn checkpoints(connection: &mut Connection) -> Result<Vec<Checkpoint>> {
    let rows = sqlx::query(
        "select position, from_seq, to_seq, entries, hash, signature from seal order by position",
    )
    .fetch_all(connection)
    .await?;
    let checkpoint = |row: &Row| {
        Ok(Checkpoint {
            position: row.try_get("position")?,
            from_seq: row.try_get("from_seq")?,
            to_seq: row.try_get("to_seq")?,
            entries: row.try_get("entries")?,
            hash: row.try_get("hash")?,
            signature: row.try_get("signature")?,
        })
    };
    rows.iter().map(checkpoint).collect()
}

/// Adds a checkpoint; another sealer at the same position is refused by the key.
pub async fn seal(connection: &mut Connection, checkpoint: &Checkpoint, now: Timestamp) -> Result<()> {
    sqlx::query(
        "insert into seal (position, from_seq, to_seq, entries, hash, signature, sealed_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(checkpoint.position)
    .bind(checkpoint.from_seq)
    .bind(checkpoint.to_seq)
    .bind(checkpoint.entries)
    .bind(checkpoint.hash.clone())
    .bind(checkpoint.signature.clone())
    .bind(Ts(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// A value of `meta`.
pub async fn meta(connection: &mut Connection, key: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select value from meta where key = $1")
        .bind(key.to_owned())
        .fetch_optional(connection)
        .await?)
}

/// Sets a value of `meta` that is not there yet.
pub async fn set_meta(connection: &mut Connection, key: &str, value: &str) -> Result<()> {
    sqlx::query("insert into meta (key, value) values ($1, $2) on conflict (key) do nothing")
        .bind(key.to_owned())
        .bind(value.to_owned())
        .execute(connection)
        .await?;
    Ok(())
}

/// A new epoch after a restore: every document that is not settled is looked for before it is sent.
pub async fn new_epoch(connection: &mut Connection, now: Timestamp) -> Result<()> {
    let epoch: Option<String> = meta(connection, "epoch").await?;
    let next = epoch.and_then(|text| text.parse::<i64>().ok()).unwrap_or(1) + 1;
    sqlx::query("insert into meta (key, value) values ('epoch', $1) on conflict (key) do update set value = excluded.value")
        .bind(next.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query("update sync set look_first = $1, lease_until = null, due_at = $1 where state <> 'settled'")
        .bind(Ts(now))
        .execute(connection)
        .await?;
    Ok(())
}
