//! The files in `contrib/` are right: the example configuration has every key, with its default.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};
use ucs::cli::config::{self, Config};

fn contrib(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib").join(name)).unwrap()
}

/// The example with nothing commented out but sentences.
fn uncommented() -> Table {
    let text = contrib("ucs.toml");
    let lines = text.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest,
        Some(_) => "",
        None => line,
    });
    toml::from_str(&lines.collect::<Vec<_>>().join("\n")).unwrap()
}

#[test]
fn the_example_has_the_defaults() {
    let of_example = |mut table: Table| {
        // What has no default.
        table.remove("tls");
        let http = table["http"].as_table_mut().unwrap();
        http.remove("public_url");
        let auth = http["auth"].as_table_mut().unwrap();
        auth.remove("jwt");
        auth.remove("trusted_proxy");
        config::load(table, None, []).unwrap().config
    };
    assert_eq!(of_example(uncommented()), Config::default());
    let full = config::load(uncommented(), None, []).unwrap().config;
    assert!(full.tls.is_some() && full.http.auth.jwt.is_some() && full.http.auth.trusted_proxy.is_some());
    assert!(
        contrib("ucs.toml").lines().all(|line| line.is_empty() || line.starts_with('#')),
        "all is commented out"
    );
}

/// The keys that the example leaves out: an unknown key is refused with the names of all that there are.
#[test]
fn the_example_has_every_key() {
    let table = uncommented();
    let mut tables = vec![(String::new(), table.clone())];
    let mut checked = 0;
    while let Some((path, inner)) = tables.pop() {
        for (name, value) in &inner {
            if let Value::Table(deeper) = value {
                tables.push((format!("{path}{name}."), deeper.clone()));
            }
        }
        let text = format!(
            "{}nothing_of_this_name = 1\n",
            match path.trim_end_matches('.') {
                "" => String::new(),
                name => format!("[{name}]\n"),
            }
        );
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ucs.toml");
        std::fs::write(&file, text).unwrap();
        let error = config::load(Table::new(), Some(&file), []).unwrap_err().to_string();
        let expected = error.split_once("there are ").unwrap_or_else(|| panic!("{error}")).1;
        let expected: BTreeSet<&str> = expected.split(", ").collect();
        let shown: BTreeSet<&str> = inner.keys().map(String::as_str).collect();
        assert_eq!(shown, expected, "in [{path}]");
        checked += 1;
    }
    assert_eq!(checked, 10);
}

#[test]
fn the_unit_runs_the_server_that_there_is() {
    let unit = contrib("ucs.service");
    for line in
        ["Type=notify", "ExecReload=/bin/kill -HUP $MAINPID", "NoNewPrivileges=yes", "ProtectSystem=strict"]
    {
        assert!(unit.lines().any(|known| known == line), "{line}");
    }
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/ucs ")).unwrap();
    let help =
        std::process::Command::new(env!("CARGO_BIN_EXE_ucs")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for flag in start.split_whitespace().filter(|word| word.starts_with("--")) {
        assert!(help.contains(flag), "{flag}");
    }
}
