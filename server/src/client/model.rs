//! `List`: groups, contacts and memberships, the same for every server and every file format.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

use super::text::{bare_line, compact, fold, line, split_scheme};

/// What a group is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GroupKind {
    /// The special group of contacts that are in no other group.
    OtherContacts,
    /// The special group of contacts whose status the user watches.
    Tagged,
    /// The special group of favorites.
    Favorites,
    /// A group that the user made.
    User,
    /// A distribution group, known by its SMTP address.
    Distribution,
}

impl GroupKind {
    /// All kinds.
    pub const ALL: [GroupKind; 5] = [
        GroupKind::OtherContacts,
        GroupKind::Tagged,
        GroupKind::Favorites,
        GroupKind::User,
        GroupKind::Distribution,
    ];

    /// The word for it in files and output.
    pub fn word(self) -> &'static str {
        match self {
            GroupKind::OtherContacts => "other-contacts",
            GroupKind::Tagged => "tagged",
            GroupKind::Favorites => "favorites",
            GroupKind::User => "user",
            GroupKind::Distribution => "distribution",
        }
    }

    /// The `GroupType` of the protocol (UCS G1).
    pub fn class(self) -> &'static str {
        match self {
            GroupKind::OtherContacts => "IPM.DistList.MOC.OtherContacts",
            GroupKind::Tagged => "IPM.DistList.MOC.Tagged",
            GroupKind::Favorites => "IPM.DistList.MOC.Favorites",
            GroupKind::User => "IPM.DistList.MOC.UserGroup",
            GroupKind::Distribution => "IPM.DistList.MOC.DG",
        }
    }

    /// The kind of this `GroupType`.
    pub fn of_class(class: &str) -> Option<GroupKind> {
        GroupKind::ALL.into_iter().find(|kind| kind.class().eq_ignore_ascii_case(class))
    }

    /// The kind of this word.
    pub fn of_word(word: &str) -> Option<GroupKind> {
        GroupKind::ALL.into_iter().find(|kind| kind.word().eq_ignore_ascii_case(word))
    }

    /// Whether there is at most one of it, which the server makes and names.
    pub fn is_special(self) -> bool {
        matches!(self, GroupKind::OtherContacts | GroupKind::Tagged | GroupKind::Favorites)
    }
}

/// What makes two groups the same: the kind, and for those that are not special the name or the SMTP address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupKey(GroupKind, String);

/// What makes two contacts the same: the IM address or the telephone number, whatever its spelling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ContactKey(bool, String);

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.word(), self.1)
    }
}

impl fmt::Display for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", if self.0 { "tel" } else { "im" }, self.1)
    }
}

/// A group. Its texts have one line, and no white space around them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    kind: GroupKind,
    name: String,
    address: Option<String>,
    members: BTreeSet<usize>,
}

/// A contact: an IM address, or a telephone number. Its texts have one line, and no white space around them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    address: String,
    display_name: Option<String>,
    number: Option<String>,
    sip: Option<String>,
}

/// Why something cannot be in a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// A group that the user made has no name.
    NoGroupName,
    /// A distribution group has no SMTP address.
    NoGroupAddress,
    /// A contact has no address.
    NoAddress,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::NoGroupName => "a group needs a name",
            Unfit::NoGroupAddress => "a distribution group needs its SMTP address",
            Unfit::NoAddress => "a contact needs an IM address or a telephone number",
        })
    }
}

impl std::error::Error for Unfit {}

impl Group {
    /// A group without members. The address is for distribution groups only, which are named by it for want of a
    /// name; special groups are named by their kind.
    ///
    /// # Errors
    /// When it has no name, or no address where it needs one.
    pub fn new(kind: GroupKind, name: &str, address: Option<&str>) -> Result<Group, Unfit> {
        let mut name = line(name);
        let address = address.map(line).filter(|text| !text.is_empty() && kind == GroupKind::Distribution);
        match kind {
            GroupKind::User if name.is_empty() => return Err(Unfit::NoGroupName),
            GroupKind::Distribution => match &address {
                None => return Err(Unfit::NoGroupAddress),
                Some(address) if name.is_empty() => name.clone_from(address),
                Some(_) => {}
            },
            _ if name.is_empty() => kind.word().clone_into(&mut name),
            _ => {}
        }
        Ok(Group { kind, name, address, members: BTreeSet::new() })
    }

    /// What it is.
    pub fn kind(&self) -> GroupKind {
        self.kind
    }

    /// Its display name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The SMTP address of a distribution group.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Its members, as places in [`List::contacts`].
    pub fn members(&self) -> &BTreeSet<usize> {
        &self.members
    }

    /// What makes it the same as another.
    pub fn key(&self) -> GroupKey {
        let text = match self.kind {
            GroupKind::User => fold(&self.name),
            GroupKind::Distribution => self.address.as_deref().map(fold).unwrap_or_default(),
            _ => String::new(),
        };
        GroupKey(self.kind, text)
    }
}

impl Contact {
    /// A contact. An address that begins with `tel:` makes a telephone contact, any other an IM contact; a leading
    /// `sip:` says nothing and is left out (UCS P2).
    ///
    /// A telephone contact is named by its number as people read it, which is the address without `tel:` unless
    /// `number` says otherwise, and has no display name (UCS P6). `number` is nothing to an IM contact.
    ///
    /// # Errors
    /// When there is no address.
    pub fn new(address: &str, display_name: Option<&str>, number: Option<&str>) -> Result<Contact, Unfit> {
        let tel = split_scheme(&line(address)).0;
        let bare = bare_line(address);
        if bare.is_empty() {
            return Err(Unfit::NoAddress);
        }
        let given = |text: Option<&str>| text.map(line).filter(|text| !text.is_empty());
        Ok(if tel {
            let number =
                number.map(bare_line).filter(|text| !text.is_empty()).unwrap_or_else(|| bare.clone());
            Contact { address: format!("tel:{bare}"), display_name: None, number: Some(number), sip: None }
        } else {
            let display_name = given(display_name).filter(|name| split_scheme(name).1 != bare);
            Contact { address: bare, display_name, number: None, sip: None }
        })
    }

