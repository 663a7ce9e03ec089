//! `Shape`: the static description of a type's attributes and content model that the reader checks
//! against. Generated code holds one per type; every loop over it is in this runtime.

use super::name::{AttributeName, Name, Ns, TypeName};
use super::words::Head;

/// Occurrence without an upper bound.
pub const UNBOUNDED: u32 = u32::MAX;

/// Attributes and content of one complex type, or the content of one nested model group.
#[derive(Debug)]
pub struct Shape {
    /// Name of the schema type; the name of the holder for a nested group.
    pub name: TypeName,
    /// Declared attributes.
    pub attributes: &'static [Attribute],
    /// Whether other attributes are accepted, and from which namespaces.
    pub any_attribute: Option<&'static Wildcard>,
    /// A nested model group: it has no element of its own.
    pub nested: bool,
    /// How the particles combine.
    pub model: Model,
    /// The particles in schema order.
    pub particles: &'static [Particle],
    /// Index of the first particle from which on all may be absent.
    optional_from: usize,
}

/// How the particles of a [`Shape`] combine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Model {
    /// No content.
    Empty,
    /// Text of a simple type; no particles.
    Text,
    /// One after the other.
    Sequence,
    /// One of them.
    Choice,
    /// Each at most once, in any order.
    All,
    /// Text with children between. The particles say, one after the other, what children may stand where; without any,
    /// all children of the type may stand anywhere.
    Mixed,
}

/// One declared attribute.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: AttributeName,
    /// `use="required"`.
    pub required: bool,
    /// The only value it may have, if the schema fixes one.
    pub fixed: Option<&'static str>,
}

/// One particle: what may occur, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Particle {
    /// What.
    pub term: Term,
    /// minOccurs.
    pub min: u32,
    /// maxOccurs; [`UNBOUNDED`] for no limit.
    pub max: u32,
    /// An element that may be absent.
    optional: bool,
    /// How the local name of an element begins. Beside the rest, so that passing over what is absent is one comparison.
    head: Head,
}

// The line of a processor's cache: readers go over dozens of them from one child to the next.
const _: () = assert!(size_of::<Particle>() <= 64);

/// What a [`Particle`] repeats.
#[derive(Clone, Copy, Debug)]
pub enum Term {
    /// An element.
    Element(Name),
    /// Any element that the wildcard admits.
    Any(Wildcard),
    /// A nested model group.
    Group(&'static Shape),
}

/// What a wildcard admits.
#[derive(Clone, Copy, Debug)]
pub struct Wildcard {
    namespaces: Namespaces,
    /// What is asked of the elements or attributes that it admits.
    pub(crate) contents: Contents,
}

/// From which namespaces a wildcard admits names.
#[derive(Clone, Copy, Debug)]
enum Namespaces {
    /// `##any`
    Any,
    /// `##other`: neither this namespace nor none.
    Other(&'static str),
    /// One of these URIs; the empty string is no namespace.
    List(&'static [&'static str]),
}

/// processContents: what a strict reader asks of what a wildcard admits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Contents {
    /// To be well-formed.
    Skip,
    /// To be valid where it is known.
    Lax,
    /// To be known, and valid.
    Strict,
}

impl Wildcard {
    const fn of(namespaces: Namespaces) -> Wildcard {
        Wildcard { namespaces, contents: Contents::Skip }
    }

    /// `##any`
    pub const fn any() -> Wildcard {
        Wildcard::of(Namespaces::Any)
    }

    /// `##other`: neither this namespace nor none.
    pub const fn other(own: &'static str) -> Wildcard {
        Wildcard::of(Namespaces::Other(own))
    }

