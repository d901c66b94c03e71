//! Errors as problem details (RFC 9457).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_core::Problem;
use serde_json::json;

use crate::engine::verbs::VerbError;
use crate::store::StoreError;

/// A refused request: status, what is wrong, and the findings behind it.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    problems: Vec<Problem>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), problems: Vec::new() }
    }

    /// The request itself cannot be used; names the field and the cure.
    pub fn unusable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable_request", detail)
    }

    /// There is no such thing.
    pub fn absent(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// No or unknown credentials.
    pub fn unauthorized() -> Self {
        let detail = "send an API token as \"Authorization: Bearer ...\"; make one with POST /v1/tokens";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// Known, but not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// It is not in the state the request takes for granted.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Busy | StoreError::Full | StoreError::ReadOnly | StoreError::Unreachable(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", error.to_string())
            }
            StoreError::Constraint(_) => Self::conflict(error.to_string()),
            _ => {
                tracing::error!(%error, "a request failed in the store");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store_failed",
                    "the store could not answer; see the log",
                )
            }
        }
    }
}

impl From<VerbError> for ApiError {
    fn from(error: VerbError) -> Self {
        match error {
            VerbError::Store(error) => error.into(),
            VerbError::Problem(problem) => problem.into(),
            VerbError::Unknown(detail) => Self::absent(detail),
        }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem.clone()], ..Self::unusable(problem.message) }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "type": format!("urn:counterfoil:error:{}", self.code),
            "title": self.code.replace('_', " "),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "problems": self.problems,
        });
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}
