//! `Simple`: values of simple types, from and to text; the built-in types that Rust has itself.

use std::fmt::{self, Write as _};

use super::contract::{Blank, Content};
use super::error::{Invalid, Result};
use super::escape;
use super::identity::Identity;
use super::lexical::QName;
use super::name::{Datatype, TypeName, XSD_URI};
use super::reader::Reader;
use super::shape::Particle;
use super::writer::Writer;

/// A value of a simple type: an attribute's value or an element's text.
pub trait Simple: Blank + Clone + PartialEq + Sized {
    /// Name of the schema type, for messages.
    const TYPE: TypeName;

    /// Whether it is a list type, which goes by the name of the type of its items.
    #[doc(hidden)]
    const LIST: bool = false;

    /// Reads the text, white space as in the document.
    ///
    /// # Errors
    /// When the text is not in the type's lexical space or breaks a facet.
    fn parse(text: &str) -> Result<Self, Invalid>;

    /// What [`parse`](Simple::parse) says of a text, without the value.
    #[doc(hidden)]
    fn check(text: &str) -> Result<(), Invalid> {
        match Self::parse(text) {
            Ok(_) => Ok(()),
            Err(invalid) => Err(invalid),
        }
    }

    /// Whether the value is one the schema lists; only open enumerations have others.
    fn is_known(&self) -> bool {
        true
    }

    /// Writes the text.
    fn write(&self, out: &mut Text<'_>);

    /// Whether values are given to one element of a document, or name those that are.
    #[doc(hidden)]
    const IDENTITY: Option<Identity> = None;

    /// Whether values hold names with prefixes, which mean nothing without their namespaces.
    const NAMES: bool = false;

    /// Checks such names again, once their namespaces are known.
    ///
    /// # Errors
    /// When the schema does not list them.
    #[doc(hidden)]
    fn bound(&self) -> Result<(), Invalid> {
        Ok(())
    }

    /// For unions whose values may hold names: the value that a text is by a member, behind so many others that take it.
    #[doc(hidden)]
    const OTHERS: Option<fn(text: &str, behind: usize) -> Option<Self>> = None;

    /// Calls `each` with every such name.
    #[doc(hidden)]
    fn names(&mut self, each: &mut dyn FnMut(&mut QName)) {
        let _ = each;
    }
}

/// What a text is written for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Element,
    Attribute,
    /// Not XML: nothing is escaped.
    Raw,
}

/// Where a simple value writes its text: escapes what needs it.
#[derive(Debug)]
pub struct Text<'w> {
    out: &'w mut Vec<u8>,
    form: Form,
    bad: Option<char>,
}

impl<'w> Text<'w> {
    pub(crate) fn new(out: &'w mut Vec<u8>, form: Form) -> Text<'w> {
        Text { out, form, bad: None }
    }

    /// Appends text, escaped.
    #[inline]
    pub fn push(&mut self, text: &str) {
        let done = match self.form {
            Form::Element => escape::write_text(text, self.out),
            Form::Attribute => escape::write_attribute(text, self.out),
            Form::Raw => {
                self.out.extend_from_slice(text.as_bytes());
                Ok(())
            }
        };
        if let Err(c) = done {
            self.bad.get_or_insert(c);
        }
    }

    /// Appends text that holds no character that XML treats specially: digits, `true`, base64.
    #[inline]
    pub fn push_plain(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// The same.
    #[inline]
    pub(crate) fn push_ascii(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// A character that XML cannot carry, if one was pushed.
    pub(crate) fn bad(self) -> Option<char> {
        self.bad
    }
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// The text of a value.
pub fn to_text<T: Simple>(value: &T) -> String {
    super::value::text_of(value)
}

/// Makes a `Simple` type usable as an element.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_simple_content {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::rt::Content for $type {
            #[inline]
            fn read(&mut self, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                r.simple(self)
            }
            #[inline]
            fn read_nil(r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                r.no_attributes($crate::rt::prelude::Datatype::of::<$type>())
            }
            #[inline]
            fn write(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                w.simple(particle, self);
            }
        }
    )*};
}
pub use crate::__oxws_simple_content as simple_content;

/// Name of a built-in type.
pub const fn builtin(local: &'static str) -> TypeName {
    TypeName { uri: XSD_URI, local }
}

use super::space::next_word;
pub use super::space::trim;

impl Simple for String {
    const TYPE: TypeName = builtin("string");

    #[inline]
    fn parse(text: &str) -> Result<String, Invalid> {
        Ok(text.to_owned())
    }

    #[inline]
    fn write(&self, out: &mut Text<'_>) {
        out.push(self);
    }
}

impl Blank for String {
    fn blank() -> String {
        String::new()
    }
}

impl Simple for bool {
    const TYPE: TypeName = builtin("boolean");

    fn parse(text: &str) -> Result<bool, Invalid> {
        match trim(text) {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            other => Err(Invalid::literal(other, "Boolean")),
        }
    }

    #[inline]
    fn write(&self, out: &mut Text<'_>) {
        out.push_plain(if *self { "true" } else { "false" });
    }
}

impl Blank for bool {
    fn blank() -> bool {
        false
    }
}

/// The number that a text is, if it is one from the least to the most, which `kind` has.
fn integer(text: &str, least: i128, most: i128, kind: &str) -> Result<i128, Invalid> {
    let text = trim(text);
    match whole(text) {
        Some(value) if least <= value && value <= most => Ok(value),
        _ => Err(Invalid::literal(text, kind)),
    }
}

