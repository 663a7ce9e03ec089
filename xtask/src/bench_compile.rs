//! The part of `cargo xtask bench-report` about compiling the crate `oxws`: CPU time, and lines of LLVM IR by what they
//! are for.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use crate::bench_report::{Cargo, median, thousands, verdict};
use crate::files;

/// Times each compilation.
const COMPILATIONS: u32 = 3;
/// How cargo compiles the crate.
const COMMANDS: [&[&str]; 3] = [&["check"], &["build"], &["build", "--release"]];
/// With which features, and the most seconds that each command may take: the 13 operations by themselves, which is what the
/// marks are for, and all protocols.
const FEATURES: [(&[&str], [Option<f64>; 3]); 2] =
    [(&["--no-default-features", "--features", "oxwscos"], [Some(3.0), None, Some(8.0)]), (&[], [None; 3])];
/// Most lines of generated code.
const LINES: usize = 8000;

/// Functions and lines of LLVM IR.
type Count = (usize, usize);

/// What was measured.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// CPU seconds of each command with each features; none where the system does not tell them.
    seconds: [[Option<f64>; 3]; 2],
    /// Lines of generated code, by feature of a protocol.
    lines: BTreeMap<String, usize>,
    /// What functions are for, and those of each module of the runtime.
    kinds: BTreeMap<&'static str, Count>,
    modules: BTreeMap<String, Count>,
}

impl Compiled {
    /// Compiles again and again.
    pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Compiled> {
        let target = cargo.target.join("bench-report").join("compile");
        let folder = target.to_string_lossy();
        let mut seconds = [[None; 3]; 2];
        for ((features, _), results) in FEATURES.iter().zip(&mut seconds) {
            for (command, result) in COMMANDS.iter().zip(results) {
                let shown = [*command, &["-p", "oxws"], *features].concat();
                println!("cargo {}", shown.join(" "));
                let arguments = [&shown[..], &["-q", "--target-dir", &*folder]].concat();
                cargo.run(&arguments)?;
                let mut times = Vec::new();
                for _ in 0..COMPILATIONS {
                    touch(cargo.root)?;
                    let before = children_seconds();
                    cargo.run(&arguments)?;
                    times.extend(children_seconds().zip(before).map(|(after, before)| after - before));
                }
                *result = (!times.is_empty()).then(|| median(times));
            }
        }
        println!("lines of LLVM IR");
        let (kinds, modules) = counted(&ir(cargo, &target)?);
        ensure!(!kinds.is_empty(), "there is no function in the LLVM IR");
        Ok(Compiled { seconds, lines: generated_lines(cargo.root)?, kinds, modules })
    }

    /// The section of the report; adds the budgets that are missed. Writing to a string cannot fail.
    pub(crate) fn section(&self, missed: &mut Vec<String>) -> String {
        let mut out = String::from("## Compiling the crate `oxws`\n\n");
        let _ = writeln!(
            out,
            "CPU seconds of user and system, the dependencies built, nothing else remembered; medians \
             of {COMPILATIONS}, cargo itself included.\n\n| what | measured | mark | |\n|---|--:|--:|---|"
        );
        let mut budget = |what: &str, shown: String, mark: String, fine: Option<bool>| {
            if fine == Some(false) {
                missed.push(format!("{what}: {shown}, not {mark}"));
            }
            let _ = writeln!(out, "| {what} | {shown} | {mark} | {} |", fine.map_or("", verdict));
        };
        for (feature, lines) in &self.lines {
            let what = format!("lines of generated code with the feature `{feature}` alone");
            budget(&what, shown(*lines), format!("≤ {}", shown(LINES)), Some(*lines <= LINES));
        }
        for ((features, marks), results) in FEATURES.iter().zip(self.seconds) {
            for ((command, most), seconds) in COMMANDS.iter().zip(marks).zip(results) {
                let measured = seconds.map_or("not measured".to_owned(), |seconds| format!("{seconds:.2} s"));
                let mark = most.map_or(String::new(), |most| format!("≤ {most} s"));
                let fine = seconds.zip(*most).map(|(seconds, most)| seconds <= most);
                let command = [*command, &["-p", "oxws"], *features].concat().join(" ");
                budget(&format!("`cargo {command}`"), measured, mark, fine);
            }
        }
        let all = self.kinds.values().map(|count| count.1).sum::<usize>();
        let _ = writeln!(
            out,
            "\nWhat rustc hands to LLVM for the release build, before any optimization (`--emit=llvm-ir -C \
             no-prepopulate-passes`), by what the functions are for; {} lines in {} functions. Derived and small functions \
             that only users call are compiled where they are called.\n\n\
             | functions | number | lines | share |\n|---|--:|--:|--:|",
            shown(all),
            shown(self.kinds.values().map(|count| count.0).sum())
        );
        let mut row = |what: &str, count: &Count| {
            let share = count.1 * 100 / all.max(1);
            let _ = writeln!(out, "| {what} | {} | {} | {share} % |", shown(count.0), shown(count.1));
        };
        for (kind, count) in by_lines(&self.kinds) {
            row(kind, count);
        }
        for (module, count) in by_lines(&self.modules).into_iter().take(6) {
            row(&format!("of the runtime: `{module}`"), count);
        }
        out.push_str(SHAPES);
        out
    }
}

