//! `Reader`: pulls start tags, attributes, text and end tags out of a document, with namespaces resolved,
//! and keeps the open elements for errors. Checks well-formedness; the schema is checked in `content`.

use std::borrow::Cow;
use std::cell::Cell;

use super::declared::Declared;
use super::decode::{self, Traits};
use super::error::{self, Error, ErrorKind, Note, NoteKind, Place, Result};
use super::escape;
use super::expect::{Beginning, Chosen};
use super::identity::Identities;
use super::name::{Ns, SOAP_URI, SOAP12_URI, Vocabulary, XML_URI};
use super::prefixes;
use super::scratch::Scratch;
use super::shape::{Contents, Particle, Shape, Term};
use super::space;
use super::words;

/// The actor that every recipient of a message is.
const NEXT_ACTOR: &str = "http://schemas.xmlsoap.org/soap/actor/next";

/// The roles of SOAP 1.2 that every receiver and the last one play.
const NEXT_ROLE: &str = "http://www.w3.org/2003/05/soap-envelope/role/next";
const ULTIMATE_ROLE: &str = "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";

/// Bytes of a note's message.
const NOTE: usize = 4096;

/// How much a document may hold. Exceeding one is an error of kind [`ErrorKind::Limit`].
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open elements at once; 128 unless set.
    pub depth: usize,
    /// Bytes of one text or attribute value; 64 MiB unless set.
    pub text: usize,
    /// Attributes and namespace declarations of one element; 256 unless set. Four times as many declarations may be in
    /// force at once, each of 2048 bytes at most, unless the namespace is one of the types.
    pub attributes: usize,
    /// Notes of a lenient read that are kept; 10,000 unless set. Further ones are counted only.
    pub notes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { depth: 128, text: 64 << 20, attributes: 256, notes: 10_000 }
    }
}

/// How content that the schema does not have is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Any deviation from the schema is an error: what a server wants.
    Strict,
    /// Unknown content is skipped and noted, order does not matter: what a client wants.
    Lenient,
}

/// Pull reader over one document; generated code calls its field methods (`one`, `opt`, `many`, …).
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) src: &'a str,
    pub(crate) pos: usize,
    pub(crate) traits: Traits,
    pub(crate) mode: Mode,
    pub(crate) limits: Limits,
    pub(crate) vocabulary: &'static Vocabulary,
    /// Open elements, outermost first. The last is the one whose start tag was read last, or whose
    /// content is being read.
    pub(crate) open: Vec<Open>,
    pub(crate) bindings: Vec<Binding<'a>>,
    /// How the element read last began, and the last one that began otherwise, as long as their prefixes are bound to the
    /// same.
    pub(crate) beginnings: [Beginning; 2],
    /// What an element was recognized as, until it is read.
    pub(crate) chosen: Option<Chosen>,
    /// Attributes of the start tag read last, namespace declarations left out.
    pub(crate) attributes: Vec<RawAttribute<'a>>,
    /// The last element of `open` has no end tag of its own.
    pub(crate) self_closed: bool,
    /// The last element of `open` was handed back by a nested group and waits for its place.
    pub(crate) pending: bool,
    /// Value of the attribute that is being read, see `Reader::attribute`.
    pub(crate) value: Cow<'a, str>,
    /// Its index in `attributes`.
    pub(crate) attribute_index: usize,
    /// Enumeration values that the schema does not list are kept in either mode: in header parts, whose
    /// versions the service judges itself (UCS T10).
    pub(crate) open_values: bool,
    /// Depth of the header block that is being read: SOAP attributes on it that its type does not declare are no
    /// business of the type's.
    pub(crate) block: usize,
    /// Default or fixed value of the element that is read next.
    pub(crate) declared: Option<Declared>,
    /// That element was empty.
    pub(crate) implied: bool,
    /// Fixed value of the attribute that is being read, when its text is another.
    pub(crate) fixed_attribute: Option<&'static str>,
    /// What is asked of the element that a wildcard has just admitted.
    pub(crate) contents: Option<Contents>,
    /// The IDs that the document has given and named.
    pub(crate) identities: Identities,
    /// Values are read only to see that they are valid.
    pub(crate) checking: bool,
    /// Of a lenient reader: the particle that is read may occur once more.
    pub(crate) repeats: bool,
    /// The innermost open element is nil.
    pub(crate) nil: bool,
    /// Where texts are put together that do not stand in the document as they are, see `Reader::keep_scratch`.
    pub(crate) scratch: String,
    /// The place that was told last.
    told: Cell<Place>,
    pub(crate) notes: Vec<Note>,
    pub(crate) notes_dropped: usize,
}

