//! Lists in SQLite: one writer that commits what waits together, readers beside it, lists in memory.
//!
//! The process that serves has the file for itself, by the lock of the data directory; so a list in memory is the list
//! as it is kept, until this process writes it.

mod checkpoint;
mod directory;
pub mod file;
mod gather;
mod lists;
mod prepared;
mod queue;
mod rows;
mod writer;

use rusqlite::Connection;

pub use self::directory::{DirectoryAdmin, DirectoryError, Put, SqliteDirectory};
pub use self::lists::{Settings, SqliteLists};

use self::rows::{Head, RowChange, Statements};
use super::StoreError;
use crate::accounts::MailboxId;
use crate::contacts::{Command, Culture, Moment, decide};

/// The tables of lists.
pub const SCHEMA: &str = include_str!("lists.sql");

/// Carries out commands on a mailbox within the transaction that is open, for whoever fills a database from elsewhere
/// while no server has it. What the rules refuse is left out.
///
/// # Errors
/// When the database fails, or what it holds of the mailbox is damaged.
pub fn fill(
    connection: &Connection,
    mailbox: MailboxId,
    commands: impl IntoIterator<Item = Command>,
) -> Result<(), StoreError> {
    let clock = super::system_clock();
    let mut list = rows::load(connection, mailbox)?;
    let mut statements = Statements::new(connection)?;
    for command in commands {
        let moment = Moment { now: clock(), culture: Culture::default() };
        if let Ok(decision) = decide(&list, &command, moment) {
            list.apply(&decision.changes);
            statements.apply(mailbox, &RowChange::all(mailbox, decision.changes))?;
        }
    }
    Ok(statements.put_list(mailbox, &Head::of(mailbox, &list))?)
}

/// Removes what there is of a mailbox. How many contacts that were. Not for one whose list a server may still change.
///
/// # Errors
/// When the database fails.
pub(crate) fn remove(connection: &Connection, mailbox: MailboxId) -> rusqlite::Result<u64> {
    connection.execute("DELETE FROM list WHERE mailbox = ?1", [mailbox.0])?;
    connection.execute("DELETE FROM list_group WHERE mailbox = ?1", [mailbox.0])?;
    Ok(connection.execute("DELETE FROM contact WHERE mailbox = ?1", [mailbox.0])? as u64)
}

/// How many contacts there are of a mailbox.
///
/// # Errors
/// When the database fails.
pub(crate) fn contacts(connection: &Connection, mailbox: MailboxId) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM contact WHERE mailbox = ?1";
    connection.query_row(sql, [mailbox.0], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}
