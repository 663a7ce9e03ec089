//! The rules of finding people (UCS F1 to F9) as plain Rust: no XML, no SQL, no HTTP.
//!
//! People are the contacts of a mailbox and the entries of a [`Directory`], which all mailboxes share. [`find`] answers a
//! [`Search`] on both, a page at a time; what a search asks for that there is not is a [`Refusal`], never a wrong
//! answer. `docs/people.md` has the rules in words.

mod condition;
mod directory;
mod find;
mod page;
mod person;
mod property;
mod query;

pub use condition::{CONDITION_LIMIT, Condition, Containment, Ignored, Looked, Mode, Relation};
pub use directory::{Details, Directory, Entry, EntryId, Unfit};
pub use find::{Found, Order, Refusal, Search, Where, find};
pub use page::{Base, PAGE_LIMIT, Page};
pub use person::{Person, email_address};
pub use property::{BaseShape, Property, Shape};
pub use query::{Query, WORD_LIMIT};
