//! Lists as vCards: version 4.0 is written, 3.0 and 2.1 are read as well.
//!
//! A contact is a card: `FN` its name, `IMPP:sip:…` the address of an IM contact, `TEL` the number of a telephone
//! contact, `CATEGORIES` the groups, one line for each. What vCard has no words for:
//!
//! | extension | is |
//! |---|---|
//! | parameter `X-UCS-KIND` of `CATEGORIES` | the kind of a group that is no `user` group; the value of a `distribution` group is its SMTP address |
//! | `X-UCS-GROUP` | as `CATEGORIES`, for names with blanks in a row, which readers of `CATEGORIES` may swallow |
//! | `X-UCS-SIP` | SIP URI of a telephone contact |
//! | `X-UCS-TEL-URI` | TEL URI of a telephone contact, where it does not follow from the number |
//!
//! A group is a card, too, with `KIND:group`, if it has no members or is no `user` group: `FN` its name, `X-UCS-KIND`
//! its kind, `EMAIL` its SMTP address.
//!
//! A card with `IMPP:sip:…` or an `IMPP` without a scheme is an IM contact, whatever else it has; so is another with
//! `EMAIL`, by its e-mail address, and another with an `IMPP` of another scheme; another with `TEL` is a telephone contact.
//! Cards that are none of these, or are wrong in another way, are skipped.

use std::fmt;

use calcard::vcard::{
    VCard, VCardEntry, VCardKind, VCardParameter, VCardParameterName, VCardParameterValue, VCardProperty,
    VCardValue, VCardVersion,
};
use calcard::{Entry, Parser};

use super::format::{Malformed, Read};
use super::json::unknown_kind;
use super::model::{Contact, Group, GroupKind, List, ListBuilder};
use super::text::split_scheme;

const KIND: &str = "X-UCS-KIND";
const GROUP: &str = "X-UCS-GROUP";
const SIP: &str = "X-UCS-SIP";
const TEL_URI: &str = "X-UCS-TEL-URI";

/// Writes a list.
///
/// # Errors
/// When the texts cannot be written.
pub fn encode(list: &List) -> Result<String, fmt::Error> {
    let mut text = String::new();
    for group in list.groups().iter().filter(|group| needs_card(group)) {
        let mut entries = vec![
            VCardEntry::new(VCardProperty::Kind).with_value(VCardValue::Kind(VCardKind::Group)),
            VCardEntry::new(VCardProperty::Fn).with_value(group.name().to_owned()),
            extension(KIND, group.kind().word()),
        ];
        if let Some(address) = group.address() {
            entries.push(VCardEntry::new(VCardProperty::Email).with_value(address.to_owned()));
        }
        VCard { entries }.write_to(&mut text, VCardVersion::V4_0)?;
    }
    for (contact, groups) in list.contacts().iter().zip(list.memberships()) {
        let mut entries = contact_entries(contact);
        let groups = groups.into_iter().filter_map(|at| list.groups().get(at));
        entries.extend(groups.map(membership));
        VCard { entries }.write_to(&mut text, VCardVersion::V4_0)?;
    }
    Ok(text)
}

fn needs_card(group: &Group) -> bool {
    group.kind() != GroupKind::User || group.members().is_empty()
}

fn extension(name: &str, value: &str) -> VCardEntry {
    VCardEntry::new(VCardProperty::Other(name.to_owned())).with_value(value.to_owned())
}

fn contact_entries(contact: &Contact) -> Vec<VCardEntry> {
    let property = |name, value: &str| VCardEntry::new(name).with_value(value.to_owned());
    match contact.number() {
        None => {
            let name = contact.display_name().unwrap_or(contact.address());
            let uri = format!("sip:{}", contact.address());
            vec![property(VCardProperty::Fn, name), property(VCardProperty::Impp, &uri)]
        }
        Some(number) => {
            let mut entries = vec![property(VCardProperty::Fn, number), property(VCardProperty::Tel, number)];
            entries.extend(contact.sip().map(|sip| extension(SIP, sip)));
            entries.extend(contact.has_own_uri().then(|| extension(TEL_URI, contact.address())));
            entries
        }
    }
}

