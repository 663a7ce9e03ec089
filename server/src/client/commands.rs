//! The client commands: their options, `list`, and the way to the others.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use encoding_rs::Encoding;
use oxws::client::{Client, Transport};
use serde::Serialize;

use super::charset;
use super::conformance::{self, ConformanceArgs};
use super::connect::{Connection, Names};
use super::edit::{self, ContactCommand, GroupCommand};
use super::format::Format;
use super::output::Output;
use super::people::{self, PeopleArgs};
use super::read::Snapshot;
use super::transfer::{self, CopyArgs};

/// What can be done with any server that speaks the protocol.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Show the groups and their members
    List(ListArgs),
    /// Add, rename and remove groups
    Group {
        /// What to do.
        #[command(subcommand)]
        command: GroupCommand,
    },
    /// Add, move and remove contacts
    Contact {
        /// What to do.
        #[command(subcommand)]
        command: ContactCommand,
    },
    /// Find people among the contacts and in the directory of the organisation
    People(Box<PeopleArgs>),
    /// Write the list to a file, as JSON, CSV or vCard
    Export(ExportArgs),
    /// Add what a file has and the list lacks; nothing is removed or changed
    Import(ImportArgs),
    /// Add what the list on one server has and the list on another lacks
    Copy(Box<CopyArgs>),
    /// Check the requirements of the protocol, by number, at a server; needs a mailbox for the purpose
    Conformance(Box<ConformanceArgs>),
}

/// Options of `list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub connection: Connection,
}

/// Options of `export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub connection: Connection,
    /// File format; unless given, the name of the file says it, and on the standard output it is json
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// File to write, such as list.json, list.csv or list.vcf; the standard output unless given
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long, requires = "output")]
    pub force: bool,
}

/// Options of `import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// File to read
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub connection: Connection,
    /// File format; unless given, the name of the file says it
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Encoding of the file, such as windows-1250; unless given, the file shows it, or UTF-8
    #[arg(long, value_name = "NAME", value_parser = charset::of_label)]
    pub encoding: Option<&'static Encoding>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub run: RunArgs,
}

/// Options of the commands that add many things.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Remember in this file what was done, and do nothing of it again in a later run, even if it was removed since
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// Carries out a command. The error is a sentence for the user; its chain says more.
///
/// # Errors
/// When the command could not be carried out, or not as a whole.
pub async fn run(command: Command, out: &mut Output) -> anyhow::Result<()> {
    match command {
        Command::List(args) => {
            let client = args.connection.client(Names::ONE, out)?;
            list(&client, args.connection.shared.json, out).await
        }
        Command::Group { command } => edit::group(command, out).await,
        Command::Contact { command } => edit::contact(command, out).await,
        Command::People(args) => people::run(*args, out).await,
        Command::Export(args) => transfer::export(args, out).await,
        Command::Import(args) => transfer::import(args, out).await,
        Command::Copy(args) => transfer::copy(*args, out).await,
        Command::Conformance(args) => conformance::run(*args, out).await,
    }
}

/// A group, as `list --json` shows it.
#[derive(Serialize)]
struct GroupLine<'a> {
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    id: Option<&'a str>,
    members: Vec<&'a str>,
}

/// A contact, as `list --json` shows it.
#[derive(Serialize)]
struct ContactLine<'a> {
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sip: Option<&'a str>,
    id: Option<&'a str>,
    groups: Vec<&'a str>,
}

#[derive(Serialize)]
struct Listing<'a> {
    groups: Vec<GroupLine<'a>>,
    contacts: Vec<ContactLine<'a>>,
}

async fn list<T: Transport>(client: &Client<T>, json: bool, out: &mut Output) -> anyhow::Result<()> {
    let snapshot = fetch(client, out).await?;
    if json {
        return out.json(&listing(&snapshot));
    }
    let list = &snapshot.list;
    for group in list.groups() {
        let address = group.address().map_or(String::new(), |address| format!(", {address}"));
        out.line(&format!("{} ({}{address})", group.name(), group.kind().word()))?;
        for contact in group.members().iter().filter_map(|at| list.contacts().get(*at)) {
            out.line(&contact_line(contact))?;
        }
    }
    let lonely = list.contacts().iter().zip(list.memberships()).filter(|(_, groups)| groups.is_empty());
    for (at, (contact, _)) in lonely.enumerate() {
        if at == 0 {
            out.line("(in no group)")?;
        }
        out.line(&contact_line(contact))?;
    }
    Ok(())
}

fn contact_line(contact: &super::model::Contact) -> String {
    match contact.display_name().or(contact.number()) {
        Some(name) => format!("  {name} <{}>", contact.address()),
        None => format!("  {}", contact.address()),
    }
}

fn listing(snapshot: &Snapshot) -> Listing<'_> {
    let list = &snapshot.list;
    let groups = list.groups().iter().map(|group| {
        let members = group.members().iter().filter_map(|at| list.contacts().get(*at));
        GroupLine {
            kind: group.kind().word(),
            name: group.name(),
            address: group.address(),
            id: snapshot.group_id(group).map(|id| id.id.as_str()),
            members: members.map(|contact| contact.address()).collect(),
        }
    });
    let contacts = list.contacts().iter().zip(list.memberships()).map(|(contact, groups)| ContactLine {
        address: contact.address(),
        display_name: contact.display_name(),
        number: contact.number(),
        sip: contact.sip(),
        id: snapshot.contact_id(contact).map(|id| id.id.as_str()),
        groups: groups.iter().filter_map(|at| list.groups().get(*at)).map(|group| group.name()).collect(),
    });
    Listing { groups: groups.collect(), contacts: contacts.collect() }
}

/// The list of a mailbox; what was left out of it is told to the user.
///
/// # Errors
/// When the server does not answer with a list.
pub(super) async fn fetch<T: Transport>(client: &Client<T>, out: &mut Output) -> anyhow::Result<Snapshot> {
    let snapshot = Snapshot::fetch(client).await?;
    for note in &snapshot.notes {
        out.note(&format!("note: {note}"))?;
    }
    Ok(snapshot)
}
