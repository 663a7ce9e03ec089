//! One request on its way through a service: opened, matched with an operation, read, answered.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::empty;
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
    #[inline]
    pub(crate) fn in_version(mut self, version: Version) -> Reply {
        if let Some(fault) = self.fault.as_ref().filter(|_| version == Version::V12) {
            self.body = fault.to_xml_in(version).into();
            self.status = if fault.is_of_sender() { 400 } else { 500 };
            self.soap = version;
        }
        self
    }

    #[inline]
    fn named(mut self, operation: &OperationInfo) -> Reply {
        self.operation = Some(operation.name);
        self
    }
}

impl From<Fault> for Reply {
    #[inline]
    fn from(fault: Fault) -> Reply {
        let body = fault.to_xml().into();
        let extensions = Extensions::new();
        Reply { status: 500, soap: Version::V11, body, operation: None, fault: Some(fault), extensions }
    }
}

impl fmt::Debug for Reply {
    #[inline]
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
///
/// Operations whose requests have an empty Body are told apart by the action: that of the [`http::HeaderMap`] among
/// `extensions`. Without one, a request with an empty Body is for the only such operation of the service.
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
        return Reply::from(empty::refusal(&incoming.extensions)).in_version(asked);
    };
    let reader = Reader::new(incoming.text, &NOTHING, Mode::Strict, incoming.rules.limits);
    match reader.and_then(|mut reader| reader.root().map(|()| envelope::no_envelope(&reader, other))) {
        Ok(error) | Err(error) => Reply::from(incoming.rules.violation(&error)).in_version(other),
    }
}

static NOTHING: Vocabulary = Vocabulary::new(&[]);

/// A request whose operation is known and whose body is not read yet.
#[derive(Debug)]
pub struct Call<'r, 'a, H> {
    reader: &'r mut Reader<'a>,
    headers: H,
    info: &'static OperationInfo,
    extensions: Extensions,
    rules: &'a Rules,
}

/// A request on its way through a service.
pub enum Serving<'a> {
    /// It is being answered.
    Answering(Pin<Box<dyn Future<Output = Reply> + Send + 'a>>),
    /// The reply to one that is refused; or the request itself, if its operation is not among those of the service. `None`
    /// when that has been taken.
    Done(Option<Result<Reply, Incoming<'a>>>),
}

impl fmt::Debug for Serving<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Serving")
    }
}

impl<'a> Serving<'a> {
    /// Reads the header parts of a request, finds its operation among `operations`, whose request elements are those of
    /// `requests`, or by its action where the Body is empty, and has `begin` take the call, given the index of the operation.
    pub fn open<H: Headers>(
        incoming: Incoming<'a>,
        operations: &'static [OperationInfo],
        requests: &'static Shape,
        begin: impl FnOnce(usize, Call<'_, 'a, H>) -> Serving<'a>,
    ) -> Serving<'a> {
        let Incoming { text, mut extensions, rules } = incoming;
        let refuse = |error: &Error| Serving::refused(rules.violation(error));
        // The reader is large and done before anything waits: it stays where it is.
        let mut reader = match Reader::new(text, H::VOCABULARY, Mode::Strict, rules.limits) {
            Ok(reader) => reader,
            Err(error) => return refuse(&error),
        };
        let mut headers = H::default();
        let usual = operations.first().map_or(Version::V11, |operation| operation.soap);
        let operation = match envelope::open(&mut reader, &mut headers, usual) {
            Err(error) => return refuse(&error),
            // What another service may speak.
            Ok((version, _)) if version != usual => {
                return Serving::Done(Some(Err(Incoming { text, extensions, rules })));
            }
            Ok((_, Opened::NotUnderstood(name))) => return Serving::refused(Fault::must_understand(&name)),
            Ok((_, Opened::Empty)) => empty::operation(operations, &mut extensions),
            Ok((_, Opened::Child)) => reader.position(requests),
        };
        let Some(operation) = operation else {
            return Serving::Done(Some(Err(Incoming { text, extensions, rules })));
        };
        let Some(info) = operations.get(operation) else {
            return Serving::refused(Fault::invalid_request());
        };
        match rules.check(info, &mut headers) {
            Err(fault) => Serving::Done(Some(Ok(Reply::from(fault).named(info)))),
            Ok(()) => begin(operation, Call { reader: &mut reader, headers, info, extensions, rules }),
        }
    }

    /// Refused with a fault.
    #[inline]
    pub fn refused(fault: Fault) -> Serving<'a> {
        Serving::Done(Some(Ok(fault.into())))
    }
}

impl<'a> Future for Serving<'a> {
    type Output = Result<Reply, Incoming<'a>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Serving::Answering(reply) => reply.as_mut().poll(context).map(Ok),
            // Nobody polls a future that has been ready.
            Serving::Done(done) => done.take().map_or(Poll::Pending, Poll::Ready),
        }
    }
}

impl<'a, H: Headers> Call<'_, 'a, H> {
    /// Reads the request, has it served, and writes the outcome.
    pub fn answer<T, F, S>(self, serve: S) -> Serving<'a>
    where
        T: Operation<Headers = H> + 'a,
        S: FnOnce(Request<T>) -> F + Send + 'a,
        F: Future<Output = Outcome<T::Response>> + Send,
    {
        let (info, rules) = (self.info, self.rules);
        match self.request() {
            Err(error) => Serving::Done(Some(Ok(Reply::from(rules.violation(&error)).named(info)))),
            // Boxed, so that each operation takes the room that it needs, and not as much as any.
            Ok(request) => {
                Serving::Answering(Box::pin(async move { reply(serve(request).await, rules).named(info) }))
            }
        }
    }

    fn request<T: Operation<Headers = H>>(self) -> Result<Request<T>, Error> {
        let body = match T::nothing() {
            Some(body) => body,
            None => read_open(self.reader)?,
        };
        envelope::close(self.reader)?;
        Ok(Envelope { headers: self.headers, body, extensions: self.extensions })
    }
}

fn reply<T: Message>(mut outcome: Outcome<T>, rules: &Rules) -> Reply {
    let response = match outcome {
        Err(fault) => return fault.into(),
        // Where it is: it is large.
        Ok(ref mut response) => response,
    };
    let mut extensions = std::mem::take(&mut response.extensions);
    let (status, body) = if let Some(Written(body)) = extensions.remove::<Written>() {
        (200, body)
    } else if T::ONE_WAY {
        (202, Bytes::new())
    } else {
        match response.xml_with(&rules.reply_parts) {
            Ok(body) => (200, body.into()),
            Err(error) => {
                debug_assert_eq!(error.kind(), ErrorKind::Unwritable);
                return Fault::unwritable(&error).into();
            }
        }
    };
    Reply { status, soap: T::SOAP, body, operation: None, fault: None, extensions }
}
