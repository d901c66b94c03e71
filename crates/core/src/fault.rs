//! Faults: what went wrong with one exchange, in the few classes that lead to different behaviour.
//!
//! A vendor's status codes, error bodies and surprises end here: nothing past a connector looks at an HTTP status to
//! decide what to do next.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// A failed exchange, classified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What to do about it depends on this only.
    pub class: FaultClass,
    /// Whether the request may have had its effect all the same.
    pub sent: Sent,
    /// What happened, for people; never holds a secret.
    pub message: String,
    /// The HTTP status, where there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long the other side asked us to stay away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<SignedDuration>,
    /// What the other side says is wrong with the content, message by message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// The classes; each has one reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultClass {
    /// No connection, no answer in time, or the connection broke. Back off and try again.
    Unreachable,
    /// Asked to slow down. Wait as long as asked.
    RateLimited,
    /// The other side failed for reasons of its own (HTTP 5xx). Back off and try again.
    Unavailable,
    /// Credentials refused, also after one refresh. Stop the connection and tell a person.
    Unauthorized,
    /// The content was refused. The same content is not sent again.
    Refused,
    /// It is already there, or its number is taken.
    Conflict,
    /// What was asked for does not exist (yet).
    Absent,
    /// An answer that cannot be understood; a surprise, never a default.
    Unintelligible,
}

/// Whether a failed request may have had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// Certainly not: never left, or the answer says that nothing was done.
    No,
    /// Perhaps: look before sending again.
    Maybe,
}

impl Fault {
    /// A fault without status, hints or problems.
    pub fn new(class: FaultClass, sent: Sent, message: impl Into<String>) -> Self {
        Self { class, sent, message: message.into(), status: None, retry_after: None, problems: Vec::new() }
    }

    /// The content was refused for these reasons.
    pub fn refused(message: impl Into<String>, problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::new(FaultClass::Refused, Sent::No, message) }
    }

    /// An answer that cannot be understood.
    pub fn unintelligible(sent: Sent, message: impl Into<String>) -> Self {
        Self::new(FaultClass::Unintelligible, sent, message)
    }

    /// With the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Whether another try of the same content can succeed without anybody changing anything.
    pub const fn passes_by_itself(&self) -> bool {
        !matches!(self.class, FaultClass::Refused | FaultClass::Unauthorized | FaultClass::Conflict)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
