//! The writer: takes all commands that wait, writes what they change in one transaction, and answers when it is
//! durable.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::checkpoint::Checkpoints;
use super::gather::Gather;
use super::lists::Shared;
use super::prepared::{Decided, Prepared};
use super::queue::Receiver;
use super::rows::{self, Head, Statements};
use crate::accounts::MailboxId;
use crate::contacts::{Command, Culture, List, Moment};
use crate::store::{StoreError, Written};

/// Commands in one transaction, at most: so that none waits long for those behind it.
const BATCH: usize = 512;

/// A command that waits.
pub(super) struct Job {
    pub(super) mailbox: MailboxId,
    pub(super) command: Command,
    pub(super) culture: Culture,
    /// What it came to when it was asked for.
    pub(super) prepared: Prepared,
    pub(super) reply: oneshot::Sender<Answer>,
}

/// What becomes of a command, and what is left of it: old lists take time to be freed, which whoever asked has.
pub(super) struct Answer {
    pub(super) result: Result<Written, StoreError>,
    pub(super) _left: (Command, Prepared),
}

/// A list that has changed in the transaction, and its row.
type Changed = HashMap<MailboxId, (Arc<List>, Head)>;

/// Works until the queue is closed and empty.
pub(super) fn run(
    connection: &Connection,
    mut checkpoints: Checkpoints,
    queue: &Receiver<Job>,
    shared: &Shared,
) {
    let mut writer = Writer { connection, statements: None, shared };
    let mut gather = Gather::default();
    let mut batch = Vec::new();
    while queue.take(&mut batch, BATCH) {
        shared.observer.waiting(-i64::try_from(batch.len()).unwrap_or(i64::MAX));
        let (answered, start) = (batch.len(), Instant::now());
        let committed = writer.commit(&mut batch, Trust::Prepared);
        shared.failing.store(committed.is_err(), Ordering::Relaxed);
        match committed {
            Ok(results) => answer(batch.drain(..), results.into_iter().map(Ok)),
            Err(error) if batch.len() == 1 => answer(batch.drain(..), [Err(error)]),
            // One of them is at fault: the others shall not suffer for it.
            Err(_) => {
                for mut job in batch.drain(..) {
                    let result = writer.commit(std::slice::from_mut(&mut job), Trust::Nothing);
                    let result = result.and_then(|mut results| results.pop().ok_or(StoreError::Closed));
                    shared.failing.store(result.is_err(), Ordering::Relaxed);
                    answer([job], [result]);
                }
            }
        }
        let time = start.elapsed();
        checkpoints.after_commit(connection);
        let there = queue.len();
        if let Some(pause) = gather.pause(answered, there, time) {
            let wanted = (there + answered).min(BATCH);
            gather.came(queue.gather(wanted, pause).saturating_sub(there), wanted.saturating_sub(there));
        }
    }
}

fn answer(
    jobs: impl IntoIterator<Item = Job>,
    results: impl IntoIterator<Item = Result<Written, StoreError>>,
) {
    for (Job { command, prepared, reply, .. }, result) in jobs.into_iter().zip(results) {
        // Whoever asked may be gone.
        let _ = reply.send(Answer { result, _left: (command, prepared) });
    }
}

/// Whether what was prepared may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Yes, if the list is still the one on which it was decided.
    Prepared,
    /// No: some was decided within a transaction that failed, on lists that never were.
    Nothing,
}

/// Takes back the transaction, if it was not committed.
struct Open<'w>(&'w Connection);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction cannot be taken back");
        }
    }
}

struct Writer<'w> {
    connection: &'w Connection,
    /// Made when first needed: it can fail, and be tried again.
    statements: Option<Statements<'w>>,
    shared: &'w Shared,
}

impl Writer<'_> {
    /// Carries out commands in one transaction; all of them, or none.
    fn commit(&mut self, jobs: &mut [Job], trust: Trust) -> Result<Vec<Written>, StoreError> {
        let start = Instant::now();
        let shared = self.shared;
        let statements = match &mut self.statements {
            Some(statements) => statements,
            none => none.insert(Statements::new(self.connection)?),
        };
        let _open = Open(self.connection);
        statements.begin()?;
        let mut changed = Changed::with_capacity(jobs.len());
        let mut results = Vec::with_capacity(jobs.len());
        for job in &mut *jobs {
            let mailbox = job.mailbox;
            let known = changed.get(&mailbox).map(|(list, _)| list.clone()).or_else(|| shared.get(mailbox));
            let base = &job.prepared.base;
            let current = match &known {
                _ if trust == Trust::Nothing => false,
                Some(list) => Arc::ptr_eq(base, list),
                None => statements.version(mailbox)? == base.version(),
            };
            if !current {
                // Another command came first.
                let list = match known {
                    Some(list) => list,
                    None => Arc::new(rows::load(self.connection, mailbox)?),
                };
                let moment = Moment { now: (shared.clock)(), culture: job.culture };
                match Decided::on(&list, mailbox, &job.command, moment) {
                    Decided::Change(prepared) => job.prepared = prepared,
                    Decided::Answer(answer) => {
                        results.push(answer);
                        continue;
                    }
                }
            }
            let Prepared { list, rows, head, outcome, .. } = &job.prepared;
            statements.apply(mailbox, rows)?;
            changed.insert(mailbox, (list.clone(), *head));
            results.push(Ok(outcome.clone()));
        }
        for (mailbox, (_, head)) in &changed {
            statements.put_list(*mailbox, head)?;
        }
        statements.commit()?;
        shared.observer.committed(jobs.len(), start.elapsed());
        shared.publish(changed.into_iter().map(|(mailbox, (list, _))| (mailbox, list)));
        Ok(results)
    }
}
