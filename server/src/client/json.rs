//! Lists as JSON: the format `ucs-list`, version 1.
//!
//! ```json
//! {
//!   "format": "ucs-list",
//!   "version": 1,
//!   "groups": [
//!     { "kind": "user", "name": "Friends", "members": ["jane@example.org", "tel:+15550100"] },
//!     { "kind": "distribution", "name": "Staff", "address": "staff@example.org", "members": [] }
//!   ],
//!   "contacts": [
//!     { "address": "jane@example.org", "display_name": "Jane Doe" },
//!     { "address": "tel:+15550100", "number": "+1 555 0100", "sip": "sip:+15550100@example.org" }
//!   ]
//! }
//! ```
//!
//! | field | is |
//! |---|---|
//! | `kind` | `other-contacts`, `tagged`, `favorites`, `user` or `distribution` |
//! | `name` | display name; servers name the first three kinds in the language of the user, so there it only informs |
//! | group's `address` | SMTP address, of a distribution group |
//! | `members` | addresses of contacts; one that is not among the contacts is a contact by that |
//! | contact's `address` | IM address, or TEL URI with `tel:` |
//! | `display_name` | name of an IM contact; absent: the address |
//! | `number` | number of a telephone contact as people read it; absent: the address without `tel:` |
//! | `sip` | SIP URI of a telephone contact, where known |
//!
//! Other fields are an error, and so is another version.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::format::Malformed;
use super::model::{Contact, Group, GroupKind, List, ListBuilder};

/// Name of the format.
pub const FORMAT: &str = "ucs-list";
/// Its version.
pub const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    #[serde(default)]
    groups: Vec<Entry<GroupEntry>>,
    #[serde(default)]
    contacts: Vec<Entry<ContactEntry>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupEntry {
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default)]
    members: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactEntry {
    address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sip: Option<String>,
}

/// Marks the errors of entries, whose place the parser only notices when it is past them.
const CHECKED: char = '\u{1}';

/// An entry that is checked while it is read, so that the error has its line.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Entry<T>(pub(super) T);

/// What an entry must be besides well-formed.
pub(super) trait Check {
    fn check(&self) -> Result<(), String>;
}

impl<'de, T: Deserialize<'de> + Check> Deserialize<'de> for Entry<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Entry<T>, D::Error> {
        let value = T::deserialize(deserializer)?;
        value.check().map_err(|text| serde::de::Error::custom(format!("{CHECKED}{text}")))?;
        Ok(Entry(value))
    }
}

impl GroupEntry {
    fn group(&self) -> Result<Group, String> {
        let kind = GroupKind::of_word(&self.kind).ok_or_else(|| unknown_kind(&self.kind))?;
        Group::new(kind, &self.name, self.address.as_deref()).map_err(|unfit| unfit.to_string())
    }
}

impl Check for GroupEntry {
    fn check(&self) -> Result<(), String> {
        self.group()?;
        self.members.iter().try_for_each(|member| {
            Contact::new(member, None, None).map(drop).map_err(|unfit| unfit.to_string())
        })
    }
}

impl ContactEntry {
    fn contact(&self) -> Result<Contact, String> {
        let contact = Contact::new(&self.address, self.display_name.as_deref(), self.number.as_deref());
        contact.map(|contact| contact.with_sip(self.sip.as_deref())).map_err(|unfit| unfit.to_string())
    }
}

impl Check for ContactEntry {
    fn check(&self) -> Result<(), String> {
        self.contact().map(drop)
    }
}

/// What to say of a word that is no kind of group.
pub(super) fn unknown_kind(word: &str) -> String {
    let known: Vec<&str> = GroupKind::ALL.iter().map(|kind| kind.word()).collect();
    format!("{word:?} is no kind of group; there are {}", known.join(", "))
}

/// Writes a list.
///
/// # Errors
/// When the texts cannot be written.
pub fn encode(list: &List) -> Result<String, serde_json::Error> {
    let groups = list.groups().iter().map(|group| {
        let members = group.members().iter().filter_map(|at| list.contacts().get(*at));
        Entry(GroupEntry {
            kind: group.kind().word().to_owned(),
            name: group.name().to_owned(),
            address: group.address().map(str::to_owned),
            members: members.map(|contact| contact.address().to_owned()).collect(),
        })
    });
    let contacts = list.contacts().iter().map(|contact| {
        let number =
            contact.number().filter(|number| Some(*number) != contact.address().strip_prefix("tel:"));
        Entry(ContactEntry {
            address: contact.address().to_owned(),
            display_name: contact.display_name().map(str::to_owned),
            number: number.map(str::to_owned),
            sip: contact.sip().map(str::to_owned),
        })
    });
    let document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        groups: groups.collect(),
        contacts: contacts.collect(),
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// Reads a list.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn decode(text: &str) -> Result<List, Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_head(text, FORMAT, VERSION)?;
    let document: Document = serde_json::from_str(text).map_err(|error| malformed(text, &error))?;
    let mut builder = ListBuilder::default();
    // An address stands for its contact in the member lists, whatever the number of the contact is.
    let mut places = HashMap::new();
    let wrong = |text: String| Malformed::at(1, text);
    for Entry(entry) in &document.contacts {
        let contact = entry.contact().map_err(wrong)?;
        let key = contact.address_key();
        places.insert(key, builder.contact(contact));
    }
    for Entry(entry) in &document.groups {
        let group = builder.group(entry.group().map_err(wrong)?);
        for member in &entry.members {
            let contact = Contact::new(member, None, None).map_err(|unfit| wrong(unfit.to_string()))?;
            let place = places.get(&contact.address_key()).copied();
            let place = place.unwrap_or_else(|| builder.contact(contact));
            builder.join(group, place);
        }
    }
    Ok(builder.build())
}

/// Refuses a document of another format or version.
pub(super) fn check_head(text: &str, format: &str, version: u32) -> Result<(), Malformed> {
    let head: Head = serde_json::from_str(text).map_err(|error| malformed(text, &error))?;
    if head.format != format {
        return Err(Malformed::at(1, format!("the format is {:?}, not {format:?}", head.format)));
    }
    if head.version != version {
        let text = format!("version {} of {format} is not known here, only {version}", head.version);
        return Err(Malformed::at(1, text));
    }
    Ok(())
}

pub(super) fn malformed(text: &str, error: &serde_json::Error) -> Malformed {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    match message.strip_prefix(CHECKED) {
        None => Malformed::at(line, format!("{message} (column {column})")),
        Some(message) => {
            let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
            let passed = text.as_bytes().get(..before + column).unwrap_or(text.as_bytes());
            let end = passed.iter().rposition(|byte| *byte == b'}').unwrap_or_default();
            let line = 1 + passed.iter().take(end).filter(|byte| **byte == b'\n').count();
            Malformed::at(line, format!("in the entry that ends here, {message}"))
        }
    }
}
