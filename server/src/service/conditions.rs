//! Restrictions of a request as conditions (UCS F7).

use oxws::oxwscdata::{FieldUri, FieldUriOrConstant};
use oxws::oxwssrch::{
    And, AndContent, ContainmentComparison, ContainmentMode, Contains, ContainsContent, Exists,
    IsEqualToContent, IsGreaterThanContent, IsGreaterThanOrEqualToContent, IsLessThanContent,
    IsLessThanOrEqualToContent, IsNotEqualToContent, Not, Or, OrContent, Restriction, SearchExpression,
};

use super::reply::Failure;
use super::shapes::name;
use crate::people::{Condition, Containment, Ignored, Looked, Mode, Property, Refusal, Relation};

/// What the elements that hold one condition have in common: the protocol has the same choice in each of them.
macro_rules! choice {
    ($function:ident, $choice:ident $(, $any:ident)?) => {
        pub(super) fn $function(choice: &$choice) -> Result<Condition, Failure> {
            match choice {
                // By `xsi:type`.
                $($choice::$any(any) => of_any(any),)?
                $choice::And(and) => of_and(and),
                $choice::Or(or) => of_or(or),
                $choice::Not(not) => of_not(not),
                $choice::Exists(exists) => of_exists(exists),
                $choice::Contains(contains) => of_contains(contains),
                $choice::IsEqualTo(it) => compare!(IsEqualToContent, it, Equal),
                $choice::IsNotEqualTo(it) => compare!(IsNotEqualToContent, it, NotEqual),
                $choice::IsLessThan(it) => compare!(IsLessThanContent, it, Less),
                $choice::IsLessThanOrEqualTo(it) => compare!(IsLessThanOrEqualToContent, it, LessOrEqual),
                $choice::IsGreaterThan(it) => compare!(IsGreaterThanContent, it, Greater),
                $choice::IsGreaterThanOrEqualTo(it) => {
                    compare!(IsGreaterThanOrEqualToContent, it, GreaterOrEqual)
                }
                $choice::Excludes(_) => Err(Failure::UnsupportedSearch("Excludes")),
            }
        }
    };
}

/// A comparison of a property with a constant.
macro_rules! compare {
    ($content:ident, $comparison:expr, $relation:ident) => {{
        let $content::FieldUri(uri) = &$comparison.content else { return Err(Refusal::Unsearchable.into()) };
        let FieldUriOrConstant::Constant(constant) = &$comparison.field_uri_or_constant else {
            return Err(Failure::UnsupportedSearch("A comparison of two properties"));
        };
        Ok(Condition::compare(looked(uri)?, Relation::$relation, &constant.value))
    }};
}

choice!(of_restriction, Restriction, SearchExpression);
choice!(of_and_content, AndContent, SearchExpression);
choice!(of_or_content, OrContent, SearchExpression);
choice!(of_not_content, Not, SearchExpression);
choice!(of_any, SearchExpression);

fn of_and(and: &And) -> Result<Condition, Failure> {
    and.content.iter().map(of_and_content).collect::<Result<_, _>>().map(Condition::All)
}

fn of_or(or: &Or) -> Result<Condition, Failure> {
    or.content.iter().map(of_or_content).collect::<Result<_, _>>().map(Condition::Any)
}

fn of_not(not: &Not) -> Result<Condition, Failure> {
    of_not_content(not).map(Box::new).map(Condition::Not)
}

fn of_exists(exists: &Exists) -> Result<Condition, Failure> {
    let Exists::FieldUri(uri) = exists else { return Err(Refusal::Unsearchable.into()) };
    Ok(Condition::Exists(looked(uri)?))
}

fn of_contains(contains: &Contains) -> Result<Condition, Failure> {
    let ContainsContent::FieldUri(uri) = &contains.content else { return Err(Refusal::Unsearchable.into()) };
    let mode = match contains.containment_mode {
        None | Some(ContainmentMode::FullString) => Mode::Full,
        Some(ContainmentMode::Prefixed) => Mode::Prefix,
        Some(ContainmentMode::Substring) => Mode::Substring,
        Some(ContainmentMode::PrefixOnWords) => Mode::WordPrefix,
        Some(ContainmentMode::ExactPhrase) => Mode::Phrase,
        Some(_) => return Err(Failure::UnsupportedSearch("The ContainmentMode")),
    };
    use ContainmentComparison as Comparison;
    let (case, marks) = match contains.containment_comparison {
        None | Some(Comparison::Exact) => (false, false),
        Some(Comparison::IgnoreCase | Comparison::Loose | Comparison::LooseAndIgnoreCase) => (true, false),
        Some(Comparison::IgnoreNonSpacingCharacters) => (false, true),
        Some(
            Comparison::IgnoreCaseAndNonSpacingCharacters
            | Comparison::LooseAndIgnoreNonSpace
            | Comparison::LooseAndIgnoreCaseAndIgnoreNonSpace,
        ) => (true, true),
        Some(_) => return Err(Failure::UnsupportedSearch("The ContainmentComparison")),
    };
    let text = Containment::new(mode, Ignored { case, marks }, &contains.constant.value);
    Ok(Condition::Contains(looked(uri)?, text))
}

/// The property that a condition looks at.
fn looked(uri: &FieldUri) -> Result<Looked, Failure> {
    name(uri).map(Property::named)
}
