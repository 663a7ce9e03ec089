//! Errors of calls in words: what to do about them, where that is known.

use std::error::Error as StdError;

use oxws::client::{Error, StatusError, TransportErrorKind};
use rustls::CertificateError;

/// An error of a call that may have changed something, with what to do about it where that is known.
pub fn explain(error: Error) -> anyhow::Error {
    if let Some(hint) = hint(&error) {
        return anyhow::Error::new(error).context(hint);
    }
    if error.outcome_unknown() {
        let again = "it is unknown whether the server did it; run the command again to see and go on";
        return anyhow::Error::new(error).context(again);
    }
    anyhow::Error::new(error)
}

/// An error of a call that reads, with what to do about it where that is known.
pub fn explain_read(error: Error) -> anyhow::Error {
    let what_is_there = match &error {
        Error::Undecodable(_) => Some(
            "what answers there does not speak the protocol: check the URL, mostly https://HOST/EWS/Exchange.asmx",
        ),
        Error::Transport(broken) if broken.kind() == TransportErrorKind::Interrupted => Some(
            "the connection broke: check whether the URL begins with http or https rightly, and try again",
        ),
        Error::Status(status) if status.status.is_server_error() => {
            Some("the server, or one in front of it, has failed: try again later")
        }
        _ => None,
    };
    match hint(&error).or(what_is_there.map(str::to_owned)) {
        Some(hint) => anyhow::Error::new(error).context(hint),
        None => anyhow::Error::new(error),
    }
}

/// What to do, whatever the call was.
fn hint(error: &Error) -> Option<String> {
    let text = match error {
        Error::Transport(failed) => match failed.kind() {
            TransportErrorKind::Connect => {
                "the server cannot be reached: check the URL, and whether the server runs"
            }
            TransportErrorKind::Tls => return Some(certificate(error)),
            _ => return None,
        },
        Error::Status(status) => match status.status.as_u16() {
            401 => return Some(unauthorized(status)),
            407 => "the proxy wants to know who asks: give the user and the password in the URL of the proxy",
            403 => "the server forbids this: check what the user may do",
            404 | 405 => "there is no such service: check the path of the URL, mostly /EWS/Exchange.asmx",
            429 | 503 => "the server has too much to do, or is not in service: try again later",
            300..=399 => {
                let to = status.location().map(|location| format!(", to {location}")).unwrap_or_default();
                return Some(format!("the server sends elsewhere{to}: give the URL of the service itself"));
            }
            _ => return None,
        },
        _ => match error.code() {
            Some("ErrorImpersonateUserDenied") => {
                "the user may not act for that mailbox: an administrator of the server has to allow it (there, by \
                 `ucs grant add`)"
            }
            Some("ErrorNonPrimarySmtpAddress") => "act for the mailbox by its primary address",
            Some("ErrorServerBusy") => "the server has too much to do: try again later",
            _ => return None,
        },
    };
    Some(text.to_owned())
}

/// What to do about a 401, which says what the server takes.
fn unauthorized(status: &StatusError) -> String {
    let offers = status.headers.get_all(http::header::WWW_AUTHENTICATE).iter();
    let offers = offers.filter_map(|value| value.to_str().ok()?.split([' ', ',']).next());
    let offers = offers.collect::<Vec<_>>().join(", ");
    let takes = if offers.is_empty() { String::new() } else { format!("; it takes {offers}") };
    format!(
        "the server does not accept the credentials: check the user and the password, or the token (without either, none \
         are sent){takes}"
    )
}

/// What is wrong with the certificate of a server, if it is that.
fn certificate(error: &Error) -> String {
    let text = match tls(error) {
        Some(rustls::Error::InvalidCertificate(problem)) => match problem {
            CertificateError::UnknownIssuer => {
                "the server's certificate is of no authority that is trusted here: if it is the right one, give it, or \
                 that of its authority, by --ca-file"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the server's certificate has expired: it needs a new one (or the clock here is wrong)"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet: is the clock here right?"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the server's certificate is for other names: use one of them in the URL"
            }
            // A type of the verifier that can be told by its text alone.
            other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                "the server shows the certificate of an authority, which is none for servers: `openssl req -x509` \
                 makes a right one with -addext basicConstraints=critical,CA:FALSE"
            }
            _ => "the server's certificate is not trusted here: if it is the right one, give it by --ca-file",
        },
        _ => "there is no TLS there: check the URL, and whether it should begin with http:",
    };
    text.to_owned()
}

/// The error of TLS behind an error.
fn tls(error: &Error) -> Option<&rustls::Error> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // What an error of reading and writing holds is not among its sources, but the sources of that are.
        let mut held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        while let Some(inner) = held {
            if let Some(found) = inner.downcast_ref() {
                return Some(found);
            }
            held = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        }
        next = error.source();
    }
    None
}
