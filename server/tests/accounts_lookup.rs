//! Accounts in SQLite: names, grants, the directory, and changes by other processes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use std::future::Future;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;
use ucs::accounts::{
    Account, AccountError, Accounts, Admin, Alteration, DistributionGroup, Handle, MailboxId, NewAccount,
    SqliteAccounts,
};
use ucs::store::sqlite::file;

/// A database, accounts as a server has them, and the connection of an administrator.
struct Site {
    _folder: TempDir,
    _file: file::File,
    accounts: SqliteAccounts,
    connection: Connection,
}

fn site() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = file::open_for_server(folder.path()).unwrap();
    let accounts = SqliteAccounts::open(file.connector()).unwrap();
    let connection = file::connect(folder.path()).unwrap();
    Site { _folder: folder, _file: file, accounts, connection }
}

impl Site {
    fn admin(&mut self) -> Admin<'_> {
        Admin::new(&mut self.connection)
    }

    fn add(&mut self, login: &str) -> MailboxId {
        self.admin().add(&NewAccount::new(login, None)).unwrap()
    }

    async fn mailbox(&self, handle: Handle<'_>) -> Option<MailboxId> {
        self.accounts.find(handle).await.unwrap().map(|account| account.mailbox)
    }
}

/// Waits until something is so; the promise is a second.
async fn soon<F: Future<Output = bool>>(what: &str, is: impl Fn() -> F) {
    let start = Instant::now();
    while !is().await {
        assert!(start.elapsed() < Duration::from_secs(5), "{what}: not seen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn jane() -> NewAccount {
    NewAccount {
        login: "Jane@Example.org".to_owned(),
        primary_smtp: "jane.doe@example.org".to_owned(),
        aliases: vec!["jd@example.org".to_owned(), "Doe@example.org".to_owned()],
        sid: Some("S-1-5-21-1-2-3-1001".to_owned()),
        password: Some("$argon2id$".to_owned()),
    }
}

#[tokio::test]
async fn an_account_is_found_by_each_of_its_names_and_no_other() {
    let mut site = site();
    let mailbox = site.admin().add(&jane()).unwrap();
    let found = [
        Handle::Login("JANE@example.ORG"),
        Handle::Smtp("Jane.Doe@EXAMPLE.org"),
        Handle::Smtp("JD@example.org"),
        Handle::Smtp("doe@example.org"),
        Handle::Sid("s-1-5-21-1-2-3-1001"),
    ];
    for handle in found {
        assert_eq!(site.mailbox(handle).await, Some(mailbox), "{handle:?}");
    }
    // A login is no address, and an address no login, unless it is given as both (UCS I3).
    let missed = [
        Handle::Smtp("jane@example.org"),
        Handle::Login("jane.doe@example.org"),
        Handle::Login("jd@example.org"),
        Handle::Login("S-1-5-21-1-2-3-1001"),
        Handle::Sid("jane@example.org"),
        Handle::Login(""),
        Handle::Smtp("%"),
    ];
    for handle in missed {
        assert_eq!(site.mailbox(handle).await, None, "{handle:?}");
    }
    let account = site.accounts.find(Handle::Sid("S-1-5-21-1-2-3-1001")).await.unwrap().unwrap();
    assert_eq!(account.login, "Jane@Example.org");
    assert_eq!(account.primary_smtp, "jane.doe@example.org");
    assert_eq!(account.aliases, ["Doe@example.org", "jd@example.org"]);
    assert_eq!(account.password.as_deref(), Some("$argon2id$"));
    assert!(!account.disabled);
    assert!(!format!("{account:?}").contains("argon2id"), "no hash in logs");
}

#[test]
fn a_name_belongs_to_one_account() {
    let mut site = site();
    site.admin().add(&jane()).unwrap();
    let taken = [
        NewAccount::new("JANE@example.org", None),
        NewAccount::new("jane.doe@example.org", None),
        NewAccount { primary_smtp: "JD@example.org".to_owned(), ..NewAccount::new("a@example.org", None) },
        NewAccount { aliases: vec!["doe@example.org".to_owned()], ..NewAccount::new("b@example.org", None) },
        NewAccount { sid: jane().sid, ..NewAccount::new("c@example.org", None) },
    ];
    for new in taken {
        let error = site.admin().add(&new).unwrap_err();
        assert!(matches!(error, AccountError::Taken(_)), "{new:?}: {error:?}");
    }
    // None of them left anything behind.
    assert_eq!(site.admin().list().unwrap().len(), 1);
    for login in ["a@example.org", "b@example.org", "c@example.org"] {
        site.add(login);
    }
    let mailboxes: std::collections::BTreeSet<_> =
        site.admin().list().unwrap().into_iter().map(|account| account.mailbox).collect();
    assert_eq!(mailboxes.len(), 4);
}

#[tokio::test]
async fn what_another_process_changes_is_seen_soon() {
    let mut site = site();
    let login = Handle::Login("jane@example.org");
    // Also an account that was looked up before there was one.
    assert_eq!(site.mailbox(login).await, None);
    let mailbox = site.add("jane@example.org");
    let start = Instant::now();
    soon("the new account", async || site.mailbox(login).await == Some(mailbox)).await;
    assert!(start.elapsed() < Duration::from_millis(1900), "{:?}", start.elapsed());

    site.admin().set_disabled("jane@example.org", true).unwrap();
    let is = async |disabled: bool| {
        site.accounts.find(login).await.unwrap().is_some_and(|account| account.disabled == disabled)
    };
    soon("disabled", async || is(true).await).await;

    let mut site = site;
    site.admin().set_disabled("jane@example.org", false).unwrap();
    site.admin().set_password("jane@example.org", "another").unwrap();
    soon("the new password", async || {
        let account = site.accounts.find(login).await.unwrap().unwrap();
        account.password.as_deref() == Some("another") && !account.disabled
    })
    .await;
}

#[tokio::test]
async fn writes_of_lists_empty_no_memory() {
    let mut site = site();
    site.add("jane@example.org");
    // That one is noticed first.
    tokio::time::sleep(Duration::from_millis(1300)).await;
    let login = Handle::Login("jane@example.org");
    let first = site.accounts.find(login).await.unwrap().unwrap();
    site.connection
        .execute(
            "INSERT INTO list (mailbox, version, last_item, migrated, sum) VALUES (x'00', 1, 1, 0, 0)",
            [],
        )
        .unwrap();
    tokio::time::sleep(Duration::from_millis(1300)).await;
    let second = site.accounts.find(login).await.unwrap().unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &second));
}

