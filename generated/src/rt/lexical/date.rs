//! `Date`: xs:date.

use super::calendar::{Day, Moment};
use super::moments;
use super::scan::{Buffer, Scan};
use super::zone::Zone;
use crate::rt::Blank;
use crate::rt::error::Invalid;

/// A day of the calendar, with or without time zone: xs:date.
///
/// Valid literals: `2024-02-29`, `2024-02-29Z`, `2024-02-29+13:00`, `-0044-03-15`, `12024-01-01`. Invalid:
/// `0000-01-01` (there is no year zero), `2023-02-29`, `24-01-01`, `+2024-01-01`, `2024-1-1`.
///
/// Year -1 is 1 BCE, which is a leap year. Days compare by the instant at which they begin.
#[derive(Clone, Copy)]
pub struct Date {
    pub(super) day: Day,
    pub(super) zone: Option<Zone>,
}

impl Date {
    /// A date without time zone.
    ///
    /// # Errors
    /// When there is no such day.
    #[inline]
    pub fn new(year: i32, month: u8, day: u8) -> Result<Date, Invalid> {
        match Day::new(year, month, day) {
            Some(day) => Ok(Date { day, zone: None }),
            None => Err(Invalid::literal(&format!("{year:04}-{month:02}-{day:02}"), "Date")),
        }
    }

    #[inline]
    fn read(scan: &mut Scan<'_>) -> Option<Date> {
        Some(Date { day: Day::read(scan)?, zone: Zone::read(scan)? })
    }

    #[inline]
    fn render(self, out: &mut Buffer) {
        self.day.render(out);
        if let Some(zone) = self.zone {
            zone.render(out);
        }
    }

    #[inline]
    fn moment(self) -> Moment {
        Moment::new(self.day.days() * super::calendar::DAY, 0, self.zone)
    }
}

impl Blank for Date {
    fn blank() -> Date {
        Date { day: Day::BLANK, zone: None }
    }
}

/// Accessors of what has a field `day`.
macro_rules! dated {
    ($type:ident) => {
        impl $type {
            /// The year, which is never 0; -1 is 1 BCE.
            #[inline]
            pub fn year(self) -> i32 {
                self.day.year
            }

            /// The month, from 1.
            #[inline]
            pub fn month(self) -> u8 {
                self.day.month
            }

            /// The day of the month, from 1.
            #[inline]
            pub fn day(self) -> u8 {
                self.day.day
            }
        }
    };
}
pub(super) use dated;

dated!(Date);
moments!(Date, "date");
