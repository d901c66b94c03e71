//! The documents of the tenant, in the order in which they came.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::document::{Document, Receipt, Style, Verdict};
use super::mandates::Mandate;
use super::world::RECORDED_COMPANY;
use crate::seed::{Seed, sha256};

/// Documents held at most; beyond it a submission is refused.
pub(super) const MAX_DOCUMENTS: usize = 200_000;

/// The document of the recorded answers `GetResponseComplete.txt`: its id, its instants and its message id.
const RECORDED_DOCUMENT: &str = "52f60401-44d0-4667-ad47-4afe519abb53";
/// The inbound document of the recorded list `GetDocuments.txt`.
const RECORDED_INBOUND: &str = "562f7a55-17a4-4b1f-9433-095b483592b0";
const SEEDED_INVOICE: &[u8] = include_bytes!("seeded-invoice.xml");

#[derive(Debug)]
pub(super) struct Documents {
    seed: Seed,
    all: Vec<Arc<Document>>,
    by_id: HashMap<Uuid, usize>,
    /// How often the same bytes were submitted: identifiers depend on content and repetition, not on order of arrival.
    repeats: HashMap<String, u32>,
}

impl Documents {
    pub(super) fn new(seed: Seed) -> Documents {
        Documents { seed, all: Vec::new(), by_id: HashMap::new(), repeats: HashMap::new() }
    }

    /// One document sent and one received, both long ago.
    pub(super) fn furnished(seed: Seed) -> Documents {
        let mut documents = Documents::new(seed);
        documents.push(recorded(RECORDED_DOCUMENT, "out", "2024-08-16T12:14:06.653Z"));
        documents.push(recorded(RECORDED_INBOUND, "in", "2024-08-16T11:59:50.618Z"));
        documents
    }

    /// The identifier of the next document with these bytes.
    pub(super) fn next_id(&mut self, digest: &str) -> Uuid {
        let repeat = self.repeats.entry(digest.to_owned()).or_insert(0);
        *repeat += 1;
        self.seed.uuid(&["document", digest, &repeat.to_string()])
    }

    pub(super) fn is_full(&self) -> bool {
        self.all.len() >= MAX_DOCUMENTS
    }

    pub(super) fn push(&mut self, document: Document) -> Arc<Document> {
        let document = Arc::new(document);
        self.by_id.insert(document.id, self.all.len());
        self.all.push(Arc::clone(&document));
        document
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<Document>> {
        let id = Uuid::parse_str(id).ok()?;
        self.by_id.get(&id).map(|position| Arc::clone(&self.all[*position]))
    }

    /// A document that the service already admits to having.
    pub(super) fn get_listed(&self, id: &str, now: Timestamp) -> Option<Arc<Document>> {
        self.get(id).filter(|document| document.listed_at <= now)
    }

    /// Newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.all.iter().rev()
    }

    /// `{"documents":[..],"duplicates":[..]}` as JSON text. Duplicates are outbound documents of one company with the
    /// same type and number, refused ones aside.
    pub(super) fn describe(&self, now: Timestamp) -> String {
        let documents: Vec<_> = self.all.iter().map(|document| document.held(now)).collect();
        let mut same: HashMap<(Option<&str>, &str, &str), Vec<Uuid>> = HashMap::new();
        for document in self.all.iter().filter(|document| document.flow == "out") {
            if let (Some(number), Verdict::Complete(_)) = (&document.number, &document.verdict) {
                let key = (document.company_id.as_deref(), document.document_type.as_str(), number.as_str());
                same.entry(key).or_default().push(document.id);
            }
        }
        let mut duplicates: Vec<Value> = same
            .into_iter()
            .filter(|(_, ids)| ids.len() > 1)
            .map(|((company, kind, number), ids)| {
                serde_json::json!({"companyId": company, "type": kind, "number": number, "ids": ids})
            })
            .collect();
        duplicates.sort_by_key(Value::to_string);
        let text = |value: serde_json::Result<String>| value.unwrap_or_else(|_| "[]".to_owned());
        format!(
            "{{\"documents\":{},\"duplicates\":{}}}",
            text(serde_json::to_string(&documents)),
            text(serde_json::to_string(&duplicates))
        )
    }
}

fn recorded(id: &str, flow: &'static str, at: &str) -> Document {
    let at: Timestamp = at.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let receipt = Receipt {
        message: "The document was delivered to the recipient",
        key: "Receipt Message ID",
        value: "f9681599-aaa4-47cd-a987-ce8b08818050@einvoicing.sbx.avalara.io".to_owned(),
    };
    Document {
        id: Uuid::parse_str(id).unwrap_or_default(),
        company_id: Some(RECORDED_COMPANY.to_owned()),
        number: Some("100000".to_owned()),
        document_type: "ubl-invoice".to_owned(),
        document_version: "2.1".to_owned(),
        date: Some(jiff::civil::date(2024, 4, 8)),
        supplier: Some("Northwind Instruments Ltd".to_owned()),
        customer: Some("Fabrikam Stores Ltd".to_owned()),
        receiver: Some("9932:GB123456789".to_owned()),
        payable: Some("120.00".to_owned()),
        flow,
        mandate: Mandate::find("GB-B2B-PEPPOL").unwrap_or(&super::mandates::MANDATES[0]),
        submitted_at: at,
        decided_at: at.checked_add(SignedDuration::from_millis(5_782)).unwrap_or(at),
        listed_at: at,
        verdict: Verdict::Complete(vec![receipt]),
        xml: Bytes::from_static(SEEDED_INVOICE),
        digest: sha256(SEEDED_INVOICE),
        client: None,
        correlation: None,
        style: Style::Colon,
    }
}
