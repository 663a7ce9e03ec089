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
//! its kind, `EMAIL` its SMTP address. Other programs name members in it: `MEMBER`, by the `UID` of a card or by address
//! (before version 4.0, `X-ADDRESSBOOKSERVER-KIND` and `-MEMBER`).
//!
//! A card with `IMPP:sip:…` or an `IMPP` without a scheme is an IM contact, whatever else it has; so is another with
//! `EMAIL`, by its e-mail address, and another with an `IMPP` of another scheme; another with `TEL` is a telephone contact.
//! Cards that are none of these, or are wrong in another way, are skipped.

use std::collections::HashMap;
use std::fmt;

use calcard::vcard::{
    VCard, VCardEntry, VCardKind, VCardParameter, VCardParameterName, VCardParameterValue, VCardProperty,
    VCardValue, VCardVersion,
};
use calcard::{Entry, Parser};

use super::cards::{Split, split};
use super::format::{Malformed, Read};
use super::json::unknown_kind;
use super::model::{Contact, Group, GroupKind, List, ListBuilder};
use super::text::split_scheme;

const KIND: &str = "X-UCS-KIND";
const GROUP: &str = "X-UCS-GROUP";
const SIP: &str = "X-UCS-SIP";
const TEL_URI: &str = "X-UCS-TEL-URI";
/// `KIND` and `MEMBER` of version 4.0, as some programs write them in version 3.0.
const SERVER_KIND: &str = "X-ADDRESSBOOKSERVER-KIND";
const SERVER_MEMBER: &str = "X-ADDRESSBOOKSERVER-MEMBER";

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
/// When nothing in it is a card that can be taken: the first thing that is wrong, with its line. As long as there is one
/// that can, other cards are skipped, and so are lines that belong to none.
pub fn decode(text: &str) -> Result<Read, Malformed> {
    let mut builder = ListBuilder::default();
    let Split { cards, junk: mut skipped } = split(text);
    let (mut taken, mut members) = (0, Members::default());
    for (line, card) in cards {
        let read = match parse(&card) {
            Some(card) => read_card(line, &card, &mut builder, &mut members)
                .map_err(|text| format!("in this card, {text}")),
            None => Err("the card cannot be read".to_owned()),
        };
        match read {
            Ok(()) => taken += 1,
            Err(text) => skipped.push(Malformed::at(line, text)),
        }
    }
    skipped.extend(members.join(&mut builder));
    match skipped.first() {
        Some(first) if taken == 0 => Err(first.clone()),
        _ => {
            skipped.sort_by_key(|what| what.line);
            Ok(Read { list: builder.build(), skipped })
        }
    }
}

pub(super) fn parse(card: &str) -> Option<VCard> {
    match Parser::new(card).strict().entry() {
        Entry::VCard(card) => Some(card),
        _ => None,
    }
}

/// Members that cards of groups name, which may come before those of the members.
#[derive(Default)]
struct Members {
    /// The place of a contact by the UID of its card.
    known: HashMap<String, usize>,
    /// The line of a group's card, the place of the group, and who is in it.
    wanted: Vec<(usize, usize, Vec<String>)>,
}

impl Members {
    /// Makes all of them members. What is left out: who is in no card.
    fn join(self, builder: &mut ListBuilder) -> Vec<Malformed> {
        let Members { known, wanted } = self;
        let mut left_out = Vec::new();
        for (line, group, members) in wanted {
            let all = members.len();
            let found: Vec<usize> = members
                .iter()
                .filter_map(|member| match known.get(&bare_uid(member)) {
                    Some(at) => Some(*at),
                    None => by_address(member).map(|contact| builder.contact(contact)),
                })
                .collect();
            if found.len() < all {
                let missing = all - found.len();
                let text =
                    format!("members of this group, {missing} of {all}, are in no card that was taken");
                left_out.push(Malformed::at(line, text));
            }
            found.into_iter().for_each(|contact| builder.join(group, contact));
        }
        left_out
    }
}

/// A UID without what it may begin with.
fn bare_uid(uid: &str) -> String {
    let uid = uid.trim().to_ascii_lowercase();
    uid.strip_prefix("urn:uuid:").unwrap_or(&uid).to_owned()
}

