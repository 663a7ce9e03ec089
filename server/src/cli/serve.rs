//! `ucs serve`: puts the parts together, runs them, and ends well.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use oxws::oxwscos::ExchangeServiceServer;
use oxws::oxwspers::PersonaServiceServer;
use oxws::server::{Endpoint, Server};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::config::{self, Config, Format, Log};
use super::signals::{self, Signals};
use super::{demo, descriptors, text_path};
use crate::accounts::{Admin, SqliteAccounts};
use crate::http::metrics::Metrics;
use crate::http::tls::Certificates;
use crate::http::{App, Connections, Readiness, Refusals};
use crate::service::{ContactService, PeopleService, refine};
use crate::store::Observe;
use crate::store::sqlite::{Settings, SqliteDirectory, SqliteLists, file};

/// How often the certificate's files are looked at.
const CERTIFICATE_CHECK: Duration = Duration::from_secs(5);
/// How long work that nobody waits for any more may still take when the process ends.
const ABANDONED: Duration = Duration::from_secs(1);

/// Runs the server until it is told to stop.
#[derive(clap::Args, Debug)]
pub(super) struct Serve {
    /// The configuration, TOML [env: UCS_CONFIG, but for the demo].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port to listen at [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The data directory; made if there is none [default: ucs-data].
    #[arg(long, value_name = "DIR", value_parser = text_path())]
    pub data: Option<PathBuf>,
    /// Certificate chain, PEM; turns HTTPS on.
    #[arg(long, value_name = "FILE", requires = "tls_key", value_parser = text_path())]
    pub tls_certificate: Option<PathBuf>,
    /// Key of the certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate", value_parser = text_path())]
    pub tls_key: Option<PathBuf>,
    /// The URL by which clients reach the server, when a proxy changes it.
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Plain HTTP on addresses other than loopback, for a server behind a proxy that does TLS.
    #[arg(long)]
    pub allow_plain_http: bool,
    /// Megabytes for lists in memory [default: 256].
    #[arg(long, value_name = "NUMBER")]
    pub cache_megabytes: Option<String>,
    /// What is logged: a level, or directives [default: info].
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Form of the log: text or json [default: text].
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// Needs nothing: temporary data, and an account whose password is printed.
    #[arg(long, conflicts_with_all = ["data", "config"])]
    pub demo: bool,
}

impl Serve {
    /// The file of the configuration. The demo, which needs nothing, has none.
    fn file(&self) -> Option<PathBuf> {
        let variable = || std::env::var_os("UCS_CONFIG").filter(|_| !self.demo).map(PathBuf::from);
        self.config.clone().or_else(variable)
    }

    /// The flags as a table, which goes over the file and the environment.
    pub(super) fn table(&self) -> toml::Table {
        let mut table = toml::Table::new();
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let mut text = |key: &[&str], value: Option<String>| {
            let Some(value) = value else { return };
            let mut inner = &mut table;
            for name in &key[..key.len() - 1] {
                let entry = inner.entry(*name).or_insert_with(|| toml::Table::new().into());
                match entry.as_table_mut() {
                    Some(next) => inner = next,
                    None => return,
                }
            }
            inner.insert(key[key.len() - 1].to_owned(), value.into());
        };
        text(&["listen"], self.listen.clone());
        text(&["data"], path(&self.data));
        text(&["tls", "certificate"], path(&self.tls_certificate));
        text(&["tls", "key"], path(&self.tls_key));
        text(&["http", "public_url"], self.public_url.clone());
        text(&["log", "level"], self.log_level.clone());
        text(&["log", "format"], self.log_format.clone());
        if let Some(text) = &self.cache_megabytes {
            // What is too much or no number is told by the configuration's own check, with all else that is wrong.
            let megabytes = match (text.parse::<i64>(), text.parse::<u64>()) {
                (Ok(megabytes), _) => megabytes.into(),
                (_, Ok(_)) => i64::MAX.into(),
                _ => toml::Value::from(text.as_str()),
            };
            table.insert("cache_megabytes".to_owned(), megabytes);
        }
        if self.allow_plain_http {
            table.insert("allow_plain_http".to_owned(), true.into());
        }
        table
    }
}

/// What is there before the server listens.
struct Prepared {
    config: Config,
    demo: Option<demo::Demo>,
    held: file::File,
    connection: rusqlite::Connection,
    certificates: Option<Arc<Certificates>>,
}

/// Runs `ucs serve`.
///
/// # Errors
/// When the configuration is wrong, the data cannot be opened, or the address is taken.
pub(super) fn run(arguments: Serve) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no threads for the server")?;
    let served = runtime.block_on(async move {
        // First of all: a signal that comes while the server starts must not end it half way.
        let mut signals = Signals::new()?;
        let mut preparing = tokio::task::spawn_blocking(move || prepare(&arguments));
        tokio::select! {
            prepared = &mut preparing => serve(prepared.context("the start failed")??, signals).await,
            () = signals::starting() => Ok(()),
            () = signals.stop() => {
                // What it has begun, it may finish: then nothing is left behind.
                let _ = tokio::time::timeout(ABANDONED, preparing).await;
                Ok(())
            }
        }
    });
    runtime.shutdown_timeout(ABANDONED);
    served
}

