//! The checkout itself: what is generated is up to date, and the habits are kept.

use xtask::{regen, tidy};

#[test]
fn generated_code_is_fresh() {
    let plan = regen::plan(&xtask::root()).unwrap();
    assert!(plan.report().is_none(), "\n{}{}\n", plan.messages, plan.report().unwrap_or_default());
}

#[test]
fn habits_are_kept() {
    let (findings, looked_at) = tidy::check(&xtask::root()).unwrap();
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "\n{}\n", lines.join("\n"));
    assert!(looked_at > 100, "only {looked_at} files were looked at");
}
