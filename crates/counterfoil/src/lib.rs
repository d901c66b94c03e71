//! Counterfoil: a self-hosted finance integration hub.

pub mod store;
