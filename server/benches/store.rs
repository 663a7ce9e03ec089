//! Durable writes against bare SQLite, on the disk that the target folder is on: AddNewImContactToGroup of the store by
//! itself and of a whole server over HTTP, with 1, 16 and 64 clients, each with a mailbox of its own.
//!
//! The measure is rusqlite writing the same rows (a contact, and the head of its list) without any of the rules: by one
//! thread that commits each write by itself, and by one that commits all that wait together. Contenders take turns
//! within a round, which is short, since a disk that others use is now fast, now slow. Prints lines of words and numbers:
//! `write CLIENTS CONTENDER PER_SECOND P50_US P90_US P99_US FSYNC_US` and
//! `half CONTENDER PER_SECOND P50_US P90_US P99_US FSYNC_US BESIDE_US`: the last are latencies when 64 clients that come at
//! random ask for half of what store or server can do. Before each, the disk alone is measured; beside the last, a
//! thread makes a block of its own durable now and then.
//!
//! `cargo bench -p ucs --bench store -- [ROUNDS]`

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to report")]

mod common;

use std::collections::BinaryHeap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::{Caller, Process, adding, contact, login, percentile};
use rusqlite::{Connection, params};
use tokio::sync::{Mutex, mpsc, oneshot};
use ucs::accounts::MailboxId;
use ucs::contacts::Culture;
use ucs::store::Lists;
use ucs::store::sqlite::{Settings, SqliteLists, file};

const CLIENTS: [u64; 3] = [1, 16, MOST];
const MOST: u64 = 64;
/// Contacts in a mailbox; then a client takes its next one.
const FULL: u64 = 900;
/// Mailboxes of a client.
const MAILBOXES: u64 = 4;
/// Until mailboxes are opened and the log has grown; not counted.
const WARM_UP: Duration = Duration::from_millis(200);
/// With that.
const TIME: Duration = Duration::from_millis(600);

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let rounds = numbers.next().unwrap_or(7);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for _ in 0..rounds {
        for clients in CLIENTS {
            runtime.block_on(durable_writes(folder.path(), clients));
        }
        runtime.block_on(half_load(folder.path()));
    }
}

/// How many microseconds the disk takes to make a block durable that was written, on average.
fn alone(folder: &Path) -> String {
    let mut file = File::create(folder.join("block")).unwrap();
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_millis(60) {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    format!("{:.0}", start.elapsed().as_secs_f64() * 1e6 / f64::from(count))
}

/// Makes a block durable again and again while something else is measured, seldom enough not to be in its way. Answers
/// how many microseconds that took, on average.
struct Beside(Arc<AtomicBool>, std::thread::JoinHandle<f64>);

/// From one block to the next.
const SELDOM: Duration = Duration::from_millis(20);

impl Beside {
    fn start(folder: &Path) -> Beside {
        let mut file = File::create(folder.join("beside")).unwrap();
        let go_on = Arc::new(AtomicBool::new(true));
        let asked = go_on.clone();
        let thread = std::thread::spawn(move || {
            let (mut time, mut count) = (Duration::ZERO, 0_u32);
            std::thread::sleep(WARM_UP);
            while asked.load(Ordering::Relaxed) {
                std::thread::sleep(SELDOM);
                let start = Instant::now();
                file.write_all(&[7; 4096]).unwrap();
                file.sync_data().unwrap();
                (time, count) = (time + start.elapsed(), count + 1);
            }
            time.as_secs_f64() * 1e6 / f64::from(count)
        });
        Beside(go_on, thread)
    }

    fn stop(self) -> f64 {
        self.0.store(false, Ordering::Relaxed);
        self.1.join().unwrap()
    }
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

    fn request(client: u64, at: u64) -> Vec<u8> {
        assert!(at / FULL < MAILBOXES, "the mailboxes are full");
        adding(&login(client * MAILBOXES + at / FULL), at)
    }
}

impl Writer for Server {
    async fn write(&self, client: u64, at: u64) {
        let request = Server::request(client, at);
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

/// Clients that each write as soon as the last write is durable. Answers how many were written a second, and how long
/// each took.
async fn load<W: Writer>(writer: W, clients: u64) -> (f64, Vec<Duration>) {
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
                    times.push((asked, asked.elapsed()));
                    at += 1;
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.push(task.await.unwrap());
    }
    told(times, start)
}

/// Who is to write next, and when.
struct Due {
    at: Instant,
    go: oneshot::Sender<()>,
}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        self.at == other.at
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    /// The first is the greatest.
    fn cmp(&self, other: &Due) -> std::cmp::Ordering {
        other.at.cmp(&self.at)
    }
}

/// How late somebody may be sent off who was not known to be due when the thread last slept.
const LATE: Duration = Duration::from_micros(100);

/// Clients that each write some time after the last write, on average that long; how long a write takes is counted from
/// the moment at which its client begins it. One thread sends them off: timers of the runtime would wake all together
/// that are due within a millisecond, and a thread for each client would take as much of the processors as the writes.
async fn paced<W: Writer>(writer: W, pause: Duration) -> (f64, Vec<Duration>) {
    let (writer, start) = (Arc::new(writer), Instant::now());
    let queue = Arc::new(std::sync::Mutex::new(Some(BinaryHeap::<Due>::new())));
    let clients: Vec<_> = (0..MOST)
        .map(|client| {
            let (writer, queue) = (writer.clone(), queue.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let at = Instant::now() + pause.mul_f64(2.0 * fastrand::f64());
                    let (go, gone) = oneshot::channel();
                    match &mut *queue.lock().unwrap() {
                        Some(queue) => queue.push(Due { at, go }),
                        None => drop(go),
                    }
                    if gone.await.is_err() {
                        return times;
                    }
                    let asked = Instant::now();
                    writer.write(client, times.len() as u64).await;
                    times.push((asked, asked.elapsed()));
                }
            })
        })
        .collect();
    let sends = move || {
        while start.elapsed() < TIME {
            let now = Instant::now();
            let mut next = now + LATE;
            let mut queue = queue.lock().unwrap();
            let waiting = queue.as_mut().unwrap();
            while waiting.peek().is_some_and(|first| first.at <= now)
                && let Some(first) = waiting.pop()
            {
                let _ = first.go.send(());
            }
            next = waiting.peek().map_or(next, |first| next.min(first.at));
            drop(queue);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        *queue.lock().unwrap() = None;
    };
    let sender = std::thread::spawn(sends);
    let mut times = Vec::new();
    for client in clients {
        times.push(client.await.unwrap());
    }
    sender.join().unwrap();
    told(times, start)
}

