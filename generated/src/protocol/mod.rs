//! Written by hand: the way to the generated modules below. `cargo xtask regen` writes everything else in
//! this folder; nothing of it is formatted or linted as hand-written code is.

#[rustfmt::skip]
#[allow(clippy::all, unused_qualifications, reason = "generated; what it holds is the generator's business")]
#[cfg_attr(
    not(any(feature = "oxwscos", feature = "oxwspers")),
    allow(dead_code, reason = "what protocols share, without any of them")
)]
mod modules;
#[rustfmt::skip]
pub mod names;

pub use modules::*;
