//! The way to the generated modules below.

#[rustfmt::skip]
#[allow(clippy::all, unused_qualifications, reason = "generated; what it holds is the generator's business")]
mod modules;
#[rustfmt::skip]
pub mod names;

pub use modules::*;
