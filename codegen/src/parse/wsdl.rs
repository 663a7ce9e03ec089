//! Parses `wsdl:definitions` of WSDL 1.1 with SOAP 1.1 and 1.2 bindings. Other extensions are passed over.

use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic};
use crate::load::{ReferenceKind, WSDL, XSD};
use crate::schema::SoapVersion;

use super::Parser;
use super::node::{Node, dedent};
use super::syntax::{NameRef, Schema};
use super::wsdl_syntax::{
    Binding, BindingMessage, BindingOperation, Definitions, Header, Message, MessageRef, Operation, Part,
    PortType,
};

const SOAP_11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SOAP_12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
const MIME: &str = "http://schemas.xmlsoap.org/wsdl/mime/";

fn is_wsdl(node: &Node, local: &str) -> bool {
    &*node.namespace == WSDL && &*node.local == local
}

fn is_soap(node: &Node, local: &str) -> bool {
    matches!(&*node.namespace, SOAP_11 | SOAP_12) && &*node.local == local
}

fn is_mime(node: &Node, local: &str) -> bool {
    &*node.namespace == MIME && &*node.local == local
}

fn docs(node: &Node) -> Option<String> {
    node.children.iter().find(|c| is_wsdl(c, "documentation")).and_then(|d| dedent(&d.text))
}

/// An action without the quotes of the HTTP header, which some descriptions write.
fn unquoted(action: &str) -> &str {
    action.strip_prefix('"').and_then(|action| action.strip_suffix('"')).unwrap_or(action)
}

/// The name of a part, which has no prefix; some descriptions write one.
fn part_name(text: &str) -> Rc<str> {
    text.rsplit(':').next().unwrap_or(text).into()
}

