//! The rules of the contact list without a store: each requirement by cases, and what holds after any commands.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod any_commands;
mod contacts;
mod groups;

use std::sync::Arc;

use ucs::contacts::{
    Command, Contact, ContactKind, Culture, Group, GroupKind, ItemId, List, Moment, NewContact, Outcome,
    Refusal, decide,
};

/// A list and its clock, which stands still: ids differ all the same.
#[derive(Clone, Default)]
struct Mailbox(List);

impl Mailbox {
    fn open() -> Mailbox {
        let mut mailbox = Mailbox::default();
        mailbox.run(Command::Open).unwrap();
        mailbox
    }

    /// Decides, and applies what was decided.
    fn run(&mut self, command: Command) -> Result<Outcome, Refusal> {
        let moment = Moment { now: 1_700_000_000_000_000, culture: Culture::default() };
        let decision = decide(&self.0, &command, moment)?;
        self.0.apply(&decision.changes);
        Ok(decision.outcome)
    }

    /// Whether a command succeeds and changes nothing.
    fn idle(&mut self, command: Command) -> bool {
        let before = self.0.clone();
        self.run(command).unwrap();
        before == self.0
    }

    /// Whether a command is refused for that reason, and changes nothing.
    fn refuses(&mut self, command: Command, refusal: Refusal) -> bool {
        let before = self.0.clone();
        self.run(command) == Err(refusal) && before == self.0
    }

    fn group(&mut self, name: &str) -> ItemId {
        self.try_group(name).unwrap()
    }

    fn try_group(&mut self, name: &str) -> Result<ItemId, Refusal> {
        let Outcome::Group(group) = self.run(Command::AddGroup { name: name.to_owned() })? else {
            panic!("no group")
        };
        Ok(group.id)
    }

    fn distribution(&mut self, address: &str, listed: bool) -> Result<Arc<Group>, Refusal> {
        let (smtp_address, name) = (address.to_owned(), format!("DG {address}"));
        let Outcome::Group(group) = self.run(Command::AddDistributionGroup { smtp_address, name, listed })?
        else {
            panic!("no group")
        };
        Ok(group)
    }

    fn contact(&mut self, address: &str, group: Option<ItemId>) -> ItemId {
        self.try_contact(ContactKind::Im, address, group).unwrap().id
    }

    fn try_contact(
        &mut self,
        kind: ContactKind,
        address: &str,
        group: Option<ItemId>,
    ) -> Result<Arc<Contact>, Refusal> {
        let address = address.to_owned();
        let new = NewContact { kind, address, display_name: None, sip_address: None, group };
        let Outcome::Contact(contact) = self.run(Command::AddNewContact(new))? else { panic!("no contact") };
        Ok(contact)
    }

    fn join(&mut self, contact: ItemId, group: ItemId) -> Command {
        let command = Command::AddContactToGroup { contact, group: Some(group) };
        self.run(command.clone()).unwrap();
        command
    }

    fn leave(&mut self, contact: ItemId, group: ItemId) {
        self.run(Command::RemoveContactFromGroup { contact, group }).unwrap();
    }

    fn special(&self, kind: GroupKind) -> ItemId {
        self.0.special(kind).unwrap().id
    }

    /// The groups of a contact; `None` when it is gone.
    fn groups_of(&self, contact: ItemId) -> Option<Vec<ItemId>> {
        Some(self.0.contact(contact)?.groups.clone())
    }

    /// The groups that show a contact as their member, by age.
    fn shown_in(&self, contact: ItemId) -> Vec<ItemId> {
        let shows = |group: &ItemId| self.0.members(*group).any(|member| member.id == contact);
        let mut groups: Vec<ItemId> = self.0.groups().map(|group| group.id).filter(shows).collect();
        groups.sort_unstable();
        groups
    }
}
