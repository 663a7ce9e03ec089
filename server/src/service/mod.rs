//! The generated operation trait on contacts and accounts.
