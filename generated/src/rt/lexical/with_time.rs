//! Conversions to and from the types of `time`.

use time::{Month, OffsetDateTime, PrimitiveDateTime, UtcDateTime, UtcOffset};

use super::convert::refused;
use super::date::Date;
use super::datetime::DateTime;
use super::duration::Duration;
use super::time::Time;
use super::zone::Zone;
use crate::rt::error::Invalid;

impl From<UtcDateTime> for DateTime {
    fn from(value: UtcDateTime) -> DateTime {
        DateTime::within(value.unix_timestamp(), value.nanosecond(), Some(Zone::Utc))
    }
}

/// An offset of 0 becomes `Z`.
impl TryFrom<OffsetDateTime> for DateTime {
    type Error = Invalid;

    /// # Errors
    /// When the offset is not of whole minutes or more than fourteen hours.
    fn try_from(value: OffsetDateTime) -> Result<DateTime, Invalid> {
        let zone = Zone::from_seconds(value.offset().whole_seconds())?;
        Ok(DateTime::within(value.unix_timestamp(), value.nanosecond(), Some(zone)))
    }
}

/// Without time zone.
impl From<PrimitiveDateTime> for DateTime {
    fn from(value: PrimitiveDateTime) -> DateTime {
        let utc = value.assume_utc();
        DateTime::within(utc.unix_timestamp(), utc.nanosecond(), None)
    }
}

fn utc(unix: Option<(i64, u32)>) -> Option<UtcDateTime> {
    let (seconds, nanos) = unix?;
    UtcDateTime::from_unix_timestamp(seconds).ok()?.replace_nanosecond(nanos).ok()
}

impl TryFrom<DateTime> for UtcDateTime {
    type Error = Invalid;

    /// # Errors
    /// When it has no time zone or `time` does not reach that far.
    fn try_from(value: DateTime) -> Result<UtcDateTime, Invalid> {
        utc(value.to_unix()).ok_or_else(|| refused(&value, "UtcDateTime"))
    }
}

impl TryFrom<DateTime> for OffsetDateTime {
    type Error = Invalid;

    /// # Errors
    /// When it has no time zone or `time` does not reach that far.
    fn try_from(value: DateTime) -> Result<OffsetDateTime, Invalid> {
        let offset = value.zone().and_then(|zone| UtcOffset::from_whole_seconds(zone.seconds()).ok());
        let zoned = utc(value.to_unix()).zip(offset).and_then(|(utc, offset)| utc.checked_to_offset(offset));
        zoned.ok_or_else(|| refused(&value, "OffsetDateTime"))
    }
}

impl TryFrom<DateTime> for PrimitiveDateTime {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`DateTime::without_zone`] removes, or `time` does not reach that far.
    fn try_from(value: DateTime) -> Result<PrimitiveDateTime, Invalid> {
        let wall = utc(value.wall()).map(|utc| PrimitiveDateTime::new(utc.date(), utc.time()));
        wall.ok_or_else(|| refused(&value, "PrimitiveDateTime"))
    }
}

/// Without time zone.
impl From<time::Date> for Date {
    fn from(value: time::Date) -> Date {
        Date::within(value.year(), value.month().into(), value.day())
    }
}

impl TryFrom<Date> for time::Date {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`Date::without_zone`] removes, or `time` does not reach that far.
    fn try_from(value: Date) -> Result<time::Date, Invalid> {
        let date = value.civil().and_then(|(year, month, day)| {
            time::Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
        });
        date.ok_or_else(|| refused(&value, "time::Date"))
    }
}

/// Without time zone.
impl From<time::Time> for Time {
    fn from(value: time::Time) -> Time {
        let (hour, minute, second, nanos) = value.as_hms_nano();
        let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
        Time::within(seconds, nanos)
    }
}

/// 24:00:00 becomes 00:00:00.
impl TryFrom<Time> for time::Time {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`Time::without_zone`] removes.
    fn try_from(value: Time) -> Result<time::Time, Invalid> {
        let time = value.civil().and_then(|(h, m, s, nanos)| time::Time::from_hms_nano(h, m, s, nanos).ok());
        time.ok_or_else(|| refused(&value, "time::Time"))
    }
}

/// In days, hours, minutes and seconds.
impl From<time::Duration> for Duration {
    fn from(value: time::Duration) -> Duration {
        Duration::within(value.whole_seconds(), value.subsec_nanoseconds())
    }
}