impl Parser<'_> {
    /// A WSDL document; its embedded schemas go to `schemas`.
    pub(super) fn definitions(&mut self, node: &Node, schemas: &mut Vec<Schema>) -> Definitions {
        node.check_attributes(&["name", "targetNamespace"], self.diagnostics);
        let references = self.source.references.iter().filter(|r| r.kind == ReferenceKind::WsdlImport);
        self.target = node.trimmed("targetNamespace").unwrap_or("").into();
        let mut definitions = Definitions {
            file: self.source.name.clone(),
            span: node.span.clone(),
            target: self.target.clone(),
            imports: references.cloned().collect(),
            messages: Vec::new(),
            port_types: Vec::new(),
            bindings: Vec::new(),
        };
        for child in node.children.iter().filter(|c| &*c.namespace == WSDL) {
            match &*child.local {
                "types" => {
                    for schema in child.children.iter().filter(|c| &*c.local == "schema") {
                        if schema.is_xsd("schema") {
                            let schema = self.schema(schema, true);
                            schemas.push(schema);
                            continue;
                        }
                        let message = format!("the schema language `{}` is not supported", schema.namespace);
                        let help = format!("write it in XML Schema 1.0, whose namespace is {XSD}");
                        let diagnostic = Diagnostic::warning(Code::UnknownDocument, &schema.span, message);
                        self.diagnostics.push(diagnostic.help(help));
                    }
                }
                "message" => definitions.messages.extend(self.message(child)),
                "portType" => definitions.port_types.extend(self.port_type(child)),
                "binding" => definitions.bindings.extend(self.binding(child)),
                "import" => child.check_attributes(&["namespace", "location"], self.diagnostics),
                "service" | "documentation" => {}
                _ => self.unexpected(child, node),
            }
        }
        definitions
    }

    /// What an attribute names. Without a prefix that is often WSDL's own namespace, in which nothing can be declared.
    fn named(&mut self, node: &Node, attribute: &str) -> Option<NameRef> {
        let mut reference = node.name_ref(attribute, self.diagnostics)?;
        if &*reference.name.namespace == WSDL && &*self.target != WSDL {
            let message = format!(
                "`{attribute}=\"{}\"` is in the namespace of WSDL itself; it is taken to be in the target namespace",
                reference.text
            );
            let help = format!("give it the prefix that is bound to `{}`", self.target);
            let diagnostic = Diagnostic::warning(Code::UnknownPrefix, &reference.span, message);
            self.diagnostics.push(diagnostic.help(help));
            reference.name.namespace = self.target.clone();
        }
        Some(reference)
    }

    fn message(&mut self, node: &Node) -> Option<Message> {
        node.check_attributes(&["name"], self.diagnostics);
        let name = node.name(self.diagnostics)?;
        let mut parts = Vec::new();
        for child in node.children.iter().filter(|c| &*c.namespace == WSDL) {
            match &*child.local {
                "part" => {
                    child.check_attributes(&["name", "element", "type"], self.diagnostics);
                    let Some(name) = child.name(self.diagnostics) else { continue };
                    let element = self.named(child, "element");
                    let ty = self.named(child, "type");
                    parts.push(Part { span: child.span.clone(), name, element, ty });
                }
                "documentation" => {}
                _ => self.unexpected(child, node),
            }
        }
        Some(Message { span: node.span.clone(), name, parts })
    }

    fn port_type(&mut self, node: &Node) -> Option<PortType> {
        node.check_attributes(&["name"], self.diagnostics);
        let name = node.name(self.diagnostics)?;
        let mut operations = Vec::new();
        for child in node.children.iter().filter(|c| &*c.namespace == WSDL) {
            match &*child.local {
                "operation" => operations.extend(self.operation(child)),
                "documentation" => {}
                _ => self.unexpected(child, node),
            }
        }
        Some(PortType { span: node.span.clone(), name, docs: docs(node), operations })
    }

    fn operation(&mut self, node: &Node) -> Option<Operation> {
        node.check_attributes(&["name", "parameterOrder"], self.diagnostics);
        let mut operation = Operation {
            span: node.span.clone(),
            name: node.name(self.diagnostics)?,
            docs: docs(node),
            input: None,
            output: None,
            output_first: false,
            faults: Vec::new(),
        };
        for child in node.children.iter().filter(|c| &*c.namespace == WSDL) {
            match &*child.local {
                "input" => operation.input = self.message_ref(child),
                "output" => {
                    operation.output_first = operation.input.is_none();
                    operation.output = self.message_ref(child);
                }
                "fault" => operation.faults.extend(self.message_ref(child)),
                "documentation" => {}
                _ => self.unexpected(child, node),
            }
        }
        Some(operation)
    }

    fn message_ref(&mut self, node: &Node) -> Option<MessageRef> {
        node.check_attributes(&["name", "message"], self.diagnostics);
        if node.attr("message").is_none() {
            self.error(Code::BadStructure, node, format!("this {} needs a `message`", node.local));
        }
        let message = self.named(node, "message")?;
        Some(MessageRef { span: node.span.clone(), name: node.trimmed("name").map(Rc::from), message })
    }

    fn binding(&mut self, node: &Node) -> Option<Binding> {
        node.check_attributes(&["name", "type"], self.diagnostics);
        let name = node.name(self.diagnostics)?;
        if node.attr("type").is_none() {
            self.error(Code::BadStructure, node, "this binding needs a `type`");
        }
        let port_type = self.named(node, "type")?;
        let mut binding = Binding {
            span: node.span.clone(),
            name,
            port_type,
            soap: None,
            rpc: false,
            operations: Vec::new(),
        };
        for child in &node.children {
            if is_soap(child, "binding") {
                child.check_attributes(&["transport", "style"], self.diagnostics);
                binding.soap =
                    Some(if &*child.namespace == SOAP_11 { SoapVersion::V11 } else { SoapVersion::V12 });
                binding.rpc = self.rpc(child).unwrap_or(false);
            } else if is_wsdl(child, "operation") {
                binding.operations.extend(self.binding_operation(child));
            } else if &*child.namespace == WSDL && &*child.local != "documentation" {
                self.unexpected(child, node);
            }
        }
        Some(binding)
    }

    fn rpc(&mut self, node: &Node) -> Option<bool> {
        node.one_of("style", &["document", "rpc"], self.diagnostics).map(|style| style == "rpc")
    }

    fn binding_operation(&mut self, node: &Node) -> Option<BindingOperation> {
        node.check_attributes(&["name"], self.diagnostics);
        let mut operation = BindingOperation {
            span: node.span.clone(),
            name: node.name(self.diagnostics)?,
            soap_action: None,
            rpc: None,
            input: BindingMessage::default(),
            output: BindingMessage::default(),
            encoded_fault: None,
        };
        for child in &node.children {
            if is_soap(child, "operation") {
                let allowed = ["soapAction", "style", "soapActionRequired"];
                child.check_attributes(&allowed, self.diagnostics);
                operation.soap_action = child.trimmed("soapAction").map(|action| unquoted(action).to_owned());
                operation.rpc = self.rpc(child);
            } else if is_wsdl(child, "input") {
                operation.input = self.binding_message(child);
            } else if is_wsdl(child, "output") {
                operation.output = self.binding_message(child);
            } else if is_wsdl(child, "fault") {
                for fault in child.children.iter().filter(|c| is_soap(c, "fault")) {
                    if self.encoded(fault) {
                        operation.encoded_fault = Some(fault.span.clone());
                    }
                }
            } else if &*child.namespace == WSDL && &*child.local != "documentation" {
                self.unexpected(child, node);
            }
        }
        Some(operation)
    }

    fn encoded(&mut self, node: &Node) -> bool {
        node.one_of("use", &["literal", "encoded"], self.diagnostics) == Some("encoded")
    }

    fn binding_message(&mut self, node: &Node) -> BindingMessage {
        let name = node.trimmed("name").map(Rc::from);
        let mut message = BindingMessage { name, ..BindingMessage::default() };
        for child in &node.children {
            if &*child.namespace == MIME {
                message.mime = Some(child.span.clone());
                let parts = child.children.iter().filter(|part| is_mime(part, "part"));
                for piece in parts.flat_map(|part| &part.children) {
                    if is_mime(piece, "content") {
                        message.attachments.extend(piece.trimmed("part").map(part_name));
                    } else {
                        self.placed(piece, &mut message);
                    }
                }
            } else if !self.placed(child, &mut message)
                && &*child.namespace == WSDL
                && &*child.local != "documentation"
            {
                self.unexpected(child, node);
            }
        }
        message
    }

    /// Adds what a binding says of body or header; whether the node does so.
    fn placed(&mut self, node: &Node, message: &mut BindingMessage) -> bool {
        if is_soap(node, "body") {
            let allowed = ["parts", "use", "encodingStyle", "namespace"];
            node.check_attributes(&allowed, self.diagnostics);
            message.has_body = true;
            message.namespace = node.trimmed("namespace").map(Rc::from);
            let parts = node.attr("parts");
            message.body_parts = parts.map(|p| p.split_whitespace().map(part_name).collect());
            if self.encoded(node) {
                message.encoded = Some(node.span.clone());
            }
        } else if is_soap(node, "header") {
            let allowed = ["message", "part", "use", "encodingStyle", "namespace"];
            node.check_attributes(&allowed, self.diagnostics);
            if self.encoded(node) {
                message.encoded = Some(node.span.clone());
            }
            let part = node.trimmed("part").map(part_name);
            if part.is_none() || node.attr("message").is_none() {
                self.error(Code::BadStructure, node, "this header needs a `message` and a `part`");
            }
            if let (Some(reference), Some(part)) = (self.named(node, "message"), part) {
                message.headers.push(Header { span: node.span.clone(), message: reference, part });
            }
        } else {
            return false;
        }
        true
    }
}
