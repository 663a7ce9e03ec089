//! A value that holds others which are large holds them behind a pointer.

use super::test::{Address, Contract, Person};

pub(crate) fn check() -> Result<(), String> {
    let contract = Contract::new(Person::default());
    let sizes = (size_of::<Address>(), size_of::<Person>(), size_of_val(&contract));
    if sizes.1 > 5 * sizes.0 && sizes.2 < sizes.1 { Ok(()) } else { Err(format!("{sizes:?}")) }
}
