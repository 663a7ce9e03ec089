//! Reading and writing the 1000-persona GetImItemListResponse and a small request, against what quick-xml alone
//! takes for the same bytes in the same run. `cargo xtask bench-report` turns the figures into
//! `docs/benchmarks.md`.
//!
//! Floors: `reader` goes through all events and attributes without namespaces, `ns_reader` resolves the names of
//! elements and attributes as well, `writer_replay` writes the events that `reader` saw. None of them keeps,
//! unescapes or checks any value.

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to report")]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use oxws::Document;
use oxws::oxwscdata::ResponseCode;
use oxws::oxwscos::{AddImGroup, GetImItemListResponse};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Message};
use oxws_tests::corpus;
use quick_xml::events::Event;
use quick_xml::{NsReader, Reader, Writer};

/// Every event and attribute.
fn reader(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut count = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                count += 1;
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
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

/// Every event and attribute, names resolved.
fn ns_reader(text: &str) -> usize {
    let mut reader = NsReader::from_str(text);
    let mut count = 0;
    loop {
        let (namespace, event) = reader.read_resolved_event().unwrap();
        black_box(namespace);
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                count += 1;
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
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

fn events(text: &str) -> Vec<Event<'_>> {
    let mut reader = Reader::from_str(text);
    let mut events = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return events,
            event => events.push(event),
        }
    }
}

fn replay(events: &[Event<'_>], capacity: usize) -> Vec<u8> {
    let mut writer = Writer::new(Vec::with_capacity(capacity));
    for event in events {
        writer.write_event(event.borrow()).unwrap();
    }
    writer.into_inner()
}

/// An envelope: typed read and write, and the floors.
fn envelope<T: Message + PartialEq>(criterion: &mut Criterion, name: &str, value: &Envelope<T>, text: &[u8]) {
    let text = std::str::from_utf8(text).unwrap();
    let read =
        |options: &ReadOptions| Envelope::<T>::from_xml(text.as_bytes(), options).unwrap().content.unwrap();
    assert!(read(&ReadOptions::strict()) == *value, "{name} is not read as written");
    let recorded = events(text);
    assert_eq!(replay(&recorded, text.len()), text.as_bytes());
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("ns_reader", |b| b.iter(|| ns_reader(black_box(text))));
    group.bench_function("read_strict", |b| b.iter(|| read(black_box(&ReadOptions::strict()))));
    group.bench_function("read_lenient", |b| b.iter(|| read(black_box(&ReadOptions::lenient()))));
    group.bench_function("write", |b| b.iter(|| black_box(value).to_xml().unwrap()));
    group.bench_function("reader", |b| b.iter(|| reader(black_box(text))));
    group.bench_function("writer_replay", |b| b.iter(|| replay(black_box(&recorded), text.len())));
    group.finish();
}

/// A body by itself, as DESIGN.md measures the small request.
fn body(criterion: &mut Criterion) {
    let bytes = corpus::small_body_text();
    let text = std::str::from_utf8(&bytes).unwrap();
    let value = AddImGroup::from_xml(text.as_bytes()).unwrap();
    let mut group = criterion.benchmark_group("small_body");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("ns_reader", |b| b.iter(|| ns_reader(black_box(text))));
    let strict =
        |b: &mut criterion::Bencher<'_>| b.iter(|| AddImGroup::from_xml(black_box(text).as_bytes()).unwrap());
    group.bench_function("read_strict", strict);
    group.bench_function("write", |b| b.iter(|| black_box(&value).to_xml().unwrap()));
    group.finish();
}

/// All response codes from text to variant, against the standard library's hash map to their positions.
fn response_codes(criterion: &mut Criterion) {
    let texts: Vec<&str> = ResponseCode::VALUES.iter().map(ResponseCode::as_str).collect();
    let map: HashMap<&str, usize> = texts.iter().enumerate().map(|(at, text)| (*text, at)).collect();
    let mut group = criterion.benchmark_group("response_code");
    group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
    let std = |texts: &[&str]| texts.iter().map(|text| map[text]).sum::<usize>();
    group.bench_function("hash_map", |b| b.iter(|| std(black_box(&texts))));
    let ours = |texts: &[&str]| {
        texts.iter().filter(|text| ResponseCode::from(**text) == ResponseCode::NoError).count()
    };
    assert_eq!(ours(&texts), 1);
    group.bench_function("lookup", |b| b.iter(|| ours(black_box(&texts))));
    group.finish();
}

fn all(criterion: &mut Criterion) {
    let list: Envelope<GetImItemListResponse> = corpus::item_list(corpus::Size::default());
    envelope(criterion, "item_list", &list, &list.to_xml().unwrap());
    envelope(criterion, "small_request", &corpus::small_request(), &corpus::small_request_text());
    body(criterion);
    response_codes(criterion);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).without_plots().warm_up_time(Duration::from_millis(500));
    targets = all
}
criterion_main!(benches);
