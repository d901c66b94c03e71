//! Trading partners, tax identifiers, mandates, fields and code lists.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{invoice, sandbox};

fn names(answer: &Value) -> Vec<&str> {
    answer["value"].as_array().expect("list").iter().filter_map(|one| one["name"].as_str()).collect()
}

fn takes(partner: &Value, kind: &str) -> bool {
    let types = partner["supportedDocumentTypes"].as_array().expect("list");
    types.iter().any(|one| {
        one["value"].as_str().is_some_and(|value| value.contains(kind))
            && one["supportedByTradingPartner"] == true
    })
}

#[tokio::test]
async fn some_can_receive_some_cannot_some_are_not_there() {
    let sandbox = sandbox().await;
    let search = |text: &str| format!("/einvoicing/trading-partners?%24search={text}&count=true");
    let contoso = sandbox.get(&search("0088:4098765000006")).await;
    assert_eq!(contoso["@recordSetCount"], 1, "with a capital S");
    assert!(takes(&contoso["value"][0], "::Invoice##") && takes(&contoso["value"][0], "::CreditNote##"));
    let invoices_only = sandbox.get(&search("Invoices+Only")).await;
    assert!(
        takes(&invoices_only["value"][0], "::Invoice##")
            && !takes(&invoices_only["value"][0], "::CreditNote##")
    );
    let silent = sandbox.get(&search("Silent")).await;
    assert!(!takes(&silent["value"][0], "::Invoice##"));
    assert_eq!(sandbox.get(&search("9930:DE000000000")).await["@recordSetCount"], 0);
    assert_eq!(names(&sandbox.get(&search("contoso")).await), Vec::<&str>::new(), "case-sensitive");
    assert_eq!(
        names(&sandbox.get(&search("Contoso+OR+Silent")).await),
        ["Contoso Retail AG", "Silent Partner SAS"]
    );
    assert_eq!(names(&sandbox.get(&search("Contoso+AND+Silent")).await), Vec::<&str>::new());
    let filtered = sandbox
        .get("/einvoicing/trading-partners?%24search=a+OR+e&%24filter=network+eq+Peppol+and+country+eq+FR")
        .await;
    assert_eq!(names(&filtered), ["Silent Partner SAS"]);
    let (status, body) = sandbox.refused(sandbox.call(Method::GET, "/einvoicing/trading-partners")).await;
    assert_eq!((status, &body["title"], &body["status"]), (400, &json!("Bad Request"), &json!("400")));
}

/// A listed receiver that cannot take the type makes the document end in Error; of others nothing is known.
#[tokio::test]
async fn a_receiver_that_cannot_take_it_refuses_the_document() {
    let sandbox = sandbox().await;
    let partner = json!({"name": "Deaf Ltd", "country": "GB", "identifiers": ["9932:GB555555555"], "accepts": ["creditnote"]});
    sandbox.plane(Method::POST, "/seed/elr/partners", partner).await;
    let to_deaf = invoice("N-1").replace("GB123456789", "GB555555555");
    let (status, messages) = sandbox.verdict("GB-B2B-PEPPOL", &to_deaf).await;
    assert_eq!(status, "Error");
    assert_eq!(messages, ["The receiver 9932:GB555555555 (Deaf Ltd) cannot receive ubl-invoice."]);
    let (status, _) =
        sandbox.verdict("GB-B2B-PEPPOL", &invoice("N-2").replace("GB123456789", "GB444444444")).await;
    assert_eq!(status, "Complete");
    sandbox.settings(json!({"receiver_must_accept": false})).await;
    assert_eq!(sandbox.verdict("GB-B2B-PEPPOL", &to_deaf.replace("N-1", "N-3")).await.0, "Complete");
}

