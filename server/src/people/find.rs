//! `find`: who is found, in which order, and which of them are shown (UCS F1 to F6).

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

use super::person::contact_text;
use super::{CONDITION_LIMIT, Condition, Directory, Page, Person, Property, Query, WORD_LIMIT};
use crate::contacts::{List, TEXT_LIMIT, fold_address, fold_name};

/// Among whom is searched (UCS F2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Where {
    /// Among the contacts of the mailbox.
    Contacts,
    /// In the directory.
    Directory,
    /// In both; somebody who is in both is shown as the contact.
    Both,
}

/// A way to put people in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    property: Property,
    descending: bool,
}

impl Order {
    /// By this property, Z before A or not.
    ///
    /// # Errors
    /// When it is not one of those with one text for each person (UCS F6).
    pub fn by(property: Property, descending: bool) -> Result<Order, Refusal> {
        if Person::can_be_sorted_by(property) {
            Ok(Order { property, descending })
        } else {
            Err(Refusal::Unsortable)
        }
    }
}

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    /// Among whom.
    pub place: Where,
    /// The words.
    pub query: Query,
    /// What must hold beside.
    pub conditions: Vec<Condition>,
    /// The order, the most important first; by name when empty.
    pub order: Vec<Order>,
    /// The part that is shown.
    pub page: Page,
}

/// Who was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The people of the page.
    pub people: Vec<Person>,
    /// How many there are in all.
    pub total: usize,
    /// The place of the first of the page among all.
    pub first: usize,
}

/// Why a search is not carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The directory is asked for everybody (UCS F3).
    #[error("The directory is searched by words: the request needs a QueryString.")]
    NoWords,
    /// There are too many words (UCS F1).
    #[error("The QueryString has more than {WORD_LIMIT} words.")]
    TooManyWords,
    /// The query is too long (UCS F1).
    #[error("The QueryString has more than {TEXT_LIMIT} characters.")]
    QueryTooLong,
    /// The page begins before the first (UCS F4).
    #[error("The Offset of a page must not be negative.")]
    NegativeOffset,
    /// The page has no place for anybody (UCS F4).
    #[error("MaxEntriesReturned must be at least 1.")]
    EmptyPage,
    /// There are too many conditions (UCS F7).
    #[error("The restriction has more than {CONDITION_LIMIT} conditions.")]
    TooManyConditions,
    /// A condition looks at what is no text (UCS F7).
    #[error("People cannot be searched by this property.")]
    Unsearchable,
    /// People cannot be put in order by this (UCS F6).
    #[error("People cannot be sorted by this property.")]
    Unsortable,
}

/// Somebody who is found, before the page is known.
struct Match<'d> {
    person: Person,
    /// The name as it is compared.
    name: Cow<'d, str>,
}

/// Carries out a search on the contacts of a mailbox and the directory.
///
/// # Errors
/// Why it is refused.
pub fn find(list: &List, directory: &Directory, search: &Search) -> Result<Found, Refusal> {
    let Search { place, query, conditions, order, page } = search;
    conditions.iter().try_for_each(Condition::check)?;
    let holds = |person: &Person| conditions.iter().all(|condition| condition.holds(person));
    // A property decides once: by the same one again nothing changes, but each would be a sort of its own.
    let mut each: Vec<Order> = Vec::new();
    for one in order {
        if each.iter().all(|before| before.property != one.property) {
            each.push(*one);
        }
    }
    // Names come last in any order.
    let order = match each.split_last() {
        Some((Order { property: Property::DisplayName, descending: false }, before)) => before,
        _ => &each,
    };
    let in_directory = match place {
        Where::Contacts => false,
        Where::Directory if query.is_empty() => return Err(Refusal::NoWords),
        Where::Directory => true,
        Where::Both => !query.is_empty(),
    };
    let contacts = match place {
        Where::Directory => Vec::new(),
        Where::Contacts | Where::Both => matching_contacts(list, query, holds),
    };
    let mut places = if in_directory { directory.matching(query) } else { Vec::new() };
    if !conditions.is_empty() {
        places.retain(|at| directory.at(*at).is_some_and(|(entry, _)| holds(&Person::Entry(entry.clone()))));
    }
    if contacts.is_empty() && order.is_empty() {
        // As the directory has them; only the page is looked at.
        let shown = page.of(places.len());
        let people = places.get(shown.clone()).unwrap_or_default().iter();
        let people = people.filter_map(|at| directory.at(*at)).map(|(entry, _)| Person::Entry(entry.clone()));
        return Ok(Found { people: people.collect(), total: places.len(), first: shown.start });
    }
    let known: HashSet<String> = contacts.iter().map(|found| address(&found.person)).collect();
    let entries = places.iter().filter_map(|at| directory.at(*at));
    let entries =
        entries.map(|(entry, name)| Match { person: Person::Entry(entry.clone()), name: name.into() });
    let entries = entries.filter(|found| {
        let addresses = [found.person.email(), found.person.im_address()].into_iter().flatten();
        known.is_empty() || !addresses.map(fold_address).any(|address| known.contains(&address))
    });
    let mut all: Vec<Match<'_>> = contacts;
    all.extend(entries);
    sort(&mut all, order);
    let (total, shown) = (all.len(), page.of(all.len()));
    let people = all.drain(shown.clone()).map(|found| found.person).collect();
    Ok(Found { people, total, first: shown.start })
}

/// The contacts that a query finds, by name: those that are in a group, which are those that lists show (UCS O6).
fn matching_contacts<'d>(list: &List, query: &Query, holds: impl Fn(&Person) -> bool) -> Vec<Match<'d>> {
    let listed = list.contacts().iter().filter(|contact| !contact.groups.is_empty());
    let found = listed.filter(|contact| query.is_empty() || query.matches(&contact_text(contact)));
    let found = found.map(|contact| Match {
        name: fold_name(&contact.display_name).into(),
        person: Person::Contact(contact.clone()),
    });
    let mut found: Vec<Match<'d>> = found.filter(|found| holds(&found.person)).collect();
    found.sort_by(by_name);
    found
}

/// Puts people in order: by what is asked for, then by name, so that pages fit together (UCS F4, F6).
fn sort(found: &mut [Match<'_>], order: &[Order]) {
    // Contacts and entries are by name each: a sort that looks for what is in order already takes one pass.
    found.sort_by(by_name);
    for Order { property, descending } in order.iter().rev() {
        // Whoever has no value is last either way.
        let key = |found: &Match<'_>| {
            let value = found.person.sort_value(*property).map(fold_name);
            (value.is_none(), value)
        };
        match descending {
            false => found.sort_by_cached_key(key),
            true => found.sort_by_cached_key(|found| {
                let (none, value) = key(found);
                (none, Reverse(value))
            }),
        }
    }
}

/// The order that is always there in the end: by name, then address, contacts before the directory, the older first.
fn by_name(one: &Match<'_>, other: &Match<'_>) -> Ordering {
    let id = |person: &Person| match person {
        Person::Contact(contact) => (0, contact.id.0),
        Person::Entry(entry) => (1, entry.id.0),
    };
    let (a, b) = (&one.person, &other.person);
    let names = one.name.cmp(&other.name);
    names.then_with(|| address(a).cmp(&address(b))).then_with(|| id(a).cmp(&id(b)))
}

/// The address by which somebody is known, as it is compared.
fn address(person: &Person) -> String {
    match person {
        Person::Contact(contact) => fold_address(&contact.address),
        Person::Entry(entry) => entry.details.key(),
    }
}