/// One open element. Its name is that of its start tag, see `Reader::qname_of`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    /// Offset of the `<`.
    pub(crate) offset: usize,
    /// Bytes of the name as written.
    pub(crate) len: usize,
    /// Those of prefix and colon.
    pub(crate) prefix: usize,
    /// Namespace.
    pub(crate) ns: Ns,
    /// Bindings in force outside of it.
    pub(crate) bindings: usize,
}

/// One namespace declaration.
#[derive(Clone, Debug)]
pub(crate) struct Binding<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) uri: Cow<'a, str>,
    pub(crate) ns: Ns,
}

/// One attribute as written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawAttribute<'a> {
    pub(crate) qname: &'a str,
    pub(crate) local: &'a str,
    pub(crate) ns: Ns,
    pub(crate) raw: &'a str,
    pub(crate) offset: usize,
    /// Nothing in the value is to be replaced.
    pub(crate) plain: bool,
}

/// What stands next in the content of an element.
pub(crate) enum Next {
    /// A start tag, now the last of `open`.
    Start,
    /// The end of the element; `take_end` takes it.
    End,
    /// Text that is not white space begins here.
    Text,
}
impl<'a> Reader<'a> {
    /// A reader at the start of `src`.
    pub(crate) fn new(
        src: &'a str,
        vocabulary: &'static Vocabulary,
        mode: Mode,
        limits: Limits,
    ) -> Result<Self> {
        let traits = decode::inspect(src)?;
        let Scratch { open, mut bindings, attributes, text: scratch } = Scratch::take();
        bindings.push(Binding { prefix: "", uri: Cow::Borrowed(""), ns: Ns::NONE });
        bindings.push(Binding { prefix: "xml", uri: Cow::Borrowed(XML_URI), ns: Ns::XML });
        Ok(Reader {
            src,
            pos: 0,
            traits,
            mode,
            limits,
            vocabulary,
            open,
            bindings,
            beginnings: [Beginning::NONE; 2],
            chosen: None,
            attributes,
            self_closed: false,
            pending: false,
            value: Cow::Borrowed(""),
            attribute_index: 0,
            open_values: false,
            block: 0,
            declared: None,
            implied: false,
            fixed_attribute: None,
            contents: None,
            repeats: false,
            identities: Identities::default(),
            checking: false,
            nil: false,
            scratch,
            told: Cell::new(Place::START),
            notes: Vec::new(),
            notes_dropped: 0,
        })
    }
    // ---- errors -----------------------------------------------------------------------------------

