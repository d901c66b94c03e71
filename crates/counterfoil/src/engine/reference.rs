//! What targets say of mandates, activations and receivers: asked once, kept for as long as it may be believed.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use counterfoil_connectors::port::Attempt;
use counterfoil_core::document::Kind;
use counterfoil_core::fault::Fault;
use counterfoil_core::id::ConnectionId;
use counterfoil_core::mandate::{Activation, Endpoint, InputField, MandateOffer, Receiver};
use jiff::{SignedDuration, Timestamp};

use super::systems::Opened;
use super::world;

/// A mandate's description may change with a release of the target, not from one document to the next.
const OFFERS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Avalara's certification asks for the activation right before submission; an answer may be reused this long.
pub(super) const ACTIVATION_KEPT: SignedDuration = SignedDuration::from_secs(60);
/// A receiver that exists is not asked again for a day.
const RECEIVER_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Answers by question, each with its age.
#[derive(Default)]
pub(super) struct Reference {
    offers: Kept<(ConnectionId, i64), Vec<MandateOffer>>,
    fields: Kept<(ConnectionId, i64, String, Kind), Vec<InputField>>,
    activations: Kept<(ConnectionId, i64, String), Activation>,
    receivers: Kept<(ConnectionId, i64, Option<Endpoint>, String), Vec<Receiver>>,
}

impl Reference {
    /// The offer for a mandate; none if the target has no such mandate.
    pub(super) async fn offer(
        &self,
        opened: &Opened,
        attempt: &Attempt,
        mandate: &str,
    ) -> Result<Option<MandateOffer>, Fault> {
        let key = (opened.id, opened.revision());
        let ask = async || opened.einvoicing().map_err(unusable)?.mandates(attempt).await;
        let offers = self.offers.get(key, |_| OFFERS_KEPT, ask).await?;
        Ok(offers.iter().find(|offer| offer.code == mandate).cloned())
    }

    /// What the mandate asks for.
    pub(super) async fn fields(
        &self,
        opened: &Opened,
        attempt: &Attempt,
        mandate: &str,
        kind: Kind,
    ) -> Result<Arc<Vec<InputField>>, Fault> {
        let key = (opened.id, opened.revision(), mandate.to_owned(), kind);
        let ask = async || opened.einvoicing().map_err(unusable)?.input_fields(attempt, mandate, kind).await;
        self.fields.get(key, |_| OFFERS_KEPT, ask).await
    }

    /// Whether the company may use the mandate.
    pub(super) async fn activation(
        &self,
        opened: &Opened,
        attempt: &Attempt,
        mandate: &str,
    ) -> Result<Arc<Activation>, Fault> {
        let key = (opened.id, opened.revision(), mandate.to_owned());
        let ask = async || opened.einvoicing().map_err(unusable)?.activation(attempt, mandate).await;
        // Bad news is not kept: the person who has just activated the mandate wants to see it go.
        let kept = |activation: &Activation| match activation {
            Activation::Completed => ACTIVATION_KEPT,
            _ => SignedDuration::from_secs(1),
        };
        self.activations.get(key, kept, ask).await
    }

    /// Who in the network answers to this endpoint or name.
    pub(super) async fn receivers(
        &self,
        opened: &Opened,
        attempt: &Attempt,
        endpoint: Option<&Endpoint>,
        name: &str,
    ) -> Result<Arc<Vec<Receiver>>, Fault> {
        let name = if endpoint.is_some() { "" } else { name };
        let key = (opened.id, opened.revision(), endpoint.cloned(), name.to_owned());
        let ask = async || opened.einvoicing().map_err(unusable)?.receivers(attempt, endpoint, name).await;
        let kept = |receivers: &Vec<Receiver>| match receivers.as_slice() {
            [] => opened.waits.again.min(RECEIVER_KEPT),
            _ => RECEIVER_KEPT,
        };
        self.receivers.get(key, kept, ask).await
    }

    /// Forgets everything about a connection, so that the next question is asked anew.
    pub(super) fn forget(&self, id: ConnectionId) {
        self.offers.retain(|key| key.0 != id);
        self.fields.retain(|key| key.0 != id);
        self.activations.retain(|key| key.0 != id);
        self.receivers.retain(|key| key.0 != id);
    }
}

fn unusable(problem: counterfoil_core::Problem) -> Fault {
    Fault::refused(problem.message.clone(), vec![problem])
}

/// Answers kept; a hundred documents that ask the same at once ask once.
struct Kept<K, V>(Mutex<HashMap<K, Slot<V>>>);

type Slot<V> = Arc<tokio::sync::Mutex<Option<(Timestamp, Arc<V>)>>>;

/// Questions remembered at most; receivers are as many as customers.
const QUESTIONS_MAX: usize = 50_000;

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, V> Kept<K, V> {
    async fn get(
        &self,
        key: K,
        keep: impl Fn(&V) -> SignedDuration,
        ask: impl AsyncFnOnce() -> Result<V, Fault>,
    ) -> Result<Arc<V>, Fault> {
        let slot = self.slot(key);
        let mut slot = slot.lock().await;
        if let Some((until, value)) = &*slot
            && world::now() < *until
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(ask().await?);
        *slot = Some((world::now() + keep(&value), Arc::clone(&value)));
        Ok(value)
    }

    fn slot(&self, key: K) -> Slot<V> {
        let mut slots = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if slots.len() >= QUESTIONS_MAX && !slots.contains_key(&key) {
            slots.clear();
        }
        Arc::clone(slots.entry(key).or_default())
    }

    fn retain(&self, keep: impl Fn(&K) -> bool) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).retain(|key, _| keep(key));
    }
}
