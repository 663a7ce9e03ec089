//! What a lenient read, as of a client, does with the replies of newer servers (UCS section 7): nothing breaks,
//! the typed values are complete, and everything passed over is reported with path and place.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use oxws::oxwscdata::{ExchangeVersion, MailboxType, RequestServerVersion, ResponseClass, ResponseCode};
use oxws::oxwscos::{GetImItemListResponse, GetImItems, ImItemList};
use oxws::rt::{Document, Limits, Mode, Note, NoteKind, ReadOptions, read};
use oxws::soap::Envelope;
use oxws_tests::corpus::{self, Size};
use oxws_tests::{M, T, strategies};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Children of a persona that servers newer than the published schema send: some seen in the wild, the others
/// made up in their manner; 15 in all.
const NEWER: [&str; 15] = [
    "<t:ADObjectId>0e1d9bd4-27ed-4dc6-b7e8-4d1a8c2f5a10</t:ADObjectId>",
    "<t:ThirdPartyPhotoUrls><t:ThirdPartyPhotoUrl a='1'>https://example.com/?a=1&amp;b=2</t:ThirdPartyPhotoUrl></t:ThirdPartyPhotoUrls>",
    "<t:UnreadCount>3</t:UnreadCount>",
    "<t:PersonaTypes/>",
    "<t:Inferences><t:Inference><t:Kind>x</t:Kind></t:Inference></t:Inferences>",
    "<t:InlineLinks><![CDATA[<not an element>]]></t:InlineLinks>",
    "<t:ItemLinkIds><t:ItemId Id='1' ChangeKey='2'/></t:ItemLinkIds>",
    "<t:HasActiveDeals>false</t:HasActiveDeals>",
    "<t:IsBusinessContact>true</t:IsBusinessContact>",
    "<t:RelevanceScores><t:Score Kind='a'>1</t:Score><t:Score Kind='b'>2</t:Score></t:RelevanceScores>",
    "<t:AttributedHasActiveDeals/>",
    "<t:AttributedIsBusinessContact/>",
    "<t:SourceMailboxGuids><t:Guid>0e1d9bd4-27ed-4dc6-b7e8-4d1a8c2f5a10</t:Guid></t:SourceMailboxGuids>",
    "<t:LastContactedDate>2024-02-29T00:00:00Z</t:LastContactedDate>",
    "<n:PersonaId xmlns:n='urn:newer' Id='not the persona id'/>",
];

fn local(element: &str) -> String {
    element[1..].split([' ', '>', '/']).next().unwrap().to_owned()
}

fn reply(content: &str) -> String {
    format!(
        "<m:GetImItemListResponse xmlns:m=\"{M}\" xmlns:t=\"{T}\" ResponseClass=\"Success\">{content}</m:GetImItemListResponse>"
    )
}

fn personas(content: &str) -> String {
    reply(&format!("<m:ImItemList><t:Personas>{content}</t:Personas></m:ImItemList>"))
}

fn lenient(document: &str) -> (GetImItemListResponse, Vec<Note>) {
    let read = GetImItemListResponse::from_xml_lenient(document.as_bytes()).unwrap();
    assert_eq!(read.notes_dropped, 0);
    (read.value, read.notes)
}

