//! `Alteration`: what can be changed of an account that there is. All that belongs to it goes by the identity of its
//! mailbox, and stays: its list, the ids of what is in it (UCS K4), its grants.

use rusqlite::params;

use super::admin::{claim, known};
use super::rows::{self, ALIAS, LOGIN, PRIMARY, SID, fold};
use super::{Account, AccountError, Admin, names};

/// What is to be changed of an account.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Alteration {
    /// The name to sign in with.
    pub login: Option<String>,
    /// The primary e-mail address. Without one, a primary address that was the login is the new login.
    pub primary_smtp: Option<String>,
    /// Whether a primary address that is none any more is free, instead of an alias.
    pub free_address: bool,
    /// Further e-mail addresses.
    pub add_aliases: Vec<String>,
    /// E-mail addresses that it no longer has.
    pub remove_aliases: Vec<String>,
    /// The security identifier, or none.
    pub sid: Option<Option<String>>,
    /// Whether it can no longer sign in by a password.
    pub no_password: bool,
}

impl Alteration {
    /// Another login.
    pub fn rename(login: &str) -> Alteration {
        Alteration { login: Some(login.to_owned()), ..Alteration::default() }
    }

    /// Refuses names that cannot be any.
    fn check(&self) -> Result<(), AccountError> {
        self.login.iter().try_for_each(|login| names::login(login))?;
        self.primary_smtp.iter().chain(&self.add_aliases).try_for_each(|address| names::smtp(address))?;
        self.sid.iter().flatten().try_for_each(|sid| names::sid(sid))
    }

    /// The primary address from now on.
    fn primary<'a>(&'a self, account: &'a Account) -> Result<&'a str, AccountError> {
        let follows = fold(&account.primary_smtp) == fold(&account.login);
        match (&self.primary_smtp, &self.login) {
            (Some(address), _) => Ok(address),
            (None, Some(login)) if follows => match names::smtp(login) {
                Ok(()) => Ok(login),
                Err(error) => Err(AccountError::Invalid(format!(
                    "{error}: name the one it has from now on with --smtp"
                ))),
            },
            _ => Ok(&account.primary_smtp),
        }
    }
}

impl Admin<'_> {
    /// Changes an account. What it is then.
    ///
    /// # Errors
    /// When there is no such account, a name is taken or cannot be one, an alias that is to be removed is none, or the
    /// database fails. Nothing has changed then.
    pub fn alter(&mut self, login: &str, to: &Alteration) -> Result<Account, AccountError> {
        to.check()?;
        self.change(|transaction| {
            let account = known(transaction, login)?;
            let (mailbox, old) = (account.mailbox, &account.primary_smtp);
            let (login, primary) = (to.login.as_ref().unwrap_or(&account.login), to.primary(&account)?);
            if !to.free_address && fold(primary) != fold(old) {
                let sql = "UPDATE account_name SET uses = uses | ?2, spelling = ?3 WHERE name = ?1";
                transaction.execute(sql, params![fold(old), ALIAS, old])?;
            }
            for alias in &to.remove_aliases {
                let sql = "UPDATE account_name SET uses = uses & ~?3 WHERE name = ?1 AND mailbox = ?2 AND uses & ?3 != 0";
                if transaction.execute(sql, params![fold(alias), mailbox.0, ALIAS])? == 0 {
                    return Err(AccountError::Invalid(format!("{alias} is no alias of {}", account.login)));
                }
            }
            let replaced = LOGIN | PRIMARY | if to.sid.is_some() { SID } else { 0 };
            let sql = "UPDATE account_name SET uses = uses & ~?2 WHERE mailbox = ?1";
            transaction.execute(sql, params![mailbox.0, replaced])?;
            claim(transaction, mailbox, login, LOGIN)?;
            claim(transaction, mailbox, primary, PRIMARY)?;
            to.add_aliases.iter().try_for_each(|alias| claim(transaction, mailbox, alias, ALIAS))?;
            let sid = match &to.sid {
                Some(sid) => sid,
                None => &account.sid,
            };
            sid.iter().try_for_each(|sid| claim(transaction, mailbox, sid, SID))?;
            // The primary address is no alias (UCS I3).
            let sql = "UPDATE account_name SET uses = uses & ~?2 WHERE name = ?1";
            transaction.execute(sql, params![fold(primary), ALIAS])?;
            transaction.execute("DELETE FROM account_name WHERE mailbox = ?1 AND uses = 0", [mailbox.0])?;
            let password = account.password.as_ref().filter(|_| !to.no_password);
            let sql = "UPDATE account SET login = ?2, primary_smtp = ?3, sid = ?4, password = ?5 WHERE mailbox = ?1";
            transaction.execute(sql, params![mailbox.0, login, primary, sid, password])?;
            rows::seal(transaction, mailbox)?;
            known(transaction, login)
        })
    }
}
