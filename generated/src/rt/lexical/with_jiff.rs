//! Conversions to and from the types of `jiff`.

use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime, civil};

use super::calendar::{Fraction, SECOND};
use super::convert::refused;
use super::date::Date;
use super::datetime::DateTime;
use super::duration::Duration;
use super::time::Time;
use super::zone::Zone;
use crate::rt::error::Invalid;

/// Seconds, and nanoseconds that are not negative.
fn floor(at: Timestamp) -> (i64, u32) {
    match u32::try_from(at.subsec_nanosecond()) {
        Ok(nanos) => (at.as_second(), nanos),
        Err(_) => (at.as_second() - 1, SECOND - at.subsec_nanosecond().unsigned_abs()),
    }
}

/// In UTC.
impl From<Timestamp> for DateTime {
    fn from(value: Timestamp) -> DateTime {
        let (seconds, nanos) = floor(value);
        DateTime::within(seconds, nanos, Some(Zone::Utc))
    }
}

/// An offset of 0 becomes `Z`; the name of the time zone is lost.
impl TryFrom<&ZonedDateTime> for DateTime {
    type Error = Invalid;

    /// # Errors
    /// When the offset is not of whole minutes or more than fourteen hours.
    fn try_from(value: &ZonedDateTime) -> Result<DateTime, Invalid> {
        let zone = Zone::from_seconds(value.offset().seconds())?;
        let (seconds, nanos) = floor(value.timestamp());
        Ok(DateTime::within(seconds, nanos, Some(zone)))
    }
}

/// Without time zone.
impl From<civil::DateTime> for DateTime {
    fn from(value: civil::DateTime) -> DateTime {
        let (date, time) = (Date::from(value.date()), Time::from(value.time()));
        DateTime { day: date.day, clock: time.clock, zone: None }
    }
}

fn timestamp(value: DateTime) -> Option<Timestamp> {
    let (seconds, nanos) = value.to_unix()?;
    Timestamp::new(seconds, i32::try_from(nanos).ok()?).ok()
}

impl TryFrom<DateTime> for Timestamp {
    type Error = Invalid;

    /// # Errors
    /// When it has no time zone or `jiff` does not reach that far.
    fn try_from(value: DateTime) -> Result<Timestamp, Invalid> {
        timestamp(value).ok_or_else(|| refused(&value, "Timestamp"))
    }
}

/// In a time zone that is only an offset.
impl TryFrom<DateTime> for ZonedDateTime {
    type Error = Invalid;

    /// # Errors
    /// When it has no time zone or `jiff` does not reach that far.
    fn try_from(value: DateTime) -> Result<ZonedDateTime, Invalid> {
        let offset = value.zone().and_then(|zone| tz::Offset::from_seconds(zone.seconds()).ok());
        let zoned =
            timestamp(value).zip(offset).map(|(at, offset)| ZonedDateTime::new(at, TimeZone::fixed(offset)));
        zoned.ok_or_else(|| refused(&value, "ZonedDateTime"))
    }
}

/// 24:00:00 becomes the following day's 00:00:00.
impl TryFrom<DateTime> for civil::DateTime {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`DateTime::without_zone`] removes, or `jiff` does not reach that far.
    fn try_from(value: DateTime) -> Result<civil::DateTime, Invalid> {
        let zoneless =
            value.wall().and_then(|(seconds, _)| DateTime::at(seconds, value.clock.fraction, None));
        let parts = zoneless.and_then(|wall| date(wall.date()).zip(time(wall.time())));
        parts
            .map(|(date, time)| civil::DateTime::from_parts(date, time))
            .ok_or_else(|| refused(&value, "civil::DateTime"))
    }
}

/// Without time zone.
impl From<civil::Date> for Date {
    fn from(value: civil::Date) -> Date {
        Date::within(value.year().into(), value.month().unsigned_abs(), value.day().unsigned_abs())
    }
}

fn date(value: Date) -> Option<civil::Date> {
    let (year, month, day) = value.civil()?;
    let small = |part: u8| i8::try_from(part).ok();
    civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()
}

impl TryFrom<Date> for civil::Date {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`Date::without_zone`] removes, or `jiff` does not reach that far.
    fn try_from(value: Date) -> Result<civil::Date, Invalid> {
        date(value).ok_or_else(|| refused(&value, "civil::Date"))
    }
}

