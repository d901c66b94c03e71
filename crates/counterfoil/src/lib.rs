//! Counterfoil: a self-hosted finance integration hub.

pub mod api;
pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
pub mod logs;
pub mod net;
pub mod server;
pub mod store;
pub mod web;
