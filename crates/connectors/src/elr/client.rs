//! One function per endpoint; no decisions.

use counterfoil_core::{Problem, codes};

use counterfoil_core::delivery::ExternalId;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

use super::wire::{
    Company, DataInputField, DocumentStatus, DocumentSummary, ErrorBody, Mandate, Paged, Registration,
    SubmitMetadata, Submitted, TradingPartner,
};
use crate::auth::ClientCredentials;
use crate::http::{Answer, Call, DOWNLOAD_MAX, Http, Outgoing, OutgoingPart, Reach};
use crate::port::{Attempt, Opening};

/// The version this client was written for.
const AVALARA_VERSION: &str = "1.6";
/// Entries of one page.
const PAGE: &str = "200";
/// Pages read of one list.
const PAGES_MAX: usize = 50;
/// The list is asked from this long before an intent: clocks differ, and the list's dates are the other side's.
const LIST_BEFORE: SignedDuration = SignedDuration::from_hours(26);

/// The client of one company.
pub(super) struct Client {
    http: Http,
    api: Url,
    auth: ClientCredentials,
    client: String,
    company: String,
}

impl Client {
    pub(super) fn new(opening: Opening) -> Result<Self, Problem> {
        let environment = opening.environment;
        let reach = if environment.name == "simulated" { Reach::Private } else { Reach::Global };
        let http = Http::new(&opening, reach, messages);
        let host = |role: &str| {
            let key = format!("host.{role}");
            let named =
                environment.hosts.iter().find(|(name, _)| *name == role).map_or("", |(_, host)| *host);
            http.address(&key, opening.setting(&key).unwrap_or(named))
        };
        let (api, identity) = (host("api")?, host("identity")?);
        let secret = |name: &str| {
            let given = opening.credentials.get(name).filter(|text| !text.expose_secret().trim().is_empty());
            let cure = "Copy it from the Integrations tab of the Avalara portal.";
            given.cloned().ok_or_else(|| codes::connection_setting(name, "it is empty", cure))
        };
        let (id, secret) = (secret("client_id")?, secret("client_secret")?);
        if let Some(webhook) = opening.credentials.get("webhook_secret") {
            http.hide(webhook);
        }
        http.hide(&secret);
        let id = id.expose_secret().to_owned();
        let headers = vec![("X-Avalara-Client", opening.client.clone())];
        let auth = ClientCredentials::new(joined(&identity, &["connect", "token"]), id, secret, headers);
        Ok(Self { http, api, auth, client: opening.client, company: opening.company.unwrap_or_default() })
    }

    /// The chosen company's identifier.
    pub(super) fn company(&self) -> &str {
        &self.company
    }

    /// `GET /scs/companies`
    pub(super) async fn companies(&self, attempt: &Attempt) -> Result<Vec<Company>, Fault> {
        self.pages(attempt, "companies", joined(&self.api, &["scs", "companies"])).await
    }

    /// `GET /orl/registrations`
    pub(super) async fn registrations(&self, attempt: &Attempt) -> Result<Vec<Registration>, Fault> {
        self.pages(attempt, "activation", joined(&self.api, &["orl", "registrations"])).await
    }

    /// `GET /einvoicing/mandates`
    pub(super) async fn mandates(&self, attempt: &Attempt) -> Result<Vec<Mandate>, Fault> {
        self.pages(attempt, "mandates", joined(&self.api, &["einvoicing", "mandates"])).await
    }

    /// `GET /einvoicing/mandates/{mandateId}/data-input-fields`
    pub(super) async fn input_fields(
        &self,
        attempt: &Attempt,
        mandate: &str,
        format: &str,
    ) -> Result<Vec<DataInputField>, Fault> {
        let mut url = joined(&self.api, &["einvoicing", "mandates", mandate, "data-input-fields"]);
        url.query_pairs_mut().append_pair("documentType", format).append_pair("documentVersion", "2.1");
        self.get(attempt, "fields", url).await
    }

    /// `GET /einvoicing/trading-partners`
    pub(super) async fn trading_partners(
        &self,
        attempt: &Attempt,
        sought: &str,
    ) -> Result<Vec<TradingPartner>, Fault> {
        let mut url = joined(&self.api, &["einvoicing", "trading-partners"]);
        url.query_pairs_mut().append_pair("$search", sought);
        self.pages(attempt, "partners", url).await
    }

    /// `POST /einvoicing/documents`
    pub(super) async fn submit(
        &self,
        attempt: &Attempt,
        metadata: &SubmitMetadata,
        document: &Arc<[u8]>,
    ) -> Result<ExternalId, Fault> {
        let metadata = serde_json::to_vec(metadata).unwrap_or_default();
        let parts = vec![
            OutgoingPart {
                name: "metadata",
                media_type: Some("application/json; charset=utf-8"),
                bytes: metadata.into(),
            },
            OutgoingPart { name: "data", media_type: None, bytes: Arc::clone(document) },
        ];
        let url = joined(&self.api, &["einvoicing", "documents"]);
        let make = || Call::post("submit", url.clone(), Outgoing::Form(parts.clone()));
        let submitted: Submitted = self.send(attempt, make, Answer::json).await?;
        if submitted.id.trim().is_empty() {
            return Err(Fault::unintelligible(Sent::Maybe, "the answer to the submission names no id"));
        }
        Ok(ExternalId(submitted.id))
    }

