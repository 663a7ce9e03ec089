//! The part of `cargo xtask bench-report` about the contact store: the lines of its benches, and what they say.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

use crate::bench_report::{Cargo, median, thousands, verdict};
use crate::bench_shares::{self, Shares};

/// Most CPU for a request beyond its bytes, as a multiple of bare hyper's.
const REQUEST: f64 = 2.2;
/// Least share of bare SQLite's writes.
const WRITES: f64 = 0.9;
/// Most time that one in a hundred writes takes under 64 clients, in times of an fsync.
const SLOWEST: f64 = 10.0;
/// Most megabytes beyond the cache.
const MEGABYTES: f64 = 100.0;
/// Most CPU for a request to one of many mailboxes, as a multiple of that to one of ten.
const MANY: f64 = 1.2;

/// A request of the bench `http`, and how it is called here.
const REQUESTS: [(&str, &str, bool); 6] = [
    ("small_list", "GetImItemList, no contacts", true),
    ("three_contacts", "GetImItems of three contacts out of 1000", true),
    ("three_property", "the same, with a property", false),
    // Nothing of it is kept.
    ("three_anew", "the same, with a property and a group: made anew each time", false),
    ("some_list", "GetImItemList, 50 contacts", true),
    // The bytes are nearly all of it, and their noise more than the rest.
    ("whole_list", "GetImItemList, 1000 contacts", false),
];

const CONTENDERS: [(&str, &str); 4] = [
    ("single", "bare SQLite, a commit for each"),
    ("group", "bare SQLite, a commit for all that wait"),
    ("store", "**the store**"),
    ("server", "**the server, over HTTP**"),
];

/// A line that a bench printed: words, then numbers.
#[derive(Debug)]
struct Line {
    words: String,
    numbers: Vec<f64>,
}

/// What the benches printed.
#[derive(Debug)]
pub(crate) struct Ucs {
    lines: Vec<Line>,
    /// Where the CPU of some requests goes; none where it cannot be told.
    shares: Vec<(&'static str, Shares)>,
}

/// The requests of which it is told.
const SHARED: [&str; 3] = ["small_list", "three_contacts", "three_anew"];

impl Ucs {
    /// Runs the benches.
    pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Ucs> {
        let mut output = String::new();
        for bench in ["http", "store", "mailboxes"] {
            println!("the bench {bench} of ucs");
            output += &cargo.run(&["bench", "-q", "-p", "ucs", "--bench", bench])?;
        }
        let mut ucs = Ucs::parse(&output)?;
        for request in SHARED {
            println!("where the CPU of {request} goes");
            match bench_shares::measure(cargo, request)? {
                Some(shares) => ucs.shares.push((request, shares)),
                None => break,
            }
        }
        Ok(ucs)
    }

    fn parse(output: &str) -> Result<Ucs> {
        const KNOWN: [&str; 6] = ["ucs", "write", "half", "memory", "cost", "load"];
        let mut lines = Vec::new();
        for line in output.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            if !words.first().is_some_and(|first| KNOWN.contains(first)) {
                continue;
            }
            // How many words there are before the numbers.
            let named = match words.first() {
                Some(&("ucs" | "write" | "cost")) => 3,
                Some(&("memory" | "half")) => 2,
                _ => 1,
            };
            let numbers = words.iter().skip(named).map(|word| word.parse());
            let numbers =
                numbers.collect::<Result<_, _>>().with_context(|| format!("no number in {line:?}"))?;
            lines.push(Line {
                words: words.iter().take(named).copied().collect::<Vec<_>>().join(" "),
                numbers,
            });
        }
        let ucs = Ucs { lines, shares: Vec::new() };
        for (needed, at) in
            [("ucs small_list ucs", 2), ("write 64 server", 4), ("half store", 5), ("half server", 5)]
        {
            ensure!(!ucs.all(needed, at).is_empty(), "a bench of ucs printed no line {needed:?}:\n{output}");
        }
        Ok(ucs)
    }

