//! Parses `xs:schema`: its own attributes, references to other documents, and global components.

use crate::diagnostic::{Code, Diagnostic};
use crate::load::{Reference, ReferenceKind};
use crate::schema::{Block, Usage};

use super::node::Node;
use super::syntax::{
    Any, Attribute, AttributeGroup, AttributeItem, Attributes, Group, Item, Schema, SchemaReference, TypeRef,
};
use super::{Parser, syntax::Element};

/// The elements that declare attributes.
pub(super) const ATTRIBUTES: [&str; 3] = ["attribute", "attributeGroup", "anyAttribute"];

impl Parser<'_> {
    /// A schema, standing alone or embedded in a WSDL.
    pub(super) fn schema(&mut self, node: &Node, embedded: bool) -> Schema {
        let allowed = [
            "targetNamespace",
            "version",
            "attributeFormDefault",
            "elementFormDefault",
            "blockDefault",
            "finalDefault",
            "lang",
        ];
        node.check_attributes(&allowed, self.diagnostics);
        self.block = node.attr("blockDefault").map_or(Block::default(), |text| Block::parse(text));
        let mut form = |name: &str| {
            let form = node.one_of(name, &["qualified", "unqualified"], self.diagnostics);
            form == Some("qualified")
        };
        let mut schema = Schema {
            file: self.source.name.clone(),
            span: node.span.clone(),
            embedded,
            built_in: false,
            target: node.attr("targetNamespace").filter(|t| !t.trim().is_empty()).map(|t| t.trim().into()),
            elements_qualified: form("elementFormDefault"),
            attributes_qualified: form("attributeFormDefault"),
            references: Vec::new(),
            items: Vec::new(),
        };
        for child in &node.children {
            if !child.is_xsd(&child.local) {
                self.unexpected(child, node);
                continue;
            }
            match &*child.local {
                "include" | "import" => schema.references.extend(
                    self.reference(child)
                        .map(|reference| SchemaReference { reference, redefined: Vec::new() }),
                ),
                "redefine" => {
                    let redefined = child.children.iter().filter_map(|c| self.item(c, child)).collect();
                    schema.references.extend(
                        self.reference(child).map(|reference| SchemaReference { reference, redefined }),
                    );
                }
                "notation" => self.ignored(child, "notations have no effect on generated code"),
                _ => schema.items.extend(self.item(child, node)),
            }
        }
        schema
    }

    /// The reference that load followed, found again by its place.
    fn reference(&mut self, node: &Node) -> Option<Reference> {
        node.check_attributes(&["schemaLocation", "namespace"], self.diagnostics);
        let found = self.source.references.iter().find(|r| r.span == node.span)?;
        (found.kind != ReferenceKind::WsdlImport).then(|| found.clone())
    }

    /// A global component.
    fn item(&mut self, node: &Node, parent: &Node) -> Option<Item> {
        if !node.is_xsd(&node.local) {
            self.unexpected(node, parent);
            return None;
        }
        match &*node.local {
            "element" => {
                node.name(self.diagnostics)?;
                self.element(node, true).map(Item::Element)
            }
            "attribute" => {
                node.name(self.diagnostics)?;
                self.attribute(node, true).map(Item::Attribute)
            }
            "group" => self.group(node).map(Item::Group),
            "attributeGroup" => self.attribute_group(node).map(Item::AttributeGroup),
            "complexType" => {
                node.name(self.diagnostics)?;
                self.complex(node, true).map(Item::Complex)
            }
            "simpleType" => {
                node.name(self.diagnostics)?;
                self.simple(node, true).map(Item::Simple)
            }
            _ => {
                self.unexpected(node, parent);
                None
            }
        }
    }

    /// Notes that a construct was read and has no effect.
    pub(super) fn ignored(&mut self, node: &Node, why: &str) {
        let message = format!("`{}` is ignored: {why}", node.local);
        self.diagnostics.push(Diagnostic::remark(Code::Ignored, &node.span, message));
    }

    /// An element declaration, or a reference to one.
    pub(super) fn element(&mut self, node: &Node, global: bool) -> Option<Element> {
        node.check_attributes(
            &[
                "name",
                "ref",
                "type",
                "substitutionGroup",
                "default",
                "fixed",
                "nillable",
                "abstract",
                "final",
                "block",
                "form",
                "minOccurs",
                "maxOccurs",
            ],
            self.diagnostics,
        );
        let reference = if global { None } else { node.name_ref("ref", self.diagnostics) };
        if node.attr("ref").is_some() {
            if node.attr("name").is_some() || node.attr("type").is_some() {
                self.error(Code::BadStructure, node, "an element with `ref` has neither `name` nor `type`");
            }
            reference.as_ref()?;
        }
        let name = if reference.is_none() { Some(node.name(self.diagnostics)?) } else { None };
        let mut ty = node.name_ref("type", self.diagnostics).map(TypeRef::Named);
        for child in &node.children {
            let inline = match &*child.local {
                "simpleType" if child.is_xsd("simpleType") => {
                    self.simple(child, false).map(|t| TypeRef::Simple(Box::new(t)))
                }
                "complexType" if child.is_xsd("complexType") => {
                    self.complex(child, false).map(|t| TypeRef::Complex(Box::new(t)))
                }
                "key" | "keyref" | "unique" if child.is_xsd(&child.local) => {
                    self.ignored(child, "identity constraints are not checked by generated code");
                    continue;
                }
                _ => {
                    self.unexpected(child, node);
                    continue;
                }
            };
            if node.attr("type").is_some() || reference.is_some() || ty.is_some() {
                self.error(
                    Code::BadStructure,
                    child,
                    "an element has one type: remove `type` or this definition",
                );
            } else {
                ty = inline;
            }
        }
        let (default, fixed) = self.default_and_fixed(node);
        Some(Element {
            span: node.span.clone(),
            docs: self.docs(node),
            name,
            reference,
            ty,
            nillable: node.boolean("nillable", self.diagnostics).unwrap_or(false),
            is_abstract: node.boolean("abstract", self.diagnostics).unwrap_or(false),
            block: node.attr("block").map_or(self.block, |text| Block::parse(text)),
            default,
            fixed,
            substitutes: node.name_ref("substitutionGroup", self.diagnostics).filter(|_| global),
            qualified: self.form(node),
        })
    }

    fn form(&mut self, node: &Node) -> Option<bool> {
        node.one_of("form", &["qualified", "unqualified"], self.diagnostics).map(|f| f == "qualified")
    }

    fn default_and_fixed(&mut self, node: &Node) -> (Option<String>, Option<String>) {
        let get = |name: &str| node.attr(name).map(|v| v.to_string());
        let (default, fixed) = (get("default"), get("fixed"));
        if default.is_some() && fixed.is_some() {
            self.error(Code::BadStructure, node, "`default` and `fixed` exclude each other");
            return (None, fixed);
        }
        (default, fixed)
    }

    /// An attribute declaration, or a reference to one.
    fn attribute(&mut self, node: &Node, global: bool) -> Option<Attribute> {
        let allowed = ["name", "ref", "type", "use", "default", "fixed", "form"];
        node.check_attributes(&allowed, self.diagnostics);
        let reference = if global { None } else { node.name_ref("ref", self.diagnostics) };
        if node.attr("ref").is_some() {
            if node.attr("name").is_some() || node.attr("type").is_some() {
                self.error(Code::BadStructure, node, "an attribute with `ref` has neither `name` nor `type`");
            }
            reference.as_ref()?;
        }
        let name = if reference.is_none() { Some(node.name(self.diagnostics)?) } else { None };
        let mut ty = node.name_ref("type", self.diagnostics).map(TypeRef::Named);
        for child in &node.children {
            if !child.is_xsd("simpleType") {
                self.unexpected(child, node);
            } else if node.attr("type").is_some() || reference.is_some() || ty.is_some() {
                self.error(
                    Code::BadStructure,
                    child,
                    "an attribute has one type: remove `type` or this definition",
                );
            } else {
                ty = self.simple(child, false).map(|t| TypeRef::Simple(Box::new(t)));
            }
        }
        let usage = match node.one_of("use", &["required", "optional", "prohibited"], self.diagnostics) {
            Some("required") => Usage::Required,
            Some("prohibited") => Usage::Prohibited,
            _ => Usage::Optional,
        };
        let (default, fixed) = self.default_and_fixed(node);
        if default.is_some() && usage != Usage::Optional {
            self.error(Code::BadStructure, node, "an attribute with a `default` is optional: remove `use`");
        }
        Some(Attribute {
            span: node.span.clone(),
            docs: self.docs(node),
            name,
            reference,
            ty,
            usage,
            default,
            fixed,
            qualified: self.form(node),
        })
    }

    /// The attribute declarations among the children of `node`; the others are the caller's.
    pub(super) fn attributes(&mut self, node: &Node) -> Attributes {
        let mut attributes = Attributes::default();
        for child in node.children.iter().filter(|c| c.is_xsd(&c.local)) {
            match &*child.local {
                "attribute" => {
                    attributes.uses.extend(self.attribute(child, false).map(AttributeItem::Attribute));
                }
                "attributeGroup" => {
                    child.check_attributes(&["ref"], self.diagnostics);
                    match child.name_ref("ref", self.diagnostics) {
                        Some(reference) => attributes.uses.push(AttributeItem::Group(reference)),
                        None if child.attr("ref").is_none() => {
                            self.error(Code::BadStructure, child, "this attributeGroup needs a `ref`");
                        }
                        None => {}
                    }
                }
                "anyAttribute" => {
                    child.check_attributes(&["namespace", "processContents"], self.diagnostics);
                    attributes.any = Some(self.any(child));
                }
                _ => {}
            }
        }
        attributes
    }

    fn attribute_group(&mut self, node: &Node) -> Option<AttributeGroup> {
        node.check_attributes(&["name"], self.diagnostics);
        let name = node.name(self.diagnostics)?;
        for child in &node.children {
            if !ATTRIBUTES.iter().any(|local| child.is_xsd(local)) {
                self.unexpected(child, node);
            }
        }
        Some(AttributeGroup { span: node.span.clone(), name, attributes: self.attributes(node) })
    }

    fn group(&mut self, node: &Node) -> Option<Group> {
        node.check_attributes(&["name"], self.diagnostics);
        let name = node.name(self.diagnostics)?;
        let model = self.model(node, &[]);
        Some(Group { span: node.span.clone(), name, model })
    }

    /// Namespace constraint and processContents of a wildcard.
    pub(super) fn any(&mut self, node: &Node) -> Any {
        use crate::schema::Process;
        let namespaces = node.attr("namespace").map_or("##any", |v| v);
        let namespaces: Vec<_> = namespaces.split_whitespace().map(Into::into).collect();
        let keyword = |n: &std::rc::Rc<str>| matches!(&**n, "##any" | "##other");
        let unknown = |n: &std::rc::Rc<str>| {
            n.starts_with("##") && !keyword(n) && !matches!(&**n, "##targetNamespace" | "##local")
        };
        if namespaces.iter().any(unknown) || (namespaces.len() > 1 && namespaces.iter().any(keyword)) {
            let message = "the `namespace` of this wildcard is malformed";
            let help = "it is ##any, ##other, or a list of URIs, ##targetNamespace and ##local";
            self.diagnostics.push(Diagnostic::error(Code::BadValue, &node.span, message).help(help));
        }
        let process = match node.one_of("processContents", &["strict", "lax", "skip"], self.diagnostics) {
            Some("lax") => Process::Lax,
            Some("skip") => Process::Skip,
            _ => Process::Strict,
        };
        Any { namespaces, process }
    }
}
