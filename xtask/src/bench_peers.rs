//! The part of `cargo xtask bench-report` about the codec beside others: what the package in `tests/peers` prints, and
//! what it says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::bench_report::{duration, median, thousands, verdict, versions};
use crate::files;

/// A document, how it is called here, and what is done to it.
const DOCUMENTS: [(&str, &str, &[Row]); 6] = [
    ("large", "A GetImItemList reply with 1000 contacts in 20 groups", ENVELOPE),
    ("medium", "A GetImItemList reply with 10 contacts in 6 groups", ENVELOPE),
    ("ids", "A GetImItems request with 100 ids", ENVELOPE),
    (
        "request",
        "An AddImGroup request with three header blocks, with white space as clients write it",
        ENVELOPE,
    ),
    ("body", "The body of an AddImGroup request by itself", ENVELOPE),
    ("codes", "All 470 response codes from text to variant", CODES),
];

/// Case and description.
type Row = (&'static str, &'static str);

const ENVELOPE: &[Row] = &[
    (UNIT, "quick-xml NsReader loop, names of elements and attributes resolved"),
    ("reader", "quick-xml Reader loop, events and attributes"),
    ("libxml2_reader", "libxml2 xmlTextReader loop"),
    (TREE, "libxml2, tree"),
    ("roxmltree", "roxmltree, tree"),
    ("gsoap", "gSOAP, into its C structures"),
    ("serde", "quick-xml with serde, into types"),
    ("instant", "instant-xml, into types"),
    ("hard", "hard-xml, into types"),
    ("oxws_strict", "**oxws, into types, strict**"),
    ("oxws_lenient", "**oxws, into types, lenient**"),
    ("oxws_clone", "copying the value that oxws made"),
    ("replay", "write: quick-xml Writer replay of the events"),
    ("gsoap_write", "write: gSOAP"),
    ("serde_write", "write: quick-xml with serde"),
    ("instant_write", "write: instant-xml"),
    ("hard_write", "write: hard-xml"),
    ("oxws_write", "**write: oxws**"),
];
const CODES: &[Row] =
    &[("hash_map", "std's HashMap from text to position"), ("oxws_code", "**ResponseCode::from**")];

/// The case that all are compared with, and that of a tree.
const UNIT: &str = "ns_reader";
const TREE: &str = "libxml2_dom";

/// Times to beat: document, case, the case that it is compared with, least share, and what that is.
const SHARES: [(&str, &str, &str, f64, &str); 9] = [
    ("large", "oxws_strict", UNIT, 1.0, "large reply, strict: share of the NsReader loop"),
    ("large", "oxws_lenient", UNIT, 1.0, "large reply, lenient: share of the NsReader loop"),
    (
        "large",
        "oxws_strict",
        "reader",
        1.0,
        "large reply, strict: share of the Reader loop, without namespaces",
    ),
    ("large", "oxws_strict", TREE, 1.0, "large reply, strict: share of libxml2's tree"),
    ("large", "oxws_strict", "oxws_lenient", 0.9, "large reply, strict: share of lenient"),
    ("request", "oxws_strict", UNIT, 0.62, "request, strict: share of the NsReader loop"),
    ("body", "oxws_strict", UNIT, 0.62, "body by itself, strict: share of the NsReader loop"),
    ("large", "oxws_write", UNIT, 3.5, "large reply, writing: share of the NsReader loop's reading"),
    ("large", "oxws_write", "gsoap_write", 2.0, "large reply, writing: share of gSOAP's"),
];
/// Most allocations and bytes beyond those of the result, as a share of them.
const BEYOND: f64 = 0.2;

/// What the programs printed.
#[derive(Default, Debug)]
pub(crate) struct Peers {
    /// Document and case: nanoseconds, round by round.
    times: BTreeMap<(String, String), Vec<f64>>,
    /// Document: bytes.
    sizes: BTreeMap<String, f64>,
    /// Document and case: allocations, bytes in them, rise of the resident size.
    memory: BTreeMap<(String, String), [f64; 3]>,
    /// What there is of peers in C, and what is missing.
    native: Vec<String>,
}

/// Builds the package of peers; the folder of its programs.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    let target = root.join("target/peers");
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--release", "--locked", "--manifest-path"]);
    build.arg(root.join("tests/peers/Cargo.toml")).arg("--target-dir").arg(&target);
    if !build.status().context("cannot run cargo")?.success() {
        bail!("the package of peers does not build");
    }
    Ok(target.join("release"))
}

