//! Validation of tax identifiers.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::routing::{MethodRouter, get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::page::Query;
use super::{Answer, Elr, json_answer};

/// Countries that are known here: the pattern of the VAT number in words of prefix, length and digits.
/// Formats: VIES, EU-wide published structures; GB: HMRC. Check digits are not looked at.
const FORMATS: [(&str, &str, &str); 12] = [
    ("AT", "ATU", "#{8}"),
    ("BE", "BE", "#{10}"),
    ("DE", "DE", "#{9}"),
    ("DK", "DK", "#{8}"),
    ("EE", "EE", "#{9}"),
    ("ES", "ES", "*{9}"),
    ("FI", "FI", "#{8}"),
    ("FR", "FR", "*{11}"),
    ("GB", "GB", "#{9}"),
    ("IT", "IT", "#{11}"),
    ("NL", "NL", "*{12}"),
    ("SE", "SE", "#{12}"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    country_code: String,
    identifier_type: String,
    identifier: String,
}

/// Both routes.
pub(super) fn routes(
    on: &impl Fn(&'static str, MethodRouter<Arc<Elr>>) -> MethodRouter<Arc<Elr>>,
) -> Router<Arc<Elr>> {
    Router::new()
        .route("/einvoicing/tax-identifiers/schema", on("tax_identifiers", get(schema)))
        .route("/einvoicing/tax-identifiers/validate", on("tax_identifiers", post(validate)))
}

fn refused(detail: impl Into<String>) -> Refusal {
    Refusal::Titled(StatusCode::BAD_REQUEST, "Bad Request", detail.into())
}

fn format_of(country: &str) -> Result<(&'static str, char, usize), Refusal> {
    let found = FORMATS.iter().find(|(known, _, _)| *known == country);
    let (_, prefix, body) =
        found.ok_or_else(|| refused(format!("countryCode {country} is not supported.")))?;
    let length = body.trim_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or(0);
    Ok((prefix, body.chars().next().unwrap_or('#'), length))
}

/// `GET /einvoicing/tax-identifiers/schema` (client: tax_identifier_schema_by_country): JSON Schema draft 7 of the
/// request, or of the answer with `type=response`. The schemas themselves are [unverified].
async fn schema(State(_elr): State<Arc<Elr>>, uri: Uri) -> Answer {
    let query = Query::of(&uri);
    let country = query.get("countryCode").ok_or_else(|| refused("countryCode is required."))?;
    format_of(country)?;
    let kind = query.get("type").unwrap_or("request");
    let text = || json!({"type": "string"});
    let schema = match kind {
        "request" => json!({
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
            "properties": {"countryCode": {"const": country}, "identifierType": text(), "identifier": text()},
            "required": ["countryCode", "identifierType", "identifier"],
        }),
        "response" => json!({
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
            "properties": {"countryCode": {"const": country}, "value": {"type": ["object", "null"]}},
            "required": ["countryCode"],
        }),
        other => return Err(refused(format!("type must be request or response, not {other}."))),
    };
    json_answer(&json!({"countryCode": country, "schemaType": kind, "schema": schema}))
}

/// `POST /einvoicing/tax-identifiers/validate` (client: validate_tax_identifier): the format of the number, and the
/// company behind it if it is one of the tenant's. An identifier of another form answers without a `value`. What a tax
/// authority would add, and how a failure is told, are [unverified].
async fn validate(State(elr): State<Arc<Elr>>, body: Bytes) -> Answer {
    let question: Question = serde_json::from_slice(&body).map_err(|error| refused(error.to_string()))?;
    let (prefix, kind, length) = format_of(&question.country_code)?;
    let plain: String = question.identifier.chars().filter(|letter| !letter.is_whitespace()).collect();
    let number = plain.strip_prefix(prefix).unwrap_or(&plain);
    let fits =
        |letter: char| if kind == '#' { letter.is_ascii_digit() } else { letter.is_ascii_alphanumeric() };
    if number.len() != length || !number.chars().all(fits) {
        return json_answer(&json!({"countryCode": question.country_code, "value": null}));
    }
    let whole = format!("{prefix}{number}");
    let world = elr.world_read();
    let extensions = match world.company_named([(None, whole.as_str())].into_iter(), None) {
        Some(company) => json!({"companyName": company.name, "blockListed": false}),
        None => Value::Null,
    };
    let value =
        json!({"identifierType": question.identifier_type, "identifier": whole, "extensions": extensions});
    json_answer(&json!({"countryCode": question.country_code, "value": value}))
}
