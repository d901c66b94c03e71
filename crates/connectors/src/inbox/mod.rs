//! The API's own inbox: documents handed over by `POST /v1/documents`, as UBL or as JSON.

use std::sync::Arc;

use async_trait::async_trait;
use counterfoil_core::descriptor::{Capability, Descriptor};
use counterfoil_core::document::Document;
use counterfoil_core::fault::Fault;
use counterfoil_core::mandate::Company;

use crate::folder::LOCAL;
use crate::port::{Attempt, Connector, Cursor, Normalized, Page, Received, Source, System};

/// What it is.
pub static CONNECTOR: Connector = Connector {
    descriptor: Descriptor {
        system: "inbox",
        name: "API inbox",
        about: "Documents that other programs hand over by POST /v1/documents.",
        capabilities: &[Capability::Source],
        fields: &[],
        environments: LOCAL,
        links: &[],
    },
    open: |_| Ok(Arc::new(Inbox)),
};

struct Inbox;

#[async_trait]
impl System for Inbox {
    async fn check(&self, _: &Attempt) -> Result<Vec<Company>, Fault> {
        Ok(vec![Company {
            id: "inbox".to_owned(),
            name: "API inbox".to_owned(),
            code: None,
            country: None,
            active: true,
        }])
    }

    fn source(&self) -> Option<&dyn Source> {
        Some(self)
    }
}

#[async_trait]
impl Source for Inbox {
    /// Nothing is fetched: documents are brought.
    async fn poll(&self, _: &Attempt, cursor: &Cursor, _: usize) -> Result<Page, Fault> {
        Ok(Page { records: Vec::new(), next: cursor.clone(), more: false })
    }

    fn normalize(&self, received: &Received) -> Normalized {
        if received.media_type.contains("json") {
            return match einvoice::Invoice::from_json(&received.bytes) {
                Ok(invoice) => {
                    Normalized { document: Some(Document::of_invoice(invoice)), problems: Vec::new() }
                }
                Err(problem) => Normalized { document: None, problems: vec![problem] },
            };
        }
        crate::folder::normalize_ubl(&received.bytes)
    }
}
