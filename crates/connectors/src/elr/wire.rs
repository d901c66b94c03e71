//! Avalara's JSON exactly as Avalara spells it. Source: the ELR client's models (26.10) and recorded answers.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A page of anything; the counts beside it are not used.
#[derive(Debug, Deserialize)]
pub struct Paged<T> {
    #[serde(rename = "@nextLink", default)]
    pub next_link: Option<String>,
    /// Must be there: an answer without it is no empty list. Some lists write null for one.
    #[serde(deserialize_with = "null_is_empty", bound(deserialize = "T: Deserialize<'de>"))]
    pub value: Vec<T>,
}

/// Nearly every property is declared nullable: an explicit null is the same as none, not a reason to lose the whole list.
fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    pub id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub company_name: String,
    pub company_code: Option<String>,
    pub default_country: Option<String>,
    pub is_active: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub struct Registration {
    pub status: Option<RegistrationStatus>,
    pub company: Option<RegisteredCompany>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub mandates: Vec<RegisteredMandate>,
}

#[derive(Debug, Deserialize)]
pub struct RegistrationStatus {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub code: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub message: String,
}

#[derive(Debug, Deserialize)]
pub struct RegisteredCompany {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub identifier: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredMandate {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub country_mandate: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mandate {
    pub mandate_id: Option<String>,
    pub country_mandate: Option<String>,
    pub country_code: Option<String>,
    pub description: Option<String>,
    #[serde(rename = "supportedByELRAPI")]
    pub supported_by_elr_api: Option<bool>,
    pub get_invoice_available_media_type: Option<Vec<String>>,
    pub input_data_formats: Option<Vec<DataFormat>>,
    pub output_data_formats: Option<Vec<DataFormat>>,
    pub workflow_ids: Option<Vec<Workflow>>,
}

#[derive(Debug, Deserialize)]
pub struct DataFormat {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub format: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub versions: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Workflow {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataInputField {
    pub field_id: Option<String>,
    pub path: Option<String>,
    pub field_name: Option<String>,
    pub description: Option<String>,
    pub optionality: Option<String>,
    pub accepted_values: Option<Vec<String>>,
    pub example_or_fixed_value: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradingPartner {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub identifiers: Vec<Identifier>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub supported_document_types: Vec<SupportedDocumentType>,
}

#[derive(Debug, Deserialize)]
pub struct Identifier {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportedDocumentType {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub value: String,
    pub supported_by_trading_partner: Option<bool>,
}

/// The `metadata` part of a submission.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmitMetadata {
    pub workflow_id: String,
    pub data_format: &'static str,
    pub data_format_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_data_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_data_format_version: Option<String>,
    pub country_code: String,
    pub country_mandate: String,
}

#[derive(Debug, Deserialize)]
pub struct Submitted {
    pub id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentStatus {
    pub id: Option<String>,
    pub status: Option<String>,
    pub business_status: Option<String>,
    #[serde(default)]
    pub events: Option<Vec<StatusEvent>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    pub event_date_time: Option<String>,
    pub message: Option<String>,
    pub response_key: Option<String>,
    pub response_value: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentSummary {
    pub id: String,
    pub company_id: Option<String>,
    pub status: Option<String>,
    pub document_number: Option<String>,
    pub document_type: Option<String>,
    pub flow: Option<String>,
}

/// A webhook call: `items[].message` is the document, `items[].signature` signs it.
#[derive(Debug, Deserialize)]
pub struct WebhookCall<'a> {
    #[serde(borrow, default = "Vec::new")]
    pub items: Vec<WebhookItem<'a>>,
}

#[derive(Debug, Deserialize)]
pub struct WebhookItem<'a> {
    /// Exactly as it stands in the body: these bytes are signed.
    #[serde(borrow)]
    pub message: &'a serde_json::value::RawValue,
    pub signature: Option<WebhookSignature>,
}

#[derive(Debug, Deserialize)]
pub struct WebhookSignature {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub value: String,
}

/// What a webhook is about.
#[derive(Debug, Deserialize)]
pub struct WebhookMessage {
    pub id: String,
}

/// The shapes of an error, read leniently: `{title, detail}`, `{error, message}`, `{Message}`, `{StatusCode, Message}`, each
/// possibly inside `error`.
#[derive(Debug, Default, Deserialize)]
pub struct ErrorBody {
    #[serde(default, alias = "Title")]
    pub title: Option<Value>,
    #[serde(default, alias = "Detail")]
    pub detail: Option<Value>,
    #[serde(default, alias = "Message")]
    pub message: Option<Value>,
    #[serde(default, alias = "Error")]
    pub error: Option<Value>,
    /// RFC 6749.
    #[serde(default)]
    pub error_description: Option<Value>,
}
