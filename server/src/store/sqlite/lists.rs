//! `SqliteLists`: reads from memory or beside the writer, writes through its queue.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{Semaphore, oneshot};

use super::checkpoint::Checkpoints;
use super::prepared::Decided;
use super::queue::{Sender, queue as queue_of};
use super::rows;
use super::writer::{self, Job};
use crate::accounts::MailboxId;
use crate::contacts::{Command, Culture, List, Moment};
use crate::store::{Clock, Lists, Observe, StoreError, Written, system_clock};

/// How lists are kept.
#[derive(Clone)]
pub struct Settings {
    /// Bytes of lists that are kept in memory, about.
    pub cache_bytes: u64,
    /// Commands that may wait for the writer; more wait for a place.
    pub queue: usize,
    /// Watches.
    pub observer: Arc<dyn Observe>,
    /// Gives ids and dates.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { cache_bytes: 64 << 20, queue: 1024, observer: Arc::new(()), clock: system_clock() }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { cache_bytes, queue, .. } = self;
        f.debug_struct("Settings")
            .field("cache_bytes", cache_bytes)
            .field("queue", queue)
            .finish_non_exhaustive()
    }
}

/// Lists in SQLite.
pub struct SqliteLists {
    queue: Sender<Job>,
    shared: Arc<Shared>,
    readers: Arc<Readers>,
}

/// Lists in memory, and the locks that keep them from going stale.
pub(super) struct Shared {
    cache: Cache<MailboxId, Arc<List>, Size>,
    hasher: RandomState,
    slots: [Slot; 64],
    /// The last commit failed.
    pub(super) failing: AtomicBool,
    pub(super) observer: Arc<dyn Observe>,
    pub(super) clock: Clock,
}

/// What keeps the lists of some mailboxes from going stale.
#[derive(Default)]
struct Slot {
    /// Held by who loads a list from the database, so that it is loaded once; never by the writer, which does not wait for
    /// the reading of others.
    loading: Mutex<()>,
    /// How many lists the writer has published here. Held while a list is put into memory, and no longer.
    published: Mutex<u64>,
}

#[derive(Clone)]
struct Size;

impl Weighter<MailboxId, Arc<List>> for Size {
    fn weight(&self, _: &MailboxId, list: &Arc<List>) -> u64 {
        list.size() as u64
    }
}

impl Shared {
    pub(super) fn get(&self, mailbox: MailboxId) -> Option<Arc<List>> {
        self.cache.get(&mailbox)
    }

    /// Takes the lists of a transaction that was committed.
    pub(super) fn publish(&self, lists: impl Iterator<Item = (MailboxId, Arc<List>)>) {
        for (mailbox, list) in lists {
            let mut published = lock(&self.slot(mailbox).published);
            *published += 1;
            self.cache.insert(mailbox, list);
        }
    }

    /// Loads a list into memory. Where the writer has published one meanwhile, what was read may be older: it is answered,
    /// since it was the list when it was asked for, but not kept. So no older list can replace a newer one.
    fn load(&self, mailbox: MailboxId, readers: &Readers) -> Result<Arc<List>, StoreError> {
        let slot = self.slot(mailbox);
        let _loading = lock(&slot.loading);
        if let Some(list) = self.get(mailbox) {
            return Ok(list);
        }
        let before = *lock(&slot.published);
        let list = Arc::new(readers.read(mailbox)?);
        let published = lock(&slot.published);
        if *published == before {
            self.cache.insert(mailbox, list.clone());
        }
        Ok(list)
    }

    fn slot(&self, mailbox: MailboxId) -> &Slot {
        &self.slots[self.hasher.hash_one(mailbox) as usize % self.slots.len()]
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connections that read, each with a few megabytes of pages: not more of them than a disk can make use of.
const READERS: usize = 8;

/// Connections that read.
struct Readers {
    connect: Box<dyn Fn() -> rusqlite::Result<Connection> + Send + Sync>,
    idle: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
}

impl Readers {
    /// Waits for a place, then reads beside the tasks of the runtime.
    async fn with<T: Send + 'static>(
        self: &Arc<Readers>,
        read: impl FnOnce(&Readers) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            // Also when whoever asked is gone: the reading goes on.
            let _place = place;
            read(&readers)
        });
        reading.await.unwrap_or(Err(StoreError::Closed))
    }

    fn read(&self, mailbox: MailboxId) -> Result<List, StoreError> {
        self.in_transaction(TransactionBehavior::Deferred, |transaction| rows::load(transaction, mailbox))
    }

    /// Commits something that changes nothing.
    fn write_nothing(&self) -> Result<(), StoreError> {
        self.in_transaction(TransactionBehavior::Immediate, |transaction| {
            let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            Ok(transaction.pragma_update(None, "user_version", version)?)
        })
    }

    fn in_transaction<T>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => (self.connect)()?,
        };
        let transaction = connection.transaction_with_behavior(behavior)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(done)
    }
}

