//! What every simulated vendor is, and the list of them.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;

use crate::clock::Clock;
use crate::fault::Variant;
use crate::gate::Gate;
use crate::seed::Seed;
use crate::traffic::RateLimit;
use crate::{WorldSeed, elr};

/// All simulated vendors, in the order of the announcement. A new one is one line here.
pub(crate) fn simulators(seed: Seed, clock: &Clock, world: WorldSeed) -> Vec<Arc<dyn Simulator>> {
    vec![elr::Elr::new(seed, clock.clone(), world)]
}

/// One simulated vendor: what it answers, how it refuses, and what the control plane may see and seed of it.
pub(crate) trait Simulator: Send + Sync {
    /// The name in the announcement, in faults and in `/world`.
    fn name(&self) -> &'static str;
    /// The operations that faults and counters know.
    fn operations(&self) -> &'static [&'static str];
    /// The header in which callers name themselves, where the vendor wants one.
    fn client_header(&self) -> Option<&'static str>;
    fn rate_limit(&self) -> RateLimit;
    /// The base address, known once the port is bound.
    fn opened(&self, base: &str);
    fn router(self: Arc<Self>, gate: &Arc<Gate>) -> Router;

    /// Refuses a caller who may not make this call.
    fn admit(&self, operation: &str, headers: &HeaderMap, now: Timestamp) -> Result<(), Box<Response>>;
    /// The vendor's 429, with `Retry-After` in whole seconds.
    fn too_many(&self, retry_after_s: u64) -> Response;
    fn server_error(&self, variant: Variant) -> Response;
    /// Ends the token of this call for good and says so.
    fn expire(&self, headers: &HeaderMap) -> Response;

    /// The system's part of `GET /world`, as JSON text because it can be large.
    fn world(&self) -> String;
    fn document(&self, id: &str) -> Option<Value>;
    /// The exact bytes of a document as submitted, with their media type.
    fn document_bytes(&self, id: &str) -> Option<(&'static str, Bytes)>;
    fn credentials(&self) -> Value;
    /// Adds to the world. `Ok(None)` when there is nothing of this kind.
    fn seed(self: Arc<Self>, kind: &str, value: Value) -> Result<Option<Value>, String>;
    fn settings(&self) -> Value;
    fn change_settings(&self, settings: Value) -> Result<(), String>;
}
