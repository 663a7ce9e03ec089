//! Strategies for the messages of MS-OXWSPERS, and for the conditions of MS-OXWSSRCH that a search may have.

use oxws::oxwscdata::{
    ConstantValue, DefaultShapeNames, DictionaryUri, ExcludesAttribute, FieldUri, FieldUriOrConstant,
    IndexedFieldUri, PathsToElementChoice, ResponseClass, ResponseCode, UnindexedFieldUri,
};
use oxws::oxwsfold::{AddressListId, ConsumerCalendarId, TargetFolderId};
use oxws::oxwspers::{
    ContextProperty, FindPeople, FindPeopleResponse, GetPersona, GetPersonaResponseMessage,
    PersonaResponseShape, RequestHeaders, ResponseHeaders,
};
use oxws::oxwssrch::{
    And, AndContent, ContainmentComparison, ContainmentMode, Contains, ContainsContent, Excludes,
    ExcludesContent, ExcludesValue, Exists, FieldOrder, FieldOrderContent, IndexBasePoint, IndexedPageView,
    IsEqualTo, IsEqualToContent, IsGreaterThan, IsGreaterThanContent, IsGreaterThanOrEqualTo,
    IsGreaterThanOrEqualToContent, IsLessThan, IsLessThanContent, IsLessThanOrEqualTo,
    IsLessThanOrEqualToContent, IsNotEqualTo, IsNotEqualToContent, Not, Or, OrContent, Restriction,
    SearchExpression, SortDirection,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::messages::response;
use super::values::{any_element, guid};
use super::{email_address, folder_id, item_id, listed, path_to_extended_field, personas, record, text};

record! {
    /// Names of properties.
    field_uri: FieldUri { field_uri: listed(UnindexedFieldUri::VALUES) }
}
record! {
    /// Names of one of several properties of a kind.
    indexed_field_uri: IndexedFieldUri { field_uri: listed(DictionaryUri::VALUES), field_index: text() }
}

/// A property named in each of the three ways, as an enum with these three variants.
macro_rules! property {
    ($type:ident) => {
        prop_oneof![
            path_to_extended_field().prop_map($type::ExtendedFieldUri),
            field_uri().prop_map($type::FieldUri),
            indexed_field_uri().prop_map($type::IndexedFieldUri),
        ]
    };
}

fn constant() -> BoxedStrategy<ConstantValue> {
    text().prop_map(ConstantValue::new).boxed()
}

fn compared() -> BoxedStrategy<FieldUriOrConstant> {
    prop_oneof![property!(FieldUriOrConstant), constant().prop_map(FieldUriOrConstant::Constant)].boxed()
}

/// Comparisons, which are alike but for their names.
macro_rules! comparisons {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ident, $content:ident;)*) => {
        $(record! {
            $(#[doc = $doc])*
            $name: $type { content: property!($content), field_uri_or_constant: compared() }
        })*
    };
}

comparisons! {
    /// Equality.
    is_equal_to: IsEqualTo, IsEqualToContent;
    /// Order, from above.
    is_greater_than: IsGreaterThan, IsGreaterThanContent;
    /// Order, from above or equal.
    is_greater_than_or_equal_to: IsGreaterThanOrEqualTo, IsGreaterThanOrEqualToContent;
    /// Order, from below.
    is_less_than: IsLessThan, IsLessThanContent;
    /// Order, from below or equal.
    is_less_than_or_equal_to: IsLessThanOrEqualTo, IsLessThanOrEqualToContent;
    /// Inequality.
    is_not_equal_to: IsNotEqualTo, IsNotEqualToContent;
}
record! {
    /// Texts in properties.
    contains: Contains {
        containment_mode: of(listed(ContainmentMode::VALUES)),
        containment_comparison: of(listed(ContainmentComparison::VALUES)),
        content: property!(ContainsContent), constant: constant(),
    }
}
record! {
    /// Bits of properties.
    excludes: Excludes {
        content: property!(ExcludesContent),
        bitmask: "0x[0-9A-Fa-f]{1,8}|[1-9][0-9]{0,8}"
            .prop_filter_map("no mask", |mask| ExcludesAttribute::new(mask).ok().map(ExcludesValue::new)),
    }
}

fn exists() -> BoxedStrategy<Exists> {
    property!(Exists).boxed()
}

/// One of the conditions, as an enum with a variant for each.
macro_rules! condition {
    ($type:ident, $boxed:expr, $inner:expr) => {
        prop_oneof![
            contains().prop_map($type::Contains),
            excludes().prop_map($type::Excludes),
            exists().prop_map($type::Exists),
            is_equal_to().prop_map($type::IsEqualTo),
            is_greater_than().prop_map($type::IsGreaterThan),
            is_greater_than_or_equal_to().prop_map($type::IsGreaterThanOrEqualTo),
            is_less_than().prop_map($type::IsLessThan),
            is_less_than_or_equal_to().prop_map($type::IsLessThanOrEqualTo),
            is_not_equal_to().prop_map($type::IsNotEqualTo),
            $inner.prop_map($type::And),
            or().prop_map($type::Or),
            not().prop_map($boxed),
            search_expression().prop_map($type::SearchExpression),
        ]
    };
}

