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
//! A card with `IMPP:sip:…`, `X-SIP`, `X-MS-IMADDRESS` or an `IMPP` without a scheme is an IM contact, whatever else it has; so is another with
//! `EMAIL`, by its e-mail address, and another with an `IMPP` of another scheme; another with `TEL` is a telephone contact.
//! Cards that are none of these, or are wrong in another way, are skipped.

use std::collections::HashMap;
use std::fmt;

use calcard::vcard::{
    VCard, VCardEntry, VCardKind, VCardParameter, VCardParameterName, VCardParameterValue, VCardProperty,
    VCardValue, VCardVersion,
};

use super::card_fields::{email, first, first_extension, im_address, name, parse, telephones, text_of};
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
    let is_group = card.entries.iter().any(|entry| {
        entry.name == VCardProperty::Kind && entry.values == [VCardValue::Kind(VCardKind::Group)]
    }) || first_extension(card, SERVER_KIND)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
    if is_group {
        let kind = first_extension(card, KIND);
        let kind = kind
            .map_or(Some(GroupKind::User), GroupKind::of_word)
            .ok_or_else(|| unknown_kind(kind.unwrap_or_default()))?;
        let address = first(card, &VCardProperty::Email);
        let name = first(card, &VCardProperty::Fn).unwrap_or_default();
        let group = Group::new(kind, name, address).map_err(|e| e.to_string())?;
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
    let number = telephones(card).filter_map(text_of).find(|number| !number.trim().is_empty());
    // An address for another network is of less use than one for mail, which is mostly that for messages, too.
    let is_usable = |address: &&str| !split_scheme(address).1.contains(':');
    let address = im.filter(is_usable).or_else(|| email(card)).or(im);
    let contact = match (address, number) {
        (Some(address), _) => Contact::new(address, name(card).as_deref(), None),
        (None, Some(number)) => match first_extension(card, TEL_URI) {
            Some(uri) => Contact::new(&format!("tel:{uri}"), None, Some(number)),
            None => Contact::of_number(number),
        },
        (None, None) => {
            return Err("there is neither IMPP nor EMAIL nor TEL for calls, so it is no contact".to_owned());
        }
    };
    let contact = contact.map_err(|unfit| unfit.to_string())?.with_sip(first_extension(card, SIP));
    // Not of version 4.0, which this program writes.
    let is_old = first(card, &VCardProperty::Version).is_none_or(|version| version.starts_with(['2', '3']));
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
            let (kind, name) = match value {
                _ if address.is_some() => (kind, ""),
                // Of Google, for who is in the address book at all, and who has a star.
                "myContacts" if is_old && !is_extension => continue,
                "starred" if is_old && !is_extension => (GroupKind::Favorites, ""),
                _ => (kind, value),
            };
            groups.push(Group::new(kind, name, address).map_err(|unfit| unfit.to_string())?);
        }
    }
    let contact = builder.contact(contact);
    if let Some(uid) = first(card, &VCardProperty::Uid) {
        members.known.insert(bare_uid(uid), contact);
    }
    for group in groups {
        let group = builder.group(group);
        builder.join(group, contact);
    }
    Ok(())
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
