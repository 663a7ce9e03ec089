//! `Duration`: xs:duration.

use std::fmt::{self, Write};

use super::calendar::Fraction;
use super::scan::{Scan, number};
use super::{from_text, literal, ordered, shown_by_text};
use crate::rt::Blank;
use crate::rt::TypeName;
use crate::rt::error::Invalid;
use crate::rt::simple::{Simple, Text, builtin, trim};

/// A length of time in years, months, days, hours, minutes and seconds: xs:duration.
///
/// Valid literals: `P1Y2M3DT4H5M6.7S`, `PT0S`, `-P120D`, `P0Y`, `PT36H`. Invalid: `P`, `P1YT` (nothing after
/// the `T`), `P1S`, `P-1Y`, `P1.5D` (only seconds have a fraction), `PT.5S`, `P1M1Y`, `1D`.
///
/// Remembers which components were written and how, so that `P12M`, `P1Y` and `P01Y` are written as they
/// were read, though they are equal. Fractions keep up to nine digits, like those of
/// [`DateTime`](super::DateTime); a component beyond a `u64` is refused.
///
/// Months have different lengths, so that durations are ordered only in part: `P1M` is longer than `P27D`,
/// but neither longer nor shorter than `P30D`.
///
/// ```
/// # use oxws::rt::Duration;
/// let due: Duration = "PT90M".parse()?;
/// assert_eq!((due.hours(), due.minutes()), (None, Some(90)));
/// assert_eq!(due, Duration::ZERO.with_hours(1).with_minutes(30));
/// assert_eq!(std::time::Duration::try_from(due)?.as_secs(), 5400);
/// # Ok::<(), oxws::rt::Invalid>(())
/// ```
#[derive(Clone, Copy)]
pub struct Duration {
    /// In the order of `LETTERS`.
    pub(super) values: [u64; 6],
    /// Least number of digits to write; 0 when the component is absent.
    pub(super) digits: [u8; 6],
    pub(super) fraction: Fraction,
    pub(super) negative: bool,
}

const LETTERS: &[u8; 6] = b"YMDHMS";
/// Where the components after `T` begin.
const TIME: usize = 3;
const SECONDS: usize = 5;

macro_rules! components {
    ($($at:literal, $unit:literal, $get:ident, $with:ident;)*) => {
        impl Duration {$(
            #[doc = concat!("The ", $unit, " as written, without the sign of the whole, if they are.")]
            #[inline]
            pub fn $get(self) -> Option<u64> {
                (self.digits[$at] > 0).then_some(self.values[$at])
            }

            #[doc = concat!("With this many ", $unit, ", which do not carry over to a larger unit.")]
            #[must_use]
            #[inline]
            pub fn $with(mut self, $get: u64) -> Duration {
                self.values[$at] = $get;
                self.digits[$at] = 1;
                self
            }
        )*}
    };
}

components! {
    0, "years", years, with_years;
    1, "months", months, with_months;
    2, "days", days, with_days;
    3, "hours", hours, with_hours;
    4, "minutes", minutes, with_minutes;
    5, "whole seconds", seconds, with_seconds;
}

impl Duration {
    /// No time, written `PT0S` unless components are added.
    pub const ZERO: Duration =
        Duration { values: [0; 6], digits: [0; 6], fraction: Fraction::NONE, negative: false };

    /// Whether it is written with a minus sign.
    #[inline]
    pub fn is_negative(self) -> bool {
        self.negative
    }

    /// The fraction of the second in nanoseconds, less than 1,000,000,000.
    #[inline]
    pub fn subsec_nanos(self) -> u32 {
        self.fraction.nanos
    }

    /// How many digits of the fraction are written: none to nine.
    #[inline]
    pub fn fraction_digits(self) -> u8 {
        self.fraction.digits
    }

    /// With this fraction of the second, written with as many digits as it needs.
    ///
    /// # Errors
    /// When it is a second or more.
    #[inline]
    pub fn with_nanos(mut self, nanos: u32) -> Result<Duration, Invalid> {
        self.fraction =
            Fraction::new(nanos).ok_or_else(|| Invalid::literal(&nanos.to_string(), "Nanosecond"))?;
        Ok(self)
    }

