//! Parts of dates: xs:gYear, xs:gYearMonth, xs:gMonth, xs:gMonthDay, xs:gDay.

use super::calendar::{Moment, astronomical, month_length};
use super::moments;
use super::scan::{Buffer, Scan};
use super::zone::Zone;
use crate::rt::Blank;
use crate::rt::error::Invalid;

// Where a part is missing, these stand for it: a leap year with January first.
const YEAR: i32 = 2000;

/// A leap year has the longest of each month.
fn fits(month: u8, day: u8) -> bool {
    day >= 1 && day <= month_length(i64::from(YEAR), month)
}

/// One type. `$test` tells which values exist; `$read` and `$render` are the literal without zone; `$begin`
/// is the day it begins with.
macro_rules! part {
    (
        $(#[$doc:meta])*
        $type:ident, $local:literal, $blank:expr,
        { $($(#[$field_doc:meta])* $field:ident: $field_type:ty),* },
        |$scan:ident| $read:expr,
        |$this:ident, $out:ident| $render:expr,
        $test:expr,
        $begin:expr $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $type {
            $($field: $field_type,)*
            zone: Option<Zone>,
        }

        impl $type {
            /// The value without time zone.
            ///
            /// # Errors
            /// When the calendar does not have it.
            #[inline]
            pub fn new($($field: $field_type),*) -> Result<$type, Invalid> {
                if $test {
                    return Ok($type { $($field,)* zone: None });
                }
                let text = [$($field.to_string()),*].join("-");
                Err(Invalid::literal(&text, stringify!($type)))
            }

            $(
                $(#[$field_doc])*
                #[inline]
                pub fn $field(self) -> $field_type {
                    self.$field
                }
            )*

            fn read($scan: &mut Scan<'_>) -> Option<$type> {
                #[allow(unused_parens)]
                let ($($field),*) = $read;
                if !$test {
                    return None;
                }
                Some($type { $($field,)* zone: Zone::read($scan)? })
            }

            #[inline]
            fn render(self, $out: &mut Buffer) {
                let $this = self;
                $render;
                if let Some(zone) = self.zone {
                    zone.render($out);
                }
            }

            #[inline]
            fn moment(self) -> Moment {
                let $type { $($field,)* zone } = self;
                let (year, month, day) = $begin;
                Moment::of(astronomical(year), month, day, zone)
            }
        }

        impl Blank for $type {
            fn blank() -> $type {
                $blank
            }
        }

        moments!($type, $local);
    };
}

part! {
    /// A year of the calendar, with or without time zone: xs:gYear.
    ///
    /// Valid literals: `2024`, `2024Z`, `12024+01:00`, `-0044`. Invalid: `24`, `0000`, `02024`, `+2024`.
    GYear, "gYear", GYear { year: 1, zone: None },
    {
        /// The year, which is never 0; -1 is 1 BCE.
        year: i32
    },
    |scan| scan.year()?,
    |this, out| out.year(this.year),
    year != 0,
    (year, 1, 1),
}

part! {
    /// A month of a certain year, with or without time zone: xs:gYearMonth.
    ///
    /// Valid literals: `2024-02`, `2024-02Z`, `-0044-03-05:00`. Invalid: `2024-13`, `2024-2`, `0000-01`.
    GYearMonth, "gYearMonth", GYearMonth { year: 1, month: 1, zone: None },
    {
        /// The year, which is never 0; -1 is 1 BCE.
        year: i32,
        /// The month, from 1.
        month: u8
    },
    |scan| {
        let year = scan.year()?;
        scan.skip(b'-')?;
        (year, scan.pair()?)
    },
    |this, out| {
        out.year(this.year);
        out.push(b'-');
        out.pair(this.month);
    },
    year != 0 && fits(month, 1),
    (year, month, 1),
}

part! {
    /// A month of every year, with or without time zone: xs:gMonth.
    ///
    /// Valid literals: `--02`, `--12Z`. Invalid: `--13`, `--2`, `02`, `--02--` (of XML Schema's first edition
    /// only).
    GMonth, "gMonth", GMonth { month: 1, zone: None },
    {
        /// The month, from 1.
        month: u8
    },
    |scan| {
        scan.skip(b'-')?;
        scan.skip(b'-')?;
        scan.pair()?
    },
    |this, out| {
        out.push(b'-');
        out.push(b'-');
        out.pair(this.month);
    },
    fits(month, 1),
    (YEAR, month, 1),
}

part! {
    /// A day of every year, with or without time zone: xs:gMonthDay.
    ///
    /// Valid literals: `--02-29`, `--12-25Z`. Invalid: `--02-30`, `--4-01`, `-02-29`.
    GMonthDay, "gMonthDay", GMonthDay { month: 1, day: 1, zone: None },
    {
        /// The month, from 1.
        month: u8,
        /// The day of the month, from 1.
        day: u8
    },
    |scan| {
        scan.skip(b'-')?;
        scan.skip(b'-')?;
        let month = scan.pair()?;
        scan.skip(b'-')?;
        (month, scan.pair()?)
    },
    |this, out| {
        out.push(b'-');
        out.push(b'-');
        out.pair(this.month);
        out.push(b'-');
        out.pair(this.day);
    },
    fits(month, day),
    (YEAR, month, day),
}

part! {
    /// A day of every month, with or without time zone: xs:gDay.
    ///
    /// Valid literals: `---01`, `---31Z`. Invalid: `---32`, `---1`, `31`.
    GDay, "gDay", GDay { day: 1, zone: None },
    {
        /// The day of the month, from 1.
        day: u8
    },
    |scan| {
        scan.skip(b'-')?;
        scan.skip(b'-')?;
        scan.skip(b'-')?;
        scan.pair()?
    },
    |this, out| {
        out.push(b'-');
        out.push(b'-');
        out.push(b'-');
        out.pair(this.day);
    },
    fits(1, day),
    (YEAR, 1, day),
}
