//! From a reference to the id of what it names; and what to say when nothing has that name.

use crate::diagnostic::{Code, Diagnostic, closest};
use crate::load::{Reference, ReferenceKind, XML, XSD};
use crate::parse::NameRef;
use crate::schema::{Builtin, ElementId, QName, TypeId};

use super::collect::Space;
use super::{Place, Resolver, builtin};

/// Namespaces of the types of SOAP encoding, of SOAP 1.1 and 1.2.
const SOAP_ENCODING: [&str; 2] =
    ["http://schemas.xmlsoap.org/soap/encoding/", "http://www.w3.org/2003/05/soap-encoding"];

/// Beyond so many unknown names no more similar ones are looked for.
const MAX_SUGGESTIONS: usize = 200;

impl Resolver<'_, '_> {
    /// The type that a reference names; anyType after an error.
    pub(super) fn type_named(&mut self, reference: &NameRef, place: &Place) -> TypeId {
        let name = self.table.instances[place.instance].name(reference);
        if &*name.namespace == XSD
            && let Some(index) = builtin::named(&name.local)
        {
            return TypeId(index);
        }
        if &*name.namespace == XSD
            && let Some((_, old)) = builtin::MODERN.iter().find(|(local, _)| *local == &*name.local)
        {
            let message = format!("`{}` is a type of XML Schema 1.1, which is not supported", reference.text);
            let help = "use a type of XML Schema 1.0 in the generator's copy of the schema";
            self.diagnostics.push(Diagnostic::error(Code::Modern, &reference.span, message).help(help));
            return TypeId(*old as usize);
        }
        let index = self.definition(Space::Type, &name, place);
        if let Some(id) = index.and_then(|index| self.type_ids.get(&(name.clone(), index)).copied()) {
            self.check_import(reference, &name, place);
            return id;
        }
        self.unknown(Space::Type, reference, &name);
        TypeId(Builtin::AnyType as usize)
    }

    /// Whether a reference names anyType itself.
    pub(super) fn is_any_type(&self, reference: &NameRef, place: &Place) -> bool {
        let name = self.table.instances[place.instance].name(reference);
        &*name.namespace == XSD && &*name.local == "anyType"
    }

    /// The global element that a reference names.
    pub(super) fn element_named(&mut self, reference: &NameRef, place: &Place) -> Option<ElementId> {
        let name = self.table.instances[place.instance].name(reference);
        let id = self.element_ids.get(&name).copied();
        match id {
            None => self.unknown(Space::Element, reference, &name),
            Some(_) => self.check_import(reference, &name, place),
        }
        id
    }

    /// Remarks, once a document, on a namespace that it uses and does not import. The name was found.
    pub(super) fn check_import(&mut self, reference: &NameRef, name: &QName, place: &Place) {
        let instance = &self.table.instances[place.instance];
        let namespace = &*name.namespace;
        if namespace == &*instance.target || namespace == XSD || instance.schema.built_in {
            return;
        }
        let mut imports = instance.schema.references.iter().map(|known| &known.reference);
        let is_import = |known: &Reference| {
            known.kind == ReferenceKind::Import && known.namespace.as_deref().unwrap_or_default() == namespace
        };
        if imports.any(is_import) {
            return;
        }
        if self.not_imported.insert((place.instance, name.namespace.clone())) {
            let message = format!(
                "`{}` is used, but this document does not import the namespace `{namespace}`",
                reference.text
            );
            let diagnostic = Diagnostic::warning(Code::NotImported, &reference.span, message);
            let help = format!(
                "add <xs:import namespace=\"{namespace}\"/> to it; what another file declares was taken"
            );
            self.diagnostics.push(diagnostic.help(help));
        }
    }

    /// Which of the definitions of a name is meant at `place`: the last, or for a redefinition that names
    /// itself the one before. `None` when there is none.
    pub(super) fn definition(&self, space: Space, name: &QName, place: &Place) -> Option<usize> {
        if let Some((redefined_space, redefined, before)) = &place.redefines
            && *redefined_space == space
            && redefined == name
        {
            return Some(*before);
        }
        self.table.get(space, name)?.len().checked_sub(1)
    }

