use std::path::PathBuf;

use clap::Args;

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

pub(super) async fn run(_: Arguments, _: &Context) -> anyhow::Result<Exit> {
    anyhow::bail!("demo is not part of this build yet")
}
