//! Poll: ask a source for what is new, read it, and save records, documents, syncs and cursor in one transaction.

use std::sync::Arc;

use counterfoil_connectors::port::{Attempt, Cursor, Page, Received, Source};
use counterfoil_core::document::{Document, Fields, Kind};
use counterfoil_core::fault::Fault;
use counterfoil_core::flow::Flow;
use counterfoil_core::id::{AttemptId, DocumentId, FlowId, RecordId, SyncId};
use counterfoil_core::schedule;
use jiff::Timestamp;

use super::effects::Effect;
use super::recent::Canonical;
use super::systems::Opened;
use super::{Inner, world};
use crate::store::rows::{ExchangeRow, PolledPage, PolledRecord, Summary};
use crate::store::{PollRow, StoreError};

/// Records asked for at once; a page is one transaction.
const PAGE: usize = 200;
/// Pages of one poll; a source with more goes on at the next poll, which is due at once.
const PAGES_MAX: usize = 500;

/// Polls one flow's source to its end.
pub(super) async fn poll(inner: &Arc<Inner>, row: PollRow) {
    let configuration = inner.configuration();
    let Some(flow) = configuration.flows.get(&row.flow) else { return };
    let attempt = Attempt::new(AttemptId::new(world::draw()));
    let opened = match inner.systems.open(&inner.store, &configuration, flow.source).await {
        Ok(opened) => opened,
        Err(problem) => return finish(inner, row.flow, later(flow, None), Some(problem.message)).await,
    };
    if !flow.enabled || !opened.connection.enabled {
        return finish(inner, row.flow, later(flow, Some(&opened)), None).await;
    }
    let outcome = pages(inner, &row, flow, &opened, &attempt).await;
    log(inner, &opened, &attempt).await;
    match outcome {
        Ok(()) => {}
        Err(Stopped::Fault(fault)) => {
            tracing::warn!(flow = %row.flow, %fault, "a poll failed");
            let next = world::now() + opened.waits.backoff.wait(&fault, 1, world::jitter());
            finish(inner, row.flow, next, Some(fault.message)).await;
        }
        Err(Stopped::Store(error)) => {
            // The page was not saved, nor its cursor: it is asked for again when the lease runs out.
            tracing::error!(flow = %row.flow, %error, "a page could not be saved");
            inner.health.store_failed(true);
        }
    }
}

enum Stopped {
    Fault(Fault),
    Store(StoreError),
}

async fn pages(
    inner: &Arc<Inner>,
    row: &PollRow,
    flow: &Flow,
    opened: &Opened,
    attempt: &Attempt,
) -> Result<(), Stopped> {
    let source = opened
        .source()
        .map_err(|problem| Stopped::Fault(Fault::refused(problem.message.clone(), vec![problem])))?;
    let mut cursor = Cursor(row.cursor.clone());
    for _ in 0..PAGES_MAX {
        let Page { records, next, more } =
            source.poll(attempt, &cursor, PAGE).await.map_err(Stopped::Fault)?;
        let at = world::now();
        let page = PolledPage {
            flow: row.flow,
            connection: opened.id,
            cursor: next.0.clone(),
            next_poll: if more { at } else { later(flow, Some(opened)) },
            records: records.into_iter().map(|received| read(inner, source, received)).collect(),
            at,
        };
        let saved = inner.store.save_page(page).await.map_err(Stopped::Store)?;
        inner.effects.happened(Effect::PageSaved).await;
        if saved.new + saved.changed > 0 {
            tracing::info!(flow = %row.flow, new = saved.new, changed = saved.changed, "documents received");
            inner.wake.notify_one();
        }
        if !more {
            inner.polled.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(row.flow);
        }
        if !more || inner.stop.is_cancelled() {
            break;
        }
        cursor = next;
    }
    Ok(())
}

/// Reads one record, and remembers it for the step that follows.
pub(super) fn read(inner: &Inner, source: &dyn Source, received: Received) -> PolledRecord {
    let normalized = source.normalize(&received);
    let mut problems = received.problems;
    problems.extend(normalized.problems.iter().cloned());
    let canonical = Canonical {
        document: normalized.document,
        problems: normalized.problems,
        bytes: Arc::clone(&received.bytes),
    };
    let summary = canonical.document.as_ref().map(summarize).unwrap_or_default();
    inner.recent.keep(received.digest, Arc::new(canonical));
    PolledRecord {
        record: RecordId::new(world::draw()),
        document: DocumentId::new(world::draw()),
        sync: SyncId::new(world::draw()),
        key: received.key,
        media_type: received.media_type,
        bytes: received.bytes,
        digest: received.digest,
        summary,
        problems,
    }
}

/// The columns lists show and filters use.
fn summarize(document: &Document) -> Summary {
    let invoice = &document.invoice;
    let text = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    Summary {
        kind: Some(Kind::from(invoice.kind)),
        number: text(&invoice.number),
        issue_date: invoice.issue_date,
        seller: text(&invoice.seller.name),
        seller_key: document.field("seller_key"),
        buyer: text(&invoice.buyer.name),
        currency: text(&invoice.currency),
        payable: invoice.totals.due,
        source_status: document.source_status.clone(),
    }
}

/// When the source is looked at again, in the zone of its connection.
fn later(flow: &Flow, opened: Option<&Opened>) -> Timestamp {
    let zone = opened
        .and_then(|opened| schedule::zone(&opened.connection.zone).ok())
        .unwrap_or(jiff::tz::TimeZone::UTC);
    flow.schedule.next(world::now(), &zone)
}

async fn finish(inner: &Arc<Inner>, flow: FlowId, next: Timestamp, fault: Option<String>) {
    if let Err(error) = inner.store.poll_finished(flow, next, fault).await {
        tracing::warn!(%flow, %error, "a poll's end could not be saved");
    }
}

/// Exchanges of a poll belong to the connection, not to a document.
async fn log(inner: &Arc<Inner>, opened: &Opened, attempt: &Attempt) {
    let about = |exchange| ExchangeRow { exchange, connection: Some(opened.id), sync: None, document: None };
    let rows: Vec<ExchangeRow> = attempt.take_exchanges().into_iter().map(about).collect();
    if !rows.is_empty()
        && let Err(error) = inner.store.log_exchanges(rows).await
    {
        tracing::warn!(%error, "exchanges could not be logged");
    }
}
