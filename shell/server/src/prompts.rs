//! Prompts: sound rendered once from a text or a file, kept on the disk by what it was rendered from.

use phone::id::PromptKey;
use sha2::{Digest as _, Sha256};

/// Names what is rendered from a text in a language: the same text has the same name everywhere.
pub fn key_of_text(language: &str, text: &str) -> PromptKey {
    key_of(&[b"text", language.to_ascii_lowercase().as_bytes(), text.as_bytes()])
}

/// Names what is rendered from a file.
pub fn key_of_file(bytes: &[u8]) -> PromptKey {
    key_of(&[b"file", bytes])
}

fn key_of(parts: &[&[u8]]) -> PromptKey {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = hash;
    PromptKey(uuid::Builder::from_custom_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]).into_uuid())
}
