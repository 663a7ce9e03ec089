//! `Gather`: whether the writer waits a little for those whom it has just answered.
//!
//! Who has an answer asks again, often at once: while the writer is at work on those who came in the meantime, so that
//! there are two parties that take turns, each with a commit of its own. One commit for both costs little more than one
//! for each of them. So the writer begins with the one, takes the other into the same transaction as it comes, and before
//! the commit waits for who is missing, for a part of what a commit takes; and it does not where that was no use.

use std::time::Duration;

/// The part of the time of a commit that may be waited.
const PART: u32 = 4;
/// Commits without waiting after it was no use, at most.
const REST: u32 = 63;

/// What the last commits have shown.
#[derive(Debug, Default)]
pub(super) struct Gather {
    /// The time of a commit, smoothed.
    commit: Duration,
    /// Commits until it is tried again.
    skip: u32,
    /// How many were skipped the last time.
    skipped: u32,
}

impl Gather {
    /// How long to wait for those who were answered by a commit that took that long; `None` when they are not waited for,
    /// because it would be of no use or nobody else waits. `there` is how many wait already.
    pub(super) fn pause(&mut self, answered: usize, there: usize, time: Duration) -> Option<Duration> {
        self.commit = if self.commit.is_zero() { time } else { (self.commit * 7 + time) / 8 };
        if answered == 0 || there == 0 {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        // A commit that took exceptionally long says nothing of the next one.
        Some(self.commit.min(time) / PART)
    }

    /// Tells how many came while they were waited for, of those who were missing. Some come at any time where there are many
    /// clients: only those who come back at once are nearly all there.
    pub(super) fn came(&mut self, came: usize, missing: usize) {
        let nearly_all = came * 8 >= missing * 7;
        self.skipped = if nearly_all { self.skipped / 2 } else { (self.skipped * 2 + 1).min(REST) };
        self.skip = self.skipped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: Duration = Duration::from_millis(4);

    #[test]
    fn who_comes_back_is_waited_for() {
        let mut gather = Gather::default();
        for _ in 0..10 {
            assert_eq!(gather.pause(8, 8, COMMIT), Some(COMMIT / PART));
            gather.came(7, 8);
        }
        assert_eq!(gather.pause(8, 0, COMMIT), None, "there is nobody who would gain by it");
        let long = gather.pause(8, 8, COMMIT * 100).unwrap_or_default();
        assert!(long < COMMIT * 4, "{long:?}");
    }

    #[test]
    fn who_does_not_come_back_is_tried_ever_more_seldom() {
        let mut gather = Gather::default();
        let mut waits = 0;
        for _ in 0..1000 {
            if gather.pause(8, 8, COMMIT).is_some() {
                waits += 1;
                // As many as come by chance.
                gather.came(6, 8);
            }
        }
        assert!((15..30).contains(&waits), "{waits}");
        // It is noticed when that changes.
        let mut commits = 0;
        while gather.skipped > 0 {
            commits += 1;
            if gather.pause(8, 8, COMMIT).is_some() {
                gather.came(8, 8);
            }
        }
        assert!(commits <= REST * 2 + 8, "{commits}");
        assert!(gather.pause(8, 8, COMMIT).is_some());
    }
}
