//! `GET /einvoicing/documents`: summaries of the whole tenant's documents within a stretch of time.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::answer::Refusal;
use super::document::Document;
use super::filter::Filter;
use super::page::{Count, Query};
use super::{Answer, Elr, identity, json_answer};

const FILTER_FIELDS: &[&str] = &[
    "id",
    "companyId",
    "status",
    "documentNumber",
    "documentType",
    "documentVersion",
    "flow",
    "countryCode",
    "countryMandate",
    "interface",
    "receiver",
    "supplierName",
    "customerName",
    "documentDate",
];

/// Client: DocumentsApi.get_document_list; answers as in `GetDocuments.txt` and `UnitTest_DocumentList*.txt`. The count
/// is a number up to version 1.4, which Business Central uses, and text from 1.5 on, as the client types it. Newest
/// first is [unverified].
pub(super) async fn list(State(elr): State<Arc<Elr>>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = Query::of(&uri);
    let now = elr.now();
    let (from, until) = stretch(&query, now)?;
    let flow = match query.get("flow") {
        None => None,
        Some(flow @ ("in" | "out")) => Some(flow),
        Some(other) => return Err(Refusal::bad(format!("flow must be in or out, not {other}."))),
    };
    let filter = Filter::parse(query.get("filter"), FILTER_FIELDS, false)?;
    let with_events = query.get("include").is_some_and(|include| include.eq_ignore_ascii_case("events"));
    let documents = elr.documents_read();
    let found: Vec<&Arc<Document>> = documents
        .newest()
        .filter(|document| {
            document.listed_at <= now
                && document.submitted_at >= from
                && document.submitted_at < until
                && flow.is_none_or(|flow| flow == document.flow)
                && filter.holds(|position| field(document, position, now))
        })
        .collect();
    let count = match identity::version(&headers) {
        Some((1, minor)) if minor <= 4 => Count::Number,
        _ => Count::Text,
    };
    let show = |document: &&Arc<Document>| json!(document.summary(now, with_events));
    json_answer(&query.page(&headers, &found, ("@recordsetCount", count), show)?)
}

fn field(document: &Document, position: usize, now: Timestamp) -> Option<Cow<'_, str>> {
    match position {
        0 => Some(document.id.to_string().into()),
        1 => document.company_id.as_deref().map(Cow::Borrowed),
        2 => Some(document.status(now).into()),
        3 => document.number.as_deref().map(Cow::Borrowed),
        4 => Some(document.document_type.as_str().into()),
        5 => Some(document.document_version.as_str().into()),
        6 => Some(document.flow.into()),
        7 => Some(document.mandate.country.into()),
        8 => Some(document.mandate.id.into()),
        9 => Some(document.mandate.interface.into()),
        10 => document.receiver.as_deref().map(Cow::Borrowed),
        11 => document.supplier.as_deref().map(Cow::Borrowed),
        12 => document.customer.as_deref().map(Cow::Borrowed),
        _ => document.date.map(|day| day.to_string().into()),
    }
}

/// From when until when: `startDate` defaults to the previous month, `endDate` to the current date (parameter texts of
/// the client). Read here as: from the start of the same day a month ago, until the end of today, both UTC [unverified].
/// A given end with a time of day is inclusive to the second; a bare date means its whole day.
fn stretch(query: &Query<'_>, now: Timestamp) -> Result<(Timestamp, Timestamp), Refusal> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let from = match query.get("startDate") {
        Some(text) => instant(text, "startDate")?.0,
        None => utc(today.saturating_sub(1.month()).to_datetime(Time::midnight())),
    };
    let until = match query.get("endDate") {
        Some(text) => {
            let (instant, whole_day) = instant(text, "endDate")?;
            let step = if whole_day { 24 * 3600 } else { 1 };
            instant.saturating_add(jiff::SignedDuration::from_secs(step)).unwrap_or(Timestamp::MAX)
        }
        None => utc(today.saturating_add(1.day()).to_datetime(Time::midnight())),
    };
    Ok((from, until))
}

fn instant(text: &str, name: &str) -> Result<(Timestamp, bool), Refusal> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok((instant, false));
    }
    let moment: DateTime = text
        .parse()
        .map_err(|_| Refusal::bad(format!("{name} must be written YYYY-MM-DDThh:mm:ss, not {text}.")))?;
    Ok((utc(moment), !text.contains('T')))
}

fn utc(moment: DateTime) -> Timestamp {
    moment.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
