//! A service in process: envelopes in, replies and faults out, with the variety that real clients send.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use oxws::oxwscdata::{ExchangeVersion, ResponseClass, ResponseCode};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImGroup, AddImGroupResponse, ExchangeService, GetImItemList, GetImItemListResponse, ImGroup,
    OPERATIONS, RemoveImGroup, RemoveImGroupResponse, dispatch,
};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Fault, Message, Outcome, Reply, Request};
use oxws_tests::run::block_on;
use oxws_tests::{E, M, T, corpus, example, xml};

/// Echoes names; knows one group.
struct Service;

impl ExchangeService for Service {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let version = request.headers.request_version.map(|part| part.version);
        if let Some(ExchangeVersion::Other(_)) = version {
            return Err(Fault::new("ErrorInvalidServerVersion", "The specified server version is invalid."));
        }
        if version != Some(ExchangeVersion::Exchange2013) {
            return Err(Fault::new("ErrorIncorrectSchemaVersion", "Too old."));
        }
        let mut group =
            ImGroup::new(request.body.display_name, "IPM.DistList.MOC.UserGroup".parse().unwrap());
        group.exchange_store_id = Some(ItemId::new("1"));
        let mut response = AddImGroupResponse::new(ResponseClass::Success);
        response.response_code = Some(ResponseCode::NoError);
        response.im_group = Some(group);
        Ok(Envelope::new(response))
    }

    async fn remove_im_group(&self, request: Request<RemoveImGroup>) -> Outcome<RemoveImGroupResponse> {
        let mut response = RemoveImGroupResponse::new(ResponseClass::Error);
        response.message_text = Some(format!("{}\u{0}", request.body.group_id.id));
        Ok(Envelope::new(response))
    }
}

fn call(envelope: &[u8]) -> Reply {
    block_on(dispatch(&Service, envelope))
}

/// The reply, which must be none of the faults.
#[track_caller]
fn answered(envelope: &[u8]) -> AddImGroupResponse {
    let reply = call(envelope);
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    read::<AddImGroupResponse>(&reply).unwrap().body
}

/// The fault, which must be one: HTTP 500, no header (UCS T5).
#[track_caller]
fn faulted(envelope: &[u8]) -> Fault {
    let reply = call(envelope);
    assert_eq!(reply.status, 500);
    assert!(!String::from_utf8_lossy(&reply.body).contains("<soap:Header"));
    read::<AddImGroupResponse>(&reply).unwrap_err()
}

fn read<T: Message>(reply: &Reply) -> Result<Envelope<T>, Fault> {
    let strict = Envelope::from_xml(&reply.body, &ReadOptions::strict()).unwrap();
    assert!(strict.notes.is_empty());
    strict.content
}

fn example_text(name: &str) -> String {
    std::str::from_utf8(example(name)).unwrap().replace("\r\n", "\n")
}

