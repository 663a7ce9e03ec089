//! One test for each construct of XML Schema, and for what the documents look like.

use oxws_codegen::describe::{Description, describe};
use oxws_codegen::schema::{Content, Particle, Term, TypeBody};
use oxws_codegen::{Inputs, pipeline};

use crate::support::schemas;
use crate::validate::compiles;
use crate::{COMMAND, Prefixes, described, inputs_of, pruned, read_again, text};

const XS: &str = "xmlns:xs='http://www.w3.org/2001/XMLSchema'";

/// What is described for documents given as name, attributes of the root, and body.
fn of(documents: &[(&str, &str, &str)]) -> Vec<Description> {
    let mut inputs = Inputs::default();
    for (name, attributes, body) in documents {
        let text = format!("<xs:schema {XS} {attributes}>{body}</xs:schema>");
        inputs.0.insert(format!("{name}.xsd"), text.into_bytes());
    }
    let (set, diagnostics) = pipeline::resolved_all(&inputs);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    let descriptions = described(&set, &Prefixes::new(), documents[0].0);
    compiles(&descriptions, documents[0].0);
    descriptions
}

/// The only document, for declarations in `urn:t`.
fn one(name: &str, body: &str) -> String {
    let descriptions =
        of(&[(name, "xmlns:t='urn:t' targetNamespace='urn:t' elementFormDefault='qualified'", body)]);
    assert_eq!(descriptions.len(), 1, "{descriptions:#?}");
    descriptions[0].text.clone()
}

#[track_caller]
fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn simple_types() {
    let text = one(
        "simple",
        "<xs:simpleType name='U'><xs:union memberTypes='xs:int t:L'><xs:simpleType><xs:list><xs:simpleType>\
         <xs:restriction base='xs:string'><xs:pattern value='[&lt;&quot;&#9;]'/></xs:restriction></xs:simpleType>\
         </xs:list></xs:simpleType></xs:union></xs:simpleType>\
         <xs:simpleType name='L'><xs:list itemType='t:E'/></xs:simpleType>\
         <xs:simpleType name='E'><xs:annotation><xs:documentation>One &amp; two.</xs:documentation></xs:annotation>\
         <xs:restriction><xs:simpleType><xs:restriction base='xs:token'><xs:maxLength value='9'/></xs:restriction>\
         </xs:simpleType><xs:enumeration value='a'><xs:annotation><xs:documentation>The first.</xs:documentation>\
         </xs:annotation></xs:enumeration><xs:enumeration value=''/></xs:restriction></xs:simpleType>",
    );
    contains(
        &text,
        &[
            "memberTypes=\"xs:int t:L\"",
            "<xs:pattern value=\"[&lt;&quot;&#9;]\"/>",
            "<xs:list itemType=\"t:E\"/>",
            "<xs:documentation>One &amp; two.</xs:documentation>",
        ],
    );
}

#[test]
fn complex_types() {
    let text = one(
        "complex",
        "<xs:complexType name='Mixed' mixed='true' abstract='true'><xs:choice maxOccurs='unbounded'>\
         <xs:element name='A' nillable='true' minOccurs='0' maxOccurs='3'/><xs:sequence minOccurs='0'/>\
         <xs:element name='B' type='xs:string' default=' x '/></xs:choice></xs:complexType>\
         <xs:complexType name='Text'><xs:simpleContent><xs:extension base='xs:string'><xs:attribute name='a'/>\
         </xs:extension></xs:simpleContent></xs:complexType>\
         <xs:complexType name='Short'><xs:simpleContent><xs:restriction base='t:Text'><xs:maxLength value='3'/>\
         <xs:attribute name='a' use='prohibited'/></xs:restriction></xs:simpleContent></xs:complexType>\
         <xs:complexType name='Inline'><xs:simpleContent><xs:restriction base='t:Text'><xs:simpleType>\
         <xs:restriction base='xs:string'><xs:enumeration value='x'/></xs:restriction></xs:simpleType>\
         <xs:maxLength value='3'/></xs:restriction></xs:simpleContent></xs:complexType>\
         <xs:complexType name='Same'><xs:simpleContent><xs:restriction base='t:Short'/></xs:simpleContent>\
         </xs:complexType>\
         <xs:complexType name='Loose' mixed='true'><xs:sequence><xs:any minOccurs='0'/></xs:sequence>\
         </xs:complexType>\
         <xs:complexType name='Pure'><xs:simpleContent><xs:restriction base='t:Loose'><xs:simpleType>\
         <xs:restriction base='xs:int'/></xs:simpleType></xs:restriction></xs:simpleContent></xs:complexType>\
         <xs:complexType name='All'><xs:all minOccurs='0'><xs:element name='A' type='t:Text' fixed='f'/></xs:all>\
         <xs:anyAttribute namespace='##local urn:x ##targetNamespace' processContents='skip'/></xs:complexType>\
         <xs:complexType name='Less'><xs:complexContent><xs:restriction base='t:All'><xs:all minOccurs='0'/>\
         </xs:restriction></xs:complexContent></xs:complexType>",
    );
    contains(
        &text,
        &[
            "<xs:complexType name=\"Mixed\" mixed=\"true\" abstract=\"true\">",
            "<xs:element name=\"A\" nillable=\"true\" minOccurs=\"0\" maxOccurs=\"3\"/>",
            "default=\" x \"",
            "<xs:attribute name=\"a\" use=\"prohibited\"/>",
            "<xs:anyAttribute namespace=\"##local urn:x ##targetNamespace\" processContents=\"skip\"/>",
        ],
    );
}

