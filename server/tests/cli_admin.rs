//! The commands of an administrator, through the binary: what they print, and how they end.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use ucs::accounts::MailboxId;
use ucs::contacts;
use ucs::store::sqlite::{self, file};

/// What a command did.
struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Done {
    fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }

    /// It failed with status 1, a sentence, and nothing on standard output.
    fn failed(&self, with: &str) {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{}", self.err);
        assert!(self.err.starts_with("error: ") && self.err.contains(with), "{}", self.err);
        assert!(!self.err.contains("Error {") && !self.err.contains("panicked"), "{}", self.err);
    }
}

fn ucs(data: &Path, arguments: &[&str], input: &str) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucs"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UCS_")) {
        command.env_remove(name);
    }
    command.args(arguments).env("UCS_DATA", data).current_dir(data.parent().unwrap());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not read may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder whose `data` holds two accounts.
fn site() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for login in ["jane@example.org", "joe@example.org"] {
        assert_eq!(ucs(&data, &["user", "add", login, "--no-password"], "").code, 0);
    }
    (folder, data)
}

#[test]
fn help_is_there_and_wrong_usage_is_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let help = ucs(&data, &["--help"], "");
    assert_eq!(help.code, 0);
    for command in
        ["serve", "config", "user", "grant", "group-directory", "backup", "restore", "migrate", "completions"]
    {
        assert!(help.out.contains(command), "{command}");
        let of = ucs(&data, &[command, "--help"], "");
        assert!(of.code == 0 && of.out.contains("Usage:"), "{command}: {}", of.err);
    }
    for wrong in [&["frobnicate"][..], &["user"], &["user", "add"], &["grant", "add", "a"], &["backup"], &[]]
    {
        let done = ucs(&data, wrong, "");
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{wrong:?}");
    }
    // A password is never an argument.
    assert_eq!(ucs(&data, &["user", "add", "a@example.org", "--password", "x"], "").code, 2);
    assert!(!data.exists());
}

#[test]
fn completions_for_every_shell() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = ucs(&folder.path().join("data"), &["completions", shell], "");
        assert!(done.code == 0 && done.out.contains("group-directory"), "{shell}");
    }
}

#[test]
fn users_from_add_to_disable() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let full = [
        "user",
        "add",
        "Jane@example.org",
        "--smtp",
        "jane.doe@example.org",
        "--alias",
        "jd@example.org",
        "--sid",
        "S-1-5-21-1-2-3-4",
        "--password-stdin",
        "--json",
    ];
    let added = ucs(&data, &full, "secret\n").json();
    assert_eq!(added["login"], "Jane@example.org");
    let mailbox = added["mailbox"].as_str().unwrap();
    assert_eq!(mailbox.len(), 36);
    let expected = json!([{
        "login": "Jane@example.org", "smtp": "jane.doe@example.org", "aliases": ["jd@example.org"],
        "sid": "S-1-5-21-1-2-3-4", "mailbox": mailbox, "password": true, "disabled": false,
    }]);
    let listed = ucs(&data, &["user", "list", "--json"], "");
    assert_eq!(listed.json(), expected);
    assert!(!listed.out.contains("argon2"), "the hash is nobody's business");

    ucs(&data, &["user", "add", "JD@example.org", "--no-password"], "").failed("taken by another account");
    ucs(&data, &["user", "disable", "nobody@example.org"], "")
        .failed("there is no account nobody@example.org");
    let disabled = ucs(&data, &["user", "disable", "jane@EXAMPLE.org"], "");
    assert!(disabled.code == 0 && disabled.out.contains("is disabled"), "{}", disabled.err);
    assert_eq!(ucs(&data, &["user", "list", "--json"], "").json()[0]["disabled"], true);
    assert!(ucs(&data, &["user", "list"], "").out.contains("(disabled)"));
    assert_eq!(ucs(&data, &["user", "enable", "jane@example.org", "--json"], "").json()["disabled"], false);
    assert_eq!(ucs(&data, &["user", "list", "--json"], "").json()[0]["disabled"], false);
}

