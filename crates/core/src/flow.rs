//! Flows: where documents come from, which of them go, when, and by which mandates.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Kind;
use crate::id::{ConnectionId, MandateId};
use crate::schedule::Schedule;

/// One configured road from a source to its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// What people call it; unique.
    pub name: String,
    /// Switched off, nothing new is begun; what was begun is followed to its end.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The connection that is polled.
    pub source: ConnectionId,
    /// The kinds of document that go.
    #[serde(default = "all_kinds")]
    pub kinds: Vec<Kind>,
    /// What begins a submission.
    #[serde(default)]
    pub trigger: Trigger,
    /// How often the source is looked at.
    pub schedule: Schedule,
    /// Documents dated earlier are not sent by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<Date>,
    /// The source status at which a document goes by itself, compared without regard to case; none = at any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_status: Option<String>,
    /// The mandates it may take, in order: the first whose bookmark matches wins.
    pub mandates: Vec<MandateId>,
}

/// What begins a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The engine, as soon as the document is ready.
    #[default]
    Automatic,
    /// A person: one, selected, or all.
    Manual,
}

const fn yes() -> bool {
    true
}

fn all_kinds() -> Vec<Kind> {
    vec![Kind::Invoice, Kind::CreditNote]
}
