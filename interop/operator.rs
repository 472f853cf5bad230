//! An operator's program, over the operators' interface: it makes a trunk and gives numbers to an organization.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use crate::server::{HTTP, Server};
use crate::wait;

/// An operator that an organization consented to, signed in.
pub struct Operator {
    token: String,
    profile: Value,
}

impl Operator {
    /// Joins the server, gets the organization's consent, and carries calls from this address.
    pub fn join(server: &Server, name: &str, source: &str) -> Self {
        server.cli(&["operator", "create", name, "--offering", "calling=US"]);
        for state in ["testing", "launched"] {
            server.cli(&["operator", "change", name, "--state", state]);
        }
        let client = server.cli(&["operator", "client", "create", name, "--name", "gateway"]);
        let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let token = send("POST", "/token", "", "application/x-www-form-urlencoded", &form);
        let mut operator = Self { token: token["access_token"].as_str().unwrap().to_owned(), profile: Value::Null };
        let contact = "Ann <ann@example.org>";
        let consent = ["--country", "US", "--company", "Acme", "--contact", contact];
        server.cli(&[&["operator", "consent", name][..], &consent[..]].concat());
        let trunk = json!({ "name": "gateway", "host": "127.0.0.1", "port": 5096, "sources": [source] });
        let trunk = operator.post("/trunks", &trunk);
        let profile = operator.post("/calling-profiles", &json!({ "name": "Standard", "trunks": [trunk["id"]] }));
        operator.profile = profile["id"].clone();
        operator
    }

    /// Gives a number to an organization, and waits until it is there.
    pub fn gives(&self, tenant: &str, number: &str) {
        let item = json!({ "number": number, "kind": "user", "calling_profile": self.profile });
        let order = self.post(&format!("/tenants/{tenant}/numbers/upload"), &json!({ "items": [item] }));
        let path = format!("/orders/{}", order["id"].as_str().unwrap());
        let ended = wait::until("the number is given", || {
            let order = send("GET", &path, &self.token, "", "");
            order["finished_at"].is_string().then_some(order)
        });
        assert_eq!(ended["state"], "succeeded", "{ended}");
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        send("POST", path, &self.token, "application/json", &body.to_string())
    }
}

fn send(method: &str, path: &str, token: &str, content_type: &str, body: &str) -> Value {
    let mut stream = std::net::TcpStream::connect(HTTP).unwrap();
    let bearer = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let kind = if content_type.is_empty() { String::new() } else { format!("Content-Type: {content_type}\r\n") };
    write!(
        stream,
        "{method} /operator/v1{path} HTTP/1.1\r\nHost: {HTTP}\r\nConnection: close\r\n{bearer}{kind}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
    serde_json::from_str(body).unwrap()
}
