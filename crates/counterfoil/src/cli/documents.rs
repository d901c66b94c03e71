use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use axum::http::Method;
use clap::{Args, Subcommand};
use einvoice::xml::MAX_BYTES;
use serde_json::{Value, json};

use super::client::{Client, path};
use super::{Context, Exit, files, output};

/// Pages fetched with --all.
const PAGES_MAX: usize = 100_000;

/// Documents: what came in, where each is, and what a person asks of it
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List them, newest first
    List(Filter),
    /// Show one with its versions, deliveries and problems
    Show {
        /// Its identifier
        id: String,
    },
    /// Hand documents over: UBL, or JSON as `convert --to json` writes it
    Add(Add),
    /// Send now, as far as the plan allows
    Send(Which),
    /// Try again what failed or was refused
    Retry(Which),
    /// Ask the target for its verdict now
    Refresh(Which),
    /// Put aside: nothing new is begun until it is resumed
    Hold(Which),
    /// Let it go on
    Resume(Which),
    /// Let it take a number that another document used
    ReleaseNumber(Which),
}

#[derive(Debug, Args)]
struct Filter {
    /// due, waiting, blocked, settled or held
    #[arg(long)]
    state: Option<String>,
    /// A flow's identifier
    #[arg(long)]
    flow: Option<String>,
    /// invoice or credit_note
    #[arg(long)]
    kind: Option<String>,
    /// Part of a number, a name or a source key
    #[arg(short)]
    q: Option<String>,
    /// Go on after this place: `next` of the page before
    #[arg(long)]
    after: Option<String>,
    /// Rows of a page
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Every page, one after the other
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
struct Add {
    /// Files, or folders with every .xml below them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The flow they take; needed where there are several
    #[arg(long)]
    flow: Option<String>,
    /// Your own name for a single file; the same name again is a new version of it
    #[arg(long)]
    key: Option<String>,
}

#[derive(Debug, Args)]
struct Which {
    /// Their identifiers
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let client = Client::of(context).await?;
    let (word, which) = match arguments.verb {
        Verb::List(filter) => return list(&client, context, filter).await,
        Verb::Show { id } => return show(&client, context, &id).await,
        Verb::Add(add) => return hand_over(&client, context, add).await,
        Verb::Send(which) => ("send", which),
        Verb::Retry(which) => ("retry", which),
        Verb::Refresh(which) => ("refresh", which),
        Verb::Hold(which) => ("hold", which),
        Verb::Resume(which) => ("resume", which),
        Verb::ReleaseNumber(which) => ("release-number", which),
    };
    let mut tally = Tally::default();
    for id in &which.ids {
        let answer = client.post(&path(&["documents", id, word], &[]), &Value::Null).await;
        tally.say(context.json, id, answer.map(|_| json!({ "asked": word })))?;
    }
    Ok(tally.exit())
}

const COLUMNS: &[output::Column] = &[
    ("id", &["/id"]),
    ("number", &["/number", "/key"]),
    ("kind", &["/kind"]),
    ("date", &["/issue_date"]),
    ("buyer", &["/buyer"]),
    ("payable", &["/payable"]),
    ("currency", &["/currency"]),
    ("state", &["/state"]),
    ("next", &["/next"]),
];

async fn list(client: &Client, context: &Context, filter: Filter) -> anyhow::Result<Exit> {
    let limit = filter.limit.to_string();
    let mut after = filter.after;
    let mut documents = Vec::new();
    for _ in 0..PAGES_MAX {
        let query = [
            ("state", filter.state.as_deref()),
            ("flow", filter.flow.as_deref()),
            ("kind", filter.kind.as_deref()),
            ("q", filter.q.as_deref()),
            ("after", after.as_deref()),
            ("limit", Some(limit.as_str())),
        ];
        let answer = client.get(&path(&["documents"], &query)).await?;
        documents.extend(answer["data"].as_array().cloned().unwrap_or_default());
        after = answer["next"].as_str().map(str::to_owned);
        if !filter.all || after.is_none() {
            break;
        }
    }
    if !context.json
        && let Some(after) = &after
    {
        eprintln!("there are more: --after {after}, or --all");
    }
    output::list(context.json, &json!({ "data": documents, "next": after }), COLUMNS)?;
    Ok(Exit::Done)
}

async fn show(client: &Client, context: &Context, id: &str) -> anyhow::Result<Exit> {
    let document = client.get(&path(&["documents", id], &[])).await?;
    output::result(context.json, &document, || output::outline(&document))?;
    Ok(Exit::Done)
}

async fn hand_over(client: &Client, context: &Context, add: Add) -> anyhow::Result<Exit> {
    let names = files::meant(&add.files)?;
    ensure!(add.key.is_none() || names.len() == 1, "--key names one document; give one file with it");
    let address = path(&["documents"], &[("flow", add.flow.as_deref()), ("key", add.key.as_deref())]);
    let mut tally = Tally::default();
    for name in names {
        let answer = async {
            let bytes = files::read(&name).context("cannot be read")?;
            ensure!(bytes.len() <= MAX_BYTES, "larger than the limit of {MAX_BYTES} bytes");
            let json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
            let media_type = if json { "application/json" } else { "application/xml" };
            let answer = client.call(Method::POST, &address, media_type, bytes).await?;
            serde_json::from_slice::<Value>(&answer).context("the server's answer is not JSON")
        };
        let answer = answer.await;
        tally.say(context.json, &name.display().to_string(), answer)?;
    }
    Ok(tally.exit())
}

/// What became of several things asked for one after the other.
#[derive(Default)]
struct Tally {
    done: usize,
    refused: usize,
}

impl Tally {
    fn say(&mut self, json: bool, name: &str, answer: anyhow::Result<Value>) -> anyhow::Result<()> {
        match answer {
            Ok(answer) => {
                self.done += 1;
                let line = json!({ "name": name, "answer": answer });
                output::result(json, &line, || {
                    format!("{name}: {}", output::outline(&answer).replace('\n', ", "))
                })
            }
            Err(error) => {
                self.refused += 1;
                if json {
                    output::json(&json!({ "name": name, "error": format!("{error:#}") }))?;
                }
                eprintln!("{name}: {error:#}");
                Ok(())
            }
        }
    }

    fn exit(&self) -> Exit {
        match (self.done, self.refused) {
            (_, 0) => Exit::Done,
            (0, _) => Exit::Failed,
            _ => Exit::Partial,
        }
    }
}
