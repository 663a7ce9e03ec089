//! Which features of the crate each emitted file is compiled with: those of the protocols that reach it. So a
//! protocol that is switched off costs nothing, and what two of them share is there once.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::references;
use crate::manifest::{Manifest, Protocol};
use crate::model::{ItemId, Model, Ty};
use crate::name::Names;

/// Module and name of a file.
pub(super) type FileKey = (String, String);

/// By which features something is reached; `None` when it is needed whatever they are.
pub(super) type Reach = Option<BTreeSet<String>>;

/// The features of a crate, and what each of its files needs.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// All features of protocols. Empty when the manifest names none.
    all: BTreeSet<String>,
    /// The feature that all of them bring along.
    common: Option<String>,
    files: BTreeMap<FileKey, Reach>,
}

/// The features that reach each item, in order of the model. Empty when the manifest names no features.
pub(super) fn items(model: &Model, manifest: &Manifest) -> Vec<Reach> {
    if manifest.protocols.iter().all(|protocol| protocol.feature.is_none()) {
        return Vec::new();
    }
    let edges: Vec<Vec<usize>> =
        model.items.iter().map(|item| references(model, item).iter().map(|id| id.0).collect()).collect();
    let mut reach = vec![Some(BTreeSet::new()); model.items.len()];
    for protocol in manifest.protocols.iter() {
        let mut open: Vec<usize> = seeds(model, manifest, protocol).iter().map(|id| id.0).collect();
        spread(&mut reach, &protocol.feature, &mut open, |at| edges[at].clone());
    }
    reach
}

/// Marks what `open` leads to as reached with a feature, or without one as needed always.
fn spread(
    reach: &mut [Reach],
    feature: &Option<String>,
    open: &mut Vec<usize>,
    next: impl Fn(usize) -> Vec<usize>,
) {
    while let Some(at) = open.pop() {
        let new = match (&mut reach[at], feature) {
            (None, _) => false,
            (Some(known), Some(feature)) => known.insert(feature.clone()),
            (known, None) => known.take().is_some(),
        };
        if new {
            open.extend(next(at));
        }
    }
}

/// The items that a protocol asks for itself: the messages and header parts of its operations, and the elements that
/// the manifest lists for it.
fn seeds(model: &Model, manifest: &Manifest, protocol: &Protocol) -> Vec<ItemId> {
    let mut roots: BTreeSet<usize> = BTreeSet::new();
    for service in model.services.iter().filter(|service| service.module == protocol.module) {
        for operation in &service.operations {
            roots.extend(operation.messages().filter_map(|message| message.root));
            roots.extend(
                operation.request_headers.iter().chain(&operation.response_headers).map(|(_, at)| *at),
            );
        }
    }
    for element in &protocol.elements {
        let Some((namespace, local)) = manifest.expand(element) else { continue };
        let same = |name: &crate::schema::QName| *name.namespace == *namespace && *name.local == *local;
        roots.extend(model.roots.iter().position(|root| same(&root.name)));
    }
    roots.into_iter().flat_map(|at| in_root(&model.roots[at].ty)).collect()
}

fn in_root(ty: &Ty) -> Option<ItemId> {
    match ty {
        Ty::Item(id) | Ty::Wrapped(id) => Some(*id),
        Ty::List(inner) | Ty::Nillable(inner) | Ty::Defaulted(inner) => in_root(inner),
        Ty::Builtin(_) | Ty::Any | Ty::AnySimple | Ty::AnyAttribute => None,
    }
}

