//! `HeadTimer`: the time for the head of a request, by one timer for all requests of a connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use tokio::time;

/// The timer of a connection, which has one sleep at a time.
///
/// Hyper makes a sleep for each request, and drops it when the head is there. A sleep of tokio's is entered into a list of
/// the runtime's and taken out again, under a lock. Here it stays, and is put off for the next request. If it ends
/// while there is none, the connection is polled once for nothing.
#[derive(Clone, Default, Debug)]
pub(super) struct HeadTimer {
    kept: Arc<Mutex<Option<Pin<Box<time::Sleep>>>>>,
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(HeadSleep { timer: self.clone(), deadline: deadline.into() })
    }

    fn now(&self) -> Instant {
        // That of the runtime, which tests may stop.
        time::Instant::now().into()
    }
}

/// A sleep of a [`HeadTimer`].
#[derive(Debug)]
struct HeadSleep {
    timer: HeadTimer,
    deadline: time::Instant,
}

impl Future for HeadSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut kept = self.timer.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let sleep = kept.get_or_insert_with(|| Box::pin(time::sleep_until(self.deadline)));
        if sleep.deadline() != self.deadline {
            sleep.as_mut().reset(self.deadline);
        }
        sleep.as_mut().poll(context)
    }
}

impl Sleep for HeadSleep {}
