//! A server in process: accounts, lists in memory, and ways to ask it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use oxws::oxwscdata::ResponseMessage;
use oxws::oxwscore::ItemId;
use oxws::oxwscos::*;
use oxws::oxwspers::{Persona, PersonaServiceServer};
use oxws::rt::ReadOptions;
use oxws::soap::{self, Envelope, Extensions, Message, Operation, Rules, Service as _};
use ucs::accounts::{Account, AccountError, Accounts, Handle, MailboxId};
use ucs::http::{Principal, Underway};
use ucs::people::Entry;
use ucs::service::{ContactService, Ids, PeopleService};
use ucs::store::{MemoryLists, People};

/// The key of the server's ids.
pub(crate) const KEY: [u8; 32] = [9; 32];
pub(crate) const JANE: MailboxId = MailboxId([0xaa; 16]);
pub(crate) const PAUL: MailboxId = MailboxId([0xbb; 16]);
pub(crate) const ROOM: MailboxId = MailboxId([0xcc; 16]);
pub(crate) const GONE: MailboxId = MailboxId([0xdd; 16]);
/// May act for Jane, the one that is gone, and nobody else.
pub(crate) const ROBOT: MailboxId = MailboxId([0xee; 16]);

/// Accounts that do not change. There is a directory of distribution groups when there is one in it.
#[derive(Default)]
pub(crate) struct Directory {
    pub(crate) distribution_groups: Vec<&'static str>,
}

fn account(mailbox: MailboxId, name: &str) -> Account {
    Account {
        mailbox,
        login: format!("{name}@login.example.org"),
        primary_smtp: format!("{name}@example.org"),
        aliases: vec![format!("{name}.alias@example.org")],
        sid: Some(format!("S-1-5-21-{}", mailbox.0[0])),
        password: None,
        disabled: mailbox == GONE,
    }
}

fn accounts() -> [Account; 5] {
    [(JANE, "jane"), (PAUL, "paul"), (ROOM, "room"), (GONE, "gone"), (ROBOT, "robot")]
        .map(|(mailbox, name)| account(mailbox, name))
}

impl Accounts for Directory {
    async fn find(&self, handle: Handle<'_>) -> Result<Option<Arc<Account>>, AccountError> {
        let named = |account: &Account| match handle {
            Handle::Login(name) => account.login.eq_ignore_ascii_case(name),
            Handle::Sid(sid) => account.sid.as_deref() == Some(sid),
            Handle::Smtp(address) => std::iter::once(&account.primary_smtp)
                .chain(&account.aliases)
                .any(|known| known.eq_ignore_ascii_case(address)),
        };
        Ok(accounts().into_iter().find(named).map(Arc::new))
    }

    async fn may_act_for(&self, caller: MailboxId, target: MailboxId) -> Result<bool, AccountError> {
        Ok(caller == ROBOT && [JANE, GONE].contains(&target))
    }

    async fn may_act_for_any(&self, caller: MailboxId) -> Result<bool, AccountError> {
        Ok(caller == ROBOT)
    }

    async fn has_distribution_group(&self, smtp: &str) -> Result<bool, AccountError> {
        let all = &self.distribution_groups;
        Ok(all.is_empty() || all.iter().any(|known| known.eq_ignore_ascii_case(smtp)))
    }
}

/// A directory of people that does not change.
pub(crate) struct Fixed(Arc<ucs::people::Directory>);

impl People for Fixed {
    fn directory(&self) -> Arc<ucs::people::Directory> {
        self.0.clone()
    }
}

type Served = (
    ExchangeServiceServer<ContactService<Arc<MemoryLists>, Directory>>,
    PersonaServiceServer<PeopleService<Arc<MemoryLists>, Directory, Fixed>>,
);

/// A server.
pub(crate) struct Site {
    service: Served,
    rules: Rules,
}

/// The time at which all of it happens: 2023-11-14T22:13:20Z.
pub(crate) const NOW: u64 = 1_700_000_000_000_000;

impl Site {
    pub(crate) fn new() -> Site {
        Site::with(Directory::default())
    }

    pub(crate) fn with(directory: Directory) -> Site {
        Site::with_people(directory, [])
    }

