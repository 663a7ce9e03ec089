//! What keeps the lists: a trait, SQLite behind it, and a store in memory for tests.
//!
//! A back end is one folder. It keeps lists by mailbox, decides each command with
//! [`contacts::decide`](crate::contacts::decide) on the list as it then is, and makes the changes durable, all or
//! none, before it answers. Nothing is shared between mailboxes, no sequence and no transaction.

mod memory;
pub mod sqlite;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use memory::MemoryLists;

use crate::accounts::MailboxId;
use crate::contacts::{Command, Culture, List, Outcome, Refusal};
use crate::people::Directory;

/// Keeps the list of every mailbox.
pub trait Lists: Send + Sync + 'static {
    /// The list as it is now; an empty one, not [open](List::is_open), for a mailbox that was never used.
    fn read(&self, mailbox: MailboxId) -> impl Future<Output = Result<Arc<List>, StoreError>> + Send;

    /// Carries out a command. What the answer says is durable.
    fn write(
        &self,
        mailbox: MailboxId,
        command: Command,
        culture: Culture,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;
}

impl<L: Lists> Lists for Arc<L> {
    fn read(&self, mailbox: MailboxId) -> impl Future<Output = Result<Arc<List>, StoreError>> + Send {
        (**self).read(mailbox)
    }

    fn write(
        &self,
        mailbox: MailboxId,
        command: Command,
        culture: Culture,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send {
        (**self).write(mailbox, command, culture)
    }
}

/// Has the directory of people, which all mailboxes share.
pub trait People: Send + Sync + 'static {
    /// The directory as it is now: from memory. Changes by other processes are seen within seconds.
    fn directory(&self) -> Arc<Directory>;
}

impl<P: People> People for Arc<P> {
    fn directory(&self) -> Arc<Directory> {
        (**self).directory()
    }
}

/// What became of a command: what the caller is told.
pub type Written = Result<Outcome, Refusal>;

/// Why a store could not answer. The command may or may not have been carried out only when it says so.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// What is kept of this mailbox does not fit together: it was changed from outside, or the disk failed.
    #[error("the list of mailbox {mailbox} is damaged: {what}; restore it from a backup")]
    Damaged {
        /// The mailbox.
        mailbox: MailboxId,
        /// What does not fit.
        what: String,
    },
    /// The database refused. Nothing has changed.
    #[error("the database failed: {0}")]
    Database(String),
    /// Another program has kept the database to itself for too long. Nothing has changed.
    #[error("another program has kept the database to itself for too long: {0}")]
    Busy(String),
    /// The store is closing. Nothing has changed.
    #[error("the store is closing")]
    Closed,
}

/// Watches a store at work, for metrics.
pub trait Observe: Send + Sync + 'static {
    /// A transaction with that many commands was made durable, in that time.
    fn committed(&self, commands: usize, time: Duration) {
        let _ = (commands, time);
    }

    /// So many more commands wait for the writer; fewer, where it is negative.
    fn waiting(&self, more: i64) {
        let _ = more;
    }

    /// A list was asked for, and was in memory or not.
    fn looked_up(&self, in_memory: bool) {
        let _ = in_memory;
    }
}

impl Observe for () {}

/// A clock: microseconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The clock of the system.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    })
}
