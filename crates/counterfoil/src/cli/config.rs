use clap::Args;
use serde_json::{Value, json};

use super::{Context, Exit, output};
use crate::config::{SETTINGS, reference};

/// Show the settings in force, with secrets masked and where each comes from
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Explain every setting instead, as docs/operating.md does
    #[arg(long)]
    reference: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let shown = context.config.shown();
    if arguments.reference && context.json {
        let row = |setting: &crate::config::Setting| {
            json!({
                "name": setting.name,
                "environment": setting.variable,
                "flag": setting.flag.map(|flag| format!("--{flag}")),
                "secret": setting.secret,
                "what": setting.what,
            })
        };
        output::json(&SETTINGS.iter().map(row).collect::<Vec<Value>>())?;
    } else if arguments.reference {
        output::line(reference().trim_end())?;
    } else if context.json {
        let row = |(setting, value, origin): &(&crate::config::Setting, String, crate::config::Origin)| {
            (setting.name.to_owned(), json!({ "value": value, "from": origin.to_string() }))
        };
        output::json(&shown.iter().map(row).collect::<serde_json::Map<String, Value>>())?;
    } else {
        let rows: Vec<Vec<String>> = shown
            .into_iter()
            .map(|(setting, value, origin)| vec![setting.name.to_owned(), value, origin.to_string()])
            .collect();
        output::table(&["setting", "value", "from"], &rows)?;
    }
    Ok(Exit::Done)
}
