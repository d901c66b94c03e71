//! A started sandbox and short ways of calling it.

use std::path::PathBuf;

use counterfoil_sandbox::{Options, Running, WorldSeed, start};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// The invoice that is seeded as the recorded document; its seller is a furnished company with GB-B2B-PEPPOL.
pub const INVOICE: &str = include_str!("../../src/elr/seeded-invoice.xml");
pub const RECORDED_DOCUMENT: &str = "52f60401-44d0-4667-ad47-4afe519abb53";
pub const RECORDED_COMPANY: &str = "610f55f3-76b6-42eb-a697-2b0b2e02a5bf";

pub struct Sandbox {
    pub running: Running,
    pub client: Client,
    pub version: &'static str,
}

/// A furnished sandbox without rate limit whose verdicts come at once.
pub async fn sandbox() -> Sandbox {
    sandbox_of(Options::default()).await
}

pub async fn sandbox_of(options: Options) -> Sandbox {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let running = start(options).await.expect("the sandbox starts");
    let sandbox = Sandbox { running, client: client(), version: "1.6" };
    sandbox.settings(json!({"processing_ms": 0, "rate_limit": {"enabled": false}})).await;
    sandbox
}

/// A client with connections of its own.
pub fn client() -> Client {
    Client::builder().no_proxy().build().expect("a client")
}

pub fn bare(seed: u64) -> Options {
    Options { seed, world: WorldSeed::Bare, ..Options::default() }
}

impl Sandbox {
    pub fn elr(&self, path: &str) -> String {
        format!("{}{path}", self.running.url("elr").expect("elr"))
    }

    pub fn control(&self, path: &str) -> String {
        format!("{}{path}", self.running.control())
    }

    /// A call to the vendor with the driver's token.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.client.request(method, self.elr(path)).bearer_auth("driver-token");
        call.header("avalara-version", self.version).header("X-Avalara-Client", "test")
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.call(Method::GET, path).send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a body");
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// A call that is refused, with the body of the refusal.
    pub async fn refused(&self, call: RequestBuilder) -> (u16, Value) {
        let response = call.send().await.expect("an answer");
        let status = response.status().as_u16();
        assert!(status >= 400, "{status}");
        (status, response.json().await.expect("JSON"))
    }

    pub async fn plane(&self, method: Method, path: &str, body: Value) -> Value {
        let response =
            self.client.request(method, self.control(path)).json(&body).send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a body");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    pub async fn settings(&self, settings: Value) {
        self.plane(Method::PUT, "/settings", json!({"elr": settings})).await;
    }

    pub async fn fault(&self, fault: Value) {
        let mut fault = fault;
        fault["system"] = json!("elr");
        self.plane(Method::PUT, "/faults", fault).await;
    }

    pub async fn advance(&self, seconds: i64) {
        self.plane(Method::POST, "/clock", json!({"advance_s": seconds})).await;
    }

    pub async fn world(&self) -> Value {
        let response = self.client.get(self.control("/world")).send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    pub fn submission(&self, mandate: &str, format: &str, xml: &str) -> RequestBuilder {
        self.call(Method::POST, "/einvoicing/documents").multipart(form(&metadata(mandate, format), xml))
    }

    pub async fn submit(&self, mandate: &str, xml: &str) -> Response {
        let format = if xml.contains("CreditNote-2") { "ubl-creditnote" } else { "ubl-invoice" };
        self.submission(mandate, format, xml).send().await.expect("an answer")
    }

    /// Submits and gives the identifier.
    pub async fn submitted(&self, mandate: &str, xml: &str) -> String {
        let response = self.submit(mandate, xml).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let answer: Value = response.json().await.expect("JSON");
        answer["id"].as_str().expect("an id").to_owned()
    }

    pub async fn status(&self, id: &str) -> Value {
        self.get(&format!("/einvoicing/documents/{id}/status")).await
    }

    /// The status and the messages a submitted document comes to.
    pub async fn verdict(&self, mandate: &str, xml: &str) -> (String, Vec<String>) {
        let id = self.submitted(mandate, xml).await;
        let answer = self.status(&id).await;
        let events = answer["events"].as_array().expect("events");
        let messages =
            events.iter().skip(1).map(|event| event["message"].as_str().expect("a message").to_owned());
        (answer["status"].as_str().expect("a status").to_owned(), messages.collect())
    }
}

pub fn metadata(mandate: &str, format: &str) -> Value {
    json!({
        "workflowId": "partner-einvoicing", "dataFormat": format, "dataFormatVersion": "2.1",
        "countryCode": &mandate[..2], "countryMandate": mandate,
    })
}

pub fn form(metadata: &Value, xml: &str) -> Form {
    let part =
        Part::text(metadata.to_string()).mime_str("application/json; charset=utf-8").expect("a media type");
    Form::new().part("metadata", part).text("data", xml.to_owned())
}

/// The seeded invoice under another number.
pub fn invoice(number: &str) -> String {
    INVOICE.replace("<cbc:ID>100000</cbc:ID>", &format!("<cbc:ID>{number}</cbc:ID>"))
}

/// A folder of the reference material beside the repository; `None`, loudly, when it is not there.
///
/// # Panics
/// When it is missing although CI=true.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    if folder.exists() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", folder.display());
    eprintln!("skipped: {} is missing", folder.display());
    None
}
