//! What the tests of the HTTP layer share: accounts in memory, a service that says who called, requests.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

pub(crate) mod log;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscos::{
    AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, GetImItemList,
    GetImItemListResponse, RemoveImGroup, RemoveImGroupResponse,
};
use oxws::server::{Endpoint, Peer};
use oxws::soap::{self, Fault, Outcome, Response, Service};
use tokio::sync::Semaphore;
use ucs::accounts::{Account, AccountError, Accounts, Handle, MailboxId};
use ucs::http::{App, Builder, Principal, ResultCode, Settings, hash_password};

/// The hash of `secret`, made once: it takes a while.
pub(crate) fn secret() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_password("secret").unwrap()).clone()
}

pub(crate) fn account(number: u8, login: &str) -> Account {
    Account {
        mailbox: MailboxId([number; 16]),
        login: login.to_owned(),
        primary_smtp: login.to_owned(),
        aliases: vec![format!("alias.{login}")],
        sid: None,
        password: Some(secret()),
        disabled: false,
    }
}

/// Accounts in memory.
#[derive(Default)]
pub(crate) struct Fake {
    accounts: Mutex<Vec<Arc<Account>>>,
    grants: Mutex<Vec<(MailboxId, MailboxId)>>,
}

impl Fake {
    /// `jane` and `joe`, both with the password `secret`.
    pub(crate) fn new() -> Arc<Fake> {
        let fake = Arc::new(Fake::default());
        fake.put(account(1, "jane@example.org"));
        fake.put(account(2, "joe@example.org"));
        fake
    }

    /// Adds an account, or replaces the one of that mailbox.
    pub(crate) fn put(&self, account: Account) {
        let mut accounts = self.accounts.lock().unwrap();
        accounts.retain(|known| known.mailbox != account.mailbox);
        accounts.push(Arc::new(account));
    }

    pub(crate) fn grant(&self, caller: u8, target: u8) {
        self.grants.lock().unwrap().push((MailboxId([caller; 16]), MailboxId([target; 16])));
    }
}

impl Accounts for Fake {
    async fn find(&self, handle: Handle<'_>) -> Result<Option<Arc<Account>>, AccountError> {
        if handle == Handle::Login("broken") {
            return Err(AccountError::Store("the disk is full".into()));
        }
        let is = |account: &&Arc<Account>| match handle {
            Handle::Login(login) => account.login.eq_ignore_ascii_case(login),
            Handle::Smtp(smtp) => {
                let mut all = account.aliases.iter().chain([&account.primary_smtp]);
                all.any(|known| known.eq_ignore_ascii_case(smtp))
            }
            Handle::Sid(sid) => account.sid.as_deref() == Some(sid),
        };
        Ok(self.accounts.lock().unwrap().iter().find(is).cloned())
    }

    async fn may_act_for(&self, caller: MailboxId, target: MailboxId) -> Result<bool, AccountError> {
        Ok(self.grants.lock().unwrap().contains(&(caller, target)))
    }

    async fn may_act_for_any(&self, _: MailboxId) -> Result<bool, AccountError> {
        Ok(true)
    }

    async fn has_distribution_group(&self, _: &str) -> Result<bool, AccountError> {
        Ok(true)
    }
}

/// Says who called: as the name of a group.
pub(crate) struct Store {
    /// Each `GetImItemList` takes one.
    pub(crate) turns: Semaphore,
    /// How many `GetImItemList` have begun.
    pub(crate) begun: Semaphore,
}

impl ExchangeService for Store {
    async fn get_im_item_list(&self, _: soap::Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        self.begun.add_permits(1);
        self.turns.acquire().await.unwrap().forget();
        Ok(Response::new(GetImItemListResponse::new(ResponseClass::Success)))
    }

    async fn add_im_group(&self, request: soap::Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let principal = request.extensions.get::<Principal>().expect("nobody has signed in");
        principal.underway.on(principal.account.mailbox);
        let mut reply = AddImGroupResponse::new(ResponseClass::Error);
        reply.message_text = Some(format!("called by {}", principal.account.login));
        reply.response_code = Some(ResponseCode::ErrorImGroupLimitReached);
        let mut response = Response::new(reply);
        response.extensions.insert(ResultCode("ErrorImGroupLimitReached".to_owned()));
        Ok(response)
    }

