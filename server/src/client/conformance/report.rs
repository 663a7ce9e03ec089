//! What was checked, and what came of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::client::output::Output;

/// What a check comes to: something that the next one needs, or why a requirement is not met.
pub(super) type Checked<T = ()> = Result<T, String>;

/// What is known of a requirement.
#[derive(Clone, PartialEq, Eq, Serialize, Debug)]
#[serde(rename_all = "snake_case", tag = "result", content = "why")]
enum Outcome {
    Met,
    NotMet(String),
    NotChecked(String),
}

/// A check of a requirement.
#[derive(Serialize, Debug)]
struct Line {
    number: &'static str,
    what: String,
    #[serde(flatten)]
    outcome: Outcome,
}

/// All checks of a run.
#[derive(Default, Debug)]
pub(super) struct Report(Vec<Line>);

impl Report {
    /// Takes down what a check came to.
    pub(super) fn add(&mut self, number: &'static str, what: &str, checked: Checked) {
        let outcome = checked.map_or_else(Outcome::NotMet, |()| Outcome::Met);
        self.0.push(Line { number, what: what.to_owned(), outcome });
    }

    /// Takes down what is not checked.
    pub(super) fn skip(&mut self, number: &'static str, why: &str) {
        self.0.push(Line { number, what: String::new(), outcome: Outcome::NotChecked(why.to_owned()) });
    }

    /// How many requirements are not met.
    pub(super) fn failed(&self) -> usize {
        let mut numbers: Vec<_> = self.failures().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }

    fn failures(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter(|line| matches!(line.outcome, Outcome::NotMet(_))).map(|line| line.number)
    }

    /// Shows the table.
    pub(super) fn show(&self, json: bool, out: &mut Output) -> anyhow::Result<()> {
        let mut lines: Vec<_> = self.0.iter().collect();
        lines.sort_by_key(|line| key(line.number));
        let mut counts = BTreeMap::from([("met", 0), ("not_met", 0), ("not_checked", 0)]);
        for line in &lines {
            let name = match line.outcome {
                Outcome::Met => "met",
                Outcome::NotMet(_) => "not_met",
                Outcome::NotChecked(_) => "not_checked",
            };
            *counts.entry(name).or_default() += 1;
        }
        if json {
            return out.json(&serde_json::json!({ "checks": lines, "counts": counts }));
        }
        for Line { number, what, outcome } in &lines {
            out.line(&match outcome {
                Outcome::Met => format!("{number:<4} met          {what}"),
                Outcome::NotMet(why) => format!("{number:<4} NOT MET      {what}: {why}"),
                Outcome::NotChecked(why) => format!("{number:<4} not checked  {why}"),
            })?;
        }
        let [met, failed, skipped] = ["met", "not_met", "not_checked"].map(|name| counts[name]);
        out.line(&format!("checks: {met} met, {failed} not met; {skipped} not checked"))
    }
}

/// The order of the requirements: sections as they come, numbers as numbers.
fn key(number: &str) -> (usize, u32) {
    let (letter, digits) = number.split_at(1);
    ("TIKGPOF".find(letter).unwrap_or(usize::MAX), digits.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_once_and_come_in_order() {
        let mut report = Report::default();
        report.add("O2", "a", Err("x".to_owned()));
        report.add("O2", "b", Err("y".to_owned()));
        report.add("T10", "c", Ok(()));
        assert_eq!(report.failed(), 1);
        let mut numbers = ["F1", "O10", "T10", "O9", "T9", "I1"];
        numbers.sort_by_key(|number| key(number));
        assert_eq!(numbers, ["T9", "T10", "I1", "O9", "O10", "F1"]);
    }
}
