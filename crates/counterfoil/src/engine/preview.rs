//! The dry run: what would be sent, from where each element comes, and a way to send exactly that.

use std::collections::BTreeMap;

use counterfoil_connectors::port::Attempt;
use counterfoil_core::digest::Digest;
use counterfoil_core::id::{AttemptId, DocumentId, FlowId, SyncId};
use counterfoil_core::outbound::ElementSource;
use counterfoil_core::plan::{Asked, Plan, Verb, plan};
use counterfoil_core::route::Route;
use counterfoil_core::{Problem, explain};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::look::{Claimed, Depth, LookFault, look};
use super::verbs::VerbError;
use super::{Engine, world};

/// What would happen to one document, and to what exactly that refers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedStep {
    pub sync: SyncId,
    pub flow: FlowId,
    pub document: DocumentId,
    /// The document's number and source key, for people.
    pub name: String,
    pub version: i64,
    /// Target connection and mandate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    pub plan: Plan,
    /// The planner's sentence.
    pub next: String,
    /// What would be sent; `apply` sends this and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound: Option<Digest>,
    /// Against what was last sent there, term by term; `there` is null where nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diff: Vec<Difference>,
    /// Where each element comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<ElementSource>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// One term that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub path: String,
    pub there: Option<String>,
    pub wanted: Option<String>,
}

/// What became of one planned step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Applied {
    /// It is being sent.
    Applied { sync: SyncId },
    /// It is not what it was when the plan was made.
    Moved { sync: SyncId, why: String },
    /// There was nothing to send.
    Nothing { sync: SyncId },
}

impl Engine {
    /// What would happen to these documents now. Nothing is sent; targets may be asked about mandates and receivers.
    ///
    /// # Errors
    /// The store's.
    pub async fn preview(&self, syncs: &[SyncId]) -> Result<Vec<PlannedStep>, VerbError> {
        let mut steps = Vec::with_capacity(syncs.len());
        for id in syncs {
            if let Some(claimed) = self.rows(*id).await? {
                steps.push(self.step(&claimed).await?);
            }
        }
        Ok(steps)
    }

    /// Sends exactly what was planned; refuses what has moved since.
    ///
    /// # Errors
    /// The store's.
    pub async fn apply(&self, planned: &[PlannedStep], actor: &str) -> Result<Vec<Applied>, VerbError> {
        let mut outcomes = Vec::with_capacity(planned.len());
        for before in planned {
            let sync = before.sync;
            let Some(wanted) = before.outbound else {
                outcomes.push(Applied::Nothing { sync });
                continue;
            };
            let Some(claimed) = self.rows(sync).await? else {
                outcomes.push(Applied::Moved { sync, why: "the document is gone".to_owned() });
                continue;
            };
            let now = self.step(&claimed).await?;
            let why = if now.version != before.version {
                Some(format!("the source changed it: version {} is now {}", before.version, now.version))
            } else if now.outbound != Some(wanted) {
                Some("what would be sent is no longer what was planned".to_owned())
            } else {
                None
            };
            match why {
                Some(why) => outcomes.push(Applied::Moved { sync, why }),
                None => {
                    self.send(sync, actor).await?;
                    outcomes.push(Applied::Applied { sync });
                }
            }
        }
        Ok(outcomes)
    }

    async fn rows(&self, id: SyncId) -> Result<Option<Claimed>, VerbError> {
        let Some(sync) = self.store().sync(id).await? else { return Ok(None) };
        let mut rows = self.store().view_rows(std::slice::from_ref(&sync)).await?;
        Ok(rows.pop().map(|(document, deliveries)| Claimed { sync, document, deliveries }))
    }

    async fn step(&self, claimed: &Claimed) -> Result<PlannedStep, VerbError> {
        let attempt = Attempt::new(AttemptId::new(world::draw()));
        // As if a person pressed send: a dry run shows what is held, too.
        let mut asking = claimed.clone();
        asking.sync.asked = Asked::Send;
        let looked = match look(&self.0, &asking, &attempt, Depth { number: true, trace: true }).await {
            Ok(looked) => looked,
            Err(LookFault::Store(error)) => return Err(error.into()),
            Err(LookFault::Target { fault, opened }) => {
                let why = format!("{}: {fault}", opened.connection.name);
                return Err(VerbError::Unknown(why));
            }
        };
        let mut view = looked.view.clone();
        view.asked = claimed.sync.asked;
        let next = plan(&view);
        let sends = matches!(plan(&looked.view), Plan::Act { verb: Verb::Deliver, .. });
        let outbound =
            looked.rendered.as_ref().and_then(|rendered| rendered.outbound.as_ref()).filter(|_| sends);
        let there = match looked.target.as_ref().and_then(|target| target.delivery.outbound) {
            Some(digest) => self.store().body(digest).await?,
            None => None,
        };
        let diff = outbound.map(|outbound| difference(there.as_deref(), &outbound.bytes)).unwrap_or_default();
        let summary = &claimed.document.summary;
        Ok(PlannedStep {
            sync: claimed.sync.id,
            flow: claimed.sync.flow,
            document: claimed.document.id,
            name: summary.number.clone().unwrap_or_else(|| claimed.document.key.clone()),
            version: claimed.document.version,
            target: looked.target.as_ref().map(|target| target.opened.connection.name.clone()),
            route: looked.route,
            next: explain::sentence(&next, &jiff::tz::TimeZone::UTC),
            plan: next,
            outbound: outbound.map(|outbound| outbound.digest),
            diff,
            sources: looked.rendered.as_ref().map(|rendered| rendered.sources.clone()).unwrap_or_default(),
            problems: looked.rendered.map(|rendered| rendered.problems).unwrap_or_default(),
        })
    }
}

/// Both sides as terms, compared.
fn difference(there: Option<&[u8]>, wanted: &[u8]) -> Vec<Difference> {
    let there = there.map(terms).unwrap_or_default();
    let wanted = terms(wanted);
    let paths: std::collections::BTreeSet<&String> = there.keys().chain(wanted.keys()).collect();
    let differs = |path: &&&String| there.get(**path) != wanted.get(**path);
    let row = |path: &String| Difference {
        path: path.clone(),
        there: there.get(path).cloned(),
        wanted: wanted.get(path).cloned(),
    };
    paths.iter().filter(differs).map(|path| row(path)).collect()
}

fn terms(ubl: &[u8]) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    if let Ok(reading) = einvoice::ubl::read(ubl)
        && let Ok(value) = serde_json::to_value(&reading.invoice)
    {
        flatten("", &value, &mut out);
        out.extend(reading.unmapped.into_iter().map(|unmapped| (unmapped.path, unmapped.value)));
    }
    out
}

fn flatten(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| flatten(&format!("{path}/{key}"), value, out))
        }
        Value::Array(list) => {
            list.iter()
                .enumerate()
                .for_each(|(at, value)| flatten(&format!("{path}[{}]", at + 1), value, out));
        }
        Value::Null => {}
        Value::String(text) => drop(out.insert(path.to_owned(), text.clone())),
        other => drop(out.insert(path.to_owned(), other.to_string())),
    }
}
