//! `cargo xtask bench-report`: measures reading, writing, serving and compiling, and writes `docs/benchmarks.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::bench_http::Http;
use crate::bench_scale::Scale;
use crate::bench_ucs::Ucs;
use crate::{Outcome, files};

/// Measure the codec, the server shim, the compilation of the crate and the contact store, and write
/// docs/benchmarks.md.
///
/// Runs the bench `codec` in several short rounds, since other work on the machine comes and goes, and takes medians:
/// of the times, and of the ratios within each round. A budget that is missed is a finding.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Measure this part alone, and rewrite its section; the rest of the report stays as it is.
    pub part: Option<Part>,
    /// Rounds of the bench.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub rounds: u32,
    /// Print the report instead of writing it.
    #[arg(long)]
    pub print: bool,
}

/// A part of the report that can be made by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Part {
    /// The contact store.
    Ucs,
    /// The generator and its crates on the published set.
    Scale,
}

/// The report, below the root.
const REPORT: &str = "docs/benchmarks.md";
/// Times each compilation.
const COMPILATIONS: u32 = 3;

/// A bench of `tests/benches/codec.rs` in the report.
struct Row {
    name: &'static str,
    what: &'static str,
    /// Least share of the NsReader loop in this issue, and in the end.
    budget: Option<(f64, f64)>,
}

const fn row(name: &'static str, what: &'static str, budget: Option<(f64, f64)>) -> Row {
    Row { name, what, budget }
}

/// Criterion's groups with their title; the first row of each is the unit.
const GROUPS: &[(&str, &str, &[Row])] = &[
    (
        "item_list",
        "A GetImItemListResponse with 1000 personas, in its envelope",
        &[
            row("ns_reader", "quick-xml NsReader loop, names of elements and attributes resolved", None),
            row("reader", "quick-xml Reader loop, events and attributes", None),
            row("read_strict", "**read into types, strict**", Some((0.7, 1.0))),
            row("read_lenient", "**read into types, lenient**", Some((0.7, 1.0))),
            row("writer_replay", "quick-xml Writer replay of the same events", None),
            row("write", "**write from types**", Some((2.5, 3.5))),
        ],
    ),
    (
        "small_request",
        "An AddImGroup request with two header blocks, in its envelope",
        &[
            row("ns_reader", "quick-xml NsReader loop", None),
            row("reader", "quick-xml Reader loop", None),
            row("read_strict", "**read into types, strict**", None),
            row("read_lenient", "**read into types, lenient**", None),
            row("writer_replay", "quick-xml Writer replay", None),
            row("write", "**write from types**", None),
        ],
    ),
    // At most 1.0 µs where the loop takes 0.62 µs.
    (
        "small_body",
        "The body of that request by itself",
        &[
            row("ns_reader", "quick-xml NsReader loop", None),
            row("read_strict", "**read into types, strict**", Some((0.62, 0.62))),
            row("write", "**write from types**", None),
        ],
    ),
    (
        "response_code",
        "All 470 response codes from text to variant (here the share is of the hash map)",
        &[
            row("hash_map", "std's HashMap from text to position", None),
            row("lookup", "**ResponseCode::from**", None),
        ],
    ),
];

/// What was measured of one bench.
#[derive(Default, Debug)]
struct Measured {
    /// Nanoseconds in each round.
    times: Vec<f64>,
    bytes: f64,
}

