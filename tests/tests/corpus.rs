//! The made-up contact list is what its documentation says: checked with xmltree, which shares nothing with it.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use oxws::oxwscos::GetImItemListResponse;
use oxws::rt::ReadOptions;
use oxws::soap::Envelope;
use oxws_tests::corpus::{self, Size};
use oxws_tests::{T, xml};
use xmltree::Element;

fn element<'a>(parent: &'a Element, name: &str) -> &'a Element {
    parent.get_child(name).unwrap_or_else(|| panic!("no {name} in {}", parent.name))
}

fn count(text: &str, of: &str) -> usize {
    text.matches(of).count()
}

#[test]
fn a_full_list_has_its_size_and_content() {
    let bytes = corpus::item_list_text(Size::default());
    assert!((3_000_000..5_000_000).contains(&bytes.len()), "{}", bytes.len());
    let root = Element::parse(bytes.as_slice()).unwrap();
    let list = element(element(element(&root, "Body"), "GetImItemListResponse"), "ImItemList");
    let groups: Vec<&Element> =
        element(list, "Groups").children.iter().filter_map(|node| node.as_element()).collect();
    let personas: Vec<&Element> =
        element(list, "Personas").children.iter().filter_map(|node| node.as_element()).collect();
    assert_eq!((groups.len(), personas.len()), (20, 1000));
    assert!(
        personas.iter().all(|persona| persona.name == "Persona" && persona.namespace.as_deref() == Some(T))
    );

    // Members are those of the personas' attributions (UCS P5), and empty groups have no list (UCS G4).
    let source = |persona: &Element| {
        let attribution = element(element(persona, "Attributions"), "Attribution");
        element(attribution, "SourceId").attributes["Id"].clone()
    };
    let sources: std::collections::BTreeSet<String> =
        personas.iter().map(|persona| source(persona)).collect();
    assert_eq!(sources.len(), 1000);
    let mut members = 0;
    for group in groups {
        let Some(keys) = group.get_child("MemberCorrelationKey") else { continue };
        let keys: Vec<_> = keys.children.iter().filter_map(|node| node.as_element()).collect();
        assert!(!keys.is_empty());
        members += keys.len();
        assert!(keys.iter().all(|key| sources.contains(&key.attributes["Id"])));
    }
    assert!((1000..2500).contains(&members), "{members}");

    let text = String::from_utf8(bytes).unwrap();
    let each: Vec<&str> = text.split("<t:Persona>").skip(1).collect();
    let usual = each.iter().filter(|persona| (3_000..5_000).contains(&persona.len())).count();
    assert!(usual > 950, "{usual} of 1000 personas are of the usual size");
    assert!(count(&text, "&amp;") > 500 && count(&text, "&lt;") > 50);
    assert!(text.chars().filter(|c| !c.is_ascii()).count() > 1000);
    assert!(
        text.starts_with("<?xml") && text.contains("<m:GetImItemListResponse ResponseClass=\"Success\">")
    );
}

#[test]
fn it_reads_back_as_it_was_made() {
    let size = Size { personas: 40, groups: 5, seed: 7, ..Size::default() };
    let list = corpus::item_list(size);
    let text = corpus::item_list_text(size);
    for options in [ReadOptions::strict(), ReadOptions::lenient()] {
        let read = Envelope::<GetImItemListResponse>::from_xml(&text, &options).unwrap();
        assert_eq!(read.notes, []);
        assert_eq!(read.content.unwrap(), list);
    }
}

#[test]
fn the_seed_decides() {
    let text =
        |personas, groups, seed| corpus::item_list_text(Size { personas, groups, seed, ..Size::default() });
    assert_eq!(text(20, 4, 1), text(20, 4, 1));
    assert_ne!(text(20, 4, 1), text(20, 4, 2));
    assert!(text(1, 3, 1).len() < text(2, 3, 1).len());
    assert!(String::from_utf8(text(0, 0, 1)).unwrap().contains("<t:Personas") || text(0, 0, 1).len() < 3000);
}

#[test]
fn the_small_request_is_small() {
    assert!((200..=240).contains(&corpus::small_body_text().len()), "{}", corpus::small_body_text().len());
    let request = xml::parse(&corpus::small_request_text()).unwrap();
    assert_eq!(request.name.1, "Envelope");
}
