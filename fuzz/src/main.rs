//! The driver: mutates seeds, keeps what shows something new, saves what panics. Needs nothing but stable Rust.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use oxws_fuzz::mutate::{Random, mutate};
use oxws_fuzz::{TARGETS, Target, targets};

const USAGE: &str = "\
usage: oxws-fuzz TARGET [--seconds N] [--seed S] [--trace]
       oxws-fuzz TARGET FILE…

Runs a target on mutated inputs for N seconds (20), or on files. The same seed gives the same inputs in the same order.
--trace writes each input to fuzz/artifacts/last before it is run, to find one that ends the process.
Exit codes: 0 nothing was found, 1 an input breaks a promise, 2 wrong usage.";

/// Longer than this is a finding too.
const TOO_LONG: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().and_then(|name| TARGETS.iter().find(|target| target.name == name));
    let Some(target) = target else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("{USAGE}\nTargets: {}", names.join(", "));
        return ExitCode::from(2);
    };
    let (mut seconds, mut seed, mut trace, mut files) = (20, 1, false, Vec::new());
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok());
        match argument.as_str() {
            "--seconds" | "--seed" => {
                let Some(number) = number() else {
                    eprintln!("{argument} needs a number\n{USAGE}");
                    return ExitCode::from(2);
                };
                *(if argument == "--seed" { &mut seed } else { &mut seconds }) = number;
            }
            "--trace" => trace = true,
            _ => files.push(PathBuf::from(argument)),
        }
    }
    if files.is_empty() {
        return fuzz(target, Duration::from_secs(seconds), seed, trace);
    }
    for file in files {
        match std::fs::read(&file) {
            Ok(bytes) => println!("{}: {}", file.display(), (target.run)(&bytes)),
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn fuzz(target: &Target, time: Duration, seed: u64, trace: bool) -> ExitCode {
    let mut corpus = targets::seeds(target, &root());
    if corpus.is_empty() {
        eprintln!("{} has no seeds", target.name);
        return ExitCode::from(2);
    }
    let start = Instant::now();
    let mut random = Random(seed);
    let mut seen = BTreeSet::new();
    let first = corpus.len();
    let mut runs = 0;
    // A panic is what is looked for: its report is printed once, below.
    std::panic::set_hook(Box::new(|_| {}));
    while start.elapsed() < time {
        // The seeds as they are, then changed ones.
        let input = if runs < first {
            corpus[runs].clone()
        } else {
            let (one, other) = (random.below(corpus.len()), random.below(corpus.len()));
            mutate(&corpus[one], &corpus[other], target.words, &mut random)
        };
        runs += 1;
        if trace && let Err(error) = save("last", &input) {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
        let begun = Instant::now();
        let problem = match catch_unwind(AssertUnwindSafe(|| (target.run)(&input))) {
            Ok(_) if begun.elapsed() > TOO_LONG => format!("took {:?}", begun.elapsed()),
            Ok(outcome) => {
                if seen.insert(outcome) && runs > first && corpus.len() < 5_000 {
                    corpus.push(input);
                }
                continue;
            }
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_default()
            }
        };
        let path = match save(&format!("{}-{seed}-{runs}", target.name), &input) {
            Ok(path) => path.display().to_string(),
            Err(error) => error.to_string(),
        };
        println!("{}: run {runs} of seed {seed} breaks a promise:\n{problem}\n", target.name);
        println!("the input is in {path}\nto run it: cargo run -p oxws-fuzz -- {} {path}", target.name);
        return ExitCode::FAILURE;
    }
    println!("{}: {runs} runs of seed {seed} in {} s, {} outcomes", target.name, time.as_secs(), seen.len());
    ExitCode::SUCCESS
}

fn save(name: &str, input: &[u8]) -> std::io::Result<PathBuf> {
    let folder = root().join("fuzz/artifacts");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    std::fs::write(&path, input)?;
    Ok(path)
}
