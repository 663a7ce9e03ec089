//! `Person`: somebody who can be found, a contact of the mailbox or an entry of the directory.

use std::borrow::Cow;
use std::sync::Arc;

use super::Property;
use super::directory::{Details, Entry};
use super::query::searchable;
use crate::contacts::{Contact, ContactKind, bare_address};

/// Somebody who can be found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Person {
    /// A contact of the mailbox.
    Contact(Arc<Contact>),
    /// An entry of the directory.
    Entry(Arc<Entry>),
}

impl Person {
    /// The name.
    pub fn display_name(&self) -> &str {
        match self {
            Person::Contact(contact) => &contact.display_name,
            Person::Entry(entry) => &entry.details.display_name,
        }
    }

    /// The e-mail address.
    pub fn email(&self) -> Option<&str> {
        match self {
            Person::Contact(contact) => email_address(contact),
            Person::Entry(entry) => Some(&entry.details.email),
        }
    }

    /// The IM address.
    pub fn im_address(&self) -> Option<&str> {
        match self {
            Person::Contact(contact) => (contact.kind == ContactKind::Im).then_some(&*contact.address),
            Person::Entry(entry) => entry.details.im_address.as_deref(),
        }
    }

    /// Whether a property has texts, which conditions can look at (UCS F7).
    pub(super) fn can_be_looked_at(property: Property) -> bool {
        use Property::*;
        !matches!(
            property,
            CreationTime | RelevanceScore | Attributions | FileAsId | FileAsIds | ExtendedProperties
        )
    }

    /// The texts of a property, as personas show them.
    pub(super) fn values(&self, property: Property) -> Vec<Cow<'_, str>> {
        use Property::*;
        let details = match self {
            Person::Contact(_) => None,
            Person::Entry(entry) => Some(&entry.details),
        };
        let of =
            |field: fn(&Details) -> &Option<String>| details.and_then(|details| field(details).as_deref());
        let value = match property {
            PersonaType => Some("Person"),
            DisplayName | DisplayNames => Some(self.display_name()),
            DisplayNameFirstLast | DisplayNameLastFirst | FileAs | FileAses => {
                return self.ordered_name(property).into_iter().collect();
            }
            GivenName | GivenNames => of(|details| &details.given_name),
            Surname | Surnames => of(|details| &details.surname),
            Title | Titles => of(|details| &details.title),
            Department | Departments => of(|details| &details.department),
            CompanyName | CompanyNames => of(|details| &details.company),
            OfficeLocations => of(|details| &details.office),
            EmailAddress | EmailAddresses | Emails1 => self.email(),
            ImAddress | ImAddresses => self.im_address(),
            PhoneNumber => of(|details| &details.phone).or(of(|details| &details.mobile)),
            BusinessPhoneNumbers => of(|details| &details.phone),
            MobilePhones => of(|details| &details.mobile),
            OtherTelephones => match self {
                Person::Contact(contact) => {
                    (contact.kind == ContactKind::Tel).then_some(&*contact.display_name)
                }
                Person::Entry(_) => None,
            },
            CreationTime | RelevanceScore | Attributions | FileAsId | FileAsIds | ExtendedProperties => None,
        };
        value.map(Cow::Borrowed).into_iter().collect()
    }

    /// The name with its parts in the order of a property; a contact has but one name, and is filed by none.
    fn ordered_name(&self, property: Property) -> Option<Cow<'_, str>> {
        let filed = matches!(property, Property::FileAs | Property::FileAses);
        match self {
            Person::Contact(contact) => (!filed).then_some((&*contact.display_name).into()),
            Person::Entry(entry) if property == Property::DisplayNameFirstLast => {
                Some(entry.details.first_last())
            }
            Person::Entry(entry) => Some(entry.details.last_first()),
        }
    }

    /// Whether people can be put in order by a property (UCS F6).
    pub(super) fn can_be_sorted_by(property: Property) -> bool {
        use Property::*;
        matches!(property, DisplayName | GivenName | Surname | EmailAddress | ImAddress | CompanyName | Title)
    }

    /// The value by which people are put in order.
    pub(super) fn sort_value(&self, property: Property) -> Option<&str> {
        match property {
            Property::DisplayName => return Some(self.display_name()),
            Property::EmailAddress => return self.email(),
            Property::ImAddress => return self.im_address().map(bare_address),
            _ => {}
        }
        // Of a contact, no more is known.
        let Person::Entry(entry) = self else { return None };
        match property {
            Property::GivenName => entry.details.given_name.as_deref(),
            Property::Surname => entry.details.surname.as_deref(),
            Property::CompanyName => entry.details.company.as_deref(),
            Property::Title => entry.details.title.as_deref(),
            _ => None,
        }
    }
}

/// The e-mail address of a contact: its IM address, where it looks like one (UCS P3).
pub fn email_address(contact: &Contact) -> Option<&str> {
    let address = bare_address(&contact.address);
    (contact.kind == ContactKind::Im && looks_like_email(address)).then_some(address)
}

/// Whether a text looks like an e-mail address.
pub(super) fn looks_like_email(address: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '<' | '>' | ';' | ',' | '"');
    address.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !local.contains(odd) && !domain.contains(odd)
    })
}

/// What of a contact is searched (UCS F1): what is shown of it, and so not the SIP URI of a telephone contact.
pub(super) fn contact_text(contact: &Contact) -> String {
    let address = bare_address(&contact.address);
    let compact = compact(&contact.display_name);
    let number = (contact.kind == ContactKind::Tel).then_some(&*compact);
    searchable([Some(&*contact.display_name), Some(address), number].into_iter().flatten())
}

/// A telephone number without what only helps the eye.
pub(super) fn compact(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')' | '/')).collect()
}
