//! Documents: the canonical form of what a source holds.

use std::collections::BTreeMap;

use einvoice::Invoice;
use einvoice::invoice::DocumentKind;
use serde::{Deserialize, Serialize};

use crate::{Problem, codes};

/// The kinds a flow can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Invoice,
    CreditNote,
}

impl Kind {
    /// The word stored and filtered by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit note",
        }
    }
}

impl From<DocumentKind> for Kind {
    fn from(kind: DocumentKind) -> Self {
        match kind {
            DocumentKind::Invoice => Self::Invoice,
            DocumentKind::CreditNote => Self::CreditNote,
        }
    }
}

/// An invoice or credit note as its source holds it, in canonical form.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub kind: Kind,
    pub invoice: Invoice,
    /// The record's own bytes are UBL: where no mapping changes anything they are sent as they are.
    pub is_ubl: bool,
    /// The source's own status, such as `approved`.
    pub source_status: Option<String>,
    /// Fields the source's administrator made.
    pub custom_fields: BTreeMap<String, String>,
    /// What reading noticed, such as elements the model does not hold.
    pub remarks: Vec<Problem>,
}

impl Document {
    /// A document read from UBL: its bytes can be sent as they are.
    pub fn of_ubl(reading: einvoice::ubl::Reading) -> Self {
        let mut remarks = reading.issues;
        let unmapped = reading.unmapped.iter();
        remarks.extend(
            unmapped.map(|unmapped| codes::element_not_held(&unmapped.path, &shorten(&unmapped.value))),
        );
        Self { is_ubl: true, remarks, ..Self::of_invoice(reading.invoice) }
    }

    /// A document that UBL must be written for.
    pub fn of_invoice(invoice: Invoice) -> Self {
        Self {
            kind: invoice.kind.into(),
            invoice,
            is_ubl: false,
            source_status: None,
            custom_fields: BTreeMap::new(),
            remarks: Vec::new(),
        }
    }

    /// Who numbers this document: the seller's VAT number, else a registration, else the name; folded so that spaces,
    /// dots and case do not make another seller.
    pub fn seller_key(&self) -> String {
        let seller = &self.invoice.seller;
        let identifier = [
            seller.vat_identifier.as_deref(),
            seller.tax_registration.as_ref().map(|id| id.value.as_str()),
            seller.legal_registration.as_ref().map(|id| id.value.as_str()),
            seller.identifiers.first().map(|id| id.value.as_str()),
            Some(seller.name.as_str()),
        ];
        let chosen =
            identifier.into_iter().flatten().find(|text| !text.trim().is_empty()).unwrap_or_default();
        chosen.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    }
}

/// Native fields of a document by name, as bookmarks and field mappings ask for them.
pub trait Fields {
    /// The value of this field; none if absent or unknown.
    fn field(&self, name: &str) -> Option<String>;
}

/// Names of the native fields, beside `custom.<key>`.
pub const NATIVE_FIELDS: &[(&str, &str)] = &[
    ("kind", "invoice or credit_note"),
    ("number", "BT-1 Invoice number"),
    ("issue_date", "BT-2 Invoice issue date"),
    ("type_code", "BT-3 Invoice type code"),
    ("currency", "BT-5 Invoice currency code"),
    ("due_date", "BT-9 Payment due date"),
    ("buyer_reference", "BT-10 Buyer reference"),
    ("project_reference", "BT-11 Project reference"),
    ("contract_reference", "BT-12 Contract reference"),
    ("purchase_order_reference", "BT-13 Purchase order reference"),
    ("sales_order_reference", "BT-14 Sales order reference"),
    ("buyer_accounting_reference", "BT-19 Buyer accounting reference"),
    ("payment_terms", "BT-20 Payment terms"),
    ("business_process", "BT-23 Business process type"),
    ("specification", "BT-24 Specification identifier"),
    ("seller_key", "the seller's VAT number, registration or name, folded"),
    ("seller_name", "BT-27 Seller name"),
    ("seller_vat", "BT-31 Seller VAT identifier"),
    ("seller_endpoint", "BT-34 Seller electronic address"),
    ("seller_endpoint_scheme", "BT-34-1 Scheme of the seller electronic address"),
    ("seller_country", "BT-40 Seller country code"),
    ("buyer_name", "BT-44 Buyer name"),
    ("buyer_vat", "BT-48 Buyer VAT identifier"),
    ("buyer_endpoint", "BT-49 Buyer electronic address"),
    ("buyer_endpoint_scheme", "BT-49-1 Scheme of the buyer electronic address"),
    ("buyer_country", "BT-55 Buyer country code"),
    ("payable", "BT-115 Amount due for payment"),
    ("gross", "BT-112 Invoice total amount with VAT"),
    ("source_status", "the source's own status"),
];

impl Fields for Document {
    fn field(&self, name: &str) -> Option<String> {
        let invoice = &self.invoice;
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (seller, buyer) = (&invoice.seller, &invoice.buyer);
        match name {
            "kind" => text(self.kind.word()),
            "number" => text(&invoice.number),
            "issue_date" => invoice.issue_date.map(|date| date.to_string()),
            "type_code" => text(&invoice.type_code),
            "currency" => text(&invoice.currency),
            "due_date" => invoice.due_date.map(|date| date.to_string()),
            "buyer_reference" => invoice.buyer_reference.clone(),
            "project_reference" => invoice.project_reference.clone(),
            "contract_reference" => invoice.contract_reference.clone(),
            "purchase_order_reference" => invoice.purchase_order_reference.clone(),
            "sales_order_reference" => invoice.sales_order_reference.clone(),
            "buyer_accounting_reference" => invoice.buyer_accounting_reference.clone(),
            "payment_terms" => invoice.payment_terms.clone(),
            "business_process" => invoice.process.business_process.clone(),
            "specification" => text(&invoice.process.specification),
            "seller_key" => text(&self.seller_key()),
            "seller_name" => text(&seller.name),
            "seller_vat" => seller.vat_identifier.clone(),
            "seller_endpoint" => seller.electronic_address.as_ref().map(|id| id.value.clone()),
            "seller_endpoint_scheme" => seller.electronic_address.as_ref().and_then(|id| id.scheme.clone()),
            "seller_country" => seller.address.as_ref().and_then(|address| address.country.clone()),
            "buyer_name" => text(&buyer.name),
            "buyer_vat" => buyer.vat_identifier.clone(),
            "buyer_endpoint" => buyer.electronic_address.as_ref().map(|id| id.value.clone()),
            "buyer_endpoint_scheme" => buyer.electronic_address.as_ref().and_then(|id| id.scheme.clone()),
            "buyer_country" => buyer.address.as_ref().and_then(|address| address.country.clone()),
            "payable" => invoice.totals.due.map(|due| due.to_string()),
            "gross" => invoice.totals.with_vat.map(|gross| gross.to_string()),
            "source_status" => self.source_status.clone(),
            custom => self.custom_fields.get(custom.strip_prefix("custom.")?).cloned(),
        }
    }
}

fn shorten(text: &str) -> String {
    const SHOWN_MAX: usize = 80;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