#[test]
fn removed_users_leave_nothing_behind() {
    let (_folder, data) = site();
    let listed = ucs(&data, &["user", "list", "--json"], "").json();
    let mailbox = listed[0]["mailbox"].as_str().unwrap().replace('-', "");
    let mailbox: Vec<u8> =
        (0..16).map(|at| u8::from_str_radix(&mailbox[at * 2..][..2], 16).unwrap()).collect();
    let mailbox = MailboxId(mailbox.try_into().unwrap());
    let connection = file::connect(&data).unwrap();
    let command = contacts::Command::AddNewContact(contacts::NewContact {
        kind: contacts::ContactKind::Im,
        address: "contact@example.org".to_owned(),
        display_name: None,
        sip_address: None,
        group: None,
    });
    sqlite::fill(&connection, mailbox, [command]).unwrap();
    assert_eq!(ucs(&data, &["grant", "add", "joe@example.org", "jane@example.org"], "").code, 0);

    let remove = ["user", "remove", "jane@example.org", "--yes"];
    ucs(&data, &remove, "").failed("first ucs user disable jane@example.org");
    assert_eq!(ucs(&data, &["user", "disable", "jane@example.org"], "").code, 0);
    ucs(&data, &remove[..3], "y\n").failed("Remove jane@example.org with 1 contact for good?");
    let removed = ucs(&data, &[&remove[..], &["--json"]].concat(), "").json();
    assert_eq!(removed, json!({ "login": "jane@example.org", "contacts": 1 }));
    ucs(&data, &remove, "").failed("there is no account jane@example.org");

    for (table, column) in [
        ("account", "mailbox"),
        ("account_name", "mailbox"),
        ("acts_for", "target"),
        ("list", "mailbox"),
        ("list_group", "mailbox"),
        ("contact", "mailbox"),
    ] {
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
        let left: i64 = connection.query_row(&sql, [mailbox.0], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
    let other = ucs(&data, &["user", "list", "--json"], "").json();
    assert_eq!(other[0]["login"], "joe@example.org");
    // The name is free, for another mailbox.
    assert_eq!(ucs(&data, &["user", "add", "jane@example.org", "--no-password"], "").code, 0);
    assert_ne!(ucs(&data, &["user", "list", "--json"], "").json()[0]["mailbox"], listed[0]["mailbox"]);
}

#[test]
fn users_are_renamed() {
    let (_folder, data) = site();
    let before = ucs(&data, &["user", "list", "--json"], "").json();
    let rename = ["user", "rename", "jane@example.org", "janet@example.org"];
    ucs(&data, &["user", "rename", "jane@example.org", "joe@example.org"], "")
        .failed("is taken by another account");
    ucs(&data, &["user", "rename", "nobody@example.org", "a@example.org"], "").failed("there is no account");
    ucs(&data, &["user", "rename", "jane@example.org", "a:b"], "").failed("cannot be a login");
    assert_eq!(ucs(&data, &["user", "list", "--json"], "").json(), before);
    let done = ucs(&data, &[&rename[..], &["--free-address", "--json"]].concat(), "").json();
    let names = json!({ "was": "jane@example.org", "login": "janet@example.org", "smtp": "janet@example.org", "aliases": [] });
    assert_eq!(done, names);
    let after = ucs(&data, &["user", "list", "--json"], "").json();
    assert_eq!(after[0]["mailbox"], before[0]["mailbox"]);
    ucs(&data, &rename, "").failed("there is no account jane@example.org");
    assert_eq!(ucs(&data, &["user", "add", "jane@example.org", "--no-password"], "").code, 0);
}

#[test]
fn users_are_changed() {
    let (_folder, data) = site();
    let before = ucs(&data, &["user", "list", "--json"], "").json();
    let change =
        |options: &[&str]| ucs(&data, &[&["user", "change", "jane@example.org"], options].concat(), "");
    let done =
        change(&["--add-alias", "jd@example.org", "--add-alias", "doe@example.org", "--sid", "S-1-5-21-7"]);
    let with =
        "with the primary address jane@example.org and the other addresses doe@example.org, jd@example.org";
    let with = format!("{with}, with the SID S-1-5-21-7, without a password");
    assert_eq!(done.out, format!("jane@example.org is changed: {with}\n"), "{}", done.err);
    let done =
        change(&["--smtp", "jd@example.org", "--remove-alias", "doe@example.org", "--no-sid", "--json"])
            .json();
    let wanted = json!({
        "login": "jane@example.org", "smtp": "jd@example.org", "aliases": ["jane@example.org"], "sid": null,
        "password": false,
    });
    assert_eq!(done, wanted);
    let after = ucs(&data, &["user", "list", "--json"], "").json();
    assert_eq!((&after[0]["mailbox"], &after[1]), (&before[0]["mailbox"], &before[1]));
    change(&["--remove-alias", "doe@example.org"]).failed("doe@example.org is no alias of jane@example.org");
    // Nothing to change, or two things at once.
    for wrong in [&[][..], &["--sid", "S-1-5-7", "--no-sid"]] {
        assert_eq!(change(wrong).code, 2);
    }
    let passwd = ["user", "passwd", "jane@example.org", "--password-stdin"];
    assert_eq!(ucs(&data, &passwd, "secret\n").code, 0);
    assert_eq!(ucs(&data, &["user", "list", "--json"], "").json()[0]["password"], true);
    assert_eq!(change(&["--no-password", "--json"]).json()["password"], false);
}

#[test]
fn passwords_come_from_a_terminal_or_standard_input() {
    let (_folder, data) = site();
    ucs(&data, &["user", "add", "new@example.org"], "secret\n").failed("--password-stdin");
    ucs(&data, &["user", "passwd", "jane@example.org"], "secret\n").failed("--password-stdin");
    ucs(&data, &["user", "passwd", "jane@example.org", "--password-stdin"], "")
        .failed("the password is missing");
    ucs(&data, &["user", "passwd", "nobody@example.org", "--password-stdin"], "x\n").failed("no account");
    assert_eq!(ucs(&data, &["user", "list", "--json"], "").json().as_array().unwrap().len(), 2);
    assert_eq!(ucs(&data, &["user", "list", "--json"], "").json()[0]["password"], false);
    let done = ucs(&data, &["user", "passwd", "jane@example.org", "--password-stdin"], "secret\r\n");
    assert!(done.code == 0 && !done.out.contains("secret"), "{}", done.err);
    assert_eq!(ucs(&data, &["user", "list", "--json"], "").json()[0]["password"], true);
    // Names that are taken are refused before the question, which needs a terminal or --password-stdin.
    for taken in [
        &["JANE@example.org"][..],
        &["new@example.org", "--smtp", "jane@example.org"],
        &["new@example.org", "--alias", "Joe@example.org"],
    ] {
        ucs(&data, &[&["user", "add"], taken].concat(), "").failed("is taken by another account");
    }
}

#[test]
fn what_is_no_name_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (login, more, what) in [
        // A colon ends the name in HTTP Basic.
        ("a:b@example.org", &[][..], "cannot be a login"),
        ("", &["--smtp", "a@example.org"], "cannot be a login"),
        ("jane", &[], "\"jane\" is no e-mail address"),
        ("jane@example.org", &["--alias", "a b@example.org"], "is no e-mail address"),
        ("jane@example.org", &["--sid", "nonsense"], "is no security identifier"),
    ] {
        let arguments = [&["user", "add", login, "--no-password"], more].concat();
        ucs(&data, &arguments, "").failed(what);
    }
    ucs(&data, &["user", "add", "jane@example.org"], "").failed("--password-stdin");
    assert!(!data.exists());
    let (_folder, data) = site();
    ucs(&data, &["group-directory", "add", "nonsense", "Team"], "").failed("is no e-mail address");
    ucs(&data, &["group-directory", "add", "team@example.org", ""], "").failed("cannot be a name");
    ucs(&data, &["group-directory", "add", "team@example.org", "a\nb"], "").failed("cannot be a name");
    ucs(&data, &["grant", "add", "joe@example.org", "JOE@example.org"], "").failed("without a grant");
    let own = ["user", "add", "x@example.org", "--alias", "X@example.org", "--no-password"];
    assert_eq!(ucs(&data, &own, "").code, 0);
    let listed = ucs(&data, &["user", "list", "--json"], "").json();
    assert_eq!(listed[2]["aliases"], json!([]), "UCS I3: the primary address is no alias");
}

#[test]
fn grants() {
    let (_folder, data) = site();
    let pair = ["jane@example.org", "joe@example.org"];
    let run = |verb: &str| ucs(&data, &["grant", verb, pair[0], pair[1], "--json"], "").json();
    let all = || ucs(&data, &["grant", "list", "--json"], "").json();
    assert_eq!(all(), json!([]));
    assert_eq!(run("add"), json!({"caller": pair[0], "target": pair[1], "granted": true, "changed": true}));
    assert_eq!(run("add")["changed"], false);
    assert_eq!(all(), json!([{"caller": pair[0], "target": pair[1]}]));
    assert_eq!(ucs(&data, &["grant", "list"], "").out, "jane@example.org acts for joe@example.org\n");
    assert_eq!(run("remove")["changed"], true);
    assert_eq!(run("remove")["changed"], false);
    assert_eq!(all(), json!([]));
    ucs(&data, &["grant", "add", pair[0], "x@example.org"], "").failed("there is no account x@example.org");
}

#[test]
fn the_directory_of_distribution_groups() {
    let (_folder, data) = site();
    let list = || ucs(&data, &["group-directory", "list", "--json"], "").json()["groups"].clone();
    assert_eq!(list(), Value::Null, "UCS O2: no directory");
    assert_eq!(ucs(&data, &["group-directory", "add", "team@example.org", "Team"], "").code, 0);
    assert_eq!(list(), json!([{"smtp": "team@example.org", "name": "Team"}]));
    assert_eq!(ucs(&data, &["group-directory", "add", "TEAM@example.org", "The Team"], "").code, 0);
    assert_eq!(list(), json!([{"smtp": "TEAM@example.org", "name": "The Team"}]));
    let remove = ["group-directory", "remove", "team@example.org", "--json"];
    assert_eq!(ucs(&data, &remove, "").json()["changed"], true);
    assert_eq!(ucs(&data, &remove, "").json()["changed"], false);
    assert_eq!(list(), json!([]));
    ucs(&data, &["group-directory", "clear"], "y\n").failed("--yes");
    assert_eq!(list(), json!([]), "without a terminal nothing is cleared");
    assert_eq!(ucs(&data, &["group-directory", "clear", "--yes"], "").code, 0);
    assert_eq!(list(), Value::Null);
}

#[test]
fn backup_and_restore() {
    let (folder, data) = site();
    let backup = ucs(&data, &["backup", "copy.db", "--json"], "").json();
    let file = folder.path().join("copy.db");
    assert_eq!(backup["bytes"], std::fs::metadata(&file).unwrap().len());
    ucs(&data, &["backup", "copy.db"], "").failed("--force");
    assert_eq!(ucs(&data, &["backup", "copy.db", "--force"], "").code, 0);
    ucs(&data, &["backup", "nowhere/copy.db"], "").failed("nowhere");

    assert_eq!(ucs(&data, &["user", "add", "late@example.org", "--no-password"], "").code, 0);
    let count = || ucs(&data, &["user", "list", "--json"], "").json().as_array().unwrap().len();
    ucs(&data, &["restore", "copy.db"], "y\n").failed("--yes");
    assert_eq!(count(), 3);
    let restored = ucs(&data, &["restore", "copy.db", "--yes", "--json"], "").json();
    assert!(Path::new(restored["replaced"].as_str().unwrap()).exists());
    assert_eq!(count(), 2);

    ucs(&data, &["restore", "nowhere.db", "--yes"], "").failed("there is no such file");
    std::fs::write(&file, "no database").unwrap();
    ucs(&data, &["restore", "copy.db", "--yes"], "").failed("cannot be restored: it is not a database");
    assert_eq!(count(), 2);
    let same = ucs(&data, &["migrate", "--json"], "").json();
    assert_eq!(same["from"], same["to"]);
    assert!(same["kept"].is_null(), "{same}");
}

/// What is in a folder, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.map(|entry| {
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap_or_default())
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

