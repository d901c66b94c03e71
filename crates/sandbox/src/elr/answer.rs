//! How ELR says no: four JSON shapes, and an HTML page when things go wrong further out.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::fault::Variant;

/// A refusal in the shape that its endpoint uses.
#[derive(Debug)]
pub(super) enum Refusal {
    /// `{error, message}`: BadRequest, NotFoundError and InternalServerError of the client's models.
    Plain(StatusCode, String),
    /// `{Message}`: ForbiddenError.
    Forbidden(Spelling, String),
    /// `{StatusCode, Message}`: DocumentSubmissionError.
    Submission(Spelling, StatusCode, String),
    /// `{title, status, detail, instance}`: ErrorResponse (trading partners, tax identifiers).
    Titled(StatusCode, &'static str, String),
    /// The titled shape inside `error`: WebhooksErrorResponse.
    Webhook(StatusCode, &'static str, String),
    /// `{error, message, supportedAcceptHeaders}`: BadDownloadRequest.
    Download(Vec<&'static str>),
}

/// Whether two of the shapes are spelled as the client of today does (`Message`) or as older answers show (`message`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Capital,
    Small,
}

impl Spelling {
    /// Versions up to 1.4 get the small spelling, later ones that of the client 26.10.0. [unverified]
    pub(super) fn of(headers: &HeaderMap) -> Spelling {
        match super::identity::version(headers) {
            Some((1, minor)) if minor <= 4 => Spelling::Small,
            _ => Spelling::Capital,
        }
    }
}

impl Refusal {
    pub(super) fn plain(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal::Plain(status, message.into())
    }

    pub(super) fn bad(message: impl Into<String>) -> Refusal {
        Refusal::Plain(StatusCode::BAD_REQUEST, message.into())
    }

    pub(super) fn unknown(message: impl Into<String>) -> Refusal {
        Refusal::Plain(StatusCode::NOT_FOUND, message.into())
    }

    fn parts(self) -> (StatusCode, Value) {
        match self {
            Refusal::Plain(status, message) => {
                (status, json!({"error": status.as_str(), "message": message}))
            }
            Refusal::Forbidden(Spelling::Capital, message) => {
                (StatusCode::FORBIDDEN, json!({"Message": message}))
            }
            Refusal::Forbidden(Spelling::Small, message) => {
                (StatusCode::FORBIDDEN, json!({"message": message}))
            }
            Refusal::Submission(Spelling::Capital, status, message) => {
                (status, json!({"StatusCode": status.as_str(), "Message": message}))
            }
            Refusal::Submission(Spelling::Small, status, message) => {
                (status, json!({"statusCode": status.as_str(), "message": message}))
            }
            Refusal::Titled(status, title, detail) => (status, titled(status, title, &detail)),
            Refusal::Webhook(status, title, detail) => {
                (status, json!({"error": titled(status, title, &detail)}))
            }
            Refusal::Download(supported) => (StatusCode::NOT_ACCEPTABLE, unsupported(&supported)),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, body) = self.parts();
        (status, Json(body)).into_response()
    }
}

fn titled(status: StatusCode, title: &str, detail: &str) -> Value {
    json!({"title": title, "status": status.as_str(), "detail": detail, "instance": null})
}

/// The client types `supportedAcceptHeaders` as an object; that the media types are its keys is [unverified].
fn unsupported(supported: &[&str]) -> Value {
    let headers: serde_json::Map<_, _> =
        supported.iter().map(|media| ((*media).to_owned(), json!(true))).collect();
    let message =
        format!("The Accept header is not supported for this document. Use one of: {}", supported.join(", "));
    json!({"error": "406", "message": message, "supportedAcceptHeaders": headers})
}

/// 429 with Retry-After. The body is [unverified].
pub(super) fn too_many(retry_after_s: u64) -> Response {
    let refusal = Refusal::plain(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded. Retry later.");
    ([(RETRY_AFTER, retry_after_s.to_string())], refusal).into_response()
}

/// 500 as JSON (InternalServerError) or as a web page, as in the recorded answer `Http500.txt`.
pub(super) fn server_error(variant: Variant) -> Response {
    const PAGE: &str = "<html>\n<head><title>Server Error</title></head>\n<body><h1>Server Error</h1>\
                        <p>The service could not complete your request.</p></body>\n</html>\n";
    match variant {
        Variant::Json => {
            Refusal::plain(StatusCode::INTERNAL_SERVER_ERROR, "An unexpected error occurred.").into_response()
        }
        Variant::Html => {
            (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "text/html")], PAGE).into_response()
        }
    }
}
