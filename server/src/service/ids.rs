//! Ids and change keys as clients see them (UCS K1 to K3).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::accounts::MailboxId;
use crate::contacts::ItemId;

/// Written first, so that a later layout can be told from this one.
const LAYOUT: u8 = 1;
/// Bytes of the layout, the kind, the mailbox and the item.
const NAMED: usize = 1 + 1 + 16 + 8;
/// Bytes of the code that keeps them from being altered or made up.
const CODE: usize = 16;
/// The class of contacts and of groups in change keys (UCS K3).
const CONTACT_CLASS: u32 = 0x11;
const GROUP_CLASS: u32 = 0x12;
/// The change key of every group (UCS K3).
pub(super) const GROUP_CHANGE_KEY: &str = "EgAAAA==";

/// What an id names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A contact.
    Contact,
    /// A group.
    Group,
    /// The persona of a contact.
    Persona,
    /// The folder QuickContacts of the mailbox.
    Folder,
    /// An entry of the directory, as the mailbox sees it.
    Entry,
    /// The persona of an entry of the directory.
    EntryPersona,
}

impl Kind {
    const ALL: [Kind; 6] =
        [Kind::Contact, Kind::Group, Kind::Persona, Kind::Folder, Kind::Entry, Kind::EntryPersona];

    fn number(self) -> u8 {
        match self {
            Kind::Contact => 1,
            Kind::Group => 2,
            Kind::Persona => 3,
            Kind::Folder => 4,
            Kind::Entry => 5,
            Kind::EntryPersona => 6,
        }
    }
}

/// Why an id is none of this server's (UCS K2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IdError {
    /// It is empty.
    Empty,
    /// It was not given by this server, or was altered.
    Malformed,
    /// It is of that other mailbox.
    Foreign(MailboxId),
}

/// Makes and reads ids: the mailbox, the item, and a code over both, by a key that is kept with the data (UCS K1).
#[derive(Clone)]
pub struct Ids {
    keyed: Hmac<Sha256>,
}

impl Ids {
    /// With the key of a store.
    pub fn new(key: &[u8; 32]) -> Ids {
        let mut block = [0; 64];
        block[..32].copy_from_slice(key);
        Ids { keyed: Hmac::new(&block.into()) }
    }

    /// The id of an item: 56 characters of base64.
    pub fn encode(&self, mailbox: MailboxId, kind: Kind, item: ItemId) -> String {
        let mut bytes = [0; NAMED + CODE];
        bytes[0] = LAYOUT;
        bytes[1] = kind.number();
        bytes[2..18].copy_from_slice(&mailbox.0);
        bytes[18..NAMED].copy_from_slice(&item.0.to_be_bytes());
        let code = self.code(&bytes[..NAMED]).finalize().into_bytes();
        bytes[NAMED..].copy_from_slice(&code[..CODE]);
        STANDARD.encode(bytes)
    }

    /// Reads an id that `mailbox` is asked about.
    ///
    /// # Errors
    /// When the id is not of this mailbox.
    pub fn decode(&self, mailbox: MailboxId, id: &str) -> Result<(Kind, ItemId), IdError> {
        if id.is_empty() {
            return Err(IdError::Empty);
        }
        let mut bytes = [0; NAMED + CODE];
        if STANDARD.decode_slice(id, &mut bytes) != Ok(bytes.len()) {
            return Err(IdError::Malformed);
        }
        let (named, code) = bytes.split_at(NAMED);
        self.code(named).verify_truncated_left(code).map_err(|_| IdError::Malformed)?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.number() == named[1]);
        let (Some(kind), LAYOUT) = (kind, named[0]) else { return Err(IdError::Malformed) };
        let (mut owner, mut item) = ([0; 16], [0; 8]);
        owner.copy_from_slice(&named[2..18]);
        item.copy_from_slice(&named[18..]);
        match MailboxId(owner) == mailbox {
            true => Ok((kind, ItemId(u64::from_be_bytes(item)))),
            false => Err(IdError::Foreign(MailboxId(owner))),
        }
    }

    fn code(&self, named: &[u8]) -> Hmac<Sha256> {
        let mut code = self.keyed.clone();
        code.update(named);
        code
    }
}

