//! `SqliteAccounts`: accounts from the database of the lists, with what was looked up kept in memory.

use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::sync::Cache;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, fold};
use super::{Account, AccountError, Accounts, Handle, MailboxId};
use crate::store::sqlite::file;

/// Lookups kept in memory, of each kind.
const KEPT: usize = 10_000;
/// Bytes that no name of an account has, however it is composed. Longer ones are not looked up: what is kept of names that
/// there are not would be as large as callers like.
const TOO_LONG: usize = 4096;

/// Accounts in SQLite.
///
/// Lookups are kept in memory. What commands of an administrator change beside a running server is seen within a
/// second: a thread asks the database whether it has changed, and forgets what was looked up before.
pub struct SqliteAccounts {
    shared: Arc<Shared>,
}

struct Shared {
    connection: Mutex<Connection>,
    /// Of the accounts in memory.
    version: AtomicI64,
    accounts: Cache<(u8, String), Option<Arc<Account>>>,
    grants: Cache<(MailboxId, MailboxId), bool>,
    grantees: Cache<MailboxId, bool>,
}

impl SqliteAccounts {
    /// Accounts in the database to which `connect` leads.
    ///
    /// # Errors
    /// When there is no connection, or no thread to look for changes.
    pub fn open(
        connect: impl Fn() -> rusqlite::Result<Connection> + Send + Sync + 'static,
    ) -> Result<SqliteAccounts, AccountError> {
        let shared = Arc::new(Shared {
            connection: Mutex::new(connect()?),
            version: AtomicI64::new(-1),
            accounts: Cache::new(KEPT),
            grants: Cache::new(KEPT),
            grantees: Cache::new(KEPT),
        });
        shared.refresh()?;
        file::watch("ucs-accounts", connect()?, &shared, "accounts", Shared::refresh)
            .map_err(|error| AccountError::Store(error.into()))?;
        Ok(SqliteAccounts { shared })
    }
}

impl fmt::Debug for SqliteAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteAccounts").finish_non_exhaustive()
    }
}

impl Shared {
    fn with<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, AccountError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(read(&connection)?)
    }

    /// Forgets all if the accounts are not those that were looked up.
    fn refresh(&self) -> Result<(), AccountError> {
        let version = self.with(rows::version)?;
        if self.version.swap(version, Ordering::AcqRel) != version {
            self.forget();
        }
        Ok(())
    }

    fn forget(&self) {
        self.accounts.clear();
        self.grants.clear();
        self.grantees.clear();
    }

    /// Asks the database, beside the tasks of the runtime.
    async fn ask<T: Send + 'static>(
        self: &Arc<Shared>,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AccountError> {
        let shared = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || shared.with(read)).await;
        asked.unwrap_or_else(|error| Err(AccountError::Store(error.into())))
    }

    /// What is kept, or what the database says, which is then kept, unless it changed meanwhile.
    async fn kept<K, V>(
        self: &Arc<Shared>,
        cache: fn(&Shared) -> &Cache<K, V>,
        key: K,
        read: fn(&Connection, &K) -> rusqlite::Result<V>,
    ) -> Result<V, AccountError>
    where
        K: Clone + Eq + Hash + Send + 'static,
        V: Clone + Send + 'static,
    {
        if let Some(value) = cache(self).get(&key) {
            return Ok(value);
        }
        // Boxed: rare.
        Box::pin(self.read(cache, key, read)).await
    }

    async fn read<K, V>(
        self: &Arc<Shared>,
        cache: fn(&Shared) -> &Cache<K, V>,
        key: K,
        read: fn(&Connection, &K) -> rusqlite::Result<V>,
    ) -> Result<V, AccountError>
    where
        K: Clone + Eq + Hash + Send + 'static,
        V: Clone + Send + 'static,
    {
        let asked = key.clone();
        // One transaction, so that version and value belong together.
        let (version, value) = self
            .ask(move |connection| {
                let transaction = connection.unchecked_transaction()?;
                Ok((rows::version(&transaction)?, read(&transaction, &asked)?))
            })
            .await?;
        if version == self.version.load(Ordering::Acquire) {
            cache(self).insert(key.clone(), value.clone());
            // Between the look and the insertion, it may have been forgotten.
            if version != self.version.load(Ordering::Acquire) {
                cache(self).remove(&key);
            }
        }
        Ok(value)
    }
}

impl From<rusqlite::Error> for AccountError {
    fn from(error: rusqlite::Error) -> AccountError {
        AccountError::Store(match error {
            // What is wrong with a value says it by itself.
            rusqlite::Error::FromSqlConversionFailure(_, _, what) => what,
            error => error.into(),
        })
    }
}

impl Accounts for SqliteAccounts {
    async fn find(&self, handle: Handle<'_>) -> Result<Option<Arc<Account>>, AccountError> {
        let (Handle::Login(name) | Handle::Smtp(name) | Handle::Sid(name)) = handle;
        if name.len() > TOO_LONG {
            return Ok(None);
        }
        let find = |connection: &Connection, (uses, name): &(u8, String)| {
            Ok(rows::named(connection, *uses, name)?.map(Arc::new))
        };
        self.shared.kept(|shared| &shared.accounts, rows::name(handle), find).await
    }

    async fn may_act_for(&self, caller: MailboxId, target: MailboxId) -> Result<bool, AccountError> {
        let may = |connection: &Connection, (caller, target): &(MailboxId, MailboxId)| {
            connection
                .prepare_cached("SELECT 1 FROM acts_for WHERE caller = ?1 AND target = ?2")?
                .exists(params![caller.0, target.0])
        };
        self.shared.kept(|shared| &shared.grants, (caller, target), may).await
    }

    async fn may_act_for_any(&self, caller: MailboxId) -> Result<bool, AccountError> {
        let may = |connection: &Connection, caller: &MailboxId| {
            connection.prepare_cached("SELECT 1 FROM acts_for WHERE caller = ?1")?.exists([caller.0])
        };
        self.shared.kept(|shared| &shared.grantees, caller, may).await
    }

    async fn has_distribution_group(&self, smtp: &str) -> Result<bool, AccountError> {
        let smtp = fold(smtp);
        let known = self.shared.ask(move |connection| {
            let is_set = "SELECT group_directory FROM accounts_state";
            if !connection.prepare_cached(is_set)?.query_row([], |row| row.get::<_, bool>(0))? {
                return Ok(true);
            }
            let known = "SELECT 1 FROM distribution_group WHERE smtp = ?1";
            Ok(connection.prepare_cached(known)?.query_row([smtp], |_| Ok(())).optional()?.is_some())
        });
        known.await
    }
}
