//! serde for values of simple types, behind the feature `serde`: each is the text that stands in a document,
//! and is checked when it is read.

/// Implements `Serialize` and `Deserialize` as text. Without the feature it does nothing.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_serde_text {
    // No type of a schema is called as the parameters are.
    ($type:ty) => {
        impl $crate::rt::serde::Serialize for $type {
            fn serialize<__S: $crate::rt::serde::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                serializer.serialize_str(&$crate::rt::to_text(self))
            }
        }

        impl<'de> $crate::rt::serde::Deserialize<'de> for $type {
            fn deserialize<__D: $crate::rt::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                let text =
                    <::std::string::String as $crate::rt::serde::Deserialize>::deserialize(deserializer)?;
                <$type as $crate::rt::Simple>::parse(&text).map_err($crate::rt::serde::de::Error::custom)
            }
        }
    };
}

/// Implements `Serialize` and `Deserialize` as text. Without the feature it does nothing.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_serde_text {
    ($type:ty) => {};
}
pub use crate::__oxws_serde_text as serde_text;

#[cfg(feature = "serde")]
mod any {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::rt::AnyElement;

    impl Serialize for AnyElement {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_xml())
        }
    }

    impl<'de> Deserialize<'de> for AnyElement {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AnyElement, D::Error> {
            let xml = String::deserialize(deserializer)?;
            AnyElement::parse(&xml).map_err(serde::de::Error::custom)
        }
    }
}

/// Reads the sparse fields of a wide type, in any order, each once.
///
/// # Errors
/// Those of the deserializer.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub fn wide_fields<'de, D, F>(deserializer: D) -> Result<Vec<F>, D::Error>
where
    D: serde::Deserializer<'de>,
    F: serde::Deserialize<'de> + super::wide::Ordered,
{
    let mut fields = Vec::new();
    for field in <Vec<F> as serde::Deserialize>::deserialize(deserializer)? {
        super::wide::set(&mut fields, field);
    }
    Ok(fields)
}
