//! Commands that speak to a running hub, against routes that record what they are asked.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::program::{INVOICE, Ran, finish, program, run};

/// A hub that answers from a table and keeps what it was asked.
struct Hub {
    data: tempfile::TempDir,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
    _runtime: tokio::runtime::Runtime,
}

type Answer = fn(&str) -> (StatusCode, Value);

impl Hub {
    fn start(answer: Answer) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
        let asked: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let kept = Arc::clone(&asked);
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let kept = Arc::clone(&kept);
            async move {
                if uri.path() == "/healthz" {
                    return StatusCode::OK.into_response();
                }
                if headers.get("authorization").is_none_or(|value| value != "Bearer local-token") {
                    return StatusCode::UNAUTHORIZED.into_response();
                }
                let question = format!("{method} {uri}");
                let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
                kept.lock().expect("not poisoned").push((question.clone(), body));
                respond(answer(&question))
            }
        };
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("binds");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        let data = tempfile::tempdir().expect("folder");
        let server = json!({ "address": address, "token": "local-token" });
        std::fs::write(data.path().join("server.json"), server.to_string()).expect("written");
        Self { data, asked, _runtime: runtime }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        finish(program().args(arguments).env("COUNTERFOIL_DATA", self.data.path()), "")
    }

    fn asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.asked.lock().expect("not poisoned"))
    }
}

fn respond((status, body): (StatusCode, Value)) -> Response {
    if body.is_null() { status.into_response() } else { (status, Json(body)).into_response() }
}

#[test]
fn without_a_running_hub_the_cure_is_named() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().to_str().expect("path");
    let ran = run(&["documents", "list", "--data", path]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("counterfoil serve"), "{}", ran.stderr);
}

#[test]
fn without_a_server_the_folder_itself_answers() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().to_str().expect("path");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let address = format!("sqlite:{path}/counterfoil.db");
    let key = counterfoil::store::Key::in_folder(folder.path()).expect("key");
    let store = runtime.block_on(counterfoil::store::Store::open(&address, key)).expect("opens");
    // While another process has the folder, nobody else works on it.
    let ran = run(&["documents", "list", "--json", "--data", path]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is in use"), "{}", ran.stderr);
    drop(store);
    drop(runtime);
    // A server that was killed leaves its file behind.
    let stale = json!({ "address": "http://127.0.0.1:9", "token": "x" });
    std::fs::write(folder.path().join("server.json"), stale.to_string()).expect("written");
    let ran = run(&["documents", "list", "--json", "--data", path]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json(), json!({ "data": [], "next": null }));
    assert_eq!(run(&["audit", "verify", "--data", path]).code, 0);

    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().expect("path");
    assert_eq!(run(&["backup", copy, "--data", path]).code, 0);
    assert_eq!(run(&["backup", copy, "--data", path]).code, 1, "nothing is overwritten");
    let other = tempfile::tempdir().expect("folder");
    let elsewhere = other.path().to_str().expect("path");
    let ran = run(&["restore", copy, "--data", elsewhere]);
    assert_eq!((ran.code, ran.stderr.contains("--key-file")), (1, true), "{}", ran.stderr);
    let key = folder.path().join("key");
    let key = key.to_str().expect("path");
    assert_eq!(run(&["restore", copy, "--data", elsewhere, "--key-file", key]).code, 0);
    assert_eq!(run(&["flows", "list", "--data", elsewhere, "--key-file", key]).code, 0);
    assert_eq!(
        run(&["restore", copy, "--data", elsewhere, "--key-file", key]).code,
        1,
        "nothing is overwritten"
    );
}

#[test]
fn lists_go_from_page_to_page() {
    let hub = Hub::start(|question| {
        let page = |number: &str, next: Value| json!({ "data": [{ "id": "doc", "number": number, "state": "blocked" }], "next": next });
        match question {
            "GET /v1/documents?state=blocked&q=a+%26+b&limit=1" => (StatusCode::OK, page("I-1", json!("x"))),
            "GET /v1/documents?state=blocked&q=a+%26+b&after=x&limit=1" => {
                (StatusCode::OK, page("I-2", Value::Null))
            }
            _ => (StatusCode::NOT_FOUND, Value::Null),
        }
    });
    let list = ["documents", "list", "--state", "blocked", "-q", "a & b", "--limit", "1"];
    let one = hub.run(&[&list[..], &["--json"]].concat());
    assert_eq!(one.json()["next"], "x", "{}", one.stderr);
    let all = hub.run(&[&list[..], &["--all"]].concat());
    assert_eq!(all.code, 0, "{}", all.stderr);
    let lines: Vec<&str> = all.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "a heading and both rows: {}", all.stdout);
    assert!(lines[1].contains("I-1\t") && lines[2].contains("I-2\t"), "{}", all.stdout);
}