    /// With the other sign.
    #[must_use]
    #[inline]
    pub fn negated(mut self) -> Duration {
        self.negative = !self.negative;
        self
    }

    fn read(scan: &mut Scan<'_>) -> Option<Duration> {
        let mut read = Duration { negative: scan.skip(b'-').is_some(), ..Duration::ZERO };
        scan.skip(b'P')?;
        // A component is one of those from `next` on, before or after the `T`.
        let (mut next, mut end) = (0, TIME);
        while scan.end().is_none() || next == 0 {
            if end == TIME && scan.skip(b'T').is_some() {
                (next, end) = (TIME, LETTERS.len());
            }
            let digits = scan.digits();
            if digits.is_empty() {
                return None;
            }
            let fraction = Fraction::read(scan)?;
            let letter = scan.next()?;
            let at = next + memchr::memchr(letter, LETTERS.get(next..end)?)?;
            if fraction.digits > 0 && at != SECONDS {
                return None;
            }
            *read.values.get_mut(at)? = number(digits)?;
            *read.digits.get_mut(at)? = u8::try_from(digits.len()).unwrap_or(u8::MAX);
            read.fraction = fraction;
            next = at + 1;
        }
        Some(read)
    }

    #[inline]
    fn render(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str(if self.negative { "-P" } else { "P" })?;
        let mut digits = self.digits;
        if digits == [0; 6] || self.fraction.digits > 0 {
            digits[SECONDS] = digits[SECONDS].max(1);
        }
        for (at, letter) in LETTERS.iter().enumerate() {
            if at == TIME && digits[TIME..] != [0; 3] {
                out.write_char('T')?;
            }
            let width = usize::from(digits[at]);
            if width == 0 {
                continue;
            }
            write!(out, "{:0width$}", self.values[at])?;
            if at == SECONDS && self.fraction.digits > 0 {
                let digits = self.fraction.digits.min(9);
                let shown = self.fraction.nanos / 10u32.pow(9 - u32::from(digits));
                write!(out, ".{shown:0width$}", width = usize::from(digits))?;
            }
            out.write_char(char::from(*letter))?;
        }
        Ok(())
    }
}

impl fmt::Display for Duration {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.render(&mut text)?;
        f.pad(&text)
    }
}

impl Simple for Duration {
    const TYPE: TypeName = builtin("duration");

    fn parse(text: &str) -> Result<Duration, Invalid> {
        let text = trim(text);
        Duration::read(&mut Scan::new(text)).ok_or_else(|| literal(text, "Duration"))
    }

    #[inline]
    fn write(&self, out: &mut Text<'_>) {
        // Writing to memory cannot fail.
        let _ = self.render(out);
    }
}

impl Blank for Duration {
    #[inline]
    fn blank() -> Duration {
        Duration::ZERO
    }
}

shown_by_text!(Duration);
ordered!(Duration);
from_text!(Duration);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_those_written() {
        let read: Duration = " -P01Y0M3DT10H30M12.50S ".parse().unwrap();
        assert_eq!(read.to_string(), "-P01Y0M3DT10H30M12.50S");
        assert!(read.is_negative() && read.negated().to_string().starts_with("P01Y"));
        assert_eq!((read.years(), read.months(), read.days()), (Some(1), Some(0), Some(3)));
        assert_eq!((read.hours(), read.minutes(), read.seconds()), (Some(10), Some(30), Some(12)));
        assert_eq!((read.subsec_nanos(), read.fraction_digits()), (500_000_000, 2));
        let read: Duration = "P12M".parse().unwrap();
        assert_eq!((read.years(), read.months(), read.seconds()), (None, Some(12), None));
    }

    #[test]
    fn it_is_built_from_components() {
        assert_eq!(Duration::ZERO.to_string(), "PT0S");
        assert_eq!(Duration::ZERO.with_days(3).to_string(), "P3D");
        assert_eq!(Duration::ZERO.with_minutes(0).to_string(), "PT0M");
        assert_eq!(Duration::ZERO.with_nanos(1_000_000).unwrap().negated().to_string(), "-PT0.001S");
        assert_eq!(Duration::ZERO.with_seconds(u64::MAX).to_string(), "PT18446744073709551615S");
        assert!(Duration::ZERO.with_nanos(1_000_000_000).is_err());
    }
}
