//! The part of `cargo xtask bench-report` about where the CPU of a request goes: perf looks at the bench `http` of ucs,
//! and every sample of the server's thread is counted for what its function belongs to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::bench_report::Cargo;

/// A request of the bench `http`, and how it is called here.
const REQUESTS: [(&str, &str); 3] = [
    ("small_list", "GetImItemList, no contacts"),
    ("three_contacts", "GetImItems of three contacts"),
    ("some_list", "GetImItemList, 50 contacts"),
];
/// Samples a second; a prime, so that nothing periodic is met again and again.
const RATE: &str = "1999";

/// What the functions of a request are for, and how those are recognized: by the beginning of their library or by a part
/// of their name. The first that fits counts.
const KINDS: [(&str, &[&str], &[&str]); 7] = [
    ("the kernel: sockets, waiting", &["[kernel", "[guest", "[vdso", "vmlinux"], &[]),
    ("memory: allocating, freeing, copying", &[], &MEMORY),
    (
        "sign-in: passwords, accounts",
        &[],
        &["ucs::accounts", "ucs::http::auth", "argon2", "blake2", "sha2", "hmac"],
    ),
    ("XML and SOAP", &[], &["oxws::rt", "oxws::soap", "oxws::protocol", "from_utf8"]),
    (
        "store, rules, ids",
        &[],
        &["ucs::store", "ucs::contacts", "ucs::service", "ucs::people", "rusqlite", "sqlite3"],
    ),
    (
        "HTTP: hyper, tokio, the shim, limits, metrics",
        &[],
        &[
            "hyper",
            "http::",
            "http_body",
            "httparse",
            "httpdate",
            "tokio",
            "mio::",
            "tower",
            "oxws::server",
            "oxws::guid",
            "ucs::http",
        ],
    ),
    ("the rest", &[], &[""]),
];
const MEMORY: [&str; 12] = [
    "malloc",
    "calloc",
    "realloc",
    "cfree",
    "_int_free",
    "unlink_chunk",
    "memcpy",
    "memmove",
    "memset",
    "memcmp",
    "__rust_alloc",
    "__rdl_",
];

/// Samples of each kind, for each request.
#[derive(Debug)]
pub(crate) struct Profile(Vec<[usize; KINDS.len()]>);

impl Profile {
    /// Runs the bench under perf; `None` where there is none, or it may not look.
    pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Option<Profile>> {
        let data = cargo.target.join("bench-report").join("perf.data");
        let probe = record(&data).arg("true").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !probe.is_ok_and(|status| status.success()) {
            println!("skipped: there is no perf that may count (Debian: linux-perf)");
            return Ok(None);
        }
        // The bench is a file with a number in its name, which cargo tells.
        let built = cargo.run(&[
            "bench",
            "-q",
            "-p",
            "ucs",
            "--bench",
            "http",
            "--no-run",
            "--message-format=json",
        ])?;
        let program = executable(&built).context("cargo names no program of the bench http")?;
        let mut all = Vec::new();
        for (request, _) in REQUESTS {
            println!("the profile of {request}");
            let output = record(&data).arg(&program).args(["6", request]).current_dir(cargo.root).output()?;
            if !output.status.success() {
                bail!("the bench failed under perf:\n{}", String::from_utf8_lossy(&output.stderr));
            }
            let mut script = Command::new("perf");
            script.args(["script", "-F", "pid,tid,ip,sym,dso", "-i"]).arg(&data);
            let output = script.output().context("cannot run perf script")?;
            let counts = counted(&String::from_utf8_lossy(&output.stdout));
            ensure!(counts.iter().sum::<usize>() > 100, "perf saw next to nothing of {request}");
            all.push(counts);
        }
        Ok(Some(Profile(all)))
    }

