use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum};
use einvoice::ubl::{ReadError, Unmapped, Written};
use einvoice::xml::MAX_BYTES;
use einvoice::{Invoice, Problem};
use serde_json::json;

use super::{Context, Exit, files, output};

/// Write an invoice in another form: UBL, CII, or JSON with the terms of EN 16931
///
/// What the other form cannot hold is listed on stderr, never silently left out.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil convert invoice.xml --to json\n  counterfoil convert invoice.json --to ubl -o invoice.xml"
)]
pub(super) struct Arguments {
    /// A UBL, CII or JSON document, or - for stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The form wanted
    #[arg(long, value_enum)]
    to: Form,
    /// Write here instead of stdout
    #[arg(short, long, value_name = "OUT")]
    out: Option<PathBuf>,
    /// End with exit code 3 where anything could not be carried over
    #[arg(long)]
    strict: bool,
}

/// A form of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// UBL 2.1 Invoice or CreditNote
    Ubl,
    /// UN/CEFACT Cross Industry Invoice D16B
    Cii,
    /// JSON with the terms of EN 16931
    Json,
}

/// An invoice, and what of its source is not in it.
struct Taken {
    invoice: Invoice,
    unmapped: Vec<Unmapped>,
    issues: Vec<Problem>,
}

impl Taken {
    /// The document written; what it could not hold joins what was not read.
    fn keep(&mut self, written: Written) -> Vec<u8> {
        self.unmapped.extend(written.unwritten);
        written.xml
    }
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let name = arguments.file.display();
    let bytes =
        if arguments.file.as_os_str() == "-" { files::read_stdin() } else { files::read(&arguments.file) };
    let bytes = bytes.with_context(|| name.to_string())?;
    ensure!(bytes.len() <= MAX_BYTES, "{name}: larger than the limit of {MAX_BYTES} bytes");
    let mut taken = read(&bytes).with_context(|| name.to_string())?;
    let written = match arguments.to {
        Form::Json => {
            let mut text = serde_json::to_vec_pretty(&taken.invoice)?;
            text.push(b'\n');
            text
        }
        Form::Ubl => taken.keep(einvoice::ubl::write_reporting(&taken.invoice)),
        Form::Cii => taken.keep(einvoice::cii::write_reporting(&taken.invoice)),
    };
    report(&taken);
    match &arguments.out {
        None => output::bytes(&written)?,
        Some(out) => {
            write(out, &written)?;
            if context.json {
                output::json(&json!({ "out": out, "unmapped": taken.unmapped, "issues": taken.issues }))?;
            }
        }
    }
    let complete = taken.unmapped.is_empty() && taken.issues.is_empty();
    Ok(if arguments.strict && !complete { Exit::Partial } else { Exit::Done })
}

fn read(bytes: &[u8]) -> anyhow::Result<Taken> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        let invoice = serde_json::from_slice(bytes).context("not an invoice in JSON")?;
        return Ok(Taken { invoice, unmapped: vec![], issues: vec![] });
    }
    let reading = match einvoice::ubl::read(bytes) {
        Err(ReadError::NotAnInvoice { .. }) => einvoice::cii::read(bytes),
        other => other,
    };
    match reading {
        Ok(reading) => {
            Ok(Taken { invoice: reading.invoice, unmapped: reading.unmapped, issues: reading.issues })
        }
        Err(error) => bail!("{}", error.to_problem()),
    }
}

fn report(taken: &Taken) {
    for unmapped in &taken.unmapped {
        eprintln!("not carried over: {} = {:?}", unmapped.path, unmapped.value);
    }
    for issue in &taken.issues {
        eprintln!("{issue}");
    }
}

/// Whole or not at all: a reader never sees half a document.
fn write(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, out));
    written.with_context(|| format!("writing {}", out.display()))
}
