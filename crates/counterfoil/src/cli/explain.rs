use clap::Args;
use serde_json::Value;

use super::client::{Client, path};
use super::{Context, Exit, output};

/// Say why a document is where it is, which mandate it takes and where each element sent comes from
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The document's identifier
    document: String,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let answer =
        Client::of(context).await?.get(&path(&["documents", &arguments.document, "explain"], &[])).await?;
    if context.json {
        output::json(&answer)?;
        return Ok(Exit::Done);
    }
    for step in answer["steps"].as_array().into_iter().flatten() {
        output::line(&super::plan::described(step))?;
        for source in step["sources"].as_array().into_iter().flatten() {
            let place = output::text(source, &["/path"]);
            let value = output::text(source, &["/value"]);
            output::line(&format!("  {place} = {value}  (from {})", origin(&source["source"])))?;
        }
    }
    Ok(Exit::Done)
}

/// Where a value comes from, in words.
fn origin(source: &Value) -> String {
    let part = |name: &str| source[name].as_str().unwrap_or_default();
    match part("from") {
        "document" => "the document".to_owned(),
        "native" => format!("the source's field {}", part("field")),
        "custom" => format!("the custom field {}", part("field")),
        "fixed" => "the field mapping, fixed".to_owned(),
        "code" => format!("the {} group, for {:?}", part("group"), part("native")),
        "sender" => "the connection's sender".to_owned(),
        "look_up" => "the network".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use counterfoil_core::outbound::ValueSource;

    use super::*;

    #[test]
    fn every_kind_of_source_has_words() {
        let field = || "c_cost_centre".to_owned();
        let code = ValueSource::Code { group: "unit".to_owned(), native: "hrs".to_owned() };
        let sources = [
            (ValueSource::Document, "the document"),
            (ValueSource::Native { field: field() }, "the source's field c_cost_centre"),
            (ValueSource::Custom { field: field() }, "the custom field c_cost_centre"),
            (ValueSource::Fixed, "the field mapping, fixed"),
            (code, "the unit group, for \"hrs\""),
            (ValueSource::Sender, "the connection's sender"),
            (ValueSource::LookUp, "the network"),
        ];
        for (source, words) in sources {
            assert_eq!(origin(&serde_json::to_value(source).expect("JSON")), words);
        }
    }
}
