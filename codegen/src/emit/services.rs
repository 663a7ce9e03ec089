//! Emission of services: header parts, the operation trait, the line for each operation from which the SOAP
//! module makes dispatch, server and client.

use std::rc::Rc;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::print::{File, line};
use super::types::{declared, declared_value, ident};
use super::{Emit, docs};
use crate::model::{Carrier, Message, Operation, Service, Ty};
use crate::name::{camel, server_name};
use crate::schema::SoapVersion;

/// Whose header parts.
#[derive(Clone, Copy)]
enum Direction {
    Requests,
    Replies,
}

impl Emit<'_> {
    pub(super) fn service(&self, at: usize, service: &Service, file: &mut File) {
        let module = service.module.as_str();
        let own = "service";
        file.reserved.extend([service.name.clone(), server_name(&service.name)]);
        for operation in &service.operations {
            for what in ["Request", "Response"] {
                file.reserved.insert(self.newtype_name(operation, what, module));
            }
        }
        let [requests, replies] = &self.names.headers[at];
        let declared: [Vec<_>; 2] = [
            service.operations.iter().flat_map(|operation| &operation.request_headers).collect(),
            service.operations.iter().flat_map(|operation| &operation.response_headers).collect(),
        ];
        self.headers(Direction::Requests, requests, &declared[0], file, module);
        self.headers(Direction::Replies, replies, &declared[1], file, module);
        let name = ident(&service.name);
        let text = service.docs.as_deref().map(docs::prose).unwrap_or_default();
        let text = format!(
            "{text}\n\nImplemented by whoever answers the operations. A method that is not implemented answers a fault."
        );
        let mut methods = docs::comments(text.trim(), "");
        methods.push_str(&format!("pub trait {name}: Send + Sync {{\n"));
        let mut lines = Vec::new();
        let soap = &self.config.soap;
        for (index, (operation, method)) in
            service.operations.iter().zip(&self.names.operations[at]).enumerate()
        {
            let (request, response) = self.messages(operation, file, module, own);
            let (request, response) = (line(&request), line(&response));
            lines.push(format!("    {index} => {method}: {request} => {response},\n"));
            methods.push_str(&docs::comments(&self.operation_docs(operation), "    "));
            // A line as long as it is, so that the operations can be told at a glance.
            methods.push_str(&format!(
                "    fn {method}(&self, request: {soap}::Request<{request}>) -> impl Future<Output = \
                 {soap}::Outcome<{response}>> + Send {{\n        {soap}::unsupported(request)\n    }}\n"
            ));
        }
        methods.push_str("}\n");
        for operation in &service.operations {
            self.newtypes(operation, file, module);
        }
        file.text(methods);
        let schemas = format!("{}::names::SCHEMAS", self.config.protocols);
        file.imports.insert("SCHEMAS".to_owned(), schemas);
        // A macro's arguments are not formatted by prettyplease.
        // The WSDL's port type is the service to other programs; several protocols may be parts of one.
        let port_type = service.key.rsplit([':', '}']).next().unwrap_or_default();
        let port = match port_type.strip_suffix("PortType") {
            Some(port) if !port.is_empty() && port != service.name => format!(" as {port:?}"),
            _ => String::new(),
        };
        file.text(format!(
            "{}::service!({name}{port}, {}, RequestHeaders => ResponseHeaders, SCHEMAS, [\n{}]);\n",
            self.config.soap,
            server_name(&service.name),
            lines.concat(),
        ));
    }

    /// Path of the SOAP module.
    fn soap(&self) -> TokenStream {
        let path: Result<syn::Path, _> = syn::parse_str(&self.config.soap);
        path.map(|path| quote!(#path)).unwrap_or_default()
    }

    /// Request and reply types of an operation.
    fn messages(
        &self,
        operation: &Operation,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> (TokenStream, TokenStream) {
        let request = self.message(operation, operation.request, "Request", file, module, own);
        let response = match operation.response {
            Some(response) => self.message(operation, response, "Response", file, module, own),
            None => {
                let soap = self.soap();
                quote!(#soap::NoReply)
            }
        };
        (request, response)
    }

    /// What stands for a message.
    fn message(
        &self,
        operation: &Operation,
        message: Message,
        what: &str,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        match (message.carrier, self.message_type(message)) {
            (Carrier::Type | Carrier::Shared, Some(Ty::Item(id))) => self.item_path(*id, file, module, own),
            _ => {
                let name = ident(&self.newtype_name(operation, what, module));
                if own != "service" {
                    file.imports.insert(name.to_string(), format!("super::{name}"));
                }
                quote!(#name)
            }
        }
    }

    /// Type of the element of a message; `None` where the Body is empty.
    pub(super) fn message_type(&self, message: Message) -> Option<&Ty> {
        message.root.map(|root| &self.model.roots[root].ty)
    }

    /// Name of the newtype or unit struct of a message: no other item of the module has it.
    fn newtype_name(&self, operation: &Operation, what: &str, module: &str) -> String {
        let mut name = format!("{}{what}", camel(&operation.name));
        for (service, methods) in self.model.services.iter().zip(&self.names.operations) {
            let is_it = |other: &Operation| service.module == module && other.name == operation.name;
            let Some(at) = service.operations.iter().position(is_it) else { continue };
            // Operations that differ in spelling alone are told apart by their methods.
            let mut before = service.operations[..at].iter();
            if before.any(|other| camel(&other.name) == camel(&operation.name)) {
                name = format!("{}{what}", camel(methods[at].trim_start_matches("r#")));
            }
        }
        let taken = |name: &str| {
            self.names.items.iter().any(|(home, ident)| home == module && ident == name)
                || self
                    .model
                    .services
                    .iter()
                    .any(|s| s.module == module && (s.name == name || server_name(&s.name) == name))
        };
        if taken(&name) { format!("{name}Message") } else { name }
    }

    /// The newtypes and unit structs of an operation's messages.
    fn newtypes(&self, operation: &Operation, file: &mut File, module: &str) {
        let messages = [(Some(operation.request), "Request"), (operation.response, "Response")];
        for (message, what) in messages {
            let Some(message) = message else { continue };
            let name = ident(&self.newtype_name(operation, what, module));
            let Some(root) = message.root.map(|root| &self.model.roots[root]) else {
                let text = format!("{what} of the operation `{}`: an empty Body.", operation.name);
                let text = docs::comments(&text, "    ");
                let vocabulary = line(&self.vocabulary(file));
                file.call(format!("rt::empty! {{\n{text}    {name}, {vocabulary}\n}}\n"));
                continue;
            };
            if message.carrier != Carrier::Newtype {
                continue;
            }
            let text = docs::comments(
                &format!(
                    "{what} of the operation `{}`: the element `{}`, whose type others have too.",
                    operation.name,
                    self.wire(&root.name)
                ),
                "    ",
            );
            let ty = line(&self.ty(&root.ty, file, module, "service"));
            let element = line(&self.element_name(&root.name, file));
            let vocabulary = line(&self.vocabulary(file));
            let list = match &root.ty {
                Ty::Wrapped(wrapper) => {
                    format!(", {}", line(&self.wrapper_static(*wrapper, file, module, "service")))
                }
                _ => String::new(),
            };
            let declared = declared(&root.ty, root.default.as_deref(), root.fixed.as_deref());
            file.call(format!(
                "rt::message! {{\n{text}    {name}({ty}){declared}, {vocabulary}, {element}{list}\n}}\n"
            ));
        }
    }

    fn operation_docs(&self, operation: &Operation) -> String {
        let text = operation.docs.as_deref().map(docs::prose).unwrap_or_default();
        let wire = format!("Operation `{}`.", operation.name);
        if text.is_empty() { wire } else { format!("{text}\n\n{wire}") }
    }

    /// Marks request and reply as messages of their operation; called with the file of the request, or
    /// that of the service where the request is in another module.
    pub(super) fn operation(&self, service: &Service, operation: &Operation, file: &mut File, own: &str) {
        let module = service.module.as_str();
        let soap = &self.config.soap;
        let (request, response) = self.messages(operation, file, module, own);
        let (request, response) = (line(&request), line(&response));
        let (name, action) = (&*operation.name, &operation.soap_action);
        // What a reply is of, its request says.
        let version = if service.soap == SoapVersion::V12 { ", soap = V12" } else { "" };
        let read_only = if operation.read_only { ", read_only = true" } else { "" };
        let mut headers = |name: &str| {
            // In the file of the service they are at hand.
            if own != "service" {
                file.imports.insert(name.to_owned(), format!("super::{name}"));
            }
            name.to_owned()
        };
        let request_headers = headers("RequestHeaders");
        // A reply that several operations have, or that there is none, is a message already.
        let own_reply = operation.response.is_some_and(|reply| reply.carrier != Carrier::Shared);
        let response_headers = match own_reply {
            true => format!(": {}", headers("ResponseHeaders")),
            false => String::new(),
        };
        let (name, action) = (Literal::string(name), Literal::string(action));
        file.call(format!(
            "{soap}::operation!({name}, {action}, {request}: {request_headers} => {response}{response_headers}{version}{read_only});\n"
        ));
    }

    /// The struct of all header parts of one direction. Which operation declares which does not matter to a
    /// reader: headers of other operations are taken in stride (UCS T16).
    fn headers(
        &self,
        direction: Direction,
        parts: &[(usize, String)],
        declared: &[&(Rc<str>, usize)],
        file: &mut File,
        module: &str,
    ) {
        let (name, shape, direction) = match direction {
            Direction::Requests => ("RequestHeaders", "REQUEST_HEADERS", "requests"),
            Direction::Replies => ("ResponseHeaders", "RESPONSE_HEADERS", "replies"),
        };
        let names = parts.iter().map(|(root, _)| {
            let first = declared.iter().find(|(_, known)| known == root);
            first.map(|(part, _)| &**part).unwrap_or_default()
        });
        let (mut fields, mut particles, mut read, mut write) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, (root, field)) in parts.iter().enumerate() {
            let at = Literal::usize_unsuffixed(at);
            let header = &self.model.roots[*root];
            let field = ident(field);
            let ty = self.ty(&header.ty, file, module, "service");
            let text = header.docs.as_deref().map(docs::prose).unwrap_or_default();
            let text = docs::attributes(format!("{text}\n\n`{}`, optional.", self.wire(&header.name)).trim());
            fields.push(quote!(#text pub #field: Option<#ty>,));
            let element = self.element_name(&header.name, file);
            particles.push(quote!(rt::Particle::opt(#element)));
            let value = declared_value(&header.ty, header.default.as_deref(), header.fixed.as_deref());
            let call = value.map(|(method, value)| (ident(method), value));
            let call = call.map_or(quote!(r), |(method, value)| quote!(r.#method(#value)));
            read.push(quote!(#at => #call.opt(&mut self.#field),));
            write.push(quote!(w.opt(&p[#at], &self.#field);));
        }
        // Written in the reverse of the binding's order, as the protocol documents' examples have them: the version
        // comes first. A reader takes any order.
        write.reverse();
        let lines = parts.iter().zip(names).map(|((_, field), part)| format!("    {field} = {part:?},\n"));
        let lines: String = lines.collect();
        let (name, shape) = (ident(name), ident(shape));
        let text =
            docs::attributes(&format!("Header parts of the {direction}, each of which may be absent."));
        let body = if read.is_empty() {
            quote!()
        } else {
            quote! {
                fn field(&mut self, at: usize, r: &mut rt::Reader<'_>) -> rt::Result<()> {
                    match at { #(#read)* _ => r.no_such_field(at), }
                }
                fn write_fields(&self, w: &mut rt::Writer) {
                    let p = #shape.particles;
                    #(#write)*
                }
            }
        };
        let vocabulary = self.vocabulary(file);
        file.items(quote! {
            #text
            #[derive(Clone, Debug, Default, PartialEq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            pub struct #name { #(#fields)* }
            static #shape: rt::Shape = rt::Shape::roots(&[#(#particles),*]);
            impl rt::Shaped for #name { const SHAPE: &'static rt::Shape = &#shape; }
            impl rt::Fields for #name { #body }
        });
        file.text(format!("{}::headers!({name}, {vocabulary}, [\n{lines}]);\n", self.config.soap));
    }
}
