//! The commands of `cargo xtask`, one module each, callable by tests: every command takes the root of a
//! checkout and says whether it found anything; an `Err` is for what kept it from finding out.

pub mod bench_check;
mod bench_compile;
mod bench_http;
mod bench_peers;
pub mod bench_report;
mod bench_scale;
mod bench_shares;
mod bench_speed;
mod bench_ucs;
pub mod files;
pub mod interop;
pub mod new_crate;
pub mod regen;
pub mod requirements;
pub mod schema_diff;
pub mod tidy;
pub mod try_crate;

use std::path::{Path, PathBuf};

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 1: the command did its work, and what it found needs a look.
    Findings,
}

impl Outcome {
    /// Fine when there is nothing in the list.
    pub fn of<T>(findings: &[T]) -> Self {
        if findings.is_empty() { Self::Fine } else { Self::Findings }
    }
}

/// The root of the checkout that this was built from.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
