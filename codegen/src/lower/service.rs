//! Lowering of services: operations point at the global elements of their messages and header parts.

use std::rc::Rc;

use super::Lower;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Operation, Service};
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
                operations: service.operations.iter().filter_map(|operation| self.operation(operation)).collect(),
            });
        }
        services
    }

    fn operation(&mut self, operation: &schema::Operation) -> Option<Operation> {
        let Some(request) = operation.input.body else {
            let message = format!("the request of operation `{}` has no element in its Body", operation.name);
            let help = "only document/literal operations whose Body holds one element are generated";
            self.diagnostics.push(Diagnostic::error(Code::NotGenerated, &operation.span, message).help(help));
            return None;
        };
        let output = operation.output.as_ref();
        Some(Operation {
            name: operation.name.clone(),
            soap_action: operation.soap_action.clone(),
            docs: operation.docs.clone(),
            request: *self.root_of.get(&request)?,
            response: output.and_then(|output| output.body).and_then(|id| self.root_of.get(&id).copied()),
            request_headers: self.headers(&operation.input),
            response_headers: output.map(|output| self.headers(output)).unwrap_or_default(),
            span: operation.span.clone(),
        })
    }

    fn headers(&self, message: &schema::Message) -> Vec<(Rc<str>, usize)> {
        let root = |id: &ElementId| self.root_of.get(id).copied();
        message.headers.iter().filter_map(|h| root(&h.element).map(|root| (h.part.clone(), root))).collect()
    }
}
