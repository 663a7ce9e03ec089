//! The client commands against a contact store in memory, over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod client_fake;

use client_fake::{Fake, ucs, ucs_with};

const ENGLISH: [&str; 3] = ["Other Contacts", "Tagged", "Favorites"];
const GERMAN: [&str; 3] = ["Andere Kontakte", "Markiert", "Favoriten"];

/// A store with one of everything.
async fn filled() -> (Fake, String) {
    let fake = Fake::new(ENGLISH);
    let url = fake.serve().await;
    for command in [
        &["group", "add", "Friends"][..],
        &["group", "add", "Work"],
        &["contact", "add", "sip:jane@example.org", "--name", "Jane Doe", "--group", "friends"],
        &["contact", "add", "jane@example.org", "--group", "WORK"],
        &["contact", "add", "JANE@example.org", "--group", "tagged"],
        &["contact", "add", "joe@example.org"],
        &["contact", "add-tel", "tel:+15550100", "--number", "+1 555 0100", "--group", "Favorites"],
    ] {
        ucs(&[command, &["--url", &url]].concat()).await.ok();
    }
    (fake, url)
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

#[tokio::test]
async fn list_shows_groups_with_members() {
    let (fake, url) = filled().await;
    let shown = ucs(&["list", "--url", &url]).await.ok();
    let expected = "\
Other Contacts (other-contacts)
  joe@example.org
Tagged (tagged)
  Jane Doe <jane@example.org>
Favorites (favorites)
  +1 555 0100 <tel:+15550100>
Friends (user)
  Jane Doe <jane@example.org>
Work (user)
  Jane Doe <jane@example.org>
";
    assert_eq!(shown, expected);
    let json: serde_json::Value =
        serde_json::from_str(&ucs(&["list", "--json", "--url", &url]).await.ok()).unwrap();
    assert_eq!(json["groups"][3]["members"][0], "jane@example.org");
    assert_eq!(json["contacts"][0]["groups"], serde_json::json!(["Tagged", "Friends", "Work"]));
    assert!(json["contacts"][2]["id"].is_string());
    // A server without extended properties is asked without them.
    fake.inner().no_properties = true;
    assert_eq!(ucs(&["list", "--url", &url]).await.ok(), expected);
}

#[tokio::test]
async fn what_is_unknown_is_told_and_left_out() {
    let fake = Fake::new(ENGLISH);
    let url = fake.serve().await;
    fake.inner()
        .groups
        .insert(77, ("Bots\u{1b}".replace('\u{1b}', "]"), "IPM.DistList.MOC.Bots".to_owned(), None));
    let ran = ucs(&["list", "--url", &url]).await;
    assert!(ran.err.contains("the group Bots] is of the unknown kind IPM.DistList.MOC.Bots"), "{}", ran.err);
    assert!(!ran.ok().contains("Bots"));
}

#[tokio::test]
async fn groups_are_named_by_name_or_id() {
    let (fake, url) = filled().await;
    ucs(&["group", "rename", "fRIENDS", "Old friends", "--url", &url]).await.ok();
    let json = ucs(&["list", "--json", "--url", &url]).await.ok();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let id = json["groups"][3]["id"].as_str().unwrap().to_owned();
    let done = ucs(&["group", "rename", &id, "Pals", "--json", "--url", &url]).await.ok();
    let done: serde_json::Value = serde_json::from_str(&done).unwrap();
    assert_eq!(done, serde_json::json!({ "result": "renamed", "group": "Pals", "id": id }));
    assert!(fake.shown().contains(&"Pals: jane@example.org".to_owned()));
    let error = ucs(&["group", "rename", "Enemies", "Foes", "--url", &url]).await.failed();
    assert!(error.contains("there is no group Enemies"), "{error}");
    let error = ucs(&["group", "rename", "Tagged", "Foes", "--url", &url]).await.failed();
    assert!(error.contains("cannot be renamed"), "{error}");
    // Two groups of one name, of different kinds.
    ucs(&["group", "add", "favorites", "--url", &url]).await.ok();
    let error = ucs(&["group", "remove", "Favorites", "--yes", "--url", &url]).await.failed();
    assert!(error.contains("several groups"), "{error}");
    let changes = fake.inner().asked.len();
    assert!(ucs(&["group", "add", "PALS", "--url", &url]).await.ok().contains("already"));
    assert_eq!(fake.inner().asked.len(), changes);
}

#[tokio::test]
async fn removing_much_needs_a_yes() {
    let (fake, url) = filled().await;
    let error = ucs(&["group", "remove", "Work", "--url", &url]).await.failed();
    assert!(error.contains("--yes"), "{error}");
    let error = ucs(&["contact", "remove", "joe@example.org", "--url", &url]).await.failed();
    assert!(error.contains("--yes"), "{error}");
    let ran = ucs_with(&["group", "remove", "Work", "--url", &url], "no\n", true).await;
    assert!(ran.err.contains("Remove the group Work (1 members)"), "{}", ran.err);
    assert_eq!(ran.failed(), "nothing was done");
    assert!(!fake.inner().asked.iter().any(|what| what.starts_with("Remove")));
    ucs_with(&["group", "remove", "Work", "--url", &url], "y\n", true).await.ok();
    ucs(&["contact", "remove", "SIP:joe@example.org", "--yes", "--url", &url]).await.ok();
    ucs(&["contact", "remove", "jane@example.org", "--group", "Tagged", "--url", &url]).await.ok();
    let removed: Vec<String> =
        fake.inner().asked.iter().filter(|what| what.starts_with("Remove")).cloned().collect();
    assert_eq!(
        removed,
        [
            "RemoveImGroup Work",
            "RemoveContactFromImList joe@example.org",
            "RemoveImContactFromGroup jane@example.org Tagged"
        ]
    );
}

#[tokio::test]
async fn moving_adds_first_and_removes_then() {
    let (fake, url) = filled().await;
    let to = |from: &str, to: &str| {
        ["contact", "move", "joe@example.org", "--from", from, "--to", to, "--url", &url].map(str::to_owned)
    };
    let error = ucs(&to("Work", "Friends").each_ref().map(String::as_str)).await.failed();
    assert_eq!(error, "joe@example.org is not in Work");
    let error = ucs(&to("Work", "work").each_ref().map(String::as_str)).await.failed();
    assert!(error.contains("both"), "{error}");
    ucs(&to("Other Contacts", "Friends").each_ref().map(String::as_str)).await.ok();
    let asked = fake.inner().asked.clone();
    let last: Vec<&str> = asked.iter().rev().take(2).rev().map(String::as_str).collect();
    assert_eq!(
        last,
        [
            "AddImContactToGroup joe@example.org Friends",
            "RemoveImContactFromGroup joe@example.org Other Contacts"
        ]
    );
    assert_eq!(fake.shown()[3], "Friends: jane@example.org, joe@example.org");
    // A refused removal is told with what was done.
    fake.inner().refused = vec!["RemoveImContactFromGroup".to_owned()];
    let error = ucs(&to("Friends", "Work").each_ref().map(String::as_str)).await.failed();
    assert!(error.starts_with("joe@example.org is in Work now, but still in Friends: "), "{error}");
}

#[tokio::test]
async fn a_move_to_tagged_that_would_delete_the_contact_is_refused() {
    let (fake, url) = filled().await;
    let (before, changes) = (fake.shown(), fake.inner().asked.len());
    let to_tagged = |address: &'static str, from: &'static str| {
        let url = url.clone();
        async move { ucs(&["contact", "move", address, "--from", from, "--to", "tagged", "--url", &url]).await }
    };
    let error = to_tagged("joe@example.org", "Other Contacts").await.failed();
    assert!(error.starts_with("nothing was done: leaving Other Contacts would delete joe"), "{error}");
    assert!(error.ends_with("use `ucs contact add joe@example.org --group \"Tagged\"`"), "{error}");
    let error = to_tagged("tel:+15550100", "Favorites").await.failed();
    assert!(error.ends_with("`ucs contact add-tel \"+1 555 0100\" --group \"Tagged\"`"), "{error}");
    assert_eq!((fake.shown(), fake.inner().asked.len()), (before, changes));
    // What the texts say works.
    ucs(&["contact", "add", "joe@example.org", "--group", "Tagged", "--url", &url]).await.ok();
    ucs(&["contact", "add-tel", "+1 555 0100", "--group", "Tagged", "--url", &url]).await.ok();
    // Being in both already changes nothing.
    to_tagged("joe@example.org", "Other Contacts").await.failed();
    // In one more group, it stays.
    to_tagged("jane@example.org", "Friends").await.ok();
    assert_eq!(
        fake.shown(),
        [
            "Other Contacts: joe@example.org",
            "Tagged: jane@example.org, joe@example.org, tel:+15550100",
            "Favorites: tel:+15550100",
            "Friends: ",
            "Work: jane@example.org"
        ]
    );
    to_tagged("jane@example.org", "Work").await.failed();
}

#[tokio::test]
async fn leaving_the_last_group_needs_a_yes() {
    let (fake, url) = filled().await;
    let leave = |group: &'static str| {
        ["contact", "remove", "jane@example.org", "--group", group, "--url", &url].map(str::to_owned)
    };
    let work = leave("Work");
    let work = work.each_ref().map(String::as_str);
    assert_eq!(
        ucs(&leave("friends").each_ref().map(String::as_str)).await.ok(),
        "jane@example.org removed from Friends\n"
    );
    // Tagged keeps nobody.
    let before = fake.shown();
    let error = ucs(&work).await.failed();
    assert!(error.contains("no other group that keeps it") && error.contains("--yes"), "{error}");
    let ran = ucs_with(&work, "n\n", true).await;
    assert!(ran.err.contains("remove it from Work, and so delete it? [y/N]"), "{}", ran.err);
    assert_eq!(ran.failed(), "nothing was done");
    assert_eq!(fake.shown(), before);
    let said = ucs_with(&work, "y\n", true).await.ok();
    assert!(said.starts_with("jane@example.org removed from Work, and deleted"), "{said}");
    assert_eq!(fake.shown()[1], "Tagged: ");
    // Nor is there a question where Tagged itself is left by a contact that is elsewhere.
    ucs(&["contact", "add", "joe@example.org", "--group", "Tagged", "--url", &url]).await.ok();
    let joe = ["contact", "remove", "joe@example.org", "--json", "--url", &url, "--group"];
    let said = ucs(&[&joe[..], &["Tagged"]].concat()).await.ok();
    assert!(said.contains("\"removed\""), "{said}");
    let said = ucs(&[&joe[..], &["Other Contacts", "--yes"]].concat()).await.ok();
    assert!(said.contains("\"deleted\""), "{said}");
    assert!(!fake.shown().concat().contains("joe"));
}

