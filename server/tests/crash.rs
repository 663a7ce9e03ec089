//! `kill -9` at random moments, again and again: what was acknowledged is there after a restart, and nothing is half
//! done.
//!
//! Each client has a mailbox of its own and a ledger outside of the server: the list as all acknowledged operations
//! left it, and the one operation whose answer did not come. After a restart, the list is the one without or the one
//! with that operation. `UCS_CRASH_ROUNDS=n` for more rounds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;
use oxws::client::{Client, Http};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddDistributionGroupToImList, AddImContactToGroup, AddImGroup, AddNewImContactToGroup,
    AddNewTelUriContactToGroup, GetImItemList, RemoveContactFromImList, RemoveDistributionGroupFromImList,
    RemoveImContactFromGroup, RemoveImGroup, SetImGroup, SetImListMigrationCompleted,
};
use process::Site;

const LOGINS: [&str; 4] = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];

/// A list as its owner sees it: names of groups with their members, all contacts, and distribution groups.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
struct State {
    groups: BTreeMap<String, BTreeSet<String>>,
    contacts: BTreeSet<String>,
    distribution: BTreeSet<String>,
}

/// An operation, by names.
#[derive(Clone, Debug)]
enum Step {
    AddGroup(String),
    AddContact(String, String),
    AddTelephone(String, String),
    Join(String, String),
    Leave(String, String),
    RemoveContact(String),
    RemoveGroup(String),
    Rename(String, String),
    AddDistribution(String),
    RemoveDistribution(String),
    Migrated,
}

impl State {
    fn after(&self, step: &Step) -> State {
        let mut next = self.clone();
        match step.clone() {
            Step::AddGroup(name) => {
                next.groups.entry(name).or_default();
            }
            Step::AddContact(address, group)
            | Step::AddTelephone(address, group)
            | Step::Join(address, group) => {
                next.groups.entry(group).or_default().insert(address.clone());
                next.contacts.insert(address);
            }
            // UCS O8: who leaves the last group is gone.
            Step::Leave(address, group) => {
                if let Some(members) = next.groups.get_mut(&group) {
                    members.remove(&address);
                }
                if !next.groups.values().any(|members| members.contains(&address)) {
                    next.contacts.remove(&address);
                }
            }
            Step::RemoveContact(address) => {
                next.contacts.remove(&address);
                next.groups.values_mut().for_each(|members| {
                    members.remove(&address);
                });
            }
            Step::RemoveGroup(name) => {
                let members = next.groups.remove(&name).unwrap_or_default();
                for member in members {
                    if !next.groups.values().any(|others| others.contains(&member)) {
                        next.contacts.remove(&member);
                    }
                }
            }
            Step::Rename(old, new) => {
                let members = next.groups.remove(&old).unwrap_or_default();
                next.groups.insert(new, members);
            }
            Step::AddDistribution(name) => {
                next.distribution.insert(name);
            }
            Step::RemoveDistribution(name) => {
                next.distribution.remove(&name);
            }
            Step::Migrated => {}
        }
        next
    }

