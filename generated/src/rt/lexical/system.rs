//! Conversion of `DateTime` to and from the standard library's `SystemTime`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::calendar::SECOND;
use super::datetime::DateTime;
use crate::rt::error::Invalid;

/// In UTC, with as many digits of the fraction as it needs.
impl TryFrom<SystemTime> for DateTime {
    type Error = Invalid;

    /// # Errors
    /// When the year is beyond an `i32`.
    #[inline]
    fn try_from(time: SystemTime) -> Result<DateTime, Invalid> {
        let found = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).ok().map(|seconds| (seconds, after.subsec_nanos())),
            Err(error) => {
                let before = error.duration();
                let seconds = 0i64.checked_sub_unsigned(before.as_secs());
                match before.subsec_nanos() {
                    0 => seconds.map(|seconds| (seconds, 0)),
                    nanos => seconds.and_then(|s| s.checked_sub(1)).map(|seconds| (seconds, SECOND - nanos)),
                }
            }
        };
        let (seconds, nanos) = found.ok_or_else(|| Invalid::literal(&format!("{time:?}"), "DateTime"))?;
        DateTime::from_unix(seconds, nanos)
    }
}

impl TryFrom<DateTime> for SystemTime {
    type Error = Invalid;

    /// # Errors
    /// When there is no time zone, or the system's clock does not reach that far.
    #[inline]
    fn try_from(value: DateTime) -> Result<SystemTime, Invalid> {
        let time = value.to_unix().and_then(|(seconds, nanos)| {
            let whole = Duration::from_secs(seconds.unsigned_abs());
            let second = match seconds {
                ..0 => UNIX_EPOCH.checked_sub(whole),
                _ => UNIX_EPOCH.checked_add(whole),
            };
            second?.checked_add(Duration::from_nanos(u64::from(nanos)))
        });
        time.ok_or_else(|| value.refused("SystemTime"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_go_both_ways() {
        for (text, seconds, nanos) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2024-02-29T13:20:00.000000001Z", 1_709_212_800, 1),
            ("1969-12-31T23:59:59.75Z", -1, 750_000_000),
            ("1969-12-31T23:59:58Z", -2, 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
        ] {
            let value: DateTime = text.parse().unwrap();
            assert_eq!(value.to_unix(), Some((seconds, nanos)), "{text}");
            let time = SystemTime::try_from(value).unwrap();
            assert_eq!(DateTime::try_from(time).unwrap().to_string(), text);
        }
        assert!(DateTime::try_from(SystemTime::now()).is_ok());
        assert!(SystemTime::try_from("2024-01-01T00:00:00".parse::<DateTime>().unwrap()).is_err());
    }

    #[test]
    fn far_instants_are_refused() {
        if let Some(far) = UNIX_EPOCH.checked_add(Duration::from_secs(1 << 60)) {
            assert!(DateTime::try_from(far).is_err());
        }
    }
}
