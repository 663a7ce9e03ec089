//! What holds of a list whatever was done to it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use ucs::contacts::{
    Change, Command, ContactKind, Culture, GroupKind, ItemId, List, Moment, NewContact, Outcome, decide,
    fold_address, fold_name,
};

/// A command in which items are named by their place in the list, so that most of them exist.
#[derive(Clone, Debug)]
enum Step {
    Group(u8),
    Distribution(u8),
    New(u8, bool, Option<u8>),
    Join(u8, Option<u8>),
    Leave(u8, u8),
    Remove(u8),
    RemoveGroup(u8),
    RemoveDistribution(u8),
    Rename(u8, u8),
    Migrated(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let (item, name) = (0..12_u8, 0..9_u8);
    prop_oneof![
        3 => name.clone().prop_map(Step::Group),
        1 => name.clone().prop_map(Step::Distribution),
        4 => (name.clone(), any::<bool>(), proptest::option::of(item.clone()))
            .prop_map(|(name, tel, group)| Step::New(name, tel, group)),
        6 => (item.clone(), proptest::option::of(item.clone())).prop_map(|(c, g)| Step::Join(c, g)),
        6 => (item.clone(), item.clone()).prop_map(|(c, g)| Step::Leave(c, g)),
        1 => item.clone().prop_map(Step::Remove),
        1 => item.clone().prop_map(Step::RemoveGroup),
        1 => item.clone().prop_map(Step::RemoveDistribution),
        1 => (item, name).prop_map(|(group, name)| Step::Rename(group, name)),
        1 => any::<bool>().prop_map(Step::Migrated),
    ]
}

impl Step {
    fn command(&self, list: &List) -> Command {
        let contact =
            |at: u8| list.contacts().iter().nth(usize::from(at)).map_or(ItemId(1), |contact| contact.id);
        let group = |at: u8| list.groups().nth(usize::from(at)).map_or(ItemId(2), |group| group.id);
        // Names that differ by case alone, and one of a special group.
        let name = |name: u8| match name {
            8 => "TAGGED".to_owned(),
            _ if name.is_multiple_of(2) => format!("name{}", name / 2),
            _ => format!("NAME{}", name / 2),
        };
        match *self {
            Step::Group(number) => Command::AddGroup { name: name(number) },
            Step::Distribution(number) => {
                Command::AddDistributionGroup { smtp_address: name(number), name: name(number), listed: true }
            }
            Step::New(number, tel, to) => Command::AddNewContact(NewContact {
                kind: if tel { ContactKind::Tel } else { ContactKind::Im },
                address: name(number),
                display_name: None,
                sip_address: None,
                group: to.map(group),
            }),
            Step::Join(who, to) => Command::AddContactToGroup { contact: contact(who), group: to.map(group) },
            Step::Leave(who, from) => {
                Command::RemoveContactFromGroup { contact: contact(who), group: group(from) }
            }
            Step::Remove(who) => Command::RemoveContact { contact: contact(who) },
            Step::RemoveGroup(which) => Command::RemoveGroup { group: group(which) },
            Step::RemoveDistribution(which) => Command::RemoveDistributionGroup { group: group(which) },
            Step::Rename(which, number) => Command::RenameGroup { group: group(which), name: name(number) },
            Step::Migrated(completed) => Command::SetMigrated { completed },
        }
    }
}

/// What is true of every list.
fn check(list: &List) -> Result<(), TestCaseError> {
    let kinds: Vec<GroupKind> = list.groups().map(|group| group.kind).collect();
    prop_assert_eq!(&kinds[..3], &[GroupKind::OtherContacts, GroupKind::Tagged, GroupKind::Favorites][..]);
    prop_assert!(kinds[3..].iter().all(|kind| !kind.is_special()));
    let user = list.groups().filter(|group| group.kind == GroupKind::UserGroup);
    let names: Vec<String> = user.map(|group| fold_name(&group.display_name)).collect();
    prop_assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "names of user groups");
    let tagged = list.special(GroupKind::Tagged).map(|group| group.id);
    let others = list.special(GroupKind::OtherContacts).map(|group| group.id);
    let mut known = BTreeSet::new();
    for contact in list.contacts().iter() {
        prop_assert!(!contact.groups.is_empty(), "in no group: {:?}", contact);
        prop_assert!(contact.groups.is_sorted_by(|a, b| a < b));
        prop_assert!(contact.groups.iter().all(|id| list.group(*id).is_some()), "{:?}", contact);
        let shown = |id: &&ItemId| list.members(**id).any(|member| member.id == contact.id);
        let counted: Vec<ItemId> =
            contact.groups.iter().filter(shown).copied().filter(|id| Some(*id) != tagged).collect();
        prop_assert!(!others.is_some_and(|id| counted.contains(&id)) || counted.len() == 1, "{:?}", contact);
        prop_assert!(known.insert((contact.kind, fold_address(&contact.address))), "twice: {:?}", contact);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// UCS G1, UCS G3, UCS G5, UCS P2, UCS K4: after any commands.
    #[test]
    fn lists_stay_in_order(steps in proptest::collection::vec(step(), 1..80)) {
        let mut list = List::default();
        let mut given = BTreeSet::new();
        for step in steps {
            let command = step.command(&list);
            let before = list.clone();
            let moment = Moment { now: 1_700_000_000_000_000, culture: Culture::default() };
            let Ok(decision) = decide(&list, &command, moment) else { continue };
            list.apply(&decision.changes);
            check(&list)?;
            prop_assert_eq!(list.version(), before.version() + u64::from(!decision.changes.is_empty()));
            // What is told is what is kept.
            match &decision.outcome {
                Outcome::Group(group) => prop_assert_eq!(list.group(group.id), Some(group)),
                Outcome::Contact(contact) => prop_assert_eq!(list.contact(contact.id), Some(contact)),
                Outcome::Done => {}
            }
            for change in &decision.changes {
                let id = match change {
                    Change::PutGroup(group) => group.id,
                    Change::PutContact(contact) => contact.id,
                    _ => continue,
                };
                if before.group(id).is_none() && before.contact(id).is_none() {
                    prop_assert!(given.insert(id), "given again: {:?}", id);
                }
            }
            // Kept and read again, it is the same.
            let (groups, contacts) = (list.groups().cloned().collect(), list.contacts().iter().cloned().collect());
            let restored =
                List::restored(list.version(), list.last_item(), list.migrated(), groups, contacts);
            prop_assert_eq!(&restored, &list);
        }
    }
}
