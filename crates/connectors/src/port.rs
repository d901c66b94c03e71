//! What a system can do for the house: capability traits, each optional. Implementing one is the opt-in.
//!
//! Every call takes the [`Attempt`] it belongs to; the HTTP client leaves each exchange there, redacted, whether the call
//! succeeds or not. Everything a vendor calls by its own name ends at these types.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use counterfoil_core::Problem;
use counterfoil_core::delivery::{ExternalId, TargetEvent};
use counterfoil_core::descriptor::{Capability, Descriptor, Environment};
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Document;
use counterfoil_core::exchange::Exchange;
use counterfoil_core::fault::Fault;
use counterfoil_core::id::AttemptId;
use counterfoil_core::mandate::{Activation, Company, Endpoint, InputField, MandateOffer, Receiver};
use counterfoil_core::outbound::{Label, Outbound};
use jiff::Timestamp;
use secrecy::SecretString;

/// A connector: what it is, and how to open it.
pub struct Connector {
    pub descriptor: Descriptor,
    /// Opens a system with these settings; makes no call.
    pub open: fn(Opening) -> Result<Arc<dyn System>, Problem>,
}

/// Everything a connector needs to speak to one company's system.
pub struct Opening {
    pub environment: &'static Environment,
    /// Fields that are not secret, and overrides `host.<role>`.
    pub settings: BTreeMap<String, String>,
    /// Secret fields; registered with the HTTP client for redaction before the first call.
    pub credentials: BTreeMap<String, SecretString>,
    /// The target's identifier of the chosen company, where one is chosen.
    pub company: Option<String>,
    /// Value of `X-Avalara-Client` and `User-Agent`: name and version of this product.
    pub client: String,
    /// Live, or a replay of exchange files.
    pub transport: crate::http::Transport,
}

/// One effect, and the exchanges it takes.
pub struct Attempt {
    /// Logged, stored and sent as `X-Correlation-ID`.
    pub id: AttemptId,
    exchanges: Mutex<Vec<Exchange>>,
}

impl Attempt {
    /// Nothing exchanged yet.
    pub const fn new(id: AttemptId) -> Self {
        Self { id, exchanges: Mutex::new(Vec::new()) }
    }

    /// Called by the HTTP client.
    pub fn record(&self, exchange: Exchange) {
        self.exchanges.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(exchange);
    }