#[test]
fn substitution_groups() {
    let text = one(
        "substitution",
        "<xs:element name='Head' abstract='true'><xs:complexType><xs:sequence><xs:element name='A'/></xs:sequence>\
         </xs:complexType></xs:element><xs:element name='Member' substitutionGroup='t:Head'/>\
         <xs:element name='Any'/><xs:element name='Int' type='xs:int' substitutionGroup='t:Any'/>\
         <xs:element name='Use'><xs:complexType><xs:choice><xs:element ref='t:Head' maxOccurs='unbounded'/>\
         <xs:element ref='t:Any'/></xs:choice></xs:complexType></xs:element>",
    );
    contains(&text, &["<xs:element name=\"Member\" substitutionGroup=\"t:Head\"/>"]);
}

/// The values keep their prefixes; the document's own give way.
#[test]
fn values_that_are_names() {
    let text = of(&[
        (
            "values",
            "xmlns:o='urn:v' xmlns:tns='urn:t' targetNamespace='urn:t'",
            "<xs:import namespace='urn:o' schemaLocation='other.xsd'/><xs:element name='E'><xs:complexType>\
             <xs:simpleContent><xs:extension base='tns:Name'><xs:attribute name='a' type='xs:QName' default='o:d'/>\
             <xs:attribute ref='b:level' xmlns:b='urn:o'/></xs:extension></xs:simpleContent></xs:complexType>\
             </xs:element><xs:simpleType name='Name'><xs:restriction base='xs:QName'>\
             <xs:enumeration value='tns:one'/><xs:enumeration value='o:two'/></xs:restriction></xs:simpleType>\
             <xs:simpleType name='Text'><xs:restriction base='xs:string'><xs:enumeration value='b:no'/>\
             </xs:restriction></xs:simpleType>",
        ),
        ("other", "targetNamespace='urn:o'", "<xs:attribute name='level' type='xs:int'/>"),
    ]);
    contains(
        &text[1].text,
        &[
            "xmlns:ns-o=\"urn:o\" xmlns:o=\"urn:v\"",
            "xmlns:tns=\"urn:t\"",
            "<xs:attribute name=\"a\" type=\"xs:QName\" default=\"o:d\"/>",
            "<xs:attribute ref=\"ns-o:level\"/>",
            "<xs:enumeration value=\"tns:one\"/>",
        ],
    );
    assert!(!text[1].text.contains("xmlns:b="));
}

#[test]
fn forms() {
    let target = "xmlns:t='urn:t' targetNamespace='urn:t'";
    let local = |form: &str| format!("<xs:element name='e' type='xs:int' form='{form}'/>");
    let of = |forms: &[&str]| {
        let elements: String = forms.iter().map(|form| local(form)).collect();
        let body = format!(
            "<xs:complexType name='T'><xs:choice maxOccurs='2'>{elements}</xs:choice></xs:complexType>"
        );
        of(&[(&format!("forms-{}", forms.len()), target, &body)])[0].text.clone()
    };
    let text = of(&["qualified"]);
    contains(&text, &["elementFormDefault=\"qualified\"", "<xs:element name=\"e\" type=\"xs:int\"/>"]);
    let text = of(&["qualified", "unqualified"]);
    contains(&text, &["<xs:element name=\"e\" type=\"xs:int\" form=\"qualified\"/>"]);
    assert!(!text.contains("elementFormDefault") && !text.contains("\"unqualified\""), "{text}");
}

