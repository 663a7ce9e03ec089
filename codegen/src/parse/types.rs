//! Parses complexType and simpleType.

use crate::diagnostic::Code;
use crate::schema::{Block, Derivation, FacetKind};

use super::Parser;
use super::node::Node;
use super::schema::ATTRIBUTES;
use super::syntax::{Attributes, Complex, ComplexContent, Facet, Simple, SimpleBody, TypeRef};

const MODELS: [&str; 4] = ["sequence", "choice", "all", "group"];

impl Parser<'_> {
    /// A complexType.
    pub(super) fn complex(&mut self, node: &Node, global: bool) -> Option<Complex> {
        node.check_attributes(&["name", "mixed", "abstract", "final", "block"], self.diagnostics);
        let name = if global { Some(node.name(self.diagnostics)?) } else { None };
        let mut mixed = node.boolean("mixed", self.diagnostics).unwrap_or(false);
        let is_abstract = node.boolean("abstract", self.diagnostics).unwrap_or(false);
        let block = node.attr("block").map_or(self.block, |text| Block::parse(text));
        let docs = self.docs(node);
        let is_content = |c: &&Node| c.is_xsd("complexContent") || c.is_xsd("simpleContent");
        let (content, attributes) = match node.children.iter().find(is_content) {
            None => {
                let particle = self.model(node, &ATTRIBUTES);
                let attributes = self.attributes(node);
                (ComplexContent::Plain(particle), attributes)
            }
            Some(content) => {
                for other in node.children.iter().filter(|c| !std::ptr::eq(*c, content)) {
                    self.unexpected(other, node);
                }
                content.check_attributes(&["mixed"], self.diagnostics);
                mixed = content.boolean("mixed", self.diagnostics).unwrap_or(mixed);
                let is_method = |c: &&Node| c.is_xsd("extension") || c.is_xsd("restriction");
                let Some(method) = content.children.iter().find(is_method) else {
                    let message = format!("this {} needs an extension or a restriction", content.local);
                    self.error(Code::BadStructure, content, message);
                    return None;
                };
                for other in content.children.iter().filter(|c| !std::ptr::eq(*c, method)) {
                    self.unexpected(other, content);
                }
                self.derived(content, method)?
            }
        };
        Some(Complex { span: node.span.clone(), name, docs, is_abstract, mixed, block, content, attributes })
    }

    /// Content and attributes of an extension or restriction.
    fn derived(&mut self, content: &Node, method: &Node) -> Option<(ComplexContent, Attributes)> {
        method.check_attributes(&["base"], self.diagnostics);
        if method.attr("base").is_none() {
            self.error(Code::BadStructure, method, format!("this {} needs a `base`", method.local));
        }
        let base = method.name_ref("base", self.diagnostics)?;
        let derivation =
            if &*method.local == "extension" { Derivation::Extension } else { Derivation::Restriction };
        if content.is_xsd("complexContent") {
            let particle = self.model(method, &ATTRIBUTES);
            let attributes = self.attributes(method);
            return Some((ComplexContent::Derived { derivation, base, particle }, attributes));
        }
        let mut inline = None;
        let mut facets = Vec::new();
        for child in &method.children {
            if ATTRIBUTES.contains(&&*child.local) && child.is_xsd(&child.local) {
                continue;
            }
            if derivation == Derivation::Restriction && child.is_xsd("simpleType") {
                inline = self.simple(child, false).map(Box::new);
            } else if derivation == Derivation::Restriction && facet_kind(child).is_some() {
                facets.extend(self.facet(child));
            } else if MODELS.contains(&&*child.local) {
                let message = format!("`{}` cannot stand in simpleContent", child.local);
                self.error(Code::BadStructure, child, message);
            } else {
                self.unexpected(child, method);
            }
        }
        let attributes = self.attributes(method);
        Some((ComplexContent::Simple { derivation, base, inline, facets }, attributes))
    }

    /// A simpleType.
    pub(super) fn simple(&mut self, node: &Node, global: bool) -> Option<Simple> {
        node.check_attributes(&["name", "final"], self.diagnostics);
        let name = if global { Some(node.name(self.diagnostics)?) } else { None };
        let mut body = None;
        for child in &node.children {
            let parsed = match &*child.local {
                "restriction" if child.is_xsd("restriction") => self.restriction(child),
                "list" if child.is_xsd("list") => self.list(child),
                "union" if child.is_xsd("union") => self.union(child),
                _ => {
                    self.unexpected(child, node);
                    continue;
                }
            };
            if body.is_some() {
                self.error(Code::BadStructure, child, "a simpleType has one of restriction, list and union");
            }
            body = body.or(Some(parsed?));
        }
        let Some(body) = body else {
            self.error(Code::BadStructure, node, "this simpleType needs a restriction, list or union");
            return None;
        };
        Some(Simple { span: node.span.clone(), name, docs: self.docs(node), body })
    }

    fn restriction(&mut self, node: &Node) -> Option<SimpleBody> {
        node.check_attributes(&["base"], self.diagnostics);
        let mut facets = Vec::new();
        let mut inline = Vec::new();
        for child in &node.children {
            if child.is_xsd("simpleType") {
                inline.push(child);
            } else if facet_kind(child).is_some() {
                facets.extend(self.facet(child));
            } else {
                self.unexpected(child, node);
            }
        }
        let base = self.one_type(node, "base", &inline)?;
        Some(SimpleBody::Restriction { base, facets })
    }

    fn list(&mut self, node: &Node) -> Option<SimpleBody> {
        node.check_attributes(&["itemType"], self.diagnostics);
        let (inline, other): (Vec<&Node>, Vec<&Node>) =
            node.children.iter().partition(|c| c.is_xsd("simpleType"));
        for child in other {
            self.unexpected(child, node);
        }
        Some(SimpleBody::List(self.one_type(node, "itemType", &inline)?))
    }

    fn union(&mut self, node: &Node) -> Option<SimpleBody> {
        node.check_attributes(&["memberTypes"], self.diagnostics);
        let named = node.name_refs("memberTypes", self.diagnostics);
        let mut members: Vec<TypeRef> = named.into_iter().map(TypeRef::Named).collect();
        for child in &node.children {
            if child.is_xsd("simpleType") {
                members.extend(self.simple(child, false).map(|t| TypeRef::Simple(Box::new(t))));
            } else {
                self.unexpected(child, node);
            }
        }
        if members.is_empty() {
            self.error(Code::BadStructure, node, "this union has no members");
            return None;
        }
        Some(SimpleBody::Union(members))
    }

    /// The type that an attribute names or a child defines.
    fn one_type(&mut self, node: &Node, attribute: &str, inline: &[&Node]) -> Option<TypeRef> {
        match (node.attr(attribute), inline) {
            (Some(_), []) => node.name_ref(attribute, self.diagnostics).map(TypeRef::Named),
            (None, [child]) => self.simple(child, false).map(|t| TypeRef::Simple(Box::new(t))),
            _ => {
                let message = format!("this {} needs either `{attribute}` or one simpleType", node.local);
                self.error(Code::BadStructure, node, message);
                None
            }
        }
    }

    fn facet(&mut self, node: &Node) -> Option<Facet> {
        node.check_attributes(&["value", "fixed"], self.diagnostics);
        let kind = facet_kind(node)?;
        let Some(value) = node.attr("value") else {
            self.error(Code::BadStructure, node, format!("this {} needs a `value`", node.local));
            return None;
        };
        let names = if kind == FacetKind::Enumeration { node.value_names("value") } else { Vec::new() };
        Some(Facet { kind, value: value.to_string(), names, docs: self.docs(node), span: node.span.clone() })
    }
}

/// The facet that an element stands for.
fn facet_kind(node: &Node) -> Option<FacetKind> {
    if !node.is_xsd(&node.local) {
        return None;
    }
    Some(match &*node.local {
        "enumeration" => FacetKind::Enumeration,
        "pattern" => FacetKind::Pattern,
        "length" => FacetKind::Length,
        "minLength" => FacetKind::MinLength,
        "maxLength" => FacetKind::MaxLength,
        "whiteSpace" => FacetKind::WhiteSpace,
        "minInclusive" => FacetKind::MinInclusive,
        "maxInclusive" => FacetKind::MaxInclusive,
        "minExclusive" => FacetKind::MinExclusive,
        "maxExclusive" => FacetKind::MaxExclusive,
        "totalDigits" => FacetKind::TotalDigits,
        "fractionDigits" => FacetKind::FractionDigits,
        _ => return None,
    })
}