impl TryFrom<Duration> for time::Duration {
    type Error = Invalid;

    /// # Errors
    /// When it has years or months or is too long.
    fn try_from(value: Duration) -> Result<time::Duration, Invalid> {
        let exact = value.exact().and_then(|(seconds, nanos)| {
            time::Duration::seconds(seconds).checked_add(time::Duration::nanoseconds(nanos.into()))
        });
        exact.ok_or_else(|| refused(&value, "time::Duration"))
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
            let zoned = OffsetDateTime::try_from(at(text)).unwrap();
            assert_eq!(DateTime::try_from(zoned).unwrap().to_string(), text);
            let utc = UtcDateTime::try_from(at(text)).unwrap();
            assert_eq!((DateTime::from(utc), utc.unix_timestamp()), (at(text), zoned.unix_timestamp()));
        }
        let zoned = OffsetDateTime::try_from(at("2024-12-31T24:00:00+01:00")).unwrap();
        assert_eq!(DateTime::try_from(zoned).unwrap().to_string(), "2025-01-01T00:00:00+01:00");
        for text in ["2024-01-01T00:00:00", "2000000000-01-01T00:00:00Z"] {
            assert!(OffsetDateTime::try_from(at(text)).is_err() && UtcDateTime::try_from(at(text)).is_err());
        }
        assert!(OffsetDateTime::try_from(at("1000000-01-01T00:00:00+14:00")).is_err());
        for seconds in [61, 15 * 3600] {
            let zone = UtcOffset::from_whole_seconds(seconds).unwrap();
            assert!(DateTime::try_from(OffsetDateTime::UNIX_EPOCH.to_offset(zone)).is_err());
        }
    }

    #[test]
    fn the_extremes_convert() {
        for utc in [UtcDateTime::MIN, UtcDateTime::MAX] {
            assert_eq!(UtcDateTime::try_from(DateTime::from(utc)).unwrap(), utc);
        }
        for wall in [PrimitiveDateTime::MIN, PrimitiveDateTime::MAX] {
            assert_eq!(PrimitiveDateTime::try_from(DateTime::from(wall)).unwrap(), wall);
        }
        for day in [time::Date::MIN, time::Date::MAX] {
            assert_eq!(time::Date::try_from(Date::from(day)).unwrap(), day);
        }
        for length in [time::Duration::MIN, time::Duration::MAX, time::Duration::ZERO] {
            match time::Duration::try_from(Duration::from(length)) {
                Ok(back) => assert_eq!(back, length),
                // The second below zero at which the least one begins is no i64.
                Err(_) => assert_eq!(length, time::Duration::MIN),
            }
        }
    }

    #[test]
    fn values_without_zone_go_both_ways() {
        let day: Date = "-0001-02-29".parse().unwrap();
        assert_eq!(Date::from(time::Date::try_from(day).unwrap()).to_string(), "-0001-02-29");
        assert!(time::Date::try_from(day.with_zone(Zone::Utc)).is_err());
        let wall = PrimitiveDateTime::try_from(at("2024-12-31T24:00:00")).unwrap();
        assert_eq!(DateTime::from(wall).to_string(), "2025-01-01T00:00:00");
        assert!(PrimitiveDateTime::try_from(at("2024-12-31T00:00:00Z")).is_err());
        let time: Time = "13:20:59.125".parse().unwrap();
        assert_eq!(Time::from(time::Time::try_from(time).unwrap()).to_string(), "13:20:59.125");
        let midnight: Time = "24:00:00".parse().unwrap();
        assert_eq!(time::Time::try_from(midnight).unwrap(), time::Time::MIDNIGHT);
        assert!(time::Time::try_from(midnight.with_zone(Zone::Utc)).is_err());
    }

    #[test]
    fn durations_go_both_ways() {
        for text in ["PT0S", "-P1DT0.5S", "P2DT3H4M5.000000001S"] {
            let length = time::Duration::try_from(text.parse::<Duration>().unwrap()).unwrap();
            assert_eq!(Duration::from(length).to_string(), text);
        }
        assert!(time::Duration::try_from("P1M".parse::<Duration>().unwrap()).is_err());
        assert!(time::Duration::try_from(Duration::ZERO.with_days(u64::MAX)).is_err());
    }
}
