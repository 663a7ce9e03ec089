//! `Prepared`: a command decided and its rows made by whoever asks, so that the writer has only to write them.
//!
//! The writer does one thing at a time for everybody; what is done here is done beside it, by as many as ask. A
//! decision holds for the list on which it was made. The writer looks whether that is still the list when the command
//! has its turn, and decides again if it is not.

use std::sync::Arc;

use super::rows::{Head, RowChange};
use crate::accounts::MailboxId;
use crate::contacts::{Command, Decision, List, Moment, Outcome, decide};
use crate::store::Written;

/// What a command comes to on a list.
pub(super) enum Decided {
    /// To something that must be written.
    Change(Prepared),
    /// To an answer: nothing changes.
    Answer(Written),
}

/// A command that changes a list, ready to be written.
pub(super) struct Prepared {
    /// The list on which it was decided.
    pub(super) base: Arc<List>,
    /// The list as it is afterwards.
    pub(super) list: Arc<List>,
    /// The rows that change, but for that of the list.
    pub(super) rows: Vec<RowChange>,
    /// The row of the list.
    pub(super) head: Head,
    /// What the caller is told.
    pub(super) outcome: Outcome,
}

impl Decided {
    /// Decides a command on a list.
    pub(super) fn on(base: &Arc<List>, mailbox: MailboxId, command: &Command, moment: Moment) -> Decided {
        let Decision { changes, outcome } = match decide(base, command, moment) {
            Ok(decision) if decision.changes.is_empty() => return Decided::Answer(Ok(decision.outcome)),
            Ok(decision) => decision,
            Err(refusal) => return Decided::Answer(Err(refusal)),
        };
        let mut list = List::clone(base);
        list.apply(&changes);
        let head = Head::of(mailbox, &list);
        let rows = RowChange::all(mailbox, changes);
        Decided::Change(Prepared { base: base.clone(), list: Arc::new(list), rows, head, outcome })
    }
}
