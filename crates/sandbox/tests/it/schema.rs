//! Our answers against the schemas derived from the official client.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{RECORDED_DOCUMENT, Sandbox, invoice, sandbox, shared};

/// The schemas, and what they cannot say of themselves.
fn specification() -> Option<Value> {
    let path = shared("vendors/elr/elr_openapi.json")?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).expect("the specification")).expect("JSON"))
}

fn conforms(specification: &Value, name: &str, answer: &Value) {
    let schema =
        json!({"$ref": format!("#/components/schemas/{name}"), "components": specification["components"]});
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(answer)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}\n{answer:#}");
    let known = specification["components"]["schemas"][name]["properties"].as_object().expect("properties");
    for field in answer.as_object().expect("an object").keys().filter(|field| *field != "companyId") {
        assert!(known.contains_key(field), "{name} has no {field}");
    }
}

#[tokio::test]
async fn answers_conform_to_the_client() {
    let Some(specification) = specification() else { return };
    let sandbox = sandbox().await;
    let id = sandbox.submitted("GB-B2B-PEPPOL", &invoice("S-1")).await;
    for (name, path) in [
        ("MandatesResponse", "/einvoicing/mandates?$count=true"),
        ("DataInputFieldsResponse", "/einvoicing/data-input-fields?$count=true"),
        ("CodeListListResponse", "/einvoicing/codelists?countryCode=DE&$count=true"),
        ("DocumentListResponse", "/einvoicing/documents?$count=true&$include=events&startDate=2024-01-01"),
        ("SearchParticipants200Response", "/einvoicing/trading-partners?$search=a&count=true"),
        ("SubscriptionListResponse", "/einvoicing/webhooks/subscriptions?count=true"),
        (
            "TaxIdentifierSchemaByCountry200Response",
            "/einvoicing/tax-identifiers/schema?countryCode=DE&type=response",
        ),
    ] {
        conforms(&specification, name, &sandbox.get(path).await);
    }
    for id in [id.as_str(), RECORDED_DOCUMENT] {
        conforms(&specification, "DocumentStatusResponse", &sandbox.status(id).await);
    }
    for document in sandbox.get("/einvoicing/documents?startDate=2024-01-01&$include=events").await["value"]
        .as_array()
        .expect("list")
    {
        conforms(&specification, "DocumentSummary", document);
    }
    for mandate in sandbox.get("/einvoicing/mandates").await["value"].as_array().expect("list") {
        conforms(&specification, "Mandate", mandate);
    }
    for field in sandbox.get("/einvoicing/data-input-fields").await["value"].as_array().expect("list") {
        conforms(&specification, "DataInputField", field);
    }
    for partner in
        sandbox.get("/einvoicing/trading-partners?$search=a").await["value"].as_array().expect("list")
    {
        conforms(&specification, "TradingPartner", partner);
    }
    let fields =
        "/einvoicing/mandates/DE-B2B-PEPPOL/data-input-fields?documentType=ubl-invoice&documentVersion=2.1";
    for field in sandbox.get(fields).await.as_array().expect("an array") {
        conforms(&specification, "MandateDataInputField", field);
    }
    let list = sandbox.get("/einvoicing/codelists?countryCode=DE").await;
    let list = format!(
        "/einvoicing/codelists/{}?countryCode=DE",
        list["value"][0]["codeListId"].as_str().expect("id")
    );
    conforms(&specification, "CodeListResponse", &sandbox.get(&list).await);
    refusals(&specification, &sandbox).await;
}

async fn refusals(specification: &Value, sandbox: &Sandbox) {
    let get = |path: &str| sandbox.call(Method::GET, path);
    let shape = |name: &'static str, call| async move {
        conforms(specification, name, &sandbox.refused(call).await.1)
    };
    shape("BadRequest", get("/einvoicing/codelists")).await;
    shape("NotFoundError", get("/einvoicing/documents/none/status")).await;
    shape(
        "BadDownloadRequest",
        get(&format!("/einvoicing/documents/{RECORDED_DOCUMENT}/$download")).header("Accept", "text/csv"),
    )
    .await;
    shape("ForbiddenError", sandbox.submission("AU-B2B-PEPPOL", "ubl-invoice", "<x/>")).await;
    shape("DocumentSubmissionError", sandbox.submission("AU-NONE", "ubl-invoice", "<x/>")).await;
    shape("ErrorResponse", get("/einvoicing/trading-partners")).await;
    shape("WebhooksErrorResponse", get("/einvoicing/webhooks/subscriptions/none")).await;
    let own = sandbox
        .call(Method::POST, "/einvoicing/tax-identifiers/validate")
        .json(&json!({"countryCode": "DE", "identifierType": "VAT", "identifier": "DE123456788"}));
    conforms(
        specification,
        "TaxIdentifierResponse",
        &own.send().await.expect("an answer").json().await.expect("JSON"),
    );
}
