//! Every connector against every MUST that holds for its capabilities.

use std::collections::BTreeSet;
use std::sync::Arc;

use counterfoil_connectors::REGISTRY;
use counterfoil_connectors::port::{Cursor, System, Verdict};
use counterfoil_core::delivery::ExternalId;
use counterfoil_core::document::Kind;
use counterfoil_core::fault::FaultClass;
use counterfoil_core::outbound::Outbound;
use jiff::{SignedDuration, Timestamp};

use crate::support::{Elr, attempt, open, outbound, shown};

/// More polls than any sample needs.
const POLLS_MAX: usize = 50;

/// A connector opened against its world: temporary folders, or the simulator.
struct Subject {
    name: &'static str,
    system: Arc<dyn System>,
    company: String,
    /// What must be seen nowhere.
    secrets: Vec<String>,
    /// The keys a source must offer, in order.
    keys: Vec<&'static str>,
    elr: Option<Elr>,
    _folders: Option<tempfile::TempDir>,
}

impl Subject {
    /// One of every connector there is.
    async fn all() -> Vec<Self> {
        let all = vec![Self::elr().await, Self::folder(), Self::inbox()];
        let names: BTreeSet<&str> = all.iter().map(|subject| subject.name).collect();
        let registered: BTreeSet<&str> =
            REGISTRY.iter().map(|connector| connector.descriptor.system).collect();
        assert_eq!(names, registered, "a connector without conformance tests");
        all
    }

    async fn elr() -> Self {
        let elr = Elr::start().await;
        let mut secrets: Vec<String> = elr.secrets.values().cloned().collect();
        secrets.retain(|secret| *secret != elr.secrets["client_id"]);
        let (system, company) = (Arc::clone(&elr.system), elr.company.clone());
        Self { name: "elr", system, company, secrets, keys: vec![], elr: Some(elr), _folders: None }
    }

    fn folder() -> Self {
        let folders = tempfile::tempdir().expect("folder");
        let keys = vec!["a b.XML", "a/deep/er.xml", "b.xml", "binary.bin", "empty.xml", "not an invoice.xml"];
        for key in &keys {
            let path = folders.path().join("in").join(key);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            let content = match *key {
                "binary.bin" => vec![0, 159, 146, 150],
                "empty.xml" => Vec::new(),
                "not an invoice.xml" => b"<Order/>".to_vec(),
                key => crate::support::ubl(Kind::Invoice, key).into_bytes(),
            };
            std::fs::write(path, content).expect("file");
        }
        let path = |name: &str| folders.path().join(name).to_str().expect("text").to_owned();
        let settings = [("path", path("in")), ("outbox", path("out"))];
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let system = open("folder", "local", &settings, &[], None).expect("opens");
        let company = "folder".to_owned();
        Self { name: "folder", system, company, secrets: vec![], keys, elr: None, _folders: Some(folders) }
    }

    fn inbox() -> Self {
        let system = open("inbox", "local", &[], &[], None).expect("opens");
        let company = "inbox".to_owned();
        Self { name: "inbox", system, company, secrets: vec![], keys: vec![], elr: None, _folders: None }
    }

    fn outbound(&self, kind: Kind, number: &str) -> Outbound {
        let mut outbound = outbound(&self.company, kind, number);
        if self.name == "folder" {
            outbound.label.mandate = "OUTBOX".to_owned();
        }
        outbound
    }

    /// Waits for the other side, where it has a clock of its own.
    async fn pass(&self, seconds: u32) {
        if let Some(elr) = &self.elr {
            elr.advance(seconds).await;
        }
    }

    /// A whole sweep in pages of `limit`.
    async fn sweep(&self, cursor: &mut Cursor, limit: usize) -> Vec<String> {
        let source = self.system.source().expect("a source");
        let mut keys = Vec::new();
        for _ in 0..POLLS_MAX {
            let page = source.poll(&attempt(), cursor, limit).await.expect("a page");
            assert!(page.records.len() <= limit, "{}: a page of {}", self.name, page.records.len());
            keys.extend(page.records.into_iter().map(|record| record.key));
            *cursor = page.next;
            if !page.more {
                return keys;
            }
        }
        panic!("{}: a sweep that does not end", self.name)
    }
}