impl Peers {
    /// Builds and runs all peers that there can be.
    pub(crate) fn measure(root: &Path, rounds: u32) -> Result<Peers> {
        println!("the peers of the codec");
        let programs = build(root)?;
        let native = root.join("target/peers/native");
        let built = output(Command::new(root.join("tests/peers/native/build")).arg(&native));
        let built = built.unwrap_or_else(|error| format!("note: the peers in C do not build: {error}"));
        print!("{built}");
        let documents = root.join("target/peers/documents");
        std::fs::create_dir_all(&documents)?;
        let mut time = Command::new(programs.join("oxws-peers"));
        time.args(["time", &rounds.to_string(), "50", "--native"]).arg(&native);
        let mut memory = Command::new(programs.join("memory"));
        memory.arg(&documents).arg(&native);
        let mut peers = Peers::parse(&[output(&mut time)?, output(&mut memory)?].concat())?;
        peers.native = built.lines().map(str::to_owned).collect();
        Ok(peers)
    }

    /// From lines `time CASE DOCUMENT BYTES NANOSECONDS` and `memory CASE DOCUMENT ALLOCATIONS BYTES PEAK`.
    fn parse(output: &str) -> Result<Peers> {
        let mut peers = Peers::default();
        for line in output.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let numbers: Result<Vec<f64>, _> = words.iter().skip(3).map(|word| word.parse()).collect();
            let numbers = numbers.with_context(|| format!("no numbers in {line:?}"))?;
            match (&words[..], &numbers[..]) {
                (["time", case, document, ..], [bytes, nanoseconds]) => {
                    peers.sizes.insert((*document).to_owned(), *bytes);
                    let of = ((*document).to_owned(), (*case).to_owned());
                    peers.times.entry(of).or_default().push(*nanoseconds);
                }
                (["memory", case, document, ..], [allocations, bytes, peak]) => {
                    let of = ((*document).to_owned(), (*case).to_owned());
                    peers.memory.insert(of, [*allocations, *bytes, *peak]);
                }
                _ => bail!("the peers printed {line:?}"),
            }
        }
        ensure!(peers.share("large", "oxws_strict", UNIT).is_some(), "the peers printed no times:\n{output}");
        Ok(peers)
    }

    /// The time of another case divided by that of a case: the median over the rounds.
    fn share(&self, document: &str, case: &str, other: &str) -> Option<f64> {
        let times = |case: &str| self.times.get(&(document.to_owned(), case.to_owned()));
        let (own, others) = (times(case)?, times(other)?);
        Some(median(others.iter().zip(own).map(|(other, own)| other / own).collect()))
    }

    /// How many more allocations and bytes a case takes than the result itself, as shares of these.
    fn beyond(&self, document: &str, case: &str) -> Option<[f64; 2]> {
        let [all, result] =
            [case, "oxws_clone"].map(|case| self.memory.get(&(document.to_owned(), case.to_owned())));
        let (all, result) = (all?, result?);
        Some([0, 1].map(|at| all[at] / result[at] - 1.0))
    }

    /// The section of the report; adds the budgets that are missed. Writing to a string cannot fail.
    pub(crate) fn section(&self, root: &Path, missed: &mut Vec<String>) -> Result<String> {
        let lock = files::read(&root.join("tests/peers/Cargo.lock"))?;
        let crates = ["quick-xml", "serde", "instant-xml", "hard-xml", "roxmltree"];
        let rounds = self.times.values().map(Vec::len).max().unwrap_or(0);
        let mut out = format!(
            "## The codec beside others\n\n{}; {}.\n\n\
             Every peer reads and writes the same bytes in the same run (`tests/peers`): those in Rust in one process, those \
             in C, compiled with -O2, in one each (`tests/peers/native`); gSOAP's code is made from `schemas/` as it runs. \
             Times are CPU times, medians of {rounds} rounds in which all take turns; shares are medians of the ratios within \
             a round, so that other work on the machine hurts little. A share is the time of quick-xml's NsReader loop, or of \
             libxml2's tree, divided by the time of the row: more is faster. Reading includes freeing what was made, writing \
             includes allocating the text. The loops neither unescape nor keep nor check any value; oxws checks \
             well-formedness and, in the strict mode, the schema; what stands before and in the start tag of a root it knows \
             from the document before, as with those of one sender. serde matches local names in any namespace, hard-xml \
             prefixes; both, like instant-xml, keep dates and ids as texts and check no facets.\n\n\
             Allocations and the bytes in them are counted in a run that is not timed; a block that grows counts each time, \
             with what it grows by. *Resident* is how far the first run in a process raises the resident size, for the largest \
             document only: with smaller ones it is the code that is touched. Copying the value that oxws made takes exactly \
             the allocations of that value.\n",
            versions(&String::from_utf8_lossy(&lock), &crates),
            self.native.join(", "),
        );
        for (document, title, rows) in DOCUMENTS {
            self.table(&mut out, document, title, rows);
        }
        self.budgets(&mut out, missed);
        Ok(out)
    }

    fn table(&self, out: &mut String, document: &str, title: &str, rows: &[Row]) {
        let Some(bytes) = self.sizes.get(document) else { return };
        let unit = rows.first().map_or(UNIT, |row| row.0);
        let _ = writeln!(out, "\n### {title}\n\n{} bytes.\n", thousands(*bytes));
        let of_unit = if unit == UNIT { "of the NsReader loop" } else { "of the map" };
        let _ = writeln!(
            out,
            "| what | time | MB/s | {of_unit} | of libxml2's tree | allocations | bytes | resident |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|"
        );
        for (case, what) in rows {
            let of = (document.to_owned(), (*case).to_owned());
            let Some(times) = self.times.get(&of) else { continue };
            let time = median(times.clone());
            let share = |other: &str| {
                self.share(document, case, other).map_or(String::new(), |share| format!("{share:.2}"))
            };
            let [allocations, allocated, resident] = match self.memory.get(&of) {
                Some([allocations, allocated, resident]) => {
                    let resident = if document == "large" { megabytes(*resident) } else { String::new() };
                    [thousands(*allocations), thousands(*allocated), resident]
                }
                None => Default::default(),
            };
            let _ = writeln!(
                out,
                "| {what} | {} | {:.0} | {} | {} | {allocations} | {allocated} | {resident} |",
                duration(time),
                bytes / time * 1000.0,
                share(unit),
                if what.contains("write:") { String::new() } else { share(TREE) },
            );
        }
    }

    fn budgets(&self, out: &mut String, missed: &mut Vec<String>) {
        out.push_str("\n### Marks of the codec\n\n| what | measured | mark | |\n|---|--:|--:|---|\n");
        let mut row = |what: &str, measured: Option<f64>, mark: &str, fine: &dyn Fn(f64) -> bool| {
            let (shown, verdict) = match measured {
                Some(measured) => (format!("{measured:.2}"), verdict(fine(measured))),
                None => ("not measured".to_owned(), ""),
            };
            if measured.is_some_and(|measured| !fine(measured)) {
                missed.push(format!("{what}: {shown}, not {mark}"));
            }
            let _ = writeln!(out, "| {what} | {shown} | {mark} | {verdict} |");
        };
        for (document, case, other, least, what) in SHARES {
            row(what, self.share(document, case, other), &format!("≥ {least}"), &|share| share >= least);
        }
        for (document, what) in [("large", "large reply"), ("medium", "medium reply"), ("ids", "100 ids")] {
            let beyond = self.beyond(document, "oxws_strict");
            for (at, kind) in ["allocations", "bytes allocated"].into_iter().enumerate() {
                let measured = beyond.map(|beyond| beyond[at]);
                let what = format!("{what}, strict: {kind} beyond the result's, as a share of these");
                row(&what, measured, &format!("≤ {BEYOND}"), &|share| share <= BEYOND);
            }
        }
    }
}

