use std::path::PathBuf;

use clap::Args;
use secrecy::ExposeSecret as _;

use super::client::Client;
use super::output;
use crate::store::{Key, Store};

use super::{Context, Exit};

/// Copy the database to a file while the hub runs
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let file = std::path::absolute(&arguments.file)?;
    if let Ok(client) = Client::of(context) {
        client.post("/v1/backup", &serde_json::json!({ "file": file })).await?;
    } else {
        // Nobody serves: the database is ours for a moment.
        let key = Key::of_base64(context.config.sealing_key()?.expose_secret())?;
        Store::open(context.config.database_url().expose_secret(), key).await?.backup(&file).await?;
    }
    output::result(context.json, &serde_json::json!({ "file": file }), || {
        format!("written: {}", file.display())
    })?;
    Ok(Exit::Done)
}
