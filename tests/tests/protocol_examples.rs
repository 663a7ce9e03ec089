//! The messages that MS-OXWSCOS itself shows (section 4): read strictly to typed values, every field asserted,
//! and written back to an equal document.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use oxws::oxwscdata::{
    ExchangeVersion, MailboxCulture, RequestServerVersion, ResponseClass, ResponseCode, ServerVersionInfo,
};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImContactToGroup, AddImContactToGroupResponse, AddImGroup, AddImGroupResponse, ImGroup, RemoveImGroup,
    RemoveImGroupResponse, RequestHeaders, ResponseHeaders,
};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Message};
use oxws_tests::{EXAMPLES, example, xml};

/// Reads an example in both modes, writes it back and compares.
fn read<T: Message + PartialEq + std::fmt::Debug>(name: &str) -> Envelope<T> {
    let document = example(name);
    let strict = Envelope::<T>::from_xml(document, &ReadOptions::strict()).unwrap();
    let lenient = Envelope::<T>::from_xml(document, &ReadOptions::lenient()).unwrap();
    assert_eq!(strict, lenient);
    assert_eq!(lenient.notes, []);
    let envelope = strict.content.unwrap();
    let written = envelope.to_xml().unwrap();
    xml::assert_equal(document, &written);
    let again = Envelope::<T>::from_xml(&written, &ReadOptions::strict()).unwrap();
    assert_eq!(again.content.as_ref(), Ok(&envelope));
    assert_eq!(again.content.unwrap().to_xml().unwrap(), written);
    envelope
}

fn id(id: &str, change_key: &str) -> ItemId {
    let mut item = ItemId::new(id);
    item.change_key = Some(change_key.to_owned());
    item
}

fn request_headers() -> RequestHeaders {
    RequestHeaders {
        impersonation: None,
        mailbox_culture: Some(MailboxCulture { any_attributes: Vec::new(), value: "en-US".parse().unwrap() }),
        request_version: Some(RequestServerVersion {
            version: ExchangeVersion::Exchange2013,
            any_attributes: Vec::new(),
        }),
    }
}

fn response_headers() -> ResponseHeaders {
    ResponseHeaders {
        server_version: Some(ServerVersionInfo {
            major_version: Some(15),
            minor_version: Some(0),
            major_build_number: Some(349),
            minor_build_number: Some(0),
            version: Some("Exchange2013".to_owned()),
        }),
    }
}

#[test]
fn add_im_contact_to_group() {
    let body = AddImContactToGroup {
        contact_id: id("AAMkAGQ1MjJjMTBkLTc4Y2AA=", "EQAAABYAAABtF8oI7i"),
        group_id: Some(id("AAMkAGQ1MjJjMTBkzzAAAQKAAA=", "EgAAAA==")),
    };
    assert_eq!(read("AddImContactToGroup"), Envelope::new(body).with_headers(request_headers()));
}

#[test]
fn add_im_contact_to_group_response() {
    let body = AddImContactToGroupResponse {
        response_class: ResponseClass::Success,
        message_text: None,
        response_code: Some(ResponseCode::NoError),
        descriptive_link_key: None,
        message_xml: None,
    };
    assert_eq!(read("AddImContactToGroupResponse"), Envelope::new(body).with_headers(response_headers()));
}

#[test]
fn add_im_group() {
    let body = AddImGroup { display_name: "MyCustomGroup".parse().unwrap() };
    assert_eq!(read("AddImGroup"), Envelope::new(body).with_headers(request_headers()));
}

#[test]
fn add_im_group_response() {
    let group = ImGroup {
        display_name: "MyCustomGroup".parse().unwrap(),
        group_type: "IPM.DistList.MOC.UserGroup".parse().unwrap(),
        exchange_store_id: Some(id("AAMkAGQ1MjJjMTBkLTc4Y2UtNDA5Ny04ZjU5LWI3MAAA=", "EgAAAA==")),
        member_correlation_key: None,
        extended_properties: None,
        smtp_address: None,
    };
    let body = AddImGroupResponse {
        response_class: ResponseClass::Success,
        message_text: None,
        response_code: Some(ResponseCode::NoError),
        descriptive_link_key: None,
        message_xml: None,
        im_group: Some(group),
    };
    assert_eq!(read("AddImGroupResponse"), Envelope::new(body).with_headers(response_headers()));
}

#[test]
fn remove_im_group() {
    let body = RemoveImGroup { group_id: id("AAMkAGQ1MjJjMTBkLTc4Y2UtNDA5hQoTbWAAAAAAQRAAA=", "EgAAAA==") };
    assert_eq!(read("RemoveImGroup"), Envelope::new(body).with_headers(request_headers()));
}

#[test]
fn remove_im_group_response() {
    let body = RemoveImGroupResponse {
        response_class: ResponseClass::Success,
        message_text: None,
        response_code: Some(ResponseCode::NoError),
        descriptive_link_key: None,
        message_xml: None,
    };
    assert_eq!(read("RemoveImGroupResponse"), Envelope::new(body).with_headers(response_headers()));
}

/// A file that is put into the folder must be read by a test, too.
#[test]
fn every_file_is_an_example() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".xml", ""))
        .collect();
    files.sort();
    let names: Vec<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, names);
}
