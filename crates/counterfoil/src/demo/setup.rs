//! Seeding: companies and partners in the sandbox, connections, mandates, bookmarks and one flow in the hub.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use axum::http::Method;
use counterfoil_core::bookmark::{Bookmark, Predicate};
use counterfoil_core::configuration::{CompanyChoice, Connection};
use counterfoil_core::document::{Document, Kind};
use counterfoil_core::flow::{Flow, Trigger};
use counterfoil_core::id::{BookmarkId, ConnectionId, FlowId, MandateId};
use counterfoil_core::mandate::Mandate;
use counterfoil_core::schedule::Schedule;
use einvoice::invoice::Identifier;
use einvoice::rules::Profile;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::seed::{self, Party};
use crate::engine::verbs::event;
use crate::engine::world::draw;
use crate::net;
use crate::store::Store;

/// Mandates of the sandbox by what a document declares of itself (CustomizationID).
const MANDATES: [(Profile, &str); 4] = [
    (Profile::PeppolUbl, "XX-SIM-PEPPOL"),
    (Profile::PeppolUblSelfbilling, "XX-SIM-PEPPOL"),
    (Profile::XrechnungUbl, "DE-B2G-XRECHNUNG"),
    (Profile::En16931Ubl, "XX-SIM-EN16931"),
];

/// Where the sandbox is.
#[derive(Debug, Clone)]
pub struct Sandbox {
    pub elr: String,
    pub control: String,
}

impl Sandbox {
    /// Reads the line that `counterfoil sandbox` announces itself with.
    ///
    /// # Errors
    /// The line names no ELR or no control plane.
    pub fn announced(line: &str) -> anyhow::Result<Self> {
        let value: Value = serde_json::from_str(line.trim()).context("the sandbox's line is not JSON")?;
        let address = |name: &str| {
            value[name]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("the sandbox's line names no \"{name}\""))
        };
        Ok(Self { elr: address("elr")?, control: address("control")? })
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        net::json(Method::PUT, &format!("{}{path}", self.control), Some(body)).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        net::json(Method::POST, &format!("{}{path}", self.control), Some(body)).await
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        net::json(Method::GET, &format!("{}{path}", self.control), None).await
    }
}

/// A seller found in the documents, with what its documents declare.
#[derive(Debug, Clone, Default)]
struct Seller {
    name: String,
    country: String,
    identifiers: Vec<Value>,
    mandates: Vec<&'static str>,
    /// Specifications per mandate, for the bookmarks.
    specifications: BTreeMap<&'static str, Vec<String>>,
}

/// The seeded company in both worlds.
pub async fn seeded(store: &Store, sandbox: &Sandbox, inbox: &Path) -> anyhow::Result<()> {
    for (at, customer) in seed::CUSTOMERS.iter().enumerate() {
        // The last customer is not in the network; the one before takes invoices only.
        let accepts: &[&str] = match at {
            4 => &["invoice"],
            5 => continue,
            _ => &["invoice", "creditnote"],
        };
        partner(sandbox, customer.name, customer.country, &endpoint(customer), accepts).await?;
    }
    let company = &seed::COMPANY;
    let seller = Seller {
        name: company.name.to_owned(),
        country: company.country.to_owned(),
        identifiers: vec![json!(company.vat), json!(endpoint(company))],
        mandates: vec!["GB-B2B-PEPPOL"],
        specifications: BTreeMap::new(),
    };
    let sellers = BTreeMap::from([("GB927384619".to_owned(), seller)]);
    configure(store, sandbox, inbox, sellers).await
}

