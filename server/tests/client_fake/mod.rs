//! A contact store in memory, served over HTTP, and a way to run commands against it.

#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::Parser;
use indicatif::InMemoryTerm;
use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::*;
use oxws::oxwspers::{Persona, PersonaAttribution, PersonaPhoneNumber, PhoneNumberAttributedValue};
use oxws::server::{Endpoint, serve};
use oxws::soap::{Fault, Outcome, Request, Response};
use ucs::client::text::fold;
use ucs::client::{Command, Output, run};

/// A contact: address, name, number of a telephone contact, groups.
#[derive(Clone, Default)]
pub(crate) struct Person {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) number: Option<String>,
    pub(crate) groups: Vec<u32>,
}

/// What the store holds and how it behaves.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) groups: BTreeMap<u32, (String, String, Option<String>)>,
    pub(crate) people: BTreeMap<u32, Person>,
    next: u32,
    /// Requests that changed something or were refused, in order.
    pub(crate) asked: Vec<String>,
    /// Addresses and names that are refused.
    pub(crate) refused: Vec<String>,
    /// After so many changes, a fault that says the server is out of order.
    pub(crate) fails_after: Option<usize>,
    /// The mailboxes that were acted for.
    pub(crate) impersonated: Vec<String>,
    /// Whether requests for properties are refused.
    pub(crate) no_properties: bool,
}

/// The store.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<Inner>>);

const OTHER: u32 = 1;
const TAGGED: u32 = 2;

impl Fake {
    /// A store with the three special groups, named so.
    pub(crate) fn new(names: [&str; 3]) -> Fake {
        let fake = Fake::default();
        for (name, kind) in names.into_iter().zip(["OtherContacts", "Tagged", "Favorites"]) {
            fake.inner().add_group(name, kind, None);
        }
        fake
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in the groups, as `group: address, address`.
    pub(crate) fn shown(&self) -> Vec<String> {
        let inner = self.inner();
        let line = |(id, group): (&u32, &(String, String, Option<String>))| {
            let mut people: Vec<&str> =
                inner.people.values().filter(|p| p.groups.contains(id)).map(|p| p.address.as_str()).collect();
            people.sort_unstable();
            format!("{}: {}", group.0, people.join(", "))
        };
        inner.groups.iter().map(line).collect()
    }

    /// Serves the store and gives its URL.
    pub(crate) async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, Endpoint::new(ExchangeServiceServer(self.clone()))));
        format!("http://{address}/EWS/Exchange.asmx")
    }
}

fn id(number: u32) -> ItemId {
    // The case tells ids apart.
    ItemId::new(format!("{}{number}", if number.is_multiple_of(2) { "Id" } else { "ID" }))
}

fn number(id: &ItemId) -> u32 {
    id.id[2..].parse().unwrap_or_default()
}

impl Inner {
    fn add_group(&mut self, name: &str, kind: &str, address: Option<String>) -> u32 {
        self.next += 1;
        let class = format!("IPM.DistList.MOC.{kind}");
        self.groups.insert(self.next, (name.to_owned(), class, address));
        self.next
    }

    /// Notes a change, and refuses it where the test wants that.
    fn change(&mut self, what: String) -> Result<Option<ResponseCode>, Fault> {
        if self.fails_after == Some(0) {
            return Err(Fault::new("ErrorTimeoutExpired", "The operation took too long."));
        }
        self.fails_after = self.fails_after.map(|left| left - 1);
        let refused = self.refused.iter().any(|text| what.contains(text));
        self.asked.push(what);
        Ok(refused.then_some(ResponseCode::ErrorImContactLimitReached))
    }

    fn join(&mut self, contact: u32, group: u32) {
        let person = self.people.get_mut(&contact).unwrap();
        if !person.groups.contains(&group) {
            person.groups.push(group);
        }
        if person.groups.iter().any(|group| !matches!(*group, OTHER | TAGGED)) {
            person.groups.retain(|group| *group != OTHER);
        }
    }

    /// As the server does (UCS O8, O10): Tagged keeps no contact, unless it is all that there is.
    fn leave(&mut self, contact: u32, group: u32) {
        let person = self.people.get_mut(&contact).unwrap();
        if !person.groups.contains(&group) {
            return;
        }
        person.groups.retain(|other| *other != group);
        if !person.groups.iter().any(|other| group == TAGGED || *other != TAGGED) {
            self.people.remove(&contact);
        }
    }

    fn add_person(&mut self, new: Person, group: Option<&ItemId>) -> Persona {
        let known =
            self.people.iter().find(|(_, p)| fold(&p.address) == fold(&new.address)).map(|(id, _)| *id);
        let contact = known.unwrap_or_else(|| {
            self.next += 1;
            self.people.insert(self.next, new);
            let group = group.map_or(OTHER, number);
            self.join(self.next, group);
            self.next
        });
        self.persona(contact)
    }

