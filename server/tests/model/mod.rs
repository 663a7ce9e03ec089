//! The contact list as a model: written from the requirements, by names instead of ids, as plainly as can be.

use std::collections::BTreeSet;

use ucs::contacts::Refusal;

/// Kind of a group in the model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    OtherContacts,
    Tagged,
    Favorites,
    User,
    Distribution,
}

/// A group; named by the number that it got when it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ModelGroup {
    pub(crate) number: usize,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) smtp: Option<String>,
}

/// A contact; named by the number that it got when it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ModelContact {
    pub(crate) number: usize,
    pub(crate) tel: bool,
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) groups: BTreeSet<usize>,
}

/// What an operation tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    Done,
    Group(usize),
    Contact(usize),
}

pub(crate) type Answer = Result<Told, Refusal>;

/// The list.
#[derive(Clone, Default, Debug)]
pub(crate) struct Model {
    pub(crate) groups: Vec<ModelGroup>,
    pub(crate) contacts: Vec<ModelContact>,
    pub(crate) migrated: bool,
    next: usize,
}

/// Names in the tests are ASCII: lower case is all there is to it.
fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn bare(address: &str) -> String {
    let lower = address.to_ascii_lowercase();
    lower.strip_prefix("sip:").or_else(|| lower.strip_prefix("tel:")).unwrap_or(&lower).to_owned()
}

