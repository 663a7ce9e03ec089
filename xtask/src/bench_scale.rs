//! The section "Scale" of `docs/benchmarks.md`: what the generator takes for the published MS-OXWS set, and what the
//! crates that it makes of it take to compile, measured and scaled to an Exchange server's whole description.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::bench_compile::children_seconds;
use crate::bench_report::{Cargo, thousands, verdict};
use crate::bench_speed::Speed;
use crate::files;

/// The published set, beside the checkout.
const CORPUS: &str = "../shared/corpus/ms-oxws";
/// Types of an Exchange server's whole description, which has 122 operations.
const WHOLE: f64 = 1100.0;
/// The least that makes a crate.
const SMALLEST: &str = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:one\">\
    <xs:element name=\"One\" type=\"xs:string\"/></xs:schema>";
/// How often a process is looked at for its memory.
const SAMPLE: Duration = Duration::from_millis(20);

/// What a command took.
#[derive(Clone, Copy, Default, Debug)]
struct Cost {
    /// CPU seconds of it and what it started; none where the system does not tell them.
    cpu: Option<f64>,
    /// Most memory of one of its processes, in MB.
    memory: Option<f64>,
}

/// What was measured of one crate.
#[derive(Default, Debug)]
struct Crate {
    title: &'static str,
    types: f64,
    particles: f64,
    operations: f64,
    files: usize,
    lines: usize,
    bytes: usize,
    longest: usize,
    generate: Cost,
    check: Cost,
    debug: Cost,
    release: Cost,
}

/// All of it; nothing where the set is not there.
#[derive(Debug)]
pub(crate) struct Scale(Vec<Crate>, Option<Speed>);

/// Makes the crate of that name; what it took and said.
fn generate(cargo: &Cargo<'_>, name: &str, inputs: &[PathBuf]) -> Result<(Cost, String)> {
    let mut command = Command::new(std::env::current_exe().context("cannot find this program")?);
    command.current_dir(cargo.root).arg("new-crate").args(inputs);
    command.args(["--name", name, "--out"]).arg(cargo.target.join("bench-report").join(name));
    run(command)
}

