//! No request reaches another mailbox: every operation, with every header that could name one and with its ids, against a
//! real server. Controls show that the same requests work for who may send them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use oxws::oxwscore::ItemId;
use oxws::oxwscos::*;
use process::raw::{post, sign_in};
use process::{Server, Site, text};

/// Whose mailbox holds what nobody else shall see or change.
const JANE: &str = "jane@example.org";
/// Who tries.
const PAUL: &str = "paul@example.org";

/// An operation with ids of Jane's mailbox wherever it takes ids.
struct Attempt {
    operation: &'static str,
    body: String,
}

/// In an order in which Jane can carry out all of them.
fn attempts(
    group: &ItemId,
    other: &ItemId,
    contact: &ItemId,
    persona: &ItemId,
    distribution: &ItemId,
) -> Vec<Attempt> {
    let id = |element: &str, id: &ItemId| format!("<{element} Id='{}'/>", id.id);
    let group_id = id("m:GroupId", group);
    let contact_id = id("m:ContactId", contact);
    let items = format!(
        "<m:ContactIds>{}</m:ContactIds><m:GroupIds>{}</m:GroupIds>",
        id("t:ItemId", contact),
        id("t:ItemId", group)
    );
    let contents = [
        ("GetImItemList", String::new()),
        ("GetImItems", items),
        (
            "FindPeople",
            "<m:IndexedPageItemView BasePoint='Beginning' Offset='0' MaxEntriesReturned='10'/><m:ParentFolderId>\
             <t:DistinguishedFolderId Id='contacts'/></m:ParentFolderId><m:QueryString>s</m:QueryString>"
                .to_owned(),
        ),
        ("GetPersona", id("m:PersonaId", persona)),
        ("AddImGroup", "<m:DisplayName>Of Paul</m:DisplayName>".to_owned()),
        (
            "AddDistributionGroupToImList",
            "<m:SmtpAddress>team@example.org</m:SmtpAddress><m:DisplayName>Team</m:DisplayName>".to_owned(),
        ),
        ("AddNewImContactToGroup", format!("<m:ImAddress>new@example.org</m:ImAddress>{group_id}")),
        (
            "AddNewTelUriContactToGroup",
            format!(
                "<m:TelUriAddress>tel:+15550100</m:TelUriAddress><m:ImContactSipUriAddress>sip:+15550100@example.org\
                 </m:ImContactSipUriAddress><m:ImTelephoneNumber>+1 555 0100</m:ImTelephoneNumber>{group_id}"
            ),
        ),
        ("AddImContactToGroup", contact_id.clone() + &id("m:GroupId", other)),
        ("SetImGroup", group_id.clone() + "<m:NewDisplayName>Of Paul now</m:NewDisplayName>"),
        (
            "SetImListMigrationCompleted",
            "<m:ImListMigrationCompleted>true</m:ImListMigrationCompleted>".to_owned(),
        ),
        ("RemoveImContactFromGroup", contact_id.clone() + &id("m:GroupId", other)),
        ("RemoveContactFromImList", contact_id),
        ("RemoveDistributionGroupFromImList", id("m:GroupId", distribution)),
        ("RemoveImGroup", group_id),
    ];
    let attempt = |(operation, content)| Attempt {
        operation,
        body: format!("<m:{operation}>{content}</m:{operation}>"),
    };
    contents.map(attempt).into()
}

/// Header blocks by which Paul says that he acts for Jane, in each way.
fn impersonations() -> Vec<String> {
    let act = |identity: &str| {
        format!(
            "<t:ExchangeImpersonation><t:ConnectingSID>{identity}</t:ConnectingSID></t:ExchangeImpersonation>"
        )
    };
    vec![
        act("<t:PrincipalName>jane@example.org</t:PrincipalName>"),
        act("<t:SID>S-1-5-21-1-2-3-170</t:SID>"),
        act("<t:PrimarySmtpAddress>jane@example.org</t:PrimarySmtpAddress>"),
        act("<t:SmtpAddress>JANE@example.org</t:SmtpAddress>"),
    ]
}

