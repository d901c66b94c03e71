//! Exchanges: one HTTP request and its response, redacted. Production log entry, replayable test fixture and
//! documentation sample are the same format.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::id::{AttemptId, ExchangeId};

/// Bytes of a body that are kept; beyond, only the digest and the head.
pub const LOGGED_BODY_MAX: usize = 1024 * 1024;

/// One request and its response, as captured: secrets are gone before this value exists.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub id: ExchangeId,
    pub attempt: AttemptId,
    pub at: Timestamp,
    pub duration_us: i64,
    /// The client function, such as `submit`.
    pub operation: &'static str,
    pub request: Request,
    /// None where no answer came.
    pub response: Option<Response>,
    pub fault: Option<Fault>,
}

/// The request as sent.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// With its query, redacted.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// The response as received.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// A body, kept whole or in parts so that a document inside a multipart form is stored once.
#[derive(Debug, Clone, Default)]
pub enum Body {
    #[default]
    None,
    Whole(Vec<u8>),
    /// Parts of `multipart/form-data`: name, media type, bytes.
    Parts(Vec<Part>),
}

#[derive(Debug, Clone)]
pub struct Part {
    pub name: String,
    pub media_type: Option<String>,
    pub bytes: std::sync::Arc<[u8]>,
}

/// An exchange file: composed by us in the vendor's exact shape, or exported from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeFile {
    /// What it shows.
    pub note: String,
    /// The vendor page or recorded answer it is modelled on, or where it was captured.
    pub modelled_on: String,
    pub request: RequestFile,
    pub response: ResponseFile,
}

/// The request half of an exchange file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestFile {
    pub method: String,
    /// Path and query, without the host.
    pub path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// The response half of an exchange file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseFile {
    pub status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}
