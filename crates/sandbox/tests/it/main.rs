//! The sandbox as its callers see it: over HTTP, through the control plane, against the vendor's recorded answers.

mod control;
mod faults;
mod identity;
mod listing;
mod partners;
mod recorded;
mod referee;
mod schema;
mod submission;
mod support;
mod verdicts;
mod webhooks;