/// One company per seller found below a folder, and a partner per buyer's address.
pub async fn documents(store: &Store, sandbox: &Sandbox, folder: &Path) -> anyhow::Result<()> {
    let mut sellers: BTreeMap<String, Seller> = BTreeMap::new();
    let mut partners: BTreeMap<String, (String, String)> = BTreeMap::new();
    for file in files(folder)? {
        let Some(document) = read(&file) else { continue };
        let invoice = &document.invoice;
        let key = document.seller_key();
        if key.is_empty() {
            continue;
        }
        let seller = sellers.entry(key).or_default();
        seller.note(&document);
        if let Some(address) = &invoice.buyer.electronic_address {
            let country = invoice
                .buyer
                .address
                .as_ref()
                .and_then(|address| address.country.clone())
                .unwrap_or_default();
            partners.insert(spelled(address), (invoice.buyer.name.clone(), country));
        }
    }
    for (address, (name, country)) in &partners {
        partner(sandbox, name, country, address, &["invoice", "creditnote"]).await?;
    }
    configure(store, sandbox, folder, sellers).await
}

impl Seller {
    fn note(&mut self, document: &Document) {
        let seller = &document.invoice.seller;
        if self.name.is_empty() {
            self.name.clone_from(&seller.name);
            self.country = seller.address.as_ref().and_then(|a| a.country.clone()).unwrap_or_default();
        }
        let identifiers = seller
            .vat_identifier
            .iter()
            .cloned()
            .chain(seller.tax_registration.iter().map(|id| id.value.clone()))
            .chain(seller.electronic_address.iter().map(spelled))
            .chain(seller.legal_registration.iter().map(|id| id.value.clone()))
            .chain(seller.identifiers.iter().map(|id| id.value.clone()));
        for identifier in identifiers.map(|text| json!(text)) {
            if !self.identifiers.contains(&identifier) {
                self.identifiers.push(identifier);
            }
        }
        let specification = document.invoice.process.specification.clone();
        let profile = Profile::of_specification(&specification);
        let mandate =
            MANDATES.iter().find(|(of, _)| *of == profile).map_or("XX-SIM-EN16931", |(_, mandate)| mandate);
        if !self.mandates.contains(&mandate) {
            self.mandates.push(mandate);
        }
        let list = self.specifications.entry(mandate).or_default();
        if !list.contains(&specification) {
            list.push(specification);
        }
    }
}

/// Connections, bookmarks, mandates and the flow, each under a name people can read.
async fn configure(
    store: &Store,
    sandbox: &Sandbox,
    folder: &Path,
    sellers: BTreeMap<String, Seller>,
) -> anyhow::Result<()> {
    let credentials = sandbox.get("/credentials").await?;
    let secret = |name: &str| {
        let text =
            credentials["elr"][name].as_str().with_context(|| format!("the sandbox gave no {name}"))?;
        anyhow::Ok((name.to_owned(), SecretString::from(text.to_owned())))
    };
    let credentials =
        BTreeMap::from([secret("client_id")?, secret("client_secret")?, secret("webhook_secret")?]);
    let source = ConnectionId::new(draw());
    let settings = BTreeMap::from([("path".to_owned(), folder.display().to_string())]);
    let folder = Connection { settings, ..connection("Inbox folder", "folder", "local") };
    store.put_connection(source, &folder, None, event("demo", "connection_made", source)).await?;
    let mut mandates = Vec::new();
    for (position, (key, seller)) in sellers.into_iter().enumerate() {
        let made = seller_in_both_worlds(store, sandbox, position, &key, &seller, &credentials).await?;
        mandates.extend(made);
    }
    let flow = Flow {
        name: "Inbox to Avalara ELR".to_owned(),
        enabled: true,
        source,
        kinds: vec![Kind::Invoice, Kind::CreditNote],
        trigger: Trigger::Automatic,
        schedule: Schedule::Seconds { seconds: 2 },
        start_date: None,
        source_status: None,
        mandates,
    };
    let id = FlowId::new(draw());
    store.put_flow(id, &flow, None, event("demo", "flow_made", id)).await?;
    Ok(())
}

