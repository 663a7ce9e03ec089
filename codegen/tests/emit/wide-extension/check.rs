//! A type that holds its base type: its fields and methods are its own, too.

use oxws::rt::prelude::Blank;

use super::test::{AnyItem, Item, Meeting, Message, MessageContent, Note};

/// What every item has, asked of any of them.
fn id(item: &impl super::test::ItemLike) -> (&str, Option<&String>) {
    (item.id(), item.field3())
}

pub(crate) fn check() -> Result<(), String> {
    let note = Note::from(Item::new("n").with_field3("three".to_owned())).with_colour("red".to_owned());
    assert_eq!((note.id.as_str(), note.field3().map(String::as_str)), ("n", Some("three")));
    assert_eq!(id(&note), ("n", note.base.field3()));
    assert_eq!(note.fields().len(), 1);
    assert_eq!(note, Note::new("x").with_colour("red".to_owned()).with_base(note.base.clone()));
    assert_eq!(note.base.fields().len(), 1);

    // What the base requires comes first.
    let mut message = Message::new("m", "unit", true, MessageContent::Code(1));
    message.set_field3("three".to_owned());
    message.set_field1(5);
    message.kind = Some("kind".to_owned());
    message.tag.push("tag".to_owned());
    // The nearest of two children of one name, and the one behind it.
    assert_eq!((message.field1(), message.base.field1()), (Some(&5), None));
    assert_eq!(id(&message).1, Some(&"three".to_owned()));

    let mut meeting = Meeting::from(message.clone());
    meeting.room = Some("room".to_owned());
    assert_eq!(meeting.base, message);
    assert!(super::test::MessageLike::read(&meeting) && meeting.read && meeting.field1() == Some(&5));
    assert_eq!(AsRef::<Item>::as_ref(&meeting), &message.base);
    AsMut::<Item>::as_mut(&mut meeting).set_field3(None);
    assert_eq!(meeting.field3(), None);
    assert!(matches!(AnyItem::from(meeting), AnyItem::Meeting(meeting) if meeting.tag == ["tag"]));

    assert_eq!(Meeting::blank().base.base, Item::blank());
    Ok(())
}
