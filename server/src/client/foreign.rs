//! CSV of address books: the columns of Google, Outlook and Thunderbird, in English and German.
//!
//! They are known by their first row. Somebody's address is one for messages with `sip:`, or else the e-mail address
//! that is preferred, or else a telephone number. What else is in a row, such as streets, is not looked at.

use csv::{Reader, StringRecord};

use super::csv::{Lines, is_empty};
use super::format::{Malformed, Read};
use super::model::{Contact, Group, GroupKind, ListBuilder};
use super::people_file::PersonLine;

/// What a column is; the number says which of several comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Field {
    Email(u8),
    /// What kind of address that one is; an asterisk marks the preferred one.
    EmailKind(u8),
    Im(u8),
    Phone(u8),
    /// What kind of number that one is.
    PhoneKind(u8),
    Mobile(u8),
    Name,
    Given,
    Middle,
    Family,
    Nickname,
    Company,
    Department,
    Job,
    Office,
    /// Groups, with semicolons or commas between them.
    Categories,
    /// Groups, with `:::` between them.
    Labels,
}

use Field::{
    Categories, Company, Department, Email, EmailKind, Family, Given, Im, Job, Labels, Middle, Mobile, Name,
    Nickname, Office, Phone, PhoneKind,
};

/// Titles of columns, by their letters and digits, in lower case: `E-Mail 2: Adresse` is `email2adresse`.
const TITLES: &[(&str, Field)] = &[
    ("email", Email(1)),
    ("emailaddress", Email(1)),
    ("primaryemail", Email(1)),
    ("email2address", Email(2)),
    ("secondaryemail", Email(2)),
    ("email3address", Email(3)),
    ("emailadresse", Email(1)),
    ("prim\u{e4}reemailadresse", Email(1)),
    ("email2adresse", Email(2)),
    ("emailadresse2", Email(2)),
    ("sekund\u{e4}reemailadresse", Email(2)),
    ("email3adresse", Email(3)),
    ("emailadresse3", Email(3)),
    ("screenname", Im(1)),
    ("messengername", Im(1)),
    ("businessphone", Phone(1)),
    ("workphone", Phone(1)),
    ("businessphone2", Phone(2)),
    ("homephone", Phone(4)),
    ("homephone2", Phone(5)),
    ("primaryphone", Phone(3)),
    ("companymainphone", Phone(6)),
    ("otherphone", Phone(7)),
    ("telefongesch\u{e4}ftlich", Phone(1)),
    ("teldienstlich", Phone(1)),
    ("telefongesch\u{e4}ftlich2", Phone(2)),
    ("haupttelefon", Phone(3)),
    ("telefonprivat", Phone(4)),
    ("telprivat", Phone(4)),
    ("telefonprivat2", Phone(5)),
    ("telefonfirma", Phone(6)),
    ("weiterestelefon", Phone(7)),
    ("mobilephone", Mobile(1)),
    ("mobilenumber", Mobile(1)),
    ("mobiltelefon", Mobile(1)),
    ("mobiltelnr", Mobile(1)),
    ("mobiltelefon2", Mobile(2)),
    ("name", Name),
    ("displayname", Name),
    ("anzeigename", Name),
    ("firstname", Given),
    ("givenname", Given),
    ("vorname", Given),
    ("middlename", Middle),
    ("additionalname", Middle),
    ("weiterevornamen", Middle),
    ("lastname", Family),
    ("familyname", Family),
    ("nachname", Family),
    ("nickname", Nickname),
    ("spitzname", Nickname),
    ("company", Company),
    ("organization", Company),
    ("organizationname", Company),
    ("firma", Company),
    ("organisation", Company),
    ("department", Department),
    ("organizationdepartment", Department),
    ("abteilung", Department),
    ("jobtitle", Job),
    ("organizationtitle", Job),
    ("position", Job),
    ("arbeitstitel", Job),
    ("officelocation", Office),
    ("b\u{fc}ro", Office),
    ("categories", Categories),
    ("kategorien", Categories),
    ("groupmembership", Labels),
    ("labels", Labels),
];

/// Between several values of Google.
const SEVERAL: &str = ":::";

impl Field {
    fn of_title(title: &str) -> Option<Field> {
        let title = title.trim().to_lowercase();
        let bare: String = title.chars().filter(|c| c.is_alphanumeric()).collect();
        let known = TITLES.iter().find(|(known, _)| *known == bare);
        known.map(|(_, field)| *field).or_else(|| Field::of_numbered(&title))
    }

    /// As Google has it: `E-mail 1 - Value`.
    fn of_numbered(title: &str) -> Option<Field> {
        let (what, part) = title.split_once(" - ")?;
        let (what, number) = what.rsplit_once(' ')?;
        let number = number.parse().ok()?;
        Some(match (what, part) {
            ("e-mail", "value") => Email(number),
            ("e-mail", "type" | "label") => EmailKind(number),
            ("im", "value") => Im(number),
            ("phone", "value") => Phone(number),
            ("phone", "type" | "label") => PhoneKind(number),
            ("organization", "name") => Company,
            ("organization", "department") => Department,
            ("organization", "title") => Job,
            _ => return None,
        })
    }
}

/// What the columns of an address book are.
pub(super) struct Columns(Vec<Option<Field>>);

impl Columns {
    /// Of a first row that is none of ours: it has none of our own columns, but one for addresses.
    pub(super) fn of(header: &StringRecord, own: &[&str]) -> Option<Columns> {
        let is_own = |title: &str| own.contains(&title.trim().to_lowercase().as_str());
        let fields: Vec<_> = header.iter().map(Field::of_title).collect();
        let is_address = |field: &Field| matches!(field, Email(_) | Phone(_) | Mobile(_));
        let has_address = fields.iter().flatten().any(is_address);
        (has_address && !header.iter().any(is_own)).then_some(Columns(fields))
    }

