//! Hand-written types in the shape that the generator emits, with the runtime's rules tested on them:
//! a plain sequence, a choice, a list wrapper, attributes and text, any content, recursion, a wide type.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "types and helpers of a test")]

use oxws::rt::prelude::*;
use oxws::rt::{ATTRIBUTES, Document, ErrorKind, Limits, NoteKind, ReadOptions};

const M_URI: &str = "urn:m";
const T_URI: &str = "urn:t";
const M: Ns = Ns::of(0);
const T: Ns = Ns::of(1);
static VOCABULARY: Vocabulary = Vocabulary::new(&[("m", M_URI), ("t", T_URI)]);

macro_rules! m {
    ($local:literal) => {
        Name::new(M, $local, concat!("<m:", $local, "></m:", $local, ">"))
    };
}
macro_rules! t {
    ($local:literal) => {
        Name::new(T, $local, concat!("<t:", $local, "></t:", $local, ">"))
    };
}

const fn t_type(local: &'static str) -> TypeName {
    TypeName { uri: T_URI, local }
}

#[derive(Clone, Debug, PartialEq)]
pub struct NonEmptyString(String);
restricted!(NonEmptyString(String), t_type("NonEmptyStringType"), [Facet::MinLength(1)]);

enumeration! {
    Color: t_type("ColorType");
    Red, DarkBlue = "dark-blue",
}

// Attributes only.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemId {
    pub id: String,
    pub change_key: Option<String>,
}
static ITEM_ID: Shape = Shape::empty(t_type("ItemIdType"))
    .attributes(&[Attribute::required("Id", " Id=\""), Attribute::optional("ChangeKey", " ChangeKey=\"")]);
impl ItemId {
    pub fn new(id: impl Into<String>) -> ItemId {
        ItemId { id: id.into(), change_key: None }
    }
}
blank!(ItemId, ItemId::new(String::blank()));
impl Shaped for ItemId {
    const SHAPE: &'static Shape = &ITEM_ID;
}
impl Fields for ItemId {
    fn field(&mut self, at: usize, r: &mut Reader<'_>) -> Result<()> {
        match at.wrapping_sub(ATTRIBUTES) {
            0 => r.attribute(&mut self.id),
            1 => r.opt_attribute(&mut self.change_key),
            _ => r.no_such_field(at),
        }
    }
    fn write_fields(&self, w: &mut Writer) {
        w.attribute(&ITEM_ID.attributes[0], &self.id);
        w.opt_attribute(&ITEM_ID.attributes[1], &self.change_key);
    }
}

// A choice that is a type's whole content.
#[derive(Clone, Debug, PartialEq)]
pub enum Sid {
    Name(NonEmptyString),
    Numbers(Vec<i32>),
}
static SID: Shape = Shape::choice(
    t_type("SidType"),
    &[Particle::one(t!("Name")), Particle::one(t!("Number")).times(1, UNBOUNDED)],
);
blank!(Sid, Sid::Numbers(Vec::blank()));
impl Choice for Sid {
    const SHAPE: &'static Shape = &SID;
    fn read_variant(at: usize, r: &mut Reader<'_>) -> Result<Sid> {
        match at {
            0 => r.item().map(Sid::Name),
            1 => {
                let mut numbers = Vec::new();
                r.run(&mut numbers, &SID.particles[1])?;
                Ok(Sid::Numbers(numbers))
            }
            _ => r.no_such_field(at),
        }
    }
    fn write_variant(&self, w: &mut Writer) {
        match self {
            Sid::Name(value) => w.one(&SID.particles[0], value),
            Sid::Numbers(values) => w.many(&SID.particles[1], values),
        }
    }
}
choice_content!(Sid);

// A nested choice and a nested sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Value(String),
    Pair(Pair),
}
static CONTENT: Shape =
    Shape::choice(t_type("GroupType"), &[Particle::one(t!("Value")), Particle::group(&PAIR)]).nested();
