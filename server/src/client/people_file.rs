//! The directory of people as a file: CSV, JSON (`ucs-directory`, version 1) and vCard; `docs/people.md` describes them.

use ::csv::StringRecord;
use calcard::vcard::{VCard, VCardProperty};
use serde::{Deserialize, Serialize};

use super::card_fields::{component, email, has_type, im_address, name, parse, preferred, telephones};
use super::cards::{Split, split};
use super::csv::{Columns, is_empty, reader};
use super::foreign;
use super::format::{Format, Malformed};
use super::json::{Check, Entry, check_head, malformed as malformed_json};
use super::text::split_scheme;
use crate::people::Details;

/// Name of the JSON format.
pub const FORMAT: &str = "ucs-directory";
/// Its version.
pub const VERSION: u32 = 1;
/// What stands for an IM address where there is none.
const NO_IM: &str = "-";
/// The columns of CSV, which are the fields of JSON.
const COLUMNS: [&str; 11] = [
    "email",
    "name",
    "given_name",
    "surname",
    "im",
    "company",
    "department",
    "title",
    "office",
    "phone",
    "mobile",
];

/// Somebody, as files have them.
#[derive(Clone, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct PersonLine {
    /// E-mail address.
    pub email: String,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// IM address; absent: the e-mail address; `-`: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub im: Option<String>,
    /// The organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where the desk is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Business telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Mobile telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
}

impl PersonLine {
    /// Somebody as the directory has them.
    pub fn of(details: &Details) -> PersonLine {
        let Details { email, display_name, given_name, surname, im_address, .. } = details.clone();
        let Details { company, department, title, office, phone, mobile, .. } = details.clone();
        let im = match im_address {
            Some(address) if address == email => None,
            address => Some(address.unwrap_or_else(|| NO_IM.to_owned())),
        };
        let name = Some(display_name).filter(|name| *name != email);
        PersonLine { email, name, given_name, surname, im, company, department, title, office, phone, mobile }
    }

    /// What goes into the directory.
    ///
    /// # Errors
    /// When somebody like this cannot be in it.
    pub fn details(&self) -> Result<Details, String> {
        let PersonLine { given_name, surname, company, department, title, office, phone, mobile, .. } =
            self.clone();
        let usual = Details::new(self.email.trim());
        let name = self.name.clone().filter(|name| !name.trim().is_empty());
        let im_address = match self.im.as_deref().map(str::trim).filter(|address| !address.is_empty()) {
            Some(NO_IM) => None,
            Some(address) => Some(address.to_owned()),
            None => usual.im_address,
        };
        let details = Details {
            email: usual.email,
            display_name: name.unwrap_or_else(|| full_name(given_name.as_deref(), surname.as_deref())),
            given_name,
            surname,
            im_address,
            company,
            department,
            title,
            office,
            phone,
            mobile,
        };
        details.checked().map_err(|unfit| unfit.to_string())
    }
}

fn full_name(given: Option<&str>, surname: Option<&str>) -> String {
    let parts = [given, surname].into_iter().flatten().map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

impl Check for PersonLine {
    fn check(&self) -> Result<(), String> {
        self.details().map(drop)
    }
}

/// The whole directory, as JSON has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    people: Vec<Entry<PersonLine>>,
}

/// Reads people.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn decode(format: Format, text: &str) -> Result<Vec<Details>, Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Json => of_json(text),
        Format::Csv => of_csv(text),
        Format::Vcard => of_vcard(text),
    }
}

/// Writes people as the JSON document that [`decode`] reads.
///
/// # Errors
/// When the texts cannot be written.
pub fn encode<'d>(people: impl IntoIterator<Item = &'d Details>) -> Result<String, serde_json::Error> {
    let people = people.into_iter().map(|details| Entry(PersonLine::of(details))).collect();
    let document = Document { format: FORMAT.to_owned(), version: VERSION, people };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn of_json(text: &str) -> Result<Vec<Details>, Malformed> {
    check_head(text, FORMAT, VERSION)?;
    let document: Document = serde_json::from_str(text).map_err(|error| malformed_json(text, &error))?;
    let people = document.people.iter().map(|Entry(line)| line.details());
    // Each was checked while it was read.
    people.collect::<Result<_, _>>().map_err(|text| Malformed::at(1, text))
}

fn of_csv(text: &str) -> Result<Vec<Details>, Malformed> {
    let (mut reader, mut lines) = reader(text)?;
    let header = reader.headers().map_err(|error| lines.malformed(&error))?;
    let columns = match foreign::Columns::of(header, &COLUMNS[..1]) {
        Some(columns) => Layout::Foreign(columns),
        None => Layout::Own(Columns::new(header, &COLUMNS, 0)?),
    };
    let mut people = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| lines.malformed(&error))?;
        if is_empty(&record) {
            continue;
        }
        let line = lines.of(record.position());
        let person = match &columns {
            Layout::Own(columns) => own_line(columns, &record),
            Layout::Foreign(columns) => columns.person(&record),
        };
        people.push(person.details().map_err(|text| Malformed::at(line, text))?);
    }
    Ok(people)
}

/// What the first row of CSV says.
enum Layout {
    Own(Columns),
    Foreign(foreign::Columns),
}

fn own_line(columns: &Columns, record: &StringRecord) -> PersonLine {
    let value = |column| Some(columns.get(record, column).to_owned()).filter(|text| !text.is_empty());
    PersonLine {
        email: value(0).unwrap_or_default(),
        name: value(1),
        given_name: value(2),
        surname: value(3),
        im: value(4),
        company: value(5),
        department: value(6),
        title: value(7),
        office: value(8),
        phone: value(9),
        mobile: value(10),
    }
}

fn of_vcard(text: &str) -> Result<Vec<Details>, Malformed> {
    let Split { cards, junk } = split(text);
    if let Some(junk) = junk.into_iter().next() {
        return Err(junk);
    }
    let people = cards.into_iter().map(|(line, card)| {
        let card = parse(&card).ok_or_else(|| Malformed::at(line, "the card cannot be read"))?;
        of_card(&card).details().map_err(|text| Malformed::at(line, format!("in this card, {text}")))
    });
    people.collect()
}

fn of_card(card: &VCard) -> PersonLine {
    let all = |name: VCardProperty| preferred(card, &name).into_iter();
    let part = |name: VCardProperty, at: usize| all(name).next().and_then(|entry| component(entry, at));
    let number = |cell: bool| {
        let entry = telephones(card).find(|entry| has_type(entry, "cell") == cell);
        let number = entry.and_then(|entry| component(entry, 0));
        number.map(|number| split_scheme(&number).1.to_owned())
    };
    // An address of another network is none here.
    let of_ours = |address: &&str| !split_scheme(address).1.contains(':');
    let im = im_address(card).filter(of_ours).map(str::to_owned);
    let bare_im = im.as_deref().map(|address| split_scheme(address).1.to_owned());
    PersonLine {
        email: email(card).map(str::to_owned).or(bare_im).unwrap_or_default(),
        name: name(card),
        given_name: part(VCardProperty::N, 1),
        surname: part(VCardProperty::N, 0),
        im,
        company: part(VCardProperty::Org, 0),
        department: part(VCardProperty::Org, 1),
        title: part(VCardProperty::Title, 0),
        office: None,
        phone: number(false),
        mobile: number(true),
    }
}
