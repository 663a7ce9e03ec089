//! Typed Rust for the Exchange Web Services protocols of Microsoft's open specifications (MS-OXWS*):
//! messages, XML codecs and operation traits, generated from WSDL and XSD, on a small hand-written runtime.
//!
//! | module | holds |
//! |---|---|
//! | [`oxwscos`] | the 13 operations of the Unified Contact Store (MS-OXWSCOS), their messages, the trait [`oxwscos::ExchangeService`] |
//! | [`oxwspers`] | FindPeople and GetPersona (MS-OXWSPERS), the trait [`oxwspers::PersonaService`]; personas |
//! | [`oxwscdata`], [`oxwscore`], [`oxwssrch`], … | the types that they share, by the protocol document that defines them |
//! | [`soap`] | SOAP 1.1 and 1.2: envelopes with typed header parts, faults, dispatch |
//! | `client` | the client shim, with feature `client`: HTTP(S) or in process, credentials, retries, typed errors |
//! | `server` | the server shim, with feature `server`: a tower service, the WSDL, an accept loop |
//! | [`roundtrip`] | reads documents to types and writes them back: the example of generated crates, as a library |
//! | [`rt`] | the runtime: strict and lenient reading, writing, errors, dates, binary data, XML kept as it is |
//!
//! # One trait, both sides
//!
//! A server serves any implementation of an operation trait, and a client is an implementation that sends the
//! requests. Here a request goes through a service without a transport:
//!
//! ```
//! use oxws::oxwscdata::{ResponseClass, ResponseCode};
//! use oxws::oxwscos::{self, AddImGroup, AddImGroupResponse, ExchangeService, ImGroup};
//! use oxws::rt::ReadOptions;
//! use oxws::soap::{Outcome, Request, Response};
//!
//! struct Store;
//!
//! impl ExchangeService for Store {
//!     async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
//!         let kind = "IPM.DistList.MOC.UserGroup".parse().expect("not empty");
//!         let mut reply = AddImGroupResponse::new(ResponseClass::Success);
//!         reply.response_code = Some(ResponseCode::NoError);
//!         reply.im_group = Some(ImGroup::new(request.body.display_name, kind));
//!         Ok(Response::new(reply))
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # let mut run = std::pin::pin!(async {
//! let request = Request::new(AddImGroup::new("Friends".parse()?)).to_xml()?;
//! let reply = oxwscos::dispatch(&Store, &request).await;
//! let reply = Response::<AddImGroupResponse>::from_xml(&reply.body, &ReadOptions::lenient())?;
//! let group = reply.content?.body.im_group.expect("a success has a group");
//! assert_eq!(group.display_name.as_str(), "Friends");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # });
//! # match run.as_mut().poll(&mut context) { std::task::Poll::Ready(done) => done, _ => unreachable!() }
//! # }
//! ```
//!
//! # Reading and writing
//!
//! Every message is a [`Document`]: [`Document::from_xml`] reads strictly, as a server must, and refuses
//! anything that the schema does not allow, with line, column, path and the wording that Exchange uses.
//! [`Document::from_xml_lenient`] is for clients: what a newer server adds is skipped and reported in
//! [notes](Note), and unknown enumeration values are kept.
//!
//! ```
//! use oxws::oxwscos::SetImGroup;
//! use oxws::Document;
//!
//! let xml = br#"<SetImGroup xmlns="http://schemas.microsoft.com/exchange/services/2006/messages">
//!   <GroupId Id="AAMk="/></SetImGroup>"#;
//! let error = SetImGroup::from_xml(xml).unwrap_err();
//! assert_eq!((error.line(), error.path()), (2, "/SetImGroup"));
//! assert!(error.message().contains("List of possible elements expected: 'NewDisplayName'"));
//! ```
//!
//! # Features
//!
//! The protocols are on by default. A program that needs one of them says `default-features = false` and names it;
//! a crate that holds another service, and builds on this one's runtime, names none.
//!
//! | feature | adds |
//! |---|---|
//! | `oxwscos` | the module [`oxwscos`], and of the shared modules what it reaches |
//! | `oxwspers` | FindPeople and GetPersona in [`oxwspers`], and of the shared modules what they reach |
//! | `exchange` | what all protocols share, and what client and server know of it; the protocols bring it along |
//! | `client` | the module `client` |
//! | `ntlm` | NTLM for the client |
//! | `server` | the module `server` |
//! | `tls` | HTTPS for the accept loop of the server |
//! | `serde` | `Serialize` and `Deserialize` for every type; values of simple types are text there, checked when they are read |
//! | `chrono`, `jiff`, `time` | conversions of [`rt::DateTime`] and its relatives to the types of these crates |

#[cfg(feature = "client")]
pub mod client;
#[cfg(any(feature = "client", feature = "server"))]
mod gather;
#[cfg(any(feature = "client", feature = "server"))]
mod guid;
#[cfg(feature = "exchange")]
pub mod protocol;
pub mod roundtrip;
pub mod rt;
#[cfg(feature = "server")]
pub mod server;
pub mod soap;

#[cfg(feature = "exchange")]
pub use protocol::*;
pub use rt::{Document, Error, Note, Result};
