//! A proxy: a client handed to a server. Requests are read, checked and written anew, so what reaches the server
//! behind is valid; and since both sides are one trait, anything can be done in between. Here, every call is printed.
//!
//! ```text
//! cargo run -p oxws --features client,server --example proxy -- http://127.0.0.1:8080/EWS/Exchange.asmx 127.0.0.1:8081
//! ```

use std::process::ExitCode;

use oxws::client::{BoxError, Client};
use oxws::oxwscos::{
    AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, GetImItemList,
    GetImItemListResponse,
};
use oxws::server::{Endpoint, Peer, serve};
use oxws::soap::{Extensions, Outcome, Request};
use tokio::net::TcpListener;

/// Passes two operations on, to whatever implements them. With nothing to add, `Client` itself could be served:
/// `ExchangeServiceServer(client)` passes on all of them.
struct Printed<S>(S);

impl<S: ExchangeService> ExchangeService for Printed<S> {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        println!("{}: AddImGroup {}", caller(&request.extensions), request.body.display_name);
        let outcome = self.0.add_im_group(request).await;
        if let Err(fault) = &outcome {
            println!("    {fault}");
        }
        outcome
    }

    async fn get_im_item_list(&self, request: Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        println!("{}: GetImItemList", caller(&request.extensions));
        self.0.get_im_item_list(request).await
    }
}

/// Who asks: the server puts it into the extensions of each request.
fn caller(extensions: &Extensions) -> String {
    extensions.get::<Peer>().map_or("somebody".to_owned(), |peer| peer.address.to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "http://127.0.0.1:8080/EWS/Exchange.asmx".to_owned());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8081".to_owned());
    let client = Client::builder(&url).build().map_err(|error| format!("{url}: {error}"))?;
    let listener = TcpListener::bind(&address).await;
    let listener = listener.map_err(|error| format!("cannot listen at {address}: {error}"))?;
    println!("listening at http://{}/EWS/Exchange.asmx, for {url}", listener.local_addr()?);
    serve(listener, Endpoint::new(ExchangeServiceServer(Printed(client)))).await?;
    Ok(())
}
