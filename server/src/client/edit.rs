//! The commands that change one thing: `group` and `contact`.

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use oxws::client::Client;
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImGroup, RemoveContactFromImList, RemoveDistributionGroupFromImList, RemoveImContactFromGroup,
    RemoveImGroup, SetImGroup,
};
use serde::Serialize;

use super::apply::{New, add_contact_request, add_to_group, source};
use super::commands::fetch;
use super::connect::{Connection, Names, explain, text};
use super::model::{Contact, Group, GroupKind};
use super::output::Output;
use super::read::Snapshot;
use super::text::{fold, line};

/// What can be done with groups. A group is named by its display name, whatever the case, or by its id.
#[derive(Subcommand, Debug)]
pub enum GroupCommand {
    /// Add a group
    Add {
        /// Name of the group
        name: String,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a text here would replace that of the command")]
        connection: Connection,
    },
    /// Give a group another name
    Rename {
        /// Name or id of the group
        group: String,
        /// The new name
        new: String,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a text here would replace that of the command")]
        connection: Connection,
    },
    /// Remove a group, and the contacts that are in no other
    Remove {
        /// Name or id of the group
        group: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a text here would replace that of the command")]
        connection: Connection,
    },
}

/// What can be done with contacts.
#[derive(Subcommand, Debug)]
pub enum ContactCommand {
    /// Add a contact by its IM address
    Add {
        /// IM address, with or without sip:
        address: String,
        /// Name of the contact; the address unless given
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a text here would replace that of the command")]
        to: ToGroup,
    },
    /// Add a contact by its telephone number
    AddTel {
        /// TEL URI or number, with or without tel:
        tel: String,
        /// SIP URI that belongs to it; made of the number unless given
        #[arg(long, value_name = "SIP")]
        sip: Option<String>,
        /// The number as people read it
        #[arg(long)]
        number: Option<String>,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a text here would replace that of the command")]
        to: ToGroup,
    },
    /// Remove a contact from a group, or from the list
    Remove {
        /// IM address, or TEL URI with tel:
        address: String,
        /// Remove it from this group only, by name or id; the server deletes what is then in no group but Tagged
        #[arg(long)]
        group: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a text here would replace that of the command")]
        connection: Connection,
    },
    /// Move a contact from one group to another
    Move {
        /// IM address, or TEL URI with tel:
        address: String,
        /// Name or id of the group to leave
        #[arg(long, value_name = "GROUP")]
        from: String,
        /// Name or id of the group to join
        #[arg(long, value_name = "GROUP")]
        to: String,
        #[command(flatten)]
        #[allow(missing_docs, reason = "a text here would replace that of the command")]
        connection: Connection,
    },
}

/// The group to add to, and the server.
#[derive(Args, Debug)]
pub struct ToGroup {
    /// Name or id of the group; without one the server chooses, mostly that of other contacts
    #[arg(long)]
    pub group: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub connection: Connection,
}

/// What was done, for people and for programs.
#[derive(Default, Serialize)]
struct Done<'a> {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

/// A server and its list.
struct Session {
    client: Client,
    snapshot: Snapshot,
    json: bool,
}

impl Session {
    async fn open(connection: &Connection, out: &mut Output) -> anyhow::Result<Session> {
        let client = connection.client(Names::ONE, out)?;
        let snapshot = fetch(&client, out).await?;
        Ok(Session { client, snapshot, json: connection.shared.json })
    }

    fn tell(&self, done: &Done<'_>, sentence: &str, out: &mut Output) -> anyhow::Result<()> {
        if self.json { out.json(done) } else { out.line(sentence) }
    }

    /// The group of this id or name, and its id.
    fn group(&self, wanted: &str) -> anyhow::Result<(&Group, ItemId)> {
        let groups = || {
            let groups = self.snapshot.list.groups().iter();
            groups.filter_map(|group| Some((group, self.snapshot.group_id(group)?)))
        };
        if let Some((group, id)) = groups().find(|(_, id)| id.id == wanted) {
            return Ok((group, id.clone()));
        }
        let mut named = groups().filter(|(group, _)| fold(group.name()) == fold(&line(wanted)));
        match (named.next(), named.next()) {
            (None, _) => bail!("there is no group {wanted}: `ucs list` shows which there are"),
            (Some(_), Some(_)) => {
                bail!("several groups are called {wanted}: give the id, which `ucs list --json` shows")
            }
            (Some((group, id)), None) => Ok((group, id.clone())),
        }
    }

    /// The contact of this address as the server has it, its id, and the groups that it is in.
    fn contact(&self, address: &str) -> anyhow::Result<Option<(&Contact, ItemId, Vec<&Group>)>> {
        let key = wanted_contact(address)?.key();
        let list = &self.snapshot.list;
        let found = list.contacts().iter().zip(list.memberships()).find(|(contact, _)| contact.key() == key);
        Ok(found.and_then(|(contact, groups)| {
            let groups = groups.into_iter().filter_map(|at| list.groups().get(at));
            Some((contact, self.snapshot.contact_id(contact)?.clone(), groups.collect()))
        }))
    }

