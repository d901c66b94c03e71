//! The directory of trading partners: who can receive what.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post, put};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::Refusal;
use super::filter::Filter;
use super::page::{Count, Query};
use super::world::World;
use super::{Answer, Elr, json_answer};
use crate::seed::Seed;

/// Partners that one batch takes, and the length of names, as the client's texts say.
const MAX_BATCH: usize = 100;
const NAME_LENGTH: std::ops::RangeInclusive<usize> = 3..=250;

/// The identifier name under which an electronic address stands. [unverified]
const ADDRESS: &str = "peppolParticipantId";
const NETWORK: &str = "Peppol";

/// Document types of Peppol BIS Billing 3 and the input format that becomes each.
const INVOICE: (&str, &str, &str) = (
    "ubl-invoice",
    "Peppol BIS Billing UBL Invoice V3",
    "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1",
);
const CREDIT_NOTE: (&str, &str, &str) = (
    "ubl-creditnote",
    "Peppol BIS Billing UBL CreditNote V3",
    "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1",
);

/// TradingPartner of the client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TradingPartner {
    #[serde(default)]
    id: Option<String>,
    name: String,
    #[serde(default)]
    network: Option<String>,
    #[serde(default)]
    registration_date: Option<String>,
    identifiers: Vec<Identifier>,
    addresses: Vec<Value>,
    supported_document_types: Vec<SupportedType>,
    #[serde(default)]
    consents: Option<Value>,
    #[serde(default)]
    extensions: Option<Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identifier {
    name: String,
    #[serde(default)]
    display_name: Option<String>,
    value: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SupportedType {
    #[serde(default)]
    name: Option<String>,
    value: String,
    supported_by_trading_partner: bool,
    #[serde(default)]
    supported_by_avalara: Option<bool>,
}

/// `{name, country, identifiers, accepts}`: the short form of the control plane.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnerWish {
    name: String,
    country: String,
    identifiers: Vec<String>,
    /// `invoice` and `creditnote`; both when not given.
    #[serde(default)]
    accepts: Option<Vec<String>>,
}

/// A listed partner.
#[derive(Debug)]
pub(super) struct Partner {
    entry: TradingPartner,
}

impl TradingPartner {
    pub(super) fn from_wish(wish: Value) -> Result<TradingPartner, String> {
        let wish: PartnerWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let accepts = wish.accepts.unwrap_or_else(|| vec!["invoice".to_owned(), "creditnote".to_owned()]);
        if let Some(other) = accepts.iter().find(|kind| !matches!(kind.as_str(), "invoice" | "creditnote")) {
            return Err(format!("accepts: {other:?} is neither invoice nor creditnote"));
        }
        let supports = |(format, name, value): (&str, &str, &str)| SupportedType {
            name: Some(name.to_owned()),
            value: value.to_owned(),
            supported_by_trading_partner: accepts.iter().any(|kind| format.ends_with(kind.as_str())),
            supported_by_avalara: Some(true),
        };
        let identifiers = wish.identifiers.into_iter().map(|value| Identifier {
            name: ADDRESS.to_owned(),
            display_name: Some("Peppol Participant ID".to_owned()),
            value,
        });
        Ok(TradingPartner {
            id: None,
            name: wish.name,
            network: None,
            registration_date: None,
            identifiers: identifiers.collect(),
            addresses: vec![json!({"country": wish.country})],
            supported_document_types: vec![supports(INVOICE), supports(CREDIT_NOTE)],
            consents: None,
            extensions: None,
        })
    }

    /// What is wrong with a partner that someone wants to create or change.
    fn problem(&self) -> Option<String> {
        if !NAME_LENGTH.contains(&self.name.chars().count()) {
            return Some("name must have 3 to 250 characters.".to_owned());
        }
        if self.identifiers.is_empty() || self.identifiers.iter().any(|own| own.value.trim().is_empty()) {
            return Some("identifiers must hold at least one identifier with a value.".to_owned());
        }
        let country =
            self.addresses.first().and_then(|address| address.get("country")).and_then(Value::as_str);
        if country.is_none_or(|country| country.len() != 2) {
            return Some("addresses must hold an address with a country.".to_owned());
        }
        None
    }
}