#[test]
fn a_document_is_handed_over_as_it_is() {
    let hub = Hub::start(|question| match question {
        "POST /v1/documents?flow=f&key=mine" => {
            (StatusCode::ACCEPTED, json!({ "id": "doc_1", "key": "mine" }))
        }
        _ => (StatusCode::NOT_FOUND, Value::Null),
    });
    let file = hub.data.path().join("one.xml");
    std::fs::write(&file, INVOICE).expect("written");
    let ran = hub.run(&[
        "documents",
        "add",
        "--flow",
        "f",
        "--key",
        "mine",
        file.to_str().expect("path"),
        "--json",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["answer"]["id"], "doc_1");
}

#[test]
fn some_refused_is_partly_done_and_all_refused_a_failure() {
    let hub = Hub::start(|question| match question {
        "POST /v1/documents/good/send" => (StatusCode::ACCEPTED, Value::Null),
        _ => (StatusCode::NOT_FOUND, json!({ "title": "not found", "detail": "there is no document bad" })),
    });
    let ran = hub.run(&["documents", "send", "good", "bad"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("bad: the server says 404: there is no document bad"), "{}", ran.stderr);
    assert_eq!(hub.run(&["documents", "send", "bad"]).code, 1);
    assert_eq!(hub.run(&["documents", "send", "good"]).code, 0);
}

#[test]
fn a_plan_is_applied_as_it_was_shown() {
    let hub = Hub::start(|question| match question {
        "POST /v1/plan" => {
            let step =
                json!({ "sync": "s", "name": "I-1", "next": "Next: send it.", "outbound": "sha256:aa" });
            (StatusCode::OK, json!({ "steps": [step] }))
        }
        "POST /v1/apply" => {
            let moved = json!({ "outcome": "moved", "sync": "s", "why": "the source changed it" });
            (StatusCode::OK, json!({ "applied": 0, "refused": [moved] }))
        }
        _ => (StatusCode::NOT_FOUND, Value::Null),
    });
    let file = hub.data.path().join("plan.json");
    let path = file.to_str().expect("path");
    let ran = hub.run(&["plan", "--flow", "f", "-o", path]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("Next: send it."));
    let ran = hub.run(&["apply", path]);
    assert_eq!(ran.code, 3, "what has moved is refused");
    assert!(ran.stdout.contains("the source changed it"), "{}", ran.stdout);
    let asked = hub.asked();
    assert_eq!(asked[0], ("POST /v1/plan".to_owned(), json!({ "flow": "f" })));
    let kept: Value = serde_json::from_slice(&std::fs::read(&file).expect("kept")).expect("JSON");
    assert_eq!(asked[1], ("POST /v1/apply".to_owned(), kept));
}

#[test]
fn sync_asks_every_flow_unless_one_is_named() {
    let hub = Hub::start(|question| match question {
        "GET /v1/flows" => {
            (StatusCode::OK, json!({ "data": [{ "id": "f1" }, { "id": "f2" }], "next": null }))
        }
        "POST /v1/flows/f1/sync" | "POST /v1/flows/f2/sync" => (StatusCode::ACCEPTED, json!({ "asked": 2 })),
        _ => (StatusCode::NOT_FOUND, Value::Null),
    });
    assert_eq!(hub.run(&["sync"]).code, 0);
    let questions: Vec<String> = hub.asked().into_iter().map(|(question, _)| question).collect();
    assert_eq!(questions, ["GET /v1/flows", "POST /v1/flows/f1/sync", "POST /v1/flows/f2/sync"]);
    assert_eq!(hub.run(&["sync", "f2", "--document", "d"]).code, 0);
    assert_eq!(hub.asked()[0].1, json!({ "documents": ["d"], "poll_only": false }));
}

#[test]
fn a_broken_chain_is_a_failure() {
    let whole = Hub::start(|_| (StatusCode::OK, json!({ "sealed": 7, "broken_at": null })));
    assert_eq!(whole.run(&["audit", "verify"]).code, 0);
    let broken = Hub::start(|_| {
        (StatusCode::OK, json!({ "sealed": 2, "broken_at": 3, "reason": "an entry was changed" }))
    });
    let ran = broken.run(&["audit", "verify"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("an entry was changed"));
}

#[test]
fn an_exchange_is_exported_byte_for_byte() {
    let hub = Hub::start(|_| (StatusCode::OK, json!({ "note": "n", "request": {} })));
    let out = hub.data.path().join("exchange.json");
    let ran = hub.run(&["exchanges", "export", "ex_1", "-o", out.to_str().expect("path")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(&out).expect("written"), r#"{"note":"n","request":{}}"#);
    assert_eq!(hub.asked()[0].0, "GET /v1/exchanges/ex_1/export");
}