    /// One of these URIs; the empty string is no namespace.
    pub const fn list(uris: &'static [&'static str]) -> Wildcard {
        Wildcard::of(Namespaces::List(uris))
    }

    /// The same, where what is known must be valid.
    pub const fn lax(mut self) -> Wildcard {
        self.contents = Contents::Lax;
        self
    }

    /// The same, where all must be known and valid.
    pub const fn strict(mut self) -> Wildcard {
        self.contents = Contents::Strict;
        self
    }

    /// Whether a name in the namespace `uri` is admitted.
    pub fn admits(&self, uri: &str) -> bool {
        match self.namespaces {
            Namespaces::Any => true,
            Namespaces::Other(own) => !uri.is_empty() && uri != own,
            Namespaces::List(uris) => uris.contains(&uri),
        }
    }
}

impl Attribute {
    /// An attribute that may be absent.
    pub const fn optional(local: &'static str, open: &'static str) -> Attribute {
        Attribute { name: AttributeName { ns: Ns::NONE, local, open }, required: false, fixed: None }
    }

    /// An attribute that must be present.
    pub const fn required(local: &'static str, open: &'static str) -> Attribute {
        Attribute { required: true, ..Attribute::optional(local, open) }
    }

    /// The same in a namespace.
    pub const fn within(mut self, ns: Ns) -> Attribute {
        self.name.ns = ns;
        self
    }

    /// The same with the only value it may have.
    pub const fn fixed(mut self, value: &'static str) -> Attribute {
        self.fixed = Some(value);
        self
    }
}

impl Particle {
    const fn of(term: Term, min: u32, max: u32) -> Particle {
        let (head, optional) = match &term {
            Term::Element(name) => (Head::of(name.local_bytes()), min == 0),
            _ => (Head::NONE, false),
        };
        Particle { term, min, max, optional, head }
    }

    /// An element that occurs once.
    pub const fn one(name: Name) -> Particle {
        Particle::of(Term::Element(name), 1, 1)
    }

    /// An element that occurs at most once.
    pub const fn opt(name: Name) -> Particle {
        Particle::of(Term::Element(name), 0, 1)
    }

    /// An element that occurs any number of times.
    pub const fn many(name: Name) -> Particle {
        Particle::of(Term::Element(name), 0, UNBOUNDED)
    }

    /// A nested group that occurs once.
    pub const fn group(shape: &'static Shape) -> Particle {
        Particle::of(Term::Group(shape), 1, 1)
    }

    /// Elements admitted by a wildcard, any number of times.
    pub const fn any(wildcard: Wildcard) -> Particle {
        Particle::of(Term::Any(wildcard), 0, UNBOUNDED)
    }

    /// The same with another occurrence.
    pub const fn times(self, min: u32, max: u32) -> Particle {
        Particle::of(self.term, min, max)
    }

    /// Whether it is an element that may be absent, and whose name does not begin with these bytes.
    #[inline]
    pub(crate) fn is_passed_over(&self, start: u64) -> bool {
        !self.head.begins(start) && self.optional
    }

    /// Whether it is an element whose name can begin with these bytes.
    #[inline]
    pub(crate) fn can_begin(&self, start: u64) -> bool {
        self.head.begins(start)
    }

    /// Whether it may be absent.
    #[inline]
    pub(crate) fn emptiable(&self) -> bool {
        self.min == 0 || matches!(self.term, Term::Group(shape) if shape.emptiable())
    }

    /// Whether an element of this name can begin it.
    pub(crate) fn starts_with(&self, ns: Ns, local: &str, uri: &str) -> bool {
        match &self.term {
            Term::Element(name) => name.is(ns, local),
            Term::Any(wildcard) => wildcard.admits(uri),
            Term::Group(shape) => shape.starts_with(ns, local, uri),
        }
    }

    /// Whether an element of this name can stand anywhere in it.
    pub(crate) fn contains(&self, ns: Ns, local: &str, uri: &str) -> bool {
        match &self.term {
            Term::Group(shape) => shape.particles.iter().any(|p| p.contains(ns, local, uri)),
            _ => self.starts_with(ns, local, uri),
        }
    }

