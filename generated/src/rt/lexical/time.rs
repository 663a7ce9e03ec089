//! `Time`: xs:time.

use super::calendar::{Clock, DAY, Fraction, Moment};
use super::moments;
use super::scan::{Buffer, Scan};
use super::zone::Zone;
use crate::rt::Blank;
use crate::rt::error::Invalid;

/// A time of day, with or without time zone: xs:time.
///
/// Valid literals: `13:20:00`, `13:20:00.100Z`, `13:20:00-05:00`, `24:00:00`. Invalid: `13:20`, `5:20:00`,
/// `23:59:60` (no leap seconds), `24:00:01`, `13:20:00.`.
///
/// Fractions of a second are kept as [`DateTime`](super::DateTime) keeps them. Times compare as on one and
/// the same day (`00:30:00+01:00` is before `23:45:00Z`); `24:00:00` equals `00:00:00`.
#[derive(Clone, Copy)]
pub struct Time {
    pub(super) clock: Clock,
    pub(super) zone: Option<Zone>,
}

impl Time {
    /// A time without time zone and fraction; 24:00:00 is allowed.
    ///
    /// # Errors
    /// When there is no such time.
    #[inline]
    pub fn new(hour: u8, minute: u8, second: u8) -> Result<Time, Invalid> {
        match Clock::new(hour, minute, second, Fraction::NONE) {
            Some(clock) => Ok(Time { clock, zone: None }),
            None => Err(Invalid::literal(&format!("{hour:02}:{minute:02}:{second:02}"), "Time")),
        }
    }

    #[inline]
    fn read(scan: &mut Scan<'_>) -> Option<Time> {
        Some(Time { clock: Clock::read(scan)?, zone: Zone::read(scan)? })
    }

    #[inline]
    fn render(self, out: &mut Buffer) {
        self.clock.render(out);
        if let Some(zone) = self.zone {
            zone.render(out);
        }
    }

    #[inline]
    fn moment(self) -> Moment {
        Moment::new(self.clock.seconds() % DAY, self.clock.fraction.nanos, self.zone)
    }
}

impl Blank for Time {
    fn blank() -> Time {
        Time { clock: Clock::BLANK, zone: None }
    }
}

/// Accessors of what has a field `clock`.
macro_rules! clocked {
    ($type:ident) => {
        impl $type {
            /// The hour, to 23; 24 if written as 24:00:00.
            #[inline]
            pub fn hour(self) -> u8 {
                self.clock.hour
            }

            /// The minute, to 59.
            #[inline]
            pub fn minute(self) -> u8 {
                self.clock.minute
            }

            /// The second, to 59.
            #[inline]
            pub fn second(self) -> u8 {
                self.clock.second
            }

            /// The fraction of the second in nanoseconds, less than 1,000,000,000.
            #[inline]
            pub fn nanosecond(self) -> u32 {
                self.clock.fraction.nanos
            }

            /// How many digits of the fraction are written: none to nine.
            #[inline]
            pub fn fraction_digits(self) -> u8 {
                self.clock.fraction.digits
            }

            /// With this fraction of the second, written with as many digits as it needs.
            ///
            /// # Errors
            /// When it is a second or more, or not 0 at 24:00:00.
            #[inline]
            pub fn with_nanosecond(self, nanos: u32) -> Result<$type, $crate::rt::Invalid> {
                let Clock { hour, minute, second, .. } = self.clock;
                match Fraction::new(nanos).and_then(|fraction| Clock::new(hour, minute, second, fraction)) {
                    Some(clock) => Ok($type { clock, ..self }),
                    None => Err($crate::rt::Invalid::literal(&nanos.to_string(), "Nanosecond")),
                }
            }

            /// With the fraction written with this many digits, nine at most: cut, not rounded, or filled
            /// with zeros.
            #[must_use]
            #[inline]
            pub fn with_fraction_digits(self, digits: u8) -> $type {
                let fraction = self.clock.fraction.with_digits(digits);
                $type { clock: Clock { fraction, ..self.clock }, ..self }
            }
        }
    };
}
pub(super) use clocked;

clocked!(Time);
moments!(Time, "time");