impl SqliteLists {
    /// Lists in the database to which `connect` leads, with the tables of [`SCHEMA`](super::SCHEMA). The first
    /// connection is the writer's.
    ///
    /// # Errors
    /// When there is no connection, or no thread for the writer.
    pub fn open(
        connect: impl Fn() -> rusqlite::Result<Connection> + Send + Sync + 'static,
        settings: Settings,
    ) -> Result<SqliteLists, StoreError> {
        let mut connection = connect()?;
        let checkpoints = Checkpoints::take_over(&mut connection, connect()?)?;
        let Settings { cache_bytes, queue, observer, clock } = settings;
        let average = 10_000;
        let shared = Arc::new(Shared {
            cache: Cache::with_weighter((cache_bytes / average).max(16) as usize, cache_bytes, Size),
            hasher: RandomState::new(),
            slots: std::array::from_fn(|_| Slot::default()),
            failing: AtomicBool::new(false),
            observer,
            clock,
        });
        let (sender, receiver) = queue_of(queue);
        let of_writer = shared.clone();
        std::thread::Builder::new()
            .name("ucs-writer".to_owned())
            .spawn(move || writer::run(&connection, checkpoints, &receiver, &of_writer))
            .map_err(|error| StoreError::Database(format!("no thread for the writer: {error}")))?;
        let (connect, places) = (Box::new(connect), Arc::new(Semaphore::new(READERS)));
        let readers = Arc::new(Readers { connect, idle: Mutex::default(), places });
        Ok(SqliteLists { queue: sender, shared, readers })
    }
}

impl SqliteLists {
    /// Reads a list into memory.
    async fn load(&self, mailbox: MailboxId) -> Result<Arc<List>, StoreError> {
        let shared = self.shared.clone();
        self.readers.with(move |readers| shared.load(mailbox, readers)).await
    }

    /// Whether the database can be read, and, where the last commit failed, be written to again.
    pub async fn works(&self) -> bool {
        if self.queue.is_closed()
            || self.readers.with(|readers| readers.read(MailboxId([0; 16]))).await.is_err()
        {
            return false;
        }
        if self.shared.failing.load(Ordering::Relaxed) {
            if self.readers.with(Readers::write_nothing).await.is_err() {
                return false;
            }
            self.shared.failing.store(false, Ordering::Relaxed);
        }
        true
    }
}

impl fmt::Debug for SqliteLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLists").finish_non_exhaustive()
    }
}

impl Lists for SqliteLists {
    async fn read(&self, mailbox: MailboxId) -> Result<Arc<List>, StoreError> {
        let known = self.shared.get(mailbox);
        self.shared.observer.looked_up(known.is_some());
        if let Some(list) = known {
            return Ok(list);
        }
        self.load(mailbox).await
    }

    async fn write(
        &self,
        mailbox: MailboxId,
        command: Command,
        culture: Culture,
    ) -> Result<Written, StoreError> {
        let base = match self.shared.get(mailbox) {
            Some(list) => list,
            None => self.load(mailbox).await?,
        };
        let moment = Moment { now: (self.shared.clock)(), culture };
        let prepared = match Decided::on(&base, mailbox, &command, moment) {
            Decided::Change(prepared) => prepared,
            // What was read is durable, and so is the answer.
            Decided::Answer(answer) => return Ok(answer),
        };
        drop(base);
        let (reply, answer) = oneshot::channel();
        let job = Job { mailbox, command, culture, prepared, reply };
        self.queue.send(job).await.map_err(|_| StoreError::Closed)?;
        self.shared.observer.waiting(1);
        answer.await.map_or(Err(StoreError::Closed), |answer| answer.result)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

    use std::time::Duration;

    use super::*;
    use crate::store::sqlite::file;

    #[tokio::test]
    async fn the_writer_does_not_wait_for_who_reads() {
        let folder = tempfile::tempdir().unwrap();
        let (held, _connection) = file::open_for_server(folder.path()).unwrap();
        let lists = SqliteLists::open(held.connector(), Settings::default()).unwrap();
        let mailbox = MailboxId([1; 16]);
        lists.read(mailbox).await.unwrap();
        // As if lists of other mailboxes were being read everywhere.
        let _reading: Vec<_> = lists.shared.slots.iter().map(|slot| lock(&slot.loading)).collect();
        let command = Command::AddGroup { name: "Friends".to_owned() };
        let written = lists.write(mailbox, command, Culture::default());
        tokio::time::timeout(Duration::from_secs(20), written).await.unwrap().unwrap().unwrap();
        let list = lists.read(mailbox).await.unwrap();
        assert!(list.groups().any(|group| group.display_name == "Friends"));
    }

    #[tokio::test]
    async fn it_does_not_work_while_nothing_can_be_written() {
        for (only_the_writers, works) in [(true, true), (false, false)] {
            let folder = tempfile::tempdir().unwrap();
            let (held, _connection) = file::open_for_server(folder.path()).unwrap();
            let (connect, opened) = (held.connector(), AtomicBool::new(false));
            let lists = SqliteLists::open(
                move || {
                    let connection = connect()?;
                    let first = !opened.swap(true, Ordering::Relaxed);
                    connection.pragma_update(None, "query_only", first || !only_the_writers)?;
                    Ok(connection)
                },
                Settings::default(),
            );
            let lists = lists.unwrap();
            assert!(lists.works().await);
            let command = Command::AddGroup { name: "Friends".to_owned() };
            lists.write(MailboxId([1; 16]), command, Culture::default()).await.unwrap_err();
            assert_eq!(lists.works().await, works);
        }
    }
}
