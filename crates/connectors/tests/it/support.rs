//! Opened systems, sample documents, and the simulator behind its control plane.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterfoil_connectors::http::Transport;
use counterfoil_connectors::port::{Attempt, EInvoicing, Opening, System};
use counterfoil_core::Problem;
use counterfoil_core::document::Kind;
use counterfoil_core::exchange::Exchange;
use counterfoil_core::id::AttemptId;
use counterfoil_core::outbound::{Label, Outbound};
use counterfoil_sandbox::{Options, Running, start};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

/// A company of the furnished world, by its code there.
pub const COMPANY_CODE: &str = "NORTHWIND";
pub const MANDATE: &str = "GB-B2B-PEPPOL";
/// The client name every call must carry.
pub const CLIENT: &str = "Counterfoil/test";

pub fn attempt() -> Attempt {
    Attempt::new(AttemptId::new(Uuid::now_v7()))
}

/// Opens a system; secrets are `(field, value)`.
pub fn open(
    system: &str,
    environment: &str,
    settings: &[(&str, &str)],
    secrets: &[(&str, &str)],
    company: Option<&str>,
) -> Result<Arc<dyn System>, Problem> {
    let connector = counterfoil_connectors::find(system).expect("registered");
    (connector.open)(opening(system, environment, settings, secrets, company))
}

/// What a system is opened with.
pub fn opening(
    system: &str,
    environment: &str,
    settings: &[(&str, &str)],
    secrets: &[(&str, &str)],
    company: Option<&str>,
) -> Opening {
    let descriptor = &counterfoil_connectors::find(system).expect("registered").descriptor;
    Opening {
        environment: descriptor.environment(environment).expect("known"),
        settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        credentials: secrets
            .iter()
            .map(|(key, value)| ((*key).to_owned(), SecretString::from(*value)))
            .collect(),
        company: company.map(str::to_owned),
        client: CLIENT.to_owned(),
        transport: Transport::live(),
    }
}

/// The simulator, and ELR opened against it for the company of [`COMPANY_CODE`].
pub struct Elr {
    pub running: Running,
    pub system: Arc<dyn System>,
    pub company: String,
    pub secrets: BTreeMap<String, String>,
    http: reqwest::Client,
}

impl Elr {
    pub async fn start() -> Self {
        let running = start(Options { seed: 7, ..Options::default() }).await.expect("the simulator starts");
        let http = client();
        let credentials: Value = fetch(&http, &format!("{}/credentials", running.control())).await;
        let secret = |name: &str| credentials["elr"][name].as_str().expect("a credential").to_owned();
        let secrets: BTreeMap<String, String> = ["client_id", "client_secret", "webhook_secret"]
            .into_iter()
            .map(|name| (name.to_owned(), secret(name)))
            .collect();
        let url = running.url("elr").expect("serves elr").to_owned();
        let chosen =
            open_elr(&url, &secrets, None).expect("opens").check(&attempt()).await.expect("companies");
        let ours = chosen.iter().find(|company| company.code.as_deref() == Some(COMPANY_CODE));
        let company = ours.expect("the furnished company").id.clone();
        let system = open_elr(&url, &secrets, Some(&company)).expect("opens");
        Self { running, system, company, secrets, http }
    }

    pub fn url(&self) -> &str {
        self.running.url("elr").expect("serves elr")
    }

    pub fn einvoicing(&self) -> &dyn EInvoicing {
        self.system.einvoicing().expect("takes e-invoices")
    }

    /// Another opened system, whose token is its own.
    pub fn reopened(&self) -> Arc<dyn System> {
        open_elr(self.url(), &self.secrets, Some(&self.company)).expect("opens")
    }

    /// An outbound of the furnished company.
    pub fn outbound(&self, kind: Kind, number: &str) -> Outbound {
        outbound(&self.company, kind, number)
    }

    /// Sets one fault: strikes `count` times at `operation`.
    pub async fn fault(&self, operation: &str, fault: &str, count: u32) {
        self.fault_with(json!({ "system": "elr", "operation": operation, "fault": fault, "count": count }))
            .await;
    }

    pub async fn fault_with(&self, fault: Value) {
        self.put("/faults", fault).await;
    }

    pub async fn settings(&self, settings: Value) {
        self.put("/settings", json!({ "elr": settings })).await;
    }

    async fn put(&self, path: &str, body: Value) {
        let url = format!("{}{path}", self.running.control());
        let answer = self.http.put(url).body(body.to_string()).send().await.expect("control plane");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    /// The simulator's view of itself.
    pub async fn world(&self) -> Value {
        fetch(&self.http, &format!("{}/world/elr", self.running.control())).await
    }

    /// How often an operation was called.
    pub async fn calls(&self, operation: &str) -> u64 {
        self.world().await["calls"][operation].as_u64().expect("a count")
    }

    /// The documents it holds with this number.
    pub async fn held(&self, number: &str) -> Vec<Value> {
        let world = self.world().await;
        let documents = world["documents"].as_array().expect("documents").iter();
        documents.filter(|document| document["number"] == number).cloned().collect()
    }

    pub async fn advance(&self, seconds: u32) {
        let url = format!("{}/clock", self.running.control());
        let body = json!({ "advance_s": seconds }).to_string();
        let answer = self.http.post(url).body(body).send().await.expect("control plane");
        assert!(answer.status().is_success());
    }

    /// Adds something to the simulator's world.
    pub async fn seed(&self, what: &str, body: Value) {
        let url = format!("{}/seed/elr/{what}", self.running.control());
        let answer = self.http.post(url).body(body.to_string()).send().await.expect("control plane");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    /// A call beside the connector, as the vendor documents it.
    pub async fn plain(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.url())).bearer_auth("driver-token");
        let request = request.header("avalara-version", "1.6").header("Content-Type", "application/json");
        let answer = request.body(body.to_string()).send().await.expect("an answer");
        serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON")
    }
}

