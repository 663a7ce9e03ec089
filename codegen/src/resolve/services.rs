//! Links WSDL: port types with their bindings, operations with their messages, parts with their elements.
//! An operation that cannot be resolved is reported and left out.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, closest};
use crate::load::is_same;
use crate::manifest::{Manifest, Protocol};
use crate::parse::{self, Binding, BindingOperation, Definitions, Documents, NameRef};
use crate::schema::{ElementId, HeaderPart, Message, Operation, QName, SchemaSet, Service, SoapVersion};
use crate::span::Span;

use super::overloads;
use super::rpc::Wrappers;

/// Fills in the services of `set`, sorted by file and name.
pub(super) fn link(
    set: &mut SchemaSet,
    documents: &Documents,
    manifest: &Manifest,
    diagnostics: &mut Diagnostics,
) {
    let elements: BTreeMap<QName, ElementId> = set
        .elements
        .iter()
        .enumerate()
        .filter(|(_, element)| element.global)
        .map(|(index, element)| (element.name.clone(), ElementId(index)))
        .collect();
    let mut wrappers = Wrappers::new(set);
    let mut done = BTreeSet::new();
    for protocol in &manifest.protocols {
        let Some(wsdl) = &protocol.wsdl else { continue };
        let root = documents.wsdls.iter().find(|d| is_same(&wsdl.path, &d.file));
        if documents.schemas.iter().any(|s| !s.embedded && is_same(&wsdl.path, &s.file)) {
            let message = format!("{} is a schema, not a WSDL description", wsdl.path);
            let help = "list it under `files`, and name global elements under `elements`";
            diagnostics.push(Diagnostic::error(Code::ManifestName, &wsdl.span, message).help(help));
        }
        let Some(root) = root.filter(|root| done.insert(root.file.clone())) else { continue };
        // Several protocols may share a file: an operation is wanted when one of them wants it.
        let users: Vec<&Protocol> = manifest
            .protocols
            .iter()
            .filter(|p| p.wsdl.as_ref().is_some_and(|w| is_same(&w.path, &root.file)))
            .collect();
        let mut linker = Linker::new(root, documents, &elements, &mut wrappers, users, diagnostics);
        let services = linker.services();
        linker.check_names();
        set.services.extend(services);
    }
    wrappers.add_to(set);
    set.services.sort_by(|a, b| (&a.file, &a.name).cmp(&(&b.file, &b.name)));
}

pub(super) struct Linker<'a, 'd> {
    root: &'a Definitions,
    /// The root WSDL and those that it imports, sorted by file.
    definitions: Vec<&'a Definitions>,
    messages: BTreeMap<QName, &'a parse::Message>,
    pub(super) elements: &'a BTreeMap<QName, ElementId>,
    pub(super) wrappers: &'d mut Wrappers,
    users: Vec<&'a Protocol>,
    pub(super) strict: bool,
    /// What problems cost where they are not errors: an operation, or a part of it that it can do without.
    at_stake: &'static str,
    pub(super) diagnostics: &'d mut Diagnostics,
}

impl<'a, 'd> Linker<'a, 'd> {
    fn new(
        root: &'a Definitions,
        documents: &'a Documents,
        elements: &'a BTreeMap<QName, ElementId>,
        wrappers: &'d mut Wrappers,
        users: Vec<&'a Protocol>,
        diagnostics: &'d mut Diagnostics,
    ) -> Self {
        let by_file: BTreeMap<&str, &Definitions> = documents.wsdls.iter().map(|d| (&*d.file, d)).collect();
        let mut found: BTreeMap<&str, &Definitions> = BTreeMap::new();
        let mut pending = vec![root];
        while let Some(definitions) = pending.pop() {
            if found.insert(&definitions.file, definitions).is_none() {
                let targets = definitions.imports.iter().filter_map(|i| i.target.as_deref());
                pending.extend(targets.filter_map(|file| by_file.get(file)));
            }
        }
        let definitions: Vec<&Definitions> = found.into_values().collect();
        let strict = users.iter().any(|p| p.strict);
        let mut messages = BTreeMap::new();
        for (file, message) in definitions.iter().flat_map(|d| d.messages.iter().map(move |m| (d, m))) {
            let name = QName { namespace: file.target.clone(), local: message.name.clone() };
            if let Some(first) = messages.insert(name, message) {
                duplicate("message", &message.name, &message.span, &first.span, diagnostics);
            }
        }
        Self {
            root,
            definitions,
            messages,
            elements,
            wrappers,
            users,
            strict,
            at_stake: "operation",
            diagnostics,
        }
    }

