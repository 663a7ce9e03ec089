//! What every store does: one suite, run on each.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod stores;

use std::sync::Arc;

use ucs::accounts::MailboxId;
use ucs::contacts::{Command, ContactKind, Culture, GroupKind, ItemId, List, NewContact, Outcome, Refusal};
use ucs::store::{Lists, MemoryLists, StoreError};

const ONE: MailboxId = MailboxId([1; 16]);
const OTHER: MailboxId = MailboxId([2; 16]);

fn group(name: &str) -> Command {
    Command::AddGroup { name: name.to_owned() }
}

fn contact(address: &str, group: Option<ItemId>) -> Command {
    let (kind, address) = (ContactKind::Im, address.to_owned());
    Command::AddNewContact(NewContact { kind, address, display_name: None, sip_address: None, group })
}

async fn write<L: Lists>(lists: &L, mailbox: MailboxId, command: Command) -> Result<Outcome, Refusal> {
    lists.write(mailbox, command, Culture::default()).await.unwrap()
}

async fn group_id<L: Lists>(lists: &L, mailbox: MailboxId, name: &str) -> ItemId {
    match write(lists, mailbox, group(name)).await.unwrap() {
        Outcome::Group(group) => group.id,
        other => panic!("{other:?}"),
    }
}

/// A mailbox that was never used has an empty list; the first command opens it (UCS G1, I4).
async fn the_first_command_opens<L: Lists>(lists: L) {
    assert!(!lists.read(ONE).await.unwrap().is_open());
    lists.write(ONE, Command::Open, Culture::of(Some("de"))).await.unwrap().unwrap();
    let list = lists.read(ONE).await.unwrap();
    let names: Vec<&str> = list.groups().map(|group| group.display_name.as_str()).collect();
    assert_eq!(names, ["Andere Kontakte", "Markiert", "Favoriten"]);
    let before = list.clone();
    lists.write(ONE, Command::Open, Culture::of(Some("fr"))).await.unwrap().unwrap();
    assert_eq!(lists.read(ONE).await.unwrap(), before, "opened once");
    assert!(!lists.read(OTHER).await.unwrap().is_open(), "a mailbox for itself");
}

/// A command that is refused, or finds all as wished, changes nothing.
async fn refusals_change_nothing<L: Lists>(lists: L) {
    let id = group_id(&lists, ONE, "Friends").await;
    let before = lists.read(ONE).await.unwrap();
    assert_eq!(
        write(&lists, ONE, Command::RemoveGroup { group: ItemId(5) }).await,
        Err(Refusal::InvalidGroup)
    );
    assert_eq!(group_id(&lists, ONE, "FRIENDS").await, id);
    let after = lists.read(ONE).await.unwrap();
    assert_eq!(after, before);
    assert_eq!(after.version(), before.version());
}

/// What is written is read, by whoever reads next.
async fn writes_are_read<L: Lists>(lists: L) {
    let friends = group_id(&lists, ONE, "Friends").await;
    for at in 0..50 {
        write(&lists, ONE, contact(&format!("c{at}@x.org"), Some(friends))).await.unwrap();
        assert_eq!(lists.read(ONE).await.unwrap().contacts().len(), at + 1);
    }
    write(&lists, ONE, Command::RemoveGroup { group: friends }).await.unwrap();
    let list = lists.read(ONE).await.unwrap();
    assert!(list.contacts().is_empty() && list.group(friends).is_none());
}

/// Mailboxes are strangers: the same names, other ids' effects unseen.
async fn mailboxes_are_apart<L: Lists>(lists: L) {
    let friends = group_id(&lists, ONE, "Friends").await;
    write(&lists, ONE, contact("a@x.org", Some(friends))).await.unwrap();
    group_id(&lists, OTHER, "Work").await;
    let list = lists.read(OTHER).await.unwrap();
    assert!(list.contacts().is_empty() && list.group_named("Friends").is_none());
    assert_eq!(lists.read(ONE).await.unwrap().contacts().len(), 1);
}

