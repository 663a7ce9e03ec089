//! The messages of NTLM version 2 (MS-NLMP): what a client writes, and what it reads.
//!
//! Written here because no library would do: `sspi` needs pre-release versions of cryptographic crates that no other
//! crate of a program may then have, and others know neither the integrity code nor channel bindings, which servers
//! demand today. Signing and sealing are not in here, since HTTP uses neither.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md4::{Digest as _, Md4};
use md5::Md5;

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

const UNICODE: u32 = 1;
const REQUEST_TARGET: u32 = 1 << 2;
const NTLM: u32 = 1 << 9;
const ALWAYS_SIGN: u32 = 1 << 15;
const EXTENDED_SECURITY: u32 = 1 << 19;
const TARGET_INFO: u32 = 1 << 23;
const VERSION: u32 = 1 << 25;
const KEY_128: u32 = 1 << 29;
const KEY_56: u32 = 1 << 31;
const FLAGS: u32 = UNICODE
    | REQUEST_TARGET
    | NTLM
    | ALWAYS_SIGN
    | EXTENDED_SECURITY
    | TARGET_INFO
    | VERSION
    | KEY_128
    | KEY_56;

/// Version of the operating system, which servers ignore: Windows 10, revision 15 of NTLM.
const OS_VERSION: [u8; 8] = [10, 0, 0, 0, 0, 0, 0, 15];

/// Ids of attributes in the target information.
const END: u16 = 0;
const ATTRIBUTE_FLAGS: u16 = 6;
const TIMESTAMP: u16 = 7;
const TARGET_NAME: u16 = 9;
const CHANNEL_BINDINGS: u16 = 10;

/// The flag among the attributes that says that there is an integrity code.
const HAS_MIC: u32 = 2;

/// Length of the authenticate message before its payload.
const AUTHENTICATE_HEAD: usize = 88;
const MIC_AT: usize = 72;

pub(super) type Hash = [u8; 16];

/// A user, with the key made of the password instead of the password.
#[derive(Clone)]
pub(in crate::client) struct Login {
    domain: String,
    user: String,
    key: Hash,
}

impl Login {
    /// `DOMAIN\user`, `user@domain.example`, or a plain name of the server's own domain.
    pub(in crate::client) fn new(user: &str, password: &str) -> Login {
        let (domain, user) = user.split_once('\\').unwrap_or(("", user));
        let secret: Hash = Md4::digest(utf16(password)).into();
        let key = hmac(&secret, &[&utf16(&upper(user)), &utf16(domain)]);
        Login { domain: domain.to_owned(), user: user.to_owned(), key }
    }
}

/// What differs from handshake to handshake.
pub(super) struct Circumstances<'a> {
    /// Name of the service: `HTTP/mail.example.org`.
    pub(super) service: &'a str,
    /// Hash of the TLS channel, see [`channel_hash`].
    pub(super) channel: Option<Hash>,
    /// Time as a Windows file time, for servers that do not tell theirs.
    pub(super) time: u64,
    /// Random.
    pub(super) nonce: [u8; 8],
}

/// The first message.
pub(super) fn negotiate() -> Vec<u8> {
    let mut message = head(1);
    message.extend(FLAGS.to_le_bytes());
    // Neither domain nor workstation.
    message.extend([0; 16]);
    message.extend(OS_VERSION);
    message
}

/// What the second message says.
pub(super) struct Challenge<'a> {
    message: &'a [u8],
    flags: u32,
    nonce: [u8; 8],
    target: &'a [u8],
}

