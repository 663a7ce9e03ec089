//! Empty elements have the values of their declarations; wrong fixed ones are noted by a lenient reader.

use super::test::Order;
use oxws::rt::{Decimal, Document};

pub fn check() -> Result<(), String> {
    let text = b"<Order xmlns='urn:t'><Count/><Unit></Unit><Version>2</Version><Price currency='x'/></Order>";
    let read = Order::from_xml_lenient(text).map_err(|error| error.to_string())?;
    let order = &read.value;
    let unit = order.unit.as_ref().is_some_and(|unit| unit.is_implied() && unit.as_str() == "piece");
    let price = order.price.first().is_some_and(|price| price.value == Decimal::from(0));
    if *order.count != 1 || !order.count.is_implied() || !unit || !price {
        return Err(format!("{order:?}"));
    }
    let notes: Vec<&str> = read.notes.iter().map(|note| &*note.message).collect();
    if notes != ["The value of the 'Version' element does not equal its fixed value '1.0'."] {
        return Err(format!("{notes:?}"));
    }
    let written = Order::new(5.into()).to_xml().map_err(|error| error.to_string())?;
    let written = String::from_utf8_lossy(&written);
    if written.contains("<t:Count>5</t:Count>") { Ok(()) } else { Err(written.into_owned()) }
}
