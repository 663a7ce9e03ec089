//! What a strict read refuses in real messages: each with the text that goes into `t:Violation` (UCS T7), line
//! and column (UCS T6) and the path.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use oxws::oxwscos::{
    AddImGroup, AddNewTelUriContactToGroup, Element, GetImItemListResponse, GetImItems,
    SetImListMigrationCompleted,
};
use oxws::rt::{Document, Error, ErrorKind, ReadOptions};
use oxws::soap::{Envelope, Message};
use oxws_tests::{M, T, example};

/// Refusals in a message of one operation. The document begins in line 1 with the message's own start tag, where
/// `m` and `t` are declared; what follows begins in line 2.
fn refused<D: Document + std::fmt::Debug>(name: &str, attributes: &str, content: &str) -> Error {
    let document = format!("<m:{name} xmlns:m=\"{M}\" xmlns:t=\"{T}\"{attributes}>\n{content}</m:{name}>");
    D::from_xml(document.as_bytes()).unwrap_err()
}

#[track_caller]
fn assert_violation(error: &Error, message: &str, place: (u32, u32), path: &str) {
    assert_eq!(error.message(), message);
    assert_eq!(
        (error.kind(), error.line(), error.column()),
        (ErrorKind::Violation, place.0, place.1),
        "{error}"
    );
    assert_eq!(error.path(), path);
}

/// In the words of UCS T7.
fn child(holder: &str, holder_ns: &str, found: &str, found_ns: &str, expected: &str) -> String {
    format!(
        "The element '{holder}' in namespace '{holder_ns}' has invalid child element '{found}' in namespace '{found_ns}'.{expected}"
    )
}

fn expected(names: &str, namespace: &str) -> String {
    format!(" List of possible elements expected: '{names}' in namespace '{namespace}'.")
}

fn value(what: &str, name: &str, value: &str, datatype: &str, reason: &str) -> String {
    format!(
        "The '{name}' {what} is invalid - The value '{value}' is invalid according to its datatype '{datatype}' - {reason}"
    )
}

/// UCS T7.
#[test]
fn t7_a_missing_required_child() {
    let error = refused::<AddImGroup>("AddImGroup", "", "  ");
    let message = format!(
        "The element 'AddImGroup' in namespace '{M}' has incomplete content.{}",
        expected("DisplayName", M)
    );
    // The place is the end tag, where the child should have been.
    assert_violation(&error, &message, (2, 5), "/m:AddImGroup");

    let content = "<m:TelUriAddress>tel:+1</m:TelUriAddress>\n<m:ImContactSipUriAddress>sip:a</m:ImContactSipUriAddress>";
    let error = refused::<AddNewTelUriContactToGroup>("AddNewTelUriContactToGroup", "", content);
    let message = format!(
        "The element 'AddNewTelUriContactToGroup' in namespace '{M}' has incomplete content.{}",
        expected("ImTelephoneNumber", M)
    );
    assert_violation(&error, &message, (3, 61), "/m:AddNewTelUriContactToGroup");
}

/// UCS T7.
#[test]
fn t7_a_wrong_order() {
    let content = "<m:ImContactSipUriAddress>sip:a</m:ImContactSipUriAddress>\n\t<m:TelUriAddress>tel:+1</m:TelUriAddress>";
    let error = refused::<AddNewTelUriContactToGroup>("AddNewTelUriContactToGroup", "", content);
    let message =
        child("AddNewTelUriContactToGroup", M, "ImContactSipUriAddress", M, &expected("TelUriAddress", M));
    assert_violation(&error, &message, (2, 2), "/m:AddNewTelUriContactToGroup/m:ImContactSipUriAddress");

    let content = "<m:ResponseCode>NoError</m:ResponseCode>\n   <m:MessageText>x</m:MessageText>";
    let error =
        refused::<GetImItemListResponse>("GetImItemListResponse", " ResponseClass='Success'", content);
    let names = "DescriptiveLinkKey, MessageXml, ImItemList";
    let message = child("GetImItemListResponse", M, "MessageText", M, &expected(names, M));
    assert_violation(&error, &message, (3, 5), "/m:GetImItemListResponse/m:MessageText");
}

/// UCS T7.
#[test]
fn t7_a_child_too_many() {
    let content = "<m:DisplayName>a</m:DisplayName>\n<m:DisplayName>b</m:DisplayName>";
    let error = refused::<AddImGroup>("AddImGroup", "", content);
    assert_violation(
        &error,
        &child("AddImGroup", M, "DisplayName", M, ""),
        (3, 2),
        "/m:AddImGroup/m:DisplayName",
    );
}

