//! What sources bring: records, documents, syncs and cursor in one transaction.

use std::collections::{HashMap, HashSet};

use counterfoil_core::event::Event;
use counterfoil_core::id::{DocumentId, EventId, FlowId, RecordId, SyncId};
use jiff::Timestamp;
use sqlx::QueryBuilder;

use super::insert::{self, pieces};
use super::queue::push_list;
use super::{Connection, Db, LOCK};
use crate::store::error::Result;
use crate::store::rows::{PolledPage, PolledRecord};
use crate::store::types::public::{PageSaved, PollRow};
use crate::store::types::{Day, Dec, Json, Ts, Word};

/// What is known of a source's object.
struct Known {
    id: DocumentId,
    version: i64,
    digest: counterfoil_core::digest::Digest,
}

/// A record with what it means: new, or another version.
struct News<'a> {
    record: &'a PolledRecord,
    document: DocumentId,
    version: i64,
}

/// Saves a page. The same page twice changes nothing.
pub async fn save_page(connection: &mut Connection, page: &PolledPage) -> Result<PageSaved> {
    let known = known(connection, page).await?;
    let mut saved = PageSaved::default();
    let (mut fresh, mut changed, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    // A key twice in one page: the last one counts, as if it had come on a page of its own.
    for record in page.records.iter().rev().filter(|record| seen.insert(record.key.as_str())) {
        let document = match known.get(&record.key) {
            None => {
                saved.new += 1;
                fresh.push(News { record, document: record.document, version: 1 });
                record.document
            }
            Some(known) if known.digest != record.digest => {
                saved.changed += 1;
                changed.push(News { record, document: known.id, version: known.version + 1 });
                known.id
            }
            Some(known) => {
                saved.unchanged += 1;
                known.id
            }
        };
        all.push((record.sync, document));
    }
    fresh.reverse();
    changed.reverse();
    all.reverse();
    let news = || fresh.iter().chain(&changed);
    let bodies: Vec<_> = news().map(|news| (news.record.digest, news.record.bytes.clone())).collect();
    insert::bodies(connection, bodies, insert::CLASS_DOCUMENT, page.at).await?;
    documents(connection, page, &fresh).await?;
    for one in &changed {
        change(connection, page, one).await?;
    }
    records(connection, page, &news().collect::<Vec<_>>()).await?;
    syncs(connection, page, &all).await?;
    wake(connection, page, &changed).await?;
    let events: Vec<Event> = news().map(|news| received(page, news)).collect();
    insert::events(connection, &events).await?;
    finish(connection, page).await?;
    Ok(saved)
}

async fn known(connection: &mut Connection, page: &PolledPage) -> Result<HashMap<String, Known>> {
    let mut out = HashMap::new();
    for piece in pieces(&page.records) {
        let mut query =
            QueryBuilder::<Db>::new("select key, id, version, digest from document where connection = ");
        query.push_bind(Word(page.connection)).push(" and key in (");
        let mut keys = query.separated(", ");
        for record in piece {
            keys.push_bind(record.key.clone());
        }
        keys.push_unseparated(")");
        type Row = (String, Word<DocumentId>, i64, Word<counterfoil_core::digest::Digest>);
        let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *connection).await?;
        out.extend(
            rows.into_iter()
                .map(|(key, id, version, digest)| (key, Known { id: id.0, version, digest: digest.0 })),
        );
    }
    Ok(out)
}