blank!(Content, Content::Value(String::blank()));
impl Choice for Content {
    const SHAPE: &'static Shape = &CONTENT;
    fn read_variant(at: usize, r: &mut Reader<'_>) -> Result<Content> {
        match at {
            0 => r.item().map(Content::Value),
            1 => r.item().map(Content::Pair),
            _ => r.no_such_field(at),
        }
    }
    fn write_variant(&self, w: &mut Writer) {
        match self {
            Content::Value(value) => w.one(&CONTENT.particles[0], value),
            Content::Pair(value) => w.one(&CONTENT.particles[1], value),
        }
    }
}
choice_content!(Content);

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Pair {
    pub left: i32,
    pub right: Option<i32>,
}
static PAIR: Shape =
    Shape::sequence(t_type("GroupType"), &[Particle::one(t!("Left")), Particle::opt(t!("Right"))]).nested();
blank!(Pair, Pair { left: 0, right: None });
impl Shaped for Pair {
    const SHAPE: &'static Shape = &PAIR;
}
impl Fields for Pair {
    fn field(&mut self, at: usize, r: &mut Reader<'_>) -> Result<()> {
        match at {
            0 => r.one(&mut self.left),
            1 => r.opt(&mut self.right),
            _ => r.no_such_field(at),
        }
    }
    fn write_fields(&self, w: &mut Writer) {
        w.one(&PAIR.particles[0], &self.left);
        w.opt(&PAIR.particles[1], &self.right);
    }
}

// Everything else in one sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub display_name: NonEmptyString,
    pub color: Option<Color>,
    pub members: Option<Vec<ItemId>>,
    pub content: Option<Content>,
    pub tags: Vec<String>,
    pub sid: Option<Sid>,
    pub inner: Option<Box<Group>>,
    pub other: Vec<AnyElement>,
    pub any_attributes: Vec<AnyAttribute>,
}
static GROUP: Shape = Shape::sequence(
    t_type("GroupType"),
    &[
        Particle::one(t!("DisplayName")),
        Particle::opt(t!("Color")),
        Particle::opt(t!("Members")),
        Particle::group(&CONTENT).times(0, 1),
        Particle::many(t!("Tag")),
        Particle::opt(t!("Sid")),
        Particle::opt(t!("Inner")),
        Particle::any(Wildcard::other(T_URI)),
    ],
)
.any_attribute(&Wildcard::any());
static MEMBERS: Shape =
    Shape::sequence(t_type("MembersType"), &[Particle::one(t!("ItemId")).times(1, UNBOUNDED)]);
impl Group {
    pub fn new(display_name: NonEmptyString) -> Group {
        Group {
            display_name,
            color: None,
            members: None,
            content: None,
            tags: Vec::new(),
            sid: None,
            inner: None,
            other: Vec::new(),
            any_attributes: Vec::new(),
        }
    }
}
blank!(Group, Group::new(NonEmptyString::blank()));
impl Shaped for Group {
    const SHAPE: &'static Shape = &GROUP;
}
impl Fields for Group {
    fn field(&mut self, at: usize, r: &mut Reader<'_>) -> Result<()> {
        match at {
            0 => r.one(&mut self.display_name),
            1 => r.opt(&mut self.color),
            2 => r.opt_list(&mut self.members, &MEMBERS),
            3 => r.opt(&mut self.content),
            4 => r.many(&mut self.tags),
            5 => r.opt(&mut self.sid),
            6 => r.opt_boxed(&mut self.inner),
            7 => r.many(&mut self.other),
            ATTRIBUTES => r.any_attribute(&mut self.any_attributes),
            _ => r.no_such_field(at),
        }
    }
    fn write_fields(&self, w: &mut Writer) {
        w.any_attributes(&self.any_attributes);
        w.one(&GROUP.particles[0], &self.display_name);
        w.opt(&GROUP.particles[1], &self.color);
        w.opt_list(&GROUP.particles[2], &MEMBERS, &self.members);
        w.opt(&GROUP.particles[3], &self.content);
        w.many(&GROUP.particles[4], &self.tags);
        w.opt(&GROUP.particles[5], &self.sid);
        w.opt_boxed(&GROUP.particles[6], &self.inner);
        w.many(&GROUP.particles[7], &self.other);
    }
}
document!(Group, VOCABULARY, m!("Group"));

