//! Mandates: what a target says of them, and what we configure for one of them.

use serde::{Deserialize, Serialize};

use crate::fields::FieldRule;
use crate::id::{BookmarkId, ConnectionId, MappingId};

/// One configured mandate of one connection: which documents take it and where each of its fields comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// What people call it; unique.
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The connection, and so the company, it belongs to.
    pub connection: ConnectionId,
    /// The target's own code for it, such as `GB-B2B-PEPPOL`. Never parsed: its pattern has exceptions.
    pub code: String,
    /// Which documents take it by themselves; none = only where pinned or chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bookmark: Option<BookmarkId>,
    /// The code translations it uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<MappingId>,
    /// Where each data-input field comes from; what is not listed stays as the document has it.
    #[serde(default)]
    pub fields: Vec<FieldRule>,
    /// The rule set its documents must satisfy; none = the one each document declares in BT-24.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The target's workflow; none = the first it offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// An inactive one can be prepared; nothing is sent by it.
    #[serde(default = "yes")]
    pub active: bool,
}

/// What a target says of a mandate it offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateOffer {
    pub code: String,
    pub description: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Input formats with their versions, such as `ubl-invoice` 2.1.
    pub input_formats: Vec<Format>,
    /// Not empty where the target demands a choice.
    pub output_formats: Vec<Format>,
    pub workflows: Vec<String>,
    /// Media types that can be downloaded once a document is complete.
    pub media_types: Vec<String>,
}

/// A data format with the versions accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    pub name: String,
    pub versions: Vec<String>,
}

/// One data-input field of a mandate, as its target describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputField {
    pub id: String,
    /// Its place in the UBL document, as the target spells it.
    pub path: String,
    pub name: String,
    pub description: String,
    pub optionality: Optionality,
    /// Only these values, where the list is not empty.
    #[serde(default)]
    pub accepted_values: Vec<String>,
    /// An example, or the one value it must have.
    #[serde(default)]
    pub example: String,
}

impl InputField {
    /// Whether this value is in its list, if it has one.
    pub fn accepts(&self, value: &str) -> bool {
        self.accepted_values.is_empty() || self.accepted_values.iter().any(|accepted| accepted == value)
    }
}

/// Whether a mandate demands a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Optionality {
    Required,
    Conditional,
    Optional,
    NotUsed,
}

/// Whether a company may use a mandate now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activation {
    /// Registered and ready.
    Completed,
    /// Registered, not ready; with the target's word for the state and its message.
    NotReady { status: String, message: String },
    /// The company is not registered for it.
    Absent,
}

/// A company of a tenant, to choose from when connecting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    pub id: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    pub active: bool,
}

/// What a network says of a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    pub name: String,
    /// Its electronic addresses as scheme and value.
    pub endpoints: Vec<Endpoint>,
    /// Document types it can receive, in the target's words.
    pub document_types: Vec<String>,
}

/// An electronic address (BT-34, BT-49): a scheme of the EAS list and a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    pub scheme: String,
    pub value: String,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.scheme, self.value)
    }
}

const fn yes() -> bool {
    true
}
