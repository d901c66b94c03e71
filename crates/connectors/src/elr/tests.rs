use counterfoil_core::fault::{FaultClass, Sent};
use counterfoil_core::outbound::Label;
use serde::de::DeserializeOwned;

use super::*;
use crate::http::Answer;

/// Avalara's certification asks for ten seconds, and the wait after doubt is longer than any call.
#[test]
fn live_environments_are_patient() {
    for environment in ENVIRONMENTS.iter().filter(|environment| environment.name != "simulated") {
        assert!(environment.waits.first_status >= SignedDuration::from_secs(10), "{}", environment.name);
        assert!(environment.waits.after_doubt > environment.waits.timeout, "{}", environment.name);
    }
}

const RECORDED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vendors/elr/recorded/HttpResponseFiles");

fn recorded<T: DeserializeOwned>(name: &str) -> Option<T> {
    let answer = recorded_answer(name, 200)?;
    Some(answer.json().unwrap_or_else(|fault| panic!("{name}: {fault}")))
}

fn recorded_answer(name: &str, status: u16) -> Option<Answer> {
    let Ok(bytes) = std::fs::read(format!("{RECORDED}/{name}.txt")) else {
        assert!(std::env::var("CI").is_err(), "the recorded answers must be there in CI");
        eprintln!("skipped: the recorded answers are not here");
        return None;
    };
    Some(Answer::of(status, bytes))
}

/// Reads a recorded answer as what it is an answer to; the text behind `Err` says why it cannot be.
fn read(name: &str) -> Option<Result<(), String>> {
    let answer = recorded_answer(name, 200)?;
    fn as_a<T: DeserializeOwned>(answer: &Answer) -> Result<(), String> {
        answer.json::<T>().map(drop).map_err(|fault| fault.message)
    }
    Some(match name {
        "Companies" => as_a::<wire::Paged<wire::Company>>(&answer),
        "ConnectToken" => as_a::<serde_json::Value>(&answer),
        "DownloadDocument" => einvoice::ubl::read(&answer.body).map(drop).map_err(|error| error.to_string()),
        "GetDocuments" => as_a::<wire::Paged<wire::DocumentSummary>>(&answer),
        "SubmitDocument" | "SubmitDocumentCreditMemo" => as_a::<wire::Submitted>(&answer),
        "Http500" => as_a::<serde_json::Value>(&answer),
        name if name.contains("Activation") => as_a::<wire::Paged<wire::Registration>>(&answer),
        name if name.contains("DocumentList") => as_a::<wire::Paged<wire::DocumentSummary>>(&answer),
        name if name.contains("Status") || name.contains("GetResponse") => {
            as_a::<wire::DocumentStatus>(&answer)
        }
        _ => Err("nobody says what this is an answer to".to_owned()),
    })
}

#[test]
fn every_recorded_answer_is_read_and_those_that_are_none_are_refused() {
    let Ok(folder) = std::fs::read_dir(RECORDED) else {
        assert!(recorded_answer("Companies", 200).is_none());
        return;
    };
    let mut seen = 0;
    for file in folder {
        let name = file.expect("listed").file_name().into_string().expect("text");
        let name = name.trim_end_matches(".txt");
        // an activation without its list is no empty list, and a page of HTML is no answer at all
        let is_none = ["UnitTest_ActivationMissingValue", "Http500"].contains(&name);
        let outcome = read(name).expect("there");
        assert_eq!(outcome.is_err(), is_none, "{name}: {outcome:?}");
        seen += 1;
    }
    assert!(seen >= 29, "only {seen} recorded answers");
}

