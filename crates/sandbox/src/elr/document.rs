//! One document and the ways in which it is shown.

use axum::body::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::mandates::Mandate;
use crate::seed::Seed;

/// A document as it was taken in, with the verdict it will have once `decided_at` has come.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) id: Uuid,
    pub(super) company_id: Option<String>,
    pub(super) number: Option<String>,
    pub(super) document_type: String,
    pub(super) document_version: String,
    pub(super) date: Option<Date>,
    pub(super) supplier: Option<String>,
    pub(super) customer: Option<String>,
    /// `scheme:value` of the receiving address.
    pub(super) receiver: Option<String>,
    pub(super) payable: Option<String>,
    pub(super) flow: &'static str,
    pub(super) mandate: &'static Mandate,
    pub(super) submitted_at: Timestamp,
    pub(super) decided_at: Timestamp,
    /// From when on the service admits to having it.
    pub(super) listed_at: Timestamp,
    pub(super) verdict: Verdict,
    /// Exactly the bytes that were submitted.
    pub(super) xml: Bytes,
    pub(super) digest: String,
    pub(super) client: Option<String>,
    pub(super) correlation: Option<String>,
    pub(super) style: Style,
}

/// What the document comes to.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Delivered; each receipt is a response key with its value and the sentence that goes with it.
    Complete(Vec<Receipt>),
    /// Refused, with every reason.
    Error(Vec<String>),
}

#[derive(Debug)]
pub(super) struct Receipt {
    pub(super) message: &'static str,
    pub(super) key: &'static str,
    pub(super) value: String,
}

/// How a document's times and dates are spelled; the recorded answers show both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `2024-08-16T12:14:06:653`, with a colon before the milliseconds (`GetResponseComplete.txt`).
    Colon,
    /// `2024-08-16T12:14:06.653Z` (`UnitTest_StatusComplete.txt`).
    Iso,
}

impl Style {
    /// Which of the two a document uses, for ever.
    pub(super) fn of(id: Uuid) -> Style {
        if id.as_bytes()[15].is_multiple_of(2) { Style::Colon } else { Style::Iso }
    }

    pub(super) fn instant(self, instant: Timestamp) -> String {
        match self {
            Style::Colon => instant.strftime("%Y-%m-%dT%H:%M:%S:%3f").to_string(),
            Style::Iso => instant.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        }
    }

    fn day(self, day: Date) -> String {
        match self {
            Style::Colon => format!("{day}T00:00:00"),
            Style::Iso => day.to_string(),
        }
    }
}

/// `2024-04-05T16:14:37`, as the shared companies spell instants.
pub(super) fn seconds(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `2024-08-16T12:00:00Z`, as the registrations spell instants.
pub(super) fn utc_seconds(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// StatusEvent of the client.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'d> {
    event_date_time: String,
    message: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_key: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_value: Option<&'d str>,
}

/// DocumentStatusResponse of the client.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusAnswer<'d> {
    id: Uuid,
    company_id: Option<&'d str>,
    status: &'static str,
    events: Vec<Event<'d>>,
}

/// DocumentSummary of the client.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary<'d> {
    id: Uuid,
    company_id: Option<&'d str>,
    process_date_time: String,
    status: &'static str,
    document_number: Option<&'d str>,
    document_type: &'d str,
    document_version: &'d str,
    document_date: Option<String>,
    flow: &'static str,
    country_code: &'static str,
    country_mandate: &'static str,
    interface: &'static str,
    receiver: Option<&'d str>,
    supplier_name: Option<&'d str>,
    customer_name: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<Event<'d>>>,
    created_at: String,
    last_updated_at: String,
}

/// What `GET /world` shows of a document.
#[derive(Debug, Serialize)]
pub(super) struct Held<'d> {
    id: Uuid,
    #[serde(rename = "companyId")]
    company_id: Option<&'d str>,
    number: Option<&'d str>,
    #[serde(rename = "type")]
    document_type: &'d str,
    mandate: &'static str,
    flow: &'static str,
    status: &'static str,
    supplier: Option<&'d str>,
    customer: Option<&'d str>,
    receiver: Option<&'d str>,
    payable: Option<&'d str>,
    submitted_at: Timestamp,
    decided_at: Timestamp,
    listed_at: Timestamp,
    digest: &'d str,
    bytes: usize,
    client: Option<&'d str>,
    correlation: Option<&'d str>,
}

