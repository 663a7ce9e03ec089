//! `Fault`: what stands in Body when a request was not carried out, in the form that Exchange gives it and in that of
//! SOAP 1.2.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::{Version, envelope};
use crate::rt::{
    AnyElement, Error, ErrorKind, Name, Next, Ns, Reader, Result, SOAP_URI, SOAP12_URI, Vocabulary, Writer,
    space,
};

/// Namespace of `ResponseCode` and `Message` in the detail of a fault.
const ERRORS_URI: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";
/// Namespace of fault codes and of `MessageXml` in the detail of a fault.
const TYPES_URI: &str = "http://schemas.microsoft.com/exchange/services/2006/types";

static VOCABULARY: Vocabulary = Vocabulary::new(&[]);

/// A fault of either version of SOAP (UCS T5). One pointer in size, since it is the error of results; its fields are those of
/// [`FaultParts`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault(Box<FaultParts>);

impl Deref for Fault {
    type Target = FaultParts;

    fn deref(&self) -> &FaultParts {
        &self.0
    }
}

impl DerefMut for Fault {
    fn deref_mut(&mut self) -> &mut FaultParts {
        &mut self.0
    }
}

impl From<FaultParts> for Fault {
    #[inline]
    fn from(parts: FaultParts) -> Fault {
        Fault(Box::new(parts))
    }
}

/// What a [`Fault`] holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaultParts {
    /// The code as a qualified name.
    pub code: FaultCode,
    /// The explanation for people, `faultstring`.
    pub text: String,
    /// Language of `text`; empty when it is not told.
    pub lang: String,
    /// Who caused it, `faultactor`.
    pub actor: Option<String>,
    /// `ResponseCode` of the detail: the reason for programs, as in
    /// [`ResponseCode`](crate::oxwscdata::ResponseCode).
    pub response_code: Option<String>,
    /// `Message` of the detail.
    pub message: Option<String>,
    /// Children of `MessageXml` of the detail.
    pub message_xml: Vec<AnyElement>,
    /// Other children of the detail.
    pub detail: Vec<AnyElement>,
    /// What led to the fault, when it arose on this side. Never sent.
    pub cause: Option<Cause>,
}

/// What led to a [`Fault`]; also its [`source`](std::error::Error::source). Equal only to itself.
#[derive(Clone, Debug)]
pub struct Cause(pub Arc<dyn std::error::Error + Send + Sync>);

impl PartialEq for Cause {
    fn eq(&self, other: &Cause) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Cause {}

/// A fault code: a qualified name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaultCode {
    /// Namespace URI; empty for none.
    pub namespace: String,
    /// Local name.
    pub local: String,
}

impl Fault {
    /// A fault as Exchange gives it: the response code is also the fault code.
    pub fn new(response_code: impl Into<String>, message: impl Into<String>) -> Fault {
        let (code, message) = (response_code.into(), message.into());
        FaultParts {
            code: FaultCode { namespace: TYPES_URI.to_owned(), local: code.clone() },
            text: message.clone(),
            lang: "en-US".to_owned(),
            actor: None,
            response_code: Some(code),
            message: Some(message),
            message_xml: Vec::new(),
            detail: Vec::new(),
            cause: None,
        }
        .into()
    }

    /// `ErrorSchemaValidation` with place and violation (UCS T6).
    #[inline]
    pub fn schema_violation(error: &Error) -> Fault {
        const MESSAGE: &str = "The request failed schema validation.";
        let mut fault = Fault::new("ErrorSchemaValidation", MESSAGE);
        fault.text = format!("{MESSAGE}: {}", error.message());
        let values = [
            ("LineNumber", error.line().to_string()),
            ("LinePosition", error.column().to_string()),
            ("Violation", error.message().to_owned()),
        ];
        for (name, value) in values {
            fault.message_xml.extend(AnyElement::of_text(TYPES_URI, "t", name, &value));
        }
        fault
    }

    /// `ErrorInvalidRequest`: an empty Body, or one whose child is no operation (UCS T8).
    #[inline]
    pub fn invalid_request() -> Fault {
        Fault::new("ErrorInvalidRequest", "The request is invalid.")
    }

    /// An operation that the service does not implement.
    #[inline]
    pub fn unsupported(operation: &str) -> Fault {
        Fault::new("ErrorNotSupported", format!("The operation {operation} is not supported by this server."))
    }

