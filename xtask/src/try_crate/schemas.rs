//! The schemas of a set by their components, read independently of the generator: its syntax trees are interpreted
//! where documents are made, nothing is resolved beforehand.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use oxws_codegen::Inputs;

use super::tree::{Name, Tag, XML, XS, parse};

/// A symbol space.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Space {
    Type,
    Element,
    Attribute,
    Group,
    AttributeGroup,
}

impl Space {
    fn of(local: &str) -> Option<Space> {
        Some(match local {
            "complexType" | "simpleType" => Space::Type,
            "element" => Space::Element,
            "attribute" => Space::Attribute,
            "group" => Space::Group,
            "attributeGroup" => Space::AttributeGroup,
            _ => return None,
        })
    }
}

/// A schema document, for a namespace: one without a namespace of its own has that of who includes it.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) target: String,
    pub(super) tag: Rc<Tag>,
}

/// A component or a part of one.
#[derive(Clone, Debug)]
pub(super) struct Def {
    pub(super) tag: Rc<Tag>,
    pub(super) document: Rc<Document>,
    /// Within a redefinition: what its own name means.
    original: Option<Rc<(Space, Name, Def)>>,
}

impl Def {
    /// A part of this.
    pub(super) fn inner(&self, tag: &Rc<Tag>) -> Def {
        Def { tag: tag.clone(), ..self.clone() }
    }

    /// What a name in it means.
    pub(super) fn resolve(&self, text: &str) -> Option<Name> {
        let (namespace, local) = self.tag.resolve(text)?;
        // The names of a document that is included into another namespace move there.
        let chameleon = namespace.is_empty() && self.document.tag.get("targetNamespace").is_none();
        Some((if chameleon { self.document.target.clone() } else { namespace }, local))
    }

    /// The name that an attribute holds.
    pub(super) fn name_in(&self, attribute: &str) -> Option<Name> {
        self.resolve(self.tag.get(attribute)?)
    }

    /// Name in documents of the element or attribute declared here.
    pub(super) fn instance_name(&self, global: bool) -> Name {
        let schema = &self.document.tag;
        let form = self.tag.get("form").or_else(|| schema.get(&format!("{}FormDefault", self.tag.name.1)));
        let qualified = global || form.is_some_and(|form| form.trim() == "qualified");
        let namespace = if qualified { self.document.target.clone() } else { String::new() };
        (namespace, self.tag.get("name").unwrap_or_default().trim().to_owned())
    }

    /// What cannot take the place of this.
    pub(super) fn block(&self) -> &str {
        self.tag.get("block").or_else(|| self.document.tag.get("blockDefault")).unwrap_or_default()
    }
}

/// All components of a set.
#[derive(Default)]
pub(super) struct Schemas {
    components: BTreeMap<(Space, Name), Def>,
    /// Types by their base: names of those derived in one step, and how.
    derived: BTreeMap<Name, Vec<(Name, String)>>,
    /// Elements by the head of their group.
    members: BTreeMap<Name, Vec<Name>>,
    /// The documents for a validator, `main.xsd` first of all.
    pub(super) files: BTreeMap<String, String>,
}

/// A schema as it was found: the file, and the schema.
struct Found {
    file: String,
    tag: Rc<Tag>,
}

impl Found {
    fn target(&self) -> &str {
        self.tag.get("targetNamespace").unwrap_or_default()
    }
}

/// What is known of the XML namespace.
const XML_SCHEMA: &str = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
    targetNamespace=\"http://www.w3.org/XML/1998/namespace\"><xs:attribute name=\"lang\"><xs:simpleType><xs:union \
    memberTypes=\"xs:language\"><xs:simpleType><xs:restriction base=\"xs:string\"><xs:enumeration value=\"\"/>\
    </xs:restriction></xs:simpleType></xs:union></xs:simpleType></xs:attribute><xs:attribute name=\"space\">\
    <xs:simpleType><xs:restriction base=\"xs:NCName\"><xs:enumeration value=\"default\"/><xs:enumeration \
    value=\"preserve\"/></xs:restriction></xs:simpleType></xs:attribute><xs:attribute name=\"base\" \
    type=\"xs:anyURI\"/><xs:attribute name=\"id\" type=\"xs:ID\"/><xs:attributeGroup name=\"specialAttrs\">\
    <xs:attribute ref=\"xml:base\"/><xs:attribute ref=\"xml:lang\"/><xs:attribute ref=\"xml:space\"/><xs:attribute \
    ref=\"xml:id\"/></xs:attributeGroup></xs:schema>";

