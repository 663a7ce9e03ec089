//! One request on its way through a service: opened, matched with an operation, read, answered.

use std::fmt;
use std::future::Future;

use bytes::Bytes;

use super::envelope::{self, Opened};
use super::{
    Envelope, Extensions, Fault, Headers, Message, Operation, OperationInfo, Outcome, Request, Rules,
    Service, Version,
};
use crate::rt::{Error, ErrorKind, Mode, Reader, Shape, Vocabulary, read_open};

/// A request of which nothing is read yet.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// The envelope.
    pub text: &'a str,
    /// What the transport knows of the caller; becomes [`Envelope::extensions`].
    pub extensions: Extensions,
    /// What is demanded of the request, and what is added to the reply.
    pub rules: &'a Rules,
}

/// What goes back to the caller.
#[derive(Clone)]
pub struct Reply {
    /// Status code for HTTP: 200, 202 for a one-way operation, or 500 for a fault (UCS T4, T5).
    pub status: u16,
    /// The version of the envelope.
    pub soap: Version,
    /// The envelope.
    pub body: Bytes,
    /// The operation, when the request got as far as naming one.
    pub operation: Option<&'static str>,
    /// The fault, when there was one.
    pub fault: Option<Fault>,
    /// What the implementation attached to its reply.
    pub extensions: Extensions,
}

/// The whole envelope of a reply as it was written before, in the extensions of a
/// [`Response`](super::Response): sent in place of the response, header parts and all. For replies that are large
/// and asked for again and again; [`Envelope::to_xml`] makes it.
#[derive(Clone, Debug)]
pub struct Written(pub Bytes);

impl Reply {
    /// The same in a version of SOAP; a fault only, since other replies are of the version of their service. The HTTP
    /// binding of SOAP 1.2 tells faults of the sender by their status.
    pub(crate) fn in_version(mut self, version: Version) -> Reply {
        if let Some(fault) = self.fault.as_ref().filter(|_| version == Version::V12) {
            self.body = fault.to_xml_in(version).into();
            self.status = if fault.is_of_sender() { 400 } else { 500 };
            self.soap = version;
        }
        self
    }

    fn named(mut self, operation: &OperationInfo) -> Reply {
        self.operation = Some(operation.name);
        self
    }
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Reply {
        let body = fault.to_xml().into();
        let extensions = Extensions::new();
        Reply { status: 500, soap: Version::V11, body, operation: None, fault: Some(fault), extensions }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("operation", &self.operation)
            .field("body", &String::from_utf8_lossy(&self.body))
            .finish()
    }
}

/// Answers one SOAP envelope: the whole server side without a transport.
///
/// The envelope is read strictly and in one pass; the qualified name of the first child of Body chooses the
/// operation (UCS T2). What cannot be read, or names no operation, is answered with the fault that says so
/// (UCS T6, T8).
pub async fn answer<S: Service + ?Sized>(
    service: &S,
    envelope: &[u8],
    extensions: Extensions,
    rules: &Rules,
) -> Reply {
    match super::decode(envelope) {
        Err(error) => Fault::schema_violation(&error).into(),
        Ok(text) => match service.serve(Incoming { text: &text, extensions, rules }).await {
            Ok(reply) if reply.fault.is_none() => reply,
            Ok(reply) => reply.in_version(Version::of_text(&text)),
            Err(incoming) => refusal(service, &incoming),
        },
    }
}

/// The reply to a request that no service took: of an operation that there is not, or in a version of SOAP that none
/// speaks, which is told in the one that they do.
fn refusal<S: Service + ?Sized>(service: &S, incoming: &Incoming<'_>) -> Reply {
    let asked = Version::of_text(incoming.text);
    let interfaces = service.interfaces();
    let spoken =
        || interfaces.iter().flat_map(|interface| interface.operations).map(|operation| operation.soap);
    let Some(other) = spoken().next().filter(|_| spoken().all(|version| version != asked)) else {
        return Reply::from(Fault::invalid_request()).in_version(asked);
    };
    let reader = Reader::new(incoming.text, &NOTHING, Mode::Strict, incoming.rules.limits);
    match reader.and_then(|mut reader| reader.root().map(|()| envelope::no_envelope(&reader, other))) {
        Ok(error) | Err(error) => Reply::from(incoming.rules.violation(&error)).in_version(other),
    }
}

