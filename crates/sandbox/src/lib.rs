//! Simulators of the vendors, each on a port of its own, with a control plane beside them.
//!
//! Written from the vendors' own documents and recorded answers only; nothing here is shared with the connectors that
//! talk to it, so that a misreading of one side cannot hide in the other. Behaviour, not stubs: documents are really
//! read and judged, verdicts arrive later, tokens expire, lists page, webhooks are signed and repeated.
//!
//! A new vendor is one module implementing `system::Simulator` and one line in `system::simulators`.
#![forbid(unsafe_code)]

mod clock;
mod control;
mod elr;
mod fault;
mod gate;
mod seed;
mod system;
mod traffic;
mod wire;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::fault::Faults;
use crate::gate::Gate;
use crate::seed::Seed;

/// How long [`Running::stop`] lets open calls finish before their connections are dropped.
const STOP_GRACE: Duration = Duration::from_millis(500);

/// What a sandbox is started with.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The same seed gives the same identifiers, secrets and spellings.
    pub seed: u64,
    /// The control plane listens here and the systems on the ports after it; `None` takes free ports.
    pub port_base: Option<u16>,
    /// What the simulated vendors hold at the start.
    pub world: WorldSeed,
}

/// What the simulated vendors hold at the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WorldSeed {
    /// A tenant with companies, registrations, trading partners and two earlier documents.
    #[default]
    Furnished,
    /// A tenant without companies, partners or documents: all of it comes through the control plane.
    Bare,
}

/// A started sandbox. Dropping it stops serving.
#[derive(Debug)]
pub struct Running {
    systems: Vec<(&'static str, String)>,
    control: String,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<io::Result<()>>>,
}

/// Binds all ports, then serves in the background until [`Running::stop`] or drop.
///
/// # Errors
/// A port that cannot be bound.
pub async fn start(options: Options) -> io::Result<Running> {
    let clock = Clock::real();
    let faults = Arc::new(Faults::default());
    let (stop, stopped) = watch::channel(false);
    let mut servers = Vec::new();
    let mut systems = Vec::new();
    let mut gates = Vec::new();

    let control_listener = bind(options.port_base).await?;
    let control = address(&control_listener)?;
    for (index, simulator) in
        system::simulators(Seed(options.seed), &clock, options.world).into_iter().enumerate()
    {
        let port = match options.port_base {
            Some(base) => Some(port_after(base, index)?),
            None => None,
        };
        let listener = bind(port).await?;
        let base = address(&listener)?;
        simulator.opened(&base);
        let gate = Gate::new(simulator, clock.clone(), Arc::clone(&faults));
        let router = Arc::clone(&gate.simulator).router(&gate);
        systems.push((gate.simulator.name(), base));
        gates.push(gate);
        servers.push(wire::serve(listener, router, stopped.clone()));
    }
    let plane = control::router(clock, faults, gates);
    servers.push(wire::serve(control_listener, plane, stopped));
    Ok(Running { systems, control, stop, servers })
}

impl Running {
    /// The base address of a system (`elr`), without a trailing slash.
    #[must_use]
    pub fn url(&self, system: &str) -> Option<&str> {
        self.systems.iter().find(|(name, _)| *name == system).map(|(_, url)| url.as_str())
    }

    /// The base address of the control plane.
    #[must_use]
    pub fn control(&self) -> &str {
        &self.control
    }

    /// System and base address, in the order of the announcement.
    #[must_use]
    pub fn systems(&self) -> &[(&'static str, String)] {
        &self.systems
    }

    /// The one line that tells others where everything is: `{"elr":"http://127.0.0.1:P","control":"http://127.0.0.1:Q"}`.
    #[must_use]
    pub fn announcement(&self) -> String {
        let named = self.systems.iter().map(|(name, url)| (*name, url.as_str()));
        let pairs: Vec<String> = named
            .chain([("control", self.control.as_str())])
            .map(|(name, url)| format!("\"{name}\":\"{url}\""))
            .collect();
        format!("{{{}}}", pairs.join(","))
    }

    /// Stops accepting, lets open calls finish for a moment, then drops what is left.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        for server in &mut self.servers {
            if tokio::time::timeout(STOP_GRACE, &mut *server).await.is_err() {
                server.abort();
            }
        }
    }

    /// Serves until the process is told to end some other way; returns if a server fails.
    ///
    /// # Errors
    /// The failure of the server that ended first.
    pub async fn wait(mut self) -> io::Result<()> {
        for server in &mut self.servers {
            server.await.map_err(io::Error::other)??;
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

async fn bind(port: Option<u16>) -> io::Result<TcpListener> {
    let port = port.unwrap_or(0);
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
        io::Error::new(error.kind(), format!("the sandbox cannot listen on 127.0.0.1:{port}: {error}"))
    })
}

fn address(listener: &TcpListener) -> io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

fn port_after(base: u16, index: usize) -> io::Result<u16> {
    u16::try_from(index + 1).ok().and_then(|step| base.checked_add(step)).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("port base {base} leaves no room for every system below 65536"),
        )
    })
}