#[test]
fn the_newer_children_of_a_persona_are_reported() {
    // One on each line, between the children that are known.
    let known =
        ["<t:PersonaId Id='p'/>", "<t:DisplayName>Anna</t:DisplayName>", "<t:ImAddress>sip:a</t:ImAddress>"];
    let mut content = String::from("<t:Persona>");
    for (at, element) in NEWER.iter().enumerate() {
        content += &format!("\n{}{element}", known.get(at / 3).filter(|_| at % 3 == 0).unwrap_or(&""));
    }
    content += "</t:Persona>";
    let document = personas(&content);
    let (value, notes) = lenient(&document);

    let persona = &value.im_item_list.as_ref().unwrap().personas.as_ref().unwrap()[0];
    assert_eq!((persona.persona_id.id.as_str(), persona.fields().len()), ("p", 2));
    assert_eq!(persona.display_name().map(String::as_str), Some("Anna"));
    assert_eq!(persona.im_address().map(String::as_str), Some("sip:a"));

    assert_eq!(notes.len(), 15, "{notes:#?}");
    for (at, (note, element)) in notes.iter().zip(NEWER).enumerate() {
        assert_eq!(note.kind, NoteKind::UnknownElement);
        let path = format!("/m:GetImItemListResponse/m:ImItemList/t:Personas/t:Persona/{}", local(element));
        assert_eq!(note.path, path);
        let offset = document.find(element).unwrap() + 1;
        let line = document[..offset].matches('\n').count() + 1;
        let column = offset - document[..offset].rfind('\n').map_or(0, |at| at + 1) + 1;
        assert_eq!(
            (note.place.offset, note.place.line as usize, note.place.column as usize),
            (offset, line, column)
        );
        assert_eq!(line, at + 2);
        let (name, namespace) = (local(element), if element.starts_with("<n:") { "urn:newer" } else { T });
        let start = format!(
            "The element 'Persona' in namespace '{T}' has invalid child element '{}' in namespace '{namespace}'.",
            &name[2..]
        );
        assert!(note.message.starts_with(&start), "{}", note.message);
    }
    // A strict read names the first of them.
    let error = GetImItemListResponse::from_xml(document.as_bytes()).unwrap_err();
    assert_eq!((error.message(), error.place()), (notes[0].message.as_str(), notes[0].place));
}

/// Known children are not disturbed by unknown ones, wherever those stand: any persona, the new children strewn in.
#[test]
fn newer_children_anywhere_change_nothing() {
    let mut runner = TestRunner::deterministic();
    let mut random = corpus::Random(3);
    for _ in 0..40 {
        let persona = strategies::personas(30).new_tree(&mut runner).unwrap().current();
        let mut response = GetImItemListResponse::new(ResponseClass::Success);
        response.im_item_list = Some(ImItemList { groups: None, personas: Some(vec![persona]) });
        let written = String::from_utf8(response.to_xml().unwrap()).unwrap();
        // Between two children of the persona, which are those at depth one.
        let (before, inner) = written.split_once("<t:Persona>").unwrap();
        let (inner, after) = inner.rsplit_once("</t:Persona>").unwrap();
        let mut pieces = children(inner);
        for element in NEWER {
            pieces.insert(random.below(pieces.len() + 1), element.to_owned());
        }
        let (value, notes) = lenient(&format!("{before}<t:Persona>{}</t:Persona>{after}", pieces.concat()));
        assert_eq!(value, response);
        assert_eq!(notes.len(), 15);
    }
}

/// The child elements of a piece of XML without attributes that hold a `>`, as the writer writes it.
fn children(inner: &str) -> Vec<String> {
    let (mut children, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, _) in inner.match_indices('<') {
        let end = at + inner[at..].find('>').unwrap() + 1;
        depth += match (inner[at + 1..].starts_with('/'), inner[..end].ends_with("/>")) {
            (true, _) => -1,
            (_, true) => 0,
            _ => 1,
        };
        if depth == 0 {
            children.push(inner[start..end].to_owned());
            start = end;
        }
    }
    children
}

#[test]
fn order_does_not_matter() {
    let forward = [
        "<t:PersonaId Id='p'/>",
        "<t:PersonaType>Person</t:PersonaType>",
        "<t:DisplayName>n</t:DisplayName>",
        "<t:EmailAddress><t:Name>a</t:Name><t:EmailAddress>a@b</t:EmailAddress></t:EmailAddress>",
        "<t:RelevanceScore>1</t:RelevanceScore>",
    ];
    let mut backward = forward;
    backward.reverse();
    let wrapped = |children: &[&str]| personas(&format!("<t:Persona>{}</t:Persona>", children.concat()));
    let (value, notes) = lenient(&wrapped(&backward));
    assert_eq!(value, GetImItemListResponse::from_xml(wrapped(&forward).as_bytes()).unwrap());
    assert_eq!(notes, []);
    assert!(GetImItemListResponse::from_xml(wrapped(&backward).as_bytes()).is_err());

    let mixed = reply(
        "<m:ImItemList><t:Personas/><t:Groups/></m:ImItemList><m:ResponseCode>NoError</m:ResponseCode><m:MessageText>x</m:MessageText>",
    );
    let (value, notes) = lenient(&mixed);
    assert_eq!(
        (value.response_code, value.message_text.as_deref()),
        (Some(ResponseCode::NoError), Some("x"))
    );
    assert_eq!(value.im_item_list, Some(ImItemList { groups: Some(Vec::new()), personas: Some(Vec::new()) }));
    assert_eq!(notes, []);
}

