//! Code lists by country.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::mandates::MANDATES;
use super::page::{Count, Query};
use super::{Answer, Elr, json_answer};

/// A list, with a version that has ended and one that has not.
struct CodeList {
    name: &'static str,
    standard: &'static str,
    description: &'static str,
    /// Codes with their names.
    values: &'static [(&'static str, &'static str)],
    /// How many of the values the earlier version had.
    earlier: usize,
}

/// From when to when the two versions are valid. [unverified]
const VERSIONS: [(Date, Date); 2] = [
    (jiff::civil::date(2020, 1, 1), jiff::civil::date(2023, 12, 31)),
    (jiff::civil::date(2024, 1, 1), jiff::civil::date(9999, 12, 31)),
];

/// Which lists a country has, and the selection of values, is [unverified]; the codes are those of the named standards.
static LISTS: [CodeList; 5] = [
    CodeList {
        name: "Document types",
        standard: "UNCL1001",
        description: "Kinds of invoices and credit notes",
        values: &[
            ("380", "Commercial invoice"),
            ("381", "Credit note"),
            ("384", "Corrected invoice"),
            ("389", "Self-billed invoice"),
            ("393", "Factored invoice"),
            ("396", "Factored credit note"),
            ("326", "Partial invoice"),
            ("386", "Prepayment invoice"),
        ],
        earlier: 5,
    },
    CodeList {
        name: "Tax categories",
        standard: "UNCL5305",
        description: "VAT categories of EN 16931",
        values: &[
            ("S", "Standard rate"),
            ("Z", "Zero rated goods"),
            ("E", "Exempt from tax"),
            ("AE", "VAT reverse charge"),
            ("K", "Intra-Community supply"),
            ("G", "Free export item"),
            ("O", "Outside scope of tax"),
            ("L", "Canary Islands general indirect tax"),
            ("M", "Tax for Ceuta and Melilla"),
        ],
        earlier: 7,
    },
    CodeList {
        name: "Units of measure",
        standard: "UNECERec20",
        description: "Units of quantities",
        values: &[
            ("C62", "one"),
            ("H87", "piece"),
            ("HUR", "hour"),
            ("DAY", "day"),
            ("MON", "month"),
            ("ANN", "year"),
            ("KGM", "kilogram"),
            ("MTR", "metre"),
            ("LTR", "litre"),
            ("KMT", "kilometre"),
            ("EA", "each"),
            ("SET", "set"),
            ("MIN", "minute"),
            ("WEE", "week"),
        ],
        earlier: 12,
    },
    CodeList {
        name: "Payment means",
        standard: "UNCL4461",
        description: "Ways of paying",
        values: &[
            ("1", "Instrument not defined"),
            ("10", "In cash"),
            ("20", "Cheque"),
            ("30", "Credit transfer"),
            ("48", "Bank card"),
            ("49", "Direct debit"),
            ("57", "Standing agreement"),
            ("58", "SEPA credit transfer"),
            ("59", "SEPA direct debit"),
        ],
        earlier: 7,
    },
    CodeList {
        name: "Electronic address schemes",
        standard: "EAS",
        description: "Schemes of electronic addresses",
        values: &[
            ("0007", "Swedish organisation number"),
            ("0088", "GLN"),
            ("0151", "Australian Business Number"),
            ("0184", "Danish CVR number"),
            ("0192", "Norwegian organisation number"),
            ("0204", "Leitweg-ID"),
            ("0208", "Belgian enterprise number"),
            ("9930", "German VAT number"),
            ("9932", "United Kingdom VAT number"),
            ("9957", "French VAT number"),
            ("0225", "French electronic address"),
        ],
        earlier: 10,
    },
];

impl CodeList {
    fn describe(&self, elr: &Elr, country: &str, window: (Date, Date)) -> Value {
        json!({
            "countryCode": country,
            "codeListId": elr.seed.uuid(&["code list", country, self.standard]),
            "codeListName": self.name,
            "description": self.description,
            "standard": self.standard,
            "versions": self.versions(window),
        })
    }

    fn versions(&self, (effective, unexpired): (Date, Date)) -> Vec<Value> {
        let value = |(code, name): &(&str, &str)| json!({"code": code, "value": name, "description": format!("{} {code}: {name}", self.standard)});
        let version = |index: usize| {
            let (from, until) = VERSIONS[index];
            let values = if index == 0 { &self.values[..self.earlier] } else { self.values };
            json!({
                "versionReasons": [if index == 0 { "Introduction" } else { "Addition of codes" }],
                "jurisEffectiveDate": from.to_string(),
                "jurisSunsetDate": until.to_string(),
                "locale": "en-US",
                "values": values.iter().map(value).collect::<Value>(),
            })
        };
        (0..VERSIONS.len())
            .filter(|index| VERSIONS[*index].0 <= effective && VERSIONS[*index].1 >= unexpired)
            .map(version)
            .collect()
    }
}

/// The country and the dates of a call. `effectiveDate` defaults to today, and `sunsetDate` is required beside it;
/// without either, what has ended is left out.
fn asked(elr: &Elr, query: &Query<'_>) -> Result<(String, (Date, Date)), Refusal> {
    let country = query.required("countryCode")?;
    if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(Refusal::bad("countryCode must be two capital letters (ISO 3166-1)."));
    }
    let today = elr.now().to_zoned(TimeZone::UTC).date();
    let day = |name: &str| match query.get(name) {
        Some(text) => {
            text.parse().map(Some).map_err(|_| Refusal::bad(format!("{name} must be written YYYY-MM-DD.")))
        }
        None => Ok(None),
    };
    let (effective, sunset): (Option<Date>, Option<Date>) = (day("effectiveDate")?, day("sunsetDate")?);
    if effective.is_some() && sunset.is_none() {
        return Err(Refusal::bad("sunsetDate is required when effectiveDate is provided."));
    }
    Ok((country.to_owned(), (effective.unwrap_or(today), sunset.unwrap_or(today))))
}

/// `GET /einvoicing/codelists` (client: get_code_list_list). The count is text (CodeListListResponse). A country without
/// any mandate has no lists.
pub(super) async fn list(State(elr): State<Arc<Elr>>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = Query::of(&uri);
    let (country, window) = asked(&elr, &query)?;
    let known = MANDATES.iter().any(|mandate| mandate.country == country);
    let lists: Vec<&CodeList> = LISTS.iter().filter(|_| known).collect();
    json_answer(&query.page(&headers, &lists, ("@recordsetCount", Count::Text), |list| {
        list.describe(&elr, &country, window)
    })?)
}

/// `GET /einvoicing/codelists/{codelistId}` (client: get_code_list).
pub(super) async fn one(State(elr): State<Arc<Elr>>, Path(id): Path<String>, uri: Uri) -> Answer {
    let (country, window) = asked(&elr, &Query::of(&uri))?;
    let found =
        LISTS.iter().find(|list| elr.seed.uuid(&["code list", &country, list.standard]).to_string() == id);
    let found =
        found.ok_or_else(|| Refusal::unknown(format!("There is no code list {id} for {country}.")))?;
    json_answer(&found.describe(&elr, &country, window))
}