impl Scale {
    /// Generates and compiles. Without the set there is nothing to measure.
    pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Scale> {
        let corpus = cargo.root.join(CORPUS);
        if !corpus.join("EWSStack.wsdl").is_file() {
            println!("scale: {CORPUS} is not there, so it is not measured");
            return Ok(Scale(Vec::new(), None));
        }
        let schemas: Vec<PathBuf> = files::list(&corpus, &|_| true)?
            .into_iter()
            .filter(|name| name.ends_with(".xsd"))
            .map(|name| corpus.join(name))
            .collect();
        let stack = [vec!["--wsdl".into()], vec![corpus.join("EWSStack.wsdl")]].concat();
        let all = [vec!["--xsd".into()], schemas].concat();
        let smallest = cargo.target.join("bench-report").join("smallest.xsd");
        if let Some(folder) = smallest.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&smallest, SMALLEST)?;
        let one = [vec!["--xsd".into()], vec![smallest]].concat();
        let crates = vec![
            measure(cargo, "ews-stack", "`--wsdl EWSStack.wsdl`", &stack)?,
            measure(cargo, "ews-all", "`--xsd` with all of the set", &all)?,
            measure(cargo, "one-element", "one element", &one)?,
        ];
        let mut mail = all.clone();
        mail.extend(["--element".into(), "GetItemResponse".into()]);
        generate(cargo, "ews-mail", &mail)?;
        let speed = Speed::measure(&cargo.target.join("bench-report"))?;
        Ok(Scale(crates, Some(speed)))
    }

    /// Whether there was nothing to measure.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The section; adds the budgets that are missed. Writing to a string cannot fail.
    pub(crate) fn section(&self, missed: &mut Vec<String>) -> Result<String> {
        let mut out = String::from("## Scale\n\n");
        let [stack, _, fixed] = self.0.as_slice() else {
            out.push_str("Not measured: the published MS-OXWS set does not lie beside the checkout.\n");
            return Ok(out);
        };
        let factor = WHOLE / stack.types;
        let _ = writeln!(
            out,
            "What `cargo xtask new-crate` makes of the published MS-OXWS set, by `cargo xtask bench-report scale`. CPU seconds of user and system, the dependencies built, nothing else remembered, the least of {ROUNDS} runs; \
             memory of the largest process, sampled. An Exchange server's whole description has 122 operations and \
             {} types: scaled, it is the first column times {factor:.2}, as if each of its types had as many particles as \
             one of these ({:.1}); what a crate of one element takes in time and memory, which is cargo, rustc and the crate \
             `oxws`, counts once.\n",
            thousands(WHOLE),
            stack.particles / stack.types,
        );
        let titles: Vec<&str> = self.0.iter().map(|measured| measured.title).collect();
        let _ = writeln!(out, "| what | {} | scaled | mark | of the mark | |", titles.join(" | "));
        let _ = writeln!(out, "|---|{}--:|--:|--:|---|", "--:|".repeat(titles.len()));
        type Get = fn(&Crate) -> Option<f64>;
        let rows: [(&str, &str, Get, Option<f64>, usize); 15] = [
            ("named types", "", |c| Some(c.types), None, 0),
            ("elements declared, global and local", "", |c| Some(c.particles), None, 0),
            ("operations", "", |c| Some(c.operations), None, 0),
            ("files of Rust", "", |c| Some(c.files as f64), None, 0),
            ("lines of the longest", "", |c| Some(c.longest as f64), None, 0),
            ("**lines of Rust**", "", |c| Some(c.lines as f64), Some(60_000.0), 0),
            ("**size of Rust**", " MB", |c| Some(c.bytes as f64 / 1e6), Some(4.0), 2),
            ("**generate**, CPU", " s", |c| c.generate.cpu, Some(1.5), 2),
            ("generate, memory", " MB", |c| c.generate.memory, Some(100.0), 0),
            ("**`cargo check`**, CPU", " s", |c| c.check.cpu, Some(15.0), 1),
            ("`cargo check`, memory", " MB", |c| c.check.memory, None, 0),
            ("**debug build**, CPU", " s", |c| c.debug.cpu, Some(30.0), 1),
            ("debug build, memory", " MB", |c| c.debug.memory, Some(1000.0), 0),
            ("**release build**, CPU", " s", |c| c.release.cpu, Some(90.0), 1),
            ("release build, memory", " MB", |c| c.release.memory, None, 0),
        ];
        for (what, unit, get, mark, digits) in rows {
            let shown = |value: Option<f64>| match value {
                None => "not measured".to_owned(),
                Some(value) if digits == 0 => format!("{}{unit}", thousands(value)),
                Some(value) => format!("{value:.digits$}{unit}"),
            };
            let each: Vec<String> = self.0.iter().map(|measured| shown(get(measured))).collect();
            // Counts of what is there and the length of one file do not grow with the description in this way.
            let once = if unit.is_empty() { 0.0 } else { get(fixed).unwrap_or_default() };
            let scaled = get(stack)
                .filter(|_| mark.is_some() || unit == " MB")
                .map(|value| once + (value - once) * factor);
            let (scaled_text, mark_text, share, word) = match (scaled, mark) {
                (Some(scaled), Some(mark)) => {
                    if scaled > mark {
                        missed.push(format!("{what}: {}, not ≤ {}", shown(Some(scaled)), shown(Some(mark))));
                    }
                    let share = format!("{:.2}", scaled / mark);
                    (shown(Some(scaled)), format!("≤ {}", shown(Some(mark))), share, verdict(scaled <= mark))
                }
                (scaled, _) => {
                    (scaled.map_or(String::new(), |s| shown(Some(s))), String::new(), String::new(), "")
                }
            };
            let _ = writeln!(
                out,
                "| {what} | {} | {scaled_text} | {mark_text} | {share} | {word} |",
                each.join(" | ")
            );
        }
        if let Some(speed) = &self.1 {
            out.push_str(&speed.text(missed));
        }
        Ok(out)
    }
}

/// Times each command.
const ROUNDS: u32 = 3;

/// Generates and compiles one crate.
fn measure(cargo: &Cargo<'_>, name: &str, title: &'static str, inputs: &[PathBuf]) -> Result<Crate> {
    let out = cargo.target.join("bench-report").join(name);
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let mut measured = Crate { title, ..Crate::default() };
    println!("new-crate {name}");
    for _ in 0..ROUNDS {
        let (cost, said) = generate(cargo, name, inputs)?;
        measured.generate = measured.generate.least(cost);
        // The last line of the command counts: `689 types, …`.
        let summary = said.lines().last().unwrap_or_default();
        let count = |what: &str| number_before(summary, what);
        (measured.types, measured.particles) = (count("type"), count("element declaration"));
        measured.operations = count("operation");
    }
    let code = out.join("src/protocol");
    for path in files::list(&code, &|_| true)?.iter().filter(|path| path.ends_with(".rs")) {
        let text = files::read(&code.join(path))?;
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        measured.files += 1;
        measured.lines += lines;
        measured.bytes += text.len();
        measured.longest = measured.longest.max(lines);
    }
    let target = cargo.target.join("bench-report").join("scale");
    for (arguments, cost) in [
        (&["check"][..], &mut measured.check),
        (&["build"][..], &mut measured.debug),
        (&["build", "--release"][..], &mut measured.release),
    ] {
        println!("cargo {} of {name}", arguments.join(" "));
        for round in 0..=ROUNDS {
            let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            command.current_dir(&out).args(arguments).arg("-q").env("CARGO_INCREMENTAL", "0");
            command.env("CARGO_TARGET_DIR", &target);
            File::open(out.join("src/lib.rs"))?.set_modified(SystemTime::now())?;
            let (one, _) = run(command)?;
            // The first run builds the dependencies.
            if round > 0 {
                *cost = cost.least(one);
            }
        }
    }
    Ok(measured)
}

