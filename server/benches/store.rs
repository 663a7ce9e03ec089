//! Durable writes against bare SQLite, on the disk that the target folder is on: AddNewImContactToGroup of the store by
//! itself and of a whole server over HTTP, with 1, 16 and 64 clients, each with a mailbox of its own.
//!
//! The measure is rusqlite writing the same rows (a contact, and the head of its list) without any of the rules: by one
//! thread that commits each write by itself, and by one that commits all that wait together. Contenders take turns
//! within a round. Prints lines of words and numbers: `fsync PER_SECOND`,
//! `write CLIENTS CONTENDER PER_SECOND P50_US P90_US P99_US`, `half PER_SECOND P50_US P90_US P99_US`: the last are
//! latencies of the server when 64 clients ask for half of what it can do.
//!
//! `cargo bench -p ucs --bench store -- [ROUNDS]`

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to report")]

mod common;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::{Caller, Process, adding, contact, login, percentile};
use rusqlite::{Connection, params};
use tokio::sync::{Mutex, mpsc, oneshot};
use ucs::accounts::MailboxId;
use ucs::contacts::Culture;
use ucs::store::Lists;
use ucs::store::sqlite::{Settings, SqliteLists, file};

const CLIENTS: [u64; 3] = [1, 16, 64];
/// Contacts in a mailbox; then a client takes its next one.
const FULL: u64 = 900;
/// Mailboxes of a client.
const MAILBOXES: u64 = 4;
const TIME: Duration = Duration::from_millis(700);

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let rounds = numbers.next().unwrap_or(5);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for _ in 0..rounds {
        for clients in CLIENTS {
            println!("fsync {:.0}", fsyncs(folder.path()));
            runtime.block_on(durable_writes(folder.path(), clients));
        }
        runtime.block_on(half_load(folder.path()));
    }
}

/// How often a second the disk makes a block durable that was written.
fn fsyncs(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("block")).unwrap();
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_millis(300) {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

static FOLDERS: AtomicU64 = AtomicU64::new(0);

/// A data directory of its own for each measurement.
fn fresh(folder: &Path) -> PathBuf {
    let data = folder.join(FOLDERS.fetch_add(1, Ordering::Relaxed).to_string());
    drop(file::open_or_create(&data).unwrap());
    data
}

/// One AddNewImContactToGroup, durable when it returns.
trait Writer: Send + Sync + 'static {
    fn write(&self, client: u64, at: u64) -> impl Future<Output = ()> + Send;
}

