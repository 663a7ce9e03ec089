//! Lists in SQLite: one writer that commits what waits together, readers beside it, lists in memory.
//!
//! The process that serves has the file for itself, by the lock of the data directory; so a list in memory is the list
//! as it is kept, until this process writes it.

mod lists;
mod rows;
mod writer;

pub use lists::{Settings, SqliteLists};

/// The tables of lists.
pub const SCHEMA: &str = include_str!("lists.sql");
