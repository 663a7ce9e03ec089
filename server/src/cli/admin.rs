//! `ucs user`, `ucs grant`, `ucs group-directory`: accounts, grants, the directory of distribution groups.

use std::path::Path;

use anyhow::Result;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Common, terminal};
use crate::accounts::{Account, Admin, Alteration, DistributionGroup, NewAccount};
use crate::client::Output;
use crate::http::hash_password;
use crate::store::sqlite::file::{self, FileError};

/// Accounts and their mailboxes.
#[derive(clap::Subcommand, Debug)]
pub(super) enum User {
    /// Add an account; asks for its password.
    Add {
        /// The name to sign in with, such as jane@example.org.
        login: String,
        /// The primary e-mail address [default: the login].
        #[arg(long, value_name = "ADDRESS")]
        smtp: Option<String>,
        /// Another e-mail address; may be given several times.
        #[arg(long, value_name = "ADDRESS")]
        alias: Vec<String>,
        /// The security identifier of the Windows account.
        #[arg(long)]
        sid: Option<String>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
        /// No password: the account signs in by token or proxy only.
        #[arg(long, conflicts_with = "password_stdin")]
        no_password: bool,
        #[command(flatten)]
        common: Common,
    },
    /// List all accounts.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Keep an account out. Its contacts stay.
    Disable {
        /// The name to sign in with.
        login: String,
        #[command(flatten)]
        common: Common,
    },
    /// Let a disabled account in again.
    Enable {
        /// The name to sign in with.
        login: String,
        #[command(flatten)]
        common: Common,
    },
    /// Give an account another name to sign in with. Its contacts, groups, grants and password stay.
    ///
    /// Clients go on with the ids that they know. A primary address that was the old name is the new one, and what it was
    /// stays with the account as an alias. Lists of others that have the old address keep it.
    Rename {
        /// The name to sign in with, as it is.
        login: String,
        /// The new one.
        new: String,
        /// The primary e-mail address from now on [default: the new login, if it was the old one].
        #[arg(long, value_name = "ADDRESS")]
        smtp: Option<String>,
        /// Do not keep the old primary address as an alias: it is free for another account.
        #[arg(long)]
        free_address: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Change the addresses of an account, its SID, or that it has a password. Its contacts, groups and grants stay.
    #[command(group(clap::ArgGroup::new("what").required(true).multiple(true)
        .args(["smtp", "add_alias", "remove_alias", "sid", "no_sid", "no_password"])))]
    Change {
        /// The name to sign in with, which `ucs user rename` changes.
        login: String,
        /// The primary e-mail address; what it was becomes an alias.
        #[arg(long, value_name = "ADDRESS")]
        smtp: Option<String>,
        /// Another e-mail address; may be given several times.
        #[arg(long, value_name = "ADDRESS")]
        add_alias: Vec<String>,
        /// An e-mail address that it no longer has; may be given several times.
        #[arg(long, value_name = "ADDRESS")]
        remove_alias: Vec<String>,
        /// The security identifier of the Windows account.
        #[arg(long)]
        sid: Option<String>,
        /// No security identifier.
        #[arg(long, conflicts_with = "sid")]
        no_sid: bool,
        /// No password: the account signs in by token or proxy only.
        #[arg(long)]
        no_password: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Remove a disabled account for good, with its contacts and groups.
    ///
    /// Where a server runs, wait some seconds after `ucs user disable`: what its user asked for just before then may still be
    /// written, and would be left in the data.
    Remove {
        /// The name to sign in with.
        login: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Give an account another password; asks for it.
    Passwd {
        /// The name to sign in with.
        login: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        common: Common,
    },
}

/// Who may act for whom.
#[derive(clap::Subcommand, Debug)]
pub(super) enum Grant {
    /// Let CALLER act for TARGET.
    Add {
        /// Who acts.
        caller: String,
        /// Whose mailbox it is.
        target: String,
        #[command(flatten)]
        common: Common,
    },
    /// Let CALLER no longer act for TARGET.
    Remove {
        /// Who acts.
        caller: String,
        /// Whose mailbox it is.
        target: String,
        #[command(flatten)]
        common: Common,
    },
    /// List all grants.
    List {
        #[command(flatten)]
        common: Common,
    },
}

/// The directory of distribution groups.
#[derive(clap::Subcommand, Debug)]
pub(super) enum GroupDirectory {
    /// Add a group, or change its name. From the first one on, only groups of the directory may be added to lists.
    Add {
        /// Its address.
        address: String,
        /// Its name.
        name: String,
        #[command(flatten)]
        common: Common,
    },
    /// Remove a group.
    Remove {
        /// Its address.
        address: String,
        #[command(flatten)]
        common: Common,
    },
    /// List the directory.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Remove the directory: any group may be added to lists.
    Clear {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        common: Common,
    },
}

pub(super) fn existing(common: &Common) -> Result<Connection> {
    Ok(file::connect(&common.directory()?)?)
}

/// The same for a command that changes something.
pub(super) fn changing(common: &Common) -> Result<Connection> {
    Ok(file::connect_to_change(&common.directory()?)?)
}

/// Refuses an account one of whose names is taken, so that nobody thinks of a password for nothing. [`Admin::add`] has
/// the last word.
fn free(directory: &Path, new: &NewAccount) -> Result<()> {
    let mut connection = match file::connect(directory) {
        // It is made later.
        Err(FileError::Missing { .. }) => return Ok(()),
        connection => connection?,
    };
    Ok(Admin::new(&mut connection).free(new)?)
}

/// The addresses of an account in words.
fn shown_addresses(primary: &str, aliases: &[String]) -> String {
    match aliases {
        [] => format!("with the primary address {primary}"),
        aliases => {
            format!("with the primary address {primary} and the other addresses {}", aliases.join(", "))
        }
    }
}

impl User {
    pub(super) fn run(self, out: &mut Output) -> Result<()> {
        match self {
            User::Add { login, smtp, alias, sid, password_stdin, no_password, common } => {
                let directory = common.directory()?;
                let primary_smtp = smtp.unwrap_or_else(|| login.clone());
                let mut new = NewAccount { login, primary_smtp, aliases: alias, sid, password: None };
                // Before the question, and before anything is made.
                new.check()?;
                if !no_password {
                    free(&directory, &new)?;
                    new.password = Some(hash_password(&terminal::new_password(password_stdin, out)?)?);
                }
                let mut connection = file::open_or_create(&directory)?;
                let mailbox = Admin::new(&mut connection).add(&new)?;
                let login = &new.login;
                let data = json!({ "login": login, "mailbox": mailbox.to_string() });
                common.tell(out, &format!("{login} is added, with mailbox {mailbox}"), &data)?;
            }
            User::List { common } => {
                let mut connection = existing(&common)?;
                let accounts = Admin::new(&mut connection).list()?;
                if common.json {
                    let accounts = accounts.iter().map(|account| {
                        json!({
                            "login": account.login, "smtp": account.primary_smtp, "aliases": account.aliases,
                            "sid": account.sid, "mailbox": account.mailbox.to_string(),
                            "password": account.password.is_some(), "disabled": account.disabled,
                        })
                    });
                    return out.json(&accounts.collect::<Value>());
                }
                for account in accounts {
                    let state = if account.disabled { " (disabled)" } else { "" };
                    let Account { login, primary_smtp, mailbox, .. } = account;
                    out.line(&format!("{login}  {primary_smtp}  {mailbox}{state}"))?;
                }
            }
            User::Disable { login, common } => {
                Admin::new(&mut changing(&common)?).set_disabled(&login, true)?;
                common.tell(
                    out,
                    &format!("{login} is disabled"),
                    &json!({ "login": login, "disabled": true }),
                )?;
            }
            User::Enable { login, common } => {
                Admin::new(&mut changing(&common)?).set_disabled(&login, false)?;
                common.tell(
                    out,
                    &format!("{login} is enabled"),
                    &json!({ "login": login, "disabled": false }),
                )?;
            }
            User::Rename { login, new, smtp, free_address, common } => {
                let to = Alteration { primary_smtp: smtp, free_address, ..Alteration::rename(&new) };
                let account = Admin::new(&mut changing(&common)?).alter(&login, &to)?;
                let Account { login: new, primary_smtp, aliases, .. } = account;
                let sentence = format!("{login} is now {new}, {}", shown_addresses(&primary_smtp, &aliases));
                let data = json!({ "was": login, "login": new, "smtp": primary_smtp, "aliases": aliases });
                common.tell(out, &sentence, &data)?;
            }
            User::Change { login, smtp, add_alias, remove_alias, sid, no_sid, no_password, common } => {
                let to = Alteration {
                    primary_smtp: smtp,
                    add_aliases: add_alias,
                    remove_aliases: remove_alias,
                    sid: sid.map(Some).or(no_sid.then_some(None)),
                    no_password,
                    ..Alteration::default()
                };
                let account = Admin::new(&mut changing(&common)?).alter(&login, &to)?;
                let Account { login, primary_smtp, aliases, sid, password, .. } = account;
                let addresses = shown_addresses(&primary_smtp, &aliases);
                let shown_sid = sid.as_ref().map_or(String::new(), |sid| format!(", with the SID {sid}"));
                let shown_password = if password.is_some() { "" } else { ", without a password" };
                let sentence = format!("{login} is changed: {addresses}{shown_sid}{shown_password}");
                let data = json!({
                    "login": login, "smtp": primary_smtp, "aliases": aliases, "sid": sid,
                    "password": password.is_some(),
                });
                common.tell(out, &sentence, &data)?;
            }
            User::Remove { login, yes, common } => {
                let mut connection = changing(&common)?;
                let mut admin = Admin::new(&mut connection);
                let shown = |contacts: u64| match contacts {
                    1 => "1 contact".to_owned(),
                    contacts => format!("{contacts} contacts"),
                };
                let contacts = admin.removable(&login)?;
                if !yes {
                    out.confirm(&format!("Remove {login} with {} for good?", shown(contacts)))?;
                }
                let contacts = admin.remove(&login)?;
                let text = format!("{login} is removed, with {}", shown(contacts));
                common.tell(out, &text, &json!({ "login": login, "contacts": contacts }))?;
            }
            User::Passwd { login, password_stdin, common } => {
                let mut connection = changing(&common)?;
                let mut admin = Admin::new(&mut connection);
                // Before the question, so that nobody thinks of a password for nothing.
                admin.check(&login)?;
                let hash = hash_password(&terminal::new_password(password_stdin, out)?)?;
                admin.set_password(&login, &hash)?;
                common.tell(out, &format!("{login} has a new password"), &json!({ "login": login }))?;
            }
        }
        Ok(())
    }
}

impl Grant {
    pub(super) fn run(self, out: &mut Output) -> Result<()> {
        let (caller, target, granted, common) = match self {
            Grant::Add { caller, target, common } => (caller, target, true, common),
            Grant::Remove { caller, target, common } => (caller, target, false, common),
            Grant::List { common } => {
                let grants = Admin::new(&mut existing(&common)?).grants()?;
                if common.json {
                    let grants =
                        grants.iter().map(|(caller, target)| json!({ "caller": caller, "target": target }));
                    return out.json(&grants.collect::<Value>());
                }
                return grants
                    .iter()
                    .try_for_each(|(caller, target)| out.line(&format!("{caller} acts for {target}")));
            }
        };
        let news = Admin::new(&mut changing(&common)?).grant(&caller, &target, granted)?;
        let word = match (granted, news) {
            (true, true) => "may now act for",
            (true, false) => "could act already for",
            (false, true) => "may no longer act for",
            (false, false) => "could not act for",
        };
        let data = json!({ "caller": caller, "target": target, "granted": granted, "changed": news });
        common.tell(out, &format!("{caller} {word} {target}"), &data)
    }
}

impl GroupDirectory {
    pub(super) fn run(self, out: &mut Output) -> Result<()> {
        match self {
            GroupDirectory::Add { address, name, common } => {
                let group = DistributionGroup { smtp: address, display_name: name };
                Admin::new(&mut changing(&common)?).add_group(&group)?;
                let DistributionGroup { smtp, display_name } = group;
                let data = json!({ "smtp": smtp, "name": display_name });
                common.tell(out, &format!("{smtp} ({display_name}) is in the directory"), &data)?;
            }
            GroupDirectory::Remove { address, common } => {
                let was = Admin::new(&mut changing(&common)?).remove_group(&address)?;
                let word = if was { "is removed" } else { "was not in the directory" };
                common.tell(
                    out,
                    &format!("{address} {word}"),
                    &json!({ "smtp": address, "changed": was }),
                )?;
            }
            GroupDirectory::List { common } => {
                let groups = Admin::new(&mut existing(&common)?).groups()?;
                if common.json {
                    let groups = groups.map(|groups| {
                        let groups = groups.iter();
                        groups.map(|g| json!({ "smtp": g.smtp, "name": g.display_name })).collect::<Value>()
                    });
                    return out.json(&json!({ "groups": groups }));
                }
                let Some(groups) = groups else {
                    return out.line("there is no directory: any group may be added to lists");
                };
                groups.iter().try_for_each(|g| out.line(&format!("{}  {}", g.smtp, g.display_name)))?;
            }
            GroupDirectory::Clear { yes, common } => {
                let mut connection = changing(&common)?;
                if !yes {
                    out.confirm("Remove the directory of distribution groups?")?;
                }
                Admin::new(&mut connection).clear_groups()?;
                common.tell(out, "the directory is removed", &json!({ "groups": Value::Null }))?;
            }
        }
        Ok(())
    }
}
