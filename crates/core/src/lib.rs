//! The nouns and decisions of Counterfoil, pure.
//!
//! Nothing here touches a network, a database, a clock or a source of randomness: time, identifiers and jitter are
//! arguments. What this crate decides, the engine does.

pub mod backoff;
pub mod bookmark;
pub mod codes;
pub mod configuration;
pub mod delivery;
pub mod descriptor;
pub mod digest;
pub mod document;
pub mod event;
pub mod exchange;
pub mod explain;
pub mod fault;
pub mod fields;
pub mod flow;
pub mod gate;
pub mod id;
pub mod mandate;
pub mod mapping;
pub mod outbound;
pub mod plan;
pub mod reconcile;
pub mod render;
pub mod route;
pub mod schedule;

pub use einvoice::problem::{Flag, Problem};
