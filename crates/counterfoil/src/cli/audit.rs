use clap::{Args, Subcommand};
use serde_json::Value;

use super::client::Client;
use super::{Context, Exit, output};

/// The audit chain
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check that no entry was changed or taken away, and say how far it is sealed
    Verify,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let Verb::Verify = arguments.verb;
    let answer = Client::of(context).await?.get("/v1/audit/verify").await?;
    output::result(context.json, &answer, || output::outline(&answer))?;
    // Anything but a clear yes is a failure.
    let whole = answer["sealed"].is_number() && answer.get("broken_at") == Some(&Value::Null);
    Ok(if whole { Exit::Done } else { Exit::Failed })
}
