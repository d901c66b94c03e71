//! Reads file names on stdin and judges each by the profile named as first argument (default `auto`): one JSON line out
//! per line in, flushed.

use std::io::{BufRead as _, Write as _};

use einvoice::rules::{Profile, validate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let profile: Profile = std::env::args().nth(1).unwrap_or_else(|| "auto".to_owned()).parse()?;
    let mut stdout = std::io::stdout().lock();
    for file in std::io::stdin().lock().lines() {
        let file = file?;
        let mut line = match std::fs::read(&file) {
            Ok(bytes) => serde_json::to_value(validate(&bytes, profile))?,
            Err(e) => serde_json::json!({ "profile": profile, "valid": false, "error": e.to_string() }),
        };
        line["file"] = file.into();
        writeln!(stdout, "{line}")?;
        stdout.flush()?;
    }
    Ok(())
}
