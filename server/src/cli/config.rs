//! The configuration of the server: flags, then the TOML file, then the environment, then defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use toml::{Table, Value};

use tracing_subscriber::filter::LevelFilter;

use crate::http;

/// A megabyte more would be no number of bytes any more, by far.
const MOST_MEGABYTES: u64 = 1 << 30;

/// What `ucs serve` runs by. Every key may be absent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen at; port 0 takes any that is free.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// The data directory.
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
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, the server's certificate first.
    pub certificate: PathBuf,
    /// Its key.
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
    /// A flag of the command.
    Flag,
    /// The file.
    File(PathBuf),
    /// The environment variable of that name.
    Environment(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag => f.write_str("flag"),
            Source::File(path) => write!(f, "{}", path.display()),
            Source::Environment(name) => f.write_str(name),
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

/// An address with its port.
fn address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        let what = "is no IP address with a port, such as 127.0.0.1:8080 or [::]:443";
        serde::de::Error::custom(format!("{text:?} {what}"))
    })
}

/// What is wrong, in one line: which key it is comes after it in another.
fn in_one_line(error: toml::de::Error) -> anyhow::Error {
    let text = error.to_string();
    let text = text.lines().map(str::trim).collect::<Vec<_>>().join(", ");
    anyhow::anyhow!("{}", with_suggestion(&text))
}

/// The text of an error, with the key that was meant where it is on one that there is not: it lists all that there are.
fn with_suggestion(text: &str) -> String {
    let mut names = text.split('`').skip(1).step_by(2);
    let unknown = names.next().filter(|_| text.contains("unknown field"));
    let near = unknown.and_then(|unknown| {
        let distances = names.map(|name| (distance(unknown, name), name));
        distances.min().filter(|(distance, name)| *distance <= 2.min(name.len() / 2))
    });
    match near {
        Some((_, name)) => format!("{text}; did you mean `{name}`?"),
        None => text.to_owned(),
    }
}

/// How many letters must be put in, left out or changed to make one word of another.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, from) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, to) in other.chars().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Variables of the client commands, which are no configuration.
const OF_CLIENTS: [&str; 14] = [
    "UCS_CONFIG",
    "UCS_URL",
    "UCS_USER",
    "UCS_PASSWORD",
    "UCS_TOKEN",
    "UCS_FROM_URL",
    "UCS_FROM_USER",
    "UCS_FROM_PASSWORD",
    "UCS_FROM_TOKEN",
    "UCS_TO_URL",
    "UCS_TO_USER",
    "UCS_TO_PASSWORD",
    "UCS_TO_TOKEN",
    "UCS_CA_FILE",
];

/// Puts a configuration together.
///
/// An environment variable is named like its key: `UCS_LISTEN`; two underscores lead into a table:
/// `UCS_HTTP__AUTH__REALM`. Its value is read as TOML, and as text when it is none.
///
/// # Errors
/// When the file cannot be read, or a value is not what it must be, with its place.
pub fn load(
    flags: Table,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Effective> {
    let mut set = BTreeMap::new();
    let mut table = Table::new();
    let mut variables: Vec<_> = environment
        .into_iter()
        .filter(|(name, _)| name.starts_with("UCS_") && !OF_CLIENTS.contains(&name.as_str()))
        .collect();
    variables.sort();
    for (name, text) in variables {
        let key = name.trim_start_matches("UCS_").to_ascii_lowercase().replace("__", ".");
        let value =
            toml::from_str::<Table>(&format!("v = {text}")).ok().and_then(|mut table| table.remove("v"));
        let with = |value: Value| -> Result<Table> {
            let mut table = table.clone();
            put(&mut table, &key, value)?;
            Config::deserialize(table.clone()).map_err(in_one_line)?;
            Ok(table)
        };
        // A text may look like a number: a folder that is called 2024.
        let read = match value {
            Some(value) => with(value).or_else(|error| with(Value::String(text)).map_err(|_| error)),
            None => with(Value::String(text)),
        };
        table = read.with_context(|| format!("the environment variable {name}"))?;
        note(&mut set, &key, &table, &Source::Environment(name));
    }
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        let of_file: Table = parse(path, &text)?;
        // For the place of what is wrong: a merged table has none.
        parse::<Config>(path, &text)?;
        merge(&mut table, of_file, "", &mut set, &Source::File(path.to_owned()));
    }
    merge(&mut table, flags, "", &mut set, &Source::Flag);
    let config = Config::deserialize(table).map_err(in_one_line).context("the flags")?;
    Ok(Effective { config, set })
}

