//! Identity: discovery, tokens for client credentials, and who may call what.

use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Elr;
use super::answer::Refusal;
use crate::seed::Seed;

/// Accepted without ever having been issued: the vendor's own client is driven with a ready token.
pub(super) const DRIVER_TOKEN: &str = "driver-token";
/// How long an issued token lives, in seconds (recorded answer `ConnectToken.txt`).
const TOKEN_LIFE_S: i64 = 3_600;
/// Tokens kept; beyond it the ended ones are dropped first, then all issued ones.
const MAX_TOKENS: usize = 10_000;

/// The credentials of the simulated tenant.
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// A key that a subscriber may choose for the signature of webhook calls.
    pub(super) webhook_secret: String,
}

impl Credentials {
    pub(super) fn of(seed: Seed) -> Credentials {
        Credentials {
            client_id: format!("sandbox-{}", seed.hex(&["client id"], 12)),
            client_secret: seed.hex(&["client secret"], 40),
            webhook_secret: seed.hex(&["webhook secret"], 64),
        }
    }
}

/// `GET /.well-known/openid-configuration`, without any authorization: the official client asks for it in its
/// constructor (`recorded_requests_26.10.0.jsonl`, first request).
pub(super) async fn discovery(State(elr): State<Arc<Elr>>) -> Json<Value> {
    let base = elr.base();
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/connect/authorize"),
        "token_endpoint": format!("{base}/connect/token"),
        "device_authorization_endpoint": format!("{base}/connect/deviceauthorization"),
        "jwks_uri": format!("{base}/.well-known/openid-configuration/jwks"),
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": ["des_api", "orl_api", "scs"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }))
}

/// `POST /connect/token` with client credentials in the form (Business Central: Requests, CreateAuthenticateRequest) or
/// as Basic authorization. Answer: `ConnectToken.txt`. Refusals follow RFC 6749 section 5.2; which status Avalara uses
/// is [unverified], so 400 answers the form and 401 the header, as that section has it.
pub(super) async fn token(State(elr): State<Arc<Elr>>, headers: HeaderMap, body: Bytes) -> Response {
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (basic, id, secret) = match basic_credentials(&headers) {
        Some((id, secret)) => (true, Some(id), Some(secret)),
        None => (false, field("client_id"), field("client_secret")),
    };
    let grant = field("grant_type");
    if grant.is_none() {
        return refused(StatusCode::BAD_REQUEST, "invalid_request");
    }
    let known = Credentials::of(elr.seed);
    if id.as_deref() != Some(&known.client_id) || secret.as_deref() != Some(&known.client_secret) {
        let status = if basic { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        return refused(status, "invalid_client");
    }
    if grant.as_deref() != Some("client_credentials") {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let answer = json!({
        "access_token": issue(&elr), "expires_in": TOKEN_LIFE_S, "token_type": "Bearer", "scope": "des_api orl_api scs",
    });
    ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

fn issue(elr: &Elr) -> String {
    let mut issued = elr.tokens_issued.lock().unwrap_or_else(PoisonError::into_inner);
    *issued += 1;
    let token = elr.seed.hex(&["token", &issued.to_string()], 64);
    let now = elr.now();
    let ends = now.checked_add(SignedDuration::from_secs(TOKEN_LIFE_S)).unwrap_or(Timestamp::MAX);
    let mut tokens = elr.tokens();
    if tokens.len() >= MAX_TOKENS {
        tokens.retain(|_, ends| *ends > now);
    }
    if tokens.len() >= MAX_TOKENS {
        tokens.retain(|token, _| token == DRIVER_TOKEN);
    }
    tokens.insert(token.clone(), ends);
    token
}

fn refused(status: StatusCode, error: &str) -> Response {
    let body = Json(json!({"error": error}));
    if status == StatusCode::UNAUTHORIZED {
        return (status, [(WWW_AUTHENTICATE, "Basic realm=\"identity\"")], body).into_response();
    }
    (status, [(CACHE_CONTROL, "no-store")], body).into_response()
}

/// RFC 6749 section 2.3.1: both parts are form-encoded before they are joined.
fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    let decode = |part: &str| {
        form_urlencoded::parse(format!("v={part}").as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}

/// Bearer token and API version, for everything but identity itself. That a missing `avalara-version` is a 400, and the
/// body of the 401, are [unverified]; that the header is required stands in every operation of the client.
pub(super) fn admit(
    elr: &Elr,
    operation: &str,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(), Box<Response>> {
    if matches!(operation, "discovery" | "token") {
        return Ok(());
    }
    let alive = bearer(headers).is_some_and(|token| elr.tokens().get(token).is_some_and(|ends| *ends > now));
    if !alive {
        return Err(Box::new(unauthorized()));
    }
    if version(headers).is_none() {
        let message = "The avalara-version header is missing or not a version, for example 1.6.";
        return Err(Box::new(Refusal::bad(message).into_response()));
    }
    Ok(())
}

/// Ends the token of this call for good.
pub(super) fn expire(elr: &Elr, headers: &HeaderMap) -> Response {
    if let Some(token) = bearer(headers) {
        elr.tokens().remove(token);
    }
    unauthorized()
}

fn unauthorized() -> Response {
    let refusal =
        Refusal::plain(StatusCode::UNAUTHORIZED, "The access token is missing, invalid or expired.");
    ([(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], refusal).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// `avalara-version` as major and minor.
pub(super) fn version(headers: &HeaderMap) -> Option<(u32, u32)> {
    let (major, minor) = headers.get("avalara-version")?.to_str().ok()?.trim().split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
