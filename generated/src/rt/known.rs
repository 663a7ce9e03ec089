//! What a crate knows by name beyond what its types declare: the global elements and attributes that a wildcard may
//! admit, the types that `xsi:type` may name.

use super::any_simple;
use super::contract::{Blank, Choice, Content, Shaped};
use super::document::Document;
use super::error::{Invalid, Result, wording};
use super::name::{Datatype, Ns, TypeName, XSD_URI};
use super::reader::Reader;
use super::shape::{Attribute, Shape};
use super::simple::Simple;
use super::space;
use super::value::Value;

/// Everything that a vocabulary knows by name.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) types: &'static [KnownType],
    pub(crate) elements: &'static [KnownElements],
    pub(crate) attributes: &'static [KnownAttribute],
    /// Complex types, by module.
    pub(crate) complex_types: &'static [&'static [KnownComplex]],
    /// The types are all that the schemas have: there are no others.
    pub(crate) all_types: bool,
    /// So are the complex ones and those together.
    pub(crate) all_complex: bool,
    /// Elements and attributes are all that the schemas have: there are no others.
    pub(crate) all_globals: bool,
}

impl Known {
    pub(crate) const NOTHING: Known = Known {
        types: &[],
        elements: &[],
        attributes: &[],
        complex_types: &[],
        all_types: false,
        all_complex: false,
        all_globals: false,
    };
}

/// A type whose content is text, by its name, and how a text is checked by it.
#[derive(Debug)]
pub struct KnownType {
    name: TypeName,
    base: TypeName,
    /// What a declaration that has it as its type goes by.
    datatype: Datatype,
    check: fn(&str) -> Result<bool, Invalid>,
    attributes: Option<CheckAttributes>,
}