impl<'a> Challenge<'a> {
    /// Reads the second message; `None` when it is none.
    pub(super) fn parse(message: &'a [u8]) -> Option<Challenge<'a>> {
        if message.get(..12)? != head(2) {
            return None;
        }
        let flags = u32::from_le_bytes(*message.get(20..)?.first_chunk()?);
        let nonce = *message.get(24..)?.first_chunk()?;
        let target = if flags & TARGET_INFO == 0 { &[][..] } else { field(message, 40)? };
        Some(Challenge { message, flags, nonce, target })
    }

    /// The attributes of the target information; what is malformed ends them.
    fn attributes(&self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let mut rest = self.target;
        std::iter::from_fn(move || {
            let id = u16::from_le_bytes(*rest.first_chunk()?);
            let length = u16::from_le_bytes(*rest.get(2..)?.first_chunk()?);
            let value = rest.get(4..)?.get(..usize::from(length))?;
            rest = &rest[4 + value.len()..];
            (id != END).then_some((id, value))
        })
    }
}

/// The third message. `first` is what [`negotiate`] wrote.
pub(super) fn authenticate(
    login: &Login,
    first: &[u8],
    challenge: &Challenge<'_>,
    circumstances: &Circumstances<'_>,
) -> Vec<u8> {
    let server_time = challenge.attributes().find(|(id, _)| *id == TIMESTAMP).map(|(_, value)| value);
    let own_time = circumstances.time.to_le_bytes();
    let target = target(challenge, circumstances, server_time.is_some());
    let blob = [
        &[1, 1, 0, 0, 0, 0, 0, 0],
        server_time.unwrap_or(&own_time),
        &circumstances.nonce,
        &[0; 4],
        &target,
        &[0; 4],
    ]
    .concat();
    let proof = hmac(&login.key, &[&challenge.nonce, &blob]);
    let session_key = hmac(&login.key, &[&proof]);
    let lm = match server_time {
        Some(_) => vec![0; 24],
        None => {
            let hash = hmac(&login.key, &[&challenge.nonce, &circumstances.nonce]);
            [&hash[..], &circumstances.nonce].concat()
        }
    };
    let nt = [&proof[..], &blob].concat();
    let (domain, user) = (utf16(&login.domain), utf16(&login.user));
    // In this order: LM and NT response, domain, user, workstation, session key.
    let payload: [&[u8]; 6] = [&lm, &nt, &domain, &user, &[], &[]];

    let mut message = head(3);
    let mut offset = AUTHENTICATE_HEAD;
    for part in payload {
        // The length of a field has 16 bits. What does not fit is cut, and refused by the server.
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX).to_le_bytes();
        let place = u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes();
        message.extend([&length[..], &length, &place].concat());
        offset += part.len();
    }
    message.extend((FLAGS & challenge.flags).to_le_bytes());
    message.extend(OS_VERSION);
    message.extend([0; 16]);
    message.extend(payload.concat());
    let mic = hmac(&session_key, &[first, challenge.message, &message]);
    message[MIC_AT..AUTHENTICATE_HEAD].copy_from_slice(&mic);
    message
}

/// The target information as the client sends it back, with what it adds.
fn target(challenge: &Challenge<'_>, circumstances: &Circumstances<'_>, mic: bool) -> Vec<u8> {
    let own = [ATTRIBUTE_FLAGS, TARGET_NAME, CHANNEL_BINDINGS];
    let mut target = Vec::with_capacity(challenge.target.len() + 96);
    let mut add = |id: u16, value: &[u8]| {
        if let Ok(length) = u16::try_from(value.len()) {
            target.extend([&id.to_le_bytes()[..], &length.to_le_bytes(), value].concat());
        }
    };
    let mut flags = 0;
    for (id, value) in challenge.attributes() {
        if id == ATTRIBUTE_FLAGS {
            flags = value.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        }
        if !own.contains(&id) {
            add(id, value);
        }
    }
    flags |= if mic { HAS_MIC } else { 0 };
    if flags != 0 {
        add(ATTRIBUTE_FLAGS, &flags.to_le_bytes());
    }
    add(TARGET_NAME, &utf16(circumstances.service));
    add(CHANNEL_BINDINGS, &circumstances.channel.unwrap_or_default());
    add(END, &[]);
    target
}

/// The hash by which a server that demands extended protection recognizes the TLS channel; made of the token of the
/// binding type `tls-server-end-point` (RFC 5929).
pub(super) fn channel_hash(token: &[u8]) -> Hash {
    // No addresses of either side, then the length of the token.
    let length = u32::try_from(token.len()).unwrap_or(u32::MAX).to_le_bytes();
    Md5::digest([&[0; 16], &length[..], token].concat()).into()
}

