use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Context, Exit, output};
use crate::store::{Key, Store};

/// Put a backup in place; every document is looked for at its target before anything is sent again
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A file that `backup` wrote
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let config = &context.config;
    ensure!(
        config.database_url().expose_secret().starts_with("sqlite:"),
        "a PostgreSQL database is restored with its own tools; leave --database out"
    );
    // A new key would open nothing of the backup, and only that would be noticed when it is too late.
    let made = config.data.join("key");
    ensure!(
        config.key.is_some() || config.key_file.is_some() || made.exists(),
        "the key that sealed the backup is needed: put it at {}, or name it with --key-file",
        made.display()
    );
    let key = Key::of_base64(config.sealing_key()?.expose_secret())?;
    Store::restore(&arguments.file, &config.data, key).await?;
    let answer = json!({ "restored": arguments.file, "data": config.data });
    output::result(context.json, &answer, || {
        format!(
            "restored into {}; what was sent after the backup is looked for before anything is sent again",
            config.data.display()
        )
    })?;
    Ok(Exit::Done)
}
