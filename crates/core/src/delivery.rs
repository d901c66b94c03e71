//! What we last saw of a document at one target.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::digest::Digest;
use crate::fault::Fault;
use crate::id::AttemptId;

/// The target's own name for what it holds; opaque to us.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalId(pub String);

impl std::fmt::Display for ExternalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What we last saw. Written by the engine, read by the planner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Seen {
    /// Nothing was ever sent, or it is proven that nothing arrived.
    Nothing,
    /// The intent is saved and the outcome unknown: a crash between the two looks like this.
    Sending { attempt: AttemptId, since: Timestamp, digest: Digest },
    /// Accepted for processing; the verdict is asked for at `check_at`.
    Awaiting { id: ExternalId, digest: Digest, check_at: Timestamp },
    /// There, for good.
    Present { id: ExternalId, digest: Digest },
    /// The target does not take this content. Other content may be sent; the same may be tried again at `again_at`,
    /// where the reason lies outside the content (an activation, a receiver).
    Refused { digest: Digest, problems: Vec<Problem>, again_at: Option<Timestamp> },
    /// An exchange failed. Where it may have had its effect, `since` says when that was.
    Faulted { fault: Fault, retry_at: Timestamp, since: Option<Timestamp>, digest: Digest },
    /// Looking did not settle whether it arrived; only a person can say.
    InDoubt { digest: Digest, since: Timestamp, problems: Vec<Problem> },
}

impl Seen {
    /// The name of the state, as stored and filtered by.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Sending { .. } => "sending",
            Self::Awaiting { .. } => "awaiting",
            Self::Present { .. } => "present",
            Self::Refused { .. } => "refused",
            Self::Faulted { .. } => "faulted",
            Self::InDoubt { .. } => "in_doubt",
        }
    }

    /// Whether the target has it, or may have it: such a delivery is frozen with the outbound it was made of.
    pub const fn is_frozen(&self) -> bool {
        match self {
            Self::Nothing | Self::Refused { .. } => false,
            Self::Faulted { since, .. } => since.is_some(),
            Self::Sending { .. } | Self::Awaiting { .. } | Self::Present { .. } | Self::InDoubt { .. } => {
                true
            }
        }
    }

    /// The digest of what was sent, if anything was.
    pub const fn digest(&self) -> Option<Digest> {
        match self {
            Self::Nothing => None,
            Self::Sending { digest, .. }
            | Self::Awaiting { digest, .. }
            | Self::Present { digest, .. }
            | Self::Refused { digest, .. }
            | Self::Faulted { digest, .. }
            | Self::InDoubt { digest, .. } => Some(*digest),
        }
    }

    /// The target's own identifier, once known.
    pub const fn external_id(&self) -> Option<&ExternalId> {
        match self {
            Self::Awaiting { id, .. } | Self::Present { id, .. } => Some(id),
            _ => None,
        }
    }
}

/// One entry of the target's own history of a document, kept whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetEvent {
    /// When, exactly as the target spelled it.
    pub at: String,
    /// What it says.
    pub message: String,
    /// The name of a value the authority or network gave back, such as a receipt number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_key: Option<String>,
    /// That value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_value: Option<String>,
}