#[tokio::test]
async fn a_grant_goes_one_way() {
    let mut site = site();
    let (jane, joe) = (site.add("jane@example.org"), site.add("joe@example.org"));
    assert!(!site.accounts.may_act_for(jane, joe).await.unwrap(), "UCS I2: not without a grant");
    assert!(!site.accounts.may_act_for_any(jane).await.unwrap());
    assert!(site.admin().grant("JANE@example.org", "joe@example.org", true).unwrap());
    assert!(!site.admin().grant("jane@example.org", "joe@example.org", true).unwrap(), "no news");
    soon("the grant", async || site.accounts.may_act_for(jane, joe).await.unwrap()).await;
    assert!(!site.accounts.may_act_for(joe, jane).await.unwrap());
    assert!(site.accounts.may_act_for_any(jane).await.unwrap());
    assert!(!site.accounts.may_act_for_any(joe).await.unwrap());
    let grants = site.admin().grants().unwrap();
    assert_eq!(grants, [("jane@example.org".to_owned(), "joe@example.org".to_owned())]);
    assert!(site.admin().grant("jane@example.org", "joe@example.org", false).unwrap());
    soon("its end", async || !site.accounts.may_act_for(jane, joe).await.unwrap()).await;
    assert!(!site.accounts.may_act_for_any(jane).await.unwrap());
    let error = site.admin().grant("jane@example.org", "nobody@example.org", true).unwrap_err();
    assert!(matches!(error, AccountError::Unknown(name) if name == "nobody@example.org"));
}

#[tokio::test]
async fn without_a_directory_any_group_will_do() {
    let mut site = site();
    let group = |smtp: &str| DistributionGroup { smtp: smtp.to_owned(), display_name: "Team".to_owned() };
    let (known, other) = ("Team@example.org", "other@example.org");
    assert!(site.accounts.has_distribution_group(other).await.unwrap(), "UCS O2: no directory");
    assert_eq!(site.admin().groups().unwrap(), None);
    site.admin().add_group(&group(known)).unwrap();
    soon("the directory", async || !site.accounts.has_distribution_group(other).await.unwrap()).await;
    assert!(site.accounts.has_distribution_group("TEAM@EXAMPLE.ORG").await.unwrap());
    assert_eq!(site.admin().groups().unwrap(), Some(vec![group(known)]));
    // An empty directory is a directory.
    assert!(site.admin().remove_group("team@example.org").unwrap());
    assert!(!site.admin().remove_group("team@example.org").unwrap());
    soon("the removal", async || !site.accounts.has_distribution_group(known).await.unwrap()).await;
    assert_eq!(site.admin().groups().unwrap(), Some(Vec::new()));
    site.admin().clear_groups().unwrap();
    soon("no directory", async || site.accounts.has_distribution_group(other).await.unwrap()).await;
}

