//! `Page`: which of the people found are shown (UCS F4).

use std::ops::Range;

use super::Refusal;

/// People on one page, at most, whatever is asked for.
pub const PAGE_LIMIT: usize = 1000;

/// From where the offset of a page counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// From the first, forwards.
    Beginning,
    /// From the last, backwards: the page ends so far before the end.
    End,
}

/// A part of what is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Page {
    base: Base,
    offset: usize,
    size: usize,
}

impl Page {
    /// The page of at most `size` people, that many from the beginning or the end.
    ///
    /// # Errors
    /// When the offset is negative, or the page has no place for anybody.
    pub fn new(base: Base, offset: i32, size: Option<i32>) -> Result<Page, Refusal> {
        let offset = usize::try_from(offset).map_err(|_| Refusal::NegativeOffset)?;
        let size = match size {
            None => PAGE_LIMIT,
            Some(size) => usize::try_from(size).ok().filter(|size| *size > 0).ok_or(Refusal::EmptyPage)?,
        };
        Ok(Page { base, offset, size: size.min(PAGE_LIMIT) })
    }

    /// The places of the page among so many.
    pub fn of(self, total: usize) -> Range<usize> {
        let offset = self.offset.min(total);
        match self.base {
            Base::Beginning => offset..(offset + self.size).min(total),
            Base::End => (total - offset).saturating_sub(self.size)..total - offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(base: Base, offset: i32, size: i32, total: usize) -> Range<usize> {
        Page::new(base, offset, Some(size)).map_or(0..0, |page| page.of(total))
    }

    /// UCS F4.
    #[test]
    fn pages_count_from_either_end() {
        assert_eq!(page(Base::Beginning, 0, 10, 25), 0..10);
        assert_eq!(page(Base::Beginning, 20, 10, 25), 20..25);
        assert_eq!(page(Base::Beginning, 25, 10, 25), 25..25);
        assert_eq!(page(Base::Beginning, i32::MAX, i32::MAX, 25), 25..25);
        assert_eq!(page(Base::End, 25, 10, 100), 65..75);
        assert_eq!(page(Base::End, 0, 10, 25), 15..25);
        assert_eq!(page(Base::End, 20, 10, 25), 0..5);
        assert_eq!(page(Base::End, 30, 10, 25), 0..0);
        assert_eq!(Page::new(Base::Beginning, 0, None).map(|page| page.of(5000)), Ok(0..PAGE_LIMIT));
        assert_eq!(page(Base::Beginning, 0, 5000, 5000), 0..PAGE_LIMIT);
    }

    /// UCS F4.
    #[test]
    fn impossible_pages_are_refused() {
        assert_eq!(Page::new(Base::End, -1, Some(1)), Err(Refusal::NegativeOffset));
        assert_eq!(Page::new(Base::End, 0, Some(0)), Err(Refusal::EmptyPage));
        assert_eq!(Page::new(Base::End, 0, Some(i32::MIN)), Err(Refusal::EmptyPage));
    }
}