impl Partner {
    pub(super) fn listed(seed: Seed, mut entry: TradingPartner, position: usize) -> Partner {
        let first = entry.identifiers.first().map_or("", |own| own.value.as_str());
        let id = seed.uuid(&["partner", &entry.name, first, &position.to_string()]).to_string();
        entry.id = Some(id);
        entry.network = Some(NETWORK.to_owned());
        entry.consents.get_or_insert_with(|| json!({"listInAvalaraDirectory": true}));
        Partner { entry }
    }

    pub(super) fn describe(&self) -> Value {
        json!(self.entry)
    }

    fn id(&self) -> &str {
        self.entry.id.as_deref().unwrap_or("")
    }

    fn country(&self) -> &str {
        self.entry.addresses.first().and_then(|address| address["country"].as_str()).unwrap_or("")
    }

    /// `$search`: words joined by AND and OR, case-sensitive, over name and identifier values.
    fn matches(&self, search: &str) -> bool {
        let contains = |word: &str| {
            let word = word.trim().trim_matches('"');
            self.entry.name.contains(word)
                || self.entry.identifiers.iter().any(|own| own.value.contains(word))
        };
        search.split(" OR ").any(|one| one.split(" AND ").all(contains))
    }

    fn accepts(&self, format: &str) -> bool {
        let (_, _, wanted) = if format == CREDIT_NOTE.0 { CREDIT_NOTE } else { INVOICE };
        let supported = &self.entry.supported_document_types;
        supported.iter().any(|one| one.supported_by_trading_partner && one.value == wanted)
    }
}

impl World {
    /// Why a listed receiver does not take this document; nothing is known of receivers that are not listed.
    pub(super) fn refusing_receiver(&self, receiver: &Option<String>, format: &str) -> Option<String> {
        let receiver = receiver.as_deref()?;
        let partner =
            self.partners.iter().find(|own| own.entry.identifiers.iter().any(|id| id.value == receiver))?;
        let refusal = || format!("The receiver {receiver} ({}) cannot receive {format}.", partner.entry.name);
        (!partner.accepts(format)).then(refusal)
    }
}

