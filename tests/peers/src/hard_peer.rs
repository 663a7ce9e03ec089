//! hard-xml. It matches names literally, prefix and all.

use hard_xml::{XmlRead, XmlWrite};

use crate::tree::tree;

macro_rules! hard_type {
    ($name:ident $tag:literal $local:literal $ns:ident; $($fields:tt)*) => { hard_type! { @ $name $tag [] $($fields)* } };
    (@ $name:ident $tag:literal [$($done:tt)*]) => {
        #[derive(Debug, PartialEq, XmlRead, XmlWrite)]
        #[xml(tag = $tag)]
        pub(crate) struct $name { $($done)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] attr $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(attr = $local)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] decl $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(attr = $local)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] content $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(text)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] opt_attr $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(attr = $local)] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] text $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(flatten_text = $is)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] child $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(child = $is)] $field: $type,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] opt_text $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(flatten_text = $is)] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] opt_child $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(child = $is)] $field: Option<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] texts $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(flatten_text = $is)] $field: Vec<$type>,] $($rest)* }
    };
    (@ $name:ident $tag:literal [$($done:tt)*] children $field:ident: $type:ty = $is:literal $local:literal, $($rest:tt)*) => {
        hard_type! { @ $name $tag [$($done)* #[xml(child = $is)] $field: Vec<$type>,] $($rest)* }
    };
}
tree!(hard_type);

pub(crate) fn read<T: for<'a> XmlRead<'a>>(text: &str) -> T {
    T::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn write<T: XmlWrite>(value: &T) -> String {
    value.to_string().unwrap_or_else(|error| panic!("{error}"))
}
