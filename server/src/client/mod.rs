//! What the client commands do with any server that speaks the protocol.
//!
//! | module | what |
//! |---|---|
//! | [`model`], [`text`] | a list: groups, contacts, memberships; their texts |
//! | [`read`] | the list of a mailbox, as a server shows it |
//! | [`plan`], [`apply`] | what a server lacks of a list, and giving it that |
//! | [`state`] | what earlier runs have done |
//! | [`mod@format`] with [`json`], [`csv`], [`vcard`] | lists as files |
//! | [`charset`], `cards`, `card_fields`, `foreign` | files of other programs: encodings, vCards and columns as they write them |
//! | [`people_file`], [`people`] | the directory of people as a file; `people` |
//! | [`connect`], [`mod@explain`], [`output`], [`progress`] | the server, and what goes wrong with it; the terminal |
//! | [`conformance`] | requirements by number, checked at a server |
//! | [`commands`] with [`edit`], [`transfer`] | the commands themselves |

pub mod apply;
mod card_fields;
mod cards;
pub mod charset;
pub mod commands;
pub mod conformance;
pub mod connect;
pub mod csv;
pub mod edit;
pub mod explain;
mod foreign;
pub mod format;
pub mod json;
pub mod model;
pub mod output;
pub mod people;
pub mod people_file;
pub mod plan;
pub mod progress;
pub mod read;
pub mod state;
pub mod text;
pub mod transfer;
pub mod vcard;

pub use commands::{Command, run};
pub use output::{Output, Unwritable};
pub use progress::{Progress, Unit};
