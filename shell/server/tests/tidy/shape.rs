//! Sizes and leftovers.

use super::sources::{all_rust_files, code_lines};

/// A file is the unit that a person reads at once. Tables of tests are not read, they are looked up.
const LINES_MAX: usize = 800;

/// Words that say "not finished". Written in parts, so that this file does not find itself.
const LEFTOVERS: [(&str, &str); 7] = [
    ("todo", "!("),
    ("unimplemented", "!("),
    ("FIX", "ME"),
    ("XX", "X:"),
    ("dbg", "!("),
    ("#[ig", "nore"),
    ("TO", "DO:"),
];

#[test]
fn no_file_is_longer_than_a_person_reads() {
    for source in all_rust_files() {
        if source.path.contains("/tests/") {
            continue;
        }
        let n_lines = code_lines(&source.text).count();
        assert!(n_lines <= LINES_MAX, "{} has {n_lines} lines; split it by subject", source.path);
    }
}

#[test]
fn nothing_is_left_half_done() {
    for source in all_rust_files() {
        for (number, line) in source.text.lines().enumerate() {
            for (head, tail) in LEFTOVERS {
                let word = format!("{head}{tail}");
                assert!(!line.contains(&word), "{}:{}: {word}", source.path, number + 1);
            }
        }
    }
}

#[test]
fn modules_are_named_by_their_file() {
    for source in all_rust_files() {
        assert!(!source.path.ends_with("/mod.rs"), "{}: name the file after the module", source.path);
        for drawer in ["utils", "util", "common", "helpers", "misc", "manager"] {
            let in_drawer = source.path.split('/').any(|part| part.trim_end_matches(".rs") == drawer);
            assert!(!in_drawer, "{}: a file has one subject", source.path);
        }
    }
}

#[test]
fn tests_wait_for_events_and_never_sleep() {
    for source in all_rust_files() {
        for (number, line) in source.text.lines().enumerate() {
            let sleeps = line.contains(concat!("thread::sl", "eep(")) || line.contains(concat!("time::sl", "eep("));
            let is_test = source.path.contains("/tests/") || source.path.starts_with("interop/");
            assert!(!(sleeps && is_test), "{}:{}: a test sleeps", source.path, number + 1);
        }
    }
}

#[test]
fn every_file_of_tests_is_in_its_program() {
    let files = all_rust_files();
    let programs = files.iter().filter_map(|file| Some((file.path.strip_suffix("main.rs")?, &file.text)));
    let programs: Vec<_> = programs.filter(|(folder, _)| folder.ends_with("/tests/")).collect();
    assert!(4 <= programs.len(), "the programs of tests were not found");
    for (folder, program) in programs {
        for file in &files {
            let Some(name) = file.path.strip_prefix(folder).and_then(|name| name.strip_suffix(".rs")) else { continue };
            let (parent, module) = match name.rsplit_once('/') {
                // What several programs share is named with its path.
                Some(("support", _)) => continue,
                Some((parent, module)) => (format!("{folder}{parent}.rs"), module),
                None if name == "main" => continue,
                None => (format!("{folder}main.rs"), name),
            };
            let names = files.iter().find(|file| file.path == parent).map_or(program.as_str(), |file| &file.text);
            let is_named = names.lines().any(|line| line.trim_start().ends_with(&format!("mod {module};")));
            assert!(is_named, "{} is in no program: add `mod {module};` to {parent}", file.path);
        }
    }
}

#[test]
fn no_test_is_where_it_would_never_run() {
    for library in ["core/phone", "shell/server", "shell/store"] {
        let place = format!("the library is built without tests: put them into {library}/tests/");
        for source in all_rust_files().iter().filter(|source| source.path.starts_with(&format!("{library}/src/"))) {
            assert!(!source.text.contains("#[cfg(test)]"), "{} has tests, but {place}", source.path);
        }
    }
}
