//! `POST /einvoicing/documents`: metadata is refused at once, the XML is judged later.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Extension, Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answer::{Refusal, Spelling};
use super::document::{Document, Style, Verdict, receipts};
use super::mandates::{INPUT_FORMATS, INPUT_VERSION, Mandate, WORKFLOW};
use super::verdict::{self, Reading};
use super::world::NAME;
use super::{Answer, Elr};
use crate::clock::after_ms;
use crate::gate::Unlisted;
use crate::seed::sha256;

/// The largest metadata part.
const MAX_METADATA: usize = 64 << 10;

/// Client: DocumentsApi.submit_document. A multipart body with the part `metadata` (JSON, with a content type from the
/// official client, without one from Business Central) and the part `data` (the XML). Answer 201 `{"id"}`, as in
/// `SubmitDocument.txt`.
pub(super) async fn submit(
    State(elr): State<Arc<Elr>>,
    unlisted: Option<Extension<Unlisted>>,
    headers: HeaderMap,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Answer {
    let spelling = Spelling::of(&headers);
    let bad = |message: String| Refusal::Submission(spelling, StatusCode::BAD_REQUEST, message);
    let multipart = multipart
        .map_err(|_| bad("The request must be multipart/form-data with metadata and data.".into()))?;
    let (metadata, xml) = parts(multipart, spelling).await?;
    let metadata: Map<String, Value> = serde_json::from_slice(&metadata)
        .map_err(|error| bad(format!("metadata is not a JSON object: {error}")))?;
    let order = Order::read(&metadata).map_err(bad)?;
    if !elr
        .world_read()
        .companies
        .iter()
        .any(|company| company.registration(order.mandate).is_some_and(|own| own.completed))
    {
        let message =
            format!("The mandate {} is not activated for any company of this tenant.", order.mandate.id);
        return Err(Refusal::Forbidden(spelling, message));
    }
    let unlisted = unlisted.map_or(0, |Extension(Unlisted(milliseconds))| milliseconds);
    let document = take_in(&elr, &order, xml, "out", unlisted, &headers).ok_or_else(|| {
        Refusal::plain(StatusCode::INSUFFICIENT_STORAGE, "The sandbox holds no more documents.")
    })?;
    elr.webhooks.announce(&elr, &document);
    Ok((StatusCode::CREATED, axum::Json(json!({"id": document.id}))).into_response())
}

/// What the metadata asks for.
pub(super) struct Order {
    pub(super) mandate: &'static Mandate,
    pub(super) format: &'static str,
}

impl Order {
    /// Checks everything that can be said without looking at the XML. All five fields are required
    /// (SubmitDocumentMetadata); the output format where the mandate offers a choice.
    pub(super) fn read(metadata: &Map<String, Value>) -> Result<Order, String> {
        let text = |name: &str| match metadata.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(text.trim()),
            Some(Value::String(_) | Value::Null) | None => Err(format!("metadata.{name} is required.")),
            Some(_) => Err(format!("metadata.{name} must be a string.")),
        };
        let (workflow, format, version) =
            (text("workflowId")?, text("dataFormat")?, text("dataFormatVersion")?);
        let (country, name) = (text("countryCode")?, text("countryMandate")?);
        let mandate =
            Mandate::find(name).ok_or_else(|| format!("metadata.countryMandate {name} is not supported."))?;
        if mandate.country != country {
            return Err(format!("metadata.countryCode {country} does not belong to the mandate {name}."));
        }
        if workflow != WORKFLOW {
            return Err(format!(
                "metadata.workflowId {workflow} is not known for the mandate {name}; use {WORKFLOW}."
            ));
        }
        let known = INPUT_FORMATS.into_iter().find(|known| *known == format);
        let format = known.ok_or_else(|| {
            format!("metadata.dataFormat {format} is not supported for the mandate {name}.")
        })?;
        if version != INPUT_VERSION {
            return Err(format!(
                "metadata.dataFormatVersion {version} is not supported; use {INPUT_VERSION}."
            ));
        }
        if !mandate.output_formats.is_empty() {
            let output = text("outputDataFormat")?;
            text("outputDataFormatVersion")?;
            if !mandate.output_formats.contains(&output) {
                return Err(format!(
                    "metadata.outputDataFormat {output} is not one of {}.",
                    mandate.output_formats.join(", ")
                ));
            }
        }
        Ok(Order { mandate, format })
    }
}

