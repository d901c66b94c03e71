//! The gate every call passes before a simulated vendor sees it: counting, faults, rate limit, admission.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;

use crate::clock::Clock;
use crate::fault::{Faults, Injected, Kind};
use crate::system::Simulator;
use crate::traffic::Traffic;
use crate::wire::Connection;

/// How long a call that is never to be answered is kept before its connection is cut.
const SILENCE: Duration = Duration::from_secs(600);
/// The largest answer that `malformed_body` cuts in half.
const MAX_ANSWER: usize = 64 << 20;

pub(crate) struct Gate {
    pub(crate) simulator: Arc<dyn Simulator>,
    pub(crate) traffic: Traffic,
    clock: Clock,
    faults: Arc<Faults>,
}

/// Put on a request whose result must stay unlisted for this many milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unlisted(pub(crate) u64);

struct Passage {
    gate: Arc<Gate>,
    operation: &'static str,
}

impl Gate {
    pub(crate) fn new(simulator: Arc<dyn Simulator>, clock: Clock, faults: Arc<Faults>) -> Arc<Gate> {
        let traffic = Traffic::new(simulator.operations(), simulator.rate_limit());
        Arc::new(Gate { simulator, traffic, clock, faults })
    }

    /// Lets a route be reached only through the gate, as calls of `operation`.
    pub(crate) fn guard<S: Clone + Send + Sync + 'static>(
        self: &Arc<Gate>,
        operation: &'static str,
        route: MethodRouter<S>,
    ) -> MethodRouter<S> {
        debug_assert!(self.simulator.operations().contains(&operation), "{operation} is not listed");
        let passage = Arc::new(Passage { gate: Arc::clone(self), operation });
        route.layer(from_fn_with_state(passage, pass))
    }
}

async fn pass(
    State(passage): State<Arc<Passage>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    mut request: Request,
    next: Next,
) -> Response {
    let Passage { gate, operation } = &*passage;
    let simulator = &*gate.simulator;
    let client = simulator
        .client_header()
        .and_then(|name| request.headers().get(name))
        .and_then(|value| value.to_str().ok());
    gate.traffic.count(operation, client);
    let fault = gate.faults.due(simulator.name(), operation);
    if let Some(fault) = fault {
        tracing::debug!(system = simulator.name(), operation, fault = ?fault.kind, "injected a fault");
    }
    if let Some(fault) = fault
        && let Some(response) = instead(gate, fault, &connection, &mut request).await
    {
        return response;
    }
    let now = gate.clock.now();
    if let Err(refusal) = simulator.admit(operation, request.headers(), now) {
        return *refusal;
    }
    if let Err(seconds) = gate.traffic.take(now) {
        return simulator.too_many(seconds);
    }
    let response = next.run(request).await;
    match fault.map(|fault| fault.kind) {
        Some(Kind::LostReply | Kind::LateCommit) => {
            connection.cut();
            response
        }
        Some(Kind::MalformedBody) => halved(response).await,
        _ => response,
    }
}

/// What happens in place of the call, for faults that keep it from being processed; `None` lets it go on.
async fn instead(
    gate: &Gate,
    fault: Injected,
    connection: &Connection,
    request: &mut Request,
) -> Option<Response> {
    match fault.kind {
        Kind::RateLimit => Some(gate.simulator.too_many(fault.milliseconds.div_ceil(1000))),
        Kind::ServerError => Some(gate.simulator.server_error(fault.variant)),
        Kind::ExpiredToken => Some(gate.simulator.expire(request.headers())),
        Kind::TimeoutBefore => {
            tokio::time::sleep(SILENCE).await;
            connection.cut();
            Some(Response::default())
        }
        Kind::Slow => {
            tokio::time::sleep(Duration::from_millis(fault.milliseconds)).await;
            None
        }
        Kind::LateCommit => {
            request.extensions_mut().insert(Unlisted(fault.milliseconds));
            None
        }
        Kind::LostReply | Kind::MalformedBody => None,
    }
}

/// The same answer with the second half of its body missing, complete as far as HTTP can tell.
async fn halved(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let whole = to_bytes(body, MAX_ANSWER).await.unwrap_or_default();
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(whole.slice(..whole.len() / 2)))
}
