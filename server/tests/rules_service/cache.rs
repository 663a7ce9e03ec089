//! Replies with a whole list are kept; none of them outlives the list that it shows.

use oxws::oxwscos::*;
use oxws::soap::Operation;

use crate::site::{Caller, PAUL, Site, tel};

/// Carries out a request that changes the list: the reply for the whole list changes, and is the same twice.
#[track_caller]
fn changes<O: Operation<Headers = RequestHeaders>>(caller: &Caller<'_>, request: O) -> O::Response {
    let before = caller.ask(GetImItemList::default());
    assert_eq!(caller.ask(GetImItemList::default()), before);
    let reply = caller.call(request);
    let after = caller.ask(GetImItemList::default());
    assert_ne!(after.xml, before.xml, "stale after {}", O::NAME);
    assert_eq!(caller.ask(GetImItemList::default()), after);
    // What is kept is what is made anew: a request with properties is never answered from what was kept.
    let mut anew = GetImItemList::default();
    let mut path = oxws::oxwsxprop::PathToExtendedField::new(oxws::oxwsxprop::MapiPropertyType::Integer);
    path.property_tag = Some(oxws::oxwsxprop::PropertyTag::UnsignedShort(0x1234));
    anew.extended_properties = Some(vec![path]);
    let made: GetImItemListResponse = crate::site::read(&caller.ask(anew));
    assert_eq!(made, crate::site::read(&after));
    reply
}

/// UCS O6: after every kind of write, the list is the one that was written.
#[test]
fn the_whole_list_is_never_stale() {
    let site = Site::new();
    let jane = &site.jane();
    let group = changes(jane, AddImGroup::new("Friends".parse().unwrap())).im_group.unwrap();
    let group = group.exchange_store_id.unwrap();
    let dg = AddDistributionGroupToImList::new("dg@example.org".parse().unwrap(), "DG".parse().unwrap());
    let dg = changes(jane, dg).im_group.unwrap().exchange_store_id.unwrap();
    let contact = changes(jane, AddNewImContactToGroup::new("a@example.org".parse().unwrap()));
    let contact = crate::site::source_id(&contact.persona.unwrap());
    let phone = crate::site::source_id(&changes(jane, tel("tel:1", "1", None)).persona.unwrap());
    let mut join = AddImContactToGroup::new(contact.clone());
    join.group_id = Some(group.clone());
    changes(jane, join);
    let mut join = AddImContactToGroup::new(contact.clone());
    join.group_id = Some(dg.clone());
    changes(jane, join);
    changes(jane, RemoveImContactFromGroup::new(contact.clone(), group.clone()));
    changes(jane, SetImGroup::new(group.clone(), "Foes".parse().unwrap()));
    changes(jane, RemoveContactFromImList::new(phone));
    changes(jane, RemoveImGroup::new(group));
    changes(jane, RemoveDistributionGroupFromImList::new(dg));
    assert_eq!((jane.groups().len(), jane.contacts().len()), (3, 0));
}

/// UCS O6, UCS I1: what was kept for one mailbox is not sent to another one.
#[test]
fn replies_are_kept_by_mailbox() {
    let site = Site::new();
    let (jane, paul) = (site.jane(), site.caller(PAUL));
    for (caller, address) in [(&jane, "jane.friend@example.org"), (&paul, "paul.friend@example.org")] {
        caller.contact(address, None);
        caller.list();
    }
    for (caller, own) in [(&jane, "jane"), (&paul, "paul"), (&jane, "jane")] {
        let xml = caller.ask(GetImItemList::default()).xml;
        let other = if own == "jane" { "paul" } else { "jane" };
        assert!(xml.contains(&format!("{own}.friend")) && !xml.contains(&format!("{other}.friend")));
    }
}

