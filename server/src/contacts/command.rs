//! `Command`, and the way to its `Decision`.

use std::sync::Arc;

use super::culture::Culture;
use super::list::{Change, Contact, ContactKind, Group, GroupKind, ItemId, List};
use super::{Refusal, contact_rules, group_rules};

/// What a caller wants done with its list: the operations of the protocol that can change it (UCS section 6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Opens the mailbox if it has never been used (UCS G1).
    Open,
    /// AddImGroup (UCS O1).
    AddGroup {
        /// Name of the group.
        name: String,
    },
    /// AddDistributionGroupToImList (UCS O2).
    AddDistributionGroup {
        /// Its address.
        smtp_address: String,
        /// Its name.
        name: String,
        /// Whether the directory allows it: it has the address, or there is no directory.
        listed: bool,
    },
    /// AddNewImContactToGroup and AddNewTelUriContactToGroup (UCS O3, O4).
    AddNewContact(NewContact),
    /// AddImContactToGroup (UCS O5).
    AddContactToGroup {
        /// The contact.
        contact: ItemId,
        /// The group; OtherContacts when there is none.
        group: Option<ItemId>,
    },
    /// RemoveImContactFromGroup (UCS O8).
    RemoveContactFromGroup {
        /// The contact.
        contact: ItemId,
        /// The group.
        group: ItemId,
    },
    /// RemoveContactFromImList (UCS O9).
    RemoveContact {
        /// The contact.
        contact: ItemId,
    },
    /// RemoveImGroup (UCS O10).
    RemoveGroup {
        /// The group.
        group: ItemId,
    },
    /// RemoveDistributionGroupFromImList (UCS O11).
    RemoveDistributionGroup {
        /// The group.
        group: ItemId,
    },
    /// SetImGroup (UCS O12).
    RenameGroup {
        /// The group.
        group: ItemId,
        /// Its new name.
        name: String,
    },
    /// SetImListMigrationCompleted (UCS O13).
    SetMigrated {
        /// Whether the list lives in this store.
        completed: bool,
    },
}

/// A contact to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewContact {
    /// By what it is known.
    pub kind: ContactKind,
    /// IM address or TEL URI.
    pub address: String,
    /// Its name; the address when there is none.
    pub display_name: Option<String>,
    /// The SIP URI that comes with a TEL URI.
    pub sip_address: Option<String>,
    /// The group; OtherContacts when there is none.
    pub group: Option<ItemId>,
}

/// When a command is decided, and for whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Microseconds since 1970.
    pub now: u64,
    /// The language of the caller (UCS I4).
    pub culture: Culture,
}

/// What a command comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// What changes, in order; all of it or nothing. Empty when all is as wished already.
    pub changes: Vec<Change>,
    /// What the caller is told.
    pub outcome: Outcome,
}

/// What the caller is told of a command that was carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// That it was.
    Done,
    /// The group that was made, or that was there.
    Group(Arc<Group>),
    /// The contact that was made, or that was there.
    Contact(Arc<Contact>),
}

/// Decides a command against a list, which it does not change.
///
/// # Errors
/// Why the command is refused.
pub fn decide(list: &List, command: &Command, moment: Moment) -> Result<Decision, Refusal> {
    if list.is_open() {
        return decide_open(list, command, moment);
    }
    let opening = opening(list, moment);
    let mut open = list.clone();
    open.apply(&opening);
    let mut decision = decide_open(&open, command, moment)?;
    decision.changes.splice(0..0, opening);
    Ok(decision)
}

fn decide_open(list: &List, command: &Command, moment: Moment) -> Result<Decision, Refusal> {
    match command {
        Command::Open => Ok(Decision::nothing()),
        Command::AddGroup { name } => group_rules::add(list, name, moment),
        Command::AddDistributionGroup { smtp_address, name, listed } => {
            group_rules::add_distribution(list, smtp_address, name, *listed, moment)
        }
        Command::AddNewContact(new) => contact_rules::add_new(list, new, moment),
        Command::AddContactToGroup { contact, group } => contact_rules::join(list, *contact, *group),
        Command::RemoveContactFromGroup { contact, group } => contact_rules::leave(list, *contact, *group),
        Command::RemoveContact { contact } => contact_rules::remove(list, *contact),
        Command::RemoveGroup { group } => group_rules::remove(list, *group),
        Command::RemoveDistributionGroup { group } => group_rules::remove_distribution(list, *group),
        Command::RenameGroup { group, name } => group_rules::rename(list, *group, name),
        Command::SetMigrated { completed } => Ok(match list.migrated() == *completed {
            true => Decision::nothing(),
            false => Decision { changes: vec![Change::SetMigrated(*completed)], outcome: Outcome::Done },
        }),
    }
}

impl Decision {
    /// All is as wished already.
    pub(super) fn nothing() -> Decision {
        Decision { changes: Vec::new(), outcome: Outcome::Done }
    }
}

/// The three special groups (UCS G1, I4).
fn opening(list: &List, moment: Moment) -> Vec<Change> {
    let names = moment.culture.names();
    let first = next_item(list, moment).0;
    let special = [
        (GroupKind::OtherContacts, names.other_contacts),
        (GroupKind::Tagged, names.tagged),
        (GroupKind::Favorites, names.favorites),
    ];
    let groups = special.into_iter().zip(first..).map(|((kind, name), id)| Group {
        id: ItemId(id),
        kind,
        display_name: name.to_owned(),
        smtp_address: None,
    });
    groups.map(|group| Change::PutGroup(Arc::new(group))).collect()
}

/// The id of the next contact or group.
pub(super) fn next_item(list: &List, moment: Moment) -> ItemId {
    ItemId(moment.now.max(list.last_item() + 1))
}

/// Refuses a text that is empty or too long to be kept.
pub(super) fn check_text(text: &str) -> Result<(), Refusal> {
    // Bytes first: counting is for the rare long one.
    let long = text.len() > super::TEXT_LIMIT && text.chars().count() > super::TEXT_LIMIT;
    if text.is_empty() || long { Err(Refusal::InvalidText) } else { Ok(()) }
}

/// Refuses a name that cannot be kept, or that nobody can see: files cannot hold it, and users not find it.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if is_blank(name) { Err(Refusal::InvalidText) } else { check_text(name) }
}

/// Whether there is nothing to be seen of a text.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control())
}
