use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::client::Client;
use super::{Context, Exit, output};

/// Show exactly what would be sent, as a diff against what is there; sends nothing
///
/// The plan holds document, step, target, the digest of the outbound and the diff; `apply` sends exactly that.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  counterfoil plan -o plan.json && counterfoil apply plan.json")]
pub(super) struct Arguments {
    /// Only this flow
    #[arg(long)]
    flow: Option<String>,
    /// Only this document
    #[arg(long)]
    document: Option<String>,
    /// Keep the plan in a file for `apply`
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let mut which = serde_json::Map::new();
    for (name, value) in [("flow", &arguments.flow), ("document", &arguments.document)] {
        if let Some(value) = value {
            which.insert(name.to_owned(), json!(value));
        }
    }
    let plan = Client::of(context).await?.post("/v1/plan", &Value::Object(which)).await?;
    if let Some(out) = &arguments.out {
        let text = serde_json::to_vec_pretty(&plan)?;
        std::fs::write(out, text).with_context(|| format!("writing {}", out.display()))?;
    }
    if context.json {
        output::json(&plan)?;
    } else {
        let steps = plan["steps"].as_array().cloned().unwrap_or_default();
        for step in &steps {
            output::line(&described(step))?;
        }
        let sent = steps.iter().filter(|step| !step["outbound"].is_null()).count();
        eprintln!("{} documents looked at; {sent} would be sent", steps.len());
    }
    Ok(Exit::Done)
}

/// One step for people: what, where to, why, and what changes there.
pub(super) fn described(step: &Value) -> String {
    let target = output::text(step, &["/target"]);
    let arrow = if target.is_empty() { String::new() } else { format!(" -> {target}") };
    let name = output::text(step, &["/name", "/document"]);
    let mut out = format!("{name}{arrow}\n  {}", output::text(step, &["/next"]));
    for change in step["diff"].as_array().into_iter().flatten() {
        let path = output::text(change, &["/path"]);
        for (sign, side) in [("-", "/there"), ("+", "/wanted")] {
            let value = output::text(change, &[side]);
            if !value.is_empty() {
                out.push_str(&format!("\n  {sign} {path}: {value}"));
            }
        }
    }
    for problem in step["problems"].as_array().into_iter().flatten() {
        let parts = ["/code", "/path", "/message", "/hint"].map(|pointer| output::text(problem, &[pointer]));
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        out.push_str(&format!("\n  ! {}", parts.join(" ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_shows_its_diff_and_its_problems() {
        let step = json!({
            "name": "INV-1", "target": "Avalara", "next": "Next: send it.",
            "diff": [{"path": "/note", "there": "a", "wanted": "b"}, {"path": "/new", "there": null, "wanted": "c"}],
            "problems": [{"code": "field_required", "message": "It is missing.", "hint": "Fill it in."}],
        });
        let expected = "INV-1 -> Avalara\n  Next: send it.\n  - /note: a\n  + /note: b\n  + /new: c\n  ! field_required It is missing. Fill it in.";
        assert_eq!(described(&step), expected);
    }
}
