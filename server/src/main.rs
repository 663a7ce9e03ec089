//! The binary `ucs`.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
