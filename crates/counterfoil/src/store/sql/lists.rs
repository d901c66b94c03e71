//! Lists for people, and the whole progress for comparisons.

use counterfoil_core::Problem;
use counterfoil_core::delivery::Seen;
use counterfoil_core::digest::Digest;
use counterfoil_core::plan::Plan;

use counterfoil_core::event::Event;
use counterfoil_core::id::{AttemptId, ConnectionId, DocumentId, EventId, ExchangeId, FlowId, SyncId};
use serde_json::{Value, json};
use sqlx::{QueryBuilder, Row as _};

use super::{Connection, Db};
use crate::demo::compare::Ours;
use crate::store::StoreError;
use crate::store::error::Result;
use crate::store::lists::{DocumentFilter, DocumentLine, ExchangeDetail, ExchangeFilter, sentence};
use crate::store::rows::{AttachmentRow, ExchangeLine, State};
use crate::store::types::{Day, Dec, Json, Ts, Word};

type Row = <Db as sqlx::Database>::Row;

/// Every document's progress, in the order it came.
pub async fn all_progress(connection: &mut Connection) -> Result<Vec<Ours>> {
    type Row = (
        String,
        Option<String>,
        String,
        Option<String>,
        Option<Json<Seen>>,
        Option<String>,
        Option<Word<Digest>>,
        Json<Vec<Problem>>,
    );
    let rows: Vec<Row> = sqlx::query_as(
        "select d.key, d.number, s.state, s.plan, v.seen, v.external_id, v.outbound, d.problems from sync s \
         join document d on d.id = s.document left join delivery v on v.sync = s.id order by s.id",
    )
    .fetch_all(connection)
    .await?;
    let line = |(source, number, state, plan, seen, external_id, outbound, of_document): Row| {
        let plan = plan.and_then(|text| serde_json::from_str(&text).ok());
        let problems = match plan {
            Some(Plan::Blocked { problems, .. }) => problems,
            _ => of_document.0,
        };
        let present = matches!(seen, Some(Json(Seen::Present { .. })));
        let state = State::of(&state).unwrap_or(State::Due);
        Ours {
            source,
            number,
            state,
            external_id,
            outbound: outbound.map(|digest| digest.0),
            present,
            problems,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// How many exchanges are logged.
pub async fn exchange_count(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from exchange").fetch_one(connection).await?)
}

/// Documents with their progress, newest first.
pub async fn documents(
    connection: &mut Connection,
    filter: &DocumentFilter,
    limit: usize,
) -> Result<Vec<DocumentLine>> {
    let mut query = QueryBuilder::<Db>::new(
        "select d.id, s.id as sync, s.flow, d.key, d.kind, d.number, d.issue_date, d.seller, d.buyer, d.currency, \
         d.payable, s.state, s.plan, s.updated_at, \
         (select v.external_id from delivery v where v.sync = s.id and v.external_id is not null limit 1) as external_id \
         from sync s join document d on d.id = s.document where 1 = 1",
    );
    if let Some(state) = filter.state {
        query.push(" and s.state = ").push_bind(state.word());
    }
    if let Some(flow) = filter.flow {
        query.push(" and s.flow = ").push_bind(Word(flow));
    }
    if let Some(kind) = filter.kind {
        query.push(" and d.kind = ").push_bind(kind.word());
    }
    if let Some(text) = &filter.text {
        let escaped =
            text.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query.push(" and d.sought like ").push_bind(format!("%{escaped}%")).push(" escape '\\'");
    }
    if let Some(after) = &filter.after {
        query.push(" and s.id < ").push_bind(after.clone());
    }
    query.push(" order by s.id desc limit ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(document_line).collect()
}

fn document_line(row: &Row) -> Result<DocumentLine> {
    let state: String = row.try_get("state")?;
    let plan: Option<Plan> =
        row.try_get::<Option<String>, _>("plan")?.and_then(|text| serde_json::from_str(&text).ok());
    Ok(DocumentLine {
        id: row.try_get::<Word<DocumentId>, _>("id")?.0,
        sync: row.try_get::<Word<SyncId>, _>("sync")?.0,
        flow: row.try_get::<Word<FlowId>, _>("flow")?.0,
        key: row.try_get("key")?,
        kind: row.try_get("kind")?,
        number: row.try_get("number")?,
        issue_date: row.try_get::<Option<Day>, _>("issue_date")?.map(|day| day.0.to_string()),
        seller: row.try_get("seller")?,
        buyer: row.try_get("buyer")?,
        currency: row.try_get("currency")?,
        payable: row.try_get::<Option<Dec>, _>("payable")?.map(|amount| amount.0.to_string()),
        state: State::of(&state).unwrap_or(State::Due).word(),
        next: sentence(plan.as_ref()),
        external_id: row.try_get("external_id")?,
        problems: match plan {
            Some(Plan::Blocked { problems, .. }) => problems,
            _ => Vec::new(),
        },
        updated_at: row.try_get::<Ts, _>("updated_at")?.0,
    })
}

const EXCHANGE: &str = "id, at, connection, document, sync, attempt, vendor_correlation, operation, method, url, status, \
                        duration_us, fault";

/// Exchanges, newest first: their identifiers sort by time.
pub async fn exchanges(
    connection: &mut Connection,
    filter: &ExchangeFilter,
    limit: usize,
) -> Result<Vec<ExchangeLine>> {
    let mut query = QueryBuilder::<Db>::new(format!("select {EXCHANGE} from exchange where 1 = 1"));
    if let Some(of) = filter.connection {
        query.push(" and connection = ").push_bind(Word(of));
    }
    if let Some(document) = filter.document {
        query.push(" and document = ").push_bind(Word(document));
    }
    if let Some(operation) = &filter.operation {
        query.push(" and operation = ").push_bind(operation.clone());
    }
    if filter.faults_only {
        query.push(" and fault is not null");
    }
    if let Some(after) = &filter.after {
        query.push(" and id < ").push_bind(after.clone());
    }
    query.push(" order by id desc limit ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(exchange_line).collect()
}

fn exchange_line(row: &Row) -> Result<ExchangeLine> {
    Ok(ExchangeLine {
        id: row.try_get::<Word<ExchangeId>, _>("id")?.0,
        at: row.try_get::<Ts, _>("at")?.0,
        connection: row.try_get::<Option<Word<ConnectionId>>, _>("connection")?.map(|id| id.0),
        document: row.try_get::<Option<Word<DocumentId>>, _>("document")?.map(|id| id.0),
        sync: row.try_get::<Option<Word<SyncId>>, _>("sync")?.map(|id| id.0),
        attempt: row.try_get::<Word<AttemptId>, _>("attempt")?.0,
        vendor_correlation: row.try_get("vendor_correlation")?,
        operation: row.try_get("operation")?,
        method: row.try_get("method")?,
        url: row.try_get("url")?,
        status: row.try_get("status")?,
        duration_us: row.try_get("duration_us")?,
        fault: row.try_get("fault")?,
    })
}

/// One exchange with its heads.
pub async fn exchange(connection: &mut Connection, id: ExchangeId) -> Result<Option<ExchangeDetail>> {
    let text = format!("select {EXCHANGE}, request, response, fault_detail from exchange where id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(Word(id)).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(None) };
    let value = |name: &str| -> Result<Option<Value>> {
        let text: Option<String> = row.try_get(name)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    Ok(Some(ExchangeDetail {
        line: exchange_line(&row)?,
        request: value("request")?.unwrap_or_default(),
        response: value("response")?,
        fault: value("fault_detail")?,
    }))
}

/// Audit entries with their numbers, newest first.
pub async fn events(
    connection: &mut Connection,
    document: Option<DocumentId>,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<(i64, Event)>> {
    let mut query = QueryBuilder::<Db>::new(
        "select seq, id, at, actor, verb, subject, document, details from event where 1 = 1",
    );
    if let Some(document) = document {
        query.push(" and document = ").push_bind(Word(document));
    }
    if let Some(after) = after {
        query.push(" and seq < ").push_bind(after);
    }
    query.push(" order by seq desc limit ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(event_row).collect()
}

/// An audit entry as stored.
pub fn event_row(row: &Row) -> Result<(i64, Event)> {
    let event = Event {
        id: row.try_get::<Word<EventId>, _>("id")?.0,
        at: row.try_get::<Ts, _>("at")?.0,
        actor: row.try_get("actor")?,
        verb: row.try_get("verb")?,
        subject: row.try_get("subject")?,
        document: row.try_get::<Option<Word<DocumentId>>, _>("document")?.map(|id| id.0),
        details: row.try_get::<Json<Value>, _>("details")?.0,
    };
    Ok((row.try_get("seq")?, event))
}

/// What targets gave back.
pub async fn attachments(connection: &mut Connection, sync: SyncId) -> Result<Vec<AttachmentRow>> {
    let rows = sqlx::query(
        "select sync, connection, media_type, digest, at from attachment where sync = $1 order by at",
    )
    .bind(Word(sync))
    .fetch_all(connection)
    .await?;
    let row = |row: &Row| {
        Ok::<_, StoreError>(AttachmentRow {
            sync: row.try_get::<Word<SyncId>, _>("sync")?.0,
            connection: row.try_get::<Word<ConnectionId>, _>("connection")?.0,
            media_type: row.try_get("media_type")?,
            digest: row.try_get::<Word<Digest>, _>("digest")?.0,
            at: row.try_get::<Ts, _>("at")?.0,
        })
    };
    rows.iter().map(row).collect()
}

/// Discrepancies: of a sync, open and closed; or all that are open.
pub async fn discrepancies(
    connection: &mut Connection,
    sync: Option<SyncId>,
    limit: usize,
) -> Result<Vec<Value>> {
    let mut query = QueryBuilder::<Db>::new(
        "select id, sync, cause, details, opened_at, closed_at from discrepancy where ",
    );
    match sync {
        Some(sync) => query.push("sync = ").push_bind(Word(sync)),
        None => query.push("closed_at is null"),
    };
    query.push(" order by opened_at desc limit ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = query.build().fetch_all(connection).await?;
    let row = |row: &Row| {
        Ok::<_, StoreError>(json!({
            "id": row.try_get::<String, _>("id")?, "sync": row.try_get::<String, _>("sync")?,
            "cause": row.try_get::<String, _>("cause")?, "details": row.try_get::<Json<Value>, _>("details")?.0,
            "opened_at": row.try_get::<Ts, _>("opened_at")?.0,
            "closed_at": row.try_get::<Option<Ts>, _>("closed_at")?.map(|ts| ts.0),
        }))
    };
    rows.iter().map(row).collect()
}
