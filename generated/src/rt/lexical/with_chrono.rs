//! Conversions to and from the types of `chrono`.

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::convert::refused;
use super::date::Date;
use super::datetime::DateTime;
use super::duration::Duration;
use super::time::Time;
use super::zone::Zone;
use crate::rt::error::Invalid;

/// A leap second becomes the first second after it.
impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(value: chrono::DateTime<Utc>) -> DateTime {
        DateTime::within(value.timestamp(), value.timestamp_subsec_nanos(), Some(Zone::Utc))
    }
}

/// A leap second becomes the first second after it; an offset of 0 becomes `Z`.
impl TryFrom<chrono::DateTime<FixedOffset>> for DateTime {
    type Error = Invalid;

    /// # Errors
    /// When the offset is not of whole minutes or more than fourteen hours.
    fn try_from(value: chrono::DateTime<FixedOffset>) -> Result<DateTime, Invalid> {
        let zone = Zone::from_seconds(value.offset().local_minus_utc())?;
        Ok(DateTime::within(value.timestamp(), value.timestamp_subsec_nanos(), Some(zone)))
    }
}

/// Without time zone; a leap second becomes the first second after it.
impl From<NaiveDateTime> for DateTime {
    fn from(value: NaiveDateTime) -> DateTime {
        let utc = value.and_utc();
        DateTime::within(utc.timestamp(), utc.timestamp_subsec_nanos(), None)
    }
}

fn utc(value: DateTime) -> Option<chrono::DateTime<Utc>> {
    let (seconds, nanos) = value.to_unix()?;
    chrono::DateTime::from_timestamp(seconds, nanos)
}

impl TryFrom<DateTime> for chrono::DateTime<Utc> {
    type Error = Invalid;

    /// # Errors
    /// When it has no time zone or `chrono` does not reach that far.
    fn try_from(value: DateTime) -> Result<chrono::DateTime<Utc>, Invalid> {
        utc(value).ok_or_else(|| refused(&value, "chrono::DateTime"))
    }
}

impl TryFrom<DateTime> for chrono::DateTime<FixedOffset> {
    type Error = Invalid;

    /// # Errors
    /// When it has no time zone or `chrono` does not reach that far.
    fn try_from(value: DateTime) -> Result<chrono::DateTime<FixedOffset>, Invalid> {
        let offset = value.zone().and_then(|zone| FixedOffset::east_opt(zone.seconds()));
        let zoned = utc(value).zip(offset).map(|(utc, offset)| utc.with_timezone(&offset));
        zoned.ok_or_else(|| refused(&value, "chrono::DateTime"))
    }
}

impl TryFrom<DateTime> for NaiveDateTime {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`DateTime::without_zone`] removes, or `chrono` does not reach that far.
    fn try_from(value: DateTime) -> Result<NaiveDateTime, Invalid> {
        let wall = value.wall().and_then(|(seconds, nanos)| chrono::DateTime::from_timestamp(seconds, nanos));
        wall.map(|wall| wall.naive_utc()).ok_or_else(|| refused(&value, "NaiveDateTime"))
    }
}

/// Without time zone.
impl From<NaiveDate> for Date {
    fn from(value: NaiveDate) -> Date {
        // At most 12 and 31.
        Date::within(value.year(), value.month() as u8, value.day() as u8)
    }
}

impl TryFrom<Date> for NaiveDate {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`Date::without_zone`] removes, or `chrono` does not reach that far.
    fn try_from(value: Date) -> Result<NaiveDate, Invalid> {
        let date = value.civil().and_then(|(y, m, d)| NaiveDate::from_ymd_opt(y, m.into(), d.into()));
        date.ok_or_else(|| refused(&value, "NaiveDate"))
    }
}

/// Without time zone; a leap second becomes the first second after it.
impl From<NaiveTime> for Time {
    fn from(value: NaiveTime) -> Time {
        Time::within(value.num_seconds_from_midnight().into(), value.nanosecond())
    }
}

/// 24:00:00 becomes 00:00:00.
impl TryFrom<Time> for NaiveTime {
    type Error = Invalid;

    /// # Errors
    /// When it has a time zone, which [`Time::without_zone`] removes.
    fn try_from(value: Time) -> Result<NaiveTime, Invalid> {
        let time = value
            .civil()
            .and_then(|(h, m, s, nanos)| NaiveTime::from_hms_nano_opt(h.into(), m.into(), s.into(), nanos));
        time.ok_or_else(|| refused(&value, "NaiveTime"))
    }
}

/// In days, hours, minutes and seconds.
impl From<TimeDelta> for Duration {
    fn from(value: TimeDelta) -> Duration {
        Duration::within(value.num_seconds(), value.subsec_nanos())
    }
}

impl TryFrom<Duration> for TimeDelta {
    type Error = Invalid;

