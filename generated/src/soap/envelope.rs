//! `Envelope`: a message with its header parts, read and written as a SOAP document of either version.

use std::borrow::Cow;
use std::cell::Cell;
use std::ptr;

use super::{DefaultParts, Extensions, Fault, Headers, Message, Version};
use crate::rt::{Error, Mode, Name, Note, NoteKind, Ns, ReadOptions, Reader, Result, Vocabulary, Writer};
use crate::rt::{Next, any_text, read_open, write_document};

/// A message with its header parts.
#[derive(Clone, Debug)]
pub struct Envelope<T: Message> {
    /// Header parts.
    pub headers: T::Headers,
    /// The child of Body, or what stands for an empty one.
    pub body: T,
    /// What is not on the wire: on a request, what the server knows of its caller (such as its address) or what
    /// the client wants for this call; on a reply, what the client learned with it. Not compared.
    pub extensions: Extensions,
}

impl<T: Message + PartialEq> PartialEq for Envelope<T> {
    fn eq(&self, other: &Envelope<T>) -> bool {
        self.headers == other.headers && self.body == other.body
    }
}

/// What reading an envelope can give: a message, or the fault that stands in its place.
#[derive(Clone, PartialEq, Debug)]
pub struct ReadEnvelope<T: Message> {
    /// The message or the fault.
    pub content: std::result::Result<Envelope<T>, Fault>,
    /// What a lenient read passed over.
    pub notes: Vec<Note>,
    /// How many further notes the limit cut off.
    pub notes_dropped: usize,
}

const ENVELOPE: Name = Name::new(Ns::SOAP, "Envelope", "<soap:Envelope></soap:Envelope>");
const HEADER: Name = Name::new(Ns::SOAP, "Header", "<soap:Header></soap:Header>");
const BODY: Name = Name::new(Ns::SOAP, "Body", "<soap:Body></soap:Body>");

/// The text of a document: UTF-8, or UTF-16 with a byte order mark (UCS T3).
///
/// # Errors
/// When the bytes are neither.
#[inline]
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    crate::rt::decode_text(bytes)
}

impl<T: Message> Envelope<T> {
    /// A message without header parts.
    pub fn new(body: T) -> Envelope<T> {
        Envelope { headers: T::Headers::default(), body, extensions: Extensions::new() }
    }

    /// The same with something in its extensions.
    #[must_use]
    pub fn with_extension<E: Clone + Send + Sync + 'static>(mut self, extension: E) -> Envelope<T> {
        self.extensions.insert(extension);
        self
    }

    /// The same with these header parts.
    #[must_use]
    pub fn with_headers(mut self, headers: T::Headers) -> Envelope<T> {
        self.headers = headers;
        self
    }

    /// Reads an envelope that holds this message or a fault, whichever version of SOAP it is of.
    ///
    /// # Errors
    /// The first thing that is wrong, with line, column and path. A fault is no error here.
    pub fn from_xml(bytes: &[u8], options: &ReadOptions) -> Result<ReadEnvelope<T>> {
        Self::from_text(&any_text(bytes)?, options)
    }

    /// The same from text.
    pub(crate) fn from_text(text: &str, options: &ReadOptions) -> Result<ReadEnvelope<T>> {
        let mut r = Reader::new(text, T::VOCABULARY, options.mode, options.limits)?;
        let mut headers = T::Headers::default();
        let (version, opened) = open(&mut r, &mut headers, T::SOAP)?;
        let content = match opened {
            Opened::Child if r.local() == "Fault" && r.uri() == version.uri() => {
                Err(Fault::read(&mut r, version)?)
            }
            Opened::NotUnderstood(name) => Err(Fault::must_understand(&name)),
            Opened::Child | Opened::Empty => {
                let empty = matches!(opened, Opened::Empty);
                let body = match T::nothing() {
                    None if empty => {
                        return Err(
                            r.violation(r.end_offset(), "The Body of the envelope is empty.".to_owned())
                        );
                    }
                    None => read_open(&mut r)?,
                    Some(body) => {
                        if !empty {
                            pass_over(&mut r)?;
                        }
                        body
                    }
                };
                Ok(Envelope { headers, body, extensions: Extensions::new() })
            }
        };
        close(&mut r)?;
        let notes_dropped = r.notes_dropped;
        Ok(ReadEnvelope { content, notes: r.into_notes(), notes_dropped })
    }

    /// Writes the envelope, with an XML declaration.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    pub fn to_xml(&self) -> Result<Vec<u8>> {
        self.written(|w| write_header(w, &self.headers))
    }

    /// The same with these header parts where there are none.
    pub(super) fn xml_with(&mut self, parts: &DefaultParts) -> Result<Vec<u8>> {
        if self.headers == T::Headers::default()
            && let Some(header) = parts.alone::<T::Headers>(T::VOCABULARY, T::SOAP)
        {
            return self.written(|w| w.raw(header));
        }
        parts.fill(&mut self.headers);
        self.to_xml()
    }

    fn written(&self, header: impl FnOnce(&mut Writer)) -> Result<Vec<u8>> {
        let mut w = Writer::new(room());
        begin(&mut w, T::VOCABULARY, T::SOAP);
        header(&mut w);
        w.begin(&BODY);
        write_document(&self.body, &mut w);
        finish(w).map(fitted)
    }
}

