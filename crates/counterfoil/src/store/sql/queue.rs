//! The sync table as the queue, and what is asked of a batch.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use counterfoil_core::delivery::{ExternalId, Seen, TargetEvent};
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Kind;
use counterfoil_core::id::{AttemptId, ConnectionId, DocumentId, FlowId, MandateId, RecordId, SyncId};
use counterfoil_core::outbound::Label;
use counterfoil_core::plan::{Asked, Plan};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _};

use super::insert::pieces;
use super::{Connection, Db, LEAST, LOCK};
use crate::store::error::Result;
use crate::store::rows::{
    DeliveryRow, DocumentRow, NumberClaim, NumberHolder, RenderedFrom, State, Summary, SyncRow,
};
use crate::store::types::{Day, Dec, Json, Ts, Word};
use crate::store::{StoreError, retention};

type Row = <Db as sqlx::Database>::Row;

const SYNC: &str = "id, flow, document, state, plan, due_at, asked, chosen, held_by, number_released, look_first, tries, \
                    revision, updated_at";
const DOCUMENT: &str = "id, connection, key, version, record, digest, media_type, kind, number, issue_date, seller, \
                        seller_key, buyer, currency, payable, source_status, problems, pinned, created_at, updated_at";
const DELIVERY: &str = "sync, connection, environment, mandate, seen, attempt, label, outbound, rendered_version, \
                        rendered_mandate, rendered_mapping, events, earlier, status_word, business_status, sent_at, \
                        settled_at, looks";

/// Appended to a select whose rows must stay as they are until the commit. SQLite has one writer anyway.
pub const KEEP: &str = if LOCK.is_empty() { "" } else { " for update" };

/// Writes `($1, $2, ...)`.
pub fn push_list<T: std::fmt::Display>(query: &mut QueryBuilder<Db>, values: &[T]) {
    query.push("(");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.to_string());
    }
    query.push(")");
}

