//! Results on stdout: JSON for scripts, aligned lists for people, tab-separated lines for everything in between.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ContentArrangement, Table, TableStyle};
use serde::Serialize;
use serde_json::Value;

/// Characters of one cell on a terminal; `--json` shows all.
const CELL_CHARS: usize = 60;

/// One JSON value on a line of its own.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// One line of text.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Bytes as they are.
pub(super) fn bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

/// Rows under their headings: aligned on a terminal, tab-separated elsewhere.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if io::stdout().is_terminal() {
        let mut table = Table::new();
        table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
        for row in rows {
            table.add_row(row.iter().map(|cell| shortened(cell)));
        }
        writeln!(out, "{table}")?;
    } else {
        writeln!(out, "{}", headings.join("\t"))?;
        for row in rows {
            let row: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
            writeln!(out, "{}", row.join("\t"))?;
        }
    }
    Ok(out.flush()?)
}

/// A heading and the pointers of its value in a row of an answer.
pub(super) type Column = (&'static str, &'static [&'static str]);

/// A list as the API gives it (`{data, next}`): as it is, or as rows.
pub(super) fn list(as_json: bool, answer: &Value, columns: &[Column]) -> anyhow::Result<()> {
    if as_json {
        return json(answer);
    }
    rows(answer["data"].as_array().map_or(&[][..], Vec::as_slice), columns)
}

/// Objects as rows of these columns.
pub(super) fn rows(objects: &[Value], columns: &[Column]) -> anyhow::Result<()> {
    let headings: Vec<&str> = columns.iter().map(|(heading, _)| *heading).collect();
    let row = |object: &Value| columns.iter().map(|(_, pointers)| text(object, pointers)).collect();
    table(&headings, &objects.iter().map(row).collect::<Vec<Vec<String>>>())
}

/// A result as JSON, or in words.
pub(super) fn result(as_json: bool, value: &Value, words: impl FnOnce() -> String) -> anyhow::Result<()> {
    if as_json { json(value) } else { line(&words()) }
}

/// An answer as indented lines of name and value, empty values left out.
pub(super) fn outline(value: &Value) -> String {
    let mut out = String::new();
    outline_into(value, 0, &mut out);
    out.trim_end().to_owned()
}

fn outline_into(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (name, value) in map.iter().filter(|(_, value)| !is_empty(value)) {
                match value {
                    Value::Object(_) | Value::Array(_) => {
                        out.push_str(&format!("{indent}{name}:\n"));
                        outline_into(value, depth + 1, out);
                    }
                    _ => out.push_str(&format!("{indent}{name}: {}\n", plain(&text(value, &[""])))),
                }
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                if at > 0 && value.is_object() {
                    out.push('\n');
                }
                outline_into(value, depth, out);
            }
        }
        scalar => out.push_str(&format!("{indent}{}\n", plain(&text(scalar, &[""])))),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Whether an error is no more than a reader that went away.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let broken = |kind| kind == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| broken(error.kind()))
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|e| e.io_error_kind().is_some_and(broken))
    })
}

/// The first of these pointers (`/flow/name`) that leads to a text, number or truth value; empty where none does.
pub(super) fn text(value: &Value, pointers: &[&str]) -> String {
    let found = pointers.iter().find_map(|pointer| value.pointer(pointer).filter(|value| !value.is_null()));
    match found {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn shortened(cell: &str) -> String {
    let cell = plain(cell);
    match cell.char_indices().nth(CELL_CHARS) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell,
    }
}

/// What others wrote must not move our cursor or break our lines.
fn plain(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_one_line_without_control_characters() {
        assert_eq!(plain("a\tb\n\u{1b}[31mc"), "a b  [31mc");
        assert_eq!(shortened(&"ä".repeat(61)), format!("{}…", "ä".repeat(60)));
    }

    #[test]
    fn the_first_pointer_that_leads_somewhere_counts() {
        let value = serde_json::json!({"a": null, "b": {"c": 7}, "d": "x"});
        assert_eq!(text(&value, &["/a", "/b/c"]), "7");
        assert_eq!(text(&value, &["/d"]), "x");
        assert_eq!(text(&value, &["/e"]), "");
    }

    #[test]
    fn an_outline_shows_what_is_there_and_nothing_else() {
        let value = serde_json::json!({"a": 1, "b": null, "c": {"d": "x", "e": []}, "f": [{"g": true}, {"g": "y\n"}]});
        assert_eq!(outline(&value), "a: 1\nc:\n  d: x\nf:\n  g: true\n\n  g: y");
        assert_eq!(outline(&Value::Null), "");
    }
}