/// Writes the Header, unless it has no parts.
fn write_header<H: Headers>(w: &mut Writer, headers: &H) {
    let start = w.mark();
    w.begin(&HEADER);
    let empty = w.mark();
    headers.write_fields(w);
    if w.mark() == empty {
        w.undo(start);
    } else {
        w.end(&HEADER);
    }
}

/// The Header with these parts as it stands in an envelope of this vocabulary, if it can be written.
pub(super) fn header<H: Headers>(
    headers: &H,
    vocabulary: &'static Vocabulary,
    version: Version,
) -> Option<String> {
    let mut w = Writer::new(Vec::new());
    begin(&mut w, vocabulary, version);
    let start = w.mark();
    write_header(&mut w, headers);
    let mut text = w.finish().ok()?;
    String::from_utf8(text.split_off(start)).ok()
}

/// Where a thread writes envelopes.
#[derive(Default)]
struct Room {
    text: Vec<u8>,
    /// Bytes of the envelope that was written last.
    last: usize,
}

thread_local! {
    static ROOM: Cell<Room> = const { Cell::new(Room { text: Vec::new(), last: 0 }) };
}

/// Bytes of an envelope that is copied out of the room where it was written.
const COPIED: usize = 8 << 10;

/// Room to write an envelope in: that of the one before, or as much as that one took.
fn room() -> Vec<u8> {
    let Room { mut text, last } = ROOM.try_with(Cell::take).unwrap_or_default();
    text.reserve(last.max(COPIED));
    text
}

/// An envelope in as much memory as it needs, if it is small: most are, and how large one becomes is not known before it
/// is written. Memory of just its length is shared as it is by those who send it.
fn fitted(mut text: Vec<u8>) -> Vec<u8> {
    let last = text.len();
    let small = (last <= COPIED).then(|| text.as_slice().to_vec());
    let kept = match small {
        Some(_) if text.capacity() <= 2 * COPIED => {
            text.clear();
            std::mem::take(&mut text)
        }
        _ => Vec::new(),
    };
    // No room is kept by a thread that ends.
    let _ = ROOM.try_with(|room| room.set(Room { text: kept, last }));
    small.unwrap_or(text)
}

