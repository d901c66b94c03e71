//! ELR over HTTP: what each call brings back, and what the simulator saw of it.

use counterfoil_connectors::port::Verdict;
use counterfoil_core::delivery::ExternalId;
use counterfoil_core::document::Kind;
use counterfoil_core::fault::{FaultClass, Sent};
use counterfoil_core::mandate::{Activation, Endpoint, Optionality};
use jiff::Timestamp;
use serde_json::json;

use crate::support::{CLIENT, Elr, MANDATE, attempt, open};

#[tokio::test]
async fn a_document_goes_and_comes_back_with_everything_the_network_said() {
    let elr = Elr::start().await;
    let target = elr.einvoicing();
    for (kind, format) in [(Kind::Invoice, "ubl-invoice"), (Kind::CreditNote, "ubl-creditnote")] {
        let number = format!("E-{format}");
        let ours = elr.outbound(kind, &number);
        let attempt = attempt();
        let id = target.submit(&attempt, &ours).await.expect("taken");
        assert_eq!(target.status(&attempt, &id).await.expect("a status").verdict, Verdict::Pending);
        elr.advance(5).await;
        let status = target.status(&attempt, &id).await.expect("a status");
        assert_eq!((status.verdict, status.word.as_str()), (Verdict::Complete, "Complete"));
        let keys = status
            .events
            .iter()
            .filter(|event| event.response_key.is_some() && event.response_value.is_some());
        assert!(keys.count() >= 1, "{:?}", status.events);

        let held = elr.held(&number).await;
        assert_eq!(held.len(), 1);
        assert_eq!(held[0]["type"], format);
        assert_eq!(held[0]["mandate"], MANDATE);
        assert_eq!(held[0]["companyId"], elr.company);
        assert_eq!(held[0]["digest"], counterfoil_core::digest::Digest::of(&ours.bytes).to_string());
        assert_eq!(held[0]["correlation"], attempt.id.to_string());
        assert_eq!(held[0]["client"], CLIENT);

        let ubl =
            target.download(&attempt, &id, "application/vnd.oasis.ubl+xml").await.expect("the document");
        assert!(einvoice::ubl::read(&ubl).is_ok_and(|reading| reading.invoice.number == number));
        let pdf = target.download(&attempt, &id, "application/pdf").await.expect("the picture");
        assert!(pdf.starts_with(b"%PDF"));
        let refused = target.download(&attempt, &id, "text/calendar").await.expect_err("not offered");
        assert_eq!((refused.class, refused.status), (FaultClass::Refused, Some(406)));
    }
    assert_eq!(elr.world().await["calls_without_client"], 0, "certification: X-Avalara-Client on every call");
}

#[tokio::test]
async fn a_rejected_document_keeps_every_reason() {
    let elr = Elr::start().await;
    let target = elr.einvoicing();
    let mut ours = elr.outbound(Kind::Invoice, "E-1");
    let text = String::from_utf8(ours.bytes.to_vec()).expect("text");
    let wrong =
        text.replace(">150.00<", ">151.00<").replace("<cbc:BuyerReference>PO-1</cbc:BuyerReference>", "");
    ours.bytes = wrong.into_bytes().into();
    let id = target.submit(&attempt(), &ours).await.expect("taken: XML is judged later");
    elr.advance(5).await;
    let status = target.status(&attempt(), &id).await.expect("a status");
    let Verdict::Failed { messages } = status.verdict else { panic!("{status:?}") };
    assert!(messages.len() >= 2, "{messages:?}");
    for message in &messages {
        assert!(status.events.iter().any(|event| event.message == *message), "{message}");
    }
}

