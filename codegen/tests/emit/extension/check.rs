//! What a base type has is reached through its trait.

use super::test::{Animal, Dog};

fn describe(animal: &dyn super::test::AnimalLike) -> String {
    format!("{} {:?} {:?}", animal.name(), animal.legs(), animal.id())
}

pub(crate) fn check() -> Result<(), String> {
    let mut dog = Dog::new(7, "Rex");
    dog.legs = Some(4);
    let texts = [describe(&dog), describe(&Animal::new("Tom"))];
    if texts == ["Rex Some(4) None", "Tom None None"] { Ok(()) } else { Err(format!("{texts:?}")) }
}
