//! The audit trail, discrepancies, tokens and backup.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_core::id::{DocumentId, TokenId};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::auth::{Caller, Scope};
use super::documents::id;
use super::{ApiError, App};
use crate::engine::verbs::event;

/// Filters of the audit trail.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Filters {
    document: Option<String>,
    after: Option<i64>,
    limit: Option<usize>,
}

/// Audit entries, newest first.
#[utoipa::path(get, path = "/v1/events", tag = "audit", params(Filters), responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn events(
    State(app): State<App>,
    caller: Caller,
    Query(filters): Query<Filters>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let document = filters.document.as_deref().map(id::<DocumentId>).transpose()?;
    Ok(Json(app.engine().store().events(document, filters.after, filters.limit.unwrap_or(100)).await?)
        .into_response())
}

/// Seals what is not sealed yet, then follows the chain from its beginning.
#[utoipa::path(get, path = "/v1/audit/verify", tag = "audit", responses((status = 200, description = "How far the trail holds", body = serde_json::Value)))]
pub(super) async fn verify(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    Ok(Json(app.engine().store().verify_audit().await?).into_response())
}

/// Open discrepancies: what a target shows against what we say.
#[utoipa::path(get, path = "/v1/discrepancies", tag = "audit", responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn discrepancies(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let data = app.engine().store().discrepancies().await?;
    Ok(Json(json!({ "data": data, "next": null })).into_response())
}

/// API tokens, without their secrets.
#[utoipa::path(get, path = "/v1/tokens", tag = "access", responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn tokens(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    caller.may(Scope::Administer)?;
    Ok(Json(json!({ "data": app.engine().store().tokens().await?, "next": null })).into_response())
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// Unique, for the audit trail.
    name: String,
    /// read, operate or administer
    scopes: Vec<String>,
}

/// Makes a token; its secret is shown once.
#[utoipa::path(post, path = "/v1/tokens", tag = "access", request_body = NewToken, responses((status = 201, description = "`{id, token}`", body = serde_json::Value)))]
pub(super) async fn create_token(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewToken>,
) -> Result<Response, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    if let Some(unknown) = new.scopes.iter().find(|word| Scope::of(word).is_none()) {
        return Err(ApiError::unusable(format!(
            "scopes: \"{unknown}\" is none; use read, operate or administer"
        )));
    }
    let made = event(actor, "token_made", &new.name);
    let (id, token) = app.engine().store().create_token(&new.name, &new.scopes, made).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "token": token }))).into_response())
}

/// Revokes a token at once.
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "access", params(("id" = String, Path)), responses((status = 204, description = "Revoked")))]
pub(super) async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    let id = id::<TokenId>(&text)?;
    app.engine().store().revoke_token(id, event(actor, "token_revoked", id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the backup goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Backup {
    /// A file on the server that is not there yet.
    file: String,
}

/// Copies the whole database to a file on the server, while it is in use.
#[utoipa::path(post, path = "/v1/backup", tag = "access", request_body = Backup, responses((status = 204, description = "Written")))]
pub(super) async fn backup(
    State(app): State<App>,
    caller: Caller,
    Json(backup): Json<Backup>,
) -> Result<StatusCode, ApiError> {
    caller.may(Scope::Administer)?;
    let written = app.engine().store().backup(std::path::Path::new(&backup.file)).await;
    written.map_err(|error| ApiError::conflict(error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}
