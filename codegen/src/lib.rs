//! The generator: WSDL and XSD bytes in, Rust text and diagnostics out. Pure: nothing here touches a disk or a network.
//!
//! | stage | in → out |
//! |---|---|
//! | [`manifest`] | `manifest.toml` → [`manifest::Manifest`]: which protocols, which files |
//! | [`load`] | manifest + bytes → [`load::SourceSet`]: every needed file, decoded and indexed |
//! | [`parse`] | `SourceSet` → [`parse::Documents`]: XSD and WSDL syntax trees with spans |
//! | [`resolve`] | `Documents` → [`schema::SchemaSet`]: every name is an id, groups are expanded |
//! | [`quirks`], [`docs`] | `SchemaSet` → `SchemaSet`: documented corrections of published schemas, and their documentation |
//! | [`prune`] | `SchemaSet` → `SchemaSet`: only what the chosen operations and elements reach |
//! | [`lower`] | `SchemaSet` → [`model::Model`]: Rust-shaped |
//! | [`name`] | `Model` → names: one Rust path for each component, and the lines of `names.lock` |
//! | [`emit`], [`describe`] | `Model` + names → files: the code, and the schemas that a server hands out |
//!
//! [`generate()`] runs all of them, [`pipeline::front`] those up to `prune`, [`new_crate`] makes a whole crate of any set.
//! Beside them, [`diff`] compares two sets structurally, and [`diagnostic`] holds what every stage
//! reports into: a stage returns its value and adds its problems, so that one run shows them all.

pub mod describe;
pub mod diagnostic;
pub mod diff;
pub mod docs;
pub mod emit;
pub mod generate;
pub mod load;
pub mod lower;
pub mod manifest;
pub mod model;
pub mod name;
pub mod new_crate;
pub mod parse;
pub mod pipeline;
pub mod prune;
pub mod quirks;
mod renumber;
pub mod resolve;
pub mod schema;
pub mod span;

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

pub use generate::{Output, Summary, generate};
pub use load::Inputs;
pub use pipeline::front;