    /// Calls `each` with every element name and wildcard that can begin it.
    pub(crate) fn first(&'static self, each: &mut dyn FnMut(&'static Term)) {
        match &self.term {
            Term::Group(shape) => shape.first(0, each),
            term => each(term),
        }
    }
}

impl Shape {
    /// A type of any content model.
    pub const fn of(name: TypeName, model: Model, particles: &'static [Particle]) -> Shape {
        let mut optional_from = particles.len();
        while optional_from > 0 && particles[optional_from - 1].min == 0 {
            optional_from -= 1;
        }
        Shape { name, attributes: &[], any_attribute: None, nested: false, model, particles, optional_from }
    }

    /// A type without content.
    pub const fn empty(name: TypeName) -> Shape {
        Shape::of(name, Model::Empty, &[])
    }

    /// A type whose content is text.
    pub const fn text(name: TypeName) -> Shape {
        Shape::of(name, Model::Text, &[])
    }

    /// A sequence.
    pub const fn sequence(name: TypeName, particles: &'static [Particle]) -> Shape {
        Shape::of(name, Model::Sequence, particles)
    }

    /// A choice.
    pub const fn choice(name: TypeName, particles: &'static [Particle]) -> Shape {
        Shape::of(name, Model::Choice, particles)
    }

    /// An `all` group.
    pub const fn all(name: TypeName, particles: &'static [Particle]) -> Shape {
        Shape::of(name, Model::All, particles)
    }

    /// Mixed content.
    pub const fn mixed(name: TypeName, particles: &'static [Particle]) -> Shape {
        Shape::of(name, Model::Mixed, particles)
    }

    /// Elements that can be the root of a document, or header parts: a choice without a type.
    pub const fn roots(particles: &'static [Particle]) -> Shape {
        Shape::of(TypeName { uri: "", local: "" }, Model::Choice, particles)
    }

    /// The same as a nested model group.
    pub const fn nested(mut self) -> Shape {
        self.nested = true;
        self
    }

    /// The same with attributes.
    pub const fn attributes(mut self, attributes: &'static [Attribute]) -> Shape {
        self.attributes = attributes;
        self
    }

    /// The same, accepting other attributes.
    pub const fn any_attribute(mut self, wildcard: &'static Wildcard) -> Shape {
        self.any_attribute = Some(wildcard);
        self
    }

    /// Whether a sequence, in which nothing was left out so far, can end with the particle at an index, which has matched
    /// so often.
    #[inline]
    pub(crate) fn can_end(&self, index: usize, count: u32) -> bool {
        let min = self.particles.get(index).map_or(0, |particle| particle.min);
        index + 1 >= self.optional_from && count >= min
    }

    /// Whether the content may be empty.
    pub(crate) fn emptiable(&self) -> bool {
        match self.model {
            Model::Empty | Model::Text => true,
            Model::Sequence | Model::All | Model::Mixed => self.particles.iter().all(Particle::emptiable),
            Model::Choice => self.particles.is_empty() || self.particles.iter().any(Particle::emptiable),
        }
    }

    fn starts_with(&self, ns: Ns, local: &str, uri: &str) -> bool {
        for particle in self.particles {
            if particle.starts_with(ns, local, uri) {
                return true;
            }
            if self.model == Model::Sequence && !particle.emptiable() {
                return false;
            }
        }
        false
    }

    /// Index of the first particle that an element of this name can begin.
    pub(crate) fn begun_by(&self, ns: Ns, local: &str, uri: &str) -> Option<usize> {
        for (at, particle) in self.particles.iter().enumerate() {
            if particle.starts_with(ns, local, uri) {
                return Some(at);
            }
        }
        None
    }

    /// Calls `each` with every element name and wildcard that can stand first when the particles before
    /// `from` are done with.
    pub(crate) fn first(&'static self, from: usize, each: &mut dyn FnMut(&'static Term)) {
        for particle in self.particles.get(from..).unwrap_or_default() {
            particle.first(each);
            if self.model == Model::Sequence && !particle.emptiable() {
                return;
            }
        }
    }
}
