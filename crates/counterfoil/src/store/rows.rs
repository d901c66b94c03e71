//! What the store takes and gives: rows as domain values.

use std::sync::Arc;

use counterfoil_core::Problem;
use counterfoil_core::delivery::{Seen, TargetEvent};
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Kind;
use counterfoil_core::event::Event;
use counterfoil_core::exchange::Exchange;
use counterfoil_core::id::{
    AttemptId, ConnectionId, DiscrepancyId, DocumentId, ExchangeId, FlowId, MandateId, RecordId, SyncId,
};
use counterfoil_core::outbound::Label;
use counterfoil_core::plan::{Asked, Plan};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// One page of a poll, normalized: saved with its cursor in one transaction.
#[derive(Debug, Clone)]
pub struct PolledPage {
    pub flow: FlowId,
    pub connection: ConnectionId,
    pub cursor: String,
    /// When the source is to be looked at again.
    pub next_poll: Timestamp,
    pub records: Vec<PolledRecord>,
    pub at: Timestamp,
}

/// One record with what was read out of it. Identifiers are drawn by the caller and used only for what is new.
#[derive(Debug, Clone)]
pub struct PolledRecord {
    pub record: RecordId,
    pub document: DocumentId,
    pub sync: SyncId,
    /// The source's own stable name.
    pub key: String,
    pub media_type: String,
    pub bytes: Arc<[u8]>,
    pub digest: Digest,
    pub summary: Summary,
    /// Findings of receiving and normalizing.
    pub problems: Vec<Problem>,
}

/// The columns of a document that lists show and filters use.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    pub kind: Option<Kind>,
    pub number: Option<String>,
    pub issue_date: Option<Date>,
    pub seller: Option<String>,
    /// The seller's identity for numbering, folded; see `Document::seller_key`.
    pub seller_key: Option<String>,
    pub buyer: Option<String>,
    pub currency: Option<String>,
    pub payable: Option<Decimal>,
    pub source_status: Option<String>,
}

/// A document as stored: its summary and where its bytes are.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentRow {
    pub id: DocumentId,
    pub connection: ConnectionId,
    pub key: String,
    pub version: i64,
    pub record: RecordId,
    /// Digest of the record's body.
    pub digest: Digest,
    pub media_type: String,
    pub summary: Summary,
    pub problems: Vec<Problem>,
    pub pinned: Option<MandateId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One document's progress through one flow, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncRow {
    pub id: SyncId,
    pub flow: FlowId,
    pub document: DocumentId,
    pub state: State,
    /// The last plan, for lists and the "Next:" sentence.
    pub plan: Option<Plan>,
    pub due_at: Option<Timestamp>,
    pub asked: Asked,
    /// A mandate a person chose when sending.
    pub chosen: Option<MandateId>,
    /// A person who put it aside.
    pub held_by: Option<String>,
    /// A person allowed this document to take a number that was used.
    pub number_released: bool,
    /// Since a restore: it may have been sent after the backup was made, so the target is searched before the first send.
    pub look_first: Option<Timestamp>,
    /// Failed tries in a row, for backoff.
    pub tries: i64,
    pub revision: i64,
    pub updated_at: Timestamp,
}

/// The five states people count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Due,
    Waiting,
    Blocked,
    Settled,
    Held,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Due, Self::Waiting, Self::Blocked, Self::Settled, Self::Held];

    /// The word stored, filtered by and counted under.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Waiting => "waiting",
            Self::Blocked => "blocked",
            Self::Settled => "settled",
            Self::Held => "held",
        }
    }

    /// The state of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What we last saw of a document at one target, as stored. Its key is sync, connection and environment.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRow {
    pub sync: SyncId,
    pub connection: ConnectionId,
    pub environment: String,
    pub mandate: MandateId,
    pub seen: Seen,
    /// The attempt that owns the intent; an outcome is saved by it even when lease or revision was lost.
    pub attempt: Option<AttemptId>,
    /// Frozen with the delivery: what was sent. None before the first intent.
    pub label: Option<Label>,
    /// Body of the outbound.
    pub outbound: Option<Digest>,
    /// Document version and revisions of mandate and mapping it was rendered from.
    pub rendered_from: RenderedFrom,
    /// The target's history, whole.
    pub events: Vec<TargetEvent>,
    /// Identifiers of earlier submissions that the target refused; they are not candidates when looking.
    pub earlier: Vec<counterfoil_core::delivery::ExternalId>,
    /// The target's word for its status, and the authority's or buyer's answer.
    pub status_word: Option<String>,
    pub business_status: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub settled_at: Option<Timestamp>,
    /// Questions asked for the verdict so far, for the growing wait.
    pub looks: i64,
}

