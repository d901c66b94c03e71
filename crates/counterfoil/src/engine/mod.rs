//! The engine: it obeys the planner.
//!
//! ```text
//! run      claims what is due, a batch at a time        poll       source -> records -> documents -> syncs
//! look     rows -> View (a snapshot)                    core::plan View -> Plan, pure
//! perform  Plan -> effect -> what was Seen              outcome    Seen + events + next due, saved, never dropped
//! ```
//!
//! Nothing is enqueued: the sync table is the queue, and everything here can be killed at any moment.

pub mod effects;
mod find;
pub mod health;
mod look;
mod outcome;
mod perform;
mod poll;
mod preview;
mod recent;
mod reference;
mod round;
mod run;
mod systems;
mod track;
pub mod verbs;
pub mod world;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use counterfoil_core::configuration::Configuration;
use counterfoil_core::id::FlowId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use preview::{Applied as PlanApplied, PlannedStep};
pub use systems::{Opened, Systems};

use crate::store::{Store, StoreError};

/// How the engine behaves; every number has a name.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name and version of this product, sent with every call.
    pub client: String,
    /// Documents in progress at once in this process.
    pub in_flight: usize,
    /// How long a claimed sync belongs to this process; longer than any effect takes.
    pub lease: jiff::SignedDuration,
    /// Free bytes below which no new intent is saved.
    pub free_space_floor: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client: concat!("Counterfoil; ", env!("CARGO_PKG_VERSION")).to_owned(),
            in_flight: 128,
            lease: jiff::SignedDuration::from_mins(5),
            free_space_floor: 200 * 1024 * 1024,
        }
    }
}

/// A handle on the engine; cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

/// What every part of the engine shares.
pub(crate) struct Inner {
    pub store: Store,
    pub settings: Settings,
    pub systems: Systems,
    reference: reference::Reference,
    recent: recent::Recent,
    pub health: health::Health,
    pub effects: effects::Effects,
    configuration: RwLock<Arc<Configuration>>,
    wake: Notify,
    /// Flows whose source was read to its end since the start.
    polled: Mutex<HashSet<FlowId>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Engine {
    /// An engine over this store; nothing moves before [`Engine::start`].
    ///
    /// # Errors
    /// The configuration could not be loaded.
    pub async fn new(
        store: Store,
        settings: Settings,
        effects: effects::Effects,
    ) -> Result<Self, StoreError> {
        let configuration = store.configuration().await?;
        let inner = Inner {
            systems: Systems::new(settings.client.clone()),
            health: health::Health::new(settings.free_space_floor),
            store,
            settings,
            reference: reference::Reference::default(),
            recent: recent::Recent::default(),
            effects,
            configuration: RwLock::new(Arc::new(configuration)),
            wake: Notify::new(),
            polled: Mutex::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Starts polling, claiming and watching.
    pub fn start(&self) {
        run::start(&self.0);
    }

    /// Stops claiming, lets every effect under way finish and save its outcome, within `patience`.
    pub async fn stop(&self, patience: std::time::Duration) {
        self.0.stop.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(patience, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("stopped with effects under way; they are looked for at the next start");
        }
    }

    /// The configuration in force.
    pub fn configuration(&self) -> Arc<Configuration> {
        self.0.configuration()
    }

    /// Loads the configuration anew after a change, and looks at everything the change may have healed.
    ///
    /// # Errors
    /// The store's.
    pub async fn reload(&self) -> Result<(), StoreError> {
        self.0.reload().await?;
        self.0.wake.notify_one();
        Ok(())
    }

    /// Whether it can do its work, for `/readyz`.
    pub fn health(&self) -> &health::Health {
        &self.0.health
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Opens the system of a connection, to check it or to list what it offers.
    ///
    /// # Errors
    /// A Problem naming what is missing in the connection.
    pub async fn open(
        &self,
        id: counterfoil_core::id::ConnectionId,
    ) -> Result<Arc<Opened>, counterfoil_core::Problem> {
        let configuration = self.configuration();
        self.0.systems.open(&self.0.store, &configuration, id).await
    }

    /// Whether every enabled flow's source was read to its end since the start.
    pub fn has_polled(&self) -> bool {
        let configuration = self.configuration();
        let polled = self.0.polled.lock().unwrap_or_else(PoisonError::into_inner);
        configuration.flows.iter().filter(|(_, flow)| flow.enabled).all(|(id, _)| polled.contains(id))
    }

    /// Something changed: look for due work now.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }
}

impl Inner {
    fn configuration(&self) -> Arc<Configuration> {
        Arc::clone(&self.configuration.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn reload(&self) -> Result<(), StoreError> {
        let fresh = Arc::new(self.store.configuration().await?);
        *self.configuration.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}