/// Runs the command.
///
/// # Errors
/// When something cannot be run, read or written.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    let cargo = Cargo::new(root);
    let mut missed = Vec::new();
    if arguments.part == Some(Part::Ucs) {
        let section = Ucs::measure(&cargo)?.section(&mut missed);
        let report = String::from_utf8(files::read(&root.join(REPORT))?)?;
        return finish(root, arguments, &with_section(&report, &section), &missed);
    }
    if arguments.part == Some(Part::Scale) {
        let section = Scale::measure(&cargo)?.section(&mut missed)?;
        let report = String::from_utf8(files::read(&root.join(REPORT))?)?;
        return finish(root, arguments, &with_section(&report, &section), &missed);
    }
    let measured = cargo.bench(arguments.rounds)?;
    let http = cargo.http()?;
    let compiled = cargo.compile()?;
    let lines = generated_lines(root)?;
    let ucs = Ucs::measure(&cargo)?;
    let scale = Scale::measure(&cargo)?;
    let mut report =
        Report { root, rounds: arguments.rounds, measured, http, compiled, lines }.text(&mut missed)?;
    report.push('\n');
    report.push_str(&ucs.section(&mut missed));
    let report = with_section(&report, &scale.section(&mut missed)?);
    finish(root, arguments, &report, &missed)
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

/// Writes or prints a report, and tells what is over its budget.
fn finish(root: &Path, arguments: &Arguments, report: &str, missed: &[String]) -> Result<Outcome> {
    if arguments.print {
        println!("{report}");
    } else {
        files::write(&root.join(REPORT), report)?;
        println!("wrote {REPORT}");
    }
    for budget in missed {
        println!("over budget: {budget}");
    }
    Ok(Outcome::of(missed))
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

    pub(crate) fn run(&self, arguments: &[&str], home: Option<&Path>) -> Result<String> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Nothing is remembered of the last compilation but the dependencies.
        command.current_dir(self.root).args(arguments).env("CARGO_INCREMENTAL", "0");
        if let Some(home) = home {
            command.env("CRITERION_HOME", home);
        }
        let output = command.output().context("cannot run cargo")?;
        if !output.status.success() {
            bail!("cargo {} failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs the bench of the server, which has its own rounds.
    fn http(&self) -> Result<Http> {
        println!("requests over HTTP");
        Http::parse(&self.run(&["bench", "-q", "-p", "oxws-tests", "--bench", "http"], None)?)
    }

    /// Runs the bench and gathers criterion's medians.
    fn bench(&self, rounds: u32) -> Result<BTreeMap<(&'static str, &'static str), Measured>> {
        let bench = ["bench", "-q", "-p", "oxws-tests", "--bench", "codec"];
        self.run(&[&bench[..], &["--no-run"]].concat(), None)?;
        let home = self.target.join("bench-report").join("criterion");
        let mut measured: BTreeMap<_, Measured> = BTreeMap::new();
        for round in 1..=rounds {
            println!("round {round} of {rounds}");
            if home.exists() {
                std::fs::remove_dir_all(&home)?;
            }
            let short = ["--", "--warm-up-time", "0.2", "--measurement-time", "1", "--noplot"];
            self.run(&[&bench[..], &short].concat(), Some(&home))?;
            for (group, _, rows) in GROUPS {
                for row in *rows {
                    let folder = home.join(group).join(row.name).join("new");
                    let entry = measured.entry((*group, row.name)).or_default();
                    entry.times.push(number(
                        &folder.join("estimates.json"),
                        &["\"median\"", "\"point_estimate\":"],
                    )?);
                    entry.bytes = number(&folder.join("benchmark.json"), &["\"throughput\"", "\"Bytes\":"])?;
                }
            }
        }
        Ok(measured)
    }

    /// CPU seconds of checking and building the crate with its dependencies built; none where the system does
    /// not tell them.
    fn compile(&self) -> Result<[Option<f64>; 2]> {
        let target = self.target.join("bench-report").join("compile");
        let target = target.to_string_lossy();
        let commands: [&[&str]; 2] =
            [&["check", "-q", "-p", "oxws"], &["build", "-q", "--release", "-p", "oxws"]];
        let mut all = [None; 2];
        for (command, result) in commands.iter().zip(&mut all) {
            println!("cargo {}", command.join(" "));
            let arguments = [command, &["--target-dir", &*target][..]].concat();
            self.run(&arguments, None)?;
            let mut times = Vec::new();
            for _ in 0..COMPILATIONS {
                File::open(self.root.join("generated/src/lib.rs"))?.set_modified(SystemTime::now())?;
                let before = children_seconds();
                self.run(&arguments, None)?;
                times.extend(children_seconds().zip(before).map(|(after, before)| after - before));
            }
            *result = (!times.is_empty()).then(|| median(times));
        }
        Ok(all)
    }
}

/// CPU seconds of all processes that this one has started and that have ended, with theirs.
pub(crate) fn children_seconds() -> Option<f64> {
    // Fields 16 and 17 (proc(5)), in hundredths of a second; the name in field 2 may hold spaces.
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    let (user, system) = (fields.next()?.parse::<f64>().ok()?, fields.next()?.parse::<f64>().ok()?);
    Some((user + system) / 100.0)
}

/// The number after these words, each after the one before it, in a JSON file of criterion's.
fn number(path: &Path, words: &[&str]) -> Result<f64> {
    let text = files::read(path)?;
    let text = String::from_utf8(text)?;
    let mut rest = text.as_str();
    for word in words {
        let at = rest.find(word).with_context(|| format!("no {word} in {}", path.display()))?;
        rest = &rest[at + word.len()..];
    }
    let end = rest.find([',', '}']).unwrap_or(rest.len());
    rest[..end].trim().parse().with_context(|| format!("no number after {words:?} in {}", path.display()))
}

/// The middle one, or the mean of the two in the middle; 0 of none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match (numbers.get(numbers.len().saturating_sub(1) / 2), numbers.get(numbers.len() / 2)) {
        (Some(low), Some(high)) => (low + high) / 2.0,
        _ => 0.0,
    }
}

