//! What logins, addresses and SIDs may look like.

use super::AccountError;
use crate::contacts::TEXT_LIMIT;

/// Characters of a name, at most.
const LONGEST: usize = 320;

/// Refuses what cannot be signed in with: a colon ends the name in HTTP Basic.
pub(super) fn login(login: &str) -> Result<(), AccountError> {
    let bad = |c: char| c == ':' || c.is_control();
    if login.is_empty() || login.trim() != login || login.contains(bad) || login.chars().count() > LONGEST {
        return Err(AccountError::Invalid(format!("{login:?} cannot be a login")));
    }
    Ok(())
}

/// Refuses what is no e-mail address.
pub(super) fn smtp(address: &str) -> Result<(), AccountError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
    let parts = address.split_once('@');
    let good = parts.is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !address.contains(bad)
    });
    if !good || address.chars().count() > LONGEST {
        return Err(AccountError::Invalid(format!("{address:?} is no e-mail address")));
    }
    Ok(())
}

/// Refuses what cannot be shown as a name, in one line.
pub(super) fn display(name: &str) -> Result<(), AccountError> {
    if name.trim().is_empty() || name.contains(char::is_control) || name.chars().count() > TEXT_LIMIT {
        return Err(AccountError::Invalid(format!("{name:?} cannot be a name")));
    }
    Ok(())
}

/// Refuses what is no security identifier.
pub(super) fn sid(sid: &str) -> Result<(), AccountError> {
    let rest = sid.strip_prefix("S-1-").or_else(|| sid.strip_prefix("s-1-"));
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if rest.is_some_and(|rest| rest.split('-').all(number)) && sid.len() <= 184 {
        return Ok(());
    }
    Err(AccountError::Invalid(format!("{sid:?} is no security identifier such as S-1-5-21-1-2-3-1001")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in ["", " jane", "a:b", "a\nb", &"x".repeat(321)] {
            assert!(login(bad).is_err(), "{bad}");
        }
        assert!(login("EXAMPLE\\jane").is_ok());
        for bad in ["", "jane", "@example.org", "jane@", "a b@example.org", "a@b@c", "<a@b>"] {
            assert!(smtp(bad).is_err(), "{bad}");
        }
        assert!(smtp("o'brien+x@example.org").is_ok());
        for bad in ["", "  ", "a\nb", &"x".repeat(1025)] {
            assert!(display(bad).is_err(), "{bad}");
        }
        assert!(display("Staff (all)").is_ok());
        for bad in ["", "S-1-", "S-1-5-", "S-2-5", "S-1-x"] {
            assert!(sid(bad).is_err(), "{bad}");
        }
        assert!(sid("S-1-5-21-1-2-3-1001").is_ok());
    }
}