#[tokio::test]
async fn an_export_replaces_a_file_only_when_told_to() {
    let (_, url) = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "list.csv");
    std::fs::write(&file, "mine").unwrap();
    let export = ["export", "--output", &file, "--url", &url];
    // Nobody is asked for the list then.
    let nobody = ["export", "--output", &file, "--url", "http://127.0.0.1:9/EWS/Exchange.asmx"];
    assert_eq!(ucs(&nobody).await.failed(), format!("{file} is there already; --force replaces it"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    ucs(&[&export[..], &["--force"]].concat()).await.ok();
    let whole = std::fs::read_to_string(&file).unwrap();
    assert!(whole.contains("jane@example.org"), "{whole}");
    let names: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["list.csv"]);
    let error = ucs(&["export", "--force", "--url", &url]).await.failed();
    assert!(error.contains("--output"), "{error}");
    let missing = path(&folder, "missing/list.csv");
    let error = ucs(&["export", "--output", &missing, "--url", &url]).await.failed();
    assert!(error.starts_with(&format!("{missing} cannot be written")), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_replaces_a_file_as_a_whole_and_only_its_content() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let (_, url) = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (path(&folder, "list.csv"), path(&folder, "link.csv"));
    std::fs::write(&file, "mine").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("list.csv", &link).unwrap();
    let mut old = std::fs::File::open(&file).unwrap();
    let before = std::fs::metadata(&file).unwrap();
    ucs(&["export", "--output", &link, "--force", "--url", &url]).await.ok();
    let after = std::fs::metadata(&file).unwrap();
    // Whoever reads the old file reads all of it: the new one took its place.
    assert_eq!(std::io::read_to_string(&mut old).unwrap(), "mine");
    assert!(before.ino() != after.ino() && after.mode() == before.mode(), "{:o}", after.mode());
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    // There is nothing to lose in a device, which stays.
    ucs(&["export", "--output", "/dev/null", "--format", "csv", "--url", &url]).await.ok();
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
}

#[tokio::test]
async fn a_dry_run_warns_of_what_will_not_fit() {
    let (fake, url) = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "list.csv");
    // Two groups and three contacts are there; one of each is in the file, too.
    let write = |groups: usize, contacts: usize| {
        let groups = (0..groups).map(|at| format!("jane@example.org,Group {at}\n"));
        let contacts = (0..contacts).map(|at| format!("c{at}@example.org,Friends\n"));
        let rows: String = groups.chain(contacts).collect();
        std::fs::write(&file, format!("address,group\njane@example.org,Friends\n{rows}")).unwrap();
    };
    let changes = fake.inner().asked.len();
    write(62, 997);
    let ran = ucs(&["import", &file, "--dry-run", "--url", &url]).await;
    assert_eq!(ran.err, "");
    ran.ok();
    write(63, 998);
    let ran = ucs(&["import", &file, "--dry-run", "--url", &url]).await;
    assert!(ran.err.contains("warning: a mailbox may have 64 groups, besides the special ones; this one has 2, and would have 65"), "{}", ran.err);
    assert!(
        ran.err.contains("warning: a mailbox may have 1000 contacts; this one has 3, and would have 1001"),
        "{}",
        ran.err
    );
    let json = ucs(&["import", &file, "--dry-run", "--json", "--url", &url]).await.ok();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["warnings"].as_array().unwrap().len(), 2);
    assert_eq!(fake.inner().asked.len(), changes);
    // Of a copy, too.
    let other = Fake::new(GERMAN);
    let to = other.serve().await;
    for at in 0..64 {
        other
            .inner()
            .groups
            .insert(100 + at, (format!("Group {at}"), "IPM.DistList.MOC.UserGroup".to_owned(), None));
    }
    let ran = ucs(&["copy", "--from-url", &url, "--to-url", &to, "--dry-run"]).await;
    assert!(ran.err.contains("this one has 64, and would have 66"), "{}", ran.err);
}

