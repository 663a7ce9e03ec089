//! What reading and writing can report: errors with place and path, notes of a lenient read, and the
//! violation texts that Exchange puts into `ErrorSchemaValidation` (UCS T6, T7).

use std::fmt;

use super::name::{Ns, TypeName, Vocabulary};
use super::shape::Term;
use super::words;

/// Result of the codec.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a document could not be read or a value could not be written.
///
/// Small (one pointer): the details are on the heap, built on the cold path only.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Detail>);

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    message: String,
    place: Place,
    path: String,
}

/// What kind of problem an [`Error`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not UTF-8, or UTF-16 with a byte order mark, or declared to be ISO-8859-1 or windows-1252.
    Encoding,
    /// Not well-formed XML with namespaces; includes any DOCTYPE (UCS T13).
    Malformed,
    /// Well-formed, but against the schema.
    Violation,
    /// A configured limit (depth, text size, number of attributes) was exceeded.
    Limit,
    /// A value that XML cannot carry, met while writing.
    Unwritable,
}

/// A place in a document.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Place {
    /// Byte offset into the document as UTF-8.
    pub offset: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1. For an element it is that of its name, after the `<`.
    pub column: u32,
}

impl Place {
    /// Where a document begins.
    pub(crate) const START: Place = Place { offset: 0, line: 1, column: 1 };

    /// The place of byte `offset` in `text`.
    pub(crate) fn of(text: &str, offset: usize) -> Place {
        Place::START.moved(text, offset)
    }

    /// The same, counted from here on, forwards or backwards: many places in a document take hardly longer than one.
    pub(crate) fn moved(self, text: &str, offset: usize) -> Place {
        let (from, to) = (character(text, self.offset), character(text, offset));
        let (mut line, mut column) = (self.line, self.column);
        if from <= to {
            for c in text[from..to].chars() {
                (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column.saturating_add(1)) };
            }
            return Place { offset, line, column };
        }
        let back = &text[to..from];
        match small(memchr::memchr_iter(b'\n', back.as_bytes()).count()) {
            0 => column = column.saturating_sub(small(back.chars().count())),
            lines => {
                line -= lines;
                let begin = memchr::memrchr(b'\n', &text.as_bytes()[..to]).map_or(0, |at| at + 1);
                column = small(text[begin..to].chars().count() + 1);
            }
        }
        Place { offset, line, column }
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Where the character begins that this byte is part of; the end of the text where there is none.
pub(crate) fn character(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, message: String, place: Place, path: String) -> Error {
        Error(Box::new(Detail { kind, message, place, path }))
    }

    /// What kind of problem it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The problem in one sentence; for a violation, in the wording of UCS T7.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where in the document.
    pub fn place(&self) -> Place {
        self.0.place
    }

    /// Line, from 1.
    pub fn line(&self) -> u32 {
        self.0.place.line
    }

    /// Column in characters, from 1.
    pub fn column(&self) -> u32 {
        self.0.place.column
    }

    /// Byte offset into the document as UTF-8.
    pub fn offset(&self) -> usize {
        self.0.place.offset
    }

    /// Qualified names of the open elements, outermost first: `/m:AddImGroup/m:DisplayName`. A name is cut after 256 characters.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    pub(crate) fn into_note(self) -> Note {
        Note { kind: NoteKind::Invalid, message: self.0.message, place: self.0.place, path: self.0.path }
    }
}

impl fmt::Display for Error {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Detail { kind, message, place, path } = &*self.0;
        if *kind == ErrorKind::Unwritable {
            return write!(f, "{message} (in {path})");
        }
        write!(f, "{}:{}: {message}", place.line, place.column)?;
        if path.is_empty() { Ok(()) } else { write!(f, " (in {path})") }
    }
}

impl fmt::Debug for Error {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

/// Something that a lenient read passed over: nothing of the typed value is wrong, but the document had
/// more, or other, than the schema knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// What was passed over.
    pub kind: NoteKind,
    /// In one sentence, which is cut after 4096 bytes.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Qualified names of the open elements, outermost first.
    pub path: String,
}

