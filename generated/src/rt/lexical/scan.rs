//! Reading literals byte by byte, and the small buffer on the stack that they are written to.

/// What is left of a literal.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Scan<'a> {
        Scan { rest: text.as_bytes() }
    }

    /// Succeeds when nothing is left.
    #[inline]
    pub(super) fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }

    /// The next byte, which it passes.
    #[inline]
    pub(super) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Passes this byte.
    #[inline]
    pub(super) fn skip(&mut self, byte: u8) -> Option<()> {
        match self.rest {
            [first, rest @ ..] if *first == byte => {
                self.rest = rest;
                Some(())
            }
            _ => None,
        }
    }

    /// Two digits.
    #[inline]
    pub(super) fn pair(&mut self) -> Option<u8> {
        let [tens, ones, rest @ ..] = self.rest else { return None };
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        if tens > 9 || ones > 9 {
            return None;
        }
        self.rest = rest;
        Some(tens * 10 + ones)
    }

    /// All digits that follow; none is allowed here.
    #[inline]
    pub(super) fn digits(&mut self) -> &'a [u8] {
        let mut count = 0;
        while self.rest.get(count).is_some_and(u8::is_ascii_digit) {
            count += 1;
        }
        let (digits, rest) = self.rest.split_at_checked(count).unwrap_or_default();
        self.rest = rest;
        digits
    }

    /// A year: at least four digits, more only without leading zeros, not 0000.
    #[inline]
    pub(super) fn year(&mut self) -> Option<i32> {
        // Nearly all are like this.
        if let [_, _, _, _, b'-', ..] = self.rest {
            let year = i32::from(self.pair()?) * 100 + i32::from(self.pair()?);
            return (year != 0).then_some(year);
        }
        let negative = self.skip(b'-').is_some();
        let digits = self.digits();
        if digits.len() < 4 || (digits.len() > 4 && digits.first() == Some(&b'0')) {
            return None;
        }
        match i32::try_from(number(digits)?) {
            Ok(0) => None,
            Ok(year) if negative => Some(-year),
            Ok(year) => Some(year),
            Err(_) if negative && number(digits)? == u64::from(i32::MIN.unsigned_abs()) => Some(i32::MIN),
            Err(_) => None,
        }
    }
}

/// The value of digits, if it fits.
#[inline]
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for digit in digits {
        value = value.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0')))?;
    }
    Some(value)
}

/// The digits of a number less than 100.
#[inline]
pub(super) fn pair(value: u8) -> [u8; 2] {
    [b'0' + value / 10 % 10, b'0' + value % 10]
}

/// Room for the longest literal of a date or time:
/// `-2147483648-12-31T23:59:59.999999999+14:00` has 42 bytes.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: [u8; 48],
    len: usize,
}

impl Buffer {
    pub(super) fn new() -> Buffer {
        Buffer { bytes: [0; 48], len: 0 }
    }

    /// Appends bytes, if there is room for all of them.
    #[inline]
    pub(super) fn append<const LEN: usize>(&mut self, bytes: [u8; LEN]) {
        if let Some(room) = self.bytes.get_mut(self.len..).and_then(|rest| rest.first_chunk_mut()) {
            *room = bytes;
            self.len += LEN;
        }
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        self.append([byte]);
    }

    /// Two digits of a number less than 100.
    #[inline]
    pub(super) fn pair(&mut self, value: u8) {
        self.append(pair(value));
    }

    /// A year with its sign and at least four digits.
    #[inline]
    pub(super) fn year(&mut self, year: i32) {
        if let 0..=9999 = year {
            let ([a, b], [c, d]) = (pair((year / 100) as u8), pair((year % 100) as u8));
            return self.append([a, b, c, d]);
        }
        if year < 0 {
            self.push(b'-');
        }
        let year = year.unsigned_abs();
        let mut unit = 1000;
        while year / unit >= 10 {
            unit *= 10;
        }
        while unit > 0 {
            self.push(b'0' + (year / unit % 10) as u8);
            unit /= 10;
        }
    }

    /// Only ASCII.
    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    #[inline]
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_read_and_write_in_the_whole_range() {
        for year in [1, 999, 2024, 9999, 10_000, 123_456, i32::MAX, -1, -9999, -10_000, i32::MIN] {
            let mut out = Buffer::new();
            out.year(year);
            let mut scan = Scan::new(out.as_str());
            assert_eq!((scan.year(), scan.end()), (Some(year), Some(())), "{}", out.as_str());
        }
        for text in [
            "",
            "-",
            "0000",
            "0000-",
            "-999-01",
            "123é-",
            "-0000",
            "999",
            "01999",
            "2147483648",
            "-2147483649",
            "+2000",
            "--2000",
        ] {
            assert_eq!(Scan::new(text).year(), None, "{text}");
        }
    }

    #[test]
    fn a_full_buffer_takes_no_more() {
        let mut out = Buffer::new();
        for _ in 0..100 {
            out.pair(42);
        }
        assert_eq!(out.as_str().len(), 48);
    }
}
