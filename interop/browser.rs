//! A real browser as a phone: Chromium opens a WebSocket from a page of the server, registers and is called.
//! `make interop-browser`; apart from the other scenarios, because a browser is a large thing to install.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a scenario that can't start its peers has failed")]
#![allow(dead_code, reason = "the files are shared with the other scenarios")]

mod crowd;
mod digest;
mod flow;
mod server;
mod wait;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::crowd::{Caller, Crowd, status};
use crate::server::{HTTP, PASSWORD, Server};

#[test]
fn a_browser_registers_over_a_websocket_and_is_called() {
    let server = Server::start();
    let mut browser = Browser::start();
    // A page of the server itself: others may not open the WebSocket.
    browser.open(&format!("http://{HTTP}/healthz"));
    browser.run(&format!("{}\nstart('102', '{PASSWORD}')", include_str!("browser/phone.js")));
    assert_eq!(browser.run("registered"), "200 sip");
    server.wait_until_registered("102");

    let refusal = Crowd::at(Caller::Outside).call("+14255550102").expect_err("the browser is busy");
    assert_eq!(status(&refusal), 486, "{refusal}");
    assert_eq!(browser.run("called"), "486 was acknowledged");
    let record = wait::until("the record is written", || server.records().into_iter().next());
    assert_eq!(record["result"], "busy");

    drop(browser);
    wait::until("the registration goes with the browser", || (server.metric("registrations") == 0).then_some(()));
}

#[test]
fn a_page_of_another_origin_opens_no_websocket() {
    let server = Server::start();
    let mut browser = Browser::start();
    browser.open("data:text/html,elsewhere");
    let opened = browser.run(&format!(
        "new Promise((done) => {{ const socket = new WebSocket('ws://{HTTP}/ws/sip', 'sip'); \
         socket.onopen = () => done('open'); socket.onclose = () => done('closed'); }})"
    ));
    assert_eq!(opened, "closed");
    assert_eq!(server.metric("streams"), 0);
}

/// Chromium without a window, told what to do over its DevTools pipe.
struct Browser {
    child: Child,
    to: std::fs::File,
    from: BufReader<std::fs::File>,
    n_asked: u64,
    session: Option<String>,
    _directory: TempDir,
}

impl Browser {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let [to, from] = ["to", "from"].map(|name| directory.path().join(name));
        for pipe in [&to, &from] {
            nix::unistd::mkfifo(pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        }
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        // It reads from handle 3 and writes to handle 4.
        let child = Command::new("sh")
            .args([
                "-c",
                "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
                    --no-first-run --remote-debugging-pipe --user-data-dir=\"$3\" 3<\"$1\" 4>\"$2\"",
                "browser",
            ])
            .args([&to, &from])
            .arg(directory.path().join("profile"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let to = std::fs::OpenOptions::new().write(true).open(to).unwrap();
        let from = BufReader::new(std::fs::File::open(from).unwrap());
        Self { child, to, from, n_asked: 0, session: None, _directory: directory }
    }

    /// Shows a page, in place of the one before.
    fn open(&mut self, url: &str) {
        if self.session.is_none() {
            let target = self.ask("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
            let attached = self.ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
            self.session = attached["sessionId"].as_str().map(str::to_owned);
            self.ask("Page.enable", json!({}));
        }
        self.ask("Page.navigate", json!({ "url": url }));
        while self.read()["method"] != "Page.loadEventFired" {}
    }

    /// What an expression comes to; a promise is waited for.
    fn run(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.ask("Runtime.evaluate", parameters);
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.n_asked += 1;
        let mut question = json!({ "id": self.n_asked, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            question["sessionId"] = session.clone().into();
        }
        self.to.write_all(format!("{question}\0").as_bytes()).unwrap();
        loop {
            let mut answer = self.read();
            if answer["id"] == self.n_asked {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].take();
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        self.from.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&message).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
