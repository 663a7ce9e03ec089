//! Lowering of simple types: enumerations, facet newtypes, unions, lists; a restriction without facets is
//! its base.

use regex_lite::Regex;

use super::Lower;
use crate::model::{Item, ItemKind, Ty, WhiteSpace};
use crate::resolve::is_plain_pattern;
use crate::schema::{Builtin, FacetKind, SimpleType, TypeBody, TypeId};

impl Lower<'_> {
    /// Lowers a simple type after those it is made of, however long the chain.
    pub(super) fn simple_with_parts(&mut self, id: TypeId) -> Ty {
        let set = self.set;
        let mut stack = vec![id];
        let mut last = Ty::Any;
        while let Some(&top) = stack.last() {
            let TypeBody::Simple(simple) = &set.types[top.0].body else {
                stack.pop();
                continue;
            };
            let parts = match simple {
                SimpleType::Restriction { base, .. } => std::slice::from_ref(base),
                SimpleType::List { item } => std::slice::from_ref(item),
                SimpleType::Union { members } => {
                    self.name_members(top, members);
                    members.as_slice()
                }
            };
            let is_simple = |part: &&TypeId| matches!(set.types[part.0].body, TypeBody::Simple(_));
            let open = parts.iter().filter(is_simple).find(|part| !self.done.contains_key(part));
            match open {
                // A type that is made of itself was reported by resolve; here it only must not go on for ever.
                Some(part) if !stack.contains(part) => stack.push(*part),
                _ => {
                    last = self.simple(top, simple);
                    stack.pop();
                }
            }
        }
        last
    }

    /// Gives anonymous members of a union the words of their names.
    fn name_members(&mut self, id: TypeId, members: &[TypeId]) {
        for (at, member) in members.iter().enumerate() {
            if self.set.types[member.0].name.is_none() && !self.member_hints.contains_key(member) {
                let hint =
                    format!("{} {}", super::strip_type(&self.hint(id)), self.member_words(*member, at));
                self.member_hints.insert(*member, hint);
            }
        }
    }

    fn simple(&mut self, id: TypeId, simple: &SimpleType) -> Ty {
        let ty = match simple {
            SimpleType::List { item } => Ty::List(Box::new(self.ty(*item))),
            SimpleType::Union { members } => {
                let mut variants: Vec<(String, Ty)> = Vec::new();
                for (at, member) in members.iter().enumerate() {
                    let ty = self.ty(*member);
                    // What another member reads already never comes to this one.
                    if !variants.iter().any(|(_, known)| kept_alike(known, &ty)) {
                        variants.push((self.member_words(*member, at), ty));
                    }
                }
                self.simple_item(id, ItemKind::Union(variants))
            }
            SimpleType::Restriction { base, facets } => {
                let base_ty = self.ty(*base);
                let enumerated = facets.iter().any(|f| f.kind == FacetKind::Enumeration);
                // Of names, every length is right (Part 2, 4.3.1.3).
                let is_name = matches!(self.primitive(*base), Some(Builtin::QName | Builtin::Notation));
                let length = [FacetKind::Length, FacetKind::MinLength, FacetKind::MaxLength];
                let counts = |f: &&crate::schema::Facet| {
                    f.kind != FacetKind::WhiteSpace && !(is_name && length.contains(&f.kind))
                };
                let checked: Vec<_> = facets.iter().filter(counts).cloned().collect();
                if enumerated && self.is_text(*base) {
                    // They are values of the base type.
                    let (space, of_base) = (self.white_space(id), self.white_space(*base));
                    let (counts, listed): (Vec<_>, Vec<_>) =
                        checked.into_iter().partition(|f| f.kind != FacetKind::Enumeration);
                    // Published schemas list a value twice now and then; it is one value.
                    let mut values: Vec<crate::schema::Facet> = Vec::new();
                    for mut facet in listed {
                        facet.value = of_base.of(&facet.value);
                        if !values.iter().any(|known| known.value == facet.value) {
                            values.push(facet);
                        }
                    }
                    let pattern = pattern(&counts);
                    let fits = |facet: &crate::schema::Facet| {
                        counts.iter().all(|count| has_length(&facet.value, count))
                            && pattern.as_ref().is_none_or(|pattern| pattern.is_match(&facet.value))
                    };
                    if values.iter().any(fits) {
                        values.retain(fits);
                    }
                    self.simple_item(id, ItemKind::Enumeration { values, space })
                } else {
                    // What the base does already need not be done again.
                    let space = self.white_space(id);
                    let space = if space > self.white_space(*base) { space } else { WhiteSpace::Preserve };
                    if checked.is_empty() && space == WhiteSpace::Preserve {
                        base_ty
                    } else {
                        self.simple_item(id, ItemKind::Restricted { base: base_ty, facets: checked, space })
                    }
                }
            }
        };
        self.done.insert(id, ty.clone());
        ty
    }

    fn simple_item(&mut self, id: TypeId, kind: ItemKind) -> Ty {
        let ty = &self.set.types[id.0];
        Ty::Item(self.add(Item {
            key: self.type_key(id),
            hint: self.hint(id),
            wire: self.wire(id),
            span: ty.span.clone(),
            docs: ty.docs.clone(),
            kind,
        }))
    }

    /// Words for a union member: the name of its type, or how it is told apart.
    fn member_words(&self, id: TypeId, at: usize) -> String {
        let ty = &self.set.types[id.0];
        if let Some(name) = &ty.name {
            return super::strip_type(&name.local).to_owned();
        }
        match &ty.body {
            TypeBody::Simple(SimpleType::Restriction { facets, .. }) => {
                let value = |kinds: [FacetKind; 2]| {
                    facets.iter().find(|f| kinds.contains(&f.kind)).map(|f| &*f.value)
                };
                let least = value([FacetKind::MinInclusive, FacetKind::MinExclusive]);
                let most = value([FacetKind::MaxInclusive, FacetKind::MaxExclusive]);
                match (least, most) {
                    _ if facets.iter().any(|f| f.kind == FacetKind::Enumeration) => "listed".to_owned(),
                    _ if facets.iter().any(|f| f.kind == FacetKind::Pattern) => "patterned".to_owned(),
                    (Some(least), Some(most)) => format!("from {least} to {most}"),
                    (Some(least), None) => format!("from {least}"),
                    (None, Some(most)) => format!("up to {most}"),
                    (None, None) => "restricted".to_owned(),
                }
            }
            TypeBody::Simple(SimpleType::List { .. }) => "list".to_owned(),
            _ if at == 0 => "first".to_owned(),
            _ => "other".to_owned(),
        }
    }

    /// What becomes of the white space of a text of this type.
    fn white_space(&self, id: TypeId) -> WhiteSpace {
        let mut at = id;
        loop {
            match &self.set.types[at.0].body {
                TypeBody::Simple(SimpleType::Restriction { base, facets }) => {
                    let own = facets.iter().find(|facet| facet.kind == FacetKind::WhiteSpace);
                    match own.map(|facet| facet.value.trim()) {
                        Some("preserve") => return WhiteSpace::Preserve,
                        Some("replace") => return WhiteSpace::Replace,
                        Some(_) => return WhiteSpace::Collapse,
                        None => at = *base,
                    }
                }
                TypeBody::Builtin(Builtin::String | Builtin::AnySimpleType | Builtin::AnyType) => {
                    return WhiteSpace::Preserve;
                }
                TypeBody::Builtin(Builtin::NormalizedString) => return WhiteSpace::Replace,
                // Each member of a union treats it in its own way.
                TypeBody::Simple(SimpleType::Union { .. }) => return WhiteSpace::Preserve,
                _ => return WhiteSpace::Collapse,
            }
        }
    }

    /// The built-in type that a type restricts; none for lists and unions.
    fn primitive(&self, id: TypeId) -> Option<Builtin> {
        let mut at = id;
        loop {
            match &self.set.types[at.0].body {
                TypeBody::Simple(SimpleType::Restriction { base, .. }) => at = *base,
                TypeBody::Builtin(builtin) => return Some(*builtin),
                _ => return None,
            }
        }
    }

    /// Whether values of the type are text, so that an enumeration of them is one of names.
    fn is_text(&self, id: TypeId) -> bool {
        use crate::schema::Builtin::*;
        self.primitive(id).is_some_and(|builtin| {
            matches!(
                builtin,
                AnySimpleType
                    | String
                    | NormalizedString
                    | Token
                    | Language
                    | NmToken
                    | Name
                    | NcName
                    | Id
                    | IdRef
                    | Entity
                    | AnyUri
            )
        })
    }
}

