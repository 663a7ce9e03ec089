//! Reads XML documents to types and writes them back: `cargo run --example roundtrip -- --help`.

fn main() -> std::process::ExitCode {
    oxws::roundtrip::main::<{{ident}}::GlobalElement>()
}
