//! What the conversions to and from date crates share. Those crates count years astronomically, and their
//! dates and times without zone can only be had from values without zone.

use super::calendar::{Clock, DAY, Day, Fraction, SECOND, astronomical};
use super::date::Date;
use super::datetime::DateTime;
use super::duration::Duration;
use super::time::Time;
use super::zone::Zone;
use crate::rt::Blank;
use crate::rt::error::Invalid;

/// The error for a value that a type of another crate cannot have.
#[cold]
pub(super) fn refused(value: &dyn std::fmt::Display, kind: &str) -> Invalid {
    Invalid::literal(&value.to_string(), kind)
}

impl DateTime {
    /// An instant of another crate, whose years all fit; a nanosecond of a leap second is one of the next.
    pub(super) fn within(seconds: i64, nanos: u32, zone: Option<Zone>) -> DateTime {
        let fraction = Fraction::new(nanos % SECOND).unwrap_or(Fraction::NONE);
        let seconds = seconds.saturating_add(i64::from(nanos / SECOND));
        DateTime::at(seconds, fraction, zone).unwrap_or_else(DateTime::blank)
    }

    /// Seconds and nanoseconds by the wall clock, if it has no zone.
    pub(super) fn wall(self) -> Option<(i64, u32)> {
        let seconds = self.day.days() * DAY + self.clock.seconds();
        self.zone.is_none().then_some((seconds, self.clock.fraction.nanos))
    }
}

impl Date {
    /// A day that another crate has, in an astronomical year that fits.
    pub(super) fn within(year: i32, month: u8, day: u8) -> Date {
        let year = if year <= 0 { year.saturating_sub(1) } else { year };
        Date { day: Day::new(year, month, day).unwrap_or(Day::BLANK), zone: None }
    }

    /// Astronomical year, month and day, if it has no zone.
    pub(super) fn civil(self) -> Option<(i32, u8, u8)> {
        let year = i32::try_from(astronomical(self.year())).ok()?;
        self.zone.is_none().then_some((year, self.month(), self.day()))
    }
}

impl Time {
    /// A time that another crate has; a nanosecond of a leap second is one of the next.
    pub(super) fn within(seconds: i64, nanos: u32) -> Time {
        let fraction = Fraction::new(nanos % SECOND).unwrap_or(Fraction::NONE);
        let seconds = (seconds + i64::from(nanos / SECOND)).rem_euclid(DAY);
        Time { clock: Clock::from_seconds(seconds, fraction), zone: None }
    }

    /// Hour, to 23, minute, second and nanosecond, if it has no zone.
    pub(super) fn civil(self) -> Option<(u8, u8, u8, u32)> {
        self.zone.is_none().then_some((self.hour() % 24, self.minute(), self.second(), self.nanosecond()))
    }
}

impl Duration {
    /// A length that another crate has.
    pub(super) fn within(seconds: i64, nanos: i32) -> Duration {
        let nanos = i128::from(seconds) * i128::from(SECOND) + i128::from(nanos);
        Duration::from_totals(0, nanos).unwrap_or(Duration::ZERO)
    }

    /// Seconds and nanoseconds, which are not negative, if there are neither years nor months.
    pub(super) fn exact(self) -> Option<(i64, u32)> {
        let (nanos, second) = (self.total_nanos(), i128::from(SECOND));
        let seconds = i64::try_from(nanos.div_euclid(second)).ok()?;
        (self.total_months() == 0).then_some((seconds, u32::try_from(nanos.rem_euclid(second)).ok()?))
    }
}
