//! Reads documents to types and writes them back: what the example `roundtrip` of a generated crate does, as a
//! library. A document is an element of the crate, bare or within SOAP envelopes of either version.

mod arguments;
mod envelope;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::rt::{self, Document, Mode, Note, ReadOptions, Reader, Result, Writer};
use arguments::{Action, Arguments};

/// A document that was read to types and written again.
#[derive(Clone, PartialEq, Debug)]
pub struct RoundTrip {
    /// The document as it was written, in UTF-8.
    pub xml: Vec<u8>,
    /// What was passed over, or kept as it was because no type is known for it, in document order.
    pub notes: Vec<Note>,
    /// How many further notes the limit cut off.
    pub notes_dropped: usize,
}

/// Reads a document, bare or within a SOAP envelope, to the types of `T`, and writes it back. Of an envelope, header
/// blocks, the children of Body and the details of a fault are read to types; the rest stays as it is.
///
/// # Errors
/// The first thing that is not understood, with line, column and path.
pub fn round_trip<T: Document>(bytes: &[u8], options: &ReadOptions) -> Result<RoundTrip> {
    let text = rt::any_text(bytes)?;
    let mut r = Reader::new(&text, T::VOCABULARY, options.mode, options.limits)?;
    r.root()?;
    let xml = match envelope::version(&r) {
        Some(version) => envelope::round_trip::<T>(&mut r, version)?,
        None => {
            let mut w = writer(&r, text.len() + text.len() / 4);
            element::<T>(&mut r, &mut w)?;
            w.finish()?
        }
    };
    r.finish()?;
    let notes_dropped = r.notes_dropped;
    Ok(RoundTrip { xml, notes: r.into_notes(), notes_dropped })
}

/// A writer for what this reader reads: one that is lenient has taken lists of any length.
#[inline]
fn writer(r: &Reader<'_>, capacity: usize) -> Writer {
    let w = Writer::new(Vec::with_capacity(capacity));
    if r.mode == Mode::Lenient { w.any_number() } else { w }
}

/// Reads the innermost open element to its type and writes it, its namespaces declared.
fn element<T: Document>(r: &mut Reader<'_>, w: &mut Writer) -> Result<()> {
    let value: T = rt::read_open(r)?;
    w.declare_on_next(T::VOCABULARY);
    rt::write_document(&value, w);
    Ok(())
}

/// The whole program: arguments from the command line, documents from files or standard input, results to standard
/// output or a folder, problems and notes to standard error as `file:line:column: text`.
///
/// The exit code is 0 when every document was understood, 1 when one was not, 2 for a wrong command line.
pub fn main<T: Document>() -> ExitCode {
    let code = run::<T>(
        std::env::args_os().skip(1),
        &mut std::io::stdin().lock(),
        &mut std::io::stdout().lock(),
        &mut std::io::stderr().lock(),
    );
    ExitCode::from(code)
}

/// [`main`] with its surroundings given, without the name of the program among the arguments; returns the exit code.
pub fn run<T: Document>(
    arguments: impl Iterator<Item = OsString>,
    input: &mut dyn Read,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> u8 {
    // Standard error is the last resort: where it cannot be written to, nothing can be said.
    let arguments = match arguments::parse(arguments) {
        Ok(Action::Run(arguments)) => arguments,
        Ok(Action::Help) => return u8::from(output.write_all(arguments::HELP.as_bytes()).is_err()),
        Err(problem) => {
            let _ = writeln!(errors, "error: {problem}\n\n{}", arguments::USAGE);
            return 2;
        }
    };
    let mut failed = false;
    for file in &arguments.files {
        let name = if is_stdin(file) { "<stdin>".to_owned() } else { file.display().to_string() };
        let done = read(file, input)
            .map_err(|problem| format!("{name}: {problem}"))
            .and_then(|bytes| one::<T>(&bytes, &name, &arguments, errors))
            .and_then(|xml| write(&xml, file, &arguments, output));
        if let Err(problem) = done {
            let _ = writeln!(errors, "{problem}");
            failed = true;
        }
    }
    u8::from(failed)
}

#[inline]
fn read(file: &Path, input: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    if !is_stdin(file) {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether standard input is meant.
#[inline]
fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// One document; its notes go to `errors`.
fn one<T: Document>(
    bytes: &[u8],
    name: &str,
    arguments: &Arguments,
    errors: &mut dyn Write,
) -> std::result::Result<Vec<u8>, String> {
    let options = if arguments.strict { ReadOptions::strict() } else { ReadOptions::lenient() };
    let done = round_trip::<T>(bytes, &options).map_err(|error| {
        let path = if error.path().is_empty() { String::new() } else { format!(" (in {})", error.path()) };
        format!("{name}:{}:{}: {}{path}", error.line(), error.column(), error.message())
    })?;
    for note in &done.notes {
        let place = note.place;
        let _ = writeln!(
            errors,
            "{name}:{}:{}: note: {} (in {})",
            place.line, place.column, note.message, note.path
        );
    }
    if done.notes_dropped > 0 {
        let _ = writeln!(errors, "{name}: and {} more notes", done.notes_dropped);
    }
    Ok(done.xml)
}

#[inline]
fn write(
    xml: &[u8],
    file: &Path,
    arguments: &Arguments,
    output: &mut dyn Write,
) -> std::result::Result<(), String> {
    let Some(folder) = &arguments.out else {
        let written = output.write_all(xml).and_then(|()| output.write_all(b"\n"));
        return written.map_err(|problem| format!("standard output: {problem}"));
    };
    let target = folder.join(target(file));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&target, xml));
    written.map_err(|problem| format!("{}: {problem}", target.display()))
}

/// Name below the folder of results of what a file became.
#[inline]
fn target(file: &Path) -> PathBuf {
    match file.file_name() {
        Some(name) if !is_stdin(file) => PathBuf::from(name),
        _ => PathBuf::from("stdin.xml"),
    }
}
