//! What became of a request: counted, and told in one line of the log (target `ucs::request`).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http::{Method, Request, Uri};
use oxws::server::{RequestIds, Served};
use oxws::soap::Fault;

use super::metrics::{InWork, Metrics};
use super::reply::HttpReply;
use super::route::Route;
use super::{ResultCode, Underway};
use crate::accounts::{Account, MailboxId};

/// Characters of a path in a line of the log.
const LONGEST: usize = 100;

/// A request under observation. Dropped before its end, it tells that the caller went away.
pub(super) struct Observation<'a> {
    pub(super) begin: Instant,
    /// The ids that its response will have.
    pub(super) ids: RequestIds,
    route: Route,
    /// Method and path, but for what nearly all requests are: operations.
    asked: Option<(Method, Uri)>,
    /// Where the caller is, once that is known.
    pub(super) address: Option<IpAddr>,
    /// Who called, once that is known.
    pub(super) caller: Option<Arc<Account>>,
    /// Why the caller is not let in.
    pub(super) refused: Option<String>,
    /// What the service has told of the operation so far.
    pub(super) underway: Option<Underway>,
    metrics: &'a Metrics,
    _in_work: InWork<'a>,
    done: bool,
}

/// Writes the line, at the level that is due.
macro_rules! line {
    ($level:ident, $this:expr, $($more:tt)*) => {
        tracing::$level!(
            target: "ucs::request",
            request_id = $this.ids.own(),
            $($more)*
            route = $this.route.name(),
            method = $this.asked.as_ref().map(|(method, _)| method.as_str()),
            path = $this.asked.as_ref().map(|(_, uri)| shortened(uri.path())),
            address = $this.address.map(display),
            refused = $this.refused,
            login = $this.caller.as_ref().map(|caller| caller.login.as_str()),
            microseconds = u64::try_from($this.begin.elapsed().as_micros()).unwrap_or(u64::MAX),
        )
    };
}

impl<'a> Observation<'a> {
    pub(super) fn begin<B>(metrics: &'a Metrics, route: Route, request: &Request<B>) -> Observation<'a> {
        let told = route == Route::Ews && *request.method() == Method::POST;
        let asked = (!told).then(|| (request.method().clone(), request.uri().clone()));
        let _in_work = metrics.in_work();
        Observation {
            begin: Instant::now(),
            ids: RequestIds::new(request.headers()),
            route,
            asked,
            address: None,
            caller: None,
            refused: None,
            underway: None,
            metrics,
            _in_work,
            done: false,
        }
    }

    /// The request is answered.
    pub(super) fn end(mut self, response: &HttpReply) {
        self.done = true;
        let status = response.status().as_u16();
        self.metrics.responded(self.route.name(), status);
        let served = response.extensions().get::<Served>();
        let operation = served.and_then(|served| served.operation);
        let fault = served.and_then(|served| served.fault.as_ref());
        let result = response.extensions().get::<ResultCode>();
        let code = match (fault, result) {
            (Some(fault), _) => Some(fault_code(fault)),
            (None, Some(result)) => Some(result.0.as_str()),
            (None, None) => served.map(|_| "NoError"),
        };
        if let (Some(_), Some(code)) = (served, code) {
            self.metrics.answered(operation.unwrap_or("none"), code, self.begin.elapsed());
        }
        let cause = fault.and_then(|fault| fault.cause.as_ref());
        macro_rules! answered {
            ($level:ident $(, $cause:ident)?) => {
                line!(
                    $level,
                    self,
                    operation,
                    mailbox = self.mailbox().map(display),
                    status,
                    code,
                    $($cause,)?
                )
            };
        }
        if let Some(cause) = cause.map(|cause| chain(&*cause.0)) {
            answered!(error, cause);
        } else if self.route.is_watch() {
            line!(debug, self, status,);
        } else {
            answered!(info);
        }
    }

    /// The mailbox that the operation acts on, as far as the service has told.
    fn mailbox(&self) -> Option<MailboxId> {
        self.underway.as_ref().and_then(Underway::mailbox)
    }
}

impl Drop for Observation<'_> {
    fn drop(&mut self) {
        if !self.done {
            let underway = self.underway.as_ref();
            let operation = underway.and_then(Underway::operation);
            self.metrics.abandoned(self.route.name(), operation.unwrap_or("none"));
            line!(info, self, gone = true, operation, mailbox = self.mailbox().map(display),);
        }
    }
}

fn fault_code(fault: &Fault) -> &str {
    fault.response_code.as_deref().unwrap_or(&fault.code.local)
}

/// An error with what led to it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}

/// The beginning of a path, which may hold anything.
fn shortened(path: &str) -> &str {
    let end = path.char_indices().nth(LONGEST).map_or(path.len(), |(at, _)| at);
    path.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_between_characters() {
        assert_eq!(shortened("/abc"), "/abc");
        let long = "\u{e9}".repeat(LONGEST + 1);
        assert_eq!(shortened(&long).chars().count(), LONGEST);
    }

    #[test]
    fn causes_are_told_in_one_line() {
        let inner = std::io::Error::other("the disk is full");
        let outer = crate::accounts::AccountError::Store(Box::new(inner));
        assert_eq!(chain(&outer), "the account store failed: the disk is full");
    }
}
