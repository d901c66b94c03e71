//! Everything the sandbox invents comes out of the seed: identifiers, secrets, and which of two spellings is used.

use ring::digest::{SHA256, digest};
use uuid::{Builder, Uuid};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// Thirty-two bytes that depend on the seed and on every part, and on where one part ends and the next begins.
    pub(crate) fn bytes(self, parts: &[&str]) -> [u8; 32] {
        let mut text = self.0.to_be_bytes().to_vec();
        for part in parts {
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, &text).as_ref());
        bytes
    }

    /// A UUID in the look of version 4.
    pub(crate) fn uuid(self, parts: &[&str]) -> Uuid {
        let bytes = self.bytes(parts);
        let mut half = [0; 16];
        half.copy_from_slice(&bytes[..16]);
        Builder::from_random_bytes(half).into_uuid()
    }

    /// `length` (at most 64) hexadecimal digits.
    pub(crate) fn hex(self, parts: &[&str], length: usize) -> String {
        let mut text = hex(&self.bytes(parts));
        text.truncate(length);
        text
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// SHA-256 of a body, as every `digest` of the world is written.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Seed(1).uuid(&["ab", "c"]), Seed(1).uuid(&["a", "bc"]));
        assert_ne!(Seed(1).uuid(&["ab"]), Seed(2).uuid(&["ab"]));
        assert_eq!(Seed(1).uuid(&["ab"]), Seed(1).uuid(&["ab"]));
        assert_eq!(Seed(1).uuid(&["ab"]).get_version_num(), 4);
    }

    /// The digest of the empty message, FIPS 180-4.
    #[test]
    fn digest_is_sha256() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