#[tokio::test]
async fn cards_that_are_no_contacts_are_skipped_with_their_line() {
    let fake = Fake::new(ENGLISH);
    let url = fake.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "book.vcf");
    std::fs::write(
        &file,
        "BEGIN:VCARD\nFN:Club\nEND:VCARD\nBEGIN:VCARD\nFN:Ann\nTEL:+1 555 0101\nEMAIL:ann@example.org\nEND:VCARD\n",
    )
    .unwrap();
    let ran = ucs(&["import", &file, "--url", &url]).await;
    let note = format!(
        "note: {file}, line 1: in this card, there is neither IMPP nor EMAIL nor TEL for calls, so it is no contact; \
         skipped\n"
    );
    assert_eq!(ran.err, note);
    ran.ok();
    assert_eq!(fake.shown()[0], "Other Contacts: ann@example.org");
}

#[tokio::test]
async fn adding_again_asks_for_nothing() {
    let (fake, url) = filled().await;
    let changes = fake.inner().asked.len();
    for command in [
        &["contact", "add", "jane@example.org", "--group", "Work"][..],
        &["contact", "add", "jane@example.org"],
        &["contact", "add-tel", "+1 555 01-00"],
        &["contact", "add-tel", "+15550100", "--group", "favorites"],
    ] {
        let said = ucs(&[command, &["--url", &url]].concat()).await.ok();
        assert!(said.contains("is there already"), "{said}");
    }
    assert_eq!(fake.inner().asked.len(), changes);
    let error = ucs(&["contact", "add", "tel:+15550100", "--url", &url]).await.failed();
    assert!(error.contains("add-tel"), "{error}");
}

