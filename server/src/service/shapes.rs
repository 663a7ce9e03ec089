//! What a request asks to be shown of people, and in which order (UCS F5, F6).

use oxws::oxwscdata::{DefaultShapeNames, FieldUri, PathsToElementChoice};
use oxws::oxwspers::{Persona, PersonaField, PersonaResponseShape};
use oxws::oxwssrch::{FieldOrder, FieldOrderContent, SortDirection};

use super::extended::Wanted;
use super::reply::Failure;
use crate::people::{BaseShape, Order, Property, Refusal, Shape};

/// The properties that a request asks for, and those of them that are known by their MAPI names.
pub(super) fn shape(wanted: Option<&PersonaResponseShape>) -> Result<(Shape, Wanted<'_>), Failure> {
    let Some(PersonaResponseShape { base_shape, additional_properties }) = wanted else {
        return Ok((Shape::default(), Wanted::none()));
    };
    let base = match base_shape {
        DefaultShapeNames::IdOnly => BaseShape::IdOnly,
        DefaultShapeNames::Default => BaseShape::Default,
        DefaultShapeNames::AllProperties => BaseShape::AllProperties,
        _ => return Err(Failure::InvalidProperty),
    };
    let (mut properties, mut extended) = (Vec::new(), Vec::new());
    for path in additional_properties.iter().flatten() {
        match path {
            // Nobody has those of the schema that there are not here.
            PathsToElementChoice::FieldUri(uri) => properties.extend(Property::named(name(uri)?)),
            PathsToElementChoice::ExtendedFieldUri(path) => extended.push(path),
            _ => return Err(Failure::InvalidProperty),
        }
    }
    let extended = Wanted::new(extended)?;
    if !extended.is_empty() {
        properties.push(Property::ExtendedProperties);
    }
    Ok((Shape::new(base, properties), extended))
}

/// The order that a request asks for.
pub(super) fn order(wanted: Option<&Vec<FieldOrder>>) -> Result<Vec<Order>, Failure> {
    let one = |FieldOrder { order, content }: &FieldOrder| {
        let FieldOrderContent::FieldUri(uri) = content else { return Err(Refusal::Unsortable.into()) };
        let property = Property::named(name(uri)?).ok_or(Refusal::Unsortable)?;
        Ok(Order::by(property, *order == SortDirection::Descending)?)
    };
    wanted.into_iter().flatten().map(one).collect()
}

/// The name of a property of people; an error for one of something else.
pub(super) fn name(uri: &FieldUri) -> Result<&str, Failure> {
    uri.field_uri.as_str().strip_prefix("persona:").ok_or(Failure::InvalidProperty)
}

/// A persona with nothing but what the shape has.
pub(super) fn cut(mut persona: Persona, shape: &Shape) -> Persona {
    persona.retain_fields(|field| property(field).is_some_and(|property| shape.has(property)));
    persona
}

/// Which property a field is.
fn property(field: &PersonaField) -> Option<Property> {
    macro_rules! same {
        ($($name:ident)*) => {
            match field {
                $(PersonaField::$name(_) => Some(Property::$name),)*
                _ => None,
            }
        };
    }
    same!(
        PersonaType CreationTime DisplayName DisplayNameFirstLast DisplayNameLastFirst FileAs FileAsId GivenName Surname
        Title Department CompanyName EmailAddress EmailAddresses PhoneNumber ImAddress RelevanceScore Attributions
        DisplayNames FileAses FileAsIds GivenNames Surnames BusinessPhoneNumbers MobilePhones OtherTelephones Emails1
        OfficeLocations ImAddresses Titles Departments CompanyNames ExtendedProperties
    )
}
