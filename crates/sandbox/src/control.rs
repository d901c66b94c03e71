//! The control plane: what a test or a demo sees and does behind the vendors' backs. Reference: `docs/sandbox.md`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::clock::{Clock, MAX_ADVANCE_S};
use crate::fault::{Faults, Wish};
use crate::gate::Gate;
use crate::traffic::RateLimit;

/// The largest body the control plane reads.
const MAX_BODY: usize = 32 << 20;

struct Control {
    clock: Clock,
    faults: Arc<Faults>,
    gates: Vec<Arc<Gate>>,
}

type Plane = State<Arc<Control>>;

/// Routes of the control plane.
pub(crate) fn router(clock: Clock, faults: Arc<Faults>, gates: Vec<Arc<Gate>>) -> Router {
    Router::new()
        .route("/world", get(world))
        .route("/world/{system}", get(system_world))
        .route("/world/{system}/documents/{id}", get(document))
        .route("/world/{system}/documents/{id}/data", get(document_bytes))
        .route("/faults", put(set_faults).get(show_faults).delete(clear_faults))
        .route("/clock", post(advance).get(show_clock))
        .route("/credentials", get(credentials))
        .route("/settings", put(change_settings).get(show_settings))
        .route("/seed/{system}/{kind}", post(seed))
        .fallback(async || {
            refuse(StatusCode::NOT_FOUND, "no such path in the control plane; see docs/sandbox.md")
        })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(Control { clock, faults, gates }))
}

impl Control {
    fn gate(&self, system: &str) -> Result<&Arc<Gate>, Box<Response>> {
        let gate = self.gates.iter().find(|gate| gate.simulator.name() == system);
        gate.ok_or_else(|| {
            Box::new(refuse(StatusCode::NOT_FOUND, &format!("{system:?} is not simulated here")))
        })
    }

    fn by_system(&self, of: impl Fn(&Gate) -> Value) -> Value {
        self.gates
            .iter()
            .map(|gate| (gate.simulator.name().to_owned(), of(gate)))
            .collect::<Map<_, _>>()
            .into()
    }
}

/// Everything of one system: its own world with the traffic beside it.
fn whole(gate: &Gate) -> String {
    let world = gate.simulator.world();
    let traffic = gate.traffic.describe().to_string();
    // Both are JSON objects; the world of twenty thousand documents is not taken apart just to add the counts.
    format!("{},{}", &traffic[..traffic.len() - 1], &world[1..])
}

async fn world(State(control): Plane) -> Response {
    let systems = control.gates.iter().map(|gate| format!(",\"{}\":{}", gate.simulator.name(), whole(gate)));
    json_text(format!("{{\"now\":\"{}\"{}}}", control.clock.now(), systems.collect::<String>()))
}

async fn system_world(State(control): Plane, Path(system): Path<String>) -> Response {
    control.gate(&system).map_or_else(|refusal| *refusal, |gate| json_text(whole(gate)))
}

async fn document(State(control): Plane, Path((system, id)): Path<(String, String)>) -> Response {
    match control.gate(&system) {
        Ok(gate) => gate
            .simulator
            .document(&id)
            .map_or_else(|| unknown_document(&id), |found| Json(found).into_response()),
        Err(refusal) => *refusal,
    }
}

async fn document_bytes(State(control): Plane, Path((system, id)): Path<(String, String)>) -> Response {
    let gate = match control.gate(&system) {
        Ok(gate) => gate,
        Err(refusal) => return *refusal,
    };
    match gate.simulator.document_bytes(&id) {
        Some((media_type, bytes)) => ([(CONTENT_TYPE, media_type)], bytes).into_response(),
        None => unknown_document(&id),
    }
}

/// One fault or a list of them.
async fn set_faults(State(control): Plane, body: Bytes) -> Response {
    let wishes: Vec<Wish> = match serde_json::from_slice::<Value>(&body) {
        Ok(Value::Array(list)) => match serde_json::from_value(Value::Array(list)) {
            Ok(wishes) => wishes,
            Err(error) => return refuse(StatusCode::BAD_REQUEST, &error.to_string()),
        },
        Ok(one) => match serde_json::from_value(one) {
            Ok(wish) => vec![wish],
            Err(error) => return refuse(StatusCode::BAD_REQUEST, &error.to_string()),
        },
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("not JSON: {error}")),
    };
    let known: Vec<_> =
        control.gates.iter().map(|gate| (gate.simulator.name(), gate.simulator.operations())).collect();
    for wish in wishes {
        if let Err(problem) = control.faults.set(wish, &known) {
            return refuse(StatusCode::BAD_REQUEST, &problem);
        }
    }
    Json(control.faults.describe()).into_response()
}