#[tokio::test]
async fn a_hundred_thousand_accounts() {
    let site = site();
    // Rows without names are no accounts to be found: what is measured is the lookup by index among many.
    site.connection
        .execute_batch(
            "BEGIN;
             CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                 SELECT i, randomblob(16) AS id FROM n;
             INSERT INTO account SELECT id, 'u' || i, 'u' || i, NULL, NULL, 0, 0 FROM n;
             INSERT INTO account_name SELECT 'u' || i || '@example.org', id, 3, 'u' || i FROM n;
             COMMIT",
        )
        .unwrap();
    let mut site = site;
    let mailbox = site.add("jane@example.org");
    let start = Instant::now();
    for number in 0..2000 {
        let name = format!("nobody{number}@example.org");
        assert_eq!(site.mailbox(Handle::Smtp(&name)).await, None);
    }
    assert_eq!(site.mailbox(Handle::Login("jane@example.org")).await, Some(mailbox));
    let each = start.elapsed() / 2001;
    assert!(each < Duration::from_millis(1), "{each:?} for each lookup");
}

fn to(login: &str, primary_smtp: Option<&str>, keeps_address: bool) -> Alteration {
    let primary_smtp = primary_smtp.map(str::to_owned);
    Alteration { primary_smtp, free_address: !keeps_address, ..Alteration::rename(login) }
}

