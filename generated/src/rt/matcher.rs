//! `Matcher`: checks the order of children against a tree of model groups without reading them into fields, for content
//! whose values are kept in one list.

use super::name::Ns;
use super::shape::{Model, Particle, Shape, Term};

/// Where a content model stands: the groups that are open, outermost first.
pub(crate) struct Matcher {
    frames: Vec<Frame>,
}

/// Where one group stands.
struct Frame {
    shape: &'static Shape,
    /// Particle that matched last.
    index: usize,
    /// How often it has matched.
    count: u32,
    /// Particles that have matched, in an `all` group.
    seen: Vec<usize>,
}

impl Matcher {
    /// At the start of a content model.
    #[inline]
    pub(crate) fn new(shape: &'static Shape) -> Matcher {
        Matcher { frames: vec![Frame::new(shape)] }
    }

    /// Takes an element, if it may stand here; answers as what. Content models are unambiguous, so the first particle
    /// that can take it is the one that does.
    #[inline]
    pub(crate) fn step(&mut self, ns: Ns, local: &str, uri: &str) -> Option<&'static Term> {
        while let Some(frame) = self.frames.last_mut() {
            match frame.place(ns, local, uri).map(|particle| &particle.term) {
                Some(Term::Group(inner)) => self.frames.push(Frame::new(inner)),
                Some(term) => return Some(term),
                None if self.frames.len() > 1 && self.frames.last().is_some_and(Frame::is_complete) => {
                    self.frames.pop();
                }
                None => return None,
            }
        }
        None
    }

    /// Whether the content may end here.
    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        self.frames.iter().all(Frame::is_complete)
    }

    /// What may stand next, for messages.
    #[inline]
    pub(crate) fn expected(&self) -> Vec<&'static Term> {
        let mut terms = Vec::new();
        for frame in self.frames.iter().rev() {
            frame.expected(&mut |term| terms.push(term));
            if !frame.is_complete() {
                break;
            }
        }
        terms
    }
}

impl Frame {
    #[inline]
    fn new(shape: &'static Shape) -> Frame {
        Frame { shape, index: 0, count: 0, seen: Vec::new() }
    }

    /// The particle that takes an element, if one may now.
    #[inline]
    fn place(&mut self, ns: Ns, local: &str, uri: &str) -> Option<&'static Particle> {
        let particles = self.shape.particles;
        let fits = |particle: &Particle| particle.starts_with(ns, local, uri);
        match self.shape.model {
            Model::Empty | Model::Text => None,
            Model::Choice => {
                // The alternative that was begun goes on; another one cannot follow.
                let index = match self.count {
                    0 => particles.iter().position(fits)?,
                    _ => self.index,
                };
                let particle = particles.get(index)?;
                if !fits(particle) || self.count >= particle.max {
                    return None;
                }
                (self.index, self.count) = (index, self.count + 1);
                Some(particle)
            }
            Model::All => {
                let (index, particle) = particles.iter().enumerate().find(|(_, particle)| fits(particle))?;
                if self.seen.contains(&index) {
                    return None;
                }
                self.seen.push(index);
                Some(particle)
            }
            Model::Sequence | Model::Mixed => {
                for (index, particle) in particles.iter().enumerate().skip(self.index) {
                    let count = if index == self.index { self.count } else { 0 };
                    if count < particle.max && fits(particle) {
                        (self.index, self.count) = (index, count + 1);
                        return Some(particle);
                    }
                    if count < particle.min && !particle.emptiable() {
                        return None;
                    }
                }
                None
            }
        }
    }

    #[inline]
    fn is_complete(&self) -> bool {
        let mut rest = self.shape.particles.iter().enumerate();
        let done = |at: usize, particle: &Particle| {
            particle.emptiable() || (at == self.index && self.count >= particle.min)
        };
        match self.shape.model {
            Model::Empty | Model::Text => true,
            Model::Choice if self.count == 0 => self.shape.emptiable(),
            Model::Choice => self.shape.particles.get(self.index).is_some_and(|p| done(self.index, p)),
            Model::All => rest.all(|(at, particle)| particle.emptiable() || self.seen.contains(&at)),
            Model::Sequence | Model::Mixed => rest.skip(self.index).all(|(at, particle)| done(at, particle)),
        }
    }

    #[inline]
    fn expected(&self, each: &mut dyn FnMut(&'static Term)) {
        for (at, particle) in self.shape.particles.iter().enumerate() {
            let open = match self.shape.model {
                Model::Choice => self.count == 0 || (at == self.index && self.count < particle.max),
                Model::All => !self.seen.contains(&at),
                _ => at > self.index || (at == self.index && self.count < particle.max),
            };
            if open {
                particle.first(each);
            }
            let count = if at == self.index { self.count } else { 0 };
            let sequence = matches!(self.shape.model, Model::Sequence | Model::Mixed);
            if sequence && at >= self.index && count < particle.min && !particle.emptiable() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::name::{Name, TypeName};
    use super::*;

    const TYPE: TypeName = TypeName { uri: "", local: "T" };
    const A: Name = Name::new(Ns::NONE, "a", "<a></a>");
    const B: Name = Name::new(Ns::NONE, "b", "<b></b>");
    const C: Name = Name::new(Ns::NONE, "c", "<c></c>");

    fn accepts(shape: &'static Shape, children: &str) -> bool {
        let mut matcher = Matcher::new(shape);
        children.split(' ').filter(|c| !c.is_empty()).all(|c| matcher.step(Ns::NONE, c, "").is_some())
            && matcher.is_complete()
    }

    #[test]
    fn nested_groups_with_ranges() {
        // (a, (b, c?){2,3}, (a | b{2})?)
        static SHAPE: Shape = Shape::sequence(
            TYPE,
            &[
                Particle::one(A),
                Particle::group(&Shape::sequence(TYPE, &[Particle::one(B), Particle::opt(C)])).times(2, 3),
                Particle::group(&Shape::choice(TYPE, &[Particle::one(A), Particle::one(C).times(2, 2)]))
                    .times(0, 1),
            ],
        );
        for good in ["a b b", "a b c b", "a b b c b c a", "a b c b c c c", "a b c b b a"] {
            assert!(accepts(&SHAPE, good), "{good}");
        }
        for bad in ["", "a", "a b", "a b c", "a b b b b", "a b b a a", "b b", "a b c b c c", "a b b a c c"] {
            assert!(!accepts(&SHAPE, bad), "{bad}");
        }
    }

    #[test]
    fn all_groups_and_repeated_choices() {
        static ALL: Shape = Shape::all(TYPE, &[Particle::one(A), Particle::opt(B), Particle::one(C)]);
        for (children, fits) in [("a c", true), ("c b a", true), ("a b", false), ("a a c", false)] {
            assert_eq!(accepts(&ALL, children), fits, "{children}");
        }
        static CHOICES: Shape = Shape::sequence(
            TYPE,
            &[Particle::group(&Shape::choice(TYPE, &[Particle::one(A), Particle::one(B).times(2, 3)]))
                .times(1, 2)],
        );
        for (children, fits) in
            [("a", true), ("a b b", true), ("b b b b b", true), ("a a a", false), ("b", false)]
        {
            assert_eq!(accepts(&CHOICES, children), fits, "{children}");
        }
    }
}