/// Reads TOML, with file, line and column of what is wrong.
fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        anyhow::anyhow!("{}:{line}:{column}: {}", path.display(), with_suggestion(error.message()))
    })
}

/// Sets the value of a dotted key.
fn put(table: &mut Table, key: &str, value: Value) -> Result<()> {
    match key.split_once('.') {
        None => drop(table.insert(key.to_owned(), value)),
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| Value::Table(Table::new()));
            match inner {
                Value::Table(inner) => put(inner, rest, value)?,
                _ => bail!("{first} is a value, and cannot hold {rest}"),
            }
        }
    }
    Ok(())
}

fn note(set: &mut BTreeMap<String, (Value, Source)>, key: &str, table: &Table, source: &Source) {
    let mut value = table.get(key.split('.').next().unwrap_or(key));
    for part in key.split('.').skip(1) {
        value = value.and_then(|value| value.get(part));
    }
    if let Some(value) = value {
        set.insert(key.to_owned(), (value.clone(), source.clone()));
    }
}

/// Puts one table over another, key by key.
fn merge(
    under: &mut Table,
    over: Table,
    prefix: &str,
    set: &mut BTreeMap<String, (Value, Source)>,
    source: &Source,
) {
    for (name, value) in over {
        let key = format!("{prefix}{name}");
        match (under.get_mut(&name), value) {
            (Some(Value::Table(under)), Value::Table(over)) => {
                merge(under, over, &format!("{key}."), set, source);
            }
            (_, Value::Table(over)) => {
                let mut inner = Table::new();
                merge(&mut inner, over, &format!("{key}."), set, source);
                under.insert(name, Value::Table(inner));
            }
            (_, value) => {
                set.insert(key, (value.clone(), source.clone()));
                under.insert(name, value);
            }
        }
    }
}

