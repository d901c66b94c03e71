//! docs/cli.md: every command as `--help` shows it.

use clap::{Command, CommandFactory as _};

use super::Cli;

/// The reference of all commands in Markdown.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Command line\n\nWritten by the program itself (`counterfoil help`); a test holds it current.\n\nResults go to \
         stdout, everything else to stderr. Exit codes: 0 done or all valid, 1 failed or some invalid, 2 wrong usage, 3 \
         partly done or some unreadable.\n",
    );
    let mut root = Cli::command().term_width(100).disable_help_subcommand(true);
    root.build();
    for command in root.get_subcommands_mut() {
        section(command, 2, &mut out);
    }
    out
}

fn section(command: &mut Command, level: usize, out: &mut String) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let hidden: Vec<clap::Id> = command
        .get_arguments()
        .filter(|argument| {
            argument.is_global_set() || ["help", "version"].contains(&argument.get_id().as_str())
        })
        .map(|argument| argument.get_id().clone())
        .collect();
    // What every command has is explained once, in docs/operating.md.
    let mut shown = command.clone();
    for id in hidden {
        shown = shown.mut_arg(id, |argument| argument.hide(true));
    }
    let help = shown.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    out.push_str(&format!(
        "\n{} {name}\n\n```text\n{}\n```\n",
        "#".repeat(level),
        help.join("\n").trim_end()
    ));
    for sub in command.get_subcommands_mut() {
        section(sub, level + 1, out);
    }
}