async fn show_faults(State(control): Plane) -> Json<Value> {
    Json(control.faults.describe())
}

async fn clear_faults(State(control): Plane) -> Json<Value> {
    control.faults.clear();
    Json(control.faults.describe())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: i64,
}

async fn advance(State(control): Plane, body: Bytes) -> Response {
    match serde_json::from_slice::<Advance>(&body) {
        Ok(step) if control.clock.advance(step.advance_s) => show_clock(State(control)).await.into_response(),
        Ok(_) => {
            let limit =
                format!("advance_s: the clock moves forward only, and no more than {MAX_ADVANCE_S} s in all");
            refuse(StatusCode::BAD_REQUEST, &limit)
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

async fn show_clock(State(control): Plane) -> Json<Value> {
    Json(json!({"now": control.clock.now().to_string(), "offset_ms": control.clock.offset_ms()}))
}

async fn credentials(State(control): Plane) -> Json<Value> {
    Json(control.by_system(|gate| gate.simulator.credentials()))
}

async fn show_settings(State(control): Plane) -> Json<Value> {
    Json(control.by_system(settings_of))
}

fn settings_of(gate: &Gate) -> Value {
    let mut settings = gate.simulator.settings();
    settings["rate_limit"] = json!(gate.traffic.limit());
    settings
}

/// `{"elr":{"processing_ms":0,"rate_limit":{"enabled":false}}}`; what is not named stays as it is.
async fn change_settings(State(control): Plane, body: Bytes) -> Response {
    let systems: Map<String, Value> = match serde_json::from_slice(&body) {
        Ok(systems) => systems,
        Err(error) => {
            return refuse(StatusCode::BAD_REQUEST, &format!("an object of settings by system: {error}"));
        }
    };
    for (system, mut settings) in systems {
        let gate = match control.gate(&system) {
            Ok(gate) => gate,
            Err(refusal) => return *refusal,
        };
        let limit = settings.as_object_mut().and_then(|settings| settings.remove("rate_limit"));
        let changed = limit
            .map_or(Ok(()), |limit| change_limit(gate, limit))
            .and_then(|()| gate.simulator.change_settings(settings));
        if let Err(problem) = changed {
            return refuse(StatusCode::BAD_REQUEST, &problem);
        }
    }
    Json(control.by_system(settings_of)).into_response()
}

fn change_limit(gate: &Gate, wish: Value) -> Result<(), String> {
    let mut limit = json!(gate.traffic.limit());
    let (Value::Object(limit_fields), Value::Object(wish)) = (&mut limit, wish) else {
        return Err("rate_limit: an object of enabled, calls, per_s".to_owned());
    };
    limit_fields.extend(wish);
    let limit: RateLimit = serde_json::from_value(limit).map_err(|error| format!("rate_limit: {error}"))?;
    if limit.per_s == 0 {
        return Err("rate_limit.per_s: at least 1".to_owned());
    }
    gate.traffic.set_limit(limit);
    Ok(())
}

async fn seed(State(control): Plane, Path((system, kind)): Path<(String, String)>, body: Bytes) -> Response {
    let gate = match control.gate(&system) {
        Ok(gate) => gate,
        Err(refusal) => return *refusal,
    };
    let value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("not JSON: {error}")),
    };
    match Arc::clone(&gate.simulator).seed(&kind, value) {
        Ok(Some(seeded)) => (StatusCode::CREATED, Json(seeded)).into_response(),
        Ok(None) => refuse(StatusCode::NOT_FOUND, &format!("{kind:?} cannot be seeded in {system}")),
        Err(problem) => refuse(StatusCode::BAD_REQUEST, &problem),
    }
}

fn unknown_document(id: &str) -> Response {
    refuse(StatusCode::NOT_FOUND, &format!("no document {id}"))
}

fn json_text(text: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

fn refuse(status: StatusCode, problem: &str) -> Response {
    (status, Json(json!({"error": problem}))).into_response()
}
