//! Serves the sandbox: `cargo run -p counterfoil-sandbox --example sandbox -- [--port-base N] [--seed N] [--bare]`.
//! The first line on stdout says where everything is.

use std::io::{self, Write};
use std::process::ExitCode;

use counterfoil_sandbox::{Options, WorldSeed, start};

#[tokio::main]
async fn main() -> ExitCode {
    match read(std::env::args().skip(1)) {
        Ok(options) => match serve(options).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string(), 1),
        },
        Err(problem) => fail(&problem, 2),
    }
}

async fn serve(options: Options) -> io::Result<()> {
    let running = start(options).await?;
    let mut out = io::stdout();
    writeln!(out, "{}", running.announcement())?;
    out.flush()?;
    running.wait().await
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a number"));
        match argument.as_str() {
            "--port-base" => {
                options.port_base = Some(value()?.parse().map_err(|_| "--port-base wants a port".to_owned())?)
            }
            "--seed" => options.seed = value()?.parse().map_err(|_| "--seed wants a number".to_owned())?,
            "--bare" => options.world = WorldSeed::Bare,
            "--json" => {}
            other => return Err(format!("unknown argument {other}")),
        }
    }
    Ok(options)
}

fn fail(problem: &str, code: u8) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::from(code)
}
