//! Replies of servers as lists: what real servers send beside what this one does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use oxws::oxwscdata::EmailAddress;
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{ImGroup, ImItemList};
use oxws::oxwspers::{
    ExtendedPropertyAttributedValue, Persona, PersonaAttribution, PersonaPhoneNumber,
    PhoneNumberAttributedValue, StringAttributedValue,
};
use oxws::oxwsxprop::{ExtendedProperty, ExtendedPropertyContent, MapiPropertyType, PathToExtendedField};
use ucs::client::model::GroupKind;
use ucs::client::plan::{Plan, Step};
use ucs::client::read::Snapshot;

fn persona(name: &str, sources: &[&str]) -> Persona {
    let sources = sources.iter().map(|id| PersonaAttribution::new("0", ItemId::new(*id), "Lync Contacts"));
    Persona::new(ItemId::new("persona"))
        .with_display_name(name)
        .with_attributions(sources.collect::<Vec<_>>())
}

fn telephone(number: &str, sip: Option<&str>) -> Persona {
    let number = PersonaPhoneNumber::new(number, "Other");
    let mut persona = persona("any name", &["T"])
        .with_other_telephones(vec![PhoneNumberAttributedValue::new(number, vec!["0".to_owned()])]);
    if let Some(sip) = sip {
        let path = PathToExtendedField {
            distinguished_property_set_id: None,
            property_set_id: Some("00062004-0000-0000-C000-000000000046".parse().unwrap()),
            property_tag: None,
            property_name: None,
            property_id: Some(0x8062),
            property_type: MapiPropertyType::String,
        };
        let property = ExtendedProperty::new(path, ExtendedPropertyContent::Value(sip.to_owned()));
        let property = ExtendedPropertyAttributedValue::new(property, vec!["0".to_owned()]);
        persona.set_extended_properties(vec![property]);
    }
    persona
}

fn group(name: &str, class: &str, members: &[&str]) -> ImGroup {
    let mut group = ImGroup::new(name.parse().unwrap(), class.parse().unwrap());
    group.exchange_store_id = Some(ItemId::new(format!("group {name}")));
    group.member_correlation_key = Some(members.iter().map(|id| ItemId::new(*id)).collect());
    group
}

fn of(groups: Vec<ImGroup>, personas: Vec<Persona>) -> Snapshot {
    Snapshot::of(&ImItemList { groups: Some(groups), personas: Some(personas) })
}

const USER: &str = "IPM.DistList.MOC.UserGroup";

/// UCS P4, P5.
#[test]
fn members_are_found_by_the_first_source_byte_for_byte() {
    let personas = vec![
        persona("One", &["aB", "other"]).with_im_address("one@example.org"),
        persona("Two", &["AB"]).with_im_address("sip:two@example.org"),
    ];
    let snapshot = of(vec![group("A", USER, &["aB", "gone"]), group("B", USER, &["AB", "other"])], personas);
    let list = &snapshot.list;
    let addresses: Vec<&str> = list.contacts().iter().map(|contact| contact.address()).collect();
    assert_eq!(addresses, ["one@example.org", "two@example.org"]);
    assert_eq!(list.memberships(), [[0], [1]]);
    assert_eq!(snapshot.contact_id(&list.contacts()[0]).unwrap().id, "aB");
    assert!(snapshot.notes.is_empty(), "{:?}", snapshot.notes);
}

/// UCS P6, O14.
#[test]
fn telephone_contacts_are_known_by_their_number() {
    for sip in [None, Some("sip:desk@example.org")] {
        let snapshot = of(Vec::new(), vec![telephone("+1 (555) 0100", sip)]);
        let contact = &snapshot.list.contacts()[0];
        assert!(contact.is_tel());
        assert_eq!((contact.address(), contact.number()), ("tel:+15550100", Some("+1 (555) 0100")));
        assert_eq!((contact.sip(), contact.display_name()), (sip, None));
    }
}

#[test]
fn addresses_are_looked_for_where_servers_put_them() {
    let email =
        EmailAddress { email_address: Some("mail@example.org".parse().unwrap()), ..EmailAddress::default() };
    let attributed = StringAttributedValue::new("im@example.org", vec!["0".to_owned()]);
    let personas = vec![
        persona("im@example.org", &["1"]).with_im_addresses(vec![attributed]),
        persona("Mail", &["2"]).with_email_address(email).with_im_address(" "),
    ];
    let snapshot = of(Vec::new(), personas);
    let shown: Vec<_> =
        snapshot.list.contacts().iter().map(|contact| (contact.address(), contact.display_name())).collect();
    assert_eq!(shown, [("im@example.org", None), ("mail@example.org", Some("Mail"))]);
}

#[test]
fn what_cannot_be_named_is_left_out_and_told() {
    let personas = vec![persona("Lost", &[]).with_im_address("lost@example.org"), persona("Nobody", &["1"])];
    let snapshot =
        of(vec![group("Staff", "IPM.DistList.MOC.DG", &[]), group("New", "IPM.New", &["1"])], personas);
    assert_eq!(snapshot.list, Default::default());
    assert_eq!(
        snapshot.notes,
        [
            "the contact Lost has no id and is left out",
            "the contact Nobody has no address or number and is left out",
            "the group Staff is left out: a distribution group needs its SMTP address",
            "the group New is of the unknown kind IPM.New and is left out",
        ]
    );
}

/// UCS G5: nobody is put among those who are in no other group, who is in one.
#[test]
fn a_plan_leaves_special_groups_to_the_server() {
    let (other, tagged, favorites) =
        ("IPM.DistList.MOC.OtherContacts", "IPM.DistList.MOC.Tagged", "IPM.DistList.MOC.Favorites");
    let personas = || {
        vec![
            persona("a", &["1"]).with_im_address("a@example.org"),
            persona("b", &["2"]).with_im_address("b@example.org"),
        ]
    };
    let wanted = of(
        vec![group("O", other, &["1", "2"]), group("T", tagged, &["1"]), group("F", favorites, &["2"])],
        personas(),
    );
    let kinds: Vec<GroupKind> = wanted.list.groups().iter().map(|group| group.kind()).collect();
    assert_eq!(kinds, [GroupKind::OtherContacts, GroupKind::Tagged, GroupKind::Favorites]);
    // The server has only Tagged yet.
    let plan = Plan::new(&wanted.list, &of(vec![group("Markiert", tagged, &[])], Vec::new()));
    assert_eq!(plan.steps, [Step::AddContact(0, Some(0)), Step::Join(0, 1), Step::AddContact(1, None)]);
    assert_eq!(plan.impossible.len(), 1);
    assert_eq!(plan.impossible[0].0, Step::Join(1, 2));
    // There, the contact is in a group that this list does not know.
    let server = of(vec![group("O", other, &[]), group("Else", USER, &["1"])], personas());
    let plan = Plan::new(&of(vec![group("O", other, &["1"])], personas()).list, &server);
    assert!(plan.steps.is_empty(), "{:?}", plan.steps);
}