/// The patterns among facets, which are alternatives, if they mean the same to the regex crates; others say nothing here.
fn pattern(facets: &[crate::schema::Facet]) -> Option<Regex> {
    let patterns = facets.iter().filter(|facet| facet.kind == FacetKind::Pattern);
    let joined = patterns.map(|facet| facet.value.as_str()).collect::<Vec<_>>().join("|");
    let plain = !joined.is_empty() && is_plain_pattern(&joined);
    plain.then(|| Regex::new(&format!("^(?:{joined})$")).ok()).flatten()
}

/// Whether a text has the length that a facet asks for, if it asks for one.
fn has_length(text: &str, facet: &crate::schema::Facet) -> bool {
    let (length, wanted) = (text.chars().count(), facet.value.trim().parse::<usize>());
    match facet.kind {
        FacetKind::Length => wanted.is_ok_and(|wanted| length == wanted),
        FacetKind::MinLength => wanted.is_ok_and(|wanted| length >= wanted),
        FacetKind::MaxLength => wanted.is_ok_and(|wanted| length <= wanted),
        _ => true,
    }
}

/// Whether values of two simple types are read alike, and are of the same type of Rust.
fn kept_alike(one: &Ty, other: &Ty) -> bool {
    use Builtin::*;
    match (one, other) {
        (Ty::List(one), Ty::List(other)) => kept_alike(one, other),
        (Ty::Builtin(String | AnySimpleType), Ty::Builtin(String | AnySimpleType)) => true,
        (Ty::Builtin(QName | Notation), Ty::Builtin(QName | Notation)) => true,
        _ => one == other,
    }
}
