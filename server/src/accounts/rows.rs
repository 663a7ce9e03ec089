//! Accounts as rows.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Account, Handle, MailboxId};
use crate::contacts::fold_name;
use crate::store::sqlite::file::Checksum;

/// What a name of an account is: bits of `account_name.uses`.
pub(super) const LOGIN: u8 = 1;
pub(super) const PRIMARY: u8 = 2;
pub(super) const ALIAS: u8 = 4;
pub(super) const SID: u8 = 8;

/// The form in which names are kept and looked up.
pub(super) fn fold(name: &str) -> String {
    fold_name(name.trim())
}

/// The uses that a handle asks for, and the name.
pub(super) fn name(handle: Handle<'_>) -> (u8, String) {
    match handle {
        Handle::Login(login) => (LOGIN, fold(login)),
        Handle::Smtp(address) => (PRIMARY | ALIAS, fold(address)),
        Handle::Sid(sid) => (SID, fold(sid)),
    }
}

/// How often accounts, grants and directory have changed.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT version FROM accounts_state")?.query_row([], |row| row.get(0))
}

/// The account that has a name for one of these uses.
pub(super) fn named(connection: &Connection, uses: u8, name: &str) -> rusqlite::Result<Option<Account>> {
    let sql = "SELECT a.mailbox, login, primary_smtp, sid, password, disabled, a.sum
         FROM account_name n JOIN account a ON a.mailbox = n.mailbox WHERE n.name = ?1 AND n.uses & ?2 != 0";
    let account = connection.prepare_cached(sql)?.query_row(params![name, uses], account).optional()?;
    account.map(|account| with_aliases(connection, account)).transpose()
}

/// All accounts by login.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Account>> {
    let sql = "SELECT mailbox, login, primary_smtp, sid, password, disabled, sum FROM account ORDER BY login";
    let mut statement = connection.prepare(sql)?;
    let accounts = statement.query_map([], account)?;
    accounts.map(|account| with_aliases(connection, account?)).collect()
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let account = unchecked(row)?;
    if row.get::<_, i64>(6)? != sum(&account) {
        let what = format!("the row of account {} has a wrong checksum; restore a backup", account.login);
        return Err(rusqlite::Error::FromSqlConversionFailure(6, Type::Integer, what.into()));
    }
    Ok(account)
}

/// Writes the checksum of a row that has changed.
pub(super) fn seal(connection: &Connection, mailbox: MailboxId) -> rusqlite::Result<()> {
    let sql = "SELECT mailbox, login, primary_smtp, sid, password, disabled FROM account WHERE mailbox = ?1";
    let account = connection.query_row(sql, [mailbox.0], unchecked)?;
    connection
        .execute("UPDATE account SET sum = ?2 WHERE mailbox = ?1", params![mailbox.0, sum(&account)])?;
    Ok(())
}

fn sum(account: &Account) -> i64 {
    Checksum::new("account")
        .bytes(&account.mailbox.0)
        .bytes(account.login.as_bytes())
        .bytes(account.primary_smtp.as_bytes())
        .option(account.sid.as_deref())
        .option(account.password.as_deref())
        .bytes(&[u8::from(account.disabled)])
        .finish()
}

fn unchecked(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        mailbox: MailboxId(row.get(0)?),
        login: row.get(1)?,
        primary_smtp: row.get(2)?,
        aliases: Vec::new(),
        sid: row.get(3)?,
        password: row.get(4)?,
        disabled: row.get(5)?,
    })
}

fn with_aliases(connection: &Connection, account: Account) -> rusqlite::Result<Account> {
    let sql = "SELECT spelling FROM account_name WHERE mailbox = ?1 AND uses & ?2 != 0 ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let aliases = statement.query_map(params![account.mailbox.0, ALIAS], |row| row.get(0))?;
    Ok(Account { aliases: aliases.collect::<Result<_, _>>()?, ..account })
}
