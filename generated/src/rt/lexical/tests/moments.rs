//! Literals of dates and times, and their order.

use std::cmp::Ordering::{self, Equal, Greater, Less};
use std::collections::HashSet;
use std::fmt::Debug;

use super::{parse, reads, refuses};
use crate::rt::restricted::Measured;
use crate::rt::{Date, DateTime, GDay, GMonth, GMonthDay, GYear, GYearMonth, Simple, Time, Zone};

#[test]
fn date_times() {
    reads::<DateTime>(&[
        "2024-02-29T13:20:00",
        "2024-02-29T13:20:00Z",
        "2024-02-29T13:20:00.1-05:00",
        "2024-02-29T13:20:00.100+14:00",
        "2024-02-29T13:20:00.000000001-14:00",
        "2024-02-29T13:20:00.0+00:00",
        "2024-02-29T24:00:00-00:00",
        "2024-02-29T24:00:00.000Z",
        "0001-01-01T00:00:00",
        "-0001-02-29T23:59:59.999999999Z",
        "12024-12-31T00:00:00",
        "2147483647-12-31T23:59:59Z",
        "-2147483648-12-31T23:59:59.999999999+14:00",
        "2024-02-29T13:20:00.1234567890000→2024-02-29T13:20:00.123456789",
    ]);
    refuses::<DateTime>(
        "DateTime",
        &[
            "",
            "2024",
            "2024-02-29",
            "2024-02-29T",
            "2024-02-29 13:20:00",
            "2024-02-29t13:20:00",
            "2024-02-29T13:20",
            "2024-02-29T13:20:00z",
            "2024-02-29T13:20:00.",
            "2024-02-29T13:20:00.Z",
            "2024-02-29T13:20:00,5",
            "2024-02-29T13:20:00.1234567891",
            "2024-02-29T13:20:00+14:01",
            "2024-02-29T13:20:00+1:00",
            "2024-02-29T13:20:00+01",
            "2024-02-29T13:20:00 Z",
            "2024-02-29T13:20:00ZZ",
            "2024-02-29T13:20:60Z",
            "2024-02-29T13:60:00Z",
            "2024-02-29T25:00:00Z",
            "2024-02-29T24:00:01Z",
            "2024-02-29T24:01:00Z",
            "2024-02-29T24:00:00.1Z",
            "2024-02-29T1:20:00Z",
            "2023-02-29T13:20:00Z",
            "1900-02-29T13:20:00Z",
            "2024-02-30T13:20:00Z",
            "2024-04-31T13:20:00Z",
            "2024-00-01T13:20:00Z",
            "2024-13-01T13:20:00Z",
            "2024-01-00T13:20:00Z",
            "2024-1-01T13:20:00Z",
            "24-01-01T13:20:00Z",
            "0000-01-01T00:00:00Z",
            "-0000-01-01T00:00:00Z",
            "+2024-01-01T00:00:00Z",
            "02024-01-01T00:00:00Z",
            "2147483648-01-01T00:00:00Z",
            "99999999999999999999999-01-01T00:00:00Z",
            "２０２４-01-01T00:00:00Z",
            "2024-02-29T13:20:00é",
        ],
    );
}

#[test]
fn dates() {
    reads::<Date>(&[
        "2024-02-29",
        "2024-02-29Z",
        "2000-02-29+13:00",
        "-0044-03-15-05:00",
        "12024-01-01",
        "0001-01-01",
    ]);
    let bad = [
        "",
        "2024-02",
        "2023-02-29",
        "2100-02-29",
        "0000-01-01",
        "24-01-01",
        "2024-1-1",
        "2024-01-01T",
        "2024-01-01z",
    ];
    refuses::<Date>("Date", &bad);
    let date = Date::new(2024, 2, 29).unwrap();
    assert_eq!((date.year(), date.month(), date.day(), date.zone()), (2024, 2, 29, None));
    assert_eq!(
        Date::new(0, 13, 1).unwrap_err().reason(),
        "The string '0000-13-01' is not a valid Date value."
    );
    assert_eq!(format!("{date:?} {date:>12} {date:<12}|"), "Date(2024-02-29)   2024-02-29 2024-02-29  |");
}

#[test]
fn times() {
    reads::<Time>(&["13:20:00", "00:00:00Z", "23:59:59.999999999+01:00", "24:00:00", "13:20:00.500-14:00"]);
    let bad = [
        "",
        "13",
        "13:20",
        "1:20:00",
        "13:20:00.",
        "23:59:60",
        "24:00:00.1",
        "24:00:01",
        "13:20:00+24:00",
        "T13:20:00",
    ];
    refuses::<Time>("Time", &bad);
    let time = Time::new(23, 59, 1).unwrap().with_nanosecond(5).unwrap();
    assert_eq!((time.hour(), time.minute(), time.second(), time.nanosecond()), (23, 59, 1, 5));
    assert_eq!((time.fraction_digits(), time.to_string().as_str()), (9, "23:59:01.000000005"));
    assert!(Time::new(24, 0, 0).is_ok() && Time::new(24, 0, 1).is_err() && Time::new(0, 0, 60).is_err());
}

