//! What the tests share: where the schemas are, and reading a folder into inputs.

#![allow(dead_code, reason = "every test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::path::{Path, PathBuf};

use oxws_codegen::emit::Config;
use oxws_codegen::{Inputs, Output, generate};

/// The project's own schemas.
pub(crate) fn schemas() -> Inputs {
    folder(&root().join("schemas"))
}

/// A folder beside the checkout, which only some machines have. Says so when it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// All files below a folder.
pub(crate) fn folder(path: &Path) -> Inputs {
    let mut inputs = Inputs::default();
    let mut pending = vec![path.to_owned()];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let file = entry.unwrap().path();
            if file.is_dir() {
                pending.push(file);
            } else {
                let name = file.strip_prefix(path).unwrap().to_string_lossy().replace('\\', "/");
                inputs.0.insert(name, std::fs::read(&file).unwrap());
            }
        }
    }
    inputs
}

/// The published schemas with the project's own manifest, quirks, documentation and names.
pub(crate) fn published() -> Option<Inputs> {
    let mut inputs = folder(&shared("corpus/ms-oxws")?);
    for (name, text) in schemas().0 {
        // The set has one WSDL for all protocols but one; ours stand for what it lacks.
        let missing = name.ends_with(".wsdl") && !inputs.0.contains_key(&name);
        if missing || name.ends_with(".toml") || name.ends_with(".lock") {
            inputs.0.insert(name, text);
        }
    }
    Some(inputs)
}

/// Runs the generator; panics with its report when there are errors.
pub(crate) fn generated(inputs: &Inputs) -> Output {
    let (output, diagnostics) = generate(inputs, &Config::default());
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    output
}

/// A deterministic source of numbers (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    /// Puts the entries into another order.
    pub(crate) fn shuffle<T>(&mut self, entries: &mut [T]) {
        for at in (1..entries.len()).rev() {
            entries.swap(at, self.below(at + 1));
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
