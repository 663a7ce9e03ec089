//! Syntax trees of WSDL 1.1 with its SOAP bindings, as written.

use std::rc::Rc;

use super::syntax::NameRef;
use crate::load::Reference;
use crate::schema::SoapVersion;
use crate::span::Span;

/// One `wsdl:definitions`.
#[derive(Clone, Debug)]
pub struct Definitions {
    /// File that holds it.
    pub file: Rc<str>,
    /// Where it starts.
    pub span: Span,
    /// targetNamespace, empty without one.
    pub target: Rc<str>,
    /// `wsdl:import`s.
    pub imports: Vec<Reference>,
    /// Messages.
    pub messages: Vec<Message>,
    /// Port types.
    pub port_types: Vec<PortType>,
    /// Bindings.
    pub bindings: Vec<Binding>,
}

/// `wsdl:message`.
#[derive(Clone, Debug)]
pub struct Message {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// Parts in order.
    pub parts: Vec<Part>,
}

/// `wsdl:part`.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// `element`.
    pub element: Option<NameRef>,
    /// `type`.
    pub ty: Option<NameRef>,
}

/// `wsdl:portType`.
#[derive(Clone, Debug)]
pub struct PortType {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// Documentation.
    pub docs: Option<String>,
    /// Operations in order.
    pub operations: Vec<Operation>,
}

/// `wsdl:operation` of a port type.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// Documentation.
    pub docs: Option<String>,
    /// `wsdl:input`.
    pub input: Option<MessageRef>,
    /// `wsdl:output`.
    pub output: Option<MessageRef>,
    /// The output stands before the input: the server speaks first.
    pub output_first: bool,
    /// `wsdl:fault`s.
    pub faults: Vec<MessageRef>,
}

/// Input, output or fault of an operation.
#[derive(Clone, Debug)]
pub struct MessageRef {
    /// Where.
    pub span: Span,
    /// `name`, if any.
    pub name: Option<Rc<str>>,
    /// The message.
    pub message: NameRef,
}

/// `wsdl:binding`.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// The port type.
    pub port_type: NameRef,
    /// SOAP version of its extension; `None` for a binding to something else.
    pub soap: Option<SoapVersion>,
    /// `style` of the SOAP binding; document when it says nothing.
    pub rpc: bool,
    /// Operations in order.
    pub operations: Vec<BindingOperation>,
}

/// `wsdl:operation` of a binding.
#[derive(Clone, Debug)]
pub struct BindingOperation {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// `soapAction`.
    pub soap_action: Option<String>,
    /// `style` of this operation, when it says one: rpc or document.
    pub rpc: Option<bool>,
    /// `wsdl:input`.
    pub input: BindingMessage,
    /// `wsdl:output`.
    pub output: BindingMessage,
    /// Places of `use="encoded"` and of MIME parts in faults.
    pub encoded_fault: Option<Span>,
}

/// How a binding places the parts of a message.
#[derive(Clone, Default, Debug)]
pub struct BindingMessage {
    /// `name`, if any.
    pub name: Option<Rc<str>>,
    /// `parts` of `soap:body`, when given.
    pub body_parts: Option<Vec<Rc<str>>>,
    /// There is a `soap:body` at all.
    pub has_body: bool,
    /// `namespace` of `soap:body`: that of the wrapper of an rpc message.
    pub namespace: Option<Rc<str>>,
    /// Headers in order.
    pub headers: Vec<Header>,
    /// Place of a `use="encoded"`.
    pub encoded: Option<Span>,
    /// Place of a MIME binding.
    pub mime: Option<Span>,
    /// Parts that are attachments, by that binding.
    pub attachments: Vec<Rc<str>>,
}

/// `soap:header`.
#[derive(Clone, Debug)]
pub struct Header {
    /// Where.
    pub span: Span,
    /// The message.
    pub message: NameRef,
    /// Its part.
    pub part: Rc<str>,
}
