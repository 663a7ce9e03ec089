//! Servers as processes: the directory by commands, searches over HTTPS, metrics, limits, and data of an older version.

use std::process::Command;

use oxws::client::{Client, Http};
use oxws::oxwscdata::{
    ConnectingSid, DistinguishedFolderId, DistinguishedFolderIdName, ExchangeImpersonation, ResponseCode,
};
use oxws::oxwscos::{AddNewImContactToGroup, GetImItemList};
use oxws::oxwsfold::TargetFolderId;
use oxws::oxwspers::{FindPeople, GetPersona, Persona, RequestHeaders};
use oxws::oxwssrch::{IndexBasePoint, IndexedPageView};

use crate::directory::version_1;
use crate::process::{PASSWORD, Site, text};

const JANE: &str = "jane@example.org";
const JOHN: &str = "john@example.org";

fn request(words: &str, place: Option<DistinguishedFolderIdName>) -> FindPeople {
    let mut request = FindPeople::new(IndexedPageView::new(0, IndexBasePoint::Beginning));
    request.query_string = Some(words.to_owned());
    let folder = |name| TargetFolderId::DistinguishedFolderId(DistinguishedFolderId::new(name));
    request.parent_folder_id = place.map(folder);
    request
}

async fn find(client: &Client<Http>, words: &str, place: Option<DistinguishedFolderIdName>) -> Vec<Persona> {
    client.call(request(words, place)).await.unwrap().people.unwrap()
}

fn names(people: &[Persona]) -> Vec<&str> {
    people.iter().map(|persona| persona.display_name().unwrap().as_str()).collect()
}

/// UCS F2, F8, F10: from an empty directory to a search, with a change, a restart, and two mailboxes.
#[tokio::test]
async fn from_a_file_to_a_search() {
    let site = Site::new(&[JANE, JOHN]);
    let file = site.folder.path().join("people.csv");
    std::fs::write(&file, "email,name,company\nann@example.org,Ann Example,Contoso\nbob@example.org,Bob,\n")
        .unwrap();
    let imported = site.ucs(&["directory", "import", text(&file), "--json"], "");
    let imported: serde_json::Value = serde_json::from_slice(&imported.stdout).unwrap();
    assert_eq!(imported, serde_json::json!({ "added": 2, "changed": 0, "unchanged": 0, "removed": 0 }));

    let server = site.serve();
    let (jane, john) = (server.client(JANE), server.client(JOHN));
    jane.call(AddNewImContactToGroup::new("anna@example.net".parse().unwrap())).await.unwrap();
    let directory = Some(DistinguishedFolderIdName::Directory);
    assert_eq!(names(&find(&jane, "AN", None).await), ["Ann Example", "anna@example.net"]);
    assert_eq!(names(&find(&john, "an", None).await), ["Ann Example"]);
    assert_eq!(names(&find(&jane, "example contoso", directory.clone()).await), ["Ann Example"]);
    let ann = find(&jane, "ann contoso", None).await.remove(0).persona_id;
    let get =
        |id: &oxws::oxwscore::ItemId| GetPersona { persona_id: Some(id.clone()), ..GetPersona::default() };
    let persona = jane.call(get(&ann)).await.unwrap().persona.unwrap();
    assert_eq!(persona.company_name().map(String::as_str), Some("Contoso"));
    let refused = john.call(get(&ann)).await.unwrap_err();
    assert_eq!(refused.response_code(), Some(ResponseCode::ErrorItemNotFound));

    // With the command, as a user does.
    let mut people = Command::new(env!("CARGO_BIN_EXE_ucs"));
    let certificate = site.folder.path().join("cert.pem");
    people.args(["people", "ann", "--url", &server.url, "--user", JANE, "--ca-file", text(&certificate)]);
    let shown = people.env("UCS_PASSWORD", PASSWORD).env_remove("UCS_TOKEN").output().unwrap();
    let expected = "\
NAME              IM                E-MAIL            COMPANY
Ann Example       ann@example.org   ann@example.org   Contoso
anna@example.net  anna@example.net  anna@example.net
";
    assert_eq!(
        String::from_utf8_lossy(&shown.stdout),
        expected,
        "{}",
        String::from_utf8_lossy(&shown.stderr)
    );

    // Beside the running server.
    site.ucs(&["directory", "add", "bob@example.org", "--name", "Robert", "--im", "-"], "");
    site.ucs(&["directory", "remove", "ANN@example.org"], "");
    for _ in 0..200 {
        if names(&find(&jane, "example", directory.clone()).await) == ["Robert"] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let bob = find(&jane, "bob", directory.clone()).await;
    assert_eq!((names(&bob), bob[0].im_address()), (vec!["Robert"], None));
    assert_eq!(
        jane.call(get(&ann)).await.unwrap_err().response_code(),
        Some(ResponseCode::ErrorItemNotFound)
    );
    server.stop();
    let server = site.serve();
    let after = server.client(JANE).call(get(&bob[0].persona_id)).await.unwrap().persona.unwrap();
    assert_eq!(after.display_name().map(String::as_str), Some("Robert"), "UCS K1: ids survive a restart");
}

/// UCS I2: who acts for another by a grant finds that mailbox's contacts.
#[tokio::test]
async fn acting_for_another() {
    let site = Site::new(&[JANE, JOHN]);
    site.ucs(&["grant", "add", JOHN, JANE], "");
    let server = site.serve();
    let jane = server.client(JANE);
    jane.call(AddNewImContactToGroup::new("secret@example.net".parse().unwrap())).await.unwrap();
    let john = server.client(JOHN);
    assert!(find(&john, "secret", None).await.is_empty());
    let sid = ConnectingSid::PrimarySmtpAddress(JANE.parse().unwrap());
    let impersonation = Some(ExchangeImpersonation::new(sid));
    let headers = RequestHeaders { impersonation, ..RequestHeaders::default() };
    let acting = oxws::soap::Request::new(request("secret", None)).with_headers(headers);
    let found = john.send(acting).await.unwrap().body.people.unwrap();
    assert_eq!(names(&found), ["secret@example.net"]);
}

fn curl(url: &str, body: Option<&str>) -> (u16, String) {
    let mut command = Command::new("curl");
    command.args(["-sk", "-w", "\n%{http_code}", "-u", &format!("{JANE}:{PASSWORD}"), url]);
    if let Some(body) = body {
        command.args(["-H", "Content-Type: text/xml; charset=utf-8", "-d", body]);
    }
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let (text, status) = output.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), text.to_owned())
}

