//! The rules of the contact list (UCS sections 3 to 6) as plain Rust.
