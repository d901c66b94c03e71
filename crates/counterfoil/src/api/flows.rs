//! Flows: the roads documents take.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_core::flow::{Flow, Trigger};
use counterfoil_core::id::FlowId;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::auth::{Caller, Scope};
use super::documents::id;
use super::{ApiError, App};
use crate::engine::verbs::event;
use crate::engine::world::draw;

/// Documents one call may ask to be sent.
const SENT_AT_ONCE_MAX: usize = 10_000;

/// Every flow, with counts by state.
#[utoipa::path(get, path = "/v1/flows", tag = "flows", responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let counts = app.engine().store().counts().await?;
    let configuration = app.engine().configuration();
    let row = |(id, flow): (&FlowId, &counterfoil_core::configuration::Kept<Flow>)| {
        let of = counts.iter().filter(|((of, _), _)| of == id);
        let states: std::collections::BTreeMap<&str, i64> =
            of.map(|((_, state), n)| (state.word(), *n)).collect();
        json!({ "id": id, "revision": flow.revision, "flow": flow.value, "states": states })
    };
    let data: Vec<Value> = configuration.flows.iter().map(row).collect();
    Ok(Json(json!({ "data": data, "next": null })).into_response())
}

/// Makes a flow.
#[utoipa::path(post, path = "/v1/flows", tag = "flows", request_body = Value,
    responses((status = 201, description = "Made: `{id}`", body = serde_json::Value)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(flow): Json<Flow>,
) -> Result<Response, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    check(&app, &flow)?;
    let id = FlowId::new(draw());
    app.engine().store().put_flow(id, &flow, None, event(actor, "flow_made", id)).await?;
    app.engine().reload().await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

/// A changed noun and the revision it was changed from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change<T> {
    pub revision: i64,
    pub value: T,
}

/// Changes a flow; everything the change may heal is looked at again.
#[utoipa::path(put, path = "/v1/flows/{id}", tag = "flows", params(("id" = String, Path)), request_body = Value,
    responses((status = 204, description = "Changed")))]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Json(change): Json<Change<Flow>>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    check(&app, &change.value)?;
    let id = id::<FlowId>(&text)?;
    let store = app.engine().store();
    store.put_flow(id, &change.value, Some(change.revision), event(actor, "flow_changed", id)).await?;
    store.make_due(crate::store::Affected::Flow(id)).await?;
    app.engine().reload().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a flow; its documents stay, as they are.
#[utoipa::path(delete, path = "/v1/flows/{id}", tag = "flows", params(("id" = String, Path)),
    responses((status = 204, description = "Removed")))]
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    let id = id::<FlowId>(&text)?;
    app.engine().store().delete_flow(id, event(actor, "flow_removed", id)).await?;
    app.engine().reload().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be synced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wish {
    /// These documents, or all that are ready where it is left out.
    documents: Option<Vec<String>>,
    /// Only look at the source; send nothing that is held for a person.
    poll_only: bool,
}

/// Looks at the source now, and sends what a person asks for: selected documents, or all.
#[utoipa::path(post, path = "/v1/flows/{id}/sync", tag = "flows", params(("id" = String, Path)), request_body = Wish,
    responses((status = 202, description = "Asked for: `{asked}`", body = serde_json::Value)))]
pub(super) async fn sync(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    wish: Option<Json<Wish>>,
) -> Result<Response, ApiError> {
    let actor = &caller.may(Scope::Operate)?.actor;
    let flow = by_id_or_name(&app, &text)?;
    let wish = wish.map(|Json(wish)| wish).unwrap_or_default();
    app.engine().poll_now(flow).await?;
    let mut asked = Vec::new();
    match &wish.documents {
        Some(list) => {
            for document in list {
                asked.extend(super::documents::syncs(&app, document).await?);
            }
        }
        None if wish.poll_only => {}
        None => asked = app.engine().store().syncs_matching(Some(flow), None, SENT_AT_ONCE_MAX).await?,
    }
    for sync in &asked {
        app.engine().send(*sync, actor).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(json!({ "asked": asked.len() }))).into_response())
}

/// A flow by its identifier or its name.
pub(super) fn by_id_or_name(app: &App, text: &str) -> Result<FlowId, ApiError> {
    let configuration = app.engine().configuration();
    let by_name = configuration.flows.iter().find(|(_, flow)| flow.name == text).map(|(id, _)| *id);
    by_name.map_or_else(|| id(text), Ok)
}

fn check(app: &App, flow: &Flow) -> Result<(), ApiError> {
    flow.schedule.check().map_err(|error| ApiError::unusable(error.to_string()))?;
    let configuration = app.engine().configuration();
    if !configuration.connections.contains_key(&flow.source) {
        return Err(ApiError::unusable(format!("source: there is no connection {}", flow.source)));
    }
    if let Some(missing) = flow.mandates.iter().find(|id| !configuration.mandates.contains_key(id)) {
        return Err(ApiError::unusable(format!("mandates: there is no mandate {missing}")));
    }
    if flow.mandates.is_empty() && flow.trigger == Trigger::Automatic {
        return Err(ApiError::unusable(
            "mandates is empty: an automatic flow has nowhere to send; name at least one",
        ));
    }
    Ok(())
}