    fn persona(&self, contact: u32) -> Persona {
        let person = &self.people[&contact];
        let source = PersonaAttribution::new("0", id(contact), person.name.as_str());
        let persona = Persona::new(ItemId::new(format!("persona{contact}")))
            .with_display_name(person.name.as_str())
            .with_attributions(vec![source]);
        match &person.number {
            None => persona.with_im_address(person.address.as_str()),
            Some(number) => {
                let number = PersonaPhoneNumber::new(number.as_str(), "Other");
                persona.with_other_telephones(vec![PhoneNumberAttributedValue::new(
                    number,
                    vec!["0".to_owned()],
                )])
            }
        }
    }

    fn group(&self, group: u32) -> ImGroup {
        let (name, class, address) = &self.groups[&group];
        let mut shown = ImGroup::new(name.parse().unwrap(), class.parse().unwrap());
        shown.exchange_store_id = Some(id(group));
        shown.smtp_address = address.clone();
        let members = self.people.iter().filter(|(_, p)| p.groups.contains(&group)).map(|(at, _)| id(*at));
        let members: Vec<ItemId> = members.collect();
        shown.member_correlation_key = (!members.is_empty()).then_some(members);
        shown
    }
}

/// A reply, which is an error when there is a code.
macro_rules! reply {
    ($type:ident, $refused:expr, |$reply:ident| $fill:expr) => {{
        let refused: Option<ResponseCode> = $refused;
        let class = if refused.is_some() { ResponseClass::Error } else { ResponseClass::Success };
        let mut $reply = $type::new(class);
        $reply.message_text = refused.is_some().then(|| "Refused.".to_owned());
        if refused.is_none() {
            $fill;
        }
        $reply.response_code = Some(refused.unwrap_or(ResponseCode::NoError));
        Ok(Response::new($reply))
    }};
}

impl ExchangeService for Fake {
    async fn get_im_item_list(&self, request: Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        let mut inner = self.inner();
        if let Some(acting) = &request.headers.impersonation {
            inner.impersonated.push(format!("{:?}", acting.connecting_sid));
        }
        let properties = request.body.extended_properties.is_some() && inner.no_properties;
        let refused = properties.then_some(ResponseCode::ErrorInvalidExtendedProperty);
        reply!(GetImItemListResponse, refused, |reply| {
            reply.im_item_list = Some(ImItemList {
                groups: Some(inner.groups.keys().map(|group| inner.group(*group)).collect()),
                personas: Some(inner.people.keys().map(|contact| inner.persona(*contact)).collect()),
            })
        })
    }

    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let mut inner = self.inner();
        let name = request.body.display_name.to_string();
        let refused = inner.change(format!("AddImGroup {name}"))?;
        reply!(AddImGroupResponse, refused, |reply| {
            let group = inner.add_group(&name, "UserGroup", None);
            reply.im_group = Some(inner.group(group))
        })
    }

    async fn add_distribution_group_to_im_list(
        &self,
        request: Request<AddDistributionGroupToImList>,
    ) -> Outcome<AddDistributionGroupToImListResponse> {
        let mut inner = self.inner();
        let (name, address) = (request.body.display_name.to_string(), request.body.smtp_address.to_string());
        let refused = inner.change(format!("AddDistributionGroupToImList {name} {address}"))?;
        reply!(AddDistributionGroupToImListResponse, refused, |reply| {
            let group = inner.add_group(&name, "DG", Some(address));
            reply.im_group = Some(inner.group(group))
        })
    }

    async fn add_new_im_contact_to_group(
        &self,
        request: Request<AddNewImContactToGroup>,
    ) -> Outcome<AddNewImContactToGroupResponse> {
        let mut inner = self.inner();
        let address = request.body.im_address.to_string();
        let refused = inner.change(format!("AddNewImContactToGroup {address}"))?;
        let name = request.body.display_name.map_or(address.clone(), |name| name.to_string());
        reply!(AddNewImContactToGroupResponse, refused, |reply| {
            let new = Person { address, name, ..Person::default() };
            reply.persona = Some(inner.add_person(new, request.body.group_id.as_ref()))
        })
    }

    async fn add_new_tel_uri_contact_to_group(
        &self,
        request: Request<AddNewTelUriContactToGroup>,
    ) -> Outcome<AddNewTelUriContactToGroupResponse> {
        let mut inner = self.inner();
        let AddNewTelUriContactToGroup { tel_uri_address, im_contact_sip_uri_address, .. } = &request.body;
        let number = request.body.im_telephone_number.to_string();
        let what =
            format!("AddNewTelUriContactToGroup {tel_uri_address} {im_contact_sip_uri_address} {number}");
        let refused = inner.change(what)?;
        reply!(AddNewTelUriContactToGroupResponse, refused, |reply| {
            let address = tel_uri_address.to_string();
            let new = Person { address, name: number.clone(), number: Some(number), ..Person::default() };
            reply.persona = Some(inner.add_person(new, request.body.group_id.as_ref()))
        })
    }

    async fn add_im_contact_to_group(
        &self,
        request: Request<AddImContactToGroup>,
    ) -> Outcome<AddImContactToGroupResponse> {
        let mut inner = self.inner();
        let contact = number(&request.body.contact_id);
        let group = request.body.group_id.as_ref().map_or(OTHER, number);
        let what =
            format!("AddImContactToGroup {} {}", inner.people[&contact].address, inner.groups[&group].0);
        let refused = inner.change(what)?;
        reply!(AddImContactToGroupResponse, refused, |reply| inner.join(contact, group))
    }

    async fn remove_im_contact_from_group(
        &self,
        request: Request<RemoveImContactFromGroup>,
    ) -> Outcome<RemoveImContactFromGroupResponse> {
        let mut inner = self.inner();
        let (contact, group) = (number(&request.body.contact_id), number(&request.body.group_id));
        let what =
            format!("RemoveImContactFromGroup {} {}", inner.people[&contact].address, inner.groups[&group].0);
        let refused = inner.change(what)?;
        reply!(RemoveImContactFromGroupResponse, refused, |reply| { inner.leave(contact, group) })
    }

    async fn remove_contact_from_im_list(
        &self,
        request: Request<RemoveContactFromImList>,
    ) -> Outcome<RemoveContactFromImListResponse> {
        let mut inner = self.inner();
        let contact = number(&request.body.contact_id);
        let what = format!("RemoveContactFromImList {}", inner.people[&contact].address);
        let refused = inner.change(what)?;
        reply!(RemoveContactFromImListResponse, refused, |reply| {
            inner.people.remove(&contact);
        })
    }

    async fn remove_im_group(&self, request: Request<RemoveImGroup>) -> Outcome<RemoveImGroupResponse> {
        let mut inner = self.inner();
        let group = number(&request.body.group_id);
        let what = format!("RemoveImGroup {}", inner.groups[&group].0);
        let refused = inner.change(what)?;
        reply!(RemoveImGroupResponse, refused, |reply| {
            inner.groups.remove(&group);
            let people: Vec<u32> = inner.people.keys().copied().collect();
            people.into_iter().for_each(|contact| inner.leave(contact, group))
        })
    }

    async fn remove_distribution_group_from_im_list(
        &self,
        request: Request<RemoveDistributionGroupFromImList>,
    ) -> Outcome<RemoveDistributionGroupFromImListResponse> {
        let mut inner = self.inner();
        let group = number(&request.body.group_id);
        let what = format!("RemoveDistributionGroupFromImList {}", inner.groups[&group].0);
        let refused = inner.change(what)?;
        reply!(RemoveDistributionGroupFromImListResponse, refused, |reply| {
            inner.groups.remove(&group);
        })
    }

    async fn set_im_group(&self, request: Request<SetImGroup>) -> Outcome<SetImGroupResponse> {
        let mut inner = self.inner();
        let (group, name) = (number(&request.body.group_id), request.body.new_display_name.to_string());
        let what = format!("SetImGroup {} {name}", inner.groups[&group].0);
        let refused = inner.change(what)?;
        reply!(SetImGroupResponse, refused, |reply| {
            inner.groups.get_mut(&group).unwrap().0 = name;
        })
    }
}

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What a command wrote, and the error that it ended with, with its causes.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) error: Option<String>,
}

