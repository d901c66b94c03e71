//! Rows of a kind, in multi-row statements.

use counterfoil_core::digest::Digest;
use counterfoil_core::event::Event;
use jiff::Timestamp;
use sqlx::QueryBuilder;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Connection, Db};
use crate::store::error::Result;
use crate::store::rows::{AttachmentRow, DiscrepancyRow};
use crate::store::types::{Json, Ts, Word};
use crate::store::writer::exchange::ExchangeColumns;

/// Rows per statement: few sizes, so that the statements stay prepared.
const SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// Cuts rows into pieces of the fixed sizes.
pub fn pieces<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut out = Vec::new();
    while !rows.is_empty() {
        let size = SIZES.into_iter().find(|size| *size <= rows.len()).unwrap_or(1);
        let (piece, rest) = rows.split_at(size);
        out.push(piece);
        rows = rest;
    }
    out
}

/// How long a body is kept, by who uses it; the lowest class of its users counts.
pub const CLASS_DOCUMENT: i64 = 0;
pub const CLASS_EXCHANGE: i64 = 1;

/// Bytes by digest, once.
pub async fn bodies(
    connection: &mut Connection,
    rows: Vec<(Digest, Arc<[u8]>)>,
    class: i64,
    at: Timestamp,
) -> Result<()> {
    // In one order, so that two processes cannot wait for each other.
    let rows: BTreeMap<Digest, Arc<[u8]>> = rows.into_iter().collect();
    let rows: Vec<_> = rows.into_iter().collect();
    for piece in pieces(&rows) {
        let mut query =
            QueryBuilder::<Db>::new("insert into body (digest, bytes, encoding, size, class, created_at) ");
        query.push_values(piece, |mut row, (digest, bytes)| {
            row.push_bind(Word(*digest))
                .push_bind(&bytes[..])
                .push_bind("plain")
                .push_bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
                .push_bind(class)
                .push_bind(Ts(at));
        });
        query.push(
            " on conflict (digest) do update set class = excluded.class where excluded.class < body.class",
        );
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Audit entries, in their order.
pub async fn events(connection: &mut Connection, rows: &[Event]) -> Result<()> {
    for piece in pieces(rows) {
        let mut query =
            QueryBuilder::<Db>::new("insert into event (id, at, actor, verb, subject, document, details) ");
        query.push_values(piece, |mut row, event| {
            row.push_bind(Word(event.id))
                .push_bind(Ts(event.at))
                .push_bind(event.actor.clone())
                .push_bind(event.verb.clone())
                .push_bind(event.subject.clone())
                .push_bind(event.document.map(Word))
                .push_bind(Json(event.details.clone()));
        });
        query.push(" on conflict (id) do nothing").build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Exchanges that belong to no document, with their large bodies.
pub async fn logged(
    connection: &mut Connection,
    bodies: Vec<(Digest, Arc<[u8]>)>,
    rows: &[ExchangeColumns],
    at: Timestamp,
) -> Result<()> {
    self::bodies(connection, bodies, CLASS_EXCHANGE, at).await?;
    exchanges(connection, rows).await
}

/// Exchanges, their large bodies already apart.
pub async fn exchanges(connection: &mut Connection, rows: &[ExchangeColumns]) -> Result<()> {
    for piece in pieces(rows) {
        let mut query = QueryBuilder::<Db>::new(
            "insert into exchange (id, at, duration_us, attempt, connection, document, sync, vendor_correlation, \
             operation, method, url, status, fault, fault_detail, request, response) ",
        );
        query.push_values(piece, |mut row, exchange| {
            row.push_bind(Word(exchange.id))
                .push_bind(Ts(exchange.at))
                .push_bind(exchange.duration_us)
                .push_bind(Word(exchange.attempt))
                .push_bind(exchange.connection.map(Word))
                .push_bind(exchange.document.map(Word))
                .push_bind(exchange.sync.map(Word))
                .push_bind(exchange.vendor_correlation.clone())
                .push_bind(exchange.operation)
                .push_bind(exchange.method.clone())
                .push_bind(exchange.url.clone())
                .push_bind(exchange.status)
                .push_bind(exchange.fault.clone())
                .push_bind(exchange.fault_detail.clone())
                .push_bind(exchange.request.clone())
                .push_bind(exchange.response.clone());
        });
        // An outcome saved twice, because the first answer got lost, is logged once.
        query.push(" on conflict (id) do nothing").build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// What targets gave back; the same again changes nothing.
pub async fn attachments(connection: &mut Connection, rows: &[AttachmentRow]) -> Result<()> {
    for piece in pieces(rows) {
        let mut query =
            QueryBuilder::<Db>::new("insert into attachment (sync, connection, media_type, digest, at) ");
        query.push_values(piece, |mut row, attachment| {
            row.push_bind(Word(attachment.sync))
                .push_bind(Word(attachment.connection))
                .push_bind(attachment.media_type.clone())
                .push_bind(Word(attachment.digest))
                .push_bind(Ts(attachment.at));
        });
        query
            .push(" on conflict (sync, connection, media_type, digest) do nothing")
            .build()
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Opens or closes discrepancies; one is open per sync and cause.
pub async fn discrepancies(connection: &mut Connection, rows: &[DiscrepancyRow]) -> Result<()> {
    for row in rows {
        let query = if row.closed {
            sqlx::query::<Db>(
                "update discrepancy set closed_at = $3 where sync = $1 and cause = $2 and closed_at is null",
            )
            .bind(Word(row.sync))
            .bind(row.cause.clone())
            .bind(Ts(row.at))
        } else {
            sqlx::query::<Db>(
                "insert into discrepancy (id, sync, cause, details, opened_at) values ($1, $2, $3, $4, $5) \
                 on conflict (sync, cause) where closed_at is null do update set details = excluded.details",
            )
            .bind(Word(row.id))
            .bind(Word(row.sync))
            .bind(row.cause.clone())
            .bind(Json(row.details.clone()))
            .bind(Ts(row.at))
        };
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
