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

    /// Reports requests that a server cannot tell from those of an operation before them.
    fn report_ambiguous(&mut self, operations: &[Operation]) {
        let mut first: BTreeMap<&QName, &Operation> = BTreeMap::new();
        for operation in operations {
            let name = &self.roots[operation.request.root].name;
            let Some(other) = first.get(name) else {
                first.insert(name, operation);
                continue;
            };
            let message = format!(
                "operation `{}` has the request element `{}` of `{}`: a server answers the latter, a client can send both",
                operation.name, name.local, other.name
            );
            let diagnostic = Diagnostic::warning(Code::SameRequest, &operation.span, message);
            let help = "give it a request element of its own, as WS-I requires";
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
        let messages = [Some((&operation.input, "request")), operation.output.as_ref().map(|o| (o, "reply"))];
        let mut lowered = [None, None];
        for (at, (message, what)) in messages.into_iter().enumerate().filter_map(|(at, m)| Some((at, m?))) {
            let root = message.body.and_then(|body| self.root_of.get(&body).copied());
            let Some(root) = root else {
                self.obstacle(operation, message, what, strict);
                return None;
            };
            lowered[at] = Some(root);
        }
        let [request, response] = lowered;
        let request = self.message(request?, (service, false), claims);
        let response = response.map(|root| self.message(root, (service, true), claims));
        let output = operation.output.as_ref();
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
    fn message(&mut self, root: usize, whose: (usize, bool), claims: &mut Claims) -> Message {
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
        Message { root, carrier }
    }

    /// Reports why no code is generated for an operation.
    fn obstacle(
        &mut self,
        operation: &schema::Operation,
        message: &schema::Message,
        what: &str,
        strict: bool,
    ) {
        let reason = match message.body {
            None => format!("its {what} has no element in the Body"),
            Some(body) => format!(
                "the element `{}` of its {what} is abstract: no document has it",
                self.set.elements[body.0].name.local
            ),
        };
        let text = format!("operation `{}` is not generated: {reason}", operation.name);
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
