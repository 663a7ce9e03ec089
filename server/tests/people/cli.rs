//! `ucs directory`: what the commands print, what they ask, and how they end.

use serde_json::{Value, json};

use crate::process::{Site, text};

fn ucs_json(site: &Site, arguments: &[&str]) -> Value {
    serde_json::from_slice(&site.ucs(&[arguments, &["--json"]].concat(), "").stdout).unwrap()
}

fn printed(site: &Site, arguments: &[&str]) -> String {
    String::from_utf8(site.ucs(arguments, "").stdout).unwrap()
}

#[test]
fn from_add_to_clear() {
    let site = Site::new(&["jane@example.org"]);
    let add = ["directory", "add", "Ann@example.org", "--name", "Ann", "--company", "Contoso"];
    let full =
        ["--given-name", "Ann", "--surname", "B", "--department", "D", "--title", "T", "--office", "O"];
    let numbers = ["--phone", "1", "--mobile", "2", "--im", "-"];
    let added = ucs_json(&site, &[&add[..], &full, &numbers].concat());
    let person = json!({
        "email": "Ann@example.org", "name": "Ann", "given_name": "Ann", "surname": "B", "im": "-", "company": "Contoso",
        "department": "D", "title": "T", "office": "O", "phone": "1", "mobile": "2",
    });
    assert_eq!(added, json!({ "person": person, "done": "added" }));
    assert_eq!(printed(&site, &add), "Ann@example.org (Ann) is changed\n");
    assert_eq!(printed(&site, &add), "Ann@example.org (Ann) was there already\n");
    assert_eq!(
        printed(&site, &["directory", "add", "bob@example.org"]),
        "bob@example.org (bob@example.org) is added\n"
    );
    assert_eq!(
        printed(&site, &["directory", "list"]),
        "Ann@example.org  Ann  Contoso\nbob@example.org  bob@example.org\n"
    );
    assert!(site.ucs_fails(&["directory", "add", "nobody"]).contains("\"nobody\" is no e-mail address"));
    assert_eq!(printed(&site, &["directory", "remove", "ann@EXAMPLE.org"]), "ann@EXAMPLE.org is removed\n");
    let again = ucs_json(&site, &["directory", "remove", "ann@example.org"]);
    assert_eq!(again, json!({ "email": "ann@example.org", "changed": false }));
    // Nobody is there to answer.
    assert!(site.ucs_fails(&["directory", "clear"]).contains("--yes"));
    assert_eq!(printed(&site, &["directory", "clear", "--yes"]), "1 removed\n");
    assert_eq!(printed(&site, &["directory", "list"]), "");
}

#[test]
fn a_listing_is_a_file_to_import() {
    let site = Site::new(&["jane@example.org"]);
    let path = |name: &str| site.folder.path().join(name);
    let csv = path("people.csv");
    std::fs::write(&csv, "email,name,im\nann@example.org,Ann,-\nbob@example.org,Bob,\n").unwrap();
    let counts = |added, changed, unchanged, removed| json!({ "added": added, "changed": changed, "unchanged": unchanged, "removed": removed });
    assert_eq!(ucs_json(&site, &["directory", "import", text(&csv)]), counts(2, 0, 0, 0));
    let listed = printed(&site, &["directory", "list", "--json"]);
    let list = path("list.json");
    std::fs::write(&list, &listed).unwrap();
    assert_eq!(ucs_json(&site, &["directory", "import", text(&list)]), counts(0, 0, 2, 0));
    std::fs::write(&csv, "email,name\nann@example.org,Anna\n").unwrap();
    let replace = ["directory", "import", text(&csv), "--replace"];
    let said = site.ucs_fails(&replace);
    assert!(said.contains("has 2 people, by the 1 in") && said.contains("--yes"), "{said}");
    assert_eq!(printed(&site, &["directory", "list", "--json"]), listed);
    assert_eq!(ucs_json(&site, &[&replace[..], &["--yes"]].concat()), counts(0, 1, 0, 1));

    // A file with a mistake changes nothing.
    std::fs::write(&csv, "email\nzoe@example.org\nnobody\n").unwrap();
    let said = site.ucs_fails(&["directory", "import", text(&csv)]);
    assert!(said.contains("people.csv, line 3: \"nobody\" is no e-mail address"), "{said}");
    assert_eq!(printed(&site, &["directory", "list"]), "ann@example.org  Anna\n");
}

#[test]
fn without_data_nothing_is_made() {
    let site = Site::new(&[]);
    for arguments in [
        &["directory", "list"][..],
        &["directory", "add", "ann@example.org"],
        &["directory", "clear", "--yes"],
    ] {
        let said = site.ucs_fails(arguments);
        assert!(said.contains("data"), "{said}");
    }
    assert!(!site.data().exists());
}
