//! `MemoryLists`: lists that last as long as the process, for tests and as the measure of other stores.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Clock, Lists, StoreError, Written, system_clock};
use crate::accounts::MailboxId;
use crate::contacts::{Command, Culture, List, Moment, decide};

/// Keeps lists in memory alone.
pub struct MemoryLists {
    lists: Mutex<HashMap<MailboxId, Arc<List>>>,
    clock: Clock,
}

impl MemoryLists {
    /// No list yet.
    pub fn new() -> MemoryLists {
        MemoryLists::with_clock(system_clock())
    }

    /// No list yet, with a clock of one's own.
    pub fn with_clock(clock: Clock) -> MemoryLists {
        MemoryLists { lists: Mutex::default(), clock }
    }
}

impl Default for MemoryLists {
    fn default() -> MemoryLists {
        MemoryLists::new()
    }
}

impl fmt::Debug for MemoryLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLists").finish_non_exhaustive()
    }
}

impl Lists for MemoryLists {
    async fn read(&self, mailbox: MailboxId) -> Result<Arc<List>, StoreError> {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(lists.get(&mailbox).cloned().unwrap_or_default())
    }

    async fn write(
        &self,
        mailbox: MailboxId,
        command: Command,
        culture: Culture,
    ) -> Result<Written, StoreError> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let list = lists.entry(mailbox).or_default();
        let moment = Moment { now: (self.clock)(), culture };
        Ok(decide(list, &command, moment).map(|decision| {
            Arc::make_mut(list).apply(&decision.changes);
            decision.outcome
        }))
    }
}
