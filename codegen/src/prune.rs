//! The prune stage: `SchemaSet` in, `SchemaSet` out with only what the chosen operations and elements reach,
//! ids renumbered, order kept. May assume that all ids are valid; derivations and substitution groups have no
//! circles.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, closest};
use crate::load::is_same;
use crate::manifest::Manifest;
use crate::renumber::renumber;
use crate::schema::{
    AttributeUse, Block, Builtin, Content, Derivation, ElementId, Message, Operation, Particle, QName,
    SchemaSet, SimpleType, Term, TypeBody, TypeId, Wildcard,
};

/// Runs the stage. Roots are the operations of the manifest's WSDLs and the elements it names. A manifest
/// that gives neither means every global component of the files it lists.
pub fn prune(set: &SchemaSet, manifest: &Manifest, diagnostics: &mut Diagnostics) -> SchemaSet {
    let mut set = set.clone();
    for service in &mut set.services {
        let users: Vec<_> = manifest
            .protocols
            .iter()
            .filter(|p| p.wsdl.as_ref().is_some_and(|w| is_same(&w.path, &service.file)))
            .filter(|p| p.port_type.as_deref().is_none_or(|name| name == &*service.name.local))
            .collect();
        let wanted = |operation: &Operation| {
            users
                .iter()
                .any(|p| p.operations.is_empty() || p.operations.iter().any(|o| **o == *operation.name))
        };
        service.operations.retain(wanted);
    }
    set.services.retain(|service| !service.operations.is_empty());

    let mut reach = Reach::new(&set);
    for operation in set.services.iter().flat_map(|s| &s.operations) {
        reach.message(&operation.input);
        if let Some(output) = &operation.output {
            reach.message(output);
        }
        for (_, element) in &operation.faults {
            reach.element(*element);
        }
    }
    extra_elements(&set, manifest, &mut reach, diagnostics);
    for (index, element) in set.elements.iter().enumerate().filter(|(_, element)| element.global) {
        if manifest.everything || manifest.elements.contains(&element.name) {
            reach.element(ElementId(index));
        }
    }
    let named = manifest.protocols.iter().any(|p| p.wsdl.is_some() || !p.elements.is_empty());
    if !named && manifest.elements.is_empty() {
        let listed = |file: &str| {
            let files = manifest.protocols.iter().flat_map(|p| &p.files);
            files.into_iter().any(|f| is_same(&f.path, file))
        };
        for (index, element) in set.elements.iter().enumerate() {
            if element.global && listed(&element.span.file) {
                reach.element(ElementId(index));
            }
        }
        for (index, ty) in set.types.iter().enumerate() {
            if ty.name.is_some() && listed(&ty.span.file) {
                reach.ty(TypeId(index));
            }
        }
    }
    if manifest.everything {
        // An xsi:type may name them where a type is declared that they are derived from.
        for (index, ty) in set.types.iter().enumerate() {
            if ty.name.is_some() && is_of_text(&ty.body) {
                reach.ty(TypeId(index));
            }
        }
    }
    reach.run();
    let open = reach.open;
    let all_globals =
        set.elements.iter().zip(&reach.elements).all(|(element, reached)| *reached || !element.global);
    let all = |kind: fn(&TypeBody) -> bool| {
        let mut types = set.types.iter().zip(&reach.types);
        types.all(|(ty, reached)| *reached || ty.name.is_none() || !kind(&ty.body))
    };
    let all_types = all(|body| matches!(body, TypeBody::Simple(_)));
    let all_complex = all(|body| matches!(body, TypeBody::Complex(_)));
    let types: Vec<TypeId> = (0..set.types.len()).map(TypeId).filter(|id| reach.types[id.0]).collect();
    let elements: Vec<ElementId> =
        (0..set.elements.len()).map(ElementId).filter(|id| reach.elements[id.0]).collect();
    set.attributes.retain(|attribute| open && is_admitted(attribute));
    set.open = open;
    // Of files that were cut down by hand nobody knows what they left out.
    let unasked = manifest.everything || (!named && manifest.elements.is_empty());
    let whole = unasked && !diagnostics.has(MISSING);
    (set.all_globals, set.all_types) = (whole && all_globals, whole && all_types);
    set.all_complex = whole && all_complex;
    renumber(&set, &types, &elements)
}

/// Whether values of a type are texts: it is simple, or complex with simple content.
fn is_of_text(body: &TypeBody) -> bool {
    match body {
        TypeBody::Simple(_) => true,
        TypeBody::Complex(complex) => matches!(complex.content, Content::Simple(_)),
        TypeBody::Builtin(_) => false,
    }
}

/// What is said of schemas that lack something.
const MISSING: &[Code] = &[
    Code::MissingInclude,
    Code::UnknownType,
    Code::UnknownElement,
    Code::UnknownAttribute,
    Code::UnknownGroup,
    Code::BadPart,
];

/// Whether what a wildcard admits is checked by this declaration. Attributes of XML itself may stand anywhere.
fn is_admitted(attribute: &AttributeUse) -> bool {
    &*attribute.name.namespace != "http://www.w3.org/XML/1998/namespace"
}

