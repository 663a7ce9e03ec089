//! A client of the contact store: adds the group that is named on the command line, if any, and lists all groups.
//!
//! ```sh
//! cargo run -p oxws --example server --features server &
//! cargo run -p oxws --example client --features client -- Friends
//! ```
//!
//! `EWS_URL`, `EWS_USER` and `EWS_PASSWORD` lead to a real server; without a user, no credentials are sent.

use std::process::ExitCode;

use oxws::client::{BoxError, Client, Error};
use oxws::oxwscdata::{ExchangeVersion, RequestServerVersion, ResponseCode};
use oxws::oxwscos::{AddImGroup, GetImItemList};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What happened, and what led to it.
            eprintln!("error: {error}");
            let mut source = error.source();
            while let Some(error) = source {
                eprintln!("  because: {error}");
                source = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), BoxError> {
    let variable = |name| std::env::var(name).ok();
    let url = variable("EWS_URL").unwrap_or_else(|| "http://127.0.0.1:8080/EWS/Exchange.asmx".to_owned());
    let mut builder =
        Client::builder(url).header_part(RequestServerVersion::new(ExchangeVersion::Exchange2013));
    if let Some(user) = variable("EWS_USER") {
        builder = builder.basic(&user, &variable("EWS_PASSWORD").unwrap_or_default());
    }
    let client = builder.build()?;

    if let Some(name) = std::env::args().nth(1) {
        let wanted = name.parse().map_err(|invalid| format!("{name:?} cannot name a group: {invalid}"))?;
        match client.call(AddImGroup::new(wanted)).await {
            Ok(_) => println!("{name} is in the list"),
            // Some refusals are worth a sentence of their own.
            Err(error) if error.response_code() == Some(ResponseCode::ErrorImGroupLimitReached) => {
                println!("{name} is one group too many");
            }
            // The server may have added the group: the list below will show it.
            Err(error @ Error::Transport(_)) if error.outcome_unknown() => {
                println!("whether {name} was added is unknown: {error}");
            }
            Err(error) => return Err(error.into()),
        }
    }

    let reply = client.call(GetImItemList::default()).await?;
    for group in reply.im_item_list.and_then(|list| list.groups).unwrap_or_default() {
        println!("- {}", group.display_name);
    }
    Ok(())
}