    fn known_contact(&self, address: &str) -> anyhow::Result<(&Contact, ItemId, Vec<&Group>)> {
        let missing = || format!("there is no contact {address}: `ucs list` shows which there are");
        self.contact(address)?.with_context(missing)
    }
}

fn wanted_contact(address: &str) -> anyhow::Result<Contact> {
    let contact = Contact::new(address, None, None)?;
    Ok(match contact.is_tel() {
        true => Contact::of_number(address)?,
        false => contact,
    })
}

pub(super) async fn group(command: GroupCommand, out: &mut Output) -> anyhow::Result<()> {
    match command {
        GroupCommand::Add { name, connection } => {
            let wanted = Group::new(GroupKind::User, &name, None)?;
            let session = Session::open(&connection, out).await?;
            if let Some(id) = session.snapshot.group_id(&wanted) {
                let id = Some(id.id.clone());
                let done =
                    Done { result: "already there", group: Some(wanted.name()), id, ..Done::default() };
                return session.tell(&done, &format!("{} is there already", wanted.name()), out);
            }
            let reply = session.client.call(AddImGroup::new(text(wanted.name())?)).await.map_err(explain)?;
            let id = reply.im_group.and_then(|group| group.exchange_store_id).map(|id| id.id);
            // A group of another kind may have the name; then it is that one.
            let known = session.snapshot.groups.values().any(|known| Some(&known.id) == id.as_ref());
            let (result, sentence) = match known {
                true => ("already there", "is there already"),
                false => ("added", "added"),
            };
            let done = Done { result, group: Some(wanted.name()), id, ..Done::default() };
            session.tell(&done, &format!("{} {sentence}", wanted.name()), out)
        }
        GroupCommand::Rename { group, new, connection } => {
            let wanted = Group::new(GroupKind::User, &new, None)?;
            let session = Session::open(&connection, out).await?;
            let (group, id) = session.group(&group)?;
            if group.kind().is_special() {
                bail!("{} is a group of the server's own, which cannot be renamed", group.name());
            }
            let request = SetImGroup::new(id.clone(), text(wanted.name())?);
            session.client.call(request).await.map_err(explain)?;
            let id = Some(id.id);
            let done = Done { result: "renamed", group: Some(wanted.name()), id, ..Done::default() };
            session.tell(&done, &format!("{} is now called {}", group.name(), wanted.name()), out)
        }
        GroupCommand::Remove { group, yes, connection } => {
            if !yes && !out.is_interactive() {
                bail!("this needs a confirmation, and there is no terminal to ask at: give --yes");
            }
            let session = Session::open(&connection, out).await?;
            let (group, id) = session.group(&group)?;
            if group.kind().is_special() {
                bail!("{} is a group of the server's own, which cannot be removed", group.name());
            }
            if !yes {
                out.confirm(&format!(
                    "Remove the group {} ({} members), with the contacts that are in no other group?",
                    group.name(),
                    group.members().len()
                ))?;
            }
            if group.kind() == GroupKind::Distribution {
                let request = RemoveDistributionGroupFromImList::new(id.clone());
                session.client.call(request).await.map_err(explain)?;
            } else {
                session.client.call(RemoveImGroup::new(id.clone())).await.map_err(explain)?;
            }
            let id = Some(id.id);
            let done = Done { result: "removed", group: Some(group.name()), id, ..Done::default() };
            session.tell(&done, &format!("{} removed", group.name()), out)
        }
    }
}

pub(super) async fn contact(command: ContactCommand, out: &mut Output) -> anyhow::Result<()> {
    match command {
        ContactCommand::Add { address, name, to } => {
            let contact = Contact::new(&address, name.as_deref(), None)?;
            if contact.is_tel() {
                bail!("{address} is a telephone number: use `ucs contact add-tel`");
            }
            add(&contact, &to, out).await
        }
        ContactCommand::AddTel { tel, sip, number, to } => {
            let contact = match number {
                Some(number) => Contact::new(&format!("tel:{tel}"), None, Some(&number))?,
                None => Contact::of_number(&tel)?,
            };
            add(&contact.with_sip(sip.as_deref()), &to, out).await
        }
        ContactCommand::Remove { address, group, yes, connection } => {
            remove(&address, group.as_deref(), yes, &connection, out).await
        }
        ContactCommand::Move { address, from, to, connection } => {
            let session = Session::open(&connection, out).await?;
            let (contact, id, groups) = session.known_contact(&address)?;
            let (from, from_id) = session.group(&from)?;
            let (to, to_id) = session.group(&to)?;
            if from.key() == to.key() {
                bail!("{} is both the group to leave and the group to join", to.name());
            }
            if !groups.iter().any(|group| group.key() == from.key()) {
                bail!("{} is not in {}", contact.address(), from.name());
            }
            if to.kind() == GroupKind::Tagged && was_last(&groups, from) {
                let (address, from, to) = (contact.address(), from.name(), to.name());
                let add = match contact.number() {
                    Some(number) => format!("add-tel \"{number}\""),
                    None => format!("add {address}"),
                };
                bail!(
                    "nothing was done: leaving {from} would delete {address}, as {to} alone keeps no contact; to have \
                     it in both, use `ucs contact {add} --group \"{to}\"`"
                );
            }
            // First in, then out: a contact in no group would be deleted.
            add_to_group(&session.client, id.clone(), Some(to_id)).await.map_err(explain)?;
            let request = RemoveImContactFromGroup::new(id.clone(), from_id);
            let left = session.client.call(request).await.map_err(explain);
            left.with_context(|| {
                format!("{} is in {} now, but still in {}", contact.address(), to.name(), from.name())
            })?;
            let (group, contact) = (Some(to.name()), contact.address());
            let done = Done { result: "moved", group, contact: Some(contact), id: Some(id.id) };
            session.tell(&done, &format!("{contact} moved from {} to {}", from.name(), to.name()), out)
        }
    }
}

