//! Values that are names: their prefixes are kept as the inputs have them, so documents must bind these too.

use std::rc::Rc;

use crate::schema::{Builtin, ComplexType, Content, SchemaSet, SimpleType, TypeBody, TypeId};

use super::Describer;

impl Describer<'_> {
    /// Has the document of the namespace `home` bind the prefixes of values of a type. The set does not say what
    /// a prefix stood for where the value was: it is `home` if some input binds it so, else what most bind it to.
    pub(super) fn values<'v>(&mut self, ty: TypeId, values: impl Iterator<Item = &'v str>, home: &Rc<str>) {
        let set = self.set;
        let mut values = values.peekable();
        if values.peek().is_none() || !has_names(set, ty) {
            return;
        }
        for prefix in values.flat_map(str::split_whitespace).filter_map(|name| Some(name.split_once(':')?.0))
        {
            let mut known = set.prefixes.iter().filter(|(known, _)| **known == *prefix);
            let own = known.clone().find(|(_, uri)| uri == home);
            if let Some((prefix, uri)) = own.or_else(|| known.next())
                && !matches!(&**prefix, "xs" | "xml")
            {
                self.document(home).prefixes.insert(prefix.clone(), uri.clone());
            }
        }
    }
}

/// Whether values of a type are names with prefixes.
fn has_names(set: &SchemaSet, id: TypeId) -> bool {
    match &set.types[id.0].body {
        TypeBody::Builtin(builtin) => matches!(builtin, Builtin::QName | Builtin::Notation),
        TypeBody::Simple(SimpleType::Restriction { base: inner, .. } | SimpleType::List { item: inner })
        | TypeBody::Complex(ComplexType { content: Content::Simple(inner), .. }) => has_names(set, *inner),
        TypeBody::Simple(SimpleType::Union { members }) => {
            members.iter().any(|member| has_names(set, *member))
        }
        TypeBody::Complex(_) => false,
    }
}
