//! How a server is reached: the options of the command line, and passwords.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::builder::TypedValueParser as _;
use oxws::client::{BuildError, Builder, Client, RetryPolicy};
use oxws::oxwscdata::{
    ConnectingSid, ExchangeImpersonation, ExchangeVersion, NonEmptyString, RequestServerVersion,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

pub use super::explain::explain;
use super::output::Output;

/// How long a call waits in all when the server says that it is busy; Exchange asks for minutes.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// The server to talk to, and as whom.
///
/// The password is never an argument, where others could see it: it comes from the variable `UCS_PASSWORD`, from
/// the standard input, or from a prompt.
#[derive(Clone, clap::Args, Debug)]
pub struct Connection {
    /// Address of the service
    #[arg(
        long,
        env = "UCS_URL",
        value_name = "URL",
        help = "Address of the service, such as <https://mail.example.org/EWS/Exchange.asmx>"
    )]
    pub url: String,
    /// User to sign in as, with the password in UCS_PASSWORD or asked for; without one, no credentials are sent
    #[arg(long, env = "UCS_USER", value_name = "USER")]
    pub user: Option<String>,
    /// Read the password from the first line of the standard input
    #[arg(long, requires = "user", conflicts_with = "bearer_stdin")]
    pub password_stdin: bool,
    /// Sign in with a bearer token, read from the first line of the standard input (or set UCS_TOKEN)
    #[arg(long)]
    pub bearer_stdin: bool,
    /// Sign in by NTLM instead of Basic
    #[arg(long, requires = "user")]
    pub ntlm: bool,
    /// Act for the mailbox with this primary SMTP address (ExchangeImpersonation)
    #[arg(long, value_name = "SMTP")]
    pub impersonate: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub shared: Shared,
}

/// What all connections of a command have in common.
#[derive(Clone, clap::Args, Debug)]
pub struct Shared {
    /// Trust the certificates in this PEM file, too
    #[arg(
        long,
        env = "UCS_CA_FILE",
        value_name = "PEM",
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    pub ca_file: Option<PathBuf>,
    /// Seconds to wait for each reply
    #[arg(long, value_name = "SECONDS", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    /// Write JSON, for programs, and show no progress
    #[arg(long)]
    pub json: bool,
}

/// How to sign in.
pub enum Credentials {
    /// Not at all.
    None,
    /// By a token.
    Bearer(String),
    /// By user and password.
    Basic(String, String),
    /// By user and password, without sending it.
    Ntlm(String, String),
}

/// Names of the variables that hold secrets, and how the options are called in messages.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// Variable of the password.
    pub password: &'static str,
    /// Variable of the token.
    pub token: &'static str,
    /// What begins the options: nothing, `from-` or `to-`.
    pub prefix: &'static str,
}

impl Names {
    /// For commands with one server.
    pub const ONE: Names = Names { password: "UCS_PASSWORD", token: "UCS_TOKEN", prefix: "" };
    /// For the server to copy from.
    pub const FROM: Names = Names { password: "UCS_FROM_PASSWORD", token: "UCS_FROM_TOKEN", prefix: "from-" };
    /// For the server to copy to.
    pub const TO: Names = Names { password: "UCS_TO_PASSWORD", token: "UCS_TO_TOKEN", prefix: "to-" };
}

impl Connection {
    /// A client for the server. Asks for the password, if it is not given in another way.
    ///
    /// # Errors
    /// When there is no password, or an option is impossible.
    pub fn client(&self, names: Names, output: &mut Output) -> anyhow::Result<Client> {
        let credentials = self.credentials(names, output)?;
        self.client_with(&credentials, names)
    }

    /// How to sign in. Asks for the password, if it is not given in another way.
    ///
    /// # Errors
    /// When there is no password.
    pub fn credentials(&self, names: Names, output: &mut Output) -> anyhow::Result<Credentials> {
        // A variable that is set to nothing names nobody.
        let user = self.user.as_deref().filter(|user| !user.is_empty());
        let token = if self.bearer_stdin {
            Some(output.secret_line("the token")?)
        } else {
            variable(names.token).filter(|_| user.is_none())
        };
        Ok(match (token, user) {
            (Some(token), _) => Credentials::Bearer(token),
            (None, Some(user)) => {
                let (user, password) = (user.to_owned(), self.password(user, names, output)?);
                if self.ntlm { Credentials::Ntlm(user, password) } else { Credentials::Basic(user, password) }
            }
            (None, None) => Credentials::None,
        })
    }

