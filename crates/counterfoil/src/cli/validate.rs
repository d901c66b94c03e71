use std::ffi::OsStr;
use std::io::{BufRead, IsTerminal as _, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use clap::Args;
use einvoice::rules::{Profile, Ruleset, Verdict};
use einvoice::{Flag, Problem};
use futures_util::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::{Context, Exit, files, output};

/// Fewer files than this need no progress bar.
const BAR_FROM: usize = 20;
/// Longest line of names read on standard input.
const NAME_BYTES_MAX: usize = 64 * 1024;
/// So much of a line that is no name is shown.
const SHOWN_BYTES: usize = 80;

/// Judge e-invoices by the official rules, here and at once
///
/// Says of each file whether it is valid and, where not, which rule is broken, at which place, and what to change.
/// With --json one line per file: file, profile, rulesets, valid, fatal, warning, structure, problems, error.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil validate invoice.xml\n  counterfoil validate --json --profile peppol-ubl outbox/\n  find . -name '*.xml' | counterfoil validate --json -"
)]
pub(super) struct Arguments {
    /// Files, folders (every .xml below them, in any letter case), or - for names on stdin, answered line by line
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Rules to judge by; `auto` takes what each document declares
    #[arg(long, default_value = "auto", value_parser = profile(), value_name = "PROFILE")]
    profile: Profile,
    /// Files judged at once [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

fn profile() -> impl clap::builder::TypedValueParser<Value = Profile> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(Profile::ALL.map(Profile::name))
        .try_map(|name| name.parse::<Profile>())
}

/// The verdict on one file, in the names of the contract.
#[derive(Debug, Serialize)]
struct Line {
    file: String,
    profile: Profile,
    rulesets: Vec<Ruleset>,
    valid: bool,
    fatal: Vec<String>,
    warning: Vec<String>,
    structure: Vec<String>,
    problems: Vec<Found>,
    error: Option<String>,
}

/// A problem with every field, the empty ones too: whoever reads it by name finds it.
#[derive(Debug, Serialize)]
struct Found {
    code: String,
    flag: Flag,
    path: String,
    message: String,
    hint: String,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let (profile, json) = (arguments.profile, context.json);
    if arguments.files.iter().any(|name| name.as_os_str() == "-") {
        anyhow::ensure!(arguments.files.len() == 1, "- stands for itself; name no files beside it");
        return tokio::task::spawn_blocking(move || answer_stdin(profile, json)).await?;
    }
    let names = files::meant(&arguments.files)?;
    let at_once = arguments.jobs.map_or_else(processors, usize::from);
    let bar = bar(names.len());
    let judged = names.into_iter().map(|path| tokio::task::spawn_blocking(move || judge(&path, profile)));
    let mut lines = stream::iter(judged).buffered(at_once);
    let mut tally = Tally::default();
    while let Some(line) = lines.next().await {
        let line = line?;
        tally.count(&line);
        bar.suspend(|| print(&line, json))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    if tally.files > 1 {
        eprintln!("{tally}");
    }
    Ok(tally.exit())
}

/// One line out per line in, flushed, so that another program can hold a conversation.
fn answer_stdin(profile: Profile, json: bool) -> anyhow::Result<Exit> {
    let mut tally = Tally::default();
    let mut input = std::io::stdin().lock();
    while let Some(name) = next_name(&mut input)? {
        let line = match name {
            Ok(path) => judge(&path, profile),
            Err((shown, why)) => Line::unreadable(shown, profile, why),
        };
        tally.count(&line);
        print(&line, json)?;
    }
    Ok(tally.exit())
}

/// What a line of standard input names: a file, or what stands there instead and why it is none.
type Named = Result<PathBuf, (String, &'static str)>;

/// The next line; names are bytes, as the system has them. An overlong line is read to its end and not held.
fn next_name(input: &mut impl BufRead) -> std::io::Result<Option<Named>> {
    let mut line = Vec::new();
    if input.by_ref().take(NAME_BYTES_MAX as u64).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.len() == NAME_BYTES_MAX && !line.ends_with(b"\n") {
        input.skip_until(b'\n')?;
        let head = String::from_utf8_lossy(&line[..SHOWN_BYTES]).into_owned();
        return Ok(Some(Err((head, "the line is too long for a file name"))));
    }
    let name = line.strip_suffix(b"\n").unwrap_or(&line);
    let name = name.strip_suffix(b"\r").unwrap_or(name);
    if name.is_empty() {
        return Ok(Some(Err((String::new(), "the line is empty"))));
    }
    Ok(Some(Ok(PathBuf::from(OsStr::from_bytes(name)))))
}

fn judge(path: &Path, profile: Profile) -> Line {
    let file = path.display().to_string();
    match files::read(path) {
        // A file that breaks a rule's code must not take the verdicts on the others with it.
        Ok(bytes) => match catch_unwind(|| einvoice::rules::validate(&bytes, profile)) {
            Ok(verdict) => Line::of(file, verdict),
            Err(_) => Line::unreadable(
                file,
                profile,
                "judging it failed in the program itself; please report this file",
            ),
        },
        Err(error) => Line::unreadable(file, profile, error),
    }
}

impl Line {
    fn unreadable(file: String, profile: Profile, why: impl std::fmt::Display) -> Self {
        let (rulesets, fatal, warning, structure, problems) = Default::default();
        let error = Some(why.to_string());
        Self { file, profile, rulesets, valid: false, fatal, warning, structure, problems, error }
    }

    fn of(file: String, verdict: Verdict) -> Self {
        let Verdict { profile, rulesets, valid, fatal, warning, structure, problems, error } = verdict;
        let problems = problems.into_iter().map(Found::of).collect();
        Self { file, profile, rulesets, valid, fatal, warning, structure, problems, error }
    }
}

impl Found {
    fn of(problem: Problem) -> Self {
        let Problem { code, flag, path, message, hint } = problem;
        Self { code, flag, path, message, hint }
    }
}

fn print(line: &Line, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(line);
    }
    let mut text = match (&line.error, line.valid) {
        (Some(error), _) => format!("{}: cannot be judged: {error}", line.file),
        (None, true) => format!("{}: valid ({})", line.file, line.profile),
        (None, false) => format!("{}: NOT valid ({})", line.file, line.profile),
    };
    for problem in &line.problems {
        let flag = match problem.flag {
            Flag::Fatal => "fatal",
            Flag::Warning => "warning",
            Flag::Information => "note",
        };
        text.push_str(&format!("\n  {flag:<8}{}  {}", problem.code, problem.message));
        for more in [&problem.path, &problem.hint] {
            if !more.is_empty() {
                text.push_str(&format!("\n          {more}"));
            }
        }
    }
    for finding in &line.structure {
        text.push_str(&format!("\n  structure  {finding}"));
    }
    output::line(&text)
}

/// How many of what, and the exit code that follows.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    valid: usize,
    unreadable: usize,
}

impl Tally {
    fn count(&mut self, line: &Line) {
        self.files += 1;
        self.valid += usize::from(line.valid);
        self.unreadable += usize::from(line.error.is_some());
    }

    fn exit(&self) -> Exit {
        match (self.unreadable, self.files - self.valid) {
            (0, 0) => Exit::Done,
            (0, _) => Exit::Failed,
            _ => Exit::Partial,
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { files, valid, unreadable } = self;
        write!(
            f,
            "{files} files: {valid} valid, {} not valid, {unreadable} not readable",
            files - valid - unreadable
        )
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn bar(files: usize) -> ProgressBar {
    if files < BAR_FROM || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("validating [{bar:40}] {pos}/{len} {per_sec} eta {eta}");
    ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::stderr())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
