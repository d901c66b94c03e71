//! What people and webhooks can ask of the engine. Each only records a wish and lowers `due_at`: the planner decides.

use counterfoil_connectors::port::{Attempt, Received};
use counterfoil_core::delivery::ExternalId;
use counterfoil_core::digest::Digest;
use counterfoil_core::event::Event;
use counterfoil_core::id::{AttemptId, ConnectionId, DocumentId, EventId, FlowId, MandateId, SyncId};
use counterfoil_core::mandate::{Activation, MandateOffer};
use counterfoil_core::plan::Asked;
use counterfoil_core::{Problem, codes};

use super::{Engine, poll, world};
use crate::store::rows::PolledPage;
use crate::store::{DoubtResolution, StoreError};

/// Why a verb could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum VerbError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Problem(Problem),
    #[error("{0}")]
    Unknown(String),
}

impl Engine {
    /// Send, or try again, as soon as the plan allows; it never overrides doubt, a refusal of the target or a disconnect.
    ///
    /// # Errors
    /// The store's.
    pub async fn send(&self, sync: SyncId, actor: &str) -> Result<(), VerbError> {
        self.ask(sync, Asked::Send, actor, "send_asked").await
    }

    /// Look at the target now.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh(&self, sync: SyncId, actor: &str) -> Result<(), VerbError> {
        self.ask(sync, Asked::Look, actor, "look_asked").await
    }

    async fn ask(&self, sync: SyncId, asked: Asked, actor: &str, verb: &str) -> Result<(), VerbError> {
        self.store().ask(sync, asked, event(actor, verb, sync)).await?;
        self.wake();
        Ok(())
    }

    /// Puts a document aside, or lets it go on.
    ///
    /// # Errors
    /// The store's.
    pub async fn hold(&self, sync: SyncId, aside: bool, actor: &str) -> Result<(), VerbError> {
        let (who, verb) = if aside { (Some(actor.to_owned()), "sync_held") } else { (None, "sync_resumed") };
        self.store().hold(sync, who, event(actor, verb, sync)).await?;
        self.wake();
        Ok(())
    }

    /// Lets a document take a number that another document has used.
    ///
    /// # Errors
    /// The store's.
    pub async fn release_number(&self, sync: SyncId, actor: &str) -> Result<(), VerbError> {
        self.store().release_number(sync, event(actor, "number_released", sync)).await?;
        self.wake();
        Ok(())
    }

    /// A mandate for this document where no bookmark decides.
    ///
    /// # Errors
    /// The store's.
    pub async fn choose(&self, sync: SyncId, mandate: MandateId, actor: &str) -> Result<(), VerbError> {
        self.store().choose(sync, mandate, event(actor, "mandate_chosen", sync)).await?;
        self.wake();
        Ok(())
    }

    /// A mandate for this document whatever the bookmarks say; none takes the pin away.
    ///
    /// # Errors
    /// The store's.
    pub async fn pin(
        &self,
        document: DocumentId,
        mandate: Option<MandateId>,
        actor: &str,
    ) -> Result<(), VerbError> {
        let event = Event { document: Some(document), ..event(actor, "mandate_pinned", document) };
        self.store().pin(document, mandate, event).await?;
        self.wake();
        Ok(())
    }

    /// A person's word on whether something in doubt arrived.
    ///
    /// # Errors
    /// The store's.
    pub async fn resolve_doubt(
        &self,
        sync: SyncId,
        arrived_as: Option<ExternalId>,
        actor: &str,
    ) -> Result<(), VerbError> {
        let resolution = arrived_as.map_or(DoubtResolution::NotArrived, DoubtResolution::Arrived);
        self.store().resolve_doubt(sync, resolution, event(actor, "doubt_resolved", sync)).await?;
        self.wake();
        Ok(())
    }

    /// Looks at a flow's source now.
    ///
    /// # Errors
    /// The store's.
    pub async fn poll_now(&self, flow: FlowId) -> Result<(), VerbError> {
        self.store().poll_now(flow).await?;
        self.wake();
        Ok(())
    }

    /// A target called: these documents may have changed. The call is never trusted as a verdict.
    ///
    /// # Errors
    /// The store's.
    pub async fn called(&self, connection: ConnectionId, ids: &[ExternalId]) -> Result<usize, VerbError> {
        let known = self.store().deliveries_by_external_id(connection, ids).await?;
        for (_, sync) in &known {
            self.store().lower_due(*sync, world::now(), Some(Asked::Look)).await?;
        }
        self.wake();
        Ok(known.len())
    }

    /// Forgets what a target said of its mandates, activations and receivers.
    pub fn forget_reference(&self, connection: ConnectionId) {
        self.0.reference.forget(connection);
    }

    /// Takes in a document that somebody handed over, under a name of their own.
    ///
    /// # Errors
    /// The flow's source takes no documents, or the store's.
    pub async fn receive(
        &self,
        flow: FlowId,
        key: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<DocumentId, VerbError> {
        let configuration = self.configuration();
        let Some(kept) = configuration.flows.get(&flow) else {
            return Err(VerbError::Unknown(format!("there is no flow {flow}")));
        };
        let opened = self.open(kept.source).await.map_err(VerbError::Problem)?;
        let source = opened.source().map_err(VerbError::Problem)?;
        let limit = einvoice::xml::MAX_BYTES;
        if bytes.len() > limit {
            return Err(VerbError::Problem(codes::document_too_large(bytes.len() as u64, limit as u64)));
        }
        let received = Received {
            key: key.to_owned(),
            media_type: media_type.to_owned(),
            digest: Digest::of(&bytes),
            bytes: bytes.into(),
            problems: Vec::new(),
        };
        let record = poll::read(&self.0, source, received);
        let at = world::now();
        let page = PolledPage {
            flow,
            connection: kept.source,
            cursor: String::new(),
            next_poll: at,
            records: vec![record],
            at,
        };
        self.store().save_page(page).await?;
        self.wake();
        let document = self.store().document_by_key(kept.source, key).await?;
        document.ok_or_else(|| VerbError::Unknown("the document was saved and is gone".to_owned()))
    }

    /// The mandates a target offers, each with its activation for the chosen company.
    ///
    /// # Errors
    /// A Problem that says what to correct.
    pub async fn offers(&self, id: ConnectionId) -> Result<Vec<(MandateOffer, Activation)>, VerbError> {
        let opened = self.open(id).await.map_err(VerbError::Problem)?;
        let attempt = Attempt::new(AttemptId::new(world::draw()));
        let unusable = |fault: counterfoil_core::fault::Fault| {
            VerbError::Problem(codes::connection_unusable(&opened.connection.name, &fault.message))
        };
        let target = opened.einvoicing().map_err(VerbError::Problem)?;
        let mut offers = Vec::new();
        for offer in target.mandates(&attempt).await.map_err(unusable)? {
            let activation =
                self.0.reference.activation(&opened, &attempt, &offer.code).await.map_err(unusable)?;
            offers.push((offer, (*activation).clone()));
        }
        Ok(offers)
    }

    /// Tests a connection: the companies its credentials reach. The exchanges are logged.
    ///
    /// # Errors
    /// A Problem that says what to correct.
    pub async fn check(
        &self,
        id: ConnectionId,
    ) -> Result<Vec<counterfoil_core::mandate::Company>, VerbError> {
        let opened = self.open(id).await.map_err(VerbError::Problem)?;
        let attempt = Attempt::new(AttemptId::new(world::draw()));
        let answer = opened.system().check(&attempt).await;
        let about = |exchange| crate::store::rows::ExchangeRow {
            exchange,
            connection: Some(id),
            sync: None,
            document: None,
        };
        self.store().log_exchanges(attempt.take_exchanges().into_iter().map(about).collect()).await?;
        answer.map_err(|fault| {
            let first = fault.problems.first().cloned();
            VerbError::Problem(
                first.unwrap_or_else(|| codes::connection_unusable(&opened.connection.name, &fault.message)),
            )
        })
    }
}

/// An audit entry of a person about something.
pub fn event(actor: &str, verb: &str, subject: impl std::fmt::Display) -> Event {
    Event {
        id: EventId::new(world::draw()),
        at: world::now(),
        actor: actor.to_owned(),
        verb: verb.to_owned(),
        subject: subject.to_string(),
        document: None,
        details: serde_json::Value::Null,
    }
}
