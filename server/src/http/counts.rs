//! `Counts`: how many of something each account or address has at the moment.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::accounts::MailboxId;

/// What has a count.
pub(super) trait Key: Copy + Eq + Hash {
    /// A number that differs from one key to the next.
    fn spread(self) -> usize;
}

impl Key for MailboxId {
    fn spread(self) -> usize {
        self.0[15].into()
    }
}

impl Key for IpAddr {
    fn spread(self) -> usize {
        match self {
            IpAddr::V4(address) => address.octets()[3].into(),
            // The last of the network.
            IpAddr::V6(address) => address.octets()[7].into(),
        }
    }
}

/// How many each key has, up to a limit.
#[derive(Debug)]
pub(super) struct Counts<K> {
    most: usize,
    /// In several parts, so that threads seldom wait for each other here. Who has none is not in it.
    parts: [Mutex<HashMap<K, usize>>; 16],
}

/// One that is counted, until it is dropped.
#[derive(Debug)]
pub(super) struct Counted<K: Key, C: Deref<Target = Counts<K>>> {
    counts: C,
    key: K,
}

impl<K: Key> Counts<K> {
    /// With that limit; `None` for 0, which is no limit.
    pub(super) fn new(most: usize) -> Option<Counts<K>> {
        (most > 0).then(|| Counts { most, parts: std::array::from_fn(|_| Mutex::default()) })
    }

    /// Counts one more, if it may be.
    pub(super) fn count<C: Deref<Target = Counts<K>>>(counts: C, key: K) -> Option<Counted<K, C>> {
        {
            let mut part = counts.part(key);
            let count = part.entry(key).or_default();
            if *count >= counts.most {
                return None;
            }
            *count += 1;
        }
        Some(Counted { counts, key })
    }

    fn part(&self, key: K) -> MutexGuard<'_, HashMap<K, usize>> {
        // What a panic would leave behind is whole: each change is one number.
        self.parts[key.spread() % self.parts.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody has any.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.lock().unwrap_or_else(PoisonError::into_inner).is_empty())
    }
}

impl<K: Key, C: Deref<Target = Counts<K>>> Drop for Counted<K, C> {
    fn drop(&mut self) {
        let mut part = self.counts.part(self.key);
        if let Some(count) = part.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                part.remove(&self.key);
            }
        }
    }
}
