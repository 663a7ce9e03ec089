//! The children of a wide type are set and read through methods.

use super::test::Wide;

pub(crate) fn check() -> Result<(), String> {
    let mut wide = Wide::new("i").with_field2(2).with_field1("one").with_name("n");
    wide.set_field2(3);
    wide.set_field4(4);
    wide.set_field4(None);
    let texts = format!("{:?} {:?} {:?} {}", wide.field1(), wide.field2(), wide.field4(), wide.fields().len());
    let small = std::mem::size_of::<Wide>() <= 80;
    let fine = texts == "Some(\"one\") Some(3) None 3" && small;
    if fine { Ok(()) } else { Err(texts) }
}