pub fn open_elr(
    url: &str,
    secrets: &BTreeMap<String, String>,
    company: Option<&str>,
) -> Result<Arc<dyn System>, Problem> {
    let secrets: Vec<(&str, &str)> =
        secrets.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    open("elr", "simulated", &[("host.api", url), ("host.identity", url)], &secrets, company)
}

/// A client of the tests' own; the product's is under test.
fn client() -> reqwest::Client {
    // the one TLS provider of a program; an error only says that the product was faster
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

async fn fetch(http: &reqwest::Client, url: &str) -> Value {
    let answer = http.get(url).send().await.expect("an answer");
    serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON")
}

pub fn outbound(company: &str, kind: Kind, number: &str) -> Outbound {
    let label = Label {
        kind,
        number: number.to_owned(),
        issue_date: Some(jiff::civil::date(2026, 11, 2)),
        seller: "Northwind Instruments Ltd".to_owned(),
        buyer: "Contoso Retail AG".to_owned(),
        mandate: MANDATE.to_owned(),
        country: "GB".to_owned(),
        company: company.to_owned(),
        workflow: "partner-einvoicing".to_owned(),
        output: None,
    };
    Outbound::new(ubl(kind, number).into_bytes().into(), label)
}

/// A Peppol BIS 3 document of 10 pieces at 12.50 and 20 % VAT: 125.00, 25.00, 150.00.
pub fn ubl(kind: Kind, number: &str) -> String {
    let (root, type_code, line, quantity, due) = match kind {
        Kind::Invoice => (
            "Invoice",
            "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>",
            "InvoiceLine",
            "InvoicedQuantity",
            "<cbc:DueDate>2026-12-02</cbc:DueDate>",
        ),
        Kind::CreditNote => (
            "CreditNote",
            "<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>",
            "CreditNoteLine",
            "CreditedQuantity",
            "",
        ),
    };
    let party = |endpoint: &str, name: &str, country: &str, vat: &str| {
        format!(
            "<cac:Party>{endpoint}<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName><cac:PostalAddress>\
             <cbc:StreetName>1 Long Lane</cbc:StreetName><cbc:CityName>Town</cbc:CityName><cbc:PostalZone>12345</cbc:PostalZone>\
             <cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>{vat}\
             <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>"
        )
    };
    let vat = "<cac:PartyTaxScheme><cbc:CompanyID>GB777777771</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>\
               </cac:PartyTaxScheme>";
    let seller = party(
        r#"<cbc:EndpointID schemeID="9932">GB777777771</cbc:EndpointID>"#,
        "Northwind Instruments Ltd",
        "GB",
        vat,
    );
    let buyer = party(
        r#"<cbc:EndpointID schemeID="0088">4098765000003</cbc:EndpointID>"#,
        "Contoso Retail AG",
        "DE",
        "",
    );
    let number = number.replace('&', "&amp;").replace('<', "&lt;");
    let category =
        "<cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>";
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{root} xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:{root}-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\
         <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>\
         <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>\
         <cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-02</cbc:IssueDate>{due}{type_code}\
         <cbc:DocumentCurrencyCode>GBP</cbc:DocumentCurrencyCode><cbc:BuyerReference>PO-1</cbc:BuyerReference>\
         <cac:AccountingSupplierParty>{seller}</cac:AccountingSupplierParty>\
         <cac:AccountingCustomerParty>{buyer}</cac:AccountingCustomerParty>\
         <cac:PaymentTerms><cbc:Note>30 days</cbc:Note></cac:PaymentTerms>\
         <cac:TaxTotal><cbc:TaxAmount currencyID=\"GBP\">25.00</cbc:TaxAmount><cac:TaxSubtotal>\
         <cbc:TaxableAmount currencyID=\"GBP\">125.00</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"GBP\">25.00</cbc:TaxAmount>\
         <cac:TaxCategory>{category}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>\
         <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID=\"GBP\">125.00</cbc:LineExtensionAmount>\
         <cbc:TaxExclusiveAmount currencyID=\"GBP\">125.00</cbc:TaxExclusiveAmount>\
         <cbc:TaxInclusiveAmount currencyID=\"GBP\">150.00</cbc:TaxInclusiveAmount>\
         <cbc:PayableAmount currencyID=\"GBP\">150.00</cbc:PayableAmount></cac:LegalMonetaryTotal>\
         <cac:{line}><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode=\"C62\">10</cbc:{quantity}>\
         <cbc:LineExtensionAmount currencyID=\"GBP\">125.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Gauge</cbc:Name>\
         <cac:ClassifiedTaxCategory>{category}</cac:ClassifiedTaxCategory></cac:Item>\
         <cac:Price><cbc:PriceAmount currencyID=\"GBP\">12.50</cbc:PriceAmount></cac:Price></cac:{line}></{root}>"
    )
}

/// Everything of an exchange that could be stored or shown, as text.
pub fn shown(exchange: &Exchange) -> String {
    let exported = counterfoil_connectors::http::replay::export(exchange);
    format!(
        "{} {:?} {:?}",
        serde_json::to_string(&exported).expect("JSON"),
        exchange.fault,
        exchange.request.url
    )
}
