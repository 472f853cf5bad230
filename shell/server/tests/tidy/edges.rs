//! Which crate may use which, and which folder of `phone` may see which.

use std::collections::BTreeMap;

use super::metadata::{dependencies, members};
use super::sources::{code_lines, rust_files};

/// Crate, and the crates of ours that it may use. Another edge or crate needs an ADR that names what it forbids.
const EDGES: [(&str, &[&str]); 7] = [
    ("trunkline-sip", &[]),
    ("trunkline-media", &[]),
    ("trunkline-phone", &[]),
    ("trunkline-switch", &["trunkline-sip", "trunkline-media", "trunkline-phone"]),
    ("trunkline-store", &["trunkline-phone"]),
    ("trunkline", &["trunkline-sip", "trunkline-media", "trunkline-phone", "trunkline-switch", "trunkline-store"]),
    ("trunkline-sim", &["trunkline-sip", "trunkline-media", "trunkline-phone", "trunkline-switch"]),
];

/// What the pure crates may use of others: values and computation. No runtime, no clock, no I/O.
const PURE: [&str; 29] = [
    "bytes",
    // Reads rows from bytes in memory; nothing of it opens a file unless told to.
    "csv",
    // DTLS as a value: time comes in, records come out; only its key shares are drawn by the crypto library.
    "dimpl",
    "hmac",
    "hound",
    "jiff",
    "md-5",
    "memchr",
    "nanomp3",
    "ogg",
    "rand",
    "rand_chacha",
    // Linear in what it looks at; the second tells where a fault is.
    "regex",
    "regex-syntax",
    "rlibphonenumber",
    "ropus",
    "rpds",
    "rtc-srtp",
    "rubato",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "slab",
    "smallvec",
    "subtle",
    "thiserror",
    // Reads settings from a text in memory.
    "toml",
    "uuid",
];

/// Folders of `phone` in order: each sees only what is left of it.
const WALLS: [&str; 4] = ["people", "numbers", "policies", "apps"];

#[test]
fn the_workspace_has_seven_crates_and_only_the_edges_allowed() {
    let table: BTreeMap<&str, &[&str]> = EDGES.into_iter().collect();
    let mut seen = Vec::new();
    for package in members() {
        let name = package["name"].as_str().unwrap();
        let allowed = table.get(name).unwrap_or_else(|| panic!("{name} is an eighth crate: it needs an ADR"));
        for dependency in dependencies(package) {
            let ours = table.contains_key(dependency);
            assert!(!ours || allowed.contains(&dependency), "{name} must not know {dependency}");
        }
        seen.push(name);
    }
    assert_eq!(seen.len(), EDGES.len(), "crates are missing: {seen:?}");
}

#[test]
fn pure_crates_use_only_pure_crates() {
    for package in members() {
        let manifest = package["manifest_path"].as_str().unwrap();
        if !manifest.contains("/core/") {
            continue;
        }
        for dependency in dependencies(package) {
            let allowed = dependency.starts_with("trunkline-") || PURE.contains(&dependency);
            assert!(allowed, "{manifest}: {dependency} is not on the list of pure crates");
        }
    }
}

#[test]
fn the_folders_of_phone_see_only_what_is_left_of_them() {
    for source in rust_files("core/phone/src") {
        let inside = source.path.trim_start_matches("core/phone/src/");
        let Some(place) = WALLS.iter().position(|wall| belongs(inside, wall)) else { continue };
        let hidden = WALLS[place + 1..].iter().chain(["directory", "money"].iter());
        for wall in hidden {
            let path = format!("crate::{wall}");
            for (number, line) in code_lines(&source.text) {
                assert!(!line.contains(&path), "{}:{number}: {} must not see {wall}", source.path, WALLS[place]);
            }
        }
    }
    for source in rust_files("core/phone/src") {
        if belongs(source.path.trim_start_matches("core/phone/src/"), "money") {
            for (number, line) in code_lines(&source.text) {
                for wall in ["crate::apps", "crate::directory", "crate::people"] {
                    assert!(!line.contains(wall), "{}:{number}: money sees records and plans only", source.path);
                }
            }
        }
    }
}

fn belongs(inside: &str, folder: &str) -> bool {
    inside == format!("{folder}.rs") || inside.starts_with(&format!("{folder}/"))
}
