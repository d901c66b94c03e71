//! Systems Counterfoil speaks to: one folder each, one line each in [`REGISTRY`].

pub mod port;