/// UCS T7.
#[test]
fn t7_an_unknown_child() {
    let content = "<m:DisplayName>a</m:DisplayName>\n <m:Colour>red</m:Colour>";
    let error = refused::<AddImGroup>("AddImGroup", "", content);
    assert_violation(&error, &child("AddImGroup", M, "Colour", M, ""), (3, 3), "/m:AddImGroup/m:Colour");
    // Names are case-sensitive.
    let error = refused::<AddImGroup>("AddImGroup", "", "<m:displayName>a</m:displayName>");
    let message = child("AddImGroup", M, "displayName", M, &expected("DisplayName", M));
    assert_violation(&error, &message, (2, 2), "/m:AddImGroup/m:displayName");
}

/// UCS T7.
#[test]
fn t7_a_wrong_namespace() {
    let error = refused::<AddImGroup>("AddImGroup", "", "<t:DisplayName>a</t:DisplayName>");
    let message = child("AddImGroup", M, "DisplayName", T, &expected("DisplayName", M));
    assert_violation(&error, &message, (2, 2), "/m:AddImGroup/t:DisplayName");
    let error = refused::<AddImGroup>("AddImGroup", "", "<x:DisplayName xmlns:x='urn:x'>a</x:DisplayName>");
    let message = child("AddImGroup", M, "DisplayName", "urn:x", &expected("DisplayName", M));
    assert_violation(&error, &message, (2, 2), "/m:AddImGroup/x:DisplayName");
    // No namespace is left out of the sentence.
    let error = refused::<AddImGroup>("AddImGroup", "", "<DisplayName>a</DisplayName>");
    let list = expected("DisplayName", M);
    let message =
        format!("The element 'AddImGroup' in namespace '{M}' has invalid child element 'DisplayName'.{list}");
    assert_violation(&error, &message, (2, 2), "/m:AddImGroup/DisplayName");
    // The other direction: a message's child in a type.
    let content = "<m:ContactIds>\n<m:ItemId Id='a'/></m:ContactIds>";
    let error = refused::<GetImItems>("GetImItems", "", content);
    let names = "ItemId, OccurrenceItemId, RecurringMasterItemId, RecurringMasterItemIdRanges";
    let message = child("ContactIds", M, "ItemId", M, &expected(names, T));
    assert_violation(&error, &message, (3, 2), "/m:GetImItems/m:ContactIds/m:ItemId");
}

/// UCS T7.
#[test]
fn t7_a_list_that_must_not_be_empty() {
    let error = refused::<GetImItems>("GetImItems", "", "<m:GroupIds> </m:GroupIds>");
    let names = "ItemId, OccurrenceItemId, RecurringMasterItemId, RecurringMasterItemIdRanges";
    let message =
        format!("The element 'GroupIds' in namespace '{M}' has incomplete content.{}", expected(names, T));
    assert_violation(&error, &message, (2, 16), "/m:GetImItems/m:GroupIds");
}

/// UCS T7.
#[test]
fn t7_an_empty_non_empty_string() {
    let datatype = format!("{T}:NonEmptyStringType");
    let message = value("element", "DisplayName", "", &datatype, "The MinLength constraint failed.");
    for content in
        ["<m:DisplayName/>", "<m:DisplayName></m:DisplayName>", "<m:DisplayName><!-- x --></m:DisplayName>"]
    {
        let error = refused::<AddImGroup>("AddImGroup", "", content);
        // By the time a text is checked its element is closed.
        assert_violation(&error, &message, (2, 2), "/m:AddImGroup");
    }
    // A space is a character.
    let spaces = format!("<AddImGroup xmlns='{M}'><DisplayName> </DisplayName></AddImGroup>");
    assert_eq!(AddImGroup::from_xml(spaces.as_bytes()).unwrap().display_name.as_str(), " ");
}

/// UCS T7.
#[test]
fn t7_a_value_that_the_enumeration_does_not_have() {
    let error = refused::<GetImItemListResponse>("GetImItemListResponse", "\n ResponseClass='Succes'", "");
    let datatype = format!("{T}:ResponseClassType");
    let message =
        value("attribute", "ResponseClass", "Succes", &datatype, "The Enumeration constraint failed.");
    assert_violation(&error, &message, (2, 2), "/m:GetImItemListResponse");

    let content = "<m:ResponseCode>ErrorSomethingNew</m:ResponseCode>";
    let error = refused::<GetImItemListResponse>("GetImItemListResponse", " ResponseClass='Error'", content);
    let datatype = format!("{M}:ResponseCodeType");
    let message = value(
        "element",
        "ResponseCode",
        "ErrorSomethingNew",
        &datatype,
        "The Enumeration constraint failed.",
    );
    assert_violation(&error, &message, (2, 2), "/m:GetImItemListResponse");
}

