//! Documents and one document, as a finance operator reads them.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use counterfoil_core::Problem;
use counterfoil_core::id::DocumentId;
use serde::Deserialize;

use super::session::{Person, own, page};
use crate::api::{ApiError, App};
use crate::store::lists::{DocumentFilter, DocumentLine, connection_name, sentence};
use crate::store::rows::State as SyncState;

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("style.css")).into_response()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filters {
    state: String,
    q: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct Documents {
    who: String,
    state: String,
    q: String,
    /// State, count, and whether it is shown.
    states: Vec<(&'static str, i64, bool)>,
    lines: Vec<DocumentLine>,
    next: Option<String>,
}

pub(super) async fn documents(
    State(app): State<App>,
    Person(account): Person,
    Query(filters): Query<Filters>,
) -> Result<Response, ApiError> {
    let store = app.engine().store();
    let state = SyncState::of(&filters.state);
    let filter = DocumentFilter {
        state,
        text: (!filters.q.trim().is_empty()).then(|| filters.q.clone()),
        after: filters.after,
        limit: 50,
        ..DocumentFilter::default()
    };
    let found = store.documents(&filter).await?;
    let counts = store.counts().await?;
    let count = |of: SyncState| counts.iter().filter(|((_, state), _)| *state == of).map(|(_, n)| n).sum();
    let states = SyncState::ALL.into_iter().map(|of| (of.word(), count(of), state == Some(of))).collect();
    let template = Documents {
        who: account.name,
        state: filters.state,
        q: filters.q,
        states,
        lines: found.data,
        next: found.next,
    };
    Ok(page(&template))
}

#[derive(Template)]
#[template(path = "document.html")]
struct Document {
    who: String,
    id: String,
    title: String,
    facts: Vec<(&'static str, String)>,
    state: &'static str,
    next: String,
    problems: Vec<Problem>,
    deliveries: Vec<Delivery>,
    events: Vec<Entry>,
    exchanges: Vec<Entry>,
    discrepancies: Vec<String>,
    may_act: bool,
}

struct Delivery {
    target: String,
    seen: &'static str,
    external_id: String,
    history: Vec<Entry>,
}

struct Entry {
    at: String,
    what: String,
    detail: String,
}

pub(super) async fn document(
    State(app): State<App>,
    Person(account): Person,
    Path(text): Path<String>,
) -> Result<Response, ApiError> {
    let absent = || ApiError::absent(format!("there is no document {text}"));
    let id: DocumentId = text.parse().map_err(|_| absent())?;
    let detail = app.engine().store().document(id).await?.ok_or_else(absent)?;
    let configuration = app.engine().configuration();
    let summary = &detail.row.summary;
    let clock = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let words = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let amount = match (&summary.payable, &summary.currency) {
        (Some(amount), Some(currency)) => format!("{amount} {currency}"),
        _ => "-".to_owned(),
    };
    let mut problems = Vec::new();
    let (mut deliveries, mut discrepancies) = (Vec::new(), Vec::new());
    for sync in &detail.syncs {
        if let Some(counterfoil_core::plan::Plan::Blocked { problems: found, .. }) = &sync.sync.plan {
            problems.extend(found.iter().cloned());
        }
        deliveries.extend(sync.deliveries.iter().map(|delivery| Delivery {
            target: connection_name(&configuration, delivery.connection),
            seen: delivery.seen.word(),
            external_id: delivery.seen.external_id().map(ToString::to_string).unwrap_or_default(),
            history: delivery.events.iter().map(told).collect(),
        }));
        let cause = |row: &serde_json::Value| row["cause"].as_str().unwrap_or_default().replace('_', " ");
        discrepancies.extend(sync.discrepancies.iter().map(cause));
    }
    let first = detail.syncs.first();
    let template = Document {
        who: account.name,
        id: text,
        title: summary.number.clone().unwrap_or_else(|| detail.row.key.clone()),
        facts: vec![
            ("Seller", words(&summary.seller)),
            ("Buyer", words(&summary.buyer)),
            ("Date", summary.issue_date.map_or_else(|| "-".to_owned(), |date| date.to_string())),
            ("Amount due", amount),
            ("Source", detail.row.key.clone()),
            ("Version", detail.row.version.to_string()),
        ],
        state: first.map_or("due", |sync| sync.sync.state.word()),
        next: sentence(first.and_then(|sync| sync.sync.plan.as_ref())),
        problems,
        deliveries,
        events: detail
            .events
            .iter()
            .map(|event| Entry {
                at: clock(event.at),
                what: event.verb.replace('_', " "),
                detail: event.actor.clone(),
            })
            .collect(),
        exchanges: detail
            .exchanges
            .iter()
            .map(|line| Entry {
                at: clock(line.at),
                what: format!(
                    "{} {}",
                    line.operation,
                    line.status.map_or_else(|| "no answer".to_owned(), |s| s.to_string())
                ),
                detail: line.fault.clone().unwrap_or_else(|| format!("{} ms", line.duration_us / 1000)),
            })
            .collect(),
        discrepancies,
        may_act: account.role != "viewer",
    };
    Ok(page(&template))
}

fn told(event: &counterfoil_core::delivery::TargetEvent) -> Entry {
    let value = match (&event.response_key, &event.response_value) {
        (Some(key), Some(value)) => format!("{key}: {value}"),
        _ => String::new(),
    };
    Entry { at: event.at.clone(), what: event.message.clone(), detail: value }
}

/// A button of the document page.
pub(super) async fn act(
    State(app): State<App>,
    Person(account): Person,
    Path((text, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    own(&headers)?;
    if account.role == "viewer" {
        return Err(ApiError::forbidden("a viewer sees everything and changes nothing"));
    }
    let absent = || ApiError::absent(format!("there is no document {text}"));
    let id: DocumentId = text.parse().map_err(|_| absent())?;
    let actor = format!("user:{}", account.email);
    for sync in app.engine().store().syncs_of(id).await? {
        match action.as_str() {
            "send" => app.engine().send(sync.id, &actor).await?,
            "refresh" => app.engine().refresh(sync.id, &actor).await?,
            "hold" => app.engine().hold(sync.id, true, &actor).await?,
            "resume" => app.engine().hold(sync.id, false, &actor).await?,
            other => return Err(ApiError::absent(format!("there is no action {other}"))),
        }
    }
    Ok(Redirect::to(&format!("/documents/{id}")).into_response())
}
