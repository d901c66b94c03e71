//! Everything an administrator configures, as one immutable snapshot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bookmark::Bookmark;
use crate::flow::Flow;
use crate::id::{BookmarkId, ConnectionId, FlowId, MandateId, MappingId};
use crate::mandate::{Endpoint, Mandate};
use crate::mapping::Mapping;

/// The snapshot the engine plans by. A change makes a new one.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// Grows with every change.
    pub revision: i64,
    pub connections: BTreeMap<ConnectionId, Kept<Connection>>,
    pub flows: BTreeMap<FlowId, Kept<Flow>>,
    pub mandates: BTreeMap<MandateId, Kept<Mandate>>,
    pub bookmarks: BTreeMap<BookmarkId, Kept<Bookmark>>,
    pub mappings: BTreeMap<MappingId, Kept<Mapping>>,
}

/// A configured noun with the revision it was saved under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    pub revision: i64,
    pub value: T,
}

impl<T> std::ops::Deref for Kept<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Credentials (kept apart, sealed) and environment for one company in one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// What people call it; unique.
    pub name: String,
    /// The system's key in the registry, such as `elr`.
    pub system: String,
    /// One of the system's environments, such as `sandbox` or `production`.
    pub environment: String,
    /// Switched off, nothing is asked of the system and nothing sent to it.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The company chosen from the tenant's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyChoice>,
    /// Our own electronic address, for documents that do not carry one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Endpoint>,
    /// IANA zone in which its schedules are read.
    #[serde(default = "utc")]
    pub zone: String,
    /// Fields of the system's descriptor that are not secret.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// In production, nothing is sent before a person has seen count, total and oldest date.
    #[serde(default)]
    pub first_run_confirmed: bool,
}

/// Both names of the same company: theirs and ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanyChoice {
    /// The target's identifier of the company.
    pub id: String,
    /// The target's name of it.
    pub name: String,
    /// The company's name or number in the business system.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
}

const fn yes() -> bool {
    true
}

fn utc() -> String {
    "UTC".to_owned()
}
