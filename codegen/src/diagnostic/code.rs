//! The registry of diagnostic codes. An id is `OX` and four digits, the first two for the stage: 00 manifest,
//! 01 load, 02 parse, 03 resolve (schemas), 04 resolve (WSDL), 05 quirks, documentation and prune, 06 lower,
//! 07 name. Ids are never reused.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal;)+) => {
        /// What kind of problem a diagnostic reports. Every code has a fixture in `tests/diagnostics/`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in the order of the ids.
            pub const ALL: &[Code] = &[$(Code::$name),+];

            /// The stable id, as in `error[OX0303]`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$name => $id),+ }
            }

            /// What the code stands for, in a sentence.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

codes! {
    /// The manifest is missing, or is not the TOML that is expected.
    BadManifest = "OX0001";
    /// A protocol of the manifest names a file, service, operation or element that does not exist.
    ManifestName = "OX0002";

    /// A file is not text in an encoding that is read.
    Undecodable = "OX0101";
    /// An included, redefined or imported document is not among the inputs.
    MissingInclude = "OX0102";
    /// An imported schema is not among the inputs; nothing of its namespace is known to be needed yet.
    MissingImport = "OX0103";
    /// A file was found only by ignoring upper and lower case, or a location by its last path segment.
    InexactLocation = "OX0104";

    /// A document is not well-formed XML.
    MalformedXml = "OX0201";
    /// Elements are nested deeper than the generator follows.
    TooDeep = "OX0202";
    /// A document is neither a schema nor a WSDL description.
    UnknownDocument = "OX0203";
    /// An element or attribute that its language does not have at this place.
    UnknownSyntax = "OX0204";
    /// A construct that is understood but not supported.
    Unsupported = "OX0205";
    /// An attribute value is not one of those allowed.
    BadValue = "OX0206";
    /// minOccurs or maxOccurs is not a number, or they contradict each other.
    BadOccurrence = "OX0207";
    /// The prefix of a name is bound to no namespace, or to one that cannot have it.
    UnknownPrefix = "OX0208";
    /// A required attribute or child is missing, or two exclude each other.
    BadStructure = "OX0209";
    /// Something that has no effect on generated code was ignored.
    Ignored = "OX0210";
    /// A construct of XML Schema 1.1.
    Modern = "OX0211";

    /// Two different components of one kind have the same name.
    Duplicate = "OX0301";
    /// A type is declared nowhere.
    UnknownType = "OX0302";
    /// An element is declared nowhere.
    UnknownElement = "OX0303";
    /// An attribute is declared nowhere.
    UnknownAttribute = "OX0304";
    /// A group or attribute group is declared nowhere.
    UnknownGroup = "OX0305";
    /// A name belongs to a namespace whose import found no file.
    NeededImport = "OX0306";
    /// A definition refers to itself.
    Circular = "OX0307";
    /// A facet value is malformed, contradicts another, or does not fit the type.
    BadFacet = "OX0308";
    /// A type is derived from one that does not allow it.
    BadDerivation = "OX0309";
    /// A document has another target namespace than the reference to it says.
    WrongNamespace = "OX0310";
    /// A redefinition changes something that the redefined document does not declare.
    BadRedefine = "OX0311";
    /// Expanded groups are larger or deeper than the generator follows.
    TooLarge = "OX0312";
    /// A document uses names of a namespace that it does not import; another file happens to declare them.
    NotImported = "OX0313";
    /// Components are declared in the namespace of XML Schema itself.
    SchemaNamespace = "OX0314";

    /// A binding names a port type that does not exist.
    UnknownPortType = "OX0401";
    /// A port type has no SOAP binding, so that its operations cannot be called.
    Unbound = "OX0402";
    /// A message or part of an operation is not declared.
    UnknownMessage = "OX0403";
    /// A part of an operation's message has no usable element.
    BadPart = "OX0404";
    /// The style or encoding of an operation is not supported.
    UnsupportedStyle = "OX0405";
    /// A part of a message is in neither the body nor a header.
    UnusedPart = "OX0406";
    /// Binding and port type disagree about the operations.
    OperationMismatch = "OX0407";
    /// A header part is listed more than once; it occurs once.
    RepeatedHeader = "OX0408";

    /// The quirks file is not the TOML that is expected.
    BadQuirks = "OX0501";
    /// A quirk changes nothing.
    UnusedQuirk = "OX0502";
    /// The documentation overlay is not the TOML that is expected, or names a component that does not exist.
    BadDocs = "OX0503";

    /// A type requires itself, so that no finite document can hold one.
    Infinite = "OX0601";
    /// A construct is resolved, but no code is generated for it.
    NotGenerated = "OX0602";
    /// Two operations have one request element, or empty requests and one action, by which a server tells them apart.
    SameRequest = "OX0603";

    /// Two components would have the same Rust name.
    NameCollision = "OX0701";
    /// A line of names.lock is not of its form, or names something that is not a Rust identifier.
    BadLock = "OX0702";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn ids_are_unique_and_sorted() {
        let ids: Vec<_> = Code::ALL.iter().map(|c| c.id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert!(Code::ALL.iter().all(|c| c.explanation().ends_with('.')));
    }
}