/// Without time zone.
impl From<civil::Time> for Time {
    fn from(value: civil::Time) -> Time {
        let seconds =
            (i64::from(value.hour()) * 60 + i64::from(value.minute())) * 60 + i64::from(value.second());
        Time::within(seconds, value.subsec_nanosecond().unsigned_abs())
    }
}

fn time(value: Time) -> Option<civil::Time> {
    let (hour, minute, second, nanos) = value.civil()?;
    let small = |part: u8| i8::try_from(part).ok();
    civil::Time::new(small(hour)?, small(minute)?, small(second)?, i32::try_from(nanos).ok()?).ok()
}

/// 24:00:00 becomes 00:00:00.
impl TryFrom<Time> for civil::Time {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`Time::without_zone`] removes.
    fn try_from(value: Time) -> Result<civil::Time, Invalid> {
        time(value).ok_or_else(|| refused(&value, "civil::Time"))
    }
}

/// In days, hours, minutes and seconds.
impl From<SignedDuration> for Duration {
    fn from(value: SignedDuration) -> Duration {
        Duration::within(value.as_secs(), value.subsec_nanos())
    }
}

impl TryFrom<Duration> for SignedDuration {
    type Error = Invalid;

    /// # Errors
    /// When it has years or months or is too long.
    fn try_from(value: Duration) -> Result<SignedDuration, Invalid> {
        let exact = value.exact().and_then(|(seconds, nanos)| {
            SignedDuration::from_secs(seconds).checked_add(SignedDuration::from_nanos(nanos.into()))
        });
        exact.ok_or_else(|| refused(&value, "SignedDuration"))
    }
}

/// In the same units; weeks become days, and what is smaller than seconds becomes seconds.
impl From<Span> for Duration {
    fn from(span: Span) -> Duration {
        let small = i128::from(span.get_milliseconds()) * 1_000_000
            + i128::from(span.get_microseconds()) * 1000
            + i128::from(span.get_nanoseconds());
        // All units of a span have the same sign, and their limits are far from those of a u64.
        let second = u128::from(SECOND);
        let small_seconds = u64::try_from(small.unsigned_abs() / second).unwrap_or(0);
        let fraction = Fraction::new((small.unsigned_abs() % second) as u32).unwrap_or(Fraction::NONE);
        let mut read = Duration { fraction, ..Duration::ZERO };
        let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
        let seconds = span.get_seconds().unsigned_abs().saturating_add(small_seconds);
        for (value, with) in [
            (span.get_years().unsigned_abs().into(), Duration::with_years as fn(Duration, u64) -> Duration),
            (span.get_months().unsigned_abs().into(), Duration::with_months),
            (days.unsigned_abs(), Duration::with_days),
            (span.get_hours().unsigned_abs().into(), Duration::with_hours),
            (span.get_minutes().unsigned_abs(), Duration::with_minutes),
            (seconds, Duration::with_seconds),
        ] {
            if value > 0 {
                read = with(read, value);
            }
        }
        if span.is_negative() { -read } else { read }
    }
}

fn span(value: Duration) -> Option<Span> {
    let part = |part: Option<u64>| i64::try_from(part.unwrap_or(0)).ok();
    let span = Span::new()
        .try_years(part(value.years())?)
        .and_then(|span| span.try_nanoseconds(i64::from(value.subsec_nanos())))
        .ok()?;
    let span = span.try_months(part(value.months())?).ok()?.try_days(part(value.days())?).ok()?;
    let span = span.try_hours(part(value.hours())?).ok()?.try_minutes(part(value.minutes())?).ok()?;
    let span = span.try_seconds(part(value.seconds())?).ok()?;
    Some(if value.is_negative() { -span } else { span })
}

/// In the same units, and nanoseconds.
impl TryFrom<Duration> for Span {
    type Error = Invalid;