#[test]
fn a_backup_never_replaces_the_data() {
    let (folder, data) = site();
    let of = |name: &str| data.join(name).to_str().unwrap().to_owned();
    let mut own: Vec<String> =
        ["ucs.db", "ucs.db-wal", "ucs.db-shm", "ucs.db.replaced-1", "UCS.db", "ucs.lock"].map(of).into();
    own.push("data/../data/ucs.db".to_owned());
    std::fs::write(data.join("ucs.lock"), "").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&data, folder.path().join("link")).unwrap();
        std::fs::hard_link(data.join("ucs.db"), folder.path().join("second")).unwrap();
        std::os::unix::fs::symlink(data.join("ucs.db"), folder.path().join("third")).unwrap();
        own.extend(["link/ucs.db", "link/ucs.db-wal", "second", "third"].map(str::to_owned));
    }
    let before = (files(&data), files(folder.path()));
    for file in own {
        for more in [&["--force"][..], &[]] {
            let arguments = [&["backup", file.as_str()], more].concat();
            ucs(&data, &arguments, "").failed("choose another place for the backup");
            assert!((files(&data), files(folder.path())) == before, "{file}: something has changed");
        }
    }
    // Other places in the same folder are free.
    assert_eq!(ucs(&data, &["backup", &of("copy.db")], "").code, 0);
}

