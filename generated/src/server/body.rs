//! Reading the body of a request, within a size and a time (UCS T17).

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

/// Why there is no body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Problem {
    /// It is larger than the limit.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The connection broke, or the framing is wrong.
    Broken,
}

/// Bytes that are read and dropped beyond the limit, as a multiple of it. Who sends more than that gets its answer
/// before it has finished, and may not see it.
const DRAINED: usize = 8;

/// Reads a body of at most `limit` bytes within `time`.
pub(super) async fn read<B: Body>(
    body: Pin<&mut B>,
    limit: usize,
    time: Duration,
    waits: bool,
) -> Result<Bytes, Problem> {
    let announced = body.size_hint().lower();
    let too_large =
        usize::try_from(announced).is_ok_and(|size| size > limit) || usize::try_from(announced).is_err();
    if too_large && waits {
        // The caller asks before it sends.
        return Err(Problem::TooLarge);
    }
    let mut reading = pin!(collect(body, limit, too_large));
    // What has come with the head needs no timer.
    match poll_once(reading.as_mut()).await {
        Some(done) => done,
        None => tokio::time::timeout(time, reading).await.unwrap_or(match too_large {
            true => Err(Problem::TooLarge),
            false => Err(Problem::TooSlow),
        }),
    }
}

/// Reads and drops a body that nobody wants, within the same bounds as one that is too large: a caller that writes
/// all of it first sees the answer.
pub(super) async fn drain<B: Body>(body: B, limit: usize, time: Duration) {
    let body = pin!(body);
    let mut reading = pin!(collect(body, limit, true));
    if poll_once(reading.as_mut()).await.is_none() {
        let _ = tokio::time::timeout(time, reading).await;
    }
}

async fn collect<B: Body>(mut body: Pin<&mut B>, limit: usize, too_large: bool) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.map_err(|_| Problem::Broken)?.into_data().map_err(drop) else { continue };
        let size = data.remaining();
        seen = seen.saturating_add(size);
        if too_large || seen > limit {
            // Dropped: an answer to a caller that is still writing would be lost with the connection.
            (first, more) = (Bytes::new(), BytesMut::new());
            if seen > limit.saturating_mul(DRAINED) {
                return Err(Problem::TooLarge);
            }
        } else if first.is_empty() && more.is_empty() {
            first = data.copy_to_bytes(size);
        } else {
            if more.is_empty() {
                more.reserve(first.len() + size);
                more.extend_from_slice(&first);
            }
            more.put(data);
        }
    }
    match (too_large || seen > limit, more.is_empty()) {
        (true, _) => Err(Problem::TooLarge),
        (false, true) => Ok(first),
        (false, false) => Ok(more.freeze()),
    }
}

/// Polls once: the result, if it is there already.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