// A wide type.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: ItemId,
    fields: Vec<PersonField>,
}
wide! { Person, PersonField;
    /// Name.
    1 Name(String) name set_name with_name;
    /// Age.
    2 Age(i32) age set_age with_age;
    /// Nicknames.
    3 Nicknames(Vec<String>) nicknames set_nicknames with_nicknames;
}
static PERSON: Shape = Shape::sequence(
    t_type("PersonType"),
    &[
        Particle::one(t!("Id")),
        Particle::opt(t!("Name")),
        Particle::opt(t!("Age")),
        Particle::opt(t!("Nicknames")),
    ],
);
static NICKNAMES: Shape = Shape::sequence(t_type("NicknamesType"), &[Particle::many(t!("Nickname"))]);
impl Person {
    pub fn new(id: ItemId) -> Person {
        Person { id, fields: Vec::new() }
    }
}
blank!(Person, Person::new(ItemId::blank()));
impl Shaped for Person {
    const SHAPE: &'static Shape = &PERSON;
}
impl Fields for Person {
    fn field(&mut self, at: usize, r: &mut Reader<'_>) -> Result<()> {
        match at {
            0 => r.one(&mut self.id),
            1 => r.field(&mut self.fields, PersonField::Name),
            2 => r.field(&mut self.fields, PersonField::Age),
            3 => r.field_list(&mut self.fields, PersonField::Nicknames, &NICKNAMES),
            _ => r.no_such_field(at),
        }
    }
    fn write_fields(&self, w: &mut Writer) {
        w.one(&PERSON.particles[0], &self.id);
        for field in &self.fields {
            match field {
                PersonField::Name(value) => w.one(&PERSON.particles[1], value),
                PersonField::Age(value) => w.one(&PERSON.particles[2], value),
                PersonField::Nicknames(values) => w.list(&PERSON.particles[3], &NICKNAMES, values),
            }
        }
    }
}
document!(Person, VOCABULARY, m!("Person"));

