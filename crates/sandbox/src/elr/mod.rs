//! Avalara E-Invoicing and Live Reporting (ELR): identity, shared companies, registrations and the e-invoicing API on
//! one host.
//!
//! Modelled on the official client `Avalara.SDK` 26.10.0 (paths, parameters, answer types), the answers recorded in
//! Microsoft's connector tests (`recorded/HttpResponseFiles/*.txt`) and the guide pages of developer.avalara.com. Where
//! none of them speaks, the choice made here is marked `[unverified]`.

mod answer;
mod codelists;
mod companies;
mod document;
mod documents;
mod download;
mod fetch;
mod fields;
mod filter;
mod identity;
mod listing;
mod mandates;
mod page;
mod partners;
mod pdf;
mod store;
mod submit;
mod tax_identifiers;
mod verdict;
mod webhooks;
mod world;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::fault::Variant;
use crate::gate::Gate;
use crate::seed::Seed;
use crate::system::Simulator;
use crate::traffic::RateLimit;
use crate::{WorldSeed, elr::answer::Refusal};

use store::Documents;
use world::World;

/// The largest request body that is read: a document of 20 MB with its envelope.
const MAX_BODY: usize = 22 << 20;

/// Operations as faults and counters name them; `docs/sandbox.md` says which calls each one covers.
const OPERATIONS: &[&str] = &[
    "discovery",
    "token",
    "companies",
    "activation",
    "mandates",
    "fields",
    "codelists",
    "submit",
    "status",
    "list",
    "download",
    "fetch",
    "partners",
    "webhooks",
    "tax_identifiers",
];

/// The simulated service.
pub(crate) struct Elr {
    seed: Seed,
    clock: Clock,
    base: OnceLock<String>,
    /// Live tokens and when they end.
    tokens: Mutex<HashMap<String, Timestamp>>,
    tokens_issued: Mutex<u64>,
    world: RwLock<World>,
    documents: RwLock<Documents>,
    settings: RwLock<Settings>,
    webhooks: webhooks::Dispatcher,
}

/// What the control plane may change while the service runs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// From submission to verdict, in simulated milliseconds.
    processing_ms: u64,
    /// Whether a document whose supplier is no company of the tenant with the mandate activated ends in Error.
    supplier_must_be_registered: bool,
    /// Whether a listed receiver that cannot take the document type makes the document end in Error.
    receiver_must_accept: bool,
    /// The pause before the first repeated webhook call; doubled for each further one.
    webhook_retry_ms: u64,
    webhook_signed: webhooks::Signed,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            processing_ms: 300,
            supplier_must_be_registered: true,
            receiver_must_accept: true,
            webhook_retry_ms: 500,
            webhook_signed: webhooks::Signed::Message,
        }
    }
}

