//! For whoever watches the process.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{ApiError, App};

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "Alive")), security(()))]
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// It can do its work; else why not.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()),
    responses((status = 200, description = "Ready", body = serde_json::Value), (status = 503, description = "Not ready, with the reasons", body = serde_json::Value)))]
pub(super) async fn ready(State(app): State<App>) -> Response {
    let mut reasons = app.engine().health().reasons();
    if let Err(error) = app.engine().store().configuration_revision().await {
        reasons.push(error.to_string());
    }
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": reasons.is_empty(), "reasons": reasons }))).into_response()
}

/// Counters in the Prometheus text format.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, description = "Prometheus text", body = String)), security(()))]
pub(super) async fn metrics(State(app): State<App>) -> Result<Response, ApiError> {
    let counts = app.engine().store().counts().await?;
    let statistics = app.engine().store().statistics();
    let mut text = String::from(
        "# HELP counterfoil_syncs Documents by flow and state.\n# TYPE counterfoil_syncs gauge\n",
    );
    for ((flow, state), n) in &counts {
        let _ = writeln!(text, "counterfoil_syncs{{flow=\"{flow}\",state=\"{}\"}} {n}", state.word());
    }
    let _ = writeln!(
        text,
        "# HELP counterfoil_commits_total Groups of progress saved.\n# TYPE counterfoil_commits_total counter\ncounterfoil_commits_total {}",
        statistics.commits
    );
    let ready = i32::from(app.engine().health().reasons().is_empty());
    let _ = writeln!(
        text,
        "# HELP counterfoil_ready Whether new work is begun.\n# TYPE counterfoil_ready gauge\ncounterfoil_ready {ready}"
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
