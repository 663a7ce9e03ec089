//! `Admin`: what an administrator changes. Each method is one transaction, durable when it returns.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::names;
use super::rows::{self, ALIAS, LOGIN, PRIMARY, SID, fold};
use super::{Account, AccountError, DistributionGroup, Handle, MailboxId};
use crate::store::sqlite;

/// An account to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAccount {
    /// The name to sign in with.
    pub login: String,
    /// The primary e-mail address.
    pub primary_smtp: String,
    /// Other e-mail addresses.
    pub aliases: Vec<String>,
    /// The security identifier.
    pub sid: Option<String>,
    /// Hash of the password.
    pub password: Option<String>,
}

impl NewAccount {
    /// An account whose login is its e-mail address.
    pub fn new(login: &str, password: Option<String>) -> NewAccount {
        let (login, primary_smtp) = (login.to_owned(), login.to_owned());
        NewAccount { login, primary_smtp, aliases: Vec::new(), sid: None, password }
    }

    /// Refuses names that cannot be any.
    ///
    /// # Errors
    /// Says which, and of what it is none.
    pub fn check(&self) -> Result<(), AccountError> {
        names::login(&self.login)?;
        names::smtp(&self.primary_smtp)?;
        self.aliases.iter().try_for_each(|alias| names::smtp(alias))?;
        self.sid.iter().try_for_each(|sid| names::sid(sid))
    }
}

/// Changes accounts, grants and the directory of distribution groups.
#[derive(Debug)]
pub struct Admin<'c> {
    connection: &'c mut Connection,
}

impl<'c> Admin<'c> {
    /// On a database.
    pub fn new(connection: &'c mut Connection) -> Admin<'c> {
        Admin { connection }
    }

    /// Makes an account and its mailbox.
    ///
    /// # Errors
    /// When one of its names is taken or cannot be a name, or the database fails.
    pub fn add(&mut self, new: &NewAccount) -> Result<MailboxId, AccountError> {
        new.check()?;
        let mut mailbox = [0; 16];
        getrandom::fill(&mut mailbox).map_err(|error| AccountError::Store(error.to_string().into()))?;
        self.change(|transaction| {
            let sql = "INSERT INTO account (mailbox, login, primary_smtp, sid, password, disabled, sum)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, 0)";
            let NewAccount { login, primary_smtp, aliases, sid, password } = new;
            transaction.execute(sql, params![mailbox, login, primary_smtp, sid, password])?;
            let mut names = vec![(login, LOGIN), (primary_smtp, PRIMARY)];
            // The primary address is no alias, though it be given as one (UCS I3).
            let others = aliases.iter().filter(|alias| fold(alias) != fold(primary_smtp));
            names.extend(others.map(|alias| (alias, ALIAS)));
            names.extend(sid.iter().map(|sid| (sid, SID)));
            for (name, uses) in names {
                claim(transaction, MailboxId(mailbox), name, uses)?;
            }
            rows::seal(transaction, MailboxId(mailbox))?;
            Ok(MailboxId(mailbox))
        })
    }

    /// Whether the names of an account are all free.
    ///
    /// # Errors
    /// When another account has one of them, or the database fails.
    pub fn free(&self, new: &NewAccount) -> Result<(), AccountError> {
        let mut statement = self.connection.prepare("SELECT 1 FROM account_name WHERE name = ?1")?;
        let names = [&new.login, &new.primary_smtp].into_iter().chain(&new.aliases).chain(&new.sid);
        for name in names {
            if statement.exists([fold(name.trim())])? {
                return Err(AccountError::Taken(name.clone()));
            }
        }
        Ok(())
    }

    /// Whether there are no accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_empty(&self) -> Result<bool, AccountError> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM account)";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// All accounts by login.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(&self) -> Result<Vec<Account>, AccountError> {
        Ok(rows::all(self.connection)?)
    }

    /// Lets an account in or not.
    ///
    /// # Errors
    /// When there is no such account, or the database fails.
    pub fn set_disabled(&mut self, login: &str, disabled: bool) -> Result<(), AccountError> {
        self.change(|transaction| {
            let account = known(transaction, login)?;
            let sql = "UPDATE account SET disabled = ?2 WHERE mailbox = ?1";
            transaction.execute(sql, params![account.mailbox.0, disabled])?;
            Ok(rows::seal(transaction, account.mailbox)?)
        })
    }

    /// Removes a disabled account for good, with its names, its grants and its list. How many contacts that had.
    ///
    /// # Errors
    /// When there is no such account, it is not disabled, or the database fails.
    pub fn remove(&mut self, login: &str) -> Result<u64, AccountError> {
        self.change(|transaction| {
            let Account { mailbox, .. } = removable(transaction, login)?;
            let contacts = sqlite::remove(transaction, mailbox)?;
            // Names and grants go with it.
            transaction.execute("DELETE FROM account WHERE mailbox = ?1", [mailbox.0])?;
            Ok(contacts)
        })
    }

    /// How many contacts [`remove`](Admin::remove) would remove.
    ///
    /// # Errors
    /// As for that.
    pub fn removable(&self, login: &str) -> Result<u64, AccountError> {
        Ok(sqlite::contacts(self.connection, removable(self.connection, login)?.mailbox)?)
    }

    /// Gives an account another password, by its hash.
    ///
    /// # Errors
    /// When there is no such account, or the database fails.
    pub fn set_password(&mut self, login: &str, hash: &str) -> Result<(), AccountError> {
        self.change(|transaction| {
            let account = known(transaction, login)?;
            let sql = "UPDATE account SET password = ?2 WHERE mailbox = ?1";
            transaction.execute(sql, params![account.mailbox.0, hash])?;
            Ok(rows::seal(transaction, account.mailbox)?)
        })
    }

