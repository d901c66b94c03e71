//! The key that seals credentials: 32 bytes, from the environment or a file beside the data.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret as _, SecretBox};

use super::StoreError;
use super::error::Result;
use std::sync::Arc;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const KEY_ID_BYTES: usize = 8;
/// Format of a sealed blob: version, key id, nonce, ciphertext with tag.
const VERSION: u8 = 1;

/// The sealing key; does not print itself.
#[derive(Clone)]
pub struct Key(Arc<SecretBox<[u8; KEY_BYTES]>>);

impl Key {
    /// The key of these 32 bytes in base64.
    ///
    /// # Errors
    /// Not base64, or not 32 bytes.
    pub fn of_base64(text: &str) -> Result<Self> {
        let wrong = || {
            StoreError::Other(
                "the key must be 32 bytes in base64; make one with: openssl rand -base64 32".to_owned(),
            )
        };
        let bytes = STANDARD.decode(text.trim()).map_err(|_| wrong())?;
        let bytes: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| wrong())?;
        Ok(Self(Arc::new(SecretBox::new(Box::new(bytes)))))
    }

    /// The key in the file `key` of a data folder; made at the first start, readable by its owner only.
    ///
    /// # Errors
    /// The file cannot be read or made, or holds something else.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let path = folder.join("key");
        let file = |error| StoreError::File { path: path.clone(), error };
        if !path.exists() {
            let mut bytes = [0; KEY_BYTES];
            random(&mut bytes)?;
            write_private(&path, STANDARD.encode(bytes).as_bytes()).map_err(file)?;
        }
        Self::of_base64(&std::fs::read_to_string(&path).map_err(file)?)
    }

    /// Seals bytes for one place: opened elsewhere they are refused.
    pub(super) fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| StoreError::Sealed(place.to_owned()))?;
        let mut blob = vec![VERSION];
        blob.extend(self.id());
        blob.extend(nonce);
        blob.extend(sealed);
        Ok(blob)
    }

    /// Opens what was sealed for this place.
    pub(super) fn open(&self, place: &str, blob: &[u8]) -> Result<Vec<u8>> {
        let damaged = || StoreError::Sealed(place.to_owned());
        let rest = blob.strip_prefix(&[VERSION]).ok_or_else(damaged)?;
        let (id, rest) = rest.split_at_checked(KEY_ID_BYTES).ok_or_else(damaged)?;
        if id != self.id() {
            return Err(StoreError::WrongKey);
        }
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or_else(damaged)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| damaged())?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        self.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| damaged())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose_secret().into())
    }

    /// Names the key without showing it.
    pub(super) fn name(&self) -> String {
        self.id().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn id(&self) -> [u8; KEY_ID_BYTES] {
        let digest = ring::digest::digest(
            &ring::digest::SHA256,
            &[b"key id".as_slice(), self.0.expose_secret()].concat(),
        );
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&digest.as_ref()[..KEY_ID_BYTES]);
        id
    }
}

/// Random bytes from the operating system.
pub(super) fn random(bytes: &mut [u8]) -> Result<()> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| StoreError::Other("the system gave no random bytes".to_owned()))
}

/// Writes a file that only its owner can read, whole or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let part = path.with_extension("part");
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(part, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Key::of_base64(&STANDARD.encode([byte; KEY_BYTES])).expect("key")
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_at_its_place() {
        let blob = key(1).seal("con_1", b"secret").expect("seals");
        assert_eq!(key(1).open("con_1", &blob).expect("opens"), b"secret");
        assert!(!blob.windows(6).any(|window| window == b"secret"));
        assert!(matches!(key(2).open("con_1", &blob), Err(StoreError::WrongKey)));
        assert!(matches!(key(1).open("con_2", &blob), Err(StoreError::Sealed(_))));
        let mut changed = blob.clone();
        *changed.last_mut().expect("not empty") ^= 1;
        assert!(key(1).open("con_1", &changed).is_err());
        assert!(key(1).open("con_1", &blob[..20]).is_err());
    }

    #[test]
    fn the_key_file_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("folder");
        let blob = Key::in_folder(folder.path()).expect("made").seal("x", b"1").expect("seals");
        assert_eq!(Key::in_folder(folder.path()).expect("read").open("x", &blob).expect("opens"), b"1");
        let mode = std::fs::metadata(folder.path().join("key")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
