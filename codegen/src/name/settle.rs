//! Names that tell apart what the rules leave with one name, for sets that come without a `names.lock` of people: by
//! the spelling, and in the end by a mark made of the key. No counters: what else there is does not change a name.

use super::{Naming, camel};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

/// Further names for something that is spelled `spelled` and cannot be `ident`, best first; the last one is like that
/// of nothing else. A name in camel case begins with a capital.
pub(super) fn names(ident: &str, spelled: &str, key: &str, camel_case: bool) -> [String; 2] {
    let plain = ident.trim_start_matches("r#").trim_end_matches('_');
    let letters = || spelled.chars().filter(|c| c.is_alphabetic());
    let case = if letters().all(char::is_uppercase) {
        "upper case"
    } else if letters().all(char::is_lowercase) {
        "lower case"
    } else if letters().next().is_some_and(char::is_lowercase) {
        "small"
    } else {
        "capital"
    };
    // FNV-1a.
    let mark = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mark = format!("x{:08x}", mark & 0xffff_ffff);
    match camel_case {
        true => [format!("{plain}{}", camel(case)), format!("{plain}{}", camel(&mark))],
        false => [format!("{plain}_{}", case.replace(' ', "_")), format!("{plain}_{mark}")],
    }
}

impl Naming<'_> {
    /// Says that a name was made to tell two apart, and how to have another one.
    pub(super) fn settled(&mut self, what: &str, name: &str, span: &Span, key: &str) {
        self.told_apart(what, " but for its spelling", name, span, key);
    }

    /// The same, with what the two differ in.
    pub(super) fn told_apart(&mut self, what: &str, by: &str, name: &str, span: &Span, key: &str) {
        let message = format!("{what} has the name of another{by}, and becomes `{name}`");
        let help = format!("to have another name, edit its line in names.lock: {key} = {name}");
        self.diagnostics.push(Diagnostic::warning(Code::NameCollision, span, message).help(help));
    }
}
