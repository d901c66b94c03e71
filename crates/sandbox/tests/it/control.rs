//! The control plane: the announcement, the world, seeding, settings.

use counterfoil_sandbox::{Options, start};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{INVOICE, RECORDED_COMPANY, RECORDED_DOCUMENT, bare, invoice, sandbox, sandbox_of};

#[tokio::test]
async fn the_announcement_names_every_address_that_answers() {
    let sandbox = sandbox().await;
    let announced: Value = serde_json::from_str(&sandbox.running.announcement()).expect("JSON");
    assert!(sandbox.running.announcement().starts_with("{\"elr\":\"http://127.0.0.1:"));
    assert_eq!(announced["control"], sandbox.running.control());
    assert_eq!(announced["elr"], sandbox.running.url("elr").expect("elr"));
    assert_ne!(announced["elr"], announced["control"]);
}

#[tokio::test]
async fn ports_follow_the_base_and_a_busy_one_is_an_error() {
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let options = Options { port_base: Some(free), ..Options::default() };
    let running = start(options.clone()).await.expect("the sandbox starts");
    assert_eq!(running.control(), format!("http://127.0.0.1:{free}"));
    assert_eq!(running.url("elr"), Some(format!("http://127.0.0.1:{}", free + 1).as_str()));
    let busy = start(options).await.expect_err("the ports are taken");
    assert!(busy.to_string().contains(&free.to_string()), "{busy}");
    running.stop().await;
    let highest = Options { port_base: Some(u16::MAX), ..Options::default() };
    assert!(start(highest).await.is_err(), "no room for a second port");
}

