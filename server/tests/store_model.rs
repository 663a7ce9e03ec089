//! Random sequences of all operations: the rules on a store against the model.
//!
//! `UCS_MODEL_SEED=n cargo test -p ucs --test store_model` runs one sequence alone, `UCS_MODEL_SEQUENCES=n` that many.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod model;
mod stores;

use std::collections::{BTreeMap, HashMap};

use fastrand::Rng;
use model::{Answer, Kind, Model, Told};
use ucs::accounts::MailboxId;
use ucs::contacts::{Command, ContactKind, Culture, GroupKind, ItemId, List, NewContact, Outcome};
use ucs::store::{Lists, MemoryLists};

/// A store and the model beside it.
struct Pair<L> {
    lists: L,
    mailbox: MailboxId,
    model: Model,
    /// Number in the model to id in the store.
    ids: HashMap<usize, ItemId>,
}

impl<L: Lists> Pair<L> {
    async fn new(lists: L, mailbox: MailboxId) -> Pair<L> {
        let pair = Pair { lists, mailbox, model: Model::new(), ids: HashMap::new() };
        pair.lists.write(mailbox, Command::Open, Culture::default()).await.unwrap().unwrap();
        let list = pair.lists.read(mailbox).await.unwrap();
        let numbers = pair.model.groups.iter().map(|group| group.number);
        let ids = numbers.zip(list.groups().map(|group| group.id)).collect();
        Pair { ids, ..pair }
    }

    /// The id of something in the model; one that there is not when it is gone, or never was.
    fn id(&self, number: usize) -> ItemId {
        self.ids.get(&number).copied().unwrap_or(ItemId(1))
    }

    /// Does the same on both sides and compares.
    async fn both(&mut self, command: Command, expected: Answer) {
        let shown = format!("{command:?}");
        let told = self.lists.write(self.mailbox, command, Culture::default()).await.unwrap();
        match (&told, &expected) {
            (Ok(Outcome::Done), Ok(Told::Done)) => {}
            (Ok(Outcome::Group(group)), Ok(Told::Group(number))) => self.same_id(*number, group.id),
            (Ok(Outcome::Contact(contact)), Ok(Told::Contact(number))) => self.same_id(*number, contact.id),
            (Err(told), Err(expected)) if told == expected => {}
            _ => panic!("{shown}: the store says {told:?}, the model {expected:?}"),
        }
    }

    /// UCS K4: an id is given once.
    fn same_id(&mut self, number: usize, id: ItemId) {
        if let Some(known) = self.ids.get(&number) {
            assert_eq!(*known, id, "an id changed");
            return;
        }
        assert!(!self.ids.values().any(|known| *known == id), "an id was given twice");
        self.ids.insert(number, id);
    }

    /// One operation, chosen at random.
    async fn step(&mut self, rng: &mut Rng) {
        let name = ["Friends", "friends", "Work", "TAGGED", "Family", "Chess", "x"][rng.usize(..7)];
        let address =
            ["sip:a@x.org", "A@x.org", "b@x.org", "tel:+15", "+15", "SIP:c@x.org", "d"][rng.usize(..7)];
        let smtp = ["all@x.org", "ALL@x.org", "team@x.org"][rng.usize(..3)];
        let group = self.pick(rng, true);
        let contact = self.pick(rng, false);
        let (group_id, contact_id) = (self.id(group), self.id(contact));
        let some_group = rng.bool().then_some(group);
        let some_id = some_group.map(|group| self.id(group));
        let named = rng.bool().then(|| name.to_owned());
        let (command, expected) = match rng.u8(..14) {
            0 => (Command::AddGroup { name: name.to_owned() }, self.model.add_group(name)),
            1 => {
                let listed = rng.bool();
                let (smtp_address, named) = (smtp.to_owned(), name.to_owned());
                let command = Command::AddDistributionGroup { smtp_address, name: named, listed };
                (command, self.model.add_distribution(smtp, name, listed))
            }
            kind @ 2..=5 => {
                let tel = kind == 5;
                let command = Command::AddNewContact(NewContact {
                    kind: if tel { ContactKind::Tel } else { ContactKind::Im },
                    address: address.to_owned(),
                    display_name: named.clone(),
                    sip_address: None,
                    group: some_id,
                });
                (command, self.model.add_new(tel, address, named.as_deref(), some_group))
            }
            6 | 7 => (
                Command::AddContactToGroup { contact: contact_id, group: some_id },
                self.model.join(contact, some_group),
            ),
            8 | 9 => (
                Command::RemoveContactFromGroup { contact: contact_id, group: group_id },
                self.model.leave(contact, group),
            ),
            10 => (Command::RemoveContact { contact: contact_id }, self.model.remove_contact(contact)),
            11 => (Command::RemoveGroup { group: group_id }, self.model.remove_group(group)),
            12 => {
                (Command::RemoveDistributionGroup { group: group_id }, self.model.remove_distribution(group))
            }
            _ if rng.bool() => (
                Command::RenameGroup { group: group_id, name: name.to_owned() },
                self.model.rename(group, name),
            ),
            _ => {
                self.model.migrated = rng.bool();
                (Command::SetMigrated { completed: self.model.migrated }, Ok(Told::Done))
            }
        };
        self.both(command, expected).await;
    }

