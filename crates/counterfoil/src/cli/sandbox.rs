use clap::Args;
use counterfoil_sandbox::{Options, WorldSeed};

use super::stop::Stop;
use super::{Context, Exit, output};

/// Serve the simulated vendors, to rehearse before anything is legally binding
///
/// The first line on stdout says where everything is, printed when all ports accept: with --json
/// {"elr":"http://127.0.0.1:P",...,"control":"http://127.0.0.1:Q"}. docs/sandbox.md explains the control plane.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The control plane listens here and the systems on the ports after it [default: free ports]
    #[arg(long, value_name = "N")]
    port_base: Option<u16>,
    /// The same seed gives the same identifiers and secrets
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Start without companies, partners and documents
    #[arg(long)]
    bare: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let world = if arguments.bare { WorldSeed::Bare } else { WorldSeed::Furnished };
    let options = Options { seed: arguments.seed, port_base: arguments.port_base, world };
    let mut stop = Stop::listen()?;
    let running = counterfoil_sandbox::start(options).await?;
    if context.json {
        output::line(&running.announcement())?;
    } else {
        let mut rows: Vec<Vec<String>> =
            running.systems().iter().map(|(name, url)| vec![(*name).to_owned(), url.clone()]).collect();
        rows.push(vec!["control".to_owned(), running.control().to_owned()]);
        output::table(&["system", "address"], &rows)?;
        eprintln!("serving until stopped (Ctrl-C)");
    }
    tokio::select! {
        () = stop.asked() => Ok(Exit::Done),
        ended = running.wait() => ended.map(|()| Exit::Done).map_err(Into::into),
    }
}
