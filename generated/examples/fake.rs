//! A fake for unit tests: an implementation that answers from a script and keeps what it was asked. The code under
//! test gets it in place of a client, or behind one, as if there were a network.
//!
//! ```text
//! cargo run -p oxws --features client,server --example fake
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use oxws::client::{Client, InProcess};
use oxws::oxwscdata::{ExchangeVersion, RequestServerVersion, ResponseClass, ResponseCode};
use oxws::oxwscos::{AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, ImGroup};
use oxws::server::Endpoint;
use oxws::soap::{Fault, Outcome, Request, Response};

/// The code under test: adds groups until one cannot be added, and tells how many there are.
async fn add_groups(service: &impl ExchangeService, names: &[&str]) -> Result<usize, String> {
    for (added, name) in names.iter().enumerate() {
        let name = name.parse().map_err(|invalid| format!("{name:?} is no name: {invalid}"))?;
        let mut request = Request::new(AddImGroup::new(name));
        request.headers.request_version = Some(RequestServerVersion::new(ExchangeVersion::Exchange2013));
        let reply = service.add_im_group(request).await.map_err(|fault| fault.to_string())?;
        if reply.body.response_code != Some(ResponseCode::NoError) {
            return Ok(added);
        }
    }
    Ok(names.len())
}

/// What is answered, in order, and what was asked.
#[derive(Default)]
struct Fake {
    script: Mutex<VecDeque<Outcome<AddImGroupResponse>>>,
    asked: Mutex<Vec<String>>,
}

impl ExchangeService for Fake {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(request.body.display_name.to_string());
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script
            .pop_front()
            .unwrap_or_else(|| Err(Fault::new("ErrorInternalServerError", "Nothing was expected.")))
    }
}

fn success(name: &str) -> Outcome<AddImGroupResponse> {
    let invalid = |_| Fault::internal();
    let kind = "IPM.DistList.MOC.UserGroup".parse().map_err(invalid)?;
    let mut reply = AddImGroupResponse::new(ResponseClass::Success);
    reply.response_code = Some(ResponseCode::NoError);
    reply.im_group = Some(ImGroup::new(name.parse().map_err(invalid)?, kind));
    Ok(Response::new(reply))
}

fn failure(code: ResponseCode, text: &str) -> Outcome<AddImGroupResponse> {
    let mut reply = AddImGroupResponse::new(ResponseClass::Error);
    reply.message_text = Some(text.to_owned());
    reply.response_code = Some(code);
    Ok(Response::new(reply))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fake = Arc::new(Fake::default());
    let script = || [success("Friends"), failure(ResponseCode::ErrorImGroupLimitReached, "That is enough.")];

    // The fake itself.
    fake.script.lock().unwrap_or_else(PoisonError::into_inner).extend(script());
    let added = add_groups(&fake, &["Friends", "Family", "Work"]).await?;
    println!("called directly: {added} added");
    assert_eq!(added, 1);

    // The fake behind a real client and a real server, without a socket: what is sent is valid, and is read back.
    let endpoint = Endpoint::new(ExchangeServiceServer(fake.clone()));
    let client =
        Client::builder("http://localhost/EWS/Exchange.asmx").build_with(InProcess::new(endpoint))?;
    fake.script.lock().unwrap_or_else(PoisonError::into_inner).extend(script());
    let added = add_groups(&client, &["Friends", "Family", "Work"]).await?;
    println!("in process: {added} added");
    assert_eq!(added, 1);

    // The script is over: a fault.
    let refused = add_groups(&client, &["Work"]).await;
    println!("{refused:?}");
    assert!(refused.is_err_and(|text| text.contains("Nothing was expected.")));

    let asked = fake.asked.lock().unwrap_or_else(PoisonError::into_inner);
    println!("asked for {asked:?}");
    assert_eq!(*asked, ["Friends", "Family", "Friends", "Family", "Work"]);
    Ok(())
}
