//! What the writer of the store does beside carrying out commands: checkpoints, and answers that need no writing.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod stores;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use stores::SqliteFile;
use ucs::accounts::MailboxId;
use ucs::contacts::{Command, Culture, Refusal};
use ucs::store::sqlite::{Settings, SqliteLists};
use ucs::store::{Lists, Observe, StoreError};

const ONE: MailboxId = MailboxId([1; 16]);
/// Pages of the log at which it is moved into the file.
const LIMIT: u32 = 50;

fn lists(file: &SqliteFile, settings: Settings) -> SqliteLists {
    let path = file.path();
    let connect = move || {
        let connection = Connection::open(&path)?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.pragma_update(None, "wal_autocheckpoint", LIMIT)?;
        Ok(connection)
    };
    SqliteLists::open(connect, settings).unwrap()
}

/// So many commits, of a page at least.
async fn commits(lists: &SqliteLists, count: usize) {
    for at in 0..count {
        let command = Command::SetMigrated { completed: at % 2 == 0 };
        lists.write(ONE, command, Culture::default()).await.unwrap().unwrap();
    }
}

/// Pages in the log, since it was last begun again.
fn log_pages(file: &SqliteFile) -> u32 {
    let connection = file.connect();
    loop {
        let pages: i64 =
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1)).unwrap();
        // None are told while the store is at the same.
        match u32::try_from(pages) {
            Ok(pages) => return pages,
            Err(_) => std::thread::yield_now(),
        }
    }
}

/// The log is begun again although there is always somebody who writes; while an old state is read it grows, and is
/// begun again after that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_short() {
    let file = SqliteFile::new();
    let lists = lists(&file, Settings::default());
    commits(&lists, 2000).await;
    let pages = log_pages(&file);
    assert!(pages < 1000, "{pages} pages of 2000 commits are in the log");
    let reader = file.connect();
    reader.execute_batch("BEGIN; SELECT count(*) FROM list").unwrap();
    commits(&lists, 2000).await;
    let grown = log_pages(&file);
    assert!(grown >= 2000, "what is read was overwritten: {grown} pages");
    reader.execute_batch("COMMIT").unwrap();
    commits(&lists, 2000).await;
    let pages = log_pages(&file);
    assert!(pages < 1000, "{pages} pages of 2000 commits are in the log");
    // The room that it took meanwhile is given back.
    let size = std::fs::metadata(file.path().with_extension("db-wal")).unwrap().len();
    assert!(size < 1500 * 4096, "{size} bytes");
    assert!(!lists.read(ONE).await.unwrap().migrated());
}

/// Counts commands in commits.
#[derive(Default)]
struct Count(AtomicUsize);

impl Observe for Count {
    fn committed(&self, commands: usize, _: Duration) {
        self.0.fetch_add(commands, Ordering::Relaxed);
    }
}

/// What is refused, or is as wished already, does not wait for the disk.
#[tokio::test]
async fn what_changes_nothing_is_not_written() {
    let file = SqliteFile::new();
    let count = Arc::new(Count::default());
    let lists = lists(&file, Settings { observer: count.clone(), ..Settings::default() });
    let write = |command| lists.write(ONE, command, Culture::default());
    let group = || Command::AddGroup { name: "Friends".to_owned() };
    let made = write(group()).await.unwrap().unwrap();
    assert_eq!(write(group()).await.unwrap().unwrap(), made);
    assert_eq!(write(Command::Open).await.unwrap(), Ok(ucs::contacts::Outcome::Done));
    let remove = Command::RemoveGroup { group: ucs::contacts::ItemId(1) };
    assert_eq!(write(remove).await.unwrap(), Err(Refusal::InvalidGroup));
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
}

/// Who waits while another program has the database waits no longer than the first of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_others_is_told_to_all_at_once() {
    let file = SqliteFile::new();
    let path = file.path();
    let connect = move || {
        let connection = Connection::open(&path)?;
        connection.busy_timeout(Duration::from_secs(1))?;
        Ok(connection)
    };
    let lists = Arc::new(SqliteLists::open(connect, Settings::default()).unwrap());
    commits(&lists, 1).await;
    let other = file.connect();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = std::time::Instant::now();
    let write = |number: u8| {
        let lists = lists.clone();
        let name = format!("G{number}");
        tokio::spawn(async move {
            lists.write(MailboxId([number; 16]), Command::AddGroup { name }, Culture::default()).await
        })
    };
    let waiting: Vec<_> = (0..20).map(write).collect();
    for write in waiting {
        assert!(matches!(write.await.unwrap(), Err(StoreError::Busy(_))));
    }
    // One alone, and all others together.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    other.execute_batch("COMMIT").unwrap();
    commits(&lists, 1).await;
}
