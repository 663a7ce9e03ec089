//! Who may sign in, whose mailbox is whose, and who may act for whom (UCS I1 to I3).

mod admin;
mod alteration;
mod names;
mod rows;
mod sqlite;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

pub use admin::{Admin, NewAccount};
pub use alteration::Alteration;
pub use sqlite::SqliteAccounts;

/// The identity of a mailbox: random, given when its account is made, never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxId(pub [u8; 16]);

impl fmt::Display for MailboxId {
    /// In the form of a GUID: `8-4-4-4-12` hexadecimal digits, lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for MailboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailboxId({self})")
    }
}

/// An account and its mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its mailbox.
    pub mailbox: MailboxId,
    /// The name to sign in with, such as `jane@example.org`: the user principal name. Compared without regard to case.
    pub login: String,
    /// The primary e-mail address.
    pub primary_smtp: String,
    /// Other e-mail addresses.
    pub aliases: Vec<String>,
    /// The security identifier of the Windows account, where there is one.
    pub sid: Option<String>,
    /// Hash of the password as a PHC string (argon2id); `None` when the account cannot sign in by password.
    pub password: Option<String>,
    /// Whether it may not sign in, nor be acted for.
    pub disabled: bool,
}

impl fmt::Debug for Account {
    /// Without the hash of the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Account { mailbox, login, primary_smtp, disabled, .. } = self;
        f.debug_struct("Account")
            .field("mailbox", mailbox)
            .field("login", login)
            .field("primary_smtp", primary_smtp)
            .field("disabled", disabled)
            .finish_non_exhaustive()
    }
}

/// A way to name an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handle<'a> {
    /// By the name to sign in with.
    Login(&'a str),
    /// By an e-mail address, the primary one or an alias.
    Smtp(&'a str),
    /// By the security identifier.
    Sid(&'a str),
}

/// A mail distribution group (UCS O2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DistributionGroup {
    /// Its address. Compared without regard to case.
    pub smtp: String,
    /// Its name.
    pub display_name: String,
}

/// Why an account store could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The login, address or SID belongs to an account already.
    #[error("{0} is taken by another account")]
    Taken(String),
    /// There is no such account.
    #[error("there is no account {0}")]
    Unknown(String),
    /// What was given is no login, no address, no SID, or no grant.
    #[error("{0}")]
    Invalid(String),
    /// The store failed.
    #[error("the account store failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Keeps accounts, grants and the directory of distribution groups. Durable when a method that changes returns.
///
/// Lookups are asked on every request and answer from memory where nothing has changed. Changes by other processes
/// (the admin commands beside a running server) are seen within a second.
pub trait Accounts: Send + Sync + 'static {
    /// The account of that name.
    fn find(
        &self,
        handle: Handle<'_>,
    ) -> impl Future<Output = Result<Option<Arc<Account>>, AccountError>> + Send;
    /// Whether `caller` may act for `target`.
    fn may_act_for(
        &self,
        caller: MailboxId,
        target: MailboxId,
    ) -> impl Future<Output = Result<bool, AccountError>> + Send;
    /// Whether `caller` may act for anybody at all.
    fn may_act_for_any(&self, caller: MailboxId) -> impl Future<Output = Result<bool, AccountError>> + Send;

    /// Whether a distribution group of this address may be added to a list: it is in the directory, or there is no
    /// directory (UCS O2).
    fn has_distribution_group(&self, smtp: &str) -> impl Future<Output = Result<bool, AccountError>> + Send;
}
