//! `List`: the groups and contacts of one mailbox, and the changes that it can undergo.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::fold::{fold_address, fold_name};

/// Names a contact or a group within its mailbox; given once, never reused there (UCS K4).
///
/// Grows with time: microseconds since 1970 when it was given, or one more than the last one. So an id that was given
/// after a backup is not given again when that backup is restored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ItemId(pub u64);

/// Kind of a group (UCS G1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GroupKind {
    /// `IPM.DistList.MOC.OtherContacts`: contacts in no other group but Tagged (UCS G5). One per mailbox.
    OtherContacts,
    /// `IPM.DistList.MOC.Tagged`: contacts whose presence is watched. One per mailbox.
    Tagged,
    /// `IPM.DistList.MOC.Favorites`. One per mailbox.
    Favorites,
    /// `IPM.DistList.MOC.UserGroup`: made by the user.
    UserGroup,
    /// `IPM.DistList.MOC.DG`: a mail distribution group.
    Distribution,
}

impl GroupKind {
    /// All kinds, the special ones first and in the order of lists (UCS G1).
    pub const ALL: [GroupKind; 5] = [
        GroupKind::OtherContacts,
        GroupKind::Tagged,
        GroupKind::Favorites,
        GroupKind::UserGroup,
        GroupKind::Distribution,
    ];

    /// The item class by which the protocol names the kind (UCS G1).
    pub fn class(self) -> &'static str {
        match self {
            GroupKind::OtherContacts => "IPM.DistList.MOC.OtherContacts",
            GroupKind::Tagged => "IPM.DistList.MOC.Tagged",
            GroupKind::Favorites => "IPM.DistList.MOC.Favorites",
            GroupKind::UserGroup => "IPM.DistList.MOC.UserGroup",
            GroupKind::Distribution => "IPM.DistList.MOC.DG",
        }
    }

    /// Whether it is one of the three that every mailbox has, and that cannot be renamed or removed (UCS G1).
    pub fn is_special(self) -> bool {
        matches!(self, GroupKind::OtherContacts | GroupKind::Tagged | GroupKind::Favorites)
    }
}

/// A group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Names it.
    pub id: ItemId,
    /// What it is.
    pub kind: GroupKind,
    /// Its name as it was given (UCS G3).
    pub display_name: String,
    /// The address of a distribution group (UCS O2).
    pub smtp_address: Option<String>,
}

impl Group {
    /// About how many bytes it takes in a list.
    fn size(&self) -> usize {
        96 + self.display_name.len() + self.smtp_address.as_ref().map_or(0, String::len)
    }
}

/// Kind of a contact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ContactKind {
    /// Known by an IM address.
    Im,
    /// Known by a TEL URI (UCS P6).
    Tel,
}

/// A contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// Names it.
    pub id: ItemId,
    /// By what it is known.
    pub kind: ContactKind,
    /// IM address or TEL URI, as it was given.
    pub address: String,
    /// Its name; the telephone number for TEL contacts (UCS P6).
    pub display_name: String,
    /// The SIP URI that came with a TEL URI.
    pub sip_address: Option<String>,
    /// When it was made: seconds since 1970.
    pub created: i64,
    /// The groups that it has joined, ascending, each once. It does not show in OtherContacts while it is in another
    /// (`List::members`).
    pub groups: Vec<ItemId>,
}

impl Contact {
    /// Whether it is in that group.
    pub fn is_in(&self, group: ItemId) -> bool {
        self.groups.binary_search(&group).is_ok()
    }

    /// About how many bytes it takes in a list.
    pub(crate) fn size(&self) -> usize {
        let texts =
            self.address.len() + self.display_name.len() + self.sip_address.as_ref().map_or(0, String::len);
        200 + texts + 8 * self.groups.len()
    }
}

/// A step from one state of a list to the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// A group is new, or different.
    PutGroup(Arc<Group>),
    /// A group is gone. No contact is in it any more.
    RemoveGroup(ItemId),
    /// A contact is new, or different.
    PutContact(Arc<Contact>),
    /// A contact is gone.
    RemoveContact(ItemId),
    /// Whether the list lives in this store (UCS O13).
    SetMigrated(bool),
}

/// The groups and contacts of one mailbox. Cheap to clone: what has not changed is shared.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct List {
    version: u64,
    last_item: u64,
    migrated: bool,
    /// Ascending by id.
    groups: Vec<Arc<Group>>,
    contacts: OrdMap<ItemId, Arc<Contact>>,
    /// For each contact, a hash of what it is known by.
    keys: OrdSet<(u64, ItemId)>,
    /// Bytes of groups and contacts.
    size: usize,
}

/// The contacts of a list, by age.
#[derive(Clone, Copy, Debug)]
pub struct Contacts<'a>(&'a OrdMap<ItemId, Arc<Contact>>);

impl<'a> Contacts<'a> {
    /// How many there are.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = &'a Arc<Contact>> {
        self.0.values()
    }
}

impl List {
    /// The list of a mailbox as it was kept: the version, the highest id ever given, whether it lives here, groups
    /// and contacts in any order.
    pub fn restored(
        version: u64,
        last_item: u64,
        migrated: bool,
        mut groups: Vec<Arc<Group>>,
        contacts: Vec<Arc<Contact>>,
    ) -> List {
        groups.sort_unstable_by_key(|group| group.id);
        let of_contacts: usize = contacts.iter().map(|contact| contact.size()).sum();
        let size = of_contacts + groups.iter().map(|group| group.size()).sum::<usize>();
        let keys = contacts.iter().map(|contact| key(contact)).collect();
        let contacts = contacts.into_iter().map(|contact| (contact.id, contact)).collect();
        List { version, last_item, migrated, groups, contacts, keys, size }
    }

