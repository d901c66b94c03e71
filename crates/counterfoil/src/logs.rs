//! What the program says while it works: on stderr, for people on a terminal, as JSON lines everywhere else; and, built
//! with the feature `otlp`, to an OpenTelemetry collector besides.

#[cfg(feature = "otlp")]
mod otlp;

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Keeps logging alive; what a collector has not been sent yet is sent when this is dropped.
#[must_use = "dropped at once, nothing is sent to a collector"]
#[derive(Debug, Default)]
pub struct Logging {
    #[cfg(feature = "otlp")]
    _collector: Option<otlp::Collector>,
}

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging. `filter` is a level, or levels by module (`info,counterfoil::engine=debug`); `collector` the base
/// address of an OpenTelemetry collector, such as `http://127.0.0.1:4318`.
///
/// # Errors
/// A filter that cannot be understood, logging that was started before, or a collector in a program built without one.
pub fn start(filter: &str, collector: Option<&str>) -> anyhow::Result<Logging> {
    let shown = lines().with_filter(EnvFilter::try_new(filter)?).boxed();
    let (sent, logging) = match collector {
        Some(address) => send(filter, address)?,
        None => (None, Logging::default()),
    };
    let started =
        tracing_subscriber::registry().with(sent.into_iter().chain([shown]).collect::<Vec<_>>()).try_init();
    started.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))?;
    Ok(logging)
}

/// Whether a filter can be understood.
///
/// # Errors
/// What is wrong with it.
pub fn check(filter: &str) -> Result<(), String> {
    EnvFilter::try_new(filter).map(drop).map_err(|error| format!("is not a log filter: {error}"))
}

fn lines() -> Boxed {
    let layer = tracing_subscriber::fmt::layer().with_writer(stderr);
    if stderr().is_terminal() {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        return layer.compact().with_ansi(!plain).with_target(false).boxed();
    }
    layer
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_span_events(FmtSpan::NONE)
        .boxed()
}

#[cfg(feature = "otlp")]
fn send(filter: &str, address: &str) -> anyhow::Result<(Option<Boxed>, Logging)> {
    let (layer, collector) = otlp::layer(filter, address)?;
    Ok((Some(layer), Logging { _collector: Some(collector) }))
}

#[cfg(not(feature = "otlp"))]
fn send(_: &str, address: &str) -> anyhow::Result<(Option<Boxed>, Logging)> {
    anyhow::bail!(
        "otlp_endpoint is {address}, but this program was built without OTLP; build it with --features otlp, or leave \
         the setting out"
    )
}