impl Schemas {
    /// Reads the schemas in these files. What is no XML is left to the generator to say.
    pub(super) fn read(inputs: &Inputs) -> Schemas {
        let mut found: Vec<Found> = Vec::new();
        for (file, bytes) in &inputs.0 {
            let Ok(root) = parse(bytes) else { continue };
            if root.name == (XS.to_owned(), "schema".to_owned()) {
                found.push(Found { file: file.clone(), tag: root });
                continue;
            }
            let types = root.tags().filter(|tag| tag.name.1 == "types");
            let schemas = types.flat_map(|types| types.parts().filter(|tag| tag.name.1 == "schema"));
            found.extend(schemas.map(|tag| Found { file: file.clone(), tag: tag.clone() }));
        }
        if !found.iter().any(|found| found.target() == XML) {
            // It is well-formed, as the tests show.
            found.extend(parse(XML_SCHEMA.as_bytes()).map(|tag| Found { file: "xml.xsd".to_owned(), tag }));
        }
        let mut set = Schemas::default();
        let included: BTreeSet<usize> =
            (0..found.len()).flat_map(|at| includes(&found, at)).map(|(_, at)| at).collect();
        let mut done = BTreeSet::new();
        for at in 0..found.len() {
            if !found[at].target().is_empty() || !included.contains(&at) {
                set.add(&found, at, found[at].target(), &mut done);
            }
        }
        set.relate();
        set.files = files(&found, &included);
        set
    }

    fn add(&mut self, found: &[Found], at: usize, target: &str, done: &mut BTreeSet<(usize, String)>) {
        if !done.insert((at, target.to_owned())) {
            return;
        }
        let tag = found[at].tag.clone();
        let document = Rc::new(Document { target: target.to_owned(), tag: tag.clone() });
        let included = includes(found, at);
        for (_, other) in &included {
            self.add(found, *other, target, done);
        }
        let plain = Def { tag: tag.clone(), document, original: None };
        for part in tag.parts() {
            if part.name.1 == "redefine" {
                for part in part.parts() {
                    self.redefine(&plain.inner(part));
                }
            } else if let Some(key) = key(&plain.inner(part)) {
                self.components.entry(key).or_insert_with(|| plain.inner(part));
            }
        }
    }

    fn redefine(&mut self, new: &Def) {
        let Some(key) = key(new) else { return };
        let Some(old) = self.components.remove(&key) else { return };
        let original = Some(Rc::new((key.0, key.1.clone(), old)));
        self.components.insert(key, Def { original, ..new.clone() });
    }

    fn relate(&mut self) {
        for ((space, name), def) in &self.components {
            if *space == Space::Element
                && let Some(head) = def.name_in("substitutionGroup")
            {
                self.members.entry(head).or_default().push(name.clone());
            }
            let Some(step) = derivation(def).filter(|_| *space == Space::Type) else { continue };
            if let Some(base) = step.name_in("base") {
                let method = step.tag.name.1.clone();
                self.derived.entry(base).or_default().push((name.clone(), method));
            }
        }
    }

    /// The component that a name means in a part.
    pub(super) fn find(&self, within: &Def, space: Space, name: &Name) -> Option<Def> {
        match &within.original {
            Some(original) if (original.0, &original.1) == (space, name) => Some(original.2.clone()),
            _ => self.get(space, name),
        }
    }

    /// A component.
    pub(super) fn get(&self, space: Space, name: &Name) -> Option<Def> {
        self.components.get(&(space, name.clone())).cloned()
    }

    /// All components of a kind.
    pub(super) fn all(&self, space: Space) -> impl Iterator<Item = (&Name, &Def)> {
        self.components.iter().filter(move |((of, _), _)| *of == space).map(|((_, name), def)| (name, def))
    }

    /// Types derived from another in any number of steps, none of which is blocked.
    pub(super) fn derived(&self, base: &Name, block: &str) -> Vec<Name> {
        let mut found = Vec::new();
        // A redefined type is derived from what it was.
        let base_name = base;
        let mut pending = vec![(base.clone(), block.to_owned())];
        while let Some((base, block)) = pending.pop() {
            for (name, method) in self.derived.get(&base).into_iter().flatten() {
                if block.split_whitespace().any(|word| word == method || word == "#all")
                    || found.contains(name)
                    || name == base_name
                {
                    continue;
                }
                found.push(name.clone());
                // What blocks in between counts too.
                let own = self.get(Space::Type, name).map(|def| def.block().to_owned()).unwrap_or_default();
                pending.push((name.clone(), format!("{block} {own}")));
            }
        }
        found
    }

    /// Elements that may stand for this one, directly or through others.
    pub(super) fn members(&self, head: &Name) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        let mut pending = vec![head.clone()];
        while let Some(head) = pending.pop() {
            for name in self.members.get(&head).into_iter().flatten() {
                if !found.contains(name) {
                    found.push(name.clone());
                    pending.push(name.clone());
                }
            }
        }
        found
    }
}

/// The extension or restriction of a complex type.
pub(super) fn derivation(def: &Def) -> Option<Def> {
    let content = def.tag.part("complexContent").or_else(|| def.tag.part("simpleContent"))?;
    let step = content.part("extension").or_else(|| content.part("restriction"))?;
    Some(def.inner(step))
}

