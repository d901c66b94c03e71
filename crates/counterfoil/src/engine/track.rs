//! Track: ask for the verdict, keep everything the target says, fetch what it gives back.

use std::sync::Arc;

use counterfoil_connectors::port::{Attempt, Status, Verdict};
use counterfoil_core::delivery::{ExternalId, Seen};
use counterfoil_core::digest::Digest;
use counterfoil_core::fault::Fault;
use counterfoil_core::reconcile::Cause;
use counterfoil_core::{Problem, codes};
use jiff::SignedDuration;

use super::look::{Claimed, Looked, Target};
use super::round::Next;
use super::{Inner, outcome, perform, world};
use crate::store::rows::{AttachmentRow, DeliveryRow, Progress};

/// Doublings of the wait between two questions.
const DOUBLINGS_MAX: i64 = 12;

/// Asks, and saves the answer.
pub(super) async fn track(inner: &Arc<Inner>, claimed: &Claimed, looked: Looked, attempt: &Attempt) -> Next {
    let Some(target) = &looked.target else { return Next::Done };
    let (Seen::Awaiting { id, digest, .. } | Seen::Present { id, digest }) = &target.delivery.seen else {
        return Next::Done;
    };
    let was_present = matches!(target.delivery.seen, Seen::Present { .. });
    let _permit = target.opened.lane.enter().await;
    let work = Tracking { inner, claimed, looked: &looked, target, attempt, id, digest: *digest };
    let progress = match work.ask().await {
        Ok((status, attachments)) if was_present => work.looked_again(status, attachments),
        Ok((status, attachments)) => work.verdict(status, attachments),
        Err(fault) => work.fault(fault),
    };
    outcome::save(inner, progress).await;
    Next::Done
}

struct Tracking<'a> {
    inner: &'a Arc<Inner>,
    claimed: &'a Claimed,
    looked: &'a Looked,
    target: &'a Target,
    attempt: &'a Attempt,
    id: &'a ExternalId,
    digest: Digest,
}

/// A representation the target gave back: media type and bytes.
type Attachment = (String, Arc<[u8]>);

