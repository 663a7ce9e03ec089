//! `cargo xtask bench-report`: measures the codec beside others, serving, compiling and the contact store, and writes
//! `docs/benchmarks.md`, a section for each.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use clap::ValueEnum as _;

use crate::bench_compile::Compiled;
use crate::bench_http::Http;
use crate::bench_peers::Peers;
use crate::bench_scale::Scale;
use crate::bench_ucs::Ucs;
use crate::{Outcome, files};

/// Measure the codec beside others, the server shim, the compilation of the crate and the contact store, and write
/// docs/benchmarks.md.
///
/// Everything runs in several short rounds in which all take turns, since other work on the machine comes and goes; the
/// report has medians of the times, and of the ratios within each round. A budget that is missed is a finding.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Measure these parts alone, and rewrite their sections; the rest of the report stays as it is.
    pub parts: Vec<Part>,
    /// Rounds in which the codec and its peers take turns.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub rounds: u32,
    /// Print the report instead of writing it.
    #[arg(long)]
    pub print: bool,
}

/// A part of the report that can be made by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Part {
    /// The codec beside others.
    Peers,
    /// The server shim over HTTP.
    Http,
    /// The compilation of the crate.
    Compile,
    /// The contact store.
    Ucs,
    /// The generator and its crates on the published set.
    Scale,
}