    /// # Errors
    /// When it has years or months or is too long.
    fn try_from(value: Duration) -> Result<TimeDelta, Invalid> {
        let delta = value.exact().and_then(|(seconds, nanos)| TimeDelta::new(seconds, nanos));
        delta.ok_or_else(|| refused(&value, "TimeDelta"))
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
            let fixed: chrono::DateTime<FixedOffset> = at(text).try_into().unwrap();
            assert_eq!(DateTime::try_from(fixed).unwrap().to_string(), text);
            let utc: chrono::DateTime<Utc> = at(text).try_into().unwrap();
            assert_eq!((DateTime::from(utc), utc.timestamp()), (at(text), fixed.timestamp()));
        }
        let fixed: chrono::DateTime<FixedOffset> = at("2024-12-31T24:00:00+01:00").try_into().unwrap();
        assert_eq!(DateTime::try_from(fixed).unwrap().to_string(), "2025-01-01T00:00:00+01:00");
        assert!(chrono::DateTime::<Utc>::try_from(at("2024-01-01T00:00:00")).is_err());
        assert!(chrono::DateTime::<Utc>::try_from(at("2000000000-01-01T00:00:00Z")).is_err());
        let odd = FixedOffset::east_opt(61).unwrap();
        assert!(DateTime::try_from(chrono::DateTime::<Utc>::MAX_UTC.with_timezone(&odd)).is_err());
        let far = FixedOffset::east_opt(23 * 3600).unwrap();
        assert!(DateTime::try_from(chrono::DateTime::<Utc>::UNIX_EPOCH.with_timezone(&far)).is_err());
    }

    #[test]
    fn the_extremes_convert() {
        let east = FixedOffset::east_opt(14 * 3600).unwrap();
        for utc in [chrono::DateTime::<Utc>::MIN_UTC, chrono::DateTime::<Utc>::MAX_UTC] {
            let read = DateTime::try_from(utc.with_timezone(&east)).unwrap();
            assert_eq!(read.to_unix().map(|(s, _)| s), Some(utc.timestamp()));
            assert_eq!(chrono::DateTime::<Utc>::try_from(read).unwrap(), utc);
            assert_eq!(chrono::DateTime::<FixedOffset>::try_from(read).unwrap(), utc);
        }
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            assert_eq!(NaiveDate::try_from(Date::from(day)).unwrap(), day);
        }
        for delta in [TimeDelta::MIN, TimeDelta::MAX] {
            assert_eq!(TimeDelta::try_from(Duration::from(delta)).unwrap(), delta);
        }
    }

    #[test]
    fn dates_and_times_go_both_ways() {
        let day: Date = "-0001-02-29".parse().unwrap();
        assert_eq!(Date::from(NaiveDate::try_from(day).unwrap()).to_string(), "-0001-02-29");
        assert!(NaiveDate::try_from(day.with_zone(Zone::Utc)).is_err());
        let wall: NaiveDateTime = at("2024-12-31T24:00:00").try_into().unwrap();
        assert_eq!(DateTime::from(wall).to_string(), "2025-01-01T00:00:00");
        assert!(NaiveDateTime::try_from(at("2024-12-31T00:00:00Z")).is_err());
        let time: Time = "13:20:00.125".parse().unwrap();
        assert_eq!(Time::from(NaiveTime::try_from(time).unwrap()).to_string(), "13:20:00.125");
        let midnight: Time = "24:00:00".parse().unwrap();
        assert_eq!(NaiveTime::try_from(midnight).unwrap(), NaiveTime::MIN);
        assert!(NaiveTime::try_from(midnight.with_zone(Zone::Utc)).is_err());
    }

    #[test]
    fn leap_seconds_become_the_next() {
        let leap =
            NaiveDate::from_ymd_opt(2016, 12, 31).and_then(|d| d.and_hms_nano_opt(23, 59, 59, 1_500_000_000));
        let leap = leap.unwrap();
        assert_eq!(DateTime::from(leap).to_string(), "2017-01-01T00:00:00.5");
        assert_eq!(DateTime::from(leap.and_utc()).to_string(), "2017-01-01T00:00:00.5Z");
        assert_eq!(Time::from(leap.time()).to_string(), "00:00:00.5");
    }

    #[test]
    fn durations_go_both_ways() {
        for text in ["PT0S", "-P1DT0.5S", "P2DT3H4M5.000000001S"] {
            let delta = TimeDelta::try_from(text.parse::<Duration>().unwrap()).unwrap();
            assert_eq!(Duration::from(delta), text.parse().unwrap());
        }
        assert!(TimeDelta::try_from("P1M".parse::<Duration>().unwrap()).is_err());
        assert!(TimeDelta::try_from(Duration::ZERO.with_days(u64::MAX)).is_err());
    }
}
