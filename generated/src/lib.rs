//! Typed Rust for the Exchange Web Services protocols.

pub mod protocol;
pub mod rt;
pub mod soap;

pub use protocol::*;
pub use rt::{Document, Error, Note, Result};
