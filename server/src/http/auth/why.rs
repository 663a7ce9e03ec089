//! `Why`: for what reason a sign-in was refused. Only the log has it: who is refused learns nothing of accounts.

use std::fmt;

/// Characters of a name in a line of the log.
const LONGEST: usize = 100;

/// Why a caller has not shown who it is. It holds nothing that was given as a login or a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::http) enum Why {
    /// It sent nothing to sign in with, as clients do first.
    Nothing,
    /// It sent two things.
    Twice,
    /// It signs in otherwise than is taken here.
    OtherScheme,
    /// What it sent is not what Basic is.
    NoBasic,
    /// Nobody is called so.
    NoSuchLogin,
    /// The password is another.
    Password,
    /// The account has none.
    NoPassword,
    /// The account is disabled.
    Disabled,
    /// What is wrong with the token.
    Token(&'static str),
    /// The header of the proxy names nobody.
    ProxyHeader,
    /// A token or the proxy names somebody without an account.
    NoAccount(String),
}

impl Why {
    /// What to log; nothing of callers who have not tried yet.
    pub(in crate::http) fn told(&self) -> Option<String> {
        (*self != Why::Nothing).then(|| self.to_string())
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Nothing => "nothing was sent to sign in with",
            Why::Twice => "there is more than one Authorization",
            Why::OtherScheme => "the Authorization is of no kind that is taken here",
            Why::NoBasic => "the Authorization is not what Basic is",
            Why::NoSuchLogin => "no account has that login",
            Why::Password => "the password is wrong",
            Why::NoPassword => "the account has no password (ucs user passwd gives it one)",
            Why::Disabled => "the account is disabled",
            Why::Token(what) => return write!(f, "the token {what}"),
            Why::ProxyHeader => "the header of the proxy is there twice, or names nobody",
            Why::NoAccount(login) => {
                let login: String = login.chars().take(LONGEST).collect();
                return write!(f, "no account has the login {login:?}");
            }
        })
    }
}