    /// A group or a contact: mostly one that there is, sometimes one that there was, or the wrong kind.
    fn pick(&self, rng: &mut Rng, group: bool) -> usize {
        let there: Vec<usize> = match (rng.u8(..8), group) {
            (0, _) => {
                self.ids.keys().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect()
            }
            (_, true) => self.model.groups.iter().map(|group| group.number).collect(),
            (_, false) => self.model.contacts.iter().map(|contact| contact.number).collect(),
        };
        if there.is_empty() { 0 } else { there[rng.usize(..there.len())] }
    }

    /// The list is what the model says: names, kinds, memberships, limits, order.
    async fn agree(&self) {
        let list = self.lists.read(self.mailbox).await.unwrap();
        let kind = |kind| match kind {
            Kind::OtherContacts => GroupKind::OtherContacts,
            Kind::Tagged => GroupKind::Tagged,
            Kind::Favorites => GroupKind::Favorites,
            Kind::User => GroupKind::UserGroup,
            Kind::Distribution => GroupKind::Distribution,
        };
        let groups: Vec<_> =
            list.groups().map(|g| (g.id, g.kind, &g.display_name, &g.smtp_address)).collect();
        let expected = self.model.groups.iter().map(|g| (self.id(g.number), kind(g.kind), &g.name, &g.smtp));
        let expected: Vec<_> = expected.collect();
        assert_eq!(groups, expected);
        assert_eq!(list.migrated(), self.model.migrated);
        let contacts: BTreeMap<ItemId, _> = list
            .contacts()
            .iter()
            .map(|c| (c.id, (c.kind == ContactKind::Tel, &c.address, &c.display_name)))
            .collect();
        let expected: BTreeMap<ItemId, _> =
            self.model.contacts.iter().map(|c| (self.id(c.number), (c.tel, &c.address, &c.name))).collect();
        assert_eq!(contacts, expected);
        for contact in &self.model.contacts {
            let mut groups: Vec<ItemId> = contact.groups.iter().map(|group| self.id(*group)).collect();
            groups.sort_unstable();
            assert_eq!(list.contact(self.id(contact.number)).unwrap().groups, groups);
        }
        never_broken(&list);
    }
}

/// What holds of every list at every moment.
fn never_broken(list: &List) {
    let others = list.special(GroupKind::OtherContacts).unwrap().id;
    let tagged = list.special(GroupKind::Tagged).unwrap().id;
    for contact in list.contacts().iter() {
        assert!(!contact.groups.is_empty(), "UCS O6: a contact in no group");
        assert!(contact.groups.iter().all(|group| list.group(*group).is_some()), "a group that there is not");
    }
    for contact in list.members(others) {
        let only_others = contact.groups.iter().all(|group| *group == others || *group == tagged);
        assert!(only_others, "UCS G5: {contact:?}");
    }
    assert!(list.contacts().len() <= 1000 && list.groups().count() <= 3 + 64, "UCS P1, G2");
}

/// One sequence: from an empty list, or from one that is nearly full.
async fn sequence<L: Lists>(lists: L, seed: u64, steps: usize) {
    let mut rng = Rng::with_seed(seed);
    let mut pair = Pair::new(lists, MailboxId([seed as u8; 16])).await;
    if seed % 400 == 7 {
        for at in 0..62 + rng.usize(..3) {
            let name = format!("Group {at}");
            let expected = pair.model.add_group(&name);
            pair.both(Command::AddGroup { name }, expected).await;
        }
        for at in 0..997 + rng.usize(..4) {
            let address = format!("c{at}@x.org");
            let expected = pair.model.add_new(false, &address, None, None);
            let new = NewContact {
                kind: ContactKind::Im,
                address,
                display_name: None,
                sip_address: None,
                group: None,
            };
            pair.both(Command::AddNewContact(new), expected).await;
        }
    }
    for _ in 0..steps {
        pair.step(&mut rng).await;
        pair.agree().await;
    }
}

fn seeds(count: u64) -> Vec<u64> {
    let number = |name| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    match number("UCS_MODEL_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("UCS_MODEL_SEQUENCES").unwrap_or(count)).collect(),
    }
}

/// Tells the seed of a sequence that fails.
async fn told<F: Future<Output = ()>>(seed: u64, sequence: F) {
    struct Tell(u64);
    impl Drop for Tell {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("sequence {seed} failed: UCS_MODEL_SEED={seed} repeats it", seed = self.0);
            }
        }
    }
    let _tell = Tell(seed);
    sequence.await;
}

/// UCS O1 to O13, G1, G2, G3, G5, P1, P2, K4: the rules do what the model does.
#[tokio::test]
async fn the_rules_agree_with_the_model() {
    for seed in seeds(4000) {
        told(seed, sequence(MemoryLists::with_clock(stores::still_clock()), seed, 40)).await;
    }
}

/// The same on SQLite, with the list read back from the file now and then.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn sqlite_agrees_with_the_model() {
    for seed in seeds(150) {
        let file = stores::SqliteFile::new();
        told(seed, sequence(file.lists_without_memory(), seed, 40)).await;
    }
}
