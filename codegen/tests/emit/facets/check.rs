//! No invalid value can be built.

use super::test::{Code, Name};

pub(crate) fn check() -> Result<(), String> {
    let fine = Name::new("abc").is_ok_and(|name| name.as_str() == "abc") && "AB12".parse::<Code>().is_ok();
    let refused = Name::new("").is_err() && Name::new("abcd").is_err() && "x".parse::<Code>().is_err();
    if fine && refused { Ok(()) } else { Err("a value is taken or refused wrongly".to_owned()) }
}
