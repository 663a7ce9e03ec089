//! Extended properties of groups and contacts (UCS O14).

use oxws::oxwscdata::DistinguishedPropertySet;
use oxws::oxwsxprop::{
    ExtendedProperty, ExtendedPropertyContent, MapiPropertyType, PathToExtendedField, PropertyTag,
};

use super::reply::Failure;
use crate::contacts::{Contact, ContactKind, Group};
use crate::people::{Details, email_address};

/// The GUID of the property set Address.
const ADDRESS_SET: &str = "00062004-0000-0000-C000-000000000046";

/// A property that groups or contacts have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Property {
    DisplayName,
    MessageClass,
    ImAddress,
    EmailAddress,
}

/// The properties that a request asks for and something here has, each path once: how often a request repeats one must not
/// decide how large the reply is.
pub(super) struct Wanted<'a>(Vec<(&'a PathToExtendedField, Property)>);

impl<'a> Wanted<'a> {
    /// Checks the paths of a request.
    pub(super) fn new(
        paths: impl IntoIterator<Item = &'a PathToExtendedField>,
    ) -> Result<Wanted<'a>, Failure> {
        let mut wanted: Vec<(&PathToExtendedField, Property)> = Vec::new();
        for path in paths {
            // Short: there are few properties, and few ways to spell each.
            if let Some(property) = property(path)?
                && wanted.iter().all(|(known, _)| *known != path)
            {
                wanted.push((path, property));
            }
        }
        Ok(Wanted(wanted))
    }

    /// No properties.
    pub(super) fn none() -> Wanted<'a> {
        Wanted(Vec::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a group has of them.
    pub(super) fn of_group(&self, group: &Group) -> Vec<ExtendedProperty> {
        self.values(|property| match property {
            Property::DisplayName => Some(group.display_name.clone()),
            Property::MessageClass => Some(group.kind.class().to_owned()),
            Property::EmailAddress => group.smtp_address.clone(),
            Property::ImAddress => None,
        })
    }

    /// What a contact has of them.
    pub(super) fn of_contact(&self, contact: &Contact) -> Vec<ExtendedProperty> {
        self.values(|property| match property {
            Property::DisplayName => Some(contact.display_name.clone()),
            Property::MessageClass => Some("IPM.Contact".to_owned()),
            Property::ImAddress => match contact.kind {
                ContactKind::Im => Some(contact.address.clone()),
                ContactKind::Tel => contact.sip_address.clone(),
            },
            Property::EmailAddress => email_address(contact).map(str::to_owned),
        })
    }

    /// What an entry of the directory has of them.
    pub(super) fn of_entry(&self, details: &Details) -> Vec<ExtendedProperty> {
        self.values(|property| match property {
            Property::DisplayName => Some(details.display_name.clone()),
            Property::MessageClass => None,
            Property::ImAddress => details.im_address.clone(),
            Property::EmailAddress => Some(details.email.clone()),
        })
    }

    fn values(&self, value: impl Fn(Property) -> Option<String>) -> Vec<ExtendedProperty> {
        let known = self.0.iter().filter_map(|(path, property)| {
            let value = value(*property)?;
            Some(ExtendedProperty::new((*path).clone(), ExtendedPropertyContent::Value(value)))
        });
        known.collect()
    }
}

/// The property that a path names; `None` for one that nothing here has.
fn property(path: &PathToExtendedField) -> Result<Option<Property>, Failure> {
    if let MapiPropertyType::Error
    | MapiPropertyType::Null
    | MapiPropertyType::Object
    | MapiPropertyType::ObjectArray = path.property_type
    {
        return Err(Failure::UnsupportedPropertyType);
    }
    let set = match (&path.distinguished_property_set_id, &path.property_set_id) {
        (Some(_), Some(_)) => return Err(Failure::InvalidExtendedProperty),
        (Some(set), None) => Some(*set == DistinguishedPropertySet::Address),
        (None, Some(guid)) => Some(guid.get().eq_ignore_ascii_case(ADDRESS_SET)),
        (None, None) => None,
    };
    let text = path.property_type == MapiPropertyType::String;
    let property = match (set, &path.property_tag, &path.property_name, path.property_id) {
        (None, Some(tag), None, None) => match tag_number(tag)? {
            0x3001 => Some(Property::DisplayName),
            0x001A => Some(Property::MessageClass),
            _ => None,
        },
        (Some(true), None, None, Some(0x8062)) => Some(Property::ImAddress),
        (Some(true), None, None, Some(0x8083)) => Some(Property::EmailAddress),
        (Some(_), None, None, Some(_)) | (Some(_), None, Some(_), None) => None,
        _ => return Err(Failure::InvalidExtendedProperty),
    };
    Ok(property.filter(|_| text))
}

fn tag_number(tag: &PropertyTag) -> Result<u16, Failure> {
    let number = match tag {
        PropertyTag::UnsignedShort(number) => *number,
        PropertyTag::Hex(hex) => {
            let digits = hex.get().trim_start_matches("0x").trim_start_matches("0X");
            u16::from_str_radix(digits, 16).map_err(|_| Failure::InvalidExtendedProperty)?
        }
    };
    if number >= 0x8000 { Err(Failure::PropertyTagForCustomProperty) } else { Ok(number) }
}