#[tokio::test]
async fn wrong_metadata_is_refused_at_once_with_the_vendors_words() {
    let elr = Elr::start().await;
    let mut ours = elr.outbound(Kind::Invoice, "E-2");
    ours.label.mandate = "ZZ-NO-SUCH".to_owned();
    let fault = elr.einvoicing().submit(&attempt(), &ours).await.expect_err("refused");
    assert_eq!((fault.class, fault.sent), (FaultClass::Refused, Sent::No));
    assert_eq!(fault.problems.len(), 1);
    assert_eq!(fault.problems[0].code, "refused_by_target");
    assert!(fault.problems[0].message.len() > 10 && !fault.problems[0].message.contains('{'), "{fault:?}");
    assert!(elr.held("E-2").await.is_empty());
}

#[tokio::test]
async fn mandates_companies_and_fields_are_read_whole() {
    let elr = Elr::start().await;
    let target = elr.einvoicing();
    let offers = target.mandates(&attempt()).await.expect("mandates");
    for code in ["AU-B2B-PEPPOL", "DE-B2G-XRECHNUNG", "FR-B2B-REPORTING", "GB-B2B-PEPPOL", "XX-SIM-EN16931"] {
        assert!(offers.iter().any(|offer| offer.code == code && !offer.workflows.is_empty()), "{code}");
    }
    let choice =
        |code: &str| offers.iter().find(|offer| offer.code == code).map(|offer| offer.output_formats.len());
    assert!(choice("FR-B2B-REPORTING").is_some_and(|formats| formats > 0), "France wants a choice");
    assert_eq!(choice("GB-B2B-PEPPOL"), Some(0));

    for kind in [Kind::Invoice, Kind::CreditNote] {
        let fields = target.input_fields(&attempt(), MANDATE, kind).await.expect("fields");
        let required = fields.iter().filter(|field| field.optionality == Optionality::Required);
        assert!(required.clone().count() > 0);
        let root = if kind == Kind::Invoice { "/Invoice/" } else { "/CreditNote/" };
        for field in required {
            assert!(field.path.starts_with(root) && !field.name.is_empty(), "{field:?}");
        }
    }
}

#[tokio::test]
async fn an_activation_is_completed_not_ready_or_absent() {
    let elr = Elr::start().await;
    assert_eq!(elr.einvoicing().activation(&attempt(), MANDATE).await, Ok(Activation::Completed));
    assert_eq!(elr.einvoicing().activation(&attempt(), "DE-B2B-PEPPOL").await, Ok(Activation::Absent));
    let companies = elr.system.check(&attempt()).await.expect("companies");
    let pending = companies.iter().find(|company| company.name.starts_with("Ausstehend")).expect("furnished");
    let theirs = crate::support::open_elr(elr.url(), &elr.secrets, Some(&pending.id)).expect("opens");
    let activation = theirs.einvoicing().expect("e-invoices").activation(&attempt(), "DE-B2B-PEPPOL").await;
    let Ok(Activation::NotReady { status, message }) = activation else { panic!("{activation:?}") };
    assert_eq!(status, "Pending");
    assert!(!message.is_empty());
}

#[tokio::test]
async fn receivers_are_looked_up_by_address_and_by_name() {
    let elr = Elr::start().await;
    let target = elr.einvoicing();
    let endpoint = Endpoint { scheme: "0088".to_owned(), value: "4098765000006".to_owned() };
    let found = target.receivers(&attempt(), Some(&endpoint), "").await.expect("a search");
    assert_eq!(found.len(), 1);
    assert!(found[0].endpoints.contains(&endpoint));
    assert!(target.can_receive(&found[0], Kind::Invoice) && target.can_receive(&found[0], Kind::CreditNote));
    let named = target.receivers(&attempt(), None, &found[0].name).await.expect("a search");
    assert_eq!(named, found);
    let other_scheme = Endpoint { scheme: "0060".to_owned(), ..endpoint };
    assert_eq!(target.receivers(&attempt(), Some(&other_scheme), "").await, Ok(vec![]));
    assert_eq!(target.receivers(&attempt(), None, "Nobody At All").await, Ok(vec![]));
    let calls = elr.calls("partners").await;
    assert_eq!(target.receivers(&attempt(), None, "").await, Ok(vec![]));
    assert_eq!(elr.calls("partners").await, calls, "an empty search is not asked");

    elr_partner(&elr, "Only Invoices Oy", "0216:003712345678", &["invoice"]).await;
    let endpoint = Endpoint { scheme: "0216".to_owned(), value: "003712345678".to_owned() };
    let found = target.receivers(&attempt(), Some(&endpoint), "").await.expect("a search");
    assert!(target.can_receive(&found[0], Kind::Invoice));
    assert!(!target.can_receive(&found[0], Kind::CreditNote));
}