fn head(kind: u32) -> Vec<u8> {
    [&SIGNATURE[..], &kind.to_le_bytes()].concat()
}

/// The bytes that the length and offset at `at` describe.
fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    let length = u16::from_le_bytes(*message.get(at..)?.first_chunk()?);
    let offset = u32::from_le_bytes(*message.get(at + 4..)?.first_chunk()?);
    message.get(usize::try_from(offset).ok()?..)?.get(..usize::from(length))
}

fn hmac(key: &Hash, parts: &[&[u8]]) -> Hash {
    // A key that is shorter than a block counts as filled up with zeros.
    let mut block = [0; 64];
    block[..16].copy_from_slice(key);
    let mut mac = Hmac::<Md5>::new(&block.into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Upper case as Windows has it: character by character.
fn upper(text: &str) -> String {
    let upper = |c: char| {
        let mut upper = c.to_uppercase();
        if upper.len() == 1 { upper.next().unwrap_or(c) } else { c }
    };
    text.chars().map(upper).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The example of MS-NLMP section 4.2.4.
    #[test]
    fn keys_and_proofs_are_those_of_the_specification() {
        let login = Login::new("Domain\\User", "Password");
        assert_eq!(hex(&login.key), "0c868a403bfd7a93a3001ef22ef02e3f");
        let challenge = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        let nonce = [0xaa; 8];
        let attribute = |id: u16, text: &str| {
            let value = utf16(text);
            [&id.to_le_bytes()[..], &(value.len() as u16).to_le_bytes(), &value].concat()
        };
        let target = [attribute(2, "Domain"), attribute(1, "Server"), attribute(0, "")].concat();
        let blob = [&[1, 1, 0, 0, 0, 0, 0, 0], &[0; 8], &nonce[..], &[0; 4], &target, &[0; 4]].concat();
        let proof = hmac(&login.key, &[&challenge, &blob]);
        assert_eq!(hex(&proof), "68cd0ab851e51c96aabc927bebef6a1c");
        assert_eq!(hex(&hmac(&login.key, &[&proof])), "8de40ccadbc14a82f15cb0ad0de95ca3");
        assert_eq!(hex(&hmac(&login.key, &[&challenge, &nonce])), "86c35097ac9cec102554764a57cccc19");
    }

    #[test]
    fn names_have_three_forms() {
        let parts = |user| {
            let login = Login::new(user, "");
            (login.domain, login.user)
        };
        assert_eq!(parts("CORP\\jane"), ("CORP".to_owned(), "jane".to_owned()));
        assert_eq!(parts("jane@corp.example"), (String::new(), "jane@corp.example".to_owned()));
        assert_eq!(parts("jane"), (String::new(), "jane".to_owned()));
        assert_eq!(upper("jürgen straße"), "JÜRGEN STRAßE");
    }

    #[test]
    fn damaged_challenges_are_refused() {
        let mut challenge = head(2);
        challenge.resize(48, 0);
        assert!(Challenge::parse(&challenge).is_some());
        challenge[20..24].copy_from_slice(&TARGET_INFO.to_le_bytes());
        challenge[40] = 200;
        assert!(Challenge::parse(&challenge).is_none());
        for length in 0..48 {
            assert!(Challenge::parse(&challenge[..length]).is_none());
        }
        assert!(Challenge::parse(&negotiate()).is_none());
    }

    #[test]
    fn malformed_attributes_end_the_list() {
        let mut message = head(2);
        message.resize(48, 0);
        message[20..24].copy_from_slice(&TARGET_INFO.to_le_bytes());
        let target = [1, 0, 2, 0, b'x', 0, 2, 0, 99, 0, b'y'];
        message[40] = target.len() as u8;
        message[44] = 48;
        message.extend(target);
        let challenge = Challenge::parse(&message).unwrap();
        assert_eq!(challenge.attributes().collect::<Vec<_>>(), [(1, &[b'x', 0][..])]);
    }
}
