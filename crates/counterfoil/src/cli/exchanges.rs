use std::path::PathBuf;

use anyhow::Context as _;
use axum::http::Method;
use clap::{Args, Subcommand};

use super::client::{Client, path};
use super::{Context, Exit, output};

/// Exchanges: every request to a system and its answer, without secrets
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List them, newest first
    List {
        /// Only those about this document
        #[arg(long)]
        document: Option<String>,
        /// Only those with this connection
        #[arg(long)]
        connection: Option<String>,
        /// Only those of this operation, such as submit, status or download
        #[arg(long)]
        operation: Option<String>,
        /// Only failed ones
        #[arg(long)]
        faults: bool,
        /// Go on after this place: `next` of the page before
        #[arg(long)]
        after: Option<String>,
        /// Rows of a page
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Show one with headers and bodies
    Show {
        /// Its identifier
        id: String,
    },
    /// Write one as a file that can be replayed in a test
    Export {
        /// Its identifier
        id: String,
        /// Write here instead of stdout
        #[arg(short, long, value_name = "OUT")]
        out: Option<PathBuf>,
    },
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let client = Client::of(context).await?;
    match arguments.verb {
        Verb::List { document, connection, operation, faults, after, limit } => {
            let limit = limit.to_string();
            let query = [
                ("document", document.as_deref()),
                ("connection", connection.as_deref()),
                ("operation", operation.as_deref()),
                ("faults", faults.then_some("true")),
                ("after", after.as_deref()),
                ("limit", Some(limit.as_str())),
            ];
            let answer = client.get(&path(&["exchanges"], &query)).await?;
            let columns: &[output::Column] = &[
                ("id", &["/id"]),
                ("at", &["/at"]),
                ("operation", &["/operation"]),
                ("method", &["/method", "/request/method"]),
                ("url", &["/url", "/request/url"]),
                ("status", &["/status", "/response/status"]),
                ("fault", &["/fault"]),
                ("document", &["/document"]),
            ];
            output::list(context.json, &answer, columns)?;
        }
        Verb::Show { id } => {
            let exchange = client.get(&path(&["exchanges", &id], &[])).await?;
            output::result(context.json, &exchange, || output::outline(&exchange))?;
        }
        Verb::Export { id, out } => {
            let address = path(&["exchanges", &id, "export"], &[]);
            let file = client.call(Method::GET, &address, "application/json", Vec::new()).await?;
            match out {
                Some(out) => {
                    std::fs::write(&out, &file).with_context(|| format!("writing {}", out.display()))?
                }
                None => output::bytes(&file)?,
            }
        }
    }
    Ok(Exit::Done)
}
