//! A Unified Contact Store (MS-OXWSCOS): the contact list of instant messaging clients, kept per mailbox.
//!
//! * [`contacts`]: the rules, as plain Rust: no XML, no SQL, no HTTP.
//! * [`accounts`]: who may sign in, whose mailbox is whose, who may act for whom.
//! * [`store`]: what keeps lists and accounts, behind a trait; SQLite.
//! * [`service`]: the generated operation trait on top of both.
//! * [`http`]: authentication, limits, metrics, autodiscover, pages.
//! * [`cli`]: the commands of the binary `ucs`.
//! * [`client`]: what the client commands do with any server that speaks the protocol.

// They panic where nobody reads: what is told goes through `client::Output`.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod accounts;
pub mod cli;
pub mod client;
pub mod contacts;
pub mod http;
pub mod service;
pub mod store;
