//! The binary `ucs`.

fn main() -> std::process::ExitCode {
    ucs::cli::main()
}
