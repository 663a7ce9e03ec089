//! Complex types, elements and groups at random.

use std::collections::BTreeMap;

use super::particle::{Particle, Term, occurrence};
use super::world::{ComplexType, Global, Kind, Used, World, quoted};
use super::{Place, names};

const SIMPLE_TYPES: usize = 16;
const COMPLEX_TYPES: usize = 40;
/// Groups nest in each other, and types without a name, so far.
const DEEPEST: usize = 2;

impl World {
    /// Invents everything; returns what stands in each place.
    pub(super) fn components(&mut self) -> BTreeMap<Place, String> {
        let mut all: BTreeMap<Place, String> = BTreeMap::new();
        for _ in 0..SIMPLE_TYPES {
            let place = self.place();
            let text = self.simple_type(place);
            *all.entry(place).or_default() += &text;
        }
        for _ in 0..4 {
            let place = self.place();
            let text = self.attribute(place);
            *all.entry(place).or_default() += &text;
        }
        for _ in 0..COMPLEX_TYPES {
            let place = self.place();
            let name = self.fresh("type", place);
            self.planned.push((place, name));
        }
        for at in 0..COMPLEX_TYPES {
            let (place, name) = self.planned[at].clone();
            let mut text = match at % 8 {
                2 => self.group(place),
                4 => self.attribute_group(place),
                6 => self.substitution_group(),
                _ => BTreeMap::new(),
            };
            let own = self.complex_type(place, &name);
            *text.entry(place).or_default() += &own;
            for (place, text) in text {
                *all.entry(place).or_default() += &text;
            }
        }
        for _ in 0..14 {
            let place = self.place();
            let text = self.root(place);
            *all.entry(place).or_default() += &text;
        }
        all
    }

    // Content.

    fn group(&mut self, place: Place) -> BTreeMap<Place, String> {
        let name = self.fresh("group", place);
        let mut used = Used::default();
        let content = self.model_group(place, &mut used, 1);
        self.groups.push(Global { place, name: name.clone(), used, repeatable: content.is_repeatable() });
        let mut text = format!("  <xs:group name=\"{name}\">\n");
        content.print(2, &mut text);
        text += "  </xs:group>\n";
        BTreeMap::from([(place, text)])
    }

    /// A sequence or a choice that occurs once.
    fn model_group(&mut self, place: Place, used: &mut Used, depth: usize) -> Particle {
        let word = if self.rng.u8(..20) < 13 { "sequence" } else { "choice" };
        let count = if depth == 0 && word == "sequence" && self.chance(5) {
            self.rng.usize(20..34)
        } else {
            self.rng.usize(if word == "choice" { 2..6 } else { 1..6 })
        };
        // Where a few parts have to be there, documents get deep.
        let mut needed = 3;
        let mut parts = Vec::new();
        for _ in 0..count {
            let part = self.part(place, used, depth, word == "choice" || needed > 0);
            needed -= i32::from(part.min > 0);
            parts.push(part);
        }
        if word == "sequence" && self.chance(8) {
            again(&mut parts);
        }
        Particle::once(Term::Group(word, parts))
    }

    fn part(&mut self, place: Place, used: &mut Used, depth: usize, may_be_needed: bool) -> Particle {
        match self.rng.u8(..40) {
            0..=5 if depth < DEEPEST => {
                let group = self.model_group(place, used, depth + 1);
                let occurs =
                    if self.rng.bool() { (1, Some(1)) } else { occurrence(&mut self.rng, may_be_needed) };
                group.occurring_clearly(occurs)
            }
            6 | 7 => self.group_ref(place, used, may_be_needed),
            8 if !used.wildcard => {
                used.wildcard = true;
                // Not `##other`, of which libxml2 thinks otherwise.
                let namespace = ["urn:extra", "urn:extra urn:more"][self.rng.usize(..2)];
                let process = ["lax", "skip"][self.rng.usize(..2)];
                Particle::leaf(format!("any namespace=\"{namespace}\" processContents=\"{process}\""))
                    .occurring((0, [Some(1), None][self.rng.usize(..2)]))
            }
            9..=12 => match self.head_ref(place, used) {
                Some(part) => part.occurring((0, occurrence(&mut self.rng, false).1)),
                None => self.element(place, used, depth, may_be_needed),
            },
            _ => self.element(place, used, depth, may_be_needed),
        }
    }

