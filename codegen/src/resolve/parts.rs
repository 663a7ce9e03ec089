//! Parts of messages: the element that each names, the wrapper of those of an rpc message, and what stands for a part
//! of a document that has a type in place of an element.

use std::rc::Rc;

use super::services::Linker;
use crate::diagnostic::{Code, Diagnostic, closest};
use crate::parse;
use crate::schema::{Builtin, ElementId, QName, TypeId};
use crate::span::Span;

/// Namespace of the type that WCF gives to the part of a message of which it knows nothing.
const UNTYPED: &str = "http://schemas.microsoft.com/Message";

impl<'a> Linker<'a, '_> {
    /// Wrapper element of an rpc message.
    pub(super) fn wrapper(
        &mut self,
        operation: &str,
        message: &'a parse::Message,
        body: &[&Rc<str>],
        wrapper: &Rc<str>,
        bound: &parse::BindingMessage,
    ) -> Option<ElementId> {
        let mut parts = Vec::new();
        let mut complete = true;
        for name in body {
            match self.rpc_part(operation, message, name) {
                Some(part) => parts.push(part),
                None => complete = false,
            }
        }
        let name = QName { namespace: bound.namespace.clone().unwrap_or_default(), local: wrapper.clone() };
        let declared = self.elements.contains_key(&name);
        let docs = format!("The parts of the message `{}` of the rpc operation `{operation}`.", message.name);
        let found = (complete && !declared).then(|| self.wrappers.wrapper(name, &parts, &message.span, docs));
        if complete && found.flatten().is_none() {
            let text = format!(
                "operation `{operation}`: its wrapper element `{wrapper}` is another element already"
            );
            let help = "give soap:body another `namespace`, or rename the operation";
            self.lost(Diagnostic::error(Code::BadPart, &message.span, text).help(help));
        }
        found.flatten()
    }

    /// A part of an rpc message with its type.
    fn rpc_part(
        &mut self,
        operation: &str,
        message: &'a parse::Message,
        name: &str,
    ) -> Option<(&'a parse::Part, TypeId)> {
        let part = self.named_part(operation, message, name, None)?;
        let Some(reference) = &part.ty else {
            let text = format!("operation `{operation}`: part `{name}` has no type, as rpc style needs");
            let help = "name its type with `type`; a part with `element` needs document style";
            self.lost(Diagnostic::error(Code::BadPart, &part.span, text).help(help));
            return None;
        };
        self.part_type(operation, part, reference).map(|ty| (part, ty))
    }

    /// The part of that name, which `from` refers to, if anything but the message does.
    fn named_part(
        &mut self,
        operation: &str,
        message: &'a parse::Message,
        name: &str,
        from: Option<&Span>,
    ) -> Option<&'a parse::Part> {
        let found = message.parts.iter().find(|part| *part.name == *name);
        if found.is_none() {
            let text = format!("operation `{operation}`: message `{}` has no part `{name}`", message.name);
            let help = match closest(name, message.parts.iter().map(|part| &*part.name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add the part to the message".to_owned(),
            };
            let mut diagnostic = Diagnostic::error(Code::UnknownMessage, from.unwrap_or(&message.span), text);
            if from.is_some() {
                diagnostic = diagnostic.note(Some(&message.span), "the message is here");
            }
            self.lost(diagnostic.help(help));
        }
        found
    }

    /// The type that a part names.
    fn part_type(
        &mut self,
        operation: &str,
        part: &parse::Part,
        reference: &parse::NameRef,
    ) -> Option<TypeId> {
        let found = self.wrappers.named(&reference.name);
        if found.is_none() {
            let text = format!(
                "operation `{operation}`: part `{}` names the unknown type `{}`",
                part.name, reference.text
            );
            let help = match closest(&reference.name.local, self.wrappers.names(&reference.name.namespace)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("no schema defines it in the namespace `{}`", reference.name.namespace),
            };
            self.lost(Diagnostic::error(Code::BadPart, &part.span, text).help(help));
        }
        found
    }

    /// Element of a part of the body, which `from` refers to. Where it has a type only, that is the type of an element
    /// of the part's name without a namespace, as SoapUI, zeep and suds have it.
    pub(super) fn body_part(
        &mut self,
        operation: &str,
        message: &'a parse::Message,
        name: &str,
        from: &Span,
    ) -> Option<ElementId> {
        let part = message.parts.iter().find(|p| *p.name == *name);
        let typed = part.filter(|part| part.element.is_none() && !self.strict);
        let Some((part, reference)) = typed.and_then(|part| Some((part, part.ty.as_ref()?))) else {
            return self.part(operation, message, name, from);
        };
        let ty = self.part_type(operation, part, reference)?;
        if ty == TypeId(Builtin::AnyType as usize) || &*reference.name.namespace == UNTYPED {
            let text = format!("operation `{operation}`: part `{name}` stands for a body of any content");
            let help = "declare a global element for what the body holds and name it with `element`";
            self.lost(Diagnostic::error(Code::BadPart, &part.span, text).help(help));
            return None;
        }
        let element = QName { namespace: "".into(), local: part.name.clone() };
        let declared = self.elements.contains_key(&element);
        let Some(found) = self.wrappers.bare(element, ty, &part.span).filter(|_| !declared) else {
            let text = format!(
                "operation `{operation}`: part `{name}` has no element, and one of this name has another type already"
            );
            let help = "declare a global element and name it with `element`";
            self.lost(Diagnostic::error(Code::BadPart, &part.span, text).help(help));
            return None;
        };
        let text = format!(
            "operation `{operation}`: part `{name}` has no element, as document style needs; it is taken for one named \
             `{name}`, without a namespace"
        );
        let help = "declare a global element and name it with `element`, if messages have another one";
        self.diagnostics.push(Diagnostic::warning(Code::BadPart, &part.span, text).help(help));
        Some(found)
    }

    /// Element of a part, which `from` refers to.
    pub(super) fn part(
        &mut self,
        operation: &str,
        message: &'a parse::Message,
        name: &str,
        from: &Span,
    ) -> Option<ElementId> {
        let part = self.named_part(operation, message, name, Some(from))?;
        let Some(reference) = &part.element else {
            // A bad name was reported by the parser.
            let text =
                format!("operation `{operation}`: part `{name}` has no element, as document style needs");
            let help = "declare a global element and name it with `element`";
            self.lost(Diagnostic::error(Code::BadPart, &part.span, text).help(help));
            return None;
        };
        let found = self.elements.get(&reference.name).copied();
        if found.is_none() {
            let text = format!(
                "operation `{operation}`: part `{name}` names the unknown element `{}`",
                reference.text
            );
            let same = self.elements.keys().filter(|n| n.namespace == reference.name.namespace);
            let help = match closest(&reference.name.local, same.map(|n| &*n.local)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("no schema declares it in the namespace `{}`", reference.name.namespace),
            };
            self.lost(Diagnostic::error(Code::BadPart, &part.span, text).help(help));
        }
        found
    }
}