/// Lines of the files that are compiled with the feature of each protocol alone.
fn generated_lines(root: &Path) -> Result<BTreeMap<String, usize>> {
    let plan = crate::regen::plan(root)?;
    if plan.failed {
        bail!("the schemas have errors:\n{}", plan.messages);
    }
    Ok(plan.output.features)
}

/// Everything there is to say.
struct Report<'a> {
    root: &'a Path,
    rounds: u32,
    measured: BTreeMap<(&'static str, &'static str), Measured>,
    http: Http,
    compiled: [Option<f64>; 2],
    /// By feature of a protocol.
    lines: BTreeMap<String, usize>,
}

impl Report<'_> {
    /// The report; adds the budgets that are missed. Writing to a string cannot fail.
    fn text(&self, missed: &mut Vec<String>) -> Result<String> {
        let mut out = String::from("# Benchmarks\n\n");
        let _ = writeln!(
            out,
            "Written by `cargo xtask bench-report` on {}. {}. {}, {}.\n\n\
             Medians of {} rounds of criterion's medians; the shares are medians of the ratios within each round, so \
             that other work on the machine hurts little. A share is the time of quick-xml's NsReader loop on the same \
             bytes divided by the time of the row: more is faster. Reading into types includes freeing the value, \
             writing from types includes allocating the text. The documents are made by `tests/src/corpus.rs`; the \
             loops, in `tests/benches/codec.rs`, neither unescape nor keep nor check any value. Marks: what the \
             generator must reach / what the speed work aims at.",
            today(),
            machine(),
            rustc()?,
            self.crates()?,
            self.rounds,
        );
        for (group, title, rows) in GROUPS {
            let Some(unit) = rows.first().and_then(|unit| self.measured.get(&(*group, unit.name))) else {
                continue;
            };
            let _ = writeln!(out, "\n## {title}\n\n{} bytes.\n", thousands(unit.bytes));
            out.push_str("| what | time | MB/s | share | mark | |\n|---|--:|--:|--:|--:|---|\n");
            for row in *rows {
                let Some(measured) = self.measured.get(&(*group, row.name)) else { continue };
                let time = median(measured.times.clone());
                let ratios = unit.times.iter().zip(&measured.times).map(|(unit, time)| unit / time);
                let share = median(ratios.collect());
                let (mark, verdict) = match row.budget {
                    None => (String::new(), ""),
                    Some((least, aim)) => {
                        if share < least {
                            missed.push(format!(
                                "{group}/{}: {share:.2} of the NsReader loop, not {least}",
                                row.name
                            ));
                        }
                        (format!("{least} / {aim}"), verdict(share >= least))
                    }
                };
                let speed = measured.bytes / time * 1000.0;
                let _ = writeln!(
                    out,
                    "| {} | {} | {speed:.0} | {share:.2} | {mark} | {verdict} |",
                    row.what,
                    duration(time)
                );
            }
        }
        out.push_str(&self.http.section(missed));
        out.push_str("\n## The crate `oxws`\n\n");
        let _ = writeln!(
            out,
            "CPU seconds of user and system, the dependencies built, nothing else remembered; medians \
             of {COMPILATIONS}, cargo itself included.\n\n| what | measured | mark | |\n|---|--:|--:|---|"
        );
        let mut budget = |what: &str, value: Option<f64>, shown: String, mark: f64, shown_mark: &str| {
            let fine = value.is_none_or(|value| value <= mark);
            if !fine {
                missed.push(format!("{what}: {shown}, not {shown_mark}"));
            }
            let _ = writeln!(
                out,
                "| {what} | {shown} | {shown_mark} | {} |",
                value.map_or("", |_| verdict(fine))
            );
        };
        for (feature, lines) in &self.lines {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let lines = *lines as f64;
            let what = format!("lines of generated code with the feature `{feature}` alone");
            budget(&what, Some(lines), thousands(lines), 8000.0, "≤ 8 000");
        }
        let seconds =
            |value: Option<f64>| value.map_or("not measured".to_owned(), |value| format!("{value:.2} s"));
        let [check, release] = self.compiled;
        budget("`cargo check -p oxws`", check, seconds(check), 3.0, "≤ 3 s");
        budget("`cargo build --release -p oxws`", release, seconds(release), 8.0, "≤ 8 s");
        Ok(out)
    }

    /// Versions of what is measured and compared with.
    fn crates(&self) -> Result<String> {
        let lock = String::from_utf8(files::read(&self.root.join("Cargo.lock"))?)?;
        let version = |name: &str| {
            let after = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1)?;
            after.split('"').next()
        };
        let known = ["oxws", "quick-xml", "hyper", "criterion"];
        let all = known.iter().filter_map(|name| version(name).map(|version| format!("{name} {version}")));
        Ok(all.collect::<Vec<_>>().join(", "))
    }
}

