//! What people decide about one document; each with its audit entry, and each makes the document due.

use counterfoil_core::delivery::Seen;
use counterfoil_core::event::Event;
use counterfoil_core::id::{ConnectionId, DocumentId, FlowId, MandateId, MappingId, SyncId};
use counterfoil_core::plan::Asked;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row as _};

use super::queue::{asked_word, delivery_row};
use super::{Connection, insert};
use crate::store::StoreError;
use crate::store::error::Result;
use crate::store::types::public::{Affected, DoubtResolution};
use crate::store::types::{Json, Ts, Word};

/// A wish.
pub async fn ask(connection: &mut Connection, sync: SyncId, asked: Asked, event: &Event) -> Result<()> {
    change(connection, sync, "asked = $3", Some(asked_word(asked).to_owned()), event).await
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
    change(connection, sync, "number_released = 1, asked = coalesce($3, asked)", None, event).await
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
    insert::events(connection, std::slice::from_ref(event)).await
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
        sqlx::query("update delivery set seen = $4, seen_word = $5, external_id = $6 where sync = $1 and connection = $2 and environment = $3")
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

/// Looks anew at everything that a change of configuration may have healed.
pub async fn make_due(connection: &mut Connection, affected: Affected, now: Timestamp) -> Result<()> {
    let (condition, of): (&str, String) = match affected {
        Affected::Flow(id) => ("flow = $2", FlowId::to_string(&id)),
        Affected::Connection(id) => {
            // Also what was never sent there: its flow may just have got this target.
            ("$2 <> ''", ConnectionId::to_string(&id))
        }
        Affected::Mandate(id) => ("$2 <> ''", MandateId::to_string(&id)),
        Affected::Mapping(id) => ("$2 <> ''", MappingId::to_string(&id)),
        Affected::Bookmark(_) | Affected::All => ("$2 <> ''", "all".to_owned()),
    };
    let text = format!(
        "update sync set due_at = $1, state = 'due', revision = revision + 1 \
         where state in ('blocked', 'held') and {condition}"
    );
    sqlx::query(AssertSqlSafe(text)).bind(Ts(now)).bind(of).execute(connection).await?;
    Ok(())
}
