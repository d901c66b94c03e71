//! Webhooks: subscriptions, and signed calls when a document changes its status.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use url::{Host, Url};

use super::answer::Refusal;
use super::document::Document;
use super::page::{Count, Query};
use super::{Answer, Elr, json_answer};
use crate::clock::{Clock, after_ms};
use crate::seed::Seed;

/// Subscriptions of the tenant, calls under way at one time, repetitions of one call, and how long one may take.
const MAX_SUBSCRIPTIONS: usize = 50;
const MAX_CALLS: usize = 16;
const MAX_RETRIES: u32 = 5;
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

const STATUS_CHANGE: &str = "statusChange";
const ALGORITHM: &str = "HMAC-SHA256";

/// Which bytes a signature covers. No document says, so that both can be tried. [unverified]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Signed {
    /// The `message` of each item exactly as it stands in the body.
    Message,
    /// The whole body; the signature is in the header `X-Avalara-Signature`, and each item carries that of its message.
    Body,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    #[serde(default)]
    id: String,
    #[serde(default)]
    description: Option<String>,
    notification_url: String,
    signature: SignatureOf,
    events: Vec<EventName>,
}

/// The client nests the key as `signature.signature`; its models also know it flat.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum SignatureOf {
    Nested { signature: Key },
    Flat(Key),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Key {
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    key: String,
    algorithm: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventName {
    event_name: String,
}

impl SignatureOf {
    fn key(&self) -> &Key {
        match self {
            SignatureOf::Nested { signature } | SignatureOf::Flat(signature) => signature,
        }
    }
}

/// Subscriptions, and what became of the calls.
#[derive(Debug)]
pub(super) struct Dispatcher {
    seed: Seed,
    clock: Clock,
    subscriptions: RwLock<Vec<Arc<Subscription>>>,
    created: AtomicU64,
    invocations: AtomicU64,
    attempts: AtomicU64,
    delivered: AtomicU64,
    given_up: AtomicU64,
    calls: Arc<Semaphore>,
    client: OnceLock<Option<reqwest::Client>>,
}

impl Dispatcher {
    pub(super) fn new(seed: Seed, clock: Clock) -> Dispatcher {
        Dispatcher {
            seed,
            clock,
            subscriptions: RwLock::new(Vec::new()),
            created: AtomicU64::new(0),
            invocations: AtomicU64::new(0),
            attempts: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            calls: Arc::new(Semaphore::new(MAX_CALLS)),
            client: OnceLock::new(),
        }
    }

    /// Calls every subscriber: at once for Pending, and again once the verdict is there.
    pub(super) fn announce(&self, elr: &Arc<Elr>, document: &Arc<Document>) {
        let subscriptions: Vec<Arc<Subscription>> = {
            let all = self.subscriptions.read().unwrap_or_else(PoisonError::into_inner);
            all.iter()
                .filter(|one| one.events.iter().any(|event| event.event_name == STATUS_CHANGE))
                .cloned()
                .collect()
        };
        for subscription in subscriptions {
            let (elr, document) = (Arc::clone(elr), Arc::clone(document));
            tokio::spawn(async move {
                for instant in [document.listed_at, document.decided_at] {
                    elr.webhooks.clock.wait_until(instant).await;
                    elr.webhooks.deliver(&elr, &subscription, &document).await;
                }
            });
        }
    }

    /// One invocation with its repetitions: anything but a 2xx answer is tried again, up to [`MAX_RETRIES`] times.
    async fn deliver(&self, elr: &Elr, subscription: &Subscription, document: &Document) {
        let first = self.clock.now();
        let number = self.invocations.fetch_add(1, Ordering::SeqCst);
        let id = self.seed.uuid(&["invocation", &number.to_string()]).to_string();
        let message = message(document, first);
        for retry in 0..=MAX_RETRIES {
            let settings = elr.current_settings();
            let body = invocation(elr, subscription, &id, &message, (first, self.clock.now(), retry));
            self.attempts.fetch_add(1, Ordering::SeqCst);
            if self.call(subscription, body, settings.webhook_signed).await {
                self.delivered.fetch_add(1, Ordering::SeqCst);
                return;
            }
            if retry < MAX_RETRIES {
                let pause = settings.webhook_retry_ms.saturating_mul(1 << retry);
                self.clock.wait_until(after_ms(self.clock.now(), pause)).await;
            }
        }
        self.given_up.fetch_add(1, Ordering::SeqCst);
    }

    async fn call(&self, subscription: &Subscription, body: String, signed: Signed) -> bool {
        let Ok(_permit) = self.calls.acquire().await else { return false };
        let Some(client) = self.client.get_or_init(client) else { return false };
        let mut call = client.post(&subscription.notification_url).header("content-type", "application/json");
        if signed == Signed::Body {
            call =
                call.header("x-avalara-signature", sign(&subscription.signature.key().key, body.as_bytes()));
        }
        call.body(body).send().await.is_ok_and(|answer| answer.status().is_success())
    }

    pub(super) fn describe(&self) -> Value {
        json!({
            "subscriptions": self.subscriptions.read().unwrap_or_else(PoisonError::into_inner).len(),
            "invocations": self.invocations.load(Ordering::SeqCst),
            "attempts": self.attempts.load(Ordering::SeqCst),
            "delivered": self.delivered.load(Ordering::SeqCst),
            "given_up": self.given_up.load(Ordering::SeqCst),
        })
    }
}

fn client() -> Option<reqwest::Client> {
    // Calls go to loopback only, but the client is built with TLS and wants a provider all the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().timeout(CALL_TIMEOUT).redirect(redirects).no_proxy().build().ok()
}

/// HMAC-SHA256, Base64.
fn sign(key: &str, bytes: &[u8]) -> String {
    STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), bytes))
}

