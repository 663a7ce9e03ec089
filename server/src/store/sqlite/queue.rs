//! The queue before the writer: those who ask wait for a place in it, the writer for them.
//!
//! The writer is woken once for all that it waits for, and takes all that there is at once.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// A queue with that many places.
pub(super) fn queue<T>(places: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State { waiting: Vec::new(), wanted: 0, closed: false }),
        enough: Condvar::new(),
        places: Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS)),
    });
    (Sender(shared.clone()), Receiver(shared))
}

/// The other end is gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closed;

/// For those who ask. The queue is closed when it is dropped.
pub(super) struct Sender<T>(Arc<Shared<T>>);

/// For the writer. Nothing is taken any more when it is dropped, and what waits is dropped with it.
pub(super) struct Receiver<T>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    enough: Condvar,
    places: Semaphore,
}

struct State<T> {
    waiting: Vec<T>,
    /// How many the writer waits for; 0 while it is at work.
    wanted: usize,
    closed: bool,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // What a panic would leave behind is whole: each change is one value.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) -> Vec<T> {
        let mut state = self.lock();
        state.closed = true;
        self.enough.notify_one();
        std::mem::take(&mut state.waiting)
    }
}

impl<T> Sender<T> {
    /// Waits for a place.
    pub(super) async fn send(&self, job: T) -> Result<(), Closed> {
        // Given back when the job is taken.
        self.0.places.acquire().await.map_err(|_| Closed)?.forget();
        let mut state = self.0.lock();
        if state.closed {
            return Err(Closed);
        }
        state.waiting.push(job);
        if state.wanted > 0 && state.waiting.len() >= state.wanted {
            state.wanted = 0;
            drop(state);
            self.0.enough.notify_one();
        }
        Ok(())
    }

    /// Whether the writer has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.0.lock().closed
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        drop(state);
        self.0.enough.notify_one();
    }
}

impl<T> Receiver<T> {
    /// Waits for the first, and takes all that are there, but no more than that. `false` when nothing will come any more.
    pub(super) fn take(&self, into: &mut Vec<T>, most: usize) -> bool {
        let mut state = self.0.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return false;
            }
            state.wanted = 1;
            state = self.0.enough.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.wanted = 0;
        self.move_to(state, into, most);
        true
    }

    /// Takes those that are there, up to so many in all, and waits for none. How many it took.
    pub(super) fn take_there(&self, into: &mut Vec<T>, most: usize) -> usize {
        self.move_to(self.0.lock(), into, most.saturating_sub(into.len()))
    }

    fn move_to(&self, mut state: MutexGuard<'_, State<T>>, into: &mut Vec<T>, most: usize) -> usize {
        let count = state.waiting.len().min(most);
        if into.is_empty() && count == state.waiting.len() {
            std::mem::swap(&mut state.waiting, into);
        } else {
            into.extend(state.waiting.drain(..count));
        }
        drop(state);
        if count > 0 {
            self.0.places.add_permits(count);
        }
        count
    }

    /// Waits until so many are there, but no longer than that. How many there are.
    pub(super) fn gather(&self, wanted: usize, time: Duration) -> usize {
        let until = Instant::now() + time;
        let mut state = self.0.lock();
        while state.waiting.len() < wanted && !state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state.wanted = wanted;
            state = self.0.enough.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.wanted = 0;
        state.waiting.len()
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.0.lock().waiting.len()
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.0.places.close();
        // Outside the lock: who waits for them is told by this.
        drop(self.0.close());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn all_that_wait_are_taken_in_order_up_to_a_number() {
        let (sender, receiver) = queue(10);
        for number in 0..5 {
            sender.send(number).await.unwrap();
        }
        let mut taken = Vec::new();
        assert!(receiver.take(&mut taken, 3) && receiver.len() == 2);
        assert!(receiver.take(&mut taken, 3));
        assert_eq!(taken, [0, 1, 2, 3, 4]);
        // What was sent before the end is taken still.
        sender.send(5).await.unwrap();
        drop(sender);
        assert!(receiver.take(&mut taken, 3) && !receiver.take(&mut taken, 3));
        assert_eq!(taken.len(), 6);
    }

    #[tokio::test]
    async fn those_who_join_are_not_waited_for_and_are_no_more_than_that_in_all() {
        let (sender, receiver) = queue(3);
        let mut taken = Vec::new();
        assert_eq!(receiver.take_there(&mut taken, 3), 0);
        for number in 0..3 {
            sender.send(number).await.unwrap();
        }
        assert!(receiver.take(&mut taken, 1));
        assert_eq!((receiver.take_there(&mut taken, 2), receiver.take_there(&mut taken, 2)), (1, 0));
        assert_eq!((taken, receiver.len()), (vec![0, 1], 1));
        // Their places are free again.
        tokio::time::timeout(LONG, sender.send(3)).await.unwrap().unwrap();
        tokio::time::timeout(LONG, sender.send(4)).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn who_finds_no_place_waits_until_there_is_one() {
        let (sender, receiver) = queue(2);
        sender.send(1).await.unwrap();
        sender.send(2).await.unwrap();
        let mut third = Box::pin(sender.send(3));
        assert!(tokio::time::timeout(Duration::from_millis(20), &mut third).await.is_err());
        let mut taken = Vec::new();
        receiver.take(&mut taken, 10);
        tokio::time::timeout(LONG, third).await.unwrap().unwrap();
        drop(receiver);
        assert!(sender.is_closed());
        assert_eq!(sender.send(4).await, Err(Closed));
        assert_eq!(taken, [1, 2]);
    }

    #[tokio::test]
    async fn a_writer_that_ends_lets_those_go_who_wait() {
        let (sender, receiver) = queue(1);
        let (reply, answer) = tokio::sync::oneshot::channel::<()>();
        let sender = Arc::new(sender);
        sender.send(Some(reply)).await.unwrap();
        let waits = tokio::spawn({
            let sender = sender.clone();
            async move { sender.send(None).await }
        });
        tokio::task::yield_now().await;
        drop(receiver);
        assert!(tokio::time::timeout(LONG, answer).await.unwrap().is_err());
        assert_eq!(tokio::time::timeout(LONG, waits).await.unwrap().unwrap(), Err(Closed));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_writer_waits_for_some_or_for_a_time() {
        let (sender, receiver) = queue(10);
        let begun = Instant::now();
        assert_eq!(receiver.gather(2, Duration::from_millis(30)), 0);
        assert!(begun.elapsed() >= Duration::from_millis(30));
        let gathering = tokio::task::spawn_blocking(move || (receiver.gather(3, LONG), receiver));
        for number in 0..3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            sender.send(number).await.unwrap();
        }
        let (there, receiver) = tokio::time::timeout(LONG / 2, gathering).await.unwrap().unwrap();
        assert_eq!(there, 3);
        drop(sender);
        assert_eq!(receiver.gather(9, LONG), 3, "nobody will come");
    }
}
