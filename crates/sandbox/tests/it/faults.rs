//! Every fault, as the caller suffers it and as the world knows it.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{RECORDED_DOCUMENT, client, invoice, sandbox};

fn held(world: &Value) -> Vec<&str> {
    let documents = world["elr"]["documents"].as_array().expect("list");
    documents.iter().filter_map(|one| one["number"].as_str()).filter(|number| *number != "100000").collect()
}

#[tokio::test]
async fn rate_limit_says_when_to_come_back() {
    let sandbox = sandbox().await;
    sandbox
        .fault(json!({"operation": "mandates", "fault": "rate_limit", "every": 2, "count": 1, "seconds": 7}))
        .await;
    let call = || sandbox.call(Method::GET, "/einvoicing/mandates").send();
    assert_eq!(call().await.expect("an answer").status(), StatusCode::OK);
    let limited = call().await.expect("an answer");
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(limited.headers()["retry-after"], "7");
    for _ in 0..3 {
        assert_eq!(call().await.expect("an answer").status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn lost_reply_takes_the_document_and_answers_nothing() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "submit", "fault": "lost_reply", "count": 1})).await;
    // On a connection that was used before, as it is with keep-alive.
    sandbox.get("/scs/companies").await;
    let lost = sandbox.submission("GB-B2B-PEPPOL", "ubl-invoice", &invoice("LR-1")).send().await;
    let error = lost.expect_err("no answer");
    assert!(!error.is_timeout() && !error.is_connect(), "the connection is cut after the request: {error:?}");
    assert_eq!(held(&sandbox.world().await), ["LR-1"]);
    let list = sandbox.get("/einvoicing/documents?%24filter=documentNumber+eq+LR-1").await;
    assert_eq!(list["value"].as_array().expect("list").len(), 1, "listed at once");
}

#[tokio::test]
async fn late_commit_hides_the_document_for_a_while() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "submit", "fault": "late_commit", "count": 1, "seconds": 20})).await;
    assert!(sandbox.submission("GB-B2B-PEPPOL", "ubl-invoice", &invoice("LC-1")).send().await.is_err());
    let world = sandbox.world().await;
    assert_eq!(held(&world), ["LC-1"], "the world knows better");
    let id = world["elr"]["documents"].as_array().expect("list").last().expect("one")["id"]
        .as_str()
        .expect("id")
        .to_owned();
    let listed =
        || async { sandbox.get("/einvoicing/documents").await["value"].as_array().expect("list").len() };
    assert_eq!(listed().await, 0);
    let status = sandbox.call(Method::GET, &format!("/einvoicing/documents/{id}/status"));
    assert_eq!(sandbox.refused(status).await.0, 404);
    sandbox.advance(20).await;
    assert_eq!(listed().await, 1);
    assert_eq!(sandbox.status(&id).await["status"], "Complete");
}

#[tokio::test]
async fn timeout_before_never_processes_and_never_answers() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "submit", "fault": "timeout_before", "count": 1})).await;
    let call = sandbox
        .submission("GB-B2B-PEPPOL", "ubl-invoice", &invoice("TB-1"))
        .timeout(Duration::from_millis(300));
    assert!(call.send().await.expect_err("no answer").is_timeout());
    assert!(held(&sandbox.world().await).is_empty());
    assert_eq!(sandbox.submit("GB-B2B-PEPPOL", &invoice("TB-1")).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn server_error_comes_as_html_and_as_json() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "submit", "fault": "server_error", "count": 2})).await;
    let html = sandbox.submit("GB-B2B-PEPPOL", &invoice("SE-1")).await;
    assert_eq!(html.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(html.headers()["content-type"], "text/html");
    assert!(html.text().await.expect("a body").trim_start().starts_with("<html>"));
    let body: Value = sandbox.submit("GB-B2B-PEPPOL", &invoice("SE-1")).await.json().await.expect("JSON");
    assert_eq!(body["error"], "500");
    assert!(held(&sandbox.world().await).is_empty(), "neither was processed");
    sandbox.fault(json!({"operation": "status", "fault": "server_error", "variant": "json"})).await;
    for _ in 0..2 {
        let call = sandbox.call(Method::GET, &format!("/einvoicing/documents/{RECORDED_DOCUMENT}/status"));
        assert_eq!(sandbox.refused(call).await.1["error"], "500");
    }
}

