use std::path::PathBuf;

use clap::Args;

use super::{Context, Exit};

/// Put a backup in place; every document is looked for at its target before anything is sent again
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A file that `backup` wrote
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

pub(super) async fn run(_: Arguments, _: &Context) -> anyhow::Result<Exit> {
    anyhow::bail!("restore is not part of this build yet")
}
