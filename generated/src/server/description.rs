//! What a service says of itself: a WSDL made of its operations, and the schemas that the generator wrote
//! (UCS T15).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bytes::Bytes;

use crate::rt::{Name, Vocabulary};
use crate::soap::{Interface, OperationInfo, Version};

/// Name of the WSDL.
const WSDL: &str = "Services.wsdl";
/// Where the address goes.
const ADDRESS: &str = "{address}";

/// The documents that describe a service.
#[derive(Debug)]
pub(super) struct Description {
    wsdl: String,
    /// By file name.
    schemas: BTreeMap<&'static str, &'static str>,
}

impl Description {
    pub(super) fn new(interfaces: &[Interface]) -> Description {
        let schemas = interfaces.iter().flat_map(|interface| interface.schemas);
        Description { wsdl: wsdl(interfaces), schemas: schemas.map(|file| (file.name, file.text)).collect() }
    }

    /// Whether there is such a document.
    pub(super) fn has(&self, file: &str) -> bool {
        file.eq_ignore_ascii_case(WSDL) || self.schema(file).is_some()
    }

    /// A document of the service at `address`.
    pub(super) fn document(&self, file: &str, address: &str) -> Option<Bytes> {
        match self.schema(file) {
            Some(text) => Some(Bytes::from_static(text.as_bytes())),
            None if file.eq_ignore_ascii_case(WSDL) => {
                Some(self.wsdl.replace(ADDRESS, &escaped(address)).into())
            }
            None => None,
        }
    }

    fn schema(&self, file: &str) -> Option<&'static str> {
        self.schemas.iter().find(|(name, _)| name.eq_ignore_ascii_case(file)).map(|(_, text)| *text)
    }
}

