//! The directory of people in SQLite: `SqliteDirectory` for servers, `DirectoryAdmin` for commands.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::file::{self, Checksum};
use crate::contacts::fold_address;
use crate::people::{Details, Directory, Entry, EntryId, Unfit};
use crate::store::{People, system_clock};

const ALL: &str =
    "SELECT id, email, display_name, given_name, surname, im_address, company, department, title,
     office, phone, mobile, created, sum FROM directory_entry";
const PUT: &str = "INSERT OR REPLACE INTO directory_entry (id, key, email, display_name, given_name, surname,
     im_address, company, department, title, office, phone, mobile, created, sum)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

/// Why the directory cannot be read or changed. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Somebody cannot be in it.
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// A row is not as it was written.
    #[error(
        "the entry of {0} in the directory has a wrong checksum; restore a backup, or clear the directory and import \
         it again"
    )]
    Damaged(String),
    /// The database failed.
    #[error("the directory cannot be read or changed")]
    Database(#[from] rusqlite::Error),
    /// There is no thread to look for changes.
    #[error("no thread looks for changes of the directory")]
    Thread(#[from] std::io::Error),
}

/// The directory of people as a server has it: in memory as a whole, and read again within a second or so of a change by
/// the commands of an administrator.
pub struct SqliteDirectory {
    shared: Arc<Shared>,
}

struct Shared {
    connection: Mutex<Connection>,
    version: AtomicI64,
    directory: RwLock<Arc<Directory>>,
}

impl SqliteDirectory {
    /// The directory in the database to which `connect` leads.
    ///
    /// # Errors
    /// When it cannot be read, or there is no thread to look for changes.
    pub fn open(
        connect: impl Fn() -> rusqlite::Result<Connection>,
    ) -> Result<SqliteDirectory, DirectoryError> {
        let shared = Arc::new(Shared {
            connection: Mutex::new(connect()?),
            version: AtomicI64::new(-1),
            directory: RwLock::default(),
        });
        shared.refresh()?;
        file::watch("ucs-directory", connect()?, &shared, "the directory", Shared::refresh)?;
        Ok(SqliteDirectory { shared })
    }
}

impl People for SqliteDirectory {
    fn directory(&self) -> Arc<Directory> {
        self.shared.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for SqliteDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteDirectory").finish_non_exhaustive()
    }
}

impl Shared {
    /// Reads the directory if it is another than the one in memory. Whoever has that keeps it as long as they need it.
    fn refresh(&self) -> Result<(), DirectoryError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let version = "SELECT version FROM directory_state";
        let version = transaction.query_row(version, [], |row| row.get::<_, i64>(0))?;
        if version == self.version.load(Ordering::Acquire) {
            return Ok(());
        }
        let begun = Instant::now();
        let directory = Arc::new(Directory::new(entries(&transaction)?));
        tracing::info!(entries = directory.len(), time = ?begun.elapsed(), "the directory was read");
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        self.version.store(version, Ordering::Release);
        Ok(())
    }
}

/// What putting people into the directory did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Put {
    /// Entries that are new.
    pub added: usize,
    /// Entries that were there with something else.
    pub changed: usize,
    /// Entries that were there just so.
    pub unchanged: usize,
    /// Entries that are gone.
    pub removed: usize,
}

/// People put in within one transaction: others write between two of them.
const BATCH: usize = 500;

/// Changes the directory. What a method did is durable when it returns.
#[derive(Debug)]
pub struct DirectoryAdmin<'c> {
    connection: &'c mut Connection,
}