    /// With these people in the directory of people.
    pub(crate) fn with_people(directory: Directory, people: impl IntoIterator<Item = Entry>) -> Site {
        let lists = Arc::new(MemoryLists::with_clock(Arc::new(|| NOW)));
        let directory = Arc::new(directory);
        let contacts = ContactService::new(lists.clone(), directory.clone(), &KEY, 10_000_000);
        let people = Fixed(Arc::new(ucs::people::Directory::new(people)));
        let people = PeopleService::new(lists, directory, people, &KEY);
        let rules = Rules { refinements: vec![Arc::new(ucs::service::refine)], ..Rules::default() };
        Site { service: (ExchangeServiceServer(contacts), PersonaServiceServer(people)), rules }
    }

    /// Somebody who asks it.
    pub(crate) fn caller(&self, mailbox: MailboxId) -> Caller<'_> {
        Caller { site: self, mailbox, header: String::new() }
    }

    pub(crate) fn jane(&self) -> Caller<'_> {
        self.caller(JANE)
    }

    /// The names of all operations that there are.
    pub(crate) fn operations(&self) -> Vec<&'static str> {
        let interfaces = self.service.interfaces();
        interfaces.iter().flat_map(|interface| interface.operations).map(|operation| operation.name).collect()
    }

    /// Sends an envelope as the account, or as nobody.
    pub(crate) fn send(&self, account: Option<MailboxId>, envelope: &[u8]) -> Answer {
        self.send_with(account, envelope, Underway::default())
    }

    /// The same with a place for what is told of the request.
    pub(crate) fn send_with(
        &self,
        account: Option<MailboxId>,
        envelope: &[u8],
        underway: Underway,
    ) -> Answer {
        let mut extensions = Extensions::new();
        let account = accounts().into_iter().find(|known| Some(known.mailbox) == account);
        if let Some(account) = account {
            extensions.insert(Principal { account: Arc::new(account), underway });
        }
        let reply = block_on(soap::answer(&self.service, envelope, extensions, &self.rules));
        Answer { status: reply.status, xml: String::from_utf8(reply.body.to_vec()).unwrap() }
    }
}

/// Somebody who asks, with header blocks.
#[derive(Clone)]
pub(crate) struct Caller<'s> {
    site: &'s Site,
    pub(crate) mailbox: MailboxId,
    header: String,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) xml: String,
}

