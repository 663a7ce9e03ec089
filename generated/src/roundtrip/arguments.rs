//! The command line of `roundtrip`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

pub(super) const USAGE: &str = "usage: roundtrip [--strict] [--out DIR] FILE…     (--help says more)";

pub(super) const HELP: &str = "\
Reads XML documents to types and writes them back.

usage: roundtrip [--strict] [--out DIR] FILE…

Each FILE is one document, `-` for standard input: a global element of the schemas, bare or within a SOAP
envelope (1.1 or 1.2). Of an envelope, header blocks, the content of Body, if there is any, and the details of
faults are read to types.

  --strict    refuse what the schema does not allow; without it, unknown content is skipped and noted
  --out DIR   write each document to DIR, under the name of its file; without it, to standard output
  --help      this text

Problems and notes go to standard error as `file:line:column: text`.
Exit codes: 0 every document was understood, 1 one was not, 2 wrong usage.
";

/// What the command line asks for.
pub(super) enum Action {
    Run(Arguments),
    Help,
}

/// The arguments.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) strict: bool,
    pub(super) out: Option<PathBuf>,
    pub(super) files: Vec<PathBuf>,
}

/// Reads the arguments after the name of the program.
pub(super) fn parse(words: impl Iterator<Item = OsString>) -> Result<Action, String> {
    let mut arguments = Arguments::default();
    let mut words = words;
    let mut options = true;
    while let Some(word) = words.next() {
        let text = word.to_str().unwrap_or_default();
        match text {
            "--" if options => options = false,
            "--help" | "-h" if options => return Ok(Action::Help),
            "--strict" if options => arguments.strict = true,
            "--out" if options => {
                let folder = words.next().ok_or("--out needs the name of a folder")?;
                arguments.out = Some(folder.into());
            }
            _ if options && text.starts_with("--out=") => {
                arguments.out = text.strip_prefix("--out=").map(PathBuf::from);
            }
            _ if options && text.len() > 1 && text.starts_with('-') => {
                return Err(format!("there is no option {text}"));
            }
            _ => arguments.files.push(word.into()),
        }
    }
    if arguments.files.is_empty() {
        return Err("no FILE is given".to_owned());
    }
    if arguments.out.is_some() {
        let mut taken = BTreeMap::new();
        for file in &arguments.files {
            if let Some(other) = taken.insert(super::target(file), file) {
                let (other, file) = (other.display(), file.display());
                return Err(format!("{other} and {file} would be the same file in the folder of --out"));
            }
        }
    }
    Ok(Action::Run(arguments))
}
