//! `DateTime`: xs:dateTime.

use super::calendar::{Clock, DAY, Day, Fraction, Moment};
use super::date::Date;
use super::moments;
use super::scan::{Buffer, Scan};
use super::time::Time;
use super::zone::Zone;
use crate::rt::Blank;
use crate::rt::error::Invalid;

/// A date and time of day, with or without time zone: xs:dateTime.
///
/// Valid literals: `2024-02-29T13:20:00Z`, `2024-02-29T13:20:00.100-05:00`, `-0044-03-15T24:00:00`,
/// `12024-01-01T00:00:00`. Invalid: `0000-01-01T00:00:00` (there is no year zero), `2023-02-29T00:00:00`,
/// `2024-01-01T23:59:60Z` (no leap seconds), `2024-01-01 00:00:00`, `2024-01-01T00:00`.
///
/// Fractions of a second keep their digits (`.100` stays `.100`), up to nine of them. Zeros beyond nine are
/// dropped; a literal with another digit there is refused, as is a year beyond an `i32`.
///
/// Year -1 is 1 BCE, which is a leap year. 24:00:00 is the first instant of the following day.
///
/// ```
/// # use oxws::rt::{DateTime, Zone};
/// let sent: DateTime = "2024-02-29T13:20:00.50+01:00".parse()?;
/// assert_eq!((sent.hour(), sent.nanosecond()), (13, 500_000_000));
/// assert_eq!(sent, "2024-02-29T12:20:00.5Z".parse()?);
/// assert_eq!(sent.to_zone(Zone::Utc)?.to_string(), "2024-02-29T12:20:00.50Z");
/// # Ok::<(), oxws::rt::Invalid>(())
/// ```
#[derive(Clone, Copy)]
pub struct DateTime {
    pub(super) day: Day,
    pub(super) clock: Clock,
    pub(super) zone: Option<Zone>,
}

impl DateTime {
    /// A date and time without time zone and fraction; 24:00:00 is allowed.
    ///
    /// # Errors
    /// When there is no such day or no such time.
    #[inline]
    pub fn new(year: i32, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Result<DateTime, Invalid> {
        let clock = Clock::new(hour, minute, second, Fraction::NONE);
        match Day::new(year, month, day).zip(clock) {
            Some((day, clock)) => Ok(DateTime { day, clock, zone: None }),
            None => {
                let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
                Err(Invalid::literal(&text, "DateTime"))
            }
        }
    }

    /// The instant this many seconds and nanoseconds after 1970-01-01T00:00:00Z, in UTC.
    ///
    /// # Errors
    /// When the year is beyond an `i32`, or the nanoseconds are a second or more.
    #[inline]
    pub fn from_unix(seconds: i64, nanos: u32) -> Result<DateTime, Invalid> {
        let at = Fraction::new(nanos).and_then(|fraction| DateTime::at(seconds, fraction, Some(Zone::Utc)));
        at.ok_or_else(|| Invalid::literal(&format!("{seconds}.{nanos:09}"), "DateTime"))
    }

    /// Seconds and nanoseconds since 1970-01-01T00:00:00Z, if there is a time zone.
    #[inline]
    pub fn to_unix(self) -> Option<(i64, u32)> {
        self.moment().unix()
    }

    /// The same instant as the clocks of another time zone show it.
    ///
    /// # Errors
    /// When this has no time zone, or the year is beyond an `i32`.
    #[inline]
    pub fn to_zone(self, zone: Zone) -> Result<DateTime, Invalid> {
        let (seconds, _) = self.to_unix().ok_or_else(|| self.refused("zoned DateTime"))?;
        DateTime::at(seconds, self.clock.fraction, Some(zone)).ok_or_else(|| self.refused("DateTime"))
    }

    /// The instant this many seconds after 1970 in UTC, or by the wall clock without a zone.
    #[inline]
    pub(super) fn at(seconds: i64, fraction: Fraction, zone: Option<Zone>) -> Option<DateTime> {
        let seconds = seconds.checked_add(zone.map_or(0, |zone| i64::from(zone.seconds())))?;
        let day = Day::from_days(seconds.div_euclid(DAY))?;
        Some(DateTime { day, clock: Clock::from_seconds(seconds.rem_euclid(DAY), fraction), zone })
    }

    #[cold]
    #[inline]
    pub(super) fn refused(self, kind: &str) -> Invalid {
        Invalid::literal(&self.to_string(), kind)
    }

    /// The date, in the same time zone.
    #[inline]
    pub fn date(self) -> Date {
        Date { day: self.day, zone: self.zone }
    }

    /// The time of day, in the same time zone.
    #[inline]
    pub fn time(self) -> Time {
        Time { clock: self.clock, zone: self.zone }
    }

    #[inline]
    fn read(scan: &mut Scan<'_>) -> Option<DateTime> {
        let day = Day::read(scan)?;
        scan.skip(b'T')?;
        Some(DateTime { day, clock: Clock::read(scan)?, zone: Zone::read(scan)? })
    }

    #[inline]
    fn render(self, out: &mut Buffer) {
        self.day.render(out);
        out.push(b'T');
        self.clock.render(out);
        if let Some(zone) = self.zone {
            zone.render(out);
        }
    }

    pub(super) fn moment(self) -> Moment {
        Moment::new(self.day.days() * DAY + self.clock.seconds(), self.clock.fraction.nanos, self.zone)
    }
}

impl Blank for DateTime {
    fn blank() -> DateTime {
        DateTime { day: Day::BLANK, clock: Clock::BLANK, zone: None }
    }
}

super::date::dated!(DateTime);
super::time::clocked!(DateTime);
moments!(DateTime, "dateTime");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small() {
        assert!(size_of::<DateTime>() <= 24 && size_of::<Option<DateTime>>() <= 24);
    }

