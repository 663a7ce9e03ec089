//! The token that ties a login to the TLS channel: `tls-server-end-point` of RFC 5929.

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::messages::{Hash, channel_hash};

/// Parts of the object identifiers of signature and hash algorithms, by which a certificate tells its hash.
const SHA_384: &[&[u8]] = &[
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c], // RSA
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],       // ECDSA
    &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02], // the hash itself, for RSA-PSS
];
const SHA_512: &[&[u8]] = &[
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04],
    &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
];

/// The hash of the channel to a server with this certificate.
pub(super) fn of_certificate(der: &[u8]) -> Hash {
    let algorithm = signature_algorithm(der).unwrap_or_default();
    let names =
        |known: &[&[u8]]| known.iter().any(|oid| algorithm.windows(oid.len()).any(|window| window == *oid));
    // MD5 and SHA-1 count as SHA-256 too.
    let hash = match () {
        () if names(SHA_384) => Sha384::digest(der).to_vec(),
        () if names(SHA_512) => Sha512::digest(der).to_vec(),
        () => Sha256::digest(der).to_vec(),
    };
    channel_hash(&[b"tls-server-end-point:", &hash[..]].concat())
}

/// The second child of the certificate.
fn signature_algorithm(der: &[u8]) -> Option<&[u8]> {
    let (certificate, _) = value(der)?;
    let (_, rest) = value(certificate)?;
    value(rest).map(|(algorithm, _)| algorithm)
}

/// Content of the first DER value, and what follows it.
fn value(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = der.get(1..)?.split_first()?;
    let (length, rest) = match usize::from(length) {
        short @ ..0x80 => (short, rest),
        long => {
            let (bytes, rest) = rest.split_at_checked(long - 0x80).filter(|(bytes, _)| bytes.len() <= 4)?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};

    use super::*;

    #[test]
    fn the_hash_is_the_one_that_the_certificate_is_signed_with() {
        let certificate = |algorithm| {
            let key = KeyPair::generate_for(algorithm).unwrap();
            CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap()
        };
        let token = |hash: &[u8]| channel_hash(&[b"tls-server-end-point:", hash].concat());
        let signed = certificate(&PKCS_ECDSA_P256_SHA256);
        assert_eq!(of_certificate(signed.der()), token(&Sha256::digest(signed.der())));
        let signed = certificate(&PKCS_ECDSA_P384_SHA384);
        assert_eq!(of_certificate(signed.der()), token(&Sha384::digest(signed.der())));
        assert_eq!(of_certificate(b"junk"), token(&Sha256::digest(b"junk")));
    }
}
