//! `memory FOLDER [NATIVE_FOLDER]`: allocations, the bytes in them and the peak of resident memory of every case on every
//! document, each in a process of its own; the documents are written into FOLDER first. Counting takes time, so this is
//! not the program that measures time.

use std::alloc::System;
use std::path::Path;
use std::process::Command;

use oxws_peers::cases::{self, CASES};
use oxws_peers::documents::{self, Document};
use oxws_peers::native::{self, Native};
use oxws_peers::resident;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["one", case, document] => one(case, document),
        [folder] => all(Path::new(folder), None),
        [folder, native] => all(Path::new(folder), Some(Path::new(native))),
        _ => Err("usage: memory FOLDER [NATIVE_FOLDER]".to_owned()),
    }
}

/// Prints `memory CASE DOCUMENT ALLOCATIONS BYTES PEAK` for each.
fn all(folder: &Path, native: Option<&Path>) -> Result<(), String> {
    Document::save(folder)?;
    native.map_or(Ok(()), Document::save)?;
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    for document in Document::ALL {
        for case in CASES {
            let mut command = Command::new(&this);
            command.args(["one", case.name, document.name()]).env(documents::FOLDER, folder);
            let output = command.output().map_err(|error| error.to_string())?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned());
            }
            print!("{}", String::from_utf8_lossy(&output.stdout));
        }
        for case in native::CASES {
            let Some(native) = native else { continue };
            let Some(mut peer) = Native::start(native, *case, document, "-memory")? else { continue };
            let peak = peer.peak()?;
            let (allocations, bytes) = peer.allocations()?;
            println!("memory {} {} {allocations} {bytes} {peak}", case.0, document.name());
        }
    }
    Ok(())
}

fn one(case: &str, document: &str) -> Result<(), String> {
    let case = cases::named(case).ok_or_else(|| format!("no case {case}"))?;
    let document = Document::named(document).ok_or_else(|| format!("no document {document}"))?;
    let Some(run) = (case.prepare)(document) else { return Ok(()) };
    let peak = resident::rise(&run).unwrap_or(0);
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    let allocations = change.allocations + change.reallocations;
    println!("memory {} {} {allocations} {} {peak}", case.name, document.name(), change.bytes_allocated);
    Ok(())
}
