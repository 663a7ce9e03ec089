//! A server with a few lines of logic: it keeps groups in memory, and answers a fault to everything else.
//!
//! ```text
//! cargo run -p oxws --features server --example server
//! ```
//!
//! Then, from another terminal, `cargo run -p oxws --features client --example client -- Friends`, or any client
//! that can read a WSDL, with `http://127.0.0.1:8080/EWS/Services.wsdl`.

use std::process::ExitCode;
use std::sync::Mutex;

use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, GetImItemList,
    GetImItemListResponse, ImGroup, ImItemList,
};
use oxws::server::{Endpoint, Server};
use oxws::soap::{Fault, Outcome, Request, Response};
use tokio::net::TcpListener;

#[derive(Default)]
struct Groups(Mutex<Vec<ImGroup>>);

impl ExchangeService for Groups {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let name = request.body.display_name;
        let mut groups = self.0.lock().map_err(|_| Fault::internal())?;
        // The same name again returns the group that is there.
        let known = groups.iter().find(|group| group.display_name == name).cloned();
        let group = match known {
            Some(group) => group,
            None => {
                let kind = "IPM.DistList.MOC.UserGroup".parse().map_err(|_| Fault::internal())?;
                let mut group = ImGroup::new(name, kind);
                group.exchange_store_id = Some(ItemId::new(format!("group{}", groups.len())));
                groups.push(group.clone());
                group
            }
        };
        let mut reply = AddImGroupResponse::new(ResponseClass::Success);
        reply.response_code = Some(ResponseCode::NoError);
        reply.im_group = Some(group);
        Ok(Response::new(reply))
    }

    async fn get_im_item_list(&self, _: Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        let groups = self.0.lock().map_err(|_| Fault::internal())?.clone();
        let mut reply = GetImItemListResponse::new(ResponseClass::Success);
        reply.response_code = Some(ResponseCode::NoError);
        reply.im_item_list = Some(ImItemList { groups: Some(groups), ..ImItemList::default() });
        Ok(Response::new(reply))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    match run(&address).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot listen at {address}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(address: &str) -> std::io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    println!("listening at http://{}/EWS/Exchange.asmx; Ctrl-C ends", listener.local_addr()?);
    let endpoint = Endpoint::new(ExchangeServiceServer(Groups::default()));
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    };
    Server::new().serve_until(listener, endpoint, interrupted).await
}
