//! Strategies for texts, ids, dates and the other values that messages are made of.

use oxws::oxwscdata::{
    ConnectingSid, DistinguishedPropertySet, EmailAddress, ExchangeImpersonation, ExchangeVersion, FolderId,
    MailboxCulture, MailboxType, NonEmptyString, RequestServerVersion, ServerVersionInfo,
};
use oxws::oxwscore::{
    BaseItemIdChoice, ItemId, OccurrenceItemId, OccurrencesRange, RecurringMasterItemId,
    RecurringMasterItemIdRanges,
};
use oxws::oxwscos::{ImGroup, RequestHeaders, ResponseHeaders};
use oxws::oxwsxprop::{
    ExtendedProperty, ExtendedPropertyContent, Guid, MapiPropertyType, PathToExtendedField, PropertyTag,
};
use oxws::rt::{AnyAttribute, AnyElement, DateTime, Language, SOAP_URI, Simple as _};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::record;

/// Texts as they come and texts that are hard on a codec: escapes, white space, line ends, the end of a CDATA
/// section, characters of one to four bytes.
pub fn text() -> BoxedStrategy<String> {
    let hard = select(vec![
        'a',
        'Z',
        '0',
        '<',
        '>',
        '&',
        '"',
        '\'',
        ' ',
        '\t',
        '\n',
        '\r',
        ']',
        ';',
        '#',
        'é',
        'ß',
        '\u{7F}',
        '\u{85}',
        '\u{A0}',
        '山',
        '\u{2028}',
        '\u{E000}',
        '\u{FEFF}',
        '\u{FFFD}',
        '😀',
        '\u{10FFFF}',
    ]);
    let fixed =
        ["", "]]>", "&amp;", "&#13;", "<![CDATA[x]]>", "<!-- x -->", "\r\n", "\r", " x ", "<?x?>", "]]&gt;"];
    prop_oneof![
        3 => "[A-Za-z0-9 .,]{0,20}",
        3 => vec(hard, 0..12).prop_map(|chars| chars.into_iter().collect::<String>()),
        1 => select(fixed.to_vec()).prop_map(str::to_owned),
    ]
    .boxed()
}

/// A text of at least one character; white space counts.
pub fn non_empty() -> BoxedStrategy<NonEmptyString> {
    text().prop_filter_map("empty", |text| NonEmptyString::new(text).ok()).boxed()
}

/// One of the listed values of an enumeration.
pub fn listed<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> BoxedStrategy<T> {
    select(values).boxed()
}

/// Any date and time, of any year, with any zone or none.
pub fn date_time() -> BoxedStrategy<DateTime> {
    let year = prop_oneof![4 => 1i32..=9999, 1 => -9999i32..=-1, 1 => 10_000i32..=i32::MAX];
    let zone = prop_oneof![
        Just(String::new()),
        Just("Z".to_owned()),
        ("[+-]", 0..14, 0..60).prop_map(|(sign, hour, minute)| format!("{sign}{hour:02}:{minute:02}")),
    ];
    let clock = prop_oneof![
        8 => (0..24, 0..60, 0..60, "|[.][0-9]{1,9}").prop_map(|(h, m, s, f)| format!("{h:02}:{m:02}:{s:02}{f}")),
        1 => Just("24:00:00".to_owned()),
    ];
    (year, 1..=12, 1..=28, clock, zone)
        .prop_filter_map("beyond the years there are", |(year, month, day, clock, zone)| {
            let sign = if year < 0 { "-" } else { "" };
            format!("{sign}{:04}-{month:02}-{day:02}T{clock}{zone}", year.unsigned_abs()).parse().ok()
        })
        .boxed()
}

/// A number that is equal to itself.
pub fn double() -> BoxedStrategy<f64> {
    let special =
        vec![0.0, -0.0, 1.5, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, f64::MAX, f64::MIN, 5e-324];
    prop_oneof![2 => any::<f64>().prop_filter("NaN", |number| !number.is_nan()), 1 => select(special)].boxed()
}

fn language() -> BoxedStrategy<Language> {
    "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,2}".prop_filter_map("no language", |text| text.parse().ok()).boxed()
}

/// Elements of no schema, alone and nested, that declare the namespaces they use.
pub fn any_element() -> BoxedStrategy<AnyElement> {
    let fixed = [
        "<x/>",
        "<x a='1' b=\"2\">t</x>",
        r#"<t2:Value xmlns:t2="http://schemas.microsoft.com/exchange/services/2006/types" Name="MailboxGuid">a</t2:Value>"#,
        r#"<v:x xmlns:v="urn:v"><v:y v:z="&lt;&#xA;"/><w xmlns="urn:w"><x><![CDATA[<&]]></x></w><!-- c --><?pi x?></v:x>"#,
        "<x>\n  <y/>\n</x>",
    ];
    let fixed = select(fixed.to_vec()).prop_filter_map("no element", |xml| AnyElement::parse(xml).ok());
    let made = (text(), "[a-z]{1,5}")
        .prop_filter_map("no element", |(text, local)| AnyElement::of_text("urn:a&b", "v", &local, &text));
    prop_oneof![fixed, made].boxed()
}

/// SOAP attributes, as the header parts admit them.
pub fn soap_attributes() -> BoxedStrategy<Vec<AnyAttribute>> {
    let attribute = |local: &str, value| AnyAttribute {
        namespace: SOAP_URI.to_owned(),
        prefix: "soap".to_owned(),
        local: local.to_owned(),
        value,
        names: Vec::new(),
    };
    (any::<bool>(), text(), 0usize..3)
        .prop_map(move |(must, actor, count)| {
            let mut both =
                vec![attribute("mustUnderstand", u8::from(must).to_string()), attribute("actor", actor)];
            both.truncate(count);
            both
        })
        .boxed()
}

