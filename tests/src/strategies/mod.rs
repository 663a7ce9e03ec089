//! Strategies of proptest for values of every message type, so that what is written can be read again. Values of
//! enumerations are those the schema lists: a strict reader refuses others.

mod messages;
mod people;
mod persona;
mod values;

pub use messages::*;
pub use people::*;
pub use persona::*;
pub use values::*;

/// A strategy for a struct from strategies for its fields, all of them named.
macro_rules! record {
    ($(#[doc = $doc:literal])* $name:ident: $type:ident { $($field:ident: $strategy:expr),* $(,)? }) => {
        $(#[doc = $doc])*
        pub fn $name() -> proptest::strategy::BoxedStrategy<$type> {
            use proptest::strategy::Strategy as _;
            $crate::strategies::record!(@build $type [$($field: $strategy,)*] [])
        }
    };
    // Tuples of strategies end at twelve: eight fields at a time.
    (@build $type:ident [$a:ident: $as:expr, $b:ident: $bs:expr, $c:ident: $cs:expr, $d:ident: $ds:expr, $e:ident: $es:expr,
        $f:ident: $fs:expr, $g:ident: $gs:expr, $h:ident: $hs:expr, $($rest:tt)+] [$($done:tt)*]) => {
        $crate::strategies::record!(@build $type [$($rest)*]
            [$($done)* (($a, $b, $c, $d, $e, $f, $g, $h): ($as, $bs, $cs, $ds, $es, $fs, $gs, $hs), $a $b $c $d $e $f $g $h)])
    };
    (@build $type:ident [$($field:ident: $strategy:expr,)*] [$(($pattern:tt: $tuple:expr, $($named:ident)*))*]) => {
        ($($tuple,)* ($($strategy,)*),)
            .prop_map(|($($pattern,)* ($($field,)*),)| $type { $($($named,)*)* $($field,)* })
            .boxed()
    };
}
pub(crate) use record;
