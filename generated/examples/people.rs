//! Finds people by FindPeople: the words of the command line must all match. Without words, it lists the contacts.
//!
//! ```sh
//! ucs serve --demo        # or any server that answers FindPeople
//! cargo run -p oxws --example people --features client -- ann example
//! ```
//!
//! `EWS_URL`, `EWS_USER` and `EWS_PASSWORD` lead to the server; without a user, no credentials are sent.

use oxws::client::{BoxError, Client};
use oxws::oxwscdata::{ExchangeVersion, RequestServerVersion};
use oxws::oxwspers::{FindPeople, GetPersona};
use oxws::oxwssrch::{IndexBasePoint, IndexedPageView};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let variable = |name| std::env::var(name).ok();
    let url = variable("EWS_URL").unwrap_or_else(|| "http://127.0.0.1:8080/EWS/Exchange.asmx".to_owned());
    let mut builder =
        Client::builder(url).header_part(RequestServerVersion::new(ExchangeVersion::Exchange2013));
    if let Some(user) = variable("EWS_USER") {
        builder = builder.basic(&user, &variable("EWS_PASSWORD").unwrap_or_default());
    }
    let client = builder.build()?;

    let words: Vec<String> = std::env::args().skip(1).collect();
    let first_page = IndexedPageView {
        max_entries_returned: Some(20),
        ..IndexedPageView::new(0, IndexBasePoint::Beginning)
    };
    let mut request = FindPeople::new(first_page);
    // No ParentFolderId: both the contacts of the mailbox and the directory are searched.
    request.query_string = (!words.is_empty()).then(|| words.join(" "));
    let found = client.call(request).await?;
    let people = found.people.unwrap_or_default();
    for persona in &people {
        let name = persona.display_name().map_or("", String::as_str);
        println!("- {name} {}", persona.im_address().map_or("", String::as_str));
    }

    // A search shows what lists show; GetPersona gives all there is.
    if let [only] = people.as_slice() {
        let request = GetPersona { persona_id: Some(only.persona_id.clone()), ..GetPersona::default() };
        if let Some(persona) = client.call(request).await?.persona {
            println!("  with {} properties in all", persona.fields().len());
        }
    }
    Ok(())
}
