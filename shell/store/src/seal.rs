//! Secrets at rest: sealed with a key that lies outside the database, so that a copy of the database alone shows none.

use std::io::Write as _;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use crate::error::OpenError;

const KEY_LEN: usize = 32;
/// The first byte of every sealed value, so that a later scheme can be told apart.
const SCHEME: u8 = 1;

/// Seals and opens secrets; each is bound to the object that it belongs to.
pub struct Seal {
    key: RandomizedNonceKey,
}

impl Seal {
    /// Reads the key file, or makes one, readable by its owner only.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let key_file = |source| OpenError::KeyFile { path: path.to_owned(), source };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => create_key(path).map_err(key_file)?,
            Err(error) => return Err(key_file(error)),
        };
        let damaged = || OpenError::KeyFileDamaged { path: path.to_owned() };
        if bytes.len() != KEY_LEN {
            return Err(damaged());
        }
        Self::of(&bytes).ok_or_else(damaged)
    }

    /// With this key; none if it has another length than keys have.
    pub fn of(key: &[u8]) -> Option<Self> {
        Some(Self { key: RandomizedNonceKey::new(&AES_256_GCM, key).ok()? })
    }

    /// With a new key; none if the system has no random numbers.
    pub fn fresh() -> Option<(Vec<u8>, Self)> {
        let key = new_key()?;
        let seal = Self::of(&key)?;
        Some((key, seal))
    }

    /// Seals `secret` for the object named by `owner`.
    pub fn seal(&self, owner: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
        let mut sealed = secret.to_vec();
        let nonce = self.key.seal_in_place_append_tag(Aad::from(owner), &mut sealed).ok()?;
        let mut out = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
        out.push(SCHEME);
        out.extend_from_slice(nonce.as_ref());
        out.extend_from_slice(&sealed);
        Some(out)
    }

    /// Opens what was sealed for the same owner; none if key, owner or bytes are not the same.
    pub fn open_sealed(&self, owner: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (&scheme, rest) = sealed.split_first()?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
        if scheme != SCHEME {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let opened = self.key.open_in_place(nonce, Aad::from(owner), &mut body).ok()?;
        Some(opened.to_vec())
    }
}

fn create_key(path: &Path) -> std::io::Result<Vec<u8>> {
    let key = new_key().ok_or_else(|| std::io::Error::other("no random numbers from the system"))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}

fn new_key() -> Option<Vec<u8>> {
    let mut key = vec![0; KEY_LEN];
    aws_lc_rs::rand::fill(&mut key).ok()?;
    Some(key)
}
