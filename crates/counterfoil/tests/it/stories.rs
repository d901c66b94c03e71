//! Stories: the whole hub against the simulated vendors, in process; with faults, and killed after every single effect.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use axum::http::Method;
use counterfoil::demo::{Demo, Plan, Report, Sandbox};
use counterfoil::engine::effects::Effects;
use counterfoil::net;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// No story takes longer.
const STORY_MAX: Duration = Duration::from_secs(90);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// A sandbox in a runtime of its own, so that it outlives a hub that is killed.
struct World {
    runtime: Runtime,
    _running: counterfoil_sandbox::Running,
    sandbox: Sandbox,
}

impl World {
    fn new() -> Self {
        let runtime = runtime();
        let options = counterfoil_sandbox::Options {
            world: counterfoil_sandbox::WorldSeed::Bare,
            ..Default::default()
        };
        let running = runtime.block_on(counterfoil_sandbox::start(options)).expect("the sandbox starts");
        let sandbox = Sandbox::announced(&running.announcement()).expect("announced");
        Self { runtime, _running: running, sandbox }
    }

    fn control(&self, path: &str, body: &Value) {
        let url = format!("{}{path}", self.sandbox.control);
        self.runtime.block_on(net::json(Method::PUT, &url, Some(body))).expect("the control plane answers");
    }

    fn plan(&self, data: &Path, count: Option<usize>) -> Plan {
        Plan { count, data: data.to_owned(), sandbox: Some(self.sandbox.clone()), ..Plan::default() }
    }
}

/// Runs to the end and reports.
fn finish(plan: &Plan) -> Report {
    let runtime = runtime();
    let report = runtime.block_on(async {
        let demo = Demo::start(plan, Effects::default()).await.expect("starts");
        demo.engine.start();
        let finished = demo.until_idle(STORY_MAX, |_, _| {}).await.expect("the store answers");
        let report = demo.report().await.expect("reports");
        demo.stop().await;
        assert!(finished, "unfinished: {:?} {:?}", report.states, report.items);
        report
    });
    runtime.shutdown_background();
    report
}

/// Runs until effect number `after`, then dies without a word; false where the run ended before.
fn die(plan: &Plan, after: u64) -> bool {
    let (killed, death) = mpsc::channel();
    let runtime = runtime();
    let dies = Effects::kill_after(after, move |_| {
        let _ = killed.send(());
    });
    let ended = runtime.block_on(async {
        let demo = Demo::start(plan, dies).await.expect("starts");
        demo.engine.start();
        let idle = demo.until_idle(Duration::from_secs(20), |_, _| {});
        tokio::pin!(idle);
        loop {
            tokio::select! {
                ended = &mut idle => return ended.is_ok_and(|ended| ended),
                () = tokio::time::sleep(Duration::from_millis(5)) => {
                    if death.try_recv().is_ok() { return false }
                }
            }
        }
    });
    // Every task is dropped where it stands; what was not saved is gone, as with SIGKILL.
    runtime.shutdown_timeout(Duration::from_secs(5));
    !ended
}

#[test]
fn the_seeded_company_ends_as_declared() {
    let (world, data) = (World::new(), tempfile::tempdir().expect("folder"));
    let report = finish(&world.plan(data.path(), None));
    assert!(report.is_clean(), "{:?} {:?}", report.comparison, report.undeclared);
    assert_eq!((report.states["settled"], report.states["blocked"]), (13, 10));
    // A second run over the same data finds nothing new to do.
    let again = finish(&world.plan(data.path(), None));
    assert!(again.is_clean(), "{:?}", again.undeclared);
    assert_eq!(again.calls["submit"], report.calls["submit"]);
}

#[test]
fn a_kill_after_every_single_effect_loses_and_doubles_nothing() {
    for after in 1..=10 {
        let (world, data) = (World::new(), tempfile::tempdir().expect("folder"));
        let plan = world.plan(data.path(), Some(3));
        if !die(&plan, after) {
            assert!(after > 9, "three documents take more than {after} effects");
            break;
        }
        let report = finish(&plan);
        assert!(report.is_clean(), "killed after effect {after}: {:?} {:?}", report.comparison, report.items);
        assert_eq!(report.states["settled"], 3, "killed after effect {after}");
    }
}

fn story_of(operation: &str, fault: &str) {
    let (world, data) = (World::new(), tempfile::tempdir().expect("folder"));
    let fault = json!({ "system": "elr", "operation": operation, "fault": fault, "every": 2, "count": 2, "seconds": 1 });
    world.control("/faults", &fault);
    let report = finish(&world.plan(data.path(), Some(4)));
    assert!(report.is_clean(), "{fault}: {:?} {:?}", report.comparison, report.items);
    assert_eq!(report.states["settled"], 4, "{fault}");
}

#[test]
fn lost_replies_are_looked_for() {
    story_of("submit", "lost_reply");
}

#[test]
fn what_is_listed_late_is_not_sent_again() {
    story_of("submit", "late_commit");
}

#[test]
fn what_was_never_taken_is_sent_again() {
    story_of("submit", "timeout_before");
}

#[test]
fn a_server_error_in_html_is_no_verdict() {
    story_of("submit", "server_error");
    story_of("status", "server_error");
}

#[test]
fn a_dead_token_is_replaced() {
    story_of("status", "expired_token");
}

#[test]
fn half_an_answer_is_a_doubt() {
    story_of("submit", "malformed_body");
}

#[test]
fn a_rate_limit_is_waited_out() {
    story_of("submit", "rate_limit");
    story_of("status", "rate_limit");
}
