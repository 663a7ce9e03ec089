//! `NonEmpty`: the lists that XML Schema has built in, which hold something: xs:NMTOKENS, xs:IDREFS, xs:ENTITIES.

use std::ops::Deref;

use super::contract::{Blank, Content};
use super::error::{Invalid, Result};
use super::identity::Identity;
use super::lexical::QName;
use super::name::{Datatype, TypeName};
use super::reader::Reader;
use super::restricted::Measured;
use super::shape::Particle;
use super::simple::{Simple, Text, builtin};
use super::writer::Writer;

/// A list of at least one item: xs:NMTOKENS, xs:IDREFS, xs:ENTITIES.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NonEmpty<T>(Vec<T>);

impl<T> NonEmpty<T> {
    /// Checks and wraps a list.
    ///
    /// # Errors
    /// When it is empty.
    pub fn new(items: impl Into<Vec<T>>) -> Result<NonEmpty<T>, Invalid> {
        let items = items.into();
        if items.is_empty() { Err(Invalid::facet("MinLength")) } else { Ok(NonEmpty(items)) }
    }

    /// The list by itself.
    pub fn into_inner(self) -> Vec<T> {
        self.0
    }
}

impl<T> Deref for NonEmpty<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> TryFrom<Vec<T>> for NonEmpty<T> {
    type Error = Invalid;

    fn try_from(items: Vec<T>) -> Result<NonEmpty<T>, Invalid> {
        NonEmpty::new(items)
    }
}

impl<T> From<NonEmpty<T>> for Vec<T> {
    fn from(items: NonEmpty<T>) -> Vec<T> {
        items.0
    }
}

impl<T> Blank for NonEmpty<T> {
    fn blank() -> NonEmpty<T> {
        // Empty until the reader replaces it.
        NonEmpty(Vec::new())
    }
}

impl<T: Simple> Simple for NonEmpty<T> {
    // What `xsi:type` says of the list, which is not derived from that of its items.
    const TYPE: TypeName = match T::TYPE.local.as_bytes() {
        b"NMTOKEN" => builtin("NMTOKENS"),
        b"IDREF" => builtin("IDREFS"),
        b"ENTITY" => builtin("ENTITIES"),
        _ => T::TYPE,
    };
    const NAMES: bool = T::NAMES;
    const IDENTITY: Option<Identity> = T::IDENTITY;

    fn parse(text: &str) -> Result<NonEmpty<T>, Invalid> {
        NonEmpty::new(Vec::parse(text)?)
    }

    fn is_known(&self) -> bool {
        self.0.is_known()
    }

    fn write(&self, out: &mut Text<'_>) {
        Simple::write(&self.0, out);
    }

    fn names(&mut self, each: &mut dyn FnMut(&mut QName)) {
        self.0.names(each);
    }

    fn bound(&self) -> Result<(), Invalid> {
        self.0.bound()
    }
}

impl<T: Simple> Content for NonEmpty<T> {
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

impl<T> Measured for NonEmpty<T> {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn order(&self, _bound: &str) -> Option<std::cmp::Ordering> {
        None
    }
}

#[cfg(feature = "serde")]
mod with_serde {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::NonEmpty;

    impl<T: Serialize> Serialize for NonEmpty<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
    }

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for NonEmpty<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NonEmpty<T>, D::Error> {
            NonEmpty::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
        }
    }
}
