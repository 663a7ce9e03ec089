//! The server that is checked: requests of any kind, and the list as it is.

use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use oxws::client::{Client, Error, Http, Transport as _};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImGroup, AddNewImContactToGroup, GetImItemList, ImGroup, ImItemList, RemoveContactFromImList,
    RemoveDistributionGroupFromImList, RemoveImGroup,
};
use oxws::oxwspers::Persona;
use reqwest::Url;

use super::report::Checked;
use crate::client::connect::{Connection, Credentials, Names, text};
use crate::client::explain::explain_read;

/// What the names of all that is made begin with.
pub(super) const MARK: &str = "ucs conformance";
/// What the addresses of all that is made end with: a domain that nobody has.
pub(super) const DOMAIN: &str = "@ucs-conformance.invalid";
/// What the telephone numbers begin with: kept for fiction.
pub(super) const NUMBER: &str = "+1555010";
/// The block that every right request has.
pub(super) const VERSION: &str = "<t:RequestServerVersion Version='Exchange2013'/>";

/// A server, and how to sign in there.
pub(super) struct Bench {
    pub(super) client: Client,
    connection: Connection,
    credentials: Credentials,
    signed: Http,
    unsigned: Http,
    sign_in: Option<HeaderValue>,
    /// The header block that names the mailbox, where it is not the user's own.
    acting: String,
}

/// An HTTP reply.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

/// What a request is sent with beside its body.
#[derive(Clone, Copy)]
pub(super) enum Signed {
    Yes,
    No,
}

impl Bench {
    pub(super) fn new(connection: Connection, credentials: Credentials) -> anyhow::Result<Bench> {
        let client = connection.client_with(&credentials, Names::ONE)?;
        let transport = |credentials: &Credentials| {
            let built = connection.builder(credentials)?.gzip(false).build_transport();
            built.with_context(|| connection.impossible(Names::ONE))
        };
        let (signed, unsigned) = (transport(&credentials)?, transport(&Credentials::None)?);
        let sign_in = match &credentials {
            Credentials::Basic(user, password) => {
                Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
            }
            Credentials::Bearer(token) => Some(format!("Bearer {token}")),
            // The matter of the transport.
            Credentials::Ntlm(..) => None,
            Credentials::None => None,
        };
        let sign_in =
            sign_in.map(HeaderValue::try_from).transpose().context("the credentials are no header")?;
        let acting = connection.impersonate.as_deref().map(|address| {
            let identity = format!(
                "<t:PrimarySmtpAddress>{}</t:PrimarySmtpAddress>",
                quick_xml::escape::escape(address)
            );
            acting_for(&identity)
        });
        let acting = acting.unwrap_or_default();
        Ok(Bench { client, connection, credentials, signed, unsigned, sign_in, acting })
    }

    /// Whether there are credentials.
    pub(super) fn signs_in(&self) -> bool {
        !matches!(self.credentials, Credentials::None)
    }

    /// The address of the mailbox that is acted for, where it is not the user's own.
    pub(super) fn acts_for(&self) -> Option<&str> {
        self.connection.impersonate.as_deref()
    }

