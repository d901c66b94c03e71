//! An exchange as columns: heads as JSON, large bodies apart and only once.

use std::sync::Arc;

use counterfoil_core::digest::Digest;
use counterfoil_core::exchange::{Body, LOGGED_BODY_MAX};
use counterfoil_core::id::{AttemptId, ConnectionId, DocumentId, ExchangeId, SyncId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::store::rows::ExchangeRow;

/// Bodies up to this size lie in the exchange itself.
const INLINE_MAX: usize = 1024;

/// An exchange ready to be inserted.
pub struct ExchangeColumns {
    pub id: ExchangeId,
    pub at: Timestamp,
    pub duration_us: i64,
    pub attempt: AttemptId,
    pub connection: Option<ConnectionId>,
    pub document: Option<DocumentId>,
    pub sync: Option<SyncId>,
    pub vendor_correlation: Option<String>,
    pub operation: &'static str,
    pub method: String,
    pub url: String,
    pub status: Option<i64>,
    pub fault: Option<String>,
    pub fault_detail: Option<String>,
    pub request: String,
    pub response: Option<String>,
}

/// Splits an exchange; large bodies are added to `bodies`.
pub fn columns(row: &ExchangeRow, bodies: &mut Vec<(Digest, Arc<[u8]>)>) -> ExchangeColumns {
    let exchange = &row.exchange;
    let (request, response) = (&exchange.request, exchange.response.as_ref());
    let correlation = |(name, value): &(String, String)| {
        let name = name.to_ascii_lowercase();
        matches!(name.as_str(), "x-correlation-id" | "x-request-id" | "request-id").then(|| value.clone())
    };
    ExchangeColumns {
        id: exchange.id,
        at: exchange.at,
        duration_us: exchange.duration_us,
        attempt: exchange.attempt,
        connection: row.connection,
        document: row.document,
        sync: row.sync,
        vendor_correlation: response.and_then(|response| response.headers.iter().find_map(correlation)),
        operation: exchange.operation,
        method: request.method.clone(),
        url: request.url.clone(),
        status: response.map(|response| i64::from(response.status)),
        fault: exchange.fault.as_ref().map(|fault| fault.message.clone()),
        fault_detail: exchange.fault.as_ref().and_then(|fault| serde_json::to_string(fault).ok()),
        request: json!({ "headers": request.headers, "body": body(&request.body, bodies) }).to_string(),
        response: response.map(|response| {
            json!({ "headers": response.headers, "body": body(&response.body, bodies) }).to_string()
        }),
    }
}

fn body(body: &Body, bodies: &mut Vec<(Digest, Arc<[u8]>)>) -> Value {
    match body {
        Body::None => Value::Null,
        Body::Whole(bytes) => piece(bytes, || Arc::from(bytes.as_slice()), bodies),
        Body::Parts(parts) => {
            let part = |part: &counterfoil_core::exchange::Part, bodies: &mut Vec<_>| {
                let body = piece(&part.bytes, || Arc::clone(&part.bytes), bodies);
                json!({ "name": part.name, "media_type": part.media_type, "body": body })
            };
            json!({ "parts": parts.iter().map(|one| part(one, bodies)).collect::<Vec<_>>() })
        }
    }
}

fn piece(bytes: &[u8], shared: impl FnOnce() -> Arc<[u8]>, bodies: &mut Vec<(Digest, Arc<[u8]>)>) -> Value {
    if bytes.len() <= INLINE_MAX
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return json!({ "text": text });
    }
    let digest = Digest::of(bytes);
    let kept = if bytes.len() > LOGGED_BODY_MAX { Arc::from(&bytes[..LOGGED_BODY_MAX]) } else { shared() };
    let kept_digest = if kept.len() == bytes.len() { digest } else { Digest::of(&kept) };
    bodies.push((kept_digest, kept));
    json!({ "digest": digest, "kept": kept_digest, "size": bytes.len() })
}
