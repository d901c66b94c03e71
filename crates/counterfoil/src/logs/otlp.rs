//! Log lines as OTLP log records over HTTP, in batches, from a thread of its own.

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, Protocol, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use tracing_subscriber::{EnvFilter, Layer};

use super::Boxed;

/// One batch may take this long; what a dead collector costs at the end of the program.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Modules that speak while a batch is sent: sending their lines would make more of them, for ever.
const SENDING: &[&str] =
    &["hyper", "hyper_util", "reqwest", "rustls", "opentelemetry", "opentelemetry_sdk", "opentelemetry_otlp"];

/// The way to a collector; what is left is sent when it is dropped.
#[derive(Debug)]
pub(super) struct Collector(SdkLoggerProvider);

impl Drop for Collector {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(TIMEOUT) {
            // Logging ends here, so this is said directly.
            eprintln!("the last log lines did not reach the collector: {error}");
        }
    }
}

/// The layer that hands log lines to the collector at `address`.
pub(super) fn layer(filter: &str, address: &str) -> anyhow::Result<(Boxed, Collector)> {
    // An error only says that one was installed before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let exporter = LogExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/logs", address.trim_end_matches('/')))
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(TIMEOUT)
        .build()
        .with_context(|| format!("the collector {address}"))?;
    let resource = Resource::builder().with_service_name("counterfoil").build();
    let provider = SdkLoggerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
    let mut filter = EnvFilter::try_new(filter)?;
    for module in SENDING {
        filter = filter.add_directive(format!("{module}=off").parse()?);
    }
    let layer = OpenTelemetryTracingBridge::new(&provider).with_filter(filter).boxed();
    Ok((layer, Collector(provider)))
}