fn membership(group: &Group) -> VCardEntry {
    let value = group.address().unwrap_or(group.name());
    let blanks = value.as_bytes().windows(2).any(|pair| pair.iter().all(|byte| *byte == b' '));
    let name = if blanks { VCardProperty::Other(GROUP.to_owned()) } else { VCardProperty::Categories };
    let entry = VCardEntry::new(name).with_value(value.to_owned());
    if group.kind() == GroupKind::User {
        return entry;
    }
    let kind = VCardParameterValue::Text(group.kind().word().to_owned());
    entry.with_param(VCardParameter::new(VCardParameterName::Other(KIND.to_owned()), kind))
}

/// Reads a list.
///
/// # Errors
/// When it is not made of cards, or has some and none can be taken: the first thing that is wrong, with its line. As long
/// as there is one that can, the others are skipped.
pub fn decode(text: &str) -> Result<Read, Malformed> {
    let mut builder = ListBuilder::default();
    let (mut taken, mut skipped) = (0, Vec::new());
    for (line, card) in cards(text)? {
        let read = match parse(&card) {
            Some(card) => read_card(&card, &mut builder).map_err(|text| format!("in this card, {text}")),
            None => Err("the card cannot be read".to_owned()),
        };
        match read {
            Ok(()) => taken += 1,
            Err(text) => skipped.push(Malformed::at(line, text)),
        }
    }
    match skipped.first() {
        Some(first) if taken == 0 => Err(first.clone()),
        _ => Ok(Read { list: builder.build(), skipped }),
    }
}

/// The cards of a file, each with its first line.
pub(super) fn cards(text: &str) -> Result<Vec<(usize, String)>, Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut cards: Vec<(usize, String)> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    // Whether the next line goes on with a value in quoted-printable, as version 2.1 has them: it may be anything.
    let mut goes_on = false;
    for (at, line) in text.split('\n').enumerate() {
        let bare = line.trim_end_matches('\r');
        let is = |what: &str| bare.trim_end().eq_ignore_ascii_case(what);
        match &mut open {
            None if bare.trim().is_empty() => {}
            None if is("BEGIN:VCARD") => open = Some((at + 1, "BEGIN:VCARD\r\n".to_owned())),
            None => return Err(Malformed::at(at + 1, "here should be BEGIN:VCARD")),
            Some(_) if is("BEGIN:VCARD") => {
                return Err(Malformed::at(at + 1, "a card begins before END:VCARD of the last one"));
            }
            Some((_, card)) => {
                let continues = goes_on;
                goes_on = (continues || is_quoted_printable(bare)) && bare.ends_with('=');
                card.push_str(bare);
                card.push_str("\r\n");
                if is("END:VCARD") {
                    goes_on = false;
                    cards.extend(open.take());
                } else if !continues
                    && !bare.is_empty()
                    && !bare.starts_with([' ', '\t'])
                    && !bare.contains(':')
                {
                    // A folded line has its colon later, so only what cannot begin a property is wrong.
                    let name = bare.split([';', '.']).next().unwrap_or_default();
                    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                        return Err(Malformed::at(at + 1, "this is no property of a card"));
                    }
                }
            }
        }
    }
    match open {
        Some((line, _)) => Err(Malformed::at(line, "the card has no END:VCARD")),
        None => Ok(cards),
    }
}

/// Whether the value of a property is in quoted-printable, by its parameters.
fn is_quoted_printable(line: &str) -> bool {
    let head = line.split(':').next().unwrap_or_default();
    head.split(';').skip(1).any(|parameter| {
        let value = parameter.rsplit('=').next().unwrap_or_default();
        value.trim().eq_ignore_ascii_case("QUOTED-PRINTABLE")
    })
}

pub(super) fn parse(card: &str) -> Option<VCard> {
    match Parser::new(card).strict().entry() {
        Entry::VCard(card) => Some(card),
        _ => None,
    }
}

