//! The dry run, and sending exactly what it showed.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use counterfoil_core::id::DocumentId;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::auth::{Caller, Scope};
use super::documents::id;
use super::{ApiError, App};
use crate::engine::{PlanApplied, PlannedStep};

/// Steps one plan holds.
const STEPS_MAX: usize = 2_000;

/// Which documents to plan; all that are not settled where both are left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Which {
    /// A flow's identifier or name.
    flow: Option<String>,
    /// A document's identifier.
    document: Option<String>,
}

/// What would happen now, and what exactly would be sent. Nothing is.
#[utoipa::path(post, path = "/v1/plan", tag = "plan", request_body = Which, responses((status = 200, description = "`{steps}`", body = serde_json::Value)))]
pub(super) async fn plan(
    State(app): State<App>,
    caller: Caller,
    which: Option<Json<Which>>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let which = which.map(|Json(which)| which).unwrap_or_default();
    let flow = which.flow.as_deref().map(|text| super::flows::by_id_or_name(&app, text)).transpose()?;
    let document = which.document.as_deref().map(id::<DocumentId>).transpose()?;
    let syncs = app.engine().store().syncs_matching(flow, document, STEPS_MAX).await?;
    let steps = app.engine().preview(&syncs).await?;
    Ok(Json(json!({ "steps": steps })).into_response())
}

/// A plan as it was shown.
#[derive(Debug, Deserialize)]
pub(super) struct Shown {
    steps: Vec<PlannedStep>,
}

/// Sends exactly what a plan showed; what has moved since is refused.
#[utoipa::path(post, path = "/v1/apply", tag = "plan", request_body = Value,
    responses((status = 200, description = "`{applied, refused}`", body = serde_json::Value)))]
pub(super) async fn apply(
    State(app): State<App>,
    caller: Caller,
    Json(shown): Json<Shown>,
) -> Result<Response, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    let outcomes = app.engine().apply(&shown.steps, actor).await?;
    let refused: Vec<&PlanApplied> =
        outcomes.iter().filter(|outcome| matches!(outcome, PlanApplied::Moved { .. })).collect();
    let applied = outcomes.iter().filter(|outcome| matches!(outcome, PlanApplied::Applied { .. })).count();
    Ok(Json(json!({ "applied": applied, "refused": refused })).into_response())
}
