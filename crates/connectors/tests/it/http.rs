//! The HTTP client against a server that misbehaves on the wire.

use std::net::SocketAddr;

use counterfoil_connectors::http::{Call, Http, Outgoing, Reach};
use counterfoil_core::exchange::Body;
use counterfoil_core::fault::{Fault, FaultClass, Sent};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use crate::support::{attempt, opening};

/// Answers every connection with these bytes and closes it; what came in is thrown away.
async fn answering(bytes: impl Into<Vec<u8>>) -> SocketAddr {
    let bytes = bytes.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&bytes).await;
        }
    });
    address
}

fn client(reach: Reach) -> Http {
    Http::new(&opening("elr", "simulated", &[], &[], None), reach, |_| Vec::new())
}

fn call(address: SocketAddr, effect: bool) -> Call {
    let url = Url::parse(&format!("http://{address}/x?key=hidden-secret-value")).expect("an address");
    Call {
        effect,
        limit: 1000,
        ..Call::post("try", url, Outgoing::Whole("text/plain", b"hidden-secret-value".to_vec()))
    }
}

async fn fault(answer: &str, effect: bool) -> Fault {
    let address = answering(answer).await;
    let outcome = client(Reach::Private).send(&attempt(), call(address, effect), |_| Ok(())).await;
    outcome.expect_err("a fault")
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let redirect =
        format!("HTTP/1.1 307 Temporary\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n");
    let fault = fault(&redirect, true).await;
    assert_eq!((fault.class, fault.sent, fault.status), (FaultClass::Unintelligible, Sent::Maybe, Some(307)));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_cut_off_and_leaves_an_effect_in_doubt() {
    let announced = format!("HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n{}", "x".repeat(2000));
    let endless = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(2000));
    for answer in [announced, endless] {
        let fault = fault(&answer, true).await;
        assert_eq!((fault.class, fault.sent), (FaultClass::Unintelligible, Sent::Maybe), "{fault}");
    }
    let just_in = format!("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{}", "x".repeat(1000));
    let address = answering(just_in).await;
    client(Reach::Private).send(&attempt(), call(address, true), |_| Ok(())).await.expect("within the limit");
}

#[tokio::test]
async fn an_answer_cut_short_is_in_doubt_only_for_an_effect() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", "no HTTP at all\r\n\r\n"] {
        let effect = fault(answer, true).await;
        assert_eq!(
            (effect.class, effect.sent),
            (FaultClass::Unreachable, Sent::Maybe),
            "{answer:?} {effect}"
        );
        let question = fault(answer, false).await;
        assert_eq!(
            (question.class, question.sent),
            (FaultClass::Unreachable, Sent::No),
            "{answer:?} {question}"
        );
    }
}

#[tokio::test]
async fn retry_after_is_read_as_seconds() {
    let fault = fault("HTTP/1.1 429 Slow\r\nretry-after: 42\r\ncontent-length: 0\r\n\r\n", true).await;
    assert_eq!((fault.class, fault.sent), (FaultClass::RateLimited, Sent::No));
    assert_eq!(fault.retry_after, Some(SignedDuration::from_secs(42)));
}

#[tokio::test]
async fn what_an_answer_echoes_is_redacted_everywhere_and_the_rest_is_kept() {
    let body = "you sent hidden-secret-value and aGlkZGVuLXNlY3JldC12YWx1ZQ==";
    let echo = format!(
        "HTTP/1.1 400 Bad\r\nx-echo: hidden-secret-value\r\nx-request-id: theirs-7\r\nset-cookie: a=b\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let address = answering(echo).await;
    let http = client(Reach::Private);
    http.hide(&SecretString::from("hidden-secret-value"));
    let attempt = attempt();
    http.send(&attempt, call(address, true), |_| Ok(())).await.expect_err("refused");
    let exchange = attempt.take_exchanges().pop().expect("an exchange");
    let shown = crate::support::shown(&exchange);
    assert!(!shown.contains("hidden-secret") && !shown.contains("aGlkZGVu"), "{shown}");
    assert!(shown.contains("you sent [redacted] and"), "{shown}");
    assert_eq!(counterfoil_connectors::http::correlation(&exchange), Some("theirs-7"));
    let sent =
        exchange.request.headers.iter().find(|(name, _)| name == "X-Correlation-ID").map(|(_, value)| value);
    assert_eq!(sent, Some(&attempt.id.to_string()));
    assert!(matches!(&exchange.request.body, Body::Whole(bytes) if bytes == b"[redacted]"));
}

#[tokio::test]
async fn an_inner_address_is_called_only_where_the_environment_allows_it() {
    let address = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    client(Reach::Private).send(&attempt(), call(address, true), |_| Ok(())).await.expect("allowed");
    let refused =
        client(Reach::Global).send(&attempt(), call(address, true), |_| Ok(())).await.expect_err("refused");
    assert_eq!((refused.class, refused.sent), (FaultClass::Unreachable, Sent::No));
    // a name that leads to an inner address is no way around
    let url = Url::parse(&format!("https://localhost:{}/", address.port())).expect("an address");
    let by_name = Call::get("try", url);
    client(Reach::Global).send(&attempt(), by_name, |_| Ok(())).await.expect_err("refused");
}
