use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, Context, Exit, output};

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  counterfoil completions bash > /etc/bash_completion.d/counterfoil")]
pub(super) struct Arguments {
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) async fn run(arguments: Arguments, _: &Context) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "counterfoil", &mut text);
    output::bytes(&text)?;
    Ok(Exit::Done)
}
