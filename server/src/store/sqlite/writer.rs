//! The writer: takes all commands that wait, writes what they change in one transaction, with what those change who come
//! meanwhile, and answers when it is durable.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

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
    let mut arrivals = Arrivals { queue, shared, gather: Gather::default(), hoped: None };
    let mut batch = Vec::new();
    while arrivals.first(&mut batch) {
        let committed = writer.commit(&mut batch, Trust::Prepared, &mut arrivals);
        shared.failing.store(committed.is_err(), Ordering::Relaxed);
        let answered = batch.len();
        let time = committed.as_ref().ok().map(|(_, time)| *time);
        match committed {
            Ok((results, _)) => answer(batch.drain(..), results.into_iter().map(Ok)),
            // Nobody's fault, and each would wait as long again.
            Err(StoreError::Busy(why)) => {
                let all = std::iter::repeat_with(|| Err(StoreError::Busy(why.clone())));
                answer(batch.drain(..), all);
            }
            Err(error) if batch.len() == 1 => answer(batch.drain(..), [Err(error)]),
            // One of them is at fault: the others shall not suffer for it.
            Err(_) => {
                for job in batch.drain(..) {
                    let mut alone = vec![job];
                    let result = writer.commit(&mut alone, Trust::Nothing, &mut Nobody);
                    let result = result.and_then(|(mut results, _)| results.pop().ok_or(StoreError::Closed));
                    shared.failing.store(result.is_err(), Ordering::Relaxed);
                    answer(alone, [result]);
                }
            }
        }
        checkpoints.after_commit(connection);
        if let Some(time) = time {
            arrivals.answered(answered, time);
        }
    }
}

/// Where those come from who join a transaction that has begun.
trait Joining {
    /// Takes those who have come meanwhile, and waits for them if that is of use; how long. Nobody came when there are
    /// no more jobs after it.
    fn join(&mut self, jobs: &mut Vec<Job>) -> Duration;
}

/// Nobody joins.
struct Nobody;

impl Joining for Nobody {
    fn join(&mut self, _jobs: &mut Vec<Job>) -> Duration {
        Duration::ZERO
    }
}

/// Those who come by the queue.
struct Arrivals<'q> {
    queue: &'q Receiver<Job>,
    shared: &'q Shared,
    gather: Gather,
    hoped: Option<Hoped>,
}

/// Those who were answered by the last commit, and may come again.
struct Hoped {
    /// How many there were, and how many waited when they had been answered.
    answered: usize,
    there: usize,
    /// How long they may be waited for.
    pause: Duration,
}

impl Arrivals<'_> {
    /// Waits for somebody. `false` when nobody will come any more.
    fn first(&mut self, jobs: &mut Vec<Job>) -> bool {
        let more = self.queue.take(jobs, BATCH);
        self.taken(jobs.len());
        more
    }

    fn taken(&self, count: usize) {
        self.shared.observer.waiting(-i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Tells that so many were answered after a commit that took that long.
    fn answered(&mut self, answered: usize, time: Duration) {
        let there = self.queue.len();
        let pause = self.gather.pause(answered, there, time);
        self.hoped = pause.map(|pause| Hoped { answered, there, pause });
    }
}

impl Joining for Arrivals<'_> {
    fn join(&mut self, jobs: &mut Vec<Job>) -> Duration {
        let before = jobs.len();
        let mut waited = Duration::ZERO;
        if self.queue.take_there(jobs, BATCH) == 0
            && let Some(Hoped { answered, there, pause }) = self.hoped.take()
        {
            let missing = (there + answered).min(BATCH).saturating_sub(before);
            if missing > 0 {
                let start = Instant::now();
                self.queue.gather(missing, pause);
                let came = self.queue.take_there(jobs, BATCH);
                waited = start.elapsed();
                self.gather.came(came, missing);
            }
        }
        self.taken(jobs.len() - before);
        waited
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
    /// Carries out commands in one transaction; all of them, or none: these, and those who come meanwhile. What came of
    /// each, and how long it took without waiting for them.
    fn commit(
        &mut self,
        jobs: &mut Vec<Job>,
        trust: Trust,
        joining: &mut dyn Joining,
    ) -> Result<(Vec<Written>, Duration), StoreError> {
        let (start, mut waited) = (Instant::now(), Duration::ZERO);
        let statements = match &mut self.statements {
            Some(statements) => statements,
            none => none.insert(Statements::new(self.connection)?),
        };
        let _open = Open(self.connection);
        statements.begin()?;
        let mut changed = Changed::with_capacity(jobs.len());
        let mut results = Vec::with_capacity(jobs.len());
        while results.len() < jobs.len() {
            for job in jobs.iter_mut().skip(results.len()) {
                results.push(carry_out(job, trust, &mut changed, statements, self.connection, self.shared)?);
            }
            waited += joining.join(jobs);
        }
        for (mailbox, (_, head)) in &changed {
            statements.put_list(*mailbox, head)?;
        }
        statements.commit()?;
        let time = start.elapsed().saturating_sub(waited);
        self.shared.observer.committed(jobs.len(), time);
        self.shared.publish(changed.into_iter().map(|(mailbox, (list, _))| (mailbox, list)));
        Ok((results, time))
    }
}

/// Carries out a command in the transaction that has begun.
fn carry_out(
    job: &mut Job,
    trust: Trust,
    changed: &mut Changed,
    statements: &mut Statements<'_>,
    connection: &Connection,
    shared: &Shared,
) -> Result<Written, StoreError> {
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
            None => Arc::new(rows::load(connection, mailbox)?),
        };
        let moment = Moment { now: (shared.clock)(), culture: job.culture };
        match Decided::on(&list, mailbox, &job.command, moment) {
            Decided::Change(prepared) => job.prepared = prepared,
            Decided::Answer(answer) => return Ok(answer),
        }
    }
    let Prepared { list, rows, head, outcome, .. } = &job.prepared;
    statements.apply(mailbox, rows)?;
    changed.insert(mailbox, (list.clone(), *head));
    Ok(Ok(outcome.clone()))
}
