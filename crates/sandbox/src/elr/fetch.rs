//! `POST /einvoicing/documents/$fetch` and inbound documents in general.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::Refusal;
use super::mandates::{INPUT_FORMATS, Mandate};
use super::submit::{Order, take_in};
use super::{Answer, Elr};

/// Keys that one call may ask by.
const MAX_KEYS: usize = 50;
const BOUGHT: &str = include_str!("seeded-invoice.xml");

#[derive(Deserialize)]
struct FetchRequest {
    data: Vec<Key>,
    metadata: Map<String, Value>,
}

#[derive(Deserialize)]
struct Key {
    key: String,
    value: String,
}

/// Client: DocumentsApi.fetch_documents. Pulls an inbound document that a tax authority holds; here an invoice whose
/// number is the first value asked for. All seven metadata fields are required and the versions are numbers
/// (FetchDocumentsRequestMetadata). The status `Accepted` is in the client's documentation; the rest of the behaviour
/// is [unverified].
pub(super) async fn fetch(State(elr): State<Arc<Elr>>, headers: HeaderMap, body: Bytes) -> Answer {
    let request: FetchRequest = serde_json::from_slice(&body)
        .map_err(|error| Refusal::bad(format!("The body cannot be read: {error}")))?;
    for name in ["workflowId", "dataFormat", "outputDataFormat", "countryCode", "countryMandate"] {
        if request.metadata.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(Refusal::bad(format!("metadata.{name} is required.")));
        }
    }
    for name in ["dataFormatVersion", "outputDataFormatVersion"] {
        if !request.metadata.get(name).is_some_and(Value::is_number) {
            return Err(Refusal::bad(format!("metadata.{name} is required and must be a number.")));
        }
    }
    let first = request.data.first().filter(|first| !first.key.is_empty() && !first.value.is_empty());
    let first = first.ok_or_else(|| Refusal::bad("data must hold at least one key with a value."))?;
    if request.data.len() > MAX_KEYS {
        return Err(Refusal::bad(format!("data must not hold more than {MAX_KEYS} keys.")));
    }
    let name = request.metadata["countryMandate"].as_str().unwrap_or("");
    let mandate = Mandate::find(name)
        .ok_or_else(|| Refusal::bad(format!("metadata.countryMandate {name} is not supported.")))?;
    let number = escaped(&first.value);
    let xml = BOUGHT.replacen("<cbc:ID>100000</cbc:ID>", &format!("<cbc:ID>{number}</cbc:ID>"), 1);
    let order = Order { mandate, format: "ubl-invoice" };
    let document = take_in(&elr, &order, xml.into(), "in", 0, &headers)
        .ok_or_else(|| Refusal::bad("The sandbox holds no more documents."))?;
    elr.webhooks.announce(&elr, &document);
    let at = document.style.instant(document.submitted_at);
    Ok(Json(json!({"id": document.id, "status": "Accepted", "eventDateTime": at})).into_response())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `POST /seed/elr/documents`: an inbound document, `{mandate, data}` with the XML as text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InboundWish {
    mandate: String,
    data: String,
    #[serde(default)]
    format: Option<String>,
}

/// Puts an inbound document into the world, as if a supplier had sent it.
pub(super) fn seed_inbound(elr: &Arc<Elr>, wish: Value) -> Result<Value, String> {
    let wish: InboundWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
    let mandate = Mandate::find(&wish.mandate)
        .ok_or_else(|| format!("mandate: {:?} is not simulated", wish.mandate))?;
    let wanted = wish.format.as_deref().unwrap_or(INPUT_FORMATS[0]);
    let format = INPUT_FORMATS.into_iter().find(|known| *known == wanted);
    let format =
        format.ok_or_else(|| format!("format: {wanted:?} is not one of {}", INPUT_FORMATS.join(", ")))?;
    let document = take_in(elr, &Order { mandate, format }, wish.data.into(), "in", 0, &HeaderMap::new())
        .ok_or("the sandbox holds no more documents")?;
    elr.webhooks.announce(elr, &document);
    Ok(json!({"id": document.id}))
}