/// What was found of other shapes of emitted code; measured once, when each was tried, for the crate with `oxwscos` alone.
const SHAPES: &str = "\nOther shapes of the emitted code, each tried on the whole crate; what is emitted now was the better one:\n\n\
    | shape | what came of it |\n|---|---|\n\
    | the codec of each type written out, in place of a macro's lines | twice the lines of Rust for the same code |\n\
    | one method per struct that gives the place of a field, `slot(at)`, which reader and writer share | 237 129 lines of \
    LLVM IR against 236 284 with a method each for reading and writing |\n\
    | attributes and children in methods of their own, the shape in a third | a sixth more CPU for the debug build of EWSStack.wsdl |\n\
    | a wide type that repeats the children of the wide type it extends | 28 229 lines of Rust and 904 MB for that build, \
    against 23 127 lines and 707 MB with the base as a member |\n\
    | a reader and a writer made by the compiler for each simple type, in place of one behind `dyn Value` | 270 767 lines of \
    LLVM IR against 236 284 |\n\
    | names that the compiler cuts out of their tags, tables of enumerations that it fills | a sixth of the CPU of \
    `cargo check`, 2.3 of 14.2 s for 740 types, in its interpreter |\n\
    | default methods that return a ready reply | `evaluate_obligation` takes 4 % of that, in place of 1.6 %: all that a reply \
    may hold is looked through, for each operation |\n\
    | an alternative that is read and then moved into its variant | 104 052 of 619 513 lines of LLVM IR without \
    optimization for 740 types, in place of 7 740 of 532 917 where it is read in its variant; 734 MB, in place of 706 |\n\
    | iterators and searches of the standard library for what is rare | 244 517 lines of LLVM IR for the 13 operations, \
    in place of 190 388 with plain loops, and with the code for mixed content and patterns where it is used |\n\
    | faults, IDs and the values of enumerations compiled in every crate, value by value | 189 400 lines for the 13 \
    operations, in place of 136 694 with them where they are used, and with values by number |\n\
    | texts of their own for a start tag, an end tag and the name in them | 88 bytes for each particle, in place of 64; 361 \
    misses of a data cache of 32 KB (simulated) for a mail that is read, in place of 295 |\n";

fn by_lines<K>(counts: &BTreeMap<K, Count>) -> Vec<(&K, &Count)> {
    let mut all: Vec<_> = counts.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(count.1));
    all
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn shown(number: usize) -> String {
    thousands(number as f64)
}

/// Makes cargo compile the crate again.
fn touch(root: &Path) -> Result<()> {
    Ok(File::open(root.join("generated/src/lib.rs"))?.set_modified(SystemTime::now())?)
}

/// The crate as LLVM IR.
fn ir(cargo: &Cargo<'_>, target: &Path) -> Result<String> {
    let folder = target.join("release/deps");
    let is_ir = |name: &str| name.starts_with("oxws-") && name.ends_with(".ll");
    for old in files::list(&folder, &|_| true)?.iter().filter(|name| is_ir(name)) {
        std::fs::remove_file(folder.join(old))?;
    }
    touch(cargo.root)?;
    let target = target.to_string_lossy();
    let arguments =
        ["rustc", "-q", "-p", "oxws", "--lib", "--release", "--target-dir", &target, "--", "--emit=llvm-ir"];
    cargo.run(&[&arguments[..], &["-C", "no-prepopulate-passes"]].concat())?;
    let names = files::list(&folder, &|_| true)?;
    let name = names.iter().find(|name| is_ir(name)).context("rustc wrote no LLVM IR")?;
    Ok(String::from_utf8(files::read(&folder.join(name))?)?)
}

/// The functions in LLVM IR by what they are for, and those of the runtime by module. rustc writes the name of each
/// into a comment before it.
fn counted(ir: &str) -> (BTreeMap<&'static str, Count>, BTreeMap<String, Count>) {
    let (mut kinds, mut modules) = (BTreeMap::new(), BTreeMap::new());
    let (mut name, mut begin) = ("", None);
    for (at, line) in ir.lines().enumerate() {
        match line.strip_prefix("; ") {
            Some(comment) if begin.is_none() && !comment.starts_with("Function Attrs") => name = comment,
            _ if line.starts_with("define ") => begin = Some(at),
            _ if line == "}" => {
                let Some(begin) = begin.take() else { continue };
                let add = |count: &mut Count| {
                    count.0 += 1;
                    count.1 += at - begin + 1;
                };
                let kind = kind(name);
                add(kinds.entry(kind).or_default());
                if kind == RUNTIME {
                    add(modules.entry(module(name)).or_default());
                }
            }
            _ => {}
        }
    }
    (kinds, modules)
}

