//! Names of transactions and dialogs: what we make up so that it can be found without searching, and what peers made up.

use std::hash::Hasher;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How a branch begins that names a transaction by itself. RFC 3261 §8.1.1.7
pub(crate) const COOKIE: &str = "z9hG4bK";

/// A short ASCII text on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ascii<const N: usize>([u8; N]);

impl<const N: usize> Ascii<N> {
    /// The text.
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever written.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// A text that was written down. None if it is of another length or not ASCII.
    pub fn read(text: &str) -> Option<Self> {
        text.is_ascii().then_some(Self(text.as_bytes().try_into().ok()?))
    }
}

/// The branch of a request of ours: names the transaction, and proves that we named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Where the transaction is found.
    pub id: u64,
    /// The branch parameter.
    pub text: Ascii<39>,
}

/// A local tag: names the usage, with 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Where the usage is found.
    pub id: u64,
    /// The tag parameter.
    pub text: Ascii<48>,
}

/// Makes names that nobody can guess, and hashes that nobody can steer.
#[derive(Debug)]
pub struct Namer {
    rng: ChaCha12Rng,
    key: [u64; 2],
}

impl Namer {
    /// `seed` must come from the system's random source.
    pub fn new(seed: [u8; 32]) -> Self {
        let mut rng = ChaCha12Rng::from_seed(seed);
        let key = [rng.next_u64(), rng.next_u64()];
        Self { rng, key }
    }

    /// A branch for the transaction `id`.
    pub fn branch(&mut self, id: u64) -> Branch {
        let random = self.rng.next_u64();
        let mut text = [0; 39];
        text[..7].copy_from_slice(COOKIE.as_bytes());
        write_hex(&mut text[7..23], id ^ self.mask(random));
        write_hex(&mut text[23..], random);
        Branch { id, text: Ascii(text) }
    }

    /// The transaction that a branch parameter names, if `branch` made it. The whole text is to be compared then.
    pub fn branch_id(&self, branch: &str) -> Option<u64> {
        let hex = branch.strip_prefix(COOKIE)?;
        Some(read_hex(hex.get(..16)?)? ^ self.mask(read_hex(hex.get(16..)?)?))
    }

    /// A local tag for the usage `id`.
    pub fn tag(&mut self, id: u64) -> Tag {
        let random = self.rng.next_u64();
        let mut text = [0; 48];
        write_hex(&mut text[..16], id ^ self.mask(random));
        write_hex(&mut text[16..32], random);
        write_hex(&mut text[32..], self.rng.next_u64());
        Tag { id, text: Ascii(text) }
    }

    /// The usage that a tag parameter names, if `tag` made it. The whole text is to be compared then.
    pub fn tag_id(&self, tag: &str) -> Option<u64> {
        if tag.len() != 48 {
            return None;
        }
        Some(read_hex(tag.get(..16)?)? ^ self.mask(read_hex(tag.get(16..32)?)?))
    }

    /// Hides in a name how many there were before it.
    fn mask(&self, random: u64) -> u64 {
        mix(random ^ self.key[0])
    }

    /// 128 random bits as text: a Call-ID, or the tag of a request outside a dialog.
    pub fn token(&mut self) -> Ascii<32> {
        hex128(self.rng.next_u64(), self.rng.next_u64())
    }

    /// A number from 0 to `max`, evenly enough.
    pub fn up_to(&mut self, max: u32) -> u32 {
        let span = u64::from(max) + 1;
        u32::try_from(self.rng.next_u64() % span).unwrap_or(max)
    }

    /// A keyed hash of some texts, each apart from the next. Nobody without the key can make two of them collide.
    pub fn hash(&self, parts: &[&[u8]]) -> u64 {
        hash(self.key[0], parts)
    }

    /// A tag that depends on `parts` alone: the same for each copy of a request answered without state. RFC 3261 §8.2.7
    pub fn stateless_tag(&self, parts: &[&[u8]]) -> Ascii<32> {
        hex128(hash(self.key[0], parts), hash(self.key[1], parts))
    }
}

fn hash(key: u64, parts: &[&[u8]]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write_u64(key);
    for part in parts {
        hasher.write(part);
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

fn hex128(high: u64, low: u64) -> Ascii<32> {
    let mut text = [0; 32];
    write_hex(&mut text[..16], high);
    write_hex(&mut text[16..], low);
    Ascii(text)
}

/// The finalizer of splitmix64, by Sebastiano Vigna, public domain.
fn mix(random: u64) -> u64 {
    let z = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn write_hex(out: &mut [u8], value: u64) {
    let mut rest = value;
    for digit in out.iter_mut().rev() {
        *digit = b"0123456789abcdef"[usize::try_from(rest & 15).unwrap_or_default()];
        rest >>= 4;
    }
}

fn read_hex(text: &str) -> Option<u64> {
    if text.len() != 16 {
        return None;
    }
    text.bytes().try_fold(0_u64, |value, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        Some((value << 4) | u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_are_not_taken_for_ours() {
        let mut namer = Namer::new([7; 32]);
        let (branch, tag) = (namer.branch(42), namer.tag(u64::MAX));
        assert_eq!(namer.branch_id(branch.text.as_str()), Some(42));
        assert_eq!(namer.tag_id(tag.text.as_str()), Some(u64::MAX));
        for other in [
            "",
            "z9hG4bK",
            "z9hG4bKnashds8",
            "1928301774",
            "z9hG4bK\u{e9}\u{e9}",
            "ggggggggggggggggggggggggggggggggggggggggggggggggg",
        ] {
            assert_eq!(namer.branch_id(other), None);
            assert_eq!(namer.tag_id(other), None);
        }
        assert_ne!(namer.token(), namer.token());
    }

    #[test]
    fn stateless_tags_repeat_and_parts_do_not_run_together() {
        let namer = Namer::new([7; 32]);
        assert_eq!(namer.stateless_tag(&[b"a", b"b"]), namer.stateless_tag(&[b"a", b"b"]));
        assert_ne!(namer.stateless_tag(&[b"ab", b""]), namer.stateless_tag(&[b"a", b"b"]));
        assert_ne!(namer.hash(&[b"a"]), Namer::new([8; 32]).hash(&[b"a"]));
    }
}
