//! Whole documents: reading and writing a root element by its name.

use std::borrow::Cow;

use super::charset;
use super::contract::Content;
use super::error::{Error, Note, Result, wording};
use super::name::Vocabulary;
use super::reader::{Limits, Mode, Reader};
use super::shape::{Particle, Shape};
use super::writer::Writer;

/// How many elements the message about another root names.
const MOST_NAMED: usize = 40;

/// A value that can be the root of a document: the type of a global element, or the enum of all of them.
pub trait Document: Sized {
    /// The namespaces of the schemas the type comes from.
    const VOCABULARY: &'static Vocabulary;
    /// The root elements, one particle each.
    const ROOTS: &'static Shape;

    /// Reads the root element at index `at` of `ROOTS`; the reader has just opened it.
    ///
    /// # Errors
    /// When the content does not fit.
    #[doc(hidden)]
    fn read_root(at: usize, r: &mut Reader<'_>) -> Result<Self>;

    /// Index in `ROOTS` of the element that this value is.
    #[doc(hidden)]
    fn root(&self) -> usize {
        0
    }

    /// Writes the root element.
    #[doc(hidden)]
    fn write_root(&self, particle: &'static Particle, w: &mut Writer);

    /// The value that stands for an empty Body, if this is a message without an element.
    #[doc(hidden)]
    fn nothing() -> Option<Self> {
        None
    }

    /// Reads a document strictly: any deviation from the schema is an error.
    ///
    /// # Errors
    /// The first thing that is wrong, with line, column and path.
    fn from_xml(bytes: &[u8]) -> Result<Self> {
        read(bytes, &ReadOptions::strict()).map(|read| read.value)
    }

    /// Reads a document leniently: what the schema does not have is skipped and reported in notes.
    ///
    /// # Errors
    /// When the document is malformed, is another one, or lacks what a value needs.
    fn from_xml_lenient(bytes: &[u8]) -> Result<ReadDocument<Self>> {
        read(bytes, &ReadOptions::lenient())
    }

    /// Writes the value as a document, without XML declaration.
    ///
    /// # Errors
    /// When a text holds a character that XML cannot carry.
    fn to_xml(&self) -> Result<Vec<u8>> {
        let mut w = Writer::new(Vec::with_capacity(512));
        write(self, &mut w);
        w.finish()
    }
}

/// What generated code implements for the type of one root element.
#[doc(hidden)]
pub trait RootElement: Content {
    /// The namespaces of the schemas, and the one root element.
    const ROOT: (&'static Vocabulary, &'static Shape);
}

impl<T: RootElement> Document for T {
    const VOCABULARY: &'static Vocabulary = T::ROOT.0;
    const ROOTS: &'static Shape = T::ROOT.1;

    fn read_root(_at: usize, r: &mut Reader<'_>) -> Result<T> {
        r.item()
    }

    fn write_root(&self, particle: &'static Particle, w: &mut Writer) {
        w.one(particle, self);
    }
}

/// The roots of a message without an element.
#[doc(hidden)]
pub static NO_ROOTS: Shape = Shape::roots(&[]);

/// How to read a document.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
    /// Strict or lenient.
    pub mode: Mode,
    /// How much the document may hold.
    pub limits: Limits,
}

impl ReadOptions {
    /// Strict reading with the default limits.
    pub fn strict() -> ReadOptions {
        ReadOptions { mode: Mode::Strict, limits: Limits::default() }
    }

