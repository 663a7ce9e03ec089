//! Asking at the terminal: passwords and confirmations.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail};

/// A new password: asked for twice, or the first line of standard input.
pub(super) fn new_password(from_stdin: bool) -> Result<String> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        if password.is_empty() {
            bail!("standard input has no password");
        }
        return Ok(password);
    }
    if !std::io::stdin().is_terminal() {
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

/// Whether something that cannot be undone is meant.
pub(super) fn confirm(question: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        bail!("{question} There is no terminal to ask at; --yes says so");
    }
    eprint!("{question} [y/N] ");
    std::io::stderr().flush().ok();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => bail!("nothing was changed"),
    }
}
