//! Reads UBL file names on stdin, writes each invoice again below the folder named by the first argument,
//! one JSON line out per line in: `{"file","out","unmapped","issues","error"}`.

use std::io::{BufRead as _, Write as _};

fn main() -> std::io::Result<()> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    let mut stdout = std::io::stdout().lock();
    for (number, file) in std::io::stdin().lock().lines().enumerate() {
        let file = file?;
        let line = match einvoice::ubl::read(&std::fs::read(&file)?) {
            Ok(reading) => {
                let out = folder.join(format!("{number}.xml"));
                std::fs::write(&out, einvoice::ubl::write(&reading.invoice))?;
                serde_json::json!({ "file": file, "out": out, "unmapped": reading.unmapped, "issues": reading.issues })
            }
            Err(e) => serde_json::json!({ "file": file, "error": e.to_string() }),
        };
        writeln!(stdout, "{line}")?;
        stdout.flush()?;
    }
    Ok(())
}
