//! On whose mailbox a request acts, and in which language (UCS I1 to I4).

use std::sync::Arc;

use oxws::oxwscdata::{ConnectingSid, ExchangeImpersonation, MailboxCulture};
use oxws::rt::{AnyElement, Error, ErrorKind};
use oxws::soap::{Extensions, Fault};

use super::reply::Failure;
use crate::accounts::{Account, Accounts, Handle, MailboxId};
use crate::contacts::Culture;
use crate::http::Principal;

/// The mailbox that a request acts on, and the language of its caller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) mailbox: MailboxId,
    pub(super) culture: Culture,
}

impl Caller {
    /// From what authentication found and what the headers ask for: another mailbox, a culture. What is known of the
    /// operation is told on the way.
    pub(super) async fn of<A: Accounts>(
        accounts: &A,
        operation: &'static str,
        wanted: Option<&ExchangeImpersonation>,
        culture: Option<&MailboxCulture>,
        extensions: &Extensions,
    ) -> Result<Caller, Failure> {
        // Only the transport says who asks; without it, nothing is anybody's.
        let Principal { account, underway } = extensions.get::<Principal>().ok_or_else(unauthenticated)?;
        underway.begin(operation);
        if underway.is_old() {
            // Boxed: rare.
            Box::pin(still_there(accounts, account)).await?;
        }
        let culture = Culture::of(culture.map(|culture| culture.value.as_str()));
        let mailbox = match wanted {
            None => account.mailbox,
            // Boxed: rare.
            Some(wanted) => Box::pin(impersonated(accounts, account, wanted)).await?.mailbox,
        };
        underway.on(mailbox);
        Ok(Caller { mailbox, culture })
    }
}

/// Refuses an account that was disabled or removed since its request was let in.
async fn still_there<A: Accounts>(accounts: &A, account: &Account) -> Result<(), Failure> {
    let found = accounts.find(Handle::Login(&account.login)).await?;
    match found.is_some_and(|found| found.mailbox == account.mailbox && !found.disabled) {
        true => Ok(()),
        false => Err(unauthenticated().into()),
    }
}

/// The account that a caller acts for (UCS I1 to I3).
async fn impersonated<A: Accounts>(
    accounts: &A,
    caller: &Account,
    wanted: &ExchangeImpersonation,
) -> Result<Arc<Account>, Failure> {
    let (handle, primary) = match &wanted.connecting_sid {
        ConnectingSid::PrincipalName(name) => (Handle::Login(name.get().trim()), false),
        ConnectingSid::Sid(sid) => (Handle::Sid(sid.get().trim()), false),
        ConnectingSid::PrimarySmtpAddress(address) => (Handle::Smtp(address.get().trim()), true),
        ConnectingSid::SmtpAddress(address) => (Handle::Smtp(address.get().trim()), false),
    };
    let (Handle::Login(name) | Handle::Sid(name) | Handle::Smtp(name)) = handle;
    if name.is_empty() {
        return Err(no_identity().into());
    }
    let target = accounts.find(handle).await?.filter(|target| !target.disabled);
    let Some(target) = target else {
        // Who may act for nobody does not learn which mailboxes there are.
        return Err(match accounts.may_act_for_any(caller.mailbox).await? {
            true => no_mailbox().into(),
            false => denied().into(),
        });
    };
    if target.mailbox != caller.mailbox && !accounts.may_act_for(caller.mailbox, target.mailbox).await? {
        return Err(denied().into());
    }
    if primary && target.primary_smtp.to_lowercase() != name.to_lowercase() {
        return Err(not_primary(&target.primary_smtp).into());
    }
    Ok(target)
}

fn unauthenticated() -> Fault {
    Fault::new("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
}

fn denied() -> Fault {
    Fault::new(
        "ErrorImpersonateUserDenied",
        "The account does not have permission to impersonate the requested user.",
    )
}

fn no_mailbox() -> Fault {
    Fault::new("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
}

fn no_identity() -> Fault {
    Fault::new(
        "ErrorInvalidExchangeImpersonationHeaderData",
        "The ExchangeImpersonation header must name exactly one user.",
    )
}

fn not_primary(primary: &str) -> Fault {
    let mut fault = Fault::new(
        "ErrorNonPrimarySmtpAddress",
        format!("The primary SMTP address must be specified: {primary}"),
    );
    let types = "http://schemas.microsoft.com/exchange/services/2006/types";
    let escaped = primary.replace('&', "&amp;").replace('<', "&lt;");
    let value = format!("<t:Value xmlns:t=\"{types}\" Name=\"Primary\">{escaped}</t:Value>");
    fault.message_xml.extend(AnyElement::parse(&value).ok());
    fault
}

/// The fault for an ExchangeImpersonation without an identity, which the schema refuses too: the reason is told by
/// its own code (UCS I3).
pub fn refine(error: &Error) -> Option<Fault> {
    // The path has the prefixes of the request.
    let steps = error.path().split('/').map(|step| step.rsplit(':').next().unwrap_or(step));
    let header = steps.skip(2).take(2).eq(["Header", "ExchangeImpersonation"]);
    (header && error.kind() == ErrorKind::Violation).then(no_identity)
}
