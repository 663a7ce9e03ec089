//! Schemas at random: sets of several files and namespaces that have every construct of XML Schema 1.0, some of them in
//! places where nobody would put them. The same seed gives the same set.

mod attributes;
mod complex;
mod names;
mod particle;
mod simple;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fastrand::Rng;

use world::World;

/// Where a component stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    Main,
    /// Included.
    Part,
    /// Included, without a namespace of its own.
    Chameleon,
    /// Imported.
    Other,
    /// Imported, without a namespace.
    Bare,
}

impl Place {
    const ALL: [Place; 5] = [Place::Main, Place::Part, Place::Chameleon, Place::Other, Place::Bare];

    fn file(self) -> &'static str {
        match self {
            Place::Main => "main.xsd",
            Place::Part => "part.xsd",
            Place::Chameleon => "chameleon.xsd",
            Place::Other => "other.xsd",
            Place::Bare => "bare.xsd",
        }
    }

    /// What names here are written with by those who see them.
    fn prefix(self) -> &'static str {
        match self {
            Place::Main | Place::Part | Place::Chameleon => "own:",
            Place::Other => "other:",
            Place::Bare => "",
        }
    }

    /// Whether components of `there` can be named here.
    fn sees(self, there: Place) -> bool {
        match self {
            Place::Main | Place::Part => true,
            Place::Chameleon | Place::Bare => self == there,
            Place::Other => there != Place::Bare,
        }
    }

    /// A component of `there`, as it is named here.
    fn name(self, there: Place, local: &str) -> String {
        let prefix = if self == Place::Chameleon { "" } else { there.prefix() };
        format!("{prefix}{local}")
    }
}

/// Operations of a set.
const OPERATIONS: usize = 4;

/// The name of an operation.
pub(super) fn operation(at: usize) -> String {
    format!("Operation{}", at % OPERATIONS)
}

/// A set: its files by their names, `main.xsd` and `service.wsdl` among them.
pub(super) fn invent(seed: u64) -> BTreeMap<String, String> {
    let mut world = World::new(Rng::with_seed(seed));
    let components = world.components();
    let (own, other) = (format!("urn:invented:{seed}"), format!("urn:invented:{seed}:other"));
    let mut files = BTreeMap::new();
    for place in Place::ALL {
        let rng = &mut world.rng;
        let mut text = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"".to_owned();
        if place != Place::Chameleon && place != Place::Bare {
            let target = if place == Place::Other { &other } else { &own };
            text += &format!(" xmlns:own=\"{own}\" xmlns:other=\"{other}\" targetNamespace=\"{target}\"");
        }
        for (kind, qualified) in [("element", world.forms[&place].0), ("attribute", world.forms[&place].1)] {
            if qualified {
                text += &format!(" {kind}FormDefault=\"qualified\"");
            }
        }
        if rng.u8(..8) == 0 {
            text += " blockDefault=\"restriction\"";
        }
        text += ">\n";
        text += &references(place, &own, &other);
        text += components.get(&place).map_or("", |text| text);
        text += "</xs:schema>\n";
        files.insert(place.file().to_owned(), text);
    }
    files.insert("old.xsd".to_owned(), old(&own));
    files.insert("service.wsdl".to_owned(), wsdl(&mut world, &own, &other));
    files
}

/// What a file includes and imports.
fn references(place: Place, own: &str, other: &str) -> String {
    let include = |file: &str| format!("  <xs:include schemaLocation=\"{file}\"/>\n");
    let xml = "  <xs:import namespace=\"http://www.w3.org/XML/1998/namespace\"/>\n";
    let bare = "  <xs:import schemaLocation=\"bare.xsd\"/>\n";
    let import = |namespace: &str, file: &str| {
        format!("  <xs:import namespace=\"{namespace}\" schemaLocation=\"{file}\"/>\n")
    };
    match place {
        Place::Main => include("part.xsd") + &import(other, "other.xsd") + bare + xml + &redefinition(),
        Place::Part => {
            include("chameleon.xsd") + &include("main.xsd") + &import(other, "other.xsd") + bare + xml
        }
        Place::Chameleon => xml.to_owned(),
        Place::Other => import(own, "main.xsd") + xml,
        Place::Bare => String::new(),
    }
}

