//! `Refusal`: why a command is not carried out.

/// Why a command is not carried out. Nothing has changed then.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The mailbox has all the groups that it may have (UCS G2).
    #[error("The IM group limit has been reached.")]
    GroupLimit,
    /// The mailbox has all the contacts that it may have (UCS P1).
    #[error("The IM contact limit has been reached.")]
    ContactLimit,
    /// There is no such contact, or it is not in that group (UCS O5, O8).
    #[error("The specified Im Contact Id is invalid.")]
    InvalidContact,
    /// There is no such group, or not one that allows this (UCS O5, O10, O11).
    #[error("The specified Im Group Id is invalid.")]
    InvalidGroup,
    /// What is to be removed, or added to, is not there (UCS O3, O4, O9, O11).
    #[error("The specified object was not found in the store.")]
    NotFound,
    /// Another group has the name (UCS O12).
    #[error("An IM group with the specified display name already exists.")]
    NameTaken,
    /// The directory has no distribution group of that address (UCS O2).
    #[error("The specified IM distribution group SMTP address is invalid.")]
    InvalidDistributionGroup,
    /// A name or an address is blank or too long to be kept.
    #[error("A name or an address is blank or longer than 1024 characters.")]
    InvalidText,
}