    /// The values of columns, those first that come first.
    fn values<'r>(&self, record: &'r StringRecord, wanted: fn(Field) -> bool) -> Vec<(Field, &'r str)> {
        let all = self.0.iter().zip(record).filter_map(|(field, text)| {
            let text = text.split(SEVERAL).next().unwrap_or_default().trim();
            Some(((*field)?, text)).filter(|(field, text)| wanted(*field) && !text.is_empty())
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|(field, _)| *field);
        all
    }

    fn first(&self, record: &StringRecord, wanted: fn(Field) -> bool) -> Option<String> {
        self.values(record, wanted).first().map(|(_, text)| (*text).to_owned())
    }

    /// What was given as kind of one of several values.
    fn kind<'r>(&self, record: &'r StringRecord, kind: Field) -> &'r str {
        let place = self.0.iter().position(|field| *field == Some(kind));
        place.and_then(|place| record.get(place)).unwrap_or_default()
    }

    /// Somebody.
    pub(super) fn person(&self, record: &StringRecord) -> PersonLine {
        let mut emails = self.values(record, |field| matches!(field, Email(_)));
        // Others are names within an organisation, as Outlook has them.
        emails.retain(|(_, text)| text.contains('@'));
        emails.sort_by_key(|(field, _)| {
            let Email(number) = field else { return true };
            !self.kind(record, EmailKind(*number)).trim_start().starts_with('*')
        });
        let im = self.values(record, |field| matches!(field, Im(_)));
        let im = im.iter().find(|(_, text)| text.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("sip:")));
        let (mut phones, mut mobiles) = (Vec::new(), Vec::new());
        for (field, number) in self.values(record, |field| matches!(field, Phone(_) | Mobile(_))) {
            let kind = match field {
                Phone(at) => self.kind(record, PhoneKind(at)).to_lowercase(),
                _ => String::new(),
            };
            match field {
                _ if kind.contains("fax") || kind.contains("pager") => {}
                Phone(_) if !kind.contains("mobil") => phones.push(number.to_owned()),
                _ => mobiles.push(number.to_owned()),
            }
        }
        let given_name = self.first(record, |field| field == Given);
        let surname = self.first(record, |field| field == Family);
        let middle = self.first(record, |field| field == Middle);
        let parts = [&given_name, &middle, &surname].into_iter().flatten().map(String::as_str);
        let composed = Some(parts.collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty());
        let company = self.first(record, |field| field == Company);
        let name = self.first(record, |field| field == Name).or(composed);
        let name = name.or_else(|| self.first(record, |field| field == Nickname)).or_else(|| company.clone());
        PersonLine {
            email: emails.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default(),
            name,
            given_name,
            surname,
            im: im.map(|(_, text)| (*text).to_owned()),
            company,
            department: self.first(record, |field| field == Department),
            title: self.first(record, |field| field == Job),
            office: self.first(record, |field| field == Office),
            phone: phones.into_iter().next(),
            mobile: mobiles.into_iter().next(),
        }
    }

    /// The groups of somebody.
    fn groups(&self, record: &StringRecord) -> Vec<Group> {
        let columns = self.0.iter().zip(record);
        let names = columns.flat_map(|(field, text)| match field {
            Some(Labels) => text.split(SEVERAL).filter_map(of_label).collect(),
            Some(Categories) => {
                let names = text.split([';', ',']).map(str::trim).filter(|name| !name.is_empty());
                names.map(|name| (GroupKind::User, name)).collect()
            }
            _ => Vec::new(),
        });
        // Those without a name are no group.
        names.filter_map(|(kind, name)| Group::new(kind, name, None).ok()).collect()
    }
}

/// The group of a label. An asterisk marks those of Google itself: who is in the address book at all, and who has a star.
fn of_label(label: &str) -> Option<(GroupKind, &str)> {
    let label = label.trim();
    let bare = label.strip_prefix('*').unwrap_or(label).trim();
    let folded: String = bare.to_lowercase().split_whitespace().collect();
    match folded.as_str() {
        "" | "mycontacts" => None,
        "starred" | "starredinandroid" => Some((GroupKind::Favorites, "")),
        _ => Some((GroupKind::User, bare)),
    }
}

/// Reads the rows of an address book as a list.
///
/// # Errors
/// When a row is malformed, or nobody in it can be a contact.
pub(super) fn decode(
    mut reader: Reader<&[u8]>,
    mut lines: Lines<'_>,
    columns: &Columns,
) -> Result<Read, Malformed> {
    let mut builder = ListBuilder::default();
    let (mut skipped, mut taken) = (Vec::new(), 0);
    for record in reader.records() {
        let record = record.map_err(|error| lines.malformed(&error))?;
        if is_empty(&record) {
            continue;
        }
        let PersonLine { email, im, name, phone, mobile, .. } = columns.person(&record);
        let contact = match (im.or(Some(email).filter(|email| !email.is_empty())), phone.or(mobile)) {
            (Some(address), _) => Contact::new(&address, name.as_deref(), None).ok(),
            (None, Some(number)) => Contact::of_number(&number).ok(),
            (None, None) => None,
        };
        let Some(contact) = contact else {
            let line = lines.of(record.position());
            skipped.push(Malformed::at(
                line,
                "there is neither an e-mail address nor a telephone number in this row",
            ));
            continue;
        };
        taken += 1;
        let contact = builder.contact(contact);
        for group in columns.groups(&record) {
            let group = builder.group(group);
            builder.join(group, contact);
        }
    }
    match skipped.first() {
        Some(first) if taken == 0 => Err(first.clone()),
        _ => Ok(Read { list: builder.build(), skipped }),
    }
}
