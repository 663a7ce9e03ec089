//! Lowering of services: operations point at the global elements of their messages and header parts.

use std::rc::Rc;

use super::Lower;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Operation, Service, Ty};
use crate::schema::{self, ElementId};

impl Lower<'_> {
    pub(super) fn services(&mut self) -> Vec<Service> {
        let set = self.set;
        let mut services = Vec::new();
        for service in &set.services {
            let protocol = self.manifest.protocols.iter().find(|protocol| {
                protocol.wsdl.as_ref().is_some_and(|wsdl| *wsdl.path == *service.file)
                    && protocol.port_type.as_ref().is_none_or(|name| **name == *service.name.local)
            });
            let name = protocol.and_then(|p| p.service.clone()).unwrap_or_else(|| {
                service.name.local.strip_suffix("PortType").unwrap_or(&service.name.local).to_owned()
            });
            services.push(Service {
                key: format!("service:{}", service.name.local),
                name,
                module: protocol.map(|p| p.module.clone()).unwrap_or_default(),
                file: service.file.clone(),
                soap: service.soap,
                docs: service.docs.clone(),
                operations: {
                    let strict = protocol.is_none_or(|protocol| protocol.strict);
                    let read_only = protocol.map(|p| p.read_only.as_slice()).unwrap_or_default();
                    service
                        .operations
                        .iter()
                        .filter_map(|operation| self.operation(operation, strict, read_only))
                        .collect()
                },
            });
        }
        services
    }

    fn operation(
        &mut self,
        operation: &schema::Operation,
        strict: bool,
        read_only: &[String],
    ) -> Option<Operation> {
        if let Some(reason) = self.obstacle(operation) {
            let message = format!("operation `{}` is not generated: {reason}", operation.name);
            let diagnostic = match strict {
                true => Diagnostic::error(Code::NotGenerated, &operation.span, message),
                false => Diagnostic::warning(Code::NotGenerated, &operation.span, message),
            };
            let help = "name the operations that are wanted with `operations` in manifest.toml, or say `strict = false`";
            self.diagnostics.push(diagnostic.help(help));
            return None;
        }
        let request = operation.input.body?;
        let output = operation.output.as_ref();
        for message in std::iter::once(&operation.input).chain(output) {
            if let Some(root) = message.body.and_then(|body| self.root_of.get(&body)) {
                self.roots[*root].document = true;
            }
        }
        Some(Operation {
            name: operation.name.clone(),
            soap_action: operation.soap_action.clone(),
            docs: operation.docs.clone(),
            request: *self.root_of.get(&request)?,
            response: output.and_then(|output| output.body).and_then(|id| self.root_of.get(&id).copied()),
            request_headers: self.headers(&operation.input),
            response_headers: output.map(|output| self.headers(output)).unwrap_or_default(),
            read_only: read_only.iter().any(|name| **name == *operation.name),
            span: operation.span.clone(),
        })
    }

    /// Why no code is generated for an operation.
    fn obstacle(&self, operation: &schema::Operation) -> Option<String> {
        let Some(output) = &operation.output else { return Some("it is one-way".to_owned()) };
        for (message, what) in [(&operation.input, "request"), (output, "reply")] {
            let Some(body) = message.body else {
                return Some(format!("its {what} has no element in the Body"));
            };
            let element = &self.set.elements[body.0];
            // The type of the message stands for the operation, so it must be that of one global element only.
            let sole = self.declared_by.get(&element.ty).is_some_and(|all| all.len() == 1);
            let root = self.root_of.get(&body).map(|root| &self.roots[*root]);
            if !sole || !root.is_some_and(|root| matches!(root.ty, Ty::Item(_))) {
                return Some(format!(
                    "the element `{}` of its {what} has no type of its own, but a simple one or one that other global \
                     elements have too",
                    element.name.local
                ));
            }
        }
        None
    }

    fn headers(&self, message: &schema::Message) -> Vec<(Rc<str>, usize)> {
        let root = |id: &ElementId| self.root_of.get(id).copied();
        message.headers.iter().filter_map(|h| root(&h.element).map(|root| (h.part.clone(), root))).collect()
    }
}
