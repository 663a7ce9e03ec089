//! Lists as rows: reading one, writing changes, and the checksum of each row.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::accounts::MailboxId;
use crate::contacts::{Change, Contact, ContactKind, Group, GroupKind, ItemId, List};
use crate::store::StoreError;
use crate::store::sqlite::file::Checksum;

const LIST: &str = "SELECT version, last_item, migrated, sum FROM list WHERE mailbox = ?1";
const GROUPS: &str = "SELECT id, kind, display_name, smtp_address, sum FROM list_group WHERE mailbox = ?1";
const CONTACTS: &str = "SELECT id, kind, address, display_name, sip_address, created, groups, sum FROM contact WHERE mailbox = ?1";
const PUT_LIST: &str =
    "INSERT OR REPLACE INTO list (mailbox, version, last_item, migrated, sum) VALUES (?1, ?2, ?3, ?4, ?5)";
const PUT_GROUP: &str =
    "INSERT OR REPLACE INTO list_group (mailbox, id, kind, display_name, smtp_address, sum)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const PUT_CONTACT: &str = "INSERT OR REPLACE INTO contact
     (mailbox, id, kind, address, display_name, sip_address, created, groups, sum)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const REMOVE_GROUP: &str = "DELETE FROM list_group WHERE mailbox = ?1 AND id = ?2";
const REMOVE_CONTACT: &str = "DELETE FROM contact WHERE mailbox = ?1 AND id = ?2";

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Database(error.to_string())
    }
}

/// Reads the list of a mailbox; an empty one when there is none. To be called within a transaction, so that all of it
/// is of one moment.
pub(super) fn load(connection: &Connection, mailbox: MailboxId) -> Result<List, StoreError> {
    let head = connection
        .prepare_cached(LIST)?
        .query_row([&mailbox.0], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, bool>(2)?, row.get::<_, i64>(3)?))
        })
        .optional()?;
    let Some((version, last_item, migrated, sum)) = head else { return Ok(List::default()) };
    let damaged = |what: String| StoreError::Damaged { mailbox, what };
    if sum != list_sum(mailbox, version, last_item, migrated) {
        return Err(damaged("the row of the list has a wrong checksum".to_owned()));
    }
    let mut groups = Vec::new();
    let mut statement = connection.prepare_cached(GROUPS)?;
    let mut rows = statement.query([&mailbox.0])?;
    while let Some(row) = rows.next()? {
        let group = group(mailbox, row)?;
        groups.push(Arc::new(group.ok_or_else(|| damaged(wrong_row("group", row)))?));
    }
    let mut contacts = Vec::new();
    let mut statement = connection.prepare_cached(CONTACTS)?;
    let mut rows = statement.query([&mailbox.0])?;
    while let Some(row) = rows.next()? {
        let contact = contact(mailbox, row)?;
        contacts.push(Arc::new(contact.ok_or_else(|| damaged(wrong_row("contact", row)))?));
    }
    Ok(List::restored(version.cast_unsigned(), last_item.cast_unsigned(), migrated, groups, contacts))
}

fn wrong_row(kind: &str, row: &Row<'_>) -> String {
    format!("the row of {kind} {} has a wrong checksum", row.get::<_, i64>(0).unwrap_or_default())
}

/// A group, if its row is as it was written.
fn group(mailbox: MailboxId, row: &Row<'_>) -> rusqlite::Result<Option<Group>> {
    let Some(&kind) = usize::try_from(row.get::<_, i64>(1)?).ok().and_then(|at| GroupKind::ALL.get(at))
    else {
        return Ok(None);
    };
    let group = Group {
        id: ItemId(row.get::<_, i64>(0)?.cast_unsigned()),
        kind,
        display_name: row.get(2)?,
        smtp_address: row.get(3)?,
    };
    Ok((row.get::<_, i64>(4)? == group_sum(mailbox, &group)).then_some(group))
}

