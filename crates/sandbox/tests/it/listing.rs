//! The document list: default stretch of time, filters, paging, events.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{RECORDED_DOCUMENT, invoice, sandbox};

fn numbers(answer: &Value) -> Vec<&str> {
    answer["value"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|one| one["documentNumber"].as_str())
        .collect()
}

/// Without dates, the previous month until today: the documents of 2024 are not there, those of today are, and a month
/// and a day later they are not there either.
#[tokio::test]
async fn without_dates_the_last_month_is_shown() {
    let sandbox = sandbox().await;
    sandbox.submitted("GB-B2B-PEPPOL", &invoice("L-1")).await;
    assert_eq!(numbers(&sandbox.get("/einvoicing/documents").await), ["L-1"]);
    sandbox.advance(27 * 86_400).await;
    assert_eq!(numbers(&sandbox.get("/einvoicing/documents").await), ["L-1"]);
    sandbox.advance(6 * 86_400).await;
    assert!(numbers(&sandbox.get("/einvoicing/documents").await).is_empty());
    let all = sandbox.get("/einvoicing/documents?startDate=2024-01-01T00:00:00").await;
    assert_eq!(numbers(&all), ["L-1", "100000", "100000"], "newest first, both directions, every company");
}

#[tokio::test]
async fn filters_take_eq_only() {
    let sandbox = sandbox().await;
    for number in ["F-1", "F-2"] {
        sandbox.submitted("GB-B2B-PEPPOL", &invoice(number)).await;
    }
    let found = sandbox
        .get("/einvoicing/documents?%24filter=documentNumber+eq+F-2+and+status+eq+Complete&flow=out")
        .await;
    assert_eq!(numbers(&found), ["F-2"]);
    assert!(
        numbers(&sandbox.get("/einvoicing/documents?$filter=documentNumber eq F-2&flow=in").await).is_empty()
    );
    // Business Central's spelling, without the dollar sign.
    assert_eq!(numbers(&sandbox.get("/einvoicing/documents?filter=documentNumber eq 'F-1'").await), ["F-1"]);
    for bad in ["documentNumber contains F", "documentNumber ne F-1", "colour eq red"] {
        let call = sandbox.call(Method::GET, "/einvoicing/documents").query(&[("$filter", bad)]);
        let (status, body) = sandbox.refused(call).await;
        assert_eq!((status, &body["error"]), (400, &json!("400")), "{bad}");
    }
    for bad in ["flow=sideways", "startDate=yesterday", "$top=many"] {
        let call = sandbox.call(Method::GET, &format!("/einvoicing/documents?{bad}"));
        assert_eq!(sandbox.refused(call).await.0, 400, "{bad}");
    }
}

/// Following the absolute links to the end shows everything once.
#[tokio::test]
async fn pages_lose_nothing() {
    let sandbox = sandbox().await;
    for number in 0..7 {
        sandbox.submitted("GB-B2B-PEPPOL", &invoice(&format!("P-{number}"))).await;
    }
    let (mut seen, mut pages) = (Vec::new(), 0);
    let mut next = Some(sandbox.elr("/einvoicing/documents?%24top=3&flow=out&%24count=True"));
    while let Some(url) = next {
        assert!(
            url.starts_with(&sandbox.elr("/einvoicing/documents?")),
            "absolute, on the host that was asked: {url}"
        );
        let call = sandbox.client.get(&url).bearer_auth("driver-token").header("avalara-version", "1.6");
        let page: Value = call.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(page["@recordsetCount"], "7");
        seen.extend(numbers(&page).into_iter().map(str::to_owned));
        next = page["@nextLink"].as_str().map(str::to_owned);
        pages += 1;
    }
    assert_eq!(pages, 3);
    let newest_first: Vec<String> = (0..7).rev().map(|number| format!("P-{number}")).collect();
    assert_eq!(seen, newest_first);
    let only = sandbox.get("/einvoicing/documents?%24countOnly=true&flow=out").await;
    assert_eq!(only, json!({"@recordsetCount": "7", "@nextLink": null, "value": []}));
}

#[tokio::test]
async fn events_come_only_when_asked_for() {
    let sandbox = sandbox().await;
    sandbox.submitted("GB-B2B-PEPPOL", &invoice("E-1")).await;
    assert!(sandbox.get("/einvoicing/documents").await["value"][0].get("events").is_none());
    let with = sandbox.get("/einvoicing/documents?%24include=events").await;
    assert_eq!(with["value"][0]["events"].as_array().expect("list").len(), 3);
}

/// Media types, each as itself; what is not offered, with what is; nothing before Complete.
#[tokio::test]
async fn downloads_by_media_type() {
    let sandbox = sandbox().await;
    let path = format!("/einvoicing/documents/{RECORDED_DOCUMENT}/$download");
    let fetch = |accept: &'static str| sandbox.call(Method::GET, &path).header("Accept", accept);
    for (accept, start) in [
        ("application/pdf", &b"%PDF-1."[..]),
        ("application/xml", b"<?xml "),
        ("application/vnd.oasis.ubl+xml", b"<?xml "),
        ("application/json", b"{"),
        ("text/csv, application/pdf;q=0.5", b"%PDF-1."),
    ] {
        let response = fetch(accept).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{accept}");
        let media = response.headers()["content-type"].to_str().expect("text").to_owned();
        assert!(accept.contains(&media), "{accept}: {media}");
        assert!(response.bytes().await.expect("a body").starts_with(start), "{accept}");
    }
    let (status, body) = sandbox.refused(fetch("text/csv")).await;
    assert_eq!((status, &body["error"]), (406, &json!("406")));
    assert!(body["supportedAcceptHeaders"].get("application/pdf").is_some());

    sandbox.settings(json!({"processing_ms": 5_000})).await;
    let id = sandbox.submitted("GB-B2B-PEPPOL", &invoice("D-1")).await;
    let path = format!("/einvoicing/documents/{id}/$download");
    let early = sandbox.call(Method::GET, &path).header("Accept", "application/pdf");
    let (status, body) = sandbox.refused(early).await;
    assert_eq!((status, &body["error"]), (404, &json!("404")));
    sandbox.advance(5).await;
    let late = sandbox
        .call(Method::GET, &path)
        .header("Accept", "application/vnd.oasis.ubl+xml")
        .send()
        .await
        .expect("an answer");
    assert_eq!(late.text().await.expect("a body"), invoice("D-1"), "byte for byte what was submitted");
}
