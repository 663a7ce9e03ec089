//! Lists as CSV (RFC 4180), one row for each membership.
//!
//! | column | is |
//! |---|---|
//! | `group` | name of the group; empty for a contact in no group |
//! | `kind` | `other-contacts`, `tagged`, `favorites`, `user` or `distribution`; empty: `user` |
//! | `address` | IM address, or TEL URI with `tel:`; empty for a group without members |
//! | `display_name` | name of an IM contact; empty: the address |
//! | `number` | number of a telephone contact as people read it; empty: the address without `tel:` |
//! | `sip` | SIP URI of a telephone contact; only written where there is one |
//! | `group_address` | SMTP address of a distribution group; only written where there is one |
//!
//! Columns are found by their names in the first row, in any order; all but `address` may be missing. Semicolons or tabs
//! between them are read as well, if they are in the first row. Rows of one contact are merged.
//! The columns of address books (`foreign`) are read as well. Values are data: what a spreadsheet would take for a formula is neither changed nor quoted.

use csv::{Position, Reader, ReaderBuilder, StringRecord, Writer};

use super::foreign;
use super::format::{Malformed, Read};
use super::json::unknown_kind;
use super::model::{Contact, Group, GroupKind, List, ListBuilder};

/// The columns that are always written.
const COLUMNS: [&str; 5] = ["group", "kind", "address", "display_name", "number"];
/// The place of the one that has to be there.
const ADDRESS: usize = 2;
/// The columns that are written where they are needed.
const SIP: &str = "sip";
const GROUP_ADDRESS: &str = "group_address";

/// Writes a list.
///
/// # Errors
/// When the texts cannot be written.
pub fn encode(list: &List) -> anyhow::Result<String> {
    let sip = list.contacts().iter().any(|contact| contact.sip().is_some());
    let addresses = list.groups().iter().any(|group| group.address().is_some());
    let row = |group: Option<&Group>, contact: Option<&Contact>| {
        let number = contact.and_then(Contact::number);
        let mut row = vec![
            group.map_or("", Group::name).to_owned(),
            group.map_or("", |group| group.kind().word()).to_owned(),
            contact.map_or("", Contact::address).to_owned(),
            contact.and_then(Contact::display_name).unwrap_or_default().to_owned(),
            number.unwrap_or_default().to_owned(),
        ];
        row.extend(sip.then(|| contact.and_then(Contact::sip).unwrap_or_default().to_owned()));
        row.extend(addresses.then(|| group.and_then(Group::address).unwrap_or_default().to_owned()));
        row
    };
    let mut writer = Writer::from_writer(Vec::new());
    let mut header = COLUMNS.to_vec();
    header.extend(sip.then_some(SIP));
    header.extend(addresses.then_some(GROUP_ADDRESS));
    writer.write_record(header)?;
    for group in list.groups() {
        let mut members = group.members().iter().filter_map(|at| list.contacts().get(*at)).peekable();
        if members.peek().is_none() {
            writer.write_record(row(Some(group), None))?;
        }
        members.try_for_each(|contact| writer.write_record(row(Some(group), Some(contact))))?;
    }
    for (contact, groups) in list.contacts().iter().zip(list.memberships()) {
        if groups.is_empty() {
            writer.write_record(row(None, Some(contact)))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(String::from_utf8(bytes)?)
}

/// Reads rows. What stands between values is what does so in the first row, which names columns: a comma, or the
/// semicolon or the tab of spreadsheets where commas are in numbers.
///
/// # Errors
/// When a quotation mark is not closed: the reader would take all that follows it for one value.
pub(super) fn reader(text: &str) -> Result<(Reader<&[u8]>, Lines<'_>), Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let delimiter = first.bytes().find(|byte| b",;\t".contains(byte)).unwrap_or(b',');
    match unclosed(text, delimiter) {
        Some(line) => Err(Malformed::at(line, "the quotation mark that begins a value here is not closed")),
        None => {
            let reader = ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
            Ok((reader, Lines { text: text.as_bytes(), at: 0, line: 1 }))
        }
    }
}

/// In which lines rows begin. The reader itself takes the end of a line that has two characters for the begin of the next
/// row.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a row, which is not before the one that was asked for last.
    pub(super) fn of(&mut self, position: Option<&Position>) -> usize {
        let begin = position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        while let Some(byte) = self.text.get(self.at)
            && (self.at < begin || b"\r\n".contains(byte))
        {
            self.line += usize::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }

    /// What the reader found wrong.
    pub(super) fn malformed(&mut self, error: &csv::Error) -> Malformed {
        let line = self.of(error.position());
        match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                Malformed::at(line, format!("the row has {len} columns, the first row {expected_len}"))
            }
            _ => Malformed::at(line, error.to_string()),
        }
    }
}

