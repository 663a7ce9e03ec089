//! What the tests share: where the schemas are, and reading a folder into inputs.

#![allow(dead_code, reason = "every test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::path::{Path, PathBuf};

use oxws_codegen::Inputs;

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
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
