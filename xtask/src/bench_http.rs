//! The part of `cargo xtask bench-report` about HTTP: the lines of the bench `http`, and what they say.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

use crate::bench_report::{median, thousands, verdict};

/// Most CPU for a request, as a multiple of bare hyper's.
const BUDGET: f64 = 1.6;

/// What was measured of one server, round by round.
#[derive(Default, Debug)]
struct Server {
    /// Nanoseconds of CPU for a request.
    cpu: Vec<f64>,
    /// Requests per second.
    rate: Vec<f64>,
}

/// What the bench printed.
#[derive(Default, Debug)]
pub(crate) struct Http {
    bare: Server,
    own: Server,
}

impl Http {
    /// From lines `http NAME CPU_NS REQUESTS_PER_SECOND`.
    pub(crate) fn parse(output: &str) -> Result<Http> {
        let mut http = Http::default();
        for line in output.lines() {
            let Some(line) = line.strip_prefix("http ") else { continue };
            let mut words = line.split(' ');
            let server = match words.next() {
                Some("bare_hyper") => &mut http.bare,
                _ => &mut http.own,
            };
            let mut number = || -> Result<f64> {
                words
                    .next()
                    .and_then(|word| word.parse().ok())
                    .with_context(|| format!("no number in {line:?}"))
            };
            server.cpu.push(number()?);
            server.rate.push(number()?);
        }
        let rounds = http.bare.cpu.len();
        ensure!(rounds > 0 && rounds == http.own.cpu.len(), "the bench `http` printed no rounds:\n{output}");
        Ok(http)
    }

    /// The section of the report; adds the budget if it is missed. Writing to a string cannot fail.
    pub(crate) fn section(&self, missed: &mut Vec<String>) -> String {
        let ratio = median(self.bare.cpu.iter().zip(&self.own.cpu).map(|(bare, own)| own / bare).collect());
        let fine = ratio <= BUDGET;
        if !fine {
            missed.push(format!("AddImGroup over HTTP: {ratio:.2} times bare hyper's CPU, not ≤ {BUDGET}"));
        }
        let mut out = String::from("\n## AddImGroup over HTTP\n\n");
        let _ = writeln!(
            out,
            "The server shim with an implementation that makes a group of every request, against a bare hyper server \
             that reads the request and answers the same bytes (`tests/benches/http.rs`): CPU of the server's thread, \
             the kernel's share included, over connections that are kept open. Medians of {} rounds, in which the \
             servers take turns; a ratio is that within a round.\n",
            self.bare.cpu.len()
        );
        out.push_str(
            "| what | CPU per request | requests per second | times bare hyper | mark | |\n|---|--:|--:|--:|--:|---|\n",
        );
        let mut row = |what: &str, server: &Server, tail: &str| {
            let (cpu, rate) = (median(server.cpu.clone()) / 1000.0, median(server.rate.clone()));
            let _ = writeln!(out, "| {what} | {cpu:.1} µs | {} | {tail} |", thousands(rate));
        };
        row("bare hyper", &self.bare, "1.00 | | ");
        row("**server shim**", &self.own, &format!("{ratio:.2} | ≤ {BUDGET} | {}", verdict(fine)));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_become_a_table() -> Result<()> {
        let http = Http::parse("noise\nhttp bare_hyper 8000 100000\nhttp oxws 16000 60000\n")?;
        let mut missed = Vec::new();
        let text = http.section(&mut missed);
        assert!(text.contains("| bare hyper | 8.0 µs | 100 000 | 1.00 |"), "{text}");
        assert!(
            text.contains("| **server shim** | 16.0 µs | 60 000 | 2.00 | ≤ 1.6 | **missed** |"),
            "{text}"
        );
        assert_eq!(missed, ["AddImGroup over HTTP: 2.00 times bare hyper's CPU, not ≤ 1.6"]);
        assert!(Http::parse("http oxws 1 2").is_err() && Http::parse("http bare_hyper x").is_err());
        Ok(())
    }
}
