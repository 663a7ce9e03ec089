//! Durations and numbers by value: order, arithmetic, conversions.

use std::cmp::Ordering::{self, Equal, Greater, Less};
use std::collections::HashSet;

use super::parse;
use crate::rt::restricted::Measured;
use crate::rt::{DateTime, Decimal, Duration, Integer, NegativeInteger, NonNegativeInteger, PositiveInteger};

fn duration(text: &str) -> Duration {
    parse(text)
}

#[test]
fn durations_are_ordered_in_part() {
    let cases: &[(&str, Option<Ordering>, &str)] = &[
        // The table of Part 2, section 3.2.6.2.
        ("P1Y", Some(Greater), "P364D"),
        ("P1Y", None, "P365D"),
        ("P1Y", None, "P366D"),
        ("P1Y", Some(Less), "P367D"),
        ("P1M", Some(Greater), "P27D"),
        ("P1M", None, "P28D"),
        ("P1M", None, "P31D"),
        ("P1M", Some(Less), "P32D"),
        ("P5M", Some(Greater), "P149D"),
        ("P5M", None, "P150D"),
        ("P5M", None, "P153D"),
        ("P5M", Some(Less), "P154D"),
        ("P1Y", Some(Equal), "P12M"),
        ("PT36H", Some(Equal), "P1DT12H"),
        ("-PT0S", Some(Equal), "P0Y"),
        ("PT1.5S", Some(Equal), "PT1.500S"),
        ("-P1D", Some(Less), "PT0S"),
        ("-P1M", Some(Less), "-P27D"),
        ("P400Y", None, "P146097D"),
        ("P18446744073709551615Y", Some(Greater), "P18446744073709551615D"),
        ("-P18446744073709551615Y", Some(Less), "P18446744073709551615Y18446744073709551615D"),
    ];
    for (left, order, right) in cases {
        let (a, b) = (duration(left), duration(right));
        assert_eq!(a.partial_cmp(&b), *order, "{left} {right}");
        assert_eq!(b.partial_cmp(&a), order.map(Ordering::reverse), "{right} {left}");
        assert_eq!((a == b, a.order(right)), (*order == Some(Equal), *order), "{left} {right}");
    }
    let all: HashSet<Duration> = ["P1Y", "P12M", "P012M", "P365D"].map(duration).into();
    assert_eq!(all.len(), 2);
}

#[test]
fn durations_calculate() {
    let add = |a, b| duration(a).checked_add(duration(b)).map(|sum| sum.to_string());
    assert_eq!(add("P11M", "P2M").as_deref(), Some("P1Y1M"));
    assert_eq!(add("PT23H59M59.5S", "PT0.5S").as_deref(), Some("P1D"));
    assert_eq!(add("P1D", "-P1DT1S").as_deref(), Some("-PT1S"));
    assert_eq!(add("P1D", "-P1D").as_deref(), Some("PT0S"));
    assert_eq!(add("P1M", "-P1D"), None);
    assert_eq!(add("P18446744073709551615D", "P1D"), None);
    assert_eq!(duration("P1Y").checked_sub(duration("P1M")).unwrap().to_string(), "P11M");
    assert_eq!(duration("PT90M").checked_mul(-3).unwrap().to_string(), "-PT4H30M");
    assert_eq!(duration("P18446744073709551615Y").checked_mul(i64::MIN), None);
    assert_eq!(Duration::from_totals(i128::MIN, i128::MIN), None);
    assert_eq!(Duration::from_totals(14, 1).unwrap().to_string(), "P1Y2MT0.000000001S");
    let longest = "P18446744073709551615Y18446744073709551615M18446744073709551615DT18446744073709551615H\
                   18446744073709551615M18446744073709551615.999999999S";
    assert!(
        duration(longest) > duration("P1Y") && duration(longest).checked_add(duration(longest)).is_none()
    );
}

#[test]
fn durations_convert() {
    let std = std::time::Duration::new(90_061, 500_000_000);
    assert_eq!(Duration::from(std).to_string(), "P1DT1H1M1.5S");
    assert_eq!(std::time::Duration::try_from(Duration::from(std)).unwrap(), std);
    let max = std::time::Duration::MAX;
    assert_eq!(std::time::Duration::try_from(Duration::from(max)).unwrap(), max);
    assert_eq!(std::time::Duration::try_from(duration("P0YT5M")).unwrap().as_secs(), 300);
    for text in ["P1M", "-PT1S", "P1YT1S", "P18446744073709551615D"] {
        assert!(std::time::Duration::try_from(duration(text)).is_err(), "{text}");
    }
}

