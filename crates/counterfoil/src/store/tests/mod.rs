//! The store on both engines.

pub(crate) mod fixture;
mod open;
mod poll;
mod progress;
mod queue;

use std::sync::Arc;

use counterfoil_core::delivery::Seen;
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Kind;
use counterfoil_core::event::Event;
use counterfoil_core::id::{
    AttemptId, ConnectionId, DocumentId, EventId, FlowId, MandateId, RecordId, SyncId,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::store::Store;
use crate::store::rows::{
    DeliveryRow, NumberClaim, PolledPage, PolledRecord, Progress, ProgressKind, RenderedFrom, State, Summary,
    SyncRow,
};
use fixture::on;

/// Second `second` of the day on which these tests happen.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("in the calendar")
}

fn flow() -> FlowId {
    FlowId::new(Uuid::from_u128(1))
}

fn source() -> ConnectionId {
    ConnectionId::new(Uuid::from_u128(2))
}

fn target() -> ConnectionId {
    ConnectionId::new(Uuid::from_u128(3))
}

fn record(key: &str, content: &str) -> PolledRecord {
    PolledRecord {
        record: RecordId::new(Uuid::now_v7()),
        document: DocumentId::new(Uuid::now_v7()),
        sync: SyncId::new(Uuid::now_v7()),
        key: key.to_owned(),
        media_type: "application/xml".to_owned(),
        bytes: content.as_bytes().into(),
        digest: Digest::of(content.as_bytes()),
        summary: Summary {
            kind: Some(Kind::Invoice),
            number: Some(format!("N-{key}")),
            issue_date: Some(jiff::civil::date(2026, 11, 1)),
            payable: Some("-0.10".parse().expect("an amount")),
            ..Summary::default()
        },
        problems: Vec::new(),
    }
}

fn page(records: Vec<PolledRecord>) -> PolledPage {
    PolledPage {
        flow: flow(),
        connection: source(),
        cursor: "next".to_owned(),
        next_poll: at(60),
        records,
        at: at(0),
    }
}

/// This many documents received, and all their syncs claimed until second 100.
async fn claimed(store: &Store, count: usize) -> Vec<SyncRow> {
    let records = (0..count).map(|at| record(&format!("{at:04}"), &format!("content {at}"))).collect();
    store.save_page(page(records)).await.expect("saved");
    let syncs = store.claim_due(at(1), at(100), count).await.expect("claimed");
    assert_eq!(syncs.len(), count);
    syncs
}

/// A plan that gives the sync back, blocked.
fn blocked(sync: &SyncRow) -> Progress {
    Progress {
        sync: sync.id,
        revision: sync.revision,
        kind: ProgressKind::Plan,
        state: State::Blocked,
        plan: None,
        due_at: None,
        tries: 0,
        clear_asked: true,
        release: true,
        clear_look_first: false,
        delivery: None,
        number: None,
        bodies: Vec::new(),
        exchanges: Vec::new(),
        events: Vec::new(),
        attachments: Vec::new(),
        discrepancies: Vec::new(),
        at: at(2),
    }
}

fn attempt(number: u128) -> AttemptId {
    AttemptId::new(Uuid::from_u128(number))
}

/// The intent to send: saved before anything is sent, the lease kept.
fn intent(sync: &SyncRow, by: AttemptId, number: Option<NumberClaim>) -> Progress {
    let digest = Digest::of(b"outbound");
    Progress {
        state: State::Due,
        due_at: Some(at(2)),
        release: false,
        clear_asked: false,
        number,
        bodies: vec![(digest, Arc::from(b"outbound".as_slice()))],
        delivery: Some(DeliveryRow {
            sync: sync.id,
            connection: target(),
            environment: "sandbox".to_owned(),
            mandate: MandateId::new(Uuid::from_u128(4)),
            seen: Seen::Sending { attempt: by, since: at(2), digest },
            attempt: Some(by),
            label: None,
            outbound: Some(digest),
            rendered_from: RenderedFrom { version: 1, mandate_revision: 2, mapping_revision: 3 },
            events: Vec::new(),
            earlier: Vec::new(),
            status_word: None,
            business_status: None,
            sent_at: Some(at(2)),
            settled_at: None,
            looks: 0,
        }),
        ..blocked(sync)
    }
}

fn number(text: &str) -> NumberClaim {
    NumberClaim {
        connection: target(),
        environment: "sandbox".to_owned(),
        seller_key: "seller".to_owned(),
        kind: Kind::Invoice,
        number: text.to_owned(),
        take_over: false,
    }
}

fn event(verb: &str) -> Event {
    Event {
        id: EventId::new(Uuid::now_v7()),
        at: at(3),
        actor: "user:a@example.com".to_owned(),
        verb: verb.to_owned(),
        subject: "it".to_owned(),
        document: None,
        details: serde_json::Value::Null,
    }
}

async fn sync(store: &Store, id: SyncId) -> SyncRow {
    store.sync(id).await.expect("reads").expect("there")
}

/// The only delivery of a sync.
async fn delivery(store: &Store, id: SyncId) -> Option<DeliveryRow> {
    let row = sync(store, id).await;
    let mut rows = store.view_rows(&[row]).await.expect("reads");
    rows.pop().and_then(|(_, mut deliveries)| deliveries.pop())
}

/// Rows of a table.
async fn count(store: &Store, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    on!(store, |pool, _Db| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(pool)
        .await
        .expect("counts"))
}

/// Verbs of the audit trail, in their order.
async fn verbs(store: &Store) -> Vec<String> {
    on!(store, |pool, _Db| sqlx::query_scalar("select verb from event order by seq")
        .fetch_all(pool)
        .await
        .expect("reads"))
}