impl fmt::Debug for Ids {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ids").finish_non_exhaustive()
    }
}

/// The change key of a contact: its class, and 22 bytes that stay as long as it does (UCS K3).
pub(super) fn contact_change_key(mailbox: MailboxId, item: ItemId) -> String {
    let mut bytes = [0; 4 + 4 + 22];
    bytes[..4].copy_from_slice(&CONTACT_CLASS.to_le_bytes());
    bytes[4..8].copy_from_slice(&22_u32.to_le_bytes());
    bytes[8..24].copy_from_slice(&mailbox.0);
    bytes[24..].copy_from_slice(&item.0.to_be_bytes()[2..]);
    STANDARD.encode(bytes)
}

/// Whether a change key has the layout of one (UCS K3). It need not be current.
pub(super) fn is_change_key(text: &str) -> bool {
    let Ok(bytes) = STANDARD.decode(text) else { return false };
    let Some((class, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let known = matches!(u32::from_le_bytes(*class), CONTACT_CLASS | GROUP_CLASS);
    known
        && match rest.split_first_chunk::<4>() {
            None => rest.is_empty(),
            Some((length, rest)) => usize::try_from(u32::from_le_bytes(*length)) == Ok(rest.len()),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAILBOX: MailboxId = MailboxId([7; 16]);
    const OTHER: MailboxId = MailboxId([8; 16]);

    fn ids() -> Ids {
        Ids::new(&[42; 32])
    }

    /// UCS K1: base64 without anything that XML escapes, at most 512 characters, and as it was after reading.
    #[test]
    fn ids_are_read_as_they_were_made() {
        for kind in Kind::ALL {
            for item in [0, 1, u64::MAX] {
                let id = ids().encode(MAILBOX, kind, ItemId(item));
                assert_eq!(id.len(), 56);
                assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b)), "{id}");
                assert_eq!(ids().decode(MAILBOX, &id), Ok((kind, ItemId(item))));
            }
        }
    }

    /// UCS K1: no bit of an id can be altered, and another server's key makes no ids for this one.
    #[test]
    fn altered_and_made_up_ids_are_malformed() {
        let id = ids().encode(MAILBOX, Kind::Contact, ItemId(77));
        let bytes = STANDARD.decode(&id).unwrap_or_default();
        for bit in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                ids().decode(MAILBOX, &STANDARD.encode(altered)),
                Err(IdError::Malformed),
                "bit {bit}"
            );
        }
        let made_up = Ids::new(&[43; 32]).encode(MAILBOX, Kind::Contact, ItemId(77));
        assert_eq!(ids().decode(MAILBOX, &made_up), Err(IdError::Malformed));
        assert_eq!(ids().decode(MAILBOX, &id.to_lowercase()), Err(IdError::Malformed));
    }

    /// UCS K2.
    #[test]
    fn what_is_no_id_of_the_mailbox_says_why() {
        let id = ids().encode(MAILBOX, Kind::Contact, ItemId(77));
        assert_eq!(ids().decode(MAILBOX, ""), Err(IdError::Empty));
        assert_eq!(ids().decode(OTHER, &id), Err(IdError::Foreign(MAILBOX)));
        for text in ["?", "AAMk", "====", &id[1..], &format!("{id}A"), &format!(" {id}"), "ü"] {
            assert_eq!(ids().decode(MAILBOX, text), Err(IdError::Malformed), "{text}");
        }
    }

    /// UCS K3.
    #[test]
    fn change_keys_have_a_class_and_perhaps_a_counted_rest() {
        assert!(is_change_key(GROUP_CHANGE_KEY));
        let of_contact = contact_change_key(MAILBOX, ItemId(5));
        assert!(of_contact.starts_with("EQAAABYAAA"), "{of_contact}");
        assert!(is_change_key(&of_contact));
        for wrong in ["", "EgAAA", "EwAAAA==", "EQAAABYAAAA=", "EQAA", "EQAAAAA=", "no key"] {
            assert!(!is_change_key(wrong), "{wrong}");
        }
    }
}