#[test]
fn attributes_in_namespaces() {
    let descriptions = of(&[
        (
            "attributes",
            "xmlns:t='urn:t' xmlns:o='urn:o' targetNamespace='urn:t'",
            "<xs:import namespace='urn:o' schemaLocation='other.xsd'/>\
             <xs:import namespace='http://www.w3.org/XML/1998/namespace'/>\
             <xs:element name='E'><xs:complexType><xs:attribute ref='xml:lang'/><xs:attribute ref='xml:space'/>\
             <xs:attribute ref='o:level' use='required'/><xs:attribute ref='o:kind' fixed='a'/>\
             <xs:attribute name='own' form='qualified' type='xs:int'/><xs:attribute name='plain'/>\
             </xs:complexType></xs:element>\
             <xs:element name='F'><xs:complexType><xs:attribute ref='o:level'/>\
             <xs:attribute ref='o:kind'><xs:annotation><xs:documentation>Which.</xs:documentation></xs:annotation>\
             </xs:attribute><xs:attribute name='own' form='qualified' type='xs:date'/>\
             <xs:attributeGroup ref='o:group'/></xs:complexType></xs:element>\
             <xs:element name='G'><xs:complexType><xs:attributeGroup ref='o:others'/></xs:complexType></xs:element>",
        ),
        (
            "other",
            "xmlns:o='urn:o' targetNamespace='urn:o'",
            "<xs:attribute name='level' type='xs:int'><xs:annotation><xs:documentation>How high.</xs:documentation>\
             </xs:annotation></xs:attribute><xs:attribute name='kind'><xs:simpleType><xs:restriction base='xs:token'>\
             <xs:enumeration value='a'/></xs:restriction></xs:simpleType></xs:attribute>\
             <xs:attribute name='twice' type='xs:int'/>\
             <xs:attributeGroup name='group'><xs:attribute name='twice' type='xs:date' form='qualified'/>\
             <xs:anyAttribute namespace='##other'/></xs:attributeGroup>\
             <xs:attributeGroup name='others'><xs:attribute ref='o:twice'/></xs:attributeGroup>\
             <xs:complexType name='T'><xs:attributeGroup ref='o:others'/></xs:complexType>",
        ),
    ]);
    assert_eq!(descriptions.iter().map(|d| &*d.file).collect::<Vec<_>>(), ["o.xsd", "t.xsd", "xml.xsd"]);
    contains(
        text(&descriptions, "t.xsd"),
        &[
            "<xs:import namespace=\"http://www.w3.org/XML/1998/namespace\" schemaLocation=\"xml.xsd\"/>",
            "<xs:attribute ref=\"xml:lang\"/>",
            "<xs:attribute ref=\"o:level\" use=\"required\"/>",
            "<xs:attribute ref=\"t:own\"/>",
            "<xs:attribute name=\"own\" type=\"xs:date\" form=\"qualified\"/>",
            "<xs:attributeGroup ref=\"o:twice\"/>",
            "<xs:attributeGroup ref=\"o:AnyAttribute\"/>",
        ],
    );
    contains(
        text(&descriptions, "o.xsd"),
        &["<xs:attribute name=\"twice\" type=\"xs:int\"/>", "<xs:documentation>How high."],
    );
    assert!(text(&descriptions, "xml.xsd").contains("from the manifest"));
    assert!(!text(&descriptions, "xml.xsd").contains("\"base\""), "only what is used");
}