impl<'c> DirectoryAdmin<'c> {
    /// On a database.
    pub fn new(connection: &'c mut Connection) -> DirectoryAdmin<'c> {
        DirectoryAdmin { connection }
    }

    /// All entries by e-mail address.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn list(&self) -> Result<Vec<Entry>, DirectoryError> {
        let mut all = entries(self.connection)?;
        all.sort_by_key(|entry| entry.details.key());
        Ok(all)
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count(&self) -> Result<usize, DirectoryError> {
        let count = "SELECT count(*) FROM directory_entry";
        let count = self.connection.query_row(count, [], |row| row.get::<_, i64>(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Puts people into the directory: new ones, and other details of those that are there, by e-mail address; with
    /// `only`, whoever is not among them is removed then. `tick` is called for each.
    ///
    /// A server that runs goes on writing beside it, and sees the changes when all are made. When the database fails in
    /// the middle, some are made; doing it again makes the others.
    ///
    /// # Errors
    /// When somebody cannot be in the directory, in which case nothing has changed, or the database fails or is damaged.
    pub fn put(
        &mut self,
        people: impl IntoIterator<Item = Details>,
        only: bool,
        mut tick: impl FnMut(),
    ) -> Result<Put, DirectoryError> {
        let people: Vec<Details> = people.into_iter().map(Details::checked).collect::<Result<_, _>>()?;
        let mut done = Put::default();
        for batch in people.chunks(BATCH) {
            let begun = Instant::now();
            self.write(|transaction| put_batch(transaction, batch, &mut done, &mut tick))?;
            if people.len() > BATCH {
                // Whoever waits for the database looks again now and then only.
                std::thread::sleep(begun.elapsed());
            }
        }
        let kept: HashSet<String> = match only {
            true => people.iter().map(Details::key).collect(),
            false => HashSet::new(),
        };
        self.change(|transaction| {
            if only {
                for entry in entries(transaction)? {
                    if !kept.contains(&entry.details.key()) {
                        remove(transaction, entry.id)?;
                        done.removed += 1;
                    }
                }
            }
            Ok(done)
        })
    }

    /// Removes the entry with that e-mail address. Whether it was there.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn remove(&mut self, email: &str) -> Result<bool, DirectoryError> {
        self.change(|transaction| match known(transaction, &fold_address(email))? {
            Some(entry) => remove(transaction, entry.id).map(|()| true),
            None => Ok(false),
        })
    }

    /// Removes all entries; how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub fn clear(&mut self) -> Result<usize, DirectoryError> {
        self.change(|transaction| Ok(transaction.execute("DELETE FROM directory_entry", [])?))
    }

    /// One transaction, which running servers notice.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, DirectoryError>,
    ) -> Result<T, DirectoryError> {
        self.write(|transaction| {
            let done = change(transaction)?;
            transaction.execute("UPDATE directory_state SET version = version + 1", [])?;
            Ok(done)
        })
    }

    fn write<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, DirectoryError>,
    ) -> Result<T, DirectoryError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = write(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

fn put_batch(
    transaction: &Transaction<'_>,
    people: &[Details],
    done: &mut Put,
    tick: &mut impl FnMut(),
) -> Result<(), DirectoryError> {
    let now = system_clock()();
    let created = i64::try_from(now / 1_000_000).unwrap_or(i64::MAX);
    let last = "SELECT last_entry FROM directory_state";
    let mut last = transaction.query_row(last, [], |row| row.get::<_, i64>(0))?.cast_unsigned();
    for details in people {
        let key = details.key();
        match known(transaction, &key)? {
            Some(entry) if entry.details == *details => done.unchanged += 1,
            Some(entry) => {
                put(transaction, &key, &Entry { details: details.clone(), ..entry })?;
                done.changed += 1;
            }
            None => {
                last = now.max(last + 1);
                put(transaction, &key, &Entry { id: EntryId(last), created, details: details.clone() })?;
                done.added += 1;
            }
        }
        tick();
    }
    transaction.execute("UPDATE directory_state SET last_entry = ?1", [last.cast_signed()])?;
    Ok(())
}

fn entries(connection: &Connection) -> Result<Vec<Entry>, DirectoryError> {
    let mut statement = connection.prepare(ALL)?;
    let mut rows = statement.query([])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)??);
    }
    Ok(entries)
}

fn known(connection: &Connection, key: &str) -> Result<Option<Entry>, DirectoryError> {
    let mut statement = connection.prepare_cached(&format!("{ALL} WHERE key = ?1"))?;
    statement.query_row([key], entry).optional()?.transpose()
}

/// The entry of a row, if that is as it was written.
fn entry(row: &Row<'_>) -> rusqlite::Result<Result<Entry, DirectoryError>> {
    let entry = Entry {
        id: EntryId(row.get::<_, i64>(0)?.cast_unsigned()),
        created: row.get(12)?,
        details: Details {
            email: row.get(1)?,
            display_name: row.get(2)?,
            given_name: row.get(3)?,
            surname: row.get(4)?,
            im_address: row.get(5)?,
            company: row.get(6)?,
            department: row.get(7)?,
            title: row.get(8)?,
            office: row.get(9)?,
            phone: row.get(10)?,
            mobile: row.get(11)?,
        },
    };
    let sound = row.get::<_, i64>(13)? == sum(&entry);
    Ok(if sound { Ok(entry) } else { Err(DirectoryError::Damaged(entry.details.email)) })
}

fn put(connection: &Connection, key: &str, entry: &Entry) -> Result<(), DirectoryError> {
    let Details { email, display_name, given_name, surname, im_address, .. } = &entry.details;
    let Details { company, department, title, office, phone, mobile, .. } = &entry.details;
    connection.prepare_cached(PUT)?.execute(params![
        entry.id.0.cast_signed(),
        key,
        email,
        display_name,
        given_name,
        surname,
        im_address,
        company,
        department,
        title,
        office,
        phone,
        mobile,
        entry.created,
        sum(entry),
    ])?;
    Ok(())
}

fn remove(connection: &Connection, id: EntryId) -> Result<(), DirectoryError> {
    connection.prepare_cached("DELETE FROM directory_entry WHERE id = ?1")?.execute([id.0.cast_signed()])?;
    Ok(())
}

fn sum(entry: &Entry) -> i64 {
    let Entry { id, created, details } = entry;
    let sum = Checksum::new("directory_entry").number(id.0.cast_signed()).number(*created);
    let sum = sum.bytes(details.email.as_bytes()).bytes(details.display_name.as_bytes());
    details.optional().into_iter().fold(sum, |sum, (_, text)| sum.option(text)).finish()
}
