//! Finding people: the rules, the directory in the data and in files, the commands, and servers as processes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod cli;
#[path = "../client_fake/mod.rs"]
mod client_fake;
mod command;
mod directory;
mod file;
#[path = "../process/mod.rs"]
mod process;
mod rules;
mod server;
