//! Outbounds: exactly what would be sent, and where each element of it comes from.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::document::Kind;

/// What is sent to an e-invoicing target: the legal document and how the target must treat it.
///
/// Correlation ids, multipart boundaries and clock values are not in here, so they are outside the digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// UBL 2.1, byte for byte.
    pub bytes: Arc<[u8]>,
    /// What it says about itself.
    pub label: Label,
    /// Over bytes, mandate, company and formats.
    pub digest: Digest,
}

/// What is needed to send an outbound and to find it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub kind: Kind,
    /// BT-1.
    pub number: String,
    /// BT-2.
    pub issue_date: Option<Date>,
    /// BT-27.
    pub seller: String,
    /// BT-44.
    pub buyer: String,
    /// The target's code of the mandate.
    pub mandate: String,
    /// ISO 3166-1 alpha-2 country of the mandate.
    pub country: String,
    /// The target's identifier of our company.
    pub company: String,
    /// The target's workflow.
    pub workflow: String,
    /// Where the target demands a choice of output: format and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<(String, String)>,
}

impl Outbound {
    /// Puts bytes and label together under their digest.
    pub fn new(bytes: Arc<[u8]>, label: Label) -> Self {
        let described = serde_json::to_vec(&label).unwrap_or_default();
        let digest = Digest::of_parts([&bytes[..], &described]);
        Self { bytes, label, digest }
    }
}

/// One element of the outbound and where its value comes from; the dry run prints these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementSource {
    /// Path in the UBL document.
    pub path: String,
    pub value: String,
    pub source: ValueSource,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum ValueSource {
    /// The document has it there already.
    Document,
    /// A native field of the source.
    Native { field: String },
    /// A custom field of the source.
    Custom { field: String },
    /// A value fixed in the mandate's field mapping.
    Fixed,
    /// A code group translated the native value.
    Code { group: String, native: String },
    /// The connection's sender endpoint.
    Sender,
    /// Looked up in the network.
    LookUp,
}
