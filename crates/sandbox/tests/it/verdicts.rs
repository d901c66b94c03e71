//! Verdicts: each class of violation, on a valid invoice with one thing changed, ends in Error and names its rule.

use serde_json::json;

use crate::support::{INVOICE, Sandbox, bare, sandbox_of};

/// A violation: the rule it breaks, and what is replaced by what (first occurrence) in the valid invoice.
pub struct Violation {
    pub rule: &'static str,
    pub changes: &'static [(&'static str, &'static str)],
}

const fn broken(rule: &'static str, changes: &'static [(&'static str, &'static str)]) -> Violation {
    Violation { rule, changes }
}

const SUBTOTAL_TAX: &str = "100.00</cbc:TaxableAmount>\n      <cbc:TaxAmount currencyID=\"GBP\">20.00";
const CHARGE: &str = "  <cac:AllowanceCharge>\n    <cbc:ChargeIndicator>true</cbc:ChargeIndicator>\n    <cbc:AllowanceChargeReason>Freight</cbc:AllowanceChargeReason>\n    <cbc:Amount currencyID=\"GBP\">10.00</cbc:Amount>\n    <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>\n  </cac:AllowanceCharge>\n  <cac:TaxTotal>";
const BARE_ALLOWANCE: &str = "  <cac:AllowanceCharge>\n    <cbc:ChargeIndicator>false</cbc:ChargeIndicator>\n  </cac:AllowanceCharge>\n  <cac:TaxTotal>";

