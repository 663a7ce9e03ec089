//! `front`: the stages of the front half, one after the other.

use crate::diagnostic::Diagnostics;
use crate::load::Inputs;
use crate::manifest::Manifest;
use crate::schema::SchemaSet;
use crate::{load, manifest, parse, prune, quirks, resolve};

/// Runs manifest, load, parse, resolve, quirks and prune on `inputs`, which hold `manifest.toml`, perhaps
/// `quirks.toml`, and the schemas under the names that these use. `None` without a readable manifest.
/// Otherwise the set is complete unless the diagnostics have errors; after errors it is good for looking at,
/// not for generating.
pub fn front(inputs: &Inputs) -> (Option<(Manifest, SchemaSet)>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let quirks = quirks::read(inputs, &mut diagnostics);
    let Some(manifest) = manifest::read(inputs, &mut diagnostics) else { return (None, diagnostics) };
    let mut set = resolved(&manifest, inputs, &mut diagnostics);
    quirks::apply(&mut set, &quirks, &manifest, &mut diagnostics);
    let set = prune::prune(&set, &manifest, &mut diagnostics);
    (Some((manifest, set)), diagnostics)
}

/// Runs load, parse and resolve: everything that the manifest's files declare, nothing pruned.
pub fn resolved(manifest: &Manifest, inputs: &Inputs, diagnostics: &mut Diagnostics) -> SchemaSet {
    let sources = load::load(manifest, inputs, diagnostics);
    let documents = parse::parse(&sources, diagnostics);
    resolve::resolve(&documents, manifest, diagnostics)
}

/// Everything that a set of schemas without a manifest declares: all its `.xsd` and `.wsdl` files.
pub fn resolved_all(inputs: &Inputs) -> (SchemaSet, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let manifest = Manifest::for_all(inputs);
    let set = resolved(&manifest, inputs, &mut diagnostics);
    (set, diagnostics)
}