#[tokio::test]
async fn a_list_goes_through_each_format_to_another_server() {
    let (fake, url) = filled().await;
    fake.inner().groups.insert(
        90,
        ("Staff".to_owned(), "IPM.DistList.MOC.DG".to_owned(), Some("staff@example.org".to_owned())),
    );
    let folder = tempfile::tempdir().unwrap();
    for name in ["list.json", "list.csv", "list.vcf"] {
        let (first, second) = (path(&folder, name), path(&folder, &format!("again-{name}")));
        ucs(&["export", "--output", &first, "--url", &url]).await.ok();
        let other = Fake::new(ENGLISH);
        let other_url = other.serve().await;
        let before = other.shown();
        let planned = ucs(&["import", &first, "--dry-run", "--url", &other_url]).await.ok();
        assert!(planned.contains("would add the group Friends\n"), "{planned}");
        assert!(planned.contains("to create: 3 groups, 3 contacts, 5 memberships\n"), "{planned}");
        assert_eq!(other.shown(), before);
        let said = ucs(&["import", &first, "--url", &other_url]).await.ok();
        let expected = "created: 3 groups, 3 contacts, 5 memberships\n\
            already there: 3 groups, 0 contacts, 0 memberships\nfailed: 0\n";
        assert_eq!(said, expected);
        ucs(&["export", "--output", &second, "--url", &other_url]).await.ok();
        let read = |path: &str| std::fs::read_to_string(path).unwrap();
        assert_eq!(read(&first), read(&second));
        // Once more, there is nothing to do.
        let changes = other.inner().asked.len();
        let said = ucs(&["import", &first, "--url", &other_url]).await.ok();
        assert!(said.contains("created: 0 groups, 0 contacts, 0 memberships\n"), "{said}");
        assert!(said.contains("already there: 6 groups, 3 contacts, 5 memberships\n"), "{said}");
        assert_eq!(other.inner().asked.len(), changes);
    }
    let stdout = ucs(&["export", "--url", &url]).await.ok();
    assert_eq!(stdout, std::fs::read_to_string(folder.path().join("list.json")).unwrap());
    let stdout = ucs(&["export", "--format", "csv", "--url", &url]).await.ok();
    assert_eq!(stdout, std::fs::read_to_string(folder.path().join("list.csv")).unwrap());
    // A name that says no format is not taken for JSON; the format may be given.
    for name in ["list.xyz", "list", "list.json.gz"] {
        let file = path(&folder, name);
        let error = ucs(&["export", "--output", &file, "--url", &url]).await.failed();
        assert!(error.contains(name) && error.contains(".json, .csv or .vcf"), "{error}");
        assert!(error.contains("--format") && !folder.path().join(name).exists(), "{error}");
        ucs(&["export", "--output", &file, "--format", "csv", "--url", &url]).await.ok();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), stdout);
    }
}