    /// `GET /einvoicing/documents/{id}/status`
    pub(super) async fn status(&self, attempt: &Attempt, id: &ExternalId) -> Result<DocumentStatus, Fault> {
        let url = joined(&self.api, &["einvoicing", "documents", &id.0, "status"]);
        let status: DocumentStatus = self.get(attempt, "status", url).await?;
        match status.id.as_deref() {
            Some(other) if !other.is_empty() && !other.eq_ignore_ascii_case(&id.0) => {
                Err(strange(&format!("it is about {other}, and {id} was asked for")))
            }
            _ => Ok(status),
        }
    }

    /// `GET /einvoicing/documents`, outgoing ones since shortly before `since`, narrowed by `filter`.
    pub(super) async fn list(
        &self,
        attempt: &Attempt,
        filter: Option<&str>,
        since: Timestamp,
    ) -> Result<Vec<DocumentSummary>, Fault> {
        let spelled =
            |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let end = self.http.now() + LIST_BEFORE;
        let mut url = joined(&self.api, &["einvoicing", "documents"]);
        url.query_pairs_mut()
            .append_pair("flow", "out")
            .append_pair("startDate", &spelled(since - LIST_BEFORE))
            .append_pair("endDate", &spelled(end))
            .append_pair("$top", PAGE);
        if let Some(filter) = filter {
            url.query_pairs_mut().append_pair("$filter", filter);
        }
        self.pages(attempt, "list", url).await
    }

    /// `GET /einvoicing/documents/{id}/$download`
    pub(super) async fn download(
        &self,
        attempt: &Attempt,
        id: &ExternalId,
        media_type: &str,
    ) -> Result<Vec<u8>, Fault> {
        let url = joined(&self.api, &["einvoicing", "documents", &id.0, "$download"]);
        let make = || {
            let mut call = Call::get("download", url.clone()).header("Accept", media_type);
            call.limit = DOWNLOAD_MAX;
            call
        };
        self.send(attempt, make, |answer| Ok(answer.body.clone())).await
    }

    async fn get<T: DeserializeOwned>(
        &self,
        attempt: &Attempt,
        operation: &'static str,
        url: Url,
    ) -> Result<T, Fault> {
        let make = || Call::get(operation, url.clone()).header("Accept", "application/json");
        self.send(attempt, make, Answer::json).await
    }

    /// Every entry of a list; a next link leads nowhere but to the same host.
    async fn pages<T: DeserializeOwned>(
        &self,
        attempt: &Attempt,
        operation: &'static str,
        first: Url,
    ) -> Result<Vec<T>, Fault> {
        let mut all = Vec::new();
        let mut url = first;
        for _ in 0..PAGES_MAX {
            let page: Paged<T> = self.get(attempt, operation, url.clone()).await?;
            all.extend(page.value);
            let Some(next) = page.next_link.filter(|link| !link.trim().is_empty()) else { return Ok(all) };
            let next = url.join(&next).map_err(|_| strange(&format!("its next link is \"{next}\"")))?;
            // only its path and query are used: the token goes to no other host, whatever an answer says
            let mut own = self.api.clone();
            own.set_path(next.path());
            own.set_query(next.query());
            if own == url {
                return Err(strange("its next link leads to itself"));
            }
            url = own;
        }
        Err(strange(&format!("the list {operation} has more than {PAGES_MAX} pages")))
    }

    /// Calls with a token; refused once, with a fresh one.
    async fn send<T>(
        &self,
        attempt: &Attempt,
        make: impl Fn() -> Call,
        read: impl Fn(&Answer) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let token = self.auth.token(&self.http, attempt).await?;
        match self.http.send(attempt, self.call(make(), &token), &read).await {
            Err(fault) if fault.class == FaultClass::Unauthorized => {
                self.auth.refused(&token).await;
                let token = self.auth.token(&self.http, attempt).await?;
                self.http.send(attempt, self.call(make(), &token), &read).await
            }
            answer => answer,
        }
    }

    fn call(&self, call: Call, token: &SecretString) -> Call {
        let mut call =
            call.header("avalara-version", AVALARA_VERSION).header("X-Avalara-Client", self.client.clone());
        call.bearer = Some(token.clone());
        call
    }
}

fn strange(why: &str) -> Fault {
    Fault::unintelligible(Sent::No, format!("the answer cannot be used: {why}"))
}

/// A path of segments below a host, each escaped.
fn joined(host: &Url, segments: &[&str]) -> Url {
    let mut url = host.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Avalara's words out of an error body of any of its shapes.
pub(super) fn messages(answer: &Answer) -> Vec<String> {
    let Ok(body) = answer.json::<ErrorBody>() else { return Vec::new() };
    let nested = match &body.error {
        Some(inner @ Value::Object(_)) => ErrorBody::deserialize(inner).ok(),
        _ => None,
    };
    let body = nested.unwrap_or(body);
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let is_told = |text: &String| !text.trim().is_empty() && text != &answer.status.to_string();
    let detail = body.detail.or(body.message).or(body.error_description).map(text).filter(is_told);
    let title = body.title.or(body.error).map(text).filter(is_told);
    match (title, detail) {
        (Some(title), Some(detail)) if title != detail => vec![format!("{title}: {detail}")],
        (title, detail) => detail.or(title).into_iter().collect(),
    }
}