#[test]
fn a_restore_says_what_is_wrong_with_the_backup() {
    let (folder, data) = site();
    let file = folder.path().join("copy.db");
    std::fs::write(&file, "no database").unwrap();
    let before = std::fs::read(data.join("ucs.db")).unwrap();
    let done = ucs(&data, &["restore", "copy.db", "--yes"], "");
    done.failed("choose another backup");
    assert!(!done.err.contains("ucs restore"), "{}", done.err);
    for itself in ["data/ucs.db", "data/../data/ucs.db"] {
        ucs(&data, &["restore", itself, "--yes"], "").failed("is the database itself");
    }
    assert_eq!(std::fs::read(data.join("ucs.db")).unwrap(), before);
    // Where the data is what is damaged, a backup does help.
    std::fs::write(data.join("ucs.db"), "no database").unwrap();
    ucs(&data, &["user", "list"], "").failed("`ucs restore` brings back a backup");
}

#[test]
fn damage_is_told_of_what_is_damaged() {
    let (folder, data) = site();
    let database = data.join("ucs.db");
    let changed = rusqlite::Connection::open(&database).unwrap();
    changed
        .execute("UPDATE account SET primary_smtp = 'eve@example.org' WHERE login LIKE 'jane%'", [])
        .unwrap();
    changed.close().unwrap();
    let list = ucs(&data, &["user", "list"], "");
    list.failed("the row of account jane@example.org has a wrong checksum");
    assert!(!list.err.contains("Conversion error"), "{}", list.err);
    // Not the copy that was being made of it, which is gone.
    let whole = std::fs::read(&database).unwrap();
    std::fs::write(&database, &whole[..5000]).unwrap();
    let backup = ucs(&data, &["backup", "copy.db"], "");
    backup.failed(&format!("{} is damaged", database.display()));
    assert!(!folder.path().join("copy.db").exists());
}