/// Conditions of which all must hold: two levels of them.
fn and() -> BoxedStrategy<And> {
    let inner = vec(is_equal_to().prop_map(AndContent::IsEqualTo), 1..3).prop_map(|content| And { content });
    vec(condition!(AndContent, AndContent::Not, inner), 1..3).prop_map(|content| And { content }).boxed()
}

fn or() -> BoxedStrategy<Or> {
    let inner = prop_oneof![contains().prop_map(OrContent::Contains), exists().prop_map(OrContent::Exists)];
    vec(inner, 1..3).prop_map(|content| Or { content }).boxed()
}

fn not() -> BoxedStrategy<Not> {
    let inner = prop_oneof![
        contains().prop_map(Not::Contains),
        or().prop_map(Not::Or),
        exists().prop_map(|exists| Not::Not(Box::new(Not::Exists(exists)))),
    ];
    inner.boxed()
}

/// The abstract condition, which names its type by `xsi:type`.
fn search_expression() -> BoxedStrategy<SearchExpression> {
    prop_oneof![
        contains().prop_map(SearchExpression::from),
        exists().prop_map(SearchExpression::from),
        or().prop_map(SearchExpression::from),
        not().prop_map(SearchExpression::from),
        is_less_than().prop_map(SearchExpression::from),
    ]
    .boxed()
}

/// Conditions of a search.
pub fn restriction() -> BoxedStrategy<Restriction> {
    condition!(Restriction, Restriction::Not, and()).boxed()
}

record! {
    /// Pages by index.
    indexed_page_view: IndexedPageView {
        max_entries_returned: of(any::<i32>()), offset: any::<i32>(),
        base_point: listed(IndexBasePoint::VALUES),
    }
}
record! {
    /// Orders by one property.
    field_order: FieldOrder { order: listed(SortDirection::VALUES), content: property!(FieldOrderContent) }
}
record! {
    /// Ids of calendars of others.
    consumer_calendar_id: ConsumerCalendarId {
        owner_puid: any::<i64>(), owner_cid: of(any::<i64>()), calendar_guid: guid(),
    }
}

/// Folders, but for those that are named by what they are for.
fn target_folder_id() -> BoxedStrategy<TargetFolderId> {
    prop_oneof![
        folder_id().prop_map(TargetFolderId::FolderId),
        text().prop_map(|id| TargetFolderId::AddressListId(AddressListId::new(id))),
        consumer_calendar_id().prop_map(TargetFolderId::ConsumerCalendarId),
    ]
    .boxed()
}

record! {
    /// What personas shall have.
    persona_response_shape: PersonaResponseShape {
        base_shape: listed(DefaultShapeNames::VALUES),
        additional_properties: of(vec(property!(PathsToElementChoice), 1..4)),
    }
}
record! {
    /// What is known of where a search comes from.
    context_property: ContextProperty { key: text(), value: text() }
}
record! {
    /// Requests of `FindPeople`.
    find_people: FindPeople {
        persona_shape: of(persona_response_shape()), indexed_page_item_view: indexed_page_view(),
        restriction: of(restriction()), aggregation_restriction: of(restriction()),
        sort_order: of(vec(field_order(), 1..3)), parent_folder_id: of(target_folder_id()),
        query_string: of(text()), search_people_suggestion_index: of(any::<bool>()),
        topic_query_string: of(text()), context: of(vec(context_property(), 1..3)),
    }
}
response! {
    /// Replies of `FindPeople`.
    find_people_response: FindPeopleResponse {
        people: of(vec(personas(20), 0..3)), total_number_of_people_in_view: of(any::<i32>()),
        first_matching_row_index: of(any::<i32>()), first_loaded_row_index: of(any::<i32>()),
    }
}
record! {
    /// Requests of `GetPersona`.
    get_persona: GetPersona {
        persona_id: of(item_id()), email_address: of(email_address()), parent_folder_id: of(target_folder_id()),
    }
}
response! {
    /// Replies of `GetPersona`.
    get_persona_response_message: GetPersonaResponseMessage { persona: of(personas(30)), }
}

/// Header parts of a request, without the SOAP attributes, which reading an envelope uses up.
pub fn people_request_headers() -> BoxedStrategy<RequestHeaders> {
    super::request_headers()
        .prop_map(|headers| RequestHeaders {
            request_version: headers.request_version,
            impersonation: headers.impersonation,
        })
        .boxed()
}

/// Header parts of a reply.
pub fn people_response_headers() -> BoxedStrategy<ResponseHeaders> {
    super::response_headers()
        .prop_map(|headers| ResponseHeaders { server_version: headers.server_version })
        .boxed()
}