impl Model {
    pub(crate) fn new() -> Model {
        let mut model = Model::default();
        for (kind, name) in [
            (Kind::OtherContacts, "Other Contacts"),
            (Kind::Tagged, "Tagged"),
            (Kind::Favorites, "Favorites"),
        ] {
            let number = model.number();
            model.groups.push(ModelGroup { number, kind, name: name.to_owned(), smtp: None });
        }
        model
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    fn kind(&self, group: usize) -> Option<Kind> {
        self.groups.iter().find(|g| g.number == group).map(|g| g.kind)
    }

    fn others(&self) -> usize {
        self.groups[0].number
    }

    fn contact(&mut self, number: usize) -> Option<&mut ModelContact> {
        self.contacts.iter_mut().find(|c| c.number == number)
    }

    /// UCS G2.
    fn full(&self) -> bool {
        self.groups.iter().filter(|g| matches!(g.kind, Kind::User | Kind::Distribution)).count() == 64
    }

    fn make(&mut self, kind: Kind, name: &str, smtp: Option<&str>) -> Answer {
        if self.full() {
            return Err(Refusal::GroupLimit);
        }
        let number = self.number();
        self.groups.push(ModelGroup { number, kind, name: name.to_owned(), smtp: smtp.map(str::to_owned) });
        Ok(Told::Group(number))
    }

    /// UCS O1.
    pub(crate) fn add_group(&mut self, name: &str) -> Answer {
        match self.groups.iter().find(|g| same(&g.name, name)) {
            Some(group) => Ok(Told::Group(group.number)),
            None => self.make(Kind::User, name, None),
        }
    }

    /// UCS O2.
    pub(crate) fn add_distribution(&mut self, smtp: &str, name: &str, listed: bool) -> Answer {
        match self.groups.iter().find(|g| g.smtp.as_deref().is_some_and(|known| same(known, smtp))) {
            Some(group) => Ok(Told::Group(group.number)),
            None if !listed => Err(Refusal::InvalidDistributionGroup),
            None => self.make(Kind::Distribution, name, Some(smtp)),
        }
    }

    /// UCS O3, O4.
    pub(crate) fn add_new(
        &mut self,
        tel: bool,
        address: &str,
        name: Option<&str>,
        group: Option<usize>,
    ) -> Answer {
        let group = group.unwrap_or(self.others());
        if self.kind(group).is_none() {
            return Err(Refusal::NotFound);
        }
        let known = self.contacts.iter().find(|c| c.tel == tel && bare(&c.address) == bare(address));
        if let Some(contact) = known {
            return Ok(Told::Contact(contact.number));
        }
        if self.contacts.len() == 1000 {
            return Err(Refusal::ContactLimit);
        }
        let number = self.number();
        let stripped = address.get(4..).filter(|_| bare(address).len() < address.len()).unwrap_or(address);
        self.contacts.push(ModelContact {
            number,
            tel,
            address: address.to_owned(),
            name: name.unwrap_or(stripped).to_owned(),
            groups: BTreeSet::from([group]),
        });
        Ok(Told::Contact(number))
    }

    /// UCS O5, G5.
    pub(crate) fn join(&mut self, contact: usize, group: Option<usize>) -> Answer {
        let others = self.others();
        let group = group.unwrap_or(others);
        let kind = self.kind(group);
        let Some(contact) = self.contact(contact) else { return Err(Refusal::InvalidContact) };
        let Some(kind) = kind else { return Err(Refusal::InvalidGroup) };
        let joins = !contact.groups.contains(&group);
        if joins && kind != Kind::OtherContacts && kind != Kind::Tagged {
            contact.groups.remove(&others);
        }
        contact.groups.insert(group);
        Ok(Told::Done)
    }

    /// UCS O8.
    pub(crate) fn leave(&mut self, contact: usize, group: usize) -> Answer {
        let Some(kind) = self.kind(group) else { return Err(Refusal::InvalidGroup) };
        let Some(member) = self.contact(contact) else { return Err(Refusal::InvalidContact) };
        if !member.groups.contains(&group) {
            return if kind == Kind::OtherContacts { Ok(Told::Done) } else { Err(Refusal::InvalidContact) };
        }
        self.take_out(contact, group);
        Ok(Told::Done)
    }

    /// The contact is deleted when the group was its only one, Tagged not counted; for Tagged itself when Tagged was
    /// its only one.
    fn take_out(&mut self, contact: usize, group: usize) {
        let tagged = self.groups[1].number;
        let Some(member) = self.contact(contact) else { return };
        member.groups.remove(&group);
        let gone = match group == tagged {
            true => member.groups.is_empty(),
            false => member.groups.iter().all(|g| *g == tagged),
        };
        if gone {
            self.contacts.retain(|c| c.number != contact);
        }
    }

    /// UCS O9.
    pub(crate) fn remove_contact(&mut self, contact: usize) -> Answer {
        let before = self.contacts.len();
        self.contacts.retain(|c| c.number != contact);
        if self.contacts.len() < before { Ok(Told::Done) } else { Err(Refusal::NotFound) }
    }

    /// UCS O10.
    pub(crate) fn remove_group(&mut self, group: usize) -> Answer {
        if self.kind(group) != Some(Kind::User) {
            return Err(Refusal::InvalidGroup);
        }
        self.dissolve(group)
    }

    /// UCS O11.
    pub(crate) fn remove_distribution(&mut self, group: usize) -> Answer {
        match self.kind(group) {
            Some(Kind::Distribution) => self.dissolve(group),
            Some(_) => Err(Refusal::InvalidGroup),
            None => Err(Refusal::NotFound),
        }
    }

    fn dissolve(&mut self, group: usize) -> Answer {
        let members: Vec<usize> =
            self.contacts.iter().filter(|c| c.groups.contains(&group)).map(|c| c.number).collect();
        for member in members {
            self.take_out(member, group);
        }
        self.groups.retain(|g| g.number != group);
        Ok(Told::Done)
    }

    /// UCS O12, G1.
    pub(crate) fn rename(&mut self, group: usize, name: &str) -> Answer {
        if !matches!(self.kind(group), Some(Kind::User | Kind::Distribution)) {
            return Err(Refusal::InvalidGroup);
        }
        if self.groups.iter().any(|g| g.number != group && same(&g.name, name)) {
            return Err(Refusal::NameTaken);
        }
        for known in self.groups.iter_mut().filter(|g| g.number == group) {
            known.name = name.to_owned();
        }
        Ok(Told::Done)
    }
}
