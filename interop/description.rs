//! The descriptions against the server: what they say may be sent is sent, and what comes back is what they say.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::server::{HTTP, Server, TOKEN};

/// A stream does not end, and a provider of sign-ins that was made up does not answer.
const NOT_ASKED: &str = "(/events|/sign-in/openid)$";

#[test]
fn the_server_answers_as_its_description_says() {
    let _server = Server::start();
    try_all("/api/v1/openapi.json", TOKEN);
}

#[test]
fn the_server_answers_operators_as_their_description_says() {
    let server = Server::start();
    let offering = ["--offering", "calling=US,CA"];
    server.cli(&[&["operator", "create", "Acme"], &offering[..]].concat());
    for state in ["testing", "launched"] {
        server.cli(&["operator", "change", "Acme", "--state", state]);
    }
    let consent = ["--country", "US", "--company", "Demo", "--contact", "Ann Admin <ann@demo.test>"];
    server.cli(&[&["operator", "consent", "Acme"], &consent[..]].concat());
    let client = server.cli(&["operator", "client", "create", "Acme", "--name", "tester"]);
    try_all("/operator/v1/openapi.json", &token(&client));
}

/// Sends what a description allows, and what it does not, and judges the answers by it.
fn try_all(description: &str, token: &str) {
    // Where `scripts/install test` put it.
    let target = Path::new(env!("CARGO_BIN_EXE_trunkline")).ancestors().nth(2).unwrap();
    // It leaves a folder of what it tried.
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(target.join("schemathesis/bin/schemathesis"))
        .arg("run")
        .arg(format!("http://{HTTP}{description}"))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--phases", "examples,fuzzing", "--max-examples", "1", "--mode", "all", "--seed", "1", "--no-color"])
        // The rules of the field are not in a schema: what fits it may be refused.
        .args(["--exclude-checks", "positive_data_acceptance"])
        .args(["--exclude-path-regex", NOT_ASKED])
        .current_dir(directory.path())
        .output()
        .expect("schemathesis is installed: scripts/install test");
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{words}{}", String::from_utf8_lossy(&output.stderr));
    let is_whole = !words.contains("Unresolvable references");
    assert!(is_whole, "{words}");
}

/// A token for the credentials of an operator's program.
fn token(client: &Value) -> String {
    let text = |field: &str| client[field].as_str().unwrap_or_else(|| panic!("{field} in {client}")).to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let mut stream = std::net::TcpStream::connect(HTTP).unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let head = format!("POST /operator/v1/token HTTP/1.1\r\nHost: {HTTP}\r\n{kind}\r\nConnection: close");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{form}", form.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    let token: Value = serde_json::from_str(body).unwrap();
    token["access_token"].as_str().unwrap().to_owned()
}