async fn seller_in_both_worlds(
    store: &Store,
    sandbox: &Sandbox,
    position: usize,
    key: &str,
    seller: &Seller,
    credentials: &crate::store::Credentials,
) -> anyhow::Result<Vec<MandateId>> {
    let company = sandbox
        .post(
            "/seed/elr/companies",
            &json!({
                "name": seller.name, "code": format!("DEMO{position:03}"), "country": seller.country,
                "identifiers": seller.identifiers, "mandates": seller.mandates,
            }),
        )
        .await?;
    let company_id = company["id"].as_str().context("the sandbox named no id of the company")?.to_owned();
    let target = ConnectionId::new(draw());
    let settings = BTreeMap::from([
        ("host.api".to_owned(), sandbox.elr.clone()),
        ("host.identity".to_owned(), sandbox.elr.clone()),
    ]);
    let elr = Connection {
        settings,
        company: Some(CompanyChoice { id: company_id, name: seller.name.clone(), reference: key.to_owned() }),
        first_run_confirmed: true,
        ..connection(&format!("{} at Avalara ELR", named(&seller.name, position)), "elr", "simulated")
    };
    store.put_connection(target, &elr, None, event("demo", "connection_made", target)).await?;
    store.put_credentials(target, credentials).await?;
    let mut made = Vec::new();
    for code in &seller.mandates {
        let mut all = vec![Predicate::Is("seller_key".to_owned(), key.to_owned())];
        if let Some(list) = seller.specifications.get(code) {
            all.push(Predicate::In("specification".to_owned(), list.clone()));
        }
        let name = format!("{} by {code}", named(&seller.name, position));
        let bookmark = BookmarkId::new(draw());
        let filter = Bookmark { name: name.clone(), filter: Predicate::All(all) };
        store.put_bookmark(bookmark, &filter, None, event("demo", "bookmark_made", bookmark)).await?;
        let mandate = Mandate {
            name,
            description: String::new(),
            connection: target,
            code: (*code).to_owned(),
            bookmark: Some(bookmark),
            mapping: None,
            fields: Vec::new(),
            profile: None,
            workflow: None,
            active: true,
        };
        let id = MandateId::new(draw());
        store.put_mandate(id, &mandate, None, event("demo", "mandate_made", id)).await?;
        made.push(id);
    }
    Ok(made)
}

fn connection(name: &str, system: &str, environment: &str) -> Connection {
    Connection {
        name: name.to_owned(),
        system: system.to_owned(),
        environment: environment.to_owned(),
        enabled: true,
        company: None,
        sender: None,
        zone: "UTC".to_owned(),
        settings: BTreeMap::new(),
        first_run_confirmed: false,
    }
}

/// Two sellers of one name are two connections.
fn named(name: &str, position: usize) -> String {
    if position == 0 { name.to_owned() } else { format!("{name} ({})", position + 1) }
}

async fn partner(
    sandbox: &Sandbox,
    name: &str,
    country: &str,
    address: &str,
    accepts: &[&str],
) -> anyhow::Result<()> {
    let name = if name.trim().len() < 3 { "A buyer without name" } else { name };
    let partner = json!({ "name": name, "country": country, "identifiers": [address], "accepts": accepts });
    sandbox.post("/seed/elr/partners", &partner).await.map(drop)
}

fn endpoint(party: &Party) -> String {
    format!("{}:{}", party.endpoint.0, party.endpoint.1)
}

fn spelled(id: &Identifier) -> String {
    match &id.scheme {
        Some(scheme) => format!("{scheme}:{}", id.value.trim()),
        None => id.value.trim().to_owned(),
    }
}

fn read(file: &Path) -> Option<Document> {
    let bytes = std::fs::read(file).ok().filter(|bytes| bytes.len() <= einvoice::xml::MAX_BYTES)?;
    einvoice::ubl::read(&bytes).ok().map(Document::of_ubl)
}

/// Every file below a folder, sorted.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            match std::fs::symlink_metadata(&path) {
                Ok(meta) if meta.is_dir() => open.push(path),
                Ok(meta) if meta.is_file() => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}
