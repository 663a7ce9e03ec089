//! One request on its way through a service: opened, dispatched by generated code, answered.

use std::borrow::Cow;
use std::future::Future;

use super::envelope::{self, Opened};
use super::{Envelope, Fault, Headers, Operation, Outcome, Request};
use crate::rt::{Error, ErrorKind, Limits, Mode, Reader, Shape, read_open};

/// A request whose operation is known and whose body is not read yet.
#[derive(Debug)]
pub struct Call<'a, H> {
    reader: Reader<'a>,
    headers: H,
    operation: usize,
}

/// What goes back to the caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// Status code for HTTP: 200, or 500 for a fault (UCS T4, T5).
    pub status: u16,
    /// The envelope.
    pub body: Vec<u8>,
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Reply {
        Reply { status: 500, body: fault.to_xml() }
    }
}

impl<'a, H: Headers> Call<'a, H> {
    /// Reads the header parts of `envelope` and finds the operation among `requests`.
    ///
    /// # Errors
    /// The fault to answer with, as a reply.
    pub fn open(
        envelope: &'a crate::rt::Result<Cow<'a, str>>,
        requests: &'static Shape,
    ) -> Result<Call<'a, H>, Reply> {
        let fault = |error: &Error| Reply::from(Fault::schema_violation(error));
        let envelope = envelope.as_ref().map_err(fault)?;
        let reader = Reader::new(envelope, H::VOCABULARY, Mode::Strict, Limits::default());
        let mut reader = reader.map_err(|error| fault(&error))?;
        let mut headers = H::default();
        match envelope::open(&mut reader, &mut headers).map_err(|error| fault(&error))? {
            Opened::NotUnderstood(name) => Err(Fault::must_understand(&name).into()),
            Opened::Empty => Err(Fault::invalid_request().into()),
            Opened::Child => match reader.position(requests) {
                Some(operation) => Ok(Call { reader, headers, operation }),
                None => Err(Fault::invalid_request().into()),
            },
        }
    }

    /// Index of the operation among the requests.
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
        // The reader is done before anything is awaited.
        let served = self.request().map(serve);
        async move {
            match served {
                Err(error) => Fault::schema_violation(&error).into(),
                Ok(outcome) => reply(outcome.await),
            }
        }
    }

    fn request<T: Operation<Headers = H>>(mut self) -> Result<Request<T>, Error> {
        let body = read_open(&mut self.reader)?;
        envelope::close(&mut self.reader)?;
        Ok(Envelope { headers: self.headers, body })
    }
}

fn reply<T: super::Message>(outcome: Outcome<T>) -> Reply {
    match outcome {
        Err(fault) => fault.into(),
        Ok(response) => match response.to_xml() {
            Ok(body) => Reply { status: 200, body },
            Err(error) => {
                debug_assert_eq!(error.kind(), ErrorKind::Unwritable);
                Fault::unwritable(&error).into()
            }
        },
    }
}
