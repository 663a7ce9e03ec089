//! `cargo xtask bench-check`: instructions of reading and writing, counted by callgrind, against those of the baseline.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{Outcome, bench_peers, files};

/// Count the codec's instructions and compare them with tests/peers/baseline.toml.
///
/// More than 5 % above the baseline is a finding. With another compiler or processor than the baseline's, the counts are
/// compared as multiples of what quick-xml's NsReader loop takes in the same run. Needs valgrind; skips without it.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Write the baseline instead of comparing with it.
    #[arg(long)]
    pub update: bool,
}

const BASELINE: &str = "tests/peers/baseline.toml";
/// Allowed growth.
const LIMIT: f64 = 1.05;
const UNIT: &str = "ns_reader";
const CASES: [&str; 4] = [UNIT, "oxws_strict", "oxws_lenient", "oxws_write"];
const DOCUMENTS: [&str; 4] = ["medium", "request", "ids", "body"];

/// What was counted, and where.
#[derive(serde::Serialize, serde::Deserialize, Debug)]
struct Baseline {
    /// Compiler and the processor features that libraries choose code by.
    machine: String,
    /// Instructions of one run: document, then case.
    instructions: BTreeMap<String, BTreeMap<String, f64>>,
}

/// Runs the command.
///
/// # Errors
/// When something cannot be run, read or written.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: there is no valgrind (Debian: valgrind)");
        return Ok(Outcome::Fine);
    }
    let programs = bench_peers::build(root)?;
    let program = programs.join("oxws-peers");
    let mut measured = Baseline { machine: machine()?, instructions: BTreeMap::new() };
    for document in DOCUMENTS {
        for case in CASES {
            // The difference leaves out what happens once.
            let few = count(&program, &programs, case, document, 2)?;
            let more = count(&program, &programs, case, document, 6)?;
            let counts = measured.instructions.entry(document.to_owned()).or_default();
            counts.insert(case.to_owned(), ((more - few) / 4.0).round());
        }
    }
    let path = root.join(BASELINE);
    if arguments.update {
        files::write(&path, &toml::to_string(&measured)?)?;
        println!("wrote {BASELINE}");
        return Ok(Outcome::Fine);
    }
    let baseline: Baseline = toml::from_str(&String::from_utf8(files::read(&path)?)?)?;
    Ok(Outcome::of(&compare(&baseline, &measured)))
}

/// What takes more than the baseline allows.
fn compare(baseline: &Baseline, measured: &Baseline) -> Vec<String> {
    let same = baseline.machine == measured.machine;
    if !same {
        println!(
            "the baseline is of {}, this is {}: multiples of {UNIT} are compared",
            baseline.machine, measured.machine
        );
    }
    let mut findings = Vec::new();
    for (document, cases) in &measured.instructions {
        for (case, now) in cases.iter().filter(|(case, _)| *case != UNIT) {
            let Some(before) = baseline.instructions.get(document) else { continue };
            let (Some(then), Some(unit_then), Some(unit)) =
                (before.get(case), before.get(UNIT), cases.get(UNIT))
            else {
                continue;
            };
            let growth = if same { now / then } else { (now / unit) / (then / unit_then) };
            println!("{document} {case}: {now:.0} instructions, {:.1} % of the baseline", growth * 100.0);
            if growth > LIMIT {
                let finding = format!(
                    "{document} {case}: {:.1} % more than the baseline; mend it, or take it with --update",
                    (growth - 1.0) * 100.0
                );
                println!("regression: {finding}");
                findings.push(finding);
            }
        }
    }
    findings
}

/// Instructions of a process that runs a case so many times.
fn count(program: &Path, folder: &Path, case: &str, document: &str, times: u32) -> Result<f64> {
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind");
    command.arg(format!("--callgrind-out-file={}", folder.join("callgrind.out").display()));
    command.arg(program).args(["once", case, document, &times.to_string()]);
    let output = command.output().context("cannot run valgrind")?;
    let text = String::from_utf8_lossy(&output.stderr);
    let after = text.split("Collected : ").nth(1).filter(|_| output.status.success());
    let number = after.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.with_context(|| format!("valgrind did not count {case} on {document}:\n{text}"))
}

/// What decides which instructions run, beside the source.
fn machine() -> Result<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let vectors = if info.split_whitespace().any(|flag| flag == "avx2") { "AVX2" } else { "no AVX2" };
    Ok(format!("{}, {} with {vectors}", crate::bench_report::rustc()?, std::env::consts::ARCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(machine: &str, unit: f64, strict: f64) -> Baseline {
        let cases = BTreeMap::from([(UNIT.to_owned(), unit), ("oxws_strict".to_owned(), strict)]);
        Baseline { machine: machine.to_owned(), instructions: BTreeMap::from([("ids".to_owned(), cases)]) }
    }

    #[test]
    fn growth_beyond_the_limit_is_a_finding() {
        let baseline = counted("a", 1000.0, 500.0);
        assert!(compare(&baseline, &counted("a", 1000.0, 520.0)).is_empty());
        assert_eq!(compare(&baseline, &counted("a", 1100.0, 530.0)).len(), 1);
        // On another machine the unit decides.
        assert!(compare(&baseline, &counted("b", 1100.0, 530.0)).is_empty());
        assert_eq!(compare(&baseline, &counted("b", 900.0, 500.0)).len(), 1);
    }
}
