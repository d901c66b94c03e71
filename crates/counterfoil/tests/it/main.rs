//! The program and the house as a whole: one test binary, because every one more links the whole program again.

mod api;
mod cli_convert;
mod cli_docs;
mod cli_hub;
mod cli_sandbox;
mod cli_usage;
mod cli_validate;
mod invariants;
mod program;
mod stories;
