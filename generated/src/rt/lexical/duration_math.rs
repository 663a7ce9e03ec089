//! Durations as values: equality, order, arithmetic, and conversion to the standard library's.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::ops::Neg;

use super::calendar::{DAY, Fraction, SECOND, astronomical, common, days_of, month_length};
use super::datetime::DateTime;
use super::duration::Duration;
use crate::rt::error::Invalid;

const NANOS: i128 = SECOND as i128;
const DAY_NANOS: i128 = DAY as i128 * NANOS;

impl Duration {
    /// Years and months together, in months, with the sign.
    #[inline]
    pub fn total_months(self) -> i128 {
        let [years, months, ..] = self.values.map(i128::from);
        self.signed(years * 12 + months)
    }

    /// Everything but years and months, in nanoseconds, with the sign; days have 24 hours.
    #[inline]
    pub fn total_nanos(self) -> i128 {
        let [_, _, days, hours, minutes, seconds] = self.values.map(i128::from);
        let seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
        self.signed(seconds * NANOS + i128::from(self.fraction.nanos))
    }

    fn signed(self, size: i128) -> i128 {
        if self.negative { -size } else { size }
    }

    /// The duration with these totals, in the largest units: 13 months are `P1Y1M`.
    ///
    /// `None` when one is negative and the other positive, or the years or days are beyond a `u64`.
    #[inline]
    pub fn from_totals(months: i128, nanos: i128) -> Option<Duration> {
        let negative = months < 0 || nanos < 0;
        if negative && (months > 0 || nanos > 0) {
            return None;
        }
        let (months, nanos) = (months.unsigned_abs(), nanos.unsigned_abs());
        let (seconds, fraction) = (nanos / NANOS.unsigned_abs(), nanos % NANOS.unsigned_abs());
        let day = u128::from(DAY.unsigned_abs());
        let part = |value: u128| u64::try_from(value).ok();
        Some(Duration {
            negative,
            fraction: Fraction::new(u32::try_from(fraction).ok()?)?,
            ..largest(part(months / 12)?, part(months % 12)?, part(seconds / day)?, part(seconds % day)?)
        })
    }

    /// The sum, in the largest units.
    ///
    /// `None` when it is not a duration (`P1M` and `-P1D`) or too long.
    #[inline]
    pub fn checked_add(self, other: Duration) -> Option<Duration> {
        let months = self.total_months().checked_add(other.total_months())?;
        Duration::from_totals(months, self.total_nanos().checked_add(other.total_nanos())?)
    }

    /// The difference, in the largest units; `None` as for `checked_add`.
    #[inline]
    pub fn checked_sub(self, other: Duration) -> Option<Duration> {
        self.checked_add(-other)
    }

    /// So many times as long, in the largest units; `None` when it is too long.
    #[inline]
    pub fn checked_mul(self, factor: i64) -> Option<Duration> {
        let factor = i128::from(factor);
        Duration::from_totals(
            self.total_months().checked_mul(factor)?,
            self.total_nanos().checked_mul(factor)?,
        )
    }

    /// Nanoseconds from 1970 to the end of this duration if it begins on the first day of a month.
    #[inline]
    fn end(self, year: i128, month: i128) -> i128 {
        // The calendar repeats every 4800 months; the rest is small.
        let months = year * 12 + month - 1 + self.total_months();
        let (cycles, rest) = (months.div_euclid(4800), months.rem_euclid(4800));
        let days = days_of((rest / 12) as i64, (rest % 12 + 1) as u8, 1);
        (cycles * 146_097 + i128::from(days)) * DAY_NANOS + self.total_nanos()
    }
}

