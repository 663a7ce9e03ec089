//! Decimal numbers in their lexical form: exact comparison, whatever their size.

use std::cmp::Ordering;

/// A decimal number without insignificant digits.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// Reads the lexical form of xs:decimal.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, whole, fraction })
    }

    /// Whether it has no fraction.
    pub(super) fn is_integer(&self) -> bool {
        self.fraction.is_empty()
    }

    fn magnitude(&self) -> (usize, &str, &str) {
        (self.whole.len(), self.whole, self.fraction)
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

/// Reads the lexical form of xs:double.
pub(super) fn float(text: &str) -> Option<f64> {
    match text.trim() {
        "INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        number if number.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) => {
            // Rust also reads words like `-inf`, which XML Schema does not.
            number.parse().ok().filter(|n: &f64| n.is_finite())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        let sorted = ["-100", "-9.5", "-9", "0", "0.05", "0.5", "3", "12", "99999999999999999999999"];
        for pair in sorted.windows(2) {
            assert!(Decimal::parse(pair[0]) < Decimal::parse(pair[1]), "{pair:?}");
        }
        assert_eq!(Decimal::parse("-0.0"), Decimal::parse("+00"));
        assert_eq!(Decimal::parse("1.50"), Decimal::parse(" 01.5"));
        assert!(["", ".", "1e5", "x", "--1"].iter().all(|t| Decimal::parse(t).is_none()));
    }

    #[test]
    fn floats() {
        assert_eq!(float("-1.5E3"), Some(-1500.0));
        assert!(float("INF").is_some_and(f64::is_infinite));
        assert!(float("-inf").is_none() && float("infinity").is_none() && float("").is_none());
    }
}
