//! Parses particles: elements, group references, wildcards, model groups, and their occurrence.

use crate::diagnostic::{Code, Diagnostic};

use super::Parser;
use super::node::Node;
use super::syntax::{Occurs, Particle, Term};

impl Parser<'_> {
    /// The one model group or group reference among the children of `node`. Other children are reported, but
    /// for attributes and those that `skip` names.
    pub(super) fn model(&mut self, node: &Node, skip: &[&str]) -> Option<Particle> {
        let mut model = None;
        for child in &node.children {
            match &*child.local {
                "sequence" | "choice" | "all" | "group" if child.is_xsd(&child.local) => {
                    let particle = self.particle(child);
                    let Some(first) = model.take() else {
                        model = particle;
                        continue;
                    };
                    self.error(
                        Code::BadStructure,
                        child,
                        "there is one model group; put both into a sequence",
                    );
                    let occurs = Occurs { min: 1, max: Some(1) };
                    let parts = std::iter::once(first).chain(particle).collect();
                    model = Some(Particle { span: node.span.clone(), occurs, term: Term::Sequence(parts) });
                }
                local if child.is_xsd(local) && skip.contains(&local) => {}
                _ => self.unexpected(child, node),
            }
        }
        model
    }

    /// A particle of any kind.
    fn particle(&mut self, node: &Node) -> Option<Particle> {
        let term = match &*node.local {
            "element" => Term::Element(Box::new(self.element(node, false)?)),
            "group" => {
                node.check_attributes(&["ref", "minOccurs", "maxOccurs"], self.diagnostics);
                if node.attr("ref").is_none() {
                    self.error(Code::BadStructure, node, "this group needs a `ref`");
                }
                Term::Group(node.name_ref("ref", self.diagnostics)?)
            }
            "any" => {
                let allowed = ["namespace", "processContents", "minOccurs", "maxOccurs"];
                node.check_attributes(&allowed, self.diagnostics);
                Term::Any(self.any(node))
            }
            "sequence" => Term::Sequence(self.particles(node)),
            "choice" => Term::Choice(self.particles(node)),
            _ => Term::All(self.particles(node)),
        };
        Some(Particle { span: node.span.clone(), occurs: self.occurs(node), term })
    }

    fn particles(&mut self, node: &Node) -> Vec<Particle> {
        node.check_attributes(&["minOccurs", "maxOccurs"], self.diagnostics);
        let mut particles = Vec::new();
        for child in &node.children {
            let allowed = match &*child.local {
                "element" => true,
                "group" | "sequence" | "choice" | "any" => &*node.local != "all",
                _ => false,
            };
            if allowed && child.is_xsd(&child.local) {
                particles.extend(self.particle(child));
            } else if &*child.local == "all" && child.is_xsd("all") {
                let message = format!("`all` cannot stand within `{}`", node.local);
                self.error(Code::BadStructure, child, message);
                let term = Term::Sequence(self.particles(child));
                particles.push(Particle { span: child.span.clone(), occurs: self.occurs(child), term });
            } else {
                self.unexpected(child, node);
            }
        }
        particles
    }

    /// minOccurs and maxOccurs. After an error the answer is what allows more.
    fn occurs(&mut self, node: &Node) -> Occurs {
        let mut bad = None;
        let mut number = |name: &str| {
            let value = node.trimmed(name)?;
            if value == "unbounded" && name == "maxOccurs" {
                return Some(None);
            }
            if value.is_empty() || !value.chars().all(|c| c.is_ascii_digit()) {
                bad = Some(format!("`{name}=\"{value}\"` is not a number"));
                return Some(if name == "maxOccurs" { None } else { Some(0) });
            }
            // A number beyond 32 bits is no limit in practice.
            Some(value.parse::<u32>().ok())
        };
        let mut min = number("minOccurs").map_or(1, |min| min.unwrap_or(u32::MAX));
        let mut max = number("maxOccurs").unwrap_or(Some(1));
        if let Some(most) = max.filter(|max| *max < min) {
            bad = bad.or_else(|| Some(format!("at least {min} and at most {most} times is impossible")));
            // `maxOccurs="0"` alone is how many say that there is none.
            if most == 0 && node.trimmed("minOccurs").is_none() {
                min = 0;
            } else {
                (min, max) = (most, Some(min));
            }
        }
        if let Some(message) = bad {
            let help =
                "minOccurs is a number, 1 when absent; maxOccurs a number not below it, or `unbounded`";
            self.diagnostics.push(Diagnostic::error(Code::BadOccurrence, &node.span, message).help(help));
        }
        Occurs { min, max }
    }
}