/// These components without those that are 0, the seconds, less than a day, as hours, minutes and seconds.
#[inline]
fn largest(years: u64, months: u64, days: u64, seconds: u64) -> Duration {
    let mut all = Duration::ZERO;
    for (value, with) in [
        (years, Duration::with_years as fn(Duration, u64) -> Duration),
        (months, Duration::with_months),
        (days, Duration::with_days),
        (seconds / 3600, Duration::with_hours),
        (seconds / 60 % 60, Duration::with_minutes),
        (seconds % 60, Duration::with_seconds),
    ] {
        if value > 0 {
            all = with(all, value);
        }
    }
    all
}

impl Neg for Duration {
    type Output = Duration;

    #[inline]
    fn neg(self) -> Duration {
        self.negated()
    }
}

/// Equal are those with as many months and as many seconds, whatever their components: `P1Y` and `P12M`.
impl PartialEq for Duration {
    #[inline]
    fn eq(&self, other: &Duration) -> bool {
        (self.total_months(), self.total_nanos()) == (other.total_months(), other.total_nanos())
    }
}

impl Eq for Duration {}

impl Hash for Duration {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.total_months(), self.total_nanos()).hash(state);
    }
}

/// One is shorter than another if it is from each of the four days that XML Schema Part 2 names in
/// section 3.2.6.2, which see months of all lengths.
impl PartialOrd for Duration {
    #[inline]
    fn partial_cmp(&self, other: &Duration) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        let compare = |(year, month)| self.end(year, month).cmp(&other.end(year, month));
        let [first, rest @ ..] = [(1696, 9), (1697, 2), (1903, 3), (1903, 7)].map(compare);
        (first != Ordering::Equal && rest.iter().all(|order| *order == first)).then_some(first)
    }
}

/// In days, hours, minutes and seconds.
impl From<std::time::Duration> for Duration {
    #[inline]
    fn from(value: std::time::Duration) -> Duration {
        let (day, seconds) = (DAY.unsigned_abs(), value.as_secs());
        let fraction = Fraction::new(value.subsec_nanos()).unwrap_or(Fraction::NONE);
        Duration { fraction, ..largest(0, 0, seconds / day, seconds % day) }
    }
}

impl TryFrom<Duration> for std::time::Duration {
    type Error = Invalid;

    /// # Errors
    /// When it is negative, has years or months, or is too long.
    #[inline]
    fn try_from(value: Duration) -> Result<std::time::Duration, Invalid> {
        let seconds = match (value.total_months(), u128::try_from(value.total_nanos())) {
            (0, Ok(nanos)) => u64::try_from(nanos / NANOS.unsigned_abs()).ok(),
            _ => None,
        };
        match seconds {
            Some(seconds) => Ok(std::time::Duration::new(seconds, value.fraction.nanos)),
            None => Err(Invalid::literal(&value.to_string(), "time::Duration")),
        }
    }
}

impl DateTime {
    /// This much later, or earlier for a negative duration, in the same time zone (XML Schema Part 2,
    /// appendix E): first by months, to the month's last day at most, then by the rest.
    ///
    /// `None` when the year is beyond an `i32`.
    #[inline]
    pub fn checked_add(self, duration: Duration) -> Option<DateTime> {
        let months = i128::from(astronomical(self.year())) * 12 + i128::from(self.month()) - 1;
        let months = months.checked_add(duration.total_months())?;
        let year = i64::try_from(months.div_euclid(12)).ok()?;
        common(year)?;
        let month = (months.rem_euclid(12) + 1) as u8;
        let day = self.day().min(month_length(year, month));
        let seconds = days_of(year, month, day) * DAY + self.clock.seconds();
        let nanos = i128::from(seconds) * NANOS + i128::from(self.nanosecond()) + duration.total_nanos();
        let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
        let fraction = Fraction::new(u32::try_from(nanos.rem_euclid(NANOS)).ok()?)?;
        let fraction = fraction.with_digits(fraction.digits.max(self.clock.fraction.digits));
        let moved = DateTime::at(seconds, fraction, None)?;
        Some(DateTime { zone: self.zone, ..moved })
    }
}
