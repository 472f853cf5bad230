//! The description against the server: what it says may be sent is sent, and what comes back is what it says.

use std::path::Path;
use std::process::Command;

use crate::server::{HTTP, Server, TOKEN};

#[test]
fn the_server_answers_as_its_description_says() {
    let _server = Server::start();
    // Where `scripts/install test` put it.
    let target = Path::new(env!("CARGO_BIN_EXE_trunkline")).ancestors().nth(2).unwrap();
    // It leaves a folder of what it tried.
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(target.join("schemathesis/bin/schemathesis"))
        .arg("run")
        .arg(format!("http://{HTTP}/api/v1/openapi.json"))
        .args(["--header", &format!("Authorization: Bearer {TOKEN}")])
        .args(["--phases", "examples,fuzzing", "--max-examples", "2", "--mode", "all", "--seed", "1", "--no-color"])
        // The rules of the field are not in a schema: what fits it may be refused.
        .args(["--exclude-checks", "positive_data_acceptance"])
        // A stream does not end, and a provider of sign-ins that was made up does not answer.
        .args(["--exclude-path-regex", "(/events|/sign-in/openid)$"])
        .current_dir(directory.path())
        .output()
        .expect("schemathesis is installed: scripts/install test");
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{words}{}", String::from_utf8_lossy(&output.stderr));
    let is_whole = !words.contains("Unresolvable references");
    assert!(is_whole, "{words}");
}
