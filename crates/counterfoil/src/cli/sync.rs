use clap::Args;
use serde_json::{Value, json};

use super::client::{Client, path};
use super::{Context, Exit, output};

/// Look at the sources now and send what is ready: of one flow, of all, or selected documents
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A flow's identifier or name; all flows where it is left out
    flow: Option<String>,
    /// Only these documents
    #[arg(long = "document", value_name = "ID", requires = "flow")]
    documents: Vec<String>,
    /// Only look at the source; send nothing that waits for a person
    #[arg(long, conflicts_with = "documents")]
    poll_only: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let client = Client::of(context).await?;
    let mut wish = json!({ "poll_only": arguments.poll_only });
    if !arguments.documents.is_empty() {
        wish["documents"] = json!(arguments.documents);
    }
    let flows = match arguments.flow {
        Some(flow) => vec![flow],
        None => ids(&client.get("/v1/flows").await?),
    };
    let mut asked = Vec::new();
    for flow in flows {
        let answer = client.post(&path(&["flows", &flow, "sync"], &[]), &wish).await?;
        asked.push(json!({ "flow": flow, "asked": answer["asked"] }));
    }
    let columns: &[output::Column] = &[("flow", &["/flow"]), ("asked", &["/asked"])];
    output::list(context.json, &json!({ "data": asked, "next": null }), columns)?;
    Ok(Exit::Done)
}

fn ids(flows: &Value) -> Vec<String> {
    flows["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|flow| flow["id"].as_str().map(str::to_owned))
        .collect()
}
