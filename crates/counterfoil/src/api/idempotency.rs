//! `Idempotency-Key`: the same question under the same key gets the answer that was given, and changes nothing again.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use counterfoil_core::digest::Digest;

use super::{ApiError, App, BODY_MAX};
use crate::store::access::Kept;

/// Longest key.
const KEY_MAX: usize = 200;
/// Largest answer kept.
const ANSWER_MAX: usize = 256 * 1024;

/// Answers from memory where the key is known; keeps the answer where it is not.
pub(super) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    match answered(&app, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn answered(app: &App, request: Request, next: Next) -> Result<Response, ApiError> {
    let key =
        request.headers().get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Some(key) = key.filter(|_| request.method() == Method::POST) else {
        return Ok(next.run(request).await);
    };
    if key.is_empty() || key.len() > KEY_MAX {
        return Err(ApiError::unusable(format!("Idempotency-Key must have 1 to {KEY_MAX} characters")));
    }
    let authorization = request.headers().get(header::AUTHORIZATION).map(|value| value.as_bytes().to_vec());
    // One caller's keys are not another's.
    let actor = Digest::of(&authorization.unwrap_or_default()).to_string();
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_MAX)
        .await
        .map_err(|_| ApiError::unusable("the body is too large"))?;
    let address = parts.uri.to_string();
    let digest = Digest::of_parts([parts.method.as_str().as_bytes(), address.as_bytes(), &body]).to_string();
    if let Some(kept) = app.engine().store().kept_answer(&actor, &key).await? {
        if kept.digest != digest {
            return Err(ApiError::conflict("this Idempotency-Key was used for another request"));
        }
        let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let mut response = (status.unwrap_or(StatusCode::OK), kept.body).into_response();
        response.headers_mut().insert("idempotency-hit", HeaderValue::from_static("true"));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return Ok(response);
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, ANSWER_MAX)
        .await
        .map_err(|_| ApiError::unusable("the answer is too large to keep"))?;
    if parts.status.is_success() {
        let kept = Kept {
            digest,
            status: i64::from(parts.status.as_u16()),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        app.engine().store().keep_answer(&actor, &key, &kept).await?;
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}
