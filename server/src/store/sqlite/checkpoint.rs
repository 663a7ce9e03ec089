//! Checkpoints: moving what was committed from the write-ahead log into the file, while nobody waits for it.
//!
//! By itself, SQLite does that within the commit that finds the log long, and all who wait for that commit wait for it
//! too. Here a thread with a connection of its own does it beside the writer. As long as commits go on, it never gets
//! to the end of the log, and only a log that was moved to its end is begun again: so the writer itself moves the last
//! few pages, between two commits, when the thread has left little to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use crate::store::StoreError;

/// How often the thread goes over the log at most before it leaves the rest to the writer. Each time costs the disk two
/// synchronizations, for which those of the writer wait.
const ROUNDS: usize = 3;
/// The part of the limit that may be left to the writer.
const REST: u32 = 10;

/// How many times longer than the limit the log may be before its length is told.
const LONG: u32 = 8;

/// Nothing is to be done.
const IDLE: u8 = 0;
/// The thread is at work.
const MOVING: u8 = 1;
/// The thread is done; the writer may move the rest.
const FINISH: u8 = 2;

/// The checkpoints of a writer.
pub(super) struct Checkpoints {
    /// Pages in the log, as the last commit left it.
    pages: Arc<AtomicU32>,
    /// Pages at which it is moved; 0 for never.
    limit: u32,
    /// Pages at which it is tried next.
    next: u32,
    /// Pages at which the log is told that it grows.
    told: u32,
    state: Arc<AtomicU8>,
    thread: SyncSender<()>,
}

impl Checkpoints {
    /// Takes the checkpoints of `writer` over from SQLite. `beside` is for the thread, which ends when the value is
    /// dropped.
    pub(super) fn take_over(writer: &mut Connection, beside: Connection) -> Result<Checkpoints, StoreError> {
        let limit: u32 = writer.pragma_query_value(None, "wal_autocheckpoint", |row| row.get(0))?;
        // A log that was long once is cut when it is begun again; SQLite would leave it so for good.
        let page: i64 = writer.pragma_query_value(None, "page_size", |row| row.get(0))?;
        writer.pragma_update_and_check(
            None,
            "journal_size_limit",
            i64::from(limit) * page * 2,
            |_| Ok(()),
        )?;
        let pages = Arc::new(AtomicU32::new(0));
        let seen = pages.clone();
        // In the place of the hook by which SQLite would do it.
        writer.wal_hook(Some(move |_: &mut _, count: i32| {
            seen.store(u32::try_from(count).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let (state, (thread, asked)) = (Arc::new(AtomicU8::new(IDLE)), sync_channel(1));
        let shared = state.clone();
        std::thread::Builder::new()
            .name("ucs-checkpoint".to_owned())
            .spawn(move || follow(&beside, &asked, &shared, limit / REST))
            .map_err(|error| StoreError::Database(format!("no thread for checkpoints: {error}")))?;
        Ok(Checkpoints { pages, limit, next: limit, told: limit.saturating_mul(LONG), state, thread })
    }

    /// To be called by the writer when those who waited for its commit are answered.
    pub(super) fn after_commit(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.limit {
            // The log was begun again.
            self.next = self.limit;
            self.told = self.limit.saturating_mul(LONG);
        }
        match self.state.load(Ordering::Acquire) {
            IDLE if self.limit > 0 && pages >= self.next => {
                self.state.store(MOVING, Ordering::Release);
                // The thread takes one at a time, and waits for this one.
                let _ = self.thread.try_send(());
            }
            FINISH => {
                // Whoever still reads what is old keeps the log from its end: try again when it is longer.
                let _ = moved(writer);
                self.next = pages.saturating_add(self.limit / 4);
                if pages >= self.told {
                    self.told = pages.saturating_mul(2);
                    tracing::warn!(
                        pages,
                        "the log of the database, ucs.db-wal, grows: a backup, or another program that has the database \
                         open, still reads what is old"
                    );
                }
                self.state.store(IDLE, Ordering::Release);
            }
            _ => {}
        }
    }
}

/// The thread: moves what there is, as often as it is asked to, until little is left.
fn follow(beside: &Connection, asked: &Receiver<()>, state: &AtomicU8, little: u32) {
    while asked.recv().is_ok() {
        for _ in 0..ROUNDS {
            match moved(beside) {
                Some(rest) if rest > little => {}
                _ => break,
            }
        }
        state.store(FINISH, Ordering::Release);
    }
}

/// Moves what can be moved without waiting for anybody. How many pages are left; `None` when it could not be done.
fn moved(connection: &Connection) -> Option<u32> {
    match connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE) {
        Ok((all, done)) => u32::try_from(all.saturating_sub(done)).ok(),
        Err(error) => {
            tracing::warn!(%error, "the log of the database cannot be moved into its file; it is tried again");
            None
        }
    }
}
