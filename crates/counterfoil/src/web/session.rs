//! Logging in and out: sessions in our own table, a new secret at every login.

use argon2::{Argon2, PasswordHash, PasswordVerifier as _};
use askama::Template;
use axum::Form;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::api::{ApiError, App};
use crate::store::access::Account;

const COOKIE: &str = "counterfoil_session";

/// A person who is logged in.
pub(super) struct Person(pub Account);

impl FromRequestParts<App> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Some(secret) = cookie(&parts.headers) else { return Err(Redirect::to("/login").into_response()) };
        match app.engine().store().session(&secret).await {
            Ok(Some(account)) => Ok(Self(account)),
            Ok(None) => Err(Redirect::to("/login").into_response()),
            Err(error) => Err(ApiError::from(error).into_response()),
        }
    }
}

/// Refuses a form that another site sent.
pub(super) fn own(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign = match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin.split("://").nth(1) != Some(host),
        _ => false,
    };
    if foreign { Err(ApiError::forbidden("this form was sent by another site")) } else { Ok(()) }
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    failed: bool,
}

pub(super) async fn form() -> Response {
    page(&Login { failed: false })
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    email: String,
    password: String,
}

pub(super) async fn log_in(
    State(app): State<App>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, ApiError> {
    own(&headers)?;
    let account = app.engine().store().account(given.email.trim()).await?;
    // Hashing is slow on purpose, and as slow where the address is unknown.
    let (hash, account) = match account {
        Some(account) => (account.password_hash.clone(), Some(account)),
        None => (UNKNOWN.to_owned(), None),
    };
    let verified = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(given.password.as_bytes(), &hash).is_ok())
    });
    match account.filter(|_| true) {
        Some(account) if verified.await.unwrap_or(false) => {
            let secret = app.engine().store().begin_session(account.id).await?;
            let cookie = format!("{COOKIE}={secret}; HttpOnly; SameSite=Strict; Path=/");
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
        }
        _ => Ok((StatusCode::UNAUTHORIZED, page(&Login { failed: true })).into_response()),
    }
}

pub(super) async fn log_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    own(&headers)?;
    if let Some(secret) = cookie(&headers) {
        app.engine().store().end_session(&secret).await?;
    }
    let cookie = format!("{COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

/// The hash of no password anybody has.
const UNKNOWN: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|text| text.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(str::to_owned))
}

/// A page, or what kept it from being rendered.
pub(super) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