async fn parts(mut multipart: Multipart, spelling: Spelling) -> Result<(Bytes, Bytes), Refusal> {
    let bad = |message: String| Refusal::Submission(spelling, StatusCode::BAD_REQUEST, message);
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::Submission(spelling, StatusCode::PAYLOAD_TOO_LARGE, "The document is too large.".into())
        }
        _ => Refusal::Submission(
            spelling,
            StatusCode::BAD_REQUEST,
            "The multipart body cannot be read.".into(),
        ),
    };
    let (mut metadata, mut xml) = (None, None);
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        let slot = match field.name() {
            Some("metadata") => &mut metadata,
            Some("data") => &mut xml,
            _ => continue,
        };
        *slot = Some(read(field).await.map_err(broken)?);
    }
    let metadata = metadata.ok_or_else(|| bad("The part metadata is missing.".into()))?;
    if metadata.len() > MAX_METADATA {
        return Err(bad(format!("The part metadata is larger than {MAX_METADATA} bytes.")));
    }
    let xml: Bytes = xml.ok_or_else(|| bad("The part data is missing.".into()))?;
    if xml.is_empty() {
        return Err(bad("The part data is empty.".into()));
    }
    Ok((metadata, xml))
}

async fn read(field: Field<'_>) -> Result<Bytes, MultipartError> {
    field.bytes().await
}

/// Judges the XML, once, and stores the document with the verdict it will have. `None` when the store is full.
pub(super) fn take_in(
    elr: &Elr,
    order: &Order,
    xml: Bytes,
    flow: &'static str,
    unlisted_ms: u64,
    headers: &HeaderMap,
) -> Option<Arc<Document>> {
    let mut reading = verdict::judge(&xml, order.mandate, order.format);
    let settings = elr.current_settings();
    let company_id = {
        let world = elr.world_read();
        let company = world.company_named(reading.own_names(flow), Some(order.mandate));
        if flow == "out" && settings.supplier_must_be_registered && reading.readable {
            reading.problems.extend(match company {
                None => Some(format!(
                    "The supplier {} is not a company of this tenant.",
                    reading.supplier.as_deref().unwrap_or("(without a name)")
                )),
                Some(company) => match company.registration(order.mandate) {
                    Some(own) if own.completed => None,
                    _ => Some(format!(
                        "The mandate {} is not activated for the company {}.",
                        order.mandate.id, company.name
                    )),
                },
            });
        }
        if flow == "out" && settings.receiver_must_accept {
            reading.problems.extend(world.refusing_receiver(&reading.receiver, order.format));
        }
        company.map(|company| company.id.clone())
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (client, correlation) = (header("x-avalara-client"), header("x-correlation-id"));
    let digest = sha256(&xml);
    let now = elr.now();
    let mut documents = elr.documents_write();
    if documents.is_full() {
        return None;
    }
    let id = documents.next_id(&digest);
    let verdict = if reading.problems.is_empty() {
        Verdict::Complete(receipts(elr.seed, id, order.mandate))
    } else {
        Verdict::Error(std::mem::take(&mut reading.problems))
    };
    let times = (now, after_ms(now, settings.processing_ms), after_ms(now, unlisted_ms));
    Some(documents.push(document(
        id,
        order,
        reading,
        verdict,
        times,
        Origin { flow, company_id, xml, digest, client, correlation },
    )))
}

struct Origin {
    flow: &'static str,
    company_id: Option<String>,
    xml: Bytes,
    digest: String,
    client: Option<String>,
    correlation: Option<String>,
}

fn document(
    id: uuid::Uuid,
    order: &Order,
    reading: Reading,
    verdict: Verdict,
    (submitted_at, decided_at, listed_at): (Timestamp, Timestamp, Timestamp),
    origin: Origin,
) -> Document {
    Document {
        id,
        company_id: origin.company_id,
        number: reading.number,
        document_type: order.format.to_owned(),
        document_version: INPUT_VERSION.to_owned(),
        date: reading.date,
        supplier: reading.supplier,
        customer: reading.customer,
        receiver: reading.receiver,
        payable: reading.payable,
        flow: origin.flow,
        mandate: order.mandate,
        submitted_at,
        decided_at,
        listed_at,
        verdict,
        xml: origin.xml,
        digest: origin.digest,
        client: origin.client,
        correlation: origin.correlation,
        style: Style::of(id),
    }
}

impl Reading {
    /// What the document calls the company it belongs to (the supplier of an outbound one, the customer of an inbound
    /// one): its addresses, numbers and name.
    fn own_names(&self, flow: &str) -> impl Iterator<Item = (Option<&str>, &str)> {
        let (ids, name) = match flow {
            "in" => (&self.customer_ids, &self.customer),
            _ => (&self.supplier_ids, &self.supplier),
        };
        let name = name.as_deref().map(|name| (Some(NAME), name));
        ids.iter().map(|(scheme, value)| (scheme.as_deref(), value.as_str())).chain(name)
    }
}
