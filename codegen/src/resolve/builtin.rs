//! The types of XML Schema itself: their names, bases and numeric nature.

use crate::schema::Builtin;

/// Types of XML Schema 1.1 with the nearest ones that there are.
pub(super) const MODERN: &[(&str, Builtin)] = &[
    ("anyAtomicType", Builtin::AnySimpleType),
    ("dateTimeStamp", Builtin::DateTime),
    ("dayTimeDuration", Builtin::Duration),
    ("yearMonthDuration", Builtin::Duration),
];

/// All of them, with name and base, in the order of [`Builtin`]: the index is the type id.
pub(super) const ALL: &[(Builtin, &str, Builtin)] = {
    use Builtin::*;
    &[
        (AnyType, "anyType", AnyType),
        (AnySimpleType, "anySimpleType", AnyType),
        (String, "string", AnySimpleType),
        (NormalizedString, "normalizedString", String),
        (Token, "token", NormalizedString),
        (Language, "language", Token),
        (NmToken, "NMTOKEN", Token),
        (NmTokens, "NMTOKENS", AnySimpleType),
        (Name, "Name", Token),
        (NcName, "NCName", Name),
        (Id, "ID", NcName),
        (IdRef, "IDREF", NcName),
        (IdRefs, "IDREFS", AnySimpleType),
        (Entity, "ENTITY", NcName),
        (Entities, "ENTITIES", AnySimpleType),
        (Boolean, "boolean", AnySimpleType),
        (Decimal, "decimal", AnySimpleType),
        (Integer, "integer", Decimal),
        (NonPositiveInteger, "nonPositiveInteger", Integer),
        (NegativeInteger, "negativeInteger", NonPositiveInteger),
        (NonNegativeInteger, "nonNegativeInteger", Integer),
        (PositiveInteger, "positiveInteger", NonNegativeInteger),
        (Long, "long", Integer),
        (Int, "int", Long),
        (Short, "short", Int),
        (Byte, "byte", Short),
        (UnsignedLong, "unsignedLong", NonNegativeInteger),
        (UnsignedInt, "unsignedInt", UnsignedLong),
        (UnsignedShort, "unsignedShort", UnsignedInt),
        (UnsignedByte, "unsignedByte", UnsignedShort),
        (Float, "float", AnySimpleType),
        (Double, "double", AnySimpleType),
        (Duration, "duration", AnySimpleType),
        (DateTime, "dateTime", AnySimpleType),
        (Time, "time", AnySimpleType),
        (Date, "date", AnySimpleType),
        (GYearMonth, "gYearMonth", AnySimpleType),
        (GYear, "gYear", AnySimpleType),
        (GMonthDay, "gMonthDay", AnySimpleType),
        (GDay, "gDay", AnySimpleType),
        (GMonth, "gMonth", AnySimpleType),
        (HexBinary, "hexBinary", AnySimpleType),
        (Base64Binary, "base64Binary", AnySimpleType),
        (AnyUri, "anyURI", AnySimpleType),
        (QName, "QName", AnySimpleType),
        (Notation, "NOTATION", AnySimpleType),
    ]
};

/// Index of the built-in type of that name.
pub(super) fn named(local: &str) -> Option<usize> {
    ALL.iter().position(|(_, name, _)| *name == local)
}

/// What facets a built-in type can have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    /// anyType, anySimpleType: nothing is known.
    Any,
    /// boolean: pattern and white space.
    Boolean,
    /// Strings, binaries, URIs: lengths.
    Text,
    /// Built-in lists: lengths.
    List,
    /// decimal and what derives from it: bounds and digits; `true` without fraction.
    Decimal(bool),
    /// float, double: bounds.
    Float,
    /// Dates and times: bounds.
    Time,
    /// Unions: enumeration and pattern.
    Union,
}

/// The family of a built-in type.
pub(super) fn family(builtin: Builtin) -> Family {
    use Builtin::*;
    match builtin {
        AnyType | AnySimpleType => Family::Any,
        Boolean => Family::Boolean,
        String | NormalizedString | Token | Language | NmToken | Name | NcName | Id | IdRef | Entity
        | HexBinary | Base64Binary | AnyUri | QName | Notation => Family::Text,
        NmTokens | IdRefs | Entities => Family::List,
        Decimal => Family::Decimal(false),
        Integer | NonPositiveInteger | NegativeInteger | NonNegativeInteger | PositiveInteger | Long
        | Int | Short | Byte | UnsignedLong | UnsignedInt | UnsignedShort | UnsignedByte => {
            Family::Decimal(true)
        }
        Float | Double => Family::Float,
        Duration | DateTime | Time | Date | GYearMonth | GYear | GMonthDay | GDay | GMonth => Family::Time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_the_discriminant() {
        for (index, (builtin, _, base)) in ALL.iter().enumerate() {
            assert_eq!(*builtin as usize, index);
            assert!(*base as usize <= index);
        }
    }
}
