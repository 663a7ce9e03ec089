//! `ucs serve --demo`: what it prints to paste works, and nothing stays of it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use process::raw::LONG;
use process::{ends_within, signal, ucs};

/// A line as a shell runs it, with the binary under test as `ucs`.
fn shell(line: &str, setting: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_ucs"));
    let folder = program.parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{setting}\n{line}")]).env("PATH", format!("{}:{path}", folder.display()));
    command.stdin(Stdio::null()).output().unwrap()
}

#[test]
fn what_the_demo_says_works() {
    let temporary = tempfile::tempdir().unwrap();
    let mut command = ucs();
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log-level", "warn"]);
    // It needs nothing, and looks at nothing that is for other servers.
    command.env("UCS_CONFIG", "/nowhere/ucs.toml");
    let mut child =
        command.env("TMPDIR", temporary.path()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<String> = lines.by_ref().take_while(|line| !line.contains("ucs people")).collect();
    let starting = |start: &str| -> Vec<&String> {
        told.iter().filter(|line| line.trim_start().starts_with(start)).collect()
    };
    let settings = starting("export ");
    let [setting] = settings.as_slice() else { panic!("{told:?}") };
    let has_curl = Command::new("curl").arg("--version").output().is_ok();
    for line in starting("curl ").into_iter().filter(|_| has_curl) {
        let answer =
            shell(&format!("NO_PROXY=127.0.0.1 {}", line.trim_start().replacen("Friends", "Curled", 1)), "");
        let text = String::from_utf8_lossy(&answer.stdout);
        assert!(text.contains("<m:ResponseCode>NoError</m:ResponseCode>"), "{text}");
    }
    let commands = starting("ucs ");
    assert_eq!(commands.len(), 3, "{told:?}");
    for line in commands {
        let done = shell(line, setting);
        let (text, said) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "{line}: {said}");
        assert!(!line.ends_with("list") || text.contains("jane@example.org"), "{text}");
    }
    // A variable that is set to nothing names no user, and no file.
    let nobody = shell("UCS_USER= ucs list; UCS_CONFIG= ucs config check", setting);
    let said = String::from_utf8_lossy(&nobody.stderr);
    assert!(said.contains("does not accept the credentials") && nobody.status.success(), "{said}");
    assert!(temporary.path().read_dir().unwrap().next().is_some(), "its data is somewhere else");
    signal(child.id(), "TERM");
    assert_eq!(ends_within(&mut child, LONG).map(|status| status.code()), Some(Some(0)));
    assert!(temporary.path().read_dir().unwrap().next().is_none(), "its data stays");
}
