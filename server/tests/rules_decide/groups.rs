//! Groups: the special ones, limits, names, removal.

use std::collections::BTreeSet;
use std::sync::Arc;

use ucs::contacts::{Command, GROUP_LIMIT, Group, GroupKind, ItemId, List, Refusal, TEXT_LIMIT};

use crate::Mailbox;

/// UCS G1: the three special groups are there from the first use, whatever it is, and come first in their order.
#[test]
fn the_first_command_opens_the_mailbox() {
    let first = [
        Command::Open,
        Command::AddGroup { name: "A".to_owned() },
        Command::SetMigrated { completed: false },
        Command::AddDistributionGroup { smtp_address: "a@b".to_owned(), name: "A".to_owned(), listed: true },
    ];
    for command in first {
        let mut mailbox = Mailbox::default();
        assert!(!mailbox.0.is_open());
        mailbox.run(command.clone()).unwrap();
        let kinds: Vec<GroupKind> = mailbox.0.groups().map(|group| group.kind).take(3).collect();
        assert_eq!(kinds, [GroupKind::OtherContacts, GroupKind::Tagged, GroupKind::Favorites], "{command:?}");
        assert!(mailbox.idle(Command::Open));
    }
}

/// UCS G1: what was opened in whatever order of ids is listed in the order of the requirement, all others by age.
#[test]
fn special_groups_come_first_whatever_their_age() {
    let group = |id, kind| {
        Arc::new(Group { id: ItemId(id), kind, display_name: format!("{id}"), smtp_address: None })
    };
    let kinds = [
        GroupKind::Distribution,
        GroupKind::Favorites,
        GroupKind::UserGroup,
        GroupKind::Tagged,
        GroupKind::OtherContacts,
    ];
    let groups = kinds.into_iter().zip(1..).map(|(kind, id)| group(id, kind)).collect();
    let list = List::restored(1, 5, false, groups, Vec::new());
    assert_eq!(list.groups().map(|group| group.id.0).collect::<Vec<_>>(), [5, 4, 2, 1, 3]);
}

/// UCS G1, UCS O10 to O12: special groups can be neither renamed nor removed, by any operation.
#[test]
fn special_groups_stay() {
    let mut mailbox = Mailbox::open();
    for kind in [GroupKind::OtherContacts, GroupKind::Tagged, GroupKind::Favorites] {
        let group = mailbox.special(kind);
        for command in [
            Command::RenameGroup { group, name: "New".to_owned() },
            Command::RemoveGroup { group },
            Command::RemoveDistributionGroup { group },
        ] {
            assert!(mailbox.refuses(command, Refusal::InvalidGroup), "{kind:?}");
        }
    }
}

/// UCS G2: 64 groups, UserGroup and DG together; what is there already is still found at the limit.
#[test]
fn the_limit_of_groups_counts_both_kinds() {
    let mut mailbox = Mailbox::open();
    for number in 0..GROUP_LIMIT / 2 {
        mailbox.group(&format!("Group {number}"));
        mailbox.distribution(&format!("dg{number}@example.org"), true).unwrap();
    }
    assert_eq!(GROUP_LIMIT, 64);
    assert_eq!(mailbox.0.groups().count(), 67);
    assert!(mailbox.refuses(Command::AddGroup { name: "One more".to_owned() }, Refusal::GroupLimit));
    assert_eq!(mailbox.distribution("more@example.org", true), Err(Refusal::GroupLimit));
    assert!(mailbox.idle(Command::AddGroup { name: "GROUP 3".to_owned() }));
    mailbox.distribution("DG3@example.org", true).unwrap();
    assert_eq!(mailbox.0.groups().count(), 67);
    // Room for one, of either kind.
    let group = mailbox.group("Group 0");
    mailbox.run(Command::RemoveGroup { group }).unwrap();
    mailbox.distribution("more@example.org", true).unwrap();
    assert_eq!(mailbox.try_group("One more"), Err(Refusal::GroupLimit));
}

