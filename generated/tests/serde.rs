//! The feature `serde`: messages to JSON and back, and no way around the checks.
#![cfg(feature = "serde")]

use oxws::oxwscdata::NonEmptyString;
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{AddImGroup, GetImItemListResponse};
use oxws::oxwspers::Persona;
use oxws::{Document, oxwscos};

#[test]
fn messages_round_trip_through_json() {
    let xml = br#"<m:GetImItemListResponse ResponseClass="Success"
        xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
        xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
      <m:ResponseCode>NoError</m:ResponseCode>
      <m:ImItemList>
        <t:Groups><t:ImGroup><t:DisplayName>a</t:DisplayName><t:GroupType>b</t:GroupType></t:ImGroup></t:Groups>
        <t:Personas><t:Persona><t:PersonaId Id="1"/><t:CreationTime>2026-01-02T03:04:05.100Z</t:CreationTime>
          <t:DisplayName>Ann</t:DisplayName></t:Persona></t:Personas>
      </m:ImItemList></m:GetImItemListResponse>"#;
    let message = GetImItemListResponse::from_xml(xml).unwrap();
    let json = serde_json::to_string(&message).unwrap();
    assert!(json.contains("2026-01-02T03:04:05.100Z"), "{json}");
    assert_eq!(serde_json::from_str::<GetImItemListResponse>(&json).unwrap(), message);
    let element = oxwscos::Element::GetImItemListResponse(message);
    let json = serde_json::to_string(&element).unwrap();
    assert_eq!(serde_json::from_str::<oxwscos::Element>(&json).unwrap(), element);
}

#[test]
fn facets_are_checked() {
    let group: AddImGroup = serde_json::from_str(r#"{"display_name":"x"}"#).unwrap();
    assert_eq!(group.display_name, NonEmptyString::new("x").unwrap());
    let error = serde_json::from_str::<AddImGroup>(r#"{"display_name":""}"#).unwrap_err();
    assert!(error.to_string().contains("MinLength"), "{error}");
}

#[test]
fn sparse_fields_come_out_in_schema_order() {
    let json = r#"{"persona_id":{"id":"1","change_key":null},"fields":[{"DisplayName":"n"},{"PersonaType":"Person"}]}"#;
    let persona: Persona = serde_json::from_str(json).unwrap();
    let expected = Persona::new(ItemId::new("1")).with_display_name("n").with_persona_type("Person");
    assert_eq!(persona, expected);
}