#[tokio::test]
async fn copy_matches_special_groups_by_kind() {
    let (_, from) = filled().await;
    let to = Fake::new(GERMAN);
    let url = to.serve().await;
    let copy = ["copy", "--from-url", &from, "--to-url", &url, "--json"];
    let dry = ucs(&[&copy[..], &["--dry-run"]].concat()).await.ok();
    let dry: serde_json::Value = serde_json::from_str(&dry).unwrap();
    assert_eq!(dry["steps"].as_array().unwrap().len(), 7);
    assert!(to.inner().asked.is_empty());
    let said: serde_json::Value = serde_json::from_str(&ucs(&copy).await.ok()).unwrap();
    assert_eq!(said["created"], serde_json::json!({ "groups": 2, "contacts": 3, "memberships": 5 }));
    assert_eq!(said["failed"], serde_json::json!([]));
    assert_eq!(
        to.shown(),
        [
            "Andere Kontakte: joe@example.org",
            "Markiert: jane@example.org",
            "Favoriten: tel:+15550100",
            "Friends: jane@example.org",
            "Work: jane@example.org"
        ]
    );
    assert!(
        to.inner()
            .asked
            .contains(&"AddNewTelUriContactToGroup tel:+15550100 sip:+15550100 +1 555 0100".to_owned())
    );
}