fn mailbox(client: u64, at: u64) -> MailboxId {
    let mut id = [0; 16];
    // Spread as random ids are.
    let number = client << 32 | (at / FULL);
    id[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    MailboxId(id)
}

impl Writer for SqliteLists {
    async fn write(&self, client: u64, at: u64) {
        Lists::write(self, mailbox(client, at), contact(at), Culture::default()).await.unwrap().unwrap();
    }
}

/// A server, with a connection for each client.
struct Server {
    _process: Process,
    callers: Vec<Mutex<Caller>>,
}

impl Server {
    async fn start(data: &Path, clients: u64) -> Server {
        common::fill(data, 0..clients * MAILBOXES, 0);
        let process = Process::start(data, 256);
        let mut callers = Vec::new();
        for client in 0..clients {
            let mut caller = Caller::new(process.address).await;
            caller.ask(&common::request(&login(client * MAILBOXES), "GetImItemList", "")).await;
            callers.push(Mutex::new(caller));
        }
        Server { _process: process, callers }
    }
}

impl Writer for Server {
    async fn write(&self, client: u64, at: u64) {
        assert!(at / FULL < MAILBOXES, "the mailboxes are full");
        let request = adding(&login(client * MAILBOXES + at / FULL), at);
        self.callers[client as usize].lock().await.ask(&request).await;
    }
}

/// Bare rusqlite: the rows of the same operation, by one thread.
struct Bare(mpsc::Sender<(u64, u64, oneshot::Sender<()>)>);

impl Bare {
    /// Commits at most so many writes together.
    fn new(data: &Path, most: usize) -> Bare {
        let connection = file::connect(data).unwrap();
        let (send, mut receive) = mpsc::channel::<(u64, u64, oneshot::Sender<()>)>(1024);
        std::thread::spawn(move || {
            while let Some(first) = receive.blocking_recv() {
                let mut batch = vec![first];
                while batch.len() < most
                    && let Ok(more) = receive.try_recv()
                {
                    batch.push(more);
                }
                let transaction = connection.unchecked_transaction().unwrap();
                for (client, at, _) in &batch {
                    put(&transaction, *client, *at);
                }
                transaction.commit().unwrap();
                for (_, _, reply) in batch {
                    reply.send(()).unwrap();
                }
            }
        });
        Bare(send)
    }
}

/// The rows of a contact, as large as the store makes them.
fn put(connection: &Connection, client: u64, at: u64) {
    let mailbox = mailbox(client, at).0;
    let (address, name) = (format!("contact.{at}@example.org"), format!("Contact {at}"));
    let (version, now) = (at as i64, 1_700_000_000);
    let id = now * 1_000_000 + version;
    let group = (id - version).to_be_bytes();
    let sum = id.wrapping_mul(0x1E37_79B9_7F4A_7C15);
    connection
        .prepare_cached("INSERT OR REPLACE INTO contact VALUES (?1, ?2, 0, ?3, ?4, NULL, ?5, ?6, ?7)")
        .unwrap()
        .execute(params![mailbox, id, address, name, now, group, sum])
        .unwrap();
    connection
        .prepare_cached("INSERT OR REPLACE INTO list VALUES (?1, ?2, ?3, 0, ?4)")
        .unwrap()
        .execute(params![mailbox, version, id, sum])
        .unwrap();
}

impl Writer for Bare {
    async fn write(&self, client: u64, at: u64) {
        let (reply, done) = oneshot::channel();
        self.0.send((client, at, reply)).await.unwrap();
        done.await.unwrap();
    }
}

/// Clients that each write as soon as the last write is durable, or, with a pause, some time after it. Answers how
/// many were written a second, and how long each took.
async fn load<W: Writer>(writer: W, clients: u64, pause: Duration) -> (f64, Vec<Duration>) {
    let writer = Arc::new(writer);
    let start = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let writer = writer.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                let mut at = 0;
                while start.elapsed() < TIME {
                    let asked = Instant::now();
                    writer.write(client, at).await;
                    times.push(asked.elapsed());
                    at += 1;
                    if !pause.is_zero() {
                        tokio::time::sleep(pause.mul_f64(2.0 * fastrand::f64())).await;
                    }
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort_unstable();
    (rate, times)
}

fn tell(line: &str, (rate, times): &(f64, Vec<Duration>)) {
    let [p50, p90, p99] = [50, 90, 99].map(|percent| percentile(times, percent));
    println!("{line} {rate:.0} {p50:.0} {p90:.0} {p99:.0}");
}

/// The store as a server has it.
fn store(data: &Path) -> SqliteLists {
    let data = data.to_owned();
    let connect = move || Ok(file::connect(&data).unwrap());
    SqliteLists::open(connect, Settings::default()).unwrap()
}

async fn durable_writes(folder: &Path, clients: u64) {
    let single = load(Bare::new(&fresh(folder), 1), clients, Duration::ZERO).await;
    tell(&format!("write {clients} single"), &single);
    let group = load(Bare::new(&fresh(folder), 512), clients, Duration::ZERO).await;
    tell(&format!("write {clients} group"), &group);
    tell(&format!("write {clients} store"), &load(store(&fresh(folder)), clients, Duration::ZERO).await);
    let server = Server::start(&fresh(folder), clients).await;
    tell(&format!("write {clients} server"), &load(server, clients, Duration::ZERO).await);
}

/// Latencies of a server whose 64 clients ask for half of what it can do.
async fn half_load(folder: &Path) {
    let (full, times) = load(Server::start(&fresh(folder), 64).await, 64, Duration::ZERO).await;
    // Each client waits, then writes: together half as often.
    let pause = 64.0 / (full / 2.0) - percentile(&times, 50) / 2e6;
    let pause = Duration::from_secs_f64(pause.max(0.001));
    tell("half", &load(Server::start(&fresh(folder), 64).await, 64, pause).await);
}