#[test]
fn unknown_values_are_kept_and_noted() {
    let document = reply(
        "<m:ResponseCode>ErrorOfTheFuture</m:ResponseCode><m:ImItemList><t:Personas><t:Persona><t:PersonaId Id='p'/>\
         <t:EmailAddress><t:EmailAddress>a@b</t:EmailAddress><t:MailboxType>ImplicitContact</t:MailboxType></t:EmailAddress>\
         </t:Persona></t:Personas></m:ImItemList>",
    );
    let (value, notes) = lenient(&document);
    assert_eq!(value.response_code, Some(ResponseCode::Other("ErrorOfTheFuture".into())));
    let list = value.im_item_list.as_ref().unwrap();
    let email = list.personas.as_ref().unwrap()[0].email_address().unwrap();
    assert_eq!(email.mailbox_type, Some(MailboxType::Other("ImplicitContact".into())));
    let found: Vec<(NoteKind, &str, &str)> =
        notes.iter().map(|n| (n.kind, n.message.as_str(), n.path.as_str())).collect();
    let sentence = |name: &str, value: &str, datatype: &str| {
        format!(
            "The '{name}' element is invalid - The value '{value}' is invalid according to its datatype '{datatype}' - The Enumeration constraint failed."
        )
    };
    let code = sentence("ResponseCode", "ErrorOfTheFuture", &format!("{M}:ResponseCodeType"));
    let mailbox = sentence("MailboxType", "ImplicitContact", &format!("{T}:MailboxTypeType"));
    let holder = "/m:GetImItemListResponse";
    let address = "/m:GetImItemListResponse/m:ImItemList/t:Personas/t:Persona/t:EmailAddress";
    assert_eq!(
        found,
        [
            (NoteKind::UnknownValue, code.as_str(), holder),
            (NoteKind::UnknownValue, mailbox.as_str(), address)
        ]
    );
    assert_eq!(notes[0].place.offset, document.find("m:ResponseCode").unwrap());
    // What was kept is written back.
    let written = String::from_utf8(value.to_xml().unwrap()).unwrap();
    assert!(written.contains(">ErrorOfTheFuture<") && written.contains(">ImplicitContact<"), "{written}");
}

#[test]
fn unknown_versions_and_attributes_are_kept_or_noted() {
    for version in ["V2017_07_11", "V2018_01_08", "Exchange2019", ""] {
        let document = format!("<t:RequestServerVersion xmlns:t='{T}' Version='{version}' Mandatory='1'/>");
        let read = RequestServerVersion::from_xml_lenient(document.as_bytes()).unwrap();
        assert_eq!(read.value.version, ExchangeVersion::Other(version.into()));
        let kinds: Vec<NoteKind> = read.notes.iter().map(|note| note.kind).collect();
        assert_eq!(kinds, [NoteKind::UnknownValue, NoteKind::UnknownAttribute]);
        assert_eq!(read.notes[1].message, "The 'Mandatory' attribute is not declared.");
        assert_eq!(read.notes[1].place.offset, document.find("Mandatory").unwrap());
    }
}

