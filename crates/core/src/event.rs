//! Events: what happened, who did it, to what. Audit entries hold digests, never bodies.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{DocumentId, EventId};

/// One audit entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub at: Timestamp,
    /// `engine`, `user:<email>`, `token:<name>` or `cli`.
    pub actor: String,
    /// Past tense, such as `delivery_sent`.
    pub verb: String,
    /// The identifier of what it happened to.
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// Details; digests of bodies, never their text.
    #[serde(default)]
    pub details: serde_json::Value,
}
