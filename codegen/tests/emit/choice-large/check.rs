//! Reading one of many large alternatives takes the room of one on the stack, also where nothing is optimized.

use super::test::Element;
use oxws::rt::Document;

pub(crate) fn check() -> Result<(), String> {
    let read = || {
        Element::from_xml(b"<Party xmlns='urn:t'><TenthFriend/></Party>").map(drop).map_err(|error| error.to_string())
    };
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(read).map_err(|error| error.to_string())?;
    thread.join().unwrap_or_else(|_| Err("it panicked".to_owned()))
}
