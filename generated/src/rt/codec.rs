//! What the one line per field of generated structs and choices expands to: the shape, the reader's side, the writer's
//! side, and the blank value that a reader begins with.

/// Implements the codec of a struct.
///
/// First `SHAPE: Type = Model(name of the schema type);`, then a line for each attribute, and one for each child:
/// `index call field = particle;`, where `call` is a method of the same name of reader and writer; a list names its
/// wrapper's shape behind the call, and an element with a default or fixed value says it behind the field. In place of
/// children, `text field;` or `mixed field;`.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_fields {
    (
        $(#[$lint:meta])*
        $vis:vis $shape:ident: $name:ident = $model:ident($type:expr $(, [$($order:expr),* $(,)?])?) $(.$mark:ident())*;
        $(@ $attr_at:literal $attr_call:ident $attr:ident = $attr_def:expr;)*
        $(@any $any_at:literal $any:ident = $wildcard:expr;)?
        $(text $text:ident;)?
        $(mixed $mixed:ident;)?
        $($at:literal $call:ident $(($list:path))? $field:ident $(: $declared:ident($value:literal))? = $particle:expr;)*
    ) => {
        $(#[$lint])*
        $vis static $shape: $crate::rt::Shape = $crate::rt::Shape::of(
            $type,
            $crate::rt::Model::$model,
            &[$($($order),*)? $($particle),*],
        )
        .attributes(&[$($attr_def),*])
        $(.any_attribute(&$wildcard))?
        $(.$mark())*;

        impl $crate::rt::Blank for $name {
            fn blank() -> $name {
                $name {
                    $($attr: $crate::rt::Blank::blank(),)*
                    $($any: ::std::vec::Vec::new(),)?
                    $($text: $crate::rt::Blank::blank(),)?
                    $($mixed: ::std::vec::Vec::new(),)?
                    $($field: $crate::rt::Blank::blank(),)*
                }
            }
        }

        impl $crate::rt::Shaped for $name {
            const SHAPE: &'static $crate::rt::Shape = &$shape;
        }

        impl $crate::rt::Fields for $name {
            $crate::rt::prelude::field_calls!(
                $shape; [$(@ $attr_at $attr_call $attr;)* $(@any $any_at $any;)?]
                $(text $text;)? $(mixed $mixed;)? $($at $call $(($list))? $field $(: $declared($value))?;)*
            );
        }
    };
}
pub use crate::__oxws_fields as fields;

/// Implements the codec of a wide type: as [`fields`], where the child `Variant in Enum` is one of the sparse fields,
/// which are written between the others, each in its place. A list among them names its wrapper's shape at the end.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_wide_fields {
    (
        $(#[$lint:meta])*
        $vis:vis $shape:ident: $name:ident[$fields:ident] = $model:ident($type:expr) $(.$mark:ident())*;
        $(@ $attr_at:literal $attr_call:ident $attr:ident = $attr_def:expr;)*
        $(@any $any_at:literal $any:ident = $wildcard:expr;)?
        $($at:literal $call:ident $(($list:path))? $field:ident $(in $wide:ident $([$wide_list:path])?)?
            $(: $declared:ident($value:literal))? = $particle:expr;)*
    ) => {
        $(#[$lint])*
        $vis static $shape: $crate::rt::Shape =
            $crate::rt::Shape::of($type, $crate::rt::Model::$model, &[$($particle),*])
                .attributes(&[$($attr_def),*])
                $(.any_attribute(&$wildcard))?
                $(.$mark())*;

        impl $crate::rt::Shaped for $name {
            const SHAPE: &'static $crate::rt::Shape = &$shape;
        }

        impl $crate::rt::Fields for $name {
            fn field(&mut self, at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                match at {
                    $($at => $crate::rt::prelude::wide_read!(
                        self, [r$(.$declared($value))?], $call $(($list))? $field $(in $wide $([$wide_list])?)?
                    ),)*
                    _ => $crate::rt::prelude::attribute_read!(
                        self, at, r, [$(@ $attr_at $attr_call $attr;)* $(@any $any_at $any;)?]
                    ),
                }
            }
            fn write_fields(&self, w: &mut $crate::rt::Writer) {
                $crate::rt::Held::write_attributes(self, w);
                $crate::rt::Held::write_children(self, w);
            }
        }

        impl $crate::rt::Held for $name {
            fn write_attributes(&self, _w: &mut $crate::rt::Writer) {
                $crate::rt::prelude::attribute_write!(
                    self, _w, $shape, [$(@ $attr_at $attr_call $attr;)* $(@any $any_at $any;)?]
                );
            }
            fn write_children(&self, w: &mut $crate::rt::Writer) {
                $crate::rt::prelude::wide_content!(
                    self, w, $shape[$fields];
                    $($at $call $(($list))? $field $(in $wide $([$wide_list])?)?;)*
                );
            }
        }
    };
}
pub use crate::__oxws_wide_fields as wide_fields;

/// The methods of a struct, if it has attributes or content.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_field_calls {
    ($shape:ident; []) => {};
    ($shape:ident; $attributes:tt text $field:ident;) => {
        fn field(&mut self, at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
            match at {
                0 => r.text_value(&mut self.$field),
                _ => $crate::rt::prelude::attribute_read!(self, at, r, $attributes),
            }
        }
        fn write_fields(&self, w: &mut $crate::rt::Writer) {
            $crate::rt::prelude::attribute_write!(self, w, $shape, $attributes);
            w.value(&self.$field);
        }
    };
    ($shape:ident; $attributes:tt mixed $field:ident;) => {
        fn field(&mut self, at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
            match at {
                0 => r.mixed(&mut self.$field, &$shape),
                _ => $crate::rt::prelude::attribute_read!(self, at, r, $attributes),
            }
        }
        fn write_fields(&self, w: &mut $crate::rt::Writer) {
            $crate::rt::prelude::attribute_write!(self, w, $shape, $attributes);
            w.mixed(&self.$field);
        }
    };
    ($shape:ident; $attributes:tt) => {
        fn field(&mut self, at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
            $crate::rt::prelude::attribute_read!(self, at, r, $attributes)
        }
        fn write_fields(&self, w: &mut $crate::rt::Writer) {
            $crate::rt::prelude::attribute_write!(self, w, $shape, $attributes);
        }
    };
    ($shape:ident; $attributes:tt $($at:literal $call:ident $(($list:path))? $field:ident $(: $declared:ident($value:literal))?;)+) => {
        fn field(&mut self, at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
            match at {
                $($at => r$(.$declared($value))?.$call(&mut self.$field $(, &$list)?),)+
                _ => $crate::rt::prelude::attribute_read!(self, at, r, $attributes),
            }
        }
        fn write_fields(&self, w: &mut $crate::rt::Writer) {
            $crate::rt::prelude::attribute_write!(self, w, $shape, $attributes);
            let p = $shape.particles;
            $(w.$call(&p[$at], $(&$list,)? &self.$field);)+
        }
    };
}
pub use crate::__oxws_field_calls as field_calls;

/// Reads one attribute, in a list of them and the one for all others.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_attribute_read {
    ($self:ident, $at:ident, $r:ident, []) => {
        $r.no_such_field($at)
    };
    ($self:ident, $at:ident, $r:ident, [$(@ $attr_at:literal $call:ident $field:ident;)* $(@any $any_at:literal $any:ident;)?]) => {
        match $at.wrapping_sub($crate::rt::ATTRIBUTES) {
            $($attr_at => $r.$call(&mut $self.$field),)*
            $($any_at => $r.any_attribute(&mut $self.$any),)?
            _ => $r.no_such_field($at),
        }
    };
}
pub use crate::__oxws_attribute_read as attribute_read;

