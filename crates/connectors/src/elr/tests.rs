use counterfoil_core::outbound::Label;
use serde::de::DeserializeOwned;

use super::*;
use crate::port::Verdict;

/// Avalara's certification asks for ten seconds, and the wait after doubt is longer than any call.
#[test]
fn live_environments_are_patient() {
    for environment in ENVIRONMENTS.iter().filter(|environment| environment.name != "simulated") {
        assert!(environment.waits.first_status >= SignedDuration::from_secs(10), "{}", environment.name);
        assert!(environment.waits.after_doubt > environment.waits.timeout, "{}", environment.name);
    }
}

fn recorded<T: DeserializeOwned>(name: &str) -> Option<T> {
    let folder =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vendors/elr/recorded/HttpResponseFiles");
    let Ok(bytes) = std::fs::read(format!("{folder}/{name}.txt")) else {
        assert!(std::env::var("CI").is_err(), "the recorded answers must be there in CI");
        eprintln!("skipped: the recorded answers are not here");
        return None;
    };
    let answer = crate::http::Answer::of(200, bytes);
    Some(answer.json().unwrap_or_else(|fault| panic!("{name}: {fault}")))
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
    let missing: wire::Paged<wire::Registration> =
        recorded("UnitTest_ActivationMissingValue").expect("recorded");
    assert!(missing.value.is_empty());
}

#[test]
fn an_unknown_status_is_unknown() {
    let status: wire::DocumentStatus = serde_json::from_str(r#"{"status":"Teleported"}"#).expect("reads");
    assert_eq!(map::status(status).verdict, Verdict::Unknown);
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
    let label = Label {
        kind: Kind::Invoice,
        number: "7".to_owned(),
        issue_date: None,
        seller: String::new(),
        buyer: String::new(),
        mandate: "GB-B2B-PEPPOL".to_owned(),
        country: "GB".to_owned(),
        company: "c".to_owned(),
        workflow: String::new(),
        output: None,
    };
    assert_eq!(map::candidates(listed.value, &label), [ExternalId("a".to_owned())]);
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
    assert!(map::webhook(&[], br#"{"items":[{"message":{"id":"x"}}]}"#, &secret).is_err());
    let body = r#"{"items":[{"message":{"id":"x"}}]}"#;
    let header = vec![("X-Avalara-Signature".to_owned(), sign(body))];
    assert!(map::webhook(&header, body.as_bytes(), &secret).is_ok());
    assert!(map::webhook(&header, signed.as_bytes(), &secret).is_err());
}
