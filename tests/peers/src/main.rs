//! `peers time`: CPU time of every case on every document, in rounds. `peers once CASE DOCUMENT TIMES`: one case, for
//! callgrind and for the peak of memory. `peers documents FOLDER`: the documents, for peers in other languages.

use std::time::Duration;

use cpu_time::ThreadTime;
use oxws_peers::cases::{self, CASES, Run};
use oxws_peers::documents::Document;

const USAGE: &str =
    "usage: peers list | time ROUNDS MILLISECONDS [CASE…] | once CASE DOCUMENT TIMES | documents FOLDER";

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["list"] => CASES.iter().for_each(|case| println!("{}", case.name)),
        ["time", rounds, milliseconds, ref only @ ..] => time(number(rounds)?, number(milliseconds)?, only),
        ["once", case, document, times] => once(case, document, number(times)?)?,
        ["documents", folder] => {
            for document in Document::ALL {
                let path = format!("{folder}/{}.xml", document.name());
                std::fs::write(&path, document.text()).map_err(|error| format!("{path}: {error}"))?;
            }
        }
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
    let run = (case.prepare)(document);
    for _ in 0..times {
        run();
    }
    Ok(())
}

/// Prints `time CASE DOCUMENT BYTES NANOSECONDS` once for each round; in a round, the cases take turns.
fn time(rounds: u32, milliseconds: u32, only: &[&str]) {
    for document in Document::ALL {
        let bytes = document.text().len();
        let cases = CASES.iter().filter(|case| only.is_empty() || only.contains(&case.name));
        let mut runs: Vec<(&str, Run, u32)> =
            cases.map(|case| (case.name, (case.prepare)(document), 1)).collect();
        let least = Duration::from_millis(milliseconds.into());
        for (_, run, times) in &mut runs {
            // As often as takes the time that was asked for.
            run();
            while measure(run, *times) < least && *times < 1 << 24 {
                *times *= 2;
            }
        }
        for _ in 0..rounds {
            for (name, run, times) in &runs {
                let nanoseconds = measure(run, *times).as_nanos() as f64 / f64::from(*times);
                println!("time {name} {} {bytes} {nanoseconds:.1}", document.name());
            }
        }
    }
}

fn measure(run: &Run, times: u32) -> Duration {
    let start = ThreadTime::now();
    for _ in 0..times {
        run();
    }
    start.elapsed()
}
