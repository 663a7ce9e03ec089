//! instant-xml. It resolves namespaces, as `oxws` does.

use instant_xml::{FromXml, FromXmlOwned, ToXml};

use crate::tree::tree;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";

macro_rules! instant_type {
    ($name:ident $tag:tt $local:tt $ns:ident; $($fields:tt)*) => { instant_type! { @ $name $local $ns [] $($fields)* } };
    // A root: it declares the prefixes itself.
    (@ $name:ident "Envelope" $ns:ident [$($done:tt)*]) => {
        #[derive(Debug, PartialEq, FromXml, ToXml)]
        #[xml(rename = "Envelope", ns($ns, m = MESSAGES, t = TYPES))]
        pub(crate) struct $name { $($done)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*]) => {
        #[derive(Debug, PartialEq, FromXml, ToXml)]
        #[xml(rename = $tag, ns($ns))]
        pub(crate) struct $name { $($done)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] attr $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* #[xml(attribute, rename = $local)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] decl $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)*] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] content $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* #[xml(direct)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] opt_attr $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* #[xml(attribute, rename = $local)] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] text $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* #[xml(rename = $local)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] child $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] opt_text $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* #[xml(rename = $local)] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] opt_child $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] texts $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* #[xml(rename = $local)] $field: Vec<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:tt $ns:ident [$($done:tt)*] children $field:ident: $type:ty = $is:tt $local:tt, $($rest:tt)*) => {
        instant_type! { @ $name $tag $ns [$($done)* $field: Vec<$type>,] $($rest)* }
    };
}
tree!(instant_type);

pub(crate) fn read<T: FromXmlOwned>(text: &str) -> T {
    instant_xml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn write<T: ToXml>(value: &T) -> String {
    instant_xml::to_string(value).unwrap_or_else(|error| panic!("{error}"))
}
