//! Simple values in elements and attributes, whatever type they are of: what is the same for all of them is compiled
//! once, and reaches the type's own `parse` and `write` through [`Value`].

use super::error::{Invalid, NoteKind, Result, wording};
use super::identity::{self, Identity, Ids};
use super::lexical::QName;
use super::name::Datatype;
use super::prefixes;
use super::reader::{Binding, Mode, Open, Reader};
use super::simple::{Form, Simple, Text};

/// A place for a value of a simple type.
pub(crate) trait Value {
    /// Reads a text into it. `false` when the value is none that the schema lists, see [`Simple::is_known`].
    fn take(&mut self, text: &str) -> Result<bool, Invalid>;

    /// Writes the text.
    fn put(&self, out: &mut Text<'_>);

    /// The type.
    fn datatype(&self) -> Datatype;

    /// Calls `each` with every name with a prefix that the value holds.
    fn each_name(&mut self, each: &mut dyn FnMut(&mut QName));

    /// What [`Simple::bound`] says of the value, whose names have their namespaces now.
    fn check_bound(&self) -> Result<(), Invalid>;

    /// What [`Simple::OTHERS`] says of the text becomes the value. `false` when that is nothing.
    fn take_other(&mut self, text: &str, behind: usize) -> bool;

    /// The text of a fixed value, if that is another value than this.
    fn differs(&self, fixed: &str) -> Option<String>;
}

impl<T: Simple> Value for T {
    fn take(&mut self, text: &str) -> Result<bool, Invalid> {
        match T::parse(text) {
            Ok(value) => {
                let known = value.is_known();
                *self = value;
                Ok(known)
            }
            Err(invalid) => Err(invalid),
        }
    }

    fn put(&self, out: &mut Text<'_>) {
        self.write(out);
    }

    fn datatype(&self) -> Datatype {
        const { Datatype::of::<T>() }
    }

    fn each_name(&mut self, each: &mut dyn FnMut(&mut QName)) {
        if T::NAMES {
            self.names(each);
        }
    }

    fn check_bound(&self) -> Result<(), Invalid> {
        self.bound()
    }

    fn take_other(&mut self, text: &str, behind: usize) -> bool {
        let Some(value) = T::OTHERS.and_then(|others| others(text, behind)) else { return false };
        *self = value;
        true
    }

    fn differs(&self, fixed: &str) -> Option<String> {
        let mut value = T::blank();
        // Of names the prefix says nothing, and what that of the schema stands for is not known here.
        let same = |value: &T| *value == *self || (T::NAMES && prefixes::same_locals(value, self));
        let other = takes(&mut value, fixed) && !same(&value);
        if other { Some(text_of(&value)) } else { None }
    }
}

/// Whether a text is a value of the type, which it then is.
fn takes(value: &mut dyn Value, text: &str) -> bool {
    value.take(text).is_ok()
}

/// The text of a value.
pub(crate) fn text_of(value: &dyn Value) -> String {
    let mut out = Vec::new();
    value.put(&mut Text::new(&mut out, Form::Raw));
    // `push` and `push_plain` only append whole strings.
    String::from_utf8(out).unwrap_or_default()
}

/// What is to be done with values of a type beside taking them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Nothing.
    Plain,
    /// They hold names with prefixes.
    Names,
    /// They give or name an ID, the first of which is put among those.
    Identity(Identity, fn() -> Box<dyn Ids>),
}

impl Kind {
    /// That of a type.
    pub(crate) const fn of<T: Simple>() -> Kind {
        match T::IDENTITY {
            _ if T::NAMES => Kind::Names,
            Some(identity) => Kind::Identity(identity, identity::none::<T>),
            None => Kind::Plain,
        }
    }
}

/// Where a value stands, for messages.
#[derive(Clone, Copy)]
pub(crate) enum Spot {
    /// In this element.
    Element(Open),
    /// In the attribute at this index.
    Attribute(usize),
}