/// The elements that the manifest names.
fn extra_elements(
    set: &SchemaSet,
    manifest: &Manifest,
    reach: &mut Reach<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut globals: BTreeMap<&QName, ElementId> = BTreeMap::new();
    if manifest.protocols.iter().all(|p| p.elements.is_empty()) {
        return;
    }
    for (index, element) in set.elements.iter().enumerate().filter(|(_, e)| e.global) {
        globals.insert(&element.name, ElementId(index));
    }
    for protocol in &manifest.protocols {
        for name in &protocol.elements {
            let mut report = |message: String, help: String| {
                diagnostics.push(Diagnostic::error(Code::ManifestName, &protocol.span, message).help(help));
            };
            let Some((namespace, local)) = manifest.expand(name) else {
                let help = "declare it in [prefixes] of the manifest".to_owned();
                report(format!("the prefix of element `{name}` is not known"), help);
                continue;
            };
            let key = QName { namespace: namespace.into(), local: local.into() };
            match globals.get(&key) {
                Some(id) => reach.element(*id),
                None => {
                    let same = globals.keys().filter(|n| n.namespace == key.namespace).map(|n| &*n.local);
                    let help = match closest(local, same) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "name a global element as prefix:name".to_owned(),
                    };
                    report(format!("there is no global element `{name}`"), help);
                }
            }
        }
    }
}

struct Reach<'a> {
    set: &'a SchemaSet,
    types: Vec<bool>,
    elements: Vec<bool>,
    /// Complex types directly derived from a type.
    derived: BTreeMap<TypeId, Vec<(Derivation, TypeId)>>,
    /// Something asks for global elements and attributes by name.
    open: bool,
    /// Types whose derived types were taken in.
    declared: Vec<bool>,
    pending_types: Vec<TypeId>,
    pending_elements: Vec<ElementId>,
}

impl<'a> Reach<'a> {
    fn new(set: &'a SchemaSet) -> Self {
        let mut derived: BTreeMap<TypeId, Vec<(Derivation, TypeId)>> = BTreeMap::new();
        for (index, ty) in set.types.iter().enumerate() {
            if let TypeBody::Complex(complex) = &ty.body
                && let Some((method, base)) = complex.derivation
            {
                derived.entry(base).or_default().push((method, TypeId(index)));
            }
        }
        Self {
            set,
            types: vec![false; set.types.len()],
            elements: vec![false; set.elements.len()],
            derived,
            open: false,
            declared: vec![false; set.types.len()],
            pending_types: Vec::new(),
            pending_elements: Vec::new(),
        }
    }

    fn ty(&mut self, id: TypeId) {
        if !std::mem::replace(&mut self.types[id.0], true) {
            self.pending_types.push(id);
        }
    }

    fn element(&mut self, id: ElementId) {
        if !std::mem::replace(&mut self.elements[id.0], true) {
            self.pending_elements.push(id);
        }
    }

    fn message(&mut self, message: &Message) {
        for element in message.body.into_iter().chain(message.headers.iter().map(|h| h.element)) {
            self.element(element);
        }
    }

    /// Follows everything that was reached, without recursion.
    fn run(&mut self) {
        let set = self.set;
        loop {
            if let Some(id) = self.pending_elements.pop() {
                let element = &set.elements[id.0];
                if matches!(set.types[element.ty.0].body, TypeBody::Builtin(Builtin::AnyType)) {
                    self.opened();
                }
                self.declared_type(element.ty);
                for member in &element.members {
                    self.element(*member);
                }
            } else if let Some(id) = self.pending_types.pop() {
                match &set.types[id.0].body {
                    TypeBody::Builtin(_) => {}
                    TypeBody::Simple(SimpleType::Restriction { base, .. }) => self.ty(*base),
                    TypeBody::Simple(SimpleType::List { item }) => self.ty(*item),
                    TypeBody::Simple(SimpleType::Union { members }) => {
                        for member in members {
                            self.ty(*member);
                        }
                    }
                    TypeBody::Complex(complex) => {
                        if let Some((_, base)) = complex.derivation {
                            self.ty(base);
                        }
                        match &complex.content {
                            Content::Empty => {}
                            Content::Simple(text) => self.ty(*text),
                            Content::Particles(particle) => self.particle(particle),
                        }
                        for attribute in &complex.attributes {
                            self.ty(attribute.ty);
                        }
                        if complex.any_attribute.as_ref().is_some_and(Wildcard::asks) {
                            self.opened();
                        }
                    }
                }
            } else {
                break;
            }
        }
    }

    /// The type of an element, and the complex types that xsi:type may put in its place. Not so for a type
    /// that is only the base of something: nothing in a document is declared to have it.
    fn declared_type(&mut self, id: TypeId) {
        self.ty(id);
        let TypeBody::Complex(declared) = &self.set.types[id.0].body else { return };
        let block = declared.block;
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            // With other blocks other types are taken in.
            if block == Block::default() && std::mem::replace(&mut self.declared[id.0], true) {
                continue;
            }
            for (method, derived) in self.derived.get(&id).cloned().unwrap_or_default() {
                if block.blocks(method) {
                    continue;
                }
                // An anonymous type cannot be named in xsi:type, nor derived from.
                if self.set.types[derived.0].name.is_some() {
                    self.ty(derived);
                }
                pending.push(derived);
            }
        }
    }

    /// Something asks for what is declared globally.
    fn opened(&mut self) {
        if !std::mem::replace(&mut self.open, true) {
            let set = self.set;
            let admitted = set.attributes.iter().filter(|attribute| is_admitted(attribute));
            admitted.for_each(|attribute| self.ty(attribute.ty));
        }
    }

    fn particle(&mut self, particle: &Particle) {
        match &particle.term {
            Term::Element(id) => self.element(*id),
            Term::Any(wildcard) => {
                if wildcard.asks() {
                    self.opened();
                }
            }
            Term::Sequence(list) | Term::Choice(list) | Term::All(list) => {
                for inner in list {
                    self.particle(inner);
                }
            }
        }
    }
}
