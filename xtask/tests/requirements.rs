//! The table of requirements: that of the checkout is fresh and complete, and the command finds what it should.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use xtask::requirements::{Requirement, Test, citations, find, judge, tests};

#[test]
fn the_table_of_the_checkout_is_fresh() {
    let found = find(&xtask::root()).unwrap();
    assert!(found.findings.is_empty(), "\n{}\n", found.findings.join("\n"));
    assert!(!found.stale, "\nrun `cargo xtask requirements` and commit the result\n");
    let rows = found.table.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, 1 + 17 + 4 + 4 + 5 + 7 + 14 + 10);
}

#[test]
fn citations_are_single_lists_and_ranges() {
    // In pieces, so that this file cites nothing itself.
    let mark = concat!("UC", "S");
    for (text, expected) in [
        ("~ O8: leaves.", "O8"),
        ("~ O8.", "O8"),
        ("see ~ T4, T5", "T4 T5"),
        ("~ T4, T5 and T12; also ~ G1", "T4 T5 T12 G1"),
        ("(~ I1 to I3)", "I1 I2 I3"),
        ("~ G1 to G3, O10 to O12: x", "G1 G2 G3 O10 O11 O12"),
        ("~ P1 and what follows", "P1"),
        ("~ P1, P", "P1"),
        ("~ P1 to O3", "P1 O3"),
        ("~ section 6", ""),
        ("~ O8x", ""),
        ("O8", ""),
    ] {
        assert_eq!(citations(&text.replace('~', mark)).join(" "), expected, "{text}");
    }
}

/// A file with test functions, the marker of citations written as `~`.
fn names(text: &str) -> Vec<String> {
    let text = text.replace('~', concat!("UC", "S"));
    tests("a.rs", &text).into_iter().map(|test| format!("{} {}", test.name, test.cites.join(" "))).collect()
}

#[test]
fn tests_cite_right_above_themselves() {
    assert_eq!(names("/// ~ O1: a\n/// ~ O2.\n#[test]\nfn one() {}\n"), ["a.rs::one O1 O2"]);
    assert_eq!(
        names("    // ~ O1\n    #[tokio::test(flavor = \"x\")]\n    async fn one() {}\n"),
        ["a.rs::one O1"]
    );
    assert_eq!(names("#[test]\n// ~ O1\n#[should_panic]\nfn one() {}\n"), ["a.rs::one O1"]);
    // Neither of a function that is no test, nor of the file, nor with anything between.
    for none in [
        "/// ~ O1\nfn one() {}\n",
        "//! ~ O1\n#[test]\nfn one() {}\n",
        "/// ~ O1\n\n#[test]\nfn one() {}\n",
        "/// ~ O1\nfn helper() {}\n#[test]\nfn one() {}\n",
        "#[test]\nfn one() {\n    // ~ O1\n}\n",
    ] {
        assert_eq!(names(none), [""; 0], "{none}");
    }
}

#[test]
fn what_is_wrong_is_found() {
    let requirement = |number: &str, pending| Requirement {
        number: number.to_owned(),
        title: format!("About {number}"),
        pending,
    };
    let test = |name: &str, cites: &[&str]| Test {
        name: name.to_owned(),
        cites: cites.iter().map(|&number| number.to_owned()).collect(),
    };
    let list = [requirement("A1", false), requirement("A2", true), requirement("A3", false)];
    let (table, findings) = judge(&list, &[test("b::two", &["A1", "A3"]), test("a::one", &["A1"])]).unwrap();
    assert_eq!(findings, [""; 0]);
    assert!(
        table.ends_with(
            "| A1 | About A1 | `a::one`<br>`b::two` |\n| A2 | About A2 | pending |\n| A3 | About A3 | `b::two` |\n"
        ),
        "{table}"
    );
    let (_, findings) = judge(&list, &[test("a::one", &["A1", "A2", "A9"])]).unwrap();
    assert_eq!(findings.len(), 3);
    for (finding, word) in findings.iter().zip(["cites A9", "A2 has a test", "A3 (About A3) has no test"]) {
        assert!(finding.contains(word), "{finding}");
    }
    assert!(judge(&[requirement("A1", false), requirement("A1", false)], &[]).is_err());
}
