//! The hub as a server: engine, API and pages on one address, and a polite end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;
use tokio::net::TcpListener;

use crate::api::App;
use crate::cli::client::SERVER_FILE;
use crate::engine::Engine;
use crate::store::access::secret;
use crate::store::key::write_private;

/// How long effects under way may take to finish.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
/// Between two rounds of sealing the audit trail.
const SEAL_EVERY: Duration = Duration::from_secs(5);

/// A server about to run.
pub struct Server {
    engine: Engine,
    listener: TcpListener,
    app: App,
    file: PathBuf,
}

impl Server {
    /// Binds the address and writes `server.json` beside the data, for the command line.
    ///
    /// # Errors
    /// The address is taken, or the file cannot be written.
    pub async fn bind(engine: Engine, address: &str, data: &Path, any_port: bool) -> anyhow::Result<Self> {
        let listener = match TcpListener::bind(address).await {
            Ok(listener) => listener,
            Err(error) if any_port && error.kind() == std::io::ErrorKind::AddrInUse => {
                TcpListener::bind("127.0.0.1:0").await?
            }
            Err(error) => return Err(error).with_context(|| format!("cannot listen on {address}")),
        };
        let token = secret()?;
        let file = data.join(SERVER_FILE);
        let body = json!({ "address": format!("http://{}", listener.local_addr()?), "token": token });
        write_private(&file, body.to_string().as_bytes()).with_context(|| file.display().to_string())?;
        let app = App::new(engine.clone(), Some(&token));
        Ok(Self { engine, listener, app, file })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The socket is gone.
    pub fn address(&self) -> anyhow::Result<String> {
        Ok(format!("http://{}", self.listener.local_addr()?))
    }

    /// Serves until told to stop; then lets effects under way finish.
    ///
    /// # Errors
    /// The server failed.
    pub async fn run(self) -> anyhow::Result<()> {
        self.engine.start();
        let sealer = tokio::spawn(seal(self.engine.clone()));
        let router = crate::web::router(self.app.clone()).merge(crate::api::router(self.app));
        let served = axum::serve(self.listener, router).with_graceful_shutdown(stopped()).await;
        sealer.abort();
        self.engine.stop(STOP_PATIENCE).await;
        let _ = std::fs::remove_file(&self.file);
        served.context("the server failed")
    }
}

/// Seals the audit trail as it grows.
async fn seal(engine: Engine) {
    loop {
        tokio::time::sleep(SEAL_EVERY).await;
        if let Err(error) = engine.store().seal_events().await {
            tracing::warn!(%error, "the audit trail could not be sealed; tried again");
        }
    }
}

/// Ctrl-C, or a polite request to end.
pub async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