fn doc(body: &str) -> String {
    format!(r#"<m:Group xmlns:m="urn:m" xmlns:t="urn:t">{body}</m:Group>"#)
}

fn strict(body: &str) -> Result<Group> {
    Group::from_xml(doc(body).as_bytes())
}

fn refused(body: &str) -> (String, u32) {
    let error = strict(body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Violation, "{error}");
    (error.message().to_owned(), error.column())
}

const NAME: &str = "<t:DisplayName>n</t:DisplayName>";
/// Column of the first character after the root's start tag.
const START: u32 = 42;

#[test]
fn everything_round_trips() {
    let body = concat!(
        "<t:DisplayName>A &amp; B &lt; C ]] é</t:DisplayName><t:Color>dark-blue</t:Color>",
        r#"<t:Members><t:ItemId Id="1" ChangeKey="a&quot;b&#xA;c"/><t:ItemId Id="2"/></t:Members>"#,
        "<t:Left>1</t:Left><t:Right>2</t:Right><t:Tag>x</t:Tag><t:Tag></t:Tag>",
        "<t:Sid><t:Number>1</t:Number><t:Number>2</t:Number></t:Sid>",
        "<t:Inner><t:DisplayName>in</t:DisplayName><t:Value>v</t:Value></t:Inner>",
        r#"<x:any xmlns:x="urn:x" a="t:q"><y xmlns="urn:y">t</y></x:any>"#
    );
    let group = strict(body).unwrap();
    assert_eq!(group.display_name.as_str(), "A & B < C ]] é");
    assert_eq!(group.color, Some(Color::DarkBlue));
    assert_eq!(group.members.as_ref().unwrap()[0].change_key.as_deref(), Some("a\"b\nc"));
    assert_eq!(group.content, Some(Content::Pair(Pair { left: 1, right: Some(2) })));
    assert_eq!(group.tags, ["x", ""]);
    assert_eq!(group.sid, Some(Sid::Numbers(vec![1, 2])));
    assert_eq!(group.inner.as_ref().unwrap().content, Some(Content::Value("v".into())));
    assert_eq!(group.other[0].namespace(), "urn:x");
    assert!(group.other[0].as_xml().contains("xmlns:t=\"urn:t\""), "{}", group.other[0].as_xml());
    let written = group.to_xml().unwrap();
    assert_eq!(Group::from_xml(&written).unwrap(), group, "{}", String::from_utf8_lossy(&written));
    assert_eq!(group.to_xml().unwrap(), Group::from_xml(&written).unwrap().to_xml().unwrap());
}

#[test]
fn violations_have_the_text_and_place_of_exchange() {
    let all = "DisplayName";
    let cases = [
        ("", format!("The element 'Group' in namespace 'urn:m' has incomplete content. List of possible elements expected: '{all}' in namespace 'urn:t'."), START + 2),
        ("<t:Color>Red</t:Color>", format!("The element 'Group' in namespace 'urn:m' has invalid child element 'Color' in namespace 'urn:t'. List of possible elements expected: '{all}' in namespace 'urn:t'."), START + 1),
        ("<m:DisplayName>n</m:DisplayName>", format!("The element 'Group' in namespace 'urn:m' has invalid child element 'DisplayName' in namespace 'urn:m'. List of possible elements expected: '{all}' in namespace 'urn:t'."), START + 1),
        ("<t:DisplayName/>", "The 'DisplayName' element is invalid - The value '' is invalid according to its datatype 'urn:t:NonEmptyStringType' - The MinLength constraint failed.".to_owned(), START + 1),
        ("x", format!("The element 'Group' in namespace 'urn:m' cannot contain text. List of possible elements expected: '{all}' in namespace 'urn:t'."), START),
        ("<t:DisplayName><t:b/></t:DisplayName>", "The element 'DisplayName' in namespace 'urn:t' cannot contain child element 'b' in namespace 'urn:t' because the parent element's content model is text only.".to_owned(), START + 16),
        ("<t:DisplayName a='1'>n</t:DisplayName>", "The 'a' attribute is not declared.".to_owned(), START + 15),
    ];
    for (body, message, column) in cases {
        assert_eq!(refused(body), (message, column), "{body}");
    }
    let after = START + NAME.len() as u32;
    let cases = [
        (
            "<t:Color>Green</t:Color>",
            "The 'Color' element is invalid - The value 'Green' is invalid according to its datatype 'urn:t:ColorType' - The Enumeration constraint failed.",
            1,
        ),
        (
            "<t:Color>Red</t:Color><t:Color>Red</t:Color>",
            "The element 'Group' in namespace 'urn:m' has invalid child element 'Color' in namespace 'urn:t'. List of possible elements expected: 'Members, Value, Left, Tag, Sid, Inner' in namespace 'urn:t' as well as any element that the schema's wildcard admits.",
            23,
        ),
        (
            "<t:Members></t:Members>",
            "The element 'Members' in namespace 'urn:t' has incomplete content. List of possible elements expected: 'ItemId' in namespace 'urn:t'.",
            13,
        ),
        ("<t:Members><t:ItemId/></t:Members>", "The required attribute 'Id' is missing.", 12),
        (
            "<t:Right>1</t:Right>",
            "The element 'Group' in namespace 'urn:m' has invalid child element 'Right' in namespace 'urn:t'. List of possible elements expected: 'Color, Members, Value, Left, Tag, Sid, Inner' in namespace 'urn:t' as well as any element that the schema's wildcard admits.",
            1,
        ),
        (
            "<t:Sid/>",
            "The element 'Sid' in namespace 'urn:t' has incomplete content. List of possible elements expected: 'Name, Number' in namespace 'urn:t'.",
            1,
        ),
        (
            "<t:Sid><t:Name>a</t:Name><t:Number>1</t:Number></t:Sid>",
            "The element 'Sid' in namespace 'urn:t' has invalid child element 'Number' in namespace 'urn:t'.",
            26,
        ),
        (
            "<t:Left>one</t:Left>",
            "The 'Left' element is invalid - The value 'one' is invalid according to its datatype 'http://www.w3.org/2001/XMLSchema:int' - The string 'one' is not a valid Int32 value.",
            1,
        ),
    ];
    for (body, message, column) in cases {
        assert_eq!(refused(&format!("{NAME}{body}")), (message.to_owned(), after + column), "{body}");
    }
}

#[test]
fn errors_carry_the_path() {
    let error =
        strict("<t:DisplayName>n</t:DisplayName>\n<t:Members>\n <t:ItemId/></t:Members>").unwrap_err();
    assert_eq!((error.line(), error.column()), (3, 3));
    assert_eq!(error.path(), "/m:Group/t:Members/t:ItemId");
}

#[test]
fn a_lenient_read_skips_and_notes() {
    let body = format!(
        "<t:New a='1'><t:Deep>x</t:Deep></t:New>text<t:Color>Green</t:Color>{NAME}<t:Members/><t:Color>Red</t:Color><t:Right>5</t:Right>"
    );
    let read = Group::from_xml_lenient(doc(&body).as_bytes()).unwrap();
    assert_eq!(read.value.color, Some(Color::Other("Green".into())));
    assert_eq!(read.value.members, None);
    let kinds: Vec<NoteKind> = read.notes.iter().map(|note| note.kind).collect();
    use NoteKind::*;
    assert_eq!(kinds, [UnknownElement, UnexpectedText, UnknownValue, Invalid, Repeated, Invalid]);
    assert_eq!(read.notes[0].path, "/m:Group/t:New");
    // What a value cannot do without is an error in both modes.
    let error = Group::from_xml_lenient(doc("<t:Tag>x</t:Tag>").as_bytes()).unwrap_err();
    assert!(error.message().contains("incomplete content"), "{error}");
}

#[test]
fn malformed_documents_are_refused_in_both_modes() {
    let bad = [
        "",
        "x",
        "<",
        "<a",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a b></a>",
        "<a b=1/>",
        "<a b='<'/>",
        "<a b='1'b='2'/>",
        "<a b='1' b='2'/>",
        "<p:a/>",
        "<a xmlns:p=''/>",
        "<a xmlns:p='u' p:b='' p:b=''/>",
        "<a>&x;</a>",
        "<a>&#0;</a>",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<!DOCTYPE a><a/>",
        "<a><![CDATA[</a>",
        "<?xml version='1.0' encoding='latin1'?><a/>",
        "<a xmlns:x='u' xmlns:y='u' x:b='' y:b=''/>",
        "<1/>",
        "<a:b:c xmlns:a='u'/>",
        "<a><?xml version='1.0'?></a>",
        "<a/>x",
        "<a b='&lt'/>",
        "<a xmlns='u' xmlns='v'/>",
        "<a>\u{1}</a>",
        "<:a/>",
        "<a:/>",
        "<a//>",
        "< a/>",
        "<a></ a>",
        "<a xmlns:xml='u'/>",
    ];
    for text in bad {
        assert_eq!(AnyElement::parse(text).unwrap_err().kind(), ErrorKind::Malformed, "{text}");
        for options in [ReadOptions::strict(), ReadOptions::lenient()] {
            assert!(oxws::rt::read::<Group>(text.as_bytes(), &options).is_err(), "{text}");
        }
    }
}

#[test]
fn depth_and_sizes_are_limited() {
    let deep = format!("{NAME}{}{}", "<x:a xmlns:x='u'>".repeat(200), "</x:a>".repeat(200));
    let error = strict(&deep).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    let many = (0..300).map(|n| format!(" a{n}='1'")).collect::<String>();
    let error = strict(&format!("{NAME}<x:a xmlns:x='u'{many}/>")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    // So are the declarations in force, and their lengths.
    let many = (0..250).map(|n| format!(" xmlns:p{n}='u'")).collect::<String>();
    let nested = |levels| {
        let (begin, end) = (format!("<x:a xmlns:x='u'{many}>").repeat(levels), "</x:a>".repeat(levels));
        strict(&format!("{NAME}{begin}{end}"))
    };
    assert!(nested(4).is_ok());
    assert_eq!(nested(5).unwrap_err().kind(), ErrorKind::Limit);
    let named = |len| strict(&format!("{NAME}<x:a xmlns:x='{}'/>", "u".repeat(len)));
    assert!(named(2048).is_ok());
    assert_eq!(named(2049).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn notes_are_limited() {
    let long = "n".repeat(5000);
    let body = format!("{NAME}{}", format!("<t:{long}/>").repeat(3));
    let options = ReadOptions { limits: Limits { notes: 2, ..Limits::default() }, ..ReadOptions::lenient() };
    let read = oxws::rt::read::<Group>(doc(&body).as_bytes(), &options).unwrap();
    assert_eq!((read.notes.len(), read.notes_dropped), (2, 1));
    let second = &read.notes[1];
    assert_eq!(second.place.column, START + NAME.len() as u32 + 5005 + 1);
    assert!(
        second.message.starts_with("The element 'Group' in namespace 'urn:m' has invalid child element 'nnn")
    );
    assert!(second.message.len() < 1000 && second.path.len() < 1000, "{second}");
}

#[test]
fn prefixes_of_any_letters_are_kept() {
    // The last letter is two characters, of which the second is no letter by itself.
    for prefix in ["p", "\u{E9}", "e\u{301}", "a.b-c_1\u{B7}"] {
        let root = doc(&format!("{NAME}<x:a><{prefix}:b x:c='{prefix}:d'>{prefix}:e</{prefix}:b></x:a>"));
        let root = root.replacen(" ", &format!(" xmlns:x='u' xmlns:{prefix}='v' "), 1);
        let group = Group::from_xml(root.as_bytes()).unwrap();
        assert!(group.other[0].as_xml().contains(&format!(" xmlns:{prefix}=\"v\"")), "{group:?}");
        let again = Group::from_xml(&group.to_xml().unwrap()).unwrap();
        assert_eq!(again, group);
    }
}

#[test]
fn text_is_decoded_as_xml_says() {
    let group =
        strict("<t:DisplayName>a\r\nb\rc<!-- x --><![CDATA[<&]]>&#x41;&#66;<?pi x?>d</t:DisplayName>")
            .unwrap();
    assert_eq!(group.display_name.as_str(), "a\nb\nc<&ABd");
    assert!(strict("<t:DisplayName>a</t:DisplayName >").is_ok());
    let prefixed = "<?xml version='1.0' standalone='yes'?>\n<!-- c -->\n<Group xmlns='urn:m'><DisplayName xmlns='urn:t'>n</DisplayName></Group>\n";
    assert_eq!(Group::from_xml(prefixed.as_bytes()).unwrap().display_name.as_str(), "n");
}

#[test]
fn unwritable_text_is_an_error() {
    let mut group = Group::new(NonEmptyString::new("a").unwrap());
    group.tags.push("\u{0}".into());
    let error = group.to_xml().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert_eq!(error.path(), "/Group");
    assert!(NonEmptyString::new("").is_err());
}

#[test]
fn wide_types_hold_what_is_there() {
    let xml = r#"<m:Person xmlns:m="urn:m" xmlns:t="urn:t"><t:Id Id="1"/><t:Name>n</t:Name><t:Nicknames><t:Nickname>a</t:Nickname></t:Nicknames></m:Person>"#;
    let mut person = Person::from_xml(xml.as_bytes()).unwrap();
    assert_eq!(person.name().map(String::as_str), Some("n"));
    assert_eq!(person.age(), None);
    assert_eq!(String::from_utf8(person.to_xml().unwrap()).unwrap(), xml);
    person.set_age(7);
    person.set_name(None);
    assert_eq!(person, Person::new(ItemId::new("1")).with_nicknames(["a".to_owned()]).with_age(7));
    // Read out of order, the fields still stand in schema order.
    let mixed = r#"<m:Person xmlns:m="urn:m" xmlns:t="urn:t"><t:Age>7</t:Age><t:Name>n</t:Name><t:Id Id="1"/></m:Person>"#;
    let read = Person::from_xml_lenient(mixed.as_bytes()).unwrap().value;
    assert_eq!(read, Person::new(ItemId::new("1")).with_name("n").with_age(7));
}