/// UCS G3, UCS O1: case and composition make no other name, and the first spelling stays.
#[test]
fn names_are_compared_folded_and_kept_as_given() {
    let mut mailbox = Mailbox::open();
    let id = mailbox.group("Cafe\u{301}");
    assert!(mailbox.idle(Command::AddGroup { name: "CAF\u{c9}".to_owned() }));
    assert_eq!(mailbox.group("caf\u{e9}"), id);
    assert_eq!(mailbox.0.group(id).unwrap().display_name, "Cafe\u{301}");
    assert_ne!(mailbox.group("Cafe"), id);
}

/// UCS O2: the same address again, in any case, is the same group, also when the directory no longer has it.
#[test]
fn distribution_groups_are_known_by_their_address() {
    let mut mailbox = Mailbox::open();
    assert_eq!(mailbox.distribution("Sales@example.org", false), Err(Refusal::InvalidDistributionGroup));
    let made = mailbox.distribution("Sales@example.org", true).unwrap();
    assert_eq!(made.smtp_address.as_deref(), Some("Sales@example.org"));
    assert_eq!((made.kind, &*made.display_name), (GroupKind::Distribution, "DG Sales@example.org"));
    for listed in [true, false] {
        assert_eq!(mailbox.distribution("sALES@EXAMPLE.org", listed).unwrap(), made);
    }
    assert_eq!(mailbox.0.groups().count(), 4);
}

/// UCS O10, UCS O11: the contacts that were only there go with a group, Tagged not counted; the others leave it.
#[test]
fn a_group_takes_its_own_contacts_with_it() {
    let mut mailbox = Mailbox::open();
    let tagged = mailbox.special(GroupKind::Tagged);
    for distribution in [false, true] {
        let group = match distribution {
            true => mailbox.distribution("dg@example.org", true).unwrap().id,
            false => mailbox.group("Doomed"),
        };
        let other = mailbox.group("Other");
        let only = mailbox.contact("only@b", Some(group));
        let tagged_too = mailbox.contact("tagged@b", Some(group));
        mailbox.join(tagged_too, tagged);
        let both = mailbox.contact("both@b", Some(group));
        mailbox.join(both, other);
        let (right, wrong) = (Command::RemoveGroup { group }, Command::RemoveDistributionGroup { group });
        let (right, wrong) = if distribution { (wrong, right) } else { (right, wrong) };
        assert!(mailbox.refuses(wrong, Refusal::InvalidGroup));
        mailbox.run(right.clone()).unwrap();
        assert_eq!(mailbox.groups_of(only), None);
        assert_eq!(mailbox.groups_of(tagged_too), None);
        assert_eq!(mailbox.groups_of(both), Some(vec![other]));
        assert!(mailbox.0.group(group).is_none());
        let gone = if distribution { Refusal::NotFound } else { Refusal::InvalidGroup };
        assert!(mailbox.refuses(right, gone));
        mailbox.run(Command::RemoveContact { contact: both }).unwrap();
    }
}

/// UCS O12, UCS K4: another spelling of the own name is no name of another group; the id stays.
#[test]
fn a_group_is_renamed() {
    let mut mailbox = Mailbox::open();
    let group = mailbox.group("Friends");
    mailbox.group("Family");
    let rename = |group, name: &str| Command::RenameGroup { group, name: name.to_owned() };
    mailbox.run(rename(group, "FRIENDS")).unwrap();
    assert_eq!(mailbox.0.group(group).unwrap().display_name, "FRIENDS");
    assert!(mailbox.idle(rename(group, "FRIENDS")));
    assert!(mailbox.refuses(rename(group, "fAMILY"), Refusal::NameTaken));
    assert!(mailbox.refuses(rename(group, "favorites"), Refusal::NameTaken));
    assert!(mailbox.refuses(rename(ItemId(1), "New"), Refusal::InvalidGroup));
    let dg = mailbox.distribution("dg@example.org", true).unwrap().id;
    assert!(mailbox.refuses(rename(dg, "family"), Refusal::NameTaken));
    mailbox.run(rename(dg, "Sales")).unwrap();
    assert_eq!(mailbox.0.group(dg).unwrap().smtp_address.as_deref(), Some("dg@example.org"));
}

