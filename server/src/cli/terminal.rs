//! New passwords, from a terminal or the standard input.

use anyhow::{Context, Result, bail};

use crate::client::Output;

/// A new password: asked for twice, or the first line of standard input.
pub(super) fn new_password(from_stdin: bool, out: &mut Output) -> Result<String> {
    if from_stdin {
        return out.secret_line("the password");
    }
    if !out.is_interactive() {
        bail!("there is no terminal to ask for the password at; use --password-stdin");
    }
    let password = rpassword::prompt_password("New password: ").context("the password cannot be read")?;
    if password.is_empty() {
        bail!("the password is empty");
    }
    let again = rpassword::prompt_password("Again: ").context("the password cannot be read")?;
    if password != again {
        bail!("the passwords differ");
    }
    Ok(password)
}
