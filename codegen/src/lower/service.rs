//! Lowering of services: operations point at the global elements of their messages and header parts. An operation
//! that cannot be generated is reported and left out.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Lower;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Carrier, Message, Operation, Service};
use crate::name::{camel, is_needed};
use crate::schema::{self, ElementId, QName};

/// Whose message a root is: the service, and whether it is a reply.
type Claims = BTreeMap<usize, (usize, bool)>;

impl Lower<'_> {
    pub(super) fn services(&mut self) -> Vec<Service> {
        let set = self.set;
        let mut services = Vec::new();
        let mut claims = Claims::new();
        for service in &set.services {
            let protocol = self.manifest.protocols.iter().find(|protocol| {
                protocol.wsdl.as_ref().is_some_and(|wsdl| *wsdl.path == *service.file)
                    && protocol.port_type.as_ref().is_none_or(|name| **name == *service.name.local)
            });
            let strict = protocol.is_none_or(|protocol| protocol.strict);
            let name = protocol.and_then(|p| p.service.clone()).unwrap_or_else(|| {
                let name = camel(service.name.local.strip_suffix("PortType").unwrap_or(&service.name.local));
                if is_needed(&name) { format!("{name}Service") } else { name }
            });
            let read_only = protocol.map(|p| p.read_only.as_slice()).unwrap_or_default();
            let at = services.len();
            let operations: Vec<Operation> = service
                .operations
                .iter()
                .filter_map(|operation| self.operation(operation, strict, read_only, at, &mut claims))
                .collect();
            self.report_ambiguous(&operations);
            // The same name in another namespace needs more words.
            let same = set.services.iter().filter(|other| other.name.local == service.name.local).count();
            let key = match same {
                1 => format!("service:{}", service.name.local),
                _ => format!("service:{{{}}}{}", service.name.namespace, service.name.local),
            };
            services.push(Service {
                key,
                name,
                module: protocol.map(|p| p.module.clone()).unwrap_or_default(),
                file: service.file.clone(),
                soap: service.soap,
                docs: service.docs.clone(),
                operations,
            });
        }
        services
    }

    /// Reports requests that a server cannot tell from those of an operation before them: by the element or, where the
    /// Body is empty, by the action.
    fn report_ambiguous(&mut self, operations: &[Operation]) {
        let mut first: BTreeMap<(Option<&QName>, &str), &Operation> = BTreeMap::new();
        for operation in operations {
            let name = operation.request.root.map(|root| &self.roots[root].name);
            let action = operation.soap_action.as_str();
            let key = (name, if name.is_some() { "" } else { action });
            let Some(other) = first.get(&key) else {
                first.insert(key, operation);
                continue;
            };
            let (what, help) = match name {
                Some(name) => (
                    format!(
                        "has the request element `{}` of `{}`: a server answers the latter, a client can send both",
                        name.local, other.name
                    ),
                    "give it a request element of its own, as WS-I requires",
                ),
                None => (
                    format!(
                        "has an empty request and the soapAction `{action}`, as `{}` has: a server refuses both, a client \
                         can send both",
                        other.name
                    ),
                    "give it a soapAction of its own, or a request with an element, as WS-I requires",
                ),
            };
            let message = format!("operation `{}` {what}", operation.name);
            let diagnostic = Diagnostic::warning(Code::SameRequest, &operation.span, message);
            self.diagnostics.push(diagnostic.note(Some(&other.span), "the other operation").help(help));
        }
    }

    fn operation(
        &mut self,
        operation: &schema::Operation,
        strict: bool,
        read_only: &[String],
        service: usize,
        claims: &mut Claims,
    ) -> Option<Operation> {
        let output = operation.output.as_ref();
        for (message, what) in [(Some(&operation.input), "request"), (output, "reply")] {
            let body = message.and_then(|message| message.body);
            if let Some(body) = body.filter(|body| !self.root_of.contains_key(body)) {
                self.obstacle(operation, body, what, strict);
                return None;
            }
        }
        let request = self.message(&operation.input, (service, false), claims);
        let response = output.map(|output| self.message(output, (service, true), claims));
        Some(Operation {
            name: operation.name.clone(),
            soap_action: operation.soap_action.clone(),
            docs: operation.docs.clone(),
            request,
            response,
            request_headers: self.headers(&operation.input),
            response_headers: output.map(|output| self.headers(output)).unwrap_or_default(),
            read_only: read_only.iter().any(|name| **name == *operation.name),
            span: operation.span.clone(),
        })
    }

    /// What stands for a message: its type, when that is an item which no other global element has and which is no
    /// other message.
    fn message(&mut self, message: &schema::Message, whose: (usize, bool), claims: &mut Claims) -> Message {
        let Some(root) = message.body.and_then(|body| self.root_of.get(&body).copied()) else {
            return Message { root: None, carrier: Carrier::Empty };
        };
        let sole = match &self.roots[root].ty {
            ty if self.is_own(ty) => self.roots.iter().filter(|other| other.ty == *ty).count() == 1,
            _ => false,
        };
        let carrier = match claims.get(&root) {
            None if sole => {
                claims.insert(root, whose);
                self.roots[root].document = true;
                Carrier::Type
            }
            Some(first) if *first == whose && whose.1 => Carrier::Shared,
            _ => Carrier::Newtype,
        };
        Message { root: Some(root), carrier }
    }

    /// Reports why no code is generated for an operation.
    fn obstacle(&mut self, operation: &schema::Operation, body: ElementId, what: &str, strict: bool) {
        let text = format!(
            "operation `{}` is not generated: the element `{}` of its {what} is abstract: no document has it",
            operation.name, self.set.elements[body.0].name.local
        );
        let diagnostic = match strict {
            true => Diagnostic::error(Code::NotGenerated, &operation.span, text),
            false => Diagnostic::warning(Code::NotGenerated, &operation.span, text),
        };
        let help = match strict {
            true => {
                "name the operations that are wanted with `operations` in manifest.toml, or say `strict = false`"
            }
            false => "give it a message with an element that documents can have, if it is needed",
        };
        self.diagnostics.push(diagnostic.help(help));
    }

    fn headers(&self, message: &schema::Message) -> Vec<(Rc<str>, usize)> {
        let root = |id: &ElementId| self.root_of.get(id).copied();
        message.headers.iter().filter_map(|h| root(&h.element).map(|root| (h.part.clone(), root))).collect()
    }
}
