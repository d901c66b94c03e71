//! ELR when something goes wrong: whether it was sent, and how it is found again.

use counterfoil_connectors::port::Verdict;
use counterfoil_core::delivery::ExternalId;
use counterfoil_core::document::Kind;
use counterfoil_core::fault::{FaultClass, Sent};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::support::{Elr, attempt};

#[tokio::test]
async fn a_lost_reply_is_in_doubt_and_found_again() {
    let elr = Elr::start().await;
    let target = elr.einvoicing();
    // once on a fresh connection, once on one that was used before
    for number in ["D-1", "D-2"] {
        elr.fault("submit", "lost_reply", 1).await;
        let ours = elr.outbound(Kind::Invoice, number);
        let since = Timestamp::now();
        let attempt = attempt();
        let fault = target.submit(&attempt, &ours).await.expect_err("no reply");
        assert_eq!(
            (fault.class, fault.sent, fault.status),
            (FaultClass::Unreachable, Sent::Maybe, None),
            "{fault}"
        );
        let exchange = attempt.take_exchanges().pop().expect("an exchange, though nothing came back");
        assert!(exchange.response.is_none());
        assert_eq!(exchange.fault.as_ref(), Some(&fault));
        elr.advance(5).await;
        let found = target.find(&attempt, &ours.label, since).await.expect("a list");
        assert_eq!(found.len(), 1);
        assert!(target.is_ours(&attempt, &found[0], &ours.bytes).await.expect("compared"));
        assert_eq!(elr.held(number).await.len(), 1, "sent once, and never again by the client itself");
    }
}

#[tokio::test]
async fn what_is_not_listed_yet_is_found_later() {
    let elr = Elr::start().await;
    let target = elr.einvoicing();
    elr.fault_with(
        json!({ "system": "elr", "operation": "submit", "fault": "late_commit", "count": 1, "seconds": 60 }),
    )
    .await;
    let ours = elr.outbound(Kind::Invoice, "D-3");
    let since = Timestamp::now();
    let fault = target.submit(&attempt(), &ours).await.expect_err("no reply");
    assert_eq!(fault.sent, Sent::Maybe);
    assert_eq!(target.find(&attempt(), &ours.label, since).await, Ok(vec![]));
    elr.advance(61).await;
    assert_eq!(target.find(&attempt(), &ours.label, since).await.expect("a list").len(), 1);
}

#[tokio::test]
async fn a_document_at_work_is_not_believed_to_be_ours_before_its_content_can_be_compared() {
    let elr = Elr::start().await;
    elr.settings(json!({ "processing_ms": 3_600_000 })).await;
    elr.fault("submit", "lost_reply", 1).await;
    let ours = elr.outbound(Kind::Invoice, "D-4");
    let since = Timestamp::now();
    elr.einvoicing().submit(&attempt(), &ours).await.expect_err("no reply");
    let found = elr.einvoicing().find(&attempt(), &ours.label, since).await.expect("a list");
    assert_eq!(found.len(), 1);
    let early =
        elr.einvoicing().is_ours(&attempt(), &found[0], &ours.bytes).await.expect_err("nothing to compare");
    assert_eq!(early.class, FaultClass::Absent);
    elr.advance(3_601).await;
    assert!(elr.einvoicing().is_ours(&attempt(), &found[0], &ours.bytes).await.expect("compared"));
}

#[tokio::test]
async fn a_refused_document_is_ours_and_followed_to_its_messages() {
    let elr = Elr::start().await;
    let target = elr.einvoicing();
    elr.settings(json!({ "processing_ms": 3_600_000 })).await;
    elr.fault("submit", "lost_reply", 1).await;
    let mut ours = elr.outbound(Kind::Invoice, "D-11");
    let wrong = String::from_utf8(ours.bytes.to_vec()).expect("text").replace(">150.00<", ">151.00<");
    ours.bytes = wrong.into_bytes().into();
    let since = Timestamp::now();
    target.submit(&attempt(), &ours).await.expect_err("no reply");
    let found = target.find(&attempt(), &ours.label, since).await.expect("a list");
    assert_eq!(found.len(), 1);
    let fault = target.is_ours(&attempt(), &found[0], &ours.bytes).await.expect_err("nothing to compare yet");
    assert_eq!(fault.class, FaultClass::Absent);
    elr.advance(3_601).await;
    assert!(target.is_ours(&attempt(), &found[0], &ours.bytes).await.expect("compared"));
    let status = target.status(&attempt(), &found[0]).await.expect("a status");
    assert!(matches!(status.verdict, Verdict::Failed { .. }), "{status:?}");
}

