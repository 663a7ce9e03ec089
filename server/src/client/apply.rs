//! Carries out a plan, one request after another, and tells what came of it.

use std::collections::{HashMap, HashSet};

use oxws::client::{Client, Error, Transport};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddDistributionGroupToImList, AddImContactToGroup, AddImGroup, AddNewImContactToGroup,
    AddNewTelUriContactToGroup, ImGroup,
};
use oxws::oxwspers::Persona;
use serde::Serialize;

use super::connect::{explain, text};
use super::model::{Contact, Group, GroupKind, List};
use super::plan::{Counts, Plan, Step};
use super::progress::Progress;
use super::read::Snapshot;
use super::state::State;

/// What came of a plan.
#[derive(Default, Debug)]
pub struct Report {
    /// What was done.
    pub done: Counts,
    /// What was there already, or done by an earlier run.
    pub there: Counts,
    /// What was refused, in order.
    pub failed: Vec<Failure>,
    /// Why the rest was not tried.
    pub stopped: Option<String>,
}

/// Something that could not be done.
#[derive(Clone, PartialEq, Eq, Serialize, Debug)]
pub struct Failure {
    /// What it was, in words.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// What one step came to.
enum Outcome {
    Done,
    /// The contact was added, but not to the group.
    Partly(String),
    /// Refused, but the next may well work.
    Refused(String),
    /// The next would fare no better.
    Hopeless(String),
}

/// Carries out plans at one server.
pub struct Applier<'a, T> {
    client: &'a Client<T>,
    wanted: &'a List,
    groups: HashMap<usize, ItemId>,
    contacts: HashMap<usize, ItemId>,
    unmade: HashSet<usize>,
}

impl<'a, T: Transport> Applier<'a, T> {
    /// For a list that is wanted, and what the server has.
    pub fn new(client: &'a Client<T>, wanted: &'a List, server: &Snapshot) -> Applier<'a, T> {
        let groups = wanted.groups().iter().enumerate();
        let contacts = wanted.contacts().iter().enumerate();
        Applier {
            client,
            wanted,
            groups: groups.filter_map(|(at, group)| Some((at, server.group_id(group)?.clone()))).collect(),
            contacts: contacts
                .filter_map(|(at, contact)| Some((at, server.contact_id(contact)?.clone())))
                .collect(),
            unmade: HashSet::new(),
        }
    }

    /// Carries out the plan. A single refusal does not stop it; a lost connection does. `progress` is told each step
    /// before and after; what an earlier run has done is done.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn run(
        mut self,
        plan: &Plan,
        state: &mut State,
        progress: &Progress,
    ) -> anyhow::Result<Report> {
        let mut report = Report { there: plan.there, ..Report::default() };
        let failure = |step: Step, reason: String| Failure { what: step.describe(self.wanted), reason };
        report.failed = plan.impossible.iter().map(|(step, why)| failure(*step, (*why).to_owned())).collect();
        for step in &plan.steps {
            let key = step.key(self.wanted);
            if state.has(&key) {
                report.there.count(*step);
                progress.done();
                continue;
            }
            progress.begin(&step.describe(self.wanted));
            match self.step(*step).await {
                Outcome::Done => {
                    state.done(&key)?;
                    report.done.count(*step);
                }
                Outcome::Partly(reason) => {
                    report.done.contacts += 1;
                    report.failed.push(Failure { what: step.describe(self.wanted), reason });
                }
                Outcome::Refused(reason) => {
                    if let Step::AddGroup(at) = step {
                        self.unmade.insert(*at);
                    }
                    report.failed.push(Failure { what: step.describe(self.wanted), reason });
                }
                Outcome::Hopeless(reason) => {
                    report.stopped = Some(format!("{} failed: {reason}", step.describe(self.wanted)));
                    break;
                }
            }
            progress.done();
        }
        Ok(report)
    }

    async fn step(&mut self, step: Step) -> Outcome {
        match step {
            Step::AddGroup(at) => {
                let Some(group) = self.wanted.groups().get(at) else { return missing() };
                match add_group(self.client, group).await {
                    Ok(added) => keep(&mut self.groups, at, added.and_then(|group| group.exchange_store_id)),
                    Err(outcome) => outcome,
                }
            }
            Step::AddContact(at, to) => {
                let Some(contact) = self.wanted.contacts().get(at) else { return missing() };
                let (group, lost) = match to.map(|to| self.group(to)) {
                    None => (None, None),
                    Some(Ok(group)) => (group, None),
                    // The contact is worth keeping, though its group is not there.
                    Some(Err(why)) => (None, Some(why)),
                };
                match add_contact(self.client, contact, group).await {
                    Ok(persona) => match (keep(&mut self.contacts, at, persona.and_then(source)), lost) {
                        (Outcome::Done, Some(why)) => {
                            Outcome::Partly(format!("{why}; it was added without that group"))
                        }
                        (outcome, _) => outcome,
                    },
                    Err(outcome) => outcome,
                }
            }
            Step::Join(at, to) => {
                let Some(contact) = self.contacts.get(&at).cloned() else {
                    return Outcome::Refused("the contact is not in the list".to_owned());
                };
                let group = match self.group(to) {
                    Ok(group) => group,
                    Err(why) => return Outcome::Refused(why.to_owned()),
                };
                match add_to_group(self.client, contact, group).await {
                    Ok(()) => Outcome::Done,
                    Err(error) => judge(error),
                }
            }
        }
    }

    /// The id to name a group by; none for the group that the server takes when none is named.
    fn group(&self, at: usize) -> Result<Option<ItemId>, &'static str> {
        match (self.groups.get(&at), self.wanted.groups().get(at).map(Group::kind)) {
            (Some(id), _) => Ok(Some(id.clone())),
            (None, Some(GroupKind::OtherContacts)) => Ok(None),
            (None, _) if self.unmade.contains(&at) => Err("the group could not be added"),
            (None, _) => Err("the server has no such group"),
        }
    }
}

