//! The fields themselves: a UBL path, its business term, and how strictly EN 16931, Peppol and XRechnung want it.

use super::Field;
use super::Optionality::{self, Conditional as C, Optional as O, Required as R};

const fn field(
    id: u16,
    path: &'static str,
    name: &'static str,
    (data_type, cardinality): (&'static str, &'static str),
    example: &'static str,
    [en16931, peppol, xrechnung]: [Optionality; 3],
) -> Field {
    Field { id, path, name, data_type, cardinality, example, en16931, peppol, xrechnung }
}

const ONE: (&str, &str) = ("string", "1..1");
const MAYBE: (&str, &str) = ("string", "0..1");
const SOME: (&str, &str) = ("string", "0..n");
const CODE: (&str, &str) = ("code", "1..1");
const MAYBE_CODE: (&str, &str) = ("code", "0..1");
const DAY: (&str, &str) = ("date", "1..1");
const MAYBE_DAY: (&str, &str) = ("date", "0..1");
const AMOUNT: (&str, &str) = ("amount", "1..1");
const MAYBE_AMOUNT: (&str, &str) = ("amount", "0..1");
const SOME_AMOUNT: (&str, &str) = ("amount", "0..n");

/// Every field, header first, then totals, then lines. Process and electronic addresses are conditional for XRechnung:
/// its own rules do not ask for them, the Peppol rules that some releases add do.
#[rustfmt::skip]
pub(in crate::elr) static FIELDS: &[Field] = &[
    field(100, "cbc:CustomizationID", "Specification identifier", ONE, "", [R, R, R]),
    field(101, "cbc:ProfileID", "Business process type", MAYBE, "", [O, R, C]),
    field(102, "cbc:ID", "Document number", ONE, "2026-0001", [R, R, R]),
    field(103, "cbc:IssueDate", "Issue date", DAY, "2026-11-20", [R, R, R]),
    field(104, "cbc:DueDate", "Payment due date", MAYBE_DAY, "2026-12-20", [C, C, C]),
    field(105, "cbc:{Type}", "Document type code", CODE, "380", [R, R, R]),
    field(106, "cbc:Note", "Document note", SOME, "Thank you", [O, O, O]),
    field(107, "cbc:TaxPointDate", "Tax point date", MAYBE_DAY, "2026-11-20", [O, O, O]),
    field(108, "cbc:DocumentCurrencyCode", "Document currency", CODE, "EUR", [R, R, R]),
    field(109, "cbc:TaxCurrencyCode", "Accounting currency of the tax", MAYBE_CODE, "EUR", [C, C, C]),
    field(110, "cbc:AccountingCost", "Buyer accounting reference", MAYBE, "4217:100", [O, O, O]),
    field(111, "cbc:BuyerReference", "Buyer reference", MAYBE, "04011000-12345-03", [O, C, R]),
    field(112, "cac:InvoicePeriod/cbc:StartDate", "Invoicing period start", MAYBE_DAY, "2026-11-01", [O, O, O]),
    field(113, "cac:InvoicePeriod/cbc:EndDate", "Invoicing period end", MAYBE_DAY, "2026-11-30", [O, O, O]),
    field(114, "cac:OrderReference/cbc:ID", "Purchase order reference", MAYBE, "PO-77", [O, C, O]),
    field(115, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", "Preceding invoice number", SOME, "2026-0000", [C, C, C]),
    field(116, "cac:ContractDocumentReference/cbc:ID", "Contract reference", MAYBE, "C-12", [O, O, O]),
    field(117, "cac:ProjectReference/cbc:ID", "Project reference", MAYBE, "P-3", [O, O, O]),

    field(200, "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", "Seller electronic address", MAYBE, "4012345000009", [O, R, C]),
    field(201, "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID/@schemeID", "Seller electronic address scheme", MAYBE_CODE, "0088", [C, R, C]),
    field(202, "cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID", "Seller identifier", SOME, "S-100", [C, C, C]),
    field(203, "cac:AccountingSupplierParty/cac:Party/cac:PartyName/cbc:Name", "Seller trading name", MAYBE, "Northwind", [O, O, O]),
    field(204, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:StreetName", "Seller street", MAYBE, "Hauptstrasse 1", [O, O, O]),
    field(205, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:CityName", "Seller city", MAYBE, "Berlin", [O, O, R]),
    field(206, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:PostalZone", "Seller post code", MAYBE, "10115", [O, O, R]),
    field(207, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "Seller country", CODE, "DE", [R, R, R]),
    field(208, "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID", "Seller VAT identifier", MAYBE, "DE123456789", [C, C, C]),
    field(209, "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName", "Seller name", ONE, "Northwind GmbH", [R, R, R]),
    field(210, "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID", "Seller legal registration", MAYBE, "HRB 1234", [C, C, C]),
    field(211, "cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Name", "Seller contact name", MAYBE, "Ada Example", [O, O, R]),
    field(212, "cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Telephone", "Seller contact telephone", MAYBE, "+49 30 1234", [O, O, R]),
    field(213, "cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:ElectronicMail", "Seller contact e-mail", MAYBE, "ada@example.com", [O, O, R]),

    field(300, "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID", "Buyer electronic address", MAYBE, "4098765000006", [O, R, C]),
    field(301, "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID/@schemeID", "Buyer electronic address scheme", MAYBE_CODE, "0088", [C, R, C]),
    field(302, "cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID", "Buyer identifier", MAYBE, "C-200", [O, O, O]),
    field(303, "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:StreetName", "Buyer street", MAYBE, "Marktplatz 2", [O, O, O]),
    field(304, "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:CityName", "Buyer city", MAYBE, "Hamburg", [O, O, R]),
    field(305, "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:PostalZone", "Buyer post code", MAYBE, "20095", [O, O, R]),
    field(306, "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "Buyer country", CODE, "DE", [R, R, R]),
    field(307, "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID", "Buyer VAT identifier", MAYBE, "DE987654321", [C, C, C]),
    field(308, "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName", "Buyer name", ONE, "Contoso AG", [R, R, R]),

    field(400, "cac:Delivery/cbc:ActualDeliveryDate", "Delivery date", MAYBE_DAY, "2026-11-18", [O, O, O]),
    field(401, "cac:PaymentMeans/cbc:PaymentMeansCode", "Payment means code", ("code", "0..n"), "58", [C, C, R]),
    field(402, "cac:PaymentMeans/cbc:PaymentID", "Remittance information", SOME, "2026-0001", [O, O, O]),
    field(403, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "Payment account", SOME, "DE02120300000000202051", [C, C, C]),
    field(404, "cac:PaymentTerms/cbc:Note", "Payment terms", MAYBE, "30 days", [C, C, C]),
    field(405, "cac:AllowanceCharge/cbc:ChargeIndicator", "Allowance (false) or charge (true)", ("boolean", "0..n"), "false", [C, C, C]),
    field(406, "cac:AllowanceCharge/cbc:Amount", "Allowance or charge amount", SOME_AMOUNT, "10.00", [C, C, C]),
    field(407, "cac:AllowanceCharge/cac:TaxCategory/cbc:ID", "Allowance or charge VAT category", ("code", "0..n"), "S", [C, C, C]),

    field(500, "cac:TaxTotal/cbc:TaxAmount", "Total VAT amount", AMOUNT, "19.00", [R, R, R]),
    field(501, "cac:TaxTotal/cbc:TaxAmount/@currencyID", "Total VAT amount currency", CODE, "EUR", [R, R, R]),
    field(502, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount", "VAT category taxable amount", ("amount", "1..n"), "100.00", [R, R, R]),
    field(503, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount", "VAT category tax amount", ("amount", "1..n"), "19.00", [R, R, R]),
    field(504, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID", "VAT category code", ("code", "1..n"), "S", [R, R, R]),
    field(505, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", "VAT category rate", ("percentage", "0..n"), "19", [C, C, R]),
    field(506, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReason", "VAT exemption reason", SOME, "Exempt", [C, C, C]),
    field(510, "cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "Sum of line net amounts", AMOUNT, "100.00", [R, R, R]),
    field(511, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", "Total without VAT", AMOUNT, "100.00", [R, R, R]),
    field(512, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "Total with VAT", AMOUNT, "119.00", [R, R, R]),
    field(513, "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount", "Sum of allowances", MAYBE_AMOUNT, "10.00", [C, C, C]),
    field(514, "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount", "Sum of charges", MAYBE_AMOUNT, "5.00", [C, C, C]),
    field(515, "cac:LegalMonetaryTotal/cbc:PrepaidAmount", "Paid amount", MAYBE_AMOUNT, "50.00", [O, O, O]),
    field(516, "cac:LegalMonetaryTotal/cbc:PayableAmount", "Amount due for payment", AMOUNT, "119.00", [R, R, R]),

    field(600, "cac:{Line}/cbc:ID", "Line identifier", ("string", "1..n"), "1", [R, R, R]),
    field(601, "cac:{Line}/cbc:Note", "Line note", SOME, "as agreed", [O, O, O]),
    field(602, "cac:{Line}/cbc:{Quantity}", "Quantity", ("quantity", "1..n"), "10", [R, R, R]),
    field(603, "cac:{Line}/cbc:{Quantity}/@unitCode", "Unit of measure code", ("code", "1..n"), "C62", [R, R, R]),
    field(604, "cac:{Line}/cbc:LineExtensionAmount", "Line net amount", ("amount", "1..n"), "100.00", [R, R, R]),
    field(605, "cac:{Line}/cac:Item/cbc:Description", "Item description", SOME, "Blue", [O, O, O]),
    field(606, "cac:{Line}/cac:Item/cbc:Name", "Item name", ("string", "1..n"), "Widget", [R, R, R]),
    field(607, "cac:{Line}/cac:Item/cac:SellersItemIdentification/cbc:ID", "Seller's item identifier", SOME, "W-1", [O, O, O]),
    field(608, "cac:{Line}/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "Line VAT category code", ("code", "1..n"), "S", [R, R, R]),
    field(609, "cac:{Line}/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "Line VAT rate", ("percentage", "0..n"), "19", [C, C, C]),
    field(610, "cac:{Line}/cac:Price/cbc:PriceAmount", "Item net price", ("amount", "1..n"), "10.00", [R, R, R]),
    field(611, "cac:{Line}/cac:Price/cbc:BaseQuantity", "Item price base quantity", ("quantity", "0..n"), "1", [O, O, O]),
    field(612, "cac:{Line}/cac:AllowanceCharge/cbc:Amount", "Line allowance or charge amount", SOME_AMOUNT, "1.00", [C, C, C]),
];
