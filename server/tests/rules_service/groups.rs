//! Groups through the service.

use oxws::oxwscos::*;

use crate::site::{Directory, Site};
use crate::xml::{children, inner, texts};

fn name(text: &str) -> oxws::oxwscdata::NonEmptyString {
    text.parse().unwrap()
}

/// UCS G1: kinds as item classes, the special ones first.
#[test]
fn a_new_mailbox_has_three_groups() {
    let site = Site::new();
    let jane = site.jane();
    jane.distribution_group("dg@example.org", "DG");
    jane.group("AAA");
    let classes: Vec<String> = jane.groups().iter().map(|group| group.group_type.to_string()).collect();
    assert_eq!(
        classes,
        ["OtherContacts", "Tagged", "Favorites", "DG", "UserGroup"]
            .map(|kind| format!("IPM.DistList.MOC.{kind}"))
    );
}

/// UCS G1: they can be neither renamed nor removed.
#[test]
fn special_groups_are_refused_by_their_code() {
    let site = Site::new();
    let jane = site.jane();
    let expected = ("ErrorInvalidImGroupId".to_owned(), "The specified Im Group Id is invalid.".to_owned());
    for kind in ["OtherContacts", "Tagged", "Favorites"] {
        let id = jane.special(kind);
        assert_eq!(jane.error(SetImGroup::new(id.clone(), name("New"))), expected);
        assert_eq!(jane.error(RemoveImGroup::new(id.clone())), expected);
        assert_eq!(jane.error(RemoveDistributionGroupFromImList::new(id)), expected);
    }
    assert_eq!(jane.groups().len(), 3);
}

/// UCS G2: the 65th is refused, of either kind; the 64th is not, and what is there is found.
#[test]
fn the_limit_of_groups_has_its_code() {
    let site = Site::new();
    let jane = site.jane();
    for number in 0..63 {
        jane.group(&format!("Group {number}"));
    }
    jane.distribution_group("dg@example.org", "DG");
    assert_eq!(jane.error(AddImGroup::new(name("65"))).0, "ErrorImGroupLimitReached");
    let dg = AddDistributionGroupToImList::new(name("65@example.org"), name("65"));
    assert_eq!(jane.error(dg).0, "ErrorImGroupLimitReached");
    jane.group("group 0");
    jane.distribution_group("DG@example.org", "DG");
    assert_eq!(jane.groups().len(), 67);
}

/// UCS G3: folded for comparison, shown as given.
#[test]
fn names_are_shown_as_they_were_given() {
    let site = Site::new();
    let jane = site.jane();
    let made = jane.add_group("Cafe\u{301} & <Bar>");
    assert_eq!(jane.add_group("CAF\u{c9} & <BAR>"), made);
    assert_eq!(made.display_name.as_str(), "Cafe\u{301} & <Bar>");
    assert_eq!(jane.groups().len(), 4);
}

/// UCS G4: no element for the members of a group that has none, before the first and after the last.
#[test]
fn an_empty_group_has_no_member_correlation_key() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    let has = || jane.ask(GetImItemList::default()).xml.contains("MemberCorrelationKey");
    assert!(!has());
    let contact = jane.contact("a@example.org", Some(&group));
    assert!(has());
    jane.call(RemoveImContactFromGroup::new(contact, group));
    assert!(!has());
}

/// UCS G5: joining any group but Tagged takes a contact out of OtherContacts.
#[test]
fn other_contacts_is_left() {
    let site = Site::new();
    let jane = site.jane();
    let contact = jane.contact("a@example.org", None);
    assert_eq!(jane.groups_of(&contact), ["Other Contacts"]);
    jane.join(&contact, &jane.special("Tagged"));
    assert_eq!(jane.groups_of(&contact), ["Other Contacts", "Tagged"]);
    let dg = jane.distribution_group("dg@example.org", "DG").exchange_store_id.unwrap();
    jane.join(&contact, &dg);
    assert_eq!(jane.groups_of(&contact), ["Tagged", "DG"]);
    jane.join(&contact, &jane.special("OtherContacts"));
    assert_eq!(jane.groups_of(&contact), ["Tagged", "DG"]);
}

/// UCS O1, T4: what is made and what is found look the same.
#[test]
fn a_group_is_made_once() {
    let site = Site::new();
    let jane = site.jane();
    let made = jane.ask(AddImGroup::new(name("Friends")));
    assert_eq!(children(&made.xml, "m:AddImGroupResponse"), ["m:ResponseCode", "m:ImGroup"]);
    assert_eq!(children(&made.xml, "m:ImGroup"), ["t:DisplayName", "t:GroupType", "t:ExchangeStoreId"]);
    assert_eq!(texts(&made.xml, "t:DisplayName"), ["Friends"]);
    assert_eq!(texts(&made.xml, "t:GroupType"), ["IPM.DistList.MOC.UserGroup"]);
    assert_eq!(jane.ask(AddImGroup::new(name("fRIENDS"))), made);
    assert_eq!(jane.groups().len(), 4);
}

