//! The demo: sandbox, hub and a company between them, doing the main job; once with a proof, or for as long as wanted.

pub mod compare;
pub mod measure;
pub mod seed;
pub mod setup;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::effects::Effects;
use crate::engine::{Engine, Settings};
use crate::store::Store;
use crate::store::rows::State;
use compare::{Comparison, Line, Ours, compare};
pub use setup::Sandbox;

/// What is to be shown.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// So many valid invoices instead of the seeded inbox.
    pub count: Option<usize>,
    /// These documents instead of the seeded inbox.
    pub documents: Option<PathBuf>,
    /// A sandbox that runs already.
    pub sandbox: Option<Sandbox>,
    /// Where the hub keeps its data; a run that was killed is resumed there.
    pub data: PathBuf,
    /// Another database than the one in `data`.
    pub database: Option<String>,
    pub seed: u64,
}

/// Everything a demo consists of, running.
pub struct Demo {
    pub engine: Engine,
    pub sandbox: Sandbox,
    /// Dropping it stops the simulators.
    own_sandbox: Option<counterfoil_sandbox::Running>,
    /// The seed's own declarations by source key.
    declared: BTreeMap<String, (State, &'static [&'static str])>,
    limits_lifted: bool,
    started: Instant,
    cpu_before: Duration,
}

/// What `--once` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub documents: usize,
    pub states: BTreeMap<&'static str, usize>,
    #[serde(flatten)]
    pub comparison: Comparison,
    pub calls: BTreeMap<String, u64>,
    pub exchanges: i64,
    pub seconds: Number,
    pub documents_per_s: Number,
    pub cpu_s: Number,
    pub peak_rss_mb: u64,
    pub statements: u64,
    pub commits: u64,
    /// Simulated rate limits are lifted for measuring.
    pub rate_limits_lifted: bool,
    /// Documents of the seeded inbox that did not end as their seed declares.
    pub undeclared: Vec<String>,
    pub items: Vec<Line>,
}

/// Between two looks at whether anything is left to do.
const LOOK: Duration = Duration::from_millis(50);

impl Demo {
    /// Starts the sandbox (or takes the running one), the hub, and seeds both worlds where they are empty.
    ///
    /// # Errors
    /// A port, the data folder, the store or the sandbox.
    pub async fn start(plan: &Plan, effects: Effects) -> anyhow::Result<Self> {
        let (sandbox, own_sandbox) = sandbox(plan).await?;
        let limits_lifted = plan.count.is_some();
        if limits_lifted {
            sandbox.put("/settings", &json!({"elr": {"rate_limit": {"enabled": false}}})).await?;
        }
        std::fs::create_dir_all(&plan.data)
            .with_context(|| format!("{} cannot be made", plan.data.display()))?;
        let key = crate::store::Key::in_folder(&plan.data)?;
        let url = plan
            .database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", plan.data.join("counterfoil.db").display()));
        let store = Store::open(&url, key).await?;
        let inbox = plan.documents.clone().unwrap_or_else(|| plan.data.join("inbox"));
        let mut declared = BTreeMap::new();
        if plan.documents.is_none() {
            fill(&inbox, plan.count, &mut declared)?;
        }
        if store.configuration().await?.flows.is_empty() {
            match &plan.documents {
                Some(folder) => setup::documents(&store, &sandbox, &std::path::absolute(folder)?).await?,
                None => setup::seeded(&store, &sandbox, &std::path::absolute(&inbox)?).await?,
            }
        }
        let started = Instant::now();
        let cpu_before = measure::cpu();
        let engine = Engine::new(store, Settings::default(), effects).await?;
        Ok(Self { engine, sandbox, own_sandbox, declared, limits_lifted, started, cpu_before })
    }

