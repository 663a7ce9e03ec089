//! The operations as a client sees them: envelopes in, envelopes out, on lists in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod cache;
mod contacts;
mod extended;
mod foreign;
mod groups;
mod identity;
mod ids;
mod people;
mod personas;
mod reading;
mod site;
mod underway;
mod xml;