async fn documents(connection: &mut Connection, page: &PolledPage, rows: &[News<'_>]) -> Result<()> {
    for piece in pieces(rows) {
        let mut query = QueryBuilder::<Db>::new(
            "insert into document (id, connection, key, version, record, digest, media_type, kind, number, issue_date, \
             seller, seller_key, buyer, currency, payable, source_status, problems, sought, created_at, updated_at) ",
        );
        query.push_values(piece, |mut row, news| {
            let PolledRecord { record, key, digest, media_type, summary, problems, .. } = news.record;
            row.push_bind(Word(news.document))
                .push_bind(Word(page.connection))
                .push_bind(key.clone())
                .push_bind(news.version)
                .push_bind(Word(*record))
                .push_bind(Word(*digest))
                .push_bind(media_type.clone())
                .push_bind(summary.kind.map(|kind| kind.word()))
                .push_bind(summary.number.clone())
                .push_bind(summary.issue_date.map(Day))
                .push_bind(summary.seller.clone())
                .push_bind(summary.seller_key.clone())
                .push_bind(summary.buyer.clone())
                .push_bind(summary.currency.clone())
                .push_bind(summary.payable.map(Dec))
                .push_bind(summary.source_status.clone())
                .push_bind(Json(problems.clone()))
                .push_bind(sought(news.record))
                .push_bind(Ts(page.at))
                .push_bind(Ts(page.at));
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn change(connection: &mut Connection, page: &PolledPage, news: &News<'_>) -> Result<()> {
    let PolledRecord { record, digest, media_type, summary, problems, .. } = news.record;
    sqlx::query(
        "update document set version = $2, record = $3, digest = $4, media_type = $5, kind = $6, number = $7, \
         issue_date = $8, seller = $9, seller_key = $10, buyer = $11, currency = $12, payable = $13, \
         source_status = $14, problems = $15, sought = $16, updated_at = $17 where id = $1",
    )
    .bind(Word(news.document))
    .bind(news.version)
    .bind(Word(*record))
    .bind(Word(*digest))
    .bind(media_type.clone())
    .bind(summary.kind.map(|kind| kind.word()))
    .bind(summary.number.clone())
    .bind(summary.issue_date.map(Day))
    .bind(summary.seller.clone())
    .bind(summary.seller_key.clone())
    .bind(summary.buyer.clone())
    .bind(summary.currency.clone())
    .bind(summary.payable.map(Dec))
    .bind(summary.source_status.clone())
    .bind(Json(problems.clone()))
    .bind(sought(news.record))
    .bind(Ts(page.at))
    .execute(connection)
    .await?;
    Ok(())
}

async fn records(connection: &mut Connection, page: &PolledPage, rows: &[&News<'_>]) -> Result<()> {
    for piece in pieces(rows) {
        let mut query = QueryBuilder::<Db>::new(
            "insert into record (id, document, version, digest, media_type, received_at) ",
        );
        query.push_values(piece, |mut row, news| {
            let record: RecordId = news.record.record;
            row.push_bind(Word(record))
                .push_bind(Word(news.document))
                .push_bind(news.version)
                .push_bind(Word(news.record.digest))
                .push_bind(news.record.media_type.clone())
                .push_bind(Ts(page.at));
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// A sync for every document that has none in this flow, due now.
async fn syncs(connection: &mut Connection, page: &PolledPage, rows: &[(SyncId, DocumentId)]) -> Result<()> {
    for piece in pieces(rows) {
        let mut query = QueryBuilder::<Db>::new(
            "insert into sync (id, flow, document, state, due_at, asked, number_released, tries, revision, updated_at) ",
        );
        query.push_values(piece, |mut row, (sync, document)| {
            row.push_bind(Word(*sync))
                .push_bind(Word(page.flow))
                .push_bind(Word(*document))
                .push_bind("due")
                .push_bind(Ts(page.at))
                .push_bind("nothing")
                .push_bind(false)
                .push_bind(0_i64)
                .push_bind(1_i64)
                .push_bind(Ts(page.at));
        });
        query.push(" on conflict (flow, document) do nothing").build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// What was planned of an older version is stale, in every flow.
async fn wake(connection: &mut Connection, page: &PolledPage, changed: &[News<'_>]) -> Result<()> {
    let documents: Vec<DocumentId> = changed.iter().map(|news| news.document).collect();
    for piece in pieces(&documents) {
        let mut query = QueryBuilder::<Db>::new("update sync set revision = revision + 1, due_at = ");
        query
            .push_bind(Ts(page.at))
            .push(", updated_at = ")
            .push_bind(Ts(page.at))
            .push(" where document in ");
        push_list(&mut query, piece);
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// An empty cursor leaves the position as it is: such a page was handed over, not polled. The last page of a poll gives the
/// claim back: the next look lies in the future.
async fn finish(connection: &mut Connection, page: &PolledPage) -> Result<()> {
    // A page of a source that is not polled has no cursor to move.
    sqlx::query(
        "update cursor set connection = $5, position = case when $2 = '' then position else $2 end, next_poll = $3, \
         polled_at = $4, fault = null, tries = 0, lease_until = case when $3 > $4 then null else lease_until end \
         where flow = $1",
    )
    .bind(Word(page.flow))
    .bind(page.cursor.clone())
    .bind(Ts(page.next_poll))
    .bind(Ts(page.at))
    .bind(Word(page.connection))
    .execute(connection)
    .await?;
    Ok(())
}

/// Lower-case text for searching.
fn sought(record: &PolledRecord) -> String {
    let summary = &record.summary;
    let parts =
        [summary.number.as_deref(), summary.seller.as_deref(), summary.buyer.as_deref(), Some(&record.key)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase()
}

fn received(page: &PolledPage, news: &News<'_>) -> Event {
    Event {
        // The record has an identifier of its own that is never an event's.
        id: EventId::new(news.record.record.uuid()),
        at: page.at,
        actor: "engine".to_owned(),
        verb: if news.version == 1 { "document_received" } else { "document_changed" }.to_owned(),
        subject: news.document.to_string(),
        document: Some(news.document),
        details: serde_json::json!({ "record": news.record.record, "digest": news.record.digest, "version": news.version }),
    }
}

/// A cursor for a flow that has none.
pub async fn ensure_cursor(connection: &mut Connection, flow: FlowId, due_at: Timestamp) -> Result<()> {
    sqlx::query(
        "insert into cursor (flow, connection, position, next_poll, tries) values ($1, '', '', $2, 0) \
         on conflict (flow) do nothing",
    )
    .bind(Word(flow))
    .bind(Ts(due_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a flow has a cursor.
pub async fn has_cursor(connection: &mut Connection, flow: FlowId) -> Result<bool> {
    let tries: Option<i64> = sqlx::query_scalar("select tries from cursor where flow = $1")
        .bind(Word(flow))
        .fetch_optional(connection)
        .await?;
    Ok(tries.is_some())
}

/// When the next source that nobody has claimed is to be looked at.
pub async fn next_due(connection: &mut Connection) -> Result<Option<Timestamp>> {
    let due: Option<Ts> = sqlx::query_scalar("select min(next_poll) from cursor where lease_until is null")
        .fetch_one(connection)
        .await?;
    Ok(due.map(|due| due.0))
}

/// Claims every flow whose source is to be looked at.
pub async fn claim(
    connection: &mut Connection,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Vec<PollRow>> {
    let text = format!(
        "with c as (select flow from cursor where next_poll <= $1 and (lease_until is null or lease_until <= $1){LOCK}) \
         update cursor set lease_until = $2 where flow in (select flow from c) returning flow, position"
    );
    let rows: Vec<(Word<FlowId>, String)> = sqlx::query_as(sqlx::AssertSqlSafe(text))
        .bind(Ts(now))
        .bind(Ts(lease_until))
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|(flow, cursor)| PollRow { flow: flow.0, cursor }).collect())
}

/// A poll ended without a page to save.
pub async fn finished(
    connection: &mut Connection,
    flow: FlowId,
    next: Timestamp,
    fault: Option<String>,
) -> Result<()> {
    sqlx::query(
        "update cursor set next_poll = $2, fault = $3, lease_until = null, \
         tries = case when $4 = 1 then tries + 1 else 0 end where flow = $1",
    )
    .bind(Word(flow))
    .bind(Ts(next))
    .bind(fault.clone())
    .bind(i64::from(fault.is_some()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Looks at the source now.
pub async fn now(connection: &mut Connection, flow: FlowId, now: Timestamp) -> Result<()> {
    sqlx::query("update cursor set next_poll = $2 where flow = $1")
        .bind(Word(flow))
        .bind(Ts(now))
        .execute(connection)
        .await?;
    Ok(())
}
