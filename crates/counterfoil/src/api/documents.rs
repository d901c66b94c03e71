//! Documents: list, take in, show, explain.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_core::document::Kind;
use counterfoil_core::id::{DocumentId, FlowId, MandateId, SyncId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Caller, Scope};
use super::{ApiError, App};
use crate::store::lists::DocumentFilter;
use crate::store::rows::State as SyncState;

/// Filters of the document list; all are optional and combine.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Filters {
    /// due, waiting, blocked, settled or held
    state: Option<String>,
    /// A flow's identifier.
    flow: Option<String>,
    /// invoice or credit_note
    kind: Option<String>,
    /// Part of a number, a seller's or buyer's name, or a source key.
    q: Option<String>,
    /// Where the list goes on: `next` of the page before.
    after: Option<String>,
    /// Rows of a page.
    limit: Option<usize>,
}

impl Filters {
    fn filter(self) -> Result<DocumentFilter, ApiError> {
        let state = self.state.filter(|text| !text.is_empty()).map(|word| {
            SyncState::of(&word).ok_or_else(|| {
                ApiError::unusable(format!("state is \"{word}\"; use due, waiting, blocked, settled or held"))
            })
        });
        let kind = self.kind.filter(|text| !text.is_empty()).map(|word| match word.as_str() {
            "invoice" => Ok(Kind::Invoice),
            "credit_note" => Ok(Kind::CreditNote),
            other => Err(ApiError::unusable(format!("kind is \"{other}\"; use invoice or credit_note"))),
        });
        Ok(DocumentFilter {
            state: state.transpose()?,
            kind: kind.transpose()?,
            flow: self.flow.filter(|text| !text.is_empty()).map(|text| id::<FlowId>(&text)).transpose()?,
            text: self.q.filter(|text| !text.trim().is_empty()),
            after: self.after,
            limit: self.limit.unwrap_or(50),
        })
    }
}

/// Documents, newest first, one line per document and flow.
#[utoipa::path(get, path = "/v1/documents", tag = "documents", params(Filters),
    responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filters): Query<Filters>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    Ok(Json(app.engine().store().documents(&filters.filter()?).await?).into_response())
}

/// Where a handed-over document goes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Receiving {
    /// The flow it takes; may be left out where there is only one.
    flow: Option<String>,
    /// Your own stable name for it: the same name again is a new version of the same document. Without it, the
    /// Idempotency-Key serves, else the content's digest.
    key: Option<String>,
}

/// What was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receipt {
    id: String,
    key: String,
}

/// Takes in a document: UBL (application/xml) or JSON in the form of `convert --to json` (application/json).
#[utoipa::path(post, path = "/v1/documents", tag = "documents", params(Receiving), request_body(content = String, content_type = "application/xml"),
    responses((status = 202, description = "Taken in; see /v1/documents/{id} for what becomes of it", body = Receipt)))]
pub(super) async fn receive(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Receiving>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    caller.may(Scope::Operate)?;
    if body.is_empty() {
        return Err(ApiError::unusable("the body is empty; send the document itself"));
    }
    let flow = flow(&app, query.flow.as_deref())?;
    let text =
        |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let media_type = text(header::CONTENT_TYPE).unwrap_or_else(|| "application/xml".to_owned());
    let digest = || counterfoil_core::digest::Digest::of(&body).to_string();
    let named = query.key.or_else(|| headers.get("idempotency-key")?.to_str().ok().map(str::to_owned));
    let key = named.unwrap_or_else(digest);
    let id = app.engine().receive(flow, &key, &media_type, body.to_vec()).await?;
    Ok((StatusCode::ACCEPTED, Json(Receipt { id: id.to_string(), key })).into_response())
}

/// One document: its versions, its progress through each flow, deliveries, what targets gave back, discrepancies.
#[utoipa::path(get, path = "/v1/documents/{id}", tag = "documents", params(("id" = String, Path)),
    responses((status = 200, description = "The document", body = serde_json::Value)))]
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let detail = app.engine().store().document(id(&text)?).await?;
    Ok(Json(detail.ok_or_else(|| ApiError::absent(format!("there is no document {text}")))?).into_response())
}

/// Why it is where it is, which mandate it takes, what would be sent and where each element comes from.
#[utoipa::path(get, path = "/v1/documents/{id}/explain", tag = "documents", params(("id" = String, Path)),
    responses((status = 200, description = "One step per flow", body = serde_json::Value)))]
pub(super) async fn explain(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let syncs = syncs(&app, &text).await?;
    let steps = app.engine().preview(&syncs).await?;
    Ok(Json(serde_json::json!({ "steps": steps })).into_response())
}

/// Which representation is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Representation {
    /// Its media type, such as application/pdf.
    media_type: String,
}

/// What a target gave back for a document, as it gave it.
#[utoipa::path(get, path = "/v1/documents/{id}/attachment", tag = "documents", params(("id" = String, Path), Representation),
    responses((status = 200, description = "The representation", body = Vec<u8>)))]
pub(super) async fn attachment(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Query(query): Query<Representation>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    for sync in syncs(&app, &text).await? {
        if let Some(bytes) = app.engine().store().attachment(sync, &query.media_type).await? {
            // Never shown inside our own pages: what a target sends is not ours to run.
            let disposition = [
                (header::CONTENT_DISPOSITION, "attachment".to_owned()),
                (header::CONTENT_TYPE, query.media_type),
            ];
            return Ok((disposition, bytes.to_vec()).into_response());
        }
    }
    Err(ApiError::absent(format!("nothing of type {} was given back for {text}", query.media_type)))
}

/// The mandate to pin, or null to take the pin away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    mandate: Option<String>,
}

/// Pins a mandate on a document, whatever the bookmarks say.
#[utoipa::path(put, path = "/v1/documents/{id}/mandate", tag = "documents", params(("id" = String, Path)), request_body = Pin,
    responses((status = 204, description = "Pinned")))]
pub(super) async fn pin(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Json(pin): Json<Pin>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    let mandate = pin.mandate.as_deref().map(id::<MandateId>).transpose()?;
    app.engine().pin(id::<DocumentId>(&text)?, mandate, actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The syncs a path names: those of a document, or one sync itself.
pub(super) async fn syncs(app: &App, text: &str) -> Result<Vec<SyncId>, ApiError> {
    if let Ok(sync) = text.parse::<SyncId>() {
        return Ok(vec![sync]);
    }
    let rows = app.engine().store().syncs_of(id(text)?).await?;
    match rows.as_slice() {
        [] => Err(ApiError::absent(format!("there is no document {text}"))),
        rows => Ok(rows.iter().map(|row| row.id).collect()),
    }
}

/// An identifier in a request.
pub(super) fn id<T: std::str::FromStr<Err = counterfoil_core::id::NotAnId>>(
    text: &str,
) -> Result<T, ApiError> {
    text.parse().map_err(|error: counterfoil_core::id::NotAnId| ApiError::unusable(error.to_string()))
}

fn flow(app: &App, named: Option<&str>) -> Result<FlowId, ApiError> {
    let configuration = app.engine().configuration();
    match named {
        Some(text) => {
            let by_name = configuration.flows.iter().find(|(_, flow)| flow.name == text).map(|(id, _)| *id);
            by_name.map_or_else(|| id(text), Ok)
        }
        None => match configuration.flows.keys().copied().collect::<Vec<_>>().as_slice() {
            [only] => Ok(*only),
            [] => Err(ApiError::unusable("there is no flow yet; make one with POST /v1/flows")),
            _ => Err(ApiError::unusable("flow is missing, and there are several; name one")),
        },
    }
}
