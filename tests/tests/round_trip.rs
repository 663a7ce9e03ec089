//! What is written is read back equal, and written again to the same bytes: values made up for each of the 30
//! messages and 4 header parts, by themselves, through the enum of all elements, and in envelopes.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::fmt::Debug;

use oxws::Document;
use oxws::oxwscdata::{self, ExchangeImpersonation, MailboxCulture, RequestServerVersion, ServerVersionInfo};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{self, GetImItemListResponse, ImItemList};
use oxws::oxwspers::{self, Persona};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Message};
use oxws_tests::{strategies, xml};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Cases of each message; with 30 messages, header parts and the personas about 2000 in all.
const CASES: u32 = 60;

/// Runs a property with the same values every time.
fn check<T: Debug>(cases: u32, strategy: impl Strategy<Value = T>, property: impl Fn(T)) {
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(20_240_229),
        failure_persistence: None,
        ..Config::default()
    };
    let tested = TestRunner::new(config).run(&strategy, |value| {
        property(value);
        Ok(())
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

/// A document by itself, in both modes, and as one of all elements.
fn document<T, E>(value: &T, element: impl Fn(T) -> E)
where
    T: Document + Clone + PartialEq + Debug,
    E: Document + PartialEq + Debug,
{
    let written = value.to_xml().unwrap();
    let strict = T::from_xml(&written).unwrap();
    assert_eq!(&strict, value);
    assert_eq!(strict.to_xml().unwrap(), written);
    let lenient = T::from_xml_lenient(&written).unwrap();
    assert_eq!((&lenient.value, lenient.notes.len(), lenient.notes_dropped), (value, 0, 0));
    // Another parser finds it well-formed.
    xml::parse(&written).unwrap();

    let element = element(value.clone());
    assert_eq!(element.to_xml().unwrap(), written);
    assert_eq!(E::from_xml(&written).unwrap(), element);
    assert_eq!(E::from_xml_lenient(&written).unwrap().value, element);
}

/// A message with header parts in an envelope.
fn envelope<T: Message + PartialEq + Debug>(value: T, headers: T::Headers) {
    let envelope = Envelope::new(value).with_headers(headers);
    let written = envelope.to_xml().unwrap();
    for options in [ReadOptions::strict(), ReadOptions::lenient()] {
        let read = Envelope::<T>::from_xml(&written, &options).unwrap();
        assert_eq!(read.notes, []);
        let read = read.content.unwrap();
        assert_eq!(read, envelope);
        assert_eq!(read.to_xml().unwrap(), written);
    }
    xml::parse(&written).unwrap();
}

/// A test for the request and the reply of every operation, and the list of them.
macro_rules! operations {
    ($($name:ident: $request:ident;)*) => {
        $(
            mod $name {
                use super::*;

                #[test]
                fn request() {
                    let values = (strategies::$name(), strategies::request_headers());
                    check(CASES, values, |(value, headers)| {
                        document(&value, oxwscos::Element::$request);
                        envelope(value, headers);
                    });
                }
            }
        )*

        const TESTED: &[&str] = &[$(stringify!($request)),*];
    };
}

/// A test for every reply.
macro_rules! replies {
    ($($name:ident: $response:ident;)*) => {
        mod replies {
            use super::*;

            $(
                #[test]
                fn $name() {
                    let values = (strategies::$name(), strategies::response_headers());
                    check(CASES, values, |(value, headers)| {
                        document(&value, oxwscos::Element::$response);
                        envelope(value, headers);
                    });
                }
            )*

            pub(super) const TESTED: &[&str] = &[$(stringify!($response)),*];
        }
    };
}

operations! {
    add_distribution_group_to_im_list: AddDistributionGroupToImList;
    add_im_contact_to_group: AddImContactToGroup;
    add_im_group: AddImGroup;
    add_new_im_contact_to_group: AddNewImContactToGroup;
    add_new_tel_uri_contact_to_group: AddNewTelUriContactToGroup;
    get_im_item_list: GetImItemList;
    get_im_items: GetImItems;
    remove_contact_from_im_list: RemoveContactFromImList;
    remove_distribution_group_from_im_list: RemoveDistributionGroupFromImList;
    remove_im_contact_from_group: RemoveImContactFromGroup;
    remove_im_group: RemoveImGroup;
    set_im_group: SetImGroup;
    set_im_list_migration_completed: SetImListMigrationCompleted;
}

replies! {
    add_distribution_group_to_im_list_response: AddDistributionGroupToImListResponse;
    add_im_contact_to_group_response: AddImContactToGroupResponse;
    add_im_group_response: AddImGroupResponse;
    add_new_im_contact_to_group_response: AddNewImContactToGroupResponse;
    add_new_tel_uri_contact_to_group_response: AddNewTelUriContactToGroupResponse;
    get_im_item_list_response: GetImItemListResponse;
    get_im_items_response: GetImItemsResponse;
    remove_contact_from_im_list_response: RemoveContactFromImListResponse;
    remove_distribution_group_from_im_list_response: RemoveDistributionGroupFromImListResponse;
    remove_im_contact_from_group_response: RemoveImContactFromGroupResponse;
    remove_im_group_response: RemoveImGroupResponse;
    set_im_group_response: SetImGroupResponse;
    set_im_list_migration_completed_response: SetImListMigrationCompletedResponse;
}

/// MS-OXWSPERS: requests and replies.
macro_rules! people {
    ($($name:ident: $message:ident, $headers:ident;)*) => {
        mod people {
            use super::*;

            $(
                #[test]
                fn $name() {
                    let values = (strategies::$name(), strategies::$headers());
                    check(CASES, values, |(value, headers)| {
                        document(&value, oxwspers::Element::$message);
                        envelope(value, headers);
                    });
                }
            )*

            pub(super) const TESTED: &[&str] = &[$(stringify!($message)),*];
        }
    };
}

people! {
    find_people: FindPeople, people_request_headers;
    find_people_response: FindPeopleResponse, people_response_headers;
    get_persona: GetPersona, people_request_headers;
    get_persona_response_message: GetPersonaResponseMessage, people_response_headers;
}

/// A message that is added to the service gets a strategy, too.
#[test]
fn every_operation_is_tested() {
    let names: Vec<&str> = oxwscos::OPERATIONS.iter().map(|operation| operation.name).collect();
    assert_eq!(names, TESTED);
    let requests: Vec<&str> =
        oxwscos::OPERATIONS.iter().map(|operation| operation.request.unwrap().local()).collect();
    assert_eq!(requests, TESTED);
    let replies: Vec<&str> =
        oxwscos::OPERATIONS.iter().map(|operation| operation.response.unwrap().local()).collect();
    assert_eq!(replies, replies::TESTED);
    let people = oxwspers::OPERATIONS.iter().flat_map(|operation| [operation.request, operation.response]);
    let people: Vec<&str> = people.flatten().map(|name| name.local()).collect();
    assert_eq!(people, people::TESTED);
}

#[test]
fn header_parts() {
    use oxwscdata::Element;
    check(CASES, strategies::exchange_impersonation(), |value: ExchangeImpersonation| {
        document(&value, Element::ExchangeImpersonation);
    });
    check(CASES, strategies::mailbox_culture(), |value: MailboxCulture| {
        document(&value, Element::MailboxCulture)
    });
    check(CASES, strategies::request_server_version(), |value: RequestServerVersion| {
        document(&value, Element::RequestServerVersion);
    });
    check(CASES, strategies::server_version_info(), |value: ServerVersionInfo| {
        document(&value, Element::ServerVersionInfo);
    });
}

fn list_of(personas: Vec<Persona>) -> GetImItemListResponse {
    let mut response = GetImItemListResponse::new(oxwscdata::ResponseClass::Success);
    response.im_item_list = Some(ImItemList { groups: None, personas: Some(personas) });
    response
}

#[test]
fn personas_with_any_subset_of_children() {
    check(100, strategies::personas(strategies::CHILDREN), |persona| {
        document(&list_of(vec![persona]), oxwscos::Element::GetImItemListResponse);
    });
}

#[test]
fn personas_with_every_child() {
    check(10, strategies::full_personas(), |persona| {
        assert_eq!(persona.fields().len(), strategies::CHILDREN, "a child has no strategy");
        document(&list_of(vec![persona]), oxwscos::Element::GetImItemListResponse);
    });
}

/// Children that were set one after the other are equal to those that were read, whatever the order.
#[test]
fn the_order_of_setting_does_not_matter() {
    check(20, strategies::full_personas(), |persona| {
        let fields = persona.fields().to_vec();
        let empty = || Persona::new(persona.persona_id.clone());
        let backwards = fields.into_iter().rev().fold(empty(), strategies::set_field);
        assert_eq!(backwards, persona);
    });
}

/// Absent, empty and filled lists are three things where the schema allows all of them.
#[test]
fn absent_is_not_empty() {
    let variants = [
        ImItemList { groups: None, personas: None },
        ImItemList { groups: Some(Vec::new()), personas: None },
        ImItemList { groups: Some(Vec::new()), personas: Some(Vec::new()) },
        ImItemList { groups: None, personas: Some(vec![Persona::new(ItemId::new(""))]) },
    ];
    for list in variants {
        let mut response = list_of(Vec::new());
        response.im_item_list = Some(list);
        document(&response, oxwscos::Element::GetImItemListResponse);
    }
}

/// Text that XML cannot carry is refused when written, never written wrongly.
#[test]
fn what_xml_cannot_carry_is_refused() {
    for bad in ['\0', '\u{1}', '\u{B}', '\u{1F}', '\u{FFFE}', '\u{FFFF}'] {
        let persona = Persona::new(ItemId::new("1")).with_display_name(format!("a{bad}b"));
        let error = list_of(vec![persona]).to_xml().unwrap_err();
        assert_eq!(error.kind(), oxws::rt::ErrorKind::Unwritable);
        assert!(error.message().contains(&format!("U+{:04X}", u32::from(bad))), "{error}");
        let error = list_of(vec![Persona::new(ItemId::new(bad.to_string()))]).to_xml().unwrap_err();
        assert_eq!(error.kind(), oxws::rt::ErrorKind::Unwritable);
    }
}

/// Attributes of a wildcard, as a program may build them: prefixes that clash or are missing get others.
#[test]
fn attributes_of_wildcards_are_declared_once() {
    let attribute = |namespace: &str, prefix: &str, local: &str| oxws::rt::AnyAttribute {
        namespace: namespace.to_owned(),
        prefix: prefix.to_owned(),
        local: local.to_owned(),
        value: "<v>".to_owned(),
        names: Vec::new(),
    };
    let mut version = RequestServerVersion::new(oxwscdata::ExchangeVersion::Exchange2013);
    version.any_attributes = vec![
        attribute("urn:a", "p", "one"),
        attribute("urn:a", "p", "two"),
        attribute("urn:b", "p", "one"),
        attribute("urn:c&d", "", "one"),
        attribute("urn:t", "t", "one"),
        attribute("", "", "plain"),
        attribute(oxws::rt::XML_URI, "xml", "lang"),
    ];
    let node = xml::parse(&version.to_xml().unwrap()).unwrap();
    let names: Vec<String> = node.attributes.keys().map(|(uri, local)| format!("{uri}#{local}")).collect();
    let expected = [
        "#Version",
        "#plain",
        "http://www.w3.org/XML/1998/namespace#lang",
        "urn:a#one",
        "urn:a#two",
        "urn:b#one",
        "urn:c&d#one",
        "urn:t#one",
    ];
    assert_eq!(names, expected);
}
