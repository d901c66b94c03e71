use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use super::client::Client;
use super::{Context, Exit, files, output};

/// Send exactly what a plan shows; refuse what has moved since (exit code 3)
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A plan that `plan -o` or `plan --json` wrote, or - for stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let plan = files::read_json(&arguments.file)?;
    ensure!(
        plan["steps"].is_array(),
        "{}: not a plan; make one with `counterfoil plan -o FILE`",
        arguments.file.display()
    );
    let answer = Client::of(context).await?.post("/v1/apply", &plan).await?;
    let refused = answer["refused"].as_array().cloned().unwrap_or_default();
    output::result(context.json, &answer, || {
        let mut text = format!("{} applied, {} refused", answer["applied"], refused.len());
        for one in &refused {
            let name = output::text(one, &["/name", "/document", "/sync"]);
            text.push_str(&format!("\n  {name}: {}", output::text(one, &["/why"])));
        }
        text
    })?;
    Ok(if refused.is_empty() { Exit::Done } else { Exit::Partial })
}
