//! Our answers have the shape of the recorded ones: every recorded field is there, with the same type.

use serde_json::{Value, json};

use crate::support::{INVOICE, RECORDED_COMPANY, RECORDED_DOCUMENT, Sandbox, invoice, sandbox, shared};

const FOLDER: &str = "vendors/elr/recorded/HttpResponseFiles";

/// A recorded answer. One file has a comma too many, which is taken out.
fn recorded(name: &str) -> Option<Value> {
    let path = shared(FOLDER)?.join(name);
    let text = std::fs::read_to_string(path).expect("a recorded answer");
    let squeezed: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(serde_json::from_str(&squeezed.replace(", }", " }")).expect("JSON"))
}

/// Every field of `wanted` is in `ours` with the same type. An entry of a list must be matched by one of our entries.
fn difference(wanted: &Value, ours: &Value, at: &str) -> Option<String> {
    match (wanted, ours) {
        (Value::Object(wanted), Value::Object(ours)) => wanted.iter().find_map(|(name, value)| {
            let at = format!("{at}/{name}");
            match ours.get(name) {
                Some(own) => difference(value, own, &at),
                None => Some(format!("{at} is missing")),
            }
        }),
        (Value::Array(wanted), Value::Array(ours)) => wanted.iter().enumerate().find_map(|(index, value)| {
            let best = ours.iter().map(|own| difference(value, own, &format!("{at}[{index}]")));
            let differences: Vec<String> = best.flatten().collect();
            (differences.len() == ours.len())
                .then(|| differences.into_iter().next().unwrap_or(format!("{at} is empty")))
        }),
        (Value::Null, _) | (Value::String(_), Value::String(_)) => None,
        (Value::Bool(_), Value::Bool(_)) | (Value::Number(_), Value::Number(_)) => None,
        _ => Some(format!("{at}: recorded {wanted}, ours {ours}")),
    }
}

fn same_shape(name: &str, ours: &Value) {
    if let Some(wanted) = recorded(name) {
        assert_eq!(difference(&wanted, ours, ""), None, "{name}: {ours}");
    }
}

#[test]
fn a_missing_field_and_another_type_are_differences() {
    let wanted = json!({"a": [{"b": 1, "c": "x"}]});
    assert_eq!(difference(&wanted, &json!({"a": [{"b": 2, "c": "y", "d": 0}]}), ""), None);
    assert!(difference(&wanted, &json!({"a": [{"b": 2}]}), "").is_some());
    assert!(difference(&wanted, &json!({"a": [{"b": "2", "c": "y"}]}), "").is_some());
    assert!(difference(&wanted, &json!({"a": []}), "").is_some());
}

#[tokio::test]
async fn companies_and_registrations() {
    let sandbox = sandbox().await;
    same_shape("Companies.txt", &sandbox.get("/scs/companies").await);
    let all = sandbox.get("/orl/registrations").await;
    for name in [
        "UnitTest_ActivationFull.txt",
        "UnitTest_ActivationPending.txt",
        "UnitTest_ActivationMultiCompany.txt",
        "E2E_ActivationData.txt",
    ] {
        same_shape(name, &all);
    }
    let codes: Vec<&str> = all["value"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|one| one["status"]["code"].as_str())
        .collect();
    assert!(codes.contains(&"Completed") && codes.contains(&"Pending"), "{codes:?}");
    let types: Vec<&str> = all["value"]
        .as_array()
        .expect("list")
        .iter()
        .flat_map(|one| one["mandates"].as_array().expect("list"))
        .filter_map(|one| one["mandateType"].as_str())
        .collect();
    assert!(
        types.contains(&"B2B") && types.contains(&"B2G") && types.contains(&""),
        "an empty type is recorded too: {types:?}"
    );
}

#[tokio::test]
async fn registrations_of_one_company() {
    let sandbox = sandbox().await;
    for query in ["%24filter=company%2Fidentifier+eq+", "companyId="] {
        let answer = sandbox.get(&format!("/orl/registrations?{query}{RECORDED_COMPANY}")).await;
        let value = answer["value"].as_array().expect("list");
        assert!(!value.is_empty());
        assert!(value.iter().all(|one| one["company"]["identifier"] == RECORDED_COMPANY));
    }
}

/// `ConnectToken.txt`, by the credentials that the control plane gives away.
#[tokio::test]
async fn token() {
    let sandbox = sandbox().await;
    let credentials = sandbox.plane(reqwest::Method::GET, "/credentials", Value::Null).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", credentials["elr"]["client_id"].as_str().expect("id")),
        ("client_secret", credentials["elr"]["client_secret"].as_str().expect("secret")),
    ];
    let response =
        sandbox.client.post(sandbox.elr("/connect/token")).form(&form).send().await.expect("an answer");
    let answer: Value = response.json().await.expect("JSON");
    same_shape("ConnectToken.txt", &answer);
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["token_type"], "Bearer");
}

