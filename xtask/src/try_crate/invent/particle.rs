//! Content as a tree, so that it can be restricted.

use fastrand::Rng;

/// A particle.
#[derive(Clone, Debug)]
pub(super) struct Particle {
    pub(super) min: u32,
    /// `None` for unbounded.
    pub(super) max: Option<u32>,
    pub(super) term: Term,
}

/// What occurs.
#[derive(Clone, Debug)]
pub(super) enum Term {
    /// An element, a wildcard or a reference: what stands in its tag, and in it.
    Leaf { tag: String, inner: String },
    /// `sequence`, `choice` or `all`.
    Group(&'static str, Vec<Particle>),
}

impl Particle {
    pub(super) fn once(term: Term) -> Particle {
        Particle { min: 1, max: Some(1), term }
    }

    pub(super) fn leaf(tag: String) -> Particle {
        Particle::once(Term::Leaf { tag, inner: String::new() })
    }

    pub(super) fn occurring(mut self, (min, max): (u32, Option<u32>)) -> Particle {
        (self.min, self.max) = (min, max);
        self
    }

    /// Whether nothing is enough. References count as needing something.
    pub(super) fn is_emptiable(&self) -> bool {
        self.min == 0
            || match &self.term {
                Term::Leaf { .. } => false,
                Term::Group("choice", parts) => parts.iter().any(Particle::is_emptiable),
                Term::Group(_, parts) => parts.iter().all(Particle::is_emptiable),
            }
    }

    /// Whether each element of it tells which time it is, when it occurs several times (Unique Particle Attribution).
    pub(super) fn is_repeatable(&self) -> bool {
        let once = (self.min, self.max) == (1, Some(1));
        match &self.term {
            Term::Leaf { tag, .. } => once && tag.starts_with("element"),
            Term::Group("choice", parts) => once && parts.iter().all(Particle::is_repeatable),
            // The one that it begins with may stand at its end once more.
            Term::Group(_, parts) => {
                let ends_as_it_begins = || match (&parts[0].term, parts.last().map(|part| &part.term)) {
                    (Term::Leaf { tag: first, .. }, Some(Term::Leaf { tag: last, .. })) => first == last,
                    _ => false,
                };
                once && parts[0].is_repeatable() && (parts.len() == 1 || !ends_as_it_begins())
            }
        }
    }

    /// The same, several times only where that can be told apart.
    pub(super) fn occurring_clearly(self, (min, max): (u32, Option<u32>)) -> Particle {
        if self.is_repeatable() { self.occurring((min, max)) } else { self.occurring((min.min(1), Some(1))) }
    }

    /// Writes it as XML.
    pub(super) fn print(&self, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        let mut occurs = String::new();
        if self.min != 1 {
            occurs += &format!(" minOccurs=\"{}\"", self.min);
        }
        match self.max {
            Some(1) => {}
            Some(max) => occurs += &format!(" maxOccurs=\"{max}\""),
            None => occurs += " maxOccurs=\"unbounded\"",
        }
        match &self.term {
            Term::Leaf { tag, inner } if inner.is_empty() => {
                *out += &format!("{indent}<xs:{tag}{occurs}/>\n")
            }
            Term::Leaf { tag, inner } => {
                let word = tag.split(' ').next().unwrap_or_default();
                *out += &format!("{indent}<xs:{tag}{occurs}>\n{inner}{indent}</xs:{word}>\n");
            }
            Term::Group(word, parts) => {
                *out += &format!("{indent}<xs:{word}{occurs}>\n");
                for part in parts {
                    part.print(depth + 1, out);
                }
                *out += &format!("{indent}</xs:{word}>\n");
            }
        }
    }

    /// What allows less than this: parts left out, occurrences narrowed.
    pub(super) fn restricted(&self, rng: &mut Rng) -> Particle {
        let mut less = self.clone();
        match less.max {
            None => less.max = [None, Some(less.min.max(3))][rng.usize(..2)],
            Some(max) if max > less.min.max(1) && rng.bool() => less.max = Some(max - 1),
            _ => {}
        }
        if let Term::Leaf { inner, .. } = &mut less.term
            && inner.contains("<xs:unique")
        {
            // A name once more would be one too many.
            inner.clear();
        }
        if let Term::Group(word, parts) = &mut less.term {
            let all = std::mem::take(parts);
            for (at, part) in all.iter().enumerate() {
                let last = at + 1 == all.len() && parts.is_empty();
                let optional = part.min == 0 || *word == "choice";
                if last || !optional || rng.u8(..3) > 0 {
                    parts.push(part.restricted(rng));
                }
            }
        }
        less
    }
}

/// How often something occurs.
pub(super) fn occurrence(rng: &mut Rng, may_be_needed: bool) -> (u32, Option<u32>) {
    let (min, max) = match rng.u8(..20) {
        0..=6 => (1, Some(1)),
        7..=13 => (0, Some(1)),
        14..=16 => (0, None),
        17 => (1, None),
        18 => (rng.u32(..3), Some(rng.u32(2..5))),
        _ => (0, Some(rng.u32(2..5))),
    };
    (if may_be_needed { min } else { 0 }, max)
}
