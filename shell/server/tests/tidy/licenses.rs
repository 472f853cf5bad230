//! Every dependency is under a permissive license. `deny.toml` says the same to `cargo deny`.

use super::metadata::built;

/// Licenses that ask for no more than their text and a name.
const ALLOWED: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that say one license and carry another, or that bring C libraries that we do not want.
const BANNED: [&str; 4] = ["audio-codec", "g729-sys", "openssl-sys", "ring"];

#[test]
fn every_dependency_is_permissive() {
    for (name, license) in built() {
        assert!(!BANNED.contains(&name.as_str()), "{name} must not be used");
        assert!(is_allowed(&license), "{name}: license {license:?} is not on the list");
    }
}

#[test]
fn expressions_are_read_right() {
    assert!(is_allowed("MIT OR GPL-3.0"));
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(is_allowed("MIT/Apache-2.0"));
    assert!(!is_allowed("MIT AND MPL-2.0"));
    assert!(!is_allowed("GPL-3.0-only"));
    assert!(!is_allowed(""));
}

/// Reads an SPDX expression: every `AND` part must hold, of an `OR` one choice is enough.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    split(&expression, " AND ").iter().all(|part| {
        let part = part.trim();
        let inner = part.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        if let Some(inner) = inner {
            return is_allowed(inner);
        }
        split(part, " OR ").iter().any(|choice| {
            let choice = choice.trim();
            if choice.starts_with('(') { is_allowed(choice) } else { ALLOWED.contains(&choice) }
        })
    })
}

/// Splits at a word outside parentheses.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0_usize);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && text[at..].starts_with(word) && at >= start => {
                parts.push(&text[start..at]);
                start = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