/// UCS T4.
#[test]
fn t4_a_missing_response_class() {
    let error = refused::<GetImItemListResponse>(
        "GetImItemListResponse",
        "",
        "<m:ResponseCode>NoError</m:ResponseCode>",
    );
    let message = "The required attribute 'ResponseClass' is missing.";
    assert_violation(&error, message, (1, 2), "/m:GetImItemListResponse");
}

/// The content of `GetImItems` with one reference to a property.
fn field(attributes: &str) -> Error {
    let content = format!(
        "<m:ExtendedProperties>\n<t:ExtendedProperty PropertyType='String' {attributes}/></m:ExtendedProperties>"
    );
    refused::<GetImItems>("GetImItems", "", &content)
}

/// UCS T7, O14.
#[test]
fn t7_o14_paths_to_properties() {
    const PATH: &str = "/m:GetImItems/m:ExtendedProperties/t:ExtendedProperty";
    let at = (3, 43);
    let pattern = "The Pattern constraint failed.";
    for bad in
        ["", "00062004", "{00062004-0000-0000-C000-000000000046}", "00062004-0000-0000-C000-00000000004G"]
    {
        let message = value("attribute", "PropertySetId", bad, &format!("{T}:GuidType"), pattern);
        assert_violation(&field(&format!("PropertySetId='{bad}'")), &message, at, PATH);
    }
    for bad in ["", "0x", "0x12345", "65536", "-1", "3001h"] {
        let message = value("attribute", "PropertyTag", bad, &format!("{T}:PropertyTagType"), pattern);
        assert_violation(&field(&format!("PropertyTag='{bad}'")), &message, at, PATH);
    }
    for bad in ["", "1.0", "0x1", "2147483648", "one"] {
        let reason = format!("The string '{bad}' is not a valid Int32 value.");
        let message = value("attribute", "PropertyId", bad, "http://www.w3.org/2001/XMLSchema:int", &reason);
        assert_violation(&field(&format!("PropertyId='{bad}'")), &message, at, PATH);
    }
    let message = value(
        "attribute",
        "DistinguishedPropertySetId",
        "address",
        &format!("{T}:DistinguishedPropertySetType"),
        "The Enumeration constraint failed.",
    );
    assert_violation(&field("DistinguishedPropertySetId='address'"), &message, at, PATH);
}

/// UCS T7.
#[test]
fn t7_a_bad_literal() {
    let content = "<m:ImListMigrationCompleted>yes</m:ImListMigrationCompleted>";
    let error = refused::<SetImListMigrationCompleted>("SetImListMigrationCompleted", "", content);
    let reason = "The string 'yes' is not a valid Boolean value.";
    let datatype = "http://www.w3.org/2001/XMLSchema:boolean";
    let message = value("element", "ImListMigrationCompleted", "yes", datatype, reason);
    assert_violation(&error, &message, (2, 2), "/m:SetImListMigrationCompleted");

    let content = "<m:DescriptiveLinkKey>zero</m:DescriptiveLinkKey>";
    let error = refused::<GetImItemListResponse>("GetImItemListResponse", " ResponseClass='Error'", content);
    let datatype = "http://www.w3.org/2001/XMLSchema:int";
    let message = value(
        "element",
        "DescriptiveLinkKey",
        "zero",
        datatype,
        "The string 'zero' is not a valid Int32 value.",
    );
    assert_violation(&error, &message, (2, 2), "/m:GetImItemListResponse");
}

/// UCS T7.
#[test]
fn t7_an_unexpected_attribute() {
    let error = refused::<AddImGroup>("AddImGroup", " Colour='red'", "<m:DisplayName>a</m:DisplayName>");
    let column = format!("<m:AddImGroup xmlns:m=\"{M}\" xmlns:t=\"{T}\" ").len() as u32 + 1;
    assert_violation(&error, "The 'Colour' attribute is not declared.", (1, column), "/m:AddImGroup");
    let error = refused::<AddImGroup>("AddImGroup", "", "<m:DisplayName m:x='1'>a</m:DisplayName>");
    let message = format!("The '{M}:x' attribute is not declared.");
    assert_violation(&error, &message, (2, 16), "/m:AddImGroup/m:DisplayName");
}