static NOTHING: Vocabulary = Vocabulary::new(&[]);

/// A request whose operation is known and whose body is not read yet.
#[derive(Debug)]
pub struct Call<'a, H> {
    reader: Reader<'a>,
    headers: H,
    operation: usize,
    info: &'static OperationInfo,
    extensions: Extensions,
    rules: &'a Rules,
}

impl<'a, H: Headers> Call<'a, H> {
    /// Reads the header parts of a request and finds its operation among `operations`, whose request elements
    /// are those of `requests`.
    ///
    /// # Errors
    /// The reply, when the request is refused here; the request itself, when its operation is not among these.
    pub fn open(
        incoming: Incoming<'a>,
        operations: &'static [OperationInfo],
        requests: &'static Shape,
    ) -> Result<Call<'a, H>, Result<Reply, Incoming<'a>>> {
        let Incoming { text, extensions, rules } = incoming;
        let refuse = |error: &Error| Err(Ok(rules.violation(error).into()));
        let mut reader = match Reader::new(text, H::VOCABULARY, Mode::Strict, rules.limits) {
            Ok(reader) => reader,
            Err(error) => return refuse(&error),
        };
        let mut headers = H::default();
        let usual = operations.first().map_or(Version::V11, |operation| operation.soap);
        match envelope::open(&mut reader, &mut headers, usual) {
            Err(error) => return refuse(&error),
            // What another service may speak.
            Ok((version, _)) if version != usual => return Err(Err(Incoming { text, extensions, rules })),
            Ok((_, Opened::NotUnderstood(name))) => return Err(Ok(Fault::must_understand(&name).into())),
            Ok((_, Opened::Empty)) => return Err(Ok(Fault::invalid_request().into())),
            Ok((_, Opened::Child)) => {}
        }
        let Some(operation) = reader.position(requests) else {
            return Err(Err(Incoming { text, extensions, rules }));
        };
        let Some(info) = operations.get(operation) else {
            return Err(Ok(Fault::invalid_request().into()));
        };
        match rules.check(info, &mut headers) {
            Err(fault) => Err(Ok(Reply::from(fault).named(info))),
            Ok(()) => Ok(Call { reader, headers, operation, info, extensions, rules }),
        }
    }

    /// Index of the operation.
    pub fn operation(&self) -> usize {
        self.operation
    }

    /// Reads the request, has it served, and writes the outcome.
    pub fn answer<T, F, S>(self, serve: S) -> impl Future<Output = Reply> + Send
    where
        T: Operation<Headers = H>,
        S: FnOnce(Request<T>) -> F,
        F: Future<Output = Outcome<T::Response>> + Send,
    {
        let (info, rules) = (self.info, self.rules);
        // The reader is done before anything is awaited.
        let served = self.request().map(serve);
        async move {
            let reply = match served {
                Err(error) => rules.violation(&error).into(),
                Ok(outcome) => reply(outcome.await, rules),
            };
            reply.named(info)
        }
    }

    fn request<T: Operation<Headers = H>>(mut self) -> Result<Request<T>, Error> {
        let body = read_open(&mut self.reader)?;
        envelope::close(&mut self.reader)?;
        Ok(Envelope { headers: self.headers, body, extensions: self.extensions })
    }
}

fn reply<T: Message>(outcome: Outcome<T>, rules: &Rules) -> Reply {
    match outcome {
        Err(fault) => fault.into(),
        Ok(mut response) => {
            if let Some(Written(body)) = response.extensions.remove::<Written>() {
                let extensions = response.extensions;
                return Reply { status: 200, soap: T::SOAP, body, operation: None, fault: None, extensions };
            }
            if T::nothing().is_some() {
                let extensions = response.extensions;
                let body = Bytes::new();
                return Reply { status: 202, soap: T::SOAP, body, operation: None, fault: None, extensions };
            }
            rules.reply_parts.fill(&mut response.headers);
            match response.to_xml() {
                Ok(body) => {
                    let (body, extensions) = (body.into(), response.extensions);
                    Reply { status: 200, soap: T::SOAP, body, operation: None, fault: None, extensions }
                }
                Err(error) => {
                    debug_assert_eq!(error.kind(), ErrorKind::Unwritable);
                    Fault::unwritable(&error).into()
                }
            }
        }
    }
}