/// What a command prints.
fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "time ns_reader large 4000000 20000000
time reader large 4000000 12000000
time oxws_strict large 4000000 10000000
time oxws_lenient large 4000000 8000000
time ns_reader large 4000000 20000000
time reader large 4000000 12000000
time oxws_strict large 4000000 10000000
time oxws_lenient large 4000000 8000000
memory oxws_strict large 110 1300 5242880
memory oxws_clone large 100 1000 5000
";

    #[test]
    fn lines_become_tables_and_missed_budgets_are_told() -> Result<()> {
        let mut missed = Vec::new();
        let text = Peers::parse(OUTPUT)?.section(&crate::root(), &mut missed)?;
        for row in [
            "| **oxws, into types, strict** | 10.00 ms | 400 | 2.00 |  | 110 | 1 300 | 5.0 MB |",
            "| **oxws, into types, lenient** | 8.00 ms | 500 | 2.50 |  |  |  |  |",
            "| large reply, strict: share of the NsReader loop | 2.00 | ≥ 1 | met |",
            "| large reply, strict: share of libxml2's tree | not measured | ≥ 1 |  |",
            "| large reply, strict: share of lenient | 0.80 | ≥ 0.9 | **missed** |",
            "| large reply, strict: allocations beyond the result's, as a share of these | 0.10 | ≤ 0.2 | met |",
        ] {
            assert!(text.lines().any(|line| line == row), "{row} is not in\n{text}");
        }
        assert_eq!(
            missed,
            [
                "large reply, strict: share of lenient: 0.80, not ≥ 0.9",
                "large reply, strict: bytes allocated beyond the result's, as a share of these: 0.30, not ≤ 0.2",
            ]
        );
        assert!(Peers::parse("").is_err() && Peers::parse("time a b c d").is_err());
        Ok(())
    }
}
