//! Mandates, bookmarks and mappings: one shape for all three.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_core::bookmark::Bookmark;
use counterfoil_core::document::NATIVE_FIELDS;
use counterfoil_core::id::{BookmarkId, MandateId, MappingId};
use counterfoil_core::mandate::Mandate;
use counterfoil_core::mapping::Mapping;
use einvoice::ubl::Place;
use serde_json::{Value, json};

use super::auth::{Caller, Scope};
use super::documents::id;
use super::flows::Change;
use super::{ApiError, App};
use crate::engine::verbs::event;
use crate::engine::world::draw;
use crate::store::Affected;

/// Every mandate, bookmark or mapping.
#[utoipa::path(get, path = "/v1/configuration/{kind}", tag = "configuration", params(("kind" = String, Path, description = "mandates, bookmarks or mappings")),
    responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let all = app.engine().configuration();
    let data: Vec<Value> = match kind.as_str() {
        "mandates" => all
            .mandates
            .iter()
            .map(|(id, m)| json!({ "id": id, "revision": m.revision, "value": m.value }))
            .collect(),
        "bookmarks" => all
            .bookmarks
            .iter()
            .map(|(id, b)| json!({ "id": id, "revision": b.revision, "value": b.value }))
            .collect(),
        "mappings" => all
            .mappings
            .iter()
            .map(|(id, m)| json!({ "id": id, "revision": m.revision, "value": m.value }))
            .collect(),
        other => return Err(unknown(other)),
    };
    Ok(Json(json!({ "data": data, "next": null })).into_response())
}

/// Makes one.
#[utoipa::path(post, path = "/v1/configuration/{kind}", tag = "configuration", params(("kind" = String, Path)), request_body = Value,
    responses((status = 201, description = "Made: `{id}`", body = serde_json::Value)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
    Json(value): Json<Value>,
) -> Result<Response, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    let id = put(&app, actor, &kind, None, value, None).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

/// Changes one; every document it blocks is looked at again.
#[utoipa::path(put, path = "/v1/configuration/{kind}/{id}", tag = "configuration", params(("kind" = String, Path), ("id" = String, Path)), request_body = Value,
    responses((status = 204, description = "Changed")))]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((kind, text)): Path<(String, String)>,
    Json(change): Json<Change<Value>>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    put(&app, actor, &kind, Some(&text), change.value, Some(change.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes one that nothing refers to.
#[utoipa::path(delete, path = "/v1/configuration/{kind}/{id}", tag = "configuration", params(("kind" = String, Path), ("id" = String, Path)),
    responses((status = 204, description = "Removed")))]
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((kind, text)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let actor = &caller.may(Scope::Administer)?.actor;
    let all = app.engine().configuration();
    let store = app.engine().store();
    match kind.as_str() {
        "mandates" => {
            let id = id::<MandateId>(&text)?;
            in_use(all.flows.values().find(|flow| flow.mandates.contains(&id)).map(|flow| &flow.name))?;
            store.delete_mandate(id, event(actor, "mandate_removed", id)).await?;
        }
        "bookmarks" => {
            let id = id::<BookmarkId>(&text)?;
            in_use(
                all.mandates
                    .values()
                    .find(|mandate| mandate.bookmark == Some(id))
                    .map(|mandate| &mandate.name),
            )?;
            store.delete_bookmark(id, event(actor, "bookmark_removed", id)).await?;
        }
        "mappings" => {
            let id = id::<MappingId>(&text)?;
            in_use(
                all.mandates
                    .values()
                    .find(|mandate| mandate.mapping == Some(id))
                    .map(|mandate| &mandate.name),
            )?;
            store.delete_mapping(id, event(actor, "mapping_removed", id)).await?;
        }
        other => return Err(unknown(other)),
    }
    app.engine().reload().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put(
    app: &App,
    actor: &str,
    kind: &str,
    known: Option<&str>,
    value: Value,
    revision: Option<i64>,
) -> Result<String, ApiError> {
    let store = app.engine().store();
    let made = known.is_none();
    let text = match kind {
        "mandates" => {
            let mandate: Mandate = read(value)?;
            check_mandate(app, &mandate)?;
            let id = known.map_or_else(|| Ok(MandateId::new(draw())), id)?;
            let verb = if made { "mandate_made" } else { "mandate_changed" };
            store.put_mandate(id, &mandate, revision, event(actor, verb, id)).await?;
            store.make_due(Affected::Mandate(id)).await?;
            id.to_string()
        }
        "bookmarks" => {
            let bookmark: Bookmark = read(value)?;
            check_bookmark(&bookmark)?;
            let id = known.map_or_else(|| Ok(BookmarkId::new(draw())), id)?;
            let verb = if made { "bookmark_made" } else { "bookmark_changed" };
            store.put_bookmark(id, &bookmark, revision, event(actor, verb, id)).await?;
            store.make_due(Affected::All).await?;
            id.to_string()
        }
        "mappings" => {
            let mapping: Mapping = read(value)?;
            let id = known.map_or_else(|| Ok(MappingId::new(draw())), id)?;
            let verb = if made { "mapping_made" } else { "mapping_changed" };
            store.put_mapping(id, &mapping, revision, event(actor, verb, id)).await?;
            store.make_due(Affected::Mapping(id)).await?;
            id.to_string()
        }
        other => return Err(unknown(other)),
    };
    app.engine().reload().await?;
    Ok(text)
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_json::from_value(value).map_err(|error| ApiError::unusable(error.to_string()))
}

fn check_mandate(app: &App, mandate: &Mandate) -> Result<(), ApiError> {
    let all = app.engine().configuration();
    if !all.connections.contains_key(&mandate.connection) {
        return Err(ApiError::unusable(format!("connection: there is no connection {}", mandate.connection)));
    }
    if let Some(profile) = &mandate.profile {
        let known = profile.parse::<einvoice::rules::Profile>();
        known.map_err(|error| ApiError::unusable(format!("profile: {error}")))?;
    }
    for field in &mandate.fields {
        let place: Result<Place, _> = field.path.parse();
        let place =
            place.map_err(|error| ApiError::unusable(format!("fields, path \"{}\": {error}", field.path)))?;
        place
            .check(einvoice::invoice::DocumentKind::Invoice)
            .map_err(|error| ApiError::unusable(format!("fields, path \"{}\": {error}", field.path)))?;
    }
    Ok(())
}

fn check_bookmark(bookmark: &Bookmark) -> Result<(), ApiError> {
    let is_known =
        |name: &&str| name.starts_with("custom.") || NATIVE_FIELDS.iter().any(|(known, _)| known == name);
    match bookmark.filter.names().into_iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => {
            let known: Vec<&str> = NATIVE_FIELDS.iter().map(|(known, _)| *known).collect();
            Err(ApiError::unusable(format!(
                "filter: there is no field \"{name}\"; use custom.<key> or {}",
                known.join(", ")
            )))
        }
    }
}

fn in_use(by: Option<&String>) -> Result<(), ApiError> {
    by.map_or(Ok(()), |name| Err(ApiError::conflict(format!("\"{name}\" uses it; change that first"))))
}

fn unknown(kind: &str) -> ApiError {
    ApiError::absent(format!("there is no configuration \"{kind}\"; use mandates, bookmarks or mappings"))
}
