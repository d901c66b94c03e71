//! The API as committed, and as it answers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use counterfoil::api::{App, openapi, router};
use counterfoil::engine::effects::Effects;
use counterfoil::engine::{Engine, Settings};
use counterfoil::store::{Key, Store};
use tower::ServiceExt as _;

const TOKEN: &str = "a-token-of-this-test";

async fn app(folder: &std::path::Path) -> App {
    let key = Key::in_folder(folder).expect("key");
    let store = Store::open(&format!("sqlite:{}", folder.join("counterfoil.db").display()), key)
        .await
        .expect("opens");
    App::new(Engine::new(store, Settings::default(), Effects::default()).await.expect("engine"), Some(TOKEN))
}

#[test]
fn the_committed_description_is_that_of_the_router() {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.json");
    let committed = std::fs::read_to_string(committed).expect("openapi.json is committed");
    assert!(committed == openapi(), "write it anew: counterfoil openapi > openapi.json");
}

#[tokio::test]
async fn every_route_but_the_public_ones_wants_a_token() {
    let folder = tempfile::tempdir().expect("folder");
    let app = app(folder.path()).await;
    let description: serde_json::Value = serde_json::from_str(&openapi()).expect("JSON");
    let public = ["/healthz", "/readyz", "/metrics", "/v1/webhooks/{connection}"];
    let paths = description["paths"].as_object().expect("paths");
    assert!(paths.len() > 25, "{}", paths.len());
    for (path, methods) in paths.iter().filter(|(path, _)| !public.contains(&path.as_str())) {
        for method in methods.as_object().expect("methods").keys() {
            let uri =
                path.replace("{id}", "doc_00000000000000000000000000000000").replace("{kind}", "mandates");
            let uri = format!("{uri}?media_type=x&to=ubl");
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(uri.trim_end_matches('?'))
                .header("content-type", "application/json")
                .body(Body::from("{}"))
                .expect("request");
            let answer = router(app.clone()).oneshot(request).await.expect("answers");
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_token_of_a_scope_may_do_that_and_no_more() {
    let folder = tempfile::tempdir().expect("folder");
    let app = app(folder.path()).await;
    let event = counterfoil::engine::verbs::event("test", "token_made", "t");
    let (_, token) =
        app.engine().store().create_token("reader", &["read".to_owned()], event).await.expect("made");
    for (method, uri, expected) in [
        ("GET", "/v1/documents", StatusCode::OK),
        ("POST", "/v1/flows", StatusCode::UNPROCESSABLE_ENTITY),
        ("GET", "/v1/tokens", StatusCode::FORBIDDEN),
        ("POST", "/v1/documents", StatusCode::FORBIDDEN),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from("{}"))
            .expect("request");
        let answer = router(app.clone()).oneshot(request).await.expect("answers");
        assert_eq!(answer.status(), expected, "{method} {uri}");
    }
}
