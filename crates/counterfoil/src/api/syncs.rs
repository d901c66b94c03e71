//! What a person asks of one document: each records a wish, the planner decides.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use counterfoil_core::delivery::ExternalId;
use counterfoil_core::id::MandateId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::{Caller, Scope};
use super::documents::{id, syncs};
use super::{ApiError, App};

/// Sends now, as far as the plan allows.
#[utoipa::path(post, path = "/v1/documents/{id}/send", tag = "actions", params(("id" = String, Path)),
    responses((status = 202, description = "Asked for")))]
pub(super) async fn send(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    for sync in syncs(&app, &text).await? {
        app.engine().send(sync, actor).await?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// Tries again what failed or was refused for a reason that may be gone.
#[utoipa::path(post, path = "/v1/documents/{id}/retry", tag = "actions", params(("id" = String, Path)),
    responses((status = 202, description = "Asked for")))]
pub(super) async fn retry(
    state: State<App>,
    caller: Caller,
    path: Path<String>,
) -> Result<StatusCode, ApiError> {
    send(state, caller, path).await
}

/// Asks the target for its verdict now.
#[utoipa::path(post, path = "/v1/documents/{id}/refresh", tag = "actions", params(("id" = String, Path)),
    responses((status = 202, description = "Asked for")))]
pub(super) async fn refresh(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    for sync in syncs(&app, &text).await? {
        app.engine().refresh(sync, actor).await?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// Puts it aside: nothing new is begun until it is resumed.
#[utoipa::path(post, path = "/v1/documents/{id}/hold", tag = "actions", params(("id" = String, Path)),
    responses((status = 204, description = "Put aside")))]
pub(super) async fn hold(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    aside(&app, &caller, &text, true).await
}

/// Lets it go on.
#[utoipa::path(post, path = "/v1/documents/{id}/resume", tag = "actions", params(("id" = String, Path)),
    responses((status = 204, description = "Goes on")))]
pub(super) async fn resume(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    aside(&app, &caller, &text, false).await
}

async fn aside(app: &App, caller: &Caller, text: &str, aside: bool) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    for sync in syncs(app, text).await? {
        app.engine().hold(sync, aside, actor).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Lets it take a number that another document has used. Legally this is rarely right: the number should be changed.
#[utoipa::path(post, path = "/v1/documents/{id}/release-number", tag = "actions", params(("id" = String, Path)),
    responses((status = 204, description = "Released")))]
pub(super) async fn release_number(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    for sync in syncs(&app, &text).await? {
        app.engine().release_number(sync, actor).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The mandate to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    mandate: String,
}

/// Chooses a mandate where no bookmark decides.
#[utoipa::path(post, path = "/v1/documents/{id}/choose", tag = "actions", params(("id" = String, Path)), request_body = Choice,
    responses((status = 204, description = "Chosen")))]
pub(super) async fn choose(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Json(choice): Json<Choice>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    let mandate = id::<MandateId>(&choice.mandate)?;
    for sync in syncs(&app, &text).await? {
        app.engine().choose(sync, mandate, actor).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What a person found in the target's own portal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resolution {
    /// The target's identifier of it, or null: it did not arrive and may be sent again.
    arrived_as: Option<String>,
}

/// Says whether something in doubt arrived.
#[utoipa::path(post, path = "/v1/documents/{id}/resolve-doubt", tag = "actions", params(("id" = String, Path)), request_body = Resolution,
    responses((status = 204, description = "Resolved")))]
pub(super) async fn resolve_doubt(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Json(resolution): Json<Resolution>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    for sync in syncs(&app, &text).await? {
        app.engine().resolve_doubt(sync, resolution.arrived_as.clone().map(ExternalId), actor).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
