//! SOAP 1.1, written by hand: envelopes with typed header parts, faults, and what ties the messages of an
//! operation together. No transport is in here.

mod call;
mod envelope;
mod fault;

use std::fmt::Debug;
use std::future::{Ready, ready};

use crate::rt::{Document, Fields, Vocabulary};

pub use call::{Call, Reply};
pub use envelope::{Envelope, ReadEnvelope, decode};
pub use fault::{Fault, FaultCode, FaultParts};

/// The header parts of a message, all of them optional.
pub trait Headers: Fields + Default + Clone + PartialEq + Debug + Send {
    /// The namespaces of the schemas the parts come from.
    const VOCABULARY: &'static Vocabulary;
}

/// A value that is the child of an envelope's Body.
pub trait Message: Document + Send {
    /// The header parts that may go with it.
    type Headers: Headers;
}

/// A request, which stands for its operation.
pub trait Operation: Message {
    /// The reply.
    type Response: Message;
    /// Name on the wire.
    const NAME: &'static str;
    /// Value of the `SOAPAction` header.
    const SOAP_ACTION: &'static str;
}

/// A request with its header parts.
pub type Request<T> = Envelope<T>;

/// A reply with its header parts.
pub type Response<T> = Envelope<T>;

/// What an operation answers.
pub type Outcome<T> = Result<Response<T>, Fault>;

/// What there is to know about an operation without its types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OperationInfo {
    /// Name on the wire.
    pub name: &'static str,
    /// Value of the `SOAPAction` header.
    pub soap_action: &'static str,
    /// Element of the request, with the prefix of the vocabulary: `m:AddImGroup`.
    pub request: &'static str,
    /// Element of the reply; empty for a one-way operation.
    pub response: &'static str,
}

impl OperationInfo {
    /// An entry of a table of operations.
    pub const fn new(
        name: &'static str,
        soap_action: &'static str,
        request: &'static str,
        response: &'static str,
    ) -> OperationInfo {
        OperationInfo { name, soap_action, request, response }
    }
}

/// The body of a method that is not implemented: a fault that names the operation.
pub fn unsupported<T: Operation>(request: Request<T>) -> Ready<Outcome<T::Response>> {
    drop(request);
    ready(Err(Fault::unsupported(T::NAME)))
}

/// Implements what an operation's messages need.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_operation {
    ($name:literal, $action:literal, $request:ty: $request_headers:ty => $response:ty: $response_headers:ty) => {
        impl $crate::soap::Message for $request {
            type Headers = $request_headers;
        }
        impl $crate::soap::Message for $response {
            type Headers = $response_headers;
        }
        impl $crate::soap::Operation for $request {
            type Response = $response;
            const NAME: &'static str = $name;
            const SOAP_ACTION: &'static str = $action;
        }
    };
}
#[doc(hidden)]
pub use crate::__oxws_operation as operation;