/// How many a second since the warm-up, and how long each took.
fn told(times: Vec<Vec<(Instant, Duration)>>, start: Instant) -> (f64, Vec<Duration>) {
    let begun = start + WARM_UP;
    let time = begun.elapsed().as_secs_f64();
    let counted = times.concat().into_iter().filter(|(asked, _)| *asked >= begun);
    let mut times: Vec<Duration> = counted.map(|(_, time)| time).collect();
    times.sort_unstable();
    (times.len() as f64 / time, times)
}

fn tell(line: &str, fsync: &str, (rate, times): &(f64, Vec<Duration>)) {
    let [p50, p90, p99] = [50, 90, 99].map(|percent| percentile(times, percent));
    println!("{line} {rate:.0} {p50:.0} {p90:.0} {p99:.0} {fsync}");
}

/// The store as a server has it.
fn store(data: &Path) -> SqliteLists {
    let data = data.to_owned();
    let connect = move || Ok(file::connect(&data).unwrap());
    SqliteLists::open(connect, Settings::default()).unwrap()
}

async fn durable_writes(folder: &Path, clients: u64) {
    let line = |contender: &str| format!("write {clients} {contender}");
    let disk = alone(folder);
    tell(&line("single"), &disk, &load(Bare::new(&fresh(folder), 1), clients).await);
    let disk = alone(folder);
    tell(&line("group"), &disk, &load(Bare::new(&fresh(folder), 512), clients).await);
    let disk = alone(folder);
    tell(&line("store"), &disk, &load(store(&fresh(folder)), clients).await);
    let server = Server::start(&fresh(folder), clients).await;
    let disk = alone(folder);
    tell(&line("server"), &disk, &load(server, clients).await);
}

/// Each client waits, then writes: together half as often as they could.
fn pause((full, times): &(f64, Vec<Duration>)) -> Duration {
    let pause = MOST as f64 / (full / 2.0) - percentile(times, 50) / 2e6;
    Duration::from_secs_f64(pause.max(0.0005))
}

/// Latencies of a store, and of a server, whose clients ask for half of what it can do.
async fn half_load(folder: &Path) {
    let pause_of_store = pause(&load(store(&fresh(folder)), MOST).await);
    let lists = store(&fresh(folder));
    let disk = alone(folder);
    half("store", &disk, folder, paced(lists, pause_of_store)).await;
    let pause_of_server = pause(&load(Server::start(&fresh(folder), MOST).await, MOST).await);
    let server = Server::start(&fresh(folder), MOST).await;
    let disk = alone(folder);
    half("server", &disk, folder, paced(server, pause_of_server)).await;
}

/// Measures that load, and the disk beside it.
async fn half(contender: &str, disk: &str, folder: &Path, load: impl Future<Output = (f64, Vec<Duration>)>) {
    let beside = Beside::start(folder);
    let times = load.await;
    tell(&format!("half {contender}"), &format!("{disk} {:.0}", beside.stop()), &times);
}