/// Header blocks that name Jane and mean nothing here, or nothing to Paul.
const BLOCKS: [&str; 6] = [
    "<t:SerializedSecurityContext><t:UserSid>S-1-5-21-1-2-3-170</t:UserSid><t:PrimarySmtpAddress>jane@example.org\
     </t:PrimarySmtpAddress></t:SerializedSecurityContext>",
    "<t:ProxySecurityContext>amFuZUBleGFtcGxlLm9yZw==</t:ProxySecurityContext>",
    "<t:OpenAsAdminOrSystemService LogonType='Admin'><t:ConnectingSID><t:PrimarySmtpAddress>jane@example.org\
     </t:PrimarySmtpAddress></t:ConnectingSID></t:OpenAsAdminOrSystemService>",
    "<ExchangeImpersonation xmlns='urn:other'><ConnectingSID>jane@example.org</ConnectingSID></ExchangeImpersonation>",
    "<t:ManagementRole><t:UserRoles><t:Role>ApplicationImpersonation</t:Role></t:UserRoles></t:ManagementRole>",
    "<t:Mailbox><t:EmailAddress>jane@example.org</t:EmailAddress></t:Mailbox>",
];

/// Lines of the head that name Jane and mean nothing from Paul: `X-Remote-User` is what the proxy uses in this set-up.
const LINES: [&str; 10] = [
    "X-AnchorMailbox: jane@example.org",
    "X-Remote-User: jane@example.org",
    "x-remote-user: jane@example.org\r\nX-Forwarded-For: 192.0.2.1",
    "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1",
    "X-Real-IP: 192.0.2.1\r\nX-Remote-User: jane@example.org",
    "X-Forwarded-User: jane@example.org\r\nRemote-User: jane@example.org\r\nX-WEBAUTH-USER: jane@example.org",
    "X-User-Identity: jane@example.org\r\nX-ExchangeImpersonation: jane@example.org",
    "X-PreferServerAffinity: true\r\nCookie: X-BackEndOverrideCookie=jane@example.org; exchangecookie=jane",
    "From: jane@example.org\r\nUser: jane@example.org\r\nX-MS-Mailbox: jane@example.org",
    "X-CommonAccessToken: jane@example.org\r\nX-SecurityContext: jane@example.org",
];

/// What the server answers: status, and the response code if there is one.
fn code((status, answer): &(u16, String)) -> (u16, Option<String>) {
    let after = answer.split_once("ResponseCode").and_then(|(_, rest)| rest.split_once('>'));
    (*status, after.and_then(|(_, rest)| rest.split_once('<')).map(|(code, _)| code.to_owned()))
}

