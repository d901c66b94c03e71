//! Connectors as the engine meets them: every connector against every MUST, the folder on real disks, ELR over HTTP against
//! the simulator with its faults.

mod conformance;
mod elr;
mod elr_doubt;
mod elr_tokens;
mod elr_webhooks;
mod http;
mod support;
