//! Emission of services: header parts, the operation trait, the table of operations, dispatch.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::types::ident;
use super::{Emit, docs, print::File};
use crate::model::{ItemId, Operation, Service, Ty};

impl Emit<'_> {
    pub(super) fn service(&self, at: usize, service: &Service, file: &mut File) {
        let module = service.module.as_str();
        let own = "service";
        let soap = self.soap();
        let [requests, replies] = &self.names.headers[at];
        let request_headers =
            self.headers("RequestHeaders", "REQUEST_HEADERS", "requests", requests, file, module);
        let response_headers =
            self.headers("ResponseHeaders", "RESPONSE_HEADERS", "replies", replies, file, module);
        let name = ident(&service.name);
        let text = service.docs.as_deref().map(docs::prose).unwrap_or_default();
        let text = format!(
            "{text}\n\nImplemented by whoever answers the operations. A method that is not implemented answers a fault."
        );
        let text = docs::attributes(text.trim());
        let (mut methods, mut table, mut arms, mut roots) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (index, (operation, method)) in
            service.operations.iter().zip(&self.names.operations[at]).enumerate()
        {
            let Some((request, response)) = self.messages(operation, file, module, own) else { continue };
            let method = ident(method);
            let docs = docs::attributes(&self.operation_docs(operation));
            methods.push(quote! {
                #docs
                fn #method(&self, request: #soap::Request<#request>)
                    -> impl Future<Output = #soap::Outcome<#response>> + Send
                {
                    #soap::unsupported(request)
                }
            });
            let action = &operation.soap_action;
            let wire = &*operation.name;
            let (body, reply) =
                (self.root_wire(operation.request), operation.response.map(|r| self.root_wire(r)));
            let reply = reply.unwrap_or_default();
            table.push(quote!(#soap::OperationInfo::new(#wire, #action, #body, #reply),));
            let index = Literal::usize_unsuffixed(index);
            arms.push(quote!(#index => call.answer(|request| service.#method(request)).await,));
            let element = self.element_name(&self.model.roots[operation.request].name, file);
            roots.push(quote!(rt::Particle::one(#element)));
        }
        let about = docs::attributes(&format!(
            "The operations of [`{}`], in the order of its port type.",
            service.name
        ));
        let serve = docs::attributes(
            "Answers one SOAP envelope: reads it strictly, calls the method of `service` that its Body names,\n\
             and writes the reply or the fault.\n\n\
             This is the whole server side without a transport. The first child of Body chooses the operation.",
        );
        file.items(quote! {
            #request_headers
            #response_headers
            #text
            pub trait #name: Send + Sync { #(#methods)* }
            #about
            pub static OPERATIONS: &[#soap::OperationInfo] = &[#(#table)*];
            static REQUESTS: rt::Shape = rt::Shape::roots(&[#(#roots),*]);
            #serve
            pub async fn dispatch<S: #name + ?Sized>(service: &S, envelope: &[u8]) -> #soap::Reply {
                let text = #soap::decode(envelope);
                match #soap::Call::<RequestHeaders>::open(&text, &REQUESTS) {
                    Err(reply) => reply,
                    Ok(call) => match call.operation() {
                        #(#arms)*
                        _ => #soap::Fault::invalid_request().into(),
                    },
                }
            }
        });
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
    ) -> Option<(TokenStream, TokenStream)> {
        let request = self.message(operation.request)?;
        let response = self.message(operation.response?)?;
        Some((self.item_path(request, file, module, own), self.item_path(response, file, module, own)))
    }

    /// The item that is the document of a root.
    fn message(&self, root: usize) -> Option<ItemId> {
        match &self.model.roots[root] {
            root if root.document => match &root.ty {
                Ty::Item(id) => Some(*id),
                _ => None,
            },
            _ => None,
        }
    }

    fn root_wire(&self, root: usize) -> String {
        self.wire(&self.model.roots[root].name)
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
        let soap = self.soap();
        let Some((request, response)) = self.messages(operation, file, module, own) else { return };
        let (name, action) = (&*operation.name, &operation.soap_action);
        let headers = |name: &str, file: &mut File| {
            // In the file of the service they are at hand.
            if own != "service" {
                file.imports.insert(name.to_owned(), format!("super::{name}"));
            }
            ident(name)
        };
        let request_headers = headers("RequestHeaders", file);
        let response_headers = headers("ResponseHeaders", file);
        file.items(quote! {
            #soap::operation!(#name, #action, #request: #request_headers => #response: #response_headers);
        });
    }

    /// The struct of all header parts of one direction. Which operation declares which does not matter to a
    /// reader: headers of other operations are taken in stride (UCS T16).
    fn headers(
        &self,
        name: &str,
        shape: &str,
        direction: &str,
        parts: &[(usize, String)],
        file: &mut File,
        module: &str,
    ) -> TokenStream {
        let (mut fields, mut particles, mut read, mut write) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, (root, field)) in parts.iter().enumerate() {
            let at = Literal::usize_unsuffixed(at);
            let declared = &self.model.roots[*root];
            let field = ident(field);
            let ty = self.ty(&declared.ty, file, module, "service");
            let text = declared.docs.as_deref().map(docs::prose).unwrap_or_default();
            let text =
                docs::attributes(format!("{text}\n\n`{}`, optional.", self.wire(&declared.name)).trim());
            fields.push(quote!(#text pub #field: Option<#ty>,));
            let element = self.element_name(&declared.name, file);
            particles.push(quote!(rt::Particle::opt(#element)));
            read.push(quote!(#at => r.opt(&mut self.#field),));
            write.push(quote!(w.opt(&p[#at], &self.#field);));
        }
        // Written in the reverse of the binding's order, as the protocol documents' examples have them: the version
        // comes first. A reader takes any order.
        write.reverse();
        let (name, shape) = (ident(name), ident(shape));
        let text =
            docs::attributes(&format!("Header parts of the {direction}, each of which may be absent."));
        let body = if read.is_empty() {
            quote!()
        } else {
            quote! {
                fn child(&mut self, at: usize, r: &mut rt::Reader<'_>) -> rt::Result<()> {
                    match at { #(#read)* _ => r.no_such_field(at), }
                }
                fn write_content(&self, w: &mut rt::Writer) {
                    let p = #shape.particles;
                    #(#write)*
                }
            }
        };
        let soap = self.soap();
        let vocabulary = self.vocabulary(file);
        quote! {
            #text
            #[derive(Clone, Debug, Default, PartialEq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            pub struct #name { #(#fields)* }
            static #shape: rt::Shape = rt::Shape::roots(&[#(#particles),*]);
            impl rt::Fields for #name {
                fn shape(&self) -> &'static rt::Shape { &#shape }
                #body
            }
            impl #soap::Headers for #name {
                const VOCABULARY: &'static rt::Vocabulary = &#vocabulary;
            }
        }
    }
}
