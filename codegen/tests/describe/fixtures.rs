//! The schemas of the other tests.

use std::fs;
use std::path::Path;

use oxws_codegen::Inputs;

use crate::support::folder;

/// The folders of the other tests, with a manifest of all their files where they have none.
pub(crate) fn fixtures() -> Vec<(String, Inputs)> {
    let mut fixtures = Vec::new();
    for kind in ["emit", "diagnostics"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(kind);
        for entry in fs::read_dir(root).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_dir() {
                continue;
            }
            let mut inputs = folder(&path);
            if !inputs.0.contains_key("manifest.toml") {
                let named = |end: &str| inputs.0.keys().filter(|f| f.ends_with(end)).cloned().collect();
                let (wsdls, schemas): (Vec<String>, Vec<String>) = (named(".wsdl"), named(".xsd"));
                let mut manifest = "[[protocol]]\nname = \"Test\"\nmodule = \"test\"\n".to_owned();
                wsdls.iter().for_each(|wsdl| manifest += &format!("wsdl = {wsdl:?}\n"));
                manifest += &format!("files = {schemas:?}\n[prefixes]\nt = \"urn:t\"\n");
                inputs.0.insert("manifest.toml".to_owned(), manifest.into_bytes());
            }
            let name = path.file_name().unwrap().to_string_lossy();
            fixtures.push((format!("{kind}/{name}"), inputs));
        }
    }
    fixtures.sort_by(|a, b| a.0.cmp(&b.0));
    fixtures
}