    /// A telephone contact of which only the number is known, as servers show it.
    ///
    /// # Errors
    /// When the number is empty.
    pub fn of_number(number: &str) -> Result<Contact, Unfit> {
        let number = bare_line(number);
        Contact::new(&format!("tel:{}", compact(&number)), None, Some(&number))
    }

    /// The same with the SIP URI that belongs to a telephone contact; nothing changes for an IM contact.
    #[must_use]
    pub fn with_sip(mut self, sip: Option<&str>) -> Contact {
        let sip = sip.map(line).filter(|text| !text.is_empty());
        self.sip = if self.is_tel() { sip } else { None };
        self
    }

    /// IM address without `sip:`, or TEL URI with `tel:`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether it is a telephone contact.
    pub fn is_tel(&self) -> bool {
        self.number.is_some()
    }

    /// Its name, where it is another than its address.
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }

    /// The telephone number as people read it, of a telephone contact.
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// The SIP URI of a telephone contact, where it is known.
    pub fn sip(&self) -> Option<&str> {
        self.sip.as_deref()
    }

    /// Whether the TEL URI says more than the number does.
    pub fn has_own_uri(&self) -> bool {
        self.number.as_deref().is_some_and(|number| {
            Contact::of_number(number).map_or(true, |derived| derived.address != self.address)
        })
    }

    /// What makes it the same as another. Servers show the number of a telephone contact but not its TEL URI, so it is
    /// the number that counts.
    pub fn key(&self) -> ContactKey {
        match &self.number {
            Some(number) => ContactKey(true, fold(&compact(split_scheme(number).1))),
            None => ContactKey(false, fold(&self.address)),
        }
    }

    /// As [`key`](Contact::key), of the address alone.
    pub(super) fn address_key(&self) -> ContactKey {
        if self.is_tel() {
            ContactKey(true, fold(&compact(split_scheme(&self.address).1)))
        } else {
            self.key()
        }
    }

    /// Takes over what the other says and this one does not.
    fn merge(&mut self, other: Contact) {
        self.display_name = self.display_name.take().or(other.display_name);
        self.sip = self.sip.take().or(other.sip);
    }
}

/// Groups, contacts and memberships, in an order that depends on nothing but them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct List {
    groups: Vec<Group>,
    contacts: Vec<Contact>,
}

impl List {
    /// The groups: the special ones first, the others by name.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The contacts, by address.
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// For each contact the groups that it is in, as places in [`List::groups`].
    pub fn memberships(&self) -> Vec<Vec<usize>> {
        let mut memberships = vec![Vec::new(); self.contacts.len()];
        for (at, group) in self.groups.iter().enumerate() {
            for member in &group.members {
                if let Some(groups) = memberships.get_mut(*member) {
                    groups.push(at);
                }
            }
        }
        memberships
    }
}

/// Makes a [`List`]. What is there twice is merged.
#[derive(Default, Debug)]
pub struct ListBuilder {
    list: List,
    groups: HashMap<GroupKey, usize>,
    contacts: HashMap<ContactKey, usize>,
    addresses: HashMap<ContactKey, usize>,
}

impl ListBuilder {
    /// Adds a group and gives its place; the place of the one that is there, if there is.
    pub fn group(&mut self, group: Group) -> usize {
        let list = &mut self.list.groups;
        *self.groups.entry(group.key()).or_insert_with(|| {
            list.push(group);
            list.len() - 1
        })
    }

    /// Adds a contact and gives its place; the place of the one that is there, if there is, which takes over what
    /// it lacks.
    pub fn contact(&mut self, contact: Contact) -> usize {
        let list = &mut self.list.contacts;
        let by_address = || self.addresses.get(&contact.address_key());
        match self.contacts.get(&contact.key()).or_else(by_address) {
            Some(at) => {
                if let Some(known) = list.get_mut(*at) {
                    known.merge(contact);
                }
                *at
            }
            None => {
                self.contacts.insert(contact.key(), list.len());
                self.addresses.insert(contact.address_key(), list.len());
                list.push(contact);
                list.len() - 1
            }
        }
    }

    /// Makes a contact a member of a group.
    pub fn join(&mut self, group: usize, contact: usize) {
        if let Some(group) = self.list.groups.get_mut(group) {
            group.members.insert(contact);
        }
    }

    /// The list.
    pub fn build(self) -> List {
        let List { mut groups, contacts } = self.list;
        let mut order: Vec<(ContactKey, usize)> =
            contacts.iter().enumerate().map(|(at, contact)| (contact.key(), at)).collect();
        order.sort();
        let places: HashMap<usize, usize> =
            order.iter().enumerate().map(|(new, (_, old))| (*old, new)).collect();
        let mut placed: Vec<(usize, Contact)> = contacts
            .into_iter()
            .enumerate()
            .filter_map(|(old, contact)| Some((*places.get(&old)?, contact)))
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        for group in &mut groups {
            group.members = group.members.iter().filter_map(|old| places.get(old).copied()).collect();
        }
        groups.sort_by(by_key);
        List { groups, contacts: placed.into_iter().map(|(_, contact)| contact).collect() }
    }
}

fn by_key(one: &Group, other: &Group) -> Ordering {
    one.key().cmp(&other.key())
}
