//! `generate`: the whole generator, from the bytes of the inputs to the text of the crate.

use std::collections::BTreeMap;

use crate::describe::describe;
use crate::diagnostic::Diagnostics;
use crate::emit::{self, Config, FileSet};
use crate::load::Inputs;
use crate::manifest::Manifest;
use crate::model::Model;
use crate::schema::SchemaSet;
use crate::{docs, lower, manifest, name, pipeline, prune, quirks};

/// What a run of the generator gives.
#[derive(Clone, Default, Debug)]
pub struct Output {
    /// Path below the protocols' folder to text. Empty when there are errors.
    pub files: FileSet,
    /// The new text of `names.lock`. Empty when there are errors.
    pub lock: String,
    /// What was generated.
    pub summary: Summary,
    /// Lines of Rust that are compiled with each feature of a protocol alone.
    pub features: BTreeMap<String, usize>,
}

/// What was generated, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Modules with at least one component.
    pub protocols: usize,
    /// Named types of the schemas that were reached.
    pub types: usize,
    /// Declarations of elements that were reached, global and local.
    pub declarations: usize,
    /// Global elements that were reached.
    pub elements: usize,
    /// Operations.
    pub operations: usize,
    /// Lines of Rust.
    pub lines: usize,
    /// Lines of the largest file of Rust.
    pub longest: usize,
    /// Types on the longest way from one to another to the next.
    pub depth: usize,
}

/// Runs all stages on `inputs`, which hold `manifest.toml`, perhaps `quirks.toml`, `docs.toml` and
/// `names.lock`, and the schemas under the names that these use.
pub fn generate(inputs: &Inputs, config: &Config) -> (Output, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let quirks = quirks::read(inputs, &mut diagnostics);
    let Some(manifest) = manifest::read(inputs, &mut diagnostics) else {
        return (Output::default(), diagnostics);
    };
    let mut set = pipeline::resolved(&manifest, inputs, &mut diagnostics);
    quirks::apply(&mut set, &quirks, &manifest, &mut diagnostics);
    docs::apply(&mut set, &manifest, inputs, &mut diagnostics);
    let set = prune::prune(&set, &manifest, &mut diagnostics);
    if diagnostics.has_errors() {
        return (Output::default(), diagnostics);
    }
    let output = generate_set(&set, &manifest, inputs, config, &mut diagnostics);
    if diagnostics.has_errors() { (Output::default(), diagnostics) } else { (output, diagnostics) }
}

/// Runs the stages after prune.
pub fn generate_set(
    set: &SchemaSet,
    manifest: &Manifest,
    inputs: &Inputs,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Output {
    let mut model = lower::lower(set, manifest, diagnostics);
    name::place(&mut model, manifest);
    let names = name::name(&model, manifest, inputs, diagnostics);
    if diagnostics.has_errors() {
        return Output::default();
    }
    // What a server hands out beside its WSDL.
    let schemas = match model.services.is_empty() {
        true => Vec::new(),
        false => describe(set, &model.namespaces, &config.command),
    };
    let (mut files, features) = emit::emit(&model, &names, manifest, config, &schemas, diagnostics);
    files.extend(schemas.into_iter().map(|schema| (schema.file, schema.text)));
    let summary = summary(set, &model, &files);
    Output { files, lock: names.lock, summary, features }
}

fn summary(set: &SchemaSet, model: &Model, files: &BTreeMap<String, String>) -> Summary {
    let builtin = |ty: &crate::schema::TypeDef| matches!(ty.body, crate::schema::TypeBody::Builtin(_));
    let code = || files.iter().filter(|(path, _)| path.ends_with(".rs"));
    let lines = |(_, text): (&String, &String)| text.lines().count();
    Summary {
        protocols: files.keys().filter(|path| path.ends_with("/mod.rs")).count(),
        types: set.types.iter().filter(|ty| ty.name.is_some() && !builtin(ty)).count(),
        declarations: set.elements.len(),
        elements: set.elements.iter().filter(|element| element.global).count(),
        operations: model.services.iter().map(|service| service.operations.len()).sum(),
        lines: code().map(lines).sum(),
        longest: code().map(lines).max().unwrap_or(0),
        depth: emit::depth(model),
    }
}
