//! Tokens: one for all, refreshed once, and credentials that explain themselves.

use counterfoil_core::document::Kind;
use counterfoil_core::fault::{FaultClass, Sent};
use futures_util::future::join_all;

use crate::support::{Elr, attempt, open_elr};

#[tokio::test]
async fn all_calls_share_one_token_asked_for_by_one_of_them() {
    let elr = Elr::start().await;
    let system = elr.reopened();
    let before = elr.calls("token").await;
    let outcomes = join_all((0..24).map(|_| async { system.check(&attempt()).await })).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(elr.calls("token").await, before + 1);
}

#[tokio::test]
async fn an_expired_token_is_replaced_once_and_the_call_goes_through() {
    let elr = Elr::start().await;
    elr.system.check(&attempt()).await.expect("companies");
    let before = elr.calls("token").await;
    elr.fault("submit", "expired_token", 1).await;
    let ours = elr.outbound(Kind::Invoice, "T-1");
    let attempt = attempt();
    elr.einvoicing().submit(&attempt, &ours).await.expect("taken with a fresh token");
    assert_eq!(elr.calls("token").await, before + 1);
    assert_eq!(elr.held("T-1").await.len(), 1);
    let told: Vec<_> = attempt.take_exchanges().iter().map(|exchange| exchange.operation).collect();
    assert_eq!(told, ["submit", "token", "submit"], "every exchange is kept");
}

#[tokio::test]
async fn calls_refused_together_ask_for_one_token_together() {
    let elr = Elr::start().await;
    let system = elr.reopened();
    system.check(&attempt()).await.expect("companies");
    let before = elr.calls("token").await;
    // the token itself dies, so that every call that carries it is refused
    elr.fault("companies", "expired_token", 1).await;
    let outcomes = join_all((0..16).map(|_| async { system.check(&attempt()).await })).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(elr.calls("token").await, before + 1);
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    let elr = Elr::start().await;
    elr.system.check(&attempt()).await.expect("companies");
    let (tokens, companies) = (elr.calls("token").await, elr.calls("companies").await);
    elr.fault("companies", "expired_token", 100).await;
    let fault = elr.system.check(&attempt()).await.expect_err("refused twice");
    assert_eq!((fault.class, fault.sent, fault.status), (FaultClass::Unauthorized, Sent::No, Some(401)));
    assert_eq!(elr.calls("token").await, tokens + 1, "exactly one refresh");
    assert_eq!(elr.calls("companies").await, companies + 2);
}

#[tokio::test]
async fn a_token_is_replaced_before_its_end() {
    let elr = Elr::start().await;
    let before = elr.calls("token").await;
    // the simulated hour passes; ours has not, so the first call is refused and the second goes through
    elr.advance(3_601).await;
    elr.system.check(&attempt()).await.expect("companies");
    assert_eq!(elr.calls("token").await, before + 1);
}

#[tokio::test]
async fn wrong_credentials_say_what_to_check_and_show_no_secret() {
    let elr = Elr::start().await;
    let mut secrets = elr.secrets.clone();
    secrets.insert("client_secret".to_owned(), "wrong-but-secret-value".to_owned());
    let system = open_elr(elr.url(), &secrets, None).expect("opens");
    let attempt = attempt();
    let fault = system.check(&attempt).await.expect_err("refused");
    assert_eq!((fault.class, fault.sent), (FaultClass::Unauthorized, Sent::No));
    assert!(fault.message.contains("invalid_client"), "{fault}");
    let problem = fault.problems.first().expect("explained");
    assert_eq!((problem.code.as_str(), problem.path.as_str()), ("credentials_refused", "client_secret"));
    assert!(problem.hint.contains("sandbox and production"), "{}", problem.hint);
    for exchange in attempt.take_exchanges() {
        assert!(!crate::support::shown(&exchange).contains("wrong-but-secret-value"));
    }
}
