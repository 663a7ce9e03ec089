//! A server with many mailboxes of 50 contacts: what it takes in memory, and what a request to one of them costs, against
//! one with ten.
//!
//! Each server is a process of its own, with the same megabytes of cache. All of its mailboxes are read once over HTTP;
//! then ten of them are read and written over and over, in turns with the other server. Prints lines of words and
//! numbers: `memory MAILBOXES CACHE_MB RESIDENT_MB PEAK_MB`, `cost MAILBOXES read|write CPU_US WALL_US`.
//!
//! `cargo bench -p ucs --bench mailboxes -- [ROUNDS [MAILBOXES]]`

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to report")]

mod common;

use std::path::Path;
use std::time::Instant;

use common::{Caller, Process, login, percentile, request};

const CONTACTS: u64 = 50;
const CACHE: u64 = 64;
/// Connections that read all mailboxes.
const CALLERS: u64 = 8;
/// Requests of a kind in a round.
const REQUESTS: u64 = 400;
const FEW: u64 = 10;

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<u64>().ok());
    let rounds = numbers.next().unwrap_or(7);
    let many = numbers.next().unwrap_or(100_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut servers = Vec::new();
        for mailboxes in [FEW, many] {
            servers.push(Server::start(&folder.path().join(mailboxes.to_string()), mailboxes).await);
        }
        for round in 0..=rounds {
            for server in &servers {
                // The first round warms up.
                server.round(round).await;
            }
        }
    });
}

struct Server {
    process: Process,
    mailboxes: u64,
}

impl Server {
    /// With so many mailboxes, each of which has been read.
    async fn start(data: &Path, mailboxes: u64) -> Server {
        common::fill(data, 0..mailboxes, CONTACTS);
        let process = Process::start(data, CACHE);
        let address = process.address;
        let callers = (0..CALLERS).map(|at| {
            tokio::spawn(async move {
                let mut caller = Caller::new(address).await;
                for number in (at..mailboxes).step_by(CALLERS as usize) {
                    caller.ask(&request(&login(number), "GetImItemList", "")).await;
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
        let [resident, peak] = ["VmRSS:", "VmHWM:"].map(|line| process.megabytes(line));
        println!("memory {mailboxes} {CACHE} {resident:.0} {peak:.0}");
        Server { process, mailboxes }
    }

    /// Reads and writes ten mailboxes that lie far from each other.
    async fn round(&self, round: u64) {
        // A connection that was idle while the other server was filled would be closed by now.
        let mut caller = Caller::new(self.process.address).await;
        let login = |at: u64| login(at % FEW * (self.mailboxes / FEW));
        let reads = (0..REQUESTS).map(|at| request(&login(at), "GetImItemList", ""));
        // Lists do not grow by it.
        let set = |at: u64| {
            let content = format!(
                "<m:ImListMigrationCompleted>{}</m:ImListMigrationCompleted>",
                (at / FEW).is_multiple_of(2)
            );
            request(&login(at), "SetImListMigrationCompleted", &content)
        };
        let writes = (0..REQUESTS).map(set);
        for (name, requests) in [("read", reads.collect::<Vec<_>>()), ("write", writes.collect())] {
            let cpu = self.process.cpu();
            let mut times = Vec::new();
            for request in requests {
                let start = Instant::now();
                caller.ask(&request).await;
                times.push(start.elapsed());
            }
            // Less than before: a thread has ended, and its time is not told any more.
            let Some(cpu) = self.process.cpu().checked_sub(cpu) else { continue };
            let cpu = cpu.as_secs_f64() * 1e6 / REQUESTS as f64;
            times.sort_unstable();
            if round > 0 {
                println!("cost {} {name} {cpu:.1} {:.1}", self.mailboxes, percentile(&times, 50));
            }
        }
    }
}