    /// A number of all lines with these words, round by round.
    fn all(&self, words: &str, at: usize) -> Vec<f64> {
        let lines = self.lines.iter().filter(|line| line.words == words);
        lines.filter_map(|line| line.numbers.get(at).copied()).collect()
    }

    /// Its median.
    fn median(&self, words: &str, at: usize) -> f64 {
        median(self.all(words, at))
    }

    /// The median of what two numbers come to within each round.
    fn both(&self, one: (&str, usize), other: (&str, usize), of: impl Fn(f64, f64) -> f64) -> f64 {
        let (one, other) = (self.all(one.0, one.1), self.all(other.0, other.1));
        median(one.into_iter().zip(other).map(|(one, other)| of(one, other)).collect())
    }

    /// The section of the report; adds the budgets that are missed.
    pub(crate) fn section(&self, missed: &mut Vec<String>) -> String {
        let mut out = String::from("## The contact store `ucs`\n\n");
        self.requests(&mut out, missed);
        self.shares(&mut out);
        self.writes(&mut out, missed);
        self.latencies(&mut out, missed);
        self.mailboxes(&mut out, missed);
        out
    }

    /// Writing to a string cannot fail, here and below.
    fn requests(&self, out: &mut String, missed: &mut Vec<String>) {
        let rounds = self.all("ucs small_list ucs", 0).len();
        let _ = writeln!(
            out,
            "Requests to the whole server (SQLite, password with every request, limits, metrics, log line made), against a \
             bare hyper server that answers the same bytes (`server/benches/http.rs`): CPU of the server's one thread, the \
             kernel's share included. Medians of {rounds} rounds, in which the servers take turns; ratios are within a \
             round. *Beyond the bytes* is what the server takes more than bare hyper for the same bytes, in units of \
             bare hyper's smallest request, plus that one.\n\n\
             | request | bytes of the answer | bare hyper | ucs | per second, bare | per second, ucs | times bare hyper | \
             beyond the bytes | mark | |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"
        );
        let unit = self.all("ucs small_list bare_hyper", 1);
        for (name, what, marked) in REQUESTS {
            let (bare, own) = (format!("ucs {name} bare_hyper"), format!("ucs {name} ucs"));
            let times = self.both((&own, 1), (&bare, 1), |own, bare| own / bare);
            let more = self.both((&own, 1), (&bare, 1), |own, bare| own - bare);
            let beyond = 1.0 + more / median(unit.clone());
            let [bare_cpu, own_cpu] = [&bare, &own].map(|line| self.median(line, 1) / 1000.0);
            let [bare_rate, own_rate] = [&bare, &own].map(|line| thousands(self.median(line, 2)));
            let bytes = thousands(self.median(&own, 0));
            let tail = match marked {
                true => format!(
                    "≤ {REQUEST} | {}",
                    judged(beyond <= REQUEST, missed, || {
                        format!("{what}: {beyond:.2} of bare hyper beyond the bytes, not ≤ {REQUEST}")
                    })
                ),
                false => "| ".to_owned(),
            };
            let _ = writeln!(
                out,
                "| {what} | {bytes} | {bare_cpu:.1} µs | {own_cpu:.1} µs | {bare_rate} | {own_rate} | {times:.2} | \
                 {beyond:.2} | {tail} |"
            );
        }
    }

