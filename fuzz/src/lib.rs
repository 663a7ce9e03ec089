//! What is fuzzed: functions that take any bytes and panic when a promise is broken. `main.rs` drives them with
//! inputs from `mutate`; they have the signature that libFuzzer wants, too.

pub mod mutate;
pub mod targets;

pub use targets::{TARGETS, Target};