#[tokio::test]
async fn a_refusal_does_not_stop_an_import() {
    let (_, from) = filled().await;
    let to = Fake::new(ENGLISH);
    let url = to.serve().await;
    to.inner().refused = vec!["AddImGroup Friends".to_owned(), "joe@example.org".to_owned()];
    let copy = ["copy", "--from-url", &from, "--to-url", &url];
    let ran = ucs(&copy).await;
    assert!(ran.err.contains("failed: add the group Friends: "), "{}", ran.err);
    assert!(ran.err.contains("failed: add joe@example.org in Other Contacts: "), "{}", ran.err);
    assert!(ran.err.contains("ErrorImContactLimitReached: Refused."), "{}", ran.err);
    assert!(ran.err.contains("the group could not be added; it was added without that group"), "{}", ran.err);
    assert!(ran.out.contains("created: 1 group, 2 contacts, 3 memberships\n"), "{}", ran.out);
    assert!(ran.out.contains("failed: 3\n"), "{}", ran.out);
    assert_eq!(ran.failed(), "at the server to copy to: 3 things could not be done");
    assert_eq!(
        to.shown(),
        [
            "Other Contacts: ",
            "Tagged: jane@example.org",
            "Favorites: tel:+15550100",
            "Work: jane@example.org"
        ]
    );
    // The rest follows when the server takes it.
    to.inner().refused.clear();
    ucs(&copy).await.ok();
    assert_eq!(to.shown().last().unwrap(), "Friends: jane@example.org");
    assert_eq!(to.shown()[0], "Other Contacts: joe@example.org");
}

#[tokio::test]
async fn an_interrupted_copy_goes_on_where_it_stopped() {
    let (source, from) = filled().await;
    let to = Fake::new(ENGLISH);
    let url = to.serve().await;
    let copy = ["copy", "--from-url", &from, "--to-url", &url];
    for run in 0..7 {
        to.inner().fails_after = Some(1);
        let error = ucs(&copy).await;
        assert!(error.err.is_empty(), "{}", error.err);
        match run {
            6 => drop(error.ok()),
            _ => {
                let error = error.failed();
                assert!(error.contains("the rest was not tried: run the command again"), "{error}");
                assert!(error.contains("it is unknown whether the server did it"), "{error}");
            }
        }
    }
    assert_eq!(to.shown(), source.shown());
}

#[tokio::test]
async fn a_state_file_keeps_removed_things_removed() {
    let (_, from) = filled().await;
    let to = Fake::new(ENGLISH);
    let url = to.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let state = path(&folder, "state");
    let copy = ["copy", "--from-url", &from, "--to-url", &url, "--state", &state];
    to.inner().fails_after = Some(5);
    ucs(&copy).await.failed();
    to.inner().fails_after = None;
    ucs(&["contact", "remove", "jane@example.org", "--group", "Work", "--url", &url]).await.ok();
    // Half a line, as a killed run leaves it.
    let mut text = std::fs::read_to_string(&state).unwrap();
    assert_eq!(text.lines().count(), 6);
    text.push_str("contact\tim:jo");
    std::fs::write(&state, text).unwrap();
    ucs(&copy).await.ok();
    assert_eq!(
        to.shown(),
        [
            "Other Contacts: joe@example.org",
            "Tagged: jane@example.org",
            "Favorites: tel:+15550100",
            "Friends: jane@example.org",
            "Work: "
        ]
    );
    let error = ucs(&["copy", "--from-url", &url, "--to-url", &from, "--state", &state]).await.failed();
    assert!(error.contains(&format!("is about {url}, not about {from}")), "{error}");
    std::fs::write(&state, "something else\n").unwrap();
    let error = ucs(&copy).await.failed();
    assert!(error.contains("line 1: this is no state file"), "{error}");
    assert_eq!(std::fs::read_to_string(&state).unwrap(), "something else\n");
}

