//! `HeadTimer`: the time for the head of a request, by one timer for all requests of a connection.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use tokio::task::unconstrained;
use tokio::time;

/// The timer of a connection, which has one sleep at a time.
///
/// Hyper makes a sleep for each request, and drops it when the head is there. A sleep of tokio's is entered into a list of
/// the runtime's and taken out again, under a lock. Here it stays as it is for the next request, and is put off only when
/// it ends: too early, then. If it ends while there is none, the connection is polled once for nothing.
#[derive(Clone, Default, Debug)]
pub(super) struct HeadTimer {
    kept: Arc<Mutex<Option<Kept>>>,
}

/// A sleep of tokio's, and whom it wakes.
#[derive(Debug)]
struct Kept {
    sleep: Pin<Box<time::Sleep>>,
    waker: Option<Waker>,
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
        let Kept { sleep, waker } = kept
            .get_or_insert_with(|| Kept { sleep: Box::pin(time::sleep_until(self.deadline)), waker: None });
        let wakes = waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker()));
        if wakes && !sleep.is_elapsed() && sleep.deadline() <= self.deadline {
            return Poll::Pending;
        }
        if sleep.deadline() != self.deadline {
            sleep.as_mut().reset(self.deadline);
        }
        // Unconstrained: it must be entered now, however much the task has done.
        let done = pin!(unconstrained(sleep.as_mut())).poll(context);
        *waker = done.is_pending().then(|| context.waker().clone());
        done
    }
}

impl Sleep for HeadSleep {}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::task::coop::consume_budget;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Polls once.
    async fn is_over(sleep: &mut Pin<Box<dyn Sleep>>) -> bool {
        poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test(start_paused = true)]
    async fn each_sleep_ends_at_its_own_time() {
        let timer = HeadTimer::default();
        for _ in 0..3 {
            let begin = time::Instant::now();
            let mut first = timer.sleep(30 * SECOND);
            assert!(!is_over(&mut first).await);
            time::advance(20 * SECOND).await;
            drop(first);
            let mut second = timer.sleep(30 * SECOND);
            assert!(!is_over(&mut second).await);
            time::advance(9 * SECOND).await;
            assert!(!is_over(&mut second).await);
            second.await;
            assert_eq!(begin.elapsed().as_secs(), 50);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_that_ended_for_nobody_serves_the_next() {
        let timer = HeadTimer::default();
        let mut first = timer.sleep(SECOND);
        assert!(!is_over(&mut first).await);
        drop(first);
        time::advance(5 * SECOND).await;
        let begin = time::Instant::now();
        timer.sleep(3 * SECOND).await;
        assert_eq!(begin.elapsed().as_secs(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_has_done_much_is_woken_all_the_same() {
        let timer = HeadTimer::default();
        let begin = time::Instant::now();
        let mut sleep = timer.sleep(SECOND);
        poll_fn(|context| {
            // Takes what a task may do before it yields.
            let spent = (0..1000).any(|_| pin!(consume_budget()).poll(context).is_pending());
            assert!(spent);
            assert!(sleep.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        assert!(time::timeout(5 * SECOND, sleep).await.is_ok());
        assert_eq!(begin.elapsed().as_secs(), 1);
    }
}
