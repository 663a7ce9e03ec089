//! Reading folders into memory and writing files so that no reader ever sees half of one.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use oxws_codegen::Inputs;

/// Every file below `folder`, as sorted paths relative to it with `/` on every system. Folders for which
/// `enter` says no are left out. Links are listed, not followed.
pub fn list(folder: &Path, enter: &dyn Fn(&Path) -> bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    walk(folder, "", enter, &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, enter: &dyn Fn(&Path) -> bool, found: &mut Vec<String>) -> Result<()> {
    let context = || format!("cannot read the folder {}", folder.display());
    for entry in fs::read_dir(folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        let name = entry.file_name();
        let name = name
            .to_str()
            .with_context(|| format!("{} has a name that is not UTF-8", entry.path().display()))?;
        let path = format!("{prefix}{name}");
        if !entry.file_type().with_context(context)?.is_dir() {
            found.push(path);
        } else if enter(&entry.path()) {
            walk(&entry.path(), &format!("{path}/"), enter, found)?;
        }
    }
    Ok(())
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Everything in `folder`, as the generator takes it: path below the folder to bytes.
pub fn inputs(folder: &Path) -> Result<Inputs> {
    let paths = list(folder, &|_| true)?;
    paths
        .into_iter()
        .map(|path| Ok((path.clone(), read(&folder.join(&path))?)))
        .collect::<Result<_>>()
        .map(Inputs)
}

/// Writes a file whole or not at all: beside its place first, then moved there.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let context = || format!("cannot write {}", path.display());
    let folder = path.parent().with_context(context)?;
    fs::create_dir_all(folder).with_context(context)?;
    let mut name = path.file_name().with_context(context)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(name);
    let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What counts is the first error; the remainder shows up as an orphan.
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(context)
}

/// Removes a file, and the folders below `top` that are empty afterwards.
pub fn remove(top: &Path, path: &str) -> Result<()> {
    let path = top.join(path);
    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    // `remove_dir` refuses a folder that holds anything, which ends the way up.
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != top) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}