    /// Adds a problem that costs an operation: an error, or for a protocol that is not strict a warning.
    pub(super) fn lost(&mut self, diagnostic: Diagnostic) {
        self.costs(self.at_stake, diagnostic);
    }

    /// Adds a problem that costs what is named.
    fn costs(&mut self, what: &str, mut diagnostic: Diagnostic) {
        if !self.strict {
            diagnostic.severity = Severity::Warning;
            diagnostic = diagnostic.note(None, format!("the {what} is left out"));
        }
        self.diagnostics.push(diagnostic);
    }

    fn services(&mut self) -> Vec<Service> {
        let mut services = Vec::new();
        let mut port_types: BTreeMap<QName, &'a parse::PortType> = BTreeMap::new();
        for (definitions, port_type) in
            self.definitions.iter().flat_map(|d| d.port_types.iter().map(move |p| (d, p)))
        {
            let name = QName { namespace: definitions.target.clone(), local: port_type.name.clone() };
            if let Some(first) = port_types.get(&name) {
                duplicate("port type", &port_type.name, &port_type.span, &first.span, self.diagnostics);
            } else {
                port_types.insert(name, port_type);
            }
        }
        let mut bindings: BTreeMap<QName, Vec<&'a Binding>> = BTreeMap::new();
        let all: Vec<&'a Binding> = self.definitions.iter().flat_map(|d| &d.bindings).collect();
        for binding in all {
            if port_types.contains_key(&binding.port_type.name) {
                bindings.entry(binding.port_type.name.clone()).or_default().push(binding);
                continue;
            }
            let message =
                format!("binding `{}`: there is no port type `{}`", binding.name, binding.port_type.text);
            let names = port_types.keys().map(|n| &*n.local);
            let help = match closest(&binding.port_type.name.local, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "declare the port type, or import the WSDL that does".to_owned(),
            };
            self.costs(
                "binding",
                Diagnostic::error(Code::UnknownPortType, &binding.span, message).help(help),
            );
        }
        for (name, port_type) in port_types {
            let candidates = bindings.get(&name).map_or(&[][..], Vec::as_slice);
            let with = |version| candidates.iter().find(|b| b.soap == Some(version));
            let chosen = with(SoapVersion::V11).or_else(|| with(SoapVersion::V12));
            let Some((binding, soap)) = chosen.and_then(|b| b.soap.map(|soap| (*b, soap))) else {
                let message = format!(
                    "port type `{}` has no SOAP binding: its operations cannot be called",
                    name.local
                );
                let help = "add a binding with soap:binding, or ignore this if the port type is not needed";
                self.diagnostics
                    .push(Diagnostic::warning(Code::Unbound, &port_type.span, message).help(help));
                continue;
            };
            let operations = self.operations(port_type, binding);
            let docs = port_type.docs.clone();
            services.push(Service { name, file: self.root.file.clone(), soap, docs, operations });
        }
        services
    }

    /// Whether a protocol asks for an operation.
    fn is_wanted(&self, port_type: &str, operation: &str) -> bool {
        self.users.iter().any(|p| {
            p.port_type.as_deref().is_none_or(|wanted| wanted == port_type)
                && (p.operations.is_empty() || p.operations.iter().any(|o| o == operation))
        })
    }

