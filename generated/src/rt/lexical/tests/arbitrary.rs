//! Properties: no input makes reading panic, and what was written reads back the same.

use std::fmt::{Debug, Display};

use proptest::prelude::*;

use crate::rt::*;

/// Reads any text; a value that comes of it, if XML can carry it, written and read again, gives the same value and text.
fn survives<T: Simple + PartialEq + Debug + Display>(text: &str) {
    let read = T::parse(text);
    let Ok(value) = read else { return };
    if !text.chars().all(decode::allowed) {
        return;
    }
    let written = to_text(&value);
    assert_eq!(value.to_string(), written);
    let again =
        T::parse(&written).unwrap_or_else(|invalid| panic!("{text:?} was written as {written:?}: {invalid}"));
    assert_eq!((&again, to_text(&again)), (&value, written));
}

macro_rules! all {
    ($text:expr, $($type:ty),*) => { $(survives::<$type>($text);)* };
}

fn all(text: &str) {
    all!(text, DateTime, Date, Time, GYear, GYearMonth, GMonth, GMonthDay, GDay, Duration, Decimal, Integer);
    all!(
        text,
        NonNegativeInteger,
        PositiveInteger,
        NonPositiveInteger,
        NegativeInteger,
        Base64Binary,
        HexBinary
    );
    all!(text, AnyUri, NormalizedString, Token, Language, NmToken, XmlName, NcName, Id, IdRef, Entity, QName);
    let _ = text.parse::<Zone>();
}

/// Any date and time that can be.
fn date_time() -> impl Strategy<Value = DateTime> {
    let zone =
        prop_oneof![Just(None), Just(Some(Zone::Utc)), (-840i16..=840).prop_map(|m| Zone::offset(m).ok())];
    let year = prop_oneof![1i32..=9999, any::<i32>()].prop_filter("no year zero", |year| *year != 0);
    let day = (year, 1u8..=12, 1u8..=31);
    (day, (0u8..24, 0u8..60, 0u8..60), 0u32..1_000_000_000, 0u8..=9, zone).prop_map(
        |((year, month, day), (hour, minute, second), nanos, digits, zone)| {
            let at =
                (0..4).find_map(|less| DateTime::new(year, month, day - less, hour, minute, second).ok());
            let at = at.unwrap().with_nanosecond(nanos).unwrap().with_fraction_digits(digits);
            zone.map_or(at, |zone| at.with_zone(zone))
        },
    )
}

/// Any duration that can be, in the largest units.
fn duration() -> impl Strategy<Value = Duration> {
    let part = || prop_oneof![Just(None), any::<u64>().prop_map(Some), (0u64..100).prop_map(Some)];
    let date = (part(), part(), part());
    let time = (part(), part(), part(), prop_oneof![Just(0u32), 0u32..1_000_000_000]);
    (any::<bool>(), date, time).prop_map(
        |(negative, (years, months, days), (hours, minutes, seconds, nanos))| {
            let mut all = Duration::ZERO.with_nanos(nanos).unwrap();
            all = years.map_or(all, |years| all.with_years(years));
            all = months.map_or(all, |months| all.with_months(months));
            all = days.map_or(all, |days| all.with_days(days));
            all = hours.map_or(all, |hours| all.with_hours(hours));
            all = minutes.map_or(all, |minutes| all.with_minutes(minutes));
            all = seconds.map_or(all, |seconds| all.with_seconds(seconds));
            if negative { -all } else { all }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_text_makes_reading_panic(text in any::<String>()) {
        all(&text);
    }

    #[test]
    fn no_text_like_a_literal_does(text in "[ \n]?[-+]{0,3}[0-9]{0,12}([-T:.+ZPYMDHS/=a-fé%# 0-9]{0,4}[0-9]{0,3}){0,8}") {
        all(&text);
    }

    #[test]
    fn no_time_that_is_slightly_wrong_does(value in date_time(), at in 0usize..50, c in any::<char>()) {
        let mut text: Vec<char> = value.to_string().chars().collect();
        let at = at % text.len();
        text[at] = c;
        all(&text.iter().collect::<String>());
        text.remove(at);
        all(&text.iter().collect::<String>());
    }

    #[test]
    fn date_times_read_back(value in date_time()) {
        let text = value.to_string();
        all(&text);
        prop_assert_eq!(DateTime::parse(&text).unwrap(), value);
        all(&value.date().to_string());
        all(&value.time().to_string());
        if let Some((seconds, nanos)) = value.to_unix()
            && let Ok(utc) = DateTime::from_unix(seconds, nanos)
        {
            prop_assert_eq!(utc, value);
            prop_assert_eq!(value.to_zone(Zone::Utc).unwrap().to_string(), utc.with_fraction_digits(value.fraction_digits()).to_string());
        }
    }

    #[test]
    fn order_of_date_times_is_consistent(a in date_time(), b in date_time(), by in duration()) {
        prop_assert_eq!(a.partial_cmp(&b), b.partial_cmp(&a).map(|order| order.reverse()));
        prop_assert_eq!(a == b, a.partial_cmp(&b) == Some(std::cmp::Ordering::Equal));
        if let Some(later) = a.checked_add(by) {
            let (least, most) = if by.is_negative() { (later, a) } else { (a, later) };
            prop_assert!(least <= most);
        }
    }

    #[test]
    fn durations_read_back(value in duration(), other in duration(), factor in any::<i64>()) {
        all(&value.to_string());
        prop_assert_eq!(value.partial_cmp(&other), other.partial_cmp(&value).map(|order| order.reverse()));
        prop_assert_eq!(value.partial_cmp(&value.negated()).is_some(), true);
        if let Some(sum) = value.checked_add(other) {
            prop_assert_eq!(sum.total_months(), value.total_months() + other.total_months());
            prop_assert_eq!(sum.total_nanos(), value.total_nanos() + other.total_nanos());
        }
        let _ = (value.checked_mul(factor), std::time::Duration::try_from(value));
    }

    #[test]
    fn numbers_compare_as_numbers(a in any::<i64>(), b in any::<i64>(), scale in 0u32..10) {
        let scaled = |n: i64| {
            let (sign, size, unit) = (if n < 0 { "-" } else { "" }, n.unsigned_abs(), 10u64.pow(scale));
            format!("{sign}{:03}.{:0width$}00", size / unit, size % unit, width = scale as usize)
        };
        prop_assert_eq!(Integer::from(a).cmp(&Integer::from(b)), a.cmp(&b));
        prop_assert_eq!(Decimal::new(scaled(a)).unwrap().cmp(&Decimal::new(scaled(b)).unwrap()), a.cmp(&b));
        prop_assert_eq!(i64::try_from(&Integer::from(a)).unwrap(), a);
        all(&scaled(a));
    }

    #[test]
    fn bytes_read_back(bytes in any::<Vec<u8>>()) {
        let (base64, hex) = (Base64Binary::from(bytes.clone()), HexBinary::from(bytes));
        prop_assert_eq!(&Base64Binary::parse(&to_text(&base64)).unwrap(), &base64);
        prop_assert_eq!(&HexBinary::parse(&to_text(&hex)).unwrap(), &hex);
        all(&base64.to_string());
        all(&hex.to_string().to_lowercase());
    }
}
