use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::client::{Client, path};
use super::{Context, Exit, files, output};

/// Connections: credentials and environment for one company in one system
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List them
    List,
    /// Make one from JSON: {"connection":{...},"credentials":{...}}; secrets stay out of the command line
    Add {
        /// A file, or - for stdin
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Test one: which companies its credentials reach; changes nothing
    Check {
        /// Its identifier
        id: String,
    },
    /// Remove one that nothing uses, with its secrets
    Remove {
        /// Its identifier
        id: String,
    },
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let client = Client::of(context).await?;
    match arguments.verb {
        Verb::List => {
            let answer = client.get("/v1/connections").await?;
            let columns: &[output::Column] = &[
                ("id", &["/id"]),
                ("name", &["/connection/name", "/name"]),
                ("system", &["/connection/system", "/system"]),
                ("environment", &["/connection/environment", "/environment"]),
                ("company", &["/connection/company/name", "/company/name"]),
                ("enabled", &["/connection/enabled", "/enabled"]),
            ];
            output::list(context.json, &answer, columns)?;
        }
        Verb::Add { file } => {
            let made = client.post("/v1/connections", &files::read_json(&file)?).await?;
            output::result(context.json, &made, || format!("made {}", output::text(&made, &["/id"])))?;
        }
        Verb::Check { id } => {
            let answer = client.post(&path(&["connections", &id, "check"], &[]), &Value::Null).await?;
            if context.json {
                output::json(&answer)?;
            } else {
                let companies = answer["companies"].as_array().cloned().unwrap_or_default();
                let columns: &[output::Column] = &[
                    ("id", &["/id"]),
                    ("name", &["/name"]),
                    ("country", &["/country"]),
                    ("active", &["/active"]),
                ];
                output::rows(&companies, columns)?;
            }
        }
        Verb::Remove { id } => {
            let answer = client.delete(&path(&["connections", &id], &[])).await?;
            output::result(context.json, &answer, || format!("removed {id}"))?;
        }
    }
    Ok(Exit::Done)
}
