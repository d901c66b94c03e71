//! Find: after a crash, a lost reply or a time-out, look whether it arrived before anything is sent again.

use std::sync::Arc;

use counterfoil_connectors::port::Attempt;
use counterfoil_core::codes;
use counterfoil_core::delivery::{ExternalId, Seen};
use counterfoil_core::digest::Digest;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use jiff::Timestamp;

use super::look::{Claimed, Looked, Target};
use super::round::Next;
use super::{Inner, outcome, perform, world};

/// Looks, and saves what was found.
pub(super) async fn find(inner: &Arc<Inner>, claimed: &Claimed, looked: Looked, attempt: &Attempt) -> Next {
    let Some(target) = &looked.target else { return Next::Done };
    let (since, digest) = match &target.delivery.seen {
        Seen::Sending { since, digest, .. } | Seen::Faulted { since: Some(since), digest, .. } => {
            (*since, *digest)
        }
        _ => return Next::Done,
    };
    let _permit = target.opened.lane.enter().await;
    let found = search(inner, claimed, target, attempt, since).await;
    let waits = &target.opened.waits;
    let now = world::now();
    let mut tries = claimed.sync.tries;
    let believed_at = since + waits.after_doubt;
    let (seen, verb, details) = match found {
        Ok(Found::Ours(id)) => {
            let details = serde_json::json!({ "external_id": id });
            (Seen::Awaiting { id, digest, check_at: now }, "delivery_found", details)
        }
        Ok(Found::Nothing) if now >= believed_at => {
            (Seen::Nothing, "delivery_proven_absent", serde_json::json!({ "since": since }))
        }
        Ok(Found::Nothing) => {
            let fault = Fault::new(FaultClass::Absent, Sent::Maybe, "not there yet");
            let seen = Seen::Faulted { retry_at: believed_at, since: Some(since), digest, fault };
            (seen, "delivery_not_found_yet", serde_json::json!({ "believed_at": believed_at }))
        }
        Ok(Found::Several(ids)) => {
            let problems = vec![codes::found_several(&ids)];
            (
                Seen::InDoubt { digest, since, problems },
                "delivery_in_doubt",
                serde_json::json!({ "found": ids }),
            )
        }
        Ok(Found::Other(id)) => {
            let problems = vec![codes::found_other_content(&id.0)];
            (
                Seen::InDoubt { digest, since, problems },
                "delivery_in_doubt",
                serde_json::json!({ "found": [id] }),
            )
        }
        Err(fault) => {
            tries = tries.saturating_add(1);
            let wait = waits.backoff.wait(&fault, u32::try_from(tries).unwrap_or(u32::MAX), world::jitter());
            perform::heed(&target.opened, &fault, wait);
            let details = serde_json::json!({ "fault": fault });
            (
                Seen::Faulted { retry_at: now + wait, since: Some(since), digest, fault },
                "delivery_faulted",
                details,
            )
        }
    };
    let mut delivery = target.delivery.clone();
    // Proven absent, the intent is no attempt any more; the outcome is still saved by it.
    delivery.seen = seen;
    let events = vec![outcome::event(claimed, verb, details)];
    let mut progress = outcome::of(claimed, &looked, delivery, attempt, events);
    progress.tries = tries;
    outcome::save(inner, progress).await;
    Next::Done
}

enum Found {
    Nothing,
    Ours(ExternalId),
    /// One candidate, not ours by content and not known from elsewhere.
    Other(ExternalId),
    Several(Vec<String>),
}

async fn search(
    inner: &Arc<Inner>,
    claimed: &Claimed,
    target: &Target,
    attempt: &Attempt,
    since: Timestamp,
) -> Result<Found, Fault> {
    let unusable =
        |problem: counterfoil_core::Problem| Fault::refused(problem.message.clone(), vec![problem]);
    let einvoicing = target.opened.einvoicing().map_err(unusable)?;
    let Some(label) = &target.delivery.label else { return Ok(Found::Nothing) };
    let candidates = einvoicing.find(attempt, label, since).await?;
    let candidates = unknown(inner, claimed, target, candidates).await?;
    let sent = outbound(inner, target.delivery.outbound).await?;
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for id in candidates {
        let list = if einvoicing.is_ours(attempt, &id, &sent).await? { &mut ours } else { &mut others };
        list.push(id);
    }
    Ok(match (ours.as_slice(), others.as_slice()) {
        ([one], _) => Found::Ours(one.clone()),
        ([], []) => Found::Nothing,
        ([], [one]) => Found::Other(one.clone()),
        _ => Found::Several(ours.iter().chain(&others).map(ToString::to_string).collect()),
    })
}

/// Without what is known from elsewhere: earlier refused submissions of ours, and documents of other syncs.
async fn unknown(
    inner: &Arc<Inner>,
    claimed: &Claimed,
    target: &Target,
    mut candidates: Vec<ExternalId>,
) -> Result<Vec<ExternalId>, Fault> {
    candidates.retain(|id| !target.delivery.earlier.contains(id));
    let known = inner
        .store
        .deliveries_by_external_id(target.opened.id, &candidates)
        .await
        .map_err(|error| unsaid(&error))?;
    candidates.retain(|id| !known.iter().any(|(external, sync)| external == id && *sync != claimed.sync.id));
    Ok(candidates)
}

async fn outbound(inner: &Arc<Inner>, digest: Option<Digest>) -> Result<Arc<[u8]>, Fault> {
    let Some(digest) = digest else { return Ok(Arc::from([])) };
    let bytes = inner.store.body(digest).await.map_err(|error| unsaid(&error))?;
    Ok(bytes.unwrap_or_else(|| Arc::from([])))
}

/// The store did not answer: look again later, in doubt as before.
fn unsaid(error: &crate::store::StoreError) -> Fault {
    Fault::new(FaultClass::Unavailable, Sent::Maybe, format!("the store did not answer: {error}"))
}
