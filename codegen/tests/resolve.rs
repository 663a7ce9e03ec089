//! Resolve, prune, quirks and diff on small schemas: one test per construct.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::rc::Rc;

use oxws_codegen::diagnostic::{Code, Severity};
use oxws_codegen::diff::diff;
use oxws_codegen::schema::*;
use oxws_codegen::{Inputs, front, pipeline};

/// A document with the target namespace `urn:t`.
fn schema(body: &str) -> String {
    format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t' targetNamespace='urn:t' \
         elementFormDefault='qualified'>{body}</xs:schema>"
    )
}

fn inputs(files: &[(&str, &str)]) -> Inputs {
    Inputs(files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
}

/// Everything in the files, which must resolve without errors.
fn resolved(files: &[(&str, &str)]) -> SchemaSet {
    let (set, diagnostics) = pipeline::resolved_all(&inputs(files));
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    set
}

fn one(body: &str) -> SchemaSet {
    resolved(&[("a.xsd", &schema(body))])
}

fn named<'a>(set: &'a SchemaSet, local: &str) -> &'a TypeDef {
    set.types.iter().rfind(|t| t.name.as_ref().is_some_and(|n| &*n.local == local)).unwrap()
}

fn complex<'a>(set: &'a SchemaSet, local: &str) -> &'a ComplexType {
    match &named(set, local).body {
        TypeBody::Complex(complex) => complex,
        other => panic!("{other:?}"),
    }
}

fn element<'a>(set: &'a SchemaSet, local: &str) -> &'a ElementDecl {
    set.elements.iter().find(|e| e.global && &*e.name.local == local).unwrap()
}

/// A type's name, or the path of an anonymous one.
fn label(set: &SchemaSet, id: TypeId) -> String {
    let ty = &set.types[id.0];
    ty.name.as_ref().map_or_else(|| ty.path.join("/"), |n| n.local.to_string())
}

/// Content in short: `sequence(a?, choice(b, c)*)`.
fn show(set: &SchemaSet, content: &Content) -> String {
    match content {
        Content::Empty => "empty".to_owned(),
        Content::Simple(id) => format!("text {}", label(set, *id)),
        Content::Particles(particle) => show_particle(set, particle),
    }
}

fn show_particle(set: &SchemaSet, particle: &Particle) -> String {
    let list = |word: &str, list: &[Particle]| {
        format!("{word}({})", list.iter().map(|p| show_particle(set, p)).collect::<Vec<_>>().join(", "))
    };
    let term = match &particle.term {
        Term::Element(id) => set.elements[id.0].name.local.to_string(),
        Term::Any(_) => "any".to_owned(),
        Term::Sequence(inner) => list("sequence", inner),
        Term::Choice(inner) => list("choice", inner),
        Term::All(inner) => list("all", inner),
    };
    let occurs = match (particle.min, particle.max) {
        (1, Some(1)) => String::new(),
        (0, Some(1)) => "?".to_owned(),
        (0, None) => "*".to_owned(),
        (1, None) => "+".to_owned(),
        (min, max) => format!("{{{min},{max:?}}}"),
    };
    term + &occurs
}

#[test]
fn nested_and_repeated_groups_are_expanded() {
    let set = one(
        "<xs:group name='Inner'><xs:choice><xs:element name='b'/><xs:element name='c'/></xs:choice></xs:group>
         <xs:group name='Outer'><xs:sequence><xs:element name='a' minOccurs='0'/><xs:group ref='t:Inner'
           minOccurs='0' maxOccurs='unbounded'/></xs:sequence></xs:group>
         <xs:complexType name='T'><xs:group ref='t:Outer' maxOccurs='2'/></xs:complexType>
         <xs:complexType name='U'><xs:sequence><xs:group ref='t:Outer'/><xs:element name='gone' maxOccurs='0'
           minOccurs='0'/><xs:any/></xs:sequence></xs:complexType>
         <xs:complexType name='V'><xs:sequence><xs:choice/></xs:sequence></xs:complexType>",
    );
    assert_eq!(show(&set, &complex(&set, "T").content), "sequence(a?, choice(b, c)*){1,Some(2)}");
    assert_eq!(show(&set, &complex(&set, "U").content), "sequence(sequence(a?, choice(b, c)*), any)");
    assert_eq!(show(&set, &complex(&set, "V").content), "empty");
}

