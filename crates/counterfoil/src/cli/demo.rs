use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget};
use secrecy::ExposeSecret as _;
use std::io::IsTerminal as _;
use std::time::Duration;

use super::output;
use crate::config::Origin;
use crate::demo::{Demo, Plan, Report, Sandbox};
use crate::engine::effects::Effects;
use crate::engine::world::draw;
use crate::server::Server;

use super::{Context, Exit};

/// Show the main job for real: sandbox, hub and a company between them
///
/// With --once it runs until nothing is due or waiting, compares the hub with the simulated vendors and prints a report;
/// exit code 0 when nothing is lost, duplicated, wrong or unfinished.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Run until nothing is left to do, compare, report and end
    #[arg(long)]
    pub(super) once: bool,
    /// So many valid invoices instead of the seeded ones; simulated rate limits are lifted
    #[arg(long, value_name = "N")]
    pub(super) count: Option<usize>,
    /// These documents instead of the seeded ones
    #[arg(long, value_name = "DIR")]
    pub(super) documents: Option<PathBuf>,
    /// A running sandbox: the file with its first line
    #[arg(long, value_name = "FILE")]
    pub(super) sandbox: Option<PathBuf>,
    /// Seconds after which --once gives up (exit code 3)
    #[arg(long, value_name = "S", default_value_t = 300)]
    pub(super) timeout: u64,
    /// The same seed gives the same company and documents
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
    /// Address and port; a free port where it is busy [env: COUNTERFOIL_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", help_heading = "Settings")]
    pub(super) listen: Option<String>,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let temporary = context.config.origin("data") == Origin::Default;
    let data = if temporary {
        std::env::temp_dir().join(format!("counterfoil-demo-{}", draw().simple()))
    } else {
        context.config.data.clone()
    };
    let sandbox = match &arguments.sandbox {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            Some(Sandbox::announced(text.lines().next().unwrap_or_default())?)
        }
        None => None,
    };
    let plan = Plan {
        count: arguments.count,
        documents: arguments.documents,
        sandbox,
        data: data.clone(),
        database: context.config.database.as_ref().map(|url| url.expose_secret().to_owned()),
        seed: arguments.seed,
    };
    let demo = Demo::start(&plan, crash_trial()).await?;
    let exit = if arguments.once {
        once(demo, Duration::from_secs(arguments.timeout), context.json).await
    } else {
        show(demo, &context.config.listen, &data).await
    };
    if temporary {
        let _ = std::fs::remove_dir_all(&data);
    }
    exit
}

/// Runs to the end, compares and reports.
async fn once(demo: Demo, timeout: Duration, json: bool) -> anyhow::Result<Exit> {
    demo.engine.start();
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let finished = demo
        .until_idle(timeout, |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        })
        .await?;
    bar.finish_and_clear();
    let report = demo.report().await?;
    demo.stop().await;
    if json {
        output::json(&report)?;
    } else {
        words(&report)?;
    }
    Ok(match (finished && report.is_finished(), report.is_clean()) {
        (true, true) => Exit::Done,
        (false, _) => Exit::Partial,
        (true, false) => Exit::Failed,
    })
}

fn words(report: &Report) -> anyhow::Result<()> {
    let states: Vec<String> = report.states.iter().map(|(state, n)| format!("{n} {state}")).collect();
    output::line(&format!("{} documents: {}", report.documents, states.join(", ")))?;
    let found = &report.comparison;
    output::line(&format!(
        "both halves compared: {} lost, {} duplicated, {} wrong",
        found.lost, found.duplicated, found.wrong
    ))?;
    let pace =
        format!("{} s, {} documents/s, {} CPU-s", report.seconds, report.documents_per_s, report.cpu_s);
    output::line(&format!("{pace}, {} MB at most, {} commits", report.peak_rss_mb, report.commits))?;
    if report.rate_limits_lifted {
        output::line("simulated rate limits are lifted")?;
    }
    for line in report.items.iter().filter(|line| !line.problems.is_empty()) {
        let codes: Vec<&str> = line.problems.iter().map(|problem| problem.code.as_str()).collect();
        output::line(&format!("  {} {}: {}", line.state, line.source, codes.join(", ")))?;
    }
    for wrong in &report.undeclared {
        output::line(&format!("not as declared: {wrong}"))?;
    }
    Ok(())
}

/// Serves the demo for as long as wanted.
async fn show(demo: Demo, listen: &str, data: &std::path::Path) -> anyhow::Result<Exit> {
    let password = crate::store::access::secret()?[..12].to_owned();
    crate::web::account(demo.engine.store(), "demo@counterfoil.example", "Demo", "administrator", &password)
        .await?;
    let server = Server::bind(demo.engine.clone(), listen, data, true).await?;
    output::line(&format!("Counterfoil: {}", server.address()?))?;
    output::line(&format!("log in as demo@counterfoil.example with {password}"))?;
    output::line(&format!(
        "the simulated vendors: {} (control plane {})",
        demo.sandbox.elr, demo.sandbox.control
    ))?;
    server.run().await?;
    demo.stop().await;
    Ok(Exit::Done)
}

/// For crash trials: the process kills itself after so many effects.
fn crash_trial() -> Effects {
    let after = std::env::var("COUNTERFOIL_CRASH_AFTER_EFFECTS").ok().and_then(|text| text.parse().ok());
    after.map_or_else(Effects::default, |after| {
        Effects::kill_after(after, |_| {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        })
    })
}
