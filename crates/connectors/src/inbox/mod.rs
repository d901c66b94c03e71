//! Documents posted to the API. They come by themselves, so a poll finds nothing.

use std::sync::Arc;

use async_trait::async_trait;
use counterfoil_core::codes;
use counterfoil_core::descriptor::{Capability, Descriptor};
use counterfoil_core::document::Document;
use counterfoil_core::fault::Fault;
use counterfoil_core::mandate::Company;
use einvoice::Invoice;

use crate::folder::LOCAL;
use crate::port::{Attempt, Connector, Cursor, Normalized, Opening, Page, Received, Source, System};

/// Documents posted to the API.
pub static CONNECTOR: Connector = Connector {
    descriptor: Descriptor {
        system: "inbox",
        name: "API inbox",
        about: "Invoices and credit notes that other programs post to this server's API, as UBL 2.1 or JSON.",
        capabilities: &[Capability::Source],
        fields: &[],
        environments: LOCAL,
        links: &[],
    },
    open: |_: Opening| Ok(Arc::new(Inbox)),
};

/// Nothing is kept here: what is posted is recorded at once.
struct Inbox;

#[async_trait]
impl System for Inbox {
    async fn check(&self, _: &Attempt) -> Result<Vec<Company>, Fault> {
        let name = "This server".to_owned();
        Ok(vec![Company { id: "inbox".to_owned(), name, code: None, country: None, active: true }])
    }

    fn source(&self) -> Option<&dyn Source> {
        Some(self)
    }
}

#[async_trait]
impl Source for Inbox {
    async fn poll(&self, _: &Attempt, cursor: &Cursor, _: usize) -> Result<Page, Fault> {
        Ok(Page { records: Vec::new(), next: cursor.clone(), more: false })
    }

    fn normalize(&self, received: &Received) -> Normalized {
        let essence = received.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/xml" | "text/xml" | "application/vnd.oasis.ubl+xml" => {
                Normalized::of_ubl(&received.bytes)
            }
            "application/json" => match Invoice::from_json(&received.bytes) {
                Ok(invoice) => {
                    Normalized { document: Some(Document::of_invoice(invoice)), problems: Vec::new() }
                }
                Err(problem) => Normalized { document: None, problems: vec![problem] },
            },
            _ => {
                let why = format!("documents of the media type \"{}\" are not read", received.media_type);
                let cure = "Post UBL 2.1 as application/xml, or an EN 16931 invoice as application/json.";
                let problem = codes::source_unreadable(&why).with_hint(cure);
                Normalized { document: None, problems: vec![problem] }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_core::digest::Digest;

    fn normalized(media_type: &str, body: &str) -> Normalized {
        let bytes: Arc<[u8]> = body.as_bytes().into();
        let digest = Digest::of(&bytes);
        Inbox.normalize(&Received {
            key: "k".to_owned(),
            media_type: media_type.to_owned(),
            bytes,
            digest,
            problems: vec![],
        })
    }

    fn code(media_type: &str, body: &str) -> String {
        let found = normalized(media_type, body);
        assert!(found.document.is_none());
        found.problems[0].code.clone()
    }

    #[test]
    fn the_media_type_decides_how_a_body_is_read() {
        let ubl = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
            xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>7</cbc:ID></Invoice>"#;
        for media_type in ["application/xml", "text/xml; charset=utf-8", "APPLICATION/XML"] {
            let document = normalized(media_type, ubl).document.expect("read");
            assert!(document.is_ubl);
            assert_eq!(document.invoice.number, "7");
        }
        let document = normalized("application/json", r#"{"kind":"credit_note","number":"8"}"#).document;
        let document = document.expect("read");
        assert!(!document.is_ubl);
        assert_eq!(document.invoice.number, "8");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert_eq!(code("application/json", r#"{"kind":"invoice","nubmer":"8"}"#), "invoice_json");
        assert_eq!(code("application/json", "<Invoice/>"), "invoice_json");
        assert_eq!(code("application/xml", "{}"), "xml_not_xml");
        assert_eq!(code("application/pdf", "%PDF"), "source_unreadable");
    }
}