/// An envelope with these header blocks and this content of Body.
fn envelope(header: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:t='{T}' xmlns:m='{M}'><s:Header>\
         <t:RequestServerVersion Version='Exchange2013'/>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

const ADD: &str = "<m:AddImGroup><m:DisplayName>Ü &amp; a</m:DisplayName></m:AddImGroup>";

fn name_of(response: &AddImGroupResponse) -> &str {
    response.im_group.as_ref().unwrap().display_name.as_str()
}

/// UCS T4.
#[test]
fn t4_a_request_is_answered() {
    let response = answered(example("AddImGroup"));
    assert_eq!(name_of(&response), "MyCustomGroup");
    assert_eq!(response.response_code, Some(ResponseCode::NoError));
    let reply = call(example("AddImGroup"));
    let body = xml::parse(&reply.body).unwrap();
    assert_eq!(body.name.1, "Envelope");
    assert!(reply.body.starts_with(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>"));
    assert_eq!(name_of(&answered(&corpus::small_request_text())), "Büro & Kollegen");
}

/// UCS T10.
#[test]
fn t10_an_unknown_version_is_for_the_service_to_judge() {
    let request = envelope("", ADD).replace("Exchange2013", "Exchange2031");
    assert_eq!(faulted(request.as_bytes()).response_code.as_deref(), Some("ErrorInvalidServerVersion"));
}

#[test]
fn what_is_not_implemented_is_a_fault() {
    let fault = faulted(example("AddImContactToGroup"));
    assert_eq!(fault.response_code.as_deref(), Some("ErrorNotSupported"));
    assert_eq!((fault.code.namespace.as_str(), fault.code.local.as_str()), (T, "ErrorNotSupported"));
    assert!(fault.text.contains("AddImContactToGroup"), "{fault}");
}

/// Each operation reaches its own method: the default body names it.
#[test]
fn every_operation_is_dispatched() {
    struct Nothing;
    impl ExchangeService for Nothing {}
    let id = "<m:GroupId Id='1'/>";
    let contact = "<m:ContactId Id='1'/>";
    for operation in OPERATIONS {
        let content = match operation.name {
            "AddDistributionGroupToImList" => {
                "<m:SmtpAddress>a</m:SmtpAddress><m:DisplayName>b</m:DisplayName>".to_owned()
            }
            "AddImGroup" => "<m:DisplayName>a</m:DisplayName>".to_owned(),
            "AddNewImContactToGroup" => "<m:ImAddress>a</m:ImAddress>".to_owned(),
            "AddNewTelUriContactToGroup" => {
                "<m:TelUriAddress>a</m:TelUriAddress><m:ImContactSipUriAddress>b</m:ImContactSipUriAddress>\
                 <m:ImTelephoneNumber>c</m:ImTelephoneNumber>"
                    .to_owned()
            }
            "AddImContactToGroup" | "RemoveContactFromImList" => contact.to_owned(),
            "RemoveImContactFromGroup" => format!("{contact}{id}"),
            "SetImGroup" => format!("{id}<m:NewDisplayName>a</m:NewDisplayName>"),
            "SetImListMigrationCompleted" => {
                "<m:ImListMigrationCompleted>1</m:ImListMigrationCompleted>".to_owned()
            }
            "RemoveDistributionGroupFromImList" | "RemoveImGroup" => id.to_owned(),
            _ => String::new(),
        };
        let name = format!("m:{}", operation.request.unwrap().local());
        let reply =
            block_on(dispatch(&Nothing, envelope("", &format!("<{name}>{content}</{name}>")).as_bytes()));
        let fault = read::<AddImGroupResponse>(&reply).unwrap_err();
        let message = format!("The operation {} is not supported by this server.", operation.name);
        assert_eq!((fault.response_code.as_deref(), &fault.text), (Some("ErrorNotSupported"), &message));
        assert!(operation.soap_action.ends_with(&format!("/{}", operation.name)));
    }
}

/// UCS T8.
#[test]
fn t8_an_empty_body_or_an_unknown_child() {
    let empty = [
        envelope("", ""),
        envelope("", " \n <!-- nothing --> "),
        envelope("", "").replace("<s:Body></s:Body>", "<s:Body/>"),
        envelope("", "<m:GetMail/>"),
        envelope("", "<m:AddImGroupResponse ResponseClass='Success'/>"),
        // The operations are in the namespace of messages.
        envelope("", "<t:AddImGroup><t:DisplayName>a</t:DisplayName></t:AddImGroup>"),
        envelope("", "<AddImGroup/>"),
        envelope("", "<x xmlns='urn:x'><deep/></x>"),
    ];
    for request in empty {
        let fault = faulted(request.as_bytes());
        assert_eq!(fault.response_code.as_deref(), Some("ErrorInvalidRequest"), "{request}");
        assert_eq!(fault.message.as_deref(), Some("The request is invalid."));
        assert_eq!((fault.text.as_str(), fault.lang.as_str()), ("The request is invalid.", "en-US"));
        assert_eq!((fault.message_xml.len(), fault.detail.len()), (0, 0));
    }
}

/// Values of MessageXml by name.
fn data(fault: &Fault) -> Vec<(String, String)> {
    fault.message_xml.iter().map(|element| (element.local_name().to_owned(), element.text())).collect()
}

#[track_caller]
fn assert_schema_violation(envelope: &[u8], line: u32, column: u32, violation: &str) {
    const MESSAGE: &str = "The request failed schema validation.";
    let fault = faulted(envelope);
    assert_eq!(fault.response_code.as_deref(), Some("ErrorSchemaValidation"));
    assert_eq!(fault.message.as_deref(), Some(MESSAGE));
    let data = data(&fault);
    let names: Vec<&str> = data.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["LineNumber", "LinePosition", "Violation"]);
    assert!(fault.message_xml.iter().all(|element| element.namespace() == T));
    assert_eq!(
        (data[0].1.as_str(), data[1].1.as_str()),
        (&*line.to_string(), &*column.to_string()),
        "{}",
        data[2].1
    );
    assert!(data[2].1.contains(violation), "{}", data[2].1);
    assert_eq!(fault.text, format!("{MESSAGE}: {}", data[2].1));
}

/// UCS T6.
#[test]
fn t6_schema_violations_carry_place_and_text() {
    let request = example_text("AddImGroup");
    let empty = request.replace("MyCustomGroup", "");
    let message = format!("'{T}:NonEmptyStringType' - The MinLength constraint failed.");
    assert_schema_violation(empty.as_bytes(), 11, 11, &message);
    let unknown = request.replace("m:DisplayName>", "m:Name>");
    let message = format!(
        "has invalid child element 'Name' in namespace '{M}'. List of possible elements expected: 'DisplayName' in namespace '{M}'."
    );
    assert_schema_violation(unknown.as_bytes(), 11, 11, &message);
    let header = request.replace("Version=", "Vresion=");
    assert_schema_violation(header.as_bytes(), 6, 31, "The 'Vresion' attribute is not declared.");
    let second = request.replace("</m:AddImGroup>", "</m:AddImGroup>\n<m:AddImGroup/>");
    assert_schema_violation(second.as_bytes(), 13, 2, "follows the message");
}

/// UCS T6, T17.
#[test]
fn t6_t17_malformed_requests_are_answered() {
    let request = example_text("AddImGroup");
    for end in 1..request.len() - 1 {
        if request.is_char_boundary(end) {
            let fault = faulted(&request.as_bytes()[..end]);
            assert_eq!(fault.response_code.as_deref(), Some("ErrorSchemaValidation"), "cut at {end}");
        }
    }
    assert_schema_violation(b"", 1, 1, "no element");
    let unclosed = envelope("", ADD).replace("</m:AddImGroup>", "\n </m:AddImGroups>");
    assert_schema_violation(unclosed.as_bytes(), 2, 2, "the end tag of `m:AddImGroup` was expected here");
    assert_schema_violation(b"\x00\x01\x02", 1, 1, "character");
    assert_schema_violation(b"<a>\n\xFF</a>", 2, 1, "UTF-8");
    assert_schema_violation(b"<html/>", 1, 2, "'Envelope'");
    let soap12 = request
        .replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    assert_schema_violation(
        soap12.as_bytes(),
        2,
        2,
        "'Envelope' in namespace 'http://schemas.xmlsoap.org/soap/envelope/'",
    );
}

/// UCS T13.
#[test]
fn t13_a_doctype_is_refused_whatever_it_holds() {
    let request = example_text("AddImGroup");
    let doctypes = [
        "<!DOCTYPE x>",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]>",
    ];
    for doctype in doctypes {
        let declared = request.replace("?>\n", &format!("?>\n{doctype}"));
        assert_schema_violation(declared.as_bytes(), 2, 1, "document type declaration");
    }
    let entity = request.replace("MyCustomGroup", "a&b;");
    assert_schema_violation(entity.as_bytes(), 11, 26, "reference");
}

/// UCS T9.
#[test]
fn t9_unknown_blocks_are_ignored_unless_they_must_be_understood() {
    let block =
        |attribute: &str| envelope(&format!("<x:New xmlns:x='urn:x' {attribute}><x:y/>t</x:New>"), ADD);
    let fine = [
        "",
        "s:mustUnderstand='0'",
        "mustUnderstand='1'",
        "s:actor='urn:a'",
        // For somebody else on the way.
        "s:actor='urn:a' s:mustUnderstand='1'",
    ];
    for fine in fine {
        assert_eq!(name_of(&answered(block(fine).as_bytes())), "Ü & a", "{fine}");
    }
    let must = [
        "s:mustUnderstand='1'",
        "s:mustUnderstand='true'",
        "a='b' s:mustUnderstand=\"1\"",
        "s:mustUnderstand='1' s:actor='http://schemas.xmlsoap.org/soap/actor/next'",
    ];
    for must in must {
        let fault = faulted(block(must).as_bytes());
        assert_eq!(fault.code.local, "MustUnderstand");
        assert_eq!(fault.code.namespace, "http://schemas.xmlsoap.org/soap/envelope/");
        assert!(fault.text.contains("x:New"), "{}", fault.text);
        assert_eq!(fault.response_code, None);
    }
    let zone = "<t:TimeZoneContext><t:TimeZoneDefinition Id='UTC'/></t:TimeZoneContext>";
    assert_eq!(name_of(&answered(envelope(zone, ADD).as_bytes())), "Ü & a");
}

/// UCS T16.
#[test]
fn t16_headers_as_real_clients_send_them() {
    let headers = [
        "<t:MailboxCulture xsi:nil='true' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/>",
        "<t:ExchangeImpersonation xsi:nil='1' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/>",
        "<t:MailboxCulture s:mustUnderstand='1' s:actor='urn:a'>de</t:MailboxCulture>",
        "<t:SerializedSecurityContext><t:UserSid>S-1-1</t:UserSid></t:SerializedSecurityContext>",
        "<t:DateTimePrecision>Seconds</t:DateTimePrecision><t:ManagementRole/>",
        "<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>a@b</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>",
        "<!-- c --><t:MailboxCulture>en-US</t:MailboxCulture>",
        "\n  ",
    ];
    for header in headers {
        assert_eq!(name_of(&answered(envelope(header, ADD).as_bytes())), "Ü & a", "{header}");
    }
}

/// UCS T16.
#[test]
fn t16_prefixes_and_declarations_as_real_clients_send_them() {
    let soap = "http://schemas.xmlsoap.org/soap/envelope/";
    let defaults = format!(
        "<Envelope xmlns='{soap}'><Header><RequestServerVersion xmlns='{T}' Version='Exchange2013'/></Header><Body>\
         <AddImGroup xmlns='{M}'><DisplayName>Ü &#38; a</DisplayName></AddImGroup></Body></Envelope>"
    );
    let on_body = envelope("", ADD)
        .replace(&format!(" xmlns:m='{M}'"), "")
        .replace("<s:Body>", &format!("<s:Body xmlns:m='{M}'>"));
    // Prefixes are only names; these are odd, but bound.
    let odd = envelope("", ADD)
        .replace("xmlns:m=", "xmlns:_.-é=")
        .replace("xmlns:t=", "xmlns:ns1=")
        .replace("xmlns:s=", "xmlns:m=")
        .replace("<m:", "<_.-é:")
        .replace("</m:", "</_.-é:")
        .replace("<t:", "<ns1:")
        .replace("<s:", "<m:")
        .replace("</s:", "</m:");
    for request in [&defaults, &on_body, &odd] {
        for declaration in [
            "",
            "<?xml version='1.0'?>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n",
            "<?xml version='1.0' encoding='utf-8' standalone='no' ?>",
            "<!-- c -->",
            "\n",
        ] {
            let request = format!("{declaration}{request}\r\n");
            assert_eq!(name_of(&answered(request.as_bytes())), "Ü & a", "{request}");
        }
    }
}

/// UCS T3.
#[test]
fn t3_encodings() {
    let request = envelope("", ADD);
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend(request.bytes());
    let sixteen = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let declared = format!("\u{FEFF}<?xml version='1.0' encoding='utf-16'?>{request}");
        declared.encode_utf16().flat_map(order).collect()
    };
    for bytes in [marked, sixteen(u16::to_le_bytes), sixteen(u16::to_be_bytes)] {
        assert_eq!(name_of(&answered(&bytes)), "Ü & a");
    }
    let latin = format!("<?xml version='1.0' encoding='iso-8859-1'?>{request}");
    assert_schema_violation(latin.as_bytes(), 1, 1, "UTF-8");
}

