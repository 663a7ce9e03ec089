//! The server shim: any implementation of an operation trait as a tower service, and an accept loop.
//!
//! [`Endpoint`] is a [tower service](tower_service::Service) from HTTP request to HTTP response, for any axum or
//! hyper program. It does what UCS section 1 asks of a server: media types, limits, strict reading, faults,
//! request ids, the WSDL and its schemas. [`serve`] and [`Server`] run it (or any such service) on a listener, for
//! programs that want nothing else.
//!
//! ```no_run
//! use oxws::oxwscos::{ExchangeService, ExchangeServiceServer};
//! use oxws::server::{Endpoint, serve};
//!
//! struct Store;
//! impl ExchangeService for Store {}
//!
//! # async fn run() -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! // Answers POST /EWS/Exchange.asmx, and GET /EWS/Services.wsdl.
//! serve(listener, Endpoint::new(ExchangeServiceServer(Store))).await
//! # }
//! ```
//!
//! In axum: `Router::new().fallback_service(endpoint)`.

mod accept;
mod body;
mod catch;
mod connection;
mod description;
mod endpoint;
mod http_reply;
mod media;
mod refusal;
mod stall;
mod timer;
#[cfg(feature = "exchange")]
mod version;

pub use accept::{HttpService, Peer, Server, serve};
pub use body::{BodyProblem, drain, read};
pub use endpoint::{Builder, Endpoint};
pub use http_reply::{RequestIds, Served};
pub use refusal::Refusal;
#[cfg(feature = "exchange")]
pub use version::exchange_2013;

/// The error of a body or service, whatever it is.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