#[test]
fn parts_of_dates() {
    reads::<GYear>(&["2024", "2024Z", "12024+01:00", "-0044", "-0044-05:00", "9999-14:00"]);
    refuses::<GYear>("GYear", &["", "24", "0000", "02024", "+2024", "2024-", "2024-01", "2024z"]);
    reads::<GYearMonth>(&["2024-02", "2024-02Z", "-0044-03-05:00", "12024-12+00:00"]);
    refuses::<GYearMonth>(
        "GYearMonth",
        &["", "2024-13", "2024-00", "2024-2", "0000-01", "2024", "2024-01-01"],
    );
    reads::<GMonth>(&["--01", "--12Z", "--02-05:00"]);
    refuses::<GMonth>("GMonth", &["", "--00", "--13", "--2", "02", "-02", "--02--", "---02"]);
    reads::<GMonthDay>(&["--02-29", "--12-31Z", "--04-30-05:00"]);
    refuses::<GMonthDay>(
        "GMonthDay",
        &["", "--02-30", "--04-31", "--4-01", "-02-29", "--02-00", "--13-01", "--0229"],
    );
    reads::<GDay>(&["---01", "---31Z", "---15+14:00"]);
    refuses::<GDay>("GDay", &["", "---00", "---32", "---1", "31", "--31", "----31"]);
}

#[test]
fn parts_of_dates_are_built() {
    assert_eq!(GYear::new(-44).unwrap().with_zone(Zone::Utc).to_string(), "-0044Z");
    assert_eq!(GYearMonth::new(2024, 2).unwrap().month(), 2);
    assert_eq!(GMonth::new(12).unwrap().to_string(), "--12");
    assert_eq!(GMonthDay::new(2, 29).unwrap().day(), 29);
    assert_eq!(GDay::new(31).unwrap().zone(), None);
    assert_eq!(GYear::new(0).unwrap_err().reason(), "The string '0' is not a valid GYear value.");
    assert_eq!(
        GMonthDay::new(2, 30).unwrap_err().reason(),
        "The string '2-30' is not a valid GMonthDay value."
    );
    assert!(GYearMonth::new(2024, 13).is_err() && GMonth::new(0).is_err() && GDay::new(131).is_err());
}

fn orders<T: Simple + PartialOrd + Debug + Measured>(cases: &[(&str, Option<Ordering>, &str)]) {
    for (left, order, right) in cases {
        let (a, b) = (parse::<T>(left), parse::<T>(right));
        assert_eq!(a.partial_cmp(&b), *order, "{left} {right}");
        assert_eq!(b.partial_cmp(&a), order.map(Ordering::reverse), "{right} {left}");
        assert_eq!(a == b, *order == Some(Equal), "{left} {right}");
        assert_eq!((a.order(right), a.length()), (*order, 0));
        assert_eq!(a.order("no literal"), None);
    }
}

#[test]
fn order_is_that_of_instants() {
    orders::<DateTime>(&[
        // The examples of Part 2, section 3.2.7.4.
        ("2000-01-15T00:00:00", Some(Less), "2000-02-15T00:00:00"),
        ("2000-01-15T12:00:00", Some(Less), "2000-01-16T12:00:00Z"),
        ("2000-01-01T12:00:00", None, "1999-12-31T23:00:00Z"),
        ("2000-01-16T12:00:00", None, "2000-01-16T12:00:00Z"),
        ("2000-01-16T00:00:00", None, "2000-01-16T12:00:00Z"),
        // The edges of the fourteen hours.
        ("2000-01-16T00:00:00", None, "2000-01-16T14:00:00Z"),
        ("2000-01-16T00:00:00", Some(Less), "2000-01-16T14:00:00.000000001Z"),
        ("2000-01-16T14:00:00", None, "2000-01-16T00:00:00Z"),
        ("2000-01-16T14:00:00.1", Some(Greater), "2000-01-16T00:00:00Z"),
        ("2000-01-16T12:00:00Z", Some(Equal), "2000-01-16T12:00:00.000+00:00"),
        ("2000-01-16T12:00:00-05:00", Some(Equal), "2000-01-16T18:00:00+01:00"),
        ("2000-01-16T24:00:00", Some(Equal), "2000-01-17T00:00:00"),
        ("-0001-12-31T24:00:00Z", Some(Equal), "0001-01-01T00:00:00Z"),
        ("-0002-01-01T00:00:00Z", Some(Less), "-0001-01-01T00:00:00Z"),
    ]);
    orders::<Date>(&[
        ("2024-02-29", Some(Less), "2024-03-01"),
        ("2024-02-29+13:00", Some(Equal), "2024-02-28-11:00"),
        ("2024-02-29", None, "2024-02-29Z"),
        ("2024-02-28", Some(Less), "2024-02-29Z"),
    ]);
    orders::<Time>(&[
        ("00:30:00+01:00", Some(Less), "23:45:00Z"),
        ("24:00:00", Some(Equal), "00:00:00"),
        ("12:00:00", None, "12:00:00Z"),
        ("23:00:00Z", Some(Greater), "08:59:59"),
    ]);
    orders::<GYear>(&[
        ("-0001", Some(Less), "0001"),
        ("2024", Some(Greater), "2023Z"),
        ("2024", None, "2024Z"),
    ]);
    orders::<GYearMonth>(&[("2024-01", Some(Less), "2024-02"), ("2024-02Z", Some(Equal), "2024-02-00:00")]);
    orders::<GMonth>(&[("--01", Some(Less), "--02Z")]);
    orders::<GMonthDay>(&[("--02-29", Some(Less), "--03-01")]);
    orders::<GDay>(&[("---31", Some(Greater), "---30")]);
}

#[test]
fn equal_instants_hash_alike() {
    let same = ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2023-12-31T24:00:00.000-00:00"];
    let different = ["2024-01-01T00:00:00", "2024-01-01T00:00:00.1Z"];
    let all: HashSet<DateTime> = same.iter().chain(&different).map(|text| parse(text)).collect();
    assert_eq!(all.len(), 3);
}