/// What a server refuses, a client takes from services that are older.
#[test]
fn replies_in_iso_8859_1_are_read() {
    let request = format!("<?xml version='1.0' encoding='iso-8859-1'?>{}", envelope("", ADD));
    let latin: Vec<u8> = request.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let read = Envelope::<AddImGroup>::from_xml(&latin, &ReadOptions::lenient()).unwrap();
    assert_eq!(read.content.unwrap().body.display_name.as_str(), "Ü & a");
}

#[test]
fn a_reply_that_cannot_be_written_is_a_fault() {
    let fault = faulted(example("RemoveImGroup"));
    assert_eq!(fault.response_code.as_deref(), Some("ErrorInternalServerError"));
    assert!(fault.text.contains("U+0000"), "{}", fault.text);
}

/// UCS T5.
#[test]
fn t5_the_form_of_a_fault() {
    let reply = call(envelope("", "").as_bytes());
    let expected = format!(
        "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><soap:Body><soap:Fault>\
         <faultcode xmlns:a='{T}'>a:ErrorInvalidRequest</faultcode><faultstring xml:lang='en-US'>The request is invalid.</faultstring>\
         <detail><e:ResponseCode xmlns:e='{E}'>ErrorInvalidRequest</e:ResponseCode><e:Message xmlns:e='{E}'>The request is invalid.</e:Message></detail>\
         </soap:Fault></soap:Body></soap:Envelope>"
    );
    xml::assert_equal(expected.as_bytes(), &reply.body);
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    let code = text.split("<faultcode").nth(1).unwrap();
    assert!(
        code.starts_with(&format!(" xmlns:a=\"{T}\">a:")),
        "the prefix is bound on the element itself: {code}"
    );
}