/// `message` of an item (developer.avalara.com ltb9326846416456): the summary of the document.
fn message(document: &Document, now: Timestamp) -> String {
    let mut message = json!(document.summary(now, false));
    if let Some(fields) = message.as_object_mut() {
        fields.remove("createdAt");
        fields.remove("lastUpdatedAt");
    }
    message.to_string()
}

/// WebhookInvocation. `invocationTimestamp` has nine fractional digits and no zone. The message is put in as text, so
/// that its signature covers exactly the bytes that are sent.
fn invocation(
    elr: &Elr,
    subscription: &Subscription,
    id: &str,
    message: &str,
    (first, now, retry): (Timestamp, Timestamp, u32),
) -> String {
    let instant = |instant: Timestamp| instant.strftime("%Y-%m-%dT%H:%M:%S.%9f").to_string();
    let key = subscription.signature.key();
    let signature =
        json!({"type": "HMAC", "algorithm": ALGORITHM, "value": sign(&key.key, message.as_bytes())});
    let tenant = elr.seed.hex(&["tenant"], 24);
    let retried = if retry == 0 { Value::Null } else { json!(instant(now)) };
    format!(
        "{{\"id\":\"{id}\",\"retryCount\":{retry},\"retryMax\":{MAX_RETRIES},\"invocationTimestamp\":\"{}\",\
         \"retryTimestamp\":{retried},\"items\":[{{\"tenantId\":\"{tenant}\",\"systemCode\":\"DES\",\
         \"eventName\":\"{STATUS_CHANGE}\",\"eventVersion\":\"1.0\",\"correlationId\":\"{id}\",\
         \"receiptTimestamp\":\"{}\",\"signature\":{signature},\"message\":{message}}}]}}",
        instant(first),
        instant(first),
    )
}