impl<'s> Caller<'s> {
    /// The same caller with a header block more.
    pub(crate) fn header(&self, block: &str) -> Caller<'s> {
        Caller { header: format!("{}{block}", self.header), ..self.clone() }
    }

    /// Sends the content of a Body as text.
    pub(crate) fn send(&self, body: &str) -> Answer {
        self.send_with(body, Underway::default())
    }

    /// The same with a place for what is told of the request.
    pub(crate) fn send_with(&self, body: &str, underway: Underway) -> Answer {
        let envelope = format!(
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
             xmlns:t='http://schemas.microsoft.com/exchange/services/2006/types' \
             xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages'>\
             <s:Header>{}</s:Header><s:Body>{body}</s:Body></s:Envelope>",
            self.header
        );
        self.site.send_with(Some(self.mailbox), envelope.as_bytes(), underway)
    }

    /// Sends a request and gives the reply as it came, after a strict reader has taken it.
    pub(crate) fn ask<O: Operation>(&self, request: O) -> Answer {
        let envelope = Envelope::new(request).to_xml().unwrap();
        let text = String::from_utf8(envelope).unwrap();
        let start = text.find("<soap:Body>").expect("a body");
        let text = format!("{}<soap:Header>{}</soap:Header>{}", &text[..start], self.header, &text[start..]);
        let answer = self.site.send(Some(self.mailbox), text.as_bytes());
        if answer.status == 200 {
            read::<O::Response>(&answer);
        }
        answer
    }

    /// Sends a request that succeeds.
    pub(crate) fn call<O: Operation>(&self, request: O) -> O::Response {
        let answer = self.ask(request);
        assert!(answer.xml.contains("ResponseClass=\"Success\"><m:ResponseCode>NoError<"), "{}", answer.xml);
        read(&answer)
    }

    /// Sends a request that fails with an error reply, and gives code and text of it.
    pub(crate) fn error<O>(&self, request: O) -> (String, String)
    where
        O: Operation,
        O::Response: ResponseMessage,
    {
        let answer = self.ask(request);
        assert_eq!(answer.status, 200, "{}", answer.xml);
        assert!(answer.xml.contains("ResponseClass=\"Error\""), "{}", answer.xml);
        let reply: O::Response = read(&answer);
        assert_eq!(reply.descriptive_link_key(), Some(0));
        let code = reply.response_code().unwrap().as_str().to_owned();
        (code, reply.message_text().unwrap_or_default().to_owned())
    }

    pub(crate) fn add_group(&self, name: &str) -> ImGroup {
        self.call(AddImGroup::new(name.parse().unwrap())).im_group.unwrap()
    }

    /// Makes a group and gives its id.
    pub(crate) fn group(&self, name: &str) -> ItemId {
        self.add_group(name).exchange_store_id.unwrap()
    }

    pub(crate) fn distribution_group(&self, address: &str, name: &str) -> ImGroup {
        let request = AddDistributionGroupToImList::new(address.parse().unwrap(), name.parse().unwrap());
        self.call(request).im_group.unwrap()
    }

    /// Makes a contact in a group, or in none.
    pub(crate) fn add_contact(&self, address: &str, group: Option<&ItemId>) -> Persona {
        let mut request = AddNewImContactToGroup::new(address.parse().unwrap());
        request.group_id = group.cloned();
        self.call(request).persona.unwrap()
    }

    /// Makes a contact and gives its id.
    pub(crate) fn contact(&self, address: &str, group: Option<&ItemId>) -> ItemId {
        source_id(&self.add_contact(address, group))
    }

    pub(crate) fn add_tel(&self, uri: &str, number: &str, group: Option<&ItemId>) -> Persona {
        self.call(tel(uri, number, group)).persona.unwrap()
    }

    pub(crate) fn join(&self, contact: &ItemId, group: &ItemId) {
        let mut request = AddImContactToGroup::new(contact.clone());
        request.group_id = Some(group.clone());
        self.call(request);
    }

    /// The whole list.
    pub(crate) fn list(&self) -> ImItemList {
        self.call(GetImItemList::default()).im_item_list.unwrap()
    }

    pub(crate) fn groups(&self) -> Vec<ImGroup> {
        self.list().groups.unwrap()
    }

    /// The id of the special group of this kind.
    pub(crate) fn special(&self, kind: &str) -> ItemId {
        let class = format!("IPM.DistList.MOC.{kind}");
        let mut groups = self.groups().into_iter();
        groups.find(|group| *group.group_type == *class).unwrap().exchange_store_id.unwrap()
    }

    /// The names of the groups with this member.
    pub(crate) fn groups_of(&self, contact: &ItemId) -> Vec<String> {
        let member = |group: &ImGroup| {
            group.member_correlation_key.as_ref().is_some_and(|members| members.contains(contact))
        };
        self.groups()
            .iter()
            .filter(|group| member(group))
            .map(|group| group.display_name.to_string())
            .collect()
    }

    /// The ids of all contacts.
    pub(crate) fn contacts(&self) -> Vec<ItemId> {
        self.list().personas.unwrap().iter().map(source_id).collect()
    }
}

impl Answer {
    /// The fault: its response code, message and fault string.
    #[track_caller]
    pub(crate) fn fault(&self) -> (String, String) {
        assert_eq!(self.status, 500, "{}", self.xml);
        let read = Envelope::<GetImItemListResponse>::from_xml(self.xml.as_bytes(), &ReadOptions::strict());
        let fault = read.unwrap().content.unwrap_err();
        (fault.response_code.clone().unwrap(), fault.message.clone().unwrap_or_default())
    }
}

/// A request for a TEL contact.
pub(crate) fn tel(uri: &str, number: &str, group: Option<&ItemId>) -> AddNewTelUriContactToGroup {
    let sip = "sip:phone@example.org".parse().unwrap();
    let mut request = AddNewTelUriContactToGroup::new(uri.parse().unwrap(), sip, number.parse().unwrap());
    request.group_id = group.cloned();
    request
}

/// The message of a reply, read strictly.
pub(crate) fn read<T: Message>(answer: &Answer) -> T {
    let read = Envelope::from_xml(answer.xml.as_bytes(), &ReadOptions::strict()).unwrap();
    read.content.unwrap_or_else(|fault| panic!("{fault}")).body
}

/// The id by which a contact is named in requests and in groups.
pub(crate) fn source_id(persona: &Persona) -> ItemId {
    persona.attributions().unwrap()[0].source_id.clone()
}

/// The ids that the server makes.
pub(crate) fn ids() -> Ids {
    Ids::new(&KEY)
}

/// Nothing here waits.
fn block_on<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("lists in memory do not wait"),
    }
}
