//! `cargo xtask schema-diff DIR`: the components of `schemas/` against those of the same names in another set.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use oxws_codegen::diff::{Difference, diff};
use oxws_codegen::pipeline::resolved_all;
use oxws_codegen::schema::{SchemaSet, TypeBody};

use crate::regen::SCHEMAS;
use crate::{Outcome, count, files};

/// Compare the components of schemas/ with those of the same names in another set of schemas.
///
/// Reads all .xsd and .wsdl files of both folders and compares every global type and element that schemas/
/// declares: derivation, children and their order, occurrence, attributes, facets, defaults and fixed values.
/// Documentation, prefixes and the division into files do not count, nor does what only DIR declares.
///
/// Differences are what this command looks for: it prints each on a line, with its place in both sets, and exits
/// with 1 when there is any, like diff. Against the published MS-OXWS schemas there is exactly one, and it is
/// intended: the `fixed` of t:RequestServerVersion/@Version, see schemas/quirks.toml.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Folder with .xsd and .wsdl files
    pub dir: PathBuf,
}

/// What a comparison gives.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Every difference.
    pub differences: Vec<Difference>,
    /// How many components were compared.
    pub compared: usize,
}

/// Compares the schemas below `root` with those in `dir`. An error when a folder has none, or ours are faulty:
/// the other set may be, since only what ours names is looked at, and what it lacks is a difference.
pub fn compare(root: &Path, dir: &Path) -> Result<Comparison> {
    let ours = load(&root.join(SCHEMAS), true)?;
    let theirs = load(dir, false)?;
    let compared = components(&ours);
    Ok(Comparison { differences: diff(&ours, &theirs), compared })
}

/// How many global types and elements a set declares.
fn components(set: &SchemaSet) -> usize {
    let declared =
        set.types.iter().filter(|ty| ty.name.is_some() && !matches!(ty.body, TypeBody::Builtin(_)));
    declared.count() + set.elements.iter().filter(|element| element.global).count()
}

fn load(folder: &Path, faultless: bool) -> Result<SchemaSet> {
    let inputs = files::inputs(folder)?;
    let (set, diagnostics) = resolved_all(&inputs);
    if components(&set) == 0 {
        eprint!("{}", diagnostics.render());
        bail!("{} has no .xsd or .wsdl file with a type or an element", folder.display());
    }
    let (errors, _) = diagnostics.counts();
    if errors > 0 {
        eprint!("{}", diagnostics.render());
        let message = format!("{} has {}", folder.display(), count(errors, "error"));
        if faultless {
            bail!(message);
        }
        eprintln!("note: {message}; what they spoil shows up as differences");
    }
    Ok(set)
}

/// One line: what differs, then where in both sets.
pub fn line(difference: &Difference, dir: &Path) -> String {
    let Difference { path, aspect, ours, theirs, our_span, their_span } = difference;
    let their_place = their_span.as_ref().map_or_else(
        || format!("nowhere in {}", dir.display()),
        |span| format!("{}:{}:{}", dir.join(&*span.file).display(), span.line, span.column),
    );
    let our_place = format!("{SCHEMAS}/{}:{}:{}", our_span.file, our_span.line, our_span.column);
    format!("{path}: {aspect}: ours {ours}, theirs {theirs} ({our_place}, {their_place})")
}

/// The command.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    let Comparison { differences, compared } = compare(root, &arguments.dir)?;
    for difference in &differences {
        println!("{}", line(difference, &arguments.dir));
    }
    println!("{} in {}", count(differences.len(), "difference"), count(compared, "component"));
    Ok(Outcome::of(&differences))
}