    /// Sends any request: to the endpoint, or to another path of the server.
    pub(super) async fn http(
        &self,
        method: Method,
        path: Option<&str>,
        lines: &[(&'static str, &str)],
        body: Vec<u8>,
        signed: Signed,
    ) -> Checked<Reply> {
        let mut url = self.connection.url.clone();
        let elsewhere = match path {
            None => None,
            Some(path) => {
                let mut other = Url::parse(&url).map_err(|error| error.to_string())?;
                other.set_path(path);
                url = other.into();
                // A transport that signs in is for one address.
                let connection = Connection { url: url.clone(), ..self.connection.clone() };
                let built = connection.builder(&self.credentials).map_err(|error| error.to_string())?;
                Some(built.gzip(false).build_transport().map_err(|error| error.to_string())?)
            }
        };
        let transport = match (&elsewhere, signed) {
            (Some(transport), _) => transport,
            (None, Signed::Yes) => &self.signed,
            (None, Signed::No) => &self.unsigned,
        };
        let mut request = http::Request::new(Bytes::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().map_err(|_| "the URL is none")?;
        let headers = request.headers_mut();
        if let (Some(sign_in), Signed::Yes) = (&self.sign_in, signed) {
            headers.insert(AUTHORIZATION, sign_in.clone());
        }
        if request.method() == Method::POST {
            let xml = HeaderValue::from_static("text/xml; charset=utf-8");
            request.headers_mut().insert(CONTENT_TYPE, xml);
        }
        for (name, value) in lines {
            let value = HeaderValue::try_from(*value).map_err(|error| error.to_string())?;
            request.headers_mut().insert(*name, value);
        }
        let time = Duration::from_secs(self.connection.shared.timeout);
        let reply = tokio::time::timeout(time, transport.send(request)).await;
        let reply = reply.map_err(|_| format!("no answer within {} s", time.as_secs()))?;
        let reply = reply.map_err(|error| format!("no answer: {:#}", anyhow::Error::new(error)))?;
        let (head, body) = reply.into_parts();
        let text = String::from_utf8_lossy(&body).into_owned();
        Ok(Reply { status: head.status, headers: head.headers, text })
    }

    /// Sends a document.
    pub(super) async fn post(
        &self,
        lines: &[(&'static str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Checked<Reply> {
        self.http(Method::POST, None, lines, body.into(), Signed::Yes).await
    }

    /// The envelope with these blocks and this body, and the block that names the mailbox, unless they do.
    pub(super) fn document(&self, header: &str, body: &str) -> String {
        let acting = if header.contains("ExchangeImpersonation") { "" } else { &self.acting };
        envelope(&format!("{header}{acting}"), body)
    }

    /// Sends an envelope with these blocks and this operation.
    pub(super) async fn envelope(&self, header: &str, body: &str) -> Checked<Reply> {
        self.post(&[], self.document(header, body)).await
    }

    /// Sends an operation.
    pub(super) async fn operation(&self, body: &str) -> Checked<Reply> {
        self.envelope(VERSION, body).await
    }

    /// The list.
    pub(super) async fn list(&self) -> Checked<ImItemList> {
        let reply = self.client.call(GetImItemList::default()).await.map_err(words)?;
        Ok(reply.im_item_list.unwrap_or_default())
    }

    pub(super) async fn add_group(&self, name: &str) -> Checked<ItemId> {
        let name = text(&format!("{MARK} {name}")).map_err(|error| error.to_string())?;
        let reply = self.client.call(AddImGroup::new(name)).await.map_err(words)?;
        reply.im_group.and_then(|group| group.exchange_store_id).ok_or_else(|| "no id is returned".to_owned())
    }

    /// Adds a contact: the id by which groups name it.
    pub(super) async fn add_contact(&self, name: &str, group: Option<&ItemId>) -> Checked<ItemId> {
        self.add_named(name, None, group).await
    }

    /// Adds a contact with a name of its own.
    pub(super) async fn add_named(
        &self,
        name: &str,
        display_name: Option<&str>,
        group: Option<&ItemId>,
    ) -> Checked<ItemId> {
        let of = |value: &str| text(value).map_err(|error| error.to_string());
        let mut request = AddNewImContactToGroup::new(of(&format!("{name}{DOMAIN}"))?);
        request.display_name = display_name.map(of).transpose()?;
        request.group_id = group.cloned();
        let reply = self.client.call(request).await.map_err(words)?;
        reply
            .persona
            .as_ref()
            .and_then(source)
            .cloned()
            .ok_or_else(|| "no persona with a source is returned".to_owned())
    }

    /// Removes what runs have made.
    pub(super) async fn clean(&self) -> anyhow::Result<()> {
        let reply = self.client.call(GetImItemList::default()).await;
        let reply = reply.map_err(explain_read).context("the list cannot be read")?;
        let list = reply.im_item_list.unwrap_or_default();
        for persona in list.personas.iter().flatten().filter(|persona| is_ours(persona)) {
            if let Some(id) = source(persona) {
                let removed = self.client.call(RemoveContactFromImList::new(id.clone())).await;
                removed.context("a contact of this command cannot be removed")?;
            }
        }
        for group in list.groups.iter().flatten().filter(|group| is_our_group(group)) {
            let Some(id) = group.exchange_store_id.clone() else { continue };
            let context = "a group of this command cannot be removed";
            if group.group_type.get().ends_with(".DG") {
                let request = RemoveDistributionGroupFromImList::new(id);
                self.client.call(request).await.context(context)?;
            } else {
                self.client.call(RemoveImGroup::new(id)).await.context(context)?;
            }
        }
        Ok(())
    }

    /// How many groups and contacts there are that are not of this command.
    pub(super) async fn others(&self) -> anyhow::Result<usize> {
        let list = self.list().await.map_err(anyhow::Error::msg)?;
        let special = |group: &&ImGroup| {
            [".OtherContacts", ".Tagged", ".Favorites"]
                .iter()
                .any(|end| group.group_type.get().ends_with(end))
        };
        let groups = list.groups.iter().flatten().filter(|group| !special(group) && !is_our_group(group));
        let contacts = list.personas.iter().flatten().filter(|persona| !is_ours(persona));
        Ok(groups.count() + contacts.count())
    }
}

fn is_our_group(group: &ImGroup) -> bool {
    group.display_name.get().to_lowercase().starts_with(MARK)
}

fn is_ours(persona: &Persona) -> bool {
    let name = persona.display_name().map_or("", |name| name.as_str());
    let address = persona.im_address().map_or("", |address| address.as_str());
    address.to_lowercase().ends_with(DOMAIN)
        || name.to_lowercase().ends_with(DOMAIN)
        || name.starts_with(NUMBER)
}

/// The id behind a persona.
pub(super) fn source(persona: &Persona) -> Option<&ItemId> {
    Some(&persona.attributions()?.first()?.source_id)
}

/// The ids of the members of a group.
pub(super) fn members<'l>(list: &'l ImItemList, group: &ItemId) -> Vec<&'l str> {
    let mut groups = list.groups.iter().flatten();
    let found = groups.find(|other| other.exchange_store_id.as_ref().is_some_and(|id| id.id == group.id));
    let members = found.and_then(|group| group.member_correlation_key.as_ref());
    members.into_iter().flatten().map(|id| id.id.as_str()).collect()
}

/// The personas of the list that this id is the source of.
pub(super) fn is_listed(list: &ImItemList, id: &ItemId) -> bool {
    list.personas.iter().flatten().any(|persona| source(persona).is_some_and(|source| source.id == id.id))
}

/// An error in one line.
pub(super) fn words(error: Error) -> String {
    format!("{:#}", anyhow::Error::new(error))
}

/// What a call has to fail with.
pub(super) fn refused<T>(result: Result<T, Error>, code: &str) -> Checked {
    match result {
        Ok(_) => Err(format!("it succeeds, instead of {code}")),
        Err(error) if error.code() == Some(code) => Ok(()),
        Err(error) => Err(format!("instead of {code}: {}", words(error))),
    }
}

/// Says what is wrong, if something is.
pub(super) fn ensure(fine: bool, wrong: impl Into<String>) -> Checked {
    if fine { Ok(()) } else { Err(wrong.into()) }
}

/// The block that asks to act for the mailbox of an identity.
pub(super) fn acting_for(identity: &str) -> String {
    format!(
        "<t:ExchangeImpersonation><t:ConnectingSID>{identity}</t:ConnectingSID></t:ExchangeImpersonation>"
    )
}

/// An envelope with these blocks and this body.
pub(super) fn envelope(header: &str, body: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='utf-8'?>\n\
         <s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
         xmlns:t='http://schemas.microsoft.com/exchange/services/2006/types' \
         xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages'><s:Header>{header}</s:Header>\
         <s:Body>{body}</s:Body></s:Envelope>"
    )
}

impl Reply {
    /// The texts of all elements of this local name, whatever their prefix.
    pub(super) fn texts<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        self.text.split('<').filter_map(move |tag| {
            let (tag, text) = tag.split_once('>')?;
            let qname = tag.split([' ', '/', '\n']).next()?;
            let local = qname.rsplit(':').next()?;
            (local == name && !tag.starts_with('/')).then_some(text)
        })
    }

    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.texts(name).any(|text| text == value)
    }