fn missing() -> Outcome {
    Outcome::Refused("the list has no such entry".to_owned())
}

fn keep(ids: &mut HashMap<usize, ItemId>, at: usize, id: Option<ItemId>) -> Outcome {
    match id {
        Some(id) => {
            ids.insert(at, id);
            Outcome::Done
        }
        None => Outcome::Refused("the server names no id for it".to_owned()),
    }
}

/// The id of the contact behind a persona (UCS P4).
pub fn source(persona: Persona) -> Option<ItemId> {
    persona.attributions()?.first().map(|source| source.source_id.clone())
}

async fn add_group<T: Transport>(client: &Client<T>, group: &Group) -> Result<Option<ImGroup>, Outcome> {
    let name = text(group.name()).map_err(refused)?;
    match group.address() {
        Some(address) => {
            let address = text(address).map_err(refused)?;
            let reply = client.call(AddDistributionGroupToImList::new(address, name)).await;
            reply.map(|reply| reply.im_group).map_err(judge)
        }
        None => client.call(AddImGroup::new(name)).await.map(|reply| reply.im_group).map_err(judge),
    }
}

async fn add_contact<T: Transport>(
    client: &Client<T>,
    contact: &Contact,
    group_id: Option<ItemId>,
) -> Result<Option<Persona>, Outcome> {
    match add_contact_request(contact, group_id).map_err(refused)? {
        New::Im(request) => client.call(request).await.map(|reply| reply.persona),
        New::Tel(request) => client.call(request).await.map(|reply| reply.persona),
    }
    .map_err(judge)
}

/// The request that adds a contact.
pub enum New {
    /// An IM contact.
    Im(AddNewImContactToGroup),
    /// A telephone contact.
    Tel(AddNewTelUriContactToGroup),
}

/// The request that adds a contact in this group, or without one where the server puts it. The SIP URI that the
/// protocol wants for a telephone contact is made of its number, if it is not known.
///
/// # Errors
/// When a text is empty.
pub fn add_contact_request(contact: &Contact, group_id: Option<ItemId>) -> anyhow::Result<New> {
    Ok(match contact.number() {
        Some(number) => {
            let bare = contact.address().trim_start_matches("tel:");
            let sip = contact.sip().map_or_else(|| format!("sip:{bare}"), str::to_owned);
            let mut new =
                AddNewTelUriContactToGroup::new(text(contact.address())?, text(&sip)?, text(number)?);
            new.group_id = group_id;
            New::Tel(new)
        }
        None => {
            let mut new = AddNewImContactToGroup::new(text(contact.address())?);
            new.display_name = contact.display_name().map(text).transpose()?;
            new.group_id = group_id;
            New::Im(new)
        }
    })
}

/// Makes a contact a member of a group, or of the one that the server takes when none is named.
///
/// # Errors
/// Whatever the call fails with.
pub async fn add_to_group<T: Transport>(
    client: &Client<T>,
    contact: ItemId,
    group_id: Option<ItemId>,
) -> Result<(), Error> {
    let mut request = AddImContactToGroup::new(contact);
    request.group_id = group_id;
    client.call(request).await.map(drop)
}

fn refused(error: anyhow::Error) -> Outcome {
    Outcome::Refused(format!("{error:#}"))
}

/// Whether there is any use in going on after an error.
fn judge(error: Error) -> Outcome {
    let single = matches!(error, Error::Operation(_) | Error::Fault(_) | Error::Unsendable(_));
    let go_on = single && !error.is_transient() && !error.outcome_unknown();
    let reason = format!("{:#}", explain(error));
    if go_on { Outcome::Refused(reason) } else { Outcome::Hopeless(reason) }
}
