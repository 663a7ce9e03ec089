//! Finding people, on values: order, pages, places, and the index of the directory against a plain look at every entry.

use std::sync::Arc;

use proptest::prelude::*;
use ucs::contacts::{Contact, ContactKind, Group, GroupKind, ItemId, List};
use ucs::people::{
    Base, Details, Directory, Entry, EntryId, Order, Page, Person, Property, Query, Refusal, Search, Where,
    find,
};

fn contact(id: u64, address: &str, name: &str, groups: &[u64]) -> Arc<Contact> {
    Arc::new(Contact {
        id: ItemId(id),
        kind: if address.starts_with("tel:") { ContactKind::Tel } else { ContactKind::Im },
        address: address.to_owned(),
        display_name: name.to_owned(),
        sip_address: None,
        created: 0,
        groups: groups.iter().map(|id| ItemId(*id)).collect(),
    })
}

fn list(contacts: Vec<Arc<Contact>>) -> List {
    let group = Group {
        id: ItemId(1),
        kind: GroupKind::OtherContacts,
        display_name: "Others".to_owned(),
        smtp_address: None,
    };
    List::restored(1, 1000, false, vec![Arc::new(group)], contacts)
}

fn entry(id: u64, email: &str, name: &str, company: Option<&str>) -> Entry {
    let details =
        Details { display_name: name.to_owned(), company: company.map(str::to_owned), ..Details::new(email) };
    Entry { id: EntryId(id), created: 0, details: details.checked().unwrap() }
}

fn search(place: Where, words: &str) -> Search {
    let page = Page::new(Base::Beginning, 0, None).unwrap();
    Search { place, query: Query::new(words).unwrap(), conditions: Vec::new(), order: Vec::new(), page }
}

fn site() -> (List, Directory) {
    let list = list(vec![
        contact(10, "sip:Jane@example.org", "Jane Doe", &[1]),
        contact(11, "tel:+15550100", "+1 555 0100", &[1]),
        contact(12, "bob@example.net", "bob", &[1]),
        contact(13, "lost@example.org", "Jane Lost", &[]),
    ]);
    let directory = Directory::new([
        entry(1, "zoe@example.org", "Zoe Ärzt", Some("Contoso")),
        entry(2, "jane@example.org", "Doe, Jane", Some("Contoso")),
        entry(3, "jane.roe@example.org", "Jane Roe", Some("Fabrikam")),
        entry(4, "JR@example.org", "jane roe", None),
    ]);
    (list, directory)
}

fn names(search: &Search) -> Vec<String> {
    let (list, directory) = site();
    let found = find(&list, &directory, search).unwrap();
    assert_eq!(found.total, found.people.len());
    found.people.iter().map(|person| person.display_name().to_owned()).collect()
}

/// UCS F2: who is a contact is shown as one; contacts in no group are not shown, as in lists.
#[test]
fn contacts_and_the_directory_together() {
    assert_eq!(names(&search(Where::Contacts, "jane")), ["Jane Doe"]);
    assert_eq!(names(&search(Where::Directory, "jane")), ["Doe, Jane", "Jane Roe", "jane roe"]);
    assert_eq!(names(&search(Where::Both, "jane")), ["Jane Doe", "Jane Roe", "jane roe"]);
    // The contact does not have that word, and so the entry is shown.
    assert_eq!(names(&search(Where::Both, "jane contoso")), ["Doe, Jane"]);
    assert_eq!(names(&search(Where::Contacts, "555")), ["+1 555 0100"]);
    assert_eq!(names(&search(Where::Contacts, "5550100")), Vec::<String>::new());
    assert_eq!(names(&search(Where::Contacts, "+15550100")), ["+1 555 0100"]);
}

/// UCS F3: contacts can be had without words, the directory cannot.
#[test]
fn the_directory_is_not_for_browsing() {
    let (list, directory) = site();
    assert_eq!(find(&list, &directory, &search(Where::Directory, " \t")), Err(Refusal::NoWords));
    assert_eq!(names(&search(Where::Contacts, "")), ["+1 555 0100", "bob", "Jane Doe"]);
    assert_eq!(names(&search(Where::Both, "")), ["+1 555 0100", "bob", "Jane Doe"]);
}

