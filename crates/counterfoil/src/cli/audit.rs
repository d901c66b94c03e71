use clap::{Args, Subcommand};

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
    let answer = Client::of(context)?.get("/v1/audit/verify").await?;
    output::result(context.json, &answer, || output::outline(&answer))?;
    // A chain that is broken says so in one of these; anything but a clear yes is a failure.
    let whole =
        ["/whole", "/ok", "/valid", "/intact"].iter().any(|name| answer.pointer(name) == Some(&true.into()));
    Ok(if whole { Exit::Done } else { Exit::Failed })
}
