//! Reads UBL and CII file names on stdin and writes each invoice again, in both syntaxes, below the folder named by the
//! first argument. One JSON line out per line in: `{"file","ubl","cii","unmapped","issues","unwritten","error"}`.

use std::io::{BufRead as _, Write as _};

use einvoice::{cii, ubl};

fn main() -> std::io::Result<()> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    let mut stdout = std::io::stdout().lock();
    for (number, file) in std::io::stdin().lock().lines().enumerate() {
        let file = file?;
        let bytes = std::fs::read(&file)?;
        let line = match ubl::read(&bytes).or_else(|_| cii::read(&bytes)) {
            Ok(reading) => {
                let (as_ubl, as_cii) =
                    (ubl::write_reporting(&reading.invoice), cii::write_reporting(&reading.invoice));
                let names =
                    [folder.join(format!("{number}.ubl.xml")), folder.join(format!("{number}.cii.xml"))];
                std::fs::write(&names[0], &as_ubl.xml)?;
                std::fs::write(&names[1], &as_cii.xml)?;
                serde_json::json!({
                    "file": file, "ubl": names[0], "cii": names[1], "unmapped": reading.unmapped, "issues": reading.issues,
                    "unwritten": { "ubl": as_ubl.unwritten, "cii": as_cii.unwritten },
                })
            }
            Err(e) => serde_json::json!({ "file": file, "error": e.to_string() }),
        };
        writeln!(stdout, "{line}")?;
        stdout.flush()?;
    }
    Ok(())
}
