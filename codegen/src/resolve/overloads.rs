//! Overloaded operations: several of one name in a port type. Their inputs have names of their own, which tell them apart
//! (WSDL 1.1, section 2.4.5), and by which they are called here.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::parse::{Binding, BindingOperation, Operation, PortType};

/// What the operations of a port type are called, in order. Those that nothing tells apart share a name.
pub(crate) fn names(port_type: &PortType) -> Vec<Rc<str>> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in &port_type.operations {
        *count.entry(&operation.name).or_default() += 1;
    }
    let own = |operation: &Operation| match input(operation) {
        Some(name) if count[&*operation.name] > 1 => name,
        _ => operation.name.clone(),
    };
    let names: Vec<Rc<str>> = port_type.operations.iter().map(own).collect();
    let is_taken = |name: &Rc<str>| names.iter().filter(|other| *other == name).count() > 1;
    let pairs = port_type.operations.iter().zip(&names);
    pairs.map(|(operation, name)| if is_taken(name) { &operation.name } else { name }.clone()).collect()
}

/// The operation of a binding for one of its port type.
pub(super) fn bound<'b>(
    port_type: &PortType,
    binding: &'b Binding,
    operation: &Operation,
) -> Option<&'b BindingOperation> {
    let overloaded = port_type.operations.iter().filter(|other| other.name == operation.name).count() > 1;
    // An input without a name has this one.
    let usual = || -> Rc<str> { format!("{}Request", operation.name).into() };
    let wanted = input(operation).unwrap_or_else(usual);
    let is_wanted = |bound: &BindingOperation| bound.input.name.clone().unwrap_or_else(usual) == wanted;
    let mut named = binding.operations.iter().filter(|bound| bound.name == operation.name);
    named.find(|bound| !overloaded || is_wanted(bound))
}

fn input(operation: &Operation) -> Option<Rc<str>> {
    operation.input.as_ref().and_then(|input| input.name.clone())
}
