//! `Span`: where something stands in the inputs, and the map from offsets to lines and columns.

use std::rc::Rc;

/// A place in an input file. Lines and columns are 1-based, columns count characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// Name of the file as the inputs name it; built-in components have `(built in)`.
    pub file: Rc<str>,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: u32,
    /// Column in characters, from 1; 0 when the whole file is meant.
    pub column: u32,
}

/// Turns byte offsets of a text into places, in any order.
#[derive(Clone, Debug)]
pub struct LineMap<'a> {
    file: Rc<str>,
    text: &'a str,
    /// Offset of the start of each line.
    starts: Vec<usize>,
}

impl<'a> LineMap<'a> {
    /// A map of `text`, the content of `file`.
    pub fn new(file: Rc<str>, text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { file, text, starts }
    }

    /// The place of an offset; one beyond the end means the end.
    pub fn span(&self, offset: usize) -> Span {
        // The first start is 0, so at least one is not above the offset.
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..).unwrap_or("").char_indices();
        let column = before.take_while(|(i, _)| start + i < offset).count() + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { file: self.file.clone(), line: number(line), column: number(column) }
    }
}

#[cfg(test)]
mod tests {
    use super::LineMap;

    #[test]
    fn places() {
        let map = LineMap::new("f".into(), "aé\nb\n");
        let at = |offset| (map.span(offset).line, map.span(offset).column);
        assert_eq!([at(0), at(3), at(4), at(6)], [(1, 1), (1, 3), (2, 1), (3, 1)]);
        assert_eq!(at(99), (3, 1));
    }
}
