//! Autodiscover as plain XML (POX, MS-OXDSCLI): tells a client the URL of the endpoint for an e-mail address.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use super::address::{Address, escaped};
use crate::accounts::{Account, AccountError, Accounts, Handle, MailboxId};

/// Bytes of a request.
pub(super) const MOST: usize = 64 << 10;

const REQUEST: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
const RESPONSE: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const SETTINGS: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// What is asked about.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    Address(String),
    LegacyDn(String),
}

/// Why there are no settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wrong {
    /// No such address, or none that is the caller's business.
    Unknown,
    /// Not an address.
    BadAddress,
    /// Not a request.
    Invalid,
    /// Another schema of replies is wanted.
    Schema,
}

impl Wrong {
    fn code(self) -> u16 {
        match self {
            Wrong::Unknown => 500,
            Wrong::BadAddress => 501,
            Wrong::Invalid => 600,
            Wrong::Schema => 601,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Wrong::Unknown => "The email address can't be found.",
            Wrong::BadAddress => "Bad Address",
            Wrong::Invalid => "Invalid Request",
            Wrong::Schema => "Provider is not available",
        }
    }
}

/// The answer to a request, which is HTTP 200 whatever it says, and the code of its error.
///
/// # Errors
/// When the account store fails.
pub(super) async fn answer<A: Accounts>(
    body: &[u8],
    caller: &Arc<Account>,
    accounts: &A,
    address: &Address,
) -> Result<(String, Option<u16>), AccountError> {
    let found = match read(body) {
        Ok(asked) => find(asked, caller, accounts).await?,
        Err(wrong) => Err(wrong),
    };
    Ok(match found {
        Ok(account) => (settings(&account, address), None),
        Err(wrong) => (error(wrong), Some(wrong.code())),
    })
}

/// The account that is asked about, if it is the caller's own or one that it may act for.
async fn find<A: Accounts>(
    asked: Asked,
    caller: &Arc<Account>,
    accounts: &A,
) -> Result<Result<Arc<Account>, Wrong>, AccountError> {
    let text = match asked {
        Asked::LegacyDn(name) if name.eq_ignore_ascii_case(&legacy_dn(caller.mailbox)) => {
            return Ok(Ok(Arc::clone(caller)));
        }
        Asked::LegacyDn(_) => return Ok(Err(Wrong::Unknown)),
        Asked::Address(text) => text,
    };
    if !text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty()) {
        return Ok(Err(Wrong::BadAddress));
    }
    let found = match accounts.find(Handle::Smtp(&text)).await? {
        Some(account) => Some(account),
        // Users type what they sign in with.
        None => accounts.find(Handle::Login(&text)).await?,
    };
    let Some(account) = found.filter(|account| !account.disabled) else { return Ok(Err(Wrong::Unknown)) };
    let allowed =
        account.mailbox == caller.mailbox || accounts.may_act_for(caller.mailbox, account.mailbox).await?;
    Ok(if allowed { Ok(account) } else { Err(Wrong::Unknown) })
}

/// The name that stands for a mailbox where Exchange has the name of a directory entry.
fn legacy_dn(mailbox: MailboxId) -> String {
    format!("/o=ucs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={mailbox}")
}

fn settings(account: &Account, address: &Address) -> String {
    let (smtp, name) = (escaped(&account.primary_smtp), escaped(&legacy_dn(account.mailbox)));
    let (url, host) = (escaped(&address.url), escaped(&address.host));
    let mailbox = account.mailbox;
    let tls = if address.url.starts_with("https:") { "On" } else { "Off" };
    let protocol = |kind: &str| {
        format!(
            "<Protocol><Type>{kind}</Type><Server>{host}</Server><SSL>{tls}</SSL><AuthPackage>Basic</AuthPackage>\
             <ASUrl>{url}</ASUrl><EwsUrl>{url}</EwsUrl></Protocol>"
        )
    };
    let (inside, outside) = (protocol("EXCH"), protocol("EXPR"));
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover xmlns=\"{RESPONSE}\"><Response xmlns=\"{SETTINGS}\">\
         <User><DisplayName>{smtp}</DisplayName><LegacyDN>{name}</LegacyDN>\
         <AutoDiscoverSMTPAddress>{smtp}</AutoDiscoverSMTPAddress><DeploymentId>{mailbox}</DeploymentId></User>\
         <Account><AccountType>email</AccountType><Action>settings</Action>{inside}{outside}</Account>\
         </Response></Autodiscover>\n"
    )
}

fn error(wrong: Wrong) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, parts) = (now.as_secs() % 86_400, now.subsec_nanos() / 100);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let id = fastrand::u32(..);
    let (code, text) = (wrong.code(), wrong.text());
    let text = escaped(text);
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover xmlns=\"{RESPONSE}\"><Response>\
         <Error Time=\"{hour:02}:{minute:02}:{second:02}.{parts:07}\" Id=\"{id}\"><ErrorCode>{code}</ErrorCode>\
         <Message>{text}</Message><DebugData /></Error></Response></Autodiscover>\n"
    )
}