    /// Whether the mailbox has been used, and so has its three special groups (UCS G1).
    pub fn is_open(&self) -> bool {
        !self.groups.is_empty()
    }

    /// How many times it has changed.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The highest id ever given in it.
    pub fn last_item(&self) -> u64 {
        self.last_item
    }

    /// Whether the list lives in this store (UCS O13).
    pub fn migrated(&self) -> bool {
        self.migrated
    }

    /// All groups in the order of lists: the special ones, then the others by age (UCS G1).
    pub fn groups(&self) -> impl Iterator<Item = &Arc<Group>> {
        let special = GroupKind::ALL.into_iter().filter(|kind| kind.is_special());
        let special = special.filter_map(|kind| self.special(kind));
        special.chain(self.groups.iter().filter(|group| !group.kind.is_special()))
    }

    /// The group of that id.
    pub fn group(&self, id: ItemId) -> Option<&Arc<Group>> {
        let at = self.groups.binary_search_by_key(&id, |group| group.id).ok()?;
        self.groups.get(at)
    }

    /// The group of a kind that there is once.
    pub fn special(&self, kind: GroupKind) -> Option<&Arc<Group>> {
        self.groups.iter().find(|group| group.kind == kind)
    }

    /// The group of that name (UCS G3); of several, the oldest.
    pub fn group_named(&self, name: &str) -> Option<&Arc<Group>> {
        let name = fold_name(name);
        self.groups.iter().find(|group| fold_name(&group.display_name) == name)
    }

    /// All contacts by age.
    pub fn contacts(&self) -> Contacts<'_> {
        Contacts(&self.contacts)
    }

    /// The contact of that id.
    pub fn contact(&self, id: ItemId) -> Option<&Arc<Contact>> {
        self.contacts.get(&id)
    }

    /// The contact that is known by that address (UCS P2).
    pub fn contact_known_by(&self, kind: ContactKind, address: &str) -> Option<&Arc<Contact>> {
        let folded = fold_address(address);
        let key = key_of_folded(kind, &folded);
        let candidates = self.keys.range((key, ItemId(0))..=(key, ItemId(u64::MAX)));
        let mut contacts = candidates.filter_map(|(_, id)| self.contacts.get(id));
        contacts.find(|contact| contact.kind == kind && fold_address(&contact.address) == folded)
    }

    /// The contacts in that group, by age. OtherContacts has those alone that are in no other group but Tagged
    /// (UCS G5), even if more have joined it.
    pub fn members(&self, group: ItemId) -> impl Iterator<Item = &Arc<Contact>> {
        let others = self.is_special(group, GroupKind::OtherContacts);
        let tagged = self.special(GroupKind::Tagged).map(|group| group.id);
        let elsewhere = move |id: &ItemId| *id != group && Some(*id) != tagged;
        let members = self.contacts.values().filter(move |contact| contact.is_in(group));
        members.filter(move |contact| !(others && contact.groups.iter().any(elsewhere)))
    }

    /// Whether that group is the one of a kind that there is once.
    pub(super) fn is_special(&self, group: ItemId, kind: GroupKind) -> bool {
        self.group(group).is_some_and(|group| group.kind == kind)
    }

    /// Takes all changes of one decision.
    pub fn apply<'c>(&mut self, changes: impl IntoIterator<Item = &'c Change>) {
        let mut any = false;
        for change in changes {
            any = true;
            self.take(change);
        }
        self.version += u64::from(any);
    }

    fn take(&mut self, change: &Change) {
        match change {
            Change::PutGroup(group) => {
                self.last_item = self.last_item.max(group.id.0);
                self.size += group.size();
                match self.groups.binary_search_by_key(&group.id, |group| group.id) {
                    Ok(at) => {
                        self.size -= self.groups[at].size();
                        self.groups[at] = group.clone();
                    }
                    Err(at) => self.groups.insert(at, group.clone()),
                }
            }
            Change::RemoveGroup(id) => {
                if let Ok(at) = self.groups.binary_search_by_key(id, |group| group.id) {
                    self.size -= self.groups.remove(at).size();
                }
            }
            Change::PutContact(contact) => {
                self.last_item = self.last_item.max(contact.id.0);
                self.keys.insert(key(contact));
                let old = self.contacts.insert(contact.id, contact.clone());
                self.size = self.size + contact.size() - old.map_or(0, |old| old.size());
            }
            Change::RemoveContact(id) => {
                if let Some(contact) = self.contacts.remove(id) {
                    self.keys.remove(&key(&contact));
                    self.size -= contact.size();
                }
            }
            Change::SetMigrated(migrated) => self.migrated = *migrated,
        }
    }

    /// About how many bytes it takes in memory, what it shares included.
    pub fn size(&self) -> usize {
        self.size + 128
    }
}

/// A contact's address never changes, and so neither does this.
fn key(contact: &Contact) -> (u64, ItemId) {
    (key_of_folded(contact.kind, &fold_address(&contact.address)), contact.id)
}

/// Equal within one process; never kept.
fn key_of_folded(kind: ContactKind, folded: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, folded).hash(&mut hasher);
    hasher.finish()
}
