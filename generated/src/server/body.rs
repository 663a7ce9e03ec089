//! Reading the body of a request, within a size and a time (UCS T17).

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf, Bytes};
use http::header::EXPECT;
use http::{Request, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;

use crate::gather::Gather;

/// Why there is no body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyProblem {
    /// It is larger than the limit.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The connection broke, or the framing is wrong.
    Broken,
}

impl BodyProblem {
    /// The status to answer with.
    pub fn status(self) -> StatusCode {
        match self {
            BodyProblem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            BodyProblem::TooSlow => StatusCode::REQUEST_TIMEOUT,
            BodyProblem::Broken => StatusCode::BAD_REQUEST,
        }
    }

    /// A sentence for the caller, on a line.
    pub fn text(self) -> &'static str {
        match self {
            BodyProblem::TooLarge => "The request is larger than this server accepts.\n",
            BodyProblem::TooSlow => "The request did not arrive in time.\n",
            BodyProblem::Broken => "The body of the request could not be read.\n",
        }
    }
}

/// Bytes that are read and dropped beyond the limit, as a multiple of it. Who sends more than that gets its answer
/// before it has finished, and may not see it.
const DRAINED: usize = 8;

/// Reads a body of at most `limit` bytes within `time`. `waits` says that the caller waits to be told to send it
/// (`Expect: 100-continue`): then one that announces more is refused before it is sent.
///
/// # Errors
/// When there is no such body. What is beyond the limit has been read and dropped, up to a multiple of it, so that a
/// caller that writes all of it first sees the answer.
pub async fn read<B: Body>(body: B, limit: usize, time: Duration, waits: bool) -> Result<Bytes, BodyProblem> {
    let body = pin!(body);
    let announced = body.size_hint().lower();
    let too_large =
        usize::try_from(announced).is_ok_and(|size| size > limit) || usize::try_from(announced).is_err();
    if too_large && waits {
        // The caller asks before it sends.
        return Err(BodyProblem::TooLarge);
    }
    let mut reading = pin!(collect(body, limit, too_large));
    // What has come with the head needs no timer.
    match poll_once(reading.as_mut()).await {
        Some(done) => done,
        // Boxed: not the usual case, and the larger part of all this.
        None => Box::pin(tokio::time::timeout(time, reading)).await.unwrap_or(match too_large {
            true => Err(BodyProblem::TooLarge),
            false => Err(BodyProblem::TooSlow),
        }),
    }
}

/// Reads and drops the body of a request that is refused for its head: a caller that writes all of it before it reads
/// then sees the answer. At most `limit` bytes, times a small number, and for `time`; nothing at all where the caller
/// waits to be told to send it (`Expect: 100-continue`).
pub async fn drain<B: Body>(request: Request<B>, limit: usize, time: Duration) {
    if request.body().is_end_stream() || request.headers().contains_key(EXPECT) {
        return;
    }
    let body = pin!(request.into_body());
    let mut reading = pin!(collect(body, limit, true));
    if poll_once(reading.as_mut()).await.is_none() {
        let _ = tokio::time::timeout(time, reading).await;
    }
}

async fn collect<B: Body>(
    mut body: Pin<&mut B>,
    limit: usize,
    too_large: bool,
) -> Result<Bytes, BodyProblem> {
    let mut gather = Gather::new(body.size_hint().lower());
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.map_err(|_| BodyProblem::Broken)?.into_data().map_err(drop) else {
            continue;
        };
        let size = data.remaining();
        seen = seen.saturating_add(size);
        if too_large || seen > limit {
            // Dropped: an answer to a caller that is still writing would be lost with the connection.
            gather = Gather::default();
            if seen > limit.saturating_mul(DRAINED) {
                return Err(BodyProblem::TooLarge);
            }
        } else {
            // Not copied where the transport has `Bytes` itself.
            gather.push(data.copy_to_bytes(size));
        }
    }
    if too_large || seen > limit { Err(BodyProblem::TooLarge) } else { Ok(gather.finish()) }
}

/// Polls once: the result, if it is there already.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
