//! `GET /einvoicing/documents/{id}/$download`: a copy of the document, once there is one.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde_json::json;

use super::answer::Refusal;
use super::document::Document;
use super::mandates::{JSON, PDF, UBL, XML};
use super::{Answer, Elr, pdf};

/// What `Accept` may ask for: the client lists PDF, XML and JSON, Business Central asks for UBL.
const SUPPORTED: [&str; 4] = [PDF, XML, UBL, JSON];

/// Client: DocumentsApi.download_document. "Returns 404 if the file has not been created" is its text, so a Pending and
/// a refused document answer 404. A media type that is not offered answers BadDownloadRequest; its status is
/// [unverified].
pub(super) async fn download(
    State(elr): State<Arc<Elr>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let now = elr.now();
    let document = elr.documents_read().get_listed(&id, now);
    let document = document.ok_or_else(|| Refusal::unknown(format!("Document {id} was not found.")))?;
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("");
    let media_type = choose(accept).ok_or_else(|| Refusal::Download(SUPPORTED.to_vec()))?;
    if document.status(now) != "Complete" {
        return Err(Refusal::unknown(format!("The file of document {id} has not been created.")));
    }
    let (body, extension) = match media_type {
        PDF => (Bytes::from(pdf::page(&lines(&document))), "pdf"),
        JSON => (Bytes::from(json!(document.summary(now, true)).to_string()), "json"),
        _ => (document.xml.clone(), "xml"),
    };
    let disposition = format!("attachment; filename=\"{}.{extension}\"", document.id);
    Ok(([(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response())
}

/// The first supported type in the order of the header; `*/*` takes XML. Weights are not looked at.
fn choose(accept: &str) -> Option<&'static str> {
    let mut wanted = accept.split(',').map(|one| one.split(';').next().unwrap_or("").trim());
    wanted.find_map(|wanted| match wanted {
        "*/*" | "application/*" => Some(XML),
        wanted => SUPPORTED.into_iter().find(|known| known.eq_ignore_ascii_case(wanted)),
    })
}

fn lines(document: &Document) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        format!("{} {}", document.document_type, text(&document.number)),
        format!("Date: {}", document.date.map(|day| day.to_string()).unwrap_or_default()),
        format!("Seller: {}", text(&document.supplier)),
        format!("Buyer: {}", text(&document.customer)),
        format!("Amount due: {}", text(&document.payable)),
        format!("Mandate: {}", document.mandate.id),
        format!("Document: {}", document.id),
        "Simulated copy, without legal effect".to_owned(),
    ]
}
