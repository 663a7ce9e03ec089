//! The progress of `import` and `copy`: what is counted, and that only a terminal is told.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod client_fake;

use std::path::Path;

use client_fake::{Fake, ucs, ucs_at_terminal};
use indicatif::InMemoryTerm;
use ucs::client::{Output, Unit};

const NAMES: [&str; 3] = ["Other Contacts", "Tagged", "Favorites"];

/// Few enough steps that each is drawn: 5, as Bob is in two groups.
const LIST: &str = "group,kind,address\nFriends,user,ann@example.org\nFriends,user,bob@example.org\nWork,user,bob@example.org\n";
const STEPS: [&str; 5] = [
    "add the group Friends",
    "add the group Work",
    "add ann@example.org in Friends",
    "add bob@example.org in Friends",
    "put bob@example.org into Work",
];

fn terminal() -> InMemoryTerm {
    InMemoryTerm::new(10, 120)
}

/// What was drawn, each state once: `2/5  add Ann`.
fn drawn(terminal: &InMemoryTerm) -> Vec<String> {
    let moves = terminal.moves_since_last_check();
    let texts = moves.lines().filter_map(|line| line.strip_prefix("Str(\"")?.strip_suffix("\")"));
    let states = texts.filter_map(|text| {
        let slash = text.find('/')?;
        let begin = text[..slash].rfind(' ').map_or(0, |space| space + 1);
        Some(text[begin..].trim_end().to_owned())
    });
    let mut states: Vec<String> = states.collect();
    states.dedup();
    states
}

/// A server without contacts, and the list as a file.
async fn begin() -> (Fake, String, tempfile::TempDir, String) {
    let fake = Fake::new(NAMES);
    let url = fake.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    std::fs::write(&file, LIST).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (fake, url, folder, file)
}

#[tokio::test]
async fn each_step_is_told_before_it_and_counted_after_it() {
    let (fake, url, _folder, file) = begin().await;
    let terminal = terminal();
    let ran = ucs_at_terminal(&["import", &file, "--url", &url], &terminal).await;
    assert_eq!(ran.err, "", "the bar is drawn at the terminal alone");
    assert_eq!(
        ran.ok(),
        "created: 2 groups, 2 contacts, 3 memberships\nalready there: 0 groups, 0 contacts, 0 memberships\nfailed: 0\n"
    );
    let mut expected = Vec::new();
    for (done, step) in STEPS.iter().enumerate() {
        expected.extend([format!("{done}/5  {step}"), format!("{}/5  {step}", done + 1)]);
    }
    assert_eq!(drawn(&terminal), expected);
    assert_eq!(terminal.contents(), "", "it is taken away in the end");
    assert_eq!(fake.shown()[3..], ["Friends: ann@example.org, bob@example.org", "Work: bob@example.org"]);
    // There is nothing to do the second time.
    ucs_at_terminal(&["import", &file, "--url", &url], &terminal).await.ok();
    assert_eq!(drawn(&terminal), [""; 0]);
}

#[tokio::test]
async fn what_was_refused_is_counted_and_what_was_not_tried_is_not() {
    let (fake, url, _folder, file) = begin().await;
    fake.inner().refused = vec!["AddImGroup Work".to_owned()];
    let screen = terminal();
    let said = ucs_at_terminal(&["import", &file, "--url", &url], &screen).await.failed();
    assert_eq!(said, "2 things could not be done");
    let states = drawn(&screen);
    assert_eq!(states.last().unwrap(), &format!("5/5  {}", STEPS[4]), "{states:?}");

    let (fake, url, _folder, file) = begin().await;
    fake.inner().fails_after = Some(2);
    let screen = terminal();
    let said = ucs_at_terminal(&["import", &file, "--url", &url], &screen).await.failed();
    assert!(said.contains("the rest was not tried"), "{said}");
    let states = drawn(&screen);
    assert_eq!(states.last().unwrap(), &format!("2/5  {}", STEPS[2]), "{states:?}");
    assert_eq!(screen.contents(), "", "also after an error");
}

#[tokio::test]
async fn what_an_earlier_run_has_done_counts_as_done() {
    let (fake, url, folder, file) = begin().await;
    fake.inner().fails_after = Some(3);
    let state = folder.path().join("state");
    let state = state.to_str().unwrap();
    let import = ["import", &file, "--url", &url, "--state", state];
    ucs_at_terminal(&import, &terminal()).await.failed();
    // Without the state file there would be 2 steps left; with it, what has been removed since is not made again.
    fake.inner().fails_after = None;
    ucs(&["contact", "remove", "ann@example.org", "--yes", "--url", &url]).await.ok();
    let screen = terminal();
    let ran = ucs_at_terminal(&import, &screen).await.ok();
    assert!(ran.starts_with("created: 0 groups, 1 contact, 2 memberships\n"), "{ran}");
    let states = drawn(&screen);
    let states: Vec<&str> =
        states.iter().map(String::as_str).filter(|state| !state.starts_with("0/3")).collect();
    let (third, fourth) = (STEPS[3], STEPS[4]);
    // The resumed one has no text of its own.
    assert_eq!(states[0].split_whitespace().next(), Some("1/3"));
    let expected = [
        format!("1/3  {third}"),
        format!("2/3  {third}"),
        format!("2/3  {fourth}"),
        format!("3/3  {fourth}"),
    ];
    assert_eq!(states[states.len() - 4..], expected);
}

#[tokio::test]
async fn programs_and_dry_runs_have_no_progress() {
    let (_fake, url, _folder, file) = begin().await;
    let screen = terminal();
    ucs_at_terminal(&["import", &file, "--url", &url, "--dry-run"], &screen).await.ok();
    assert_eq!(screen.moves_since_last_check(), "");
    let ran = ucs_at_terminal(&["import", &file, "--url", &url, "--json"], &screen).await;
    assert_eq!(ran.err, "");
    let json: serde_json::Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!(json["created"]["contacts"], 2);
    assert_eq!(screen.moves_since_last_check(), "");
}

/// A name could command the terminal, whoever has chosen it.
#[test]
fn texts_cannot_command_the_terminal() {
    let screen = terminal();
    let nothing = std::io::empty();
    let out = Output::new(std::io::sink(), std::io::sink(), nothing, false).with_terminal(screen.clone());
    out.progress(Unit::Steps, 1, false).begin("add the group a\u{9b}2J\u{1b}[2J");
    let moves = screen.moves_since_last_check();
    assert!(moves.contains("add the group a\u{fffd}2J\u{fffd}[2J"), "{moves}");
}

/// Where the list comes from does not matter, nor where it is written to: only long work has progress.
#[tokio::test]
async fn an_export_writes_nothing_but_the_list() {
    let (_fake, url, folder, file) = begin().await;
    ucs(&["import", &file, "--url", &url]).await.ok();
    let (screen, written) = (terminal(), folder.path().join("out.csv"));
    let to_file = ["export", "--url", &url, "--output", written.to_str().unwrap()];
    ucs_at_terminal(&to_file, &screen).await.ok();
    let ran = ucs_at_terminal(&["export", "--url", &url, "--format", "csv"], &screen).await;
    assert_eq!(ran.err, "");
    assert_eq!(ran.ok(), std::fs::read_to_string(Path::new(&written)).unwrap());
    assert_eq!(screen.moves_since_last_check(), "");
}