/// Any fault is read as it was written, whatever its texts hold.
#[test]
fn faults_read_back() {
    let mut fault = Fault::new("ErrorAccessDenied", "a < b & \"c\" ]]> \u{1F600}\r\n");
    fault.actor = Some("urn:a".into());
    fault.lang = "de-DE".into();
    fault.message_xml = vec![oxws::rt::AnyElement::of_text(T, "t", "Value", "x\u{A0}&").unwrap()];
    fault.detail = vec![oxws::rt::AnyElement::parse("<x:y xmlns:x='urn:x' a='1'><x:z/></x:y>").unwrap()];
    let read = |fault: &Fault| {
        let bytes = fault.to_xml();
        xml::parse(&bytes).unwrap();
        Envelope::<GetImItemListResponse>::from_xml(&bytes, &ReadOptions::strict())
            .unwrap()
            .content
            .unwrap_err()
    };
    assert_eq!(read(&fault), fault);
    assert_eq!(read(&Fault::must_understand("x:y")), Fault::must_understand("x:y"));
    // What XML cannot carry is replaced: a fault is always written.
    fault.text = "a\u{0}b".into();
    assert_eq!(read(&fault).text, "a\u{FFFD}b");
}

/// A client reads faults of servers that write them otherwise.
#[test]
fn faults_of_other_servers() {
    let fault = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault>\
        <faultcode>s:Client</faultcode><faultstring>No.</faultstring><faultactor>urn:x</faultactor></s:Fault></s:Body></s:Envelope>";
    for options in [ReadOptions::strict(), ReadOptions::lenient()] {
        let read = Envelope::<GetImItemListResponse>::from_xml(fault.as_bytes(), &options).unwrap();
        let fault = read.content.unwrap_err();
        assert_eq!(fault.code.namespace, "http://schemas.xmlsoap.org/soap/envelope/");
        assert_eq!(
            (fault.code.local.as_str(), fault.text.as_str(), fault.lang.as_str()),
            ("Client", "No.", "")
        );
        assert_eq!((fault.actor.as_deref(), fault.response_code.as_deref()), (Some("urn:x"), None));
    }
}

/// Nothing of a request's type is asked of a service that does not know it.
#[test]
fn requests_can_be_written_and_dispatched() {
    let request = Envelope::new(GetImItemList::default());
    let fault = faulted(&request.to_xml().unwrap());
    assert_eq!(fault.response_code.as_deref(), Some("ErrorNotSupported"));
}
