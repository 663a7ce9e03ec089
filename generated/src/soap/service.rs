//! `Service`: operations that can be served together, the rules they are served by, and the code that stands
//! behind every generated operation trait.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::{DefaultParts, Fault, HeaderParts, Headers, Incoming, OperationInfo, Reply};
use crate::rt::{Error, Limits, Name, Term, Vocabulary};

/// A set of operations that answers envelopes: an implementation of a generated trait in its `…Server`, or a
/// pair of such sets.
pub trait Service: Send + Sync {
    /// What is served, for descriptions.
    fn interfaces(&self) -> Vec<Interface>;

    /// Serves a request if its operation is among these, and gives it back otherwise.
    fn serve<'a>(
        &'a self,
        incoming: Incoming<'a>,
    ) -> impl Future<Output = Result<Reply, Incoming<'a>>> + Send;
}

impl<A: Service, B: Service> Service for (A, B) {
    fn interfaces(&self) -> Vec<Interface> {
        let mut all = self.0.interfaces();
        all.extend(self.1.interfaces());
        all
    }

    async fn serve<'a>(&'a self, incoming: Incoming<'a>) -> Result<Reply, Incoming<'a>> {
        match self.0.serve(incoming).await {
            Err(incoming) => self.1.serve(incoming).await,
            served => served,
        }
    }
}

impl<S: Service + ?Sized> Service for Arc<S> {
    fn interfaces(&self) -> Vec<Interface> {
        (**self).interfaces()
    }

    async fn serve<'a>(&'a self, incoming: Incoming<'a>) -> Result<Reply, Incoming<'a>> {
        (**self).serve(incoming).await
    }
}

/// The operations of one generated trait, for a description of a service.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Name of the service that the operations are of: that of the trait, unless the WSDL calls it otherwise.
    /// Interfaces of one name are described as one.
    pub name: &'static str,
    /// The operations in order.
    pub operations: &'static [OperationInfo],
    /// Header parts of the requests: name of the part and element.
    pub request_parts: Vec<(&'static str, &'static Name)>,
    /// Header parts of the replies.
    pub response_parts: Vec<(&'static str, &'static Name)>,
    /// The namespaces of the messages.
    pub vocabulary: &'static Vocabulary,
    /// The schemas of these namespaces.
    pub schemas: &'static [SchemaFile],
}

/// A schema as a server hands it out.
#[derive(Clone, Copy, Debug)]
pub struct SchemaFile {
    /// Name of the file, by which others import it.
    pub name: &'static str,
    /// Its target namespace; empty for none.
    pub namespace: &'static str,
    /// The document.
    pub text: &'static str,
}

impl Interface {
    /// The interface of a trait whose messages have these header parts.
    #[doc(hidden)]
    pub fn new<Q: Headers, R: Headers>(
        name: &'static str,
        operations: &'static [OperationInfo],
        schemas: &'static [SchemaFile],
    ) -> Interface {
        Interface {
            name,
            operations,
            request_parts: parts::<Q>(),
            response_parts: parts::<R>(),
            vocabulary: Q::VOCABULARY,
            schemas,
        }
    }
}

fn parts<H: Headers>() -> Vec<(&'static str, &'static Name)> {
    let particles = H::SHAPE.particles.iter();
    let names = particles.filter_map(|particle| match &particle.term {
        Term::Element(name) => Some(name),
        _ => None,
    });
    H::PARTS.iter().copied().zip(names).collect()
}

/// What a server demands of requests and adds to replies.
#[derive(Clone, Default)]
pub struct Rules {
    /// How much an envelope may hold.
    pub limits: Limits,
    /// Header parts of replies that the implementation leaves out.
    pub reply_parts: DefaultParts,
    /// Asked in turn once the operation is known, before the request is read; the first fault is the reply.
    pub checks: Vec<Check>,
    /// Asked in turn about a request that breaks the schema; the first fault is the reply, in place of
    /// `ErrorSchemaValidation`.
    pub refinements: Vec<Refinement>,
}

/// A demand on the header parts of requests.
pub type Check = Arc<dyn Fn(&OperationInfo, &mut dyn HeaderParts) -> Result<(), Fault> + Send + Sync>;

/// The fault for a violation of the schema that has a code of its own.
pub type Refinement = Arc<dyn Fn(&Error) -> Option<Fault> + Send + Sync>;

impl Rules {
    /// The fault for a request that breaks the schema.
    #[inline]
    pub(super) fn violation(&self, error: &Error) -> Fault {
        let refined = self.refinements.iter().find_map(|refine| refine(error));
        refined.unwrap_or_else(|| Fault::schema_violation(error))
    }