    /// Waits until nothing is due or waiting; false where that took longer than `timeout`.
    ///
    /// # Errors
    /// The store's.
    pub async fn until_idle(
        &self,
        timeout: Duration,
        mut progress: impl FnMut(usize, usize),
    ) -> anyhow::Result<bool> {
        let deadline = Instant::now() + timeout;
        loop {
            let counts = self.engine.store().counts().await?;
            let of = |wanted: &[State]| -> i64 {
                counts.iter().filter(|((_, state), _)| wanted.contains(state)).map(|(_, n)| *n).sum()
            };
            let open = of(&[State::Due, State::Waiting]);
            let all: i64 = counts.values().sum();
            progress(usize::try_from(all - open).unwrap_or(0), usize::try_from(all).unwrap_or(0));
            if open == 0 && self.engine.has_polled() {
                return Ok(true);
            }
            if Instant::now() >= deadline {
                return Ok(false);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Compares both worlds and sums up.
    ///
    /// # Errors
    /// The store's, or the sandbox does not answer.
    pub async fn report(&self) -> anyhow::Result<Report> {
        let seconds = self.started.elapsed();
        let cpu = measure::cpu().saturating_sub(self.cpu_before);
        let statistics = self.engine.store().statistics();
        let ours = self.engine.store().all_progress().await?;
        let world = self.sandbox.get("/world").await?;
        let mut states: BTreeMap<&'static str, usize> =
            ["settled", "waiting", "blocked", "held", "due"].into_iter().map(|state| (state, 0)).collect();
        for one in &ours {
            *states.entry(one.state.word()).or_default() += 1;
        }
        let finished = ours.len();
        Ok(Report {
            documents: ours.len(),
            states,
            comparison: compare(&ours, &world),
            calls: calls(&world),
            exchanges: self.engine.store().exchange_count().await?,
            seconds: decimal(seconds.as_millis(), 3),
            documents_per_s: decimal(finished as u128 * 10_000 / seconds.as_millis().max(1), 1),
            cpu_s: decimal(cpu.as_millis(), 3),
            peak_rss_mb: measure::peak_rss_mb(),
            statements: statistics.statements,
            commits: statistics.commits,
            rate_limits_lifted: self.limits_lifted,
            undeclared: self.undeclared(&ours),
            items: ours.into_iter().map(line).collect(),
        })
    }

    fn undeclared(&self, ours: &[Ours]) -> Vec<String> {
        let by_source: BTreeMap<&str, &Ours> = ours.iter().map(|ours| (ours.source.as_str(), ours)).collect();
        let wrong =
            |(source, (state, codes)): (&String, &(State, &[&str]))| match by_source.get(source.as_str()) {
                None => Some(format!("{source}: not received")),
                Some(ours) if ours.state != *state => {
                    Some(format!("{source}: {} instead of {}", ours.state.word(), state.word()))
                }
                Some(ours) => {
                    let missing =
                        codes.iter().find(|code| !ours.problems.iter().any(|problem| problem.code == **code));
                    missing.map(|code| format!("{source}: {code} is not among its problems"))
                }
            };
        self.declared.iter().filter_map(wrong).collect()
    }

    /// Stops hub and simulators.
    pub async fn stop(self) {
        self.engine.stop(Duration::from_secs(10)).await;
        if let Some(sandbox) = self.own_sandbox {
            sandbox.stop().await;
        }
    }
}

impl Report {
    /// Nothing lost, nothing twice, nothing wrong, everything as declared.
    pub fn is_clean(&self) -> bool {
        self.comparison == Comparison::default() && self.undeclared.is_empty()
    }

    /// Nothing is left to do.
    pub fn is_finished(&self) -> bool {
        ["due", "waiting"].iter().all(|state| self.states.get(state) == Some(&0))
    }
}

async fn sandbox(plan: &Plan) -> anyhow::Result<(Sandbox, Option<counterfoil_sandbox::Running>)> {
    if let Some(sandbox) = &plan.sandbox {
        return Ok((sandbox.clone(), None));
    }
    let options = counterfoil_sandbox::Options {
        seed: plan.seed,
        port_base: None,
        world: counterfoil_sandbox::WorldSeed::Bare,
    };
    let running = counterfoil_sandbox::start(options).await.context("the sandbox could not start")?;
    Ok((Sandbox::announced(&running.announcement())?, Some(running)))
}

/// Writes the inbox where it is not there yet; what the seed declares is known again at every start.
fn fill(
    inbox: &Path,
    count: Option<usize>,
    declared: &mut BTreeMap<String, (State, &'static [&'static str])>,
) -> anyhow::Result<()> {
    let fresh = !inbox.exists();
    let write = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let path = inbox.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))
    };
    match count {
        Some(count) if fresh => {
            std::fs::create_dir_all(inbox)?;
            seed::many(count).try_for_each(|(name, bytes)| write(&name, &bytes))?;
        }
        Some(_) => {}
        None => {
            for file in seed::inbox() {
                if fresh {
                    write(&file.name, &file.bytes)?;
                }
                declared.insert(file.name, (file.state, file.codes));
            }
        }
    }
    Ok(())
}

fn calls(world: &Value) -> BTreeMap<String, u64> {
    let calls = world["elr"]["calls"].as_object().into_iter().flatten();
    calls.filter_map(|(kind, n)| Some((kind.clone(), n.as_u64().filter(|n| *n > 0)?))).collect()
}

fn line(ours: Ours) -> Line {
    Line {
        source: ours.source,
        number: ours.number,
        state: ours.state.word(),
        external_id: ours.external_id,
        problems: ours.problems,
    }
}

/// A count of the smallest unit as a decimal with so many places.
fn decimal(units: u128, places: u32) -> Number {
    let scale = 10_u128.pow(places);
    let text = format!("{}.{:0width$}", units / scale, units % scale, width = places as usize);
    Number(serde_json::value::RawValue::from_string(text).unwrap_or_default())
}

/// A decimal number in JSON, made of digits.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Number(Box<serde_json::value::RawValue>);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.get())
    }
}
