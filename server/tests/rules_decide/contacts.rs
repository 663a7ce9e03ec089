//! Contacts and their memberships.

use ucs::contacts::{
    CONTACT_LIMIT, Command, ContactKind, GroupKind, ItemId, NewContact, Refusal, TEXT_LIMIT,
};

use crate::Mailbox;

/// UCS G5, UCS O5: whoever joins a group leaves OtherContacts, but for Tagged; and is not seen there before it has left
/// the other groups.
#[test]
fn other_contacts_is_for_contacts_in_no_other_group() {
    let mut mailbox = Mailbox::open();
    let others = mailbox.special(GroupKind::OtherContacts);
    let (tagged, favorites) = (mailbox.special(GroupKind::Tagged), mailbox.special(GroupKind::Favorites));
    let contact = mailbox.contact("a@b", None);
    assert_eq!(mailbox.groups_of(contact), Some(vec![others]));
    mailbox.join(contact, tagged);
    assert_eq!(mailbox.groups_of(contact), Some(vec![others, tagged]));
    let again = mailbox.join(contact, favorites);
    assert_eq!(mailbox.groups_of(contact), Some(vec![tagged, favorites]));
    assert!(mailbox.idle(again));
    for group in [None, Some(others)] {
        mailbox.run(Command::AddContactToGroup { contact, group }).unwrap();
        assert_eq!(mailbox.shown_in(contact), [tagged, favorites]);
    }
    // Another group ends that.
    let friends = mailbox.group("Friends");
    mailbox.join(contact, friends);
    assert_eq!(mailbox.groups_of(contact), Some(vec![tagged, favorites, friends]));
    // One that is only tagged belongs to no other group.
    let only_tagged = mailbox.contact("c@d", Some(tagged));
    assert_eq!(mailbox.groups_of(only_tagged), Some(vec![tagged]));
    mailbox.run(Command::AddContactToGroup { contact: only_tagged, group: None }).unwrap();
    assert_eq!(mailbox.groups_of(only_tagged), Some(vec![others, tagged]));
}

/// UCS P1, UCS O3, UCS O4: 1000 contacts of both kinds together; who is there already is still found at the limit.
#[test]
fn the_limit_of_contacts() {
    let mut mailbox = Mailbox::open();
    for number in 0..CONTACT_LIMIT / 2 {
        mailbox.contact(&format!("c{number}@example.org"), None);
        mailbox.try_contact(ContactKind::Tel, &format!("tel:+1{number}"), None).unwrap();
    }
    assert_eq!((CONTACT_LIMIT, mailbox.0.contacts().len()), (1000, 1000));
    for kind in [ContactKind::Im, ContactKind::Tel] {
        assert_eq!(mailbox.try_contact(kind, "new@example.org", None), Err(Refusal::ContactLimit));
    }
    assert_eq!(mailbox.try_contact(ContactKind::Tel, "+17", None).unwrap().address, "tel:+17");
    let known = mailbox.contact("sip:C7@example.org", None);
    mailbox.run(Command::RemoveContact { contact: known }).unwrap();
    mailbox.contact("new@example.org", None);
    assert_eq!(mailbox.0.contacts().len(), 1000);
}

/// UCS P2: the schemes and the case of an address make no other contact; its kind does.
#[test]
fn contacts_are_known_by_their_address() {
    let mut mailbox = Mailbox::open();
    let contact = mailbox.try_contact(ContactKind::Im, "sip:Jane@example.org", None).unwrap();
    for same in ["jane@example.org", "SIP:JANE@EXAMPLE.ORG", "sip:jane@example.org"] {
        assert_eq!(mailbox.try_contact(ContactKind::Im, same, None).unwrap(), contact);
    }
    assert_eq!(contact.address, "sip:Jane@example.org");
    let tel = mailbox.try_contact(ContactKind::Tel, "TEL:+15551", None).unwrap();
    assert_eq!(mailbox.try_contact(ContactKind::Tel, "+15551", None).unwrap(), tel);
    assert_ne!(mailbox.try_contact(ContactKind::Im, "+15551", None).unwrap().id, tel.id);
}

/// UCS O3, UCS O4: a contact that is there stays in its groups, and its name stays; the group must be there even so.
#[test]
fn adding_a_known_contact_changes_nothing() {
    let mut mailbox = Mailbox::open();
    let group = mailbox.group("Friends");
    for kind in [ContactKind::Im, ContactKind::Tel] {
        let known = mailbox.try_contact(kind, "a@b", None).unwrap();
        let new = |group| {
            let display_name = Some("Another name".to_owned());
            Command::AddNewContact(NewContact {
                kind,
                address: "A@B".to_owned(),
                display_name,
                sip_address: None,
                group,
            })
        };
        assert!(mailbox.idle(new(Some(group))));
        assert_eq!(mailbox.groups_of(known.id), Some(known.groups.clone()));
        assert!(mailbox.refuses(new(Some(ItemId(1))), Refusal::NotFound));
    }
}

/// UCS O5: what is refused, and why.
#[test]
fn only_what_is_there_can_be_joined() {
    let mut mailbox = Mailbox::open();
    let (contact, group) = (mailbox.contact("a@b", None), mailbox.group("Friends"));
    let add = |contact, group| Command::AddContactToGroup { contact, group };
    assert!(mailbox.refuses(add(ItemId(1), Some(group)), Refusal::InvalidContact));
    assert!(mailbox.refuses(add(ItemId(1), None), Refusal::InvalidContact));
    assert!(mailbox.refuses(add(contact, Some(ItemId(1))), Refusal::InvalidGroup));
    // A group is no contact, and a contact no group.
    assert!(mailbox.refuses(add(group, Some(group)), Refusal::InvalidContact));
    assert!(mailbox.refuses(add(contact, Some(contact)), Refusal::InvalidGroup));
}