/// A file that another one redefines.
fn old(own: &str) -> String {
    format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:own=\"{own}\" targetNamespace=\"{own}\">
  <xs:simpleType name=\"OldCode\"><xs:restriction base=\"xs:token\"><xs:maxLength value=\"9\"/></xs:restriction></xs:simpleType>
  <xs:group name=\"OldGroup\"><xs:sequence><xs:element name=\"oldCode\" type=\"own:OldCode\"/></xs:sequence></xs:group>
  <xs:attributeGroup name=\"OldAttributes\"><xs:attribute name=\"oldCode\" type=\"own:OldCode\"/></xs:attributeGroup>
  <xs:complexType name=\"Old\">
    <xs:sequence><xs:group ref=\"own:OldGroup\"/></xs:sequence>
    <xs:attributeGroup ref=\"own:OldAttributes\"/>
  </xs:complexType>
  <xs:element name=\"OldRoot\" type=\"own:Old\"/>
</xs:schema>
"
    )
}

fn redefinition() -> String {
    "  <xs:redefine schemaLocation=\"old.xsd\">
    <xs:simpleType name=\"OldCode\"><xs:restriction base=\"own:OldCode\"><xs:minLength value=\"2\"/></xs:restriction></xs:simpleType>
    <xs:complexType name=\"Old\">
      <xs:complexContent><xs:extension base=\"own:Old\">
        <xs:sequence><xs:element name=\"newer\" type=\"xs:int\" minOccurs=\"0\"/></xs:sequence>
      </xs:extension></xs:complexContent>
    </xs:complexType>
    <xs:group name=\"OldGroup\">
      <xs:sequence><xs:group ref=\"own:OldGroup\"/><xs:element name=\"also\" type=\"xs:date\" minOccurs=\"0\"/></xs:sequence>
    </xs:group>
    <xs:attributeGroup name=\"OldAttributes\">
      <xs:attributeGroup ref=\"own:OldAttributes\"/>
      <xs:attribute name=\"also\" type=\"xs:boolean\" default=\"false\"/>
    </xs:attributeGroup>
  </xs:redefine>
"
    .to_owned()
}

/// Operations whose messages are some of the elements, those of documents with headers and faults now and then.
fn wsdl(world: &mut World, own: &str, other: &str) -> String {
    let roots: Vec<(Place, String)> = world.roots.clone();
    let (mut messages, mut port, mut binding) = (String::new(), String::new(), String::new());
    for at in 0..OPERATIONS {
        let name = operation(at);
        let rpc = world.chance(4);
        let mut message = |kind: &str, world: &mut World| {
            let (place, local) = &roots[world.rng.usize(..roots.len())];
            let of = match rpc {
                true => format!("type=\"{}\"", world.simple_name(Place::Main)),
                false => format!("element=\"{}\"", Place::Main.name(*place, local)),
            };
            let part = format!("<wsdl:part name=\"p{at}\" {of}/>");
            let _ = writeln!(messages, "  <wsdl:message name=\"{name}{kind}\">{part}</wsdl:message>");
            format!("message=\"own:{name}{kind}\"")
        };
        let (input, output) = (message("In", world), message("Out", world));
        let (mut faults, mut fault, mut header) = (String::new(), String::new(), String::new());
        if !rpc && world.chance(2) {
            header = format!("<soap:header {} part=\"p{at}\" use=\"literal\"/>", message("Header", world));
        }
        if !rpc && world.chance(2) {
            faults = format!("<wsdl:fault name=\"Fault\" {}/>", message("Fault", world));
            fault = "<wsdl:fault name=\"Fault\"><soap:fault name=\"Fault\" use=\"literal\"/></wsdl:fault>"
                .to_owned();
        }
        let _ = writeln!(
            port,
            "    <wsdl:operation name=\"{name}\"><wsdl:input {input}/><wsdl:output {output}/>{faults}</wsdl:operation>"
        );
        let (style, body) = match rpc {
            true => ("rpc", format!("<soap:body use=\"literal\" namespace=\"{own}\"/>")),
            false => ("document", "<soap:body use=\"literal\"/>".to_owned()),
        };
        let _ = writeln!(
            binding,
            "    <wsdl:operation name=\"{name}\">
      <soap:operation soapAction=\"{own}/{name}\" style=\"{style}\"/>
      <wsdl:input>{body}{header}</wsdl:input><wsdl:output>{body}</wsdl:output>{fault}
    </wsdl:operation>"
        );
    }
    format!(
        "<wsdl:definitions xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" \
         xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:own=\"{own}\" xmlns:other=\"{other}\" targetNamespace=\"{own}\">
  <wsdl:types>
    <xs:schema><xs:import namespace=\"{own}\" schemaLocation=\"main.xsd\"/></xs:schema>
  </wsdl:types>
{messages}  <wsdl:portType name=\"Port\">
{port}  </wsdl:portType>
  <wsdl:binding name=\"Binding\" type=\"own:Port\">
    <soap:binding transport=\"http://schemas.xmlsoap.org/soap/http\"/>
{binding}  </wsdl:binding>
</wsdl:definitions>
"
    )
}
