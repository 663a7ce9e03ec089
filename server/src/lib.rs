//! A Unified Contact Store (MS-OXWSCOS): the contact list of instant messaging clients, kept per mailbox; and the search for
//! people (MS-OXWSPERS) in it and in a directory.
//!
//! * [`contacts`]: the rules, as plain Rust: no XML, no SQL, no HTTP.
//! * [`people`]: the rules of finding people among the contacts and in the directory, as plain Rust as well.
//! * [`accounts`]: who may sign in, whose mailbox is whose, who may act for whom.
//! * [`store`]: what keeps lists, accounts and the directory, behind a trait; SQLite.
//! * [`service`]: the generated operation traits on top of both.
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
pub mod people;
pub mod service;
pub mod store;