/// UCS O2: without a directory any address will do; it is kept with its name.
#[test]
fn a_distribution_group_is_made_once() {
    let site = Site::new();
    let jane = site.jane();
    let made = jane.distribution_group("Sales@example.org", "Sales");
    assert_eq!(made.smtp_address.as_deref(), Some("Sales@example.org"));
    assert_eq!((made.display_name.as_str(), made.group_type.as_str()), ("Sales", "IPM.DistList.MOC.DG"));
    assert_eq!(jane.distribution_group("SALES@example.org", "Another name"), made);
    assert_eq!(jane.groups()[3..], [made]);
    let xml = jane.ask(GetImItemList::default()).xml;
    assert_eq!(texts(&xml, "t:SmtpAddress"), ["Sales@example.org"]);
    assert_eq!(inner(&xml, "t:Groups")[0].matches("SmtpAddress>").count(), 2, "of the DG alone");
}

/// UCS O2: with a directory, only what is in it.
#[test]
fn a_directory_is_asked_for_distribution_groups() {
    let site = Site::with(Directory { distribution_groups: vec!["sales@example.org"] });
    let jane = site.jane();
    jane.distribution_group("Sales@Example.org", "Sales");
    let other = AddDistributionGroupToImList::new(name("other@example.org"), name("Other"));
    let (code, text) = jane.error(other);
    assert_eq!(code, "ErrorInvalidImDistributionGroupSmtpAddress");
    assert_eq!(text, "The specified IM distribution group SMTP address is invalid.");
    assert_eq!(jane.groups().len(), 4);
}

/// UCS O10: a group goes, with the contacts that were only there; a DG does not go this way.
#[test]
fn a_group_is_removed() {
    let site = Site::new();
    let jane = site.jane();
    let (doomed, other) = (jane.group("Doomed"), jane.group("Other"));
    let only = jane.contact("only@example.org", Some(&doomed));
    jane.join(&only, &jane.special("Tagged"));
    let both = jane.contact("both@example.org", Some(&doomed));
    jane.join(&both, &other);
    let dg = jane.distribution_group("dg@example.org", "DG").exchange_store_id.unwrap();
    jane.call(RemoveImGroup::new(doomed.clone()));
    assert_eq!(jane.contacts(), std::slice::from_ref(&both));
    assert_eq!(jane.groups_of(&both), ["Other"]);
    let expected = ("ErrorInvalidImGroupId".to_owned(), "The specified Im Group Id is invalid.".to_owned());
    assert_eq!(jane.error(RemoveImGroup::new(doomed)), expected);
    assert_eq!(jane.error(RemoveImGroup::new(dg)), expected);
    assert_eq!(jane.groups().len(), 5);
}

/// UCS O11.
#[test]
fn a_distribution_group_is_removed() {
    let site = Site::new();
    let jane = site.jane();
    let dg = jane.distribution_group("dg@example.org", "DG").exchange_store_id.unwrap();
    jane.contact("only@example.org", Some(&dg));
    let group = jane.group("Friends");
    let wrong = jane.error(RemoveDistributionGroupFromImList::new(group));
    assert_eq!(wrong.0, "ErrorInvalidImGroupId");
    jane.call(RemoveDistributionGroupFromImList::new(dg.clone()));
    assert_eq!((jane.groups().len(), jane.contacts().len()), (4, 0));
    let (code, text) = jane.error(RemoveDistributionGroupFromImList::new(dg));
    assert_eq!((&*code, &*text), ("ErrorItemNotFound", "The specified object was not found in the store."));
}

/// UCS O12: the own name in another case is no name of another group; that of any other group is, special or not.
#[test]
fn a_group_is_renamed() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    jane.distribution_group("dg@example.org", "Family");
    jane.call(SetImGroup::new(group.clone(), name("FRIENDS")));
    assert_eq!(jane.groups()[3].display_name.as_str(), "FRIENDS");
    for taken in ["family", "OTHER CONTACTS"] {
        let (code, text) = jane.error(SetImGroup::new(group.clone(), name(taken)));
        assert_eq!(code, "ErrorImGroupDisplayNameAlreadyExists");
        assert_eq!(text, "An IM group with the specified display name already exists.");
    }
    jane.call(RemoveImGroup::new(group.clone()));
    assert_eq!(jane.error(SetImGroup::new(group, name("New"))).0, "ErrorInvalidImGroupId");
}
