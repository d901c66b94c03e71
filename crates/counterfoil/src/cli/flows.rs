use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::client::Client;
use super::{Context, Exit, files, output};

/// Flows: the roads documents take from a source to a target
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List them, with how many documents are in each state
    List,
    /// Make one from JSON
    Add {
        /// A file, or - for stdin
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let client = Client::of(context).await?;
    match arguments.verb {
        Verb::List => {
            let answer = client.get("/v1/flows").await?;
            let columns: &[output::Column] = &[
                ("id", &["/id"]),
                ("name", &["/flow/name", "/name"]),
                ("trigger", &["/flow/trigger", "/trigger"]),
                ("enabled", &["/flow/enabled", "/enabled"]),
                ("due", &["/states/due"]),
                ("waiting", &["/states/waiting"]),
                ("blocked", &["/states/blocked"]),
                ("held", &["/states/held"]),
                ("settled", &["/states/settled"]),
            ];
            output::list(context.json, &answer, columns)?;
        }
        Verb::Add { file } => {
            let made = client.post("/v1/flows", &files::read_json(&file)?).await?;
            output::result(context.json, &made, || format!("made {}", output::text(&made, &["/id"])))?;
        }
    }
    Ok(Exit::Done)
}