/// The start tag of an envelope as it was written last on a thread. The next one is the same, mostly.
#[derive(Default)]
struct Tag {
    of: Option<(&'static Vocabulary, Version)>,
    text: String,
}

thread_local! {
    static TAG: Cell<Tag> = const { Cell::new(Tag { of: None, text: String::new() }) };
}

/// Begins an envelope, its namespaces declared.
pub(super) fn begin(w: &mut Writer, vocabulary: &'static Vocabulary, version: Version) {
    let mut tag = TAG.try_with(Cell::take).unwrap_or_default();
    if !tag.of.is_some_and(|(of, tag)| ptr::eq(of, vocabulary) && tag == version) {
        tag = Tag { of: Some((vocabulary, version)), text: start_tag(vocabulary, version) };
    }
    w.vocabulary = Some(vocabulary);
    w.raw(&tag.text);
    // A thread that ends keeps none.
    let _ = TAG.try_with(|kept| kept.set(tag));
}

/// The XML declaration and the start tag of an envelope.
fn start_tag(vocabulary: &'static Vocabulary, version: Version) -> String {
    let mut w = Writer::new(Vec::new());
    w.raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    w.begin(&ENVELOPE);
    w.attribute_text(" xmlns:soap=\"", version.uri());
    for (prefix, uri) in vocabulary.own().filter(|(prefix, _)| !prefix.is_empty()) {
        w.declare_prefix(prefix, uri);
    }
    // Ends the tag.
    w.mark();
    // Namespaces of schemas are URIs: nothing that XML cannot carry.
    w.finish().ok().and_then(|text| String::from_utf8(text).ok()).unwrap_or_default()
}

/// Begins the Body.
pub(super) fn begin_body(w: &mut Writer) {
    w.begin(&BODY);
}

/// Ends Body and envelope.
pub(super) fn finish(mut w: Writer) -> Result<Vec<u8>> {
    w.end(&BODY);
    w.end(&ENVELOPE);
    w.finish()
}

/// Where reading an envelope has come to.
pub(super) enum Opened {
    /// The first child of Body is open.
    Child,
    /// Body has no child.
    Empty,
    /// A header block that must be understood is not: its name as written.
    NotUnderstood(String),
}

/// Reads up to the first child of Body; gives the version of the envelope. `usual` is that of which messages are.
pub(super) fn open<H: Headers>(
    r: &mut Reader<'_>,
    headers: &mut H,
    usual: Version,
) -> Result<(Version, Opened)> {
    r.root()?;
    let Some(version) = Version::of_uri(r.uri()).filter(|_| r.local() == "Envelope") else {
        return Err(wrong(r, "Envelope", usual));
    };
    // That of the reader, which a vocabulary may have as one of its own.
    let soap = r.ns();
    let mut not_understood = None;
    let mut seen_header = false;
    loop {
        match r.next()? {
            Next::Start if r.is_at(soap, "Header") && !seen_header => {
                seen_header = true;
                read_headers(r, headers, &mut not_understood)?;
            }
            Next::Start if r.is_at(soap, "Body") => break,
            Next::Start => return Err(wrong(r, "Body", version)),
            Next::Text => {
                return Err(r.violation(r.pos, "The element 'Envelope' cannot contain text.".to_owned()));
            }
            Next::End => {
                let uri = version.uri();
                let message = format!(
                    "The element 'Envelope' in namespace '{uri}' has incomplete content. List of possible \
                     elements expected: 'Body' in namespace '{uri}'."
                );
                return Err(r.violation(r.end_offset(), message));
            }
        }
    }
    if let Some(name) = not_understood {
        let depth = r.depth() - 1;
        r.skip_to(depth)?;
        return Ok((version, Opened::NotUnderstood(name)));
    }
    match r.next()? {
        Next::Start => Ok((version, Opened::Child)),
        Next::End => Ok((version, Opened::Empty)),
        Next::Text => Err(r.violation(r.pos, "The element 'Body' cannot contain text.".to_owned())),
    }
}

/// Reads header blocks: those of `H` typed, others ignored unless they must be understood (UCS T9, T16).
fn read_headers<H: Headers>(
    r: &mut Reader<'_>,
    headers: &mut H,
    not_understood: &mut Option<String>,
) -> Result<()> {
    let shape = H::SHAPE;
    let depth = r.depth();
    loop {
        match r.next()? {
            Next::End => return r.take_end(),
            Next::Text => r.skip_text()?,
            Next::Start => match r.position(shape) {
                Some(_) if r.is_nil() => r.skip_to(depth)?,
                Some(at) => {
                    r.block = r.depth();
                    r.open_values = true;
                    headers.field(at, r)?;
                    r.open_values = false;
                    r.block = 0;
                }
                None => {
                    if r.must_understand() {
                        not_understood.get_or_insert_with(|| r.qname().to_owned());
                    }
                    r.skip_to(depth)?;
                }
            },
        }
    }
}

/// Passes over the child of a Body that must be empty.
#[cold]
fn pass_over(r: &mut Reader<'_>) -> Result<()> {
    let message = format!(
        "The element '{}' in namespace '{}' is not expected here: the Body of this message is empty.",
        r.local(),
        r.uri()
    );
    r.deviation(NoteKind::UnknownElement, r.tag(), message)?;
    r.skip_to(r.depth() - 1)
}

/// Passes over an element that follows the child of Body.
#[cold]
fn pass_over_more(r: &mut Reader<'_>) -> Result<()> {
    let message = format!("The element '{}' follows the message of the envelope.", r.qname());
    r.deviation(NoteKind::UnknownElement, r.tag(), message)?;
    r.skip_to(r.depth() - 1)
}

/// Reads what follows the child of Body.
#[inline]
pub(super) fn close(r: &mut Reader<'_>) -> Result<()> {
    while r.depth() > 0 {
        match r.next()? {
            Next::End => r.take_end()?,
            Next::Text if r.mode == Mode::Lenient => r.skip_text()?,
            Next::Text => {
                return Err(r.violation(r.pos, "Text after the message of the envelope.".to_owned()));
            }
            Next::Start => pass_over_more(r)?,
        }
    }
    r.finish()
}

/// The error for a root that is no envelope of this version.
#[inline]
pub(super) fn no_envelope(r: &Reader<'_>, version: Version) -> Error {
    wrong(r, "Envelope", version)
}

#[inline]
fn wrong(r: &Reader<'_>, expected: &str, version: Version) -> Error {
    let message = format!(
        "The element '{}' is not expected here. List of possible elements expected: '{expected}' in namespace \
         '{}'.",
        r.qname(),
        version.uri()
    );
    r.violation(r.tag(), message)
}
