//! `Plan`: what must be done so that a server has everything of a list. Nothing is ever taken away.

use std::collections::HashMap;
use std::fmt;

use super::model::{Contact, ContactKey, Group, GroupKind, List};
use super::read::Snapshot;
use crate::contacts::{CONTACT_LIMIT, GROUP_LIMIT};

/// One thing to do, which is one request. Numbers are places in the list that is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Add a group.
    AddGroup(usize),
    /// Add a contact, in this group or, without one, where the server puts it.
    AddContact(usize, Option<usize>),
    /// Make a contact a member of a group.
    Join(usize, usize),
}

/// What must be done, in order.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Plan {
    /// What to do.
    pub steps: Vec<Step>,
    /// What the server cannot be asked to do, and why.
    pub impossible: Vec<(Step, &'static str)>,
    /// What is there already.
    pub there: Counts,
}

/// So many of each.
#[derive(Clone, Copy, PartialEq, Eq, Default, serde::Serialize, Debug)]
pub struct Counts {
    /// Groups.
    pub groups: usize,
    /// Contacts.
    pub contacts: usize,
    /// Memberships: that a contact is in a group.
    pub memberships: usize,
}

impl Counts {
    /// Counts what a step does; a contact that is added to a group is a membership as well.
    pub fn count(&mut self, step: Step) {
        match step {
            Step::AddGroup(_) => self.groups += 1,
            Step::AddContact(_, group) => {
                self.contacts += 1;
                self.memberships += usize::from(group.is_some());
            }
            Step::Join(..) => self.memberships += 1,
        }
    }

    /// Whether there is nothing.
    pub fn is_zero(&self) -> bool {
        *self == Counts::default()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let Counts { groups, contacts, memberships } = *self;
        write!(f, "{groups} group{}, {contacts} contact{}, ", plural(groups), plural(contacts))?;
        write!(f, "{memberships} membership{}", plural(memberships))
    }
}

impl Step {
    /// A text by which the same step is known again, in whatever list and place.
    pub fn key(self, wanted: &List) -> String {
        let group = |at: usize| wanted.groups().get(at).map(|group| group.key().to_string());
        let contact = |at: usize| wanted.contacts().get(at).map(|contact| contact.key().to_string());
        let parts = match self {
            Step::AddGroup(at) => ["group".to_owned(), group(at).unwrap_or_default(), String::new()],
            Step::AddContact(at, to) => [
                "contact".to_owned(),
                contact(at).unwrap_or_default(),
                to.and_then(group).unwrap_or_default(),
            ],
            Step::Join(at, to) => {
                ["join".to_owned(), contact(at).unwrap_or_default(), group(to).unwrap_or_default()]
            }
        };
        parts.join("\t")
    }

    /// What it does, in words.
    pub fn describe(self, wanted: &List) -> String {
        let group = |at: usize| wanted.groups().get(at).map_or("?", Group::name);
        let contact = |at: usize| wanted.contacts().get(at).map_or("?", Contact::address);
        match self {
            Step::AddGroup(at) => format!("add the group {}", group(at)),
            Step::AddContact(at, None) => format!("add {}", contact(at)),
            Step::AddContact(at, Some(to)) => format!("add {} in {}", contact(at), group(to)),
            Step::Join(at, to) => format!("put {} into {}", contact(at), group(to)),
        }
    }
}

/// What a server will refuse for want of room, when so much is added to what it has (UCS G2, P1).
pub fn beyond_limits(server: &List, created: Counts) -> Vec<String> {
    let groups = server.groups().iter().filter(|group| !group.kind().is_special()).count();
    let kinds = [
        ("groups, besides the special ones", groups, created.groups, GROUP_LIMIT),
        ("contacts", server.contacts().len(), created.contacts, CONTACT_LIMIT),
    ];
    let beyond = kinds.into_iter().filter(|(_, has, new, limit)| *new > 0 && has + new > *limit);
    let tell = |(what, has, new, limit)| {
        let all: usize = has + new;
        format!(
            "a mailbox may have {limit} {what}; this one has {has}, and would have {all}: the server will refuse what \
             is too much, so remove some there or add fewer"
        )
    };
    beyond.map(tell).collect()
}

impl Plan {
    /// Compares a list with what a server has.
    ///
    /// Special groups cannot be added: the server makes them. Contacts of its group for contacts in no other group are
    /// in it by themselves (UCS G5), so nobody is put there who is, or will be, elsewhere.
    pub fn new(wanted: &List, server: &Snapshot) -> Plan {
        let mut plan = Plan::default();
        for (at, group) in wanted.groups().iter().enumerate() {
            if server.group_id(group).is_some() {
                plan.there.groups += 1;
            } else if !group.kind().is_special() {
                plan.steps.push(Step::AddGroup(at));
            }
        }
        let theirs = server.list.memberships();
        let places: HashMap<ContactKey, usize> =
            server.list.contacts().iter().enumerate().map(|(at, contact)| (contact.key(), at)).collect();
        let contacts = wanted.contacts().iter().zip(wanted.memberships()).enumerate();
        for (at, (contact, groups)) in contacts {
            let there = server.contact_id(contact).is_some();
            let known = places.get(&contact.key());
            let known_groups = known.and_then(|known| theirs.get(*known)).map_or(&[][..], Vec::as_slice);
            plan.contact(wanted, server, at, there, &groups, known_groups);
        }
        plan
    }

    fn contact(
        &mut self,
        wanted: &List,
        server: &Snapshot,
        at: usize,
        there: bool,
        groups: &[usize],
        known_groups: &[usize],
    ) {
        let is_home = |group: &Group| !matches!(group.kind(), GroupKind::OtherContacts | GroupKind::Tagged);
        let theirs = || known_groups.iter().filter_map(|at| server.list.groups().get(*at));
        let ours = || groups.iter().filter_map(|at| Some((*at, wanted.groups().get(*at)?)));
        let at_home = theirs().any(is_home) || ours().any(|(_, group)| is_home(group));
        let mut missing = Vec::new();
        for (to, group) in ours() {
            let is_special = group.kind().is_special();
            if theirs().any(|other| other.key() == group.key()) {
                self.there.memberships += 1;
            } else if group.kind() == GroupKind::OtherContacts {
                if at_home {
                    self.there.memberships += 1;
                } else {
                    missing.push(to);
                }
            } else if is_special && server.group_id(group).is_none() {
                let why = "the server has no such group, and only the server can make it";
                self.impossible.push((Step::Join(at, to), why));
            } else {
                missing.push(to);
            }
        }
        // Where the contact is created, it is for good: not in Tagged, if there is another group.
        let tagged = |at: &usize| wanted.groups().get(*at).map(Group::kind) == Some(GroupKind::Tagged);
        missing.sort_by_key(tagged);
        let mut missing = missing.into_iter();
        if there {
            self.there.contacts += 1;
        } else {
            let first = missing.next();
            self.steps.push(Step::AddContact(at, first));
        }
        self.steps.extend(missing.map(|to| Step::Join(at, to)));
    }
}