impl Features {
    /// Settles the features of all files: a file needs what its items need, and brings along the files that they
    /// name.
    pub(super) fn new(model: &Model, names: &Names, manifest: &Manifest, files: &[String]) -> Features {
        let all: BTreeSet<String> =
            manifest.protocols.iter().filter_map(|protocol| protocol.feature.clone()).collect();
        if all.is_empty() {
            return Features::default();
        }
        let key = |id: ItemId| (names.module(id).to_owned(), files[id.0].clone());
        let service_key = |module: &str| (module.to_owned(), "service".to_owned());
        let mut edges: BTreeMap<FileKey, BTreeSet<FileKey>> = BTreeMap::new();
        for (at, item) in model.items.iter().enumerate() {
            let own = edges.entry(key(ItemId(at))).or_default();
            own.extend(references(model, item).into_iter().map(key));
        }
        for service in &model.services {
            let home = service_key(&service.module);
            for operation in &service.operations {
                let headers = operation.request_headers.iter().chain(&operation.response_headers);
                let roots =
                    headers.map(|(_, at)| *at).chain(operation.messages().filter_map(|message| message.root));
                for id in roots.filter_map(|at| in_root(&model.roots[at].ty)) {
                    edges.entry(home.clone()).or_default().insert(key(id));
                }
                // The line that makes a message an operation names the header parts of its service.
                if let Some(id) = operation.request.root.and_then(|root| in_root(&model.roots[root].ty)) {
                    edges.entry(key(id)).or_default().insert(home.clone());
                }
            }
        }
        let keys: Vec<FileKey> = edges.keys().cloned().collect();
        let place = |key: &FileKey| keys.binary_search(key).ok();
        let next = |at: usize| edges[&keys[at]].iter().filter_map(place).collect();
        let mut reach = vec![Some(BTreeSet::new()); keys.len()];
        for protocol in &manifest.protocols {
            let asked = seeds(model, manifest, protocol).into_iter().map(key);
            let served = model.services.iter().any(|service| service.module == protocol.module);
            let own = served.then(|| service_key(&protocol.module));
            let mut open = asked.chain(own).filter_map(|key| place(&key)).collect();
            spread(&mut reach, &protocol.feature, &mut open, next);
        }
        // What no protocol asks for belongs to all.
        for at in 0..keys.len() {
            if reach[at].as_ref().is_some_and(BTreeSet::is_empty) {
                all.iter()
                    .for_each(|feature| spread(&mut reach, &Some(feature.clone()), &mut vec![at], next));
            }
        }
        Features {
            all,
            common: manifest.common_feature.clone(),
            files: keys.into_iter().zip(reach).collect(),
        }
    }

    /// What a file needs. A file that is not of the model needs nothing.
    pub(super) fn file(&self, module: &str, name: &str) -> Reach {
        self.files.get(&(module.to_owned(), name.to_owned())).cloned().flatten()
    }

    /// What a root needs, by the file of its type.
    pub(super) fn root(&self, ty: &Ty, names: &Names, files: &[String]) -> Reach {
        in_root(ty).and_then(|id| self.file(names.module(id), &files[id.0]))
    }

    /// Adds a file, with what its parts need.
    pub(super) fn add(&mut self, module: &str, name: &str, parts: impl Iterator<Item = Reach>) {
        if !self.all.is_empty() {
            self.files.insert((module.to_owned(), name.to_owned()), union(parts));
        }
    }

    /// What a module needs: what any of its files does.
    pub(super) fn module(&self, module: &str) -> Reach {
        if self.all.is_empty() {
            return None;
        }
        union(self.files.iter().filter(|((home, _), _)| home == module).map(|(_, reach)| reach.clone()))
    }

    /// The attribute for what needs `reach` within what needs `outer`; nothing where the outer one suffices.
    pub(super) fn attribute(&self, reach: &Reach, outer: &Reach) -> Option<String> {
        let features = reach.as_ref().filter(|_| reach != outer)?;
        let quoted: Vec<String> = features.iter().map(|name| format!("feature = {name:?}")).collect();
        Some(match (&self.common, quoted.as_slice()) {
            (Some(common), _) if *features == self.all => format!("#[cfg(feature = {common:?})]"),
            (_, [one]) => format!("#[cfg({one})]"),
            (_, several) => format!("#[cfg(any({}))]", several.join(", ")),
        })
    }

    /// Lines of the files that are compiled with each feature alone.
    pub(super) fn lines(&self, files: &BTreeMap<String, String>) -> BTreeMap<String, usize> {
        let with = |feature: &String| {
            let counted = files.iter().filter(|(path, _)| {
                let reach = match path.trim_end_matches(".rs").split_once('/') {
                    Some((module, "mod")) => self.module(module),
                    Some((module, name)) => self.file(module, name),
                    None => None,
                };
                reach.is_none_or(|features| features.contains(feature))
            });
            counted.map(|(_, text)| text.lines().count()).sum()
        };
        self.all.iter().map(|feature| (feature.clone(), with(feature))).collect()
    }
}

/// What the whole needs when any of its parts is wanted.
fn union(parts: impl Iterator<Item = Reach>) -> Reach {
    let mut whole = BTreeSet::new();
    for part in parts {
        whole.extend(part?);
    }
    Some(whole)
}