    /// Something that can be done to this list.
    fn step(&self, rng: &mut Rng, fresh: usize) -> Step {
        let mut pick = |names: Vec<&String>| -> Option<String> {
            if names.is_empty() { None } else { Some(names[rng.usize(..names.len())].clone()) }
        };
        let (group, contact) = (pick(self.groups.keys().collect()), pick(self.contacts.iter().collect()));
        let distribution = pick(self.distribution.iter().collect());
        let joined =
            self.groups.iter().flat_map(|(group, members)| members.iter().map(move |member| (member, group)));
        let joined: Vec<_> = joined.collect();
        let member = (!joined.is_empty()).then(|| joined[rng.usize(..joined.len())]);
        let leaving = member.map(|(member, group)| Step::Leave(member.clone(), group.clone()));
        match (rng.u8(..15), group, contact) {
            (10, ..) if leaving.is_some() => leaving.unwrap(),
            (11, Some(group), _) => Step::AddTelephone(format!("+1555{fresh}"), group),
            (12, ..) if self.distribution.len() < 10 => Step::AddDistribution(format!("Team {fresh}")),
            (13, ..) if distribution.is_some() => Step::RemoveDistribution(distribution.unwrap()),
            (14, ..) => Step::Migrated,
            (_, None, _) => Step::AddGroup(format!("Group {fresh}")),
            (0, Some(_), _) if self.groups.len() < 20 => Step::AddGroup(format!("Group {fresh}")),
            (1, Some(group), _) if self.groups.len() > 3 => Step::RemoveGroup(group),
            (2, Some(group), _) => Step::Rename(group, format!("Renamed {fresh}")),
            (3 | 4, Some(group), Some(contact)) => Step::Join(contact, group),
            (5, _, Some(contact)) => Step::RemoveContact(contact),
            (_, Some(group), Some(_)) if self.contacts.len() > 200 => Step::RemoveGroup(group),
            (_, Some(group), _) => Step::AddContact(format!("c{fresh}@example.org"), group),
        }
    }
}

/// What the owner of a mailbox knows.
struct Owner {
    rng: Rng,
    fresh: usize,
    acknowledged: State,
    pending: Option<Step>,
    ids: BTreeMap<String, ItemId>,
}