/// Rules of EN 16931: they hold for every mandate.
pub const EN16931: &[Violation] = &[
    broken("BR-02", &[("<cbc:ID>100000</cbc:ID>", "")]),
    broken("BR-03", &[("<cbc:IssueDate>2024-04-08</cbc:IssueDate>", "")]),
    broken("BR-04", &[("<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "")]),
    broken("BR-05", &[("<cbc:DocumentCurrencyCode>GBP</cbc:DocumentCurrencyCode>", "")]),
    broken("BR-06", &[("<cbc:RegistrationName>Northwind Instruments Ltd</cbc:RegistrationName>", "")]),
    broken("BR-07", &[("<cbc:RegistrationName>Fabrikam Stores Ltd</cbc:RegistrationName>", "")]),
    broken(
        "BR-09",
        &[("<cac:Country><cbc:IdentificationCode>GB</cbc:IdentificationCode></cac:Country>", "")],
    ),
    broken(
        "BR-11",
        &[(
            "LS1 2BB</cbc:PostalZone>\n        <cac:Country><cbc:IdentificationCode>GB</cbc:IdentificationCode></cac:Country>",
            "LS1 2BB</cbc:PostalZone>",
        )],
    ),
    broken("BR-12", &[("<cbc:LineExtensionAmount currencyID=\"GBP\">100.00</cbc:LineExtensionAmount>", "")]),
    broken("BR-13", &[("<cbc:TaxExclusiveAmount currencyID=\"GBP\">100.00</cbc:TaxExclusiveAmount>", "")]),
    broken("BR-14", &[("<cbc:TaxInclusiveAmount currencyID=\"GBP\">120.00</cbc:TaxInclusiveAmount>", "")]),
    broken("BR-15", &[("<cbc:PayableAmount currencyID=\"GBP\">120.00</cbc:PayableAmount>", "")]),
    broken("BR-16", &[("<cac:InvoiceLine>", "<!--"), ("</cac:InvoiceLine>", "-->")]),
    broken("BR-21", &[("<cbc:ID>1</cbc:ID>", "")]),
    broken("BR-22", &[("<cbc:InvoicedQuantity unitCode=\"C62\">4</cbc:InvoicedQuantity>", "")]),
    broken("BR-23", &[(" unitCode=\"C62\"", "")]),
    broken(
        "BR-24",
        &[(
            "4</cbc:InvoicedQuantity>\n    <cbc:LineExtensionAmount currencyID=\"GBP\">100.00</cbc:LineExtensionAmount>",
            "4</cbc:InvoicedQuantity>",
        )],
    ),
    broken("BR-25", &[("<cbc:Name>Pressure gauge</cbc:Name>", "")]),
    broken(
        "BR-26",
        &[("<cac:Price><cbc:PriceAmount currencyID=\"GBP\">25.00</cbc:PriceAmount></cac:Price>", "")],
    ),
    broken(
        "BR-27",
        &[("25.00</cbc:PriceAmount>", "-25.00</cbc:PriceAmount>"), ("\"C62\">4<", "\"C62\">-4<")],
    ),
    broken("BR-31", &[("  <cac:TaxTotal>", BARE_ALLOWANCE)]),
    broken("BR-45", &[("<cbc:TaxableAmount currencyID=\"GBP\">100.00</cbc:TaxableAmount>", "")]),
    broken(
        "BR-46",
        &[(
            "100.00</cbc:TaxableAmount>\n      <cbc:TaxAmount currencyID=\"GBP\">20.00</cbc:TaxAmount>",
            "100.00</cbc:TaxableAmount>",
        )],
    ),
    broken("BR-48", &[("<cbc:ID>S</cbc:ID>\n        <cbc:Percent>20</cbc:Percent>", "<cbc:ID>S</cbc:ID>")]),
    broken("BR-CL-01", &[(">380<", ">999<")]),
    broken("BR-CL-17", &[("<cbc:ID>S</cbc:ID>", "<cbc:ID>Q</cbc:ID>")]),
    broken(
        "BR-CO-04",
        &[("<cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>", "<cac:ClassifiedTaxCategory>")],
    ),
    broken(
        "BR-CO-10",
        &[(
            "<cbc:LineExtensionAmount currencyID=\"GBP\">100.00",
            "<cbc:LineExtensionAmount currencyID=\"GBP\">100.01",
        )],
    ),
    broken(
        "BR-CO-11",
        &[
            ("  <cac:TaxTotal>", BARE_ALLOWANCE),
            (
                "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>",
                "<cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Rebate</cbc:AllowanceChargeReason><cbc:Amount currencyID=\"GBP\">5.00</cbc:Amount>",
            ),
        ],
    ),
    broken("BR-CO-12", &[("  <cac:TaxTotal>", CHARGE)]),
    broken(
        "BR-CO-13",
        &[(
            "<cbc:TaxExclusiveAmount currencyID=\"GBP\">100.00",
            "<cbc:TaxExclusiveAmount currencyID=\"GBP\">99.99",
        )],
    ),
    broken(
        "BR-CO-14",
        &[("<cbc:TaxAmount currencyID=\"GBP\">20.00", "<cbc:TaxAmount currencyID=\"GBP\">20.01")],
    ),
    broken(
        "BR-CO-15",
        &[(
            "<cbc:TaxInclusiveAmount currencyID=\"GBP\">120.00",
            "<cbc:TaxInclusiveAmount currencyID=\"GBP\">121.00",
        )],
    ),
    broken(
        "BR-CO-16",
        &[("<cbc:PayableAmount currencyID=\"GBP\">120.00", "<cbc:PayableAmount currencyID=\"GBP\">20.00")],
    ),
    broken(
        "BR-CO-17",
        &[(SUBTOTAL_TAX, "100.00</cbc:TaxableAmount>\n      <cbc:TaxAmount currencyID=\"GBP\">21.00")],
    ),
    broken(
        "BR-53",
        &[(
            "GBP</cbc:DocumentCurrencyCode>",
            "GBP</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>",
        )],
    ),
    broken(
        "BR-CO-15",
        &[(
            "    <cbc:TaxAmount currencyID=\"GBP\">20.00</cbc:TaxAmount>\n    <cac:TaxSubtotal>",
            "    <cbc:TaxAmount currencyID=\"EUR\">20.00</cbc:TaxAmount>\n    <cac:TaxSubtotal>",
        )],
    ),
    broken(
        "BR-47",
        &[(
            "<cbc:Percent>20</cbc:Percent>\n        <cac:TaxScheme><cbc:ID>VAT<",
            "<cbc:Percent>20</cbc:Percent>\n        <cac:TaxScheme><cbc:ID>GST<",
        )],
    ),
    broken(
        "BR-CO-04",
        &[(
            "<cbc:Percent>20</cbc:Percent>\n        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>\n      </cac:Classified",
            "<cbc:Percent>20</cbc:Percent>\n        <cac:TaxScheme><cbc:ID>GST</cbc:ID></cac:TaxScheme>\n      </cac:Classified",
        )],
    ),
    broken("BR-CO-18", &[("<cac:TaxSubtotal>", "<!--"), ("</cac:TaxSubtotal>", "-->")]),
    broken(
        "BR-CO-26",
        &[
            ("<cbc:CompanyID>GB777777771</cbc:CompanyID>", ""),
            ("<cbc:CompanyID>07654321</cbc:CompanyID>", ""),
        ],
    ),
    broken(
        "BR-DEC-12",
        &[(
            "<cbc:TaxExclusiveAmount currencyID=\"GBP\">100.00",
            "<cbc:TaxExclusiveAmount currencyID=\"GBP\">100.000",
        )],
    ),
    broken(
        "BR-DEC-23",
        &[(
            "4</cbc:InvoicedQuantity>\n    <cbc:LineExtensionAmount currencyID=\"GBP\">100.00",
            "4</cbc:InvoicedQuantity>\n    <cbc:LineExtensionAmount currencyID=\"GBP\">100.000",
        )],
    ),
    broken(
        "BR-S-05",
        &[(
            "<cbc:Percent>20</cbc:Percent>\n        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>\n      </cac:Classified",
            "<cbc:Percent>0</cbc:Percent>\n        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>\n      </cac:Classified",
        )],
    ),
    broken(
        "BR-S-08",
        &[("<cbc:TaxableAmount currencyID=\"GBP\">100.00", "<cbc:TaxableAmount currencyID=\"GBP\">101.00")],
    ),
    broken(
        "BR-E-01",
        &[(
            "<cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>\n        <cbc:Percent>20",
            "<cac:ClassifiedTaxCategory>\n        <cbc:ID>E</cbc:ID>\n        <cbc:Percent>0",
        )],
    ),
    broken(
        "BR-E-08",
        &[("<cbc:ID>S</cbc:ID>\n        <cbc:Percent>20", "<cbc:ID>E</cbc:ID>\n        <cbc:Percent>0")],
    ),
    broken(
        "BR-E-09",
        &[("<cbc:ID>S</cbc:ID>\n        <cbc:Percent>20", "<cbc:ID>E</cbc:ID>\n        <cbc:Percent>0")],
    ),
    broken(
        "BR-Z-05",
        &[(
            "<cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>",
            "<cac:ClassifiedTaxCategory>\n        <cbc:ID>Z</cbc:ID>",
        )],
    ),
    broken(
        "BR-AE-09",
        &[("<cbc:ID>S</cbc:ID>\n        <cbc:Percent>20", "<cbc:ID>AE</cbc:ID>\n        <cbc:Percent>0")],
    ),
    broken(
        "BR-IC-08",
        &[("<cbc:ID>S</cbc:ID>\n        <cbc:Percent>20", "<cbc:ID>K</cbc:ID>\n        <cbc:Percent>0")],
    ),
    broken(
        "BR-O-01",
        &[(
            "<cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>\n        <cbc:Percent>20</cbc:Percent>",
            "<cac:ClassifiedTaxCategory>\n        <cbc:ID>O</cbc:ID>",
        )],
    ),
];

/// Rules of Peppol BIS Billing 3: they hold for its mandates only.
pub const PEPPOL: &[Violation] = &[
    broken(
        "PEPPOL-EN16931-R001",
        &[("<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>", "")],
    ),
    broken("PEPPOL-EN16931-R003", &[("<cbc:BuyerReference>Shop 7</cbc:BuyerReference>", "")]),
    broken("PEPPOL-EN16931-R007", &[("billing:01:1.0</cbc:ProfileID>", "billing:1:1.0</cbc:ProfileID>")]),
    broken("PEPPOL-EN16931-R008", &[("<cbc:ID>1</cbc:ID>", "<cbc:ID>1</cbc:ID><cbc:Note> </cbc:Note>")]),
    broken("PEPPOL-EN16931-R010", &[("<cbc:EndpointID schemeID=\"9932\">GB123456789</cbc:EndpointID>", "")]),
    broken("PEPPOL-EN16931-R020", &[("<cbc:EndpointID schemeID=\"9932\">GB777777771</cbc:EndpointID>", "")]),
    broken("BR-63", &[("<cbc:EndpointID schemeID=\"9932\">GB123456789", "<cbc:EndpointID>GB123456789")]),
    broken("PEPPOL-EN16931-R120", &[("25.00</cbc:PriceAmount>", "25.01</cbc:PriceAmount>")]),
    broken(
        "PEPPOL-EN16931-R121",
        &[("25.00</cbc:PriceAmount>", "25.00</cbc:PriceAmount><cbc:BaseQuantity>0</cbc:BaseQuantity>")],
    ),
    broken("PEPPOL-EN16931-P0100", &[(">380<", ">381<")]),
    broken("PEPPOL-EN16931-CL008", &[("\"9932\">GB123456789", "\"9906\">IT123456789")]),
    broken("PEPPOL-COMMON-R040", &[("\"9932\">GB123456789", "\"0088\">7300010000002")]),
    broken("PEPPOL-COMMON-R041", &[("\"9932\">GB123456789", "\"0192\">974760674")]),
    broken("PEPPOL-COMMON-R042", &[("\"9932\">GB123456789", "\"0184\">DK1234567")]),
    broken("PEPPOL-COMMON-R043", &[("\"9932\">GB123456789", "\"0208\">0308357158")]),
    broken("PEPPOL-COMMON-R049", &[("\"9932\">GB123456789", "\"0007\">2021005449")]),
    broken("PEPPOL-COMMON-R050", &[("\"9932\">GB123456789", "\"0151\">51824753557")]),
    broken("PEPPOL-COMMON-R052", &[("\"9932\">GB123456789", "\"0096\">12345678")]),
    broken("PEPPOL-COMMON-R053", &[("\"9932\">GB123456789", "\"0198\">12345678")]),
];

/// What XRechnung wants beyond: on the seeded invoice made an XRechnung.
const XRECHNUNG: &[Violation] = &[
    broken("BR-DE-1", &[("<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>", "")]),
    broken("BR-DE-3", &[("<cbc:CityName>Bristol</cbc:CityName>", "")]),
    broken("BR-DE-4", &[("<cbc:PostalZone>BS1 1AA</cbc:PostalZone>", "")]),
    broken("BR-DE-5", &[("<cbc:Name>Ada</cbc:Name>", "")]),
    broken("BR-DE-6", &[("<cbc:Telephone>+44 117 1234</cbc:Telephone>", "")]),
    broken("BR-DE-7", &[("<cbc:ElectronicMail>ada@example.com</cbc:ElectronicMail>", "")]),
    broken("BR-DE-8", &[("<cbc:CityName>Leeds</cbc:CityName>", "")]),
    broken("BR-DE-9", &[("<cbc:PostalZone>LS1 2BB</cbc:PostalZone>", "")]),
    broken("BR-DE-15", &[("<cbc:BuyerReference>Shop 7</cbc:BuyerReference>", "")]),
];

const PEPPOL_ID: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";

impl Violation {
    pub fn of(&self, valid: &str) -> String {
        self.changes.iter().fold(valid.to_owned(), |xml, (from, to)| {
            assert!(xml.contains(from), "{}: {from} is not there", self.rule);
            xml.replacen(from, to, 1)
        })
    }
}

fn xrechnung() -> String {
    let contact = "<cac:Contact><cbc:Name>Ada</cbc:Name><cbc:Telephone>+44 117 1234</cbc:Telephone><cbc:ElectronicMail>ada@example.com</cbc:ElectronicMail></cac:Contact>\n    </cac:Party>\n  </cac:AccountingSupplierParty>";
    let xml =
        INVOICE.replace(PEPPOL_ID, "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0");
    xml.replace("</cac:Party>\n  </cac:AccountingSupplierParty>", contact)
}

/// A sandbox with the seller of the seeded invoice and the mandates judged here.
pub async fn judging() -> Sandbox {
    let sandbox = sandbox_of(bare(0)).await;
    let seller = json!({"name": "Northwind Instruments Ltd", "code": "N", "country": "GB", "identifiers": ["GB777777771"],
        "mandates": ["XX-SIM-PEPPOL", "XX-SIM-EN16931", "DE-B2G-XRECHNUNG"]});
    sandbox.plane(reqwest::Method::POST, "/seed/elr/companies", seller).await;
    // Some violations take away what the seller is recognised by; that is not what is judged here.
    sandbox.settings(json!({"supplier_must_be_registered": false})).await;
    sandbox
}

#[tokio::test]
async fn the_valid_documents_are_valid() {
    let sandbox = judging().await;
    for (mandate, xml) in [
        ("XX-SIM-PEPPOL", INVOICE.to_owned()),
        ("XX-SIM-EN16931", INVOICE.to_owned()),
        ("DE-B2G-XRECHNUNG", xrechnung()),
    ] {
        assert_eq!(
            sandbox.verdict(mandate, &xml).await,
            (
                "Complete".to_owned(),
                vec![
                    "The document was delivered to the recipient".to_owned(),
                    "The document was registered".to_owned()
                ]
            ),
            "{mandate}"
        );
    }
}

async fn refuses(sandbox: &Sandbox, mandate: &str, valid: &str, violations: &[Violation]) {
    for violation in violations {
        let (status, messages) = sandbox.verdict(mandate, &violation.of(valid)).await;
        assert_eq!(status, "Error", "{mandate} {}", violation.rule);
        let prefix = format!("{}: ", violation.rule);
        // A code that is no type code breaks the rule of whichever list the mandate uses.
        let named = messages.iter().any(|message| message.starts_with(&prefix))
            || (violation.rule == "BR-CL-01"
                && messages.iter().any(|message| message.starts_with("PEPPOL-EN16931-P0100: ")));
        assert!(named, "{mandate} {}: {messages:?}", violation.rule);
    }
}

#[tokio::test]
async fn every_mandate_refuses_what_en16931_forbids() {
    let sandbox = judging().await;
    refuses(&sandbox, "XX-SIM-EN16931", INVOICE, EN16931).await;
    refuses(&sandbox, "XX-SIM-PEPPOL", INVOICE, EN16931).await;
}

#[tokio::test]
async fn peppol_mandates_refuse_what_peppol_forbids_and_plain_ones_do_not() {
    let sandbox = judging().await;
    refuses(&sandbox, "XX-SIM-PEPPOL", INVOICE, PEPPOL).await;
    // 381 is a credit note's code and a scheme without an identifier is against EN 16931 itself.
    let own = ["PEPPOL-EN16931-P0100", "BR-63"];
    for violation in PEPPOL.iter().filter(|violation| !own.contains(&violation.rule)) {
        let (status, messages) = sandbox.verdict("XX-SIM-EN16931", &violation.of(INVOICE)).await;
        assert_eq!(status, "Complete", "{}: {messages:?}", violation.rule);
    }
}

#[tokio::test]
async fn xrechnung_wants_more() {
    let sandbox = judging().await;
    refuses(&sandbox, "DE-B2G-XRECHNUNG", &xrechnung(), XRECHNUNG).await;
}

#[tokio::test]
async fn a_document_of_another_kind_or_profile_is_refused() {
    let sandbox = judging().await;
    let first = |found: (String, Vec<String>)| (found.0, found.1.into_iter().next().unwrap_or_default());
    let (status, message) = first(sandbox.verdict("DE-B2G-XRECHNUNG", INVOICE).await);
    assert!(status == "Error" && message.contains("CustomizationID"), "{message}");
    let (_, messages) =
        sandbox.verdict("XX-SIM-PEPPOL", &INVOICE.replace(PEPPOL_ID, "urn:cen.eu:en16931:2017")).await;
    assert!(messages.iter().any(|message| message.contains("CustomizationID")), "{messages:?}");

    let id = sandbox.submission("XX-SIM-PEPPOL", "ubl-creditnote", INVOICE).send().await.expect("an answer");
    let id = id.json::<serde_json::Value>().await.expect("JSON")["id"].as_str().expect("id").to_owned();
    let answer = sandbox.status(&id).await;
    assert_eq!(
        answer["events"][1]["message"],
        "The root element is Invoice, not the UBL CreditNote that ubl-creditnote announces."
    );

    for (xml, part) in [
        ("not XML at all".to_owned(), "not well-formed"),
        (INVOICE[..900].to_owned(), "not well-formed"),
        (
            INVOICE.replacen("<Invoice ", "<!DOCTYPE Invoice [<!ENTITY a \"b\">]><Invoice ", 1),
            "document type declaration",
        ),
        (INVOICE.replace("Invoice-2\"", "Invoice-3\""), "root element"),
        (format!("<a>{}{}</a>", "<b>".repeat(200_000), "</b>".repeat(200_000)), "nests elements deeper"),
    ] {
        let (status, messages) = sandbox.verdict("XX-SIM-PEPPOL", &xml).await;
        assert_eq!((status.as_str(), messages.len()), ("Error", 1), "{messages:?}");
        assert!(messages[0].contains(part), "{messages:?}");
    }
}

/// All reasons are told, not the first only, and no more than a hundred events.
#[tokio::test]
async fn every_reason_is_told() {
    let sandbox = judging().await;
    let three = [&EN16931[0], &EN16931[1], &EN16931[11]]
        .iter()
        .fold(INVOICE.to_owned(), |xml, violation| violation.of(&xml));
    let (_, messages) = sandbox.verdict("XX-SIM-EN16931", &three).await;
    for rule in ["BR-02: ", "BR-03: ", "BR-15: "] {
        assert!(messages.iter().any(|message| message.starts_with(rule)), "{rule} {messages:?}");
    }
    let start = INVOICE.find("  <cac:InvoiceLine>").expect("a line");
    let end = INVOICE.find("</Invoice>").expect("the end");
    let line = INVOICE[start..end].replace("25.00</cbc:PriceAmount>", "1.00</cbc:PriceAmount>");
    let many = format!("{}{}</Invoice>", &INVOICE[..start], line.repeat(300));
    let (_, messages) = sandbox.verdict("XX-SIM-PEPPOL", &many).await;
    assert_eq!(messages.len(), 100);
    assert!(messages[99].ends_with("further problems are not listed."), "{}", messages[99]);
}
