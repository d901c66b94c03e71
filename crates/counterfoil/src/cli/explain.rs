use clap::Args;

use super::client::{Client, path};
use super::{Context, Exit, output};

/// Say why a document is where it is, which mandate it takes and where each element sent comes from
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The document's identifier
    document: String,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let answer =
        Client::of(context).await?.get(&path(&["documents", &arguments.document, "explain"], &[])).await?;
    if context.json {
        output::json(&answer)?;
        return Ok(Exit::Done);
    }
    for step in answer["steps"].as_array().into_iter().flatten() {
        output::line(&super::plan::described(step))?;
        for source in step["sources"].as_array().into_iter().flatten() {
            let place = output::text(source, &["/path"]);
            let value = output::text(source, &["/value"]);
            let from = output::text(source, &["/from", "/source"]);
            output::line(&format!("  {place} = {value}  (from {from})"))?;
        }
    }
    Ok(Exit::Done)
}
