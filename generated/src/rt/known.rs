//! What a crate knows by name beyond what its types declare: the global elements and attributes that a wildcard may
//! admit, the simple types that `xsi:type` may name; and what a strict reader checks of them.

use super::any_simple;
use super::contract::Content;
use super::document::Document;
use super::error::{Invalid, NoteKind, Result, wording};
use super::name::{Ns, TypeName, XSD_URI};
use super::reader::{Mode, Next, Reader};
use super::shape::{Attribute, Contents, Shape};
use super::simple::Simple;
use super::space;
use super::value::Value;

/// Everything that a vocabulary knows by name.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) types: &'static [KnownType],
    pub(crate) elements: &'static [KnownElements],
    pub(crate) attributes: &'static [KnownAttribute],
    /// The types are all that the schemas have: there are no others.
    pub(crate) all_types: bool,
    /// Elements and attributes are all that the schemas have: there are no others.
    pub(crate) all_globals: bool,
}

impl Known {
    pub(crate) const NOTHING: Known =
        Known { types: &[], elements: &[], attributes: &[], all_types: false, all_globals: false };
}

/// A type whose content is text, by its name, and how a text is checked by it.
#[derive(Debug)]
pub struct KnownType {
    name: TypeName,
    base: TypeName,
    check: fn(&str) -> Result<bool, Invalid>,
    attributes: Option<CheckAttributes>,
}