    /// Qualified names of the open elements; long ones are cut.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            path.push('/');
            path.push_str(words::beginning(self.qname_of(open)));
        }
        path
    }

    /// The place of an offset, counted from the last one that was asked for.
    #[cold]
    fn place_of(&self, offset: usize) -> Place {
        let place = self.told.get().moved(self.src, offset);
        self.told.set(place);
        place
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, offset: usize, message: impl Into<String>) -> Error {
        Error::new(kind, message.into(), self.place_of(offset), self.path())
    }

    #[cold]
    pub(crate) fn malformed(&self, offset: usize, message: &str) -> Error {
        self.error(ErrorKind::Malformed, offset, message)
    }

    #[cold]
    pub(crate) fn violation(&self, offset: usize, message: String) -> Error {
        self.error(ErrorKind::Violation, offset, message)
    }

    #[cold]
    pub(crate) fn note(&mut self, kind: NoteKind, offset: usize, message: String) {
        if self.notes.len() >= self.limits.notes {
            self.notes_dropped += 1;
            return;
        }
        let note = Note { kind, message, place: self.place_of(offset), path: self.path() };
        self.keep(note);
    }

    #[cold]
    pub(crate) fn keep(&mut self, mut note: Note) {
        if self.notes.len() >= self.limits.notes {
            self.notes_dropped += 1;
            return;
        }
        // What is kept of a document shall not be larger than it by far, however long its names are.
        note.message.truncate(error::character(&note.message, NOTE));
        self.notes.push(note);
    }

    /// Name and namespace URI of the innermost open element, for messages.
    pub(crate) fn current(&self) -> (&'a str, &str) {
        self.open.last().map_or(("", ""), |open| self.name_of(open))
    }

    /// Offset of the name in the start tag of the innermost open element.
    pub(crate) fn tag(&self) -> usize {
        self.open.last().map_or(0, |open| open.offset + 1)
    }
    // ---- names ------------------------------------------------------------------------------------

    pub(crate) fn bound(&self, prefix: &str) -> Option<&Binding<'a>> {
        prefixes::bound(&self.bindings, prefix)
    }

    /// URI of an element name as written, while its bindings are in force.
    pub(crate) fn uri_of(&self, qname: &str) -> &str {
        let prefix = prefixes::prefix(qname);
        self.bound(prefix).map_or("", |binding| &*binding.uri)
    }

    /// Namespace URI of an open element.
    pub(crate) fn open_uri(&self, open: &Open) -> &str {
        if open.ns == Ns::FOREIGN { self.uri_of(self.qname_of(open)) } else { self.vocabulary.uri(open.ns) }
    }

    /// Name of an open element as written.
    pub(crate) fn qname_of(&self, open: &Open) -> &'a str {
        let from = open.offset + 1;
        self.src.get(from..from + open.len).unwrap_or_default()
    }

    /// Its local part.
    pub(crate) fn local_of(&self, open: &Open) -> &'a str {
        let from = open.offset + 1;
        self.src.get(from + open.prefix..from + open.len).unwrap_or_default()
    }

    /// Local name and namespace URI of an open element, for messages.
    pub(crate) fn name_of(&self, open: &Open) -> (&'a str, &str) {
        (self.local_of(open), self.open_uri(open))
    }

    /// URI bound to a prefix in force here.
    pub(crate) fn prefix_uri(&self, prefix: &str) -> Option<&str> {
        self.bound(prefix).map(|binding| &*binding.uri)
    }

    /// Prefix and URI of every binding in force, innermost first, each prefix once.
    fn in_scope(&self) -> Vec<(String, String)> {
        let mut seen: Vec<(String, String)> = Vec::new();
        for binding in self.bindings.iter().rev() {
            if !prefixes::has_prefix(&seen, binding.prefix) {
                seen.push((binding.prefix.to_owned(), binding.uri.to_string()));
            }
        }
        seen
    }

    /// Prefixes that the innermost open element declares itself.
    pub(crate) fn own_prefixes(&self) -> Vec<&'a str> {
        let outer = self.open.last().map_or(0, |open| open.bindings);
        let mut own = Vec::new();
        for binding in &self.bindings[outer..] {
            own.push(binding.prefix);
        }
        own
    }

    // ---- for the envelope -------------------------------------------------------------------------

    /// Number of open elements.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The namespace of the innermost open element.
    #[inline]
    pub(crate) fn ns(&self) -> Ns {
        self.open.last().map_or(Ns::NONE, |open| open.ns)
    }

    /// Whether the innermost open element has this name.
    #[inline]
    pub(crate) fn is_at(&self, ns: Ns, local: &str) -> bool {
        self.open.last().is_some_and(|open| open.ns == ns && self.local_of(open) == local)
    }

    /// Name of the innermost open element as written.
    pub(crate) fn qname(&self) -> &'a str {
        self.open.last().map_or("", |open| self.qname_of(open))
    }

    /// Local name of the innermost open element.
    pub(crate) fn local(&self) -> &'a str {
        self.open.last().map_or("", |open| self.local_of(open))
    }

    /// Namespace URI of the innermost open element.
    pub(crate) fn uri(&self) -> &str {
        self.current().1
    }

    /// Index of the particle that the innermost open element begins.
    pub(crate) fn position(&self, shape: &'static Shape) -> Option<usize> {
        let open = self.open.last()?;
        let uri = self.open_uri(open);
        let local = self.local_of(open);
        shape.begun_by(open.ns, local, uri)
    }

    /// Keeps what a wildcard asks of the element just opened, if it is one that takes it.
    #[inline]
    pub(crate) fn admit(&mut self, particle: &Particle) {
        if let Term::Any(wildcard) = &particle.term {
            self.contents = Some(wildcard.contents);
        }
    }

    #[inline]
    fn flag(&self, ns: Ns, local: &str) -> bool {
        let found = self.attributes.iter().find(|a| a.ns == ns && a.local == local);
        // What cannot be unescaped is reported when its value is asked for.
        let value = found.and_then(|a| self.unescape_attribute(a.raw).ok());
        value.is_some_and(|value| matches!(space::trim(&value), "1" | "true"))
    }

    /// Whether the innermost open element is nil.
    #[inline]
    pub(crate) fn is_nil(&self) -> bool {
        self.flag(Ns::XSI, "nil")
    }

    /// Whether a namespace is that of SOAP envelopes, of either version. A vocabulary may have it as one of its own.
    #[inline]
    pub(crate) fn is_soap(&self, ns: Ns) -> bool {
        matches!(ns, Ns::SOAP | Ns::SOAP12) || matches!(self.vocabulary.uri(ns), SOAP_URI | SOAP12_URI)
    }

    /// Takes `xsi:nil="false"` off a nillable element: it says nothing there.
    #[inline]
    pub(crate) fn drop_not_nil(&mut self) {
        let says_nothing = |a: &RawAttribute<'_>| {
            a.ns == Ns::XSI && a.local == "nil" && matches!(space::trim(a.raw), "0" | "false")
        };
        self.attributes.retain(|a| !says_nothing(a));
    }

    /// Whether the header block just opened must be understood by this recipient (SOAP 1.1 sections 4.2.2 and
    /// 4.2.3): the last one, or the next one on the way.
    #[inline]
    pub(crate) fn must_understand(&self) -> bool {
        // SOAP 1.1 has an actor, SOAP 1.2 a role.
        let actor =
            self.attributes.iter().find(|a| matches!(a.local, "actor" | "role") && self.is_soap(a.ns));
        let ours = |actor: &RawAttribute<'_>| {
            matches!(space::trim(actor.raw), "" | NEXT_ACTOR | NEXT_ROLE | ULTIMATE_ROLE)
        };
        let must = self.attributes.iter().find(|a| a.local == "mustUnderstand" && self.is_soap(a.ns));
        must.is_some_and(|must| self.flag(must.ns, "mustUnderstand")) && actor.is_none_or(ours)
    }

    /// Value of `xml:lang` of the element just opened; empty when there is none.
    #[inline]
    pub(crate) fn xml_lang(&self) -> String {
        let found = self.attributes.iter().find(|a| a.ns == Ns::XML && a.local == "lang");
        found.and_then(|a| self.unescape_attribute(a.raw).ok()).unwrap_or_default().into_owned()
    }

    /// All text of the innermost open element, and the prefixes in force in it.
    #[inline]
    pub(crate) fn text_with_scope(&mut self) -> Result<(String, Vec<(String, String)>)> {
        let scope = self.in_scope();
        let mut text = String::new();
        self.collect_text(&mut text)?;
        Ok((text, scope))
    }

    /// What was passed over.
    #[inline]
    pub(crate) fn into_notes(mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }
    // ---- document ---------------------------------------------------------------------------------

    /// Moves to the start tag of the root element.
    pub(crate) fn root(&mut self) -> Result<()> {
        if !self.known_opening() {
            self.new_root()?;
            self.keep_opening();
        }
        Ok(())
    }

    fn new_root(&mut self) -> Result<()> {
        self.declaration()?;
        loop {
            self.skip_space();
            let bytes = self.src.as_bytes();
            match (bytes.get(self.pos), bytes.get(self.pos + 1)) {
                (Some(b'<'), Some(b'!' | b'?')) => self.skip_markup()?,
                (Some(b'<'), _) => return self.start_tag(),
                (Some(_), _) => return Err(self.malformed(self.pos, "text before the first element")),
                (None, _) => return Err(self.malformed(self.pos, "the document has no element")),
            }
        }
    }

    /// The XML declaration, if there is one.
    fn declaration(&mut self) -> Result<()> {
        let Some(rest) = self.src[self.pos..].strip_prefix("<?xml") else { return Ok(()) };
        if !rest.starts_with(|c: char| c.is_ascii_whitespace()) {
            return Ok(());
        }
        let Some(end) = words::find(rest.as_bytes(), b"?>") else {
            return Err(self.malformed(self.pos, "an XML declaration that does not end"));
        };
        escape::declaration(&rest[..end]).map_err(|message| self.malformed(self.pos, message))?;
        self.pos += "<?xml".len() + end + "?>".len();
        Ok(())
    }

    /// Takes back the memory of a text that has been read.
    #[inline]
    pub(crate) fn keep_scratch(&mut self, text: Cow<'_, str>) {
        if let Cow::Owned(text) = text {
            self.scratch = text;
        }
    }

    /// Checks that only comments and white space follow the root element.
    pub(crate) fn finish(&mut self) -> Result<()> {
        loop {
            self.skip_space();
            let bytes = self.src.as_bytes();
            match (bytes.get(self.pos), bytes.get(self.pos + 1)) {
                (None, _) => return self.check_identities(),
                (Some(b'<'), Some(b'!' | b'?')) => self.skip_markup()?,
                _ => return Err(self.malformed(self.pos, "content after the root element")),
            }
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let scratch = Scratch {
            open: std::mem::take(&mut self.open),
            bindings: std::mem::take(&mut self.bindings),
            attributes: std::mem::take(&mut self.attributes),
            text: std::mem::take(&mut self.scratch),
        };
        scratch.keep();
    }
}
