//! Contacts and their memberships through the service.

use oxws::oxwscore::ItemId;
use oxws::oxwscos::*;

use crate::site::{Caller, Site, source_id, tel};

/// UCS P1 and O4: the 1001st is refused, of either kind; who is there already is found.
#[test]
fn the_limit_of_contacts_has_its_code() {
    let site = Site::new();
    let jane = site.jane();
    let phone = source_id(&jane.add_tel("tel:+15551", "+1 555 1", None));
    for number in 1..1000 {
        jane.contact(&format!("c{number}@example.org"), None);
    }
    let new = AddNewImContactToGroup::new("new@example.org".parse().unwrap());
    assert_eq!(jane.error(new).0, "ErrorImContactLimitReached");
    assert_eq!(jane.error(tel("tel:+15552", "+1 555 2", None)).0, "ErrorImContactLimitReached");
    assert_eq!(source_id(&jane.add_tel("+15551", "+1 555 1", None)), phone);
    jane.contact("C1@example.org", None);
    assert_eq!(jane.contacts().len(), 1000);
}

/// UCS P2: whatever the case and the scheme, and the spelling of the first one stays.
#[test]
fn an_address_is_one_contact() {
    let site = Site::new();
    let jane = site.jane();
    let first = jane.add_contact("sip:Jane@example.org", None);
    for again in ["jane@example.org", "SIP:JANE@EXAMPLE.ORG"] {
        assert_eq!(jane.add_contact(again, None), first);
    }
    assert_eq!(first.im_address().map(String::as_str), Some("sip:Jane@example.org"));
    let phone = jane.add_tel("tel:+1555", "+1 555", None);
    assert_eq!(jane.add_tel("TEL:+1555", "another", None), phone);
    assert_eq!(jane.add_tel("+1555", "another", None), phone);
    assert_eq!(jane.contacts().len(), 2);
}

/// UCS O3, O4: the group that is named, or OtherContacts; and one that is not there.
#[test]
fn a_new_contact_goes_into_its_group() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    let gone = jane.group("Gone");
    jane.call(RemoveImGroup::new(gone.clone()));
    assert_eq!(jane.groups_of(&jane.contact("a@example.org", Some(&group))), ["Friends"]);
    assert_eq!(jane.groups_of(&jane.contact("b@example.org", None)), ["Other Contacts"]);
    let tagged = jane.special("Tagged");
    assert_eq!(jane.groups_of(&jane.contact("c@example.org", Some(&tagged))), ["Tagged"]);
    assert_eq!(jane.groups_of(&source_id(&jane.add_tel("tel:1", "1", Some(&group)))), ["Friends"]);
    assert_eq!(jane.groups_of(&source_id(&jane.add_tel("tel:2", "2", None))), ["Other Contacts"]);
    let not_found =
        ("ErrorItemNotFound".to_owned(), "The specified object was not found in the store.".to_owned());
    let mut new = AddNewImContactToGroup::new("new@example.org".parse().unwrap());
    new.group_id = Some(gone.clone());
    assert_eq!(jane.error(new), not_found);
    assert_eq!(jane.error(tel("tel:3", "3", Some(&gone))), not_found);
    assert_eq!(jane.contacts().len(), 5);
}

/// UCS O3, O4: the same address again is the same Persona, in the groups where it was, under its name.
#[test]
fn a_known_contact_is_found() {
    let site = Site::new();
    let jane = site.jane();
    let (one, two) = (jane.group("One"), jane.group("Two"));
    let made = jane.add_contact("a@example.org", Some(&one));
    let mut again = AddNewImContactToGroup::new("a@example.org".parse().unwrap());
    again.group_id = Some(two.clone());
    again.display_name = Some("Another".parse().unwrap());
    assert_eq!(jane.call(again).persona.as_ref(), Some(&made));
    assert_eq!(jane.groups_of(&source_id(&made)), ["One"]);
    let made = jane.add_tel("tel:1", "1", Some(&one));
    assert_eq!(jane.add_tel("tel:1", "2", Some(&two)), made);
    assert_eq!(jane.groups_of(&source_id(&made)), ["One"]);
}

fn join(jane: &Caller<'_>, contact: &ItemId, group: Option<&ItemId>) -> (String, String) {
    let mut request = AddImContactToGroup::new(contact.clone());
    request.group_id = group.cloned();
    jane.error(request)
}