async fn elr_partner(elr: &Elr, name: &str, identifier: &str, accepts: &[&str]) {
    let body = json!({ "name": name, "country": "FI", "identifiers": [identifier], "accepts": accepts });
    elr.seed("partners", body).await;
}

#[tokio::test]
async fn the_list_is_of_the_whole_tenant_and_only_ours_are_candidates() {
    let elr = Elr::start().await;
    let since = Timestamp::now();
    let ours = elr.outbound(Kind::Invoice, "E-3");
    let id = elr.einvoicing().submit(&attempt(), &ours).await.expect("taken");
    elr.advance(5).await;
    assert_eq!(elr.einvoicing().find(&attempt(), &ours.label, since).await, Ok(vec![id.clone()]));
    let mut label = ours.label.clone();
    label.company = "32cefbf6-42d1-4dbd-b342-dfabe1b45d95".to_owned();
    assert_eq!(
        elr.einvoicing().find(&attempt(), &label, since).await,
        Ok(vec![]),
        "another company of the tenant"
    );
    let label = elr.outbound(Kind::CreditNote, "E-3").label;
    assert_eq!(elr.einvoicing().find(&attempt(), &label, since).await, Ok(vec![]), "another kind");
    // one more with the same number: both are told
    let second = elr.einvoicing().submit(&attempt(), &ours).await.expect("taken");
    let mut both = elr.einvoicing().find(&attempt(), &ours.label, since).await.expect("a list");
    both.sort();
    let mut expected = vec![id, second];
    expected.sort();
    assert_eq!(both, expected);
}

#[tokio::test]
async fn a_status_of_nobodys_document_is_absent() {
    let elr = Elr::start().await;
    let fault =
        elr.einvoicing().status(&attempt(), &ExternalId("nope".to_owned())).await.expect_err("absent");
    assert_eq!((fault.class, fault.sent, fault.status), (FaultClass::Absent, Sent::No, Some(404)));
}

#[test]
fn an_opening_says_what_is_missing_and_goes_nowhere_it_may_not() {
    let secrets = [("client_id", "id"), ("client_secret", "secret")];
    let code = |environment: &str, settings: &[(&str, &str)], secrets: &[(&str, &str)]| {
        let problem = open("elr", environment, settings, secrets, None).err().expect("refused");
        assert!(!problem.hint.is_empty());
        format!("{} {}", problem.code, problem.path)
    };
    assert!(open("elr", "production", &[], &secrets, None).is_ok());
    assert!(open("elr", "sandbox", &[], &secrets, None).is_ok());
    assert_eq!(code("sandbox", &[], &secrets[..1]), "connection_setting client_secret");
    assert_eq!(
        code("sandbox", &[], &[("client_id", " "), ("client_secret", "x")]),
        "connection_setting client_id"
    );
    assert_eq!(code("simulated", &[], &secrets), "connection_setting host.api");
    let inner = [("host.api", "http://127.0.0.1:8080"), ("host.identity", "http://127.0.0.1:8080")];
    assert!(open("elr", "simulated", &inner, &secrets, None).is_ok());
    for environment in ["production", "sandbox"] {
        assert_eq!(code(environment, &inner, &secrets), "connection_setting host.api");
        let metadata = [("host.identity", "https://169.254.169.254")];
        assert_eq!(code(environment, &metadata, &secrets), "connection_setting host.identity");
    }
}
