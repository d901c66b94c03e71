use clap::Args;

use super::{Context, Exit, output};

/// Print the description of the REST API (OpenAPI 3.1)
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(_: Arguments, _: &Context) -> anyhow::Result<Exit> {
    output::bytes(crate::api::openapi().as_bytes())?;
    Ok(Exit::Done)
}
