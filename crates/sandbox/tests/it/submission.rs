//! Submissions: what is refused at once and in which shape, what is taken, what it is called.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Sandbox, bare, form, invoice, metadata, sandbox, sandbox_of};

async fn refused(sandbox: &Sandbox, metadata: &Value) -> (u16, Value) {
    let call = sandbox.call(Method::POST, "/einvoicing/documents").multipart(form(metadata, &invoice("M-1")));
    sandbox.refused(call).await
}

/// Each required field, and each wrong value, is named; nothing is stored.
#[tokio::test]
async fn metadata_is_refused_at_once_in_the_submission_shape() {
    let sandbox = sandbox().await;
    let right = metadata("GB-B2B-PEPPOL", "ubl-invoice");
    for name in ["workflowId", "dataFormat", "dataFormatVersion", "countryCode", "countryMandate"] {
        for value in [None, Some(json!("")), Some(json!("nonsense")), Some(json!(2.1))] {
            let mut wrong = right.clone();
            match value.clone() {
                Some(value) => wrong[name] = value,
                None => drop(wrong.as_object_mut().expect("object").remove(name)),
            }
            let (status, body) = refused(&sandbox, &wrong).await;
            assert_eq!((status, &body["StatusCode"]), (400, &json!("400")), "{name} {value:?}: {body}");
            assert!(body["Message"].as_str().expect("text").contains(name), "{body}");
        }
    }
    assert_eq!(sandbox.world().await["elr"]["documents"].as_array().expect("list").len(), 2);
}

/// A version that is a number in the metadata of `$fetch` is text here; the older spelling of the shape is small.
#[tokio::test]
async fn the_shape_is_spelled_small_up_to_version_1_4() {
    let mut sandbox = sandbox().await;
    sandbox.version = "1.4";
    let (status, body) = refused(&sandbox, &json!({})).await;
    assert_eq!((status, &body["statusCode"]), (400, &json!("400")));
    assert!(body["message"].is_string());
}

#[tokio::test]
async fn a_mandate_that_is_not_activated_is_forbidden() {
    let sandbox = sandbox().await;
    // Known, but no company of the tenant has it.
    let (status, body) = refused(&sandbox, &metadata("AU-B2B-PEPPOL", "ubl-invoice")).await;
    assert_eq!(status, 403);
    assert_eq!(body.as_object().expect("object").keys().collect::<Vec<_>>(), ["Message"]);
    // Activated for another company: only the XML shows whose document it is, so the verdict says it.
    let (status, messages) = sandbox.verdict("DE-B2B-PEPPOL", &invoice("M-2")).await;
    assert_eq!(status, "Error");
    assert_eq!(
        messages,
        ["The mandate DE-B2B-PEPPOL is not activated for the company Northwind Instruments Ltd."]
    );
}

#[tokio::test]
async fn a_choice_of_output_format_is_demanded_where_there_is_one() {
    let sandbox = sandbox().await;
    let mut metadata = metadata("FR-B2B-REPORTING", "ubl-invoice");
    assert!(
        refused(&sandbox, &metadata).await.1["Message"].as_str().expect("text").contains("outputDataFormat")
    );
    metadata["outputDataFormat"] = json!("cii");
    metadata["outputDataFormatVersion"] = json!("D22B");
    let call =
        sandbox.call(Method::POST, "/einvoicing/documents").multipart(form(&metadata, &invoice("FR-1")));
    assert_eq!(call.send().await.expect("an answer").status(), 201);
}

/// Business Central sends the metadata part without a content type, and lines ended by carriage return and line feed.
#[tokio::test]
async fn parts_without_content_type_are_taken() {
    let sandbox = sandbox().await;
    let metadata = metadata("GB-B2B-PEPPOL", "ubl-invoice").to_string();
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{metadata}\r\n\
         --edge\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{}\r\n--edge--\r\n",
        invoice("BC-1")
    );
    let call = sandbox.call(Method::POST, "/einvoicing/documents");
    let call = call.header("Content-Type", "multipart/form-data; boundary=edge").body(body);
    let answer: Value = call.send().await.expect("an answer").json().await.expect("JSON");
    let id = answer["id"].as_str().expect("an id");
    let held = sandbox
        .client
        .get(sandbox.control(&format!("/world/elr/documents/{id}/data")))
        .send()
        .await
        .expect("an answer");
    assert_eq!(held.text().await.expect("a body"), invoice("BC-1"));
}

#[tokio::test]
async fn envelopes_that_cannot_be_read_are_refused() {
    let sandbox = sandbox().await;
    let post = || sandbox.call(Method::POST, "/einvoicing/documents");
    let metadata = metadata("GB-B2B-PEPPOL", "ubl-invoice").to_string();
    for call in [
        post().body("neither"),
        post().header("Content-Type", "multipart/form-data; boundary=x").body("--y\r\n"),
        post().multipart(Form::new().text("data", "<x/>")),
        post().multipart(Form::new().text("metadata", metadata.clone())),
        post().multipart(Form::new().text("metadata", metadata.clone()).text("data", "")),
        post().multipart(Form::new().text("metadata", "[]").text("data", "<x/>")),
    ] {
        let (status, body) = sandbox.refused(call).await;
        assert_eq!(status, 400, "{body}");
        assert!(body["Message"].is_string(), "{body}");
    }
    let large = Part::bytes(vec![b'x'; 23 << 20]);
    let call = post().multipart(Form::new().text("metadata", metadata).part("data", large));
    assert_eq!(sandbox.refused(call).await.0, 413);
}