    /// An answer that cannot be written: a defect of the service, not of the request.
    #[inline]
    pub fn unwritable(error: &Error) -> Fault {
        let shown = if error.kind() == ErrorKind::Unwritable { error.message() } else { "" };
        let message = format!("An internal server error occurred. The operation failed. {shown}");
        Fault::new("ErrorInternalServerError", message.trim_end())
    }

    /// A header block that must be understood is not known (UCS T9, SOAP 1.1 section 4.2.3).
    #[inline]
    pub fn must_understand(block: &str) -> Fault {
        FaultParts {
            code: FaultCode { namespace: SOAP_URI.to_owned(), local: "MustUnderstand".to_owned() },
            text: format!("The header block {block} must be understood, and is not."),
            lang: "en-US".to_owned(),
            actor: None,
            response_code: None,
            message: None,
            message_xml: Vec::new(),
            detail: Vec::new(),
            cause: None,
        }
        .into()
    }

    /// The same with what led to it.
    #[must_use]
    pub fn with_cause(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Fault {
        self.cause = Some(Cause(Arc::new(cause)));
        self
    }

    /// A defect of the server that the caller is told nothing more about.
    #[inline]
    pub fn internal() -> Fault {
        Fault::new("ErrorInternalServerError", "An internal server error occurred. The operation failed.")
    }

    /// Writes the fault in an envelope of SOAP 1.1. Characters that XML cannot carry are replaced.
    #[inline]
    pub fn to_xml(&self) -> Vec<u8> {
        self.to_xml_in(Version::V11)
    }

    /// The same in an envelope of this version.
    #[inline]
    pub fn to_xml_in(&self, version: Version) -> Vec<u8> {
        self.written(version).or_else(|_| self.printable().written(version)).unwrap_or_default()
    }

    #[inline]
    fn written(&self, version: Version) -> Result<Vec<u8>> {
        let mut w = Writer::new(Vec::with_capacity(1024));
        envelope::begin(&mut w, &VOCABULARY, version);
        envelope::begin_body(&mut w);
        w.begin(&FAULT);
        match version {
            Version::V11 => self.write_v11(&mut w),
            Version::V12 => self.write_v12(&mut w),
        }
        w.end(&FAULT);
        envelope::finish(w)
    }

    /// Whether the sender of the request caused it, as far as its code tells.
    #[inline]
    pub(crate) fn is_of_sender(&self) -> bool {
        let receiver = match self.code.namespace.as_str() {
            SOAP_URI | SOAP12_URI => matches!(self.code.local.as_str(), "Server" | "Receiver"),
            _ => RECEIVER.contains(&self.code.local.as_str()),
        };
        !receiver
    }

    /// The children of a fault of SOAP 1.2: a code of its own is the subcode.
    #[inline]
    fn write_v12(&self, w: &mut Writer) {
        let code = &self.code;
        let of_soap = matches!(code.namespace.as_str(), SOAP_URI | SOAP12_URI);
        let value = match code.local.as_str() {
            local @ ("MustUnderstand" | "VersionMismatch" | "DataEncodingUnknown") if of_soap => local,
            _ if self.is_of_sender() => "Sender",
            _ => "Receiver",
        };
        w.begin(&CODE_12);
        w.begin(&VALUE_12);
        w.value(&format!("soap:{value}"));
        w.end(&VALUE_12);
        if !of_soap {
            w.begin(&SUBCODE_12);
            w.begin(&VALUE_12);
            match code.namespace.as_str() {
                "" => w.value(&code.local),
                uri => {
                    w.attribute_text(" xmlns:a=\"", uri);
                    w.value(&format!("a:{}", code.local));
                }
            }
            w.end(&VALUE_12);
            w.end(&SUBCODE_12);
        }
        w.end(&CODE_12);
        w.begin(&REASON_12);
        w.begin(&TEXT_12);
        // The language is required.
        w.attribute_text(" xml:lang=\"", if self.lang.is_empty() { "en" } else { &self.lang });
        w.value(&self.text);
        w.end(&TEXT_12);
        w.end(&REASON_12);
        if let Some(actor) = &self.actor {
            w.begin(&ROLE_12);
            w.value(actor);
            w.end(&ROLE_12);
        }
        self.write_detail(w, &DETAIL_12);
    }

    #[inline]
    fn write_v11(&self, w: &mut Writer) {
        w.begin(&CODE);
        let code = &self.code;
        match code.namespace.as_str() {
            "" => w.value(&code.local),
            SOAP_URI => w.value(&format!("soap:{}", code.local)),
            SOAP12_URI => match code.local.as_str() {
                "Sender" => w.value(&"soap:Client".to_owned()),
                "Receiver" => w.value(&"soap:Server".to_owned()),
                local => w.value(&format!("soap:{local}")),
            },
            uri => {
                w.attribute_text(" xmlns:a=\"", uri);
                w.value(&format!("a:{}", code.local));
            }
        }
        w.end(&CODE);
        w.begin(&STRING);
        if !self.lang.is_empty() {
            w.attribute_text(" xml:lang=\"", &self.lang);
        }
        w.value(&self.text);
        w.end(&STRING);
        if let Some(actor) = &self.actor {
            w.begin(&ACTOR);
            w.value(actor);
            w.end(&ACTOR);
        }
        self.write_detail(w, &DETAIL);
    }

    #[inline]
    fn write_detail(&self, w: &mut Writer, name: &'static Name) {
        let empty = self.response_code.is_none() && self.message.is_none();
        if empty && self.message_xml.is_empty() && self.detail.is_empty() {
            return;
        }
        w.begin(name);
        for (name, value) in [(&RESPONSE_CODE, &self.response_code), (&MESSAGE, &self.message)] {
            if let Some(value) = value {
                w.begin(name);
                w.attribute_text(" xmlns:e=\"", ERRORS_URI);
                w.value(value);
                w.end(name);
            }
        }
        if !self.message_xml.is_empty() {
            w.begin(&MESSAGE_XML);
            w.attribute_text(" xmlns:t=\"", TYPES_URI);
            self.message_xml.iter().for_each(|element| w.raw(element.as_xml()));
            w.end(&MESSAGE_XML);
        }
        self.detail.iter().for_each(|element| w.raw(element.as_xml()));
        w.end(name);
    }

    /// The same with U+FFFD for what XML cannot carry.
    #[inline]
    fn printable(&self) -> Fault {
        let clean = |text: &String| {
            text.chars().map(|c| if crate::rt::is_allowed(c) { c } else { '\u{FFFD}' }).collect()
        };
        FaultParts {
            code: FaultCode { namespace: clean(&self.code.namespace), local: clean(&self.code.local) },
            text: clean(&self.text),
            lang: clean(&self.lang),
            actor: self.actor.as_ref().map(clean),
            response_code: self.response_code.as_ref().map(clean),
            message: self.message.as_ref().map(clean),
            message_xml: self.message_xml.clone(),
            detail: self.detail.clone(),
            cause: self.cause.clone(),
        }
        .into()
    }

    /// Reads the innermost open element, a `soap:Fault`.
    #[inline]
    pub(super) fn read(r: &mut Reader<'_>, version: Version) -> Result<Fault> {
        let depth = r.depth();
        let mut fault = Fault::new("", "");
        (fault.response_code, fault.message, fault.lang) = (None, None, String::new());
        fault.code.namespace.clear();
        loop {
            match r.next()? {
                Next::End => {
                    r.take_end()?;
                    return Ok(fault);
                }
                Next::Text => r.skip_text()?,
                Next::Start if version == Version::V12 => fault.read_v12(r)?,
                Next::Start => match r.local() {
                    "faultcode" => fault.code = code(r)?,
                    "faultstring" => {
                        fault.lang = r.xml_lang();
                        fault.text = r.text_with_scope()?.0;
                    }
                    "faultactor" => fault.actor = Some(r.text_with_scope()?.0),
                    "detail" => fault.read_detail(r)?,
                    _ => r.skip_to(depth)?,
                },
            }
        }
    }

    /// Reads one child of a fault of SOAP 1.2.
    #[inline]
    fn read_v12(&mut self, r: &mut Reader<'_>) -> Result<()> {
        if r.uri() != SOAP12_URI {
            return r.skip_to(r.depth() - 1);
        }
        match r.local() {
            "Code" | "Reason" => self.read_values(r),
            "Role" => {
                self.actor = Some(r.text_with_scope()?.0);
                Ok(())
            }
            "Detail" => self.read_detail(r),
            _ => r.skip_to(r.depth() - 1),
        }
    }

    /// Reads what is within the code or the reason of a fault of SOAP 1.2: the code of the application itself is the
    /// outermost subcode; of a reason in several languages, the first counts.
    #[inline]
    fn read_values(&mut self, r: &mut Reader<'_>) -> Result<()> {
        let (depth, mut codes, mut texts) = (r.depth(), 0, 0);
        while r.depth() >= depth {
            match r.next()? {
                Next::End => r.take_end()?,
                Next::Text => r.skip_text()?,
                Next::Start => match r.local() {
                    "Value" if codes < 2 => {
                        codes += 1;
                        self.code = code(r)?;
                    }
                    "Text" if texts == 0 => {
                        texts += 1;
                        self.lang = r.xml_lang();
                        self.text = r.text_with_scope()?.0;
                    }
                    "Subcode" => {}
                    _ => r.skip_to(r.depth() - 1)?,
                },
            }
        }
        Ok(())
    }

    #[inline]
    fn read_detail(&mut self, r: &mut Reader<'_>) -> Result<()> {
        loop {
            match r.next()? {
                Next::End => return r.take_end(),
                Next::Text => r.skip_text()?,
                Next::Start => match (r.uri(), r.local()) {
                    (ERRORS_URI, "ResponseCode") => self.response_code = Some(r.text_with_scope()?.0),
                    (ERRORS_URI, "Message") => self.message = Some(r.text_with_scope()?.0),
                    (_, "MessageXml") => self.message_xml = children(r)?,
                    _ => self.detail.push(AnyElement::as_it_is(r)?),
                },
            }
        }
    }
}

/// The qualified name that is the text of the innermost open element.
#[inline]
fn code(r: &mut Reader<'_>) -> Result<FaultCode> {
    let (text, scope) = r.text_with_scope()?;
    let text = space::trim(&text);
    let (prefix, local) = text.split_once(':').unwrap_or(("", text));
    let uri = scope.iter().find(|(known, _)| known == prefix).map(|(_, uri)| uri.clone());
    Ok(FaultCode { namespace: uri.unwrap_or_default(), local: local.to_owned() })
}

/// Codes of Exchange that are no fault of the request.
const RECEIVER: &[&str] = &[
    "ErrorInternalServerError",
    "ErrorInternalServerTransientError",
    "ErrorNotSupported",
    "ErrorProxyCallFailed",
    "ErrorServerBusy",
    "ErrorTimeoutExpired",
];

#[inline]
fn children(r: &mut Reader<'_>) -> Result<Vec<AnyElement>> {
    let mut elements = Vec::new();
    loop {
        match r.next()? {
            Next::End => {
                r.take_end()?;
                return Ok(elements);
            }
            Next::Text => r.skip_text()?,
            Next::Start => elements.push(AnyElement::as_it_is(r)?),
        }
    }
}

const FAULT: Name = Name::new(Ns::SOAP, "Fault", "<soap:Fault></soap:Fault>");
const CODE: Name = Name::new(Ns::NONE, "faultcode", "<faultcode></faultcode>");
const STRING: Name = Name::new(Ns::NONE, "faultstring", "<faultstring></faultstring>");
const ACTOR: Name = Name::new(Ns::NONE, "faultactor", "<faultactor></faultactor>");
const DETAIL: Name = Name::new(Ns::NONE, "detail", "<detail></detail>");
const CODE_12: Name = Name::new(Ns::SOAP12, "Code", "<soap:Code></soap:Code>");
const SUBCODE_12: Name = Name::new(Ns::SOAP12, "Subcode", "<soap:Subcode></soap:Subcode>");
const VALUE_12: Name = Name::new(Ns::SOAP12, "Value", "<soap:Value></soap:Value>");
const REASON_12: Name = Name::new(Ns::SOAP12, "Reason", "<soap:Reason></soap:Reason>");
const TEXT_12: Name = Name::new(Ns::SOAP12, "Text", "<soap:Text></soap:Text>");
const ROLE_12: Name = Name::new(Ns::SOAP12, "Role", "<soap:Role></soap:Role>");
const DETAIL_12: Name = Name::new(Ns::SOAP12, "Detail", "<soap:Detail></soap:Detail>");
const RESPONSE_CODE: Name = Name::new(Ns::NONE, "ResponseCode", "<e:ResponseCode></e:ResponseCode>");
const MESSAGE: Name = Name::new(Ns::NONE, "Message", "<e:Message></e:Message>");
const MESSAGE_XML: Name = Name::new(Ns::NONE, "MessageXml", "<t:MessageXml></t:MessageXml>");

impl std::fmt::Display for Fault {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.response_code.as_deref().unwrap_or(&self.code.local), self.text)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| &*cause.0 as &(dyn std::error::Error + 'static))
    }
}
