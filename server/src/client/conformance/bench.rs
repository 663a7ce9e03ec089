//! The server that is checked: requests of any kind, and the list as it is.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use oxws::client::{Client, Error};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImGroup, AddNewImContactToGroup, GetImItemList, ImGroup, ImItemList, RemoveContactFromImList,
    RemoveDistributionGroupFromImList, RemoveImGroup,
};
use oxws::oxwspers::Persona;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url, redirect};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;

use super::report::Checked;
use crate::client::connect::{Connection, Credentials, Names, certificates, text};
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
    http: reqwest::Client,
    url: Url,
    sign_in: Option<HeaderValue>,
}

/// An HTTP reply.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Bench {
    pub(super) fn new(connection: &Connection, credentials: &Credentials) -> anyhow::Result<Bench> {
        let client = connection.client_with(credentials, Names::ONE)?;
        let url = Url::parse(&connection.url).context("the URL is none")?;
        let extra = match &connection.shared.ca_file {
            Some(path) => {
                CertificateDer::pem_slice_iter(&certificates(path)?).collect::<Result<Vec<_>, _>>()?
            }
            None => Vec::new(),
        };
        let provider = Arc::new(ring::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions()?;
        // A platform without certificates can do without, where there is no TLS.
        let tls = match Verifier::new_with_extra_roots(extra, provider) {
            Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
            Err(error) if url.scheme() == "https" => return Err(error.into()),
            Err(_) => builder.with_root_certificates(rustls::RootCertStore::empty()),
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.with_no_client_auth())
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(connection.shared.timeout))
            .build()?;
        let sign_in = match credentials {
            Credentials::Basic(user, password) => {
                Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
            }
            Credentials::Bearer(token) => Some(format!("Bearer {token}")),
            // NTLM is no option of this command.
            Credentials::Ntlm(..) | Credentials::None => None,
        };
        let sign_in =
            sign_in.map(HeaderValue::try_from).transpose().context("the credentials are no header")?;
        Ok(Bench { client, http, url, sign_in })
    }

    /// Whether there are credentials.
    pub(super) fn signs_in(&self) -> bool {
        self.sign_in.is_some()
    }

    /// Sends any request: to the endpoint, or to another path of the server.
    pub(super) async fn http(
        &self,
        method: Method,
        path: Option<&str>,
        lines: &[(&'static str, &str)],
        body: Vec<u8>,
        signed: bool,
    ) -> Checked<Reply> {
        let mut url = self.url.clone();
        if let Some(path) = path {
            url.set_path(path);
        }
        let mut headers = HeaderMap::new();
        if let Some(sign_in) = self.sign_in.as_ref().filter(|_| signed) {
            headers.insert(AUTHORIZATION, sign_in.clone());
        }
        if method == Method::POST {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
        }
        for (name, value) in lines {
            headers.insert(*name, HeaderValue::try_from(*value).map_err(|error| error.to_string())?);
        }
        let failed = |error: reqwest::Error| format!("no answer: {error}");
        let reply =
            self.http.request(method, url).headers(headers).body(body).send().await.map_err(failed)?;
        let (status, headers) = (reply.status(), reply.headers().clone());
        let text = String::from_utf8_lossy(&reply.bytes().await.map_err(failed)?).into_owned();
        Ok(Reply { status, headers, text })
    }

    /// Sends a document.
    pub(super) async fn post(
        &self,
        lines: &[(&'static str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Checked<Reply> {
        self.http(Method::POST, None, lines, body.into(), true).await
    }

    /// Sends an envelope with these blocks and this operation.
    pub(super) async fn envelope(&self, header: &str, body: &str) -> Checked<Reply> {
        self.post(&[], envelope(header, body)).await
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
        let address = text(&format!("{name}{DOMAIN}")).map_err(|error| error.to_string())?;
        let mut request = AddNewImContactToGroup::new(address);
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
