//! Lists and details as people and scripts see them.

use std::sync::Arc;

use counterfoil_core::Problem;
use counterfoil_core::configuration::Configuration;
use counterfoil_core::digest::Digest;
use counterfoil_core::document::Kind;
use counterfoil_core::event::Event;
use counterfoil_core::exchange::{ExchangeFile, RequestFile, ResponseFile};
use counterfoil_core::explain;
use counterfoil_core::id::{ConnectionId, DocumentId, ExchangeId, FlowId, SyncId};
use counterfoil_core::plan::Plan;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use super::error::Result;
use super::rows::{AttachmentRow, DeliveryRow, DocumentRow, ExchangeLine, State, SyncRow};
use super::{Store, read};

/// Rows of one page at most.
pub const PAGE_MAX: usize = 500;

/// Filters of the document list.
#[derive(Debug, Clone, Default)]
pub struct DocumentFilter {
    pub state: Option<State>,
    pub flow: Option<FlowId>,
    pub kind: Option<Kind>,
    /// Part of a number, a name or a source key.
    pub text: Option<String>,
    pub after: Option<String>,
    pub limit: usize,
}

/// Filters of the exchange list.
#[derive(Debug, Clone, Default)]
pub struct ExchangeFilter {
    pub connection: Option<ConnectionId>,
    pub document: Option<DocumentId>,
    pub operation: Option<String>,
    pub faults_only: bool,
    pub after: Option<String>,
    pub limit: usize,
}

/// One page; `next` is given back as `after`.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub next: Option<String>,
}

/// One line of the document list.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentLine {
    pub id: DocumentId,
    pub sync: SyncId,
    pub flow: FlowId,
    pub key: String,
    pub kind: Option<String>,
    pub number: Option<String>,
    pub issue_date: Option<String>,
    pub seller: Option<String>,
    pub buyer: Option<String>,
    pub currency: Option<String>,
    pub payable: Option<String>,
    pub state: &'static str,
    /// The planner's sentence.
    pub next: String,
    pub external_id: Option<String>,
    pub problems: Vec<Problem>,
    pub updated_at: Timestamp,
}

/// Everything known of one document.
#[derive(Debug, Clone)]
pub struct DocumentDetail {
    pub row: DocumentRow,
    pub syncs: Vec<SyncDetail>,
    pub events: Vec<Event>,
    pub exchanges: Vec<ExchangeLine>,
}

/// One document's progress through one flow, with what it left behind.
#[derive(Debug, Clone)]
pub struct SyncDetail {
    pub sync: SyncRow,
    pub deliveries: Vec<DeliveryRow>,
    pub attachments: Vec<AttachmentRow>,
    pub discrepancies: Vec<Value>,
}

/// An exchange with its heads and bodies.
#[derive(Debug, Clone)]
pub struct ExchangeDetail {
    pub line: ExchangeLine,
    pub request: Value,
    pub response: Option<Value>,
    pub fault: Option<Value>,
}

impl Store {
    /// Documents, newest first, one line per document and flow.
    pub async fn documents(&self, filter: &DocumentFilter) -> Result<Page<DocumentLine>> {
        let limit = filter.limit.clamp(1, PAGE_MAX);
        let mut data = read!(self, lists::documents(filter, limit + 1))?;
        let next = (data.len() > limit).then(|| data[limit - 1].sync.to_string());
        data.truncate(limit);
        Ok(Page { data, next })
    }

    /// Everything known of one document.
    pub async fn document(&self, id: DocumentId) -> Result<Option<DocumentDetail>> {
        let syncs = self.syncs_of(id).await?;
        let rows = self.view_rows(&syncs).await?;
        let Some(row) = rows.first().map(|(document, _)| document.clone()) else { return Ok(None) };
        let mut details = Vec::new();
        for (sync, (_, deliveries)) in syncs.into_iter().zip(rows) {
            let attachments = read!(self, lists::attachments(sync.id))?;
            let discrepancies = read!(self, lists::discrepancies(Some(sync.id), PAGE_MAX))?;
            details.push(SyncDetail { sync, deliveries, attachments, discrepancies });
        }
        let events = read!(self, lists::events(Some(id), None, PAGE_MAX))?
            .into_iter()
            .map(|(_, event)| event)
            .collect();
        let about = ExchangeFilter { document: Some(id), limit: PAGE_MAX, ..ExchangeFilter::default() };
        let exchanges = self.exchanges(&about).await?.data;
        Ok(Some(DocumentDetail { row, syncs: details, events, exchanges }))
    }