#[test]
fn dates_move_by_durations() {
    for (from, by, to) in [
        // Examples of Part 2, appendix E.
        ("2000-01-12T12:13:14Z", "P1Y3M5DT7H10M3.3S", "2001-04-17T19:23:17.3Z"),
        ("2000-01-31T00:00:00", "P1M", "2000-02-29T00:00:00"),
        ("2000-03-30T00:00:00", "-P1M", "2000-02-29T00:00:00"),
        ("2024-01-01T00:00:00.500+01:00", "-PT0.75S", "2023-12-31T23:59:59.750+01:00"),
        ("0001-01-01T00:00:00", "-P1M", "-0001-12-01T00:00:00"),
        ("2024-12-31T24:00:00", "PT0S", "2025-01-01T00:00:00"),
    ] {
        let moved = parse::<DateTime>(from).checked_add(duration(by)).unwrap();
        assert_eq!(moved.to_string(), to, "{from} {by}");
    }
    let last: DateTime = parse("2147483647-12-31T23:59:59Z");
    for by in ["P1M", "PT1S", "P18446744073709551615Y", "P18446744073709551615D", "-P4294967297Y"] {
        assert_eq!(last.checked_add(duration(by)), None, "{by}");
    }
}

fn decimal(text: &str) -> Decimal {
    parse(text)
}

#[test]
fn decimals_compare_by_value() {
    for (left, order, right) in [
        ("1", Equal, "+01.00"),
        ("-0.0", Equal, "0"),
        (".5", Equal, "0.50"),
        ("5.", Equal, "5"),
        ("1.10", Greater, "1.09"),
        ("1.1", Greater, "1.0999999999999999999999999999999"),
        ("-2", Less, "-1.5"),
        ("-10", Less, "-9"),
        ("0.001", Less, "0.01"),
        ("-1", Less, "0"),
        (
            "100000000000000000000000000000000000000000",
            Greater,
            "99999999999999999999999999999999999999999.9",
        ),
    ] {
        let (a, b) = (decimal(left), decimal(right));
        assert_eq!((a.cmp(&b), b.cmp(&a)), (order, order.reverse()), "{left} {right}");
        assert_eq!((a == b, a.order(right)), (order == Equal, Some(order)), "{left} {right}");
    }
    let all: HashSet<Decimal> = ["1", "1.0", "+1", "001.000", "-1", "1.01"].map(decimal).into();
    assert_eq!(all.len(), 3);
}

#[test]
fn decimals_convert() {
    assert_eq!(i128::try_from(&decimal("-00170141183460469231731687303715884105728.0")).unwrap(), i128::MIN);
    assert_eq!(i128::try_from(&decimal("-0")).unwrap(), 0);
    for text in
        ["170141183460469231731687303715884105728", "0.5", "1e".trim_end_matches('e').repeat(40).as_str()]
    {
        assert!(i128::try_from(&decimal(text)).is_err(), "{text}");
    }
    for (text, number) in [("5.", 5.0), (".5", 0.5), ("+1.25", 1.25), ("-0.1", -0.1)] {
        assert_eq!(f64::try_from(&decimal(text)).unwrap(), number);
    }
    assert!(f64::try_from(&decimal(&"9".repeat(400))).is_err());
    assert_eq!(Decimal::try_from(0.1).unwrap().as_str(), "0.1");
    assert_eq!(Decimal::try_from(1e300).unwrap().as_str().len(), 301);
    assert!(Decimal::try_from(f64::NAN).is_err() && Decimal::try_from(f64::INFINITY).is_err());
    assert_eq!(Decimal::from(i128::MIN).as_str(), i128::MIN.to_string());
    assert_eq!(Decimal::from(Integer::from(7)), Decimal::from(7u8));
    assert!(decimal("-0.01").is_negative() && decimal("-0.00").is_zero() && !decimal("-0").is_negative());
}

#[test]
fn integers_convert() {
    let integer = |text: &str| Integer::new(text).unwrap();
    assert_eq!(i8::try_from(&integer("-0128")).unwrap(), i8::MIN);
    assert_eq!(u8::try_from(&integer("-0")).unwrap(), 0);
    assert_eq!(u128::try_from(&integer("+340282366920938463463374607431768211455")).unwrap(), u128::MAX);
    assert!(
        u64::try_from(&integer("-1")).is_err() && i64::try_from(&integer("9223372036854775808")).is_err()
    );
    assert!(u128::try_from(&integer(&"9".repeat(1000))).is_err());
    assert!(integer("-2") < integer("1") && integer(&"9".repeat(1000)) > integer("5"));
    assert_eq!(NonNegativeInteger::new(5u32).unwrap().get(), &integer("+05"));
    assert_eq!(NegativeInteger::new(-5).unwrap().order("-6"), Some(Greater));
    assert_eq!(
        PositiveInteger::new(0).unwrap_err().reason(),
        "The string '0' is not a valid PositiveInteger value."
    );
    assert_eq!(PositiveInteger::try_from(integer("7")).unwrap().into_inner().to_string(), "7");
}
