//! The command line. One file per command, each with its arguments and `run`.
//!
//! Results go to stdout, everything else to stderr; `--json` makes results JSON. Exit codes are [`Exit`].

mod apply;
mod audit;
mod backup;
pub mod client;
mod completions;
mod config;
mod connections;
mod context;
mod convert;
mod demo;
mod doctor;
mod documents;
mod exchanges;
mod explain;
mod files;
mod flows;
mod identify;
mod openapi;
mod output;
mod plan;
pub mod reference;
mod restore;
mod sandbox;
mod serve;
pub mod stop;
mod sync;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use context::{Context, Exit};

use crate::config::Config;

/// Self-hosted finance integration hub: carries every document between systems once, exactly, and proves it.
#[derive(Debug, Parser)]
#[command(
    name = "counterfoil",
    version,
    propagate_version = true,
    max_term_width = 110,
    after_help = "Exit codes: 0 done or all valid, 1 failed or some invalid, 2 wrong usage, 3 partly done or some unreadable."
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command. Each is a setting, too: see `counterfoil config`.
#[derive(Debug, Clone, Default, Args)]
struct Global {
    /// Print results as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Configuration file (TOML) [env: COUNTERFOIL_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Data folder [env: COUNTERFOIL_DATA] [default: ./counterfoil-data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    data: Option<String>,
    /// Database URL, sqlite: or postgres: [env: COUNTERFOIL_DATABASE]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    database: Option<String>,
    /// File with the key that seals credentials [env: COUNTERFOIL_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    key_file: Option<String>,
    /// What is logged to stderr, such as debug [env: COUNTERFOIL_LOG] [default: info for servers, warn otherwise]
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Settings")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Sandbox(sandbox::Arguments),
    Connections(connections::Arguments),
    Documents(documents::Arguments),
    Flows(flows::Arguments),
    Plan(plan::Arguments),
    Apply(apply::Arguments),
    Sync(sync::Arguments),
    Explain(explain::Arguments),
    Exchanges(exchanges::Arguments),
    Audit(audit::Arguments),
    Validate(validate::Arguments),
    Convert(convert::Arguments),
    Identify(identify::Arguments),
    Backup(backup::Arguments),
    Restore(restore::Arguments),
    Doctor(doctor::Arguments),
    Config(config::Arguments),
    Openapi(openapi::Arguments),
    Completions(completions::Arguments),
}

impl Command {
    /// The address a server command was told to listen on.
    fn listen(&self) -> Option<&String> {
        match self {
            Self::Serve(arguments) => arguments.listen.as_ref(),
            Self::Demo(arguments) => arguments.listen.as_ref(),
            _ => None,
        }
    }

    /// Commands that stay are quiet only by wish; the others say nothing but what is worth a warning.
    fn is_server(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Demo(_) | Self::Sandbox(_))
    }

    async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Demo(arguments) => demo::run(arguments, context).await,
            Self::Serve(arguments) => serve::run(arguments, context).await,
            Self::Sandbox(arguments) => sandbox::run(arguments, context).await,
            Self::Connections(arguments) => connections::run(arguments, context).await,
            Self::Documents(arguments) => documents::run(arguments, context).await,
            Self::Flows(arguments) => flows::run(arguments, context).await,
            Self::Plan(arguments) => plan::run(arguments, context).await,
            Self::Apply(arguments) => apply::run(arguments, context).await,
            Self::Sync(arguments) => sync::run(arguments, context).await,
            Self::Explain(arguments) => explain::run(arguments, context).await,
            Self::Exchanges(arguments) => exchanges::run(arguments, context).await,
            Self::Audit(arguments) => audit::run(arguments, context).await,
            Self::Validate(arguments) => validate::run(arguments, context).await,
            Self::Convert(arguments) => convert::run(arguments, context).await,
            Self::Identify(arguments) => identify::run(arguments, context).await,
            Self::Backup(arguments) => backup::run(arguments, context).await,
            Self::Restore(arguments) => restore::run(arguments, context).await,
            Self::Doctor(arguments) => doctor::run(arguments, context).await,
            Self::Config(arguments) => config::run(arguments, context).await,
            Self::Openapi(arguments) => openapi::run(arguments, context).await,
            Self::Completions(arguments) => completions::run(arguments, context).await,
        }
    }
}

/// The program: reads the arguments, runs the command, says on stderr what went wrong.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let (context, _logging) = match prepare(&cli) {
        Ok(prepared) => prepared,
        // Settings that do not fit are wrong usage, whichever way they were given.
        Err(error) => return fail(&error, Exit::Usage),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into(), Exit::Failed),
    };
    match runtime.block_on(cli.command.run(&context)) {
        Ok(exit) => exit.into(),
        // Whoever read our output has had enough, as in `counterfoil documents list | head`.
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => fail(&error, Exit::Failed),
    }
}

fn prepare(cli: &Cli) -> anyhow::Result<(Context, crate::logs::Logging)> {
    let global = &cli.global;
    let flags = [
        ("data", &global.data),
        ("database", &global.database),
        ("key_file", &global.key_file),
        ("log", &global.log),
    ];
    let mut given: Vec<(&'static str, String)> =
        flags.into_iter().filter_map(|(name, value)| value.clone().map(|value| (name, value))).collect();
    given.extend(cli.command.listen().map(|address| ("listen", address.clone())));
    let config = Config::load(global.config.as_deref(), |name| std::env::var(name).ok(), &given)?;
    let untouched = config.origin("log") == crate::config::Origin::Default;
    let filter = if untouched && !cli.command.is_server() { "warn" } else { &config.log };
    let collector = config.otlp_endpoint.as_deref().filter(|_| cli.command.is_server());
    let logging = crate::logs::start(filter, collector)?;
    Ok((Context { config, json: global.json }, logging))
}

fn fail(error: &anyhow::Error, exit: Exit) -> ExitCode {
    eprintln!("counterfoil: {error:#}");
    exit.into()
}