#[test]
fn what_cannot_be_kept_is_left_out_where_it_may_be() {
    let content = "<t:Persona><t:PersonaId Id='p'/><t:CreationTime>yesterday</t:CreationTime>text<t:RelevanceScore>1e3</t:RelevanceScore>\
        <t:DisplayName>a</t:DisplayName><t:DisplayName>b</t:DisplayName><t:Attributions/></t:Persona>";
    let (value, notes) = lenient(&personas(content));
    let persona = &value.im_item_list.unwrap().personas.unwrap()[0];
    assert_eq!((persona.creation_time(), persona.relevance_score()), (None, None));
    assert_eq!(persona.display_name().map(String::as_str), Some("a"));
    let kinds: Vec<NoteKind> = notes.iter().map(|note| note.kind).collect();
    use NoteKind::{Invalid, Repeated, UnexpectedText};
    assert_eq!(kinds, [Invalid, UnexpectedText, Invalid, Repeated, Invalid], "{notes:#?}");
}

#[test]
fn what_a_value_cannot_do_without_is_an_error() {
    let cases = [
        (personas("<t:Persona><t:DisplayName>a</t:DisplayName></t:Persona>"), "'PersonaId' in namespace"),
        (personas("<t:Persona><t:PersonaId/></t:Persona>"), "The required attribute 'Id' is missing."),
        (
            reply("").replace(" ResponseClass=\"Success\"", ""),
            "The required attribute 'ResponseClass' is missing.",
        ),
        (
            reply(
                "<m:ImItemList><t:Groups><t:ImGroup><t:DisplayName/></t:ImGroup></t:Groups></m:ImItemList>",
            ),
            "MinLength",
        ),
    ];
    for (document, message) in cases {
        let read = GetImItemListResponse::from_xml_lenient(document.as_bytes());
        match read {
            Err(error) => assert!(error.message().contains(message), "{error}"),
            // In an optional part, the part is left out and the reason reported.
            Ok(read) => {
                assert!(read.notes.iter().any(|note| note.message.contains(message)), "{document}\n{read:#?}")
            }
        }
    }
}

#[test]
fn notes_are_limited_and_counted() {
    let content: String =
        (0..50).map(|at| format!("<t:Persona><t:PersonaId Id='{at}'/><t:New/></t:Persona>")).collect();
    let limits = Limits { notes: 20, ..Limits::default() };
    let options = ReadOptions { mode: Mode::Lenient, limits };
    let result = read::<GetImItemListResponse>(personas(&content).as_bytes(), &options).unwrap();
    assert_eq!((result.notes.len(), result.notes_dropped), (20, 30));
    assert_eq!(result.value.im_item_list.unwrap().personas.unwrap().len(), 50);
    let none = ReadOptions { mode: Mode::Lenient, limits: Limits { notes: 0, ..limits } };
    let result = read::<GetImItemListResponse>(personas(&content).as_bytes(), &none).unwrap();
    assert_eq!((result.notes.len(), result.notes_dropped), (0, 50));
}

#[test]
fn envelopes_report_too() {
    let text = String::from_utf8(corpus::item_list_text(Size {
        personas: 5,
        groups: 3,
        seed: 1,
        ..Size::default()
    }))
    .unwrap();
    let newer = text.replace("</t:Persona>", "<t:UnreadCount>1</t:UnreadCount></t:Persona>");
    let read =
        Envelope::<GetImItemListResponse>::from_xml(newer.as_bytes(), &ReadOptions::lenient()).unwrap();
    assert_eq!(read.notes.len(), 5);
    let path =
        "/soap:Envelope/soap:Body/m:GetImItemListResponse/m:ImItemList/t:Personas/t:Persona/t:UnreadCount";
    assert!(read.notes.iter().all(|note| note.path == path), "{:#?}", read.notes);
    assert_eq!(
        read.content.unwrap(),
        corpus::item_list(Size { personas: 5, groups: 3, seed: 1, ..Size::default() })
    );
}

#[test]
fn a_request_is_read_as_well() {
    let document = format!(
        "<GetImItems xmlns='{M}'><GroupIds><New xmlns='{T}'/><ItemId Id='1' xmlns='{T}'/></GroupIds></GetImItems>"
    );
    let read = GetImItems::from_xml_lenient(document.as_bytes()).unwrap();
    assert_eq!(read.value.group_ids.unwrap().len(), 1);
    assert_eq!(read.notes.len(), 1);
    assert_eq!(read.notes[0].path, "/GetImItems/GroupIds/New");
}
