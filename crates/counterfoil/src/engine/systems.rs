//! Systems opened for connections, each with its lane and its patience.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use counterfoil_connectors::http::Transport;
use counterfoil_connectors::port::{Connector, EInvoicing, Opening, Source, System};
use counterfoil_core::configuration::{Configuration, Connection};
use counterfoil_core::descriptor::{Environment, Waits};
use counterfoil_core::id::ConnectionId;
use counterfoil_core::{Problem, codes};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::Store;

/// Opened systems by connection; reopened when the connection changes.
pub struct Systems {
    client: String,
    transport: Transport,
    open: Mutex<HashMap<ConnectionId, Arc<Opened>>>,
    /// A hundred documents that want the same system at once open it once.
    opening: tokio::sync::Mutex<()>,
}

/// A system opened for one connection.
pub struct Opened {
    pub id: ConnectionId,
    pub connection: Connection,
    pub environment: &'static Environment,
    pub waits: Waits,
    pub lane: Lane,
    revision: i64,
    system: Arc<dyn System>,
}

impl Systems {
    pub(super) fn new(client: String) -> Self {
        Self {
            client,
            transport: Transport::live(),
            open: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
        }
    }

    /// The system of a connection, opened once per revision of the connection.
    pub(super) async fn open(
        &self,
        store: &Store,
        configuration: &Configuration,
        id: ConnectionId,
    ) -> Result<Arc<Opened>, Problem> {
        let missing = || codes::connection_missing(&format!("the connection {id}"));
        let kept = configuration.connections.get(&id).ok_or_else(missing)?;
        if let Some(opened) = self.opened(id).filter(|opened| opened.revision == kept.revision) {
            return Ok(opened);
        }
        let _opening = self.opening.lock().await;
        if let Some(opened) = self.opened(id).filter(|opened| opened.revision == kept.revision) {
            return Ok(opened);
        }
        let credentials = store
            .credentials(id)
            .await
            .map_err(|error| codes::connection_unusable(&kept.name, &error.to_string()))?;
        let opened = Arc::new(self.build(id, &kept.value, kept.revision, credentials)?);
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(id, Arc::clone(&opened));
        Ok(opened)
    }

    fn opened(&self, id: ConnectionId) -> Option<Arc<Opened>> {
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&id).cloned()
    }

    fn build(
        &self,
        id: ConnectionId,
        connection: &Connection,
        revision: i64,
        credentials: crate::store::Credentials,
    ) -> Result<Opened, Problem> {
        let unusable = |why: String| codes::connection_unusable(&connection.name, &why);
        let connector: &'static Connector = counterfoil_connectors::find(&connection.system)
            .ok_or_else(|| unusable(format!("there is no system \"{}\"", connection.system)))?;
        let environment = connector
            .descriptor
            .environment(&connection.environment)
            .ok_or_else(|| unusable(format!("there is no environment \"{}\"", connection.environment)))?;
        let waits = patience(environment.waits, connection).map_err(unusable)?;
        let opening = Opening {
            environment,
            settings: connection.settings.clone(),
            credentials,
            company: connection.company.as_ref().map(|company| company.id.clone()),
            client: self.client.clone(),
            transport: self.transport.clone(),
        };
        let system = (connector.open)(opening)?;
        let lane = Lane::new(environment.lane);
        Ok(Opened { id, connection: connection.clone(), environment, waits, lane, revision, system })
    }
}

impl Opened {
    /// The system itself.
    pub fn system(&self) -> &dyn System {
        &*self.system
    }

    /// The revision of the connection it was opened for.
    pub(super) const fn revision(&self) -> i64 {
        self.revision
    }

    /// Its documents.
    pub fn source(&self) -> Result<&dyn Source, Problem> {
        self.system
            .source()
            .ok_or_else(|| codes::connection_unusable(&self.connection.name, "it is no source of documents"))
    }

    /// Its mandates.
    pub fn einvoicing(&self) -> Result<&dyn EInvoicing, Problem> {
        self.system
            .einvoicing()
            .ok_or_else(|| codes::connection_unusable(&self.connection.name, "it takes no e-invoices"))
    }
}

/// A connection's own waits: `wait.<name>` in its settings, in milliseconds, over those of its environment.
fn patience(mut waits: Waits, connection: &Connection) -> Result<Waits, String> {
    for (key, value) in &connection.settings {
        let Some(name) = key.strip_prefix("wait.") else { continue };
        let wait = match name {
            "first_status" => &mut waits.first_status,
            "status" => &mut waits.status,
            "status_longest" => &mut waits.status_longest,
            "after_doubt" => &mut waits.after_doubt,
            "timeout" => &mut waits.timeout,
            "again" => &mut waits.again,
            "backoff_first" => &mut waits.backoff.first,
            "backoff_longest" => &mut waits.backoff.longest,
            _ => return Err(format!("there is no wait \"{name}\"")),
        };
        let millis: u32 =
            value.parse().map_err(|_| format!("{key} is \"{value}\", not a number of milliseconds"))?;
        *wait = SignedDuration::from_millis(i64::from(millis));
    }
    Ok(waits)
}

/// One connection's calls in flight, and the time before which none may start.
pub struct Lane {
    permits: Arc<Semaphore>,
    closed_until: Mutex<Timestamp>,
}

impl Lane {
    fn new(width: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(width.max(1))), closed_until: Mutex::new(Timestamp::MIN) }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// The instant before which the other side wants no calls.
    pub(super) async fn enter(&self) -> Result<OwnedSemaphorePermit, Timestamp> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let closed_until = *self.closed_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match permit {
            Ok(permit) if closed_until <= super::world::now() => Ok(permit),
            _ => Err(closed_until),
        }
    }

    /// The other side asked to slow down.
    pub(super) fn close_until(&self, until: Timestamp) {
        let mut closed = self.closed_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *closed = (*closed).max(until);
    }
}
