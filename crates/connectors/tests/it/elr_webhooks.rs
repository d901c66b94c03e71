//! Webhooks as they really arrive: a listener of the test's own takes the simulator's call.

use counterfoil_core::document::Kind;
use secrecy::SecretString;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{Elr, attempt};

/// Largest request the listener takes.
const REQUEST_MAX: usize = 64 * 1024;

#[tokio::test]
async fn a_signed_call_names_the_document_and_a_forged_one_is_refused() {
    for signed in ["message", "body"] {
        let elr = Elr::start().await;
        elr.settings(json!({ "webhook_signed": signed })).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let key = &elr.secrets["webhook_secret"];
        let subscription = json!({
            "description": "test", "notificationUrl": url, "events": [{ "eventName": "statusChange" }],
            "signature": { "signature": { "type": "HMAC", "key": key, "algorithm": "SHA-256" } },
        });
        let made = elr.plain("/einvoicing/webhooks/subscriptions", subscription).await;
        assert!(made["id"].is_string(), "{made}");
        let id =
            elr.einvoicing().submit(&attempt(), &elr.outbound(Kind::Invoice, "W-1")).await.expect("taken");

        let (headers, body) = receive(&listener).await;
        let read = |headers: &[(String, String)], body: &[u8], key: &str| {
            elr.einvoicing().webhook(headers, body, &SecretString::from(key))
        };
        assert_eq!(read(&headers, &body, key), Ok(vec![id.clone()]), "{signed}");
        assert!(read(&headers, &body, "another key").is_err());
        let forged = String::from_utf8(body.clone())
            .expect("text")
            .replace(&id.0, "00000000-0000-0000-0000-000000000000");
        assert!(read(&headers, forged.as_bytes(), key).is_err());
        assert!(read(&headers, &body[..body.len() / 2], key).is_err());
    }
}

/// The headers and the body of the next call; answered with 200.
async fn receive(listener: &TcpListener) -> (Vec<(String, String)>, Vec<u8>) {
    let (mut stream, _) = listener.accept().await.expect("a call");
    let mut request = Vec::new();
    loop {
        let read = stream.read_buf(&mut request).await.expect("readable");
        let end = request.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(request[..end].to_vec()).expect("text");
            let pairs = head.lines().skip(1).filter_map(|line| line.split_once(": "));
            let headers: Vec<(String, String)> = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = length.expect("a length").1.parse().expect("a number");
            if request.len() >= end + 4 + length {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(answer).await.expect("answered");
                return (headers, request[end + 4..end + 4 + length].to_vec());
            }
        }
        assert!(read > 0 && request.len() <= REQUEST_MAX, "a call cut short");
    }
}
