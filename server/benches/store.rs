//! The store against bare SQLite, on the disk that the target folder is on: durable writes, latencies, memory.
//!
//! Prints lines of words and numbers: `write CLIENTS CONTENDER PER_SECOND P50_US P99_US`, `fsync PER_SECOND`,
//! `half CLIENTS P50_US P99_US`, `mailboxes COUNT READ_US WRITE_US`, `memory MAILBOXES CACHE_MB RESIDENT_MB`. Contenders
//! take turns within a round.
//!
//! `cargo bench -p ucs --bench store -- [ROUNDS [MAILBOXES]]`

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to report")]

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};
use ucs::accounts::MailboxId;
use ucs::contacts::{Command, ContactKind, Culture, NewContact};
use ucs::store::Lists;
use ucs::store::sqlite::{SCHEMA, Settings, SqliteLists};

const CLIENTS: [usize; 3] = [1, 16, 64];
const CACHE: u64 = 64 << 20;

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let rounds = numbers.next().unwrap_or(5);
    let mailboxes = numbers.next().unwrap_or(100_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // Memory first: what the other benches leave behind would count.
    runtime.block_on(many_mailboxes(folder.path(), mailboxes));
    for _ in 0..rounds {
        println!("fsync {:.0}", fsyncs(folder.path()));
        for clients in CLIENTS {
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
    while start.elapsed() < Duration::from_millis(500) {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "wal_autocheckpoint", 10_000)?;
    Ok(connection)
}

static FILES: AtomicU64 = AtomicU64::new(0);

fn fresh(folder: &Path) -> PathBuf {
    let path = folder.join(format!("{}.db", FILES.fetch_add(1, Ordering::Relaxed)));
    connect(&path).unwrap().execute_batch(SCHEMA).unwrap();
    path
}

fn store(path: &Path) -> SqliteLists {
    let path = path.to_owned();
    let settings = Settings { cache_bytes: CACHE, ..Settings::default() };
    SqliteLists::open(move || connect(&path), settings).unwrap()
}

fn mailbox(number: u64) -> MailboxId {
    let mut id = [0; 16];
    // Spread as random ids are.
    id[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    MailboxId(id)
}

fn contact(at: u64) -> Command {
    Command::AddNewContact(NewContact {
        kind: ContactKind::Im,
        address: format!("contact.{at}@example.org"),
        display_name: Some(format!("Contact {at}")),
        sip_address: None,
        group: None,
    })
}

/// One AddNewImContactToGroup, durable when it returns.
trait Writer: Send + Sync + 'static {
    fn write(&self, client: u64, at: u64) -> impl Future<Output = ()> + Send;
}

impl Writer for SqliteLists {
    async fn write(&self, client: u64, at: u64) {
        let mailbox = mailbox(client << 32 | (at / 900));
        Lists::write(self, mailbox, contact(at), Culture::default()).await.unwrap().unwrap();
    }
}

/// Bare rusqlite: the rows of the same operation, by one thread that commits what waits together.
struct Bare(mpsc::Sender<(u64, u64, oneshot::Sender<()>)>);

impl Bare {
    fn new(path: &Path) -> Bare {
        let connection = connect(path).unwrap();
        let (send, mut receive) = mpsc::channel::<(u64, u64, oneshot::Sender<()>)>(1024);
        std::thread::spawn(move || {
            while let Some(first) = receive.blocking_recv() {
                let mut batch = vec![first];
                while let Ok(more) = receive.try_recv() {
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

fn put(connection: &Connection, client: u64, at: u64) {
    let mailbox = mailbox(client << 32 | (at / 900)).0;
    let (at, address, name) = (at as i64, format!("contact.{at}@example.org"), format!("Contact {at}"));
    connection
        .prepare_cached("INSERT OR REPLACE INTO contact VALUES (?1, ?2, 0, ?3, ?4, NULL, 1, ?5, ?2)")
        .unwrap()
        .execute(params![mailbox, at, address, name, [0_u8; 8]])
        .unwrap();
    connection
        .prepare_cached("INSERT OR REPLACE INTO list VALUES (?1, ?2, ?2, 0, ?2)")
        .unwrap()
        .execute(params![mailbox, at])
        .unwrap();
}

impl Writer for Bare {
    async fn write(&self, client: u64, at: u64) {
        let (reply, done) = oneshot::channel();
        self.0.send((client, at, reply)).await.unwrap();
        done.await.unwrap();
    }
}

/// Clients that each write as soon as the last write is durable, or, with a pause, after it.
async fn load<W: Writer>(writer: Arc<W>, clients: usize, pause: Option<Duration>) -> (f64, Vec<Duration>) {
    let (start, time) = (Instant::now(), Duration::from_millis(700));
    let tasks: Vec<_> = (0..clients as u64)
        .map(|client| {
            let writer = writer.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                let mut at = 0;
                while start.elapsed() < time {
                    let asked = Instant::now();
                    writer.write(client, at).await;
                    times.push(asked.elapsed());
                    at += 1;
                    if let Some(pause) = pause {
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

fn percentile(times: &[Duration], percent: usize) -> f64 {
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e6
}

async fn durable_writes(folder: &Path, clients: usize) {
    let of_store = load(Arc::new(store(&fresh(folder))), clients, None).await;
    let of_bare = load(Arc::new(Bare::new(&fresh(folder))), clients, None).await;
    for (name, (rate, times)) in [("store", of_store), ("bare", of_bare)] {
        println!(
            "write {clients} {name} {rate:.0} {:.0} {:.0}",
            percentile(&times, 50),
            percentile(&times, 99)
        );
    }
}

/// Latencies of 64 clients that ask for half of what the store can do.
async fn half_load(folder: &Path) {
    let writer = Arc::new(store(&fresh(folder)));
    let (full, times) = load(writer.clone(), 64, None).await;
    // Each of 64 clients waits, then writes: together half as often.
    let pause = 64.0 / (full / 2.0) - percentile(&times, 50) / 2e6;
    let writer = Arc::new(store(&fresh(folder)));
    let (_, times) = load(writer, 64, Some(Duration::from_secs_f64(pause.max(0.001)))).await;
    println!("half 64 {:.0} {:.0}", percentile(&times, 50), percentile(&times, 99));
}

/// Mailboxes of 50 contacts: what they take in memory, and what a request to one of them takes.
async fn many_mailboxes(folder: &Path, most: usize) {
    let path = fresh(folder);
    let connection = connect(&path).unwrap();
    connection.pragma_update(None, "synchronous", "off").unwrap();
    let mut filled = 0;
    for count in [10, most] {
        fill(&connection, filled, count);
        filled = count;
        let lists = store(&path);
        for round in 0..3 * count as u64 {
            // Each once, then at random.
            let at = if round < count as u64 { round } else { fastrand::u64(..count as u64) };
            lists.read(mailbox(at)).await.unwrap();
        }
        // The same few, so that the store is what is measured, not the disk.
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        for round in 0..200 {
            let mailbox = mailbox((fastrand::u64(..10) * 7919) % count as u64);
            let start = Instant::now();
            lists.read(mailbox).await.unwrap();
            reads.push(start.elapsed());
            let start = Instant::now();
            Lists::write(&lists, mailbox, contact(1_000_000 + round), Culture::default())
                .await
                .unwrap()
                .unwrap();
            writes.push(start.elapsed());
        }
        reads.sort_unstable();
        writes.sort_unstable();
        println!("mailboxes {count} {:.1} {:.0}", percentile(&reads, 50), percentile(&writes, 50));
        println!("memory {count} {} {:.0}", CACHE >> 20, resident());
    }
}

/// Fills mailboxes through the rules, in large transactions.
fn fill(connection: &Connection, from: usize, to: usize) {
    connection.execute_batch("BEGIN").unwrap();
    for number in from..to {
        ucs::store::sqlite::fill(connection, mailbox(number as u64), (0..50).map(contact)).unwrap();
        if number % 1000 == 999 {
            connection.execute_batch("COMMIT; BEGIN").unwrap();
        }
    }
    connection.execute_batch("COMMIT").unwrap();
}

/// Resident size in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}