    fn operations(&mut self, port_type: &'a parse::PortType, binding: &'a Binding) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut names: BTreeMap<Rc<str>, &Span> = BTreeMap::new();
        for (operation, name) in port_type.operations.iter().zip(overloads::names(port_type)) {
            if !self.is_wanted(&port_type.name, &name) {
                continue;
            }
            let Some(bound) = overloads::bound(port_type, binding, operation) else {
                let message = format!(
                    "binding `{}` does not have the operation `{name}`; it is left out",
                    binding.name
                );
                let diagnostic = Diagnostic::warning(Code::OperationMismatch, &operation.span, message);
                self.diagnostics.push(diagnostic.note(Some(&binding.span), "the binding is here"));
                continue;
            };
            // The messages of rpc are in an element that has the operation's own name.
            let of_messages = if bound.rpc.unwrap_or(binding.rpc) { &operation.name } else { &name };
            if let Some(first) = names.insert(of_messages.clone(), &operation.span) {
                let message =
                    format!("operation `{}` is overloaded, and nothing tells the two apart", operation.name);
                let diagnostic = Diagnostic::error(Code::Unsupported, &operation.span, message)
                    .note(Some(first), "the other operation of this name is here")
                    .help(match self.strict {
                        true => "leave one of them out with `operations` in the manifest, or rename it",
                        false => "rename it in the generator's copy of the description, with its binding",
                    });
                self.lost(diagnostic);
                continue;
            }
            operations.extend(self.operation(operation, &name, binding, bound));
        }
        let is_known = |name: &str| port_type.operations.iter().any(|operation| *operation.name == *name);
        for operation in binding.operations.iter().filter(|operation| !is_known(&operation.name)) {
            let message = format!(
                "port type `{}` has no operation `{}`; its binding is ignored",
                port_type.name, operation.name
            );
            self.diagnostics.push(Diagnostic::warning(Code::OperationMismatch, &operation.span, message));
        }
        operations
    }

    fn operation(
        &mut self,
        operation: &'a parse::Operation,
        name: &Rc<str>,
        binding: &'a Binding,
        bound: &'a BindingOperation,
    ) -> Option<Operation> {
        let encoded = [&bound.input.encoded, &bound.output.encoded, &bound.encoded_fault];
        let mime = [&bound.input, &bound.output].into_iter().filter(|bound| self.strict || !bound.has_body);
        let rpc = bound.rpc.unwrap_or(binding.rpc);
        let unsupported = if let Some(span) = encoded.into_iter().flatten().next() {
            let what = match rpc {
                true => "is rpc/encoded (SOAP encoding), which is not supported",
                false => "has use=\"encoded\", which is not supported",
            };
            Some((span, what))
        } else if let Some(span) = mime.filter_map(|bound| bound.mime.as_ref()).next() {
            Some((span, "has MIME attachments, which are not supported"))
        } else if operation.output_first && operation.output.is_some() {
            Some((&operation.span, "starts with the server's message, which is not supported"))
        } else {
            None
        };
        if let Some((span, what)) = unsupported {
            let help = match self.strict {
                true => {
                    "leave it out with `operations` in the manifest; document/literal and rpc/literal are supported"
                }
                false => "document/literal and rpc/literal without attachments are supported",
            };
            let message = format!("operation `{name}` {what}");
            self.lost(Diagnostic::error(Code::UnsupportedStyle, span, message).help(help));
            return None;
        }
        let input = match &operation.input {
            Some(reference) => self.message(name, reference, &bound.input, rpc.then_some(&operation.name)),
            None => {
                let message = format!("operation `{name}` has no input message");
                let help = "add a wsdl:input with the request's message";
                self.lost(Diagnostic::error(Code::UnknownMessage, &operation.span, message).help(help));
                None
            }
        };
        let reply: Option<Rc<str>> = rpc.then(|| format!("{}Response", operation.name).into());
        let output = operation.output.as_ref();
        let output = output.map(|reference| self.message(name, reference, &bound.output, reply.as_ref()));
        let faults: Vec<Option<(Rc<str>, ElementId)>> =
            operation.faults.iter().map(|fault| self.fault(name, fault)).collect();
        // Without a fault that cannot be resolved its operation can be called all the same.
        let faults = match self.strict {
            true => faults.into_iter().collect::<Option<Vec<_>>>(),
            false => Some(faults.into_iter().flatten().collect()),
        };
        for span in [&bound.input, &bound.output].into_iter().filter_map(|bound| bound.mime.as_ref()) {
            let message = format!("operation `{name}` has MIME attachments; they are left out");
            let help = "its messages are sent without attachments; those of replies are passed over";
            self.diagnostics.push(Diagnostic::warning(Code::UnsupportedStyle, span, message).help(help));
        }
        // All of its problems are reported before the operation is given up.
        Some(Operation {
            name: name.clone(),
            soap_action: bound.soap_action.clone().unwrap_or_default(),
            docs: operation.docs.clone(),
            input: input?,
            output: match output {
                Some(message) => Some(message?),
                None => None,
            },
            faults: faults?,
            span: operation.span.clone(),
        })
    }

    /// Body and headers of a message; `wrapper` names the wrapper of an rpc message.
    fn message(
        &mut self,
        operation: &str,
        reference: &parse::MessageRef,
        bound: &parse::BindingMessage,
        wrapper: Option<&Rc<str>>,
    ) -> Option<Message> {
        let message = self.find_message(operation, &reference.message)?;
        let mut complete = true;
        let mut headers: Vec<HeaderPart> = Vec::new();
        let mut used = BTreeSet::new();
        let mut named = BTreeSet::new();
        for header in &bound.headers {
            if !named.insert((&header.message.name, &header.part)) {
                let message = format!(
                    "operation `{operation}` lists the header part `{}` twice; it occurs once",
                    header.part
                );
                let diagnostic = Diagnostic::warning(Code::RepeatedHeader, &header.span, message);
                self.diagnostics.push(diagnostic.help("remove one of the two"));
                continue;
            }
            let own = header.message.name == reference.message.name;
            self.at_stake = "header part";
            let source = self.find_message(operation, &header.message);
            let element = source.and_then(|source| self.part(operation, source, &header.part, &header.span));
            self.at_stake = "operation";
            match element {
                Some(element) if headers.iter().any(|known| known.element == element) => {
                    let message = format!(
                        "operation `{operation}` has several header parts of the element `{}`, of which `{}` is left out",
                        self.elements
                            .iter()
                            .find(|known| *known.1 == element)
                            .map_or("", |known| &known.0.local),
                        header.part
                    );
                    let diagnostic = Diagnostic::warning(Code::RepeatedHeader, &header.span, message);
                    self.diagnostics.push(diagnostic.help("give it an element of its own"));
                }
                Some(element) => headers.push(HeaderPart { part: header.part.clone(), element }),
                // A message may do without any of its header parts.
                None => complete &= !self.strict,
            }
            if own {
                used.insert(&*header.part);
            }
        }
        let body: Vec<&Rc<str>> = match &bound.body_parts {
            Some(parts) => parts.iter().collect(),
            None => {
                let others = |name: &&Rc<str>| !used.contains(&***name) && !bound.attachments.contains(*name);
                message.parts.iter().map(|p| &p.name).filter(others).collect()
            }
        };
        used.extend(bound.attachments.iter().map(|part| &**part));
        let mut elements = Vec::new();
        if let Some(wrapper) = wrapper {
            used.extend(body.iter().map(|part| &***part));
            match self.wrapper(operation, message, &body, wrapper, bound) {
                Some(element) => elements.push(element),
                None => complete = false,
            }
        }
        for part in body.iter().filter(|_| wrapper.is_none()) {
            let found = match body.as_slice() {
                [_] => self.body_part(operation, message, part, &reference.span),
                _ => self.part(operation, message, part, &reference.span),
            };
            match found {
                Some(element) => elements.push(element),
                None => complete = false,
            }
            used.insert(part);
        }
        if elements.len() > 1 {
            let names: Vec<&str> = body.iter().map(|p| &***p).collect();
            let text = format!("operation `{operation}` has several parts in the body: {}", names.join(", "));
            let help = "document style has one; name it in `parts` of soap:body";
            self.lost(Diagnostic::error(Code::BadPart, &message.span, text).help(help));
            complete = false;
        }
        for part in message.parts.iter().filter(|p| complete && !used.contains(&*p.name)) {
            let text = format!(
                "part `{}` of message `{}` is in neither body nor header; it is ignored",
                part.name, message.name
            );
            let help = "name it in `parts` of soap:body or in a soap:header";
            self.diagnostics.push(Diagnostic::warning(Code::UnusedPart, &part.span, text).help(help));
        }
        complete.then(|| Message { body: elements.first().copied(), headers })
    }

    fn fault(&mut self, operation: &str, fault: &parse::MessageRef) -> Option<(Rc<str>, ElementId)> {
        self.at_stake = "fault";
        let found = self.fault_element(operation, fault);
        self.at_stake = "operation";
        found
    }

    fn fault_element(&mut self, operation: &str, fault: &parse::MessageRef) -> Option<(Rc<str>, ElementId)> {
        let message = self.find_message(operation, &fault.message)?;
        let [part] = message.parts.as_slice() else {
            let text = format!("the message of a fault of operation `{operation}` must have one part");
            self.lost(
                Diagnostic::error(Code::BadPart, &message.span, text)
                    .help("give it one part with an element"),
            );
            return None;
        };
        let element = self.part(operation, message, &part.name, &fault.span)?;
        Some((fault.name.clone().unwrap_or_else(|| message.name.clone()), element))
    }

    fn find_message(&mut self, operation: &str, reference: &NameRef) -> Option<&'a parse::Message> {
        let found = self.messages.get(&reference.name).copied();
        if found.is_none() {
            let text = format!("operation `{operation}`: there is no message `{}`", reference.text);
            let names = self.messages.keys().map(|n| &*n.local);
            let help = match closest(&reference.name.local, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "declare the message, or import the WSDL that does".to_owned(),
            };
            self.lost(Diagnostic::error(Code::UnknownMessage, &reference.span, text).help(help));
        }
        found
    }

    /// Reports names in the manifest that the WSDL does not have.
    fn check_names(&mut self) {
        let port_types = || self.definitions.iter().flat_map(|d| &d.port_types);
        for protocol in &self.users {
            let mut report = |what: &str, name: &str, near: Option<&str>| {
                let message = format!("{} has no {what} `{name}`", self.root.file);
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("correct the protocol {}", protocol.name),
                };
                let diagnostic = Diagnostic::error(Code::ManifestName, &protocol.span, message);
                self.diagnostics.push(diagnostic.help(help));
            };
            if let Some(wanted) = &protocol.port_type
                && !port_types().any(|p| *p.name == **wanted)
            {
                report("port type", wanted, closest(wanted, port_types().map(|p| &*p.name)));
            }
            let operations: Vec<Rc<str>> = port_types().flat_map(overloads::names).collect();
            for wanted in protocol.operations.iter().chain(&protocol.read_only) {
                if !operations.iter().any(|o| **o == **wanted) {
                    report("operation", wanted, closest(wanted, operations.iter().map(|o| &**o)));
                }
            }
        }
    }
}

fn duplicate(what: &str, name: &str, span: &Span, first: &Span, diagnostics: &mut Diagnostics) {
    let diagnostic = Diagnostic::error(Code::Duplicate, span, format!("{what} `{name}` is declared twice"))
        .note(Some(first), "the other declaration is here")
        .help("keep one of them");
    diagnostics.push(diagnostic);
}
