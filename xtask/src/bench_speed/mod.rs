//! How fast the crate of the published MS-OXWS set reads and writes, for each byte, beside the crate `oxws`, which has
//! MS-OXWSCOS alone, and one that has a single message.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::bench_report::{thousands, verdict};
use crate::files;

/// How much longer a message may take with the large crate than with a small one: as long, and what the machine makes of
/// it.
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

/// What was measured of each of [`ROWS`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Speed([Message; ROWS.len()]);

/// The messages. Those of a small crate are the measure for that which follows, the same by the crate that has all.
const ROWS: [(&str, bool); 8] = [
    (CONTACTS, true),
    ("the same, with all of the set", false),
    ("contacts with texts to escape, by `oxws`", true),
    ("the same, with all of the set", false),
    (MAILS, true),
    ("the same, with all of the set", false),
    ("mails with those texts, by it", true),
    ("the same, with all of the set", false),
];
const CONTACTS: &str = "contacts, by `oxws`";
const MAILS: &str = "mails, by a crate of GetItemResponse alone";

impl Speed {
    /// Measures with the crates `ews-all` and `ews-mail` in a folder, built where `ews-all` was built before.
    pub(crate) fn measure(folder: &Path) -> Result<Speed> {
        println!("reading and writing by ews-all");
        let large = folder.join("ews-all");
        files::write(&large.join("examples/speed/main.rs"), EXAMPLE)?;
        files::write(&large.join("examples/speed/corpus.rs"), CORPUS)?;
        let manifest = large.join("Cargo.toml");
        let mut text = String::from_utf8(files::read(&manifest)?).context("a manifest is UTF-8")?;
        text += "\n[dev-dependencies]\news-mail = { path = \"../ews-mail\" }\n";
        files::write(&manifest, &text)?;
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
            .current_dir(&large)
            .env("CARGO_TARGET_DIR", folder.join("scale"))
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
             contacts in 10 groups), with the crate `oxws`, and of a GetItem reply with 200 mails, with a crate that has its \
             types only; beside each, what it takes with the crate that has all of the set. Contacts and mails with texts to \
             escape have the same 600. The least of the rounds, in which all take turns \
             (`xtask/src/bench_speed/example.rs`).\n\n\
             | what | bytes | references | reading, strict | times | writing | times | mark | |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|---|\n"
            .to_owned();
        let (mut measure, mut of) = (self.0[0], CONTACTS);
        for ((what, measures), message) in ROWS.into_iter().zip(self.0) {
            if measures {
                (measure, of) = (message, what);
            }
            let (read, write) = (message.read / measure.read, message.write / measure.write);
            let over = [("reading", read), ("writing", write)].into_iter().filter(|(_, times)| *times > MOST);
            let over: Vec<(&str, f64)> = over.collect();
            for (way, times) in &over {
                missed.push(format!("{way} {of}: {times:.2} times by the large crate, not ≤ {MOST}"));
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
        let [contacts, _, escaped, _, _, mails, _, mails_escaped] = self.0;
        let times = |message: Message| {
            format!("{:.2} and {:.2}", message.read / contacts.read, message.write / contacts.write)
        };
        let _ = writeln!(
            out,
            "\nBytes differ in what is made of them, elements, attributes or text: of what a byte of the contacts takes by \
             `oxws`, a byte of the contacts with texts to escape takes {} to read and to write, one of the mails {}, and one \
             of the mails with those texts {}.",
            times(escaped),
            times(mails),
            times(mails_escaped)
        );
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_a_table() -> Result<()> {
        let lines = "speed a 500 4 2.000 0.500\nspeed b 500 4 2.000 0.500\nspeed c 510 9 2.200 0.550\nspeed d 510 9 2.2 0.55\n\
                     speed e 700 0 1.500 0.400\nspeed f 700 0 1.500 0.480\nspeed g 710 9 1.6 0.5\nspeed h 710 9 1.6 0.5\n";
        let speed = Speed::parse(lines)?;
        let mut missed = Vec::new();
        let text = speed.text(&mut missed);
        for line in [
            "| contacts, by `oxws` | 500 | 4 | 2.00 ns | 1.00 | 0.50 ns | 1.00 | |  |",
            "| the same, with all of the set | 500 | 4 | 2.00 ns | 1.00 | 0.50 ns | 1.00 | ≤ 1.05 | met |",
            "| mails, by a crate of GetItemResponse alone | 700 | 0 | 1.50 ns | 1.00 | 0.40 ns | 1.00 | |  |",
            "| the same, with all of the set | 700 | 0 | 1.50 ns | 1.00 | 0.48 ns | 1.20 | ≤ 1.05 | **missed** |",
            "texts to escape takes 1.10 and 1.10 to read and to write, one of the mails 0.75 and 0.96,",
            "with those texts 0.80 and 1.00.",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert_eq!(
            missed,
            ["writing mails, by a crate of GetItemResponse alone: 1.20 times by the large crate, not ≤ 1.05"]
        );
        assert!(Speed::parse("speed GetA 500 2.000 0.500\n").is_err());
        Ok(())
    }
}
