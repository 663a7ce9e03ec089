//! Attributes and attribute groups at random.

use std::collections::BTreeMap;

use super::world::{Global, Used, World, quoted};
use super::{Place, names};

impl World {
    pub(super) fn attribute(&mut self, place: Place) -> String {
        let name = self.fresh("attribute", place);
        let (ty, sample) = self.simple_ref(place);
        let value = match &sample {
            Some(sample) if self.chance(4) => format!(" default=\"{}\"", quoted(sample)),
            _ => String::new(),
        };
        self.attributes.push((place, name.clone(), sample.filter(|_| value.is_empty())));
        format!("  <xs:attribute name=\"{name}\" type=\"{ty}\"{value}/>\n")
    }

    /// A use of an attribute: what stands in its tag but `use`, and what stands in it.
    fn attribute_use(&mut self, place: Place, used: &mut Used) -> Option<(String, String)> {
        if self.chance(6) {
            let seen: Vec<_> =
                self.attributes.iter().filter(|(there, ..)| place.sees(*there)).cloned().collect();
            let (there, name, _) = self.choose(&seen)?.clone();
            let reference = place.name(there, &name);
            let key = format!("{}{name}", there.prefix());
            return used.attributes.insert(key).then(|| (format!("ref=\"{reference}\""), String::new()));
        }
        if self.chance(25) {
            return used
                .attributes
                .insert("xml:lang".to_owned())
                .then(|| ("ref=\"xml:lang\"".to_owned(), String::new()));
        }
        let form = match self.rng.u8(..8) {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        };
        let qualified = form.unwrap_or(self.forms[&place].1);
        let prefix = if qualified { place.prefix() } else { "" };
        let name = names::fresh(&mut self.rng, |name| used.attributes.contains(&format!("{prefix}{name}")));
        used.attributes.insert(format!("{prefix}{name}"));
        let mut tag = format!("name=\"{name}\"");
        if let Some(qualified) = form {
            tag += &format!(" form=\"{}\"", if qualified { "qualified" } else { "unqualified" });
        }
        let mut inner = String::new();
        let sample = if self.chance(5) {
            let (text, sample) = self.simple_inline(place);
            inner = text;
            sample
        } else if self.chance(12) {
            None
        } else {
            let (ty, sample) = self.simple_ref(place);
            tag += &format!(" type=\"{ty}\"");
            sample
        };
        if let Some(sample) = sample.filter(|_| self.chance(3)) {
            let word = if self.chance(3) { "fixed" } else { "default" };
            tag += &format!(" {word}=\"{}\"", quoted(&sample));
        }
        Some((tag, inner))
    }

    /// Attributes of a type; what stands in the tag of each that may be used in restrictions, and whether it is needed.
    pub(super) fn attribute_uses(&mut self, place: Place, used: &mut Used) -> (String, Vec<(String, bool)>) {
        let (mut text, mut all) = (String::new(), Vec::new());
        for _ in 0..[0, 0, 1, 1, 2, 4][self.rng.usize(..6)] {
            let Some((tag, inner)) = self.attribute_use(place, used) else { continue };
            let required = !tag.contains("default=") && self.chance(3);
            let word = if required { " use=\"required\"" } else { "" };
            text += &format!("    <xs:attribute {tag}{word}");
            text += &if inner.is_empty() { "/>\n".to_owned() } else { format!(">{inner}</xs:attribute>\n") };
            if inner.is_empty() {
                all.push((tag, required));
            }
        }
        if self.chance(6) {
            let seen: Vec<_> =
                self.attribute_groups.iter().filter(|it| place.sees(it.place)).cloned().collect();
            if let Some(group) = self.choose(&seen).cloned()
                && group.used.attributes.is_disjoint(&used.attributes)
                && !(group.used.any_attribute && used.any_attribute)
            {
                used.any_attribute |= group.used.any_attribute;
                used.attributes.extend(group.used.attributes);
                let name = place.name(group.place, &group.name);
                text += &format!("    <xs:attributeGroup ref=\"{name}\"/>\n");
            }
        }
        if !used.any_attribute && self.chance(10) {
            used.any_attribute = true;
            let namespaces =
                ["##any", "##other", "##local", "urn:extra ##local", "##targetNamespace urn:extra"];
            let namespace = namespaces[self.rng.usize(..namespaces.len())];
            let process = ["lax", "skip"][self.rng.usize(..2)];
            text +=
                &format!("    <xs:anyAttribute namespace=\"{namespace}\" processContents=\"{process}\"/>\n");
        }
        (text, all)
    }

    pub(super) fn attribute_group(&mut self, place: Place) -> BTreeMap<Place, String> {
        let name = self.fresh("attributeGroup", place);
        let mut used = Used::default();
        let (text, _) = self.attribute_uses(place, &mut used);
        self.attribute_groups.push(Global { place, name: name.clone(), used, repeatable: false });
        BTreeMap::from([(
            place,
            format!("  <xs:attributeGroup name=\"{name}\">\n{text}  </xs:attributeGroup>\n"),
        )])
    }
}
