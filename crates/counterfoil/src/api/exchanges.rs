//! Exchanges: what was said to whom, and what they answered.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use counterfoil_core::id::{ConnectionId, DocumentId, ExchangeId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::{Caller, Scope};
use super::documents::id;
use super::{ApiError, App};
use crate::store::lists::ExchangeFilter;

/// Filters of the exchange list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Filters {
    connection: Option<String>,
    document: Option<String>,
    /// Such as submit, status or download.
    operation: Option<String>,
    /// Only failed ones.
    #[serde(default)]
    faults: bool,
    after: Option<String>,
    limit: Option<usize>,
}

/// Exchanges, newest first.
#[utoipa::path(get, path = "/v1/exchanges", tag = "exchanges", params(Filters), responses((status = 200, description = "`{data, next}`", body = serde_json::Value)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filters): Query<Filters>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let filter = ExchangeFilter {
        connection: filters.connection.as_deref().map(id::<ConnectionId>).transpose()?,
        document: filters.document.as_deref().map(id::<DocumentId>).transpose()?,
        operation: filters.operation,
        faults_only: filters.faults,
        after: filters.after,
        limit: filters.limit.unwrap_or(50),
    };
    Ok(Json(app.engine().store().exchanges(&filter).await?).into_response())
}

/// One exchange with heads and bodies, secrets redacted.
#[utoipa::path(get, path = "/v1/exchanges/{id}", tag = "exchanges", params(("id" = String, Path)), responses((status = 200, description = "The exchange", body = serde_json::Value)))]
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let exchange = app.engine().store().exchange(id::<ExchangeId>(&text)?).await?;
    Ok(Json(exchange.ok_or_else(|| ApiError::absent(format!("there is no exchange {text}")))?)
        .into_response())
}

/// One exchange as a file that replays in a test.
#[utoipa::path(get, path = "/v1/exchanges/{id}/export", tag = "exchanges", params(("id" = String, Path)), responses((status = 200, description = "The exchange file", body = serde_json::Value)))]
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let file = app.engine().store().exchange_file(id::<ExchangeId>(&text)?).await?;
    Ok(Json(file.ok_or_else(|| ApiError::absent(format!("there is no exchange {text}")))?).into_response())
}
