//! An account gets another name beside a running server: what is its own stays its own, under the same ids.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::time::{Duration, Instant};

use oxws::oxwscos::{AddImGroup, AddNewImContactToGroup, RemoveContactFromImList, SetImGroup};
use process::raw::{LONG, post, sign_in};
use process::{Server, Site};

const JANE: &str = "jane@example.org";
const JANET: &str = "janet@example.org";
const PAUL: &str = "paul@example.org";
const LIST: &str = "<m:GetImItemList/>";

/// What a list is, with all its ids: the body, which has no time of the reply in it.
fn list(server: &Server, login: &str) -> String {
    let (status, answer) = server.ask(&post(&sign_in(login), "", LIST));
    assert_eq!(status, 200, "{answer}");
    answer.split_once("Body>").unwrap().1.to_owned()
}

fn acts_for(element: &str, name: &str) -> String {
    format!(
        "<t:ExchangeImpersonation><t:ConnectingSID><t:{element}>{name}</t:{element}></t:ConnectingSID>\
         </t:ExchangeImpersonation>"
    )
}

/// UCS K1, K4, I1 to I3: ids name the mailbox, not the account's name, and so do grants.
#[tokio::test]
async fn what_belongs_to_an_account_stays_when_it_is_renamed() {
    let site = Site::new(&[JANE, PAUL]);
    site.ucs(&["grant", "add", PAUL, JANE], "");
    site.ucs(&["grant", "add", JANE, PAUL], "");
    let server = site.serve();
    let jane = server.client(JANE);
    let group = jane.call(AddImGroup::new("Friends".parse().unwrap())).await.unwrap();
    let group = group.im_group.unwrap().exchange_store_id.unwrap();
    let mut contact = AddNewImContactToGroup::new("ann@example.org".parse().unwrap());
    contact.group_id = Some(group.clone());
    let persona = jane.call(contact).await.unwrap().persona.unwrap();
    let contact = persona.attributions().unwrap()[0].source_id.clone();
    let before = list(&server, JANE);

    let said = site.ucs(&["user", "rename", JANE, JANET], "");
    let said = String::from_utf8(said.stdout).unwrap();
    let wanted = "jane@example.org is now janet@example.org, with the primary address janet@example.org and the other \
                  addresses jane@example.org\n";
    assert_eq!(said, wanted);
    let begun = Instant::now();
    // The new name is one at once, the old one for a second more at most.
    for (login, wanted) in [(JANET, 200), (JANE, 401)] {
        while server.ask(&post(&sign_in(login), "", LIST)).0 != wanted {
            assert!(begun.elapsed() < LONG, "{login}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    assert_eq!(list(&server, JANET), before);
    // The ids that a client knows go on working.
    let janet = server.client(JANET);
    janet.call(SetImGroup::new(group, "Old friends".parse().unwrap())).await.unwrap();
    assert_eq!(list(&server, JANET), before.replace("Friends", "Old friends"));
    janet.call(RemoveContactFromImList::new(contact)).await.unwrap();
    // So do the grants, by every name that is one.
    let seen = |caller: &str, header: &str| server.ask(&post(&sign_in(caller), header, LIST)).1;
    for (element, name) in [("PrincipalName", JANET), ("PrimarySmtpAddress", JANET), ("SmtpAddress", JANE)] {
        let answer = seen(PAUL, &acts_for(element, name));
        assert!(answer.contains("Old friends"), "{element} {name}: {answer}");
    }
    assert!(seen(JANET, &acts_for("SmtpAddress", PAUL)).contains("NoError"));
    let old = seen(PAUL, &acts_for("PrimarySmtpAddress", JANE));
    assert!(old.contains("ErrorNonPrimarySmtpAddress") && old.contains(JANET), "{old}");
    // What she was called is hers still, as an address, and nobody's name to sign in with.
    assert!(site.ucs_fails(&["user", "add", JANE, "--no-password"]).contains("is taken by another account"));
    server.stop();
}