/// Takes a card as a whole, or nothing of it.
fn read_card(card: &VCard, builder: &mut ListBuilder) -> Result<(), String> {
    let first = |name: &VCardProperty| {
        let mut all = card.entries.iter().filter(|entry| entry.name == *name);
        all.find_map(|entry| entry.values.first().and_then(VCardValue::as_text))
            .filter(|text| !text.is_empty())
    };
    let is_group = card.entries.iter().any(|entry| {
        entry.name == VCardProperty::Kind && entry.values == [VCardValue::Kind(VCardKind::Group)]
    });
    let name = first(&VCardProperty::Fn);
    if is_group {
        let kind = first_extension(card, KIND);
        let kind = kind
            .map_or(Some(GroupKind::User), GroupKind::of_word)
            .ok_or_else(|| unknown_kind(kind.unwrap_or_default()))?;
        let address = first(&VCardProperty::Email);
        builder.group(Group::new(kind, name.unwrap_or_default(), address).map_err(|e| e.to_string())?);
        return Ok(());
    }
    let im = im_address(card);
    // An address for another network is of less use than one for mail, which is mostly that for messages, too.
    let is_usable = |address: &&str| !split_scheme(address).1.contains(':');
    let address = im.filter(is_usable).or_else(|| email(card)).or(im);
    let contact = match (address, first(&VCardProperty::Tel)) {
        (Some(address), _) => Contact::new(address, name, None),
        (None, Some(number)) => match first_extension(card, TEL_URI) {
            Some(uri) => Contact::new(&format!("tel:{uri}"), None, Some(number)),
            None => Contact::of_number(number),
        },
        (None, None) => {
            return Err("there is neither IMPP nor EMAIL nor TEL, so it is no contact".to_owned());
        }
    };
    let contact = contact.map_err(|unfit| unfit.to_string())?.with_sip(first_extension(card, SIP));
    let mut groups = Vec::new();
    for entry in &card.entries {
        let is_extension =
            matches!(&entry.name, VCardProperty::Other(other) if other.eq_ignore_ascii_case(GROUP));
        if entry.name != VCardProperty::Categories && !is_extension {
            continue;
        }
        let kind = kind_parameter(entry)?;
        for value in
            entry.values.iter().filter_map(VCardValue::as_text).filter(|text| !text.trim().is_empty())
        {
            let address = (kind == GroupKind::Distribution).then_some(value);
            let name = if address.is_some() { "" } else { value };
            groups.push(Group::new(kind, name, address).map_err(|unfit| unfit.to_string())?);
        }
    }
    let contact = builder.contact(contact);
    for group in groups {
        let group = builder.group(group);
        builder.join(group, contact);
    }
    Ok(())
}

/// The first e-mail address.
fn email(card: &VCard) -> Option<&str> {
    let all = card.entries.iter().filter(|entry| entry.name == VCardProperty::Email);
    let texts = all.filter_map(|entry| entry.values.first().and_then(VCardValue::as_text));
    let bare = texts.map(|text| match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text.get(7..).unwrap_or_default(),
        _ => text,
    });
    bare.map(str::trim).find(|text| text.contains('@'))
}

/// The address in `IMPP`: one with `sip:`, if there is one. Without its scheme, it is no telephone number either.
pub(super) fn im_address(card: &VCard) -> Option<&str> {
    let all = || {
        let entries = card.entries.iter().filter(|entry| entry.name == VCardProperty::Impp);
        entries.filter_map(|entry| entry.values.first().and_then(VCardValue::as_text))
    };
    let is_sip = |text: &&str| text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:"));
    let is_bare = |text: &&str| !text.contains(':');
    let found = all().find(is_sip).or_else(|| all().find(is_bare)).or_else(|| all().next())?;
    let bare = split_scheme(found).1;
    (!bare.is_empty()).then_some(found)
}

fn first_extension<'c>(card: &'c VCard, name: &str) -> Option<&'c str> {
    let mut all = card.entries.iter().filter(
        |entry| matches!(&entry.name, VCardProperty::Other(other) if other.eq_ignore_ascii_case(name)),
    );
    all.find_map(|entry| entry.values.first().and_then(VCardValue::as_text))
}

fn kind_parameter(entry: &VCardEntry) -> Result<GroupKind, String> {
    let mut all = entry.params.iter();
    let word = all.find_map(|parameter| match (&parameter.name, &parameter.value) {
        (VCardParameterName::Other(name), VCardParameterValue::Text(word))
            if name.eq_ignore_ascii_case(KIND) =>
        {
            Some(word)
        }
        _ => None,
    });
    word.map_or(Ok(GroupKind::User), |word| GroupKind::of_word(word).ok_or_else(|| unknown_kind(word)))
}