fn wsdl(interfaces: &[Interface]) -> String {
    // Traits of one name, such as those of several protocols of one service, are one port type.
    let mut services: BTreeMap<&str, Vec<&Interface>> = BTreeMap::new();
    for interface in interfaces {
        services.entry(interface.name).or_default().push(interface);
    }
    let mut namespaces: BTreeMap<&str, &str> = BTreeMap::new();
    let mut imports: BTreeMap<&str, &str> = BTreeMap::new();
    for interface in interfaces {
        namespaces.extend(interface.vocabulary.own().filter(|(prefix, _)| !prefix.is_empty()));
        imports.extend(interface.schemas.iter().map(|file| (file.namespace, file.name)));
    }
    let first = interfaces.first().and_then(|interface| {
        let elements =
            interface.operations.iter().filter_map(|operation| operation.request.or(operation.response));
        elements.map(|element| interface.vocabulary.uri(element.ns)).next()
    });
    let target = escaped(first.unwrap_or("urn:services"));
    let mut parts = Parts::default();
    for (service, interfaces) in &services {
        parts.service(service, interfaces);
    }
    let Parts { messages, port_types, bindings, ports } = parts;
    let declared: String =
        namespaces.iter().map(|(prefix, uri)| format!("\n    xmlns:{prefix}=\"{}\"", escaped(uri))).collect();
    let imported: String = imports
        .iter()
        .map(|(namespace, file)| {
            let namespace = match *namespace {
                "" => String::new(),
                uri => format!(" namespace=\"{}\"", escaped(uri)),
            };
            format!("      <xs:import{namespace} schemaLocation=\"{file}\"/>\n")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <wsdl:definitions xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\"\n    \
         xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\"\n    \
         xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"{declared}\n    \
         xmlns:tns=\"{target}\"\n    targetNamespace=\"{target}\">\n  \
         <wsdl:types>\n    <xs:schema>\n{imported}    </xs:schema>\n  </wsdl:types>\n\
         {messages}{port_types}{bindings}{ports}</wsdl:definitions>\n"
    )
}

/// The sections of a WSDL, which come one after the other.
#[derive(Default)]
struct Parts {
    messages: String,
    port_types: String,
    bindings: String,
    ports: String,
}

impl Parts {
    // Writing to a string cannot fail.
    fn service(&mut self, name: &str, interfaces: &[&Interface]) {
        // The prefix `soap` is that of the binding for SOAP 1.1, unless told otherwise here.
        let mut operations = interfaces.iter().flat_map(|interface| interface.operations);
        let soap = match operations.next().map(|operation| operation.soap) {
            Some(Version::V12) => " xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap12/\"",
            _ => "",
        };
        let _ = writeln!(self.port_types, "  <wsdl:portType name=\"{name}PortType\">");
        let _ = writeln!(
            self.bindings,
            "  <wsdl:binding name=\"{name}Binding\" type=\"tns:{name}PortType\"{soap}>\n    \
             <soap:binding style=\"document\" transport=\"http://schemas.xmlsoap.org/soap/http\"/>"
        );
        // Of implementations of one operation, the first is asked.
        let mut seen = BTreeSet::new();
        for interface in interfaces {
            for operation in interface.operations.iter().filter(|operation| seen.insert(operation.name)) {
                self.operation(interface, operation);
            }
        }
        self.port_types.push_str("  </wsdl:portType>\n");
        self.bindings.push_str("  </wsdl:binding>\n");
        let _ = writeln!(
            self.ports,
            "  <wsdl:service name=\"{name}\">\n    <wsdl:port name=\"{name}Port\" binding=\"tns:{name}Binding\">\n      \
             <soap:address{soap} location=\"{ADDRESS}\"/>\n    </wsdl:port>\n  </wsdl:service>"
        );
    }

    fn operation(&mut self, interface: &Interface, operation: &OperationInfo) {
        let name = operation.name;
        let vocabulary = interface.vocabulary;
        let request =
            self.message(&format!("{name}SoapIn"), operation.request, &interface.request_parts, vocabulary);
        let response = (!operation.one_way).then(|| {
            self.message(&format!("{name}SoapOut"), operation.response, &interface.response_parts, vocabulary)
        });
        // A one-way operation has no output.
        let (output, bound) = match response {
            None => (String::new(), String::new()),
            Some(response) => (
                format!("      <wsdl:output message=\"tns:{name}SoapOut\"/>\n"),
                format!("      <wsdl:output>\n{response}      </wsdl:output>\n"),
            ),
        };
        let _ = writeln!(
            self.port_types,
            "    <wsdl:operation name=\"{name}\">\n      <wsdl:input message=\"tns:{name}SoapIn\"/>\n{output}    \
             </wsdl:operation>"
        );
        let action = escaped(operation.soap_action);
        let _ = writeln!(
            self.bindings,
            "    <wsdl:operation name=\"{name}\">\n      <soap:operation soapAction=\"{action}\"/>\n      \
             <wsdl:input>\n{request}      </wsdl:input>\n{bound}    </wsdl:operation>"
        );
    }

    /// Adds a message, which without an element is an empty Body; gives its place in the binding.
    fn message(
        &mut self,
        message: &str,
        body: Option<&Name>,
        headers: &[(&'static str, &'static Name)],
        vocabulary: &Vocabulary,
    ) -> String {
        // A name that no header part has.
        let mut own = "parameters".to_owned();
        while headers.iter().any(|(part, _)| *part == own) {
            own.push('_');
        }
        let _ = writeln!(self.messages, "  <wsdl:message name=\"{message}\">");
        let named = match body {
            Some(_) => format!(" parts=\"{own}\""),
            // Without the attribute, all parts that there are.
            None if headers.is_empty() => String::new(),
            None => " parts=\"\"".to_owned(),
        };
        let mut binding = format!("        <soap:body{named} use=\"literal\"/>\n");
        let body = body.map(|body| (own.as_str(), body));
        let all = body.into_iter().chain(headers.iter().map(|(part, name)| (*part, *name)));
        for (part, name) in all {
            let element = qualified(name, vocabulary);
            let _ = writeln!(self.messages, "    <wsdl:part name=\"{part}\" element=\"{element}\"/>");
        }
        self.messages.push_str("  </wsdl:message>\n");
        for (part, _) in headers {
            let _ = writeln!(
                binding,
                "        <soap:header message=\"tns:{message}\" part=\"{part}\" use=\"literal\"/>"
            );
        }
        binding
    }
}

fn qualified(name: &Name, vocabulary: &Vocabulary) -> String {
    match vocabulary.entry(name.ns).0 {
        "" => name.local().to_owned(),
        prefix => format!("{prefix}:{}", name.local()),
    }
}

/// Text for an attribute in double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
