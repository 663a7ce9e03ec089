//! `AnySimple`: the value of an element of type anySimpleType, whose type an `xsi:type` may say.

use super::contract::{Blank, Content};
use super::error::{Invalid, NoteKind, Result, wording};
use super::lexical::*;
use super::name::{Datatype, Ns, TypeName, XSD_URI, XSI_URI};
use super::reader::Reader;
use super::shape::{Particle, Term};
use super::simple::{Simple, builtin};
use super::space::next_word;
use super::value::Kind;
use super::writer::Writer;

/// Text of any simple type, with the `xsi:type` that says which, if there is one.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AnySimple {
    /// The text as it stands in the document.
    pub text: String,
    /// Name of its type.
    pub xsi_type: Option<QName>,
}

impl AnySimple {
    /// A text of no known type.
    pub fn new(text: impl Into<String>) -> AnySimple {
        AnySimple { text: text.into(), xsi_type: None }
    }

    /// A value of a built-in type, which `xsi:type` will name.
    ///
    /// # Errors
    /// When the type is not one that XML Schema has built in.
    pub fn of<T: Simple>(value: &T) -> Result<AnySimple, Invalid> {
        if T::TYPE.uri != XSD_URI {
            return Err(Invalid::literal(T::TYPE.local, "built-in type"));
        }
        let name = QName::within(XSD_URI, Some("xsd"), T::TYPE.local)?;
        Ok(AnySimple { text: super::to_text(value), xsi_type: Some(name) })
    }

    /// The text as a value.
    ///
    /// # Errors
    /// When it is none of this type.
    pub fn parse<T: Simple>(&self) -> Result<T, Invalid> {
        T::parse(&self.text)
    }
}

impl From<&str> for AnySimple {
    #[inline]
    fn from(text: &str) -> AnySimple {
        AnySimple::new(text)
    }
}

impl From<String> for AnySimple {
    #[inline]
    fn from(text: String) -> AnySimple {
        AnySimple::new(text)
    }
}

impl Blank for AnySimple {
    fn blank() -> AnySimple {
        AnySimple::default()
    }
}

const ANY: TypeName = builtin("anySimpleType");

/// The type of any text.
pub(crate) const TEXT: Datatype = Datatype::named(ANY);

/// The type of anything.
pub(crate) const ANY_TYPE: TypeName = builtin("anyType");

impl Content for AnySimple {
    #[inline]
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        let extension = r.extension(TEXT);
        self.xsi_type = take_type(r)?;
        r.attributes_beside(TEXT, extension)?;
        let (local, offset) = (r.local(), r.tag());
        r.simple(&mut self.text)?;
        let Some(name) = &self.xsi_type else { return Ok(()) };
        let known = &r.vocabulary.known;
        let message = match known.check((name.namespace().unwrap_or_default(), name.local()), &self.text) {
            None if known.all_types => wording::bad_type(&name.to_string(), ANY),
            // Of other types nothing is known.
            None | Some(Ok(())) => return Ok(()),
            Some(Err(invalid)) => {
                let datatype = format!("{}:{}", name.namespace().unwrap_or_default(), name.local());
                wording::value("element", local, &self.text, &datatype, &invalid)
            }
        };
        r.deviation(NoteKind::UnknownValue, offset, message)
    }

    #[inline]
    fn read_nil(r: &mut Reader<'_>) -> Result<()> {
        let extension = r.extension(TEXT);
        take_type(r)?;
        r.attributes_beside(TEXT, extension)
    }

    #[inline]
    fn write(&self, particle: &'static Particle, w: &mut Writer) {
        let (Some(name), Term::Element(element)) = (&self.xsi_type, &particle.term) else {
            return w.simple(particle, &self.text);
        };
        w.begin(element);
        w.attribute_text(" xmlns:xsi=\"", XSI_URI);
        let mut name = name.clone();
        w.declare_prefixes(&mut name, false);
        w.attribute_text(" xsi:type=\"", &name.to_string());
        w.value(&self.text);
        w.end(element);
    }
}

/// Takes the `xsi:type` of the innermost open element.
#[inline]
fn take_type(r: &mut Reader<'_>) -> Result<Option<QName>> {
    let Some(at) = r.attributes.iter().position(|a| a.ns == Ns::XSI && a.local == "type") else {
        return Ok(None);
    };
    let value = r.unescape_attribute(r.attributes[at].raw)?;
    let mut name = QName::blank();
    r.value(&mut name, Kind::Names, &value, at)?;
    r.attributes.remove(at);
    Ok(Some(name))
}

/// Checks a text by the name of a built-in type.
pub(crate) fn check(local: &str, text: &str) -> Result<(), Invalid> {
    if matches!(local, "anySimpleType" | "NOTATION") {
        return Ok(());
    }
    for (name, check) in BUILT_IN {
        if *name == local {
            return check(text);
        }
    }
    Err(Invalid::literal(local, "built-in type"))
}

/// Whether a text is a list of values of a type, at least one.
fn check_list(text: &str, check: Check) -> Result<(), Invalid> {
    let mut rest = text;
    let Some(mut item) = next_word(&mut rest) else { return Err(Invalid::facet("MinLength")) };
    loop {
        check(item)?;
        match next_word(&mut rest) {
            Some(next) => item = next,
            None => return Ok(()),
        }
    }
}

/// Whether a text is a value of a type.
type Check = fn(&str) -> Result<(), Invalid>;

macro_rules! built_in {
    ($($type:ty),* $(,)?) => {
        /// The built-in types by their names.
        static BUILT_IN: &[(&str, Check)] = &[
            $((<$type as Simple>::TYPE.local, <$type as Simple>::check),)*
            ("NMTOKENS", |text| check_list(text, NmToken::check)),
            ("IDREFS", |text| check_list(text, IdRef::check)),
            ("ENTITIES", |text| check_list(text, Entity::check)),
        ];
    };
}

built_in!(
    String,
    bool,
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    f32,
    f64,
    Decimal,
    Integer,
    NonPositiveInteger,
    NegativeInteger,
    NonNegativeInteger,
    PositiveInteger,
    Duration,
    DateTime,
    Time,
    Date,
    GYearMonth,
    GYear,
    GMonthDay,
    GDay,
    GMonth,
    HexBinary,
    Base64Binary,
    AnyUri,
    QName,
    NormalizedString,
    Token,
    Language,
    NmToken,
    XmlName,
    NcName,
    Id,
    IdRef,
    Entity,
);
