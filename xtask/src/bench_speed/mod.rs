//! How fast the crate of the published MS-OXWS set reads and writes, for each byte, beside the crate `oxws`, which has
//! MS-OXWSCOS alone.

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
    /// What was escaped in it.
    references: f64,
    read: f64,
    write: f64,
}

/// What stands in [`ROWS`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Speed([Message; ROWS.len()]);

/// The messages. Those of the crate `oxws` are the measure for those of the other crate that follow.
const ROWS: [(&str, bool); 5] = [
    ("contacts, by `oxws`", true),
    ("the same contacts", false),
    ("mails", false),
    ("contacts with texts to escape, by `oxws`", true),
    ("mails with the same texts", false),
];

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

    /// From the lines of the example: `speed NAME BYTES REFERENCES READ WRITE`.
    fn parse(output: &str) -> Result<Speed> {
        let mut messages = Vec::new();
        for line in output.lines().filter_map(|line| line.strip_prefix("speed ")) {
            let numbers: Result<Vec<f64>, _> = line.split(' ').skip(1).map(str::parse).collect();
            if let Ok([bytes, references, read, write]) = numbers.as_deref() {
                messages.push(Message { bytes: *bytes, references: *references, read: *read, write: *write });
            }
        }
        let messages = messages.try_into().ok();
        Ok(Speed(messages.with_context(|| format!("the example speed printed:\n{output}"))?))
    }

    /// What the section says of it; adds the marks that are missed. Writing to a string cannot fail.
    pub(crate) fn text(&self, missed: &mut Vec<String>) -> String {
        let mut out = "\nWhat a byte takes of a GetImItemList reply, made like those that the codec is measured with above (60 \
             contacts in 10 groups), with the crate `oxws`; beside it, what it takes with the crate that has all of the \
             set: of the same reply, and of a GetItem reply with 200 mails. Texts with something to escape take longer in \
             any message: mails that have them stand beside contacts that have the same 600 texts. The least of the rounds, \
             in which all take turns (`xtask/src/bench_speed/example.rs`).\n\n\
             | what | bytes | references | reading, strict | times | writing | times | mark | |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|---|\n"
            .to_owned();
        let mut measure = self.0[0];
        for ((what, measures), message) in ROWS.into_iter().zip(self.0) {
            if measures {
                measure = message;
            }
            let (read, write) = (message.read / measure.read, message.write / measure.write);
            let over = [("reading", read), ("writing", write)].into_iter().filter(|(_, times)| *times > MOST);
            let over: Vec<(&str, f64)> = over.collect();
            for (way, times) in &over {
                missed.push(format!("{way} {what}: {times:.2} times contacts by oxws, not ≤ {MOST}"));
            }
            let mark =
                if measures { "| ".to_owned() } else { format!("≤ {MOST} | {}", verdict(over.is_empty())) };
            let _ = writeln!(
                out,
                "| {what} | {} | {} | {:.2} ns | {read:.2} | {:.2} ns | {write:.2} | {mark} |",
                thousands(message.bytes),
                thousands(message.references),
                message.read,
                message.write,
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
        let lines = "speed a 500 4 2.000 0.500\nspeed b 500 4 2.000 0.500\nspeed c 700 0 1.500 0.400\n\
                     speed d 510 9 2.200 0.500\nspeed e 710 9 2.2 0.6\n";
        let speed = Speed::parse(lines)?;
        let mut missed = Vec::new();
        let text = speed.text(&mut missed);
        for line in [
            "| contacts, by `oxws` | 500 | 4 | 2.00 ns | 1.00 | 0.50 ns | 1.00 | |  |",
            "| the same contacts | 500 | 4 | 2.00 ns | 1.00 | 0.50 ns | 1.00 | ≤ 1.05 | met |",
            "| mails | 700 | 0 | 1.50 ns | 0.75 | 0.40 ns | 0.80 | ≤ 1.05 | met |",
            "| contacts with texts to escape, by `oxws` | 510 | 9 | 2.20 ns | 1.00 | 0.50 ns | 1.00 | |  |",
            "| mails with the same texts | 710 | 9 | 2.20 ns | 1.00 | 0.60 ns | 1.20 | ≤ 1.05 | **missed** |",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert_eq!(missed, ["writing mails with the same texts: 1.20 times contacts by oxws, not ≤ 1.05"]);
        assert!(Speed::parse("speed GetA 500 2.000 0.500\n").is_err());
        Ok(())
    }
}