    fn shares(&self, out: &mut String) {
        if self.shares.is_empty() {
            out.push_str(
                "\nWhere the CPU goes was not measured: `perf` is not there, or may not record here.\n",
            );
            return;
        }
        out.push_str(
            "\nWhere the CPU of a request to `ucs` goes: samples of the server's thread (`perf record` of that bench), each \
             counted for the innermost layer that is on its stack; what the C library does is its caller's, what the \
             kernel does the kernel's.\n\n| layer |",
        );
        for (request, _) in &self.shares {
            let known = REQUESTS.iter().find(|(name, ..)| name == request);
            let _ = write!(out, " {} |", known.map_or(*request, |(_, what, _)| what));
        }
        let _ = writeln!(out, "\n|---|{}", "--:|".repeat(self.shares.len()));
        for (at, layer) in bench_shares::LAYERS.iter().enumerate() {
            let _ = write!(out, "| {layer} |");
            for (request, shares) in &self.shares {
                let share = shares.of(at);
                let cpu = self.median(&format!("ucs {request} ucs"), 1) / 1000.0;
                let _ = write!(out, " {:.1} µs, {:.0} % |", cpu * share, 100.0 * share);
            }
            out.push('\n');
        }
    }

    fn writes(&self, out: &mut String, missed: &mut Vec<String>) {
        let rounds = self.all("write 64 server", 0).len();
        let writes = self.lines.iter().filter(|line| line.words.starts_with("write "));
        let disk: Vec<f64> = writes.filter_map(|line| line.numbers.get(4).copied()).collect();
        let _ = writeln!(
            out,
            "\nDurable AddNewImContactToGroup a second, on one disk that made {} blocks a second durable (write, then \
             fdatasync; {} to {} just before the measurements: what else uses the disk makes the figures uncertain), \
             against rusqlite writing the same rows with none of the rules (`server/benches/store.rs`). Medians of \
             {rounds} rounds, in which all take turns; shares are of the better of the two bare ones, within a round.\n\n\
             | contender | 1 client | share | 16 clients | share | 64 clients | share | mark | |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|---|",
            thousands(1e6 / median(disk.clone())),
            thousands(1e6 / disk.iter().copied().fold(1.0, f64::max)),
            thousands(1e6 / disk.iter().copied().fold(f64::INFINITY, f64::min)),
        );
        for (contender, what) in CONTENDERS {
            let _ = write!(out, "| {what} ");
            let mut least = f64::INFINITY;
            for clients in [1, 16, 64] {
                let line = |contender: &str| format!("write {clients} {contender}");
                // Alone, nobody waits, and both commit each write by itself.
                let measure = if clients == 1 { line("single") } else { line("group") };
                let share = self.both((&line(contender), 0), (&measure, 0), |one, other| one / other);
                least = least.min(share);
                let _ = write!(out, "| {} | {share:.2} ", thousands(self.median(&line(contender), 0)));
            }
            let tail = match contender {
                "store" => format!(
                    "≥ {WRITES} | {}",
                    judged(least >= WRITES, missed, || {
                        format!("durable writes: {least:.2} of bare SQLite, not ≥ {WRITES}")
                    })
                ),
                _ => "| ".to_owned(),
            };
            let _ = writeln!(out, "| {tail} |");
        }
    }

    fn latencies(&self, out: &mut String, missed: &mut Vec<String>) {
        let _ = writeln!(
            out,
            "\nHow long a durable write takes. In a closed loop, 64 clients write as soon as the last write is answered: \
             then the mean is 64 divided by the rate of the table above, whatever the server does, and most of it is \
             waiting for the CPU. At half load, the clients come at random, together half as often as the server could \
             answer; one thread sends them off, since a thread for each would take as much of the processors as what is \
             measured. An fsync of the disk alone is the mean of those \
             measured just before; one beside, of those that a thread made meanwhile, every 20 ms, in a file of its own: the \
             disk is shared, and is now fast, now slow.\n\n\
             | clients | p50 | p90 | p99 | in fsyncs alone | in fsyncs beside | mark | |\n\
             |---|--:|--:|--:|--:|--:|--:|---|"
        );
        let mut row = |what: &str, line: &str, mark: bool, missed: &mut Vec<String>| {
            let [p50, p90, p99] = [1, 2, 3].map(|at| self.median(line, at) / 1000.0);
            let alone = self.both((line, 3), (line, 4), |p99, fsync| p99 / fsync);
            // Only where there is a mark.
            let slowest = self.both((line, 3), (line, 5), |p99, fsync| p99 / fsync);
            let beside = if mark { format!("{slowest:.1}") } else { String::new() };
            let tail = match mark {
                true => format!(
                    "≤ {SLOWEST} | {}",
                    judged(slowest <= SLOWEST, missed, || {
                        format!("{what}: p99 is {slowest:.1} fsyncs, not ≤ {SLOWEST}")
                    })
                ),
                false => "| ".to_owned(),
            };
            let _ = writeln!(
                out,
                "| {what} | {p50:.2} ms | {p90:.2} ms | {p99:.2} ms | {alone:.1} | {beside} | {tail} |"
            );
        };
        row("store, 1", "write 1 store", false, missed);
        row("server, 1", "write 1 server", false, missed);
        row("store, 64, half load", "half store", true, missed);
        row("server, 64, half load", "half server", true, missed);
        row("bare SQLite, 64, closed loop", "write 64 group", false, missed);
        row("store, 64, closed loop", "write 64 store", false, missed);
        row("server, 64, closed loop", "write 64 server", false, missed);
    }

