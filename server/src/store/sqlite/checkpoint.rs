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
const LONG_LOG: u32 = 8;

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
        Ok(Checkpoints { pages, limit, next: limit, told: limit.saturating_mul(LONG_LOG), state, thread })
    }

    /// To be called by the writer when those who waited for its commit are answered.
    pub(super) fn after_commit(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.limit {
            // The log was begun again.
            self.next = self.limit;
            self.told = self.limit.saturating_mul(LONG_LOG);
        }
        match self.state.load(Ordering::Acquire) {
            IDLE if self.limit > 0 && pages >= self.next => {
                self.state.store(MOVING, Ordering::Release);
                // The thread takes one at a time, and waits for this one.
                let _ = self.thread.try_send(());
            }
            FINISH => {
                // Whoever still reads what is old keeps the log from its end: try again when it is longer.
                let rest = moved(writer);
                self.next = pages.saturating_add(self.limit / 4);
                // One that is only long is begun again with the next commit.
                if pages >= self.told && rest != Some(0) {
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

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use super::*;

    /// Longer than anything here takes.
    const LONG: Duration = Duration::from_secs(60);

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        fn warnings(&self) -> usize {
            let said = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            said.lines().filter(|line| line.contains("WARN") && line.contains("ucs.db-wal, grows")).count()
        }
    }

    /// A writer with its checkpoints, whose log may have ten pages.
    struct Site {
        folder: tempfile::TempDir,
        writer: Connection,
        checkpoints: Checkpoints,
    }

    impl Site {
        fn new() -> Site {
            let folder = tempfile::tempdir().unwrap();
            let connect = || Connection::open(folder.path().join("ucs.db")).unwrap();
            let mut writer = connect();
            writer
                .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (a)")
                .unwrap();
            writer.pragma_update(None, "wal_autocheckpoint", 10).unwrap();
            let checkpoints = Checkpoints::take_over(&mut writer, connect()).unwrap();
            Site { folder, writer, checkpoints }
        }

        /// Commits until something is so.
        fn until(&mut self, what: &str, is: impl Fn(&Site) -> bool) {
            let begun = Instant::now();
            while !is(self) {
                assert!(begun.elapsed() < LONG, "not within reason: {what}");
                self.writer.execute("INSERT INTO t VALUES (1)", []).unwrap();
                self.checkpoints.after_commit(&self.writer);
                // What the thread has begun is done before the next commit, so that nothing depends on how fast it is.
                while self.checkpoints.state.load(Ordering::Acquire) == MOVING {
                    std::thread::yield_now();
                }
            }
        }

        fn pages(&self) -> u32 {
            self.checkpoints.pages.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_log_that_a_reader_keeps_long_is_told_when_it_is_and_whenever_it_has_doubled() {
        let (log, mut site) = (Log::default(), Site::new());
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            // As nobody reads what is old, it is begun again and again.
            let mut rounds = 0;
            let mut last = site.pages();
            while rounds < 20 {
                site.until("it begins again or grows", |site| site.pages() != last);
                rounds += u32::from(site.pages() < last);
                last = site.pages();
            }
            assert_eq!(log.warnings(), 0);
            let reader = Connection::open(site.folder.path().join("ucs.db")).unwrap();
            reader.execute_batch("BEGIN; SELECT count(*) FROM t").unwrap();
            site.until("it is told", |_| log.warnings() == 1);
            let first = site.pages();
            assert!(first >= 10 * LONG_LOG, "{first}");
            site.until("it is told again", |_| log.warnings() == 2);
            assert!(site.pages() >= 2 * first, "{} after {first}", site.pages());
            // It gets short when the reader has gone, and is told anew when that happens again.
            reader.execute_batch("COMMIT").unwrap();
            site.until("it is begun again", |site| site.pages() < first);
            assert_eq!(log.warnings(), 2);
            reader.execute_batch("BEGIN; SELECT count(*) FROM t").unwrap();
            let third = site.pages();
            assert!(third < first);
            site.until("it is told once more", |_| log.warnings() == 3);
            assert!(site.pages() < 2 * first, "{} as at the first time, not as at the second", site.pages());
        });
    }
}