fn key(def: &Def) -> Option<(Space, Name)> {
    let space = Space::of(&def.tag.name.1)?;
    Some((space, (def.document.target.clone(), def.tag.get("name")?.trim().to_owned())))
}

/// The documents that one includes or redefines, with the tags that do so.
fn includes(found: &[Found], at: usize) -> Vec<(Rc<Tag>, usize)> {
    let from = &found[at];
    let parts = from.tag.parts().filter(|tag| matches!(&*tag.name.1, "include" | "redefine"));
    let located =
        parts.filter_map(|tag| Some((tag.clone(), locate(found, from, tag.get("schemaLocation")?)?)));
    located.filter(|(_, other)| *other != at).collect()
}

/// The document at a location: of those whose file has its last name, the one in the nearest folder.
fn locate(found: &[Found], from: &Found, location: &str) -> Option<usize> {
    let plain = location.split(['#', '?']).next().unwrap_or(location).trim();
    // Services that answer with their schemas tell them apart by what follows the question mark.
    let asked = location.rsplit(['/', '\\', '?']).next().unwrap_or(location).to_lowercase();
    let last = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_lowercase();
    let common = |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let folder =
        |path: &str| path.rsplit_once(['/', '\\']).map_or(String::new(), |(folder, _)| folder.to_owned());
    let mut steps: Vec<String> = folder(&from.file).split('/').map(str::to_owned).collect();
    for step in plain.split(['/', '\\']) {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            step => steps.push(step.to_owned()),
        }
    }
    let exact = steps.iter().filter(|step| !step.is_empty()).cloned().collect::<Vec<_>>().join("/");
    if let Some(at) = found.iter().position(|found| found.file.eq_ignore_ascii_case(&exact)) {
        return Some(at);
    }
    let fits = |found: &Found| last(&found.file) == last(plain) || last(&found.file).contains(&asked);
    let candidates = (0..found.len()).filter(|at| fits(&found[*at]));
    candidates.max_by_key(|at| common(&folder(&found[*at].file), &folder(&from.file)))
}

/// The documents as a validator can read them: every namespace in one, which includes the others of it and which all
/// others import. `main.xsd` imports all of them.
fn files(found: &[Found], included: &BTreeSet<usize>) -> BTreeMap<String, String> {
    let namespaces: Vec<&str> =
        found.iter().map(Found::target).collect::<BTreeSet<_>>().into_iter().collect();
    let driver = |namespace: &str| {
        namespaces.iter().position(|known| *known == namespace).map(|at| format!("namespace-{at}.xsd"))
    };
    let import = |except: &dyn Fn(&str) -> bool| -> String {
        let others = namespaces.iter().filter(|namespace| !except(namespace) && **namespace != XS);
        let one = |namespace: &&str| {
            let attribute =
                if namespace.is_empty() { String::new() } else { format!(" namespace=\"{namespace}\"") };
            format!(
                "<import xmlns=\"{XS}\"{attribute} schemaLocation=\"{}\"/>",
                driver(namespace).unwrap_or_default()
            )
        };
        others.map(one).collect()
    };
    let mut files = BTreeMap::new();
    for (at, document) in found.iter().enumerate() {
        let includes = includes(found, at);
        let location =
            |tag: &Tag, attribute: &str, value: &str| -> Option<String> {
                match (attribute, &*tag.name.1) {
                    ("schemaLocation", _) => {
                        let other = includes.iter().find(|(include, _)| std::ptr::eq(&**include, tag));
                        Some(other.map_or_else(
                            || "empty.xsd".to_owned(),
                            |(_, other)| format!("document-{other}.xsd"),
                        ))
                    }
                    _ => Some(value.to_owned()),
                }
            };
        // An include of an unknown file is of an empty one. The imports are those of all others.
        let extra = import(&|namespace| namespace == document.target());
        files.insert(format!("document-{at}.xsd"), document.tag.print(&location, &extra));
    }
    for namespace in &namespaces {
        let of_it = (0..found.len()).filter(|at| {
            let redefined = (0..found.len()).any(|other| {
                includes(found, other).iter().any(|(tag, to)| to == at && tag.name.1 == "redefine")
            });
            found[*at].target() == *namespace
                && !redefined
                && !(namespace.is_empty() && included.contains(at))
        });
        let list: String =
            of_it.map(|at| format!("<include schemaLocation=\"document-{at}.xsd\"/>")).collect();
        let target =
            if namespace.is_empty() { String::new() } else { format!(" targetNamespace=\"{namespace}\"") };
        files.insert(
            driver(namespace).unwrap_or_default(),
            format!("<schema xmlns=\"{XS}\"{target}>{list}</schema>"),
        );
    }
    files.insert("empty.xsd".to_owned(), format!("<schema xmlns=\"{XS}\"/>"));
    // A schema without a namespace cannot import what has none.
    let main = format!("<schema xmlns=\"{XS}\" targetNamespace=\"urn:main\">{}</schema>", import(&|_| false));
    files.insert("main.xsd".to_owned(), main);
    files
}
