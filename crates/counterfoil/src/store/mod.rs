//! The store: the only place that names the database library.

pub mod rows;