impl Owner {
    /// Works until an answer does not come.
    async fn work(&mut self, client: &Client<Http>, acknowledged: &AtomicUsize) {
        loop {
            self.fresh += 1;
            let step = self.acknowledged.step(&mut self.rng, self.fresh);
            self.pending = Some(step.clone());
            if !self.carry_out(client, &step).await {
                return;
            }
            self.acknowledged = self.acknowledged.after(&step);
            self.pending = None;
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the operation was acknowledged. A refusal is a defect; only a broken connection is not.
    async fn carry_out(&mut self, client: &Client<Http>, step: &Step) -> bool {
        let ids = self.ids.clone();
        let id = |name: &String| ids[name].clone();
        let done = match step {
            Step::AddGroup(name) => client.call(AddImGroup::new(name.parse().unwrap())).await.map(|reply| {
                self.know(name, reply.im_group.unwrap().exchange_store_id.unwrap());
            }),
            Step::AddContact(address, group) => {
                let mut request = AddNewImContactToGroup::new(address.parse().unwrap());
                request.group_id = Some(id(group));
                client.call(request).await.map(|reply| {
                    let source = reply.persona.unwrap().attributions().unwrap()[0].source_id.clone();
                    self.know(address, source);
                })
            }
            Step::AddTelephone(number, group) => {
                let mut request = AddNewTelUriContactToGroup::new(
                    format!("tel:{number}").parse().unwrap(),
                    format!("sip:{number}@example.org").parse().unwrap(),
                    number.parse().unwrap(),
                );
                request.group_id = Some(id(group));
                client.call(request).await.map(|reply| {
                    let source = reply.persona.unwrap().attributions().unwrap()[0].source_id.clone();
                    self.know(number, source);
                })
            }
            Step::Join(address, group) => {
                let mut request = AddImContactToGroup::new(id(address));
                request.group_id = Some(id(group));
                client.call(request).await.map(drop)
            }
            Step::Leave(address, group) => {
                client.call(RemoveImContactFromGroup::new(id(address), id(group))).await.map(drop)
            }
            Step::RemoveContact(address) => {
                client.call(RemoveContactFromImList::new(id(address))).await.map(drop)
            }
            Step::RemoveGroup(name) => client.call(RemoveImGroup::new(id(name))).await.map(drop),
            Step::Rename(old, new) => {
                let renamed = client.call(SetImGroup::new(id(old), new.parse().unwrap())).await;
                renamed.map(|_| self.know(new, id(old)))
            }
            Step::AddDistribution(name) => {
                let address = format!("{}@example.org", name.replace(' ', "-"));
                let request =
                    AddDistributionGroupToImList::new(address.parse().unwrap(), name.parse().unwrap());
                client.call(request).await.map(|reply| {
                    self.know(name, reply.im_group.unwrap().exchange_store_id.unwrap());
                })
            }
            Step::RemoveDistribution(name) => {
                client.call(RemoveDistributionGroupFromImList::new(id(name))).await.map(drop)
            }
            Step::Migrated => client.call(SetImListMigrationCompleted::new(true)).await.map(drop),
        };
        match done {
            Ok(()) => true,
            Err(error) if error.response_code().is_none() => false,
            Err(error) => panic!("{step:?}: {error}"),
        }
    }

    /// The list as the server has it, and the ids by which its things are named.
    async fn look(&mut self, client: &Client<Http>) -> State {
        let list = client.call(GetImItemList::default()).await.unwrap().im_item_list.unwrap();
        let mut state = State::default();
        let mut addresses = BTreeMap::new();
        for persona in list.personas.unwrap_or_default() {
            let address = persona.im_address().or(persona.display_name()).unwrap().to_owned();
            let source = persona.attributions().unwrap()[0].source_id.clone();
            addresses.insert(source.id.clone(), address.clone());
            self.know(&address, source);
            state.contacts.insert(address);
        }
        for group in list.groups.unwrap_or_default() {
            let name = group.display_name.get().clone();
            match group.group_type.get().as_str() {
                "IPM.DistList.MOC.UserGroup" => {}
                "IPM.DistList.MOC.DG" => {
                    self.know(&name, group.exchange_store_id.unwrap());
                    state.distribution.insert(name);
                    continue;
                }
                _ => continue,
            }
            let members = group.member_correlation_key.unwrap_or_default().into_iter();
            let members = members.map(|id| addresses[&id.id].clone()).collect();
            self.know(&name, group.exchange_store_id.unwrap());
            state.groups.insert(name, members);
        }
        state
    }

    /// UCS K4: what is known keeps its id.
    fn know(&mut self, name: &str, id: ItemId) {
        if let Some(known) = self.ids.insert(name.to_owned(), id.clone()) {
            assert_eq!(known, id, "the id of {name} changed");
        }
    }
}

/// UCS O1 to O5, O8 to O13: every operation is atomic, and durable when its Success is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_half_done() {
    let rounds = std::env::var("UCS_CRASH_ROUNDS").map_or(50, |text| text.parse().expect("a number"));
    let site = Site::new(&LOGINS);
    let mut owners: Vec<Owner> = (0..LOGINS.len() as u64)
        .map(|seed| Owner {
            rng: Rng::with_seed(seed),
            fresh: 0,
            acknowledged: State::default(),
            pending: None,
            ids: BTreeMap::new(),
        })
        .collect();
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let (mut kept, mut dropped) = (0, 0);
    // Once more after the last kill, to look.
    for round in 0..=rounds {
        let server = site.serve();
        for (owner, login) in owners.iter_mut().zip(LOGINS) {
            let client = server.client(login);
            let now = owner.look(&client).await;
            let without = &owner.acknowledged;
            match owner.pending.take().map(|step| without.after(&step)) {
                Some(with) if now == with && now != *without => kept += 1,
                Some(_) if now == *without => dropped += 1,
                None if now == *without => {}
                with => panic!("round {round}, {login}: {now:?}\nis neither {without:?}\nnor {with:?}"),
            }
            owner.acknowledged = now;
        }
        if round == rounds {
            break;
        }
        let work: Vec<_> = owners
            .drain(..)
            .zip(LOGINS)
            .map(|(mut owner, login)| {
                let (client, acknowledged) = (server.client(login), acknowledged.clone());
                tokio::spawn(async move {
                    owner.work(&client, &acknowledged).await;
                    owner
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(fastrand::u64(10..150))).await;
        server.kill();
        for task in work {
            owners.push(task.await.unwrap());
        }
    }
    let acknowledged = acknowledged.load(Ordering::Relaxed);
    println!(
        "{rounds} rounds, {acknowledged} acknowledged, without an answer {kept} kept and {dropped} dropped"
    );
    assert!(acknowledged > rounds * 2, "too little was done to learn anything: {acknowledged}");
}