pub(crate) fn verdict(fine: bool) -> &'static str {
    if fine { "met" } else { "**missed**" }
}

/// Nanoseconds in a unit that suits them.
fn duration(nanos: f64) -> String {
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
pub(crate) fn machine() -> String {
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
    fn a_missed_budget_is_told() -> Result<()> {
        let mut measured = BTreeMap::new();
        for (group, _, rows) in GROUPS {
            for row in *rows {
                let time = if row.name == "write" { 5000.0 } else { 1000.0 };
                measured.insert((*group, row.name), Measured { times: vec![time; 3], bytes: 1000.0 });
            }
        }
        let root = crate::root();
        let http = Http::parse("http bare_hyper 1000 10\nhttp oxws 1500 8\n")?;
        let report = Report {
            root: &root,
            rounds: 3,
            measured,
            http,
            compiled: [Some(3.5), None],
            lines: [("oxwscos".to_owned(), 8000)].into(),
        };
        let mut missed = Vec::new();
        let text = report.text(&mut missed)?;
        assert_eq!(
            missed,
            [
                "item_list/write: 0.20 of the NsReader loop, not 2.5",
                "`cargo check -p oxws`: 3.50 s, not ≤ 3 s",
            ]
        );
        assert!(
            text.contains("| **write from types** | 5.00 µs | 200 | 0.20 | 2.5 / 3.5 | **missed** |"),
            "{text}"
        );
        assert!(
            text.contains("with the feature `oxwscos` alone | 8 000 | ≤ 8 000 | met |")
                && text.contains("not measured")
        );
        Ok(())
    }
}