#[tokio::test]
async fn a_malformed_file_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder, "list.csv");
    std::fs::write(&file, "address,kind\na@example.org,user\n").unwrap();
    // Nobody listens there, so a request would be another error.
    let error = ucs(&["import", &file, "--url", "http://127.0.0.1:9/EWS/Exchange.asmx"]).await.failed();
    assert_eq!(error, format!("{file}, line 2: a group needs a name"));
    let error = ucs(&["import", "/", "--format", "csv", "--url", "http://127.0.0.1:9/"]).await.failed();
    assert!(error.contains("cannot be read"), "{error}");
}

#[tokio::test]
async fn connections_fail_with_what_to_do() {
    let fake = Fake::new(ENGLISH);
    let url = fake.serve().await;
    let error = ucs(&["list", "--url", &url, "--user", "jane"]).await.failed();
    assert!(error.contains("there is no password for jane: set UCS_PASSWORD"), "{error}");
    let error = ucs_with(&["list", "--url", &url, "--user", "jane", "--password-stdin"], "", false).await;
    assert!(error.failed().contains("the password is missing"));
    ucs_with(&["list", "--url", &url, "--user", "jane", "--password-stdin"], "secret\n", false).await.ok();
    let error = ucs(&["list", "--url", &url.replace("Exchange", "Nothing")]).await.failed();
    assert!(error.contains("check the path of the URL"), "{error}");
    let error = ucs(&["list", "--url", "nowhere"]).await.failed();
    assert!(error.starts_with("--url nowhere: "), "{error}");
    let error = ucs(&["list", "--url", &url, "--ca-file", "/does/not/exist"]).await.failed();
    assert!(error.contains("--ca-file /does/not/exist cannot be read"), "{error}");
    let error = ucs(&["copy", "--from-url", &url, "--to-url", &url, "--to-user", "jo"]).await.failed();
    assert!(error.contains("set UCS_TO_PASSWORD, or give --to-password-stdin"), "{error}");
    ucs(&["list", "--url", &url, "--impersonate", "joe@example.org"]).await.ok();
    let impersonated = fake.inner().impersonated.clone();
    assert!(impersonated.len() == 1 && impersonated[0].starts_with("PrimarySmtpAddress"), "{impersonated:?}");
    assert!(impersonated[0].contains("joe@example.org"));
    assert!(ucs(&["list", "--url", &url, "--password", "secret"]).await.failed().contains("--password"));
}

#[tokio::test]
async fn help_says_what_each_command_does() {
    for (command, about) in [
        (&["list"][..], "Show the groups and their members"),
        (&["group", "remove"], "Remove a group, and the contacts that are in no other"),
        (&["contact", "add"], "Add a contact by its IM address"),
        (&["contact", "move"], "Move a contact from one group to another"),
        (&["export"], "Write the list to a file, as JSON, CSV or vCard"),
        (&["import"], "Add what a file has and the list lacks; nothing is removed or changed"),
        (&["copy"], "Add what the list on one server has and the list on another lacks"),
    ] {
        let help = ucs(&[command, &["--help"]].concat()).await.failed();
        assert!(help.starts_with(about), "{command:?}: {help}");
    }
}

#[tokio::test]
async fn an_address_without_a_scheme_is_told_with_one() {
    for url in ["mail.example.org", "mail.example.org/EWS/Exchange.asmx"] {
        let error = ucs(&["list", "--url", url]).await.failed();
        assert!(error.contains("https://mail.example.org/EWS/Exchange.asmx"), "{error}");
    }
}