impl Config {
    /// What would keep a server from running by it, or make it unsafe.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.tls.is_none() && !self.allow_plain_http && !self.listen.ip().is_loopback() {
            problems.push(format!(
                "{} is not loopback, and there is no certificate: set tls.certificate and tls.key, or \
                 allow_plain_http if a proxy does TLS",
                self.listen
            ));
        }
        if let Some(tls) = &self.tls
            && let Err(error) = http::tls::Certificates::load(&tls.certificate, &tls.key)
        {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            problems.push(format!("{}: {error}{cause}", tls.certificate.display()));
        }
        if let Err(error) = self.http.check() {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            problems.push(format!("http: {error}{}", cause.unwrap_or_default()));
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log.level) {
            problems.push(format!("log.level: {error}"));
        }
        // A word that is no level would be the name of a part of the program, of which nothing else is logged.
        let level = self.log.level.trim();
        if !level.contains(['=', ',', '[', ':']) && level.parse::<LevelFilter>().is_err() {
            problems.push(format!("log.level: {level:?} is none of error, warn, info, debug, trace and off"));
        }
        if self.cache_megabytes > MOST_MEGABYTES {
            problems.push(format!("cache_megabytes: {} is more than any machine has", self.cache_megabytes));
        }
        for (key, value) in self.http.at_least_one() {
            if value == 0 {
                problems.push(format!("http.{key}: with 0 no request could be answered"));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn flags(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ucs.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn flags_come_before_the_file_and_the_file_before_the_environment() {
        let (_folder, path) =
            file("cache_megabytes = 2\nlisten = \"127.0.0.1:2\"\n[http.auth]\nrealm = \"file\"\n");
        let variables = variables(&[
            ("UCS_CACHE_MEGABYTES", "3"),
            ("UCS_LISTEN", "127.0.0.1:3"),
            ("UCS_DATA", "/three"),
            ("UCS_HTTP__AUTH__REALM", "environment"),
            ("UCS_HTTP__AUTH__BASIC", "false"),
            ("UCS_PASSWORD", "is none of this"),
            ("UCS_HTTP__PUBLIC_URL", "2024"),
        ]);
        let effective = load(flags("listen = \"127.0.0.1:1\""), Some(&path), variables).unwrap();
        let Config { listen, data, cache_megabytes, http, .. } = effective.config;
        assert_eq!((listen.port(), data, cache_megabytes), (1, PathBuf::from("/three"), 2));
        assert_eq!((http.auth.realm.as_str(), http.auth.basic), ("file", false));
        assert_eq!(http.public_url.as_deref(), Some("2024"));
        assert_eq!(effective.set["listen"].1, Source::Flag);
        assert_eq!(effective.set["http.auth.realm"].1, Source::File(path));
        assert_eq!(effective.set["data"].1, Source::Environment("UCS_DATA".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let (_folder, path) = file("data = \"x\"\n  cache = 5\n");
        let error = load(Table::new(), Some(&path), []).unwrap_err().to_string();
        assert!(error.contains("ucs.toml:2:3: unknown field `cache`"), "{error}");
        let error = load(Table::new(), None, variables(&[("UCS_CACHE_MEGABYTES", "much")])).unwrap_err();
        assert!(format!("{error:#}").contains("UCS_CACHE_MEGABYTES"), "{error:#}");
        let error = load(Table::new(), None, variables(&[("UCS_CASH", "1")])).unwrap_err();
        assert!(format!("{error:#}").contains("unknown field `cash`"), "{error:#}");
        let error = load(Table::new(), Some(Path::new("/nowhere/ucs.toml")), []).unwrap_err().to_string();
        assert!(error.contains("/nowhere/ucs.toml"), "{error}");
    }

    #[test]
    fn a_misspelt_key_is_told_with_the_one_that_was_meant() {
        for (text, meant) in [
            ("lisen = 1", Some("listen")),
            ("[http.limit]", Some("limits")),
            ("[http.limits]\nconections = 1", Some("connections")),
            ("[http.auth.jwt]\nisuer = \"i\"", Some("issuer")),
            ("colour = 1", None),
        ] {
            let (_folder, path) = file(text);
            let error = load(Table::new(), Some(&path), []).unwrap_err().to_string();
            assert!(error.contains("unknown field"), "{error}");
            let told = error.split_once("did you mean `").map(|(_, told)| told.trim_end_matches("`?"));
            assert_eq!(told, meant, "{error}");
        }
        let error = load(Table::new(), None, variables(&[("UCS_LISTN", "1")])).unwrap_err();
        assert!(format!("{error:#}").contains("did you mean `listen`?"), "{error:#}");
        assert_eq!((distance("", "ab"), distance("abc", "abc"), distance("kitten", "sitting")), (2, 0, 3));
    }

    #[test]
    fn plain_http_is_for_loopback() {
        let of = |text| load(flags(text), None, []).unwrap().config.problems();
        assert_eq!(of(""), [""; 0]);
        assert_eq!(of("listen = \"[::1]:80\""), [""; 0]);
        assert!(of("listen = \"0.0.0.0:80\"")[0].contains("allow_plain_http"));
        assert_eq!(of("listen = \"0.0.0.0:80\"\nallow_plain_http = true"), [""; 0]);
        assert!(of("log.level = \"ucs=loud\"")[0].contains("log.level"));
        assert!(of("log.level = \"verbose\"")[0].contains("verbose"));
        assert_eq!(of("log.level = \"info,ucs::request=off\""), [""; 0]);
        assert!(of("cache_megabytes = 9007199254740993")[0].contains("cache_megabytes"));
        for key in ["limits.body_bytes", "limits.header_bytes", "concurrency.requests"] {
            let text = format!("http.{key} = 0");
            let problems = load(flags(&text), None, []).unwrap().config.problems();
            assert!(problems[0].contains(key), "{problems:?}");
        }
        assert!(of("http.public_url = \"contacts.example.org\"")[0].contains("public_url"));
        assert!(of("http.auth.basic = false")[0].contains("no way to sign in"));
        assert!(of("[http.auth.jwt]\nissuer = \"i\"")[0].contains("jwt.audience must be set"));
        assert!(of("[http.auth.trusted_proxy]\nheader = \"X-User\"")[0].contains("trusted_proxy.addresses"));
        let keys =
            of("[http.auth.jwt]\nissuer = \"i\"\naudience = [\"a\"]\njwks_file = \"/nowhere/keys.json\"");
        assert!(keys[0].contains("/nowhere/keys.json"));
        assert!(of("[tls]\ncertificate = \"/nowhere\"\nkey = \"/nowhere\"")[0].contains("/nowhere"));
    }
}
