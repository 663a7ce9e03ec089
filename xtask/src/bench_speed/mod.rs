//! How fast the crate of the published MS-OXWS set reads and writes, for each byte: mails beside the contacts of
//! MS-OXWSCOS.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::bench_report::{thousands, verdict};
use crate::files;

/// How much longer than for a message of MS-OXWSCOS a byte of another one may take: as long, and what the machine makes
/// of it.
const MOST: f64 = 1.05;
/// The program, put into the crate.
const EXAMPLE: &str = include_str!("example.rs");
/// What makes its contacts.
const CORPUS: &str = include_str!("../../../tests/src/corpus.rs");

/// What was measured of one message.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Message {
    bytes: f64,
    read: f64,
    write: f64,
}

/// A message of MS-OXWSCOS, and another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Speed([Message; 2]);

impl Speed {
    /// Measures with the crate in a folder, which is called `ews-all`.
    pub(crate) fn measure(folder: &Path, target: &Path) -> Result<Speed> {
        println!("reading and writing by ews-all");
        files::write(&folder.join("examples/speed/main.rs"), EXAMPLE)?;
        files::write(&folder.join("examples/speed/corpus.rs"), CORPUS)?;
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([
                "run",
                "-q",
                "--release",
                "--example",
                "speed",
                "--features",
                "oxws/oxwscos,oxws/oxwspers",
            ])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", target)
            .output()
            .context("cannot run cargo")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "the example speed failed:\n{said}");
        Speed::parse(&String::from_utf8_lossy(&output.stdout))
    }

    /// From the lines of the example: `speed NAME BYTES READ WRITE`.
    fn parse(output: &str) -> Result<Speed> {
        let mut messages = Vec::new();
        for line in output.lines().filter_map(|line| line.strip_prefix("speed ")) {
            let numbers: Result<Vec<f64>, _> = line.split(' ').skip(1).map(str::parse).collect();
            if let Ok([bytes, read, write]) = numbers.as_deref() {
                messages.push(Message { bytes: *bytes, read: *read, write: *write });
            }
        }
        let messages = messages.try_into().ok();
        Ok(Speed(messages.with_context(|| format!("the example speed printed:\n{output}"))?))
    }

    /// What the section says of it; adds the marks that are missed. Writing to a string cannot fail.
    pub(crate) fn text(&self, missed: &mut Vec<String>) -> String {
        let [contacts, mails] = self.0;
        let mut out = format!(
            "\nWhat the crate with all of the set takes for a byte of a GetImItemList reply, made like those that the codec is \
             measured with above (60 contacts in 10 groups, {} bytes), and of a GetItem reply with 200 mails ({} bytes); the \
             least of the rounds, in which both take turns (`xtask/src/bench_speed/example.rs`).\n\n\
             | what | contacts | mails | times | mark | |\n|---|--:|--:|--:|--:|---|\n",
            thousands(contacts.bytes),
            thousands(mails.bytes),
        );
        let rows = [("reading, strict", contacts.read, mails.read), ("writing", contacts.write, mails.write)];
        for (what, one, other) in rows {
            let times = other / one;
            if times > MOST {
                missed.push(format!("{what} of mails: {times:.2} times contacts, not ≤ {MOST}"));
            }
            let _ = writeln!(
                out,
                "| {what} | {one:.2} ns | {other:.2} ns | {times:.2} | ≤ {MOST} | {} |",
                verdict(times <= MOST)
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_a_table() -> Result<()> {
        let speed = Speed::parse("speed GetA 500 2.000 0.500\nspeed GetB 700 1.500 0.600\n")?;
        let mut missed = Vec::new();
        let text = speed.text(&mut missed);
        assert!(text.contains("| reading, strict | 2.00 ns | 1.50 ns | 0.75 | ≤ 1.05 | met |"), "{text}");
        assert!(text.contains("| writing | 0.50 ns | 0.60 ns | 1.20 | ≤ 1.05 | **missed** |"), "{text}");
        assert_eq!(missed, ["writing of mails: 1.20 times contacts, not ≤ 1.05"]);
        assert!(Speed::parse("speed GetA 500 2.000 0.500\n").is_err());
        Ok(())
    }
}
