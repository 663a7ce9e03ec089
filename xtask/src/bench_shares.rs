//! Where the CPU of a request goes: samples of the bench `http` of `ucs`, sorted by layer.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::bench_report::Cargo;

/// The layers, as the report calls them.
pub(crate) const LAYERS: [&str; 8] = [
    "the kernel: sockets and waiting",
    "HTTP: hyper, tokio, the endpoint",
    "authentication",
    "limits, metrics, log",
    "XML and SOAP",
    "operations: ids, personas, replies that are kept",
    "the store",
    "other",
];

/// What the names of functions have in them, and the layer that they are of; the first that fits.
const FUNCTIONS: [(&str, usize); 18] = [
    ("ucs::http::auth", 2),
    ("ucs::accounts", 2),
    ("ucs::store", 6),
    ("ucs::contacts", 6),
    ("rusqlite::", 6),
    ("sqlite3", 6),
    ("ucs::service", 5),
    ("ucs::http", 3),
    ("governor::", 3),
    ("prometheus_client::", 3),
    ("oxws::rt", 4),
    ("oxws::soap", 4),
    ("oxws::protocol", 4),
    ("oxws::server", 1),
    ("hyper::", 1),
    ("httparse::", 1),
    ("tokio::", 1),
    ("mio::", 1),
];
const KERNEL: usize = 0;
const OTHER: usize = LAYERS.len() - 1;

/// Samples in each layer.
#[derive(Clone, Debug)]
pub(crate) struct Shares([usize; LAYERS.len()]);

impl Shares {
    /// From stacks, the innermost frame first: a line for each, with a function and the file that it is in.
    pub(crate) fn of_stacks<'a>(stacks: impl IntoIterator<Item = &'a str>) -> Shares {
        let mut samples = [0; LAYERS.len()];
        for stack in stacks.into_iter().filter(|stack| !stack.trim().is_empty()) {
            samples[layer(stack)] += 1;
        }
        Shares(samples)
    }

    /// The share of a layer.
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    pub(crate) fn of(&self, layer: usize) -> f64 {
        self.0[layer] as f64 / self.0.iter().sum::<usize>().max(1) as f64
    }
}

fn layer(stack: &str) -> usize {
    let stack = stack.trim_start();
    // In brackets: `[kernel.kallsyms]`.
    if stack.lines().next().is_some_and(|frame| frame.contains("[kernel")) {
        return KERNEL;
    }
    let known =
        |frame: &str| FUNCTIONS.iter().find(|(part, _)| frame.contains(part)).map(|(_, layer)| *layer);
    stack.lines().find_map(known).unwrap_or(OTHER)
}

/// Records a request of the bench, which must have been built; `None` when nothing can be recorded here.
pub(crate) fn measure(cargo: &Cargo<'_>, request: &str) -> Result<Option<Shares>> {
    let folder = cargo.target.join("bench-report");
    std::fs::create_dir_all(&folder)?;
    let data = folder.join("perf.data");
    let mut record = Command::new("perf");
    record.args(["record", "-q", "-F", "1499", "--call-graph", "dwarf,16384", "-o"]).arg(&data);
    record.arg("--").arg(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    record.args(["bench", "-q", "-p", "ucs", "--bench", "http", "--", "5", request]);
    record.current_dir(cargo.root).env("CARGO_INCREMENTAL", "0").stdout(Stdio::null());
    let recorded = record.stderr(Stdio::null()).status();
    if !recorded.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let mut script = Command::new("perf");
    // The thread that the bench calls so.
    script.args(["script", "--no-inline", "--comm", "ucs", "-F", "ip,sym,dso", "-i"]).arg(&data);
    let script = script.stderr(Stdio::null()).output()?;
    std::fs::remove_file(&data)?;
    let stacks = String::from_utf8_lossy(&script.stdout);
    let shares = Shares::of_stacks(stacks.split("\n\n"));
    Ok(Some(shares).filter(|shares| script.status.success() && shares.0.iter().sum::<usize>() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_of_the_innermost_layer_on_its_stack() {
        let stacks = "
 ffffffff81 tcp_sendmsg ([kernel.kallsyms])
 7f00000001 writev (/usr/lib/libc.so.6)
 5500000001 hyper::proto::h1::io::Buffered<T,B>::poll_flush (/target/http)

 7f00000002 malloc (/usr/lib/libc.so.6)
 5500000002 oxws::rt::writer::Writer::complex (/target/http)
 5500000003 ucs::service::kept::Kept::reply (/target/http)

 5500000004 sha2::sha256::compress256 (/target/http)
 5500000005 ucs::http::auth::password::Digester::digest (/target/http)
 5500000006 ucs::http::app::Shared<A,S>::respond::{{closure}} (/target/http)

 5500000007 main (/target/http)
";
        let shares = Shares::of_stacks(stacks.split("\n\n"));
        assert_eq!(shares.0, [1, 0, 1, 0, 1, 0, 0, 1]);
        assert!((shares.of(KERNEL) - 0.25).abs() < 1e-9);
        assert!(Shares::of_stacks([""]).of(OTHER).abs() < 1e-9);
    }
}
