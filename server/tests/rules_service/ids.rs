//! Ids and change keys on the wire.

use oxws::oxwscore::ItemId;
use oxws::oxwscos::*;
use ucs::contacts;
use ucs::service::Kind;

use crate::site::{JANE, PAUL, Site, ids};
use crate::xml::attributes;

/// UCS K1: every id in a list is short, plain base64, and different from all others; the same whenever it is asked for.
#[test]
fn ids_are_plain_and_stay() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    jane.contact("a@example.org", Some(&group));
    jane.contact("b@example.org", None);
    let xml = jane.ask(GetImItemList::default()).xml;
    let mut all = attributes(&xml, "t:ExchangeStoreId", "Id");
    all.extend(attributes(&xml, "t:SourceId", "Id"));
    all.extend(attributes(&xml, "t:PersonaId", "Id"));
    assert_eq!(all.len(), 4 + 2 + 2);
    for id in &all {
        assert!(id.len() <= 512 && !id.is_empty());
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)), "{id}");
        assert!(ids().decode(JANE, id).is_ok(), "names its mailbox: {id}");
        assert!(ids().decode(PAUL, id).is_err());
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 8);
    assert_eq!(jane.ask(GetImItemList::default()).xml, xml);
}

/// UCS K1: ids are told apart by case, and one that was altered is not one.
#[test]
fn altered_ids_are_noticed() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    let malformed = ("ErrorInvalidIdMalformed".to_owned(), "Id is malformed.".to_owned());
    let swapped: String = group.id.chars().rev().collect();
    for id in [group.id.to_lowercase(), group.id.to_uppercase(), swapped, format!("{}=", group.id)] {
        assert_eq!(jane.error(RemoveImGroup::new(ItemId::new(id))), malformed);
    }
    assert_eq!(jane.groups().len(), 4);
}

/// UCS K2 and T4: the two texts for what is no id, and the form of the reply.
#[test]
fn what_is_no_id() {
    let site = Site::new();
    let jane = site.jane();
    let empty = ("ErrorInvalidIdEmpty".to_owned(), "Id must be non-empty.".to_owned());
    assert_eq!(jane.error(RemoveContactFromImList::new(ItemId::new(""))).0, empty.0);
    let answer = jane.ask(RemoveContactFromImList::new(ItemId::new("AAMk")));
    assert!(
        answer.xml.contains(
            "<m:RemoveContactFromImListResponse ResponseClass=\"Error\"><m:MessageText>Id is malformed.\
             </m:MessageText><m:ResponseCode>ErrorInvalidIdMalformed</m:ResponseCode>\
             <m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:RemoveContactFromImListResponse>"
        ),
        "{}",
        answer.xml
    );
}

/// UCS K2: an id of the right mailbox that names nothing there, or something of another kind, is an id all the same.
#[test]
fn an_id_of_nothing_is_no_malformed_one() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    let contact = jane.contact("a@example.org", Some(&group));
    let persona = jane.add_contact("a@example.org", None).persona_id;
    let nothing = ItemId::new(ids().encode(JANE, Kind::Contact, contacts::ItemId(5)));
    for id in [&nothing, &group, &persona] {
        let add = AddImContactToGroup::new(id.clone());
        assert_eq!(jane.error(add).0, "ErrorInvalidImContactId");
        assert_eq!(jane.error(RemoveContactFromImList::new(id.clone())).0, "ErrorItemNotFound");
    }
    for id in [&nothing, &contact, &persona] {
        assert_eq!(jane.error(RemoveImGroup::new(id.clone())).0, "ErrorInvalidImGroupId");
        assert_eq!(jane.error(RemoveDistributionGroupFromImList::new(id.clone())).0, "ErrorItemNotFound");
    }
    assert_eq!(jane.groups_of(&contact), ["Friends"]);
}

