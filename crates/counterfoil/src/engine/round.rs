//! One claimed sync, round by round: look, plan, perform, save; until there is nothing to do now.

use std::sync::Arc;

use counterfoil_connectors::port::Attempt;
use counterfoil_core::fault::Fault;
use counterfoil_core::id::AttemptId;
use counterfoil_core::plan::{Plan, Verb, WaitFor, plan};
use jiff::Timestamp;

use super::look::{Claimed, Depth, LookFault, Looked, look};
use super::systems::Opened;
use super::{Inner, find, outcome, perform, track, world};
use crate::store::rows::{Applied, Progress, ProgressKind, State};

/// Rounds in one claim; a document that wants more is claimed again.
const ROUNDS_MAX: usize = 6;
/// How long a document waits where the store could not say what is known of it.
const STORE_RETRY: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);

/// What to do after a round.
pub(super) enum Next {
    /// The sync is saved and given back.
    Done,
    /// Something moved: look again at fresh rows, and at who has the number.
    Again,
}

/// Brings one document as far as it goes now.
pub(super) async fn advance(inner: &Arc<Inner>, mut claimed: Claimed) {
    let mut depth = Depth::default();
    for _ in 0..ROUNDS_MAX {
        match round(inner, &claimed, depth).await {
            Next::Done => return,
            Next::Again => match fresh(inner, &claimed).await {
                Some(rows) => claimed = rows,
                None => return,
            },
        }
        depth.number = true;
    }
}

async fn round(inner: &Arc<Inner>, claimed: &Claimed, depth: Depth) -> Next {
    let attempt = Attempt::new(AttemptId::new(world::draw()));
    let looked = match look(inner, claimed, &attempt, depth).await {
        Ok(looked) => looked,
        Err(LookFault::Target { fault, opened }) => {
            return unanswered(inner, claimed, &attempt, &fault, &opened).await;
        }
        Err(LookFault::Store(error)) => {
            tracing::warn!(sync = %claimed.sync.id, %error, "the store could not say what is known of a document");
            inner.store.lower_due(claimed.sync.id, world::now() + STORE_RETRY, None).await.ok();
            return Next::Done;
        }
    };
    let planned = plan(&looked.view);
    tracing::debug!(sync = %claimed.sync.id, document = %claimed.document.id, plan = ?planned, "planned");
    match planned {
        Plan::Act { verb: Verb::Deliver, .. } => perform::deliver(inner, claimed, looked, &attempt).await,
        Plan::Act { verb: Verb::Find, .. } => find::find(inner, claimed, looked, &attempt).await,
        Plan::Act { verb: Verb::Track, .. } => track::track(inner, claimed, looked, &attempt).await,
        still => settle(inner, claimed, &looked, &attempt, still).await,
    }
}

/// Saves an answer that asks for no effect.
async fn settle(
    inner: &Arc<Inner>,
    claimed: &Claimed,
    looked: &Looked,
    attempt: &Attempt,
    plan: Plan,
) -> Next {
    let mut progress = resting(claimed, plan);
    progress.exchanges =
        outcome::exchanges(attempt, claimed, looked.target.as_ref().map(|target| target.opened.id));
    if let Some(discrepancy) = outcome::changed(claimed, looked) {
        progress.discrepancies.push(discrepancy);
    }
    if claimed.sync.plan.as_ref() != progress.plan.as_ref() {
        progress.events.extend(outcome::replanned(claimed, progress.plan.as_ref()));
    }
    save(inner, claimed, progress).await
}

/// The target could not say what is needed to decide: wait and ask again.
async fn unanswered(
    inner: &Arc<Inner>,
    claimed: &Claimed,
    attempt: &Attempt,
    fault: &Fault,
    opened: &Opened,
) -> Next {
    let now = world::now();
    let tries = claimed.sync.tries.saturating_add(1);
    let until =
        now + opened.waits.backoff.wait(fault, u32::try_from(tries).unwrap_or(u32::MAX), world::jitter());
    let plan = if fault.passes_by_itself() || fault.problems.is_empty() {
        Plan::Wait { until, why: WaitFor::Retry }
    } else {
        Plan::Blocked { problems: fault.problems.clone(), again_at: Some(now + opened.waits.again) }
    };
    let mut progress = resting(claimed, plan);
    progress.tries = tries;
    progress.exchanges = outcome::exchanges(attempt, claimed, Some(opened.id));
    save(inner, claimed, progress).await
}

/// A progress that only says what happens next and gives the sync back.
pub(super) fn resting(claimed: &Claimed, plan: Plan) -> Progress {
    let (state, due_at) = rest(&plan);
    Progress {
        sync: claimed.sync.id,
        revision: claimed.sync.revision,
        kind: ProgressKind::Plan,
        state,
        plan: Some(plan),
        due_at,
        tries: claimed.sync.tries,
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
        at: world::now(),
    }
}

/// The state people count by, and when the sync is looked at again.
pub(super) fn rest(plan: &Plan) -> (State, Option<Timestamp>) {
    match plan {
        Plan::Act { .. } => (State::Due, Some(world::now())),
        Plan::Wait { until, .. } => (State::Waiting, Some(*until)),
        Plan::Blocked { again_at, .. } => (State::Blocked, *again_at),
        Plan::Held { .. } => (State::Held, None),
        Plan::Settled => (State::Settled, None),
    }
}

async fn save(inner: &Arc<Inner>, claimed: &Claimed, progress: Progress) -> Next {
    match inner.store.apply(progress).await {
        Ok(Applied::Saved { .. }) => Next::Done,
        Ok(Applied::Lost) => Next::Again,
        Err(error) => {
            // Nothing was sent, so nothing is lost: the lease runs out and the question is asked again.
            tracing::warn!(sync = %claimed.sync.id, %error, "a plan could not be saved");
            inner.health.store_failed(true);
            Next::Done
        }
    }
}

/// The rows anew, after somebody else moved them.
async fn fresh(inner: &Arc<Inner>, claimed: &Claimed) -> Option<Claimed> {
    let sync = inner.store.sync(claimed.sync.id).await.ok()??;
    let mut rows = inner.store.view_rows(std::slice::from_ref(&sync)).await.ok()?;
    let (document, deliveries) = rows.pop()?;
    Some(Claimed { sync, document, deliveries })
}
