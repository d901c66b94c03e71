//! Rows of a kind, in multi-row statements.

use counterfoil_core::digest::Digest;
use counterfoil_core::event::Event;
use jiff::Timestamp;
use sqlx::QueryBuilder;
use std::sync::Arc;

use super::{Connection, Db};
use crate::store::error::Result;
use crate::store::rows::{AttachmentRow, DiscrepancyRow};
use crate::store::types::{Json, Ts, Word};
use crate::store::writer::exchange::ExchangeColumns;

/// Rows per statement: few sizes, so that the statements stay prepared.
const SIZES: [usize; 4] = [64, 16, 4, 1];

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

/// Bytes by digest; what is there already stays.
pub async fn bodies(connection: &mut Connection, rows: &[(Digest, Arc<[u8]>)], at: Timestamp) -> Result<()> {
    for piece in pieces(rows) {
        let mut query =
            QueryBuilder::<Db>::new("insert into body (digest, bytes, encoding, size, class, created_at) ");
        query.push_values(piece, |mut row, (digest, bytes)| {
            row.push_bind(Word(*digest))
                .push_bind(bytes.to_vec())
                .push_bind("plain")
                .push_bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
                .push_bind(0_i64)
                .push_bind(Ts(at));
        });
        query.push(" on conflict (digest) do nothing").build().execute(&mut *connection).await?;
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
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
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
        query.build().execute(&mut *connection).await?;
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
