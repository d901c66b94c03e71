use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::client::Client;
use super::{Context, Exit, output};

/// Copy the database to a file while the hub runs
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let mut file = std::path::absolute(&arguments.file)?;
    // Asked of the server, whose folder may be another: links are resolved here.
    if let (Some(folder), Some(name)) = (file.parent(), file.file_name()) {
        let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
        file = folder.join(name);
    }
    let answer = json!({ "file": file });
    Client::of(context).await?.post("/v1/backup", &answer).await?;
    output::result(context.json, &answer, || format!("written: {}", file.display()))?;
    Ok(Exit::Done)
}