    /// # Errors
    /// When a unit is more than `jiff` allows.
    fn try_from(value: Duration) -> Result<Span, Invalid> {
        span(value).ok_or_else(|| refused(&value, "Span"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn instants_go_both_ways() {
        for text in ["2024-02-29T13:20:00.5-05:30", "0001-01-01T00:00:00Z", "-0001-12-31T23:59:59.000000001Z"]
        {
            let zoned = ZonedDateTime::try_from(at(text)).unwrap();
            assert_eq!(DateTime::try_from(&zoned).unwrap().to_string(), text);
            let stamp = Timestamp::try_from(at(text)).unwrap();
            assert_eq!((DateTime::from(stamp), stamp), (at(text), zoned.timestamp()));
        }
        let zoned = ZonedDateTime::try_from(at("2024-12-31T24:00:00+01:00")).unwrap();
        assert_eq!(DateTime::try_from(&zoned).unwrap().to_string(), "2025-01-01T00:00:00+01:00");
        for text in ["2024-01-01T00:00:00", "10000-01-01T00:00:00Z", "2000000000-01-01T00:00:00Z"] {
            assert!(ZonedDateTime::try_from(at(text)).is_err() && Timestamp::try_from(at(text)).is_err());
        }
        for seconds in [61, 15 * 3600] {
            let zone = TimeZone::fixed(tz::Offset::from_seconds(seconds).unwrap());
            assert!(DateTime::try_from(&ZonedDateTime::new(Timestamp::UNIX_EPOCH, zone)).is_err());
        }
    }

    #[test]
    fn the_extremes_convert() {
        for stamp in [Timestamp::MIN, Timestamp::MAX, Timestamp::new(-1, -1).unwrap()] {
            assert_eq!(Timestamp::try_from(DateTime::from(stamp)).unwrap(), stamp);
            let zoned =
                ZonedDateTime::try_from(DateTime::from(stamp).to_zone(Zone::offset(840).unwrap()).unwrap());
            assert_eq!(DateTime::try_from(&zoned.unwrap()).unwrap().to_unix(), Some(floor(stamp)));
        }
        for wall in [civil::DateTime::MIN, civil::DateTime::MAX] {
            assert_eq!(civil::DateTime::try_from(DateTime::from(wall)).unwrap(), wall);
        }
        for length in [SignedDuration::MAX, SignedDuration::ZERO, SignedDuration::new(-1, -1)] {
            assert_eq!(SignedDuration::try_from(Duration::from(length)).unwrap(), length);
        }
        assert_eq!(Duration::from(SignedDuration::MIN).days(), Some(i64::MIN.unsigned_abs() / 86_400));
    }

    #[test]
    fn values_without_zone_go_both_ways() {
        let day: Date = "-0001-02-29".parse().unwrap();
        assert_eq!(Date::from(civil::Date::try_from(day).unwrap()).to_string(), "-0001-02-29");
        assert!(civil::Date::try_from(day.with_zone(Zone::Utc)).is_err());
        let wall = civil::DateTime::try_from(at("2024-12-31T24:00:00")).unwrap();
        assert_eq!(DateTime::from(wall).to_string(), "2025-01-01T00:00:00");
        assert!(civil::DateTime::try_from(at("2024-12-31T00:00:00Z")).is_err());
        let time: Time = "13:20:59.125".parse().unwrap();
        assert_eq!(Time::from(civil::Time::try_from(time).unwrap()).to_string(), "13:20:59.125");
        let midnight: Time = "24:00:00".parse().unwrap();
        assert_eq!(civil::Time::try_from(midnight).unwrap(), civil::Time::MIN);
        assert!(civil::Time::try_from(midnight.with_zone(Zone::Utc)).is_err());
    }

    #[test]
    fn durations_and_spans_go_both_ways() {
        for text in ["PT0S", "-P1DT0.5S", "P2DT3H4M5.000000001S"] {
            let length = SignedDuration::try_from(text.parse::<Duration>().unwrap()).unwrap();
            assert_eq!(Duration::from(length).to_string(), text);
        }
        for text in ["PT0S", "-P14M", "P1Y2M3DT4H5M6.7S", "PT90M", "-PT0.000000001S"] {
            let span = Span::try_from(text.parse::<Duration>().unwrap()).unwrap();
            assert_eq!(Duration::from(span).to_string(), text);
        }
        let mixed = Span::new().weeks(2).days(1).milliseconds(1500).microseconds(250);
        assert_eq!(Duration::from(mixed).to_string(), "P15DT1.50025S");
        assert!(SignedDuration::try_from("P1M".parse::<Duration>().unwrap()).is_err());
        assert!(Span::try_from(Duration::ZERO.with_days(u64::MAX)).is_err());
        assert!(Span::try_from(Duration::ZERO.with_years(20_000)).is_err());
    }
}
