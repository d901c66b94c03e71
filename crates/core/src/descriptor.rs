//! What a system is, as data: it draws the connect form, the command line and the documentation.

use jiff::SignedDuration;
use serde::Serialize;

use crate::backoff::Backoff;

/// Everything the house knows of a system before it is connected.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// Its key in the registry and in configuration, such as `elr`.
    pub system: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    pub capabilities: &'static [Capability],
    pub fields: &'static [Field],
    pub environments: &'static [Environment],
    /// Pages of the vendor worth reading.
    pub links: &'static [(&'static str, &'static str)],
}

/// What a system can do for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    Source,
    EInvoicing,
}

/// One field of the connect form.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Field {
    pub key: &'static str,
    pub title: &'static str,
    pub help: &'static str,
    /// Sealed at rest, never shown again.
    pub secret: bool,
    pub required: bool,
}

/// One environment of a system, with its hosts and its patience.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    pub name: &'static str,
    /// What is sent here is legally binding.
    pub binding: bool,
    /// Host by role; each can be overridden by a setting `host.<role>`.
    pub hosts: &'static [(&'static str, &'static str)],
    pub waits: Waits,
    /// Calls in flight at once.
    pub lane: usize,
    /// Calls per minute we allow ourselves; none = as the other side says.
    pub calls_per_minute: Option<u32>,
}

/// Named waits of an environment. None is shorter than the vendor's own timeout.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// Between acceptance and the first question for the verdict.
    pub first_status: SignedDuration,
    /// Between further questions; doubles up to `status_longest`.
    pub status: SignedDuration,
    pub status_longest: SignedDuration,
    /// After a doubtful effect, before "not found" is believed.
    pub after_doubt: SignedDuration,
    /// One exchange may take this long.
    pub timeout: SignedDuration,
    /// Before a block whose reason lies outside is looked at again.
    pub again: SignedDuration,
    pub backoff: Backoff,
}

impl Descriptor {
    /// The environment of this name.
    pub fn environment(&self, name: &str) -> Option<&'static Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }
}