#[tokio::test]
async fn partners_are_created_changed_and_removed() {
    let sandbox = sandbox().await;
    let partner = json!({
        "name": "New Partner", "identifiers": [{"name": "peppolParticipantId", "value": "0088:7300010000001"}],
        "addresses": [{"country": "SE"}], "supportedDocumentTypes": [{"value": "anything", "supportedByTradingPartner": true}],
    });
    let base = "/einvoicing/trading-partners";
    let created = sandbox.call(Method::POST, base).json(&partner).send().await.expect("an answer");
    assert_eq!(created.status(), 201);
    let id = created.json::<Value>().await.expect("JSON")["id"].as_str().expect("id").to_owned();
    let mut changed = partner.clone();
    changed["name"] = json!("Renamed Partner");
    let one = format!("{base}/{id}");
    assert_eq!(sandbox.call(Method::PUT, &one).json(&changed).send().await.expect("an answer").status(), 200);
    let found = sandbox.get(&format!("{base}?%24search=7300010000001")).await;
    assert_eq!((names(&found), &found["value"][0]["id"]), (vec!["Renamed Partner"], &json!(id)));
    assert_eq!(sandbox.call(Method::DELETE, &one).send().await.expect("an answer").status(), 204);
    assert_eq!(sandbox.refused(sandbox.call(Method::DELETE, &one)).await.0, 404);
    changed["name"] = json!("ab");
    assert_eq!(
        sandbox.refused(sandbox.call(Method::POST, base).json(&changed)).await.0,
        400,
        "3 to 250 characters"
    );

    let batch = json!({"value": [partner, changed]});
    let (status, body) =
        sandbox.refused(sandbox.call(Method::POST, &format!("{base}/batch")).json(&batch)).await;
    assert_eq!(status, 400);
    assert!(body["detail"].as_str().expect("text").starts_with("value[1]:"), "{body}");
    assert!(names(&sandbox.get(&format!("{base}?%24search=New")).await).is_empty(), "all or none");
    let batch = json!({"value": [partner, partner]});
    let answer: Value = sandbox
        .call(Method::POST, &format!("{base}/batch"))
        .json(&batch)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(answer["value"][1]["index"], 1);
}

#[tokio::test]
async fn mandates_can_be_filtered() {
    let sandbox = sandbox().await;
    let ids = |answer: &Value| -> Vec<String> {
        answer["value"]
            .as_array()
            .expect("list")
            .iter()
            .filter_map(|one| one["mandateId"].as_str().map(str::to_owned))
            .collect()
    };
    let german = sandbox.get("/einvoicing/mandates?%24filter=countryCode+eq+DE&%24count=True").await;
    assert_eq!(german["@recordsetCount"], 3);
    assert_eq!(ids(&german), ["DE-B2B-PEPPOL", "DE-B2G-PEPPOL", "DE-B2G-XRECHNUNG"]);
    assert_eq!(
        ids(&sandbox.get("/einvoicing/mandates?$filter=countryMandate eq GB-B2B-PEPPOL").await),
        ["GB-B2B-PEPPOL"]
    );
    assert_eq!(
        ids(&sandbox.get("/einvoicing/mandates?$filter=mandateId contains SIM").await),
        ["XX-SIM-EN16931", "XX-SIM-PEPPOL"]
    );
    let one = sandbox.get("/einvoicing/mandates?%24top=1").await;
    assert_eq!(one["value"].as_array().expect("list").len(), 1);
    assert!(one["@nextLink"].is_string());
}