/// A member that is named by its address.
fn by_address(member: &str) -> Option<Contact> {
    let (scheme, rest) = member.trim().split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "mailto" | "sip" | "im" => Contact::new(rest, None, None).ok(),
        "tel" => Contact::of_number(rest).ok(),
        _ => None,
    }
}

/// Takes a card as a whole, or nothing of it.
fn read_card(
    line: usize,
    card: &VCard,
    builder: &mut ListBuilder,
    members: &mut Members,
) -> Result<(), String> {
    let first = |name: &VCardProperty| {
        let mut texts = preferred(card, name).into_iter().filter_map(text_of);
        texts.find(|text| !text.is_empty())
    };
    let is_group = card.entries.iter().any(|entry| {
        entry.name == VCardProperty::Kind && entry.values == [VCardValue::Kind(VCardKind::Group)]
    }) || first_extension(card, SERVER_KIND)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
    let name = first(&VCardProperty::Fn);
    if is_group {
        let kind = first_extension(card, KIND);
        let kind = kind
            .map_or(Some(GroupKind::User), GroupKind::of_word)
            .ok_or_else(|| unknown_kind(kind.unwrap_or_default()))?;
        let address = first(&VCardProperty::Email);
        let group = Group::new(kind, name.unwrap_or_default(), address).map_err(|e| e.to_string())?;
        let group = builder.group(group);
        let named = card.entries.iter().filter(|entry| {
            entry.name == VCardProperty::Member
                || matches!(&entry.name, VCardProperty::Other(other) if other.eq_ignore_ascii_case(SERVER_MEMBER))
        });
        let named: Vec<_> = named.filter_map(text_of).map(str::to_owned).collect();
        if !named.is_empty() {
            members.wanted.push((line, group, named));
        }
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
    if let Some(uid) = first(&VCardProperty::Uid) {
        members.known.insert(bare_uid(uid), contact);
    }
    for group in groups {
        let group = builder.group(group);
        builder.join(group, contact);
    }
    Ok(())
}

/// The properties of that name, those first that are preferred: by `PREF` of version 4.0, which counts from 1 on, by the
/// type `pref` of older versions, then in the order of the card.
pub(super) fn preferred<'c>(card: &'c VCard, name: &VCardProperty) -> Vec<&'c VCardEntry> {
    let mut all: Vec<_> = card.entries.iter().filter(|entry| entry.name == *name).collect();
    all.sort_by_key(|entry| rank(entry));
    all
}

fn rank(entry: &VCardEntry) -> u32 {
    let ranks = entry.params.iter().filter_map(|parameter| match (&parameter.name, &parameter.value) {
        (VCardParameterName::Pref, VCardParameterValue::Integer(rank)) => Some(*rank),
        // As version 2.1 writes it, without a value.
        (VCardParameterName::Pref, VCardParameterValue::Null) => Some(1),
        (VCardParameterName::Type, types) => {
            let mut words = types.as_text()?.split(',');
            words.any(|word| word.trim().eq_ignore_ascii_case("pref")).then_some(1)
        }
        _ => None,
    });
    ranks.min().unwrap_or(u32::MAX)
}

fn text_of(entry: &VCardEntry) -> Option<&str> {
    entry.values.first().and_then(VCardValue::as_text)
}

/// The preferred e-mail address, or the first.
fn email(card: &VCard) -> Option<&str> {
    let texts = preferred(card, &VCardProperty::Email).into_iter().filter_map(text_of);
    let mut bare = texts.map(|text| match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text.get(7..).unwrap_or_default(),
        _ => text,
    });
    bare.find(|text| text.contains('@')).map(str::trim)
}

/// The address in `IMPP`: one with `sip:`, if there is one. Without its scheme, it is no telephone number either.
pub(super) fn im_address(card: &VCard) -> Option<&str> {
    let all: Vec<&str> = preferred(card, &VCardProperty::Impp).into_iter().filter_map(text_of).collect();
    let is_sip = |text: &&&str| text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:"));
    let is_bare = |text: &&&str| !text.contains(':');
    let found = all.iter().find(is_sip).or_else(|| all.iter().find(is_bare)).or_else(|| all.first())?;
    let bare = split_scheme(found).1;
    (!bare.is_empty()).then_some(*found)
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
