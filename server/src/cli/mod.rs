//! The commands of the binary `ucs`.

mod admin;
pub mod config;
mod data;
mod demo;
mod directory;
mod serve;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{CommandFactory, Parser, Subcommand};

use crate::client;

/// A Unified Contact Store: the contact list of instant messaging clients, by the protocol MS-OXWSCOS.
///
/// `ucs serve --demo` shows it at work. The commands list, group, contact, people, export, import and copy work
/// with any server that speaks the protocol; all others work on the data directory of this one.
#[derive(Parser, Debug)]
#[command(name = "ucs", version, arg_required_else_help = true, max_term_width = 100)]
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
    #[arg(long, value_name = "FILE", env = "UCS_CONFIG")]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The data directory and the form of output, for commands of administrators.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Common {
    /// The data directory [default: that of the configuration, or ucs-data].
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// The configuration, TOML.
    #[arg(long, value_name = "FILE", env = "UCS_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

impl Common {
    fn directory(&self) -> Result<PathBuf> {
        serve::data(self.data.as_deref(), self.config.as_deref())
    }
}

/// Runs the command that the arguments of the process name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve(serve) => serve::run(&serve),
        Command::Config(ConfigCommand::Check(check)) => check_config(&check),
        Command::User(user) => user.run(),
        Command::Grant(grant) => grant.run(),
        Command::GroupDirectory(directory) => directory.run(),
        Command::Directory(directory) => directory.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "ucs", &mut std::io::stdout());
            Ok(())
        }
        Command::Client(command) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.context("no runtime")?.block_on(client::run(command, &mut client::Output::stdio()))
        }
    }
}

/// `ucs config check`.
fn check_config(check: &Check) -> Result<()> {
    let effective = config::load(toml::Table::new(), check.config.as_deref(), std::env::vars())?;
    let problems = effective.config.problems();
    if check.json {
        let set = effective.set.iter();
        let set: serde_json::Map<_, _> = set
            .map(|(key, (value, source))| {
                (key.clone(), serde_json::json!({ "value": value, "from": source.to_string() }))
            })
            .collect();
        println!("{}", serde_json::json!({ "set": set, "problems": problems }));
    } else {
        for (key, (value, source)) in &effective.set {
            println!("{key} = {value}  # {source}");
        }
        println!("# everything else has its default; server/contrib/ucs.toml names all keys");
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}
