//! The core reads no clock, opens no file or socket, starts no thread and waits for nothing.
//! The list is `core/clippy.toml`, so that this test and clippy can't disagree; what clippy can't see is named here.

use super::sources::{code_lines, read, rust_files};

/// Beyond clippy's list: what it can't see.
const ALSO: [&str; 8] =
    ["async fn", ".await", "std::fs", "std::process", "thread::sleep", "tokio", "println!", "eprintln!"];

#[test]
fn the_core_decides_and_does_nothing() {
    let banned = banned();
    for source in rust_files("core").into_iter().chain(rust_files("sim")) {
        if !source.path.contains("/src/") {
            continue;
        }
        let mut excused = false;
        for (number, line) in code_lines(&source.text) {
            // A first instant has to come from somewhere: the one statement after this attribute may read the clock.
            if line.contains("#[expect(clippy::disallowed_methods") {
                excused = true;
            }
            for word in &banned {
                if excused && contains_word(line, word) {
                    excused = false;
                    continue;
                }
                assert!(!contains_word(line, word), "{}:{number}: {word} has no place in the core", source.path);
            }
        }
    }
}

#[test]
fn the_simulation_has_the_same_list() {
    assert_eq!(read("core/clippy.toml"), read("sim/clippy.toml"));
}

/// Paths of clippy's list by their last two parts (`Instant::now`) or, for types, the last (`HashMap`).
fn banned() -> Vec<String> {
    let list = read("core/clippy.toml");
    let paths = list.split("path = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut words: Vec<String> = paths.map(short).collect();
    assert!(words.len() > 8, "the list in core/clippy.toml could not be read");
    words.extend(ALSO.map(str::to_owned));
    words
}

fn short(path: &str) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    let last = parts[parts.len() - 1];
    let is_type = last.starts_with(|letter: char| letter.is_ascii_uppercase());
    if is_type { last.to_owned() } else { parts[parts.len() - 2..].join("::") }
}

fn contains_word(line: &str, word: &str) -> bool {
    let mut rest = line;
    while let Some(at) = rest.find(word) {
        let before = rest[..at].chars().next_back();
        let after = rest[at + word.len()..].chars().next();
        let part_of_name =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        if !part_of_name(before) && !part_of_name(after) {
            return true;
        }
        rest = &rest[at + word.len()..];
    }
    false
}