    /// Whether there is such an account.
    ///
    /// # Errors
    /// When there is no such account, or the database fails.
    pub fn check(&self, login: &str) -> Result<(), AccountError> {
        known(self.connection, login).map(drop)
    }

    /// Lets `caller` act for `target`, or no longer (UCS I2). Whether that was news.
    ///
    /// # Errors
    /// When there is no such account, both are the same, or the database fails.
    pub fn grant(&mut self, caller: &str, target: &str, granted: bool) -> Result<bool, AccountError> {
        self.change(|transaction| {
            let (caller, target) = (known(transaction, caller)?, known(transaction, target)?);
            if caller.mailbox == target.mailbox {
                let login = caller.login;
                return Err(AccountError::Invalid(format!("{login} acts for itself without a grant")));
            }
            let pair = params![caller.mailbox.0, target.mailbox.0];
            let sql = match granted {
                true => "INSERT OR IGNORE INTO acts_for (caller, target) VALUES (?1, ?2)",
                false => "DELETE FROM acts_for WHERE caller = ?1 AND target = ?2",
            };
            Ok(transaction.execute(sql, pair)? > 0)
        })
    }

    /// Who may act for whom, by logins.
    ///
    /// # Errors
    /// When the database fails.
    pub fn grants(&self) -> Result<Vec<(String, String)>, AccountError> {
        let sql = "SELECT c.login, t.login FROM acts_for
             JOIN account c ON c.mailbox = caller JOIN account t ON t.mailbox = target ORDER BY 1, 2";
        let mut statement = self.connection.prepare(sql)?;
        let pairs = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(pairs.collect::<Result<_, _>>()?)
    }

    /// Puts a group into the directory, which there is from now on (UCS O2).
    ///
    /// # Errors
    /// When its address is none, its name cannot be shown in a line, or the database fails.
    pub fn add_group(&mut self, group: &DistributionGroup) -> Result<(), AccountError> {
        names::smtp(&group.smtp)?;
        names::display(&group.display_name)?;
        self.change(|transaction| {
            let sql = "INSERT INTO distribution_group (smtp, spelling, display_name) VALUES (?1, ?2, ?3)
                 ON CONFLICT (smtp) DO UPDATE SET spelling = ?2, display_name = ?3";
            transaction.execute(sql, params![fold(&group.smtp), group.smtp, group.display_name])?;
            transaction.execute("UPDATE accounts_state SET group_directory = 1", [])?;
            Ok(())
        })
    }

    /// Takes a group out of the directory. Whether it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_group(&mut self, smtp: &str) -> Result<bool, AccountError> {
        self.change(|transaction| {
            let removed =
                transaction.execute("DELETE FROM distribution_group WHERE smtp = ?1", [fold(smtp)])?;
            Ok(removed > 0)
        })
    }

    /// Removes the directory: any address may be added to a list again (UCS O2).
    ///
    /// # Errors
    /// When the database fails.
    pub fn clear_groups(&mut self) -> Result<(), AccountError> {
        self.change(|transaction| {
            transaction.execute("DELETE FROM distribution_group", [])?;
            transaction.execute("UPDATE accounts_state SET group_directory = 0", [])?;
            Ok(())
        })
    }

    /// The directory; `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn groups(&self) -> Result<Option<Vec<DistributionGroup>>, AccountError> {
        let is_set = "SELECT group_directory FROM accounts_state";
        if !self.connection.query_row(is_set, [], |row| row.get::<_, bool>(0))? {
            return Ok(None);
        }
        let mut statement =
            self.connection.prepare("SELECT spelling, display_name FROM distribution_group ORDER BY smtp")?;
        let groups = statement
            .query_map([], |row| Ok(DistributionGroup { smtp: row.get(0)?, display_name: row.get(1)? }))?;
        Ok(Some(groups.collect::<Result<_, _>>()?))
    }

    /// One transaction, which running servers notice.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = change(&transaction)?;
        transaction.execute("UPDATE accounts_state SET version = version + 1", [])?;
        transaction.commit()?;
        Ok(done)
    }
}

/// An account that may be removed: a running server lets its user in no more than a second or two after it was disabled.
fn removable(connection: &Connection, login: &str) -> Result<Account, AccountError> {
    let account = known(connection, login)?;
    match account.disabled {
        true => Ok(account),
        false => {
            let login = account.login;
            Err(AccountError::Invalid(format!("{login} is not disabled: first ucs user disable {login}")))
        }
    }
}

/// Makes a name one of an account, unless another one has it.
pub(super) fn claim(
    connection: &Connection,
    mailbox: MailboxId,
    name: &str,
    uses: u8,
) -> Result<(), AccountError> {
    let owner = "SELECT mailbox FROM account_name WHERE name = ?1";
    let owner = connection.query_row(owner, [fold(name)], |row| row.get::<_, [u8; 16]>(0)).optional()?;
    if owner.is_some_and(|owner| owner != mailbox.0) {
        return Err(AccountError::Taken(name.to_owned()));
    }
    let sql = "INSERT INTO account_name (name, mailbox, uses, spelling) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET uses = uses | excluded.uses";
    connection.execute(sql, params![fold(name), mailbox.0, uses, name])?;
    Ok(())
}

pub(super) fn known(connection: &Connection, login: &str) -> Result<Account, AccountError> {
    let (uses, name) = rows::name(Handle::Login(login));
    rows::named(connection, uses, &name)?.ok_or_else(|| AccountError::Unknown(login.to_owned()))
}