#[tokio::test]
async fn a_system_has_the_capabilities_its_descriptor_names() {
    for subject in Subject::all().await {
        let descriptor = &counterfoil_connectors::find(subject.name).expect("registered").descriptor;
        assert_eq!(subject.system.capabilities(), descriptor.capabilities, "{}", subject.name);
    }
}

#[tokio::test]
async fn check_reports_the_company_and_changes_nothing() {
    for subject in Subject::all().await {
        for _ in 0..2 {
            let companies = subject.system.check(&attempt()).await.expect("companies");
            let ours = companies.iter().find(|company| company.id == subject.company);
            assert!(
                ours.is_some_and(|company| company.active && !company.name.is_empty()),
                "{}: {companies:?}",
                subject.name
            );
        }
    }
}

#[tokio::test]
async fn the_borders_of_pages_lose_nothing() {
    for subject in Subject::all().await.iter().filter(|subject| subject.system.source().is_some()) {
        for limit in 1..=subject.keys.len() + 1 {
            let keys = subject.sweep(&mut Cursor::default(), limit).await;
            assert_eq!(keys, subject.keys, "{} in pages of {limit}", subject.name);
        }
    }
}

#[tokio::test]
async fn polling_twice_changes_nothing() {
    for subject in Subject::all().await.iter().filter(|subject| subject.system.source().is_some()) {
        let source = subject.system.source().expect("a source");
        let first = source.poll(&attempt(), &Cursor::default(), 100).await.expect("a page");
        // not saved: the same cursor again gives the same records
        let again = source.poll(&attempt(), &Cursor::default(), 100).await.expect("a page");
        let seen = |page: &counterfoil_connectors::port::Page| {
            page.records.iter().map(|record| (record.key.clone(), record.digest)).collect::<Vec<_>>()
        };
        assert_eq!(seen(&first), seen(&again), "{}", subject.name);
        // saved: a record offered once more is the same record
        let mut cursor = again.next.clone();
        for _ in 0..3 {
            let page = source.poll(&attempt(), &cursor, 100).await.expect("a page");
            assert!(
                page.records.iter().all(|record| seen(&first).contains(&(record.key.clone(), record.digest)))
            );
            cursor = page.next;
        }
        for record in &first.records {
            let once = source.normalize(record);
            let twice = source.normalize(record);
            assert_eq!(once.document, twice.document, "{}: {}", subject.name, record.key);
            let said = once.problems.len() + record.problems.len();
            assert!(
                once.document.is_some() || said > 0,
                "{}: {} was lost in silence",
                subject.name,
                record.key
            );
        }
    }
}

#[tokio::test]
async fn what_was_put_is_found_and_told_from_other_content() {
    for subject in Subject::all().await.iter() {
        let Some(target) = subject.system.einvoicing() else { continue };
        assert!(target.searchable(), "{}", subject.name);
        for kind in [Kind::Invoice, Kind::CreditNote] {
            let ours = subject.outbound(kind, "C-1 / O'Neill & Söhne");
            let since = Timestamp::now();
            let before = target.find(&attempt(), &ours.label, since).await.expect("a list");
            assert_eq!(before, [], "{}", subject.name);
            let id = target.submit(&attempt(), &ours).await.expect("taken");
            subject.pass(5).await;
            let found = target.find(&attempt(), &ours.label, since).await.expect("a list");
            assert_eq!(found, std::slice::from_ref(&id), "{}", subject.name);
            assert!(
                target.is_ours(&attempt(), &id, &ours.bytes).await.expect("compared"),
                "{}",
                subject.name
            );
            let other = subject.outbound(kind, "C-2");
            assert!(
                !target.is_ours(&attempt(), &id, &other.bytes).await.expect("compared"),
                "{}",
                subject.name
            );
            assert_eq!(
                target.find(&attempt(), &other.label, since).await.expect("a list"),
                [],
                "{}",
                subject.name
            );
            assert_eq!(
                target.status(&attempt(), &id).await.expect("a status").verdict,
                Verdict::Complete,
                "{}",
                subject.name
            );
        }
    }
}