/// Writes the attributes.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_attribute_write {
    ($self:ident, $w:ident, $shape:ident, [$(@ $at:literal $call:ident $field:ident;)* $(@any $any_at:literal $any:ident;)?]) => {
        $($w.$call(&$shape.attributes[$at], &$self.$field);)*
        $($w.any_attributes(&$self.$any);)?
    };
}
pub use crate::__oxws_attribute_write as attribute_write;

/// Writes the children of a wide type, the sparse ones between the others. Without an enum of the sparse ones there are none.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_wide_content {
    ($self:ident, $w:ident, $shape:ident;) => {};
    ($self:ident, $w:ident, $shape:ident; $($at:literal $call:ident $(($list:path))? $field:ident;)+) => {
        let p = $shape.particles;
        $($w.$call(&p[$at], $(&$list,)? &$self.$field);)+
    };
    (
        $self:ident, $w:ident, $shape:ident[$fields:ident];
        $($at:literal $call:ident $(($list:path))? $field:ident $(in $wide:ident $([$wide_list:path])?)?;)*
    ) => {
        let p = $shape.particles;
        let mut rest = $self.fields.as_slice();
        let write = |field: &$fields, w: &mut $crate::rt::Writer| {
            let particle = &p[usize::from($crate::rt::prelude::Ordered::order(field))];
            match field {
                $($($wide::$field(v) => w.$call(particle, $(&$wide_list,)? v),)?)*
            }
        };
        $($crate::rt::prelude::wide_write!(
            $self, $w, p, rest, write, $at $call $(($list))? $field $(in $wide)?
        );)*
        for field in rest {
            write(field, $w);
        }
    };
}
pub use crate::__oxws_wide_content as wide_content;

/// Reads one child of a wide type.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_wide_read {
    ($self:ident, [$($r:tt)+], $call:ident $variant:ident in $wide:ident $([$list:path])?) => {
        $($r)+.$call(&mut $self.fields, $wide::$variant $(, &$list)?)
    };
    ($self:ident, [$($r:tt)+], $call:ident $(($list:path))? $field:ident) => {
        $($r)+.$call(&mut $self.$field $(, &$list)?)
    };
}
pub use crate::__oxws_wide_read as wide_read;