impl Elr {
    pub(crate) fn new(seed: Seed, clock: Clock, world: WorldSeed) -> Arc<Elr> {
        let furnished = world == WorldSeed::Furnished;
        Arc::new(Elr {
            seed,
            base: OnceLock::new(),
            tokens: Mutex::new(HashMap::from([(identity::DRIVER_TOKEN.to_owned(), Timestamp::MAX)])),
            tokens_issued: Mutex::new(0),
            world: RwLock::new(if furnished { World::furnished(seed) } else { World::bare(seed) }),
            documents: RwLock::new(if furnished { Documents::furnished(seed) } else { Documents::new(seed) }),
            settings: RwLock::new(Settings::default()),
            webhooks: webhooks::Dispatcher::new(seed, clock.clone()),
            clock,
        })
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn base(&self) -> &str {
        self.base.get().map_or("", String::as_str)
    }

    fn world_read(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn world_write(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn documents_read(&self) -> RwLockReadGuard<'_, Documents> {
        self.documents.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn documents_write(&self) -> RwLockWriteGuard<'_, Documents> {
        self.documents.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current_settings(&self) -> Settings {
        *self.settings.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Simulator for Elr {
    fn name(&self) -> &'static str {
        "elr"
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    /// Optional for the API, demanded of certified partners (developer.avalara.com, planning your ELR integration).
    fn client_header(&self) -> Option<&'static str> {
        Some("x-avalara-client")
    }

    /// [unverified] Avalara publishes no figures for ELR.
    fn rate_limit(&self) -> RateLimit {
        RateLimit { enabled: true, calls: 100, per_s: 1 }
    }

    fn opened(&self, base: &str) {
        let _ = self.base.set(base.to_owned());
    }

    fn router(self: Arc<Elr>, gate: &Arc<Gate>) -> Router {
        let on = |operation, route| gate.guard(operation, route);
        Router::new()
            .route("/.well-known/openid-configuration", on("discovery", get(identity::discovery)))
            .route("/connect/token", on("token", post(identity::token)))
            .route("/scs/companies", on("companies", get(companies::list)))
            .route("/orl/registrations", on("activation", get(companies::registrations)))
            .route("/einvoicing/mandates", on("mandates", get(mandates::list)))
            .route("/einvoicing/mandates/{mandate}/data-input-fields", on("fields", get(fields::of_mandate)))
            .route("/einvoicing/data-input-fields", on("fields", get(fields::across_mandates)))
            .route("/einvoicing/codelists", on("codelists", get(codelists::list)))
            .route("/einvoicing/codelists/{id}", on("codelists", get(codelists::one)))
            .route(
                "/einvoicing/documents",
                on("submit", post(submit::submit)).merge(on("list", get(listing::list))),
            )
            .route("/einvoicing/documents/$fetch", on("fetch", post(fetch::fetch)))
            .route("/einvoicing/documents/{id}/status", on("status", get(documents::status)))
            .route("/einvoicing/documents/{id}/$download", on("download", get(download::download)))
            .merge(partners::routes(&on))
            .merge(webhooks::routes(&on))
            .merge(tax_identifiers::routes(&on))
            .fallback(async || {
                Refusal::plain(StatusCode::NOT_FOUND, "The requested resource does not exist.")
            })
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self)
    }

    fn admit(&self, operation: &str, headers: &HeaderMap, now: Timestamp) -> Result<(), Box<Response>> {
        identity::admit(self, operation, headers, now)
    }

    fn too_many(&self, retry_after_s: u64) -> Response {
        answer::too_many(retry_after_s)
    }

    fn server_error(&self, variant: Variant) -> Response {
        answer::server_error(variant)
    }

    fn expire(&self, headers: &HeaderMap) -> Response {
        identity::expire(self, headers)
    }

    fn world(&self) -> String {
        let documents = self.documents_read().describe(self.now());
        let world = self.world_read().describe();
        let webhooks = self.webhooks.describe();
        format!("{{\"world\":{world},\"webhooks\":{webhooks},{}", &documents[1..])
    }

    fn document(&self, id: &str) -> Option<Value> {
        let now = self.now();
        self.documents_read().get(id).map(|document| document.whole(now))
    }

    fn document_bytes(&self, id: &str) -> Option<(&'static str, Bytes)> {
        self.documents_read().get(id).map(|document| ("application/xml", document.xml.clone()))
    }

    fn credentials(&self) -> Value {
        let credentials = identity::Credentials::of(self.seed);
        json!({
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "webhook_secret": credentials.webhook_secret,
            "token_url": format!("{}/connect/token", self.base()),
            "driver_token": identity::DRIVER_TOKEN,
        })
    }

    fn seed(self: Arc<Elr>, kind: &str, value: Value) -> Result<Option<Value>, String> {
        match kind {
            "companies" => self.world_write().seed_company(value, self.now()).map(Some),
            "partners" => self.world_write().seed_partners(value).map(Some),
            "documents" => fetch::seed_inbound(&self, value).map(Some),
            _ => Ok(None),
        }
    }

    fn settings(&self) -> Value {
        json!(self.current_settings())
    }

    fn change_settings(&self, wish: Value) -> Result<(), String> {
        let mut settings = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        let mut fields = json!(*settings);
        let (Value::Object(all), Value::Object(wish)) = (&mut fields, wish) else {
            return Err("elr: an object of settings".to_owned());
        };
        all.extend(wish);
        *settings = serde_json::from_value(fields).map_err(|error| error.to_string())?;
        Ok(())
    }
}

/// What a handler answers: its own answer or a refusal in one of the vendor's shapes.
type Answer = Result<Response, Refusal>;

fn json_answer(value: &impl Serialize) -> Answer {
    Ok(axum::Json(value).into_response())
}