    fn mailboxes(&self, out: &mut String, missed: &mut Vec<String>) {
        let memory: Vec<(f64, f64, f64, f64)> = self
            .lines
            .iter()
            .filter(|line| line.words.starts_with("memory "))
            .filter_map(|line| {
                let count = line.words.strip_prefix("memory ")?.parse().ok()?;
                let [cache, resident, peak] = *line.numbers.first_chunk()?;
                Some((count, cache, resident, peak))
            })
            .collect();
        let (Some(few), Some(many)) = (memory.first(), memory.last()) else { return };
        let _ = writeln!(
            out,
            "\nA server with {} mailboxes of 50 contacts, each read once, beside one with {} \
             (`server/benches/mailboxes.rs`): what it takes in memory with {} MB of cache, and the CPU of a request to \
             one of ten mailboxes, which are read and written in turns.\n\n\
             | what | {1} mailboxes | {0} mailboxes | times | mark | |\n|---|--:|--:|--:|--:|---|",
            thousands(many.0),
            thousands(few.0),
            many.1
        );
        let beyond = many.3 - many.1;
        let verdict = judged(beyond <= MEGABYTES, missed, || {
            format!("memory: {beyond:.0} MB beyond the cache, not ≤ {MEGABYTES}")
        });
        let _ = writeln!(
            out,
            "| resident, at the end / at most | {:.0} / {:.0} MB | {:.0} / {:.0} MB | | ≤ {:.0} MB | {verdict} |",
            few.2,
            few.3,
            many.2,
            many.3,
            many.1 + MEGABYTES
        );
        for (kind, what) in [("read", "GetImItemList"), ("write", "SetImListMigrationCompleted")] {
            let line = |count: f64| format!("cost {count} {kind}");
            let (of_few, of_many) = (line(few.0), line(many.0));
            let times = self.both((&of_many, 0), (&of_few, 0), |many, few| many / few);
            let verdict = judged(times <= MANY, missed, || {
                format!("{what}, many mailboxes: {times:.2} of few, not ≤ {MANY}")
            });
            let _ = writeln!(
                out,
                "| {what} | {:.0} µs | {:.0} µs | {times:.2} | ≤ {MANY} | {verdict} |",
                self.median(&of_few, 0),
                self.median(&of_many, 0)
            );
        }
    }
}

