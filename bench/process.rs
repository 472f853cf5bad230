//! The system under test: started on a core of its own, measured from outside.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The core that the system is held to; the load takes the other one.
pub const SYSTEM_CORE: &str = "0";
pub const LOAD_CORE: usize = 1;

pub const SIP: &str = "127.0.0.1:15060";
pub const HTTP: &str = "127.0.0.1:18080";

/// Something started on the system's core; ends when dropped.
pub struct Started {
    child: Child,
    _directory: Option<tempfile::TempDir>,
    /// From the start of the process until it was ready.
    pub start_up: Duration,
}

impl Started {
    /// The server with the organization to call.
    pub fn server() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        crate::organization::seed(directory.path());
        Self::server_in(directory)
    }

    /// The server with what is in a data directory.
    pub fn server_in(directory: tempfile::TempDir) -> Self {
        let mut one_core = Command::new("taskset");
        one_core.args(["-c", SYSTEM_CORE]).arg(beside("trunkline"));
        Self::start(one_core, directory.path()).with(directory)
    }

    /// The same on all cores.
    pub fn server_on_all_cores(directory: tempfile::TempDir) -> Self {
        Self::server_beside(directory.path()).with(directory)
    }

    /// The same in a data directory that stays when it ends.
    pub fn server_beside(directory: &Path) -> Self {
        Self::start(Command::new(beside("trunkline")), directory)
    }

    /// Ends it in order: what waits beside the database is in it then.
    pub fn end(mut self) {
        let id = nix::unistd::Pid::from_raw(self.child.id() as i32);
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).expect("the server takes signals");
        self.child.wait().expect("the server ends");
    }

    fn with(mut self, directory: tempfile::TempDir) -> Self {
        self._directory = Some(directory);
        self
    }

    fn start(mut server: Command, directory: &Path) -> Self {
        let begun = Instant::now();
        let child = server
            .args(["serve", "--sip", SIP, "--http", HTTP, "--data-dir"])
            .arg(directory)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut started = Self { child, _directory: None, start_up: Duration::ZERO };
        while !is_ready() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server did not become ready");
            assert!(started.child.try_wait().ok().flatten().is_none(), "the server ended at once");
            std::thread::sleep(Duration::from_millis(5));
        }
        started.start_up = begun.elapsed();
        started
    }

    /// The bare relay.
    pub fn relay(n_pairs: usize) -> Self {
        let begun = Instant::now();
        let mut child = Command::new("taskset")
            .args(["-c", SYSTEM_CORE])
            .arg(std::env::current_exe().expect("this program"))
            .args(["relay", &n_pairs.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the relay starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output is piped");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).expect("it says that it is ready");
        Self { child, _directory: None, start_up: begun.elapsed() }
    }

    /// CPU seconds used so far, and resident memory in KiB.
    pub fn sample(&self) -> (f64, u64) {
        let id = self.child.id();
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
        let ticks: f64 = [11, 12].iter().filter_map(|field| fields.get(*field)?.parse::<f64>().ok()).sum();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let memory =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse().ok());
        (ticks / 100.0, memory.unwrap_or(0))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn sip() -> SocketAddr {
    SIP.parse().expect("an address")
}

/// A program that was built together with this one.
pub fn beside(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("this program");
    own.parent().and_then(|examples| examples.parent()).expect("target/release").join(name)
}

fn is_ready() -> bool {
    get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// A plain GET; none if nobody answers.
pub fn get(path: &str) -> Option<String> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(HTTP).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {HTTP}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