#[test]
fn attributes_groups_forms_and_the_xml_namespace() {
    let set = one("<xs:import namespace='http://www.w3.org/XML/1998/namespace'/>
         <xs:attribute name='global' type='xs:int' default='1'/>
         <xs:attributeGroup name='G'><xs:attribute name='g'/><xs:attribute name='no' use='prohibited'/>
           <xs:anyAttribute namespace='##other' processContents='lax'/></xs:attributeGroup>
         <xs:complexType name='T'><xs:attribute name='a' type='xs:int' use='required'/>
           <xs:attribute name='q' form='qualified'/><xs:attributeGroup ref='t:G'/>
           <xs:attribute ref='t:global' fixed='2'/><xs:attribute ref='xml:lang'/>
           <xs:attribute ref='xml:space' default='preserve'/></xs:complexType>");
    let ty = complex(&set, "T");
    let uses: Vec<String> = ty
        .attributes
        .iter()
        .map(|a| {
            format!(
                "{{{}}}{} {} {:?} {:?}",
                a.name.namespace,
                a.name.local,
                label(&set, a.ty),
                a.default,
                a.fixed
            )
        })
        .collect();
    assert_eq!(
        uses,
        [
            "{}a int None None",
            "{urn:t}q anySimpleType None None",
            "{}g anySimpleType None None",
            "{urn:t}global int None Some(\"2\")",
            "{http://www.w3.org/XML/1998/namespace}lang lang None None",
            "{http://www.w3.org/XML/1998/namespace}space space Some(\"preserve\") None",
        ]
    );
    assert_eq!(ty.attributes[0].usage, Usage::Required);
    let any = Wildcard { namespaces: NamespaceConstraint::Other("urn:t".into()), process: Process::Lax };
    assert_eq!(ty.any_attribute, Some(any));
}

#[test]
fn simple_contents_know_their_text() {
    let set =
        one("<xs:complexType name='C'><xs:simpleContent><xs:restriction base='t:B'><xs:maxLength value='3'/>
           <xs:attribute name='b' use='prohibited'/></xs:restriction></xs:simpleContent></xs:complexType>
         <xs:complexType name='B'><xs:simpleContent><xs:extension base='t:A'><xs:attribute name='b'/>\
          </xs:extension>
           </xs:simpleContent></xs:complexType>
         <xs:complexType name='A'><xs:simpleContent><xs:extension base='xs:token'><xs:attribute name='a'/>
           </xs:extension></xs:simpleContent></xs:complexType>
         <xs:complexType name='D'><xs:complexContent><xs:extension base='t:A'/></xs:complexContent>\
          </xs:complexType>");
    assert_eq!(show(&set, &complex(&set, "A").content), "text token");
    assert_eq!(show(&set, &complex(&set, "B").content), "text token");
    assert_eq!(show(&set, &complex(&set, "C").content), "text C/Value");
    assert_eq!(show(&set, &complex(&set, "D").content), "text token");
    assert_eq!(complex(&set, "C").attributes[0].usage, Usage::Prohibited);
    let (method, base) = complex(&set, "B").derivation.unwrap();
    assert_eq!((method, label(&set, base).as_str()), (Derivation::Extension, "A"));
}

#[test]
fn anonymous_types_stand_behind_their_owner() {
    let set = one("<xs:element name='E'><xs:complexType><xs:sequence><xs:element name='in'><xs:simpleType>
           <xs:list><xs:simpleType><xs:restriction base='xs:int'/></xs:simpleType></xs:list></xs:simpleType>
           </xs:element></xs:sequence></xs:complexType></xs:element>
         <xs:simpleType name='B'><xs:union memberTypes='xs:int t:A'><xs:simpleType>\
          <xs:restriction base='xs:string'/>
           </xs:simpleType><xs:simpleType><xs:restriction base='xs:date'/></xs:simpleType></xs:union>\
            </xs:simpleType>
         <xs:simpleType name='A'><xs:restriction base='xs:string'><xs:pattern value='a+'/>\
          </xs:restriction></xs:simpleType>");
    let labels: Vec<String> = (0..set.types.len())
        .map(TypeId)
        .filter(|id| &*set.types[id.0].namespace == "urn:t")
        .map(|id| label(&set, id))
        .collect();
    assert_eq!(labels, ["A", "B", "B/Member", "B/Member2", "E", "E/in", "E/in/Item"]);
    assert_eq!(
        element(&set, "E").ty,
        TypeId(set.types.iter().position(|t| t.path == ["E".into()] as [Rc<str>; 1]).unwrap())
    );
}

#[test]
fn chameleon_includes_take_the_namespace() {
    let chameleon = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\
     <xs:include schemaLocation='c.xsd'/>
        <xs:element name='E' type='T'/><xs:complexType name='T'><xs:sequence>\
         <xs:element name='x' type='T'/></xs:sequence>
        </xs:complexType></xs:schema>";
    let other = schema("<xs:include schemaLocation='c.xsd'/>").replace("urn:t", "urn:u");
    let set = resolved(&[
        (
            "a.xsd",
            &schema("<xs:include schemaLocation='c.xsd'/><xs:include schemaLocation='./sub/../c.xsd'/>"),
        ),
        ("b.xsd", &other),
        ("c.xsd", chameleon),
    ]);
    let of: Vec<(String, String)> = set
        .elements
        .iter()
        .filter(|e| e.global)
        .map(|e| {
            (e.name.namespace.to_string(), set.types[e.ty.0].name.as_ref().unwrap().namespace.to_string())
        })
        .collect();
    let both = |n: &str| (n.to_owned(), n.to_owned());
    assert_eq!(of, [both(""), both("urn:t"), both("urn:u")]);
    // Its own form applies: its local elements are unqualified.
    assert!(set.elements.iter().filter(|e| !e.global).all(|e| e.name.namespace.is_empty()));
}

#[test]
fn redefinitions_replace_and_refer_to_the_original() {
    let set = resolved(&[
        (
            "a.xsd",
            &schema(
                "<xs:redefine schemaLocation='b.xsd'>
                   <xs:complexType name='T'><xs:complexContent><xs:extension base='t:T'><xs:sequence>
                     <xs:element name='more'/></xs:sequence></xs:extension></xs:complexContent>\
                      </xs:complexType>
                   <xs:simpleType name='S'><xs:restriction base='t:S'><xs:maxLength value='9'/>\
                    </xs:restriction></xs:simpleType>
                   <xs:group name='G'><xs:sequence><xs:group ref='t:G'/><xs:element name='h'/>\
                    </xs:sequence></xs:group>
                   <xs:attributeGroup name='A'><xs:attributeGroup ref='t:A'/><xs:attribute name='b'/>\
                    </xs:attributeGroup>
                 </xs:redefine>",
            ),
        ),
        (
            "b.xsd",
            &schema(
                "<xs:complexType name='T'><xs:sequence><xs:element name='first'/></xs:sequence>\
                 </xs:complexType>
                 <xs:simpleType name='S'><xs:restriction base='xs:string'/></xs:simpleType>
                 <xs:group name='G'><xs:sequence><xs:element name='g'/></xs:sequence></xs:group>
                 <xs:attributeGroup name='A'><xs:attribute name='a'/></xs:attributeGroup>
                 <xs:element name='E' type='t:T'/>
                 <xs:complexType name='U'><xs:sequence><xs:group ref='t:G'/></xs:sequence>
                   <xs:attributeGroup ref='t:A'/></xs:complexType>",
            ),
        ),
    ]);
    let redefined = complex(&set, "T");
    assert_eq!(show(&set, &redefined.content), "sequence(more)");
    let base = redefined.derivation.unwrap().1;
    assert_eq!(label(&set, base), "T/Original");
    assert_eq!(label(&set, element(&set, "E").ty), "T");
    assert!(matches!(&named(&set, "S").body, TypeBody::Simple(SimpleType::Restriction { base, .. })
        if label(&set, *base) == "S/Original"));
    assert_eq!(show(&set, &complex(&set, "U").content), "sequence(sequence(sequence(g), h))");
    let names: Vec<&str> = complex(&set, "U").attributes.iter().map(|a| &*a.name.local).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn substitution_groups_are_linked() {
    let set = one("<xs:element name='Head' type='xs:int' abstract='true'/>
         <xs:element name='C' substitutionGroup='t:B'/>
         <xs:element name='B' substitutionGroup='t:Head' abstract='true'/>
         <xs:element name='A' substitutionGroup='t:Head' type='xs:short'/>");
    let members = |name: &str| -> Vec<String> {
        element(&set, name).members.iter().map(|id| set.elements[id.0].name.local.to_string()).collect()
    };
    assert_eq!(
        (members("Head"), members("B"), members("C")),
        (vec!["A".into(), "C".into()], vec!["C".into()], vec![])
    );
    assert_eq!(label(&set, element(&set, "C").ty), "int");
}

#[test]
fn documentation_is_dedented() {
    let set =
        one("<xs:element name='E' type='xs:int'><xs:annotation><xs:appinfo>no</xs:appinfo><xs:documentation>
             First <b>line</b>,
               second.

             Other &lt;paragraph&gt;.
           </xs:documentation><xs:documentation>More.</xs:documentation></xs:annotation></xs:element>");
    let docs = element(&set, "E").docs.as_deref();
    assert_eq!(docs, Some("First line,\nsecond.\n\nOther <paragraph>.\n\nMore."));
}

#[test]
fn a_document_type_with_entities_is_read() {
    let text = format!(
        "<!DOCTYPE xs:schema [<!ENTITY u 'urn:t'><!ATTLIST a b CDATA '<'>]>{}",
        schema("").replace("'urn:t'", "'&u;'")
    );
    let text = text
        .replace("></xs:schema>", "><xs:element name='E' type='t:T'/><xs:complexType name='T'/></xs:schema>");
    let (set, diagnostics) = pipeline::resolved_all(&inputs(&[("a.xsd", &text)]));
    assert!(diagnostics.is_empty(), "{}", diagnostics.render());
    assert_eq!(set.elements.iter().filter(|e| &*e.name.namespace == "urn:t").count(), 1);
}

const MANIFEST: &str = "[[protocol]]\nname = 'P'\nmodule = 'p'\nfiles = ['a.xsd']\nelements = \
 ['t:Root']\n[prefixes]\nt = 'urn:t'\n";

#[test]
fn pruning_keeps_what_documents_can_hold() {
    let text = schema(
        "<xs:element name='Root'><xs:complexType><xs:sequence><xs:element name='a' type='t:Derived'/>
           <xs:element ref='t:Head'/></xs:sequence><xs:attribute name='x' type='t:Kind'/></xs:complexType>\
            </xs:element>
         <xs:element name='Head' abstract='true'/><xs:element name='Member' type='t:Mine' \
          substitutionGroup='t:Head'/>
         <xs:element name='Unused' type='t:Other'/>
         <xs:simpleType name='Kind'><xs:union memberTypes='t:Few xs:int'/></xs:simpleType>
         <xs:simpleType name='Few'><xs:restriction base='xs:string'/></xs:simpleType>
         <xs:simpleType name='Fewer'><xs:restriction base='t:Few'/></xs:simpleType>
         <xs:complexType name='Base'/><xs:complexType name='Mine'/><xs:complexType name='Other'/>
         <xs:complexType name='Derived'><xs:complexContent><xs:extension base='t:Base'/>\
          </xs:complexContent></xs:complexType>
         <xs:complexType name='Sibling'><xs:complexContent><xs:extension base='t:Base'/>\
          </xs:complexContent></xs:complexType>
         <xs:complexType name='Below'><xs:complexContent><xs:restriction base='t:Derived'/>\
          </xs:complexContent></xs:complexType>",
    );
    let (result, diagnostics) = front(&inputs(&[("manifest.toml", MANIFEST), ("a.xsd", &text)]));
    assert!(diagnostics.is_empty(), "{}", diagnostics.render());
    let set = result.unwrap().1;
    let types: Vec<&str> = set
        .types
        .iter()
        .filter(|t| !matches!(t.body, TypeBody::Builtin(_)))
        .filter_map(|t| t.name.as_ref().map(|n| &*n.local))
        .collect();
    assert_eq!(types, ["Base", "Below", "Derived", "Few", "Kind", "Mine"]);
    let elements: Vec<&str> = set.elements.iter().filter(|e| e.global).map(|e| &*e.name.local).collect();
    assert_eq!(elements, ["Head", "Member", "Root"]);
}

#[test]
fn quirks_change_what_they_name() {
    let text = schema(
        "<xs:element name='Root'><xs:complexType><xs:sequence><xs:element name='a'><xs:complexType>
           <xs:attribute name='v' fixed='1' use='required'/></xs:complexType></xs:element></xs:sequence>\
            </xs:complexType></xs:element>",
    );
    let quirk = |component: &str, action: &str| {
        format!(
            "[[quirk]]\ncomponent = '{component}'\naction = '{action}'\nwhy = 'w'\nevidence = \
             'e'\nremove_when = 'r'\n"
        )
    };
    let quirks = quirk("t:Root/a/@v", "drop-fixed")
        + &quirk("t:Root/a/@v", "make-optional")
        + &quirk("t:Root/a", "make-optional")
        + &quirk("t:Root/a", "make-repeated")
        + &quirk("t:Root/a", "make-nillable");
    let (result, diagnostics) =
        front(&inputs(&[("manifest.toml", MANIFEST), ("a.xsd", &text), ("quirks.toml", &quirks)]));
    assert!(diagnostics.is_empty(), "{}", diagnostics.render());
    let set = result.unwrap().1;
    let TypeBody::Complex(root) = &set.types[element(&set, "Root").ty.0].body else { panic!() };
    assert_eq!(show(&set, &root.content), "sequence(a*)");
    let a = set.elements.iter().find(|e| !e.global).unwrap();
    let TypeBody::Complex(ty) = &set.types[a.ty.0].body else { panic!() };
    assert_eq!(
        (a.nillable, ty.attributes[0].fixed.as_deref(), ty.attributes[0].usage),
        (true, None, Usage::Optional)
    );
}

#[test]
fn differences_are_told_one_by_one() {
    let ours = one("<xs:complexType name='T'><xs:sequence><xs:element name='a' type='xs:int'/>\
         <xs:element name='b' minOccurs='0'/>
           <xs:element name='c'><xs:simpleType><xs:restriction base='xs:string'><xs:maxLength value='1'/>\
            </xs:restriction>
           </xs:simpleType></xs:element></xs:sequence><xs:attribute name='x' use='required'/></xs:complexType>
         <xs:element name='E' type='t:T' nillable='true'/><xs:simpleType name='Gone'>\
          <xs:list itemType='xs:int'/></xs:simpleType>");
    let theirs =
        one("<xs:complexType name='T' abstract='true'><xs:sequence><xs:element name='b' maxOccurs='2'/>\
         <xs:element name='a' type='xs:long'/>
           <xs:element name='c'><xs:simpleType><xs:restriction base='xs:string'><xs:maxLength value='2'/>\
            </xs:restriction>
           </xs:simpleType></xs:element></xs:sequence><xs:attribute name='x' default='1'/></xs:complexType>
         <xs:element name='E' type='t:T'/><xs:element name='New'/>");
    assert!(diff(&ours, &ours.clone()).is_empty());
    let told: Vec<String> = diff(&ours, &theirs)
        .iter()
        .map(|d| d.to_string().split(" (a.xsd").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        told,
        [
            "type t:Gone: declaration: ours present, theirs missing",
            "type t:T: abstract: ours false, theirs true",
            "type t:T: order of children: ours {urn:t}a, {urn:t}b, {urn:t}c, theirs {urn:t}b, {urn:t}a, \
             {urn:t}c",
            "type t:T / a: type: ours {http://www.w3.org/2001/XMLSchema}int, theirs \
             {http://www.w3.org/2001/XMLSchema}long",
            "type t:T / b: minOccurs: ours 0, theirs 1",
            "type t:T / b: maxOccurs: ours 1, theirs 2",
            "type t:T / c: facets: ours also maxLength=\"1\", theirs also maxLength=\"2\"",
            "type t:T / @x: use: ours required, theirs optional",
            "type t:T / @x: default: ours none, theirs \"1\"",
            "element t:E: nillable: ours true, theirs false",
        ]
    );
}

#[test]
fn a_port_type_with_two_bindings_prefers_soap_11() {
    let wsdl = "<w:definitions xmlns:w='http://schemas.xmlsoap.org/wsdl/' \
     xmlns:s='http://schemas.xmlsoap.org/wsdl/soap/'
          xmlns:s12='http://schemas.xmlsoap.org/wsdl/soap12/' xmlns:t='urn:t' targetNamespace='urn:t'>
        <w:import namespace='urn:t' location='abstract.wsdl'/>
        <w:binding name='New' type='t:P'><s12:binding/><w:operation name='Do'>\
         <s12:operation soapAction='new'/>
          <w:input><s12:body/></w:input></w:operation></w:binding>
        <w:binding name='Old' type='t:P'><s:binding/><w:operation name='Do'><s:operation soapAction='old'/>
          <w:input><s:header message='t:In' part='h' use='literal'/>\
           <s:header message='t:In' part='h' use='literal'/>
          <s:body use='literal'/></w:input></w:operation></w:binding></w:definitions>";
    let types = schema("<xs:element name='Do'/><xs:element name='H'/>");
    let abstract_part = format!(
        "<w:definitions xmlns:w='http://schemas.xmlsoap.org/wsdl/' xmlns:t='urn:t' \
         targetNamespace='urn:t'><w:types>{types}</w:types>
          <w:message name='In'><w:part name='b' element='t:Do'/><w:part name='h' element='t:H'/></w:message>
          <w:portType name='P'><w:operation name='Do'><w:documentation>Does.</w:documentation>\
           <w:input message='t:In'/></w:operation>
          </w:portType></w:definitions>"
    );
    let manifest = "[[protocol]]\nname = 'P'\nmodule = 'p'\nwsdl = 'a.wsdl'\n";
    let files = [("manifest.toml", manifest), ("a.wsdl", wsdl), ("abstract.wsdl", &abstract_part)];
    let (result, diagnostics) = front(&inputs(&files));
    let codes: Vec<Code> = diagnostics.sorted().iter().map(|remark| remark.code).collect();
    assert_eq!(codes, [Code::RepeatedHeader], "{}", diagnostics.render());
    let set = result.unwrap().1;
    let service = &set.services[0];
    assert_eq!((service.soap, &*service.file), (SoapVersion::V11, "a.wsdl"));
    let operation = &service.operations[0];
    assert_eq!((operation.soap_action.as_str(), operation.docs.as_deref()), ("old", Some("Does.")));
    assert!(operation.output.is_none() && operation.input.headers.len() == 1);
    assert_eq!(&*set.elements[operation.input.body.unwrap().0].name.local, "Do");
}

#[test]
fn operations_of_one_name_are_called_by_their_inputs() {
    let wsdl = include_str!("inputs/overloads/service.wsdl");
    let set = resolved(&[("a.wsdl", wsdl)]);
    let operations = set.services[0].operations.iter();
    let found: Vec<(&str, &str)> = operations.map(|o| (&*o.name, o.soap_action.as_str())).collect();
    assert_eq!(found, [("Find", "urn:overloads/Find"), ("FindByName", "urn:overloads/FindByName")]);
}

#[test]
fn an_operation_that_fails_costs_only_itself() {
    let types = schema("<xs:element name='Do'/>");
    let wsdl = format!(
        "<w:definitions xmlns:w='http://schemas.xmlsoap.org/wsdl/' \
         xmlns:s='http://schemas.xmlsoap.org/wsdl/soap/'
          xmlns:t='urn:t' targetNamespace='urn:t'><w:types>{types}</w:types>
          <w:message name='In'><w:part name='b' element='t:Do'/></w:message>
          <w:portType name='P'><w:operation name='Do'><w:input message='t:In'/></w:operation>
          <w:operation name='Fail'><w:input message='t:Out'/></w:operation></w:portType>
          <w:binding name='B' type='t:P'><s:binding/><w:operation name='Do'><w:input><s:body/></w:input>\
           </w:operation>
          <w:operation name='Fail'><w:input><s:body/></w:input></w:operation></w:binding></w:definitions>"
    );
    let run = |extra: &str| {
        let manifest = format!("[[protocol]]\nname = 'P'\nmodule = 'p'\nwsdl = 'a.wsdl'\n{extra}\n");
        let (result, diagnostics) = front(&inputs(&[("manifest.toml", &manifest), ("a.wsdl", &wsdl)]));
        let worst = diagnostics.sorted().iter().map(|d| d.severity).min();
        (result.unwrap().1.services[0].operations.len(), worst)
    };
    assert_eq!(run(""), (1, Some(Severity::Error)));
    assert_eq!(run("strict = false"), (1, Some(Severity::Warning)));
    assert_eq!(run("operations = ['Do']"), (1, None));
}