/// UCS I3: of the names before, those stay that are not replaced, and the primary address is no alias.
#[test]
fn a_renamed_account_has_its_new_names_and_those_it_keeps() {
    let mut site = site();
    let mailbox = site.admin().add(&jane()).unwrap();
    let joe = site.add("joe@example.org");
    let names = |site: &mut Site| {
        let sql = "SELECT name, uses FROM account_name WHERE mailbox = ?1 ORDER BY name";
        let mut statement = site.connection.prepare(sql).unwrap();
        let rows = statement.query_map([mailbox.0], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect::<Vec<(String, u8)>>()
    };
    let named = |names: &[(&str, u8)]| {
        let names = names.iter().map(|(name, uses)| ((*name).to_owned(), *uses));
        names.chain([("s-1-5-21-1-2-3-1001".to_owned(), 8)]).collect::<Vec<_>>()
    };
    // The login alone, which was not the primary address.
    let account = site.admin().alter("jane@example.org", &to("EXAMPLE\\janet", None, true)).unwrap();
    assert_eq!((account.login.as_str(), account.mailbox), ("EXAMPLE\\janet", mailbox));
    assert_eq!(account.primary_smtp, "jane.doe@example.org");
    assert_eq!(account.password.as_deref(), Some("$argon2id$"));
    let rest =
        [("doe@example.org", 4), ("example\\janet", 1), ("jane.doe@example.org", 2), ("jd@example.org", 4)];
    assert_eq!(names(&mut site), named(&rest));
    // To an alias of its own; the old primary address becomes one.
    site.admin().alter("example\\JANET", &to("Janet@example.org", Some("JD@example.org"), true)).unwrap();
    let rest = [
        ("doe@example.org", 4),
        ("jane.doe@example.org", 4),
        ("janet@example.org", 1),
        ("jd@example.org", 2),
    ];
    assert_eq!(names(&mut site), named(&rest));
    let account = &site.admin().list().unwrap()[0];
    assert_eq!(account.primary_smtp, "JD@example.org");
    assert_eq!(account.aliases, ["Doe@example.org", "jane.doe@example.org"]);
    // Without the old primary address, which is free then.
    site.admin().alter("janet@example.org", &to("jd@example.org", Some("new@example.org"), false)).unwrap();
    let rest =
        [("doe@example.org", 4), ("jane.doe@example.org", 4), ("jd@example.org", 1), ("new@example.org", 2)];
    assert_eq!(names(&mut site), named(&rest));
    // Another spelling of the same.
    let account = site.admin().alter("jd@example.org", &to("JD@example.org", None, true)).unwrap();
    assert_eq!((account.login.as_str(), names(&mut site)), ("JD@example.org", named(&rest)));
    let refused = |site: &mut Site, login: &str, to: &Alteration| {
        let error = site.admin().alter(login, to).unwrap_err().to_string();
        assert_eq!(names(site), named(&rest), "nothing has changed");
        error
    };
    let taken = "joe@example.org is taken by another account";
    assert_eq!(refused(&mut site, "jd@example.org", &to("joe@example.org", None, true)), taken);
    assert_eq!(
        refused(&mut site, "jd@example.org", &to("jd@example.org", Some("joe@example.org"), true)),
        taken
    );
    assert_eq!(
        refused(&mut site, "nobody@example.org", &to("a@example.org", None, true)),
        "there is no account nobody@example.org"
    );
    assert!(refused(&mut site, "jd@example.org", &to("a:b", None, true)).contains("cannot be a login"));
    // The primary address follows the login, so that login has to be one.
    let error =
        site.admin().alter("joe@example.org", &to("EXAMPLE\\joe", None, true)).unwrap_err().to_string();
    assert!(error.contains("is no e-mail address") && error.contains("--smtp"), "{error}");
    let account = site.admin().alter("joe@example.org", &to("EXAMPLE\\joe", Some("joe@example.org"), true));
    let account = account.unwrap();
    assert_eq!((account.mailbox, account.primary_smtp.as_str()), (joe, "joe@example.org"));
    assert_eq!(account.aliases, [""; 0]);
}

/// What was forgotten when an account was made can be had without making it anew.
#[test]
fn what_is_changed_of_an_account_is_that_alone() {
    let mut site = site();
    let mailbox = site.admin().add(&jane()).unwrap();
    site.add("joe@example.org");
    let login = "jane@example.org";
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let before = site.admin().list().unwrap().remove(0);
    let to = Alteration {
        add_aliases: list(&["New@example.org", "jane@example.org"]),
        remove_aliases: list(&["JD@example.org"]),
        sid: Some(Some("S-1-5-21-9".to_owned())),
        no_password: true,
        ..Alteration::default()
    };
    let account = site.admin().alter(login, &to).unwrap();
    let wanted = Account {
        aliases: list(&["Doe@example.org", "Jane@Example.org", "New@example.org"]),
        sid: Some("S-1-5-21-9".to_owned()),
        password: None,
        ..before
    };
    assert!(account == wanted && account.mailbox == mailbox, "{account:?} {:?}", account.aliases);
    // What it no longer has is free, and what it has is not.
    for (alias, free) in [("jd@example.org", true), ("new@example.org", false)] {
        let to = Alteration { add_aliases: list(&[alias]), ..Alteration::default() };
        assert_eq!(site.admin().alter("joe@example.org", &to).is_ok(), free, "{alias}");
    }
    let sid = |sid: Option<&str>| Alteration { sid: Some(sid.map(str::to_owned)), ..Alteration::default() };
    assert!(site.admin().alter("joe@example.org", &sid(Some("s-1-5-21-9"))).is_err());
    site.admin().alter("joe@example.org", &sid(Some("S-1-5-21-1-2-3-1001"))).unwrap();
    assert_eq!(site.admin().alter("joe@example.org", &sid(None)).unwrap().sid, None);
    // The primary address changes place with an alias, or goes.
    let primary = |address: &str, remove: &[&str]| Alteration {
        primary_smtp: Some(address.to_owned()),
        remove_aliases: list(remove),
        ..Alteration::default()
    };
    let account = site.admin().alter(login, &primary("doe@example.org", &[])).unwrap();
    assert_eq!(account.aliases, ["jane.doe@example.org", "Jane@Example.org", "New@example.org"]);
    let account = site.admin().alter(login, &primary("jane@example.org", &["doe@example.org"])).unwrap();
    assert_eq!(
        (account.primary_smtp.as_str(), account.login.as_str()),
        ("jane@example.org", "Jane@Example.org")
    );
    assert_eq!(account.aliases, ["jane.doe@example.org", "New@example.org"]);
    for (to, wanted) in [
        (Alteration { remove_aliases: list(&[login]), ..Alteration::default() }, "is no alias of"),
        (Alteration { add_aliases: list(&["x"]), ..Alteration::default() }, "is no e-mail address"),
        (sid(Some("x")), "is no security identifier"),
        (primary("joe@example.org", &[]), "is taken by another account"),
    ] {
        let error = site.admin().alter(login, &to).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    assert!(site.admin().list().unwrap()[0] == account);
}

/// What callers ask for is kept, and so it has a length: what is longer than any name is not even looked up.
#[tokio::test]
async fn what_is_too_long_for_a_name_is_not_looked_up() {
    let site = site();
    site.connection.execute_batch("ALTER TABLE account_name RENAME TO gone").unwrap();
    let (short, long) = ("x".repeat(320), "x".repeat(5000));
    for (short, long) in [
        (Handle::Login(&short), Handle::Login(&long)),
        (Handle::Smtp(&short), Handle::Smtp(&long)),
        (Handle::Sid(&short), Handle::Sid(&long)),
    ] {
        assert!(site.accounts.find(short).await.is_err());
        assert!(site.accounts.find(long).await.unwrap().is_none());
    }
}
