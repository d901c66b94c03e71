//! The REST API under `/v1`: everything the hub can do, for scripts, the command line and other systems.
//!
//! A handler does four things: extract, authorize, call one verb, render.

mod audit;
pub mod auth;
mod configuration;
mod connections;
mod documents;
mod error;
mod exchanges;
mod flows;
mod health;
mod idempotency;
mod planning;
mod syncs;
mod validation;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::ApiError;

use crate::engine::Engine;

/// Largest request body: a document of the largest size, with room for its envelope.
pub const BODY_MAX: usize = einvoice::xml::MAX_BYTES + 64 * 1024;

/// What every handler shares.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    engine: Engine,
    /// SHA-256 of the token in the data folder: whoever can read that file may do everything.
    local_token: Option<counterfoil_core::digest::Digest>,
}

impl App {
    /// The application over this engine; `local_token` is what the command line on this machine presents.
    pub fn new(engine: Engine, local_token: Option<&str>) -> Self {
        let local_token = local_token.map(|token| counterfoil_core::digest::Digest::of(token.as_bytes()));
        Self(Arc::new(Shared { engine, local_token }))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    fn is_local(&self, token: &str) -> bool {
        self.0.local_token == Some(counterfoil_core::digest::Digest::of(token.as_bytes()))
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Counterfoil",
        description = "Carries every invoice, credit note, bill, tax result and posting between systems, exactly once. Lists are `{data, next}`; errors are problem details (RFC 9457); amounts and instants are strings.",
        license(name = "Apache-2.0")
    ),
    security(("token" = [])),
    modifiers(&Bearer)
)]
struct Document;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        openapi.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// Routes and their documentation, which cannot drift apart.
fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(documents::list, documents::receive))
        .routes(routes!(documents::show))
        .routes(routes!(documents::explain))
        .routes(routes!(documents::attachment))
        .routes(routes!(documents::pin))
        .routes(routes!(syncs::send))
        .routes(routes!(syncs::retry))
        .routes(routes!(syncs::refresh))
        .routes(routes!(syncs::hold))
        .routes(routes!(syncs::resume))
        .routes(routes!(syncs::release_number))
        .routes(routes!(syncs::choose))
        .routes(routes!(syncs::resolve_doubt))
        .routes(routes!(flows::list, flows::create))
        .routes(routes!(flows::change, flows::remove))
        .routes(routes!(flows::sync))
        .routes(routes!(connections::list, connections::create))
        .routes(routes!(connections::change, connections::remove))
        .routes(routes!(connections::check))
        .routes(routes!(connections::offers))
        .routes(routes!(connections::systems))
        .routes(routes!(configuration::list, configuration::create))
        .routes(routes!(configuration::change, configuration::remove))
        .routes(routes!(planning::plan))
        .routes(routes!(planning::apply))
        .routes(routes!(exchanges::list))
        .routes(routes!(exchanges::show))
        .routes(routes!(exchanges::export))
        .routes(routes!(audit::events))
        .routes(routes!(audit::verify))
        .routes(routes!(audit::discrepancies))
        .routes(routes!(audit::tokens, audit::create_token))
        .routes(routes!(audit::revoke_token))
        .routes(routes!(audit::backup))
        .routes(routes!(validation::validate))
        .routes(routes!(validation::convert))
        .routes(routes!(webhooks::receive))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}

/// The API as a router.
pub fn router(app: App) -> Router {
    let (router, _) = documented().split_for_parts();
    router
        .layer(axum::middleware::from_fn_with_state(app.clone(), idempotency::keep))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .fallback(|| async { ApiError::absent("no such address") })
        .with_state(app)
}

/// The OpenAPI document, as committed in `openapi.json`.
pub fn openapi() -> String {
    let (_, document) = documented().split_for_parts();
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