#[tokio::test]
async fn the_recorded_document() {
    let sandbox = sandbox().await;
    let answer = sandbox.status(RECORDED_DOCUMENT).await;
    same_shape("GetResponseComplete.txt", &answer);
    same_shape("UnitTest_StatusComplete.txt", &answer);
    if let Some(mut wanted) = recorded("GetResponseComplete.txt") {
        // Its own company, status, instants and message id, to the letter.
        for event in wanted["events"].as_array_mut().expect("list") {
            event.as_object_mut().expect("object").remove("message");
        }
        let mut ours = answer.clone();
        for event in ours["events"].as_array_mut().expect("list") {
            event.as_object_mut().expect("object").remove("message");
        }
        assert_eq!(ours, wanted);
    }
}

#[tokio::test]
async fn submission_and_verdicts() {
    let sandbox = sandbox().await;
    let accepted = sandbox.submit("GB-B2B-PEPPOL", &invoice("A-1")).await;
    assert_eq!(accepted.status(), 201);
    let accepted: Value = accepted.json().await.expect("JSON");
    same_shape("SubmitDocument.txt", &accepted);
    assert_eq!(accepted.as_object().expect("object").len(), 1);

    let id = accepted["id"].as_str().expect("id");
    same_shape("UnitTest_StatusComplete.txt", &sandbox.status(id).await);
    let refused = sandbox
        .submitted(
            "GB-B2B-PEPPOL",
            &INVOICE.replace(
                "<cbc:PayableAmount currencyID=\"GBP\">120.00",
                "<cbc:PayableAmount currencyID=\"GBP\">1.00",
            ),
        )
        .await;
    let refused = sandbox.status(&refused).await;
    assert_eq!(refused["status"], "Error");
    same_shape("GetResponseError.txt", &refused);
    same_shape("UnitTest_StatusError.txt", &refused);

    sandbox.settings(json!({"processing_ms": 60_000})).await;
    let pending = sandbox.submitted("GB-B2B-PEPPOL", &invoice("A-2")).await;
    let pending = sandbox.status(&pending).await;
    assert_eq!(pending["status"], "Pending");
    same_shape("UnitTest_StatusPending.txt", &pending);
}

/// Both spellings of instants occur, and each document keeps its own.
#[tokio::test]
async fn instants_are_spelled_in_both_recorded_ways() {
    let sandbox = sandbox().await;
    let mut colon = 0;
    for number in 0..40 {
        let id = sandbox.submitted("GB-B2B-PEPPOL", &invoice(&format!("T-{number}"))).await;
        let instants = [spelling(&sandbox, &id).await, spelling(&sandbox, &id).await];
        assert_eq!(instants[0], instants[1]);
        colon += usize::from(instants[0]);
    }
    assert!((5..35).contains(&colon), "{colon} of 40 with a colon");
}

/// Whether a document's instants have a colon before the milliseconds and no zone, else a point and a Z.
async fn spelling(sandbox: &Sandbox, id: &str) -> bool {
    let answer = sandbox.status(id).await;
    let instant = answer["events"][0]["eventDateTime"].as_str().expect("an instant").to_owned();
    let (colon, point) = (
        instant.as_bytes()[19] == b':' && instant.len() == 23,
        instant.as_bytes()[19] == b'.' && instant.ends_with('Z'),
    );
    assert!(colon ^ point, "{instant}");
    colon
}

/// The count is a number for version 1.4, as recorded with Business Central, and text for the client of today.
#[tokio::test]
async fn document_lists() {
    let mut sandbox = sandbox().await;
    let path =
        "/einvoicing/documents?flow=in&startDate=2024-08-01T00:00:00&endDate=2024-08-31T00:00:00&count=true";
    let today = sandbox.get(path).await;
    assert_eq!(today["@recordsetCount"], "1");
    same_shape("UnitTest_DocumentList.txt", &today);
    same_shape("UnitTest_DocumentListMinimal.txt", &today);
    sandbox.version = "1.4";
    let earlier = sandbox.get(path).await;
    assert_eq!(earlier["@recordsetCount"], 1);
    same_shape("GetDocuments.txt", &earlier);
    let empty = sandbox.get("/einvoicing/documents?startDate=2020-01-01&endDate=2020-01-02").await;
    assert_eq!(empty, json!({"@nextLink": null, "value": []}));
    if let Some(wanted) = recorded("UnitTest_DocumentListEmpty.txt") {
        assert_eq!(empty, wanted);
    }
}
