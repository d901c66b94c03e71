//! Systems Counterfoil speaks to: one folder each, one line each in [`REGISTRY`].

pub mod auth;
pub mod elr;
pub mod folder;
pub mod http;
pub mod inbox;
pub mod port;

use port::Connector;

/// Every system. A new one is a folder and a line here.
pub static REGISTRY: &[&Connector] = &[&elr::CONNECTOR, &folder::CONNECTOR, &inbox::CONNECTOR];

/// The connector of a system.
pub fn find(system: &str) -> Option<&'static Connector> {
    REGISTRY.iter().copied().find(|connector| connector.descriptor.system == system)
}
