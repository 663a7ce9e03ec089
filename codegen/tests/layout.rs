//! Which file an item goes to: none is long, and a change of one type is a change of one file.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod support;

use std::fmt::Write as _;

use oxws_codegen::{Inputs, Output};
use support::{generated, schemas};

/// A schema whose root needs `width` types of `fields` elements each, which need one more each; one of them has another
/// element where `changed` names it.
fn tree(width: usize, fields: usize, changed: Option<usize>) -> Inputs {
    let mut xsd = String::from(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' targetNamespace='urn:t'>\n\
         <xs:element name='Root' type='Root'/>\n<xs:complexType name='Root'><xs:sequence>\n",
    );
    for branch in 0..width {
        writeln!(xsd, "<xs:element name='Branch{branch}' type='Branch{branch}'/>").unwrap();
    }
    xsd.push_str("</xs:sequence></xs:complexType>\n");
    for branch in 0..width {
        writeln!(xsd, "<xs:complexType name='Branch{branch}'><xs:sequence>").unwrap();
        writeln!(xsd, "<xs:element name='Leaf' type='Leaf{branch}'/>").unwrap();
        for field in 0..fields {
            writeln!(xsd, "<xs:element name='Field{field}' type='xs:int'/>").unwrap();
        }
        xsd.push_str("</xs:sequence></xs:complexType>\n");
        writeln!(xsd, "<xs:complexType name='Leaf{branch}'><xs:sequence>").unwrap();
        if changed == Some(branch) {
            xsd.push_str("<xs:element name='Added' type='xs:int' minOccurs='0'/>\n");
        }
        xsd.push_str("<xs:element name='Value' type='xs:int'/></xs:sequence></xs:complexType>\n");
    }
    xsd.push_str("</xs:schema>\n");
    let manifest = "[[protocol]]\nname = 'T'\nmodule = 't'\nfiles = ['t.xsd']\nelements = ['t:Root']\n[prefixes]\nt = 'urn:t'\n";
    let files = [("t.xsd", xsd.as_str()), ("manifest.toml", manifest)];
    Inputs(files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into())
}

fn lengths(output: &Output) -> Vec<(String, usize)> {
    let rust = output.files.iter().filter(|(path, _)| path.ends_with(".rs"));
    rust.map(|(path, text)| (path.clone(), text.lines().count())).collect()
}

/// The files of Rust that differ, by name.
fn changed(before: &Output, after: &Output) -> Vec<String> {
    let all = before.files.keys().chain(after.files.keys());
    let mut changed: Vec<String> = all
        .filter(|path| path.ends_with(".rs") && before.files.get(*path) != after.files.get(*path))
        .cloned()
        .collect();
    changed.sort();
    changed.dedup();
    changed
}

#[test]
fn what_one_type_needs_is_in_its_file() {
    let output = generated(&tree(3, 10, None));
    let types = output.files.keys().filter(|path| path.starts_with("t/") && !path.ends_with("mod.rs"));
    assert_eq!(types.collect::<Vec<_>>(), ["t/element.rs", "t/root.rs"]);
}

#[test]
fn no_file_is_long() {
    for (width, fields) in [(10, 60), (40, 40), (200, 5), (8, 400)] {
        let output = generated(&tree(width, fields, None));
        let long: Vec<_> = lengths(&output).into_iter().filter(|(_, lines)| *lines >= 2_000).collect();
        assert_eq!(long, [], "{width} types of {fields} elements");
        // A branch that leaves takes along what only it needs.
        let files = output.files.keys().filter(|path| path.starts_with("t/leaf"));
        assert_eq!(files.count(), 0);
    }
}

#[test]
fn a_change_of_a_type_is_a_change_of_a_file() {
    let before = generated(&tree(40, 40, None));
    for branch in [0, 17, 39] {
        let after = generated(&tree(40, 40, Some(branch)));
        let changed = changed(&before, &after);
        assert_eq!(changed.len(), 1, "{changed:?}");
    }
}

/// The same with the project's own schemas.
#[test]
fn a_change_of_a_published_type_is_a_change_of_a_file() {
    let before = generated(&schemas());
    let mut inputs = schemas();
    let path = inputs.0.keys().find(|path| path.ends_with("MS-OXWSCOS-types.xsd")).unwrap().clone();
    let text = String::from_utf8(inputs.0[&path].clone()).unwrap();
    let at = text.find("name=\"ImGroupType\"").unwrap();
    let end = at + text[at..].find("</xs:sequence>").unwrap();
    let added = "<xs:element name=\"Added\" type=\"xs:string\" minOccurs=\"0\"/>";
    inputs.0.insert(path, format!("{}{added}{}", &text[..end], &text[end..]).into_bytes());
    let after = generated(&inputs);
    assert_eq!(changed(&before, &after), ["oxwscos/im_group.rs"]);
}
