//! The law, for any document: no hub needed, nothing stored.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use einvoice::rules::Profile;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiError;
use super::auth::{Caller, Scope};

/// By which rules.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// A profile's name; what the document declares where it is left out.
    profile: Option<String>,
}

/// Judges a document by the official rules.
#[utoipa::path(post, path = "/v1/validate", tag = "documents", params(Rules), request_body(content = String, content_type = "application/xml"),
    responses((status = 200, description = "The verdict", body = serde_json::Value)))]
pub(super) async fn validate(
    caller: Caller,
    Query(rules): Query<Rules>,
    body: Bytes,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let profile = rules.profile.as_deref().unwrap_or("auto").parse::<Profile>();
    let profile = profile.map_err(|error| ApiError::unusable(format!("profile: {error}")))?;
    Ok(Json(einvoice::rules::validate(&body, profile)).into_response())
}

/// Into which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    /// ubl or json
    to: String,
}

/// Converts a document between UBL and JSON.
#[utoipa::path(post, path = "/v1/convert", tag = "documents", params(Form), request_body(content = String, content_type = "application/xml"),
    responses((status = 200, description = "The document in the other form", body = String)))]
pub(super) async fn convert(
    caller: Caller,
    Query(form): Query<Form>,
    body: Bytes,
) -> Result<Response, ApiError> {
    caller.may(Scope::Read)?;
    let invoice = if body.trim_ascii_start().starts_with(b"{") {
        einvoice::Invoice::from_json(&body)?
    } else {
        einvoice::ubl::read(&body).map_err(|error| error.to_problem())?.invoice
    };
    match form.to.as_str() {
        "ubl" => {
            Ok(([(header::CONTENT_TYPE, "application/xml")], einvoice::ubl::write(&invoice)).into_response())
        }
        "json" => Ok(([(header::CONTENT_TYPE, "application/json")], invoice.to_json()).into_response()),
        other => Err(ApiError::unusable(format!("to is \"{other}\"; use ubl or json"))),
    }
}
