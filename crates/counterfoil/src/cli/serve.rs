use clap::Args;

use super::{Context, Exit};

/// Run the hub: engine, REST API and pages
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Address and port [env: COUNTERFOIL_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", help_heading = "Settings")]
    pub(super) listen: Option<String>,
}

pub(super) async fn run(_: Arguments, _: &Context) -> anyhow::Result<Exit> {
    anyhow::bail!("serve is not part of this build yet")
}