    /// Reports a name that nothing has.
    pub(super) fn unknown(&mut self, space: Space, reference: &NameRef, name: &QName) {
        if SOAP_ENCODING.contains(&&*name.namespace) {
            let message = format!("`{}` is of SOAP encoding, which is not supported", reference.text);
            let help = format!(
                "use a document/literal description of the service; where messages are literal all the same, add the \
                 schema of `{}` to the inputs",
                name.namespace
            );
            let diagnostic = Diagnostic::error(Code::UnsupportedStyle, &reference.span, message);
            self.diagnostics.push(diagnostic.help(help));
            return;
        }
        if &*name.namespace == XSD && space == Space::Element {
            let message =
                format!("`{}` is an element of XML Schema itself, which no schema declares", reference.text);
            let help =
                "messages that bring their own schema have it; `cargo xtask new-crate` keeps it as XML";
            let diagnostic = Diagnostic::error(Code::UnknownElement, &reference.span, message);
            self.diagnostics.push(diagnostic.help(help));
            return;
        }
        let code = match space {
            Space::Type => Code::UnknownType,
            Space::Element => Code::UnknownElement,
            Space::Attribute => Code::UnknownAttribute,
            Space::Group | Space::AttributeGroup => Code::UnknownGroup,
        };
        let word = space.word();
        let article = if matches!(space, Space::Element | Space::Attribute | Space::AttributeGroup) {
            "an"
        } else {
            "a"
        };
        // An import that brought no file may be why: the one in the same document first.
        let imports = &self.documents.fileless_imports;
        let of_namespace =
            |import: &&Reference| import.namespace.as_deref().unwrap_or("") == &*name.namespace;
        let import = imports
            .iter()
            .filter(of_namespace)
            .find(|i| i.span.file == reference.span.file)
            .or_else(|| imports.iter().find(of_namespace));
        let text = &reference.text;
        let mut diagnostic = match import {
            Some(import) if &*name.namespace != XML => {
                let message =
                    format!("`{text}` is used here as {article} {word}, but its import brought no file");
                let note = match &import.location {
                    Some(location) => format!("this import says `{location}`, which is not among the inputs"),
                    None => "this import says no schemaLocation".to_owned(),
                };
                let help = format!(
                    "add the schema of `{}` that declares `{}` to the inputs",
                    name.namespace, name.local
                );
                let diagnostic = Diagnostic::error(Code::NeededImport, &reference.span, message);
                diagnostic.note(Some(&import.span), note).help(help)
            }
            Some(import) => {
                let message = format!("unknown {word} `{text}`");
                let diagnostic = Diagnostic::error(code, &reference.span, message);
                diagnostic.note(
                    Some(&import.span),
                    "this import brought no file; the built-in schema has no such name",
                )
            }
            None => Diagnostic::error(code, &reference.span, format!("unknown {word} `{text}`")),
        };
        let help = self.suggestion(space, reference, name);
        if let Some(help) = help.or_else(|| {
            // What an import lacks says already which file to add.
            let plain = diagnostic.help.is_none();
            plain
                .then(|| format!("correct the name, or add the file that declares this {word} to the inputs"))
        }) {
            diagnostic = diagnostic.help(help);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Advice for an unknown name: a similar one, or the same in another namespace or space.
    fn suggestion(&mut self, space: Space, reference: &NameRef, name: &QName) -> Option<String> {
        self.suggestions += 1;
        if self.suggestions > MAX_SUGGESTIONS {
            return None;
        }
        let prefixed = |local: &str| match reference.text.split_once(':') {
            Some((prefix, _)) => format!("{prefix}:{local}"),
            None => local.to_owned(),
        };
        let local = &*name.local;
        let same_namespace =
            self.table.names(space).filter(|n| n.namespace == name.namespace).map(|n| &*n.local);
        let builtins =
            builtin::ALL.iter().map(|b| b.1).filter(|_| &*name.namespace == XSD && space == Space::Type);
        if let Some(near) = closest(local, same_namespace.chain(builtins)) {
            return Some(format!("did you mean `{}`?", prefixed(near)));
        }
        if let Some(other) = self.table.names(space).find(|n| *n.local == *local) {
            let namespace = if other.namespace.is_empty() { "no namespace" } else { &*other.namespace };
            return Some(format!("`{local}` is declared in {namespace}: check the prefix"));
        }
        if space == Space::Type && builtin::named(local).is_some() {
            return Some(format!("`{local}` is a type of XML Schema: use its prefix"));
        }
        let declared = self.table.components.keys().any(|(_, n)| n.namespace == name.namespace);
        let known = declared
            || &*name.namespace == XSD
            || self
                .documents
                .fileless_imports
                .iter()
                .any(|i| i.namespace.as_deref().unwrap_or("") == &*name.namespace);
        (!known && !name.namespace.is_empty())
            .then(|| format!("no document declares the namespace `{}`: import its schema", name.namespace))
    }
}
