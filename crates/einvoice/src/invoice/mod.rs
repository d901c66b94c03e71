//! The EN 16931-1 semantic model: every business term (BT) and group (BG) as a field.
//!
//! An invoice from outside may be incomplete, so nothing is enforced here; presence is judged by [`crate::rules`].
//! Mandatory texts are `String` (empty = missing), everything else that may be absent is an `Option` or a `Vec`.
//! Amounts are in the invoice currency (BT-5), except BT-111. Decimals keep the scale they were written with.
//!
//! The JSON form has the field names of these structs; decimals and dates are strings, attachments base64.
//! Unknown fields are refused.

mod attachment;
mod line;
mod party;
mod settlement;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use attachment::Attachment;
pub(crate) use attachment::{decode as decode_base64, encode as encode_base64};
pub use line::{Item, ItemAttribute, Line, LineAllowanceCharge, LineVat, Price};
pub use party::{Address, Buyer, Contact, Payee, Seller, TaxRepresentative};
pub use settlement::{
    CreditTransfer, DirectDebit, DocumentAllowanceCharge, PaymentCard, PaymentInstructions, Totals,
    VatBreakdown,
};

/// Which of the two UBL documents it is. In CII this follows from BT-3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An invoice: amounts are owed by the buyer.
    #[default]
    Invoice,
    /// A credit note: amounts are owed to the buyer.
    CreditNote,
}

/// Type codes (UNTDID 1001) that make a CII document a credit note.
pub const CREDIT_NOTE_TYPE_CODES: &[&str] =
    &["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"];

/// An EN 16931 invoice or credit note.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invoice {
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// BT-1 Invoice number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// BT-2 Invoice issue date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<Date>,
    /// BT-3 Invoice type code (UNTDID 1001), such as 380 or 381.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub type_code: String,
    /// BT-5 Invoice currency code (ISO 4217).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub currency: String,
    /// BT-6 VAT accounting currency code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_currency: Option<String>,
    /// BT-7 Value added tax point date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_point_date: Option<Date>,
    /// BT-8 Value added tax point date code (UNTDID 2005: 3, 35, 432).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_point_date_code: Option<String>,
    /// BT-9 Payment due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// BT-10 Buyer reference (Leitweg-ID in Germany).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_reference: Option<String>,
    /// BT-11 Project reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_reference: Option<String>,
    /// BT-12 Contract reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_reference: Option<String>,
    /// BT-13 Purchase order reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order_reference: Option<String>,
    /// BT-14 Sales order reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_order_reference: Option<String>,
    /// BT-15 Receiving advice reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiving_advice_reference: Option<String>,
    /// BT-16 Despatch advice reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despatch_advice_reference: Option<String>,
    /// BT-17 Tender or lot reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender_reference: Option<String>,
    /// BT-18 Invoiced object identifier, scheme from UNTDID 1153.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoiced_object: Option<Identifier>,
    /// BT-19 Buyer accounting reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_accounting_reference: Option<String>,
    /// BT-20 Payment terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    /// BG-1 Invoice notes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// BG-2 Process control.
    #[serde(default)]
    pub process: ProcessControl,
    /// BG-3 Preceding invoice references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preceding_invoices: Vec<PrecedingInvoice>,
    /// BG-4 Seller.
    #[serde(default)]
    pub seller: Seller,
    /// BG-7 Buyer.
    #[serde(default)]
    pub buyer: Buyer,
    /// BG-10 Payee, if it is not the seller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<Payee>,
    /// BG-11 Seller tax representative party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_representative: Option<TaxRepresentative>,
    /// BG-13 Delivery information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// BG-16 Payment instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentInstructions>,
    /// BG-20 Document level allowances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<DocumentAllowanceCharge>,
    /// BG-21 Document level charges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<DocumentAllowanceCharge>,
    /// BG-22 Document totals.
    #[serde(default)]
    pub totals: Totals,
    /// BG-23 VAT breakdown, one per category and rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vat_breakdown: Vec<VatBreakdown>,
    /// BG-24 Additional supporting documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supporting_documents: Vec<SupportingDocument>,
    /// BG-25 Invoice lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
}

impl Invoice {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// A problem `invoice_json` naming the field, its line and column, and what was expected.
    pub fn from_json(json: &[u8]) -> Result<Self, crate::problem::Problem> {
        serde_json::from_slice(json).map_err(|e| {
            crate::problem::Problem::fatal("invoice_json", format!("The JSON is no invoice: {e}."))
                .with_hint("Decimals and dates are strings (\"10.00\", \"2026-01-31\"); field names are those of the documented JSON form.")
        })
    }

    /// The JSON form, indented.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
            .unwrap_or_else(|e| unreachable!("an invoice has only string keys: {e}"))
    }

    /// BT-5 as a currency, if it is one.
    #[must_use]
    pub fn currency(&self) -> Option<crate::money::Currency> {
        self.currency.parse().ok()
    }
}

/// An identifier with the scheme that issued it (ICD, EAS, UNTDID code).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The identifier itself.
    pub value: String,
    /// Scheme identifier, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Version of the scheme (only BT-158).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Identifier {
    /// An identifier without scheme.
    pub fn plain(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    /// An identifier of a scheme.
    pub fn of_scheme(scheme: impl Into<String>, value: impl Into<String>) -> Self {
        Self { value: value.into(), scheme: Some(scheme.into()), version: None }
    }
}

/// BG-1 Invoice note.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// BT-21 Invoice note subject code (UNTDID 4451).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_code: Option<String>,
    /// BT-22 Invoice note.
    #[serde(default)]
    pub text: String,
}

/// BG-2 Process control.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessControl {
    /// BT-23 Business process type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_process: Option<String>,
    /// BT-24 Specification identifier (CustomizationID in UBL).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub specification: String,
}

/// BG-3 Preceding invoice reference.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrecedingInvoice {
    /// BT-25 Preceding invoice reference.
    #[serde(default)]
    pub number: String,
    /// BT-26 Preceding invoice issue date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<Date>,
}

/// BG-14 Invoicing period, BG-26 Invoice line period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// BT-73, BT-134 Start date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// BT-74, BT-135 End date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

/// BG-13 Delivery information.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// BT-70 Deliver to party name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_name: Option<String>,
    /// BT-71 Deliver to location identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Identifier>,
    /// BT-72 Actual delivery date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// BG-14 Invoicing period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// BG-15 Deliver to address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// BG-24 Additional supporting document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupportingDocument {
    /// BT-122 Supporting document reference.
    #[serde(default)]
    pub reference: String,
    /// BT-123 Supporting document description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// BT-124 External document location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// BT-125 Attached document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
}
