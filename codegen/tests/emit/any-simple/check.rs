//! Values of built-in types go in and come out.

use super::test::Facts;
use oxws::rt::{AnySimple, Decimal, Document};

pub fn check() -> Result<(), String> {
    let price = Decimal::new("1.50").and_then(|price| AnySimple::of(&price)).map_err(|e| e.to_string())?;
    let facts = Facts { fact: vec![price, "free".into()], ..Facts::default() };
    let written = facts.to_xml().map_err(|error| error.to_string())?;
    let again = Facts::from_xml(&written).map_err(|error| error.to_string())?;
    let price: Decimal = again.fact[0].parse().map_err(|error| error.to_string())?;
    if again != facts || price.as_str() != "1.50" || again.fact[1].xsi_type.is_some() {
        return Err(format!("{}\n{again:?}", String::from_utf8_lossy(&written)));
    }
    Ok(())
}