/// Reads the configuration and opens the data: may take a while.
fn prepare(arguments: &Serve) -> Result<Prepared> {
    let reading = config::read(arguments.table(), arguments.file().as_deref(), std::env::vars_os());
    let mut config = reading.checked()?.config;
    let demo = match arguments.demo {
        true => Some(demo::Demo::new(&mut config)?),
        false => None,
    };
    log(&config.log)?;
    let connections = config.http.limits.connections;
    if let Some(files) = descriptors::provide(connections) {
        tracing::warn!(
            files,
            connections,
            "fewer open files are allowed than http.limits.connections needs: raise that limit (ulimit -n, LimitNOFILE)"
        );
    }
    let (held, mut connection) = file::open_for_server(&config.data)?;
    if demo.is_none() && Admin::new(&mut connection).is_empty()? {
        tracing::warn!("there are no accounts yet: ucs user add LOGIN --data {}", config.data.display());
    }
    let load = |tls: &config::Tls| {
        Certificates::load(&tls.certificate, &tls.key)
            .with_context(|| format!("the certificate {}", tls.certificate.display()))
    };
    let certificates = config.tls.as_ref().map(load).transpose()?;
    Ok(Prepared { config, demo, held, connection, certificates })
}

async fn serve(prepared: Prepared, signals: Signals) -> Result<()> {
    let Prepared { config, demo, held, connection, certificates } = prepared;
    let metrics = Arc::new(Metrics::new());
    let cache = config.cache_megabytes << 20;
    let observer = Arc::new(Observed(metrics.clone()));
    // A quarter for lists; a reply that shows one is larger.
    let settings = Settings { cache_bytes: cache / 4, observer, ..Settings::default() };
    let lists = Arc::new(SqliteLists::open(held.connector(), settings)?);
    let accounts = Arc::new(SqliteAccounts::open(held.connector())?);
    let service = ContactService::new(lists.clone(), accounts.clone(), held.key(), cache / 4 * 3);
    let people = SqliteDirectory::open(held.connector())?;
    let people = PeopleService::new(lists.clone(), accounts.clone(), people, held.key());
    let services = (ExchangeServiceServer(service), PersonaServiceServer(people));
    let limits = &config.http.limits;
    let mut endpoint = limits.endpoint(Endpoint::builder(services));
    endpoint = endpoint.refine(Arc::new(refine));
    if let Some(url) = config.http.endpoint_url()? {
        endpoint = endpoint.address(url);
    }
    let readiness = Arc::new(Readiness::with_check(move || {
        let lists = lists.clone();
        async move { lists.works().await }
    }));
    let connections = Connections::new(&config.http, metrics.clone())?;
    let refusals = Refusals::new(metrics.clone());
    let app = App::builder(endpoint.build(), accounts, config.http.clone())
        .metrics(metrics)
        .readiness(readiness.clone())
        .build()?;
    let mut server = limits.server(Server::new()).admit(move |peer| connections.admit(peer));
    server = server.on_refusal(move |peer, why, detail| refusals.tell(peer, why, detail));
    if let Some(certificates) = &certificates {
        server = server.tls(certificates.server_config()?);
        tokio::spawn(certificates.clone().watch(CERTIFICATE_CHECK));
    }
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        let guess = match error.kind() {
            std::io::ErrorKind::AddrInUse => "; is another server running?",
            _ => "",
        };
        anyhow::Error::new(error).context(format!("cannot listen at {}{guess}", config.listen))
    })?;
    let address = listener.local_addr().context("no address")?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{address}/EWS/Exchange.asmx");
    tracing::info!(url, data = %config.data.display(), "listening");
    // Who starts the server may have closed its end.
    let _ = writeln!(std::io::stdout(), "listening at {url}; Ctrl-C ends");
    if let Some(demo) = &demo {
        demo.explain(&url);
    }
    signals::tell(sd_notify::NotifyState::Ready);
    tokio::spawn(signals::watchdog());
    let (end, ended) = oneshot::channel();
    let drain = Duration::from_secs(limits.drain_seconds);
    let serving = server.serve_until(listener, app, async {
        // An error is the end as well.
        let _ = ended.await;
    });
    tokio::select! {
        served = serving => served.context("serving failed")?,
        () = signals::until_stopped(signals, certificates.as_ref(), &readiness, drain, end) => {}
    }
    match file::settle(&connection) {
        Ok(true) => {}
        Ok(false) => tracing::info!("others use the database: the last changes stay in its log, ucs.db-wal"),
        Err(error) => tracing::warn!(%error, "the last changes stay in the log of the database, ucs.db-wal"),
    }
    tracing::info!("stopped");
    drop(held);
    Ok(())
}

/// Begins to log to standard error.
fn log(settings: &Log) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.level).context("log.level")?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would tell by eprintln!, which panics where nobody reads the standard error any more.
        .log_internal_errors(false);
    let begun = match settings.format {
        Format::Json => lines.json().try_init(),
        Format::Text => {
            use std::io::IsTerminal;
            lines.with_ansi(std::io::stderr().is_terminal()).try_init()
        }
    };
    begun.map_err(|error| anyhow::anyhow!("the log cannot begin: {error}"))
}

/// Counts what the store does.
struct Observed(Arc<Metrics>);

impl Observe for Observed {
    fn committed(&self, commands: usize, time: Duration) {
        self.0.committed(commands, time);
    }

    fn waiting(&self, more: i64) {
        self.0.commit_queue(more);
    }

    fn looked_up(&self, in_memory: bool) {
        if in_memory { self.0.cache_hit() } else { self.0.cache_miss() }
    }
}

/// The data directory of a command: as the flag says, the configuration, or the default.
pub(super) fn data(flag: Option<&Path>, config: Option<&Path>) -> Result<PathBuf> {
    let mut table = toml::Table::new();
    if let Some(data) = flag {
        table.insert("data".to_owned(), data.to_string_lossy().into_owned().into());
    }
    Ok(config::load(table, config, std::env::vars_os())?.config.data)
}
