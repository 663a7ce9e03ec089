//! `ucs serve --demo`: a server that needs nothing and leaves nothing behind.

use std::io::Write as _;

use anyhow::{Context, Result};

use super::config::Config;
use crate::accounts::{Admin, NewAccount};
use crate::http::hash_password;
use crate::people::Details;
use crate::store::sqlite::{DirectoryAdmin, file};

/// The account of the demo.
const LOGIN: &str = "demo@example.org";

/// Whom the directory of the demo has.
const PEOPLE: [(&str, &str); 2] = [("ann@example.org", "Ann Example"), ("bob@example.org", "Bob Example")];

/// Temporary data with one account and two people in the directory; gone when it is dropped.
#[derive(Debug)]
pub(super) struct Demo {
    _folder: tempfile::TempDir,
    password: String,
}

impl Demo {
    /// Makes the data, and has the configuration use it.
    pub(super) fn new(config: &mut Config) -> Result<Demo> {
        let folder = tempfile::Builder::new().prefix("ucs-demo-").tempdir().context("no temporary folder")?;
        config.data = folder.path().to_owned();
        let mut bytes = [0; 9];
        getrandom::fill(&mut bytes).context("no random numbers")?;
        let password = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE, bytes);
        let mut connection = file::open_or_create(&config.data)?;
        let hash = hash_password(&password)?;
        Admin::new(&mut connection).add(&NewAccount::new(LOGIN, Some(hash)))?;
        let people = PEOPLE.map(|(email, name)| Details {
            display_name: name.to_owned(),
            company: Some("Contoso".to_owned()),
            ..Details::new(email)
        });
        DirectoryAdmin::new(&mut connection).put(people, false, || {})?;
        Ok(Demo { _folder: folder, password })
    }

    /// Prints the account and requests to paste.
    pub(super) fn explain(&self, url: &str) {
        let Demo { password, .. } = self;
        let body = "<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\">\
            <Header><RequestServerVersion xmlns=\"http://schemas.microsoft.com/exchange/services/2006/types\" \
            Version=\"Exchange2013\"/></Header><Body><AddImGroup \
            xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><DisplayName>Friends</DisplayName>\
            </AddImGroup></Body></Envelope>";
        // Who starts the server may have read enough and closed its end.
        let _ = writeln!(
            std::io::stdout(),
            "\nA demo: its data is temporary and goes when it ends.\n\n  account   {LOGIN}\n  password  {password}\n\n\
             From another terminal:\n\n  curl -u {LOGIN}:{password} -H 'Content-Type: text/xml' {url} -d '{body}'\n\n\
             or, with the client commands:\n\n  export UCS_URL={url} UCS_USER={LOGIN} UCS_PASSWORD={password}\n  \
             ucs group add Friends\n  ucs contact add jane@example.org --group Friends\n  ucs list\n  \
             ucs people example\n"
        );
    }
}