    /// A client that signs in so.
    ///
    /// # Errors
    /// When an option is impossible.
    pub fn client_with(&self, credentials: &Credentials, names: Names) -> anyhow::Result<Client> {
        if !self.url.contains("://") {
            let url = without_user(&self.url);
            let host = url.split('/').next().filter(|host| !host.is_empty()).unwrap_or("HOST");
            let prefix = names.prefix;
            bail!(
                "--{prefix}url {url}: this is no URL: give all of it, mostly https://{host}/EWS/Exchange.asmx"
            );
        }
        let prefix = names.prefix;
        match self.builder(credentials)?.build() {
            Err(BuildError::CredentialsInUrl) => {
                bail!("the --{prefix}url holds a user or a password: give the user by --{prefix}user instead")
            }
            Err(BuildError::PlainTextCredentials) => bail!(
                "--{prefix}url {}: everybody on the way there could read the credentials: give a URL that begins with \
                 https:",
                self.url
            ),
            built => built.with_context(|| self.impossible(names)),
        }
    }

    /// What to say when there can be no client or transport.
    pub(super) fn impossible(&self, names: Names) -> String {
        format!("--{}url {}: no client can be made for it", names.prefix, without_user(&self.url))
    }

    /// What makes clients that sign in so.
    ///
    /// # Errors
    /// When an option is impossible.
    pub(super) fn builder(&self, credentials: &Credentials) -> anyhow::Result<Builder> {
        let mut builder = Client::builder(&self.url)
            .timeout(Duration::from_secs(self.shared.timeout))
            .retry(RetryPolicy::new().max_total_delay(LONGEST_WAIT))
            .user_agent(concat!("ucs/", env!("CARGO_PKG_VERSION")))
            .header_part(RequestServerVersion::new(ExchangeVersion::Exchange2013));
        // A variable that is set to nothing names no file.
        if let Some(path) = self.shared.ca_file.as_ref().filter(|path| !path.as_os_str().is_empty()) {
            builder = builder.root_certificate_pem(&certificates(path)?);
        }
        if let Some(address) = &self.impersonate {
            let sid = ConnectingSid::PrimarySmtpAddress(text(address).context("--impersonate is empty")?);
            builder = builder.header_part(ExchangeImpersonation::new(sid)).anchor_mailbox(address.as_str());
        }
        Ok(match credentials {
            Credentials::Bearer(token) => builder.bearer(token),
            Credentials::Basic(user, password) => builder.basic(user, password),
            Credentials::Ntlm(user, password) => builder.ntlm(user, password),
            Credentials::None => builder,
        })
    }

    /// The server and the mailbox, to tell runs apart.
    pub fn about(&self) -> String {
        let mailbox = self.impersonate.as_ref().or(self.user.as_ref()).map_or("", String::as_str);
        if mailbox.is_empty() { self.url.clone() } else { format!("{mailbox} at {}", self.url) }
    }

    fn password(&self, user: &str, names: Names, output: &mut Output) -> anyhow::Result<String> {
        let Names { password, prefix, .. } = names;
        if self.password_stdin {
            return output.secret_line("the password");
        }
        if let Some(password) = variable(password) {
            return Ok(password);
        }
        if !output.is_interactive() {
            bail!(
                "there is no password for {user}: set {password}, or give --{prefix}password-stdin and write it to \
                 the standard input"
            );
        }
        rpassword::prompt_password(format!("Password for {user}: ")).context("no password could be read")
    }
}

/// A URL to be shown, without the user and the password that it may hold.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    if scheme.is_empty() { format!("{host}{path}") } else { format!("{scheme}://{host}{path}") }
}

/// The certificates of a file, which must have some.
pub(super) fn certificates(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let pem = std::fs::read(path).with_context(|| format!("--ca-file {shown} cannot be read"))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    if all.with_context(|| format!("--ca-file {shown} is damaged"))?.is_empty() {
        bail!("--ca-file {shown} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
    }
    Ok(pem)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A text that the protocol wants filled.
///
/// # Errors
/// When it is empty.
pub fn text(text: &str) -> anyhow::Result<NonEmptyString> {
    NonEmptyString::new(text).map_err(|_| anyhow::anyhow!("an empty text cannot be sent"))
}
