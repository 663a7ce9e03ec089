//! The binary as its users meet it: processes, HTTPS, passwords, restarts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::collections::BTreeSet;

use oxws::client::{Client, Error, Http};
use oxws::oxwscdata::{ConnectingSid, ExchangeImpersonation, ResponseCode};
use oxws::oxwscore::{BaseItemIdChoice, ItemId};
use oxws::oxwscos::*;
use oxws::oxwspers::Persona;
use process::{PASSWORD, Site};

const JANE: &str = "jane@example.org";
const JOHN: &str = "john@example.org";

async fn group(client: &Client<Http>, name: &str) -> ItemId {
    let reply = client.call(AddImGroup::new(name.parse().unwrap())).await.unwrap();
    reply.im_group.unwrap().exchange_store_id.unwrap()
}

async fn contact(client: &Client<Http>, address: &str, group: Option<&ItemId>) -> Result<ItemId, Error> {
    let mut request = AddNewImContactToGroup::new(address.parse().unwrap());
    request.group_id = group.cloned();
    Ok(source(&client.call(request).await?.persona.unwrap()))
}

fn source(persona: &Persona) -> ItemId {
    persona.attributions().unwrap()[0].source_id.clone()
}

async fn list(client: &Client<Http>) -> ImItemList {
    client.call(GetImItemList::default()).await.unwrap().im_item_list.unwrap()
}

fn code<T>(result: Result<T, Error>) -> ResponseCode {
    match result {
        Ok(_) => ResponseCode::NoError,
        Err(error) => error.response_code().unwrap_or_else(|| panic!("{error}")),
    }
}

fn names(list: &ImItemList) -> Vec<String> {
    list.groups.iter().flatten().map(|group| group.display_name.get().clone()).collect()
}

fn addresses(list: &ImItemList) -> BTreeSet<String> {
    let personas = list.personas.iter().flatten();
    personas.map(|persona| persona.im_address().or(persona.display_name()).unwrap().to_owned()).collect()
}

/// UCS O1 to O13, K4: all operations, with a restart between what is written and what is read.
#[tokio::test]
async fn all_operations_with_a_restart_between() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let client = server.client(JANE);
    let friends = group(&client, "Friends").await;
    let work = group(&client, "Work").await;
    let team =
        AddDistributionGroupToImList::new("team@example.org".parse().unwrap(), "Team".parse().unwrap());
    let team = client.call(team).await.unwrap().im_group.unwrap().exchange_store_id.unwrap();
    let ann = contact(&client, "sip:ann@example.org", Some(&friends)).await.unwrap();
    let bob = contact(&client, "bob@example.org", None).await.unwrap();
    let tel = AddNewTelUriContactToGroup::new(
        "tel:+15550100".parse().unwrap(),
        "sip:+15550100@example.org".parse().unwrap(),
        "+1 555 0100".parse().unwrap(),
    );
    client.call(tel).await.unwrap();
    let before = list(&client).await;
    server.stop();

    let server = site.serve();
    let client = server.client(JANE);
    assert_eq!(list(&client).await, before, "the list after a restart");
    let mut join = AddImContactToGroup::new(bob.clone());
    join.group_id = Some(work.clone());
    client.call(join).await.unwrap();
    client.call(SetImGroup::new(work.clone(), "Office".parse().unwrap())).await.unwrap();
    client.call(SetImListMigrationCompleted::new(true)).await.unwrap();
    let items = GetImItems {
        contact_ids: Some(vec![
            BaseItemIdChoice::ItemId(bob.clone()),
            BaseItemIdChoice::ItemId(ItemId::new("?")),
        ]),
        group_ids: Some(vec![BaseItemIdChoice::ItemId(work.clone())]),
        ..GetImItems::default()
    };
    let items = client.call(items).await.unwrap().im_item_list.unwrap();
    assert_eq!((names(&items), addresses(&items).len()), (vec!["Office".to_owned()], 1));
    client.call(RemoveImContactFromGroup::new(bob.clone(), work.clone())).await.unwrap();
    client.call(RemoveContactFromImList::new(ann.clone())).await.unwrap();
    client.call(RemoveImGroup::new(friends)).await.unwrap();
    client.call(RemoveDistributionGroupFromImList::new(team)).await.unwrap();
    server.kill();

    let server = site.serve();
    let client = server.client(JANE);
    let after = list(&client).await;
    assert_eq!(names(&after), ["Other Contacts", "Tagged", "Favorites", "Office"]);
    assert_eq!(addresses(&after), BTreeSet::from(["+1 555 0100".to_owned()]));
    assert_eq!(code(client.call(RemoveContactFromImList::new(bob)).await), ResponseCode::ErrorItemNotFound);
    server.stop();
}

