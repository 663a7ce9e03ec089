//! `Directory`: the people of an organisation, with an index of the words in their names and addresses.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Query;
use super::person::{compact, looks_like_email};
use super::query::{is_start, searchable};
use crate::contacts::{TEXT_LIMIT, bare_address, fold_address, fold_name};

/// Names an entry of the directory; given once, never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryId(pub u64);

/// Somebody in the directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Names it.
    pub id: EntryId,
    /// When it was added, in seconds since 1970.
    pub created: i64,
    /// What is known.
    pub details: Details,
}

/// What is known of somebody in the directory. The e-mail address tells them apart, without regard to case.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Details {
    /// E-mail address.
    pub email: String,
    /// Name.
    pub display_name: String,
    /// First name.
    pub given_name: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// Address for instant messages; `None` when there is none.
    pub im_address: Option<String>,
    /// The organisation.
    pub company: Option<String>,
    /// The part of it.
    pub department: Option<String>,
    /// The job.
    pub title: Option<String>,
    /// Where the desk is.
    pub office: Option<String>,
    /// Business telephone.
    pub phone: Option<String>,
    /// Mobile telephone.
    pub mobile: Option<String>,
}

/// Why somebody cannot be in the directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// The e-mail address is none.
    Email(String),
    /// This field has too many characters, or some that are no text.
    Text(&'static str),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Email(email) => write!(f, "{email:?} is no e-mail address"),
            Unfit::Text(field) => {
                write!(f, "the {field} has more than {TEXT_LIMIT} characters, or a control character")
            }
        }
    }
}

impl std::error::Error for Unfit {}

impl Details {
    /// Somebody of whom the address is known, which is where they get instant messages, too.
    pub fn new(email: &str) -> Details {
        let email = bare_address(email);
        let (display_name, im_address) = (email.to_owned(), Some(email.to_owned()));
        Details { email: email.to_owned(), display_name, im_address, ..Details::default() }
    }

    /// The fields that may be absent, with their names in files and on the command line.
    pub fn optional(&self) -> [(&'static str, Option<&str>); 9] {
        [
            ("given_name", self.given_name.as_deref()),
            ("surname", self.surname.as_deref()),
            ("im", self.im_address.as_deref()),
            ("company", self.company.as_deref()),
            ("department", self.department.as_deref()),
            ("title", self.title.as_deref()),
            ("office", self.office.as_deref()),
            ("phone", self.phone.as_deref()),
            ("mobile", self.mobile.as_deref()),
        ]
    }

    /// The same as it is kept: without white space around texts and fields without text, and named by the address for
    /// want of a name.
    ///
    /// # Errors
    /// When the address is none, or a text cannot be kept.
    pub fn checked(self) -> Result<Details, Unfit> {
        let line =
            |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let email = bare_address(&self.email).to_owned();
        if !looks_like_email(&email) {
            return Err(Unfit::Email(email));
        }
        let details = Details {
            display_name: line(Some(self.display_name)).unwrap_or_else(|| email.clone()),
            email,
            given_name: line(self.given_name),
            surname: line(self.surname),
            im_address: line(self.im_address).filter(|address| !bare_address(address).is_empty()),
            company: line(self.company),
            department: line(self.department),
            title: line(self.title),
            office: line(self.office),
            phone: line(self.phone),
            mobile: line(self.mobile),
        };
        let required = [("email", Some(&*details.email)), ("name", Some(&*details.display_name))];
        for (field, text) in required.into_iter().chain(details.optional()) {
            let text = text.unwrap_or_default();
            let long = text.len() > TEXT_LIMIT && text.chars().count() > TEXT_LIMIT;
            if long || text.contains(char::is_control) {
                return Err(Unfit::Text(field));
            }
        }
        Ok(details)
    }

    /// The name with the first name first.
    pub fn first_last(&self) -> Cow<'_, str> {
        match (&self.given_name, &self.surname) {
            (Some(given), Some(surname)) => format!("{given} {surname}").into(),
            _ => (&*self.display_name).into(),
        }
    }

    /// The name with the family name first, as in a card index.
    pub fn last_first(&self) -> Cow<'_, str> {
        match (&self.given_name, &self.surname) {
            (Some(given), Some(surname)) => format!("{surname}, {given}").into(),
            _ => (&*self.display_name).into(),
        }
    }

    /// The form in which addresses are told apart.
    pub fn key(&self) -> String {
        fold_address(&self.email)
    }

    /// What is searched (UCS F1).
    fn text(&self) -> String {
        let numbers: Vec<String> =
            [&self.phone, &self.mobile].into_iter().flatten().map(|n| compact(n)).collect();
        let optional = self.optional().into_iter().filter_map(|(_, text)| text).map(bare_address);
        let required = [&*self.display_name, &*self.email];
        searchable(required.into_iter().chain(optional).chain(numbers.iter().map(String::as_str)))
    }
}

