//! quick-xml without types: the event loops and the replay of events that typed codecs are compared with. None of
//! them unescapes, keeps or checks any value.

use std::hint::black_box;

use quick_xml::events::Event;
use quick_xml::{NsReader, Reader, Writer};

/// Every event and attribute; the number of elements.
pub(crate) fn reader(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut count = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}")) {
            Event::Start(tag) | Event::Empty(tag) => {
                count += 1;
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{error}"));
                    black_box((attribute.key, &attribute.value));
                }
                black_box(tag.name());
            }
            Event::Eof => return count,
            event => {
                black_box(event);
            }
        }
    }
}

/// The same with the names of elements and attributes resolved.
pub(crate) fn ns_reader(text: &str) -> usize {
    let mut reader = NsReader::from_str(text);
    let mut count = 0;
    loop {
        let (namespace, event) = reader.read_resolved_event().unwrap_or_else(|error| panic!("{error}"));
        black_box(namespace);
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                count += 1;
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{error}"));
                    black_box(reader.resolver().resolve_attribute(attribute.key));
                    black_box(&attribute.value);
                }
                black_box(tag.local_name());
            }
            Event::Eof => return count,
            event => {
                black_box(event);
            }
        }
    }
}

/// All events of a document.
pub(crate) fn events(text: &str) -> Vec<Event<'_>> {
    let mut reader = Reader::from_str(text);
    let mut events = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}")) {
            Event::Eof => return events,
            event => events.push(event),
        }
    }
}

/// Writes them again.
pub(crate) fn replay(events: &[Event<'_>], capacity: usize) -> Vec<u8> {
    let mut writer = Writer::new(Vec::with_capacity(capacity));
    for event in events {
        writer.write_event(event.borrow()).unwrap_or_else(|error| panic!("{error}"));
    }
    writer.into_inner()
}