/// UCS I1, I2, K2: two mailboxes side by side; the ids of one are nothing in the other, and a grant opens one way.
#[tokio::test]
async fn two_mailboxes() {
    let site = Site::new(&[JANE, JOHN]);
    let server = site.serve();
    let (jane, john) = (server.client(JANE), server.client(JOHN));
    let friends = group(&jane, "Friends").await;
    let ann = contact(&jane, "ann@example.org", Some(&friends)).await.unwrap();
    group(&john, "Friends").await;
    let foreign = code(john.call(RemoveImGroup::new(friends.clone())).await);
    assert_eq!(foreign, ResponseCode::ErrorNonExistentMailbox);
    let foreign = code(john.call(RemoveContactFromImList::new(ann)).await);
    assert_eq!(foreign, ResponseCode::ErrorNonExistentMailbox);
    assert!(addresses(&list(&john).await).is_empty());

    let as_jane = || {
        let jane = ConnectingSid::PrimarySmtpAddress(JANE.parse().unwrap());
        let part = ExchangeImpersonation::new(jane);
        let headers = RequestHeaders { impersonation: Some(part), ..RequestHeaders::default() };
        oxws::soap::Request::new(GetImItemList::default()).with_headers(headers)
    };
    let denied = john.send(as_jane()).await.unwrap_err();
    assert_eq!(denied.response_code(), Some(ResponseCode::ErrorImpersonateUserDenied));
    // The grant is seen by the server that runs, within a second.
    site.ucs(&["grant", "add", JOHN, JANE], "");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let shown = john.send(as_jane()).await.unwrap().body.im_item_list.unwrap();
    assert_eq!(addresses(&shown), BTreeSet::from(["ann@example.org".to_owned()]));
    site.ucs(&["grant", "remove", JOHN, JANE], "");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let denied = john.send(as_jane()).await.unwrap_err();
    assert_eq!(denied.response_code(), Some(ResponseCode::ErrorImpersonateUserDenied));
}

/// A wrong password, an unknown account, a disabled one: 401, alike. What a command changes counts at once or so.
#[tokio::test]
async fn only_accounts_get_in() {
    let site = Site::new(&[JANE, JOHN]);
    let server = site.serve();
    assert_eq!(names(&list(&server.client(JANE)).await).len(), 3);
    site.ucs(&["user", "disable", JOHN], "");
    site.ucs(&["user", "passwd", JANE, "--password-stdin"], "another\n");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let mut answers = BTreeSet::new();
    for (login, password) in [(JANE, PASSWORD), (JOHN, PASSWORD), ("nobody@example.org", PASSWORD)] {
        let refused = server.client_with(login, password).call(GetImItemList::default()).await.unwrap_err();
        assert_eq!(refused.status().map(|status| status.as_u16()), Some(401), "{login}: {refused}");
        answers.insert(refused.to_string());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    list(&server.client_with(JANE, "another")).await;
}

/// UCS G2, P1: limits at exactly 64 and 1000, with clients at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_with_concurrent_clients() {
    let site = Site::new(&[JANE]);
    let server = site.serve_with(&["--config", &site.without_rates()]);
    let tasks: Vec<_> = (0..8)
        .map(|worker| {
            let client = server.client(JANE);
            tokio::spawn(async move {
                let mut refused = [0, 0];
                for at in (worker..66).step_by(8) {
                    let added = client.call(AddImGroup::new(format!("Group {at}").parse().unwrap())).await;
                    refused[0] += usize::from(code(added) == ResponseCode::ErrorImGroupLimitReached);
                }
                for at in (worker..1005).step_by(8) {
                    let added = contact(&client, &format!("c{at}@example.org"), None).await;
                    refused[1] += usize::from(code(added) == ResponseCode::ErrorImContactLimitReached);
                }
                refused
            })
        })
        .collect();
    let mut refused = [0, 0];
    for task in tasks {
        let more = task.await.unwrap();
        refused = [refused[0] + more[0], refused[1] + more[1]];
    }
    assert_eq!(refused, [2, 5]);
    let list = list(&server.client(JANE)).await;
    assert_eq!((names(&list).len(), addresses(&list).len()), (67, 1000));
}

/// UCS K1: ids are after a restore what they were at the backup, and the backup is taken while the server works.
#[tokio::test]
async fn backup_and_restore() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let client = server.client(JANE);
    let friends = group(&client, "Friends").await;
    let ann = contact(&client, "ann@example.org", Some(&friends)).await.unwrap();
    let saved = list(&client).await;
    let file = site.folder.path().join("saved.db");
    site.ucs(&["backup", process::text(&file)], "");
    client.call(RemoveContactFromImList::new(ann.clone())).await.unwrap();
    let running = site.ucs_fails(&["restore", process::text(&file), "--yes"]);
    assert!(running.contains("running"), "{running}");
    server.stop();
    let asked = site.ucs_fails(&["restore", process::text(&file)]);
    assert!(asked.contains("--yes"), "{asked}");
    site.ucs(&["restore", process::text(&file), "--yes"], "");
    let server = site.serve();
    let client = server.client(JANE);
    assert_eq!(list(&client).await, saved);
    client.call(RemoveContactFromImList::new(ann)).await.unwrap();
    let again = contact(&client, "ann@example.org", Some(&friends)).await.unwrap();
    assert_ne!(Some(&again), saved.personas.as_ref().map(|personas| source(&personas[0])).as_ref());
}

/// One server for one data directory, and a sentence for the second one.
#[tokio::test]
async fn a_second_server_is_refused() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let refused = site.ucs_fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(refused.contains("running"), "{refused}");
    list(&server.client(JANE)).await;
}