/// UCS F6: by each key, both ways; whoever has no value is last; the rest is by name.
#[test]
fn people_are_put_in_order() {
    let ordered = |property, descending| {
        let order = vec![Order::by(property, descending).unwrap()];
        names(&Search { order, ..search(Where::Both, "example") })
    };
    assert_eq!(
        ordered(Property::DisplayName, false),
        ["bob", "Jane Doe", "Jane Roe", "jane roe", "Zoe Ärzt"]
    );
    assert_eq!(ordered(Property::DisplayName, true), ["Zoe Ärzt", "Jane Roe", "jane roe", "Jane Doe", "bob"]);
    assert_eq!(
        ordered(Property::CompanyName, false),
        ["Zoe Ärzt", "Jane Roe", "bob", "Jane Doe", "jane roe"]
    );
    assert_eq!(ordered(Property::CompanyName, true), ["Jane Roe", "Zoe Ärzt", "bob", "Jane Doe", "jane roe"]);
    assert_eq!(
        ordered(Property::EmailAddress, false),
        ["bob", "Jane Roe", "Jane Doe", "jane roe", "Zoe Ärzt"]
    );
    let both = vec![
        Order::by(Property::CompanyName, true).unwrap(),
        Order::by(Property::DisplayName, true).unwrap(),
    ];
    // What is repeated changes nothing, and takes no time.
    let again = [false, true].map(|descending| Order::by(Property::CompanyName, descending).unwrap());
    let more = both.iter().copied().chain(again.repeat(200_000)).collect();
    assert_eq!(
        names(&Search { order: more, ..search(Where::Both, "example") }),
        names(&Search { order: both.clone(), ..search(Where::Both, "example") })
    );
    let by_both = names(&Search { order: both, ..search(Where::Both, "example") });
    assert_eq!(by_both, ["Jane Roe", "Zoe Ärzt", "jane roe", "Jane Doe", "bob"]);
    for property in Property::ALL {
        let text =
            ["DisplayName", "GivenName", "Surname", "EmailAddress", "ImAddress", "CompanyName", "Title"];
        assert_eq!(Order::by(*property, false).is_ok(), text.contains(&property.name()), "{property:?}");
    }
}

/// UCS F4: pages of any size put together are what one page has.
#[test]
fn pages_fit_together() {
    let (list, directory) = site();
    for place in [Where::Both, Where::Directory] {
        let all = find(&list, &directory, &search(place, "example")).unwrap();
        for size in 1..6 {
            for base in [Base::Beginning, Base::End] {
                let mut people: Vec<Person> = Vec::new();
                while people.len() < all.total {
                    let page = Page::new(base, i32::try_from(people.len()).unwrap(), Some(size)).unwrap();
                    let found =
                        find(&list, &directory, &Search { page, ..search(place, "example") }).unwrap();
                    assert_eq!(found.total, all.total);
                    assert_eq!(found.people, all.people[found.first..found.first + found.people.len()]);
                    match base {
                        Base::Beginning => people.extend(found.people),
                        Base::End => drop(people.splice(0..0, found.people)),
                    }
                }
                assert_eq!(people, all.people);
            }
        }
    }
}

/// UCS F8: an entry is found by its id, its e-mail address, and its IM address.
#[test]
fn entries_are_found_by_id_and_address() {
    let entries = [
        entry(1, "a@example.org", "A", None),
        Entry {
            details: Details {
                im_address: Some("sip:Im-B@example.org".to_owned()),
                ..Details::new("b@example.org")
            },
            ..entry(2, "b@example.org", "B", None)
        },
    ];
    let directory = Directory::new(entries);
    let at = |address: &str| directory.entry_at(address).map(|entry| entry.id.0);
    assert_eq!(
        (at("A@EXAMPLE.ORG"), at("im-b@example.org"), at("sip:b@example.org")),
        (Some(1), Some(2), Some(2))
    );
    assert_eq!((at("b@example"), at(""), at("c@example.org")), (None, None, None));
    assert_eq!(directory.entry(EntryId(2)).unwrap().details.email, "b@example.org");
    assert!(directory.entry(EntryId(3)).is_none());
}

/// UCS F9: what cannot be kept is refused, and what is kept is tidy.
#[test]
fn entries_are_checked() {
    let with = |change: fn(&mut Details)| {
        let mut details = Details::new("jane@example.org");
        change(&mut details);
        details.checked()
    };
    let tidy = with(|details| {
        details.email = " sip:jane@example.org ".to_owned();
        details.display_name = "  ".to_owned();
        details.company = Some(" Contoso ".to_owned());
        details.title = Some(" ".to_owned());
        details.im_address = Some("sip:".to_owned());
    });
    let tidy = tidy.unwrap();
    assert_eq!((&*tidy.email, &*tidy.display_name), ("jane@example.org", "jane@example.org"));
    assert_eq!((tidy.company.as_deref(), tidy.title, tidy.im_address), (Some("Contoso"), None, None));
    for email in ["", "jane", "@", "a@", "@b", "a b@c", "a@b@c", "a<@b"] {
        assert!(Details::new(email).checked().is_err(), "{email}");
    }
    let long = with(|details| details.office = Some("x".repeat(1025)));
    assert!(long.unwrap_err().to_string().contains("office"));
    assert!(
        with(|details| details.phone = Some("1\n2".to_owned())).unwrap_err().to_string().contains("phone")
    );
    assert!(with(|details| details.office = Some("ä".repeat(1024))).is_ok());
}

