//! Webhooks: subscriptions, signed calls, repetition.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use ring::hmac;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{Sandbox, invoice, sandbox};

const KEY: &str = "a key of the subscriber";

/// A subscriber that answers as told, 200 when nothing is left.
struct Hook {
    url: String,
    calls: mpsc::UnboundedReceiver<(HeaderMap, String)>,
}

type Told = Arc<(Mutex<VecDeque<u16>>, mpsc::UnboundedSender<(HeaderMap, String)>)>;

async fn hook(answers: &[u16]) -> Hook {
    let (sender, calls) = mpsc::unbounded_channel();
    let told: Told = Arc::new((Mutex::new(answers.iter().copied().collect()), sender));
    let receive = async |State(told): State<Told>, headers: HeaderMap, body: String| {
        let next = told.0.lock().expect("a lock").pop_front().unwrap_or(200);
        told.1.send((headers, body)).expect("a listener");
        StatusCode::from_u16(next).expect("a status")
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let router = axum::Router::new().route("/hook", post(receive)).with_state(told);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Hook { url, calls }
}

impl Hook {
    async fn next(&mut self) -> (HeaderMap, String) {
        tokio::time::timeout(Duration::from_secs(10), self.calls.recv())
            .await
            .expect("a call in time")
            .expect("a call")
    }
}

async fn subscribe(sandbox: &Sandbox, url: &str) -> String {
    let wish = json!({"description": "d", "notificationUrl": url, "events": [{"eventName": "statusChange"}],
        "signature": {"signature": {"type": "HMAC", "key": KEY, "algorithm": "HMAC-SHA256"}}});
    let response = sandbox
        .call(Method::POST, "/einvoicing/webhooks/subscriptions")
        .json(&wish)
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 201);
    response.json::<Value>().await.expect("JSON")["id"].as_str().expect("id").to_owned()
}

fn verified(signature: &Value, bytes: &[u8]) -> bool {
    let value = STANDARD.decode(signature["value"].as_str().expect("text")).expect("Base64");
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes()), bytes, &value).is_ok()
}

/// The message of the first item exactly as it stands in the body.
fn message(body: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Invocation<'b> {
        #[serde(borrow)]
        items: Vec<Item<'b>>,
    }
    #[derive(serde::Deserialize)]
    struct Item<'b> {
        #[serde(borrow)]
        message: &'b RawValue,
    }
    let invocation: Invocation<'_> = serde_json::from_str(body).expect("an invocation");
    invocation.items[0].message.get().to_owned()
}

#[tokio::test]
async fn a_status_change_is_told_and_signed() {
    let sandbox = sandbox().await;
    sandbox.settings(json!({"processing_ms": 5_000})).await;
    let mut hook = hook(&[]).await;
    subscribe(&sandbox, &hook.url).await;
    let id = sandbox.submitted("GB-B2B-PEPPOL", &invoice("H-1")).await;
    for status in ["Pending", "Complete"] {
        let (_, body) = hook.next().await;
        let call: Value = serde_json::from_str(&body).expect("JSON");
        let item = &call["items"][0];
        assert_eq!((&item["eventName"], &item["systemCode"]), (&json!("statusChange"), &json!("DES")));
        assert_eq!((&item["message"]["id"], &item["message"]["status"]), (&json!(id), &json!(status)));
        assert_eq!(item["message"]["documentNumber"], "H-1");
        assert_eq!(item["signature"]["algorithm"], "HMAC-SHA256");
        let message = message(&body);
        assert!(verified(&item["signature"], message.as_bytes()));
        assert!(!verified(&item["signature"], message.replace("H-1", "H-2").as_bytes()));
        let instant = call["invocationTimestamp"].as_str().expect("text");
        assert_eq!(
            instant.split_once('.').expect("a fraction").1.len(),
            9,
            "nine digits and no zone: {instant}"
        );
        sandbox.advance(5).await;
    }
}

#[tokio::test]
async fn a_call_that_fails_is_repeated_with_the_same_identifier() {
    let sandbox = sandbox().await;
    sandbox.settings(json!({"webhook_retry_ms": 1})).await;
    let mut hook = hook(&[500, 404]).await;
    subscribe(&sandbox, &hook.url).await;
    sandbox.submitted("GB-B2B-PEPPOL", &invoice("H-3")).await;
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.push(serde_json::from_str::<Value>(&hook.next().await.1).expect("JSON"));
    }
    assert!(calls.iter().all(|call| call["id"] == calls[0]["id"]));
    let retries: Vec<_> = calls.iter().map(|call| call["retryCount"].as_u64()).collect();
    assert_eq!(retries, [Some(0), Some(1), Some(2)]);
    assert!(calls[0]["retryTimestamp"].is_null() && calls[1]["retryTimestamp"].is_string());
}

#[tokio::test]
async fn the_whole_body_can_be_signed_instead() {
    let sandbox = sandbox().await;
    sandbox.settings(json!({"webhook_signed": "body"})).await;
    let mut hook = hook(&[]).await;
    subscribe(&sandbox, &hook.url).await;
    sandbox.submitted("GB-B2B-PEPPOL", &invoice("H-4")).await;
    let (headers, body) = hook.next().await;
    let signature = json!({"value": headers["x-avalara-signature"].to_str().expect("text")});
    assert!(verified(&signature, body.as_bytes()));
}

#[tokio::test]
async fn subscriptions_are_listed_shown_and_removed() {
    let sandbox = sandbox().await;
    let base = "/einvoicing/webhooks/subscriptions";
    let id = subscribe(&sandbox, "http://127.0.0.1:9/hook").await;
    let list = sandbox.get(&format!("{base}?count=true")).await;
    assert_eq!(list["recordsetCount"], 1, "without an at sign");
    let shown = sandbox.get(&format!("{base}/{id}")).await;
    assert_eq!(shown["notificationUrl"], "http://127.0.0.1:9/hook");
    assert!(!shown.to_string().contains(KEY), "the key is not given away");
    let delete = || sandbox.call(Method::DELETE, &format!("{base}/{id}"));
    assert_eq!(delete().send().await.expect("an answer").status(), 204);
    let (status, body) = sandbox.refused(delete()).await;
    assert_eq!((status, &body["error"]["title"]), (404, &json!("NotFound")), "the titled shape inside error");
    for (url, event) in [
        ("http://192.0.2.1/x", "statusChange"),
        ("https://127.0.0.1/x", "statusChange"),
        ("http://127.0.0.1/x", "other"),
        ("nowhere", "statusChange"),
    ] {
        let wish = json!({"notificationUrl": url, "events": [{"eventName": event}], "signature": {"key": "k", "algorithm": "HMAC-SHA256"}});
        assert_eq!(
            sandbox.refused(sandbox.call(Method::POST, base).json(&wish)).await.0,
            400,
            "{url} {event}"
        );
    }
}