/// UCS O8: a contact is deleted with its only group, Tagged not counted; Tagged itself is left like any other.
#[test]
fn leaving_the_last_group_deletes() {
    let mut mailbox = Mailbox::open();
    let others = mailbox.special(GroupKind::OtherContacts);
    let tagged = mailbox.special(GroupKind::Tagged);
    let (one, two) = (mailbox.group("One"), mailbox.group("Two"));
    let contact = mailbox.contact("a@b", Some(one));
    mailbox.join(contact, two);
    mailbox.join(contact, tagged);
    mailbox.leave(contact, one);
    assert_eq!(mailbox.groups_of(contact), Some(vec![tagged, two]));
    mailbox.leave(contact, two);
    assert_eq!(mailbox.groups_of(contact), None, "Tagged alone does not keep it");
    // Out of Tagged: it stays where else it is.
    let contact = mailbox.contact("a@b", None);
    mailbox.join(contact, tagged);
    mailbox.leave(contact, tagged);
    assert_eq!(mailbox.groups_of(contact), Some(vec![others]));
    mailbox.leave(contact, others);
    assert_eq!(mailbox.groups_of(contact), None);
    // Tagged was its only one.
    let contact = mailbox.contact("a@b", Some(tagged));
    mailbox.leave(contact, tagged);
    assert_eq!(mailbox.groups_of(contact), None);
}

/// UCS O8: a client moves by adding, then removing: out of OtherContacts too, which the adding emptied already.
#[test]
fn a_move_is_an_addition_and_a_removal() {
    let mut mailbox = Mailbox::open();
    let others = mailbox.special(GroupKind::OtherContacts);
    let (old, new) = (mailbox.group("Old"), mailbox.group("New"));
    let contact = mailbox.contact("a@b", None);
    mailbox.join(contact, old);
    assert!(mailbox.idle(Command::RemoveContactFromGroup { contact, group: others }));
    mailbox.join(contact, new);
    mailbox.leave(contact, old);
    assert_eq!(mailbox.groups_of(contact), Some(vec![new]));
    let leave = |contact, group| Command::RemoveContactFromGroup { contact, group };
    assert!(mailbox.refuses(leave(contact, old), Refusal::InvalidContact));
    assert!(mailbox.refuses(leave(ItemId(1), new), Refusal::InvalidContact));
    assert!(mailbox.refuses(leave(ItemId(1), others), Refusal::InvalidContact));
    assert!(mailbox.refuses(leave(contact, ItemId(1)), Refusal::InvalidGroup));
}

/// UCS O8, UCS O10, UCS G5: a move into OtherContacts, by leaving the group or by its removal, does not delete.
#[test]
fn a_move_into_other_contacts_keeps_the_contact() {
    let mut mailbox = Mailbox::open();
    let others = mailbox.special(GroupKind::OtherContacts);
    let (one, two) = (mailbox.group("One"), mailbox.group("Two"));
    let contact = mailbox.contact("a@b", Some(one));
    mailbox.join(contact, two);
    mailbox.join(contact, others);
    assert_eq!(mailbox.shown_in(contact), [one, two]);
    mailbox.leave(contact, one);
    assert_eq!(mailbox.shown_in(contact), [two]);
    mailbox.run(Command::RemoveGroup { group: two }).unwrap();
    assert_eq!(mailbox.shown_in(contact), [others]);
    // Whoever takes it back is deleted with the last group, as ever.
    let contact = mailbox.contact("c@d", Some(one));
    mailbox.join(contact, others);
    mailbox.leave(contact, others);
    assert_eq!(mailbox.groups_of(contact), Some(vec![one]));
    mailbox.leave(contact, one);
    assert_eq!(mailbox.groups_of(contact), None);
}

/// UCS O9.
#[test]
fn a_contact_is_removed_from_all_groups() {
    let mut mailbox = Mailbox::open();
    let (one, two) = (mailbox.group("One"), mailbox.group("Two"));
    let contact = mailbox.contact("a@b", Some(one));
    mailbox.join(contact, two);
    mailbox.run(Command::RemoveContact { contact }).unwrap();
    assert!(mailbox.0.contacts().is_empty());
    assert!(mailbox.refuses(Command::RemoveContact { contact }, Refusal::NotFound));
    assert!(mailbox.refuses(Command::RemoveContact { contact: one }, Refusal::NotFound));
}

/// UCS O3, UCS O4: an address that is none, or too long to be kept, makes no contact; one of the greatest length does.
#[test]
fn addresses_have_a_length() {
    let mut mailbox = Mailbox::open();
    for address in ["sip:", " tel: ", "", &"ä".repeat(TEXT_LIMIT + 1)] {
        for kind in [ContactKind::Im, ContactKind::Tel] {
            assert_eq!(mailbox.try_contact(kind, address, None), Err(Refusal::InvalidText), "{address}");
        }
    }
    mailbox.contact(&"ä".repeat(TEXT_LIMIT), None);
    assert_eq!(mailbox.0.contacts().len(), 1);
}
