//! Finds the files of a set on the disk: those that are given, and what they include and import, next to them or with
//! other upper and lower case. Nothing is fetched: of an address, the last segment counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use oxws_codegen::{Inputs, load};

use crate::files;

/// The files of a set.
pub(super) struct Set {
    /// By name below the folder that all of them are in.
    pub(super) inputs: Inputs,
    /// Names of the given descriptions.
    pub(super) wsdl: Vec<String>,
    /// Names of the given schemas.
    pub(super) xsd: Vec<String>,
}

/// Reads the given files and everything that they refer to.
pub(super) fn gather(wsdl: &[PathBuf], xsd: &[PathBuf]) -> Result<Set> {
    let given = |paths: &[PathBuf]| paths.iter().map(|path| absolute(path)).collect::<Result<Vec<_>>>();
    let (wsdl, xsd) = (given(wsdl)?, given(xsd)?);
    let roots: Vec<&PathBuf> = wsdl.iter().chain(&xsd).collect();
    let folders: BTreeSet<&Path> = roots.iter().filter_map(|path| path.parent()).collect();
    let mut disk = Disk::default();
    let mut found: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let mut pending: Vec<PathBuf> = roots.iter().map(|path| (*path).clone()).collect();
    while let Some(path) = pending.pop() {
        if found.contains_key(&path) {
            continue;
        }
        let bytes = files::read(&path)?;
        for location in load::locations(&bytes) {
            let folder = path.parent().unwrap_or(&path);
            let beside = || std::iter::once(folder).chain(folders.iter().copied());
            let asked =
                load::saved_names(&location).into_iter().find_map(|name| disk.in_one(beside(), &name));
            let found = asked.or_else(|| {
                let spellings = std::iter::once(location.clone()).chain(load::unescaped(&location));
                spellings.into_iter().find_map(|location| {
                    disk.find(folder, &location).or_else(|| disk.by_name(beside(), &location))
                })
            });
            pending.extend(found);
        }
        found.insert(path, bytes);
    }
    let top = common_folder(found.keys());
    let name = |path: &PathBuf| -> Result<String> {
        let below = path.strip_prefix(&top).unwrap_or(path);
        let steps = below.iter().map(|step| {
            step.to_str().with_context(|| format!("{} has a name that is not UTF-8", path.display()))
        });
        Ok(steps.collect::<Result<Vec<_>>>()?.join("/"))
    };
    let names = |paths: &[PathBuf]| -> Result<Vec<String>> {
        let names: BTreeSet<String> = paths.iter().map(name).collect::<Result<_>>()?;
        Ok(names.into_iter().collect())
    };
    let (wsdl, xsd) = (names(&wsdl)?, names(&xsd)?);
    let inputs = found.iter().map(|(path, bytes)| Ok((name(path)?, bytes.clone()))).collect::<Result<_>>()?;
    Ok(Set { inputs: Inputs(inputs), wsdl, xsd })
}

/// The whole path of a file that must be there.
fn absolute(path: &Path) -> Result<PathBuf> {
    if path.is_dir() {
        bail!("{} is a folder; give the files in it, as {}/*.xsd", path.display(), path.display());
    }
    let path = std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))?;
    Ok(plain(&path))
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for step in path.components() {
        match step {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            step => plain.push(step),
        }
    }
    plain
}

/// The innermost folder that all files are in.
fn common_folder<'p>(mut paths: impl Iterator<Item = &'p PathBuf>) -> PathBuf {
    let mut top = paths.next().and_then(|path| path.parent()).map(Path::to_owned).unwrap_or_default();
    for path in paths {
        while !path.starts_with(&top) && top.pop() {}
    }
    top
}

/// Look-ups on the disk, the names in each folder read once.
#[derive(Default)]
struct Disk {
    folders: BTreeMap<PathBuf, BTreeMap<String, PathBuf>>,
}

impl Disk {
    /// The file at a location relative to a folder.
    fn find(&mut self, folder: &Path, location: &str) -> Option<PathBuf> {
        let location = trimmed(location);
        if location.is_empty() || location.contains("://") {
            return None;
        }
        let path = plain(&folder.join(location.replace('\\', "/")));
        if path.is_file() {
            return Some(path);
        }
        let mut found = PathBuf::new();
        for step in path.components() {
            let next = found.join(step);
            found = if next.exists() { next } else { self.other_case(&found, step.as_os_str().to_str()?)? };
        }
        found.is_file().then_some(found)
    }

    /// The file with the name that a location ends with, in one of these folders.
    fn by_name<'f>(&mut self, folders: impl Iterator<Item = &'f Path>, location: &str) -> Option<PathBuf> {
        let location = trimmed(location);
        self.in_one(folders, Some(load::last_segment(location)).filter(|name| !name.is_empty())?)
    }

    /// The file of a name in one of these folders.
    fn in_one<'f>(&mut self, mut folders: impl Iterator<Item = &'f Path>, name: &str) -> Option<PathBuf> {
        folders.find_map(|folder| {
            let path = folder.join(name);
            if path.is_file() {
                Some(path)
            } else {
                self.other_case(folder, name).filter(|path| path.is_file())
            }
        })
    }

    fn other_case(&mut self, folder: &Path, name: &str) -> Option<PathBuf> {
        let names = self.folders.entry(folder.to_owned()).or_insert_with(|| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
            // Of names that differ by case alone, the first in their order.
            paths.sort();
            paths.reverse();
            let lower = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_lowercase());
            paths.into_iter().filter_map(|path| Some((lower(&path)?, path))).collect()
        });
        names.get(&name.to_lowercase()).cloned()
    }
}

/// A location without what follows a `#` or `?`.
fn trimmed(location: &str) -> &str {
    location.split(['#', '?']).next().unwrap_or(location).trim()
}