    fn shown(&self) -> String {
        let code = self.texts("ResponseCode").next().or_else(|| self.texts("faultstring").next());
        format!("HTTP {} with {}", self.status.as_u16(), code.unwrap_or("no response code"))
    }

    /// A fault with this code (UCS T5).
    pub(super) fn is_fault(&self, code: &str) -> Checked {
        let fine =
            self.status == 500 && self.texts("Fault").next().is_some() && self.has("ResponseCode", code);
        ensure(fine, format!("{}, instead of a fault {code}", self.shown()))
    }

    /// A reply of the class Error with this code (UCS T4).
    pub(super) fn is_error(&self, code: &str) -> Checked {
        let error =
            self.text.contains("ResponseClass=\"Error\"") || self.text.contains("ResponseClass='Error'");
        let fine = self.status == 200 && error && self.has("ResponseCode", code);
        ensure(fine, format!("{}, instead of an error {code}", self.shown()))
    }

    /// A reply of the class Success (UCS T4).
    pub(super) fn is_success(&self) -> Checked {
        let success =
            self.text.contains("ResponseClass=\"Success\"") || self.text.contains("ResponseClass='Success'");
        let fine = self.status == 200 && success && self.has("ResponseCode", "NoError");
        ensure(fine, format!("{}, instead of success", self.shown()))
    }

    pub(super) fn is(&self, status: u16) -> Checked {
        ensure(self.status == status, format!("{}, instead of HTTP {status}", self.shown()))
    }
}
