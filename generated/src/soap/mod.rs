//! SOAP 1.1 and 1.2, written by hand: envelopes with typed header parts, faults, what ties the messages of an
//! operation together, and the way of a request through a service. No transport is in here.

mod call;
mod empty;
mod envelope;
mod fault;
mod one_way;
mod parts;
mod service;
mod version;

use std::fmt::Debug;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::rt::{Document, Name, Particle, Shaped, Term, Vocabulary};

#[doc(hidden)]
pub use call::{Call, Serving};
pub use call::{Incoming, Reply, Written, answer};
#[doc(hidden)]
#[cfg(feature = "client")]
pub(crate) use empty::parameter;
pub use empty::request_particle;
pub use envelope::{Envelope, ReadEnvelope, decode};
pub use fault::{Cause, Fault, FaultCode, FaultParts};
pub use http::Extensions;
pub use one_way::{NoHeaders, NoReply};
pub use parts::{DefaultParts, HeaderParts, has_part, part};
pub use service::{Check, Interface, Refinement, Rules, SchemaFile, Service};
#[doc(hidden)]
pub use service::{client, forward};

/// The header parts of a message, all of them optional.
pub trait Headers: Shaped + HeaderParts + Default + Clone + PartialEq + Debug + Send {
    /// The namespaces of the schemas the parts come from.
    const VOCABULARY: &'static Vocabulary;
    /// The names that the WSDL gives to the parts, in the order of the binding.
    const PARTS: &'static [&'static str];
}

/// A value that is the child of an envelope's Body, or stands for an empty one.
pub trait Message: Document + Send {
    /// The header parts that may go with it.
    type Headers: Headers;
    /// The version of SOAP that its service speaks.
    const SOAP: Version = Version::V11;
    /// Whether it is that there is no reply at all, as for [`NoReply`].
    #[doc(hidden)]
    const ONE_WAY: bool = false;
}

/// A request, which stands for its operation.
pub trait Operation: Message {
    /// The reply.
    type Response: Message;
    /// Name on the wire.
    const NAME: &'static str;
    /// Value of the `SOAPAction` header.
    const SOAP_ACTION: &'static str;
    /// Whether it only reads, so that repeating it changes nothing. The manifest says so.
    const READ_ONLY: bool;
    /// What there is to know about it without its types.
    const INFO: OperationInfo = OperationInfo {
        name: Self::NAME,
        soap_action: Self::SOAP_ACTION,
        request: root_name::<Self>(),
        response: root_name::<Self::Response>(),
        one_way: <Self::Response as Message>::ONE_WAY,
        soap: Self::SOAP,
        read_only: Self::READ_ONLY,
    };
}

/// A request with its header parts.
pub type Request<T> = Envelope<T>;

/// A reply with its header parts.
pub type Response<T> = Envelope<T>;

/// What an operation answers.
pub type Outcome<T> = Result<Response<T>, Fault>;

/// What there is to know about an operation without its types.
#[derive(Clone, Copy, Debug)]
pub struct OperationInfo {
    /// Name on the wire.
    pub name: &'static str,
    /// Value of the `SOAPAction` header.
    pub soap_action: &'static str,
    /// Element of the request; `None` where the Body is empty, so that the action tells the operation.
    pub request: Option<&'static Name>,
    /// Element of the reply; `None` where the Body is empty, and for a one-way operation, which has no reply.
    pub response: Option<&'static Name>,
    /// Whether it has no reply.
    pub one_way: bool,
    /// The version of SOAP that its service speaks.
    pub soap: Version,
    /// Whether it only reads, so that repeating it changes nothing.
    pub read_only: bool,
}

/// Name of the root element of a message; `None` for one that is an empty Body, or no reply.
const fn root_name<T: Document>() -> Option<&'static Name> {
    match T::ROOTS.particles {
        [Particle { term: Term::Element(name), .. }, ..] => Some(name),
        _ => None,
    }
}

/// The body of a method that is not implemented: a fault that names the operation.
pub fn unsupported<T: Operation>(request: Request<T>) -> Unsupported<T> {
    drop(request);
    Unsupported(PhantomData)
}

/// What [`unsupported`] returns. It holds nothing of the reply: a compiler need not look through all that a reply may
/// hold, for every operation, to find that it can be sent to another thread.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Unsupported<T>(PhantomData<fn() -> T>);

impl<T: Operation> Future for Unsupported<T> {
    type Output = Outcome<T::Response>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Outcome<T::Response>> {
        Poll::Ready(Err(Fault::unsupported(T::NAME)))
    }
}

/// Implements what an operation's messages need.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_operation {
    (
        $name:literal, $action:literal,
        $request:ty: $request_headers:ty => $response:ty $(: $response_headers:ty)? $(, soap = $soap:ident)? $(, read_only = $read_only:literal)?
    ) => {
        $crate::soap::operation!(@message $request, $request_headers $(, $soap)?);
        $($crate::soap::operation!(@response $response, $response_headers; $request);)?
        impl $crate::soap::Operation for $request {
            type Response = $response;
            const NAME: &'static str = $name;
            const SOAP_ACTION: &'static str = $action;
            const READ_ONLY: bool = false $(|| $read_only)?;
        }
    };
    (@message $message:ty, $headers:ty $(, $soap:ident)?) => {
        impl $crate::soap::Message for $message {
            type Headers = $headers;
            $(const SOAP: $crate::soap::Version = $crate::soap::Version::$soap;)?
        }
    };
    // A reply is of the version of its request.
    (@response $message:ty, $headers:ty; $request:ty) => {
        impl $crate::soap::Message for $message {
            type Headers = $headers;
            const SOAP: $crate::soap::Version = <$request as $crate::soap::Message>::SOAP;
        }
    };
}
#[doc(hidden)]
pub use crate::__oxws_operation as operation;

/// Implements what a struct of header parts needs beside its fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_headers {
    ($headers:ty, $vocabulary:expr, [$($field:ident = $part:literal),* $(,)?]) => {
        impl $crate::soap::HeaderParts for $headers {
            fn each_part(&mut self, visit: &mut dyn FnMut(&mut dyn ::std::any::Any)) {
                let _ = &visit;
                $(visit(&mut self.$field);)*
            }
        }
        impl $crate::soap::Headers for $headers {
            const VOCABULARY: &'static $crate::rt::Vocabulary = &$vocabulary;
            const PARTS: &'static [&'static str] = &[$($part),*];
        }
    };
}
#[doc(hidden)]
pub use crate::__oxws_headers as headers;
#[doc(hidden)]
pub use crate::__oxws_service as service;
pub use version::Version;
