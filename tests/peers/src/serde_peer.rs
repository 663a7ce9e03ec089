//! quick-xml's serde support. It matches local names alone and leaves namespaces to chance; the prefixes that it
//! writes are part of the names here.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::tree::tree;

macro_rules! serde_type {
    ($name:ident $tag:literal $local:literal $ns:ident; $($fields:tt)*) => { serde_type! { @ $name $tag [] $($fields)* } };
    (@ $name:ident $tag:literal [$($done:tt)*]) => {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename = $tag)]
        pub(crate) struct $name { $($done)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] attr $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename = $is)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] decl $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename = $is)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] content $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename = $is)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] opt_attr $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename = $is, skip_serializing_if = "Option::is_none")] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] text $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename(serialize = $is, deserialize = $local))] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] child $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename(serialize = $is, deserialize = $local))] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] opt_text $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename(serialize = $is, deserialize = $local), skip_serializing_if = "Option::is_none")] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] opt_child $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename(serialize = $is, deserialize = $local), skip_serializing_if = "Option::is_none")] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] texts $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename(serialize = $is, deserialize = $local), default)] $field: Vec<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] children $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        serde_type! { @ $name $tag [$($done)* #[serde(rename(serialize = $is, deserialize = $local), default)] $field: Vec<$type>,] $($rest)* }
    };
}
tree!(serde_type);

pub(crate) fn read<T: DeserializeOwned>(text: &str) -> T {
    quick_xml::de::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn write<T: Serialize>(value: &T) -> String {
    quick_xml::se::to_string(value).unwrap_or_else(|error| panic!("{error}"))
}
