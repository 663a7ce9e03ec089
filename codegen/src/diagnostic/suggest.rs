//! "Did you mean": the nearest of the known names.

/// The candidate with the smallest edit distance to `wanted`, when it is near enough to be meant.
/// Ties go to the first in the order given.
pub fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wanted.chars().count() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let bound = best.map_or(limit + 1, |(distance, _)| distance);
        if candidate.len().abs_diff(wanted.len()) > 4 * bound {
            continue;
        }
        let distance = distance(wanted, candidate, bound);
        if distance < bound {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name)
}

/// Edit distance, or anything not below `bound` once it cannot be.
fn distance(a: &str, b: &str, bound: usize) -> usize {
    if a.eq_ignore_ascii_case(b) {
        return 0;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut smallest = left;
        for (j, cb) in b.iter().enumerate() {
            // `row` has one entry more than `b`, so `j + 1` is in range.
            let above = row[j + 1];
            let here = (diagonal + usize::from(ca != *cb)).min(above + 1).min(left + 1);
            row[j] = left;
            diagonal = above;
            left = here;
            smallest = smallest.min(here);
        }
        row[b.len()] = left;
        if smallest >= bound {
            return bound;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting", 9), 3);
        assert_eq!(distance("", "abc", 9), 3);
        assert_eq!(distance("abc", "", 9), 3);
        assert_eq!(distance("Abc", "aBC", 9), 0);
    }

    #[test]
    fn only_near_names_are_suggested() {
        let names = ["ItemIdType", "FolderIdType", "string"];
        assert_eq!(closest("ItemIdTyp", names), Some("ItemIdType"));
        assert_eq!(closest("itemidtype", names), Some("ItemIdType"));
        assert_eq!(closest("strng", names), Some("string"));
        assert_eq!(closest("Persona", names), None);
    }
}