/// Two submissions are two documents: the service does not look for repetitions, the world shows them.
#[tokio::test]
async fn a_repetition_is_a_second_document() {
    let sandbox = sandbox().await;
    let first = sandbox.submitted("GB-B2B-PEPPOL", &invoice("R-1")).await;
    assert!(sandbox.world().await["elr"]["duplicates"].as_array().expect("list").is_empty());
    let second = sandbox.submitted("GB-B2B-PEPPOL", &invoice("R-1")).await;
    assert_ne!(first, second);
    let world = sandbox.world().await;
    let duplicates = world["elr"]["duplicates"].as_array().expect("list");
    assert_eq!(duplicates.len(), 1);
    assert_eq!(duplicates[0]["number"], "R-1");
    assert_eq!(duplicates[0]["ids"], json!([first, second]));
}

/// The same seed and content give the same identifiers and receipts, whatever came before; another seed others.
#[tokio::test]
async fn identifiers_depend_on_seed_and_content() {
    let company = json!({"name": "Northwind Instruments Ltd", "code": "N", "country": "GB",
        "identifiers": ["GB777777771"], "mandates": ["GB-B2B-PEPPOL"]});
    let mut runs = Vec::new();
    for (seed, before) in [(7, 0), (7, 3), (8, 0)] {
        let sandbox = sandbox_of(bare(seed)).await;
        let seeded = sandbox.plane(Method::POST, "/seed/elr/companies", company.clone()).await;
        for number in 0..before {
            sandbox.submitted("GB-B2B-PEPPOL", &invoice(&format!("B-{number}"))).await;
        }
        let id = sandbox.submitted("GB-B2B-PEPPOL", &invoice("S-1")).await;
        let status = sandbox.status(&id).await;
        let credentials =
            sandbox.plane(Method::GET, "/credentials", Value::Null).await["elr"]["client_secret"].clone();
        runs.push((seeded["id"].clone(), id, status["events"][1]["responseValue"].clone(), credentials));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0].0, runs[2].0);
    assert_ne!(runs[0].1, runs[2].1);
    assert_ne!(runs[0].3, runs[2].3);
}

#[tokio::test]
async fn verdicts_come_when_the_clock_says_so() {
    let sandbox = sandbox().await;
    sandbox.settings(json!({"processing_ms": 30_000})).await;
    let id = sandbox.submitted("GB-B2B-PEPPOL", &invoice("V-1")).await;
    assert_eq!(sandbox.status(&id).await["status"], "Pending");
    sandbox.advance(29).await;
    assert_eq!(sandbox.status(&id).await["status"], "Pending");
    sandbox.advance(1).await;
    let done = sandbox.status(&id).await;
    assert_eq!(done["status"], "Complete");
    let keys: Vec<&str> = done["events"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|event| event["responseKey"].as_str())
        .collect();
    assert_eq!(keys, ["Receipt Message ID", "Authority Document Number"]);
}

/// Pulled from a tax authority: taken, then a document of its own that belongs to the customer's company.
#[tokio::test]
async fn fetching_an_inbound_document() {
    let sandbox = sandbox().await;
    let company = json!({"name": "Fabrikam Stores Ltd", "code": "FAB", "country": "GB", "identifiers": ["9932:GB123456789"]});
    let company = sandbox.plane(Method::POST, "/seed/elr/companies", company).await;
    let mut request = json!({
        "data": [{"key": "invoiceNumber", "value": "IL<1>"}],
        "metadata": {"workflowId": "partner-einvoicing", "dataFormat": "ubl-invoice", "dataFormatVersion": 2.1, "outputDataFormat": "ubl",
            "outputDataFormatVersion": 2.1, "countryCode": "IL", "countryMandate": "IL-B2B-CLEARANCE"},
    });
    let response = sandbox
        .call(Method::POST, "/einvoicing/documents/$fetch")
        .json(&request)
        .send()
        .await
        .expect("an answer");
    let answer: Value = response.json().await.expect("JSON");
    assert_eq!(answer["status"], "Accepted");
    assert!(answer["eventDateTime"].is_string());
    let list = sandbox.get("/einvoicing/documents?flow=in").await;
    assert_eq!(list["value"][0]["id"], answer["id"]);
    assert_eq!(list["value"][0]["documentNumber"], "IL<1>");
    assert_eq!(list["value"][0]["companyId"], company["id"]);
    request["metadata"]["dataFormatVersion"] = json!("2.1");
    let call = sandbox.call(Method::POST, "/einvoicing/documents/$fetch").json(&request);
    let (status, body) = sandbox.refused(call).await;
    assert_eq!((status, &body["error"]), (400, &json!("400")));
}
