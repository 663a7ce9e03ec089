//! `schema-diff`: one intended difference from the published set, and none of the ways to differ is overlooked.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use xtask::Outcome;
use xtask::schema_diff::{Arguments, compare, line, run};

#[test]
fn only_the_fixed_version_differs_from_the_published_set() {
    let root = xtask::root();
    let dir = root.join("../shared/corpus/ms-oxws");
    if !dir.is_dir() {
        eprintln!("skipped: the published set is not in {}", dir.display());
        return;
    }
    let comparison = compare(&root, &dir).unwrap();
    let lines: Vec<String> = comparison.differences.iter().map(|difference| line(difference, &dir)).collect();
    let [only] = lines.as_slice() else { panic!("{} differences:\n{}", lines.len(), lines.join("\n")) };
    let start =
        "element t:RequestServerVersion / @Version: fixed: ours none, theirs \"Exchange2016\" (schemas/";
    assert!(only.starts_with(start), "{only}");
    assert_eq!(comparison.compared, 191);
    assert_eq!(run(&root, &Arguments { dir }).unwrap(), Outcome::Findings);
}

/// A copy of the schemas in which `from` is `to` at its first place after `after`.
fn edited(file: &str, after: &str, from: &str, to: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for entry in fs::read_dir(xtask::root().join("schemas")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    let (head, tail) = text.split_at(text.find(after).expect(after));
    assert!(tail.contains(from), "no {from} after {after} in {file}");
    fs::write(path, format!("{head}{}", tail.replacen(from, to, 1))).unwrap();
    folder
}

fn differences(dir: &Path) -> Vec<String> {
    let comparison = compare(&xtask::root(), dir).unwrap();
    comparison.differences.iter().map(|difference| line(difference, dir)).collect()
}

#[test]
fn equal_sets_have_no_difference() {
    let folder = edited("MS-OXWSCOS-types.xsd", "<?xml", "", "");
    assert_eq!(differences(folder.path()), [""; 0]);
    assert_eq!(run(&xtask::root(), &Arguments { dir: folder.path().to_owned() }).unwrap(), Outcome::Fine);
}

/// File, a text to look behind, what stands there, what to put in its place, and the difference that this makes.
type Edit = (&'static str, &'static str, &'static str, &'static str, &'static str);

const EDITS: &[Edit] = &[
    (
        COS,
        "ImGroupType\">",
        r#"name="GroupType""#,
        r#"minOccurs="0" name="GroupType""#,
        "/ GroupType: minOccurs: ours 1, theirs 0",
    ),
    (
        COS,
        "ArrayOfImGroupType",
        "unbounded",
        "7",
        "type t:ArrayOfImGroupType: maxOccurs: ours unbounded, theirs 7",
    ),
    (COS, "ArrayOfImGroupType", CHOICE, SEQUENCE, "compositor: ours (choice), theirs (sequence)"),
    (
        COS,
        "ImItemListType",
        r#"name="Personas""#,
        r#"name="People""#,
        "type t:ImItemListType: children: ours also",
    ),
    (COS, "ImGroupType\">", "t:NonEmptyStringType", "xs:string", "/ DisplayName: type: ours"),
    (
        COS,
        "ImItemListType",
        r#"type="t:ArrayOfPeopleType""#,
        r#"type="t:ArrayOfPeopleType" nillable="true""#,
        "/ Personas: nillable: ours false, theirs true",
    ),
    (
        COS,
        "ImGroupType\">",
        r#"type="xs:string""#,
        r#"type="xs:string" default="x""#,
        "/ SmtpAddress: default: ours none, theirs \"x\"",
    ),
    (
        COS,
        "name=\"ImItemListType",
        "ImItemListType",
        "ImItemsType",
        "type t:ImItemListType: declaration: ours present, theirs missing",
    ),
    (DATA, "ServerVersionInfo", r#"type="xs:int""#, r#"type="xs:long""#, "/ @MajorVersion: type: ours"),
    (
        DATA,
        "RequestServerVersion",
        r#"use="required""#,
        "",
        "/ @Version: use: ours required, theirs optional",
    ),
    (
        DATA,
        "NonEmptyStringType",
        r#"minLength value="1""#,
        r#"minLength value="2""#,
        "facets: ours also minLength=\"1\", theirs also minLength=\"2\"",
    ),
    (
        DATA,
        "ExchangeVersionType",
        r#"value="Exchange2007""#,
        r#"value="Exchange2000""#,
        "facets: ours also enumeration=\"Exchange2007\"",
    ),
    (
        DATA,
        "MailboxCultureType\">",
        r#"processContents="strict""#,
        r#"processContents="lax""#,
        "anyAttribute: ours",
    ),
    (DATA, "MailboxCultureType\">", "xs:language", "xs:string", "type t:MailboxCultureType: "),
    (
        DATA,
        "name=\"BaseItemIdType",
        r#"abstract="true""#,
        "",
        "type t:BaseItemIdType: abstract: ours true, theirs false",
    ),
    (
        DATA,
        "name=\"MailboxCulture\"",
        "MailboxCulture",
        "MailboxLanguage",
        "element t:MailboxCulture: declaration: ours present, theirs missing",
    ),
    (
        XPROP,
        "PropertyTagType",
        "xs:unsignedShort",
        "xs:unsignedInt",
        "type t:PropertyTagType: member type: ours",
    ),
    (XPROP, "PropertyTagType\">", "{1,4}", "{1,8}", "type t:PropertyTagType: facets: ours also pattern="),
    (
        XPROP,
        "PathToExtendedFieldType",
        r#"name="PropertyName""#,
        r#"name="PropName""#,
        "attributes: ours also @PropertyName, theirs also @PropName",
    ),
    (
        CORE,
        "name=\"ItemIdType\"",
        "xs:extension base=\"t:BaseItemIdType",
        "xs:extension base=\"t:PathToExtendedFieldType",
        "type t:ItemIdType: base: ours",
    ),
];
const CHOICE: &str = "<xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">
      <xs:element name=\"ImGroup\" type=\"t:ImGroupType\"/>
    </xs:choice>";
const SEQUENCE: &str = "<xs:sequence minOccurs=\"0\" maxOccurs=\"unbounded\">
      <xs:element name=\"ImGroup\" type=\"t:ImGroupType\"/>
    </xs:sequence>";
const COS: &str = "MS-OXWSCOS-types.xsd";
const CORE: &str = "MS-OXWSCORE-types.xsd";
const DATA: &str = "MS-OXWSCDATA-types.xsd";
const XPROP: &str = "MS-OXWSXPROP-types.xsd";

#[test]
fn every_edit_is_a_difference() {
    let mut missed = Vec::new();
    for &(file, after, from, to, expected) in EDITS {
        let folder = edited(file, after, from, to);
        let found = differences(folder.path());
        let place = format!("{}:", folder.path().join(file).display());
        let placed = |line: &String| line.contains(&place) || line.contains("nowhere in");
        if !found.iter().any(|line| line.contains(expected) && placed(line)) {
            missed.push(format!("{from} -> {to}: wanted `{expected}`, found {found:#?}"));
        }
    }
    assert!(missed.is_empty(), "\n{}\n", missed.join("\n"));
}

#[test]
fn order_counts_and_documentation_does_not() {
    let name = "<xs:element minOccurs=\"0\" name=\"Groups\" type=\"t:ArrayOfImGroupType\"/>";
    let personas = "<xs:element minOccurs=\"0\" name=\"Personas\" type=\"t:ArrayOfPeopleType\"/>";
    let folder = edited(COS, "ImItemListType", name, &format!("{personas}<!-- -->"));
    let path = folder.path().join(COS);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(&format!("<!-- -->\n      {personas}"), name)).unwrap();
    let found = differences(folder.path());
    let [only] = found.as_slice() else { panic!("{found:#?}") };
    assert!(only.contains("type t:ImItemListType: order of children: ours"), "{only}");

    let folder = edited(DATA, "<xs:documentation>", "<xs:documentation>", "<xs:documentation>Other words. ");
    assert_eq!(differences(folder.path()), [""; 0]);
}

#[test]
fn a_folder_without_schemas_is_an_error() {
    let folder = TempDir::new().unwrap();
    let error = compare(&xtask::root(), folder.path()).unwrap_err();
    assert!(format!("{error:#}").contains("no .xsd or .wsdl file"), "{error:#}");
}