fn body((_, answer): (u16, String)) -> String {
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn list(server: &Server, login: &str) -> String {
    body(server.ask(&post(&sign_in(login), "", "<m:GetImItemList/>")))
}

/// UCS I1, I2, I3, K2: for each operation.
#[tokio::test]
async fn no_operation_reaches_another_mailbox() {
    let site = Site::new(&[PAUL]);
    let add = ["user", "add", JANE, "--sid", "S-1-5-21-1-2-3-170", "--password-stdin"];
    site.ucs(&add, &format!("{}\n", process::PASSWORD));
    let configuration = site.folder.path().join("ucs.toml");
    let proxy = |address: &str| {
        format!(
            "[http.auth.trusted_proxy]\nheader = \"X-Remote-User\"\naddresses = [\"{address}\"]\n\
             [http.rate]\naccount_per_second = 0\n"
        )
    };
    std::fs::write(&configuration, proxy("192.0.2.1")).unwrap();
    let server = site.serve_with(&["--config", text(&configuration)]);

    let jane = server.client(JANE);
    let group = async |name: &str| {
        let reply = jane.call(AddImGroup::new(name.parse().unwrap())).await.unwrap();
        reply.im_group.unwrap().exchange_store_id.unwrap()
    };
    let (secret, other) = (group("Secret").await, group("Secret, too").await);
    let mut contact = AddNewImContactToGroup::new("secret@example.org".parse().unwrap());
    contact.group_id = Some(secret.clone());
    let persona = jane.call(contact).await.unwrap().persona.unwrap();
    let contact = persona.attributions().unwrap()[0].source_id.clone();
    let persona = persona.persona_id;
    let distribution =
        AddDistributionGroupToImList::new("secret.team@example.org".parse().unwrap(), "DG".parse().unwrap());
    let distribution = jane.call(distribution).await.unwrap().im_group.unwrap().exchange_store_id.unwrap();
    let attempts = attempts(&secret, &other, &contact, &persona, &distribution);
    let tried: Vec<_> = attempts.iter().map(|attempt| attempt.operation).collect();
    for operation in OPERATIONS.iter().chain(oxws::oxwspers::OPERATIONS) {
        assert!(tried.contains(&operation.name), "{} is not tried", operation.name);
    }

    let before = list(&server, JANE);
    let paul = sign_in(PAUL);
    let try_it = |lines: &str, header: &str, body: &str| {
        let answer = server.ask(&post(lines, header, body));
        let what = format!("{lines}\n{header}\n{body}\n{}", answer.1);
        assert!(!answer.1.to_lowercase().contains("secret"), "{what}");
        assert_eq!(list(&server, JANE), before, "{what}");
        (code(&answer), what)
    };
    for Attempt { operation, body } in &attempts {
        let has_ids = body.contains(" Id='") && *operation != "FindPeople";
        let (plain, what) = try_it(&paul, "", body);
        let expected = match *operation {
            "GetImItems" => "NoError",
            "GetPersona" => "ErrorItemNotFound",
            _ if has_ids => "ErrorNonExistentMailbox",
            _ => "NoError",
        };
        assert_eq!(plain, (200, Some(expected.to_owned())), "{what}");
        for header in impersonations() {
            let (denied, what) = try_it(&paul, &header, body);
            assert_eq!(denied, (500, Some("ErrorImpersonateUserDenied".to_owned())), "{what}");
        }
        for header in BLOCKS {
            let (ignored, what) = try_it(&paul, header, body);
            assert_eq!(ignored, plain, "{what}");
        }
        for lines in LINES {
            let (ignored, what) = try_it(&format!("{paul}{lines}\r\n"), "", body);
            assert_eq!(ignored, plain, "{what}");
            // Nor is it a way in without signing in.
            let (refused, what) = try_it(&format!("{lines}\r\n"), "", body);
            assert_eq!(refused.0, 401, "{what}");
        }
        // Two callers are none.
        let (refused, what) = try_it(&format!("{paul}{}", sign_in(JANE)), "", body);
        assert_eq!(refused.0, 401, "{what}");
        // Ids of which one character is another.
        if has_ids {
            let (_, damaged) = body.split_once(" Id='").unwrap();
            let old = damaged.split_once('\'').unwrap().0;
            for at in [0, old.len() / 4, old.len() / 2, old.len() - 5] {
                let other = if &old[at..=at] == "A" { "B" } else { "A" };
                let forged = format!("{}{other}{}", &old[..at], &old[at + 1..]);
                let (refused, what) = try_it(&paul, "", &body.replace(old, &forged));
                assert!(*operation == "GetImItems" || refused != (200, Some("NoError".to_owned())), "{what}");
            }
        }
    }
    // The address of the request does not choose a mailbox either.
    for path in ["?mailbox=jane@example.org", "?ExchangeImpersonation=jane@example.org"] {
        let request = post(&paul, "", &attempts[0].body).replacen(".asmx ", &format!(".asmx{path} "), 1);
        let answer = server.ask(&request);
        assert!(answer.0 == 200 && !answer.1.contains("Secret"), "{}", answer.1);
    }
    assert_eq!(list(&server, JANE), before);

    // Controls. With a grant, the same header leads to her mailbox.
    site.ucs(&["grant", "add", PAUL, JANE], "");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    for header in impersonations() {
        let shown = server.ask(&post(&paul, &header, &attempts[0].body));
        assert!(shown.0 == 200 && shown.1.contains("Secret"), "{header}: {}", shown.1);
    }
    server.stop();
    // From the proxy's address, its header is believed; and for Jane, every one of the requests is right.
    std::fs::write(&configuration, proxy("127.0.0.1")).unwrap();
    let server = site.serve_with(&["--config", text(&configuration)]);
    for Attempt { operation, body } in &attempts {
        let answer = server.ask(&post("X-Remote-User: jane@example.org\r\n", "", body));
        assert_eq!(code(&answer), (200, Some("NoError".to_owned())), "{operation}: {}", answer.1);
    }
    assert!(!list(&server, JANE).contains("secret@example.org"), "they did something");
}
