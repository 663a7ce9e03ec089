//! The loop over attributes: finds each in the type's `Shape`, checks required and fixed ones, `xsi:type`
//! and unknown ones. Written once, not per type.

use std::borrow::Cow;

use super::contract::{ATTRIBUTES, Fields};
use super::error::{NoteKind, Result, wording};
use super::known::CheckAttributes;
use super::name::{Datatype, Ns, TypeName, XSI_URI};
use super::reader::{Mode, RawAttribute, Reader};
use super::shape::Shape;
use super::simple::Simple;
use super::space;
use super::words;

/// A set of particle indices. The first 128 need no memory of their own.
#[derive(Default)]
pub(crate) struct Seen {
    low: [u64; 2],
    high: Vec<bool>,
}

impl Seen {
    #[inline]
    pub(crate) fn insert(&mut self, index: usize) {
        match self.low.get_mut(index / 64) {
            Some(word) => *word |= 1 << (index % 64),
            None => self.insert_high(index - 128),
        }
    }

    #[cold]
    fn insert_high(&mut self, index: usize) {
        while self.high.len() <= index {
            self.high.push(false);
        }
        self.high[index] = true;
    }

    #[inline]
    pub(crate) fn contains(&self, index: usize) -> bool {
        match self.low.get(index / 64) {
            Some(word) => word & (1 << (index % 64)) != 0,
            None => self.high.get(index - 128).copied().unwrap_or(false),
        }
    }
}

impl Reader<'_> {
    /// Reads the attributes of the element just opened.
    pub(crate) fn attributes(&mut self, shape: &'static Shape, fields: &mut dyn Fields) -> Result<()> {
        let mut seen = Seen::default();
        for index in 0..self.attributes.len() {
            let RawAttribute { local, ns, raw, plain, .. } = self.attributes[index];
            let declared = shape.attributes.iter();
            let same = |one: &str| words::same(one.as_bytes(), local.as_bytes());
            let found = declared.enumerate().find(|(_, a)| a.name.ns == ns && same(a.name.local));
            if let Some((at, declared)) = found {
                self.value = if plain { Cow::Borrowed(raw) } else { self.unescape_attribute(raw)? };
                self.attribute_index = index;
                if declared.fixed.is_some_and(|fixed| fixed != self.value) {
                    self.fixed_attribute = declared.fixed;
                }
                seen.insert(at);
                fields.field(ATTRIBUTES + at, self)?;
            } else {
                self.other_attribute(index, shape, fields)?;
            }
        }
        for (at, declared) in shape.attributes.iter().enumerate() {
            if declared.required && !seen.contains(at) {
                return Err(self.violation(self.tag(), wording::missing_attribute(declared.name.local)));
            }
        }
        Ok(())
    }

    /// An attribute that the type does not declare. Apart from the loop, which it would make slower.
    #[inline(never)]
    fn other_attribute(
        &mut self,
        index: usize,
        shape: &'static Shape,
        fields: &mut dyn Fields,
    ) -> Result<()> {
        let attribute = self.attributes[index];
        if attribute.ns == Ns::XSI {
            return self.instance_attribute(index, Datatype::named(shape.name));
        }
        if self.is_of_block(index) {
            return Ok(());
        }
        let uri = if attribute.ns == Ns::NONE { "" } else { self.uri_of(attribute.qname) };
        if let Some(wildcard) = shape.any_attribute.filter(|wildcard| wildcard.admits(uri)) {
            self.admitted_attribute(index, wildcard.contents)?;
            self.value = self.unescape_attribute(attribute.raw)?;
            self.attribute_index = index;
            return fields.field(ATTRIBUTES + shape.attributes.len(), self);
        }
        self.undeclared(index)
    }

    /// Whether an attribute is one of SOAP, such as `mustUnderstand`, on a header block.
    fn is_of_block(&self, index: usize) -> bool {
        self.depth() == self.block && self.is_soap(self.attributes[index].ns)
    }

    #[cold]
    pub(crate) fn undeclared(&mut self, index: usize) -> Result<()> {
        let attribute = self.attributes[index];
        let uri = if attribute.ns == Ns::NONE { "" } else { self.uri_of(attribute.qname) };
        let name =
            if uri.is_empty() { attribute.local.to_owned() } else { format!("{uri}:{}", attribute.local) };
        self.deviation(NoteKind::UnknownAttribute, attribute.offset, wording::undeclared_attribute(&name))
    }

    /// Checks the attributes of an element of simple type, which has none of its own.
    #[doc(hidden)]
    pub fn no_attributes(&mut self, declared: Datatype) -> Result<()> {
        let extension = self.extension(declared);
        self.attributes_beside(declared, extension)
    }

    /// The same for an element whose `xsi:type` may name a type that adds some: the value has no place for them, so that
    /// they are refused or noted where they would be lost.
    pub(crate) fn attributes_beside(
        &mut self,
        declared: Datatype,
        extension: Option<CheckAttributes>,
    ) -> Result<()> {
        if let Some(check) = extension.filter(|_| self.mode == Mode::Strict) {
            check(self)?;
        }
        // Those of nil elements are kept.
        let lost = !self.checking && !self.nil;
        for index in 0..self.attributes.len() {
            match self.attributes[index].ns {
                Ns::XSI => self.instance_attribute(index, declared)?,
                _ if self.is_of_block(index) => {}
                _ if extension.is_none() => self.undeclared(index)?,
                _ if lost => self.no_place(index, declared)?,
                _ => {}
            }
        }
        Ok(())
    }

    #[cold]
    fn no_place(&mut self, index: usize, declared: Datatype) -> Result<()> {
        let attribute = self.attributes[index];
        let message = wording::no_place(attribute.local, declared.name);
        self.deviation(NoteKind::UnknownAttribute, attribute.offset, message)
    }

    /// `xsi:type` that repeats the declared type and `xsi:schemaLocation` are harmless, and to a lenient reader
    /// `xsi:nil="false"`, which only a nillable element may have.
    pub(crate) fn instance_attribute(&mut self, index: usize, declared: Datatype) -> Result<()> {
        let attribute = self.attributes[index];
        let value = self.unescape_attribute(attribute.raw)?;
        let message = match attribute.local {
            "type" if !declared.list && self.names_type(&value, declared.name) => return Ok(()),
            "type" => match self.names_derived(&value, declared) {
                Ok(true) => return Ok(()),
                Ok(false) => wording::bad_type(&value, declared.name),
                Err(message) => message,
            },
            "nil" => match <bool as Simple>::parse(&value) {
                Ok(false) if self.mode == Mode::Lenient => return Ok(()),
                Ok(_) => wording::not_nillable(self.current()),
                Err(invalid) => wording::value("attribute", "nil", &value, &bool::TYPE, &invalid),
            },
            "schemaLocation" | "noNamespaceSchemaLocation" => return Ok(()),
            local => wording::undeclared_attribute(&format!("{XSI_URI}:{local}")),
        };
        self.deviation(NoteKind::UnknownAttribute, attribute.offset, message)
    }

    /// Whether a QName in content stands for this type.
    pub(crate) fn names_type(&self, value: &str, declared: TypeName) -> bool {
        let value = space::trim(value);
        let (prefix, local) = value.split_once(':').unwrap_or(("", value));
        local == declared.local && !local.is_empty() && self.prefix_uri(prefix) == Some(declared.uri)
    }
}