const RUNTIME: &str = "runtime, with what it makes for each type";

/// What a function is for.
fn kind(name: &str) -> &'static str {
    // `<Type as Trait>::function`, or the path of a function.
    let (of, rest) = name.strip_prefix('<').and_then(|rest| rest.split_once(" as ")).unwrap_or((name, ""));
    match () {
        () if of.contains("drop_in_place") => "dropping values",
        () if of.starts_with("oxws::protocol::") && rest.starts_with("oxws::rt::") => {
            "emitted: reading and writing"
        }
        () if of.starts_with("oxws::protocol::") && !rest.is_empty() => "emitted: derived and conversions",
        () if of.starts_with("oxws::protocol::") || of.starts_with("<oxws::protocol::") => {
            "emitted: constructors, getters, setters"
        }
        () if name.contains("oxws::rt::") => RUNTIME,
        () if name.contains("oxws::") => "messages, faults, round trip",
        () => "the standard library's and others', for these types",
    }
}

/// The module of the runtime that the name of a function mentions first.
fn module(name: &str) -> String {
    let after = name.split("oxws::rt::").nth(1).unwrap_or_default();
    after.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
}

/// CPU seconds of all processes that this one has started and that have ended, with theirs.
pub(crate) fn children_seconds() -> Option<f64> {
    // Fields 16 and 17 (proc(5)), in hundredths of a second; the name in field 2 may hold spaces.
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    let (user, system) = (fields.next()?.parse::<f64>().ok()?, fields.next()?.parse::<f64>().ok()?);
    Some((user + system) / 100.0)
}

/// Lines of the files that are compiled with the feature of each protocol alone.
fn generated_lines(root: &Path) -> Result<BTreeMap<String, usize>> {
    let plan = crate::regen::plan(root)?;
    ensure!(!plan.failed, "the schemas have errors:\n{}", plan.messages);
    Ok(plan.output.features)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IR: &str = "; <oxws::protocol::a::B as oxws::rt::contract::Fields>::child
; Function Attrs: uwtable
define void @one() {
  ret void
}

; <oxws::rt::fields::Slot<oxws::protocol::a::B>>::read
define void @two() {
start:
; call core::mem::drop
}
; <oxws::protocol::a::B as core::fmt::Debug>::fmt
define void @three() {
}
; <oxws::protocol::a::B>::new
define void @four() {
}
; core::ptr::drop_in_place::<oxws::protocol::a::B>
define void @five() {
}
; <alloc::vec::Vec<T>>::push
define void @six() {
}
declare void @seven()
";

    #[test]
    fn functions_are_counted_by_what_they_are_for() {
        let (kinds, modules) = counted(IR);
        assert_eq!(kinds.get("emitted: reading and writing"), Some(&(1, 3)));
        assert_eq!(kinds.get("emitted: derived and conversions"), Some(&(1, 2)));
        assert_eq!(kinds.get("emitted: constructors, getters, setters"), Some(&(1, 2)));
        assert_eq!(kinds.get("dropping values"), Some(&(1, 2)));
        assert_eq!(kinds.get(RUNTIME), Some(&(1, 4)));
        assert_eq!(kinds.values().map(|count| count.0).sum::<usize>(), 6);
        assert_eq!(modules, BTreeMap::from([("fields".to_owned(), (1, 4))]));
    }

    #[test]
    fn a_missed_budget_is_told() {
        let (kinds, modules) = counted(IR);
        let compiled = Compiled {
            seconds: [[Some(3.5), Some(3.0), None], [None; 3]],
            lines: [("oxwscos".to_owned(), 8000)].into(),
            kinds,
            modules,
        };
        let mut missed = Vec::new();
        let text = compiled.section(&mut missed);
        assert_eq!(
            missed,
            ["`cargo check -p oxws --no-default-features --features oxwscos`: 3.50 s, not ≤ 3 s"]
        );
        for row in [
            "| lines of generated code with the feature `oxwscos` alone | 8 000 | ≤ 8 000 | met |",
            "| `cargo build -p oxws --no-default-features --features oxwscos` | 3.00 s |  |  |",
            "| `cargo build --release -p oxws` | not measured |  |  |",
            "| of the runtime: `fields` | 1 | 4 | 26 % |",
        ] {
            assert!(text.lines().any(|line| line == row), "{row} is not in\n{text}");
        }
    }
}