    async fn remove_im_group(&self, _: soap::Request<RemoveImGroup>) -> Outcome<RemoveImGroupResponse> {
        Err(Fault::internal().with_cause(std::io::Error::other("the disk is full")))
    }
}

pub(crate) type TestApp = App<Fake, ExchangeServiceServer<Arc<Store>>>;
pub(crate) type TestBuilder = Builder<Fake, ExchangeServiceServer<Arc<Store>>>;

pub(crate) fn builder(accounts: &Arc<Fake>, settings: Settings) -> (TestBuilder, Arc<Store>) {
    let store = Arc::new(Store { turns: Semaphore::new(0), begun: Semaphore::new(0) });
    let endpoint = settings.limits.endpoint(Endpoint::builder(ExchangeServiceServer(store.clone()))).build();
    (App::builder(endpoint, accounts.clone(), settings), store)
}

pub(crate) fn app(accounts: &Arc<Fake>, settings: Settings) -> TestApp {
    builder(accounts, settings).0.build().unwrap()
}

/// The body of an operation with this content.
pub(crate) fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
         xmlns:t='http://schemas.microsoft.com/exchange/services/2006/types'><s:Header>\
         <t:RequestServerVersion Version='Exchange2013'/></s:Header>\
         <s:Body xmlns='http://schemas.microsoft.com/exchange/services/2006/messages'>{body}</s:Body></s:Envelope>"
    )
}

/// Which answers who called.
pub(crate) const WHO: &str = "<AddImGroup><DisplayName>a</DisplayName></AddImGroup>";
/// Which takes as long as the test wants.
pub(crate) const SLOW: &str = "<GetImItemList/>";

pub(crate) fn basic(login: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{login}:{password}")))
}

pub(crate) fn jane() -> String {
    basic("jane@example.org", "secret")
}

/// A request under construction.
pub(crate) struct Ask(Request<Full<Bytes>>);

impl Ask {
    pub(crate) fn new(method: &str, path: &str, body: &str) -> Ask {
        let request = Request::builder().method(method).uri(path).header("Host", "mail.example.org");
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        Ask(request).from([192, 0, 2, 1])
    }

    /// An operation.
    pub(crate) fn ews(body: &str) -> Ask {
        Ask::new("POST", "/EWS/Exchange.asmx", &envelope(body))
            .with("content-type", "text/xml; charset=utf-8")
    }

    /// An operation for the mailbox with this address.
    pub(crate) fn acting(body: &str, address: &str) -> Ask {
        let block = format!(
            "<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>{address}</t:SmtpAddress>\
             </t:ConnectingSID></t:ExchangeImpersonation></s:Header>"
        );
        let Ask(request) = Ask::ews(body);
        Ask(request.map(|_| Full::new(Bytes::from(envelope(body).replace("</s:Header>", &block)))))
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Ask {
        self.0.headers_mut().append(name, value.parse().unwrap());
        self
    }

    pub(crate) fn signed(self, value: &str) -> Ask {
        self.with("authorization", value)
    }

    /// The head, with a body whose rest never comes.
    pub(crate) fn unfinished(self) -> Request<Unfinished> {
        self.0.map(|_| Unfinished)
    }

    /// By this peer.
    pub(crate) fn from(mut self, address: impl Into<IpAddr>) -> Ask {
        let address = SocketAddr::new(address.into(), 1234);
        self.0.extensions_mut().insert(Peer { address, tls: false });
        self
    }

    pub(crate) async fn of<S: Service + 'static>(self, app: &App<Fake, S>) -> Answer {
        let (head, body) = app.answer(self.0).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: head.status, headers: head.headers, text }
    }
}

/// A body of which nothing comes, for as long as anybody waits.
pub(crate) struct Unfinished;

impl http_body::Body for Unfinished {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// All lines of a header.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn is_by(&self, login: &str) -> bool {
        self.status == 200 && self.text.contains(&format!("called by {login}<"))
    }
}

/// A folder that is removed.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