/// Snapshot an outbound was rendered from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RenderedFrom {
    pub version: i64,
    pub mandate_revision: i64,
    pub mapping_revision: i64,
}

/// All that one step of progress changes: applied whole or not at all.
#[derive(Debug, Clone)]
pub struct Progress {
    pub sync: SyncId,
    /// The revision the plan was made of.
    pub revision: i64,
    /// `Plan`: refused if the revision moved. `Outcome`: never dropped; where the revision moved, the delivery is saved by
    /// its attempt, the sync becomes due at once and the rest is saved as it is.
    pub kind: ProgressKind,
    pub state: State,
    pub plan: Option<Plan>,
    pub due_at: Option<Timestamp>,
    /// Failed tries in a row from now on.
    pub tries: i64,
    /// Whether the wish that was there is fulfilled.
    pub clear_asked: bool,
    /// Whether the lease is given back (false between intent and effect).
    pub release: bool,
    /// Whether the search that a restore asked for is done.
    pub clear_look_first: bool,
    pub delivery: Option<DeliveryRow>,
    /// With an intent: the number it takes at the target. Taken by another sync = the whole progress is refused.
    pub number: Option<NumberClaim>,
    pub bodies: Vec<(Digest, Arc<[u8]>)>,
    pub exchanges: Vec<ExchangeRow>,
    pub events: Vec<Event>,
    pub attachments: Vec<AttachmentRow>,
    pub discrepancies: Vec<DiscrepancyRow>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressKind {
    Plan,
    Outcome,
}

/// What became of a progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Saved; the sync's revision now.
    Saved { revision: i64 },
    /// Somebody else moved the sync, or took the number: plan again.
    Lost,
}

/// (seller, kind, number) at one target; unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberClaim {
    pub connection: ConnectionId,
    pub environment: String,
    pub seller_key: String,
    pub kind: Kind,
    pub number: String,
    /// A person released it: taken over from whoever has it.
    pub take_over: bool,
}

/// Who took a number first.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberHolder {
    pub sync: SyncId,
    pub document: DocumentId,
    pub key: String,
    /// Body digest of the document version that was sent.
    pub digest: Digest,
}

/// An exchange with what it is about.
#[derive(Debug, Clone)]
pub struct ExchangeRow {
    pub exchange: Exchange,
    pub connection: Option<ConnectionId>,
    pub sync: Option<SyncId>,
    pub document: Option<DocumentId>,
}

/// Something the target gave back for a document.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachmentRow {
    pub sync: SyncId,
    pub connection: ConnectionId,
    pub media_type: String,
    pub digest: Digest,
    pub at: Timestamp,
}

/// Books differ.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscrepancyRow {
    pub id: DiscrepancyId,
    pub sync: SyncId,
    /// Such as `changed_after_submission`; one open row per sync and cause.
    pub cause: String,
    pub details: serde_json::Value,
    pub at: Timestamp,
    /// Closes the open one instead of opening.
    pub closed: bool,
}

/// One line of the exchange list.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeLine {
    pub id: ExchangeId,
    pub at: Timestamp,
    pub connection: Option<ConnectionId>,
    pub document: Option<DocumentId>,
    pub sync: Option<SyncId>,
    pub attempt: AttemptId,
    /// The vendor's own correlation id, where it sent one.
    pub vendor_correlation: Option<String>,
    pub operation: String,
    pub method: String,
    pub url: String,
    pub status: Option<i64>,
    pub duration_us: i64,
    pub fault: Option<String>,
}
