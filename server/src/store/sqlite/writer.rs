//! The writer: takes all commands that wait, carries them out in one transaction, and answers when it is durable.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::lists::Shared;
use super::rows;
use crate::accounts::MailboxId;
use crate::contacts::{Command, Culture, Decision, List, Moment, decide};
use crate::store::{StoreError, Written};

/// Commands in one transaction, at most: so that none waits long for those behind it.
const BATCH: usize = 512;

/// A command that waits.
pub(super) struct Job {
    pub(super) mailbox: MailboxId,
    pub(super) command: Command,
    pub(super) culture: Culture,
    pub(super) reply: oneshot::Sender<Result<Written, StoreError>>,
}

/// Works until the queue is closed and empty.
pub(super) fn run(connection: &Connection, mut queue: mpsc::Receiver<Job>, shared: &Shared) {
    connection.set_prepared_statement_cache_capacity(32);
    while let Some(first) = queue.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(job) = queue.try_recv()
        {
            batch.push(job);
        }
        shared.observer.waiting(queue.len());
        match commit(connection, &batch, shared) {
            Ok(results) => answer(batch, results.into_iter().map(Ok)),
            Err(error) if batch.len() == 1 => answer(batch, [Err(error)]),
            // One of them is at fault: the others shall not suffer for it.
            Err(_) => {
                for job in batch {
                    let result = commit(connection, std::slice::from_ref(&job), shared);
                    let result = result.and_then(|mut results| results.pop().ok_or(StoreError::Closed));
                    answer([job], [result]);
                }
            }
        }
    }
}

fn answer(
    jobs: impl IntoIterator<Item = Job>,
    results: impl IntoIterator<Item = Result<Written, StoreError>>,
) {
    for (job, result) in jobs.into_iter().zip(results) {
        // Whoever asked may be gone.
        let _ = job.reply.send(result);
    }
}

/// Carries out commands in one transaction; all of them, or none.
fn commit(connection: &Connection, jobs: &[Job], shared: &Shared) -> Result<Vec<Written>, StoreError> {
    let start = Instant::now();
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let mut changed: HashMap<MailboxId, Arc<List>> = HashMap::new();
    let mut results = Vec::with_capacity(jobs.len());
    for Job { mailbox, command, culture, .. } in jobs {
        let mailbox = *mailbox;
        let mut list = match changed.get(&mailbox).cloned().or_else(|| shared.get(mailbox)) {
            Some(list) => list,
            None => Arc::new(rows::load(&transaction, mailbox)?),
        };
        let moment = Moment { now: (shared.clock)(), culture: *culture };
        results.push(match decide(&list, command, moment) {
            Ok(Decision { changes, outcome }) => {
                if !changes.is_empty() {
                    rows::apply(&transaction, mailbox, &changes)?;
                    // The second change in a transaction finds it unshared, and copies nothing.
                    drop(changed.remove(&mailbox));
                    Arc::make_mut(&mut list).apply(&changes);
                    changed.insert(mailbox, list);
                }
                Ok(outcome)
            }
            Err(refusal) => Err(refusal),
        });
    }
    for (mailbox, list) in &changed {
        rows::put_list(&transaction, *mailbox, list)?;
    }
    transaction.commit()?;
    shared.observer.committed(jobs.len(), start.elapsed());
    shared.publish(changed);
    Ok(results)
}