async fn add(contact: &Contact, to: &ToGroup, out: &mut Output) -> anyhow::Result<()> {
    let session = Session::open(&to.connection, out).await?;
    let group = to.group.as_deref().map(|wanted| session.group(wanted)).transpose()?;
    let (group, group_id) = group.unzip();
    let (name, address) = (group.map(Group::name), contact.address());
    let place = name.map_or(String::new(), |name| format!(" in {name}"));
    let known = match contact.is_tel() {
        true => session.contact(&format!("tel:{}", contact.number().unwrap_or_default()))?,
        false => session.contact(address)?,
    };
    let (result, id) = match (known, group) {
        (Some((_, id, _)), None) => ("already there", Some(id)),
        (Some((_, id, groups)), Some(group)) if groups.iter().any(|other| other.key() == group.key()) => {
            ("already there", Some(id))
        }
        (Some((_, id, _)), Some(_)) => {
            add_to_group(&session.client, id.clone(), group_id).await.map_err(explain)?;
            ("added", Some(id))
        }
        (None, _) => {
            let persona = match add_contact_request(contact, group_id)? {
                New::Im(request) => session.client.call(request).await.map(|reply| reply.persona),
                New::Tel(request) => session.client.call(request).await.map(|reply| reply.persona),
            };
            ("added", persona.map_err(explain)?.and_then(source))
        }
    };
    let done = Done { result, group: name, contact: Some(address), id: id.map(|id| id.id) };
    let sentence = match result {
        "added" => format!("{address} added{place}"),
        _ => format!("{address} is there already{place}"),
    };
    session.tell(&done, &sentence, out)
}

async fn remove(
    address: &str,
    group: Option<&str>,
    yes: bool,
    connection: &Connection,
    out: &mut Output,
) -> anyhow::Result<()> {
    if group.is_none() && !yes && !out.is_interactive() {
        bail!("this needs a confirmation, and there is no terminal to ask at: give --yes, or --group");
    }
    let session = Session::open(connection, out).await?;
    let (contact, id, groups) = session.known_contact(address)?;
    let (result, name, sentence) = match group {
        Some(group) => {
            let (group, group_id) = session.group(group)?;
            let (address, name) = (contact.address(), group.name());
            let deletes = was_last(&groups, group);
            if deletes && !yes {
                out.confirm(&format!(
                    "{address} is in no other group that keeps it: remove it from {name}, and so delete it?"
                ))?;
            }
            let request = RemoveImContactFromGroup::new(id.clone(), group_id);
            session.client.call(request).await.map_err(explain)?;
            if deletes {
                let sentence =
                    format!("{address} removed from {name}, and deleted, as no other group kept it");
                ("deleted", Some(name), sentence)
            } else {
                ("removed", Some(name), format!("{address} removed from {name}"))
            }
        }
        None => {
            if !yes {
                out.confirm(&format!("Remove {} from the list and all its groups?", contact.address()))?;
            }
            session.client.call(RemoveContactFromImList::new(id.clone())).await.map_err(explain)?;
            ("removed", None, format!("{} removed from the list", contact.address()))
        }
    };
    let done = Done { result, group: name, contact: Some(contact.address()), id: Some(id.id) };
    session.tell(&done, &sentence, out)
}

/// Whether a contact that is in these groups is deleted when it leaves one of them: Tagged keeps no contact, unless it is
/// all that there is (UCS O8).
fn was_last(groups: &[&Group], left: &Group) -> bool {
    let is_in = groups.iter().any(|group| group.key() == left.key());
    let keeps = |group: &Group| left.kind() == GroupKind::Tagged || group.kind() != GroupKind::Tagged;
    is_in && !groups.iter().any(|group| group.key() != left.key() && keeps(group))
}