/// All entries, by name, and the places where words begin in what is known of them, in alphabetical order.
#[derive(Default)]
pub struct Directory {
    entries: Vec<Indexed>,
    /// Entry and offset in its text.
    starts: Vec<(u32, u32)>,
    ids: HashMap<EntryId, u32>,
}

struct Indexed {
    entry: Arc<Entry>,
    /// The name as it is compared.
    name: Box<str>,
    text: Box<str>,
}

impl Directory {
    /// Of these entries.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Directory {
        let indexed = entries.into_iter().map(|entry| Indexed {
            name: fold_name(&entry.details.display_name).into(),
            text: entry.details.text().into(),
            entry: Arc::new(entry),
        });
        let mut entries: Vec<Indexed> = indexed.collect();
        entries.sort_by(|one, other| {
            let key = |indexed: &Indexed| (indexed.entry.details.key(), indexed.entry.id);
            one.name.cmp(&other.name).then_with(|| key(one).cmp(&key(other)))
        });
        let mut starts = Vec::new();
        for (at, indexed) in (0..).zip(&entries) {
            let places =
                indexed.text.char_indices().filter(|(_, c)| c.is_alphanumeric()).map(|(place, _)| place);
            let places = places.filter(|place| is_start(&indexed.text, *place));
            starts.extend(places.filter_map(|place| Some((at, u32::try_from(place).ok()?))));
        }
        let ids = (0..).zip(&entries).map(|(at, indexed)| (indexed.entry.id, at)).collect();
        let mut directory = Directory { entries, starts: Vec::new(), ids };
        // The first bytes decide nearly always, and are at hand.
        let first = |start| {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(directory.rest(start).bytes()).for_each(|(to, from)| *to = from);
            u64::from_be_bytes(bytes)
        };
        let mut keyed: Vec<(u64, (u32, u32))> =
            starts.into_iter().map(|start| (first(start), start)).collect();
        keyed.sort_unstable_by(|(first, one), (second, other)| {
            first.cmp(second).then_with(|| directory.rest(*one).cmp(directory.rest(*other)))
        });
        directory.starts = keyed.into_iter().map(|(_, start)| start).collect();
        directory
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of that id.
    pub fn entry(&self, id: EntryId) -> Option<&Arc<Entry>> {
        self.indexed(*self.ids.get(&id)?).map(|indexed| &indexed.entry)
    }

    /// The entry with that e-mail address, or else the first with that IM address.
    pub fn entry_at(&self, address: &str) -> Option<&Arc<Entry>> {
        let folded = fold_address(address);
        let places = self.matching(&Query::of_word(&folded)?);
        let with = |field: fn(&Details) -> Option<&str>| {
            let mut entries = places.iter().filter_map(|at| self.indexed(*at)).map(|indexed| &indexed.entry);
            entries.find(|entry| field(&entry.details).is_some_and(|known| fold_address(known) == folded))
        };
        with(|details| Some(&details.email)).or_else(|| with(|details| details.im_address.as_deref()))
    }

    /// The places of the entries that a query with words finds, ascending, which is by name (UCS F1).
    pub(super) fn matching(&self, query: &Query) -> Vec<u32> {
        let ranges = query.words().iter().filter_map(|word| self.beginning_with(word));
        let mut places: Vec<u32> = match ranges.min_by_key(|range| range.len()) {
            Some(range) => range.iter().map(|(at, _)| *at).collect(),
            None => (0..).take(self.entries.len()).collect(),
        };
        places.sort_unstable();
        places.dedup();
        places.retain(|at| self.indexed(*at).is_some_and(|indexed| query.matches(&indexed.text)));
        places
    }

    /// The entry at a place, and its name as it is compared.
    pub(super) fn at(&self, place: u32) -> Option<(&Arc<Entry>, &str)> {
        self.indexed(place).map(|indexed| (&indexed.entry, &*indexed.name))
    }

    fn indexed(&self, place: u32) -> Option<&Indexed> {
        self.entries.get(place as usize)
    }

    /// Where words begin with what a word of a query has from its first letter or digit on, which is where all of it is
    /// found; `None` for a word with neither.
    fn beginning_with(&self, word: &str) -> Option<&[(u32, u32)]> {
        let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() {
            return None;
        }
        let from = self.starts.partition_point(|start| self.rest(*start) < word);
        let rest = self.starts.get(from..)?;
        let length = rest.partition_point(|start| self.rest(*start).starts_with(word));
        rest.get(..length)
    }

    fn rest(&self, (at, place): (u32, u32)) -> &str {
        self.indexed(at).and_then(|indexed| indexed.text.get(place as usize..)).unwrap_or_default()
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("entries", &self.len()).finish_non_exhaustive()
    }
}