#[test]
fn what_needs_data_says_where_it_looked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let needs: [&[&str]; 7] = [
        &["user", "list"],
        &["user", "disable", "jane@example.org"],
        &["grant", "list"],
        &["group-directory", "list"],
        &["group-directory", "add", "team@example.org", "Team"],
        &["backup", "copy.db"],
        &["migrate"],
    ];
    for arguments in needs {
        ucs(&data, arguments, "").failed(data.join("ucs.db").to_str().unwrap());
    }
    assert!(!data.exists(), "a wrong directory is not made");
}

#[test]
fn the_flag_wins_over_the_file_and_the_file_over_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| folder.path().join(name);
    std::fs::write(of("ucs.toml"), format!("data = {:?}\n", of("file"))).unwrap();
    let add = |more: &[&str]| {
        let arguments = [&["user", "add", "jane@example.org", "--no-password"], more].concat();
        assert_eq!(ucs(&of("environment"), &arguments, "").code, 0);
    };
    add(&["--config", "ucs.toml", "--data", of("flag").to_str().unwrap()]);
    assert!(of("flag").exists() && !of("file").exists() && !of("environment").exists());
    add(&["--config", "ucs.toml"]);
    assert!(of("file").exists() && !of("environment").exists());
    add(&[]);
    assert!(of("environment").exists());
}