    /// Lenient reading with the default limits.
    pub fn lenient() -> ReadOptions {
        ReadOptions { mode: Mode::Lenient, limits: Limits::default() }
    }
}

/// A value with what a lenient read passed over.
#[derive(Clone, PartialEq, Debug)]
pub struct ReadDocument<T> {
    /// The value.
    pub value: T,
    /// What was skipped or unknown, in document order; empty after a strict read.
    pub notes: Vec<Note>,
    /// How many further notes the limit cut off.
    pub notes_dropped: usize,
}

/// Reads a document.
///
/// # Errors
/// The first thing that is wrong, with line, column and path.
pub fn read<T: Document>(bytes: &[u8], options: &ReadOptions) -> Result<ReadDocument<T>> {
    let text: Cow<'_, str> = charset::text(bytes)?;
    let mut r = Reader::new(&text, T::VOCABULARY, options.mode, options.limits)?;
    r.root()?;
    let value = read_open(&mut r)?;
    r.finish()?;
    Ok(ReadDocument { value, notes_dropped: r.notes_dropped, notes: r.into_notes() })
}

/// Reads the innermost open element as a document.
///
/// # Errors
/// When it is another one, or its content does not fit.
#[doc(hidden)]
pub fn read_open<T: Document>(r: &mut Reader<'_>) -> Result<T> {
    let Some(open) = r.open.last() else { return r.no_such_field(0) };
    let uri = r.open_uri(open);
    let local = r.local_of(open);
    match T::ROOTS.begun_by(open.ns, local, uri) {
        Some(at) => T::read_root(at, r),
        None => Err(other_root(r, T::ROOTS)),
    }
}

/// The error for an element that is none of these roots.
#[cold]
fn other_root(r: &Reader<'_>, roots: &'static Shape) -> Error {
    let mut expected = Vec::new();
    for root in roots.particles {
        root.first(&mut |term| expected.push(term));
    }
    // A list of all elements of a large set helps nobody.
    if expected.len() > MOST_NAMED {
        expected.clear();
    }
    r.violation(r.tag(), wording::root(r.current(), &expected, r.vocabulary))
}

/// Writes a document inside another that declares its namespaces.
#[doc(hidden)]
pub fn write_document<T: Document>(value: &T, w: &mut Writer) {
    if let Some(particle) = T::ROOTS.particles.get(value.root()) {
        value.write_root(particle, w);
    }
}

/// Writes a document with its namespace declarations on the root.
fn write<T: Document>(value: &T, w: &mut Writer) {
    w.declare_on_next(T::VOCABULARY);
    write_document(value, w);
}

/// Makes a type the document of one root element.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_document {
    ($type:ty, $vocabulary:expr, $root:expr) => {
        impl $crate::rt::prelude::RootElement for $type {
            const ROOT: (&'static $crate::rt::Vocabulary, &'static $crate::rt::Shape) =
                (&$vocabulary, &$crate::rt::Shape::roots(&[$crate::rt::Particle::one($root)]));
        }
    };
}
pub use crate::__oxws_document as document;