/// Header, repeated line and attribute, at UBL paths, by document type and mandate.
#[tokio::test]
async fn fields_of_a_mandate() {
    let sandbox = sandbox().await;
    let fields = |mandate: &'static str, kind: &'static str| {
        let path = format!(
            "/einvoicing/mandates/{mandate}/data-input-fields?documentType={kind}&documentVersion=2.1"
        );
        let sandbox = &sandbox;
        async move { sandbox.get(&path).await }
    };
    let optionality = |fields: &Value, path: &str| {
        let found =
            fields.as_array().expect("an array without an envelope").iter().find(|one| one["path"] == path);
        found.unwrap_or_else(|| panic!("{path}"))["optionality"].as_str().expect("text").to_owned()
    };
    let invoice = fields("XX-SIM-EN16931", "ubl-invoice").await;
    assert_eq!(optionality(&invoice, "/Invoice/cbc:ID"), "Required");
    assert_eq!(optionality(&invoice, "/Invoice/cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode"), "Required");
    assert_eq!(
        optionality(&invoice, "/Invoice/cac:AccountingCustomerParty/cac:Party/cbc:EndpointID"),
        "Optional"
    );
    assert_eq!(optionality(&invoice, "/Invoice/cbc:DueDate"), "Conditional");
    let peppol = fields("DE-B2B-PEPPOL", "ubl-creditnote").await;
    assert_eq!(optionality(&peppol, "/CreditNote/cac:CreditNoteLine/cbc:CreditedQuantity"), "Required");
    assert_eq!(
        optionality(&peppol, "/CreditNote/cac:AccountingCustomerParty/cac:Party/cbc:EndpointID/@schemeID"),
        "Required"
    );
    assert!(!peppol.to_string().contains("DueDate"), "a credit note has no due date of its own");
    let german = fields("DE-B2G-XRECHNUNG", "ubl-invoice").await;
    assert_eq!(optionality(&german, "/Invoice/cbc:BuyerReference"), "Required");
    for bad in ["documentType=ubl-invoice", "documentVersion=2.1", "documentType=cii&documentVersion=2.1"] {
        let call =
            sandbox.call(Method::GET, &format!("/einvoicing/mandates/DE-B2B-PEPPOL/data-input-fields?{bad}"));
        assert_eq!(sandbox.refused(call).await.0, 400, "{bad}");
    }
    let call = sandbox.call(
        Method::GET,
        "/einvoicing/mandates/NO-SUCH/data-input-fields?documentType=ubl-invoice&documentVersion=2.1",
    );
    assert_eq!(sandbox.refused(call).await.0, 404);
    let across = sandbox
        .get(
            "/einvoicing/data-input-fields?$filter=requiredFor/countryMandate contains XRECHNUNG&$count=true",
        )
        .await;
    assert!(
        across["@recordsetCount"].as_u64().is_some_and(|count| count > 30),
        "{}",
        across["@recordsetCount"]
    );
}

#[tokio::test]
async fn code_lists_by_country_and_date() {
    let sandbox = sandbox().await;
    let lists = sandbox.get("/einvoicing/codelists?countryCode=FR&$count=true").await;
    assert_eq!(lists["@recordsetCount"], "5", "text, as the client types it");
    let id = lists["value"][0]["codeListId"].as_str().expect("id").to_owned();
    let one = sandbox.get(&format!("/einvoicing/codelists/{id}?countryCode=FR")).await;
    assert_eq!(one["versions"].as_array().expect("list").len(), 1, "what has ended is left out");
    let then = sandbox
        .get(&format!(
            "/einvoicing/codelists/{id}?countryCode=FR&effectiveDate=2022-01-01&sunsetDate=2022-06-01"
        ))
        .await;
    assert_eq!(then["versions"][0]["jurisSunsetDate"], "2023-12-31");
    assert!(
        sandbox.get("/einvoicing/codelists?countryCode=QQ").await["value"]
            .as_array()
            .expect("list")
            .is_empty()
    );
    for bad in ["", "?countryCode=France", "?countryCode=FR&effectiveDate=2022-01-01"] {
        assert_eq!(
            sandbox.refused(sandbox.call(Method::GET, &format!("/einvoicing/codelists{bad}"))).await.0,
            400,
            "{bad}"
        );
    }
    assert_eq!(
        sandbox
            .refused(sandbox.call(Method::GET, &format!("/einvoicing/codelists/{id}?countryCode=DE")))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn tax_identifiers_are_checked_for_their_format() {
    let sandbox = sandbox().await;
    let ask = |identifier: &str| {
        let question = json!({"countryCode": "GB", "identifierType": "VAT", "identifier": identifier});
        sandbox.call(Method::POST, "/einvoicing/tax-identifiers/validate").json(&question).send()
    };
    let known: Value = ask("GB 777777771").await.expect("an answer").json().await.expect("JSON");
    assert_eq!(known["value"]["extensions"]["companyName"], "Northwind Instruments Ltd");
    let unknown: Value = ask("111111111").await.expect("an answer").json().await.expect("JSON");
    assert_eq!(unknown["value"]["identifier"], "GB111111111");
    let wrong: Value = ask("GB77").await.expect("an answer").json().await.expect("JSON");
    assert_eq!(wrong, json!({"countryCode": "GB", "value": null}));
    let schema = sandbox.get("/einvoicing/tax-identifiers/schema?countryCode=DE&type=request").await;
    assert!(schema["schema"]["$schema"].as_str().expect("text").contains("draft-07"));
}
