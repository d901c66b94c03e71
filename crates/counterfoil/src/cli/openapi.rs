use clap::Args;

use super::{Context, Exit};

/// Print the description of the REST API (OpenAPI 3.1)
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(_: Arguments, _: &Context) -> anyhow::Result<Exit> {
    super::output::line(crate::api::openapi().trim_end())?;
    Ok(Exit::Done)
}