/// Local elements and wildcards from groups of another namespace cannot be local here.
#[test]
fn groups_of_another_namespace() {
    let descriptions = of(&[
        (
            "groups",
            "xmlns:t='urn:t' xmlns:o='urn:o' targetNamespace='urn:t' elementFormDefault='qualified'",
            "<xs:import namespace='urn:o' schemaLocation='other.xsd'/><xs:import schemaLocation='none.xsd'/>\
             <xs:complexType name='T'><xs:sequence><xs:element name='Mine'/><xs:group ref='o:G' minOccurs='0'/>\
             <xs:group ref='None'/></xs:sequence></xs:complexType>\
             <xs:complexType name='U'><xs:group ref='o:G' maxOccurs='2'/></xs:complexType>\
             <xs:complexType name='V'><xs:group ref='o:Bare'/></xs:complexType>",
        ),
        (
            "other",
            "xmlns:o='urn:o' targetNamespace='urn:o' elementFormDefault='qualified'",
            "<xs:group name='G'><xs:choice><xs:element name='Theirs' type='o:S'/><xs:group ref='o:H'/></xs:choice>\
             </xs:group><xs:group name='H'><xs:sequence><xs:element name='Deep'><xs:complexType><xs:sequence>\
             <xs:element name='Deeper' form='unqualified'/></xs:sequence></xs:complexType></xs:element>\
             <xs:any namespace='##other' minOccurs='0'/></xs:sequence></xs:group>\
             <xs:group name='Bare'><xs:sequence><xs:element name='Out' form='unqualified'><xs:complexType>\
             <xs:sequence><xs:element name='In' type='o:S'/></xs:sequence></xs:complexType></xs:element></xs:sequence>\
             </xs:group><xs:simpleType name='S'><xs:restriction base='xs:string'/></xs:simpleType>",
        ),
        (
            "none",
            "",
            "<xs:group name='None'><xs:sequence><xs:element name='Nowhere' type='N'/></xs:sequence></xs:group>\
             <xs:simpleType name='N'><xs:restriction base='xs:int'/></xs:simpleType>",
        ),
    ]);
    assert_eq!(descriptions.iter().map(|d| &*d.file).collect::<Vec<_>>(), ["local.xsd", "o.xsd", "t.xsd"]);
    contains(
        text(&descriptions, "t.xsd"),
        &[
            "<xs:group ref=\"o:G\" minOccurs=\"0\"/>",
            "<xs:group ref=\"o:G\" maxOccurs=\"2\"/>",
            "<xs:group ref=\"o:Bare\"/>",
            "<xs:element name=\"Mine\" form=\"qualified\"/>",
            "<xs:element name=\"Nowhere\" type=\"N\"/>",
            "<xs:import schemaLocation=\"local.xsd\"/>",
        ],
    );
    let theirs = text(&descriptions, "o.xsd");
    assert_eq!(theirs.matches("<xs:group name=").count(), 2, "H is in place: {theirs}");
}

/// What quirks make of the uses of one group is no longer one group.
#[test]
fn groups_that_were_corrected() {
    let mut inputs = Inputs::default();
    let theirs = format!(
        "<xs:schema {XS} targetNamespace='urn:o' elementFormDefault='qualified'><xs:group name='G'><xs:sequence>\
         <xs:element name='A' type='xs:int'/></xs:sequence></xs:group></xs:schema>"
    );
    let types: String = ["T", "U", "V"]
        .map(|n| format!("<xs:complexType name='{n}'><xs:group ref='o:G'/></xs:complexType>"))
        .concat();
    let ours = format!(
        "<xs:schema {XS} xmlns:o='urn:o' targetNamespace='urn:t'>\
         <xs:import namespace='urn:o' schemaLocation='o.xsd'/>{types}</xs:schema>"
    );
    inputs.0.insert("o.xsd".to_owned(), theirs.into_bytes());
    inputs.0.insert("t.xsd".to_owned(), ours.into_bytes());
    let (mut set, _) = pipeline::resolved_all(&inputs);
    let corrected = set.types.iter_mut().find(|ty| ty.name.as_ref().is_some_and(|name| &*name.local == "U"));
    let TypeBody::Complex(complex) = &mut corrected.unwrap().body else { panic!() };
    let Content::Particles(Particle { term: Term::Sequence(list), .. }) = &mut complex.content else {
        panic!()
    };
    list[0].min = 0;
    let descriptions = described(&set, &Prefixes::new(), "corrected");
    compiles(&descriptions, "corrected");
    contains(text(&descriptions, "o.xsd"), &["<xs:group name=\"G\">", "<xs:group name=\"G.U\">"]);
    contains(text(&descriptions, "t.xsd"), &["<xs:group ref=\"o:G\"/>", "<xs:group ref=\"o:G.U\"/>"]);
}

#[test]
fn the_original_of_a_redefinition_has_a_name() {
    let mut inputs = Inputs::default();
    let target = format!("<xs:schema {XS} xmlns:t='urn:t' targetNamespace='urn:t'>");
    let base = "<xs:complexType name='T'><xs:sequence><xs:element name='A'/></xs:sequence></xs:complexType>";
    let derived = "<xs:redefine schemaLocation='base.xsd'><xs:complexType name='T'><xs:complexContent>\
         <xs:extension base='t:T'><xs:sequence><xs:element name='B'/></xs:sequence></xs:extension></xs:complexContent>\
         </xs:complexType></xs:redefine><xs:element name='E' type='t:T'/>";
    for (name, body) in [("base.xsd", base), ("derived.xsd", derived)] {
        inputs.0.insert(name.to_owned(), format!("{target}{body}</xs:schema>").into_bytes());
    }
    let (set, diagnostics) = pipeline::resolved_all(&inputs);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    let descriptions = describe(&set, &Prefixes::new(), COMMAND);
    read_again(&descriptions, "redefine");
    compiles(&descriptions, "redefine");
    let text = text(&descriptions, "t.xsd");
    contains(text, &["<xs:complexType name=\"T.Original\">", "<xs:extension base=\"t:T.Original\">"]);
    contains(text, &["from base.xsd, derived.xsd; changes are lost. -->"]);
}