/// UCS O7, P5: the personas of named contacts are the same when they are kept and when they are made anew, whatever is
/// asked with them, and go with their contacts.
#[test]
fn kept_personas_are_those_that_are_made_anew() {
    let site = Site::new();
    let (jane, paul) = (&site.jane(), &site.caller(PAUL));
    let ids = ["a@example.org", "b@example.org", "c <&> d"].map(|address| jane.contact(address, None));
    let asked = |ids: &[oxws::oxwscore::ItemId], property: bool| {
        let contacts = ids.iter().cloned().map(oxws::oxwscore::BaseItemIdChoice::ItemId).collect();
        let mut path = oxws::oxwsxprop::PathToExtendedField::new(oxws::oxwsxprop::MapiPropertyType::Integer);
        path.property_tag = Some(oxws::oxwsxprop::PropertyTag::UnsignedShort(0x1234));
        let extended_properties = property.then(|| vec![path]);
        GetImItems { contact_ids: Some(contacts), extended_properties, ..GetImItems::default() }
    };
    let body = |request| {
        let xml = jane.ask(request).xml;
        xml[xml.find("<soap:Body>").unwrap()..].to_owned()
    };
    let same = |ids: &[oxws::oxwscore::ItemId]| {
        let made = body(asked(ids, true));
        assert_eq!(body(asked(ids, false)), made);
        assert_eq!(body(asked(ids, false)), made, "kept");
        made.matches("<t:Persona>").count()
    };
    let [a, b, c] = ids.clone();
    assert_eq!(same(std::slice::from_ref(&b)), 1);
    assert_eq!(same(&ids), 3);
    assert_eq!(same(&[c, a.clone(), b.clone()]), 3);
    jane.call(RemoveContactFromImList::new(b.clone()));
    assert_eq!(same(&[a, b]), 1);
    assert!(!paul.ask(asked(&ids, false)).xml.contains("<t:Persona>"));
}

/// UCS O7, O14: what is kept has the properties that are asked for as if it were made anew, which it is beside groups.
#[test]
fn kept_personas_get_their_properties() {
    let site = Site::new();
    let jane = &site.jane();
    let group = jane.call(AddImGroup::new("Friends".parse().unwrap())).im_group.unwrap();
    let group = oxws::oxwscore::BaseItemIdChoice::ItemId(group.exchange_store_id.unwrap());
    let mut ids = ["a@example.org", "b", "c <&> \"d\" </t:Persona>"]
        .map(|address| jane.contact(address, None))
        .to_vec();
    let number = jane.call(tel("tel:1", "1", None)).persona.unwrap();
    ids.push(crate::site::source_id(&number));
    let path = |tag, id| {
        let mut path = oxws::oxwsxprop::PathToExtendedField::new(oxws::oxwsxprop::MapiPropertyType::String);
        path.property_tag = tag;
        path.property_id = id;
        path.distinguished_property_set_id = id.map(|_| oxws::oxwscdata::DistinguishedPropertySet::Address);
        path
    };
    let tag = |number| Some(oxws::oxwsxprop::PropertyTag::UnsignedShort(number));
    let all =
        [path(tag(0x3001), None), path(tag(0x1A), None), path(None, Some(0x8062)), path(None, Some(0x8083))];
    let personas = |paths: &[oxws::oxwsxprop::PathToExtendedField], groups: bool| {
        let contacts = ids.iter().cloned().map(oxws::oxwscore::BaseItemIdChoice::ItemId).collect();
        let xml = jane.ask(GetImItems {
            contact_ids: Some(contacts),
            group_ids: groups.then(|| vec![group.clone()]),
            extended_properties: (!paths.is_empty()).then(|| paths.to_vec()),
        });
        let xml = xml.xml;
        let (begin, end) = (xml.find("<t:Persona>").unwrap(), xml.rfind("</t:Persona>").unwrap());
        xml[begin..end].to_owned()
    };
    for paths in [&all[..], &all[..1], &all[2..], &all[3..], &[]] {
        let kept = personas(paths, false);
        assert_eq!(kept, personas(paths, true), "{paths:?}");
        assert_eq!(kept, personas(paths, false));
    }
    // A mail address is nothing that all of them have.
    let count = |paths| personas(paths, false).matches("<t:ExtendedProperties>").count();
    assert_eq!((count(&all), count(&all[3..]), count(&[])), (4, 1, 0));
}
