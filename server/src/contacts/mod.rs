//! The rules of the contact list (UCS sections 3 to 6) as plain Rust: no XML, no SQL, no HTTP.
//!
//! A mailbox has one [`List`]. A [`Command`] is decided against it by [`decide`], which answers what changes and what
//! the caller is told, or a [`Refusal`]; it changes nothing itself. Whoever keeps lists applies the [`Change`]s, all or
//! none, if the list is still the one that was decided on. So the same rules serve any store, and a decision can be
//! repeated when another one came first.

mod command;
mod contact_rules;
mod culture;
mod fold;
mod group_rules;
mod list;
mod refusal;

pub use command::{Command, Decision, Moment, NewContact, Outcome, decide};
pub use culture::{Culture, SpecialNames};
pub use fold::{bare_address, fold_address, fold_name};
pub use list::{Change, Contact, ContactKind, Contacts, Group, GroupKind, ItemId, List};
pub use refusal::Refusal;

/// Groups that a user may have, besides the three special ones (UCS G2).
pub const GROUP_LIMIT: usize = 64;
/// Contacts that a mailbox may have (UCS P1).
pub const CONTACT_LIMIT: usize = 1000;
/// Characters that a name or an address may have.
pub const TEXT_LIMIT: usize = 1024;