record! {
    /// Ids of items.
    item_id: ItemId { id: text(), change_key: of(text()) }
}
record! {
    /// Ids of folders.
    folder_id: FolderId { id: text(), change_key: of(text()) }
}
record! {
    /// Ids of occurrences.
    occurrence_item_id: OccurrenceItemId {
        recurring_master_id: text(), change_key: of(text()), instance_index: any::<i32>(),
    }
}
record! {
    /// Ids of series by an occurrence.
    recurring_master_item_id: RecurringMasterItemId { occurrence_id: text(), change_key: of(text()) }
}
record! {
    /// Ranges of occurrences.
    occurrences_range: OccurrencesRange {
        start: of(date_time()), end: of(date_time()), count: of(any::<i32>()),
        compare_original_start_time: of(any::<bool>()),
    }
}
record! {
    /// Ids of series with ranges.
    recurring_master_item_id_ranges: RecurringMasterItemIdRanges {
        id: text(), change_key: of(text()), ranges: of(vec(occurrences_range(), 1..4)),
    }
}

/// Ids of all kinds of items.
pub fn any_item_id() -> BoxedStrategy<BaseItemIdChoice> {
    prop_oneof![
        item_id().prop_map(BaseItemIdChoice::ItemId),
        occurrence_item_id().prop_map(BaseItemIdChoice::OccurrenceItemId),
        recurring_master_item_id().prop_map(BaseItemIdChoice::RecurringMasterItemId),
        recurring_master_item_id_ranges().prop_map(BaseItemIdChoice::RecurringMasterItemIdRanges),
    ]
    .boxed()
}

record! {
    /// E-mail addresses.
    email_address: EmailAddress {
        name: of(text()), email_address: of(non_empty()), routing_type: of(non_empty()),
        mailbox_type: of(listed(MailboxType::VALUES)), item_id: of(item_id()), original_display_name: of(text()),
    }
}

pub(super) fn guid() -> BoxedStrategy<Guid> {
    "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
        .prop_filter_map("no GUID", |text| text.parse().ok())
        .boxed()
}

fn property_tag() -> BoxedStrategy<PropertyTag> {
    let number = any::<u16>().prop_map(|number| number.to_string());
    prop_oneof![number, "0[xX][0-9A-Fa-f]{1,4}"]
        .prop_filter_map("no tag", |text| PropertyTag::parse(&text).ok())
        .boxed()
}

record! {
    /// References to properties, legal and not.
    path_to_extended_field: PathToExtendedField {
        distinguished_property_set_id: of(listed(DistinguishedPropertySet::VALUES)), property_set_id: of(guid()),
        property_tag: of(property_tag()), property_name: of(text()), property_id: of(any::<i32>()),
        property_type: listed(MapiPropertyType::VALUES),
    }
}
record! {
    /// Properties with one value or a list.
    extended_property: ExtendedProperty {
        extended_field_uri: path_to_extended_field(),
        content: prop_oneof![
            text().prop_map(ExtendedPropertyContent::Value),
            vec(text(), 1..4).prop_map(ExtendedPropertyContent::Values),
        ],
    }
}
record! {
    /// Groups.
    im_group: ImGroup {
        display_name: non_empty(), group_type: non_empty(), exchange_store_id: of(item_id()),
        member_correlation_key: of(vec(item_id(), 1..5)), extended_properties: of(vec(extended_property(), 1..3)),
        smtp_address: of(text()),
    }
}

/// The four ways to name a user.
pub fn connecting_sid() -> BoxedStrategy<ConnectingSid> {
    prop_oneof![
        non_empty().prop_map(ConnectingSid::PrincipalName),
        non_empty().prop_map(ConnectingSid::Sid),
        non_empty().prop_map(ConnectingSid::PrimarySmtpAddress),
        non_empty().prop_map(ConnectingSid::SmtpAddress),
    ]
    .boxed()
}

record! {
    /// Header part of requests.
    exchange_impersonation: ExchangeImpersonation {
        any_attributes: soap_attributes(), connecting_sid: connecting_sid(),
    }
}
record! {
    /// Header part of requests.
    mailbox_culture: MailboxCulture { any_attributes: soap_attributes(), value: language() }
}
record! {
    /// Header part of requests.
    request_server_version: RequestServerVersion {
        version: listed(ExchangeVersion::VALUES), any_attributes: soap_attributes(),
    }
}
record! {
    /// Header part of replies.
    server_version_info: ServerVersionInfo {
        major_version: of(any::<i32>()), minor_version: of(any::<i32>()), major_build_number: of(any::<i32>()),
        minor_build_number: of(any::<i32>()), version: of(text()),
    }
}

/// Header parts of a request, without the SOAP attributes, which reading an envelope uses up.
pub fn request_headers() -> BoxedStrategy<RequestHeaders> {
    (of(exchange_impersonation()), of(mailbox_culture()), of(request_server_version()))
        .prop_map(|(mut impersonation, mut mailbox_culture, mut request_version)| {
            impersonation.iter_mut().for_each(|part| part.any_attributes.clear());
            mailbox_culture.iter_mut().for_each(|part| part.any_attributes.clear());
            request_version.iter_mut().for_each(|part| part.any_attributes.clear());
            RequestHeaders { impersonation, mailbox_culture, request_version }
        })
        .boxed()
}

/// Header parts of a reply.
pub fn response_headers() -> BoxedStrategy<ResponseHeaders> {
    of(server_version_info()).prop_map(|server_version| ResponseHeaders { server_version }).boxed()
}
