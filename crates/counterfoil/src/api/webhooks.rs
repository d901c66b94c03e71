//! Calls from targets: signed, or refused; and only a reason to look.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use counterfoil_core::id::ConnectionId;

use super::documents::id;
use super::{ApiError, App};

/// A target's webhook. The signature is checked before anything is read; what is said is confirmed by asking the target.
#[utoipa::path(post, path = "/v1/webhooks/{connection}", tag = "webhooks", params(("connection" = String, Path)), request_body = String,
    responses((status = 204, description = "Noted"), (status = 403, description = "Not signed, or wrongly")), security(()))]
pub(super) async fn receive(
    State(app): State<App>,
    Path(text): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let connection = id::<ConnectionId>(&text)?;
    let opened =
        app.engine().open(connection).await.map_err(|_| ApiError::absent("there is no such connection"))?;
    let secrets = app.engine().store().credentials(connection).await?;
    let secret = secrets
        .get("webhook_secret")
        .ok_or_else(|| ApiError::forbidden("this connection has no webhook key"))?;
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let target = opened.einvoicing().map_err(|problem| ApiError::forbidden(problem.message))?;
    let ids = target.webhook(&headers, &body, secret).map_err(ApiError::forbidden)?;
    app.engine().called(connection, &ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
