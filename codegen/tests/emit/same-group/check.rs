//! Groups that are the same beside each other have one type.

use super::test::{Drawing, DrawingShapeGroup};
use oxws::rt::Document;

pub(crate) fn check() -> Result<(), String> {
    let text = "<Drawing xmlns='urn:t'><Circle>a</Circle><Line>1</Line><Square>b</Square><Shape>c</Shape><Other>2</Other>\
        <Shape>d</Shape><Ways><Left>1</Left><Then>2</Then><Right>3</Right></Ways></Drawing>";
    let drawing = Drawing::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
    let first: &DrawingShapeGroup = &drawing.shape_group;
    let rest: &[DrawingShapeGroup] = &drawing.more_shapes;
    if rest.len() == 2 && rest.iter().all(|shape| shape != first) { Ok(()) } else { Err(format!("{drawing:?}")) }
}
