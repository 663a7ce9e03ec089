//! The codec of `oxws` beside others, on the same bytes in the same run: times, instructions, memory.

pub mod cases;
#[path = "../../src/corpus.rs"]
pub mod corpus;
pub mod documents;
mod hard_peer;
mod instant_peer;
mod loops;
pub mod native;
pub mod own;
pub mod resident;
mod serde_peer;
mod tree;