impl Ran {
    /// The output of a command that must have worked.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.error, None, "{}{}", self.out, self.err);
        self.out
    }

    /// The error of a command that must have failed.
    pub(crate) fn failed(self) -> String {
        self.error.unwrap_or_else(|| panic!("it worked: {}{}", self.out, self.err))
    }
}

/// A stream that can be looked at later.
#[derive(Clone, Default)]
struct Stream(Arc<Mutex<Vec<u8>>>);

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Stream {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Runs a command, with nobody there to answer.
pub(crate) async fn ucs(arguments: &[&str]) -> Ran {
    ucs_with(arguments, "", false).await
}

/// Runs a command with this input.
pub(crate) async fn ucs_with(arguments: &[&str], input: &str, interactive: bool) -> Ran {
    ucs_at(arguments, input, interactive, |output| output).await
}

/// Runs a command at a terminal where progress is drawn, with nobody there to answer.
pub(crate) async fn ucs_at_terminal(arguments: &[&str], terminal: &InMemoryTerm) -> Ran {
    ucs_at(arguments, "", false, |output| output.with_terminal(terminal.clone())).await
}

async fn ucs_at(
    arguments: &[&str],
    input: &str,
    interactive: bool,
    set_up: impl FnOnce(Output) -> Output,
) -> Ran {
    let (out, err) = (Stream::default(), Stream::default());
    let input = Cursor::new(input.to_owned().into_bytes());
    let mut output = set_up(Output::new(out.clone(), err.clone(), input, interactive));
    let error = match Cli::try_parse_from(["ucs"].iter().chain(arguments)) {
        Ok(cli) => run(cli.command, &mut output).await.err().map(|error| format!("{error:#}")),
        Err(error) => Some(error.to_string()),
    };
    Ran { out: out.text(), err: err.text(), error }
}
