use std::path::PathBuf;

use clap::Args;

use super::{Context, Exit};

/// Copy the database to a file while the hub runs
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

pub(super) async fn run(_: Arguments, _: &Context) -> anyhow::Result<Exit> {
    anyhow::bail!("backup is not part of this build yet")
}