/// What a demo compares with: number, type, status, company, supplier, digest and the exact bytes.
#[tokio::test]
async fn the_world_shows_documents_and_calls() {
    let sandbox = sandbox().await;
    let before = sandbox.world().await;
    let id = sandbox.submitted("GB-B2B-PEPPOL", &invoice("W-1")).await;
    sandbox.status(&id).await;
    let nameless = sandbox
        .client
        .get(sandbox.elr("/scs/companies"))
        .bearer_auth("driver-token")
        .header("avalara-version", "1.0");
    nameless.send().await.expect("an answer");
    let world = sandbox.world().await;
    let held = world["elr"]["documents"].as_array().expect("list").last().expect("a document");
    assert_eq!(held["id"], id);
    assert_eq!(
        (&held["number"], &held["type"], &held["status"]),
        (&json!("W-1"), &json!("ubl-invoice"), &json!("Complete"))
    );
    assert_eq!(
        (&held["companyId"], &held["supplier"]),
        (&json!(RECORDED_COMPANY), &json!("Northwind Instruments Ltd"))
    );
    assert_eq!(held["client"], "test");
    assert!(held["submitted_at"].as_str().expect("an instant").ends_with('Z'));
    assert_eq!(held["digest"].as_str().expect("hex").len(), 64);
    assert_eq!(world["elr"]["calls"]["submit"], 1);
    assert_eq!(world["elr"]["calls"]["status"], 1);
    assert_eq!(
        world["elr"]["calls_without_client"].as_u64(),
        before["elr"]["calls_without_client"].as_u64().map(|n| n + 1)
    );
    assert_eq!(world["elr"]["clients"], json!({"test": 2}));

    let whole = sandbox.plane(Method::GET, &format!("/world/elr/documents/{id}"), Value::Null).await;
    assert_eq!(whole["data"], invoice("W-1"));
    assert_eq!(whole["events"].as_array().expect("list").len(), 3);
    let data = sandbox
        .client
        .get(sandbox.control(&format!("/world/elr/documents/{RECORDED_DOCUMENT}/data")))
        .send()
        .await
        .expect("an answer");
    assert_eq!(data.bytes().await.expect("a body"), INVOICE.as_bytes());
    for path in [
        "/world/elr/documents/none",
        "/world/elr/documents/none/data",
        "/world/xero",
        "/else",
        "/world/xero/documents/a",
    ] {
        let response = sandbox.client.get(sandbox.control(path)).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

/// A demo seeds one company per seller: by VAT number, by address with scheme, by name; twice the same code is one.
#[tokio::test]
async fn seeded_companies_take_their_documents() {
    let sandbox = sandbox_of(bare(0)).await;
    for identifiers in [
        json!(["GB777777771"]),
        json!([{"schemeId": "9932", "value": "GB777777771"}]),
        json!(["9932:GB 777777771"]),
        json!([]),
    ] {
        let company = json!({"name": "Northwind  instruments LTD", "code": "N", "country": "GB", "identifiers": identifiers, "mandates": ["XX-SIM-PEPPOL"]});
        let company = sandbox.plane(Method::POST, "/seed/elr/companies", company).await;
        let id = sandbox.submitted("XX-SIM-PEPPOL", &invoice("C-1")).await;
        let answer = sandbox.status(&id).await;
        assert_eq!(
            (&answer["status"], &answer["companyId"]),
            (&json!("Complete"), &company["id"]),
            "{identifiers}: {answer}"
        );
    }
    assert_eq!(sandbox.get("/scs/companies").await["@recordsetCount"], 1);
    let other = json!({"name": "Other", "code": "N", "country": "GB", "identifiers": ["0088:GB777777771"], "mandates": ["XX-SIM-PEPPOL"]});
    sandbox.plane(Method::POST, "/seed/elr/companies", other).await;
    // Without the scheme the number is the VAT number of the invoice, so it still is this company.
    let (status, _) = sandbox.verdict("XX-SIM-PEPPOL", &invoice("C-2")).await;
    assert_eq!(status, "Complete");
    let stranger = json!({"name": "Other", "code": "N", "country": "GB", "identifiers": ["DE1"], "mandates": ["XX-SIM-PEPPOL"]});
    sandbox.plane(Method::POST, "/seed/elr/companies", stranger).await;
    let (status, messages) = sandbox.verdict("XX-SIM-PEPPOL", &invoice("C-3")).await;
    assert_eq!(
        (status.as_str(), messages.as_slice()),
        (
            "Error",
            &["The supplier Northwind Instruments Ltd is not a company of this tenant.".to_owned()][..]
        )
    );
}

#[tokio::test]
async fn what_cannot_be_seeded_or_set_is_refused_with_a_reason() {
    let sandbox = sandbox().await;
    for (method, path, body) in [
        (
            Method::POST,
            "/seed/elr/companies",
            json!({"name": "A", "code": "A", "country": "GB", "mandates": ["GB-B2B-MAGIC"]}),
        ),
        (Method::POST, "/seed/elr/companies", json!({"name": "A"})),
        (
            Method::POST,
            "/seed/elr/partners",
            json!({"name": "A", "country": "GB", "identifiers": [], "accepts": ["orders"]}),
        ),
        (Method::POST, "/seed/elr/documents", json!({"mandate": "none", "data": "<x/>"})),
        (Method::PUT, "/settings", json!({"elr": {"colour": 1}})),
        (Method::PUT, "/settings", json!({"elr": {"rate_limit": {"per_s": 0}}})),
        (Method::POST, "/clock", json!({"advance_s": -1})),
        (Method::POST, "/clock", json!({"advance_s": i64::MAX})),
    ] {
        let response = sandbox
            .client
            .request(method, sandbox.control(path))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path} {body}");
        let answer: Value = response.json().await.expect("JSON");
        assert!(answer["error"].as_str().is_some_and(|text| text.len() > 10), "{answer}");
    }
    for (path, body) in [("/seed/elr/mandates", json!({})), ("/seed/xero/companies", json!({}))] {
        let response =
            sandbox.client.post(sandbox.control(path)).json(&body).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn inbound_documents_can_be_seeded() {
    let sandbox = sandbox().await;
    let seeded = sandbox
        .plane(
            Method::POST,
            "/seed/elr/documents",
            json!({"mandate": "GB-B2B-PEPPOL", "data": invoice("IN-1")}),
        )
        .await;
    let list = sandbox.get("/einvoicing/documents?flow=in").await;
    assert_eq!(list["value"][0]["id"], seeded["id"]);
    assert_eq!((&list["value"][0]["flow"], &list["value"][0]["status"]), (&json!("in"), &json!("Complete")));
}

/// Seeding the furnished company again changes its mandates, not its identity.
#[tokio::test]
async fn a_company_seeded_again_keeps_its_id() {
    let sandbox = sandbox().await;
    let again = json!({"name": "Ausstehend Handels GmbH", "code": "AUSSTEHEND", "country": "DE", "mandates": ["DE-B2B-PEPPOL"]});
    let before = sandbox.get("/scs/companies").await;
    let id = &before["value"]
        .as_array()
        .expect("list")
        .iter()
        .find(|one| one["companyCode"] == "AUSSTEHEND")
        .expect("it")["id"];
    let registrations = format!("/orl/registrations?companyId={}", id.as_str().expect("id"));
    assert_eq!(sandbox.get(&registrations).await["value"][0]["status"]["code"], "Pending");
    let seeded = sandbox.plane(Method::POST, "/seed/elr/companies", again).await;
    assert_eq!(&seeded["id"], id);
    assert_eq!(sandbox.get(&registrations).await["value"][0]["status"]["code"], "Completed");
}

/// The page that others script against names every operation, fault and setting there is.
#[tokio::test]
async fn the_page_is_complete() {
    let page = include_str!("../../../../docs/sandbox.md");
    let sandbox = sandbox().await;
    let world = sandbox.world().await;
    let operations = world["elr"]["calls"].as_object().expect("operations").keys();
    let settings = sandbox.plane(Method::GET, "/settings", Value::Null).await;
    let settings = settings["elr"].as_object().expect("settings").keys();
    let faults =
        "rate_limit lost_reply late_commit timeout_before server_error expired_token malformed_body slow";
    let document = world["elr"]["documents"][0].as_object().expect("a document").keys();
    for name in operations.chain(settings).chain(document).map(String::as_str).chain(faults.split(' ')) {
        assert!(page.contains(&format!("`{name}`")), "docs/sandbox.md does not name {name}");
    }
}

/// Companies of a group may share a number: the one that more of the document's names belong to has it.
#[tokio::test]
async fn the_company_with_most_names_in_common_has_the_document() {
    let sandbox = sandbox_of(bare(0)).await;
    let mut ids = Vec::new();
    for (code, name, identifiers, mandates) in [
        ("A", "Northwind Holding", json!(["GB777777771"]), json!(["XX-SIM-PEPPOL"])),
        ("B", "Northwind Instruments Ltd", json!(["GB777777771"]), json!(["XX-SIM-PEPPOL"])),
        ("C", "Northwind Services", json!(["GB777777771"]), json!(["XX-SIM-EN16931"])),
    ] {
        let company = json!({"name": name, "code": code, "country": "GB", "identifiers": identifiers, "mandates": mandates});
        ids.push(sandbox.plane(Method::POST, "/seed/elr/companies", company).await["id"].clone());
    }
    let company_of = async |mandate: &str, xml: &str| {
        let id = sandbox.submitted(mandate, xml).await;
        sandbox.status(&id).await["companyId"].clone()
    };
    assert_eq!(company_of("XX-SIM-PEPPOL", &invoice("G-1")).await, ids[1]);
    let unnamed = invoice("G-2").replace("Northwind Instruments Ltd", "Northwind");
    assert_eq!(company_of("XX-SIM-PEPPOL", &unnamed).await, ids[0]);
    assert_eq!(company_of("XX-SIM-EN16931", &unnamed).await, ids[2]);
}