proptest! {
    /// UCS F1: the index finds what a look at every entry finds, in the same order.
    #[test]
    fn the_index_finds_what_is_there(
        names in prop::collection::vec("[aAbBßé.太' -]{1,8}", 0..12),
        query in "[abé.太'@ -]{0,6}",
    ) {
        let entries: Vec<Entry> = (0u64..).zip(&names).map(|(at, name)| {
            entry(at, &format!("x{at}@example.org"), &format!("n{name}"), Some(&format!("c {name}")))
        }).collect();
        let directory = Directory::new(entries.clone());
        let search = search(Where::Directory, &format!("{query} x"));
        let found = find(&List::default(), &directory, &search).unwrap();
        let mut expected: Vec<&Entry> = entries.iter().filter(|entry| {
            let details = &entry.details;
            let text = format!("{}\n{}\n{}", details.display_name, details.email, details.company.as_deref().unwrap());
            search.query.matches(&ucs::contacts::fold_name(&text))
        }).collect();
        expected.sort_by_key(|entry| (ucs::contacts::fold_name(&entry.details.display_name), entry.details.email.clone()));
        let ids = |people: &[Person]| people.iter().map(|person| match person {
            Person::Entry(entry) => entry.id,
            Person::Contact(_) => panic!("there are no contacts"),
        }).collect::<Vec<_>>();
        prop_assert_eq!(ids(&found.people), expected.iter().map(|entry| entry.id).collect::<Vec<_>>());
    }
}

fn name_of(person: &Person) -> String {
    ucs::contacts::fold_name(person.display_name())
}

proptest! {
    /// UCS F2, F4, F6: whoever matches is there once, as a contact if they are one; pages of any size and from either end
    /// put together are the whole, in the order that was asked for.
    #[test]
    fn everybody_is_shown_once_and_in_order(
        contacts in prop::collection::vec((0u8..12, "[a-cA-C]{1,2}", any::<bool>()), 0..8),
        entries in prop::collection::vec((0u8..12, "[a-cA-C]{1,2}"), 0..8),
        query in "[a-c]{0,1}",
        by in prop::option::of((0usize..7, any::<bool>())),
        size in 1i32..5,
    ) {
        let address = |at: u8| format!("p{at}@example.org");
        let contacts: Vec<Arc<Contact>> = (10u64..).zip(&contacts).map(|(id, (at, name, grouped))| {
            contact(id, &address(*at), name, if *grouped { &[1] } else { &[] })
        }).collect();
        let mut taken = std::collections::HashSet::new();
        let entries: Vec<Entry> = (0u64..).zip(&entries).filter(|(_, (at, _))| taken.insert(*at)).map(|(id, (at, name))| {
            entry(id, &address(*at), name, None)
        }).collect();
        let (list, directory) = (list(contacts.clone()), Directory::new(entries.clone()));
        let sortable = ["DisplayName", "GivenName", "Surname", "EmailAddress", "ImAddress", "CompanyName", "Title"];
        let order = by.map(|(at, descending)| Order::by(Property::named(sortable[at]).unwrap(), descending).unwrap());
        let order: Vec<Order> = order.into_iter().collect();
        let search = Search { order, ..search(Where::Both, &format!("{query} p")) };
        let whole = find(&list, &directory, &search).unwrap();

        let matches = |name: &str| ucs::contacts::fold_name(name).starts_with(&query);
        let of_contacts: Vec<Person> = contacts.iter().filter(|contact| !contact.groups.is_empty())
            .filter(|contact| matches(&contact.display_name)).cloned().map(Person::Contact).collect();
        let shown = |email: &str| of_contacts.iter().any(|person| person.email() == Some(email));
        let of_entries = entries.into_iter().filter(|entry| matches(&entry.details.display_name))
            .filter(|entry| !shown(&entry.details.email)).map(|entry| Person::Entry(Arc::new(entry)));
        let expected: Vec<Person> = of_contacts.iter().cloned().chain(of_entries).collect();
        prop_assert_eq!(whole.total, expected.len());
        prop_assert!(expected.iter().all(|person| whole.people.contains(person)));
        let value = |person: &Person| match by.map(|(at, _)| sortable[at]) {
            Some("EmailAddress" | "ImAddress") => person.email().unwrap().to_owned(),
            Some("GivenName" | "Surname" | "CompanyName" | "Title") => String::new(),
            _ => name_of(person),
        };
        for pair in whole.people.windows(2) {
            let (one, other) = ((value(&pair[0]), name_of(&pair[0])), (value(&pair[1]), name_of(&pair[1])));
            match by {
                Some((_, true)) => prop_assert!(one.0 > other.0 || one.0 == other.0 && one.1 <= other.1),
                _ => prop_assert!(one <= other),
            }
        }
        for base in [Base::Beginning, Base::End] {
            let mut people: Vec<Person> = Vec::new();
            while people.len() < whole.total {
                let page = Page::new(base, i32::try_from(people.len()).unwrap(), Some(size)).unwrap();
                let found = find(&list, &directory, &Search { page, ..search.clone() }).unwrap();
                prop_assert_eq!(&found.people[..], &whole.people[found.first..found.first + found.people.len()]);
                match base {
                    Base::Beginning => people.extend(found.people),
                    Base::End => drop(people.splice(0..0, found.people)),
                }
            }
            prop_assert_eq!(&people, &whole.people);
        }
    }
}