/// All routes of the subscriptions.
pub(super) fn routes(
    on: &impl Fn(&'static str, MethodRouter<Arc<Elr>>) -> MethodRouter<Arc<Elr>>,
) -> Router<Arc<Elr>> {
    Router::new()
        .route("/einvoicing/webhooks/subscriptions", on("webhooks", get(list).post(create)))
        .route("/einvoicing/webhooks/subscriptions/{id}", on("webhooks", get(show).delete(remove)))
}

fn refused(status: StatusCode, detail: impl Into<String>) -> Refusal {
    let title = if status == StatusCode::NOT_FOUND { "NotFound" } else { "InvalidRequest" };
    Refusal::Webhook(status, title, detail.into())
}

/// `POST /einvoicing/webhooks/subscriptions` (client: create_webhook_subscription). That the algorithm is written
/// `HMAC-SHA256` is [unverified], so spellings of it are taken alike. Calls go to loopback addresses only: that is this
/// sandbox's own rule.
async fn create(State(elr): State<Arc<Elr>>, body: Bytes) -> Answer {
    let bad = |detail: String| refused(StatusCode::BAD_REQUEST, detail);
    let mut wish: Subscription = serde_json::from_slice(&body).map_err(|error| bad(error.to_string()))?;
    let url = Url::parse(&wish.notification_url).map_err(|error| bad(format!("notificationUrl: {error}")))?;
    if !is_loopback(&url) {
        return Err(bad("notificationUrl: this sandbox calls http addresses of this machine only.".into()));
    }
    let key = wish.signature.key();
    let algorithm: String = key.algorithm.chars().filter(char::is_ascii_alphanumeric).collect();
    if !matches!(algorithm.to_ascii_uppercase().as_str(), "HMACSHA256" | "SHA256") || key.key.is_empty() {
        return Err(bad(format!("signature: a key and the algorithm {ALGORITHM} are required.")));
    }
    if wish.events.is_empty() || wish.events.iter().any(|event| event.event_name != STATUS_CHANGE) {
        return Err(bad(format!("events: {STATUS_CHANGE} is the event there is.")));
    }
    let dispatcher = &elr.webhooks;
    let mut subscriptions = dispatcher.subscriptions.write().unwrap_or_else(PoisonError::into_inner);
    if subscriptions.len() >= MAX_SUBSCRIPTIONS {
        return Err(bad(format!("A tenant has no more than {MAX_SUBSCRIPTIONS} subscriptions.")));
    }
    let number = dispatcher.created.fetch_add(1, Ordering::SeqCst);
    wish.id = elr.seed.uuid(&["subscription", &number.to_string()]).to_string();
    let answer = json!({"id": wish.id, "message": "Subscription created."});
    subscriptions.push(Arc::new(wish));
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn is_loopback(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            None => false,
        }
}

/// SubscriptionDetail, with the key flat as its model has it and never shown in full.
fn detail(subscription: &Subscription) -> Value {
    let key = subscription.signature.key();
    json!({
        "id": subscription.id,
        "description": subscription.description,
        "notificationUrl": subscription.notification_url,
        "signature": {"type": "HMAC", "key": "********", "algorithm": key.algorithm},
        "events": subscription.events,
    })
}

/// `GET /einvoicing/webhooks/subscriptions`: the count is `recordsetCount`, without an at sign, asked for as `count`.
async fn list(State(elr): State<Arc<Elr>>, uri: Uri, headers: HeaderMap) -> Answer {
    let subscriptions = elr.webhooks.subscriptions.read().unwrap_or_else(PoisonError::into_inner);
    json_answer(&Query::of(&uri).page(
        &headers,
        &subscriptions,
        ("recordsetCount", Count::Number),
        |one| detail(one),
    )?)
}

async fn show(State(elr): State<Arc<Elr>>, Path(id): Path<String>) -> Answer {
    let subscriptions = elr.webhooks.subscriptions.read().unwrap_or_else(PoisonError::into_inner);
    match subscriptions.iter().find(|one| one.id == id) {
        Some(found) => json_answer(&detail(found)),
        None => Err(refused(StatusCode::NOT_FOUND, format!("There is no subscription {id}."))),
    }
}

async fn remove(State(elr): State<Arc<Elr>>, Path(id): Path<String>) -> Answer {
    let mut subscriptions = elr.webhooks.subscriptions.write().unwrap_or_else(PoisonError::into_inner);
    let before = subscriptions.len();
    subscriptions.retain(|one| one.id != id);
    if subscriptions.len() == before {
        return Err(refused(StatusCode::NOT_FOUND, format!("There is no subscription {id}.")));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn signatures_are_hmac_sha256() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let signature = STANDARD.decode(sign("Jefe", b"what do ya want for nothing?")).expect("Base64");
        assert_eq!(crate::seed::hex(&signature), expected);
    }

    #[test]
    fn only_this_machine_is_called() {
        let loopback = |text: &str| is_loopback(&Url::parse(text).expect("a URL"));
        assert!(
            loopback("http://127.0.0.1:80/hook")
                && loopback("http://localhost/x")
                && loopback("http://[::1]:1/")
        );
        assert!(
            !loopback("http://10.0.0.1/")
                && !loopback("https://127.0.0.1/")
                && !loopback("http://127.0.0.1.example.com/")
        );
    }
}