/// UCS K3: groups have one change key, contacts one of their class with 22 bytes.
#[test]
fn change_keys_have_their_layout() {
    let site = Site::new();
    let jane = site.jane();
    jane.contact("a@example.org", None);
    let added = jane.ask(AddImGroup::new("Friends".parse().unwrap())).xml;
    assert_eq!(attributes(&added, "t:ExchangeStoreId", "ChangeKey"), ["EgAAAA=="]);
    jane.distribution_group("dg@example.org", "DG");
    let xml = jane.ask(GetImItemList::default()).xml;
    assert_eq!(attributes(&xml, "t:ExchangeStoreId", "ChangeKey"), ["EgAAAA=="; 5]);
    let members = attributes(&xml, "t:ItemId", "ChangeKey");
    assert_eq!(members, attributes(&xml, "t:SourceId", "ChangeKey"));
    // 0x11, then 22, both as little-endian u32, then 22 bytes.
    assert!(members[0].starts_with("EQAAABYAAA"), "{}", members[0]);
    assert_eq!((members[0].len(), members[0].ends_with('=')), (40, false));
}

/// UCS K3: a change key that is sent must have the layout of one, but need not be current, nor of the same item.
#[test]
fn change_keys_that_are_sent() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    let contact = jane.contact("a@example.org", Some(&group));
    let contact_key = contact.change_key.clone().unwrap();
    for wrong in ["", "x", "EgAAAA", "EwAAAA==", "EgAAAAA=", "EQAAABYAAAA="] {
        let id = ItemId { change_key: Some(wrong.to_owned()), ..group.clone() };
        let error = jane.error(SetImGroup::new(id.clone(), "New".parse().unwrap()));
        assert_eq!(error.0, "ErrorInvalidChangeKey", "{wrong}");
        assert_eq!(jane.error(RemoveImGroup::new(id)).0, "ErrorInvalidChangeKey", "{wrong}");
        let id = ItemId { change_key: Some(wrong.to_owned()), ..contact.clone() };
        assert_eq!(jane.error(AddImContactToGroup::new(id.clone())).0, "ErrorInvalidChangeKey", "{wrong}");
        assert_eq!(jane.error(RemoveContactFromImList::new(id)).0, "ErrorInvalidChangeKey", "{wrong}");
    }
    let zeros = format!("EQAAABYAAAB{}", "A".repeat(29));
    for (right, name) in [
        (None, "1"),
        (Some("EgAAAA=="), "2"),
        (Some("EQAAAA=="), "3"),
        (Some(&*contact_key), "4"),
        (Some(&*zeros), "5"),
    ] {
        let id = ItemId { change_key: right.map(str::to_owned), ..group.clone() };
        jane.call(SetImGroup::new(id, name.parse().unwrap()));
        assert_eq!(jane.groups()[3].display_name.as_str(), name);
    }
}

/// UCS K4: what a group is called, and where a contact is, does not change by what they are named.
#[test]
fn ids_do_not_change() {
    let site = Site::new();
    let jane = site.jane();
    let (group, other) = (jane.group("Friends"), jane.group("Other"));
    let contact = jane.contact("a@example.org", Some(&group));
    jane.call(SetImGroup::new(group.clone(), "Foes".parse().unwrap()));
    jane.join(&contact, &other);
    jane.call(RemoveImContactFromGroup::new(contact.clone(), group.clone()));
    let groups = jane.groups();
    assert_eq!(groups[3].display_name.as_str(), "Foes");
    assert_eq!(groups[3].exchange_store_id.as_ref(), Some(&group));
    assert_eq!(jane.contacts(), std::slice::from_ref(&contact));
    assert_eq!(jane.contact("sip:A@example.org", None), contact);
    assert_eq!(jane.groups_of(&contact), ["Other"]);
    // Gone and made again is another one.
    jane.call(RemoveImGroup::new(group.clone()));
    assert_ne!(jane.group("Foes").id, group.id);
    jane.call(RemoveContactFromImList::new(contact.clone()));
    assert_ne!(jane.contact("a@example.org", None).id, contact.id);
}