/// The verdict; a budget that is missed is noted.
fn judged(fine: bool, missed: &mut Vec<String>, what: impl FnOnce() -> String) -> &'static str {
    if !fine {
        missed.push(what());
    }
    verdict(fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "noise
ucs small_list bare_hyper 2000 8000 100000
ucs small_list ucs 2000 16000 60000
ucs three_contacts bare_hyper 9000 10000 90000
ucs three_contacts ucs 9000 34000 30000
ucs three_property bare_hyper 9000 10000 90000
ucs three_property ucs 9000 36000 30000
ucs three_anew bare_hyper 9000 10000 90000
ucs three_anew ucs 9000 38000 30000
ucs some_list bare_hyper 200000 50000 9000
ucs some_list ucs 200000 58000 8000
ucs whole_list bare_hyper 4000000 1000000 900
ucs whole_list ucs 4000000 1100000 800
write 1 single 900 1000 1100 1200 1000
write 1 group 900 1000 1100 1200 1000
write 1 store 810 1000 1100 1200 1000
write 1 server 700 1000 1100 1200 1000
write 16 single 950 1000 1100 1200 1000
write 16 group 9000 1000 1100 1200 1000
write 16 store 9000 1000 1100 1200 1000
write 16 server 8000 1000 1100 1200 1000
write 64 single 950 1000 1100 1200 500
write 64 group 20000 1000 1100 1200 500
write 64 store 19000 1000 2000 4000 500
write 64 server 9000 1000 5000 7000 500
half store 9500 900 1000 1500 250 500
half server 4500 900 1000 5500 250 500
memory 10 64 20 21
memory 100000 64 150 170
cost 10 read 50.0 80.0
cost 10 write 100.0 900.0
cost 100000 read 52.0 80.0
cost 100000 write 130.0 900.0
";

    #[test]
    fn lines_become_tables_and_missed_budgets_are_told() -> Result<()> {
        let mut missed = Vec::new();
        let ucs = Ucs::parse(OUTPUT)?;
        let shares = Shares::of_stacks(["f libc.so\noxws::rt::read ucs\n", "oxws::server::run ucs\n"]);
        let text = Ucs { shares: vec![("small_list", shares)], ..ucs }.section(&mut missed);
        for row in [
            "| GetImItemList, no contacts | 2 000 | 8.0 µs | 16.0 µs | 100 000 | 60 000 | 2.00 | 2.00 | ≤ 2.2 | met |",
            "| GetImItems of three contacts out of 1000 | 9 000 | 10.0 µs | 34.0 µs | 90 000 | 30 000 | 3.40 | 4.00 | ≤ 2.2 | **missed** |",
            "| GetImItemList, 50 contacts | 200 000 | 50.0 µs | 58.0 µs | 9 000 | 8 000 | 1.16 | 2.00 | ≤ 2.2 | met |",
            "| **the store** | 810 | 0.90 | 9 000 | 1.00 | 19 000 | 0.95 | ≥ 0.9 | met |",
            "| **the server, over HTTP** | 700 | 0.78 | 8 000 | 0.89 | 9 000 | 0.45 | |  |",
            "| the same, with a property and a group: made anew each time | 9 000 | 10.0 µs | 38.0 µs | 90 000 | 30 000 | 3.80 | 4.50 | |  |",
            "| layer | GetImItemList, no contacts |",
            "| XML and SOAP | 8.0 µs, 50 % |",
            "| authentication | 0.0 µs, 0 % |",
            "| store, 64, half load | 0.90 ms | 1.00 ms | 1.50 ms | 6.0 | 3.0 | ≤ 10 | met |",
            "| server, 64, half load | 0.90 ms | 1.00 ms | 5.50 ms | 22.0 | 11.0 | ≤ 10 | **missed** |",
            "| store, 64, closed loop | 1.00 ms | 2.00 ms | 4.00 ms | 8.0 |  | |  |",
            "| server, 64, closed loop | 1.00 ms | 5.00 ms | 7.00 ms | 14.0 |  | |  |",
            "| resident, at the end / at most | 20 / 21 MB | 150 / 170 MB | | ≤ 164 MB | **missed** |",
            "| GetImItemList | 50 µs | 52 µs | 1.04 | ≤ 1.2 | met |",
        ] {
            assert!(text.lines().any(|line| line == row), "{row} is not in\n{text}");
        }
        assert_eq!(missed.len(), 4, "{missed:?}");
        assert!(Ucs::parse("half store x").is_err() && Ucs::parse("").is_err());
        Ok(())
    }
}
