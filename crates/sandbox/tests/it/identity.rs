//! Tokens: how they are got, how they end, what is refused without one.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Sandbox, sandbox};

async fn credentials(sandbox: &Sandbox) -> (String, String) {
    let all = sandbox.plane(Method::GET, "/credentials", Value::Null).await;
    let text = |name: &str| all["elr"][name].as_str().expect("text").to_owned();
    (text("client_id"), text("client_secret"))
}

async fn ask(sandbox: &Sandbox, form: &[(&str, &str)]) -> (StatusCode, Value) {
    let response =
        sandbox.client.post(sandbox.elr("/connect/token")).form(form).send().await.expect("an answer");
    (response.status(), response.json().await.expect("JSON"))
}

async fn token(sandbox: &Sandbox) -> String {
    let (id, secret) = credentials(sandbox).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
    ];
    let (status, answer) = ask(sandbox, &form).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["access_token"].as_str().expect("a token").to_owned()
}

async fn companies(sandbox: &Sandbox, token: &str) -> StatusCode {
    let call =
        sandbox.client.get(sandbox.elr("/scs/companies")).bearer_auth(token).header("avalara-version", "1.0");
    call.send().await.expect("an answer").status()
}

#[tokio::test]
async fn a_token_lives_for_an_hour_of_the_simulated_clock() {
    let sandbox = sandbox().await;
    let token = token(&sandbox).await;
    assert_eq!(companies(&sandbox, &token).await, StatusCode::OK);
    sandbox.advance(3_590).await;
    assert_eq!(companies(&sandbox, &token).await, StatusCode::OK);
    sandbox.advance(11).await;
    assert_eq!(companies(&sandbox, &token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(companies(&sandbox, &self::token(&sandbox).await).await, StatusCode::OK);
}

/// RFC 6749, section 5.2.
#[tokio::test]
async fn refusals_are_those_of_oauth() {
    let sandbox = sandbox().await;
    let (id, secret) = credentials(&sandbox).await;
    let wrong =
        [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", "wrong")];
    assert_eq!(ask(&sandbox, &wrong).await, (StatusCode::BAD_REQUEST, json!({"error": "invalid_client"})));
    let device = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
    ];
    assert_eq!(
        ask(&sandbox, &device).await,
        (StatusCode::BAD_REQUEST, json!({"error": "unsupported_grant_type"}))
    );
    assert_eq!(
        ask(&sandbox, &[("client_id", "x")]).await,
        (StatusCode::BAD_REQUEST, json!({"error": "invalid_request"}))
    );

    let call =
        sandbox.client.post(sandbox.elr("/connect/token")).form(&[("grant_type", "client_credentials")]);
    let response =
        call.try_clone().expect("a copy").basic_auth(&id, Some("wrong")).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(response.headers().contains_key("www-authenticate"));
    let response = call.basic_auth(&id, Some(&secret)).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn discovery_needs_no_token_and_points_here() {
    let sandbox = sandbox().await;
    let response =
        sandbox.client.get(sandbox.elr("/.well-known/openid-configuration")).send().await.expect("an answer");
    let answer: Value = response.json().await.expect("JSON");
    assert_eq!(answer["token_endpoint"], sandbox.elr("/connect/token"));
    assert!(answer["device_authorization_endpoint"].is_string(), "the official client reads it");
}

#[tokio::test]
async fn calls_want_a_token_and_a_version() {
    let sandbox = sandbox().await;
    let call = sandbox.client.get(sandbox.elr("/einvoicing/mandates")).header("avalara-version", "1.6");
    assert_eq!(sandbox.refused(call).await.0, 401);
    let call = sandbox.client.get(sandbox.elr("/einvoicing/mandates")).bearer_auth("driver-token");
    let (status, body) = sandbox.refused(call).await;
    assert_eq!(status, 400);
    assert_eq!(body["error"], "400");
    assert!(body["message"].as_str().expect("text").contains("avalara-version"));
}
