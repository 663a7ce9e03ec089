//! Loss of power: what was acknowledged is on the disk, whatever becomes of what was not synced.
//!
//! `kill -9` proves nothing of this: the system keeps what a process has written. So a process of its own (this test
//! again, with `record.c` loaded) opens a store as a server does, writes, and notes what was acknowledged; all that it
//! does to its files is recorded. Then the record is played up to a moment, changes that were not synced by then are
//! kept, dropped or torn, and a server is started on what is left. `UCS_POWER_LOSSES=n` for more moments.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod disk;

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use disk::{Change, Disk, Event};
use fastrand::Rng;
use ucs::accounts::MailboxId;
use ucs::contacts::{self, ContactKind, Culture, NewContact};
use ucs::store::Lists;
use ucs::store::sqlite::{Settings, SqliteLists, file};

const CLIENTS: u64 = 4;
const WRITES: u64 = 60;
/// Where the clients note what was acknowledged, beside the database.
const NOTES: &str = "acknowledged";
/// Set for the process that is recorded: where it works, and by which setting of SQLite.
const WORKPLACE: &str = "UCS_POWER_LOSS_WORKPLACE";
const SYNCHRONOUS: &str = "UCS_POWER_LOSS_SYNCHRONOUS";

fn mailbox(client: u64) -> MailboxId {
    MailboxId([client as u8 + 1; 16])
}

fn contact(at: u64) -> contacts::Command {
    contacts::Command::AddNewContact(NewContact {
        kind: ContactKind::Im,
        address: format!("c{at}@example.org"),
        display_name: None,
        sip_address: None,
        group: None,
    })
}

/// The process that is recorded; nothing otherwise.
#[test]
fn workplace() {
    let Some(folder) = std::env::var_os(WORKPLACE) else { return };
    let folder = Path::new(&folder);
    let (held, _connection) = file::open_for_server(folder).unwrap();
    let connect = held.connector();
    let connect = move || {
        let connection = connect()?;
        // Often enough to be seen.
        connection.pragma_update(None, "wal_autocheckpoint", 40)?;
        if let Ok(other) = std::env::var(SYNCHRONOUS) {
            connection.pragma_update(None, "synchronous", other)?;
        }
        Ok(connection)
    };
    let lists = Arc::new(SqliteLists::open(connect, Settings::default()).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let clients = (0..CLIENTS).map(|client| {
            let lists = lists.clone();
            let mut notes = OpenOptions::new().create(true).append(true).open(folder.join(NOTES)).unwrap();
            tokio::spawn(async move {
                for at in 0..WRITES {
                    lists.write(mailbox(client), contact(at), Culture::default()).await.unwrap().unwrap();
                    notes.write_all(&[client as u8]).unwrap();
                }
            })
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.unwrap();
        }
    });
    // As a process that is cut off: nothing is closed or tidied.
    std::process::abort();
}

/// What such a process does to its files.
fn recorded(synchronous: Option<&str>) -> Vec<Event> {
    let folder = tempfile::tempdir().unwrap();
    let (library, record) = (folder.path().join("record.so"), folder.path().join("record"));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/power_loss/record.c");
    let mut compiler = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl", "-lpthread"]);
    let compiled = compiler.output().expect("the C compiler that SQLite is built with");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let workplace = folder.path().join("data");
    std::fs::create_dir(&workplace).unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", "workplace", "--test-threads", "1"]);
    process.env(WORKPLACE, &workplace).env("RECORD_ROOT", &workplace).env("RECORD_LOG", &record);
    process.env("LD_PRELOAD", &library);
    if let Some(synchronous) = synchronous {
        process.env(SYNCHRONOUS, synchronous);
    }
    let output = process.output().unwrap();
    let events = disk::events(&std::fs::read(&record).unwrap());
    let noted = events.iter().filter(|event| event.0 == NOTES && matches!(event.1, Change::Written(..)));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(noted.count() as u64, CLIENTS * WRITES, "the process did not do its work: {said}");
    events
}

/// Starts a server on what is left, and compares with what was acknowledged: how many writes of each client.
fn is_kept(folder: &Path, acknowledged: &[u64; CLIENTS as usize]) -> Result<(), String> {
    let (held, _connection) = file::open_for_server(folder).map_err(|error| format!("{error:?}"))?;
    let lists = SqliteLists::open(held.connector(), Settings::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for client in 0..CLIENTS {
        let list = runtime.block_on(lists.read(mailbox(client))).map_err(|error| error.to_string())?;
        let found: BTreeSet<String> = list.contacts().iter().map(|contact| contact.address.clone()).collect();
        let known = acknowledged[client as usize];
        // The next one may have been on its way.
        let fits = [known, known + 1].into_iter().any(|count| {
            let expected: BTreeSet<String> = (0..count).map(|at| format!("c{at}@example.org")).collect();
            found == expected
        });
        if !fits {
            return Err(format!("client {client} had {known} acknowledged, and has {}", found.len()));
        }
        // What is left can be gone on with.
        let next = lists.write(mailbox(client), contact(WRITES), Culture::default());
        runtime.block_on(next).map_err(|error| error.to_string())?.unwrap();
    }
    Ok(())
}

/// Loses power at random moments. In how many cases something was wrong then, and what.
fn losses(events: &[Event], moments: usize) -> (usize, Option<String>) {
    let mut rng = Rng::with_seed(7);
    let mut at: Vec<usize> = (0..moments).map(|_| rng.usize(..=events.len())).collect();
    at.sort_unstable();
    let (mut disk, mut acknowledged, mut done) = (Disk::default(), [0; CLIENTS as usize], 0);
    let (mut wrong, mut what) = (0, None);
    for moment in at {
        for event in &events[done..moment] {
            match event {
                (name, Change::Written(_, clients)) if name == NOTES => {
                    clients.iter().for_each(|client| acknowledged[*client as usize] += 1);
                }
                (name, _) if name == NOTES => {}
                event => disk.take(event),
            }
        }
        done = moment;
        let folder = tempfile::tempdir().unwrap();
        disk.lose_power(&mut rng, folder.path());
        if let Err(problem) = is_kept(folder.path(), &acknowledged) {
            wrong += 1;
            what.get_or_insert(format!("power lost after {moment} of {} changes: {problem}", events.len()));
        }
    }
    (wrong, what)
}

fn moments() -> usize {
    std::env::var("UCS_POWER_LOSSES").map_or(240, |text| text.parse().expect("a number"))
}

/// UCS O3: durable when its Success is sent.
#[test]
fn nothing_acknowledged_is_lost_with_the_power() {
    let events = recorded(None);
    let (wrong, what) = losses(&events, moments());
    assert_eq!(wrong, 0, "{what:?}");
    // The log was moved into the file meanwhile, and begun again.
    let checkpoints =
        events.iter().filter(|(name, change)| name == file::NAME && matches!(change, Change::Synced));
    assert!(checkpoints.count() > 2, "no checkpoint was seen");
}

/// The same with less syncing: the test above can fail.
#[test]
fn without_full_synchronization_the_loss_is_seen() {
    let events = recorded(Some("NORMAL"));
    let (wrong, _) = losses(&events, 60);
    assert!(wrong > 20, "only {wrong} of 60 losses of power lost anything");
}
