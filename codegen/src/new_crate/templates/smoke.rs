//! What holds for any set of schemas.

use {{ident}}::{Document, GlobalElement};

#[test]
fn a_document_of_other_schemas_is_refused() {
    let other = b"<other xmlns='urn:example:of-other-schemas'/>";
    let error = GlobalElement::from_xml(other).unwrap_err();
    assert_eq!((error.line(), error.column()), (1, 2));
}
// Services

#[test]
fn every_operation_has_a_name_and_a_request_of_its_own() {
    {{operations}}
}

fn check(operations: &[oxws::soap::OperationInfo]) {
    for (at, operation) in operations.iter().enumerate() {
        let others = &operations[at + 1..];
        assert!(!operation.name.is_empty());
        let twice = others.iter().any(|other| other.name == operation.name);
        assert!(!twice, "{}", operation.name);
    }
}