    #[inline]
    pub(super) fn check(
        &self,
        operation: &OperationInfo,
        headers: &mut dyn HeaderParts,
    ) -> Result<(), Fault> {
        self.checks.iter().try_for_each(|check| check(operation, headers))
    }
}

impl fmt::Debug for Rules {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("limits", &self.limits)
            .field("reply_parts", &self.reply_parts)
            .field("checks", &self.checks.len())
            .field("refinements", &self.refinements.len())
            .finish()
    }
}

/// What stands behind an operation trait: its table of operations, dispatch, the server adapter, and the trait
/// for shared implementations and for clients.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_service {
    (
        $service:ident $(as $port:literal)?, $server:ident, $request_headers:ident => $response_headers:ident, $schemas:expr,
        [$($at:literal => $method:ident: $request:ty => $response:ty),* $(,)?]
    ) => {
        #[doc = concat!("The operations of [`", stringify!($service), "`], in the order of its port type.")]
        pub static OPERATIONS: &[$crate::soap::OperationInfo] =
            &[$(<$request as $crate::soap::Operation>::INFO),*];

        static REQUESTS: $crate::rt::Shape = {
            const PARTICLES: &[$crate::rt::Particle] =
                &[$($crate::soap::request_particle(&<$request as $crate::soap::Operation>::INFO)),*];
            $crate::rt::Shape::roots(PARTICLES)
        };

        #[doc = concat!("Serves an implementation of [`", stringify!($service), "`]: what a server is built with.")]
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $server<S>(pub S);

        impl<S: $service> $crate::soap::Service for $server<S> {
            fn interfaces(&self) -> ::std::vec::Vec<$crate::soap::Interface> {
                ::std::vec![$crate::soap::Interface::new::<$request_headers, $response_headers>(
                    [$($port,)? stringify!($service)][0],
                    OPERATIONS,
                    $schemas,
                )]
            }

            fn serve<'a>(
                &'a self,
                incoming: $crate::soap::Incoming<'a>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<$crate::soap::Reply, $crate::soap::Incoming<'a>>,
            > + ::core::marker::Send {
                let begin = |operation: usize, call: $crate::soap::Call<'_, 'a, $request_headers>| match operation {
                    $($at => call.answer(|request| $service::$method(&self.0, request)),)*
                    _ => $crate::soap::Serving::refused($crate::soap::Fault::invalid_request()),
                };
                $crate::soap::Serving::open(incoming, OPERATIONS, &REQUESTS, begin)
            }
        }

        /// Answers one SOAP envelope without a transport: reads it strictly, calls the method of `service`
        /// that its Body names, and writes the reply or the fault.
        pub async fn dispatch<S: $service>(service: &S, envelope: &[u8]) -> $crate::soap::Reply {
            let (extensions, rules) = ::core::default::Default::default();
            $crate::soap::answer(&$server(service), envelope, extensions, &rules).await
        }

        // A request or response may be called `S`.
        $crate::soap::forward!($service, [__S: $service] &__S, self => &**self, [$($method: $request => $response),*]);
        $crate::soap::forward!(
            $service, [__S: $service] ::std::sync::Arc<__S>, self => &**self, [$($method: $request => $response),*]
        );
        $crate::soap::client!($service, [$($method: $request => $response),*]);
    };
}

/// Implements an operation trait by passing the requests on.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_forward {
    (
        $service:ident, [$($generic:tt)*] $type:ty, $self:ident => $target:expr,
        [$($method:ident: $request:ty => $response:ty),*]
    ) => {
        impl<$($generic)*> $service for $type {
            $(
                fn $method(
                    &$self,
                    request: $crate::soap::Request<$request>,
                ) -> impl ::core::future::Future<Output = $crate::soap::Outcome<$response>> + ::core::marker::Send {
                    $service::$method($target, request)
                }
            )*
        }
    };
}
#[doc(hidden)]
pub use crate::__oxws_forward as forward;

/// Implements an operation trait by sending the requests. Defined by feature, since a `cfg` within a macro would
/// ask for the features of the crate that uses it.
#[cfg(feature = "client")]
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_client {
    ($service:ident, [$($method:ident: $request:ty => $response:ty),*]) => {
        /// Sends the requests. What is no reply of the service, such as a broken connection, is a fault with a
        /// [cause](crate::soap::FaultParts::cause).
        impl<__T: $crate::client::Transport> $service for $crate::client::Client<__T> {
            $(
                fn $method(
                    &self,
                    request: $crate::soap::Request<$request>,
                ) -> impl ::core::future::Future<Output = $crate::soap::Outcome<$response>> + ::core::marker::Send {
                    self.outcome(request)
                }
            )*
        }
    };
}

/// Without clients.
#[cfg(not(feature = "client"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_client {
    ($($nothing:tt)*) => {};
}
#[doc(hidden)]
pub use crate::__oxws_client as client;
