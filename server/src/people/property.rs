//! `Property` and `Shape`: what can be asked for of a person (UCS F5).

/// Implements the properties with their names.
macro_rules! properties {
    ($($property:ident,)*) => {
        /// A property of people that there is here; named as in the protocol, `persona:DisplayName` and so on.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[allow(missing_docs, reason = "the protocol has names and meanings")]
        pub enum Property {
            $($property,)*
        }

        impl Property {
            /// All of them.
            pub const ALL: &'static [Property] = &[$(Property::$property),*];

            /// Its name, without `persona:`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Property::$property => stringify!($property),)*
                }
            }
        }
    };
}

properties! {
    PersonaType, CreationTime, DisplayName, DisplayNameFirstLast, DisplayNameLastFirst, FileAs, FileAsId, GivenName,
    Surname, Title, Department, CompanyName, EmailAddress, EmailAddresses, PhoneNumber, ImAddress, RelevanceScore,
    Attributions, DisplayNames, FileAses, FileAsIds, GivenNames, Surnames, BusinessPhoneNumbers,
    MobilePhones, OtherTelephones, Emails1, OfficeLocations, ImAddresses, Titles, Departments, CompanyNames,
    ExtendedProperties,
}

impl Property {
    /// The property of that name.
    pub fn named(name: &str) -> Option<Property> {
        Property::ALL.iter().copied().find(|property| property.name() == name)
    }

    /// Whether a list of people shows it: the base shape `Default`.
    fn is_usual(self) -> bool {
        use Property::*;
        matches!(
            self,
            PersonaType
                | CreationTime
                | DisplayName
                | DisplayNameFirstLast
                | DisplayNameLastFirst
                | FileAs
                | FileAsId
                | GivenName
                | Surname
                | Title
                | Department
                | CompanyName
                | EmailAddress
                | EmailAddresses
                | PhoneNumber
                | ImAddress
                | RelevanceScore
                | Attributions
        )
    }
}

/// A set of properties to begin with.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum BaseShape {
    /// The id alone.
    IdOnly,
    /// What a list of people shows.
    #[default]
    Default,
    /// All there is.
    AllProperties,
}

/// What is shown of each person, beside the id.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Shape {
    base: BaseShape,
    more: Vec<Property>,
}

impl Shape {
    /// The properties of a base shape, and these.
    pub fn new(base: BaseShape, more: Vec<Property>) -> Shape {
        // Each once, however often a request repeats it: it is looked through for each property of each person.
        let mut once = Vec::new();
        for property in more {
            if !once.contains(&property) {
                once.push(property);
            }
        }
        Shape { base, more: once }
    }

    /// Everything.
    pub fn all() -> Shape {
        Shape::new(BaseShape::AllProperties, Vec::new())
    }

    /// Whether it has a property.
    pub fn has(&self, property: Property) -> bool {
        let in_base = match self.base {
            BaseShape::IdOnly => false,
            BaseShape::Default => property.is_usual(),
            BaseShape::AllProperties => true,
        };
        // What a request asks for by its path is no part of any base.
        in_base && property != Property::ExtendedProperties || self.more.contains(&property)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UCS F5.
    #[test]
    fn a_shape_is_its_base_and_what_is_asked_for() {
        let ids = Shape::new(BaseShape::IdOnly, vec![Property::CompanyName]);
        let shown: Vec<_> = Property::ALL.iter().filter(|property| ids.has(**property)).collect();
        assert_eq!(shown, [&Property::CompanyName]);
        let usual = Shape::default();
        assert!(usual.has(Property::DisplayName) && !usual.has(Property::DisplayNames));
        let all = Property::ALL.iter().filter(|property| !Shape::all().has(**property));
        assert_eq!(all.collect::<Vec<_>>(), [&Property::ExtendedProperties]);
        for property in Property::ALL {
            assert_eq!(Property::named(property.name()), Some(*property));
        }
        assert_eq!(Property::named("Hobbies"), None);
    }
}
