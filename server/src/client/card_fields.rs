//! What a card says of somebody: preferred values, names, addresses and numbers, however programs write them.

use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardParameterValue, VCardProperty, VCardValue};
use calcard::{Entry, Parser};

use super::text::split_scheme;

/// Addresses for messages, as programs wrote them before there was `IMPP`, and Outlook does still.
const IM: [&str; 2] = ["X-SIP", "X-MS-IMADDRESS"];

pub(super) fn parse(card: &str) -> Option<VCard> {
    match Parser::new(card).strict().entry() {
        Entry::VCard(card) => Some(card),
        _ => None,
    }
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
        _ => None,
    });
    let is_preferred = has_type(entry, "pref").then_some(1);
    ranks.chain(is_preferred).min().unwrap_or(u32::MAX)
}

/// Whether a property is of that type.
pub(super) fn has_type(entry: &VCardEntry, wanted: &str) -> bool {
    let types = entry.params.iter().filter(|parameter| parameter.name == VCardParameterName::Type);
    let mut words = types.filter_map(|types| types.value.as_text()).flat_map(|words| words.split(','));
    words.any(|word| word.trim().eq_ignore_ascii_case(wanted))
}

pub(super) fn text_of(entry: &VCardEntry) -> Option<&str> {
    entry.values.first().and_then(VCardValue::as_text)
}

/// The first text of that name, by preference.
pub(super) fn first<'c>(card: &'c VCard, name: &VCardProperty) -> Option<&'c str> {
    let mut texts = preferred(card, name).into_iter().filter_map(text_of);
    texts.find(|text| !text.trim().is_empty())
}

/// How somebody is called: the formatted name, or what it would be made of, or a nickname, or the organisation.
pub(super) fn name(card: &VCard) -> Option<String> {
    let formatted = first(card, &VCardProperty::Fn).map(str::to_owned);
    let parts = || {
        let entry = preferred(card, &VCardProperty::N).into_iter().next()?;
        // Prefix, given, additional and family name, suffix.
        let parts = [3, 1, 2, 0, 4].into_iter().filter_map(|at| component(entry, at));
        Some(parts.collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
    };
    let other = |name: &VCardProperty| first(card, name).map(str::to_owned);
    formatted
        .or_else(parts)
        .or_else(|| other(&VCardProperty::Nickname))
        .or_else(|| other(&VCardProperty::Org))
}

/// A part of a value, such as the family name in a name.
pub(super) fn component(entry: &VCardEntry, at: usize) -> Option<String> {
    let text = match entry.values.get(at)? {
        VCardValue::Component(parts) => parts.join(" "),
        value => value.as_text()?.to_owned(),
    };
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The preferred e-mail address, or the first.
pub(super) fn email(card: &VCard) -> Option<&str> {
    let texts = preferred(card, &VCardProperty::Email).into_iter().filter_map(text_of);
    let mut bare = texts.map(|text| match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text.get(7..).unwrap_or_default(),
        _ => text,
    });
    bare.find(|text| text.contains('@')).map(str::trim)
}

/// The address in `IMPP`, or in what others have for that: one with `sip:`, if there is one. Without its scheme, it is no
/// telephone number either.
pub(super) fn im_address(card: &VCard) -> Option<&str> {
    let mut all: Vec<&str> =
        preferred(card, &VCardProperty::Impp).into_iter().filter_map(text_of).map(str::trim).collect();
    let others = IM.iter().filter_map(|name| first_extension(card, name)).map(str::trim);
    all.extend(others.filter(|address| address.contains('@')));
    let is_sip = |text: &&&str| text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:"));
    let is_bare = |text: &&&str| !text.contains(':');
    let found = all.iter().find(is_sip).or_else(|| all.iter().find(is_bare)).or_else(|| all.first())?;
    let bare = split_scheme(found).1;
    (!bare.is_empty()).then_some(*found)
}

/// The telephones, by preference: at a number for faxes or pagers alone, nobody answers a call.
pub(super) fn telephones(card: &VCard) -> impl Iterator<Item = &VCardEntry> {
    preferred(card, &VCardProperty::Tel).into_iter().filter(|entry| {
        let is_other = has_type(entry, "fax") || has_type(entry, "pager");
        !is_other || has_type(entry, "voice") || has_type(entry, "cell")
    })
}

pub(super) fn first_extension<'c>(card: &'c VCard, name: &str) -> Option<&'c str> {
    let mut all = card.entries.iter().filter(
        |entry| matches!(&entry.name, VCardProperty::Other(other) if other.eq_ignore_ascii_case(name)),
    );
    all.find_map(text_of)
}
