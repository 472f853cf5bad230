//! What the phone in a browser registers with: a user name that says for whom and until when, and a password that follows
//! from it. Nothing is stored; a new password of the person's phones makes all of them worthless.

use hmac::{Hmac, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use uuid::Uuid;

use crate::id::{TenantId, TrunkId};
use crate::people::user::Ha1;

/// For how long they are good: a working day. The page asks for others long before.
pub const VALID: SignedDuration = SignedDuration::from_hours(8);

/// The key that passwords follow from; the same on all nodes of a server. Never printed.
#[derive(Clone)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Whose phone the browser is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A person, by extension.
    Person(String),
    /// Somebody outside who calls over this trunk.
    Outside(TrunkId),
}

/// A user name that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName {
    pub holder: Holder,
    pub expires_at: Timestamp,
}

/// Before the trunk in the name of somebody outside; no extension has letters.
const OUTSIDE: &str = "outside-";
const PASSWORD_LETTERS: usize = 26;

impl UserName {
    /// None for the name of a phone that has a password of its own.
    pub fn read(text: &str) -> Option<Self> {
        let (holder, expires_at) = text.rsplit_once('.')?;
        let holder = match holder.strip_prefix(OUTSIDE) {
            Some(trunk) => Holder::Outside(TrunkId(Uuid::try_parse(trunk).ok()?)),
            None => Holder::Person(holder.to_owned()),
        };
        let name = Self { holder, expires_at: Timestamp::from_second(expires_at.parse().ok()?).ok()? };
        // One spelling for each.
        (name.to_string() == text).then_some(name)
    }

    /// The password that goes with it. `secret` is what the person's own phones prove; none for who has no phones.
    pub fn password(&self, key: &Key, tenant: TenantId, secret: Option<&Ha1>) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key.0) else { return String::new() };
        mac.update(tenant.0.as_bytes());
        mac.update(secret.map_or(&[], |secret| secret.sha256.as_slice()));
        mac.update(self.to_string().as_bytes());
        let mut text = super::totp::base32(&mac.finalize().into_bytes());
        text.truncate(PASSWORD_LETTERS);
        text
    }

    /// Whether they are good no more.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

impl std::fmt::Display for UserName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.holder {
            Holder::Person(extension) => write!(f, "{extension}.{}", self.expires_at.as_second()),
            Holder::Outside(trunk) => write!(f, "{OUTSIDE}{}.{}", trunk.0, self.expires_at.as_second()),
        }
    }
}
