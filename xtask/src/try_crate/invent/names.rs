//! Names: plain ones, and those that are in the way of something.

use fastrand::Rng;

const WORDS: [&str; 24] = [
    "Account", "Address", "Amount", "Area", "Code", "Count", "Data", "Detail", "Entry", "Field", "Group",
    "Info", "Item", "Kind", "List", "Name", "Node", "Order", "Part", "Rate", "Size", "Text", "Unit", "Value",
];

/// Words of Rust, of its library, of the runtime, and spellings that are rare.
const AWKWARD: [&str; 64] = [
    "type",
    "self",
    "Self",
    "crate",
    "super",
    "match",
    "async",
    "fn",
    "dyn",
    "true",
    "String",
    "Option",
    "Vec",
    "Box",
    "Default",
    "default",
    "Ok",
    "Some",
    "None",
    "value",
    "Value",
    "content",
    "Content",
    "base",
    "items",
    "choice",
    "new",
    "Other",
    "other",
    "Error",
    "from",
    "as-is",
    "as_is",
    "asIs",
    "AsIs",
    "ASIS",
    "a.b",
    "a-b",
    "_",
    "_1",
    "x1",
    "X1",
    "Größe",
    "数",
    "read",
    "write",
    "with",
    "Any",
    "数量",
    "ชื่อ",
    "हिन्दी",
    "struct",
    "Result",
    "Clone",
    "Debug",
    "Reader",
    "fields",
    "field",
    "rt",
    "r",
    "w",
    "p",
    "at",
    "blank",
];

/// A name that may well have been given before.
pub(super) fn any(rng: &mut Rng) -> String {
    let word = |rng: &mut Rng| WORDS[rng.usize(..WORDS.len())];
    match rng.u8(..10) {
        0 | 1 => AWKWARD[rng.usize(..AWKWARD.len())].to_owned(),
        2 | 3 => word(rng).to_lowercase(),
        4..=6 => word(rng).to_owned(),
        _ => format!("{}{}", word(rng), word(rng)),
    }
}

/// One that `taken` has not.
pub(super) fn fresh(rng: &mut Rng, mut taken: impl FnMut(&str) -> bool) -> String {
    loop {
        let mut name = any(rng);
        // So that it ends.
        if rng.u8(..6) == 0 {
            name += &rng.u16(..1000).to_string();
        }
        if !taken(&name) {
            return name;
        }
    }
}