/// Reads a request. What it holds beside what is needed does no harm.
fn read(body: &[u8]) -> Result<Asked, Wrong> {
    let text = oxws::soap::decode(body).map_err(|_| Wrong::Invalid)?;
    let mut reader = NsReader::from_str(&text);
    let mut path: Vec<String> = Vec::new();
    let mut done = false;
    let (mut address, mut name, mut schema) = (None, None, None);
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| Wrong::Invalid)?;
        match event {
            Event::Start(_) | Event::Empty(_) if done || path.len() > 16 => return Err(Wrong::Invalid),
            Event::Start(start) => {
                let ours = matches!(namespace, ResolveResult::Bound(uri) if uri.as_ref() == REQUEST);
                let local = start.local_name().as_ref().to_owned();
                // Another namespace is another name.
                path.push(if ours { local } else { format!("?{local}") });
                match at(&path) {
                    ["Autodiscover", "Request", "EMailAddress"] => address = Some(String::new()),
                    ["Autodiscover", "Request", "LegacyDN"] => name = Some(String::new()),
                    ["Autodiscover", "Request", "AcceptableResponseSchema"] => schema = Some(String::new()),
                    _ => {}
                }
            }
            Event::End(_) => {
                path.pop();
                done = path.is_empty();
            }
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                let part = match event {
                    Event::Text(text) => text.xml10_content().into_owned(),
                    Event::CData(text) => text.xml10_content().into_owned(),
                    Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                        Ok(Some(c)) => c.to_string(),
                        Ok(None) => resolve_predefined_entity(&reference).ok_or(Wrong::Invalid)?.to_owned(),
                        Err(_) => return Err(Wrong::Invalid),
                    },
                    _ => String::new(),
                };
                let target = match at(&path) {
                    ["Autodiscover", "Request", "EMailAddress"] => &mut address,
                    ["Autodiscover", "Request", "LegacyDN"] => &mut name,
                    ["Autodiscover", "Request", "AcceptableResponseSchema"] => &mut schema,
                    _ => continue,
                };
                target.get_or_insert_default().push_str(&part);
            }
            Event::DocType(_) => return Err(Wrong::Invalid),
            Event::Eof if done => break,
            Event::Eof => return Err(Wrong::Invalid),
            _ => {}
        }
    }
    match schema.as_deref().map(str::trim) {
        Some(SETTINGS) => {}
        Some(_) => return Err(Wrong::Schema),
        None => return Err(Wrong::Invalid),
    }
    match (address, name) {
        (Some(address), _) => Ok(Asked::Address(address.trim().to_owned())),
        (None, Some(name)) => Ok(Asked::LegacyDn(name.trim().to_owned())),
        (None, None) => Err(Wrong::Invalid),
    }
}

/// A path as a slice to match; empty when it is too long to be of interest.
fn at(path: &[String]) -> [&str; 3] {
    match path {
        [a, b, c] => [a, b, c],
        _ => [""; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(children: &str) -> String {
        format!("<Autodiscover xmlns=\"{REQUEST}\"><Request>{children}</Request></Autodiscover>")
    }

    fn schema() -> String {
        format!("<AcceptableResponseSchema>{SETTINGS}</AcceptableResponseSchema>")
    }

    #[test]
    fn requests_are_read_in_any_spelling() {
        let asked = Ok(Asked::Address("o'neil&co@example.org".to_owned()));
        let address = "<EMailAddress>\n o&apos;neil&amp;c&#111;@example.org </EMailAddress>";
        let plain = request(&format!("{address}{}", schema()));
        assert_eq!(read(plain.as_bytes()), asked);
        assert_eq!(
            read(request(&format!("{}<New a='b'><EMailAddress/></New>{address}", schema())).as_bytes()),
            asked
        );
        let prefixed = format!(
            "<?xml version='1.0'?><a:Autodiscover xmlns:a='{REQUEST}'><a:Request><a:EMailAddress>\
             <![CDATA[o'neil&co@example.org]]></a:EMailAddress><a:AcceptableResponseSchema> {SETTINGS} \
             </a:AcceptableResponseSchema></a:Request></a:Autodiscover>"
        );
        assert_eq!(read(prefixed.as_bytes()), asked);
        let utf16: Vec<u8> =
            "\u{feff}".encode_utf16().chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&utf16), asked);
        let by_name = request(&format!("<LegacyDN>/o=a</LegacyDN>{}", schema()));
        assert_eq!(read(by_name.as_bytes()), Ok(Asked::LegacyDn("/o=a".to_owned())));
    }

    #[test]
    fn what_is_no_request_is_told_so() {
        let address = "<EMailAddress>a@example.org</EMailAddress>";
        let fine = request(&format!("{address}{}", schema()));
        assert!(read(fine.as_bytes()).is_ok());
        let invalid = [
            String::new(),
            "x".to_owned(),
            fine.replace("outlook/requestschema", "mobilesync/requestschema"),
            fine.replace("</Request>", ""),
            format!("{fine}<more/>"),
            format!("<!DOCTYPE a>{fine}"),
            fine.replace("a@", "&a;@"),
            request(address),
            request(&schema()),
            request(&"<a>".repeat(100)),
            fine.replace("Request>", "Other>"),
        ];
        for text in invalid {
            assert_eq!(read(text.as_bytes()), Err(Wrong::Invalid), "{text}");
        }
        assert_eq!(read(fine.replace("2006a", "2007").as_bytes()), Err(Wrong::Schema));
    }
}
