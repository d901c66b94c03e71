use std::path::PathBuf;

use clap::Args;
use secrecy::ExposeSecret as _;

use super::output;
use crate::store::{Key, Store};

use super::{Context, Exit};

/// Put a backup in place; every document is looked for at its target before anything is sent again
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A file that `backup` wrote
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let data = &context.config.data;
    std::fs::create_dir_all(data)?;
    let key = Key::of_base64(context.config.sealing_key()?.expose_secret())?;
    Store::restore(&arguments.file, data, key).await?;
    output::result(context.json, &serde_json::json!({ "restored": data }), || {
        format!(
            "restored into {}; what may have been sent since is looked for before anything is sent",
            data.display()
        )
    })?;
    Ok(Exit::Done)
}