/// The enum of a module's global elements: any of its documents, read and written by the name of its root.
///
/// A line for each: `index one Variant(Type) = name, "name on the wire";`, for a list in its wrapper `list(SHAPE)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_roots {
    (
        $(#[doc = $doc:literal])* $vocabulary:path;
        $($(#[$needs:meta])* $at:literal $kind:ident $(($list:path))? $variant:ident($type:ty)
            $(: $declared:ident($value:literal))? = $name:expr, $shown:literal;)*
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum Element {
            $(
                $(#[$needs])*
                #[doc = ::core::concat!("`", $shown, "`.")]
                $variant($type),
            )*
        }

        static ELEMENTS: $crate::rt::Shape =
            $crate::rt::Shape::roots(&[$($crate::rt::Particle::one($name)),*]);

        impl $crate::rt::Document for Element {
            const VOCABULARY: &'static $crate::rt::Vocabulary = &$vocabulary;
            const ROOTS: &'static $crate::rt::Shape = &ELEMENTS;

            fn read_root(at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<Element> {
                let mut element = match at {
                    $($(#[$needs])* $at => $crate::rt::prelude::begun(Element::$variant),)*
                    _ => r.no_such_field(at),
                };
                let read = match &mut element {
                    $(
                        $(#[$needs])*
                        ::core::result::Result::Ok(Element::$variant(v)) => {
                            $crate::rt::prelude::choice_read!([r$(.$declared($value))?], v, ELEMENTS, $at $kind $(($list))?)
                        }
                    )*
                    ::core::result::Result::Err(_) => ::core::result::Result::Ok(()),
                };
                match read {
                    ::core::result::Result::Ok(()) => element,
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            }

            fn root(&self) -> usize {
                match self {
                    $($(#[$needs])* Element::$variant(_) => $at,)*
                }
            }

            fn write_root(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                match self {
                    $($(#[$needs])* Element::$variant(v) => w.$kind(particle, $(&$list,)? v),)*
                }
            }
        }
    };
}
pub use crate::__oxws_roots as roots;

/// Makes the enum of several enums of global elements: any document of a crate, read and written by the name of its
/// root.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_elements {
    (
        $(#[$docs:meta])* $name:ident, $vocabulary:expr,
        [$($at:literal => $(#[$variant_docs:meta])* $variant:ident: $elements:ty),* $(,)?]
    ) => {
        $(#[$docs])*
        pub enum $name {
            $($(#[$variant_docs])* $variant($elements),)*
        }
        $(
            impl From<$elements> for $name {
                fn from(element: $elements) -> Self {
                    $name::$variant(element)
                }
            }
        )*
        impl $crate::rt::Document for $name {
            const VOCABULARY: &'static $crate::rt::Vocabulary = &$vocabulary;
            const ROOTS: &'static $crate::rt::Shape = {
                static ROOTS: $crate::rt::Shape = $crate::rt::Shape::roots(&[
                    $($crate::rt::Particle::group(<$elements as $crate::rt::Document>::ROOTS)),*
                ]);
                &ROOTS
            };
            fn read_root(at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<Self> {
                match at {
                    $($at => $crate::rt::read_open(r).map($name::$variant),)*
                    _ => r.no_such_field(at),
                }
            }
            fn root(&self) -> usize {
                match self { $($name::$variant(_) => $at),* }
            }
            fn write_root(&self, _particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                match self { $($name::$variant(element) => $crate::rt::write_document(element, w)),* }
            }
        }
    };
}
pub use crate::__oxws_elements as elements;

/// A newtype that is the document of one root element, whose type is not the document of this element alone; with the
/// shape of a list where the newtype holds its entries.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_message {
    ($(#[doc = $doc:literal])* $type:ident($inner:ty)$(: $declared:ident($value:literal))?, $vocabulary:expr, $root:expr) => {
        $crate::rt::prelude::message!(@common $(#[doc = $doc])* $type($inner), $vocabulary, $root, {
            #[inline]
            fn read_root(_at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<Self> {
                r$(.$declared($value))?.item().map($type)
            }
            #[inline]
            fn write_root(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                w.one(particle, &self.0);
            }
        });
    };
    ($(#[doc = $doc:literal])* $type:ident($inner:ty), $vocabulary:expr, $root:expr, $list:expr) => {
        $crate::rt::prelude::message!(@common $(#[doc = $doc])* $type($inner), $vocabulary, $root, {
            #[inline]
            fn read_root(_at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<Self> {
                r.item_list(&$list).map($type)
            }
            #[inline]
            fn write_root(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                w.list(particle, &$list, &self.0);
            }
        });
    };
    (@common $(#[doc = $doc:literal])* $type:ident($inner:ty), $vocabulary:expr, $root:expr, { $($methods:item)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $type(
            /// The value.
            pub $inner,
        );
        impl From<$inner> for $type {
            fn from(value: $inner) -> Self {
                $type(value)
            }
        }
        impl ::core::ops::Deref for $type {
            type Target = $inner;
            fn deref(&self) -> &$inner {
                &self.0
            }
        }
        impl ::core::ops::DerefMut for $type {
            fn deref_mut(&mut self) -> &mut $inner {
                &mut self.0
            }
        }
        impl $crate::rt::Document for $type {
            const VOCABULARY: &'static $crate::rt::Vocabulary = &$vocabulary;
            const ROOTS: &'static $crate::rt::Shape = {
                static ROOTS: $crate::rt::Shape =
                    $crate::rt::Shape::roots(&[$crate::rt::Particle::one($root)]);
                &ROOTS
            };
            $($methods)*
        }
    };
}
pub use crate::__oxws_message as message;

/// A message without an element: the Body of its envelope is empty.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_empty {
    ($(#[doc = $doc:literal])* $type:ident, $vocabulary:expr) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $type;
        impl $crate::rt::Document for $type {
            const VOCABULARY: &'static $crate::rt::Vocabulary = &$vocabulary;
            const ROOTS: &'static $crate::rt::Shape = &$crate::rt::prelude::NO_ROOTS;
            fn read_root(at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<Self> {
                r.no_such_field(at)
            }
            fn write_root(&self, _: &'static $crate::rt::Particle, _: &mut $crate::rt::Writer) {}
            fn nothing() -> ::core::option::Option<Self> {
                ::core::option::Option::Some($type)
            }
        }
    };
}
pub use crate::__oxws_empty as empty;
