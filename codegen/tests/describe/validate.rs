//! Descriptions and documents under `xmllint`, where it is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use oxws_codegen::describe::Description;

/// What `xmllint` thinks of a document. `None` without it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Valid,
    Invalid,
    BadSchema,
}

pub(crate) fn xmllint(schema: &Path, document: &Path) -> Option<(Verdict, String)> {
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet", "--schema"]).arg(schema).arg(document);
    let Ok(output) = command.output() else {
        eprintln!("skipped: there is no xmllint (Debian: libxml2-utils)");
        return None;
    };
    let verdict = match output.status.code() {
        Some(0) => Verdict::Valid,
        Some(3) => Verdict::Invalid,
        Some(5) => Verdict::BadSchema,
        other => panic!("xmllint: {other:?}: {}", String::from_utf8_lossy(&output.stderr)),
    };
    Some((verdict, String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Writes descriptions into a folder of their own.
pub(crate) fn written(descriptions: &[Description], name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("describe").join(name);
    fs::create_dir_all(&folder).unwrap();
    for description in descriptions {
        fs::write(folder.join(&description.file), &description.text).unwrap();
    }
    folder
}

/// Checks that each document is a schema.
pub(crate) fn compiles(descriptions: &[Description], name: &str) {
    let folder = written(descriptions, name);
    let document = folder.join("empty.xml");
    fs::write(&document, "<empty/>").unwrap();
    for Description { file, .. } in descriptions {
        let Some((verdict, problems)) = xmllint(&folder.join(file), &document) else { return };
        assert_eq!(verdict, Verdict::Invalid, "{name}/{file}: {problems}");
    }
}