    fn group_ref(&mut self, place: Place, used: &mut Used, may_be_needed: bool) -> Particle {
        let fits = |it: &&Global| {
            place.sees(it.place)
                && it.used.elements.is_disjoint(&used.elements)
                && !(it.used.wildcard && used.wildcard)
        };
        let all: Vec<Global> = self.groups.iter().filter(fits).cloned().collect();
        let Some(group) = self.choose(&all).cloned() else {
            return self.element(place, used, 0, may_be_needed);
        };
        used.elements.extend(group.used.elements);
        used.wildcard |= group.used.wildcard;
        let name = place.name(group.place, &group.name);
        let (min, max) = occurrence(&mut self.rng, may_be_needed);
        let (min, max) = if group.repeatable { (min, max) } else { (min.min(1), Some(1)) };
        Particle::leaf(format!("group ref=\"{name}\"")).occurring((min, max))
    }

    fn head_ref(&mut self, place: Place, used: &mut Used) -> Option<Particle> {
        let fits = |it: &&Global| place.sees(it.place) && it.used.elements.is_disjoint(&used.elements);
        let all: Vec<Global> = self.heads.iter().filter(fits).cloned().collect();
        let head = self.choose(&all)?.clone();
        used.elements.extend(head.used.elements);
        Some(Particle::leaf(format!("element ref=\"{}\"", place.name(head.place, &head.name))))
    }

    /// A local element.
    fn element(&mut self, place: Place, used: &mut Used, depth: usize, may_be_needed: bool) -> Particle {
        let form = match self.rng.u8(..16) {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        };
        let prefix = if form.unwrap_or(self.forms[&place].0) { place.prefix() } else { "" };
        let name = names::fresh(&mut self.rng, |name| used.elements.contains(&format!("{prefix}{name}")));
        used.elements.insert(format!("{prefix}{name}"));
        let mut tag = format!("element name=\"{name}\"");
        if let Some(qualified) = form {
            tag += &format!(" form=\"{}\"", if qualified { "qualified" } else { "unqualified" });
        }
        let made_before = may_be_needed && self.rng.bool();
        let (of, inner, needs) = self.element_type(place, depth, made_before);
        tag += &of;
        let occurs = occurrence(&mut self.rng, may_be_needed && !needs);
        let term = Term::Leaf { tag, inner };
        Particle { min: occurs.0, max: occurs.1, term }
    }

    /// The type of an element: attributes, what stands within, and whether it may need itself.
    fn element_type(&mut self, place: Place, depth: usize, may_be_needed: bool) -> (String, String, bool) {
        let nillable = if self.chance(10) { " nillable=\"true\"" } else { "" };
        match self.rng.u8(..40) {
            0..=19 => {
                let (ty, sample) = self.simple_ref(place);
                let value = self.value(sample);
                (format!(" type=\"{ty}\"{value}{nillable}"), String::new(), false)
            }
            20..=22 => {
                let (inner, sample) = self.simple_inline(place);
                let value = self.value(sample);
                (format!("{value}{nillable}"), format!("      {inner}\n"), false)
            }
            23..=25 if depth < DEEPEST => {
                let mut used = Used::default();
                let content = self.model_group(place, &mut used, depth + 1);
                let (attributes, _) = self.attribute_uses(place, &mut used);
                let mixed = if self.chance(6) { " mixed=\"true\"" } else { "" };
                let mut inner = format!("      <xs:complexType{mixed}>\n");
                content.print(4, &mut inner);
                inner += &format!("{attributes}      </xs:complexType>\n");
                // Within it, whatever may be optional is; what is needed was made before.
                (nillable.to_owned(), inner, false)
            }
            26 => (" type=\"xs:anyType\"".to_owned(), String::new(), false),
            27 => (String::new(), String::new(), false),
            28 => {
                let key = "<xs:unique name=\"K\"><xs:selector xpath=\"never\"/><xs:field xpath=\"@id\"/></xs:unique>";
                // Names of identity constraints are a symbol space of their own.
                let key = key.replace("\"K\"", &format!("\"K{}\"", self.rng.u32(..)));
                (" type=\"xs:anyURI\"".to_owned(), format!("      {key}\n"), false)
            }
            _ => {
                if may_be_needed {
                    let Some(at) = self.complex_where(|it| place.sees(it.place) && !it.is_abstract) else {
                        return (" type=\"xs:string\"".to_owned(), String::new(), false);
                    };
                    let ty = &self.complex[at];
                    return (
                        format!(" type=\"{}\"{nillable}", place.name(ty.place, &ty.name)),
                        String::new(),
                        false,
                    );
                }
                let seen: Vec<_> =
                    self.planned.iter().filter(|(there, _)| place.sees(*there)).cloned().collect();
                match self.choose(&seen) {
                    Some((there, name)) => {
                        (format!(" type=\"{}\"{nillable}", place.name(*there, name)), String::new(), true)
                    }
                    None => (" type=\"xs:string\"".to_owned(), String::new(), false),
                }
            }
        }
    }