    #[test]
    fn it_is_built_only_if_it_exists() {
        let at = DateTime::new(2024, 2, 29, 23, 59, 59).unwrap();
        let at = at.with_nanosecond(1_500_000).unwrap().with_zone(Zone::Utc);
        assert_eq!(at.to_string(), "2024-02-29T23:59:59.0015Z");
        assert_eq!(at.with_fraction_digits(3).to_string(), "2024-02-29T23:59:59.001Z");
        assert_eq!(at.with_fraction_digits(0).to_string(), "2024-02-29T23:59:59Z");
        assert_eq!(at.with_fraction_digits(200).to_string(), "2024-02-29T23:59:59.001500000Z");
        assert_eq!(at.without_zone().time().to_string(), "23:59:59.0015");
        assert_eq!(at.date().to_string(), "2024-02-29Z");
        let end = DateTime::new(2024, 12, 31, 24, 0, 0).unwrap();
        assert!(end.with_nanosecond(0).is_ok() && end.with_nanosecond(1).is_err());
        assert!(at.with_nanosecond(1_000_000_000).is_err());
        let no = DateTime::new(2023, 2, 29, 0, 0, 60).unwrap_err();
        assert_eq!(no.reason(), "The string '2023-02-29T00:00:60' is not a valid DateTime value.");
    }

    #[test]
    fn instants_and_zones_convert() {
        let at = DateTime::from_unix(951_782_400, 0).unwrap();
        assert_eq!(at.to_string(), "2000-02-29T00:00:00Z");
        let there = at.to_zone("-05:00".parse().unwrap()).unwrap();
        assert_eq!(there.to_string(), "2000-02-28T19:00:00-05:00");
        assert_eq!((there, there.to_unix()), (at, Some((951_782_400, 0))));
        assert!(at.without_zone().to_zone(Zone::Utc).is_err() && at.without_zone().to_unix().is_none());
        assert_eq!(DateTime::from_unix(-62_135_596_801, 0).unwrap().to_string(), "-0001-12-31T23:59:59Z");
        assert!(DateTime::from_unix(i64::MAX, 0).is_err() && DateTime::from_unix(i64::MIN, 0).is_err());
        assert!(DateTime::from_unix(0, 1_000_000_000).is_err());
    }
}