/// The shapes of `ErrorResponse`, `BadRequest`, `ForbiddenError`, `DocumentSubmissionError` and `WebhooksErrorResponse` in the
/// client's models (26.10), RFC 6749 5.2, and the recorded page of HTML.
#[test]
fn what_went_wrong_is_read_out_of_every_shape() {
    let says = |body: &str| client::messages(&Answer::of(400, body.as_bytes().to_vec()));
    assert_eq!(
        says(r#"{"title":"Bad Request","status":"400","detail":"name is short","instance":null}"#),
        ["Bad Request: name is short"]
    );
    assert_eq!(
        says(r#"{"error":"400","message":"countryMandate is unknown"}"#),
        ["countryMandate is unknown"]
    );
    assert_eq!(says(r#"{"Message":"not yours"}"#), ["not yours"]);
    assert_eq!(says(r#"{"StatusCode":"400","Message":"workflowId is missing"}"#), ["workflowId is missing"]);
    assert_eq!(says(r#"{"statusCode":400,"message":"workflowId is missing"}"#), ["workflowId is missing"]);
    assert_eq!(
        says(r#"{"error":{"title":"Not Found","status":"404","detail":"no subscription"}}"#),
        ["Not Found: no subscription"]
    );
    assert_eq!(says(r#"{"error":"invalid_client"}"#), ["invalid_client"]);
    assert!(says("<html><title>Request Failed<\\title>").is_empty());
}

#[test]
fn recorded_statuses_keep_every_event_and_message() {
    let Some(complete) = recorded::<wire::DocumentStatus>("GetResponseComplete").map(map::status) else {
        return;
    };
    assert_eq!(complete.verdict, Verdict::Complete);
    assert_eq!(complete.events[1].at, "2024-08-16T12:14:12:435");
    assert_eq!(complete.events[1].response_key.as_deref(), Some("Receipt Message ID"));
    let value = "f9681599-aaa4-47cd-a987-ce8b08818050@einvoicing.sbx.avalara.io";
    assert_eq!(complete.events[1].response_value.as_deref(), Some(value));
    let error = map::status(recorded("GetResponseError").expect("recorded"));
    assert_eq!(error.verdict, Verdict::Failed { messages: vec!["Wrong data in send xml".to_owned()] });
    for (name, verdict) in
        [("GetResponsePending", Verdict::Pending), ("UnitTest_StatusPendingNoEvents", Verdict::Pending)]
    {
        assert_eq!(map::status(recorded(name).expect("recorded")).verdict, verdict, "{name}");
    }
}

#[test]
fn recorded_lists_and_companies_read() {
    let Some(companies) = recorded::<wire::Paged<wire::Company>>("Companies") else { return };
    assert_eq!(companies.value[1].company_name, "Receiving Company");
    let listed: wire::Paged<wire::DocumentSummary> = recorded("GetDocuments").expect("recorded");
    assert_eq!(listed.value[0].document_number.as_deref(), Some("100000"));
    for name in ["UnitTest_DocumentList", "UnitTest_DocumentListEmpty", "UnitTest_DocumentListMinimal"] {
        recorded::<wire::Paged<wire::DocumentSummary>>(name).expect("recorded");
    }
}

#[test]
fn recorded_activations_are_told_by_company_and_mandate() {
    let Some(full) = recorded::<wire::Paged<wire::Registration>>("UnitTest_ActivationFull") else { return };
    assert_eq!(map::activation(&full.value, "comp-001", "GB-B2G-PEPPOL"), Activation::Completed);
    assert_eq!(map::activation(&full.value, "other", "GB-B2G-PEPPOL"), Activation::Absent);
    assert_eq!(map::activation(&full.value, "comp-001", "DE-B2B-PEPPOL"), Activation::Absent);
    let pending: wire::Paged<wire::Registration> = recorded("UnitTest_ActivationPending").expect("recorded");
    let expected =
        Activation::NotReady { status: "Pending".to_owned(), message: "Awaiting verification".to_owned() };
    assert_eq!(map::activation(&pending.value, "pending-comp", "DE-B2B-PEPPOL"), expected);
}

#[test]
fn an_unknown_status_is_unknown() {
    let status: wire::DocumentStatus = serde_json::from_str(r#"{"status":"Teleported"}"#).expect("reads");
    assert_eq!(map::status(status).verdict, Verdict::Unknown);
    assert_eq!(map::status(serde_json::from_str("{}").expect("reads")).verdict, Verdict::Unknown);
}

#[test]
fn a_list_without_its_entries_is_no_empty_list() {
    assert!(serde_json::from_str::<wire::Paged<wire::DocumentSummary>>(r#"{"message":"later"}"#).is_err());
    let empty: wire::Paged<wire::DocumentSummary> = serde_json::from_str(r#"{"value":null}"#).expect("reads");
    assert!(empty.value.is_empty());
}

#[test]
fn a_participant_is_known_by_scheme_and_value_in_either_spelling() {
    let partner = |value: &str| {
        let json = format!(
            r#"{{"name":"n","identifiers":[{{"name":"i","value":"{value}"}}],"supportedDocumentTypes":[
            {{"value":"busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##x::2.1","supportedByTradingPartner":true}},
            {{"value":"busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote##x::2.1","supportedByTradingPartner":false}}]}}"#
        );
        map::receiver(serde_json::from_str(&json).expect("reads"))
    };
    let endpoint = Endpoint { scheme: "9930".to_owned(), value: "DE123456789".to_owned() };
    for spelled in ["9930:DE123456789", "9930:de123456789", "iso6523-actorid-upis::9930:DE123456789"] {
        assert!(map::answers_to(&partner(spelled), &endpoint), "{spelled}");
    }
    for other in ["9931:DE123456789", "9930:DE1234567890", "DE123456789"] {
        assert!(!map::answers_to(&partner(other), &endpoint), "{other}");
    }
    let known = partner("9930:DE123456789");
    assert!(map::can_receive(&known, Kind::Invoice));
    assert!(!map::can_receive(&known, Kind::CreditNote));
}

#[test]
fn words_of_the_search_language_are_quoted() {
    assert_eq!(map::sought(None, " Contoso AG "), "Contoso AG");
    assert_eq!(map::sought(None, "Salt AND Pepper"), "\"Salt AND Pepper\"");
    assert_eq!(map::sought(None, "Salt (\"Pepper\")"), "\"Salt ( Pepper )\"");
    assert_eq!(map::sought(None, ""), "");
}

#[test]
fn candidates_are_ours_of_this_kind_and_number() {
    let listed: wire::Paged<wire::DocumentSummary> = serde_json::from_str(
        r#"{"value":[
            {"id":"a","companyId":"c","documentNumber":"7","documentType":"ubl-invoice","flow":"out"},
            {"id":"b","companyId":"other","documentNumber":"7","documentType":"ubl-invoice","flow":"out"},
            {"id":"d","companyId":"c","documentNumber":"7","documentType":"ubl-creditnote","flow":"out"},
            {"id":"e","companyId":"c","documentNumber":"77","documentType":"ubl-invoice","flow":"out"}]}"#,
    )
    .expect("reads");
    let label = label("7");
    assert_eq!(map::candidates(listed.value, &label), Ok(vec![ExternalId("a".to_owned())]));
}

fn label(number: &str) -> Label {
    Label {
        kind: Kind::Invoice,
        number: number.to_owned(),
        issue_date: None,
        seller: String::new(),
        buyer: String::new(),
        mandate: "GB-B2B-PEPPOL".to_owned(),
        country: "GB".to_owned(),
        company: "c".to_owned(),
        workflow: String::new(),
        output: None,
    }
}

/// RFC 4231 test case 2: HMAC-SHA256 with the key "Jefe".
#[test]
fn webhooks_are_believed_only_when_signed() {
    use base64::Engine as _;
    let secret = SecretString::from("Jefe");
    let sign = |bytes: &str| {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"Jefe");
        base64::engine::general_purpose::STANDARD.encode(ring::hmac::sign(&key, bytes.as_bytes()))
    };
    let rfc = sign("what do ya want for nothing?");
    assert_eq!(rfc, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    let message = r#"{"id":"52f60401","status":"Complete"}"#;
    let call = |signature: &str| {
        format!(r#"{{"id":"x","items":[{{"message":{message},"signature":{{"value":"{signature}"}}}}]}}"#)
    };
    let signed = call(&sign(message));
    assert_eq!(map::webhook(&[], signed.as_bytes(), &secret), Ok(vec![ExternalId("52f60401".to_owned())]));
    assert!(map::webhook(&[], call(&rfc).as_bytes(), &secret).is_err());
    for unsigned in [r#"{"items":[{"message":{"id":"x"}}]}"#, r#"{"items":[]}"#, "{}", ""] {
        assert!(map::webhook(&[], unsigned.as_bytes(), &secret).is_err(), "{unsigned}");
    }
    let body = r#"{"items":[{"message":{"id":"x"}}]}"#;
    let header = vec![("X-Avalara-Signature".to_owned(), sign(body))];
    assert!(map::webhook(&header, body.as_bytes(), &secret).is_ok());
    assert!(map::webhook(&header, signed.as_bytes(), &secret).is_err());
}

/// The models of the vendor's client (26.10) declare all of these nullable.
#[test]
fn an_explicit_null_loses_no_list() {
    let mandates = r#"{"@recordsetCount":2,"@nextLink":null,"value":[
        {"mandateId":"AA-B2B-X","countryMandate":null,"countryCode":null,"description":null,"supportedByELRAPI":null,
         "getInvoiceAvailableMediaType":null,"inputDataFormats":[{"format":null,"versions":null}],
         "outputDataFormats":null,"workflowIds":[{"name":null,"description":null}]},
        {"mandateId":"BB-B2B-X","inputDataFormats":[{"format":"ubl-invoice","versions":["2.1"]}]}]}"#;
    let mandates: wire::Paged<wire::Mandate> = serde_json::from_str(mandates).expect("reads");
    let codes: Vec<_> = mandates.value.into_iter().filter_map(map::offer).map(|offer| offer.code).collect();
    assert_eq!(codes, ["AA-B2B-X", "BB-B2B-X"]);
    let registrations = r#"{"value":[{"status":null,"company":null,"mandates":null},
        {"status":{"code":"Dormant","message":null},"company":{"identifier":"c"},"mandates":[{"countryMandate":"M"}]}]}"#;
    let registrations: wire::Paged<wire::Registration> = serde_json::from_str(registrations).expect("reads");
    let expected = Activation::NotReady { status: "Dormant".to_owned(), message: String::new() };
    assert_eq!(map::activation(&registrations.value, "c", "M"), expected);
}

/// UnitTest_DocumentListMinimal.txt: nothing but id and company.
#[test]
fn what_a_summary_leaves_out_is_settled_by_content_or_later() {
    let found = |json: &str| {
        let listed: wire::Paged<wire::DocumentSummary> =
            serde_json::from_str(&format!(r#"{{"value":[{json}]}}"#)).expect("reads");
        map::candidates(listed.value, &label("7"))
    };
    let ids = |ids: &[&str]| Ok(ids.iter().map(|id| ExternalId((*id).to_owned())).collect::<Vec<_>>());
    assert_eq!(found(r#"{"id":"b","companyId":null,"documentNumber":"7"}"#), ids(&["b"]));
    assert_eq!(
        found(r#"{"id":"d","companyId":"c","documentNumber":"7","documentType":"Invoice"}"#),
        ids(&["d"])
    );
    assert_eq!(found(r#"{"id":"e","companyId":"other"},{"id":"f","documentNumber":"8"}"#), ids(&[]));
    assert_eq!(
        found(r#"{"id":"a","companyId":"c","status":"Complete"}"#),
        ids(&["a"]),
        "its content can be compared"
    );
    assert_eq!(
        found(r#"{"id":"a","companyId":"c","status":"Error"}"#),
        ids(&[]),
        "it could not even be read"
    );
    for unsettled in
        [r#"{"id":"a","companyId":"c"}"#, r#"{"id":"a","status":"Pending","documentNumber":" "}"#]
    {
        let fault = found(unsettled).expect_err("nobody can say");
        assert_eq!((fault.class, fault.sent), (FaultClass::Absent, Sent::Maybe));
    }
}

/// recorded_requests_26.10.0.jsonl: `countryCode eq DE`, `status eq Complete`.
#[test]
fn a_plain_number_is_filtered_as_the_vendor_s_client_filters() {
    assert_eq!(map::number_filter("INV-7_a.1"), "documentNumber eq INV-7_a.1");
    assert_eq!(map::number_filter("O'Brien 7"), "documentNumber eq 'O''Brien 7'");
}

#[test]
fn no_secret_is_no_key() {
    use base64::Engine as _;
    let message = r#"{"id":"52f60401"}"#;
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"");
    let forged = base64::engine::general_purpose::STANDARD.encode(ring::hmac::sign(&key, message.as_bytes()));
    let call = format!(r#"{{"items":[{{"message":{message},"signature":{{"value":"{forged}"}}}}]}}"#);
    assert!(map::webhook(&[], call.as_bytes(), &SecretString::from("")).is_err());
}

/// What is left of the exchanges and the fault after a token answer of this text, and a list that echoes the token.
async fn after_token_answer(granted: &str) -> String {
    use crate::http::replay::{Replay, export};
    use counterfoil_core::id::AttemptId;
    let file = |method: &str, path: &str, sent: Option<&str>, body: &str| {
        let file = serde_json::json!({"note": path, "modelled_on": "ConnectToken.txt",
            "request": {"method": method, "path": path, "body": sent}, "response": {"status": 200, "body": body}});
        serde_json::from_value(file).expect("an exchange file")
    };
    let form = "grant_type=client_credentials&client_id=client-7&client_secret=[redacted]";
    let echo = r#"{"value":[{"id":"1","companyName":"echo canary-token-0123456789"}]}"#;
    let files =
        vec![file("POST", "/connect/token", Some(form), granted), file("GET", "/scs/companies", None, echo)];
    let secret = |(name, value): (&str, &str)| (name.to_owned(), SecretString::from(value));
    let opening = Opening {
        environment: CONNECTOR.descriptor.environment("sandbox").expect("an environment"),
        settings: Default::default(),
        credentials: [("client_id", "client-7"), ("client_secret", "s3cret-7")].map(secret).into(),
        company: None,
        client: "test".to_owned(),
        transport: crate::http::Transport::Replay(Replay::new(files, Timestamp::UNIX_EPOCH)),
    };
    let attempt = Attempt::new(AttemptId::new(uuid::Uuid::now_v7()));
    let outcome = open(opening).expect("opens").check(&attempt).await;
    let exchanges: Vec<_> = attempt.take_exchanges().iter().map(export).collect();
    format!("{:?} {}", outcome.err(), serde_json::to_string(&exchanges).expect("exports"))
}

#[tokio::test]
async fn a_token_shows_nowhere_however_broken_its_answer_is() {
    for granted in [
        r#"{"access_token":"canary-token-0123456789","expires_in":3600}"#,
        r#"{"access_token":"canary-token-0123456789","expires_in":3600,}"#,
        r#"{"access_token":"canary-token-01234567"#,
        r#"["canary-token-0123456789"]"#,
    ] {
        let left = after_token_answer(granted).await;
        assert!(!left.contains("canary"), "{granted}: {left}");
    }
}