/// Claims what is due, at most `limit`, until `lease_until`. A claim raises the revision: what an earlier holder planned
/// is refused from then on.
pub async fn claim_due(
    connection: &mut Connection,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<SyncRow>> {
    let text = format!(
        "with c as materialized (select id from sync where due_at <= $1 and (lease_until is null or lease_until <= $1) \
         order by due_at, id limit $3{LOCK}) \
         update sync set lease_until = $2, revision = revision + 1, lease = revision + 1, \
         asked = case when asked = 'send' or woken_asked = 'send' then 'send' \
         when asked = 'look' or woken_asked = 'look' then 'look' else asked end, woken_at = null, woken_asked = null \
         where id in (select id from c) returning {SYNC}"
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(Ts(now))
        .bind(Ts(lease_until))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    let mut rows: Vec<SyncRow> = rows.iter().map(sync_row).collect::<Result<_>>()?;
    // The order in which documents came, whatever order the update touched them in.
    rows.sort_by_key(|row| (row.due_at, row.id));
    Ok(rows)
}

/// Gives a claimed sync back unplanned.
pub async fn give_back(connection: &mut Connection, id: SyncId, revision: i64, at: Timestamp) -> Result<()> {
    sqlx::query(
        "update sync set due_at = case when woken_at < $1 then woken_at else $1 end, lease_until = null \
         where id = $2 and revision = $3",
    )
    .bind(Ts(at))
    .bind(Word(id))
    .bind(revision)
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives every lease back: at the start of the only process.
pub async fn release_leases(connection: &mut Connection) -> Result<()> {
    sqlx::query("update sync set lease_until = null where lease_until is not null")
        .execute(&mut *connection)
        .await?;
    sqlx::query("update cursor set lease_until = null where lease_until is not null")
        .execute(connection)
        .await?;
    Ok(())
}

/// When the next sync that nobody has claimed is due.
pub async fn next_due(connection: &mut Connection) -> Result<Option<Timestamp>> {
    // In the order of the index: those that are held are few and come first.
    let due: Option<Ts> = sqlx::query_scalar(
        "select due_at from sync where due_at is not null and lease_until is null order by due_at limit 1",
    )
    .fetch_optional(connection)
    .await?;
    Ok(due.map(|ts| ts.0))
}

/// One sync.
pub async fn sync(connection: &mut Connection, id: SyncId) -> Result<Option<SyncRow>> {
    let text = format!("select {SYNC} from sync where id = $1");
    let row = sqlx::query(AssertSqlSafe(text)).bind(Word(id)).fetch_optional(connection).await?;
    row.as_ref().map(sync_row).transpose()
}

/// The document of a source's object.
pub async fn document_by_key(
    connection: &mut Connection,
    of: ConnectionId,
    key: &str,
) -> Result<Option<DocumentId>> {
    let id: Option<Word<DocumentId>> =
        sqlx::query_scalar("select id from document where connection = $1 and key = $2")
            .bind(Word(of))
            .bind(key.to_owned())
            .fetch_optional(connection)
            .await?;
    Ok(id.map(|id| id.0))
}

/// The syncs of a document.
pub async fn syncs_of(connection: &mut Connection, document: DocumentId) -> Result<Vec<SyncRow>> {
    let text = format!("select {SYNC} from sync where document = $1 order by id");
    let rows = sqlx::query(AssertSqlSafe(text)).bind(Word(document)).fetch_all(connection).await?;
    rows.iter().map(sync_row).collect()
}

/// Syncs that are not settled, of a flow, of a document, or all.
pub async fn syncs_matching(
    connection: &mut Connection,
    flow: Option<FlowId>,
    document: Option<DocumentId>,
    limit: i64,
) -> Result<Vec<SyncId>> {
    let mut query = QueryBuilder::<Db>::new("select id from sync where state <> 'settled'");
    if let Some(flow) = flow {
        query.push(" and flow = ").push_bind(Word(flow));
    }
    if let Some(document) = document {
        query.push(" and document = ").push_bind(Word(document));
    }
    query.push(" order by id limit ").push_bind(limit);
    let rows: Vec<Word<SyncId>> = query.build_query_scalar().fetch_all(connection).await?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

/// The document and the deliveries of each sync, in the same order.
pub async fn view_rows(
    connection: &mut Connection,
    syncs: &[SyncRow],
) -> Result<Vec<(DocumentRow, Vec<DeliveryRow>)>> {
    let mut documents: HashMap<DocumentId, DocumentRow> = HashMap::new();
    let mut deliveries: HashMap<SyncId, Vec<DeliveryRow>> = HashMap::new();
    for piece in pieces(syncs) {
        let ids = piece.iter().map(|sync| sync.document.to_string());
        for row in select_in(connection, DOCUMENT, "document", "id", ids).await? {
            let row = document_row(&row)?;
            documents.insert(row.id, row);
        }
        let ids = piece.iter().map(|sync| sync.id.to_string());
        for row in select_in(connection, DELIVERY, "delivery", "sync", ids).await? {
            let row = delivery_row(&row)?;
            deliveries.entry(row.sync).or_default().push(row);
        }
    }
    let pair = |sync: &SyncRow| {
        let gone = || StoreError::Corrupt(format!("the document of {} is gone", sync.id));
        let document = documents.get(&sync.document).cloned().ok_or_else(gone)?;
        Ok((document, deliveries.remove(&sync.id).unwrap_or_default()))
    };
    syncs.iter().map(pair).collect()
}

async fn select_in(
    connection: &mut Connection,
    columns: &str,
    table: &str,
    key: &str,
    ids: impl Iterator<Item = String>,
) -> Result<Vec<Row>> {
    let mut query = QueryBuilder::<Db>::new(format!("select {columns} from {table} where {key} in ("));
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    list.push_unseparated(")");
    Ok(query.build().fetch_all(connection).await?)
}

/// A wake: only ever earlier, and no reason to refuse what is being planned. Where somebody holds the sync, it counts
/// from the moment it is given back. Answers whether there is such a sync.
pub async fn lower_due(
    connection: &mut Connection,
    id: SyncId,
    at: Timestamp,
    asked: Option<Asked>,
) -> Result<bool> {
    let stronger = |column: &str| {
        format!(
            "case when $2 = 'send' or {column} = 'send' then 'send' \
             when $2 = 'look' or {column} = 'look' then 'look' else 'nothing' end"
        )
    };
    let free = format!(
        "update sync set due_at = {LEAST}(coalesce(due_at, $1), $1), asked = {} where id = $3 and lease_until is null",
        stronger("asked")
    );
    let held = format!(
        "update sync set woken_at = {LEAST}(coalesce(woken_at, $1), $1), woken_asked = {} where id = $3",
        stronger("woken_asked")
    );
    for text in [free, held] {
        let lowered = sqlx::query(AssertSqlSafe(text))
            .bind(Ts(at))
            .bind(asked_word(asked.unwrap_or_default()))
            .bind(Word(id))
            .execute(&mut *connection)
            .await?;
        if lowered.rows_affected() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Bytes by digest.
pub async fn body(connection: &mut Connection, digest: Digest) -> Result<Option<Arc<[u8]>>> {
    let row: Option<(Vec<u8>, String, i64)> =
        sqlx::query_as("select bytes, encoding, size from body where digest = $1")
            .bind(Word(digest))
            .fetch_optional(connection)
            .await?;
    let plain = row.map(|(bytes, encoding, size)| retention::plain(bytes, &encoding, size)).transpose();
    Ok(plain.map_err(|why| StoreError::Corrupt(format!("the body {digest} {why}")))?.map(Into::into))
}

/// Who has a number.
pub async fn number_holder(connection: &mut Connection, claim: &NumberClaim) -> Result<Option<NumberHolder>> {
    type Found = (Word<SyncId>, Word<DocumentId>, String, Word<Digest>);
    // The version that was sent, not the newest: a copy of what is there is a copy.
    let row: Option<Found> = sqlx::query_as(
        "select n.sync, d.id, d.key, coalesce(r.digest, d.digest) from number_use n \
         join sync s on s.id = n.sync join document d on d.id = s.document \
         left join delivery v on v.sync = n.sync and v.connection = n.connection and v.environment = n.environment \
         left join record r on r.document = d.id and r.version = v.rendered_version \
         where n.connection = $1 and n.environment = $2 and n.seller_key = $3 and n.kind = $4 and n.number = $5",
    )
    .bind(Word(claim.connection))
    .bind(claim.environment.clone())
    .bind(claim.seller_key.clone())
    .bind(claim.kind.word())
    .bind(claim.number.clone())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(sync, document, key, digest)| NumberHolder {
        sync: sync.0,
        document: document.0,
        key,
        digest: digest.0,
    }))
}

/// Which syncs the target's identifiers belong to.
pub async fn deliveries_by_external_id(
    connection: &mut Connection,
    of: ConnectionId,
    ids: &[ExternalId],
) -> Result<Vec<(ExternalId, SyncId)>> {
    let mut out = Vec::new();
    for piece in pieces(ids) {
        let mut query = QueryBuilder::<Db>::new("select external_id, sync from delivery where connection = ");
        query.push_bind(Word(of)).push(" and external_id in (");
        let mut list = query.separated(", ");
        for id in piece {
            list.push_bind(id.0.clone());
        }
        list.push_unseparated(")");
        let rows: Vec<(String, Word<SyncId>)> = query.build_query_as().fetch_all(&mut *connection).await?;
        out.extend(rows.into_iter().map(|(id, sync)| (ExternalId(id), sync.0)));
    }
    Ok(out)
}

/// Syncs by flow and state.
pub async fn counts(connection: &mut Connection) -> Result<BTreeMap<(FlowId, State), i64>> {
    let rows: Vec<(Word<FlowId>, String, i64)> =
        sqlx::query_as("select flow, state, count(*) from sync group by flow, state")
            .fetch_all(connection)
            .await?;
    let row =
        |(flow, word, n): (Word<FlowId>, String, i64)| State::of(&word).map(|state| ((flow.0, state), n));
    Ok(rows.into_iter().filter_map(row).collect())
}

/// A write that changes nothing.
pub async fn probe(connection: &mut Connection) -> Result<()> {
    sqlx::query(
        "insert into meta (key, value) values ('probe', '') on conflict (key) do update set value = excluded.value",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The wish of a word.
pub fn asked_of(word: &str) -> Asked {
    match word {
        "look" => Asked::Look,
        "send" => Asked::Send,
        _ => Asked::Nothing,
    }
}

/// To send includes to look.
pub const fn stronger(one: Asked, other: Asked) -> Asked {
    match (one, other) {
        (Asked::Send, _) | (_, Asked::Send) => Asked::Send,
        (Asked::Look, _) | (_, Asked::Look) => Asked::Look,
        _ => Asked::Nothing,
    }
}

/// The word of a wish.
pub const fn asked_word(asked: Asked) -> &'static str {
    match asked {
        Asked::Nothing => "nothing",
        Asked::Look => "look",
        Asked::Send => "send",
    }
}

pub fn sync_row(row: &Row) -> Result<SyncRow> {
    let state: String = row.try_get("state")?;
    let asked: String = row.try_get("asked")?;
    Ok(SyncRow {
        id: row.try_get::<Word<_>, _>("id")?.0,
        flow: row.try_get::<Word<_>, _>("flow")?.0,
        document: row.try_get::<Word<_>, _>("document")?.0,
        state: State::of(&state)
            .ok_or_else(|| StoreError::Corrupt(format!("a sync's state is \"{state}\"")))?,
        // A plan of an older release that no longer reads is planned anew.
        plan: row
            .try_get::<Option<String>, _>("plan")?
            .and_then(|text| serde_json::from_str::<Plan>(&text).ok()),
        due_at: row.try_get::<Option<Ts>, _>("due_at")?.map(|ts| ts.0),
        asked: asked_of(&asked),
        chosen: row.try_get::<Option<Word<MandateId>>, _>("chosen")?.map(|id| id.0),
        held_by: row.try_get("held_by")?,
        number_released: row.try_get("number_released")?,
        look_first: row.try_get::<Option<Ts>, _>("look_first")?.map(|ts| ts.0),
        tries: row.try_get("tries")?,
        revision: row.try_get("revision")?,
        updated_at: row.try_get::<Ts, _>("updated_at")?.0,
    })
}

pub fn document_row(row: &Row) -> Result<DocumentRow> {
    let kind: Option<String> = row.try_get("kind")?;
    Ok(DocumentRow {
        id: row.try_get::<Word<_>, _>("id")?.0,
        connection: row.try_get::<Word<_>, _>("connection")?.0,
        key: row.try_get("key")?,
        version: row.try_get("version")?,
        record: row.try_get::<Word<RecordId>, _>("record")?.0,
        digest: row.try_get::<Word<_>, _>("digest")?.0,
        media_type: row.try_get("media_type")?,
        summary: Summary {
            kind: kind
                .as_deref()
                .and_then(|word| [Kind::Invoice, Kind::CreditNote].into_iter().find(|k| k.word() == word)),
            number: row.try_get("number")?,
            issue_date: row.try_get::<Option<Day>, _>("issue_date")?.map(|day| day.0),
            seller: row.try_get("seller")?,
            seller_key: row.try_get("seller_key")?,
            buyer: row.try_get("buyer")?,
            currency: row.try_get("currency")?,
            payable: row.try_get::<Option<Dec>, _>("payable")?.map(|amount| amount.0),
            source_status: row.try_get("source_status")?,
        },
        problems: row.try_get::<Json<_>, _>("problems")?.0,
        pinned: row.try_get::<Option<Word<MandateId>>, _>("pinned")?.map(|id| id.0),
        created_at: row.try_get::<Ts, _>("created_at")?.0,
        updated_at: row.try_get::<Ts, _>("updated_at")?.0,
    })
}

pub fn delivery_row(row: &Row) -> Result<DeliveryRow> {
    Ok(DeliveryRow {
        sync: row.try_get::<Word<_>, _>("sync")?.0,
        connection: row.try_get::<Word<_>, _>("connection")?.0,
        environment: row.try_get("environment")?,
        mandate: row.try_get::<Word<_>, _>("mandate")?.0,
        seen: row.try_get::<Json<Seen>, _>("seen")?.0,
        attempt: row.try_get::<Option<Word<AttemptId>>, _>("attempt")?.map(|id| id.0),
        label: row.try_get::<Option<Json<Label>>, _>("label")?.map(|label| label.0),
        outbound: row.try_get::<Option<Word<Digest>>, _>("outbound")?.map(|digest| digest.0),
        rendered_from: RenderedFrom {
            version: row.try_get("rendered_version")?,
            mandate_revision: row.try_get("rendered_mandate")?,
            mapping_revision: row.try_get("rendered_mapping")?,
        },
        events: row.try_get::<Json<Vec<TargetEvent>>, _>("events")?.0,
        earlier: row.try_get::<Json<Vec<ExternalId>>, _>("earlier")?.0,
        status_word: row.try_get("status_word")?,
        business_status: row.try_get("business_status")?,
        sent_at: row.try_get::<Option<Ts>, _>("sent_at")?.map(|ts| ts.0),
        settled_at: row.try_get::<Option<Ts>, _>("settled_at")?.map(|ts| ts.0),
        looks: row.try_get("looks")?,
    })
}
