//! What was written against what was to be read: names, attributes, values, order.

use super::literals::spaced;
use super::make::{Item, Node};
use super::simple::{Form, Value, White};
use super::tree::{Child, Tag};

/// The first difference.
pub(super) fn difference(expected: &Node, actual: &Tag, path: &str) -> Option<String> {
    let path = format!("{path}/{}", expected.name.1);
    if expected.name != actual.name {
        return Some(format!("{path}: written as {:?}", actual.name));
    }
    for (name, value) in &expected.attributes {
        match actual.attributes().find(|(known, _)| *known == name) {
            None => return Some(format!("{path}: no attribute {{{}}}{}", name.0, name.1)),
            Some((_, text)) if !same(value, text, actual) => {
                return Some(format!("{path}: attribute {} is {text:?}, not {:?}", name.1, value.text));
            }
            Some(_) => {}
        }
    }
    let known = |name: &super::tree::Name| expected.attributes.iter().any(|(known, _)| known == name);
    if let Some((name, _)) = actual.attributes().find(|(name, _)| !known(name)) {
        return Some(format!("{path}: attribute {} was not there", name.1));
    }
    let blank = |text: &str| text.trim_matches([' ', '\t', '\n', '\r']).is_empty();
    let written = actual
        .children
        .iter()
        .filter(|child| !matches!(child, Child::Text(text) if text.is_empty() || expected.elements_only && blank(text)));
    let mut pending: Option<Value> = None;
    // The order of the children of `all` says nothing.
    let mut children: Vec<&Item> = expected.children.iter().collect();
    let mut written: Vec<&Child> = written.collect();
    let joined;
    if expected.unordered {
        let texts = written.iter().filter_map(|child| match child {
            Child::Text(text) => Some(text.as_str()),
            Child::Tag(_) => None,
        });
        joined = Child::Text(texts.collect());
        written.retain(|child| matches!(child, Child::Tag(_)));
        if matches!(&joined, Child::Text(text) if !text.is_empty()) {
            written.push(&joined);
        }
        children.sort_by_key(|child| match child {
            Item::Node(node) => Some(&node.name),
            Item::Text(_) => None,
        });
        written.sort_by_key(|child| match child {
            Child::Tag(tag) => Some(&tag.name),
            Child::Text(_) => None,
        });
    }
    let mut written = written.into_iter();
    for child in children.into_iter().map(Some).chain([None]) {
        if let Some(Item::Text(value)) = child {
            match &mut pending {
                Some(known) => known.text.push_str(&value.text),
                None => pending = Some(value.clone()),
            }
            continue;
        }
        if let Some(value) = pending.take().filter(|value| !spaced(&value.text, value.white).is_empty()) {
            match written.next() {
                Some(Child::Text(text)) if same(&value, text, actual) => {}
                // White space may be the empty value of a member of a union.
                None if same(&value, "", actual) => {}
                other => {
                    let text = match other {
                        Some(Child::Text(text)) => format!("{text:?}"),
                        Some(Child::Tag(tag)) => format!("<{}>", tag.name.1),
                        None => "nothing".to_owned(),
                    };
                    return Some(format!("{path}: {text}, not {:?}", value.text));
                }
            }
        }
        let Some(Item::Node(child)) = child else { continue };
        match written.next() {
            Some(Child::Tag(tag)) => {
                if let Some(found) = difference(child, tag, &path) {
                    return Some(found);
                }
            }
            Some(Child::Text(text)) => return Some(format!("{path}: {text:?}, not <{}>", child.name.1)),
            None => return Some(format!("{path}: no <{}>", child.name.1)),
        }
    }
    // What is kept as it is written may have white space for an empty value.
    let padding = |child: &Child| matches!(child, Child::Text(text) if expected.opaque && blank(text));
    written.find(|child| !padding(child)).map(|_| format!("{path}: more than was there"))
}

fn same(expected: &Value, actual: &str, tag: &Tag) -> bool {
    let spaced_as =
        |white| alike(&expected.form, &spaced(&expected.text, white), &spaced(actual, white), tag);
    // Each member of a union treats white space in its own way.
    spaced_as(expected.white) || matches!(expected.form, Form::Any(_)) && spaced_as(White::Collapse)
}

fn alike(form: &Form, expected: &str, actual: &str, tag: &Tag) -> bool {
    if expected == actual {
        return true;
    }
    if expected.contains('\u{E000}') {
        let names: Vec<&str> = expected.split(' ').collect();
        let written: Vec<&str> = actual.split_whitespace().collect();
        return names.len() == written.len()
            && names.iter().zip(written).all(|(name, written)| {
                let name = name.trim_start_matches('\u{E000}').trim_end_matches('\u{E002}');
                match (name.split_once('\u{E001}'), tag.resolve(written)) {
                    (Some((uri, local)), Some(found)) => (uri, local) == (&*found.0, &*found.1),
                    (None, _) => name == written,
                    _ => false,
                }
            });
    }
    match form {
        Form::Text | Form::Names => false,
        Form::Boolean => {
            let truth = |text: &str| matches!(text, "1" | "true");
            matches!(actual, "true" | "false") && truth(expected) == truth(actual)
        }
        Form::Integer => expected.parse::<i128>().is_ok_and(|number| number.to_string() == actual),
        Form::Float => match (expected.parse::<f64>(), actual.parse::<f64>()) {
            (Ok(one), Ok(other)) => {
                one == other && one.is_sign_negative() == other.is_sign_negative()
                    || float(one) == float(other)
            }
            _ => false,
        },
        Form::Base64 => expected.split_whitespace().collect::<String>() == actual,
        Form::Hex => expected.eq_ignore_ascii_case(actual),
        Form::List(item) => {
            let (one, other): (Vec<&str>, Vec<&str>) =
                (expected.split_whitespace().collect(), actual.split_whitespace().collect());
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(item, one, other, tag))
        }
        Form::Any(forms) => {
            let (one, other) = (spaced(expected, White::Collapse), spaced(actual, White::Collapse));
            forms.iter().any(|form| *form != Form::Text && alike(form, &one, &other, tag)) || one == other
        }
    }
}

/// As a number of 32 bits, which is what `float` has.
fn float(number: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "that is the point")]
    let single = number as f32;
    single.to_bits()
}

/// Whether two documents are the same but for their prefixes.
pub(super) fn equal(one: &Tag, other: &Tag) -> bool {
    let attributes =
        |tag: &Tag| tag.attributes().map(|(name, text)| (name.clone(), text.to_owned())).collect::<Vec<_>>();
    let pair = |(one, other): (&Child, &Child)| match (one, other) {
        (Child::Tag(one), Child::Tag(other)) => equal(one, other),
        (Child::Text(one), Child::Text(other)) => one == other,
        _ => false,
    };
    one.name == other.name
        && attributes(one) == attributes(other)
        && one.children.len() == other.children.len()
        && one.children.iter().zip(&other.children).all(pair)
}
