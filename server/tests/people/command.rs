//! `ucs people` against a scripted server: what it asks for, what it prints, how it goes through pages.

use std::sync::{Arc, Mutex};

use oxws::oxwscdata::{EmailAddress, ResponseClass, ResponseCode};
use oxws::oxwscore::ItemId;
use oxws::oxwsfold::TargetFolderId;
use oxws::oxwspers::{
    FindPeople, FindPeopleResponse, Persona, PersonaPhoneNumber, PersonaService, PersonaServiceServer,
    PhoneNumberAttributedValue,
};
use oxws::server::{Endpoint, serve};
use oxws::soap::{Outcome, Request, Response};

use crate::client_fake::{Fake, ucs};

/// So many people, in pages of at most so many; the requests so far.
#[derive(Clone)]
struct Script {
    people: usize,
    page: usize,
    counts: bool,
    asked: Arc<Mutex<Vec<FindPeople>>>,
}

impl Script {
    async fn serve(people: usize, page: usize, counts: bool) -> (Script, String) {
        let script = Script { people, page, counts, asked: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, Endpoint::new(PersonaServiceServer(script.clone()))));
        (script, url)
    }

    fn pages(&self) -> Vec<(i32, i32)> {
        let asked = self.asked.lock().unwrap();
        let views = asked.iter().map(|request| &request.indexed_page_item_view);
        views.map(|view| (view.offset, view.max_entries_returned.unwrap())).collect()
    }
}

fn persona(at: usize) -> Persona {
    let persona = Persona::new(ItemId::new(format!("id{at}"))).with_display_name(format!("Person {at}"));
    match at {
        0 => {
            let email_address = Some("zero@example.org".parse().unwrap());
            let number = PersonaPhoneNumber::new("+1 555 0100", "Business");
            persona
                .with_im_address("sip:zero@example.org")
                .with_email_address(EmailAddress { email_address, ..EmailAddress::default() })
                .with_business_phone_numbers(vec![PhoneNumberAttributedValue::new(
                    number,
                    vec!["0".to_owned()],
                )])
        }
        _ => persona,
    }
}

impl PersonaService for Script {
    async fn find_people(&self, request: Request<FindPeople>) -> Outcome<FindPeopleResponse> {
        let body = request.body;
        if body.query_string.as_deref() == Some("bad") {
            let mut refused = FindPeopleResponse::new(ResponseClass::Error);
            refused.response_code = Some(ResponseCode::ErrorInvalidArgument);
            refused.message_text = Some("Not these words.".to_owned());
            return Ok(Response::new(refused));
        }
        let from = usize::try_from(body.indexed_page_item_view.offset).unwrap();
        let size = usize::try_from(body.indexed_page_item_view.max_entries_returned.unwrap()).unwrap();
        self.asked.lock().unwrap().push(body);
        let mut reply = FindPeopleResponse::new(ResponseClass::Success);
        reply.response_code = Some(ResponseCode::NoError);
        reply.people = Some((0..self.people).skip(from).take(size.min(self.page)).map(persona).collect());
        reply.total_number_of_people_in_view = self.counts.then(|| i32::try_from(self.people).unwrap());
        Ok(Response::new(reply))
    }
}

#[tokio::test]
async fn a_table_for_people_and_json_for_programs() {
    let (script, url) = Script::serve(2, 100, true).await;
    let ran = ucs(&["people", "per", "son", "--directory", "--url", &url]).await;
    let expected = "\
NAME      IM                    E-MAIL            PHONE
Person 0  sip:zero@example.org  zero@example.org  +1 555 0100
Person 1
";
    assert_eq!(ran.ok(), expected);
    let asked = script.asked.lock().unwrap()[0].clone();
    assert_eq!(asked.query_string.as_deref(), Some("per son"));
    let Some(TargetFolderId::DistinguishedFolderId(folder)) = asked.parent_folder_id else {
        panic!("no folder")
    };
    assert_eq!(folder.id.as_str(), "directory");

    let json = ucs(&["people", "--json", "--contacts", "--url", &url]).await.ok();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["total"], 2);
    let zero = serde_json::json!({
        "id": "id0", "name": "Person 0", "email": "zero@example.org", "im": "sip:zero@example.org", "phone": "+1 555 0100"
    });
    assert_eq!(json["people"], serde_json::json!([zero, { "id": "id1", "name": "Person 1" }]));
    let asked = script.asked.lock().unwrap()[1].clone();
    assert_eq!(asked.query_string, None);
}

#[tokio::test]
async fn pages_are_asked_for_one_after_the_other() {
    for (page, counts, limit, expected) in [
        (100, true, "1000", vec![(0, 100), (100, 100), (200, 100)]),
        (100, false, "1000", vec![(0, 100), (100, 100), (200, 100)]),
        (100, true, "150", vec![(0, 100), (100, 50)]),
        // A server with smaller pages than were asked for.
        (60, true, "120", vec![(0, 100), (60, 60)]),
    ] {
        let (script, url) = Script::serve(250, page, counts).await;
        let ran = ucs(&["people", "person", "--limit", limit, "--json", "--url", &url]).await.ok();
        let json: serde_json::Value = serde_json::from_str(&ran).unwrap();
        let people = json["people"].as_array().unwrap();
        assert_eq!(people.len(), limit.parse::<usize>().unwrap().min(250));
        assert_eq!(people.last().unwrap()["id"], format!("id{}", people.len() - 1));
        assert_eq!(script.pages(), expected);
    }
    let (script, url) = Script::serve(250, 100, true).await;
    let ran = ucs(&["people", "person", "--offset", "240", "--limit", "5", "--url", &url]).await;
    assert_eq!(ran.err, "5 of 250 shown; --offset 245 goes on\n");
    assert_eq!(script.pages(), [(240, 5)]);
}

#[tokio::test]
async fn nobody_and_errors() {
    let (_script, url) = Script::serve(0, 100, true).await;
    let ran = ucs(&["people", "person", "--url", &url]).await;
    assert_eq!((ran.out.as_str(), ran.err.as_str(), ran.error), ("", "nobody was found\n", None));
    let failed = ucs(&["people", "bad", "--url", &url]).await.failed();
    assert!(failed.contains("Not these words."), "{failed}");
    // A contact store that knows no people.
    let store = Fake::new(["Other Contacts", "Tagged", "Favorites"]).serve().await;
    let unknown = ucs(&["people", "a", "--url", &store]).await.failed();
    assert!(unknown.contains("the server seems not to know FindPeople"), "{unknown}");
    // The directory is searched by words only; both places at once are what there is without either.
    let usage = ucs(&["people", "--directory", "--url", &url]).await.failed();
    assert!(usage.contains("WORD"), "{usage}");
    assert!(ucs(&["people", "a", "--directory", "--contacts", "--url", &url]).await.error.is_some());
}