    /// Exchanges, newest first.
    pub async fn exchanges(&self, filter: &ExchangeFilter) -> Result<Page<ExchangeLine>> {
        let limit = filter.limit.clamp(1, PAGE_MAX);
        let mut data = read!(self, lists::exchanges(filter, limit + 1))?;
        let next = (data.len() > limit).then(|| data[limit - 1].id.to_string());
        data.truncate(limit);
        Ok(Page { data, next })
    }

    /// One exchange with its heads and bodies.
    pub async fn exchange(&self, id: ExchangeId) -> Result<Option<ExchangeDetail>> {
        let Some(mut detail) = read!(self, lists::exchange(id))? else { return Ok(None) };
        self.with_bodies(&mut detail.request).await?;
        if let Some(response) = &mut detail.response {
            self.with_bodies(response).await?;
        }
        Ok(Some(detail))
    }

    /// One exchange as a file that replays.
    pub async fn exchange_file(&self, id: ExchangeId) -> Result<Option<ExchangeFile>> {
        Ok(self.exchange(id).await?.map(|detail| file(&detail)))
    }

    /// Puts the text of large bodies back where only their digest is kept.
    async fn with_bodies(&self, half: &mut Value) -> Result<()> {
        let mut wanted: Vec<&mut Value> = Vec::new();
        let (_, rest) = (half.get("headers").cloned(), half.get_mut("body"));
        if let Some(body) = rest {
            match body.get("parts").is_some() {
                true => {
                    let parts =
                        body["parts"].as_array_mut().map(|parts| parts.iter_mut()).into_iter().flatten();
                    wanted.extend(parts.filter_map(|part| part.get_mut("body")));
                }
                false => wanted.push(body),
            }
        }
        for body in wanted {
            let Some(kept) =
                body.get("kept").and_then(Value::as_str).and_then(|text| text.parse::<Digest>().ok())
            else {
                continue;
            };
            if let Some(bytes) = self.body(kept).await? {
                body["text"] = json!(String::from_utf8_lossy(&bytes));
            }
        }
        Ok(())
    }

    /// Audit entries, newest first.
    pub async fn events(
        &self,
        document: Option<DocumentId>,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Page<Value>> {
        let limit = limit.clamp(1, PAGE_MAX);
        let rows = read!(self, lists::events(document, after, limit + 1))?;
        let next = (rows.len() > limit).then(|| rows[limit - 1].0.to_string());
        let line = |(seq, event): (i64, Event)| {
            let mut value = serde_json::to_value(event).unwrap_or_default();
            value["seq"] = json!(seq);
            value
        };
        Ok(Page { data: rows.into_iter().take(limit).map(line).collect(), next })
    }

    /// Open discrepancies.
    pub async fn discrepancies(&self) -> Result<Vec<Value>> {
        read!(self, lists::discrepancies(None, PAGE_MAX))
    }

    /// What a target gave back in this representation.
    pub async fn attachment(&self, sync: SyncId, media_type: &str) -> Result<Option<Arc<[u8]>>> {
        let rows = read!(self, lists::attachments(sync))?;
        match rows.iter().rev().find(|row| row.media_type == media_type) {
            Some(row) => self.body(row.digest).await,
            None => Ok(None),
        }
    }
}

impl Serialize for DocumentDetail {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let syncs: Vec<Value> = self.syncs.iter().map(SyncDetail::json).collect();
        let value = json!({
            "id": self.row.id, "key": self.row.key, "version": self.row.version, "media_type": self.row.media_type,
            "kind": self.row.summary.kind, "number": self.row.summary.number, "issue_date": self.row.summary.issue_date,
            "seller": self.row.summary.seller, "buyer": self.row.summary.buyer, "currency": self.row.summary.currency,
            "payable": self.row.summary.payable, "problems": self.row.problems, "pinned": self.row.pinned,
            "digest": self.row.digest, "created_at": self.row.created_at, "updated_at": self.row.updated_at,
            "syncs": syncs, "events": self.events, "exchanges": self.exchanges,
        });
        value.serialize(serializer)
    }
}