/// The number that these digits are; `None` when they are no number, or one beyond all of Rust's up to 64 bits. A zero may
/// have a minus sign, of whatever type.
fn whole(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let mut size = 0_u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        size = size.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    let size = if digits.is_empty() { return None } else { i128::from(size) };
    Some(if negative { -size } else { size })
}

/// Writes a number of up to 64 bits. The formatter of the standard library, which can pad it and more, takes longer.
fn digits(negative: bool, size: u128, out: &mut Text<'_>) {
    // No integer type of Rust beyond 64 bits is one of XML Schema.
    let mut rest = u64::try_from(size).unwrap_or(u64::MAX);
    // The longest are 18446744073709551615 and -9223372036854775808.
    let mut text = [0; 20];
    let mut at = text.len();
    loop {
        at -= 1;
        text[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if negative {
        at -= 1;
        text[at] = b'-';
    }
    out.push_ascii(&text[at..]);
}

macro_rules! integers {
    ($($type:ty, $local:literal, $kind:literal;)*) => {$(
        impl Simple for $type {
            const TYPE: TypeName = builtin($local);

            #[inline]
            fn parse(text: &str) -> Result<$type, Invalid> {
                match integer(text, <$type>::MIN as i128, <$type>::MAX as i128, $kind) {
                    Ok(value) => Ok(value as $type),
                    Err(invalid) => Err(invalid),
                }
            }

            fn check(text: &str) -> Result<(), Invalid> {
                match integer(text, <$type>::MIN as i128, <$type>::MAX as i128, $kind) {
                    Ok(_) => Ok(()),
                    Err(invalid) => Err(invalid),
                }
            }

            #[inline]
            fn write(&self, out: &mut Text<'_>) {
                let value = i128::from(*self);
                digits(value < 0, value.unsigned_abs(), out);
            }
        }

        impl Blank for $type {
            fn blank() -> $type {
                0
            }
        }
    )*};
}

integers! {
    i8, "byte", "SByte";
    i16, "short", "Int16";
    i32, "int", "Int32";
    i64, "long", "Int64";
    u8, "unsignedByte", "Byte";
    u16, "unsignedShort", "UInt16";
    u32, "unsignedInt", "UInt32";
    u64, "unsignedLong", "UInt64";
}

/// Whether a text has only what numbers with a point and an exponent have.
fn is_float(text: &str) -> bool {
    for byte in text.bytes() {
        if !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') {
            return false;
        }
    }
    true
}

macro_rules! floats {
    ($($type:ty, $local:literal, $kind:literal;)*) => {$(
        impl Simple for $type {
            const TYPE: TypeName = builtin($local);

            fn parse(text: &str) -> Result<$type, Invalid> {
                let text = trim(text);
                match text {
                    "INF" => Ok(<$type>::INFINITY),
                    "-INF" => Ok(<$type>::NEG_INFINITY),
                    "NaN" => Ok(<$type>::NAN),
                    // Rust reads `inf` and `nan` in any case; XML Schema does not.
                    _ if is_float(text) => {
                        text.parse().map_err(|_| Invalid::literal(text, $kind))
                    }
                    _ => Err(Invalid::literal(text, $kind)),
                }
            }

            #[inline]
            fn write(&self, out: &mut Text<'_>) {
                if self.is_nan() {
                    out.push_plain("NaN");
                } else if self.is_infinite() {
                    out.push_plain(if *self > 0.0 { "INF" } else { "-INF" });
                } else if *self != 0.0 && !(1e-5..1e16).contains(&self.abs()) {
                    // Without an exponent these have hundreds of zeros. Writing to memory cannot fail.
                    let _ = write!(out, "{self:E}");
                } else {
                    // The shortest text that reads back to the same value; as above.
                    let _ = write!(out, "{self}");
                }
            }
        }

        impl Blank for $type {
            fn blank() -> $type {
                0.0
            }
        }
    )*};
}

floats! {
    f32, "float", "Single";
    f64, "double", "Double";
}

simple_content!(String, bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

/// An element whose text is a list.
impl<T: Simple> Content for Vec<T> {
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        r.simple(self)
    }

    fn read_nil(r: &mut Reader<'_>) -> Result<()> {
        r.no_attributes(Datatype::of::<Self>())
    }

    fn write(&self, particle: &'static Particle, w: &mut Writer) {
        w.simple(particle, self);
    }
}

/// A list type: items separated by white space.
impl<T: Simple> Simple for Vec<T> {
    const TYPE: TypeName = T::TYPE;
    const LIST: bool = true;

    fn parse(text: &str) -> Result<Vec<T>, Invalid> {
        let (mut items, mut rest) = (Vec::new(), text);
        while let Some(item) = next_word(&mut rest) {
            items.push(T::parse(item)?);
        }
        Ok(items)
    }

    const NAMES: bool = T::NAMES;
    const IDENTITY: Option<Identity> = T::IDENTITY;

    fn names(&mut self, each: &mut dyn FnMut(&mut QName)) {
        self.iter_mut().for_each(|item| item.names(each));
    }

    fn bound(&self) -> Result<(), Invalid> {
        if T::NAMES { self.iter().try_for_each(T::bound) } else { Ok(()) }
    }

    fn is_known(&self) -> bool {
        self.iter().all(T::is_known)
    }

    #[inline]
    fn write(&self, out: &mut Text<'_>) {
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                out.push_plain(" ");
            }
            item.write(out);
        }
    }
}

impl<T> Blank for Vec<T> {
    fn blank() -> Vec<T> {
        Vec::new()
    }
}
