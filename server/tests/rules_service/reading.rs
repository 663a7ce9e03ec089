//! GetImItemList, GetImItems, and the flag that says where the list lives.

use oxws::oxwscore::{BaseItemIdChoice, ItemId, OccurrenceItemId};
use oxws::oxwscos::*;

use crate::site::{Site, read};
use crate::xml::children;

/// UCS O6: all groups, and every contact once, however many groups it is in; none that is in no group any more.
#[test]
fn the_list_has_everything_once() {
    let site = Site::new();
    let jane = site.jane();
    let (one, two) = (jane.group("One"), jane.group("Two"));
    let contact = jane.contact("a@example.org", Some(&one));
    jane.join(&contact, &two);
    let other = jane.contact("b@example.org", None);
    let gone = jane.contact("c@example.org", Some(&two));
    jane.call(RemoveImContactFromGroup::new(gone.clone(), two));
    assert_eq!(jane.contacts(), [contact, other]);
    let xml = jane.ask(GetImItemList::default()).xml;
    assert!(!xml.contains(&gone.id) && !xml.contains("c@example.org"));
    assert_eq!(xml.matches("<t:ImGroup>").count(), 5);
    assert_eq!(children(&xml, "m:ImItemList"), ["t:Groups", "t:Personas"]);
}

fn choices<'i>(ids: impl IntoIterator<Item = &'i ItemId>) -> Option<Vec<BaseItemIdChoice>> {
    Some(ids.into_iter().map(|id| BaseItemIdChoice::ItemId(id.clone())).collect())
}

/// UCS O7: what is named, each once and in the order asked for; the rest is skipped.
#[test]
fn items_are_read_by_their_ids() {
    let site = Site::new();
    let jane = site.jane();
    let (one, two) = (jane.group("One"), jane.group("Two"));
    let contact = jane.contact("a@example.org", Some(&one));
    let other = jane.contact("b@example.org", Some(&one));
    let gone = jane.contact("c@example.org", Some(&two));
    jane.call(RemoveImGroup::new(two.clone()));
    let persona = jane.add_contact("a@example.org", None).persona_id;
    let bad_key = ItemId { change_key: Some("x".to_owned()), ..other.clone() };
    let mut request = GetImItems::default();
    let nonsense = ["", "AAMk", "?"].map(ItemId::new);
    let ids = [&gone, &one, &persona, &bad_key, &contact, &contact].into_iter().chain(&nonsense);
    request.contact_ids = choices(ids);
    request
        .contact_ids
        .as_mut()
        .unwrap()
        .push(BaseItemIdChoice::OccurrenceItemId(OccurrenceItemId::new(other.id.clone(), 1)));
    let tagged = jane.special("Tagged");
    let bad_group = ItemId { change_key: Some(String::new()), ..jane.special("Favorites") };
    request.group_ids =
        choices([&two, &one, &contact, &tagged, &one, &bad_group].into_iter().chain(&nonsense));
    let list = jane.call(request).im_item_list.unwrap();
    let whole = jane.list();
    assert_eq!(list.personas.unwrap(), whole.personas.unwrap()[..1]);
    let (groups, whole) = (list.groups.unwrap(), whole.groups.unwrap());
    assert_eq!(groups, [whole[3].clone(), whole[1].clone()]);
    assert_eq!(groups[0].member_correlation_key.as_ref().unwrap().len(), 2);
}

/// UCS O7: nothing asked for, or nothing found, is a success without items.
#[test]
fn nothing_is_found() {
    let site = Site::new();
    let mut request = GetImItems::default();
    let empty = site.jane().ask(request.clone());
    let list = read::<GetImItemsResponse>(&empty).im_item_list.unwrap();
    assert_eq!((list.groups, list.personas), (None, None));
    request.contact_ids = choices(&[ItemId::new("?")]);
    assert_eq!(site.jane().ask(request), empty);
}

/// UCS O13: the flag is taken either way, and the list is not touched.
#[test]
fn migration_is_noted() {
    let site = Site::new();
    let jane = site.jane();
    jane.contact("a@example.org", None);
    let before = jane.list();
    for completed in [true, true, false] {
        let answer = jane.ask(SetImListMigrationCompleted::new(completed));
        assert!(
            answer.xml.contains(
                "<m:SetImListMigrationCompletedResponse ResponseClass=\"Success\"><m:ResponseCode>NoError\
                 </m:ResponseCode></m:SetImListMigrationCompletedResponse>"
            ),
            "{}",
            answer.xml
        );
        assert_eq!(jane.list(), before);
    }
}