impl Reader<'_> {
    /// Reads the innermost open element, which has no attributes of its own, up to and with its end tag.
    pub(crate) fn element(&mut self, slot: &mut dyn Value, kind: Kind) -> Result<()> {
        if !self.attributes.is_empty() {
            self.none_of(slot)?;
        }
        self.content(slot, kind)
    }

    /// Checks the attributes of an element of such a value. Apart, so that elements without any take no part in it.
    #[cold]
    fn none_of(&mut self, slot: &dyn Value) -> Result<()> {
        self.no_attributes(slot.datatype())
    }

    /// Reads the text of the innermost open element and its end tag. `kind` is that of the type.
    pub(crate) fn content(&mut self, slot: &mut dyn Value, kind: Kind) -> Result<()> {
        let Some(&open) = self.open.last() else { return Ok(()) };
        // Nearly all are like this.
        if matches!(kind, Kind::Plain)
            && self.declared.is_none()
            && !self.self_closed
            && let Some(text) = self.plain_text()
        {
            self.end_tag()?;
            return match slot.take(text) {
                Ok(true) => Ok(()),
                taken => self.doubtful(slot, text, Spot::Element(open), taken),
            };
        }
        self.other_content(slot, kind, open)
    }

    fn other_content(&mut self, slot: &mut dyn Value, kind: Kind, open: Open) -> Result<()> {
        let spot = Spot::Element(open);
        let declared = self.declared;
        // The end tag ends the bindings that names need.
        let names = matches!(kind, Kind::Names);
        let bindings = if names { self.bindings.clone() } else { Vec::new() };
        let Some(mut text) = self.text()? else { return Err(self.child_in_text()) };
        if names {
            let Some(declared) = declared else { return self.names(slot, &text, spot, &bindings) };
            let implied = text.is_empty();
            text = self.stand_in(text, declared);
            self.names(slot, &text, spot, if implied { &self.bindings } else { &bindings })?;
            return self.check_declared(slot, declared, self.local_of(&open), open.offset + 1);
        }
        if let Some(declared) = declared {
            text = self.stand_in(text, declared);
        }
        match slot.take(&text) {
            Ok(true) => self.identify_as(kind, &text, open.offset + 1)?,
            taken => self.doubtful(slot, &text, spot, taken)?,
        }
        self.keep_scratch(text);
        match declared {
            Some(declared) => self.check_declared(slot, declared, self.local_of(&open), open.offset + 1),
            None => Ok(()),
        }
    }

    /// Reads the value of the attribute at this index; `kind` as above.
    pub(crate) fn value(
        &mut self,
        slot: &mut dyn Value,
        kind: Kind,
        text: &str,
        attribute: usize,
    ) -> Result<()> {
        if matches!(kind, Kind::Names) {
            return self.names(slot, text, Spot::Attribute(attribute), &self.bindings);
        }
        match slot.take(text) {
            Ok(true) => self.identify_as(kind, text, self.attributes[attribute].offset),
            taken => self.doubtful(slot, text, Spot::Attribute(attribute), taken),
        }
    }

    #[inline]
    fn identify_as(&mut self, kind: Kind, text: &str, offset: usize) -> Result<()> {
        match kind {
            Kind::Identity(identity, none) => self.identify(identity, none, text, offset),
            Kind::Plain | Kind::Names => Ok(()),
        }
    }

    /// Reads a value that holds names, with the bindings that are in force where it stands.
    fn names(&self, slot: &mut dyn Value, text: &str, spot: Spot, bindings: &[Binding<'_>]) -> Result<()> {
        let Err(invalid) = slot.take(text).and_then(|_| prefixes::resolve(slot, bindings)) else {
            return Ok(());
        };
        // No name here may be something else to a union.
        let mut behind = 0;
        while slot.take_other(text, behind) {
            if prefixes::resolve(slot, bindings).is_ok() {
                return Ok(());
            }
            behind += 1;
        }
        Err(self.bad_value(slot, text, spot, &invalid))
    }

    /// What came of reading a value, if that is not one that the schema lists.
    #[cold]
    fn doubtful(
        &mut self,
        slot: &dyn Value,
        text: &str,
        spot: Spot,
        taken: Result<bool, Invalid>,
    ) -> Result<()> {
        let invalid = match taken {
            Err(invalid) => return Err(self.bad_value(slot, text, spot, &invalid)),
            Ok(true) => return Ok(()),
            Ok(false) => Invalid::facet("Enumeration"),
        };
        // A strict reader refuses values that an enumeration does not list.
        if self.open_values && self.mode == Mode::Strict {
            return Ok(());
        }
        let (offset, message) = self.refusal(slot, text, spot, &invalid);
        self.deviation(NoteKind::UnknownValue, offset, message)
    }

    #[cold]
    fn bad_value(&self, slot: &dyn Value, text: &str, spot: Spot, invalid: &Invalid) -> super::Error {
        let (offset, message) = self.refusal(slot, text, spot, invalid);
        self.violation(offset, message)
    }

    /// Where a value stands, and what is wrong with it.
    fn refusal(&self, slot: &dyn Value, text: &str, spot: Spot, invalid: &Invalid) -> (usize, String) {
        let (what, name, offset) = match spot {
            Spot::Element(open) => ("element", self.local_of(&open), open.offset + 1),
            Spot::Attribute(index) => {
                let attribute = &self.attributes[index];
                ("attribute", attribute.local, attribute.offset)
            }
        };
        (offset, wording::value(what, name, text, &slot.datatype().name, invalid))
    }

    /// The error for the child element at the reader's place.
    #[cold]
    fn child_in_text(&mut self) -> super::Error {
        let at = self.pos + 1;
        let holder = self.current();
        let holder = (holder.0, holder.1.to_owned());
        if let Err(error) = self.start_tag() {
            return error;
        }
        self.violation(at, wording::child_of_text((holder.0, &holder.1), self.current()))
    }
}