impl Document {
    pub(super) fn status(&self, now: Timestamp) -> &'static str {
        match &self.verdict {
            _ if now < self.decided_at => "Pending",
            Verdict::Complete(_) => "Complete",
            Verdict::Error(_) => "Error",
        }
    }

    /// The events that have happened by now.
    pub(super) fn events(&self, now: Timestamp) -> Vec<Event<'_>> {
        let mut events = vec![self.event(self.submitted_at, "Document started processing", None)];
        match &self.verdict {
            _ if now < self.decided_at => {}
            Verdict::Complete(receipts) => {
                events.extend(
                    receipts
                        .iter()
                        .map(|receipt| self.event(self.decided_at, receipt.message, Some(receipt))),
                );
            }
            Verdict::Error(messages) => {
                events.extend(messages.iter().map(|message| self.event(self.decided_at, message, None)));
            }
        }
        events
    }

    fn event<'d>(&self, at: Timestamp, message: &'d str, receipt: Option<&'d Receipt>) -> Event<'d> {
        Event {
            event_date_time: self.style.instant(at),
            message,
            response_key: receipt.map(|receipt| receipt.key),
            response_value: receipt.map(|receipt| receipt.value.as_str()),
        }
    }

    pub(super) fn status_answer(&self, now: Timestamp) -> StatusAnswer<'_> {
        StatusAnswer {
            id: self.id,
            company_id: self.company_id.as_deref(),
            status: self.status(now),
            events: self.events(now),
        }
    }

    pub(super) fn summary(&self, now: Timestamp, with_events: bool) -> Summary<'_> {
        Summary {
            id: self.id,
            company_id: self.company_id.as_deref(),
            process_date_time: self.style.instant(self.submitted_at),
            status: self.status(now),
            document_number: self.number.as_deref(),
            document_type: &self.document_type,
            document_version: &self.document_version,
            document_date: self.date.map(|day| self.style.day(day)),
            flow: self.flow,
            country_code: self.mandate.country,
            country_mandate: self.mandate.id,
            interface: self.mandate.interface,
            receiver: self.receiver.as_deref(),
            supplier_name: self.supplier.as_deref(),
            customer_name: self.customer.as_deref(),
            events: with_events.then(|| self.events(now)),
            created_at: Style::Iso.instant(self.submitted_at),
            last_updated_at: Style::Iso.instant(if now < self.decided_at {
                self.submitted_at
            } else {
                self.decided_at
            }),
        }
    }

    pub(super) fn held(&self, now: Timestamp) -> Held<'_> {
        Held {
            id: self.id,
            company_id: self.company_id.as_deref(),
            number: self.number.as_deref(),
            document_type: &self.document_type,
            mandate: self.mandate.id,
            flow: self.flow,
            status: self.status(now),
            supplier: self.supplier.as_deref(),
            customer: self.customer.as_deref(),
            receiver: self.receiver.as_deref(),
            payable: self.payable.as_deref(),
            submitted_at: self.submitted_at,
            decided_at: self.decided_at,
            listed_at: self.listed_at,
            digest: &self.digest,
            bytes: self.xml.len(),
            client: self.client.as_deref(),
            correlation: self.correlation.as_deref(),
        }
    }

    /// The document as the control plane shows it alone: with its events and the submitted bytes as text.
    pub(super) fn whole(&self, now: Timestamp) -> Value {
        let mut whole = serde_json::json!(self.held(now));
        whole["events"] = serde_json::json!(self.events(now));
        whole["data"] = String::from_utf8_lossy(&self.xml).into();
        whole
    }
}

/// What a delivered document is acknowledged with: the message id of the recorded answers, and a number of the network
/// or authority, so that there is more than one key. The second key is [unverified].
pub(super) fn receipts(seed: Seed, id: Uuid, mandate: &Mandate) -> Vec<Receipt> {
    let id = id.to_string();
    let authority = seed.hex(&["authority", &id], 12).to_uppercase();
    vec![
        Receipt {
            message: "The document was delivered to the recipient",
            key: "Receipt Message ID",
            value: format!("{}@einvoicing.sandbox.example", seed.uuid(&["receipt", &id])),
        },
        Receipt {
            message: "The document was registered",
            key: "Authority Document Number",
            value: format!("{}-{authority}", mandate.country),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two spellings of one instant, from `GetResponseComplete.txt` and `UnitTest_StatusComplete.txt`.
    #[test]
    fn instants_are_spelled_as_recorded() {
        let instant: Timestamp = "2024-08-16T12:14:06.653Z".parse().expect("instant");
        assert_eq!(Style::Colon.instant(instant), "2024-08-16T12:14:06:653");
        assert_eq!(Style::Iso.instant(instant), "2024-08-16T12:14:06.653Z");
        assert_eq!(seconds(instant), "2024-08-16T12:14:06");
    }
}
