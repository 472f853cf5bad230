//! How soon a change is felt in a big organization: by the snapshot that is made after it, and by the next call.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::numbers::{E164, Number};
use phone::people::Presence;
use phone::people::license::PartNumber;
use serde_json::json;
use store::{Actor, Expected};

use crate::histogram::Histogram;
use crate::process::{Started, sip};
use crate::{lists, organization, wire};

/// A snapshot after one change is made in this, but for one in a hundred.
const REBUILT_MS: f64 = 20.0;
/// The next call follows a change within this, but for one in a hundred.
const FELT_MS: f64 = 1_000.0;
const N_CHANGES: usize = 300;
/// The demo's carrier.
const CARRIER: &str = "127.0.0.1:5090";
/// A number that leads to a service without an app, or to nobody: a call is refused with 480 or 404.
const NUMBER: &str = "+14255559999";
const SERVICE_NOT_SET_UP: u16 = 480;
const NOT_ASSIGNED: u16 = 404;

/// Fills an organization as `lists` does, and changes one thing after the other. Passes when each is felt soon enough.
pub fn print(n_people: usize) -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    organization::seed_small(directory.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(lists::fill(directory.path(), n_people));
    println!("changes in an organization of {n_people} people and {} numbers", 2 * n_people);
    let rebuilt = runtime.block_on(rebuild(directory.path()));
    let _server = Started::server_in(directory);
    let felt = feel();
    shown("snapshot after one change", &rebuilt, REBUILT_MS)
        & shown("change to effect on the next call", &felt, FELT_MS)
}

fn shown(what: &str, times: &Histogram, wanted_ms: f64) -> bool {
    let (p50, p99) = (times.quantile_ms(0.5), times.quantile_ms(0.99));
    let passed = p99 < wanted_ms;
    let mark = if passed { "ok" } else { "not passed" };
    println!("  {what:<36} p50 {p50:>7.2} ms  p99 {p99:>7.2} ms  wanted {wanted_ms} ms  {mark}");
    passed
}

/// How long the next snapshot takes after a change of a person, a number or a license: what is new is read, and the
/// snapshot made from the one before.
async fn rebuild(directory: &Path) -> Histogram {
    let (store, tenant) = organization::open(directory).await;
    let begun = Instant::now();
    let mut snapshot = store.load_directory().await.expect("the database is read");
    println!("  everything read in {:.2} s", begun.elapsed().as_secs_f64());
    let all = snapshot.tenant(tenant).expect("the organization is there").clone();
    let people: Vec<_> = all.users.keys().copied().step_by(all.users.size().div_ceil(N_CHANGES)).collect();
    let mut known = store.last_event().await.expect("the newest event");
    let mut times = Histogram::new();
    for n in 0..N_CHANGES {
        let user = people[n % people.len()];
        let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a transaction");
        match n % 3 {
            0 => tx.set_presence(tenant, user, Presence::Busy).await.expect("a presence"),
            1 => {
                let number = E164::parse(&format!("+1425{:07}", 2_000_000 + n)).expect("a number");
                let held = store.number(tenant, number).await.expect("the database answers").expect("it is held");
                let free = Number { assignee: None, ..held.value };
                tx.save_number(tenant, &free, Expected::Any).await.expect("a number");
            }
            _ => {
                let plans = BTreeSet::from([PartNumber("MCOMEETADV".to_owned())]);
                tx.save_licenses(tenant, user, &plans).await.expect("licenses");
            }
        }
        tx.commit().await.expect("a commit");
        let begun = Instant::now();
        let (next, _touched) = store.update_directory(&snapshot, known).await.expect("the next snapshot");
        times.add(begun.elapsed());
        snapshot = next;
        known = store.last_event().await.expect("the newest event");
    }
    store.close().await.expect("the database closes");
    times
}

/// From the answer to a change until a call is begun that follows it.
fn feel() -> Histogram {
    let tenant = "/api/v1/tenants/demo";
    let post = |path: &str, body: serde_json::Value| {
        let (_, answer) = organization::request("POST", &format!("{tenant}/{path}"), None, &body.to_string());
        assert!(answer["code"].is_null(), "{path}: {answer}");
        answer
    };
    let service = post("resource-accounts", json!({ "display_name": "Nobody" }));
    post("numbers", json!({ "numbers": [NUMBER], "kind": "service_toll" }));
    let mut caller = Caller::new();
    let mut times = Histogram::new();
    for n in 0..N_CHANGES {
        let expected = if n % 2 == 0 {
            post(&format!("numbers/{NUMBER}/assign"), json!({ "type": "resource_account", "id": service["id"] }));
            SERVICE_NOT_SET_UP
        } else {
            post(&format!("numbers/{NUMBER}/unassign"), json!({}));
            NOT_ASSIGNED
        };
        let changed = Instant::now();
        loop {
            let begun = Instant::now();
            assert!(changed.elapsed() < Duration::from_secs(60), "a change is not felt");
            if caller.call() == expected {
                times.add(begun - changed);
                break;
            }
        }
    }
    times
}

/// An outside caller who is always refused.
struct Caller {
    socket: UdpSocket,
    own: SocketAddr,
    n_calls: usize,
}

impl Caller {
    fn new() -> Self {
        let own = CARRIER.parse().expect("an address");
        Self { socket: wire::bind(own), own, n_calls: 0 }
    }

    /// Calls the number; the status of the refusal.
    fn call(&mut self) -> u16 {
        self.n_calls += 1;
        let invite = self.message("INVITE", None);
        let mut buffer = [0_u8; 4_096];
        loop {
            wire::send(&self.socket, &invite, sip());
            let patience = Instant::now() + Duration::from_millis(500);
            while Instant::now() < patience {
                let Ok((length, _)) = self.socket.recv_from(&mut buffer) else {
                    std::thread::yield_now();
                    continue;
                };
                let message = &buffer[..length];
                let is_ours = wire::header(message, "Call-ID") == Some(self.call_id().as_bytes());
                match wire::status(message).filter(|status| is_ours && 200 <= *status) {
                    Some(status) => {
                        let to = wire::header(message, "To").map(<[u8]>::to_vec);
                        wire::send(&self.socket, &self.message("ACK", to.as_deref()), sip());
                        return status;
                    }
                    None => continue,
                }
            }
        }
    }

    fn message(&self, method: &str, to: Option<&[u8]>) -> Vec<u8> {
        let (own, server, n) = (self.own, sip(), self.n_calls);
        let body =
            if method == "INVITE" { wire::description(SocketAddr::new(own.ip(), 41_000), n) } else { String::new() };
        let to = to.map_or_else(|| format!("<sip:{NUMBER}@{server}>"), |to| String::from_utf8_lossy(to).into_owned());
        let mut out = Vec::new();
        let _ = write!(
            out,
            "{method} sip:{NUMBER}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bKchange{n}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:+12065550111@{own}>;tag=c{n}\r\nTo: {to}\r\nCall-ID: {}\r\n\
             CSeq: 1 {method}\r\nContact: <sip:bench@{own}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.call_id(),
            body.len()
        );
        out
    }

    fn call_id(&self) -> String {
        format!("change-{}", self.n_calls)
    }
}
