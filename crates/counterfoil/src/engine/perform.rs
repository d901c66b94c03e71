//! Deliver: ask what must be asked right before, save the intent, send, save the outcome.

use std::sync::Arc;

use counterfoil_connectors::port::Attempt;
use counterfoil_core::delivery::Seen;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use counterfoil_core::mandate::{Activation, Endpoint};
use counterfoil_core::outbound::Outbound;
use counterfoil_core::plan::{Plan, WaitFor};
use counterfoil_core::{Problem, codes};
use jiff::Timestamp;

use super::effects::Effect;
use super::look::{Claimed, Looked, Target, claim};
use super::round::{Next, resting};
use super::systems::Opened;
use super::{Inner, outcome, world};
use crate::store::rows::{Applied, Progress, RenderedFrom};

/// How long a document waits while nothing new may be begun.
const UNREADY_RETRY: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);

/// Sends, once.
pub(super) async fn deliver(
    inner: &Arc<Inner>,
    claimed: &Claimed,
    mut looked: Looked,
    attempt: &Attempt,
) -> Next {
    let Some(target) = looked.target.take() else { return Next::Done };
    let Some(outbound) = looked.rendered.as_mut().and_then(|rendered| rendered.outbound.take()) else {
        return Next::Done;
    };
    let work = Delivering { inner, claimed, looked: &looked, target: &target, outbound: &outbound, attempt };
    if let Some(reason) = inner.health.refusal() {
        tracing::warn!(sync = %claimed.sync.id, reason, "nothing new is begun");
        return work.postpone(world::now() + UNREADY_RETRY, WaitFor::Retry).await;
    }
    // Held until the answer is there: it is the connection's limit of calls in flight.
    let _permit = match target.opened.lane.enter().await {
        Ok(permit) => permit,
        Err(closed_until) => return work.postpone(closed_until, WaitFor::RateLimit).await,
    };
    match work.preflight().await {
        Ok(None) => {}
        Ok(Some(problem)) => return work.refuse(vec![problem]).await,
        Err(fault) => return work.fault(fault, None).await,
    }
    match work.intend().await {
        Some(intent) => work.send(intent).await,
        None => Next::Again,
    }
}

struct Delivering<'a> {
    inner: &'a Arc<Inner>,
    claimed: &'a Claimed,
    looked: &'a Looked,
    target: &'a Target,
    outbound: &'a Outbound,
    attempt: &'a Attempt,
}