/// Checks the attributes of the innermost open element.
pub(crate) type CheckAttributes = fn(&mut Reader<'_>) -> Result<()>;

impl KnownType {
    /// The type of this name, which is derived from another, by the Rust type of its values.
    pub const fn of<T: Simple>(name: TypeName, base: TypeName) -> KnownType {
        KnownType { name, base, check: check::<T>, attributes: None }
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
    roots: &'static Shape,
    read: fn(usize, &mut Reader<'_>) -> Result<()>,
}

impl KnownElements {
    /// Those of the enum of a module's elements.
    pub const fn of<T: Document>() -> KnownElements {
        KnownElements { roots: T::ROOTS, read: read::<T> }
    }
}

fn read<T: Document>(at: usize, r: &mut Reader<'_>) -> Result<()> {
    T::read_root(at, r).map(drop)
}

/// A global attribute.
#[derive(Debug)]
pub struct KnownAttribute {
    attribute: Attribute,
    read: fn(&mut Reader<'_>) -> Result<()>,
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
    fn derives(&self, (uri, local): (&str, &str), from: TypeName, steps: usize) -> bool {
        if uri == from.uri && local == from.local {
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
            if known.is(uri, local) && self.derives((known.base.uri, known.base.local), from, steps - 1) {
                return true;
            }
        }
        false
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
    fn expanded<'v>(&self, value: &'v str) -> Option<(&str, &'v str)> {
        let value = space::trim(value);
        let (prefix, local) = value.split_once(':').unwrap_or(("", value));
        // Types without a name have none that could be said.
        self.prefix_uri(prefix).filter(|_| !local.is_empty()).map(|uri| (uri, local))
    }

    /// Whether a QName in content stands for a simple type that is derived from the declared one, and the text of the
    /// innermost open element, whose start tag was read, is a value of it.
    #[cold]
    pub(crate) fn names_derived(&mut self, value: &str, declared: TypeName) -> Result<bool, String> {
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
    pub(crate) fn extension(&self, declared: TypeName) -> Option<CheckAttributes> {
        let known = &self.vocabulary.known;
        let attribute = self.attributes.iter().find(|a| a.ns == Ns::XSI && a.local == "type")?;
        let value = self.unescape_attribute(attribute.raw).ok()?;
        let name = self.expanded(&value)?;
        let check = known.types.iter().find(|known| known.is(name.0, name.1))?.attributes;
        // All that is text is derived from anySimpleType.
        let derived = declared == any_simple::ANY || known.derives(name, declared, MOST_STEPS);
        check.filter(|_| derived)
    }

    /// Passes over the innermost open element, up to and with its end tag. A strict reader checks of it what `contents`
    /// asks; without, it is an element of type anyType.
    pub(crate) fn pass(&mut self, contents: Option<Contents>) -> Result<()> {
        let known = &self.vocabulary.known;
        let nothing_known = known.elements.is_empty() && !known.all_globals;
        if self.mode == Mode::Lenient || contents == Some(Contents::Skip) || nothing_known {
            if nothing_known {
                self.pass_unseen();
            }
            return self.skip_to(self.open.len().saturating_sub(1));
        }
        self.pending = false;
        if contents.is_none() {
            for index in 0..self.attributes.len() {
                if self.attributes[index].ns == Ns::XSI && self.attributes[index].local != "type" {
                    self.instance_attribute(index, any_simple::ANY_TYPE)?;
                }
            }
        } else {
            for elements in known.elements {
                let Some(at) = self.position(elements.roots) else { continue };
                // The value is not wanted, nor are those of wildcards within it.
                let checking = std::mem::replace(&mut self.checking, true);
                let read = (elements.read)(at, self);
                self.checking = checking;
                return read;
            }
        }
        let of_type = self.attributes.iter().find(|a| a.ns == Ns::XSI && a.local == "type").copied();
        if let Some(attribute) = of_type {
            let value = self.unescape_attribute(attribute.raw)?.into_owned();
            return self.pass_typed(&value, attribute.offset);
        }
        if contents == Some(Contents::Strict) && known.all_globals {
            return Err(self.violation(self.tag(), wording::undeclared_element(self.current())));
        }
        if contents.is_some() && !known.all_globals {
            self.pass_unseen();
        }
        for index in 0..self.attributes.len() {
            self.admitted_attribute(index, Contents::Lax)?;
        }
        self.pass_children()
    }

    /// Children of an element of type anyType, and its end tag.
    fn pass_children(&mut self) -> Result<()> {
        loop {
            match self.next()? {
                Next::Start => self.pass(Some(Contents::Lax))?,
                Next::Text => self.skip_text()?,
                Next::End => return self.take_end(),
            }
        }
    }

    /// The same for an element whose type is given by `xsi:type`, as far as that is known: complex types are not.
    fn pass_typed(&mut self, value: &str, offset: usize) -> Result<()> {
        const ANY: TypeName = any_simple::ANY_TYPE;
        let Some((uri, local)) = self.expanded(value) else {
            return Err(self.violation(offset, wording::bad_type(value, ANY)));
        };
        let (uri, local) = (uri.to_owned(), local.to_owned());
        if (&*uri, &*local) == (ANY.uri, ANY.local) {
            return self.pass_children();
        }
        let known = &self.vocabulary.known;
        if known.check((&uri, &local), "").is_none() {
            self.pass_unseen();
            return self.skip_to(self.open.len().saturating_sub(1));
        }
        if let Some(check) = self.extension(any_simple::ANY) {
            check(self)?;
            self.attributes.clear();
        }
        self.attributes.retain(|attribute| attribute.ns != Ns::XSI);
        let (element, at) = (self.local(), self.tag());
        let mut text = String::new();
        self.simple(&mut text)?;
        match known.check((&uri, &local), &text) {
            Some(Err(invalid)) => {
                let message =
                    wording::value("element", element, &text, &format_args!("{uri}:{local}"), &invalid);
                self.deviation(NoteKind::UnknownValue, at, message)
            }
            _ => Ok(()),
        }
    }

    /// Checks the attribute at an index, which a wildcard admitted.
    pub(crate) fn admitted_attribute(&mut self, index: usize, contents: Contents) -> Result<()> {
        if self.mode == Mode::Lenient || contents == Contents::Skip {
            return Ok(());
        }
        let known = &self.vocabulary.known;
        let attribute = self.attributes[index];
        let found = known.attributes.iter().find(|known| {
            known.attribute.name.ns == attribute.ns && known.attribute.name.local == attribute.local
        });
        let Some(KnownAttribute { attribute: declared, read }) = found else {
            // Those of XML itself need no declaration.
            let told =
                contents == Contents::Lax || !known.all_globals || matches!(attribute.ns, Ns::XML | Ns::XSI);
            return if told { Ok(()) } else { self.undeclared(index) };
        };
        self.value = self.unescape_attribute(attribute.raw)?;
        self.attribute_index = index;
        if declared.fixed.is_some_and(|fixed| fixed != self.value) {
            self.fixed_attribute = declared.fixed;
        }
        read(self)
    }
}
