//! The rules of contacts and their memberships (UCS G5, P1, P2, O3 to O5, O8, O9).

use std::sync::Arc;

use super::command::{check_text, is_blank, next_item};
use super::list::{Change, Contact, GroupKind, ItemId, List};
use super::{CONTACT_LIMIT, Decision, Moment, NewContact, Outcome, Refusal, bare_address};

/// AddNewImContactToGroup and AddNewTelUriContactToGroup: the contact of that address, made when there is none
/// (UCS O3, O4, P1, P2). A contact that is there stays as it is, in the groups that it is in.
pub(super) fn add_new(list: &List, new: &NewContact, moment: Moment) -> Result<Decision, Refusal> {
    let group = match new.group {
        Some(id) => list.group(id).ok_or(Refusal::NotFound)?.id,
        None => other_contacts(list)?,
    };
    if let Some(contact) = list.contact_known_by(new.kind, &new.address) {
        return Ok(Decision { changes: Vec::new(), outcome: Outcome::Contact(contact.clone()) });
    }
    let texts = [Some(&new.address), new.display_name.as_ref(), new.sip_address.as_ref()];
    texts.into_iter().flatten().try_for_each(|text| check_text(text))?;
    if bare_address(&new.address).is_empty() {
        return Err(Refusal::InvalidText);
    }
    if list.contacts().len() >= CONTACT_LIMIT {
        return Err(Refusal::ContactLimit);
    }
    // A name that nobody can see is none.
    let shown = new.display_name.as_deref().filter(|name| !is_blank(name));
    let contact = Arc::new(Contact {
        id: next_item(list, moment),
        kind: new.kind,
        address: new.address.clone(),
        display_name: shown.unwrap_or(bare_address(&new.address)).to_owned(),
        sip_address: new.sip_address.clone(),
        created: i64::try_from(moment.now / 1_000_000).unwrap_or(i64::MAX),
        groups: vec![group],
    });
    Ok(Decision { changes: vec![Change::PutContact(contact.clone())], outcome: Outcome::Contact(contact) })
}

/// AddImContactToGroup (UCS O5, G5).
pub(super) fn join(list: &List, contact: ItemId, group: Option<ItemId>) -> Result<Decision, Refusal> {
    let contact = list.contact(contact).ok_or(Refusal::InvalidContact)?;
    let others = other_contacts(list)?;
    let group = match group {
        Some(id) => list.group(id).ok_or(Refusal::InvalidGroup)?.id,
        None => others,
    };
    if contact.is_in(group) {
        return Ok(Decision::nothing());
    }
    let mut groups = contact.groups.clone();
    // Whoever joins OtherContacts from another group is kept there, unseen, until it has left the others
    // (`List::members`): a client moves a contact by adding, then removing, and the removal would delete it.
    if !is_tagged(list, group) {
        groups.retain(|id| *id != others);
    }
    let at = groups.partition_point(|id| *id < group);
    groups.insert(at, group);
    let joined = Contact { groups, ..Contact::clone(contact) };
    Ok(Decision { changes: vec![Change::PutContact(Arc::new(joined))], outcome: Outcome::Done })
}

/// RemoveImContactFromGroup (UCS O8).
pub(super) fn leave(list: &List, contact: ItemId, group: ItemId) -> Result<Decision, Refusal> {
    let group = list.group(group).ok_or(Refusal::InvalidGroup)?;
    let contact = list.contact(contact).ok_or(Refusal::InvalidContact)?;
    if !contact.is_in(group.id) {
        // A client moves a contact by adding, which takes it out of OtherContacts already, then removing.
        return match group.kind {
            GroupKind::OtherContacts => Ok(Decision::nothing()),
            _ => Err(Refusal::InvalidContact),
        };
    }
    Ok(Decision { changes: vec![without(list, contact, group.id)], outcome: Outcome::Done })
}

/// RemoveContactFromImList (UCS O9).
pub(super) fn remove(list: &List, contact: ItemId) -> Result<Decision, Refusal> {
    let contact = list.contact(contact).ok_or(Refusal::NotFound)?;
    Ok(Decision { changes: vec![Change::RemoveContact(contact.id)], outcome: Outcome::Done })
}

/// A contact that leaves a group: it is deleted when that was its only one, Tagged not counted, or when nothing is
/// left at all (UCS O8, O10).
pub(super) fn without(list: &List, contact: &Contact, group: ItemId) -> Change {
    let stays = match is_tagged(list, group) {
        true => contact.groups.len() > 1,
        false => counted(list, contact).any(|id| id != group),
    };
    if !stays {
        return Change::RemoveContact(contact.id);
    }
    let groups = contact.groups.iter().copied().filter(|id| *id != group).collect();
    Change::PutContact(Arc::new(Contact { groups, ..contact.clone() }))
}

/// The groups of a contact but Tagged.
fn counted(list: &List, contact: &Contact) -> impl Iterator<Item = ItemId> {
    contact.groups.iter().copied().filter(|id| !is_tagged(list, *id))
}

fn is_tagged(list: &List, group: ItemId) -> bool {
    list.is_special(group, GroupKind::Tagged)
}

/// OtherContacts, which every list has that was ever used (UCS G1).
fn other_contacts(list: &List) -> Result<ItemId, Refusal> {
    list.special(GroupKind::OtherContacts).map(|group| group.id).ok_or(Refusal::InvalidGroup)
}
