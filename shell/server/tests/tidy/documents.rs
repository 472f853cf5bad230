//! Documents stay true: what they name exists.

use super::sources::{all_rust_files, read, root};

#[test]
fn files_named_in_documents_exist() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        for name in quoted(&read(document)) {
            let is_path = name.contains('/') && (name.ends_with(".rs") || name.ends_with(".md") || name.ends_with('/'));
            let is_own = ["core/", "shell/", "sim/", "interop/", "bench/", "docs/", "scripts/", "fuzz/"]
                .iter()
                .any(|folder| name.starts_with(folder));
            if is_path && is_own && !name.contains(['<', '*', 'N']) {
                assert!(root().join(name).exists(), "{document} names {name}, which is not there");
            }
        }
    }
}

#[test]
fn tests_named_in_the_rfc_table_exist() {
    let sources: String = all_rust_files().into_iter().map(|source| source.text).collect();
    for line in read("docs/rfc.md").lines().filter(|line| line.starts_with('|')) {
        let Some(last) = line.trim_end_matches('|').rsplit('|').next() else { continue };
        for test in quoted(last) {
            let parts: Vec<&str> = test.rsplit("::").take(2).collect();
            let wanted = match parts[..] {
                ["*", module] => format!("mod {module};"),
                [name, ..] => format!("fn {name}("),
                [] => continue,
            };
            assert!(sources.contains(&wanted), "docs/rfc.md names the test {test}, which is not there");
        }
    }
}

#[test]
fn documents_speak_of_the_project_alone() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md"] {
        let text = read(document);
        for word in [concat!("/wo", "rk/"), concat!("/ro", "ot/")] {
            assert!(!text.contains(word), "{document} carries a path of one machine: {word}");
        }
    }
}

/// What stands between backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
