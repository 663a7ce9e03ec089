//! Time zones as XML Schema writes them: `Z` or a signed offset of hours and minutes.

use std::fmt;
use std::str::FromStr;

use super::scan::{Buffer, Scan};
use crate::rt::error::Invalid;
use crate::rt::simple::trim;

/// The time zone of a date or time: `Z`, or an offset such as `+01:00`.
///
/// Two zones are equal when they are written the same: `Z`, `+00:00` and `-00:00` all differ, though the
/// dates and times that they stand at compare equal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Zone {
    /// `Z`.
    Utc,
    /// `+hh:mm` or `-hh:mm`.
    Offset(Offset),
}

/// A written offset from UTC, from `-14:00` to `+14:00`, in minutes.
///
/// Remembers its sign, so that `-00:00` is not rewritten to `+00:00`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offset {
    negative: bool,
    minutes: u16,
}

const LARGEST: u16 = 14 * 60;

impl Offset {
    /// The offset of this many minutes east of UTC; 0 is `+00:00`.
    ///
    /// # Errors
    /// When it is not between -840 and 840 (fourteen hours).
    #[inline]
    pub fn new(minutes: i16) -> Result<Offset, Invalid> {
        match minutes.unsigned_abs() {
            size @ ..=LARGEST => Ok(Offset { negative: minutes < 0, minutes: size }),
            _ => Err(Invalid::literal(&minutes.to_string(), "Offset")),
        }
    }

    /// Minutes east of UTC.
    #[inline]
    pub fn minutes(self) -> i16 {
        // At most 840.
        let size = i16::try_from(self.minutes).unwrap_or(0);
        if self.negative { -size } else { size }
    }
}

impl From<Offset> for Zone {
    #[inline]
    fn from(offset: Offset) -> Zone {
        Zone::Offset(offset)
    }
}

impl Zone {
    /// The zone this many minutes east of UTC, as an offset; 0 is `+00:00`.
    ///
    /// # Errors
    /// When it is not between -840 and 840 (fourteen hours).
    #[inline]
    pub fn offset(minutes: i16) -> Result<Zone, Invalid> {
        Offset::new(minutes).map(Zone::Offset)
    }

    /// Minutes east of UTC; 0 for `Z`.
    #[inline]
    pub fn minutes(self) -> i16 {
        match self {
            Zone::Utc => 0,
            Zone::Offset(offset) => offset.minutes(),
        }
    }

    /// Seconds east of UTC.
    pub(super) fn seconds(self) -> i32 {
        i32::from(self.minutes()) * 60
    }

    /// The zone at that many seconds east of UTC: `Z` for none.
    #[cfg(any(feature = "chrono", feature = "time", feature = "jiff"))]
    pub(super) fn from_seconds(seconds: i32) -> Result<Zone, Invalid> {
        if seconds == 0 {
            return Ok(Zone::Utc);
        }
        match i16::try_from(seconds / 60) {
            Ok(minutes) if seconds % 60 == 0 => Zone::offset(minutes),
            _ => Err(Invalid::literal(&seconds.to_string(), "Offset")),
        }
    }

    /// The zone at the end of a literal, which must end with it; none when the literal has ended.
    #[inline]
    pub(super) fn read(scan: &mut Scan<'_>) -> Option<Option<Zone>> {
        let Some(sign) = scan.next() else { return Some(None) };
        let negative = match sign {
            b'Z' => {
                scan.end()?;
                return Some(Some(Zone::Utc));
            }
            b'+' => false,
            b'-' => true,
            _ => return None,
        };
        let hour = u16::from(scan.pair()?);
        scan.skip(b':')?;
        let minute = u16::from(scan.pair()?);
        scan.end()?;
        let minutes = hour * 60 + minute;
        (minute < 60 && minutes <= LARGEST).then_some(Some(Zone::Offset(Offset { negative, minutes })))
    }

    #[inline]
    pub(super) fn render(self, out: &mut Buffer) {
        match self {
            Zone::Utc => out.push(b'Z'),
            Zone::Offset(Offset { negative, minutes }) => {
                out.push(if negative { b'-' } else { b'+' });
                // At most 14 and 59.
                out.pair((minutes / 60) as u8);
                out.push(b':');
                out.pair((minutes % 60) as u8);
            }
        }
    }
}

impl fmt::Display for Zone {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Buffer::new();
        self.render(&mut out);
        f.pad(out.as_str())
    }
}

impl fmt::Display for Offset {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Zone::Offset(*self).fmt(f)
    }
}

impl fmt::Debug for Offset {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Zone::Offset(*self).fmt(f)
    }
}

impl FromStr for Zone {
    type Err = Invalid;

    #[inline]
    fn from_str(text: &str) -> Result<Zone, Invalid> {
        let text = trim(text);
        Zone::read(&mut Scan::new(text)).flatten().ok_or_else(|| super::literal(text, "Offset"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_keep_how_they_were_written() {
        for (text, minutes) in [("Z", 0), ("+00:00", 0), ("-00:00", 0), ("+14:00", 840), ("-13:59", -839)] {
            let zone: Zone = text.parse().unwrap();
            assert_eq!((zone.to_string().as_str(), zone.minutes()), (text, minutes));
        }
        for text in
            ["", "z", "+0000", "+00", "+1:00", "+14:01", "-15:00", "+00:60", "Z ", "ZZ", "+00:00Z", "00:00"]
        {
            assert_eq!(text.parse::<Zone>().is_ok(), text == "Z ", "{text}");
        }
    }

    #[test]
    fn offsets_are_checked() {
        assert_eq!(Zone::offset(-90).unwrap().to_string(), "-01:30");
        assert_eq!(Zone::offset(0).unwrap().to_string(), "+00:00");
        for minutes in [841, -841, i16::MAX, i16::MIN] {
            assert!(Offset::new(minutes).is_err());
        }
        assert_eq!(size_of::<Option<Zone>>(), 4);
    }
}