#[tokio::test]
async fn half_an_answer_to_a_submission_is_in_doubt_and_to_a_question_is_not() {
    let elr = Elr::start().await;
    elr.fault("submit", "malformed_body", 1).await;
    let ours = elr.outbound(Kind::Invoice, "D-5");
    let fault = elr.einvoicing().submit(&attempt(), &ours).await.expect_err("half an answer");
    assert_eq!((fault.class, fault.sent), (FaultClass::Unintelligible, Sent::Maybe), "{fault}");
    elr.fault("list", "malformed_body", 1).await;
    let fault =
        elr.einvoicing().find(&attempt(), &ours.label, Timestamp::now()).await.expect_err("half a list");
    assert_eq!((fault.class, fault.sent), (FaultClass::Unintelligible, Sent::No), "{fault}");
}

#[tokio::test]
async fn a_server_that_fails_leaves_a_submission_in_doubt_whatever_it_says() {
    let elr = Elr::start().await;
    for variant in ["html", "json"] {
        let fault = json!({ "system": "elr", "operation": "*", "fault": "server_error", "count": 2, "variant": variant });
        let id = ExternalId("52f60401-44d0-4667-ad47-4afe519abb53".to_owned());
        elr.einvoicing().status(&attempt(), &id).await.expect("the furnished document");
        elr.fault_with(fault).await;
        let sent = elr
            .einvoicing()
            .submit(&attempt(), &elr.outbound(Kind::Invoice, "D-6"))
            .await
            .expect_err("fails");
        assert_eq!(
            (sent.class, sent.sent, sent.status),
            (FaultClass::Unavailable, Sent::Maybe, Some(500)),
            "{variant}"
        );
        let asked = elr.einvoicing().status(&attempt(), &id).await.expect_err("fails");
        assert_eq!((asked.class, asked.sent), (FaultClass::Unavailable, Sent::No), "{variant}");
        assert!(!asked.message.contains('<'), "{asked}");
    }
    assert!(elr.held("D-6").await.is_empty());
}

#[tokio::test]
async fn a_rate_limit_says_how_long_and_that_nothing_was_sent() {
    let elr = Elr::start().await;
    let limit =
        json!({ "system": "elr", "operation": "submit", "fault": "rate_limit", "count": 1, "seconds": 17 });
    elr.fault_with(limit).await;
    let fault =
        elr.einvoicing().submit(&attempt(), &elr.outbound(Kind::Invoice, "D-7")).await.expect_err("limited");
    assert_eq!((fault.class, fault.sent), (FaultClass::RateLimited, Sent::No));
    assert_eq!(fault.retry_after, Some(SignedDuration::from_secs(17)));
    assert!(elr.held("D-7").await.is_empty());
}

#[tokio::test]
async fn silence_ends_with_the_patience_of_the_environment_and_is_in_doubt() {
    let elr = Elr::start().await;
    elr.fault("submit", "timeout_before", 1).await;
    let fault =
        elr.einvoicing().submit(&attempt(), &elr.outbound(Kind::Invoice, "D-8")).await.expect_err("silence");
    assert_eq!((fault.class, fault.sent), (FaultClass::Unreachable, Sent::Maybe), "{fault}");
    elr.fault("status", "timeout_before", 1).await;
    let id = ExternalId("52f60401-44d0-4667-ad47-4afe519abb53".to_owned());
    let fault = elr.einvoicing().status(&attempt(), &id).await.expect_err("silence");
    assert_eq!((fault.class, fault.sent), (FaultClass::Unreachable, Sent::No), "{fault}");
}

#[tokio::test]
async fn a_slow_answer_is_an_answer() {
    let elr = Elr::start().await;
    elr.fault("submit", "slow", 1).await;
    elr.einvoicing().submit(&attempt(), &elr.outbound(Kind::Invoice, "D-9")).await.expect("taken");
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let elr = Elr::start().await;
    let ours = elr.outbound(Kind::Invoice, "D-10");
    let system = elr.reopened();
    elr.running.stop().await;
    let fault = system.einvoicing().expect("e-invoices").submit(&attempt(), &ours).await.expect_err("nobody");
    assert_eq!((fault.class, fault.sent), (FaultClass::Unreachable, Sent::No), "{fault}");
}
