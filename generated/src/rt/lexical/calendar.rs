//! The proleptic Gregorian calendar, the parts that dates and times share, and their order.

use std::cmp::Ordering;

use super::scan::{Buffer, Scan, pair};
use super::zone::Zone;

pub(super) const DAY: i64 = 24 * 60 * 60;
pub(super) const SECOND: u32 = 1_000_000_000;

/// The year as astronomers count it, with a year zero, which XML Schema 1.0 does not have: its -0001 is
/// 1 BCE, so the astronomical year 0.
pub(super) fn astronomical(year: i32) -> i64 {
    i64::from(year) + i64::from(year < 0)
}

/// The opposite of `astronomical`.
pub(super) fn common(year: i64) -> Option<i32> {
    i32::try_from(if year <= 0 { year.checked_sub(1)? } else { year }).ok()
}

/// Days of a month of an astronomical year; 0 when there is no such month.
#[inline]
pub(super) fn month_length(year: i64, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a date of an astronomical year.
pub(super) fn days_of(year: i64, month: u8, day: u8) -> i64 {
    // Years that begin in March, in eras of 400 years: the leap day is the last of its year.
    let (month, day) = (i64::from(month), i64::from(day));
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The opposite of `days_of`, for days that an `i64` of seconds can reach.
#[inline]
pub(super) fn date_of(days: i64) -> (i64, u8, u8) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

/// A day of the calendar, which exists.
#[derive(Clone, Copy)]
pub(super) struct Day {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
}

impl Day {
    pub(super) const BLANK: Day = Day { year: 1, month: 1, day: 1 };

    #[inline]
    pub(super) fn new(year: i32, month: u8, day: u8) -> Option<Day> {
        let in_every_month = day <= 28 && (1..=12).contains(&month);
        let exists =
            year != 0 && day >= 1 && (in_every_month || day <= month_length(astronomical(year), month));
        exists.then_some(Day { year, month, day })
    }

    /// The day that lies this many days after 1970-01-01.
    #[inline]
    pub(super) fn from_days(days: i64) -> Option<Day> {
        let (year, month, day) = date_of(days);
        Some(Day { year: common(year)?, month, day })
    }

    /// Days since 1970-01-01.
    pub(super) fn days(self) -> i64 {
        days_of(astronomical(self.year), self.month, self.day)
    }

    #[inline]
    pub(super) fn read(scan: &mut Scan<'_>) -> Option<Day> {
        let year = scan.year()?;
        scan.skip(b'-')?;
        let month = scan.pair()?;
        scan.skip(b'-')?;
        Day::new(year, month, scan.pair()?)
    }

    #[inline]
    pub(super) fn render(self, out: &mut Buffer) {
        let ([m, n], [d, e]) = (pair(self.month), pair(self.day));
        out.year(self.year);
        out.append([b'-', m, n, b'-', d, e]);
    }
}

/// A fraction of a second in nanoseconds, and how many of its digits are written.
#[derive(Clone, Copy)]
pub(super) struct Fraction {
    pub(super) nanos: u32,
    pub(super) digits: u8,
}

impl Fraction {
    pub(super) const NONE: Fraction = Fraction { nanos: 0, digits: 0 };

    /// Nanoseconds, less than a second, with as many digits as they need.
    pub(super) fn new(nanos: u32) -> Option<Fraction> {
        if nanos >= SECOND {
            return None;
        }
        let (mut rest, mut digits) = (nanos, if nanos == 0 { 0 } else { 9 });
        while digits > 0 && rest % 10 == 0 {
            rest /= 10;
            digits -= 1;
        }
        Some(Fraction { nanos, digits })
    }

    /// Cut, or filled with zeros, to this many digits, nine at most.
    #[inline]
    pub(super) fn with_digits(self, digits: u8) -> Fraction {
        let digits = digits.min(9);
        let unit = 10u32.pow(9 - u32::from(digits));
        Fraction { nanos: self.nanos / unit * unit, digits }
    }

    /// The point and digits that follow, if a point does.
    #[inline]
    pub(super) fn read(scan: &mut Scan<'_>) -> Option<Fraction> {
        if scan.skip(b'.').is_none() {
            return Some(Fraction::NONE);
        }
        let digits = scan.digits();
        let (kept, beyond) = digits.split_at(digits.len().min(9));
        if kept.is_empty() {
            return None;
        }
        for digit in beyond {
            if *digit != b'0' {
                return None;
            }
        }
        let mut value = 0;
        for digit in kept {
            value = value * 10 + u32::from(digit - b'0');
        }
        // One to nine digits.
        let digits = kept.len() as u8;
        Some(Fraction { nanos: value * 10u32.pow(9 - u32::from(digits)), digits })
    }

    #[inline]
    pub(super) fn render(self, out: &mut Buffer) {
        if self.digits == 0 {
            return;
        }
        out.push(b'.');
        let mut unit = SECOND / 10;
        for _ in 0..self.digits {
            out.push(b'0' + (self.nanos / unit.max(1) % 10) as u8);
            unit /= 10;
        }
    }
}

/// A time of day, which exists; 24:00:00 does.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) fraction: Fraction,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
}

impl Clock {
    pub(super) const BLANK: Clock = Clock { fraction: Fraction::NONE, hour: 0, minute: 0, second: 0 };

    #[inline]
    pub(super) fn new(hour: u8, minute: u8, second: u8, fraction: Fraction) -> Option<Clock> {
        let midnight = hour == 24 && minute == 0 && second == 0 && fraction.nanos == 0;
        let exists = (hour < 24 && minute < 60 && second < 60) || midnight;
        exists.then_some(Clock { fraction, hour, minute, second })
    }

    /// The time this many seconds after midnight, which are less than a day.
    pub(super) fn from_seconds(seconds: i64, fraction: Fraction) -> Clock {
        let part = |value: i64| value as u8;
        Clock {
            fraction,
            hour: part(seconds / 3600),
            minute: part(seconds / 60 % 60),
            second: part(seconds % 60),
        }
    }

    /// Seconds since midnight; a whole day at 24:00:00.
    pub(super) fn seconds(self) -> i64 {
        i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }

    #[inline]
    pub(super) fn read(scan: &mut Scan<'_>) -> Option<Clock> {
        let hour = scan.pair()?;
        scan.skip(b':')?;
        let minute = scan.pair()?;
        scan.skip(b':')?;
        let second = scan.pair()?;
        Clock::new(hour, minute, second, Fraction::read(scan)?)
    }

    #[inline]
    pub(super) fn render(self, out: &mut Buffer) {
        let ([h, i], [m, n], [s, t]) = (pair(self.hour), pair(self.minute), pair(self.second));
        out.append([h, i, b':', m, n, b':', s, t]);
        self.fraction.render(out);
    }
}

/// What dates and times compare by: the instant at which they begin, in UTC if they have a zone and else
/// by the wall clock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Moment {
    seconds: i64,
    nanos: u32,
    zoned: bool,
}

