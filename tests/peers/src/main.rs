//! `peers time`: CPU time of every case on every document, in rounds. `peers once CASE DOCUMENT TIMES`: one case, for
//! callgrind and perf. `peers documents FOLDER`: the documents.

use std::path::Path;
use std::time::Duration;

use cpu_time::ThreadTime;
use oxws_peers::cases::{self, CASES, Run};
use oxws_peers::documents::Document;
use oxws_peers::native::{self, Native};

const USAGE: &str = "usage: peers list | time ROUNDS MILLISECONDS [--native FOLDER] [CASE…] | once CASE DOCUMENT TIMES \
                     | documents FOLDER";

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["list"] => CASES.iter().for_each(|case| println!("{}", case.name)),
        ["time", rounds, milliseconds, "--native", folder, ref only @ ..] => {
            time(number(rounds)?, number(milliseconds)?, Some(Path::new(folder)), only)?;
        }
        ["time", rounds, milliseconds, ref only @ ..] => {
            time(number(rounds)?, number(milliseconds)?, None, only)?;
        }
        ["once", case, document, times] => once(case, document, number(times)?)?,
        ["documents", folder] => Document::save(Path::new(folder))?,
        _ => return Err(USAGE.to_owned()),
    }
    Ok(())
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("not a number: {text}\n{USAGE}"))
}

fn once(case: &str, document: &str, times: u32) -> Result<(), String> {
    let case = cases::named(case).ok_or_else(|| format!("no case {case}"))?;
    let document = Document::named(document).ok_or_else(|| format!("no document {document}"))?;
    let run = (case.prepare)(document).ok_or("that document is nothing for that case")?;
    for _ in 0..times {
        run();
    }
    Ok(())
}

/// A case on a document, here or in a process of its own.
enum Contender {
    Here(Run),
    Native(Native),
}

impl Contender {
    /// The CPU time of so many runs.
    fn time(&mut self, times: u32) -> Result<Duration, String> {
        match self {
            Contender::Here(run) => {
                let start = ThreadTime::now();
                for _ in 0..times {
                    run();
                }
                Ok(start.elapsed())
            }
            Contender::Native(peer) => peer.time(times),
        }
    }
}

/// Prints `time CASE DOCUMENT BYTES NANOSECONDS` once for each round; in a round, the cases take turns.
fn time(rounds: u32, milliseconds: u32, folder: Option<&Path>, only: &[&str]) -> Result<(), String> {
    folder.map_or(Ok(()), Document::save)?;
    let wanted = |name: &str| only.is_empty() || only.contains(&name);
    for document in Document::ALL {
        let bytes = document.text().len();
        let mut contenders = Vec::new();
        for case in CASES.iter().filter(|case| wanted(case.name)) {
            let run = (case.prepare)(document);
            contenders.extend(run.map(|run| (case.name, Contender::Here(run), 1)));
        }
        if let Some(folder) = folder {
            if !native::gsoap_is_complete(folder, document)? {
                return Err(format!("gSOAP loses something of {}", document.name()));
            }
            for case in native::CASES.iter().filter(|case| wanted(case.0)) {
                let peer = Native::start(folder, *case, document, "")?;
                contenders.extend(peer.map(|peer| (case.0, Contender::Native(peer), 1)));
            }
        }
        let least = Duration::from_millis(milliseconds.into());
        for (_, contender, times) in &mut contenders {
            // As often as takes the time that was asked for.
            contender.time(1)?;
            while contender.time(*times)? < least && *times < 1 << 24 {
                *times *= 2;
            }
        }
        for _ in 0..rounds {
            for (name, contender, times) in &mut contenders {
                let nanoseconds = contender.time(*times)?.as_nanos() as f64 / f64::from(*times);
                println!("time {name} {} {bytes} {nanoseconds:.1}", document.name());
            }
        }
    }
    Ok(())
}
