//! The configuration of the server: flags, then the TOML file, then the environment, then defaults.

mod check;
mod mistakes;
mod problem;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Value;

use crate::http;

pub use problem::{Place, Problem, Problems};
pub use read::{Reading, load, read};

/// What `ucs serve` runs by. Every key may be absent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen at; port 0 takes any that is free.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// The data directory.
    #[serde(deserialize_with = "folder")]
    pub data: PathBuf,
    /// Certificate and key; without them, plain HTTP.
    pub tls: Option<Tls>,
    /// Plain HTTP on other addresses than loopback: passwords and contacts go over the network as they are. For
    /// servers behind a proxy that does TLS.
    pub allow_plain_http: bool,
    /// Megabytes of lists, and of replies that show them, kept in memory.
    pub cache_megabytes: u64,
    /// What is logged.
    pub log: Log,
    /// Sign-in, limits, and the rest of the HTTP layer.
    pub http: http::Settings,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("ucs-data"),
            tls: None,
            allow_plain_http: false,
            cache_megabytes: 256,
            log: Log::default(),
            http: http::Settings::default(),
        }
    }
}

/// Files of the certificate, both PEM; read again when they change, and on SIGHUP.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// The chain, the server's certificate first. Must be set.
    pub certificate: PathBuf,
    /// Its key. Must be set.
    pub key: PathBuf,
}

/// What is logged, to standard error.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug` or `trace`; or directives such as `info,ucs::request=off`.
    pub level: String,
    /// As lines for people or as JSON.
    pub format: Format,
}

impl Default for Log {
    fn default() -> Log {
        Log { level: "info".to_owned(), format: Format::Text }
    }
}

/// The form of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Where the value of a key comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// The flag of the command with that name.
    Flag(String),
    /// The file.
    File(PathBuf),
    /// The environment variable of that name.
    Environment(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag(name) | Source::Environment(name) => f.write_str(name),
            Source::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// A configuration, and where its values come from.
#[derive(Clone, PartialEq, Debug)]
pub struct Effective {
    /// The configuration.
    pub config: Config,
    /// Key (`tls.certificate`), value and source of all that is set.
    pub set: BTreeMap<String, (Value, Source)>,
}

/// A folder, which has a name: without one, it would be whatever folder the process is in.
fn folder<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let path = PathBuf::deserialize(deserializer)?;
    match path.as_os_str().is_empty() {
        true => Err(serde::de::Error::custom("the name of the folder is empty")),
        false => Ok(path),
    }
}

/// An address with its port.
fn address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        let what = "is no IP address with a port, such as 127.0.0.1:8080 or [::]:443";
        serde::de::Error::custom(format!("{text:?} {what}"))
    })
}