/// What a [`Note`] is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NoteKind {
    /// An element that the schema does not have at this place; skipped.
    UnknownElement,
    /// An attribute that the schema does not have; skipped.
    UnknownAttribute,
    /// A value that the enumeration does not have; kept as `Other`.
    UnknownValue,
    /// Text where only elements may stand; skipped.
    UnexpectedText,
    /// An element once more than its maximum; skipped.
    Repeated,
    /// An optional element whose content does not fit its type; skipped.
    Invalid,
    /// An element of an envelope that no type is known for; kept as it is.
    Untyped,
}

impl fmt::Display for Note {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} (in {})", self.place.line, self.place.column, self.message, self.path)
    }
}

/// Why a text is not a value of a simple type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    reason: String,
}

impl Invalid {
    /// A facet that the value breaks, by its name in the wording of UCS T7: `Enumeration`, `MinLength`.
    #[cold]
    pub fn facet(name: &str) -> Invalid {
        Invalid { reason: format!("The {name} constraint failed.") }
    }

    /// A text that is no literal of a built-in type: `Boolean`, `Int32`.
    #[cold]
    pub fn literal(text: &str, kind: &str) -> Invalid {
        Invalid { reason: format!("The string '{text}' is not a valid {kind} value.") }
    }

    /// The reason as a sentence.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Invalid {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Invalid {}

/// Wording of violations. One function per sentence, so that tests and server agree on the text.
pub(crate) mod wording {
    use super::*;

    /// A long name is cut.
    fn quoted(local: &str, uri: &str) -> String {
        let (local, uri) = (words::beginning(local), words::beginning(uri));
        if uri.is_empty() { format!("'{local}'") } else { format!("'{local}' in namespace '{uri}'") }
    }

    /// ` List of possible elements expected: 'A, B' in namespace 'N'.`, empty when nothing is.
    fn expectation(expected: &[&Term], vocabulary: &Vocabulary) -> String {
        let mut list = String::new();
        let mut wildcard = false;
        for (at, term) in expected.iter().enumerate() {
            let Term::Element(name) = term else {
                wildcard = true;
                continue;
            };
            // All names of a namespace stand where its first one does.
            if is_among(&expected[..at], name.ns, None) {
                continue;
            }
            let mut names = String::new();
            for (at, other) in expected.iter().enumerate() {
                if let Term::Element(other) = other
                    && other.ns == name.ns
                    && !is_among(&expected[..at], other.ns, Some(other.local()))
                {
                    append(&mut names, ", ", other.local());
                }
            }
            append(&mut list, AND, &quoted(&names, vocabulary.uri(name.ns)));
        }
        if wildcard {
            append(&mut list, AND, "any element that the schema's wildcard admits");
        }
        if list.is_empty() { list } else { format!(" List of possible elements expected: {list}.") }
    }

    /// Whether one of the terms is an element in the namespace, of the local name if one is given.
    fn is_among(terms: &[&Term], ns: Ns, local: Option<&str>) -> bool {
        for term in terms {
            if let Term::Element(name) = term
                && name.ns == ns
                && local.is_none_or(|local| local == name.local())
            {
                return true;
            }
        }
        false
    }

    const AND: &str = " as well as ";

    fn append(list: &mut String, separator: &str, item: &str) {
        if !list.is_empty() {
            list.push_str(separator);
        }
        list.push_str(item);
    }

    pub(crate) fn child(
        holder: (&str, &str),
        child: (&str, &str),
        expected: &[&Term],
        vocabulary: &Vocabulary,
    ) -> String {
        let (holder, child) = (quoted(holder.0, holder.1), quoted(child.0, child.1));
        let list = expectation(expected, vocabulary);
        format!("The element {holder} has invalid child element {child}.{list}")
    }

    pub(crate) fn incomplete(holder: (&str, &str), expected: &[&Term], vocabulary: &Vocabulary) -> String {
        let list = expectation(expected, vocabulary);
        format!("The element {} has incomplete content.{list}", quoted(holder.0, holder.1))
    }

    pub(crate) fn text(holder: (&str, &str), expected: &[&Term], vocabulary: &Vocabulary) -> String {
        let list = expectation(expected, vocabulary);
        format!("The element {} cannot contain text.{list}", quoted(holder.0, holder.1))
    }

