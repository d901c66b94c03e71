//! Electronic invoices of EN 16931: the invoice as a typed model, UBL 2.1 and CII D16B read and written, and the official rules
//! judged natively. A pure library: no clock, no network, no randomness, no async.

pub mod cii;
pub mod identifier;
pub mod invoice;
pub mod money;
pub mod problem;
mod reader;
pub mod rules;
pub mod ubl;
mod writer;
pub mod xml;

pub use invoice::Invoice;
pub use problem::{Flag, Problem};
