//! Connections: credentials and environment for one company in one system.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_core::configuration::Connection;
use counterfoil_core::id::ConnectionId;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::{Caller, Scope};
use super::documents::id;
use super::flows::Change;
use super::{ApiError, App};
use crate::engine::verbs::event;
use crate::engine::world::draw;
use crate::store::Affected;

/// A connection with its secrets; secrets go in and never come out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    connection: Connection,
    #[serde(default)]
    credentials: BTreeMap<String, SecretString>,
}

/// The systems a connection can be made to, with the fields of their connect form.
#[utoipa::path(get, path = "/v1/systems", tag = "connections", responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn systems(caller: Caller) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let row = |connector: &&counterfoil_connectors::port::Connector| {
        let descriptor = &connector.descriptor;
        let environment = |environment: &counterfoil_core::descriptor::Environment| json!({ "name": environment.name, "binding": environment.binding, "hosts": environment.hosts });
        json!({
            "system": descriptor.system, "name": descriptor.name, "about": descriptor.about,
            "capabilities": descriptor.capabilities, "fields": descriptor.fields, "links": descriptor.links,
            "environments": descriptor.environments.iter().map(environment).collect::<Vec<_>>(),
        })
    };
    let data: Vec<Value> = counterfoil_connectors::REGISTRY.iter().map(row).collect();
    Ok(Json(json!({ "data": data, "next": null })).into_response())
}

/// Every connection, without secrets.
#[utoipa::path(get, path = "/v1/connections", tag = "connections", responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let configuration = app.engine().configuration();
    let rows = configuration.connections.iter();
    let data: Vec<Value> = rows
        .map(|(id, kept)| json!({ "id": id, "revision": kept.revision, "connection": kept.value }))
        .collect();
    Ok(Json(json!({ "data": data, "next": null })).into_response())
}

/// Makes a connection.
#[utoipa::path(post, path = "/v1/connections", tag = "connections", request_body = Value,
    responses((status = 201, description = "Made: `{id}`", body = serde_json::Value)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<New>,
) -> Result<Response, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    check_fields(&new.connection)?;
    let id = ConnectionId::new(draw());
    let store = app.engine().store();
    store.put_connection(id, &new.connection, None, event(actor, "connection_made", id)).await?;
    if !new.credentials.is_empty() {
        store.put_credentials(id, &new.credentials).await?;
    }
    app.engine().reload().await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

/// Changes a connection; secrets that are left out stay. Also how it is switched off and on again.
#[utoipa::path(put, path = "/v1/connections/{id}", tag = "connections", params(("id" = String, Path)), request_body = Value,
    responses((status = 204, description = "Changed")))]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Json(change): Json<Change<New>>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    let id = id::<ConnectionId>(&text)?;
    let New { connection, credentials } = change.value;
    check_fields(&connection)?;
    let store = app.engine().store();
    if !credentials.is_empty() {
        let mut all = store.credentials(id).await?;
        all.extend(credentials);
        store.put_credentials(id, &all).await?;
    }
    store
        .put_connection(id, &connection, Some(change.revision), event(actor, "connection_changed", id))
        .await?;
    store.make_due(Affected::Connection(id)).await?;
    app.engine().forget_reference(id);
    app.engine().reload().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a connection that nothing refers to, with its secrets.
#[utoipa::path(delete, path = "/v1/connections/{id}", tag = "connections", params(("id" = String, Path)),
    responses((status = 204, description = "Removed")))]
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    let id = id::<ConnectionId>(&text)?;
    let configuration = app.engine().configuration();
    let flow = configuration
        .flows
        .values()
        .find(|flow| flow.source == id)
        .map(|flow| format!("flow \"{}\"", flow.name));
    let mandate = configuration.mandates.values().find(|mandate| mandate.connection == id);
    if let Some(user) = flow.or_else(|| mandate.map(|mandate| format!("mandate \"{}\"", mandate.name))) {
        return Err(ApiError::conflict(format!(
            "the {user} uses this connection; change or remove that first"
        )));
    }
    app.engine().store().delete_connection(id, event(actor, "connection_removed", id)).await?;
    app.engine().reload().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tests a connection: the companies its credentials reach. Changes nothing.
#[utoipa::path(post, path = "/v1/connections/{id}/check", tag = "connections", params(("id" = String, Path)),
    responses((status = 200, description = "`{companies}`", body = serde_json::Value)))]
pub(super) async fn check(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Operate)?;
    let companies = app.engine().check(id::<ConnectionId>(&text)?).await?;
    Ok(Json(json!({ "companies": companies })).into_response())
}

/// The mandates its target offers, with the state of their activation for the chosen company.
#[utoipa::path(get, path = "/v1/connections/{id}/mandates", tag = "connections", params(("id" = String, Path)),
    responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn offers(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let offers = app.engine().offers(id::<ConnectionId>(&text)?).await?;
    let data: Vec<Value> = offers
        .into_iter()
        .map(|(offer, activation)| json!({ "offer": offer, "activation": activation }))
        .collect();
    Ok(Json(json!({ "data": data, "next": null })).into_response())
}

/// Says at once what the engine would say later: an unknown system, environment, zone or sender address.
fn check_fields(connection: &Connection) -> Result<(), ApiError> {
    let systems = || {
        counterfoil_connectors::REGISTRY.iter().map(|c| c.descriptor.system).collect::<Vec<_>>().join(", ")
    };
    let connector = counterfoil_connectors::find(&connection.system).ok_or_else(|| {
        ApiError::unusable(format!("system is \"{}\"; use one of {}", connection.system, systems()))
    })?;
    if connector.descriptor.environment(&connection.environment).is_none() {
        let known: Vec<&str> = connector.descriptor.environments.iter().map(|e| e.name).collect();
        let detail =
            format!("environment is \"{}\"; use one of {}", connection.environment, known.join(", "));
        return Err(ApiError::unusable(detail));
    }
    counterfoil_core::schedule::zone(&connection.zone).map_err(ApiError::unusable)?;
    if let Some(sender) = &connection.sender {
        einvoice::identifier::check(&sender.scheme, &sender.value)?;
    }
    Ok(())
}
