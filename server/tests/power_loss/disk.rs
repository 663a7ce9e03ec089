//! A disk that loses power: what a process did to it, and what may be left of that.

use std::collections::BTreeMap;
use std::path::Path;

use fastrand::Rng;

/// A change, as `record.c` records it.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Created,
    Written(u64, Vec<u8>),
    Truncated(u64),
    Synced,
    Removed,
    Moved(String),
}

/// A file, by its name in the directory, which is named by nothing; and what was done to it.
pub(crate) type Event = (String, Change);

/// Reads a record.
pub(crate) fn events(record: &[u8]) -> Vec<Event> {
    let mut rest = record;
    let mut events = Vec::new();
    while !rest.is_empty() {
        // A process that is killed may leave half an entry.
        let Some(event) = event(&mut rest) else { break };
        events.push(event);
    }
    events
}

fn event(rest: &mut &[u8]) -> Option<Event> {
    let kind = *rest.split_off_first()?;
    let number = |rest: &mut &[u8]| Some(u64::from_ne_bytes(*rest.split_off(..8)?.first_chunk()?));
    let name = number(rest)? as usize;
    let name = String::from_utf8(rest.split_off(..name)?.to_vec()).unwrap();
    let (offset, length) = (number(rest)?, number(rest)?);
    let bytes = rest.split_off(..length as usize)?.to_vec();
    let change = match kind {
        b'C' => Change::Created,
        b'W' => Change::Written(offset, bytes),
        b'T' => Change::Truncated(offset),
        b'S' => Change::Synced,
        b'R' => Change::Removed,
        b'M' => Change::Moved(String::from_utf8(bytes).unwrap()),
        other => panic!("no kind of record: {other}"),
    };
    Some((name, change))
}

/// A change to the names of the directory.
#[derive(Clone)]
enum Naming {
    Put(String, usize),
    Removed(String),
}

/// A file: what is on the disk for sure, and what was done since.
#[derive(Clone, Default)]
struct File {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

/// A directory of files on a disk.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// As processes see it.
    names: BTreeMap<String, usize>,
    /// As it is on the disk for sure.
    durable: BTreeMap<String, usize>,
    pending: Vec<Naming>,
}

/// What a loss of power does to changes that were not synced.
#[derive(Clone, Copy)]
enum Fate {
    Kept,
    Dropped,
    /// Each by itself; of some only some sectors.
    Torn,
}

const SECTOR: usize = 512;

impl Disk {
    /// Does what a process did.
    pub(crate) fn take(&mut self, (name, change): &Event) {
        // What is memory that processes share is gone with them.
        if name.ends_with("-shm") {
            return;
        }
        match change {
            Change::Synced if name.is_empty() => {
                let Disk { durable, pending, .. } = self;
                pending.drain(..).for_each(|naming| named(durable, naming));
            }
            Change::Created => {
                self.files.push(File::default());
                self.name(Naming::Put(name.clone(), self.files.len() - 1));
            }
            Change::Removed => self.name(Naming::Removed(name.clone())),
            Change::Moved(to) => {
                let at = self.names[name];
                self.name(Naming::Put(to.clone(), at));
                self.name(Naming::Removed(name.clone()));
            }
            Change::Synced => {
                let file = self.file(name);
                for change in std::mem::take(&mut file.pending) {
                    apply(&mut file.durable, &change, |_| true);
                }
            }
            Change::Written(..) | Change::Truncated(_) => self.file(name).pending.push(change.clone()),
        }
    }

    fn name(&mut self, naming: Naming) {
        named(&mut self.names, naming.clone());
        self.pending.push(naming);
    }

    fn file(&mut self, name: &str) -> &mut File {
        let at = *self.names.get(name).unwrap_or_else(|| panic!("{name:?} was never created"));
        &mut self.files[at]
    }

    /// Loses power, and writes what is left into a folder.
    pub(crate) fn lose_power(&self, rng: &mut Rng, folder: &Path) {
        let fate = [Fate::Kept, Fate::Dropped, Fate::Torn][rng.usize(..3)];
        let kept = |rng: &mut Rng| match fate {
            Fate::Kept => true,
            Fate::Dropped => false,
            Fate::Torn => rng.bool(),
        };
        let mut names = self.durable.clone();
        for naming in &self.pending {
            if kept(rng) {
                named(&mut names, naming.clone());
            }
        }
        for (name, at) in names {
            let File { mut durable, pending } = self.files[at].clone();
            for change in &pending {
                let torn = matches!(fate, Fate::Torn) && rng.bool();
                if torn {
                    apply(&mut durable, change, |_| rng.bool());
                } else if kept(rng) {
                    apply(&mut durable, change, |_| true);
                }
            }
            std::fs::write(folder.join(name), durable).unwrap();
        }
    }
}

fn named(names: &mut BTreeMap<String, usize>, naming: Naming) {
    match naming {
        Naming::Put(name, at) => drop(names.insert(name, at)),
        Naming::Removed(name) => drop(names.remove(&name)),
    }
}

/// Makes a change to the content of a file, as far as `kept` says so of each sector.
fn apply(content: &mut Vec<u8>, change: &Change, mut kept: impl FnMut(usize) -> bool) {
    match change {
        Change::Written(offset, bytes) => {
            let mut at = *offset as usize;
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let sector = rest.split_off(..rest.len().min(SECTOR - at % SECTOR)).unwrap_or_default();
                if kept(at / SECTOR) {
                    let end = at + sector.len();
                    content.resize(content.len().max(end), 0);
                    content[at..end].copy_from_slice(sector);
                }
                at += sector.len();
            }
        }
        Change::Truncated(length) if kept(0) => content.resize(*length as usize, 0),
        _ => {}
    }
}
