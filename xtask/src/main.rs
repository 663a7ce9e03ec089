//! `cargo xtask COMMAND`: the commands that keep this repository in order. Each has a file in the library.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{
    Outcome, bench_check, bench_report, interop, new_crate, regen, requirements, schema_diff, tidy, try_crate,
};

/// Commands that keep this repository in order.
///
/// Exit codes: 0 all is well, 1 there are findings, 2 wrong usage or a file that cannot be read or written.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    BenchCheck(bench_check::Arguments),
    BenchReport(bench_report::Arguments),
    Interop(interop::Arguments),
    NewCrate(new_crate::Arguments),
    Regen(regen::Arguments),
    Requirements(requirements::Arguments),
    SchemaDiff(schema_diff::Arguments),
    Tidy(tidy::Arguments),
    TryCrate(try_crate::Arguments),
}

fn main() -> ExitCode {
    let root = xtask::root();
    let result = match Arguments::parse().command {
        Command::BenchCheck(arguments) => bench_check::run(&root, &arguments),
        Command::BenchReport(arguments) => bench_report::run(&root, &arguments),
        Command::Interop(arguments) => interop::run(&root, &arguments),
        Command::NewCrate(arguments) => new_crate::run(&root, &arguments),
        Command::Regen(arguments) => regen::run(&root, &arguments),
        Command::Requirements(arguments) => requirements::run(&root, &arguments),
        Command::SchemaDiff(arguments) => schema_diff::run(&root, &arguments),
        Command::Tidy(arguments) => tidy::run(&root, &arguments),
        Command::TryCrate(arguments) => try_crate::run(&root, &arguments),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
