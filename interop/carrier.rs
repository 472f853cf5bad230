//! SIPp as the carrier: runs a scenario of `interop/scenarios` from the carrier's address and says how it went.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server::SIP;
use crate::wait;

/// A running scenario.
pub struct Carrier {
    child: Child,
    directory: TempDir,
    /// For all calls to begin.
    length: Duration,
}

/// What to run.
pub struct Scenario<'a> {
    /// File name without `.xml`.
    pub name: &'a str,
    /// The number called.
    pub called: &'a str,
    pub n_calls: u32,
    pub per_second: u32,
    /// `u1` for UDP, `t1` for TCP.
    pub transport: &'a str,
    /// More of SIPp's arguments.
    pub extra: &'a [&'a str],
}

impl<'a> Scenario<'a> {
    /// One call over UDP.
    pub fn of(name: &'a str, called: &'a str) -> Self {
        Self { name, called, n_calls: 1, per_second: 1, transport: "u1", extra: &[] }
    }
}

impl Carrier {
    pub fn start(scenario: &Scenario<'_>) -> Self {
        Self::start_at("5090", scenario)
    }

    /// From another port than the carrier's.
    pub fn start_at(port: &str, scenario: &Scenario<'_>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let child = Command::new("sipp")
            .arg(SIP)
            .args(["-i", "127.0.0.1", "-p", port, "-s", scenario.called, "-t", scenario.transport])
            .arg("-sf")
            .arg(scenarios().join(format!("{}.xml", scenario.name)))
            .args(["-m", &scenario.n_calls.to_string(), "-r", &scenario.per_second.to_string()])
            .args(["-nostdin", "-timeout", "60s", "-recv_timeout", "20000", "-trace_err", "-error_file"])
            .arg(directory.path().join("errors"))
            .args(scenario.extra)
            .current_dir(scenarios())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("sipp is installed");
        let length = Duration::from_secs(u64::from(scenario.n_calls / scenario.per_second));
        Self { child, directory, length }
    }

    /// Waits for the end; fails the test with SIPp's own words if a call failed.
    pub fn succeeds(mut self) {
        let status = wait_long(&mut self.child, self.length + 4 * wait::PATIENCE);
        let errors = std::fs::read_to_string(self.directory.path().join("errors")).unwrap_or_default();
        assert!(status == Some(0), "SIPp ended with {status:?}\n{errors}");
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../interop/scenarios")
}

/// SIPp bounds itself by `-timeout`, so this is longer than it should take.
fn wait_long(child: &mut Child, length: Duration) -> Option<i32> {
    let deadline = Instant::now() + length;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    None
}
