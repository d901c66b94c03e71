//! Outcomes of effects: what is saved of them, and how none is ever dropped.

use std::sync::Arc;

use counterfoil_connectors::port::Attempt;
use counterfoil_core::event::Event;
use counterfoil_core::id::{ConnectionId, DiscrepancyId, EventId};
use counterfoil_core::plan::Plan;
use counterfoil_core::reconcile::{Cause, changed_after_submission};

use super::effects::Effect;
use super::look::{Claimed, Looked};
use super::{Inner, world};
use crate::store::rows::{Applied, DeliveryRow, DiscrepancyRow, ExchangeRow, Progress, ProgressKind};

/// Between two tries to save an outcome.
const SAVE_RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// Saves an outcome, however long the store refuses: the effect has happened and is not forgotten while this process
/// lives. Killed before it is saved, the next start finds the intent and looks.
pub(super) async fn save(inner: &Arc<Inner>, mut progress: Progress) {
    progress.kind = ProgressKind::Outcome;
    let sync = progress.sync;
    let mut waiting = false;
    loop {
        match inner.store.apply(progress.clone()).await {
            Ok(Applied::Saved { .. } | Applied::Lost) => break,
            Err(error) => {
                tracing::error!(%sync, %error, "an outcome could not be saved; it is kept and tried again");
                inner.health.store_failed(true);
                if !std::mem::replace(&mut waiting, true) {
                    inner.health.outcome_unsaved();
                }
                tokio::time::sleep(SAVE_RETRY).await;
            }
        }
    }
    if waiting {
        inner.health.outcome_saved();
    }
    inner.effects.happened(Effect::OutcomeSaved).await;
}

/// The exchanges of an attempt, with what they are about.
pub(super) fn exchanges(
    attempt: &Attempt,
    claimed: &Claimed,
    connection: Option<ConnectionId>,
) -> Vec<ExchangeRow> {
    let about = |exchange| ExchangeRow {
        exchange,
        connection,
        sync: Some(claimed.sync.id),
        document: Some(claimed.document.id),
    };
    attempt.take_exchanges().into_iter().map(about).collect()
}

/// An audit entry of the engine about a document.
pub(super) fn event(claimed: &Claimed, verb: &str, details: serde_json::Value) -> Event {
    Event {
        id: EventId::new(world::draw()),
        at: world::now(),
        actor: "engine".to_owned(),
        verb: verb.to_owned(),
        subject: claimed.sync.id.to_string(),
        document: Some(claimed.document.id),
        details,
    }
}

/// What a new answer of the planner is worth in the audit trail: blocks and holds are, waits are not.
pub(super) fn replanned(claimed: &Claimed, plan: Option<&Plan>) -> Option<Event> {
    match plan? {
        Plan::Blocked { problems, .. } => {
            let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
            Some(event(claimed, "sync_blocked", serde_json::json!({ "problems": codes })))
        }
        Plan::Held { hold } => Some(event(claimed, "sync_held", serde_json::json!({ "hold": hold }))),
        Plan::Settled if claimed.deliveries.is_empty() => {
            Some(event(claimed, "copy_linked", serde_json::json!({})))
        }
        _ => None,
    }
}

/// The source changed a document that the target already has.
pub(super) fn changed(claimed: &Claimed, looked: &Looked) -> Option<DiscrepancyRow> {
    let delivery = &looked.target.as_ref()?.delivery;
    let (sent, now) = (delivery.rendered_from.version, claimed.document.version);
    changed_after_submission(&delivery.seen, sent, now).then(|| {
        discrepancy(claimed, Cause::ChangedAfterSubmission, serde_json::json!({ "sent": sent, "now": now }))
    })
}

/// A discrepancy of this document.
pub(super) fn discrepancy(claimed: &Claimed, cause: Cause, details: serde_json::Value) -> DiscrepancyRow {
    DiscrepancyRow {
        id: DiscrepancyId::new(world::draw()),
        sync: claimed.sync.id,
        cause: cause.word().to_owned(),
        details,
        at: world::now(),
        closed: false,
    }
}

/// The progress that saves what was seen of a delivery, with what the planner says of it.
pub(super) fn of(
    claimed: &Claimed,
    looked: &Looked,
    delivery: DeliveryRow,
    attempt: &Attempt,
    events: Vec<Event>,
) -> Progress {
    let mut view = looked.view.clone();
    view.now = world::now();
    view.asked = counterfoil_core::plan::Asked::Nothing;
    if let Some(step) = view.steps.first_mut() {
        step.seen = delivery.seen.clone();
    }
    let mut progress = super::round::resting(claimed, counterfoil_core::plan::plan(&view));
    progress.exchanges = exchanges(attempt, claimed, Some(delivery.connection));
    progress.delivery = Some(delivery);
    progress.events = events;
    progress
}
