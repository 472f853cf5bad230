//! What cargo knows of the workspace.

use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// `cargo metadata`, without the network.
fn packages() -> &'static [Value] {
    static METADATA: OnceLock<Vec<Value>> = OnceLock::new();
    METADATA.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--offline", "--locked"])
            .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
            .current_dir(super::sources::root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        metadata["packages"].as_array().unwrap().clone()
    })
}

/// Name and license of every package that is really built, for the product and for its tests.
pub fn built() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--offline", "--locked", "--prefix", "none", "--format", "{p}|{l}"])
        .args(["--edges", "normal,build,dev", "--target", "x86_64-unknown-linux-gnu"])
        .current_dir(super::sources::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (package, license) = line.split_once('|').unwrap();
            let name = package.split(' ').next().unwrap();
            (name.to_owned(), license.trim_end_matches(" (*)").to_owned())
        })
        .collect()
}

/// The packages of this workspace.
pub fn members() -> impl Iterator<Item = &'static Value> {
    packages().iter().filter(|package| package["source"].is_null())
}

/// The names that a package depends on, tests and build scripts apart.
pub fn dependencies(package: &Value) -> Vec<&str> {
    let of_kind = |kind: &Value| kind["kind"].is_null();
    package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|dependency| of_kind(dependency))
        .map(|dependency| dependency["name"].as_str().unwrap())
        .collect()
}