/// UCS T15, F4: both protocols in one description and at one endpoint; each operation in the metrics; the rate of an
/// account counts both.
#[tokio::test]
async fn one_endpoint_for_both_protocols() {
    let site = Site::new(&[JANE]);
    let config = site.folder.path().join("ucs.toml");
    std::fs::write(
        &config,
        "[http]\nmetrics = true\n[http.rate]\naccount_per_second = 1\naccount_burst = 5\n",
    )
    .unwrap();
    let server = site.serve_with(&["--config", text(&config)]);
    let jane = server.client(JANE);
    jane.call(GetImItemList::default()).await.unwrap();
    find(&jane, "nobody", None).await;
    let nobody = jane.call(GetPersona::default()).await.unwrap_err();
    assert_eq!(nobody.response_code(), Some(ResponseCode::ErrorInvalidArgument));
    let (status, wsdl) = curl(&server.url.replace("Exchange.asmx", "Services.wsdl"), None);
    assert_eq!((status, wsdl.matches("<wsdl:service ").count()), (200, 1), "{wsdl}");
    for operation in ["FindPeople", "GetPersona", "AddImGroup", "GetImItems"] {
        assert!(wsdl.contains(&format!("<wsdl:operation name=\"{operation}\"")), "{operation}");
    }
    let (_, metrics) = curl(&server.url.replace("EWS/Exchange.asmx", "metrics"), None);
    for line in [
        "ucs_operations_total{operation=\"FindPeople\",code=\"NoError\"} 1",
        "ucs_operations_total{operation=\"GetPersona\",code=\"ErrorInvalidArgument\"} 1",
        "ucs_operations_total{operation=\"GetImItemList\",code=\"NoError\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    let body = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><RequestServerVersion \
         xmlns='http://schemas.microsoft.com/exchange/services/2006/types' Version='Exchange2013'/></s:Header><s:Body>\
         <FindPeople xmlns='http://schemas.microsoft.com/exchange/services/2006/messages'>\
         <IndexedPageItemView BasePoint='Beginning' Offset='0'/></FindPeople></s:Body></s:Envelope>";
    let busy = (0..20).map(|_| curl(&server.url, Some(body))).find(|(status, _)| *status != 200);
    let (status, text) = busy.expect("a limit");
    assert!(
        status == 500 && text.contains("ErrorServerBusy") && text.contains("BackOffMilliseconds"),
        "{text}"
    );
}

/// Data of version 1 under the program: refused with what to do, migrated, and served with what was in it.
#[tokio::test]
async fn data_of_version_1_is_served_after_its_migration() {
    let site = Site::new(&[]);
    std::fs::create_dir(site.data()).unwrap();
    version_1(&site.data());
    let said = site.ucs_fails(&["directory", "list"]);
    assert!(said.contains("ucs migrate"), "{said}");
    let migrated = site.ucs(&["migrate", "--json"], "");
    let migrated: serde_json::Value = serde_json::from_slice(&migrated.stdout).unwrap();
    assert_eq!((&migrated["from"], &migrated["to"]), (&1.into(), &2.into()));
    assert!(std::path::Path::new(migrated["kept"].as_str().unwrap()).exists(), "{migrated}");
    site.ucs(&["directory", "add", "zoe@example.org", "--name", "Zoe of the Directory"], "");
    let server = site.serve();
    let jane = server.client_with(JANE, "secret");
    let contacts = find(&jane, "", Some(DistinguishedFolderIdName::Contacts)).await;
    assert_eq!(names(&contacts), ["+1 555 0100", "Ann Äpfel"]);
    assert_eq!(names(&find(&jane, "zoe", None).await), ["Zoe of the Directory"]);
}
