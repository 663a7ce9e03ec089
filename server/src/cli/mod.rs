//! The commands of the binary `ucs`.

mod admin;
pub mod config;
mod data;
mod demo;
mod descriptors;
mod directory;
mod serve;
mod signals;
mod terminal;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::builder::{NonEmptyStringValueParser, OsStringValueParser, StyledStr, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};

use crate::client::{self, Output, Unwritable};

/// A Unified Contact Store: the contact list of instant messaging clients, by the protocol MS-OXWSCOS.
///
/// `ucs serve --demo` shows it at work. The commands list, group, contact, people, export, import, copy and conformance
/// work with any server that speaks the protocol; all others work on the data directory of this one.
#[derive(Parser, Debug)]
#[command(name = "ucs", version, arg_required_else_help = true, max_term_width = 100, after_help = STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server.
    Serve(serve::Serve),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Accounts and their mailboxes.
    #[command(subcommand)]
    User(admin::User),
    /// Who may act for whom (ExchangeImpersonation).
    #[command(subcommand)]
    Grant(admin::Grant),
    /// The mail distribution groups that may be added to lists; without a directory, any may.
    #[command(subcommand)]
    GroupDirectory(admin::GroupDirectory),
    /// The people of the organisation, whom clients find beside their contacts.
    #[command(subcommand)]
    Directory(directory::Directory),
    /// Copy all data into one file, while the server runs.
    Backup(data::Backup),
    /// Put a backup in the place of the data. The server must not run; what is replaced is kept beside it.
    Restore(data::Restore),
    /// Bring the data of an older version to this one. The server must not run.
    Migrate(data::Migrate),
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    #[command(flatten)]
    Client(client::Command),
}

#[derive(Subcommand, Debug)]
enum ConfigCommand {
    /// Check the configuration, and show what is set and where.
    Check(Check),
}

#[derive(clap::Args, Debug)]
struct Check {
    /// The configuration, TOML.
    #[arg(long, value_name = "FILE", env = "UCS_CONFIG", value_parser = any_path())]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The data directory and the form of output, for commands of administrators.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Common {
    /// The data directory [default: that of the configuration, or ucs-data].
    #[arg(long, value_name = "DIR", global = true, value_parser = text_path())]
    data: Option<PathBuf>,
    /// The configuration, TOML.
    #[arg(long, value_name = "FILE", env = "UCS_CONFIG", global = true, value_parser = any_path())]
    config: Option<PathBuf>,
    /// Print JSON, and show no progress.
    #[arg(long, global = true)]
    json: bool,
}

impl Common {
    /// Tells what was done, people or programs.
    fn tell(&self, out: &mut Output, sentence: &str, data: &serde_json::Value) -> Result<()> {
        if self.json { out.json(data) } else { out.line(sentence) }
    }

    fn directory(&self) -> Result<PathBuf> {
        serve::data(self.data.as_deref(), self.config.as_deref())
    }
}

/// Reads a path that is a value of the configuration, where all paths are texts: one that is none would lead elsewhere.
fn text_path() -> impl TypedValueParser<Value = PathBuf> {
    NonEmptyStringValueParser::new().map(PathBuf::from)
}

/// Reads a path; an empty one names no file, as of a variable that is set to nothing.
fn any_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

const STATUS: &str = "Exit status: 0 when it is done, 1 after an error, 2 for wrong usage.";

/// The status of a command whose output nobody reads any more: what a shell reports of tools that SIGPIPE ends.
const READER_IS_GONE: u8 = 141;

/// Runs the command that the arguments of the process name.
///
/// The status is 0, or 1 after an error that was told, 2 for wrong usage, 141 when whoever read the output has closed it.
pub fn main() -> ExitCode {
    let mut out = Output::stdio();
    let ended = match Cli::try_parse().map_err(with_variables) {
        Ok(cli) => run(cli.command, &mut out).map(|()| ExitCode::SUCCESS),
        // Also help and version, which were asked for.
        Err(usage) => match usage.print().and_then(|()| std::io::stdout().flush()) {
            Ok(()) => Ok(ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2))),
            Err(error) => Err(Unwritable::output(error).into()),
        },
    };
    ended.unwrap_or_else(|error| match error.downcast_ref::<Unwritable>() {
        Some(unwritable) if unwritable.reader_is_gone() => ExitCode::from(READER_IS_GONE),
        _ => {
            out.error(&error);
            ExitCode::FAILURE
        }
    })
}

/// Names the environment variables that arguments may come from, where some are missing.
fn with_variables(mut usage: clap::Error) -> clap::Error {
    let missing = match (usage.kind(), usage.get(ContextKind::InvalidArg)) {
        (ErrorKind::MissingRequiredArgument, Some(ContextValue::Strings(missing))) => missing.clone(),
        _ => return usage,
    };
    let mut variables = BTreeSet::new();
    let mut all = Cli::command();
    // Arguments can be shown after that only.
    all.build();
    let mut commands = vec![all];
    while let Some(command) = commands.pop() {
        let missed = command.get_arguments().filter(|argument| missing.contains(&argument.to_string()));
        variables
            .extend(missed.filter_map(|argument| Some(argument.get_env()?.to_string_lossy().into_owned())));
        commands.extend(command.get_subcommands().cloned());
    }
    if !variables.is_empty() {
        let variables = variables.into_iter().collect::<Vec<_>>().join(", ");
        let tip = StyledStr::from(format!("the environment can say it, too: {variables}"));
        usage.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    usage
}

fn run(command: Command, out: &mut Output) -> Result<()> {
    match command {
        Command::Serve(serve) => serve::run(serve),
        Command::Config(ConfigCommand::Check(check)) => check_config(&check, out),
        Command::User(user) => user.run(out),
        Command::Grant(grant) => grant.run(out),
        Command::GroupDirectory(directory) => directory.run(out),
        Command::Directory(directory) => directory.run(out),
        Command::Backup(backup) => backup.run(out),
        Command::Restore(restore) => restore.run(out),
        Command::Migrate(migrate) => migrate.run(out),
        Command::Completions { shell } => {
            // Into memory, which takes everything: what it writes to must not fail.
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "ucs", &mut text);
            out.text(&String::from_utf8_lossy(&text))
        }
        Command::Client(command) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.context("no runtime")?.block_on(client::run(command, out))
        }
    }
}

/// `ucs config check`.
fn check_config(check: &Check, out: &mut Output) -> Result<()> {
    let reading = config::read(toml::Table::new(), check.config.as_deref(), std::env::vars_os());
    let (set, problems) = (&reading.effective.set, reading.problems());
    if check.json {
        let set = set.iter();
        let set: serde_json::Map<_, _> = set
            .map(|(key, (value, source))| {
                (key.clone(), serde_json::json!({ "value": value, "from": source.to_string() }))
            })
            .collect();
        let problems: Vec<_> = problems.iter().map(config::Problem::json).collect();
        out.json(&serde_json::json!({ "set": set, "problems": problems }))?;
    } else {
        for (key, (value, source)) in set {
            out.line(&format!("{key} = {value}  # {source}"))?;
        }
        out.line("# everything else has its default; server/contrib/ucs.toml names all keys")?;
    }
    if !problems.is_empty() {
        return Err(config::Problems(problems).into());
    }
    Ok(())
}