impl Cost {
    fn least(self, other: Cost) -> Cost {
        let least = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        // A sample may miss the peak, never exceed it.
        Cost { cpu: least(self.cpu, other.cpu), memory: larger(self.memory, other.memory) }
    }
}

/// The number before a word, 0 without one.
fn number_before(text: &str, word: &str) -> f64 {
    let before = text.split_once(&format!(" {word}")).map_or("", |(before, _)| before);
    before.rsplit([' ', ',']).next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// Runs a command to its end; gives what it took and what it said on standard error.
fn run(mut command: Command) -> Result<(Cost, String)> {
    let before = children_seconds();
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {shown}"))?;
    let id = child.id();
    // Read on its own thread, so that the command never waits for it.
    let pipe = child.stderr.take();
    let reader = std::thread::spawn(move || pipe.map(std::io::read_to_string).transpose());
    let mut memory: Option<f64> = None;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        memory = larger(memory, largest(id));
        std::thread::sleep(SAMPLE);
    };
    let said = reader.join().ok().transpose()?.flatten().unwrap_or_default();
    if !status.success() {
        bail!("{shown} failed:\n{said}");
    }
    let cpu = children_seconds().zip(before).map(|(after, before)| after - before);
    Ok((Cost { cpu, memory }, said))
}

/// Peak memory so far of the largest of a process and its descendants, in MB.
fn largest(root: u32) -> Option<f64> {
    let mut family = vec![root];
    let mut peak = None;
    while let Some(id) = family.pop() {
        let folder = Path::new("/proc").join(id.to_string());
        let status = std::fs::read_to_string(folder.join("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        peak = larger(peak, kilobytes.map(|kilobytes| kilobytes / 1024.0));
        for task in std::fs::read_dir(folder.join("task")).into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
    }
    peak
}

fn larger(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_before_a_word() {
        let summary = "689 types, 1853 element declarations, 171 global elements, 35 operations, 1 warning";
        assert_eq!(number_before(summary, "type"), 689.0);
        assert_eq!(number_before(summary, "element declaration"), 1853.0);
        assert_eq!(number_before(summary, "operation"), 35.0);
        assert_eq!(number_before(summary, "file"), 0.0);
    }

    #[test]
    fn a_command_is_measured() -> Result<()> {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 0.1; echo done >&2"]);
        let (cost, said) = run(command)?;
        assert_eq!(said, "done\n");
        if Path::new("/proc/self/task").exists() {
            assert!(cost.cpu.is_some() && cost.memory.is_some_and(|memory| memory > 0.1), "{cost:?}");
        }
        let mut command = Command::new("sh");
        command.args(["-c", "echo broken >&2; exit 3"]);
        assert!(run(command).is_err_and(|error| error.to_string().contains("broken")));
        Ok(())
    }

    #[test]
    fn what_is_over_its_budget_once_scaled_is_told() -> Result<()> {
        let cost = Cost { cpu: Some(10.0), memory: Some(500.0) };
        let stack = Crate {
            title: "x",
            types: 550.0,
            particles: 1100.0,
            lines: 30_000,
            bytes: 1_000_000,
            check: cost,
            ..Crate::default()
        };
        // What the least crate takes is in the first one, too, and counts once.
        let least = Cost { cpu: Some(2.0), memory: Some(100.0) };
        let one = Crate { title: "z", check: least, ..Crate::default() };
        let all = Crate { title: "y", ..Crate::default() };
        let mut missed = Vec::new();
        let text = Scale(vec![stack, all, one], None).section(&mut missed)?;
        assert_eq!(missed, ["**`cargo check`**, CPU: 18.0 s, not ≤ 15.0 s"]);
        assert!(
            text.contains("| **lines of Rust** | 30 000 | 0 | 0 | 60 000 | ≤ 60 000 | 1.00 | met |"),
            "{text}"
        );
        assert!(text.contains("not measured"));
        assert!(Scale(Vec::new(), None).section(&mut missed)?.contains("Not measured"));
        Ok(())
    }
}
