//! Lists as rows: reading one, writing changes, and the checksum of each row.

use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, Row, params};

use crate::accounts::MailboxId;
use crate::contacts::{Change, Contact, ContactKind, Group, GroupKind, ItemId, List};
use crate::store::StoreError;
use crate::store::sqlite::file::Checksum;

const LIST: &str = "SELECT version, last_item, migrated, sum FROM list WHERE mailbox = ?1";
const VERSION: &str = "SELECT version FROM list WHERE mailbox = ?1";
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
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(error.to_string()),
            _ => StoreError::Database(error.to_string()),
        }
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
    let blob = row.get_ref(6)?.as_blob()?;
    let (groups, rest) = blob.as_chunks::<8>();
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
    Ok((row.get::<_, i64>(7)? == contact_sum(mailbox, &contact, blob)).then_some(contact))
}

/// A change as it is written: with all that can be made of it before the writer has its turn.
#[derive(Debug)]
pub(super) enum RowChange {
    /// A group and its checksum.
    PutGroup(Arc<Group>, i64),
    /// A contact, its groups as they stand in the row, and its checksum.
    PutContact(Arc<Contact>, Vec<u8>, i64),
    /// A group that is gone.
    RemoveGroup(ItemId),
    /// A contact that is gone.
    RemoveContact(ItemId),
}

impl RowChange {
    /// What changes make of rows.
    pub(super) fn all(mailbox: MailboxId, changes: Vec<Change>) -> Vec<RowChange> {
        let of = |change| {
            Some(match change {
                Change::PutGroup(group) => {
                    let sum = group_sum(mailbox, &group);
                    RowChange::PutGroup(group, sum)
                }
                Change::PutContact(contact) => {
                    let groups = groups(&contact);
                    let sum = contact_sum(mailbox, &contact, &groups);
                    RowChange::PutContact(contact, groups, sum)
                }
                Change::RemoveGroup(id) => RowChange::RemoveGroup(id),
                Change::RemoveContact(id) => RowChange::RemoveContact(id),
                // In the row of the list, which is written once a transaction.
                Change::SetMigrated(_) => return None,
            })
        };
        changes.into_iter().filter_map(of).collect()
    }
}

/// The row of a list as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    version: i64,
    last_item: i64,
    migrated: bool,
    sum: i64,
}

impl Head {
    /// The row of that list.
    pub(super) fn of(mailbox: MailboxId, list: &List) -> Head {
        let (version, last_item) = (list.version().cast_signed(), list.last_item().cast_signed());
        let sum = list_sum(mailbox, version, last_item, list.migrated());
        Head { version, last_item, migrated: list.migrated(), sum }
    }
}

/// What writes rows, ready to be run again and again.
pub(super) struct Statements<'c> {
    begin: CachedStatement<'c>,
    commit: CachedStatement<'c>,
    version: CachedStatement<'c>,
    put_list: CachedStatement<'c>,
    put_group: CachedStatement<'c>,
    put_contact: CachedStatement<'c>,
    remove_group: CachedStatement<'c>,
    remove_contact: CachedStatement<'c>,
}

impl<'c> Statements<'c> {
    /// On a connection to a database that has the tables.
    pub(super) fn new(connection: &'c Connection) -> rusqlite::Result<Statements<'c>> {
        Ok(Statements {
            // Takes the lock at once: nobody can come between what is read and what is written.
            begin: connection.prepare_cached("BEGIN IMMEDIATE")?,
            commit: connection.prepare_cached("COMMIT")?,
            version: connection.prepare_cached(VERSION)?,
            put_list: connection.prepare_cached(PUT_LIST)?,
            put_group: connection.prepare_cached(PUT_GROUP)?,
            put_contact: connection.prepare_cached(PUT_CONTACT)?,
            remove_group: connection.prepare_cached(REMOVE_GROUP)?,
            remove_contact: connection.prepare_cached(REMOVE_CONTACT)?,
        })
    }

    /// Begins a transaction.
    pub(super) fn begin(&mut self) -> rusqlite::Result<()> {
        self.begin.execute([]).map(drop)
    }

    /// Makes it durable.
    pub(super) fn commit(&mut self) -> rusqlite::Result<()> {
        self.commit.execute([]).map(drop)
    }

    /// The version of a list as it is in the database; 0 when there is none.
    pub(super) fn version(&mut self, mailbox: MailboxId) -> rusqlite::Result<u64> {
        let version = self.version.query_row([&mailbox.0], |row| row.get::<_, i64>(0)).optional()?;
        Ok(version.unwrap_or(0).cast_unsigned())
    }

    /// Writes what changed.
    pub(super) fn apply(&mut self, mailbox: MailboxId, changes: &[RowChange]) -> rusqlite::Result<()> {
        for change in changes {
            match change {
                RowChange::PutGroup(group, sum) => self.put_group.execute(params![
                    mailbox.0,
                    group.id.0.cast_signed(),
                    kind_number(group.kind),
                    group.display_name,
                    group.smtp_address,
                    sum,
                ])?,
                RowChange::PutContact(contact, groups, sum) => self.put_contact.execute(params![
                    mailbox.0,
                    contact.id.0.cast_signed(),
                    i64::from(contact.kind == ContactKind::Tel),
                    contact.address,
                    contact.display_name,
                    contact.sip_address,
                    contact.created,
                    groups,
                    sum,
                ])?,
                RowChange::RemoveGroup(id) => {
                    self.remove_group.execute(params![mailbox.0, id.0.cast_signed()])?
                }
                RowChange::RemoveContact(id) => {
                    self.remove_contact.execute(params![mailbox.0, id.0.cast_signed()])?
                }
            };
        }
        Ok(())
    }

    /// Writes the row of a list that has changed.
    pub(super) fn put_list(&mut self, mailbox: MailboxId, head: &Head) -> rusqlite::Result<()> {
        let Head { version, last_item, migrated, sum } = head;
        self.put_list.execute(params![mailbox.0, version, last_item, migrated, sum])?;
        Ok(())
    }
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

fn contact_sum(mailbox: MailboxId, contact: &Contact, groups: &[u8]) -> i64 {
    sum("contact", mailbox)
        .number(contact.id.0.cast_signed())
        .number(i64::from(contact.kind == ContactKind::Tel))
        .bytes(contact.address.as_bytes())
        .bytes(contact.display_name.as_bytes())
        .option(contact.sip_address.as_deref())
        .number(contact.created)
        .bytes(groups)
        .finish()
}