impl Tracking<'_> {
    async fn ask(&self) -> Result<(Status, Vec<Attachment>), Fault> {
        let einvoicing = self.target.opened.einvoicing().map_err(unusable)?;
        let status = einvoicing.status(self.attempt, self.id).await?;
        let mut attachments = Vec::new();
        if status.verdict == Verdict::Complete {
            for media_type in self.media_types().await? {
                let bytes = einvoicing.download(self.attempt, self.id, &media_type).await?;
                attachments.push((media_type, bytes.into()));
            }
        }
        Ok((status, attachments))
    }

    /// All the mandate offers, but the UBL that we sent ourselves.
    async fn media_types(&self) -> Result<Vec<String>, Fault> {
        let mandate = self.target.delivery.label.as_ref().map_or("", |label| label.mandate.as_str());
        let offer = self.inner.reference.offer(&self.target.opened, self.attempt, mandate).await?;
        let mut types = offer.map(|offer| offer.media_types).unwrap_or_default();
        types.retain(|media_type| !media_type.to_ascii_lowercase().contains("ubl"));
        Ok(types)
    }

    fn verdict(&self, status: Status, attachments: Vec<Attachment>) -> Progress {
        let now = world::now();
        let mut delivery = self.told(&status);
        let word = serde_json::json!({ "external_id": self.id, "status": status.word });
        let (seen, verb) = match &status.verdict {
            Verdict::Complete => {
                delivery.settled_at = Some(now);
                (Seen::Present { id: self.id.clone(), digest: self.digest }, "delivery_settled")
            }
            Verdict::Failed { messages } => {
                delivery.settled_at = Some(now);
                delivery.earlier.push(self.id.clone());
                (
                    Seen::Refused { digest: self.digest, problems: refusals(messages), again_at: None },
                    "delivery_refused",
                )
            }
            Verdict::Pending | Verdict::Unknown => (self.later(delivery.looks), "delivery_pending"),
        };
        delivery.seen = seen;
        delivery.looks += 1;
        // Every question is an exchange; only answers that change something are events.
        let is_news = !matches!(status.verdict, Verdict::Pending);
        let events = if is_news { vec![outcome::event(self.claimed, verb, word)] } else { Vec::new() };
        let mut progress = outcome::of(self.claimed, self.looked, delivery, self.attempt, events);
        progress.tries = 0;
        progress.discrepancies.extend(outcome::changed(self.claimed, self.looked));
        self.attach(progress, attachments)
    }

    /// It was there for good, and somebody asked to look again: a later rejection reopens it and alerts.
    fn looked_again(&self, status: Status, attachments: Vec<Attachment>) -> Progress {
        let Verdict::Failed { messages } = &status.verdict else {
            let delivery = self.told(&status);
            let progress = outcome::of(self.claimed, self.looked, delivery, self.attempt, Vec::new());
            return self.attach(progress, attachments);
        };
        let said = messages.join("; ");
        let mut delivery = self.told(&status);
        let problems = vec![codes::rejected_after_acceptance(&said)];
        delivery.seen = Seen::InDoubt { digest: self.digest, since: world::now(), problems };
        let details = serde_json::json!({ "external_id": self.id, "messages": messages });
        let event = outcome::event(self.claimed, "delivery_rejected_after_acceptance", details.clone());
        let mut progress = outcome::of(self.claimed, self.looked, delivery, self.attempt, vec![event]);
        progress.discrepancies.push(outcome::discrepancy(
            self.claimed,
            Cause::RejectedAfterAcceptance,
            details,
        ));
        progress
    }

    fn fault(&self, fault: Fault) -> Progress {
        let tries = self.claimed.sync.tries.saturating_add(1);
        let waits = &self.target.opened.waits;
        let wait = waits.backoff.wait(&fault, u32::try_from(tries).unwrap_or(u32::MAX), world::jitter());
        perform::heed(&self.target.opened, &fault, wait);
        let mut delivery = self.target.delivery.clone();
        if let Seen::Awaiting { check_at, .. } = &mut delivery.seen {
            *check_at = world::now() + wait;
        }
        let details = serde_json::json!({ "external_id": self.id, "fault": fault });
        let events = vec![outcome::event(self.claimed, "look_faulted", details)];
        let mut progress = outcome::of(self.claimed, self.looked, delivery, self.attempt, events);
        progress.tries = tries;
        progress
    }

    /// The delivery with everything the target says of it.
    fn told(&self, status: &Status) -> DeliveryRow {
        let mut delivery = self.target.delivery.clone();
        delivery.events.clone_from(&status.events);
        delivery.status_word = Some(status.word.clone());
        delivery.business_status.clone_from(&status.business);
        delivery
    }

    fn later(&self, looks: i64) -> Seen {
        let waits = &self.target.opened.waits;
        let doubled = waits.status.saturating_mul(1 << looks.clamp(0, DOUBLINGS_MAX));
        let wait: SignedDuration = doubled.min(waits.status_longest).max(waits.status);
        Seen::Awaiting { id: self.id.clone(), digest: self.digest, check_at: world::now() + wait }
    }

    fn attach(&self, mut progress: Progress, attachments: Vec<Attachment>) -> Progress {
        for (media_type, bytes) in attachments {
            let digest = Digest::of(&bytes);
            progress.attachments.push(AttachmentRow {
                sync: self.claimed.sync.id,
                connection: self.target.opened.id,
                media_type,
                digest,
                at: world::now(),
            });
            progress.bodies.push((digest, bytes));
        }
        progress
    }
}

/// Every message of a refusal is a problem of its own.
fn refusals(messages: &[String]) -> Vec<Problem> {
    match messages {
        [] => vec![codes::refused_by_target("The target refused it without saying why.")],
        messages => messages.iter().map(|message| codes::refused_by_target(message)).collect(),
    }
}

fn unusable(problem: Problem) -> Fault {
    Fault::refused(problem.message.clone(), vec![problem])
}