#[test]
fn config_check_names_the_place_of_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("ucs.toml");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        ucs(&data, &["config", "check", "--config", "ucs.toml"], "")
    };
    let good = check("listen = \"127.0.0.1:9999\"\n");
    assert_eq!(good.code, 0, "{}", good.err);
    assert!(good.out.contains("127.0.0.1:9999") && good.out.contains("ucs.toml"), "{}", good.out);
    assert!(good.out.contains("UCS_DATA"), "{}", good.out);
    for (text, place) in [
        ("listen = \"127.0.0.1:1\"\n\nlisten_at = 3\n", "ucs.toml:3:1"),
        ("cache_megabytes = \"many\"\n", "ucs.toml:1:19"),
        ("[tls\n", "ucs.toml:1:5"),
    ] {
        let bad = check(text);
        assert_eq!(bad.code, 1);
        assert!(bad.err.starts_with("error: ") && bad.err.contains(place), "{place}: {}", bad.err);
    }
    let named = check("listen = \"localhost:80\"\n");
    assert!(
        named.err.contains("ucs.toml:1:10: listen: \"localhost:80\" is no IP address with a port"),
        "{}",
        named.err
    );
    ucs(&data, &["serve", "--listen", "8080"], "").failed("\"8080\" is no IP address with a port, such as");
    ucs(&data, &["serve", "--log-format", "yaml"], "")
        .failed("--log-format: log.format: unknown variant `yaml`, expected `text` or `json`");
    let open = check("listen = \"0.0.0.0:80\"\n");
    assert!(open.code == 1 && open.err.contains("allow_plain_http"), "{}", open.err);
}

#[test]
fn all_that_is_wrong_with_a_configuration_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    // In the environment.
    let data = folder.path().join("data");
    let text = "lisen = 1\n\n[http]\nmetrics = 5\npublic_url = \"a\"\n";
    std::fs::write(folder.path().join("ucs.toml"), text).unwrap();
    let wrong = [
        "ucs.toml:1:1: lisen: there is no such key; ",
        "ucs.toml:4:11: http.metrics: invalid type: integer `5`, expected true or false",
        "ucs.toml:5:1: http.public_url: \"a\" must be an http or https URL",
    ];
    let check = ucs(&data, &["config", "check", "--config", "ucs.toml"], "");
    assert_eq!(check.code, 1);
    assert!(check.err.starts_with("error: 3 problems in the configuration\nucs.toml:1:1: "), "{}", check.err);
    let serve = ["serve", "--config", "ucs.toml", "--listen", "8080", "--cache-megabytes", "many"];
    let serve = ucs(&data, &serve, "");
    serve.failed("error: 5 problems in the configuration\n");
    for problem in wrong {
        assert!(check.err.contains(problem) && serve.err.contains(problem), "{problem}: {}", serve.err);
    }
    for problem in ["--listen: listen: \"8080\" is", "--cache-megabytes: cache_megabytes: invalid type"] {
        assert!(serve.err.contains(problem), "{problem}: {}", serve.err);
    }
    assert!(serve.err.contains("did you mean `listen`?") && !data.exists());
    // Commands that need a part of it read it all, and do not look at what is for servers alone.
    let backup = ucs(&data, &["backup", "b.db", "--config", "ucs.toml"], "");
    backup.failed("error: 2 problems in the configuration\n");

    let json = ucs(&data, &["config", "check", "--json", "--config", "ucs.toml"], "");
    assert_eq!(json.code, 1);
    let told: Value = serde_json::from_str(&json.out).unwrap();
    let problems = told["problems"].as_array().unwrap();
    let part = |name: &str| problems.iter().map(|problem| problem[name].clone()).collect::<Vec<_>>();
    assert_eq!(part("key"), ["lisen", "http.metrics", "http.public_url"]);
    assert_eq!(part("from"), ["ucs.toml"; 3]);
    assert_eq!(
        (part("line"), part("column")),
        (vec![1.into(), 4.into(), 5.into()], vec![1.into(), 11.into(), 1.into()])
    );
    assert_eq!(told["set"]["http.public_url"], json!({ "value": "a", "from": "ucs.toml" }));
    assert_eq!(told["set"]["http.metrics"], Value::Null);
}