impl Delivering<'_> {
    /// The activation, and whether the receiver takes this kind: asked right before, so that the answer is of now.
    async fn preflight(&self) -> Result<Option<Problem>, Fault> {
        let (reference, opened, label) = (&self.inner.reference, &*self.target.opened, &self.outbound.label);
        let activation = reference.activation(opened, self.attempt, &label.mandate).await?;
        let company = opened.connection.company.as_ref().map_or("", |company| company.name.as_str());
        match &*activation {
            Activation::Completed => {}
            Activation::NotReady { status, .. } => {
                return Ok(Some(codes::mandate_not_activated(&label.mandate, company, status)));
            }
            Activation::Absent => {
                return Ok(Some(codes::mandate_not_activated(&label.mandate, company, "missing")));
            }
        }
        self.receiver().await
    }

    async fn receiver(&self) -> Result<Option<Problem>, Fault> {
        let (reference, opened, label) = (&self.inner.reference, &*self.target.opened, &self.outbound.label);
        let fields = reference.fields(opened, self.attempt, &label.mandate, label.kind).await?;
        if !counterfoil_core::render::asks_for_receiver(&fields) {
            return Ok(None);
        }
        let document = self.looked.canonical.as_ref().and_then(|canonical| canonical.document.as_ref());
        let address = document.and_then(|document| document.invoice.buyer.electronic_address.as_ref());
        // Without an address of its own, the document was given one that the network itself named.
        let Some(address) = address else { return Ok(None) };
        let endpoint = Endpoint {
            scheme: address.scheme.clone().unwrap_or_default(),
            value: address.value.trim().to_owned(),
        };
        let receivers = reference.receivers(opened, self.attempt, Some(&endpoint), "").await?;
        let target =
            opened.einvoicing().map_err(|problem| Fault::refused(problem.message.clone(), vec![problem]))?;
        Ok(match receivers.as_slice() {
            [] => Some(codes::receiver_unknown(&endpoint.to_string())),
            known if known.iter().any(|receiver| target.can_receive(receiver, label.kind)) => None,
            _ => Some(codes::receiver_cannot_receive(&endpoint.to_string(), label.kind.name())),
        })
    }

    /// Saves the intent with the number it takes. None: somebody else moved the document or has the number.
    async fn intend(&self) -> Option<Claimed> {
        let now = world::now();
        let mut delivery = self.target.delivery.clone();
        if let Some(id) = delivery.seen.external_id().cloned() {
            delivery.earlier.push(id);
        }
        delivery.seen = Seen::Sending { attempt: self.attempt.id, since: now, digest: self.outbound.digest };
        delivery.attempt = Some(self.attempt.id);
        delivery.mandate = self.target.mandate;
        delivery.label = Some(self.outbound.label.clone());
        delivery.outbound = Some(counterfoil_core::digest::Digest::of(&self.outbound.bytes));
        delivery.rendered_from = self.rendered_from();
        (delivery.sent_at, delivery.looks) = (Some(now), 0);
        let document = self.looked.canonical.as_ref()?.document.as_ref()?;
        let details = serde_json::json!({
            "attempt": self.attempt.id, "outbound": self.outbound.digest, "mandate": self.outbound.label.mandate,
            "number": self.outbound.label.number,
        });
        let sent_as_it_is = delivery.outbound == Some(self.claimed.document.digest);
        let progress = Progress {
            release: false,
            clear_asked: false,
            number: Some(claim(document, &self.target.opened, self.claimed.sync.number_released)),
            bodies: match delivery.outbound {
                Some(digest) if !sent_as_it_is => vec![(digest, Arc::clone(&self.outbound.bytes))],
                _ => Vec::new(),
            },
            events: vec![outcome::event(self.claimed, "delivery_intended", details)],
            delivery: Some(delivery.clone()),
            ..resting(self.claimed, Plan::Act { step: 0, verb: counterfoil_core::plan::Verb::Deliver })
        };
        let Applied::Saved { revision } = self.apply(progress).await? else { return None };
        self.inner.effects.happened(Effect::IntentSaved).await;
        let mut claimed = self.claimed.clone();
        claimed.sync.revision = revision;
        claimed.deliveries = vec![delivery];
        Some(claimed)
    }

    /// None also where the store refuses: without a saved intent nothing is sent.
    async fn apply(&self, progress: Progress) -> Option<Applied> {
        match self.inner.store.apply(progress).await {
            Ok(applied) => Some(applied),
            Err(error) => {
                tracing::warn!(sync = %self.claimed.sync.id, %error, "an intent could not be saved, so nothing is sent");
                self.inner.health.store_failed(true);
                None
            }
        }
    }

    /// The one call that matters, and its outcome.
    async fn send(&self, intent: Claimed) -> Next {
        let since = world::now();
        let answer = match self.target.opened.einvoicing() {
            Ok(einvoicing) => einvoicing.submit(self.attempt, self.outbound).await,
            Err(problem) => Err(Fault::refused(problem.message.clone(), vec![problem])),
        };
        self.inner.effects.happened(Effect::Submitted).await;
        let now = world::now();
        let work = Delivering { claimed: &intent, ..*self };
        let digest = self.outbound.digest;
        let (seen, verb, details) = match answer {
            Ok(id) => {
                self.inner.recent.forget(&self.claimed.document.digest);
                let details = serde_json::json!({ "attempt": self.attempt.id, "external_id": id });
                let check_at = now + self.target.opened.waits.first_status;
                (Seen::Awaiting { id, digest, check_at }, "delivery_accepted", details)
            }
            Err(fault) => return work.fault(fault, Some(since)).await,
        };
        work.saw(seen, 0, verb, details).await
    }

    /// A failed exchange: refused content blocks, doubt looks, the rest backs off.
    async fn fault(&self, fault: Fault, sent_at: Option<Timestamp>) -> Next {
        let now = world::now();
        let waits = &self.target.opened.waits;
        let tries = self.claimed.sync.tries.saturating_add(1);
        let wait = waits.backoff.wait(&fault, u32::try_from(tries).unwrap_or(u32::MAX), world::jitter());
        let digest = self.outbound.digest;
        if fault.class == FaultClass::RateLimited {
            self.target.opened.lane.close_until(now + wait);
        }
        let details = serde_json::json!({ "attempt": self.attempt.id, "fault": fault });
        let doubt = sent_at.filter(|_| fault.sent == Sent::Maybe || fault.class == FaultClass::Conflict);
        let seen = match (fault.class, doubt) {
            // Looked for soon, because it is mostly there; believed to be missing only after the named wait.
            (_, Some(since)) => {
                Seen::Faulted { retry_at: now + waits.status, since: Some(since), digest, fault }
            }
            (FaultClass::Refused, None) => {
                let mut problems = fault.problems;
                if problems.is_empty() {
                    problems.push(codes::refused_by_target(&fault.message));
                }
                Seen::Refused { digest, problems, again_at: None }
            }
            (_, None) => Seen::Faulted { retry_at: now + wait, since: None, digest, fault },
        };
        let verb = if matches!(seen, Seen::Refused { .. }) { "delivery_refused" } else { "delivery_faulted" };
        self.saw(seen, tries, verb, details).await
    }

    /// A reason outside the content: the same content goes once the reason is gone.
    async fn refuse(&self, problems: Vec<Problem>) -> Next {
        let again_at = Some(world::now() + self.target.opened.waits.again);
        let details = serde_json::json!({ "problems": problems.iter().map(|p| &p.code).collect::<Vec<_>>() });
        let seen = Seen::Refused { digest: self.outbound.digest, problems, again_at };
        self.saw(seen, self.claimed.sync.tries, "delivery_prevented", details).await
    }

    async fn saw(&self, seen: Seen, tries: i64, verb: &str, details: serde_json::Value) -> Next {
        let mut delivery =
            self.claimed.deliveries.first().cloned().filter(|row| row.attempt == Some(self.attempt.id));
        let mut delivery = delivery.take().unwrap_or_else(|| self.target.delivery.clone());
        delivery.seen = seen;
        delivery.mandate = self.target.mandate;
        delivery.attempt = Some(self.attempt.id);
        let events = vec![outcome::event(self.claimed, verb, details)];
        let mut progress = outcome::of(self.claimed, self.looked, delivery, self.attempt, events);
        progress.tries = tries;
        outcome::save(self.inner, progress).await;
        Next::Done
    }

    async fn postpone(&self, until: Timestamp, why: WaitFor) -> Next {
        let mut progress = resting(self.claimed, Plan::Wait { until, why });
        progress.clear_asked = false;
        progress.exchanges = outcome::exchanges(self.attempt, self.claimed, Some(self.target.opened.id));
        match self.apply(progress).await {
            Some(Applied::Lost) => Next::Again,
            _ => Next::Done,
        }
    }

    fn rendered_from(&self) -> RenderedFrom {
        let configuration = self.inner.configuration();
        let mandate = configuration.mandates.get(&self.target.mandate);
        let mapping = mandate.and_then(|mandate| configuration.mappings.get(&mandate.mapping?));
        RenderedFrom {
            version: self.claimed.document.version,
            mandate_revision: mandate.map_or(0, |mandate| mandate.revision),
            mapping_revision: mapping.map_or(0, |mapping| mapping.revision),
        }
    }
}

/// Closes the lane where the other side asked to slow down.
pub(super) fn heed(opened: &Opened, fault: &Fault, wait: jiff::SignedDuration) {
    if fault.class == FaultClass::RateLimited {
        opened.lane.close_until(world::now() + wait);
    }
}