/// UCS T7.
#[test]
fn t7_text_among_elements() {
    let error = refused::<AddImGroup>("AddImGroup", "", "<m:DisplayName>a</m:DisplayName>é x");
    let message = format!("The element 'AddImGroup' in namespace '{M}' cannot contain text.");
    assert_violation(&error, &message, (2, 33), "/m:AddImGroup");
    let error = refused::<AddImGroup>("AddImGroup", "", "  <![CDATA[a]]>");
    let message = format!("{message}{}", expected("DisplayName", M));
    assert_violation(&error, &message, (2, 3), "/m:AddImGroup");
}

/// UCS T7.
#[test]
fn t7_elements_in_text_and_content_in_what_is_empty() {
    let error = refused::<AddImGroup>("AddImGroup", "", "<m:DisplayName>é<b/></m:DisplayName>");
    let message = format!(
        "The element 'DisplayName' in namespace '{M}' cannot contain child element 'b' because the parent element's \
         content model is text only."
    );
    // Columns count characters, not bytes.
    assert_violation(&error, &message, (2, 18), "/m:AddImGroup/m:DisplayName/b");
    let error =
        refused::<GetImItems>("GetImItems", "", "<m:GroupIds><t:ItemId Id='1'>x</t:ItemId></m:GroupIds>");
    let message = format!(
        "The element 'ItemId' in namespace '{T}' cannot contain child elements or text because it must be empty."
    );
    assert_violation(&error, &message, (2, 30), "/m:GetImItems/m:GroupIds/t:ItemId");
}

/// UCS T6.
#[test]
fn t6_content_after_the_end_is_malformed() {
    let good = format!("<m:AddImGroup xmlns:m='{M}'><m:DisplayName>a</m:DisplayName></m:AddImGroup>");
    assert!(AddImGroup::from_xml(format!("{good}\n<!-- c -->\n<?pi?>\n").as_bytes()).is_ok());
    for more in ["x", "<a/>", "<![CDATA[]]>", "&amp;"] {
        let error = AddImGroup::from_xml(format!("{good}\n {more}").as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.line(), error.column()), (ErrorKind::Malformed, 2, 2), "{error}");
    }
}

#[test]
fn a_root_of_another_name() {
    let document = format!("\n <t:AddImGroup xmlns:t='{T}'/>");
    let message = format!(
        "The element 'AddImGroup' in namespace '{T}' is not declared here.{}",
        expected("AddImGroup", M)
    );
    let error = AddImGroup::from_xml(document.as_bytes()).unwrap_err();
    assert_violation(&error, &message, (2, 3), "/t:AddImGroup");
    let error = Element::from_xml(document.as_bytes()).unwrap_err();
    assert!(
        error.message().contains("'AddDistributionGroupToImList, AddDistributionGroupToImListResponse, "),
        "{error}"
    );
}

/// The same in envelopes: line and position are those of the request as sent (UCS T6).
#[test]
fn t6_places_in_the_examples() {
    let broken = |name: &str, from: &str, to: &str| {
        let document = std::str::from_utf8(example(name)).unwrap().replace("\r\n", "\n");
        assert!(document.contains(from), "{from}");
        document.replace(from, to)
    };
    fn read<T: Message + std::fmt::Debug>(document: &str) -> Error {
        Envelope::<T>::from_xml(document.as_bytes(), &ReadOptions::strict()).unwrap_err()
    }
    let datatype = format!("{T}:NonEmptyStringType");
    let error = read::<AddImGroup>(&broken("AddImGroup", "MyCustomGroup", ""));
    let message = value("element", "DisplayName", "", &datatype, "The MinLength constraint failed.");
    assert_violation(&error, &message, (11, 11), "/soap:Envelope/soap:Body/m:AddImGroup");

    let error = read::<AddImGroup>(&broken("AddImGroup", "Version=", "Versio="));
    let message = "The 'Versio' attribute is not declared.";
    assert_violation(&error, message, (6, 31), "/soap:Envelope/soap:Header/t:RequestServerVersion");

    let error =
        read::<AddImGroup>(&broken("AddImGroup", "</m:AddImGroup>", "</m:AddImGroup><m:AddImGroup/>"));
    let message = "The element 'm:AddImGroup' follows the message of the envelope.";
    assert_violation(&error, message, (12, 23), "/soap:Envelope/soap:Body/m:AddImGroup");
}