impl Moment {
    /// From seconds of the wall clock.
    pub(super) fn new(seconds: i64, nanos: u32, zone: Option<Zone>) -> Moment {
        let offset = match zone {
            Some(zone) => i64::from(zone.seconds()),
            None => 0,
        };
        Moment { seconds: seconds - offset, nanos, zoned: zone.is_some() }
    }

    /// From the wall clock at the beginning of an astronomical year's day.
    pub(super) fn of(year: i64, month: u8, day: u8, zone: Option<Zone>) -> Moment {
        Moment::new(days_of(year, month, day) * DAY, 0, zone)
    }

    /// Seconds and nanoseconds since 1970 in UTC, when there is a zone.
    pub(super) fn unix(self) -> Option<(i64, u32)> {
        self.zoned.then_some((self.seconds, self.nanos))
    }
}

impl PartialOrd for Moment {
    /// Without a zone, a moment may lie in any zone from +14:00 to -14:00 (Part 2, section 3.2.7.4).
    fn partial_cmp(&self, other: &Moment) -> Option<Ordering> {
        const LARGEST: i64 = 14 * 60 * 60;
        let key = |moment: &Moment, shift: i64| (moment.seconds + shift, moment.nanos);
        if self.zoned == other.zoned {
            return Some(key(self, 0).cmp(&key(other, 0)));
        }
        let (earliest, latest) = (key(other, -LARGEST), key(other, LARGEST));
        match key(self, 0) {
            this if this < earliest => Some(Ordering::Less),
            this if this > latest => Some(Ordering::Greater),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_opposites() {
        assert_eq!(days_of(1970, 1, 1), 0);
        assert_eq!(days_of(2000, 3, 1), 11_017);
        assert_eq!(date_of(-1), (1969, 12, 31));
        for days in (-1_000_000..1_000_000).step_by(97).chain([i64::MAX / DAY, i64::MIN / DAY]) {
            let (year, month, day) = date_of(days);
            assert!(day >= 1 && day <= month_length(year, month), "{days}");
            assert_eq!(days_of(year, month, day), days);
        }
    }

    #[test]
    fn there_is_no_year_zero() {
        assert_eq!((astronomical(-1), astronomical(1)), (0, 1));
        assert_eq!((common(0), common(-1), common(1)), (Some(-1), Some(-2), Some(1)));
        assert_eq!((common(i64::MIN), common(1 << 31)), (None, None));
        assert!(Day::new(0, 1, 1).is_none());
        assert!(Day::new(-1, 2, 29).is_some() && Day::new(-4, 2, 29).is_none());
    }

    #[test]
    fn fractions_have_the_digits_they_need() {
        for (nanos, digits) in [(0, 0), (1, 9), (100_000_000, 1), (120_000_000, 2), (999_999_990, 8)] {
            assert_eq!(Fraction::new(nanos).unwrap().digits, digits);
        }
        assert!(Fraction::new(SECOND).is_none());
        let cut = Fraction::new(987_654_321).unwrap().with_digits(3);
        assert_eq!((cut.nanos, cut.digits), (987_000_000, 3));
    }
}