/// All routes of the directory.
pub(super) fn routes(
    on: &impl Fn(&'static str, MethodRouter<Arc<Elr>>) -> MethodRouter<Arc<Elr>>,
) -> Router<Arc<Elr>> {
    Router::new()
        .route("/einvoicing/trading-partners", on("partners", get(search).post(create)))
        .route("/einvoicing/trading-partners/batch", on("partners", post(create_batch)))
        .route("/einvoicing/trading-partners/{id}", on("partners", put(update).delete(remove)))
}

fn refused(status: StatusCode, detail: impl Into<String>) -> Refusal {
    let title = match status {
        StatusCode::NOT_FOUND => "Not Found",
        _ => "Bad Request",
    };
    Refusal::Titled(status, title, detail.into())
}

/// `GET /einvoicing/trading-partners` (client: search_participants). `$search` is required; the count is called
/// `@recordSetCount`, with a capital S, and asked for as `count`. Filters: network, country, documentType, idType.
async fn search(State(elr): State<Arc<Elr>>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = Query::of(&uri);
    let search =
        query.get("search").ok_or_else(|| refused(StatusCode::BAD_REQUEST, "$search is required."))?;
    let fields = &["network", "country", "documentType", "idType"];
    let filter = Filter::parse(query.get("filter"), fields, false).map_err(|refusal| match refusal {
        Refusal::Plain(status, message) => refused(status, message),
        other => other,
    })?;
    let holds = |partner: &Partner| {
        // A partner has several document types and identifiers: the filter holds if it holds for one of them.
        partner.entry.supported_document_types.iter().any(|kind| {
            partner.entry.identifiers.iter().any(|id| {
                filter.holds(|position| match position {
                    0 => partner.entry.network.as_deref().map(Into::into),
                    1 => Some(partner.country().into()),
                    2 => Some(kind.value.as_str().into()),
                    _ => Some(id.name.as_str().into()),
                })
            })
        })
    };
    let world = elr.world_read();
    let mut found: Vec<&Partner> =
        world.partners.iter().filter(|partner| partner.matches(search) && holds(partner)).collect();
    if let Some(order) = query.get("orderBy") {
        match order.split_once(' ').unwrap_or((order, "asc")) {
            ("name", "asc") => found.sort_by(|a, b| a.entry.name.cmp(&b.entry.name)),
            ("name", "desc") => found.sort_by(|a, b| b.entry.name.cmp(&a.entry.name)),
            _ => return Err(refused(StatusCode::BAD_REQUEST, "$orderBy takes name asc or name desc.")),
        }
    }
    json_answer(
        &query.page(&headers, &found, ("@recordSetCount", Count::Number), |partner| partner.describe())?,
    )
}

fn read(body: &[u8]) -> Result<TradingPartner, Refusal> {
    let partner: TradingPartner =
        serde_json::from_slice(body).map_err(|error| refused(StatusCode::BAD_REQUEST, error.to_string()))?;
    match partner.problem() {
        Some(problem) => Err(refused(StatusCode::BAD_REQUEST, problem)),
        None => Ok(partner),
    }
}

async fn create(State(elr): State<Arc<Elr>>, body: Bytes) -> Answer {
    let partner = read(&body)?;
    let mut world = elr.world_write();
    let partner = Partner::listed(elr.seed, partner, world.partners.len());
    let answer =
        json!({"id": partner.id(), "status": "Active", "message": "The trading partner was created."});
    world.partners.push(partner);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn update(State(elr): State<Arc<Elr>>, Path(id): Path<String>, body: Bytes) -> Answer {
    let mut partner = read(&body)?;
    let mut world = elr.world_write();
    let known = world.partners.iter_mut().find(|known| known.id() == id);
    let known =
        known.ok_or_else(|| refused(StatusCode::NOT_FOUND, format!("There is no trading partner {id}.")))?;
    partner.id = Some(id.clone());
    partner.network.clone_from(&known.entry.network);
    known.entry = partner;
    json_answer(&json!({"id": id, "status": "Active", "message": "The trading partner was updated."}))
}

async fn remove(State(elr): State<Arc<Elr>>, Path(id): Path<String>) -> Answer {
    let mut world = elr.world_write();
    let before = world.partners.len();
    world.partners.retain(|known| known.id() != id);
    if world.partners.len() == before {
        return Err(refused(StatusCode::NOT_FOUND, format!("There is no trading partner {id}.")));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /einvoicing/trading-partners/batch` (client: create_trading_partners_batch): all or none.
async fn create_batch(State(elr): State<Arc<Elr>>, body: Bytes) -> Answer {
    #[derive(Deserialize)]
    struct Batch {
        value: Vec<Value>,
    }
    let batch: Batch =
        serde_json::from_slice(&body).map_err(|error| refused(StatusCode::BAD_REQUEST, error.to_string()))?;
    if batch.value.is_empty() || batch.value.len() > MAX_BATCH {
        return Err(refused(
            StatusCode::BAD_REQUEST,
            format!("value must hold 1 to {MAX_BATCH} trading partners."),
        ));
    }
    let mut entries = Vec::new();
    for (index, value) in batch.value.iter().enumerate() {
        let entry = read(value.to_string().as_bytes()).map_err(|refusal| match refusal {
            Refusal::Titled(status, title, detail) => {
                Refusal::Titled(status, title, format!("value[{index}]: {detail}"))
            }
            other => other,
        })?;
        entries.push(entry);
    }
    let mut world = elr.world_write();
    let mut created = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let partner = Partner::listed(elr.seed, entry, world.partners.len());
        created
            .push(json!({"id": partner.id(), "index": index, "message": "The trading partner was created."}));
        world.partners.push(partner);
    }
    json_answer(
        &json!({"status": "Success", "message": format!("{} trading partners were created.", created.len()), "value": created}),
    )
}