    fn value(&mut self, sample: Option<String>) -> String {
        match sample {
            Some(sample) if self.chance(6) => {
                let word = if self.chance(3) { "fixed" } else { "default" };
                format!(" {word}=\"{}\"", quoted(&sample))
            }
            _ => String::new(),
        }
    }

    // Types.

    fn complex_type(&mut self, place: Place, name: &str) -> String {
        let is_abstract = self.chance(10);
        let mut head = format!("  <xs:complexType name=\"{name}\"");
        if is_abstract {
            head += " abstract=\"true\"";
        }
        if self.chance(25) {
            head +=
                [" final=\"restriction\"", " block=\"extension\"", " block=\"#all\""][self.rng.usize(..3)];
        }
        let is_final = head.contains("final=");
        let (body, mut made) = match self.rng.u8(..20) {
            0 | 1 => self.simple_content(place),
            2..=7 => self.extension(place),
            8 | 9 => self.restriction(place),
            _ => None,
        }
        .unwrap_or_else(|| self.plain(place));
        if made.kind == Kind::Mixed {
            head += " mixed=\"true\"";
        }
        made.extendable &= !is_final;
        self.complex.push(ComplexType { place, name: name.to_owned(), is_abstract, ..made });
        format!("{head}>\n{body}  </xs:complexType>\n")
    }

    fn plain(&mut self, place: Place) -> (String, ComplexType) {
        let mut used = Used::default();
        let mut extendable = true;
        let content = match self.rng.u8(..30) {
            0 => None,
            1..=3 => {
                extendable = false;
                let parts = (0..self.rng.usize(1..6)).map(|_| {
                    let part = self.element(place, &mut used, DEEPEST, true);
                    let once = (part.min.min(1), Some(1));
                    part.occurring(once)
                });
                let all = Particle::once(Term::Group("all", parts.collect()));
                Some(if self.chance(5) { all.occurring((0, Some(1))) } else { all })
            }
            4 => {
                extendable = false;
                let any = Particle::leaf("any processContents=\"lax\"".to_owned()).occurring((0, None));
                Some(Particle::once(Term::Group("sequence", vec![any])))
            }
            _ => {
                let group = self.model_group(place, &mut used, 0);
                let occurs = if self.chance(6) { occurrence(&mut self.rng, true) } else { (1, Some(1)) };
                Some(group.occurring_clearly(occurs))
            }
        };
        let mut text = String::new();
        if let Some(content) = &content {
            content.print(2, &mut text);
        }
        let (attributes, uses) = self.attribute_uses(place, &mut used);
        text += &attributes;
        let made = ComplexType {
            kind: if self.chance(8) { Kind::Mixed } else { Kind::Elements },
            emptiable: content.as_ref().is_none_or(Particle::is_emptiable),
            extendable,
            own: content,
            used,
            attributes: uses,
            ..nothing(place)
        };
        (text, made)
    }

    fn simple_content(&mut self, place: Place) -> Option<(String, ComplexType)> {
        let base = self.complex_where(|it| it.kind == Kind::Simple && place.sees(it.place) && it.extendable);
        let base = base.filter(|_| self.rng.bool());
        let mut used = Used::default();
        let of = match base {
            Some(at) => {
                let ty = &self.complex[at];
                used = ty.used.clone();
                place.name(ty.place, &ty.name)
            }
            None => self.simple_name(place),
        };
        let (attributes, uses) = self.attribute_uses(place, &mut used);
        let text = format!(
            "    <xs:simpleContent><xs:extension base=\"{of}\">\n{attributes}    </xs:extension></xs:simpleContent>\n"
        );
        Some((text, ComplexType { kind: Kind::Simple, used, attributes: uses, ..nothing(place) }))
    }

    fn extension(&mut self, place: Place) -> Option<(String, ComplexType)> {
        let at = self.complex_where(|it| it.kind != Kind::Simple && it.extendable && place.sees(it.place))?;
        let base = self.complex[at].clone();
        let mut used = base.used.clone();
        let mut text = format!(
            "    <xs:complexContent><xs:extension base=\"{}\">\n",
            place.name(base.place, &base.name)
        );
        let mut emptiable = base.emptiable;
        if self.rng.u8(..4) > 0 {
            let content = self.model_group(place, &mut used, 0);
            emptiable &= content.is_emptiable();
            content.print(3, &mut text);
        }
        let (attributes, _) = self.attribute_uses(place, &mut used);
        text += &format!("{attributes}    </xs:extension></xs:complexContent>\n");
        Some((text, ComplexType { kind: base.kind, emptiable, used, ..nothing(place) }))
    }