/// A contact, if its row is as it was written.
fn contact(mailbox: MailboxId, row: &Row<'_>) -> rusqlite::Result<Option<Contact>> {
    let kind = match row.get::<_, i64>(1)? {
        0 => ContactKind::Im,
        1 => ContactKind::Tel,
        _ => return Ok(None),
    };
    let (groups, rest) = row.get_ref(6)?.as_blob()?.as_chunks::<8>();
    if !rest.is_empty() {
        return Ok(None);
    }
    let contact = Contact {
        id: ItemId(row.get::<_, i64>(0)?.cast_unsigned()),
        kind,
        address: row.get(2)?,
        display_name: row.get(3)?,
        sip_address: row.get(4)?,
        created: row.get(5)?,
        groups: groups.iter().map(|id| ItemId(u64::from_be_bytes(*id))).collect(),
    };
    Ok((row.get::<_, i64>(7)? == contact_sum(mailbox, &contact)).then_some(contact))
}

/// Writes what changed.
pub(super) fn apply(connection: &Connection, mailbox: MailboxId, changes: &[Change]) -> rusqlite::Result<()> {
    for change in changes {
        match change {
            Change::PutGroup(group) => connection.prepare_cached(PUT_GROUP)?.execute(params![
                mailbox.0,
                group.id.0.cast_signed(),
                kind_number(group.kind),
                group.display_name,
                group.smtp_address,
                group_sum(mailbox, group),
            ])?,
            Change::PutContact(contact) => connection.prepare_cached(PUT_CONTACT)?.execute(params![
                mailbox.0,
                contact.id.0.cast_signed(),
                i64::from(contact.kind == ContactKind::Tel),
                contact.address,
                contact.display_name,
                contact.sip_address,
                contact.created,
                groups(contact),
                contact_sum(mailbox, contact),
            ])?,
            Change::RemoveGroup(id) => {
                connection.prepare_cached(REMOVE_GROUP)?.execute(params![mailbox.0, id.0.cast_signed()])?
            }
            Change::RemoveContact(id) => {
                connection.prepare_cached(REMOVE_CONTACT)?.execute(params![mailbox.0, id.0.cast_signed()])?
            }
            // In the row of the list, which is written once a transaction.
            Change::SetMigrated(_) => 0,
        };
    }
    Ok(())
}

/// Writes the row of a list that has changed.
pub(super) fn put_list(connection: &Connection, mailbox: MailboxId, list: &List) -> rusqlite::Result<()> {
    let (version, last_item) = (list.version().cast_signed(), list.last_item().cast_signed());
    let sum = list_sum(mailbox, version, last_item, list.migrated());
    connection.prepare_cached(PUT_LIST)?.execute(params![
        mailbox.0,
        version,
        last_item,
        list.migrated(),
        sum
    ])?;
    Ok(())
}

fn groups(contact: &Contact) -> Vec<u8> {
    contact.groups.iter().flat_map(|id| id.0.to_be_bytes()).collect()
}

/// The place of a kind in the order of lists; what stands in the database.
fn kind_number(kind: GroupKind) -> i64 {
    match kind {
        GroupKind::OtherContacts => 0,
        GroupKind::Tagged => 1,
        GroupKind::Favorites => 2,
        GroupKind::UserGroup => 3,
        GroupKind::Distribution => 4,
    }
}

fn sum(table: &str, mailbox: MailboxId) -> Checksum {
    Checksum::new(table).bytes(&mailbox.0)
}

fn list_sum(mailbox: MailboxId, version: i64, last_item: i64, migrated: bool) -> i64 {
    sum("list", mailbox).number(version).number(last_item).number(i64::from(migrated)).finish()
}

fn group_sum(mailbox: MailboxId, group: &Group) -> i64 {
    sum("list_group", mailbox)
        .number(group.id.0.cast_signed())
        .number(kind_number(group.kind))
        .bytes(group.display_name.as_bytes())
        .option(group.smtp_address.as_deref())
        .finish()
}

fn contact_sum(mailbox: MailboxId, contact: &Contact) -> i64 {
    sum("contact", mailbox)
        .number(contact.id.0.cast_signed())
        .number(i64::from(contact.kind == ContactKind::Tel))
        .bytes(contact.address.as_bytes())
        .bytes(contact.display_name.as_bytes())
        .option(contact.sip_address.as_deref())
        .number(contact.created)
        .bytes(&groups(contact))
        .finish()
}