#[test]
fn a_type_within_itself_has_a_name() {
    let mut inputs = Inputs::default();
    let body = "<xs:group name='Parts'><xs:sequence><xs:element name='Branch' minOccurs='0'><xs:complexType>\
         <xs:group ref='t:Parts'/></xs:complexType></xs:element></xs:sequence></xs:group>\
         <xs:element name='Tree'><xs:complexType><xs:group ref='t:Parts'/></xs:complexType></xs:element>";
    let schema = format!("<xs:schema {XS} xmlns:t='urn:t' targetNamespace='urn:t'>{body}</xs:schema>");
    inputs.0.insert("tree.xsd".to_owned(), schema.into_bytes());
    let (set, diagnostics) = pipeline::resolved_all(&inputs);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    let descriptions = describe(&set, &Prefixes::new(), COMMAND);
    read_again(&descriptions, "within itself");
    compiles(&descriptions, "within-itself");
    let text = text(&descriptions, "t.xsd");
    contains(text, &["<xs:complexType name=\"Parts.Branch\">", "type=\"t:Parts.Branch\""]);
}

#[test]
fn documentation_is_wrapped() {
    let words = "word ".repeat(60);
    let text = one(
        "documentation",
        &format!(
            "<xs:element name='E' type='xs:int'><xs:annotation><xs:documentation>  Short &lt;b&gt;.\n\n   {words}\n\
             </xs:documentation></xs:annotation></xs:element>\
             <xs:element name='F' type='xs:int'/><xs:element name='G' type='xs:int'/>"
        ),
    );
    let lines: Vec<&str> = text.lines().skip_while(|line| !line.contains("<xs:documentation>")).collect();
    assert_eq!(lines[1..4], ["        Short &lt;b&gt;.", "", lines[3]]);
    assert!(lines[3].len() > 100 && lines[3].len() <= 110, "{text}");
    contains(
        &text,
        &["</xs:element>\n\n  <xs:element name=\"F\" type=\"xs:int\"/>\n  <xs:element name=\"G\""],
    );
}

#[test]
fn names_and_prefixes() {
    let target = |uri: &str| format!("xmlns:xs2='{uri}' targetNamespace='{uri}'");
    let ty = "<xs:simpleType name='T'><xs:restriction base='xs:int'/></xs:simpleType>";
    let imports = "<xs:import namespace='http://b.org/types' schemaLocation='b.xsd'/>\
         <xs:import namespace='urn:2006' schemaLocation='c.xsd'/>\
         <xs:element name='B' type='b:T' xmlns:b='http://b.org/types'/>\
         <xs:element name='C' type='c:T' xmlns:c='urn:2006'/><xs:element name='A' type='a:T' xmlns:a='http://a.org/types'/>";
    let descriptions = of(&[
        ("names", &target("http://a.org/types"), &format!("{imports}{ty}")),
        ("b", &target("http://b.org/types"), ty),
        ("c", &target("urn:2006"), ty),
    ]);
    let files: Vec<&str> = descriptions.iter().map(|d| &*d.file).collect();
    assert_eq!(files, ["a.org-types.xsd", "b.org-types.xsd", "urn-2006.xsd"]);
    contains(
        text(&descriptions, "a.org-types.xsd"),
        &["type=\"a.org-types:T\"", "type=\"b.org-types:T\"", "type=\"urn-2006:T\""],
    );
    // Given prefixes count, but for those that are spoken for.
    let (set, _) = pipeline::resolved_all(&inputs_of(&descriptions));
    let given = [("m", "http://a.org/types"), ("xs", "http://b.org/types"), ("m", "urn:2006")];
    let given: Prefixes = given.map(|(prefix, uri)| (prefix.into(), uri.into())).into();
    let descriptions = described(&set, &given, "given prefixes");
    contains(
        text(&descriptions, "a.org-types.xsd"),
        &["type=\"m:T\"", "type=\"b.org-types:T\"", "type=\"urn-2006:T\""],
    );
}

#[test]
fn the_header_stays_a_comment() {
    let (set, _) = pruned(&schemas()).unwrap();
    let descriptions = describe(&set, &Prefixes::new(), "make --always --");
    let header = descriptions[0].text.split_once("-->").unwrap().0;
    assert!(header.contains("`make - -always - -`"), "{header}");
    let (_, diagnostics) = pipeline::resolved_all(&inputs_of(&descriptions));
    assert!(diagnostics.is_empty(), "{}", diagnostics.render());
}