    /// What was exchanged so far; leaves nothing behind.
    pub fn take_exchanges(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Opening {
    /// A setting that is not blank.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// A system, opened for one connection.
#[async_trait]
pub trait System: Send + Sync {
    /// The "test connection" button: the companies these credentials reach. Changes nothing.
    async fn check(&self, attempt: &Attempt) -> Result<Vec<Company>, Fault>;

    /// Where documents come from.
    fn source(&self) -> Option<&dyn Source> {
        None
    }

    /// Where legal documents go.
    fn einvoicing(&self) -> Option<&dyn EInvoicing> {
        None
    }

    /// The capabilities this object really has; the conformance tests hold it equal to the descriptor.
    fn capabilities(&self) -> Vec<Capability> {
        let mut all = Vec::new();
        if self.source().is_some() {
            all.push(Capability::Source);
        }
        if self.einvoicing().is_some() {
            all.push(Capability::EInvoicing);
        }
        all
    }
}

/// Opaque to the house: where the next poll goes on. Empty at the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor(pub String);

/// One page of a poll. Polling is a fold: old cursor in, page and new cursor out; the engine owns storage and time.
#[derive(Debug, Clone)]
pub struct Page {
    pub records: Vec<Received>,
    pub next: Cursor,
    /// More pages are there right now.
    pub more: bool,
}

/// One source object exactly as received.
#[derive(Debug, Clone)]
pub struct Received {
    /// The source's own stable name for the object; a second record with it is a new version of the same document.
    pub key: String,
    pub media_type: String,
    pub bytes: Arc<[u8]>,
    pub digest: Digest,
    /// What kept it from being received whole (too large, unreadable); such a record is kept and never sent.
    pub problems: Vec<Problem>,
}

/// A record read: the document, as far as it could be read, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Normalized {
    pub document: Option<Document>,
    pub problems: Vec<Problem>,
}

impl Normalized {
    /// Reads UBL 2.1. What is no UBL invoice becomes a problem that says why.
    pub fn of_ubl(bytes: &[u8]) -> Self {
        match einvoice::ubl::read(bytes) {
            Ok(reading) => Self { document: Some(Document::of_ubl(reading)), problems: Vec::new() },
            Err(error) => Self { document: None, problems: vec![error.to_problem()] },
        }
    }
}

/// A system documents come from.
#[async_trait]
pub trait Source: Send + Sync {
    /// The next page after `cursor`, at most `limit` records. The same page twice must change nothing.
    async fn poll(&self, attempt: &Attempt, cursor: &Cursor, limit: usize) -> Result<Page, Fault>;

    /// Pure: the same record gives the same document.
    fn normalize(&self, received: &Received) -> Normalized;
}

/// A system that submits legal e-invoices by mandate.
#[async_trait]
pub trait EInvoicing: Send + Sync {
    /// Mandates the target offers.
    async fn mandates(&self, attempt: &Attempt) -> Result<Vec<MandateOffer>, Fault>;

    /// The data-input fields of a mandate for this kind of document.
    async fn input_fields(
        &self,
        attempt: &Attempt,
        mandate: &str,
        kind: counterfoil_core::document::Kind,
    ) -> Result<Vec<InputField>, Fault>;

    /// Whether the connection's company may use the mandate now.
    async fn activation(&self, attempt: &Attempt, mandate: &str) -> Result<Activation, Fault>;

    /// Who in the network answers to this endpoint, or to this name where no endpoint is known. Empty = nobody.
    async fn receivers(
        &self,
        attempt: &Attempt,
        endpoint: Option<&Endpoint>,
        name: &str,
    ) -> Result<Vec<Receiver>, Fault>;

    /// Whether a receiver's document types include this kind. Pure; the words are the target's.
    fn can_receive(&self, receiver: &Receiver, kind: counterfoil_core::document::Kind) -> bool;

    /// Sends. An error with `Sent::Maybe` means: look before sending again.
    async fn submit(&self, attempt: &Attempt, outbound: &Outbound) -> Result<ExternalId, Fault>;

    /// Candidates for what was sent around `since`: same company, kind and number. Empty = not there (yet).
    async fn find(
        &self,
        attempt: &Attempt,
        label: &Label,
        since: Timestamp,
    ) -> Result<Vec<ExternalId>, Fault>;

    /// Whether the candidate is what we sent, by content.
    async fn is_ours(&self, attempt: &Attempt, id: &ExternalId, outbound: &[u8]) -> Result<bool, Fault>;

    /// The verdict so far.
    async fn status(&self, attempt: &Attempt, id: &ExternalId) -> Result<Status, Fault>;

    /// One representation of a complete document.
    async fn download(&self, attempt: &Attempt, id: &ExternalId, media_type: &str) -> Result<Vec<u8>, Fault>;

    /// Whether `find` can be believed; where it cannot, doubt is for a person.
    fn searchable(&self) -> bool {
        true
    }

    /// Verifies a webhook call and says which documents it is about. The body is never trusted as a verdict.
    ///
    /// # Errors
    /// Why the call is refused: unsigned, wrongly signed, unreadable.
    fn webhook(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        secret: &SecretString,
    ) -> Result<Vec<ExternalId>, String> {
        let _ = (headers, body, secret);
        Err("this system sends no webhooks".to_owned())
    }
}

/// The target's answer to "how is it going".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub verdict: Verdict,
    /// The target's own word, kept as it is.
    pub word: String,
    /// The answer of an authority, platform or buyer, where the target reports one.
    pub business: Option<String>,
    /// All of its history, oldest first.
    pub events: Vec<TargetEvent>,
}

/// What a status means to the planner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Pending,
    Complete,
    /// Every message kept.
    Failed {
        messages: Vec<String>,
    },
    /// A word we do not know: ask again, tell people.
    Unknown,
}