    /// The section of the report. Writing to a string cannot fail.
    pub(crate) fn section(&self) -> String {
        let titles: Vec<&str> = REQUESTS.iter().map(|(_, title)| *title).collect();
        let samples: Vec<String> =
            self.0.iter().map(|counts| counts.iter().sum::<usize>().to_string()).collect();
        let mut out = format!(
            "## Where the CPU of a request goes\n\nThe bench `http` of `ucs` (`server/benches/http.rs`) under perf, {RATE} samples a \
             second: what the function belongs to that runs, in the server's one thread. {} samples. Copying and allocating count \
             for themselves, whoever asks for it. A flame graph of the same: `perf record --call-graph dwarf`.\n\n\
             | what | {} |\n|---{}|\n",
            samples.join(", "),
            titles.join(" | "),
            "|--:".repeat(titles.len()),
        );
        for (at, (kind, ..)) in KINDS.iter().enumerate() {
            let _ = write!(out, "| {kind} ");
            for counts in &self.0 {
                let _ =
                    write!(out, "| {} % ", (counts[at] * 100).div_ceil(counts.iter().sum::<usize>().max(1)));
            }
            out.push_str("|\n");
        }
        out
    }
}

/// `perf record` into a file, by the clock of the CPU, which there is in virtual machines too.
fn record(data: &Path) -> Command {
    let mut command = Command::new("perf");
    command.args(["record", "-q", "-e", "cpu-clock", "-F", RATE, "-o"]).arg(data).arg("--");
    command
}

/// The program that cargo built last, from its messages.
fn executable(messages: &str) -> Option<String> {
    let (_, after) = messages.rsplit_once("\"executable\":\"")?;
    Some(after.split('"').next()?.to_owned())
}

/// The samples of the server's thread by kind: of the thread, beside the first of the process, that has most in the code
/// of `oxws`. Lines are `PID/TID IP SYMBOL (LIBRARY)`.
fn counted(script: &str) -> [usize; KINDS.len()] {
    let mut threads: BTreeMap<&str, (usize, [usize; KINDS.len()])> = BTreeMap::new();
    for line in script.lines() {
        let Some((ids, rest)) = line.trim().split_once(char::is_whitespace) else { continue };
        let Some((_, rest)) = rest.trim().split_once(' ') else { continue };
        let (symbol, library) = rest.rsplit_once(" (").unwrap_or((rest, ""));
        if ids.split_once('/').is_none_or(|(process, thread)| process == thread) {
            continue;
        }
        let thread = threads.entry(ids).or_default();
        thread.0 += usize::from(symbol.contains("oxws::"));
        let fits = |(_, libraries, names): &(&str, &[&str], &[&str])| {
            libraries.iter().any(|begin| library.starts_with(begin))
                || names.iter().any(|name| symbol.contains(name))
        };
        if let Some(at) = KINDS.iter().position(fits) {
            thread.1[at] += 1;
        }
    }
    threads.into_values().max_by_key(|(own, _)| *own).unwrap_or_default().1
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "
   10/10       55 oxws::rt::reader::Reader::new (/target/http-1)
   10/10       55 oxws::rt::reader::Reader::new (/target/http-1)
   10/11       55 hyper::proto::h1::role::parse (/target/http-1)
   10/11     ffff [unknown] ([kernel.kallsyms])
   10/12       55 oxws::rt::reader::Reader::new (/target/http-1)
   10/12       55 <ucs::http::auth::Basic as ucs::http::auth::Scheme>::check (/target/http-1)
   10/12       55 <ucs::http::app::App as tower_service::Service>::call (/target/http-1)
   10/12       55 ucs::store::sqlite::lists::read (/target/http-1)
   10/12     7f55 __memmove_avx_unaligned_erms (/lib/libc.so.6)
   10/12     ffff __do_softirq ([kernel.kallsyms])
   10/12     ffff entry_SYSCALL_64 ([kernel.kallsyms])
   10/12       55 somebody::else (/target/http-1)
";

    #[test]
    fn samples_of_the_server_are_counted_by_what_they_are_for() {
        assert_eq!(counted(SCRIPT), [2, 1, 1, 1, 1, 1, 1]);
        let text = Profile(vec![counted(SCRIPT); 3]).section();
        assert!(text.contains("| XML and SOAP | 13 % | 13 % | 13 % |"), "{text}");
        assert!(text.contains("| the kernel: sockets, waiting | 25 % | 25 % | 25 % |"), "{text}");
        let messages =
            "{\"executable\":null}\n{\"reason\":\"x\",\"executable\":\"/a/http-1\",\"fresh\":true}\n{}";
        assert_eq!(executable(messages).as_deref(), Some("/a/http-1"));
    }
}