/// Writes one child of a wide type that is not sparse, and the sparse ones before it.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_wide_write {
    ($self:ident, $w:ident, $p:ident, $rest:ident, $write:ident, $at:literal $call:ident $variant:ident in $wide:ident) => {};
    (
        $self:ident, $w:ident, $p:ident, $rest:ident, $write:ident, $at:literal $call:ident $(($list:path))? $field:ident
    ) => {
        for field in $crate::rt::prelude::before(&mut $rest, $at) {
            $write(field, $w);
        }
        $w.$call(&$p[$at], $(&$list,)? &$self.$field);
    };
}
pub use crate::__oxws_wide_write as wide_write;

/// Implements the codec of the enum of a choice.
///
/// First `SHAPE: Enum = name of the schema type, the value to begin with;`, without the latter for the pieces of mixed
/// content. Then a line for each alternative: `index kind Variant = particle;`.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_choice {
    (
        $(#[$lint:meta])*
        $shape:ident: $name:ident = $type:expr $(, $blank:expr)? $(; .$mark:ident())?;
        $($at:literal $kind:ident $(($list:path))? $variant:ident $(: $declared:ident($value:literal))? = $particle:expr;)*
        $(text $text_at:literal $text:ident;)?
    ) => {
        $(#[$lint])*
        pub(crate) static $shape: $crate::rt::Shape =
            $crate::rt::Shape::choice($type, &[$($particle),*]) $(.$mark())?;

        impl $crate::rt::Choice for $name {
            const SHAPE: &'static $crate::rt::Shape = &$shape;
            fn read_variant(at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<$name> {
                let mut value = match at {
                    $($at => $crate::rt::prelude::begun($name::$variant),)*
                    $($text_at => $crate::rt::prelude::begun($name::$text),)?
                    _ => r.no_such_field(at),
                };
                let read = match &mut value {
                    $(::core::result::Result::Ok($name::$variant(v)) => {
                        $crate::rt::prelude::choice_read!([r$(.$declared($value))?], v, $shape, $at $kind $(($list))?)
                    })*
                    $(::core::result::Result::Ok($name::$text(v)) => r.piece(v),)?
                    ::core::result::Result::Err(_) => ::core::result::Result::Ok(()),
                };
                match read {
                    ::core::result::Result::Ok(()) => value,
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            }
            fn write_variant(&self, w: &mut $crate::rt::Writer) {
                let p = $shape.particles;
                match self {
                    $($name::$variant(v) => $crate::rt::prelude::choice_write!(w, p, v, $at $kind $(($list))?),)*
                    $($name::$text(v) => w.value(v),)?
                }
            }
        }

        $(
            $crate::rt::prelude::blank!($name, $blank);
            $crate::rt::prelude::choice_content!($name);
        )?
    };
}
pub use crate::__oxws_choice as choice;

/// Reads an alternative into its variant, where it stays.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_choice_read {
    ([$($r:tt)+], $v:ident, $shape:ident, $at:literal one) => {
        $($r)+.one($v)
    };
    ([$($r:tt)+], $v:ident, $shape:ident, $at:literal boxed) => {
        $($r)+.boxed($v)
    };
    ([$($r:tt)+], $v:ident, $shape:ident, $at:literal list($list:path)) => {
        $($r)+.list($v, &$list)
    };
    ([$($r:tt)+], $v:ident, $shape:ident, $at:literal many) => {
        $($r)+.run($v, &$shape.particles[$at])
    };
}
pub use crate::__oxws_choice_read as choice_read;

/// Writes an alternative.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_choice_write {
    ($w:ident, $p:ident, $v:ident, $at:literal $call:ident $(($list:path))?) => {
        $w.$call(&$p[$at], $(&$list,)? $v)
    };
}
pub use crate::__oxws_choice_write as choice_write;

/// The constructor of a struct from its required content; everything else is absent. `field = parameter: Type` where the
/// parameters are not called like the fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_new {
    ($name:ident($($field:ident: $type:ty),+ $(,)?)) => {
        $crate::rt::prelude::new!($name($($field = $field: $type),+));
    };
    ($name:ident($($field:ident = $param:ident: $type:ty),+ $(,)?)) => {
        impl $name {
            /// A value with its required content; everything else is absent.
            #[allow(clippy::needless_update, clippy::useless_conversion, reason = "the same code for all types")]
            #[inline]
            pub fn new($($param: $type),+) -> $name {
                $name { $($field: $param.into(),)+ ..$crate::rt::prelude::value() }
            }
        }
    };
}
pub use crate::__oxws_new as new;

/// The shape of a type that only wraps a list.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_list {
    ($(#[$lint:meta])* $shape:ident: $type:expr, $particle:expr) => {
        $(#[$lint])*
        pub(crate) static $shape: $crate::rt::Shape = $crate::rt::Shape::sequence($type, &[$particle]);
    };
}
pub use crate::__oxws_list as list;
