//! docs/adding-a-protocol.md, followed to the letter: its example's files and lines are taken from the page, the steps
//! are done on a copy of the project, and what is generated is compiled, alone and with everything else.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use xtask::Outcome;
use xtask::regen::{self, Arguments};

/// The code block of the page that follows `line`.
fn block<'a>(page: &'a str, line: &str) -> &'a str {
    let after = page.split_once(line).unwrap_or_else(|| panic!("the page does not say {line:?}")).1;
    let (_, code) = after.split_once("```").unwrap();
    let (_, code) = code.split_once('\n').unwrap();
    code.split_once("```").unwrap().0
}

fn change(path: &Path, edit: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).unwrap();
    let changed = edit(text.clone());
    assert_ne!(text, changed, "{}", path.display());
    fs::write(path, changed).unwrap();
}

/// A workspace with nothing but the schemas and the published crate.
fn copy() -> TempDir {
    let (from, to) = (xtask::root(), TempDir::new().unwrap());
    for folder in [regen::SCHEMAS, "generated"] {
        for path in xtask::files::list(&from.join(folder), &|_| true).unwrap() {
            let target = to.path().join(folder).join(&path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(from.join(folder).join(&path), target).unwrap();
        }
    }
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(from.join(file), to.path().join(file)).unwrap();
    }
    change(&to.path().join("Cargo.toml"), |text| {
        let (before, after) = text.split_once("members = [").unwrap();
        let (_, after) = after.split_once(']').unwrap();
        format!("{before}members = [\"generated\"]{after}")
    });
    to
}

#[test]
fn the_page_is_the_list_of_steps() {
    let page = fs::read_to_string(xtask::root().join("docs/adding-a-protocol.md")).unwrap();
    let folder = copy();
    let root = folder.path();

    // 1. The schema files.
    for file in ["schemas/EX-PING.wsdl", "schemas/EX-PING-messages.xsd"] {
        fs::write(root.join(file), block(&page, &format!("`{file}`:"))).unwrap();
    }
    // 2. The manifest.
    let entry = block(&page, "Add to `schemas/manifest.toml`");
    change(&root.join("schemas/manifest.toml"), |text| {
        text.replacen("[features]", &format!("{entry}\n[features]"), 1)
    });
    // 3. The feature.
    let feature = block(&page, "Add to `[features]` of `generated/Cargo.toml`");
    change(&root.join("generated/Cargo.toml"), |text| {
        let text = text.replacen("[features]\n", &format!("[features]\n{feature}"), 1);
        text.replacen("default = [", "default = [\"exping\", ", 1)
    });
    // 4. Generate.
    assert_eq!(regen::run(root, &Arguments { check: false }).unwrap(), Outcome::Fine);
    assert_eq!(regen::run(root, &Arguments { check: true }).unwrap(), Outcome::Fine);
    let read = |file: &str| fs::read_to_string(root.join(regen::PROTOCOL).join(file)).unwrap();
    let modules = read("modules.rs");
    assert!(modules.contains("#[cfg(feature = \"exping\")]\n#[path = \"exping/mod.rs\"]\npub mod exping;"));
    assert!(read("exping/service.rs").contains("pub trait PingService"));
    let messages = read("exping/ping.rs");
    assert!(messages.contains("pub struct Ping {") && messages.contains("pub struct PingResponse {"));
    assert!(!messages.contains("pub struct NonEmptyString"), "shared types are not written again");
    assert!(read("messages.xsd").contains("name=\"PingResponse\""));
    let lock = fs::read_to_string(root.join("schemas/names.lock")).unwrap();
    assert!(
        lock.lines().any(|line| line.contains("}Ping = Ping") || line.ends_with("= exping::Ping")),
        "{lock}"
    );

    // Alone, as whoever needs nothing else has it, and with all the others.
    for features in [&["--no-default-features", "--features", "exping"][..], &[]] {
        let mut check = Command::new(env!("CARGO"));
        check.args(["check", "--offline", "--quiet", "-p", "oxws"]).args(features).current_dir(root);
        check.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("adding-a-protocol"));
        check.env("RUSTFLAGS", "-D warnings");
        let output = check.output().unwrap();
        assert!(output.status.success(), "{features:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
