//! What people decide about one document; each with its audit entry, and each makes the document due.

use counterfoil_core::delivery::Seen;
use counterfoil_core::event::Event;
use counterfoil_core::id::{DocumentId, MandateId, SyncId};
use counterfoil_core::plan::Asked;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _};

use super::queue::{KEEP, delivery_row, lower_due};
use super::{Connection, Db, insert};
use crate::store::StoreError;
use crate::store::error::Result;
use crate::store::types::public::{Affected, DoubtResolution};
use crate::store::types::{Json, Ts, Word};

/// A wish: no reason to refuse what is being planned.
pub async fn ask(connection: &mut Connection, sync: SyncId, asked: Asked, event: &Event) -> Result<()> {
    if !lower_due(connection, sync, event.at, Some(asked)).await? {
        return Err(StoreError::Constraint(format!("there is no sync {sync}")));
    }
    let document: Word<DocumentId> = sqlx::query_scalar("select document from sync where id = $1")
        .bind(Word(sync))
        .fetch_one(&mut *connection)
        .await?;
    let event = Event { document: Some(document.0), ..event.clone() };
    insert::events(connection, std::slice::from_ref(&event)).await
}

/// Puts aside, or lets go on.
pub async fn hold(
    connection: &mut Connection,
    sync: SyncId,
    who: Option<String>,
    event: &Event,
) -> Result<()> {
    change(connection, sync, "held_by = $3", who, event).await
}

/// A mandate where no bookmark decides.
pub async fn choose(
    connection: &mut Connection,
    sync: SyncId,
    mandate: MandateId,
    event: &Event,
) -> Result<()> {
    change(connection, sync, "chosen = $3, asked = 'send'", Some(mandate.to_string()), event).await
}

/// A number that another document has used may be used again.
pub async fn release_number(connection: &mut Connection, sync: SyncId, event: &Event) -> Result<()> {
    change(connection, sync, "number_released = true, asked = coalesce($3, asked)", None, event).await
}

async fn change(
    connection: &mut Connection,
    sync: SyncId,
    what: &str,
    value: Option<String>,
    event: &Event,
) -> Result<()> {
    let text = format!(
        "update sync set {what}, due_at = $2, revision = revision + 1, updated_at = $2 where id = $1 returning document"
    );
    let document: Option<Word<DocumentId>> = sqlx::query_scalar(AssertSqlSafe(text))
        .bind(Word(sync))
        .bind(Ts(event.at))
        .bind(value)
        .fetch_optional(&mut *connection)
        .await?;
    let document = document.ok_or_else(|| StoreError::Constraint(format!("there is no sync {sync}")))?;
    let event = Event { document: Some(document.0), ..event.clone() };
    insert::events(connection, std::slice::from_ref(&event)).await
}

/// A mandate on the document itself.
pub async fn pin(
    connection: &mut Connection,
    document: DocumentId,
    mandate: Option<MandateId>,
    event: &Event,
) -> Result<()> {
    let changed = sqlx::query("update document set pinned = $2, updated_at = $3 where id = $1")
        .bind(Word(document))
        .bind(mandate.map(Word))
        .bind(Ts(event.at))
        .execute(&mut *connection)
        .await?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::Constraint(format!("there is no document {document}")));
    }
    sqlx::query("update sync set due_at = $2, revision = revision + 1 where document = $1")
        .bind(Word(document))
        .bind(Ts(event.at))
        .execute(&mut *connection)
        .await?;
    let event = Event { document: Some(document), ..event.clone() };
    insert::events(connection, std::slice::from_ref(&event)).await
}

/// A person's word on what is in doubt: it arrived under this identifier, or it did not.
pub async fn resolve_doubt(
    connection: &mut Connection,
    sync: SyncId,
    resolution: &DoubtResolution,
    event: &Event,
) -> Result<()> {
    let rows = sqlx::query("select * from delivery where sync = $1")
        .bind(Word(sync))
        .fetch_all(&mut *connection)
        .await?;
    let mut resolved = false;
    for row in &rows {
        let delivery = delivery_row(row)?;
        let Seen::InDoubt { digest, .. } = &delivery.seen else { continue };
        let seen = match resolution {
            DoubtResolution::Arrived(id) => {
                Seen::Awaiting { id: id.clone(), digest: *digest, check_at: event.at }
            }
            DoubtResolution::NotArrived => Seen::Nothing,
        };
        let environment: String = row.try_get("environment")?;
        sqlx::query("update delivery set seen = $4, seen_word = $5, external_id = $6, settled_at = null where sync = $1 and connection = $2 and environment = $3")
            .bind(Word(sync))
            .bind(Word(delivery.connection))
            .bind(environment)
            .bind(Json(seen.clone()))
            .bind(seen.word())
            .bind(seen.external_id().map(|id| id.0.clone()))
            .execute(&mut *connection)
            .await?;
        resolved = true;
    }
    if !resolved {
        return Err(StoreError::Constraint(format!("nothing of {sync} is in doubt")));
    }
    change(connection, sync, "asked = coalesce($3, asked)", None, event).await
}

/// Looks anew at what a change of configuration may have healed: what is blocked or held, and for a connection also what
/// waits for its credentials. A step of at most `limit`, after the sync `after`; answers where the next one begins.
pub async fn make_due(
    connection: &mut Connection,
    affected: Affected,
    after: &str,
    limit: i64,
    now: Timestamp,
) -> Result<Option<String>> {
    let mut query = QueryBuilder::<Db>::new("with c as materialized (select id from sync where id > ");
    query.push_bind(after).push(" and (state in ('blocked', 'held')");
    if matches!(affected, Affected::Connection(_) | Affected::All) {
        query.push(" or (state = 'waiting' and plan like '%\"why\":\"credentials\"%')");
    }
    query.push(")");
    // A mandate, a mapping or a bookmark may have healed what was never routed to it: which ones is for the planner.
    if let Affected::Flow(flow) = affected {
        query.push(" and flow = ").push_bind(Word(flow));
    }
    query.push(" order by id limit ").push_bind(limit).push(KEEP);
    query.push(") update sync set revision = revision + 1, due_at = ").push_bind(Ts(now));
    query.push(" where id in (select id from c) returning id");
    let due: Vec<String> = query.build_query_scalar().fetch_all(connection).await?;
    Ok(due.into_iter().max())
}