#[tokio::test]
async fn expired_token_is_dead_for_every_further_call() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "status", "fault": "expired_token", "count": 1})).await;
    let path = format!("/einvoicing/documents/{RECORDED_DOCUMENT}/status");
    assert_eq!(sandbox.refused(sandbox.call(Method::GET, &path)).await.0, 401);
    assert_eq!(
        sandbox.refused(sandbox.call(Method::GET, &path)).await.0,
        401,
        "the fault is over, the token stays dead"
    );
}

#[tokio::test]
async fn malformed_body_is_half_an_answer_to_a_processed_call() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "submit", "fault": "malformed_body", "count": 1})).await;
    let response = sandbox.submit("GB-B2B-PEPPOL", &invoice("MB-1")).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let text = response.text().await.expect("a body");
    assert!(text.starts_with("{\"id\"") && serde_json::from_str::<Value>(&text).is_err(), "{text}");
    assert_eq!(held(&sandbox.world().await), ["MB-1"]);
}

#[tokio::test]
async fn slow_takes_its_time() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "*", "fault": "slow", "seconds": 0.4, "count": 1})).await;
    let started = Instant::now();
    sandbox.get("/scs/companies").await;
    assert!(started.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn the_simulated_rate_limit_can_be_lifted() {
    let sandbox = sandbox().await;
    sandbox.settings(json!({"rate_limit": {"enabled": true, "calls": 3, "per_s": 60}})).await;
    let call = || sandbox.call(Method::GET, "/scs/companies").send();
    for _ in 0..3 {
        assert_eq!(call().await.expect("an answer").status(), StatusCode::OK);
    }
    let limited = call().await.expect("an answer");
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: i64 = limited.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=60).contains(&seconds));
    sandbox.advance(seconds).await;
    assert_eq!(call().await.expect("an answer").status(), StatusCode::OK);
    assert_eq!(sandbox.world().await["elr"]["calls_over_limit"], 1);
}

/// A cut connection is that of the faulted call alone.
#[tokio::test]
async fn other_connections_are_not_cut() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "companies", "fault": "lost_reply"})).await;
    let other = client();
    let call = |client: &reqwest::Client, path: &str| {
        client.get(sandbox.elr(path)).bearer_auth("driver-token").header("avalara-version", "1.6").send()
    };
    assert!(call(&other, "/einvoicing/mandates").await.is_ok());
    assert!(call(&sandbox.client, "/scs/companies").await.is_err());
    assert!(call(&other, "/einvoicing/mandates").await.is_ok());
    assert!(call(&sandbox.client, "/einvoicing/mandates").await.is_ok(), "on a new connection");
}

#[tokio::test]
async fn faults_can_be_listed_replaced_and_cleared() {
    let sandbox = sandbox().await;
    sandbox.fault(json!({"operation": "list", "fault": "server_error", "every": 5})).await;
    sandbox.fault(json!({"operation": "list", "fault": "slow", "seconds": 1})).await;
    sandbox.fault(json!({"operation": "list", "fault": "server_error", "every": 9, "count": 4})).await;
    let all = sandbox.plane(Method::GET, "/faults", Value::Null).await;
    assert_eq!(all.as_array().expect("list").len(), 2, "{all}");
    assert_eq!(all[1]["every"], 9);
    assert_eq!(sandbox.plane(Method::DELETE, "/faults", Value::Null).await, json!([]));
    sandbox.get("/einvoicing/documents").await;
    for wrong in [
        json!({"system": "elr", "operation": "post", "fault": "slow"}),
        json!({"system": "elr", "operation": "list", "fault": "fire"}),
        json!(7),
    ] {
        let response =
            sandbox.client.put(sandbox.control("/faults")).json(&wrong).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}