/// Checks the attributes of the innermost open element.
pub(crate) type CheckAttributes = fn(&mut Reader<'_>) -> Result<()>;

impl KnownType {
    /// The type of this name, which is derived from another, by the Rust type of its values.
    pub const fn of<T: Simple>(name: TypeName, base: TypeName) -> KnownType {
        KnownType { name, base, datatype: Datatype::of::<T>(), check: check::<T>, attributes: None }
    }

    /// The same of a complex type, which has attributes beside its text, by its Rust type.
    pub const fn with<T: Content>(mut self) -> KnownType {
        self.attributes = Some(T::read_nil);
        self
    }

    fn is(&self, uri: &str, local: &str) -> bool {
        self.name.uri == uri && self.name.local == local
    }
}

/// Whether the schema has the value of a text. As little as can be: there is one for each type.
fn check<T: Simple>(text: &str) -> Result<bool, Invalid> {
    T::blank().take(text)
}

/// The global elements of a module.
#[derive(Debug)]
pub struct KnownElements {
    pub(crate) roots: &'static Shape,
    pub(crate) read: fn(usize, &mut Reader<'_>) -> Result<()>,
}

impl KnownElements {
    /// Those of the enum of a module's elements.
    pub const fn of<T: Document>() -> KnownElements {
        KnownElements { roots: T::ROOTS, read: read::<T> }
    }

    /// Those that are abstract, so that only others can stand for them.
    pub const fn refused(roots: &'static Shape) -> KnownElements {
        KnownElements { roots, read: refuse_element }
    }
}

fn read<T: Document>(at: usize, r: &mut Reader<'_>) -> Result<()> {
    T::read_root(at, r).map(drop)
}

fn refuse_element(_: usize, r: &mut Reader<'_>) -> Result<()> {
    Err(r.violation(r.tag(), wording::abstract_element(r.current())))
}

/// A global attribute.
#[derive(Debug)]
pub struct KnownAttribute {
    pub(crate) attribute: Attribute,
    pub(crate) read: fn(&mut Reader<'_>) -> Result<()>,
}

impl KnownAttribute {
    /// That with this declaration and the Rust type of its values.
    pub const fn of<T: Simple>(attribute: Attribute) -> KnownAttribute {
        KnownAttribute { attribute, read: read_attribute::<T> }
    }
}

fn read_attribute<T: Simple>(r: &mut Reader<'_>) -> Result<()> {
    r.attribute(&mut T::blank())
}

/// A complex type, and how an element is read that says to be of it.
#[derive(Debug)]
pub struct KnownComplex {
    shape: &'static Shape,
    read: fn(&'static Shape, &mut Reader<'_>) -> Result<()>,
}

impl KnownComplex {
    /// That of a struct.
    pub const fn of<T: Shaped + Blank>() -> KnownComplex {
        KnownComplex { shape: T::SHAPE, read: read_content::<T> }
    }

    /// That of the enum of a choice.
    pub const fn choice<T: Choice + Content>() -> KnownComplex {
        KnownComplex { shape: T::SHAPE, read: read_content::<T> }
    }

    /// That which wraps a list.
    pub const fn list<T: Content>(shape: &'static Shape) -> KnownComplex {
        KnownComplex { shape, read: read_list::<T> }
    }

    /// One that no element has, so that there is no code for it.
    pub const fn unseen(shape: &'static Shape) -> KnownComplex {
        KnownComplex { shape, read: read_unseen }
    }

    /// One that is abstract.
    pub const fn refused(shape: &'static Shape) -> KnownComplex {
        KnownComplex { shape, read: refuse }
    }
}

fn read_content<T: Content>(_: &'static Shape, r: &mut Reader<'_>) -> Result<()> {
    T::blank().read(r)
}

fn read_list<T: Content>(shape: &'static Shape, r: &mut Reader<'_>) -> Result<()> {
    r.list(&mut Vec::<T>::new(), shape)
}

fn read_unseen(_: &'static Shape, r: &mut Reader<'_>) -> Result<()> {
    r.pass_unknown()
}

fn refuse(shape: &'static Shape, r: &mut Reader<'_>) -> Result<()> {
    Err(r.violation(r.tag(), wording::missing_type(shape.name)))
}

/// The complex types of a module: structs, enums of choices, lists in wrappers, and those that are not generated.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_complex_types {
    (
        $own:ident::$module:ident
        $(; types: $($type:ident),+)?
        $(; choices: $($choice:ident),+)?
        $(; lists: $($item:ident = $file:ident::$list:ident),+)?
        $(; lists_of: $($other:ty = $other_file:ident::$other_list:ident),+)?
    ) => {
        &[
            $($($crate::rt::prelude::KnownComplex::of::<$own::$module::$type>(),)+)?
            $($($crate::rt::prelude::KnownComplex::choice::<$own::$module::$choice>(),)+)?
            $($($crate::rt::prelude::KnownComplex::list::<$own::$module::$item>(&$own::$module::$file::$list),)+)?
            $($(
                $crate::rt::prelude::KnownComplex::list::<$other>(&$own::$module::$other_file::$other_list),
            )+)?
        ]
    };
    ($kind:ident; $($name:expr),*) => {
        &[$($crate::rt::prelude::KnownComplex::$kind(&$crate::rt::Shape::empty($name)),)*]
    };
}
pub use crate::__oxws_complex_types as complex_types;

/// The built-in types that are derived from others, and from which.
const DERIVED: &[(&str, &str)] = &[
    ("normalizedString", "string"),
    ("token", "normalizedString"),
    ("language", "token"),
    ("NMTOKEN", "token"),
    ("Name", "token"),
    ("NCName", "Name"),
    ("ID", "NCName"),
    ("IDREF", "NCName"),
    ("ENTITY", "NCName"),
    ("integer", "decimal"),
    ("nonPositiveInteger", "integer"),
    ("negativeInteger", "nonPositiveInteger"),
    ("nonNegativeInteger", "integer"),
    ("positiveInteger", "nonNegativeInteger"),
    ("long", "integer"),
    ("int", "long"),
    ("short", "int"),
    ("byte", "short"),
    ("unsignedLong", "nonNegativeInteger"),
    ("unsignedInt", "unsignedLong"),
    ("unsignedShort", "unsignedInt"),
    ("unsignedByte", "unsignedShort"),
];

/// Steps of a derivation that are followed. Schemas have a handful; a circle of names must end somewhere.
const MOST_STEPS: usize = 64;

impl Known {
    /// Whether the first type is derived from the second, or that.
    fn derives(&self, (uri, local): (&str, &str), from: Datatype, steps: usize) -> bool {
        if !from.list && uri == from.name.uri && local == from.name.local {
            return true;
        }
        if steps == 0 {
            return false;
        }
        for (derived, base) in DERIVED {
            if uri == XSD_URI && *derived == local && self.derives((XSD_URI, base), from, steps - 1) {
                return true;
            }
        }
        // Built-in types are here as members of unions.
        for known in self.types {
            if known.is(uri, local) {
                let declared = known.datatype == from && !from.name.local.is_empty();
                if declared || self.derives((known.base.uri, known.base.local), from, steps - 1) {
                    return true;
                }
            }
        }
        false
    }

    /// How an element is read that says to be of the complex type of a name.
    pub(crate) fn complex(
        &self,
        uri: &str,
        local: &str,
    ) -> Option<impl FnOnce(&mut Reader<'_>) -> Result<()>> {
        for KnownComplex { shape, read } in self.complex_types.iter().copied().flatten() {
            if shape.name.uri == uri && shape.name.local == local {
                return Some(|r: &mut Reader<'_>| read(shape, r));
            }
        }
        None
    }

    /// Checks a text by the simple type of a name. `None` when that is not known.
    pub(crate) fn check(&self, (uri, local): (&str, &str), text: &str) -> Option<Result<(), Invalid>> {
        if uri == XSD_URI {
            return Some(any_simple::check(local, text));
        }
        for known in self.types {
            if known.is(uri, local) {
                return Some(match (known.check)(text) {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(Invalid::facet("Enumeration")),
                    Err(invalid) => Err(invalid),
                });
            }
        }
        None
    }
}

impl<'a> Reader<'a> {
    /// URI and local name that a QName in content stands for.
    pub(crate) fn expanded<'v>(&self, value: &'v str) -> Option<(&str, &'v str)> {
        let value = space::trim(value);
        let (prefix, local) = value.split_once(':').unwrap_or(("", value));
        // Types without a name have none that could be said.
        self.prefix_uri(prefix).filter(|_| !local.is_empty()).map(|uri| (uri, local))
    }

    /// Whether a QName in content stands for a simple type that is derived from the declared one, and the text of the
    /// innermost open element, whose start tag was read, is a value of it.
    #[cold]
    pub(crate) fn names_derived(&mut self, value: &str, declared: Datatype) -> Result<bool, String> {
        let known = &self.vocabulary.known;
        let Some(name) = self.expanded(value).filter(|name| known.derives(*name, declared, MOST_STEPS))
        else {
            return Ok(false);
        };
        if self.nil {
            return Ok(true);
        }
        let name = (name.0.to_owned(), name.1);
        let Some(text) = self.peek_text() else { return Ok(true) };
        let text = match self.declared {
            Some(declared) if text.is_empty() => declared.text(),
            _ => &*text,
        };
        match known.check((&name.0, name.1), text) {
            Some(Err(invalid)) => Err(wording::value(
                "element",
                self.local(),
                text,
                &format_args!("{}:{}", name.0, name.1),
                &invalid,
            )),
            _ => Ok(true),
        }
    }

    /// How the attributes of the innermost open element are checked where its `xsi:type` names a complex type that is
    /// derived from the declared one, which is simple.
    #[cold]
    pub(crate) fn extension(&self, declared: Datatype) -> Option<CheckAttributes> {
        let known = &self.vocabulary.known;
        let attribute = self.attributes.iter().find(|a| a.ns == Ns::XSI && a.local == "type")?;
        let value = self.unescape_attribute(attribute.raw).ok()?;
        let name = self.expanded(&value)?;
        let check = known.types.iter().find(|known| known.is(name.0, name.1))?.attributes;
        // All that is text is derived from anySimpleType.
        let derived = declared == any_simple::TEXT || known.derives(name, declared, MOST_STEPS);
        check.filter(|_| derived)
    }
}