/// UCS O5.
#[test]
fn a_contact_joins_groups() {
    let site = Site::new();
    let jane = site.jane();
    let (one, two) = (jane.group("One"), jane.group("Two"));
    let contact = jane.contact("a@example.org", Some(&one));
    jane.join(&contact, &two);
    let before = jane.list();
    jane.join(&contact, &two);
    // No group: OtherContacts, which does not show who is in another one.
    jane.call(AddImContactToGroup::new(contact.clone()));
    assert_eq!(jane.list(), before);
    assert_eq!(jane.groups_of(&contact), ["One", "Two"]);
    let tagged = jane.special("Tagged");
    let only_tagged = jane.contact("b@example.org", Some(&tagged));
    jane.call(AddImContactToGroup::new(only_tagged.clone()));
    assert_eq!(jane.groups_of(&only_tagged), ["Other Contacts", "Tagged"]);

    jane.call(RemoveImGroup::new(two.clone()));
    let invalid = ("ErrorInvalidImGroupId".to_owned(), "The specified Im Group Id is invalid.".to_owned());
    assert_eq!(join(&jane, &contact, Some(&two)), invalid);
    jane.call(RemoveContactFromImList::new(contact.clone()));
    let invalid =
        ("ErrorInvalidImContactId".to_owned(), "The specified Im Contact Id is invalid.".to_owned());
    assert_eq!(join(&jane, &contact, Some(&one)), invalid);
    assert_eq!(join(&jane, &contact, None), invalid);
}

/// UCS O8: the ways out of a group.
#[test]
fn a_contact_leaves_groups() {
    let site = Site::new();
    let jane = site.jane();
    let (one, two, tagged) = (jane.group("One"), jane.group("Two"), jane.special("Tagged"));
    let contact = jane.contact("a@example.org", Some(&one));
    jane.join(&contact, &two);
    jane.join(&contact, &tagged);
    let leave = |group: &ItemId| RemoveImContactFromGroup::new(contact.clone(), group.clone());
    jane.call(leave(&one));
    assert_eq!(jane.groups_of(&contact), ["Tagged", "Two"]);
    let (code, text) = jane.error(leave(&one));
    assert_eq!((&*code, &*text), ("ErrorInvalidImContactId", "The specified Im Contact Id is invalid."));
    jane.call(leave(&two));
    assert!(jane.contacts().is_empty(), "Tagged alone does not keep it");
    assert_eq!(jane.error(leave(&two)).0, "ErrorInvalidImContactId");
    jane.call(RemoveImGroup::new(two.clone()));
    assert_eq!(jane.error(leave(&two)).0, "ErrorInvalidImGroupId");
    // Tagged itself, as one of two and as the only one.
    let contact = jane.contact("b@example.org", Some(&one));
    jane.join(&contact, &tagged);
    jane.call(RemoveImContactFromGroup::new(contact.clone(), tagged.clone()));
    assert_eq!(jane.groups_of(&contact), ["One"]);
    let contact = jane.contact("c@example.org", Some(&tagged));
    jane.call(RemoveImContactFromGroup::new(contact.clone(), tagged.clone()));
    assert!(!jane.contacts().contains(&contact));
}

/// UCS O8: what a real client sends to move a contact: an addition, then a removal, from OtherContacts too.
#[test]
fn a_contact_is_moved() {
    let site = Site::new();
    let jane = site.jane();
    let (others, one, two) = (jane.special("OtherContacts"), jane.group("One"), jane.group("Two"));
    let contact = jane.contact("a@example.org", None);
    for (from, to, name) in [(&others, &one, "One"), (&one, &two, "Two")] {
        jane.join(&contact, to);
        jane.call(RemoveImContactFromGroup::new(contact.clone(), from.clone()));
        assert_eq!(jane.groups_of(&contact), [name]);
    }
    jane.join(&contact, &others);
    jane.call(RemoveImContactFromGroup::new(contact.clone(), two));
    assert_eq!(jane.groups_of(&contact), ["Other Contacts"]);
    // Not where it is in no other group.
    let alone = jane.contact("b@example.org", None);
    jane.call(RemoveImContactFromGroup::new(alone, others));
    assert_eq!(jane.contacts(), [contact]);
}

/// UCS O9.
#[test]
fn a_contact_is_removed() {
    let site = Site::new();
    let jane = site.jane();
    let (one, two) = (jane.group("One"), jane.group("Two"));
    let contact = jane.contact("a@example.org", Some(&one));
    jane.join(&contact, &two);
    jane.join(&contact, &jane.special("Tagged"));
    jane.call(RemoveContactFromImList::new(contact.clone()));
    assert!(jane.contacts().is_empty() && jane.groups_of(&contact).is_empty());
    let (code, text) = jane.error(RemoveContactFromImList::new(contact));
    assert_eq!((&*code, &*text), ("ErrorItemNotFound", "The specified object was not found in the store."));
}
