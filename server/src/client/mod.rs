//! What the client commands do with any server that speaks the protocol.

/// Commands against any server that speaks the protocol.
#[derive(clap::Subcommand, Debug)]
pub enum Command {}

/// Runs a client command.
///
/// # Errors
/// None yet.
pub async fn run(command: Command) -> anyhow::Result<()> {
    match command {}
}
