//! The pages: login, documents, one document. Server-rendered; every list is a URL, every action a POST.

mod pages;
mod session;

use argon2::{Argon2, PasswordHasher as _};
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::{get, post};
use counterfoil_core::id::UserId;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::api::App;
use crate::engine::verbs::event;
use crate::engine::world::draw;
use crate::store::access::Account;
use crate::store::{Store, StoreError};

/// Nothing but our own style sheet; no script at all.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The pages as a router.
pub fn router(app: App) -> Router {
    let header = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    Router::new()
        .route("/", get(pages::documents))
        .route("/documents/{id}", get(pages::document))
        .route("/documents/{id}/{action}", post(pages::act))
        .route("/login", get(session::form).post(session::log_in))
        .route("/logout", post(session::log_out))
        .route("/style.css", get(pages::style))
        .layer(header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .with_state(app)
}

/// Makes a local account, or gives it another password.
///
/// # Errors
/// The store's.
pub async fn account(
    store: &Store,
    email: &str,
    name: &str,
    role: &str,
    password: &str,
) -> Result<(), StoreError> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| StoreError::Other(format!("the password could not be hashed: {error}")))?;
    let account = Account {
        id: UserId::new(draw()),
        email: email.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
        password_hash: hash.to_string(),
    };
    store.put_account(&account, event("cli", "account_made", email)).await
}