/// Many at once on one mailbox: each command is decided on the list that the one before it left.
async fn concurrent_writers_do_not_lose_each_other<L: Lists>(lists: L) {
    let lists = Arc::new(lists);
    let tasks: Vec<_> = (0..200)
        .map(|at| {
            let lists = lists.clone();
            // Each address twice, each of ten groups twenty times.
            tokio::spawn(async move {
                let id = group_id(&lists, ONE, &format!("Group {}", at % 10)).await;
                write(&lists, ONE, contact(&format!("c{}@x.org", at / 2), Some(id))).await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let list = lists.read(ONE).await.unwrap();
    assert_eq!((list.contacts().len(), list.groups().count()), (100, 13));
}

/// UCS G2 and P1: at the limit exactly, whoever comes at once.
async fn limits_hold_under_concurrency<L: Lists>(lists: L) {
    let lists = Arc::new(lists);
    let of = |command: fn(usize) -> Command, count: usize| {
        let tasks: Vec<_> = (0..count)
            .map(|at| {
                let lists = lists.clone();
                tokio::spawn(async move { write(&lists, ONE, command(at)).await })
            })
            .collect();
        async move {
            let mut refused = 0;
            for task in tasks {
                refused += usize::from(task.await.unwrap().is_err());
            }
            refused
        }
    };
    assert_eq!(of(|at| group(&format!("Group {at}")), 70).await, 6);
    assert_eq!(of(|at| contact(&format!("c{at}@x.org"), None), 1010).await, 10);
    let list = lists.read(ONE).await.unwrap();
    assert_eq!((list.contacts().len(), list.groups().count()), (1000, 67));
}

macro_rules! suite {
    ($($test:ident),* $(,)?) => {
        mod memory {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(MemoryLists::with_clock(stores::still_clock())).await;
            })*
        }
        mod sqlite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let file = stores::SqliteFile::new();
                super::$test(file.lists()).await;
            })*
        }
        mod sqlite_without_memory {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let file = stores::SqliteFile::new();
                super::$test(file.lists_without_memory()).await;
            })*
        }
    };
}

suite!(
    the_first_command_opens,
    refusals_change_nothing,
    writes_are_read,
    mailboxes_are_apart,
    concurrent_writers_do_not_lose_each_other,
    limits_hold_under_concurrency,
);

/// A list is after a restart what it was before: ids, order, version, the highest id ever given (UCS K4).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_everything() {
    let file = stores::SqliteFile::new();
    let lists = file.lists();
    let friends = group_id(&lists, ONE, "Friends \u{1F600} & <Co>").await;
    write(&lists, ONE, contact("sip:A@x.org", Some(friends))).await.unwrap();
    let smtp_address = "all@x.org".to_owned();
    let team = Command::AddDistributionGroup { smtp_address, name: "Team".to_owned(), listed: true };
    write(&lists, ONE, team).await.unwrap();
    write(&lists, ONE, contact("gone@x.org", None)).await.unwrap();
    let gone = lists.read(ONE).await.unwrap().contact_known_by(ContactKind::Im, "gone@x.org").unwrap().id;
    write(&lists, ONE, Command::RemoveContact { contact: gone }).await.unwrap();
    write(&lists, ONE, Command::SetMigrated { completed: true }).await.unwrap();
    let before = lists.read(ONE).await.unwrap();
    drop(lists);
    let lists = file.lists();
    let after = lists.read(ONE).await.unwrap();
    assert_eq!(after, before);
    assert!(after.migrated() && after.last_item() == gone.0, "{after:?}");
    write(&lists, ONE, contact("new@x.org", None)).await.unwrap();
    let new = lists.read(ONE).await.unwrap().contact_known_by(ContactKind::Im, "new@x.org").unwrap().id;
    assert!(new > gone, "the clock stands still, and the id is new");
}

/// A row that was changed from outside is told, of its mailbox alone; nothing is answered or written on top of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_tells_damage() {
    for change in [
        "UPDATE contact SET address = 'evil@x.org'",
        "UPDATE contact SET groups = x'0102'",
        "UPDATE contact SET groups = zeroblob(8)",
        "UPDATE contact SET kind = 1",
        "UPDATE contact SET kind = 9",
        "UPDATE contact SET id = id + 1",
        "UPDATE contact SET sip_address = ''",
        "UPDATE list_group SET display_name = display_name || ' '",
        "UPDATE list_group SET kind = 4",
        "UPDATE list SET version = version + 1",
        "UPDATE list SET migrated = 1",
        "UPDATE list SET last_item = 1",
    ] {
        let file = stores::SqliteFile::new();
        let lists = file.lists();
        write(&lists, ONE, contact("a@x.org", None)).await.unwrap();
        write(&lists, OTHER, contact("a@x.org", None)).await.unwrap();
        drop(lists);
        let changed = file.connect().execute(&format!("{change} WHERE mailbox = ?1"), [&ONE.0]).unwrap();
        assert!(changed > 0, "{change}");
        let lists = file.lists();
        let damaged = |result: &Result<Arc<List>, StoreError>| {
            matches!(result, Err(StoreError::Damaged { mailbox: ONE, .. }))
        };
        assert!(damaged(&lists.read(ONE).await), "{change}");
        let written = lists.write(ONE, group("Friends"), Culture::default()).await;
        assert!(matches!(written, Err(StoreError::Damaged { mailbox: ONE, .. })), "{change}");
        assert_eq!(lists.read(OTHER).await.unwrap().contacts().len(), 1, "{change}");
        let special = lists.read(OTHER).await.unwrap().special(GroupKind::Tagged).is_some();
        assert!(special && write(&lists, OTHER, group("Friends")).await.is_ok());
    }
}