    pub(crate) fn child_of_text(holder: (&str, &str), child: (&str, &str)) -> String {
        let (holder, child) = (quoted(holder.0, holder.1), quoted(child.0, child.1));
        format!(
            "The element {holder} cannot contain child element {child} because the parent element's \
             content model is text only."
        )
    }

    pub(crate) fn no_content(holder: (&str, &str)) -> String {
        let holder = quoted(holder.0, holder.1);
        format!("The element {holder} cannot contain child elements or text because it must be empty.")
    }

    #[inline]
    pub(crate) fn root(found: (&str, &str), expected: &[&Term], vocabulary: &Vocabulary) -> String {
        let list = expectation(expected, vocabulary);
        format!("The element {} is not declared here.{list}", quoted(found.0, found.1))
    }

    pub(crate) fn missing_attribute(local: &str) -> String {
        format!("The required attribute '{local}' is missing.")
    }

    pub(crate) fn given_twice(id: &str) -> String {
        format!("'{id}' is already used as an ID.")
    }

    pub(crate) fn not_given(id: &str) -> String {
        format!("Reference to undeclared ID is '{id}'.")
    }

    pub(crate) fn undeclared_element((local, uri): (&str, &str)) -> String {
        let colon = if uri.is_empty() { "" } else { ":" };
        format!("The '{uri}{colon}{local}' element is not declared.")
    }

    pub(crate) fn abstract_element((local, uri): (&str, &str)) -> String {
        format!("The element {} is abstract: another one must stand for it.", quoted(local, uri))
    }

    pub(crate) fn undeclared_attribute(name: &str) -> String {
        format!("The '{name}' attribute is not declared.")
    }

    pub(crate) fn no_place(local: &str, declared: TypeName) -> String {
        format!("The '{local}' attribute has no place in a value of the declared type '{declared}'.")
    }

    pub(crate) fn fixed_attribute(local: &str, value: &str) -> String {
        format!("The value of the '{local}' attribute does not equal its fixed value '{value}'.")
    }

    pub(crate) fn fixed_element(local: &str, value: &str) -> String {
        format!("The value of the '{local}' element does not equal its fixed value '{value}'.")
    }

    #[inline]
    pub(crate) fn fixed_nil(holder: (&str, &str)) -> String {
        format!("The element {} cannot be nil: it has a fixed value.", quoted(holder.0, holder.1))
    }

    /// `what` is `attribute` or `element`; a long value is cut.
    pub(crate) fn value(
        what: &str,
        name: &str,
        value: &str,
        datatype: &dyn fmt::Display,
        invalid: &Invalid,
    ) -> String {
        let shown = words::beginning(value);
        format!(
            "The '{name}' {what} is invalid - The value '{shown}' is invalid according to its datatype \
             '{datatype}' - {invalid}"
        )
    }

    pub(crate) fn bad_type(found: &str, declared: TypeName) -> String {
        format!("The xsi:type attribute value '{found}' is not a usable type derived from '{declared}'.")
    }

    #[inline]
    pub(crate) fn missing_type(declared: TypeName) -> String {
        format!(
            "The type '{declared}' is abstract: an xsi:type attribute that names a derived type is missing."
        )
    }

    pub(crate) fn not_nillable(holder: (&str, &str)) -> String {
        format!("The element {} cannot be nil: its declaration is not nillable.", quoted(holder.0, holder.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_wherever_they_are_counted_from() {
        let text = "é\r\nab\n\n\u{1F600}c\nd";
        let all: Vec<Place> = (0..text.len() + 3).map(|offset| Place::of(text, offset)).collect();
        let shown = |offset: usize| (all[offset].line, all[offset].column);
        assert_eq!([0, 1, 2, 4, 6].map(shown), [(1, 1), (1, 1), (1, 2), (2, 1), (2, 3)]);
        assert_eq!(
            [7, 8, 9, 12, 14, 99].map(|offset| shown(offset.min(text.len() + 2))),
            [(3, 1), (4, 1), (4, 1), (4, 2), (5, 1), (5, 2)]
        );
        for from in &all {
            for to in &all {
                assert_eq!(from.moved(text, to.offset), *to, "{from:?}");
            }
        }
    }
}