impl SyncDetail {
    fn json(&self) -> Value {
        let delivery = |delivery: &DeliveryRow| {
            json!({
                "connection": delivery.connection, "environment": delivery.environment, "mandate": delivery.mandate,
                "seen": delivery.seen, "external_id": delivery.seen.external_id(), "label": delivery.label,
                "outbound": delivery.outbound, "rendered_version": delivery.rendered_from.version,
                "events": delivery.events, "status": delivery.status_word, "business_status": delivery.business_status,
                "sent_at": delivery.sent_at, "settled_at": delivery.settled_at, "earlier": delivery.earlier,
            })
        };
        let attachment =
            |row: &AttachmentRow| json!({ "media_type": row.media_type, "digest": row.digest, "at": row.at });
        json!({
            "id": self.sync.id, "flow": self.sync.flow, "state": self.sync.state.word(), "plan": self.sync.plan,
            "next": sentence(self.sync.plan.as_ref()), "due_at": self.sync.due_at, "asked": self.sync.asked,
            "held_by": self.sync.held_by, "number_released": self.sync.number_released,
            "deliveries": self.deliveries.iter().map(delivery).collect::<Vec<_>>(),
            "attachments": self.attachments.iter().map(attachment).collect::<Vec<_>>(),
            "discrepancies": self.discrepancies,
        })
    }
}

impl Serialize for ExchangeLine {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        json!({
            "id": self.id, "at": self.at, "connection": self.connection, "document": self.document, "sync": self.sync,
            "attempt": self.attempt, "vendor_correlation": self.vendor_correlation, "operation": self.operation,
            "method": self.method, "url": self.url, "status": self.status, "duration_us": self.duration_us,
            "fault": self.fault,
        })
        .serialize(serializer)
    }
}

impl Serialize for ExchangeDetail {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        json!({ "exchange": self.line, "request": self.request, "response": self.response, "fault": self.fault })
            .serialize(serializer)
    }
}

/// The planner's sentence for a stored plan.
pub fn sentence(plan: Option<&Plan>) -> String {
    plan.map_or_else(|| "Next: plan it.".to_owned(), |plan| explain::sentence(plan, &TimeZone::UTC))
}

/// What people call a connection.
pub fn connection_name(configuration: &Configuration, id: ConnectionId) -> String {
    configuration.connections.get(&id).map_or_else(|| id.to_string(), |kept| kept.name.clone())
}

fn file(detail: &ExchangeDetail) -> ExchangeFile {
    let headers = |half: &Value| serde_json::from_value(half["headers"].clone()).unwrap_or_default();
    let body = |half: &Value| half["body"]["text"].as_str().map(str::to_owned);
    let path =
        detail.line.url.splitn(4, '/').nth(3).map_or_else(|| "/".to_owned(), |path| format!("/{path}"));
    let response = detail.response.clone().unwrap_or_default();
    ExchangeFile {
        note: format!("{} of {}", detail.line.operation, detail.line.at),
        modelled_on: format!("captured as {}", detail.line.id),
        request: RequestFile {
            method: detail.line.method.clone(),
            path,
            headers: headers(&detail.request),
            body: body(&detail.request),
        },
        response: ResponseFile {
            status: detail.line.status.and_then(|status| u16::try_from(status).ok()).unwrap_or(0),
            headers: headers(&response),
            body: body(&response),
        },
    }
}
