//! The loop: claim what is due, hand it out, watch the disk. One claimer a process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use counterfoil_core::document::Kind;
use tokio::sync::Semaphore;

use super::look::Claimed;
use super::{Inner, poll, round, world};

/// The loop looks at least this often, whatever it was told.
const TICK: Duration = Duration::from_millis(500);
/// Syncs claimed in one statement.
const BATCH_MAX: usize = 64;
/// Between two looks at the free space and at changes by other processes.
const WATCH: Duration = Duration::from_secs(5);

/// Starts the loops; they end when the engine stops.
pub(super) fn start(inner: &Arc<Inner>) {
    inner.tasks.spawn(claiming(Arc::clone(inner)));
    inner.tasks.spawn(polling(Arc::clone(inner)));
    inner.tasks.spawn(watching(Arc::clone(inner)));
}

async fn claiming(inner: Arc<Inner>) {
    let places = Arc::new(Semaphore::new(inner.settings.in_flight));
    while !inner.stop.is_cancelled() {
        let claimed = claim(&inner, places.available_permits().min(BATCH_MAX)).await;
        let idle = claimed.is_empty();
        for same in by_number(claimed) {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let inner_for_task = Arc::clone(&inner);
            inner.tasks.spawn(async move {
                for one in same {
                    round::advance(&inner_for_task, one).await;
                }
                drop(place);
                inner_for_task.wake.notify_one();
            });
        }
        if idle {
            rest(&inner).await;
        }
    }
}

/// Documents of one seller with one number go one after the other, so that the first that came is the first that goes.
fn by_number(claimed: Vec<Claimed>) -> Vec<Vec<Claimed>> {
    let mut groups: Vec<Vec<Claimed>> = Vec::with_capacity(claimed.len());
    let mut places: HashMap<(Option<String>, Option<Kind>, String), usize> = HashMap::new();
    for one in claimed {
        let summary = &one.document.summary;
        let Some(number) = summary.number.clone() else {
            groups.push(vec![one]);
            continue;
        };
        let key = (summary.seller_key.clone(), summary.kind, number);
        match places.get(&key) {
            Some(place) => groups[*place].push(one),
            None => {
                places.insert(key, groups.len());
                groups.push(vec![one]);
            }
        }
    }
    groups
}

/// Claims a batch with its rows.
async fn claim(inner: &Arc<Inner>, limit: usize) -> Vec<Claimed> {
    if limit == 0 {
        return Vec::new();
    }
    let now = world::now();
    let syncs = match inner.store.claim_due(now, now + inner.settings.lease, limit).await {
        Ok(syncs) => syncs,
        Err(error) => {
            tracing::warn!(%error, "nothing could be claimed");
            inner.health.store_failed(true);
            return Vec::new();
        }
    };
    if syncs.is_empty() {
        return Vec::new();
    }
    inner.health.store_failed(false);
    match inner.store.view_rows(&syncs).await {
        Ok(rows) => {
            let pair = |(sync, (document, deliveries))| Claimed { sync, document, deliveries };
            syncs.into_iter().zip(rows).map(pair).collect()
        }
        Err(error) => {
            // The leases run out and the batch is claimed again.
            tracing::warn!(%error, "the rows of a batch could not be read");
            Vec::new()
        }
    }
}

/// Sleeps until something is due, somebody calls, or a tick has passed.
async fn rest(inner: &Arc<Inner>) {
    let until_due = match inner.store.next_due().await {
        Ok(Some(due)) => {
            Duration::try_from(world::now().duration_until(due)).unwrap_or(Duration::from_millis(1))
        }
        _ => TICK,
    };
    tokio::select! {
        () = tokio::time::sleep(until_due.clamp(Duration::from_millis(1), TICK)) => {}
        () = inner.wake.notified() => {}
        () = inner.stop.cancelled() => {}
    }
}

async fn polling(inner: Arc<Inner>) {
    while !inner.stop.is_cancelled() {
        let now = world::now();
        for flow in inner.configuration().flows.keys() {
            if let Err(error) = inner.store.ensure_cursor(*flow, now).await {
                tracing::warn!(%flow, %error, "a flow's cursor could not be made");
            }
        }
        match inner.store.claim_polls(now, now + inner.settings.lease).await {
            Ok(rows) => {
                for row in rows {
                    let inner_for_task = Arc::clone(&inner);
                    inner.tasks.spawn(async move { poll::poll(&inner_for_task, row).await });
                }
            }
            Err(error) => tracing::warn!(%error, "no source could be claimed"),
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            () = inner.stop.cancelled() => {}
        }
    }
}

async fn watching(inner: Arc<Inner>) {
    while !inner.stop.is_cancelled() {
        if let Some(free) = inner.store.free_space() {
            inner.health.free_space(free);
        }
        match inner.store.configuration_revision().await {
            Ok(revision) if revision != inner.configuration().revision => {
                if let Err(error) = inner.reload().await {
                    tracing::warn!(%error, "a changed configuration could not be loaded");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the store does not answer"),
        }
        // A write that changes nothing shows whether the database takes writes again.
        inner.health.store_failed(inner.store.probe().await.is_err());
        tokio::select! {
            () = tokio::time::sleep(WATCH) => {}
            () = inner.stop.cancelled() => {}
        }
    }
}