#[tokio::test]
async fn mandates_can_be_prepared_and_unknown_ones_are_no_surprise() {
    for subject in Subject::all().await.iter() {
        let Some(target) = subject.system.einvoicing() else { continue };
        let ours = subject.outbound(Kind::Invoice, "C-3");
        let offers = target.mandates(&attempt()).await.expect("mandates");
        let offer = offers.iter().find(|offer| offer.code == ours.label.mandate).expect("offered");
        assert!(offer.input_formats.iter().any(|format| format.name == "ubl-invoice"), "{}", subject.name);
        for offer in &offers {
            target.input_fields(&attempt(), &offer.code, Kind::Invoice).await.expect("fields");
        }
        let activation = target.activation(&attempt(), &ours.label.mandate).await.expect("an activation");
        assert_eq!(activation, counterfoil_core::mandate::Activation::Completed, "{}", subject.name);
        let none = target.activation(&attempt(), "ZZ-NO-SUCH").await.expect("an activation");
        assert_eq!(none, counterfoil_core::mandate::Activation::Absent, "{}", subject.name);
    }
}

#[tokio::test]
async fn what_is_not_there_is_absent_and_never_a_panic() {
    for subject in Subject::all().await.iter() {
        let Some(target) = subject.system.einvoicing() else { continue };
        for id in ["nobody-knows-this", "../../etc/passwd", "", "a/b?c#d", "%2e%2e"] {
            let id = ExternalId(id.to_owned());
            let gone = target.download(&attempt(), &id, "application/xml").await.expect_err("not there");
            assert!(
                matches!(gone.class, FaultClass::Absent | FaultClass::Refused),
                "{} {id:?}: {gone:?}",
                subject.name
            );
            assert_eq!(gone.sent, counterfoil_core::fault::Sent::No);
        }
    }
}

#[tokio::test]
async fn no_secret_is_in_any_exchange_and_every_exchange_is_there() {
    for subject in Subject::all().await.iter() {
        let attempt = attempt();
        subject.system.check(&attempt).await.expect("companies");
        if let Some(target) = subject.system.einvoicing() {
            let mut ours = subject.outbound(Kind::Invoice, "C-4");
            // a secret that found its way into a document vanishes from the log, not from the document
            if let Some(secret) = subject.secrets.first() {
                let text = String::from_utf8(ours.bytes.to_vec()).expect("text").replace("30 days", secret);
                ours = Outbound::new(text.into_bytes().into(), ours.label);
            }
            let id = target.submit(&attempt, &ours).await.expect("taken");
            let since = Timestamp::now() - SignedDuration::from_mins(1);
            target.find(&attempt, &ours.label, since).await.expect("a list");
            subject.pass(5).await;
            assert!(target.is_ours(&attempt, &id, &ours.bytes).await.expect("compared"), "{}", subject.name);
        }
        let exchanges = attempt.take_exchanges();
        assert_eq!(
            exchanges.is_empty(),
            subject.secrets.is_empty(),
            "{}: no exchange was left",
            subject.name
        );
        for exchange in &exchanges {
            assert_eq!(exchange.attempt, attempt.id);
            let shown = shown(exchange);
            for secret in &subject.secrets {
                assert!(
                    !shown.contains(secret.as_str()),
                    "{}: {} shows a secret",
                    subject.name,
                    exchange.operation
                );
            }
            let bearer = exchange.request.headers.iter().find(|(name, _)| name == "Authorization");
            assert!(bearer.is_none_or(|(_, value)| value == "[redacted]"), "{bearer:?}");
        }
    }
}