/// The line in which a value in quotation marks begins that does not end.
fn unclosed(text: &str, delimiter: u8) -> Option<usize> {
    enum Within {
        Nothing,
        Value,
        /// And the line where it begins.
        Quotes(usize),
        /// After a quotation mark that ends the value, unless another follows.
        Ending(usize),
    }
    let (mut within, mut line) = (Within::Nothing, 1);
    for byte in text.bytes() {
        within = match (within, byte) {
            (Within::Quotes(from), b'"') => Within::Ending(from),
            (Within::Quotes(from), _) | (Within::Ending(from), b'"') => Within::Quotes(from),
            (Within::Nothing, b'"') => Within::Quotes(line),
            (_, b'\r' | b'\n') => Within::Nothing,
            (_, byte) if byte == delimiter => Within::Nothing,
            _ => Within::Value,
        };
        line += usize::from(byte == b'\n');
    }
    match within {
        Within::Quotes(from) => Some(from),
        _ => None,
    }
}

/// Where the columns are.
pub(super) struct Columns {
    places: Vec<Option<usize>>,
}

impl Columns {
    /// Finds columns by their names in the first row; `required` is one that has to be there.
    pub(super) fn new(header: &StringRecord, known: &[&str], required: usize) -> Result<Columns, Malformed> {
        let mut places = vec![None; known.len()];
        for (place, title) in header.iter().enumerate() {
            let title = title.trim().to_lowercase();
            let Some(at) = known.iter().position(|name| *name == title) else {
                let known = known.join(", ");
                let text = format!(
                    "{title:?} is no column; there are {known}, or those of an address book, one of which is E-mail Address"
                );
                return Err(Malformed::at(1, text));
            };
            if let Some(slot) = places.get_mut(at)
                && slot.replace(place).is_some()
            {
                return Err(Malformed::at(1, format!("the column {title} is there twice")));
            }
        }
        match places.get(required) {
            Some(Some(_)) => Ok(Columns { places }),
            _ => {
                let name = known.get(required).copied().unwrap_or_default();
                let text = format!("the first row has no column {name}: it must name the columns");
                Err(Malformed::at(1, text))
            }
        }
    }

    /// The value of a column, by its place among those that are known; empty where it is missing.
    pub(super) fn get<'r>(&self, record: &'r StringRecord, column: usize) -> &'r str {
        let place = self.places.get(column).copied().flatten();
        place.and_then(|place| record.get(place)).map_or("", str::trim)
    }
}

/// Reads a list.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn decode(text: &str) -> Result<Read, Malformed> {
    let (mut reader, mut lines) = reader(text)?;
    let known: Vec<&str> = COLUMNS.into_iter().chain([SIP, GROUP_ADDRESS]).collect();
    let header = reader.headers().map_err(|error| lines.malformed(&error))?;
    if let Some(columns) = foreign::Columns::of(header, &known) {
        return foreign::decode(reader, lines, &columns);
    }
    let columns = Columns::new(header, &known, ADDRESS)?;
    let mut builder = ListBuilder::default();
    for record in reader.records() {
        let record = record.map_err(|error| lines.malformed(&error))?;
        // As spreadsheets write them, after what was there once.
        if is_empty(&record) {
            continue;
        }
        let line = lines.of(record.position());
        let value = |column| columns.get(&record, column);
        let group = group(value(0), value(1), value(6)).map_err(|text| Malformed::at(line, text))?;
        let address = value(2);
        if group.is_none() && address.is_empty() {
            return Err(Malformed::at(line, "the row has neither a group nor an address"));
        }
        let group = group.map(|group| builder.group(group));
        if !address.is_empty() {
            let contact = Contact::new(address, Some(value(3)), Some(value(4)));
            let contact = contact.map_err(|unfit| Malformed::at(line, unfit.to_string()))?;
            let contact = builder.contact(contact.with_sip(Some(value(5))));
            if let Some(group) = group {
                builder.join(group, contact);
            }
        }
    }
    Ok(builder.build().into())
}

/// Whether there is nothing in a row.
pub(super) fn is_empty(record: &StringRecord) -> bool {
    record.iter().all(|value| value.trim().is_empty())
}

fn group(name: &str, kind: &str, address: &str) -> Result<Option<Group>, String> {
    if name.is_empty() && kind.is_empty() && address.is_empty() {
        return Ok(None);
    }
    let kind = match kind {
        "" => GroupKind::User,
        word => GroupKind::of_word(word).ok_or_else(|| unknown_kind(word))?,
    };
    Group::new(kind, name, Some(address)).map(Some).map_err(|unfit| unfit.to_string())
}