/// The report, below the root.
const REPORT: &str = "docs/benchmarks.md";
/// What stands before the sections.
const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench-report`; `cargo xtask bench-report PART` measures one section anew (`peers`, `http`, \
`compile`, `ucs`, `scale`). Compare ratios, not times: machines differ, and other work on them comes and goes. Marks are what the \
project holds itself to; one that is missed is told by the command, and here.
";

/// Runs the command.
///
/// # Errors
/// When something cannot be run, read or written.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    let cargo = Cargo::new(root);
    let mut missed = Vec::new();
    let parts = match &arguments.parts[..] {
        [] => Part::value_variants(),
        parts => parts,
    };
    let mut report = headed(&String::from_utf8(files::read(&root.join(REPORT))?)?);
    for part in parts {
        let Some(section) = part.section(&cargo, arguments, &mut missed)? else { continue };
        report = with_section(&report, &stamped(&section)?);
        // What was measured is kept if the next part fails.
        if !arguments.print {
            files::write(&root.join(REPORT), &report)?;
        }
    }
    if arguments.print {
        println!("{report}");
    } else {
        println!("wrote {REPORT}");
    }
    for budget in &missed {
        println!("over budget: {budget}");
    }
    Ok(Outcome::of(&missed))
}

impl Part {
    /// Measures it, and writes its section; adds the budgets that are missed. `None` where it cannot be measured here:
    /// then the section that there is stays.
    fn section(
        self,
        cargo: &Cargo<'_>,
        arguments: &Arguments,
        missed: &mut Vec<String>,
    ) -> Result<Option<String>> {
        Ok(Some(match self {
            Part::Peers => Peers::measure(cargo.root, arguments.rounds)?.section(cargo.root, missed)?,
            Part::Http => {
                println!("requests over HTTP");
                let http = cargo.run(&["bench", "-q", "-p", "oxws-tests", "--bench", "http"])?;
                Http::parse(&http)?.section(missed)
            }
            Part::Compile => Compiled::measure(cargo)?.section(missed),
            Part::Ucs => Ucs::measure(cargo)?.section(missed),
            Part::Scale => {
                let scale = Scale::measure(cargo)?;
                if scale.is_empty() {
                    return Ok(None);
                }
                scale.section(missed)?
            }
        }))
    }
}

/// A report with the head as it is now, and the sections that it has.
fn headed(report: &str) -> String {
    let sections = report.find("\n## ").map_or("", |at| &report[at..]);
    format!("{HEAD}{sections}")
}

/// A section with the day, the machine and the compiler under its title.
fn stamped(section: &str) -> Result<String> {
    let (title, rest) = section.trim_start().split_once('\n').unwrap_or((section, ""));
    Ok(format!("{title}\n\nMeasured on {}. {}. {}.\n{rest}", today(), machine(), rustc()?))
}

/// The report with this section in the place of the one of the same title, or at the end.
fn with_section(report: &str, section: &str) -> String {
    let title = section.lines().next().unwrap_or_default();
    let is_title = |at: usize| report[..at].ends_with('\n') && report[at..].lines().next() == Some(title);
    let begin = report.match_indices(title).map(|(at, _)| at).find(|at| is_title(*at));
    let (before, old) = report.split_at(begin.unwrap_or(report.len()));
    let after = old.find("\n## ").map_or("", |at| &old[at..]);
    format!("{}\n\n{}\n{after}", before.trim_end(), section.trim_end())
}

/// How cargo is run here, and where it builds.
pub(crate) struct Cargo<'a> {
    pub(crate) root: &'a Path,
    pub(crate) target: PathBuf,
}

impl<'a> Cargo<'a> {
    fn new(root: &'a Path) -> Cargo<'a> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Cargo { root, target: std::path::absolute(&target).unwrap_or(target) }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Nothing is remembered of the last compilation but the dependencies.
        command.current_dir(self.root).args(arguments).env("CARGO_INCREMENTAL", "0");
        let output = command.output().context("cannot run cargo")?;
        if !output.status.success() {
            bail!("cargo {} failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// The middle one, or the mean of the two in the middle; 0 of none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match (numbers.get(numbers.len().saturating_sub(1) / 2), numbers.get(numbers.len() / 2)) {
        (Some(low), Some(high)) => (low + high) / 2.0,
        _ => 0.0,
    }
}

/// Crates with their versions in this lock file.
pub(crate) fn versions(lock: &str, crates: &[&str]) -> String {
    let version = |name: &str| {
        let after = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1)?;
        after.split('"').next()
    };
    let all = crates.iter().filter_map(|name| version(name).map(|version| format!("{name} {version}")));
    all.collect::<Vec<_>>().join(", ")
}

pub(crate) fn verdict(fine: bool) -> &'static str {
    if fine { "met" } else { "**missed**" }
}

/// Nanoseconds in a unit that suits them.
pub(crate) fn duration(nanos: f64) -> String {
    match nanos {
        n if n >= 1e6 => format!("{:.2} ms", n / 1e6),
        n if n >= 1e3 => format!("{:.2} µs", n / 1e3),
        n => format!("{n:.0} ns"),
    }
}

/// Digits in groups of three.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// Model and number of processors, as far as the system tells.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("Unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {}", crate::count(cores, "core"))
}

pub(crate) fn rustc() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().context("cannot run rustc")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The date in UTC.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    date(seconds / 86_400)
}

/// The date so many days after 1970-01-01, by years and months.
fn date(mut days: u64) -> String {
    let mut year = 1970;
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let months = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in months {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_as_people_write_them() {
        assert_eq!(
            [0, 59, 364, 11_016, 19_782].map(date),
            ["1970-01-01", "1970-03-01", "1970-12-31", "2000-02-29", "2024-02-29"]
        );
        assert_eq!([7.0, 999.0, 1000.0, 4_301_223.0].map(thousands), ["7", "999", "1 000", "4 301 223"]);
        assert_eq!([12.4, 1234.0, 21_514_000.0].map(duration), ["12 ns", "1.23 µs", "21.51 ms"]);
        assert!(
            (median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9 && (median(vec![4.0, 1.0]) - 2.5).abs() < 1e-9
        );
    }

    #[test]
    fn a_section_takes_the_place_of_the_old_one() {
        let report = "# Benchmarks\n\nText with ## b in it.\n\n## a\n\none\n\n## b\n\ntwo\n\n### c\n\nthree\n\n## d\n\nfour\n";
        let expected =
            "# Benchmarks\n\nText with ## b in it.\n\n## a\n\none\n\n## b\n\nnew\n\n## d\n\nfour\n";
        assert_eq!(with_section(report, "## b\n\nnew\n"), expected);
        assert_eq!(with_section(expected, "## b\n\nnew\n"), expected);
        let last = with_section(report, "## d\n\nnew\n");
        assert!(last.ends_with("three\n\n## d\n\nnew\n"), "{last}");
        let more = with_section(report, "## e\n\nnew\n");
        assert!(more.ends_with("four\n\n## e\n\nnew\n"), "{more}");
    }

    #[test]
    fn sections_outlive_the_head() {
        let report = headed("# Old\n\nText.\n\n## a\n\none\n");
        assert_eq!(report, format!("{HEAD}\n## a\n\none\n"));
        assert_eq!(headed(&report), report);
    }

    #[test]
    fn a_section_tells_when_and_where() -> Result<()> {
        let text = stamped("\n## a\n\none\n")?;
        assert!(text.starts_with("## a\n\nMeasured on 2") && text.ends_with(".\n\none\n"), "{text}");
        assert_eq!(versions("[[package]]\nname = \"a\"\nversion = \"1.2\"\n", &["a", "b"]), "a 1.2");
        Ok(())
    }
}