    fn restriction(&mut self, place: Place) -> Option<(String, ComplexType)> {
        // The names in it mean the same only in the same file.
        let at = self.complex_where(|it| {
            it.own.is_some()
                && it.place == place
                && it.extendable
                && it.kind != Kind::Simple
                && !it.used.wildcard
        })?;
        let base = self.complex[at].clone();
        let content = base.own.as_ref()?.restricted(&mut self.rng);
        let mut text =
            format!("    <xs:complexContent><xs:restriction base=\"{}\">\n", place.name(place, &base.name));
        content.print(3, &mut text);
        for (tag, required) in &base.attributes {
            let word = match (required, self.rng.u8(..4)) {
                (false, 0) if !tag.contains(" fixed=") && !tag.contains(" default=") => "prohibited",
                (false, 1) if !tag.contains(" default=") => "required",
                _ => continue,
            };
            text += &format!("      <xs:attribute {tag} use=\"{word}\"/>\n");
        }
        text += "    </xs:restriction></xs:complexContent>\n";
        let emptiable = content.is_emptiable();
        let made =
            ComplexType { kind: base.kind, emptiable, used: base.used, extendable: false, ..nothing(place) };
        Some((text, made))
    }

    // Global elements.

    /// A head and those that can stand in for it.
    fn substitution_group(&mut self) -> BTreeMap<Place, String> {
        let mut all: BTreeMap<Place, String> = BTreeMap::new();
        let place = [Place::Main, Place::Part, Place::Other][self.rng.usize(..3)];
        let Some(at) = self.complex_where(|it| place.sees(it.place)) else { return all };
        let ty = self.complex[at].clone();
        let name = self.fresh("element", place);
        let is_abstract = if self.chance(3) { " abstract=\"true\"" } else { "" };
        all.insert(
            place,
            format!(
                "  <xs:element name=\"{name}\" type=\"{}\"{is_abstract}/>\n",
                place.name(ty.place, &ty.name)
            ),
        );
        let mut used = Used::default();
        used.elements.insert(format!("{}{name}", place.prefix()));
        for _ in 0..self.rng.usize(1..4) {
            let there = [Place::Main, Place::Part, Place::Other][self.rng.usize(..3)];
            let member = self.fresh("element", there);
            used.elements.insert(format!("{}{member}", there.prefix()));
            let head = there.name(place, &name);
            // Without a type it has that of its head.
            let of = if self.rng.bool() || !there.sees(ty.place) {
                String::new()
            } else {
                format!(" type=\"{}\"", there.name(ty.place, &ty.name))
            };
            *all.entry(there).or_default() +=
                &format!("  <xs:element name=\"{member}\"{of} substitutionGroup=\"{head}\"/>\n");
        }
        self.heads.push(Global { place, name, used, repeatable: true });
        all
    }

    fn root(&mut self, place: Place) -> String {
        let name = self.fresh("element", place);
        self.roots.push((place, name.clone()));
        if self.chance(5) {
            let (of, inner, _) = self.element_type(place, 0, true);
            return if inner.is_empty() {
                format!("  <xs:element name=\"{name}\"{of}/>\n")
            } else {
                format!("  <xs:element name=\"{name}\"{of}>\n{inner}  </xs:element>\n")
            };
        }
        let Some(at) = self.complex_where(|it| place.sees(it.place)) else {
            return format!("  <xs:element name=\"{name}\"/>\n");
        };
        let ty = self.complex[at].clone();
        let value = if ty.kind == Kind::Mixed && ty.emptiable && self.rng.bool() {
            " default=\"some text\""
        } else {
            ""
        };
        format!("  <xs:element name=\"{name}\" type=\"{}\"{value}/>\n", place.name(ty.place, &ty.name))
    }
}

/// Lets the first element occur once more behind the others, where something that is needed stands between.
fn again(parts: &mut Vec<Particle>) {
    let is_element = |part: &Particle| matches!(&part.term, Term::Leaf { tag, inner } if tag.starts_with("element name") && inner.is_empty());
    if parts.len() > 1
        && is_element(&parts[0])
        && parts[1..].iter().any(|part| part.min > 0 && !part.is_emptiable())
    {
        parts.push(parts[0].clone().occurring((0, Some(1))));
    }
}

fn nothing(place: Place) -> ComplexType {
    ComplexType {
        place,
        name: String::new(),
        is_abstract: false,
        kind: Kind::Elements,
        emptiable: false,
        extendable: true,
        own: None,
        used: Used::default(),
        attributes: Vec::new(),
    }
}