/// UCS O13.
#[test]
fn migration_is_a_flag() {
    let mut mailbox = Mailbox::open();
    assert!(!mailbox.0.migrated());
    assert!(mailbox.idle(Command::SetMigrated { completed: false }));
    mailbox.run(Command::SetMigrated { completed: true }).unwrap();
    assert!(mailbox.0.migrated());
    assert!(mailbox.idle(Command::SetMigrated { completed: true }));
    mailbox.run(Command::SetMigrated { completed: false }).unwrap();
    assert!(!mailbox.0.migrated());
}

/// UCS K4: an id is not given again, though the clock stands still and what had it is gone.
#[test]
fn ids_are_not_reused() {
    let mut mailbox = Mailbox::open();
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        let (contact, group) = (mailbox.contact("a@b", None), mailbox.group("G"));
        assert!(seen.insert(contact) && seen.insert(group));
        mailbox.run(Command::RemoveContact { contact }).unwrap();
        mailbox.run(Command::RemoveGroup { group }).unwrap();
    }
    // Nor when the list is read from where it was kept.
    let list = &mailbox.0;
    let kept = List::restored(
        list.version(),
        list.last_item(),
        list.migrated(),
        list.groups().cloned().collect(),
        Vec::new(),
    );
    assert!(seen.insert(Mailbox(kept).group("H")));
}

/// UCS O2: white space is no address.
#[test]
fn a_distribution_group_has_an_address() {
    let mut mailbox = Mailbox::open();
    assert_eq!(mailbox.distribution(" \n", true), Err(Refusal::InvalidText));
    assert_eq!(mailbox.0.groups().count(), 3);
}

/// UCS O1, UCS O2, UCS O12: a name that is empty or too long to be kept; one of the greatest length is kept.
#[test]
fn names_have_a_length() {
    let mut mailbox = Mailbox::open();
    let group = mailbox.group("Friends");
    for name in [String::new(), "ä".repeat(TEXT_LIMIT + 1)] {
        let address = || "dg@example.org".to_owned();
        for command in [
            Command::AddGroup { name: name.clone() },
            Command::AddDistributionGroup { smtp_address: address(), name: name.clone(), listed: true },
            Command::AddDistributionGroup { smtp_address: name.clone(), name: address(), listed: true },
            Command::RenameGroup { group, name: name.clone() },
        ] {
            assert!(mailbox.refuses(command, Refusal::InvalidText), "{}", name.len());
        }
    }
    mailbox.run(Command::RenameGroup { group, name: "ä".repeat(TEXT_LIMIT) }).unwrap();
    assert_eq!(mailbox.0.group(group).unwrap().display_name.chars().count(), TEXT_LIMIT);
}

/// UCS O1, UCS O2, UCS O12: a name of blanks is none; blanks around one are kept.
#[test]
fn names_are_not_blank() {
    let mut mailbox = Mailbox::open();
    let group = mailbox.group("Friends");
    for name in [" ", " \t\n ", "\u{a0}\u{3000}"] {
        let name = name.to_owned();
        let smtp_address = "dg@example.org".to_owned();
        for command in [
            Command::AddGroup { name: name.clone() },
            Command::AddDistributionGroup { smtp_address, name: name.clone(), listed: true },
            Command::RenameGroup { group, name: name.clone() },
        ] {
            assert!(mailbox.refuses(command, Refusal::InvalidText), "{name:?}");
        }
    }
    mailbox.run(Command::RenameGroup { group, name: " Friends ".to_owned() }).unwrap();
    assert_eq!(mailbox.0.group(group).unwrap().display_name, " Friends ");
}

/// UCS O1, UCS G1: the name of a special group is taken by it; no second group gets it.
#[test]
fn special_names_find_special_groups() {
    let mut mailbox = Mailbox::open();
    assert_eq!(mailbox.group("FAVORITES"), mailbox.special(GroupKind::Favorites));
    assert_eq!(mailbox.0.groups().count(), 3);
}
