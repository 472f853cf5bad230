//! The server under test, with the demo organization, and its command line.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::place::{Place, Share};
use crate::postgres::Database;
use crate::wait;

pub const PASSWORD: &str = "a-demo-password-for-tests";
pub const TOKEN: &str = "a-demo-token-for-tests";

pub const SIP: &str = "127.0.0.1:25060";
pub const SIPS: &str = "127.0.0.1:25061";
/// What a border controller calls itself: a name that leads to this machine.
pub const BORDER_NAME: &str = "localhost";
pub const HTTP: &str = "127.0.0.1:28080";

/// Where prompts come from before the server starts, in its directory.
const PROMPTS: &str = "data/prompts";

/// What the server is started with.
#[derive(Clone, Copy)]
struct Setting {
    data: Data,
    disk: Disk,
    /// As `RUST_LOG` has it.
    log: &'static str,
    share: Share,
    certificate: Certificate,
}

/// Who vouches for the server's certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certificate {
    Itself,
    /// An authority of the scenario, which a border controller has one of, too.
    Authority,
}

/// What is in the database at first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    Demo,
    Nothing,
}

/// Where the data is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Disk {
    Usual,
    /// A few MiB that a test can fill.
    Small,
}

impl Default for Setting {
    fn default() -> Self {
        Self { data: Data::Demo, disk: Disk::Usual, log: "info", share: Share::Some, certificate: Certificate::Itself }
    }
}

/// A running server; ends when dropped.
pub struct Server {
    child: Child,
    pub directory: TempDir,
    setting: Setting,
    token: String,
    database: Option<Database>,
    place: Option<Place>,
}

impl Server {
    /// Starts with an empty data directory.
    pub fn start() -> Self {
        Self::start_with(Setting::default())
    }

    /// The same, while no other scenario runs.
    pub fn start_alone() -> Self {
        Self::start_with(Setting { share: Share::All, ..Setting::default() })
    }

    /// Starts with an empty database, and makes the first token.
    pub fn start_empty() -> Self {
        Self::start_on(Setting { data: Data::Nothing, ..Setting::default() }, None)
    }

    /// The same, with a database on a server of its own.
    pub fn start_empty_on_postgres() -> Self {
        let database = Database::create();
        Self::start_on(Setting { data: Data::Nothing, ..Setting::default() }, Some(database))
    }

    /// Starts with an empty data directory on a small disk of its own, while no other scenario runs.
    pub fn start_on_small_disk() -> Self {
        Self::start_with(Setting { disk: Disk::Small, share: Share::All, ..Setting::default() })
    }

    /// Starts where an authority vouches for the server and for a border controller, whose certificate is beside the server's.
    pub fn start_vouched() -> Self {
        Self::start_with(Setting { certificate: Certificate::Authority, ..Setting::default() })
    }

    /// Starts with an empty data directory and a log of this level.
    pub fn start_logging(level: &'static str) -> Self {
        Self::start_with(Setting { log: level, ..Setting::default() })
    }

    fn start_with(setting: Setting) -> Self {
        Self::start_on(setting, None)
    }

    fn start_on(setting: Setting, database: Option<Database>) -> Self {
        let place = Place::take(setting.share);
        let mut server = Self::start_with_prompts(setting, database, Some(rendered()));
        server.place = Some(place);
        if setting.data == Data::Nothing {
            let made = server.run_beside(&["token", "create", "--name", "admin"]);
            server.token = made.split_whitespace().last().unwrap().to_owned();
        }
        server
    }

    fn start_with_prompts(setting: Setting, database: Option<Database>, prompts: Option<&Path>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        match setting.certificate {
            Certificate::Itself => {
                let names = vec!["127.0.0.1".to_owned(), "demo.test".to_owned()];
                let certificate = rcgen::generate_simple_self_signed(names).unwrap();
                std::fs::write(directory.path().join("cert.pem"), certificate.cert.pem()).unwrap();
                std::fs::write(directory.path().join("key.pem"), certificate.signing_key.serialize_pem()).unwrap();
            }
            Certificate::Authority => write_vouched(directory.path()),
        }
        if let Some(prompts) = prompts {
            copy(prompts, &directory.path().join(PROMPTS));
        }
        let child = spawn(directory.path(), setting, database.as_ref());
        let server = Self { child, directory, setting, token: TOKEN.to_owned(), database, place: None };
        server.wait_until_ready();
        server
    }

    /// Lets other scenarios begin beside one that had the machine to itself and from now on only waits.
    pub fn let_others_in(&mut self) {
        self.place = self.place.take().and_then(Place::let_others_in);
    }

    /// Ends the process without warning and starts it again on the same data.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.start_again();
    }

    /// Ends the process without warning.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same data; returns as soon as it says that it is ready.
    pub fn start_again(&mut self) {
        self.child = spawn(self.directory.path(), self.setting, self.database.as_ref());
        wait::until("the server is ready again", || get("/readyz")?.starts_with("HTTP/1.1 200").then_some(()));
    }

    /// Where the server keeps its data, as this process sees it.
    pub fn data_dir(&self) -> PathBuf {
        let seen_by_server = self.directory.path().join("data");
        match self.setting.disk {
            Disk::Usual => seen_by_server,
            Disk::Small => {
                let root = PathBuf::from(format!("/proc/{}/root", self.child.id()));
                root.join(seen_by_server.strip_prefix("/").unwrap())
            }
        }
    }

    /// What SQLite says of the database file after the process has ended.
    pub fn integrity(&self) -> String {
        let output = Command::new("sqlite3")
            .arg(self.data_dir().join("trunkline.db"))
            .arg("PRAGMA integrity_check")
            .output()
            .expect("sqlite3 is installed");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Asks to end gently, and waits; the exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        self.end_by(nix::sys::signal::Signal::SIGTERM)
    }

    /// Asks to leave who waits to the next process, and waits; the exit code.
    pub fn hand_over(&mut self) -> Option<i32> {
        self.end_by(nix::sys::signal::Signal::SIGUSR2)
    }

    fn end_by(&mut self, signal: nix::sys::signal::Signal) -> Option<i32> {
        let id = nix::unistd::Pid::from_raw(self.child.id() as i32);
        nix::sys::signal::kill(id, signal).unwrap();
        wait::until("the server ends after a signal", || self.child.try_wait().unwrap()).code()
    }

    /// Runs a subcommand and reads what it prints as JSON.
    pub fn cli(&self, arguments: &[&str]) -> Value {
        let text = self.run(arguments);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }

    /// Runs a subcommand in the server's own data; what it prints.
    pub fn run_beside(&self, arguments: &[&str]) -> String {
        let data = self.data_dir();
        let place = ["--data-dir", data.to_str().unwrap()];
        let url = self.database.as_ref().map(Database::url);
        let database = url.iter().flat_map(|url| ["--database", url.as_str()]);
        self.run(&arguments.iter().copied().chain(place).chain(database).collect::<Vec<_>>())
    }

    /// Writes a file; where it is.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Runs a subcommand; what it prints.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text.into_owned()
    }

    /// Runs a subcommand that is refused; what it says of that.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trunkline"));
        command
            .args(arguments)
            .args(["--output", "json"])
            .env("TRUNKLINE_URL", format!("http://{HTTP}"))
            .env("TRUNKLINE_TOKEN", &self.token);
        command
    }

    /// Live calls.
    pub fn calls(&self) -> Vec<Value> {
        items(self.cli(&["call", "list"]))
    }

    /// Call records, the newest first.
    pub fn records(&self) -> Vec<Value> {
        items(self.api("call-records"))
    }

    /// All call records, from as many pages as it takes.
    pub fn all_records(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut path = "call-records?limit=1000".to_owned();
        loop {
            let mut page = self.api(&path);
            let next = page["next_cursor"].take();
            all.extend(items(page));
            let Some(next) = next.as_str() else { return all };
            path = format!("call-records?limit=1000&cursor={next}");
        }
    }

    /// Reads from the demo organization over HTTP.
    pub fn api(&self, path: &str) -> Value {
        let answer = get(&format!("/api/v1/tenants/demo/{path}")).expect("the API answers");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        serde_json::from_str(body).unwrap()
    }

    /// The same; none while there is no such thing.
    pub fn api_if_there(&self, path: &str) -> Option<Value> {
        let answer = get(&format!("/api/v1/tenants/demo/{path}")).expect("the API answers");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        head.starts_with("HTTP/1.1 200").then(|| serde_json::from_str(body).unwrap())
    }

    /// A figure of `/metrics`.
    pub fn metric(&self, name: &str) -> u64 {
        let text = get("/metrics").expect("the server answers");
        let line = text.lines().find_map(|line| line.strip_prefix("trunkline_")?.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or_else(|| panic!("no metric {name} in {text}"))
    }

    /// Resident memory in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// What the process used of a processor so far.
    pub fn cpu_used(&self) -> Duration {
        const TICK_MILLIS: u64 = 10;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields = stat.rsplit(") ").next().unwrap().split(' ').skip(11).take(2);
        Duration::from_millis(fields.map(|field| field.parse::<u64>().unwrap() * TICK_MILLIS).sum())
    }

    /// Open file handles.
    pub fn n_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// Waits until a user has a registered phone.
    pub fn wait_until_registered(&self, extension: &str) {
        wait::until(&format!("{extension} registers"), || {
            let user = items(self.cli(&["user", "list"])).into_iter().find(|user| user["extension"] == extension)?;
            let n_phones = user["registrations"].as_array().map_or(0, Vec::len);
            (n_phones > 0).then_some(())
        });
    }

    /// The log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("server.log")).unwrap_or_default()
    }

    fn wait_until_ready(&self) {
        wait::until("the server is ready", || get("/readyz")?.starts_with("HTTP/1.1 200").then_some(()));
        wait::until("prompts and music can be heard", || {
            let log = self.log();
            (log.contains("prompts are ready") && log.contains("hold music is ready")).then_some(())
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- server log\n{}", self.log());
            return;
        }
        let log = self.log();
        assert!(!log.contains("ERROR"), "an ERROR line is a bug of ours:\n{log}");
        for secret in [PASSWORD, TOKEN] {
            assert!(!log.contains(secret), "a secret is in the log");
        }
    }
}

/// Certificates of one authority: the server's, and a border controller's.
fn write_vouched(directory: &Path) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    // By its name, OpenSSL tells who vouched for whom.
    authority.distinguished_name.push(rcgen::DnType::CommonName, "Authority of the tests");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    std::fs::write(directory.join("ca.pem"), authority.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = rcgen::Issuer::new(authority, key);
    let of_server = ["sip.pbx.example", "127.0.0.1", "demo.test"];
    let of_border = ["sbc.acme.example", BORDER_NAME];
    for (file, names) in [("", of_server.as_slice()), ("border-", of_border.as_slice())] {
        let all: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut wanted = rcgen::CertificateParams::new(all).unwrap();
        wanted.distinguished_name.push(rcgen::DnType::CommonName, names[0]);
        wanted.extended_key_usages =
            vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth, rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = wanted.signed_by(&key, &issuer).unwrap();
        std::fs::write(directory.join(format!("{file}cert.pem")), certificate.pem()).unwrap();
        std::fs::write(directory.join(format!("{file}key.pem")), key.serialize_pem()).unwrap();
    }
}

/// The list in an answer, whether bare or with a cursor.
pub fn items(answer: Value) -> Vec<Value> {
    match answer {
        Value::Array(items) => items,
        mut other => other["items"].take().as_array().cloned().unwrap_or_default(),
    }
}

/// What a server of the demo speaks, rendered once: it takes longer than most scenarios, and all wait for it.
fn rendered() -> &'static Path {
    static RENDERED: OnceLock<TempDir> = OnceLock::new();
    let kept = RENDERED.get_or_init(|| {
        let server = Server::start_with_prompts(Setting::default(), None, None);
        wait::until("names are rendered", || server.log().contains("names of people are rendered").then_some(()));
        let kept = tempfile::tempdir().unwrap();
        copy(&server.directory.path().join(PROMPTS), kept.path());
        kept
    });
    kept.path()
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A plain GET; none if nobody answers.
fn get(path: &str) -> Option<String> {
    let mut stream = std::net::TcpStream::connect(HTTP).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {HTTP}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

const ON_SMALL_DISK: &str = r#"mv "$1" "$1.before"; mkdir "$1"; mount -t tmpfs -o size=12m small "$1"
    cp -r "$1.before/." "$1"; shift; exec "$@""#;

fn spawn(directory: &Path, setting: Setting, database: Option<&Database>) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(directory.join("server.log")).unwrap();
    let data = directory.join("data");
    let mut command = match setting.disk {
        Disk::Usual => Command::new(env!("CARGO_BIN_EXE_trunkline")),
        Disk::Small => {
            // A file system that only the server and who looks through its eyes can see, with what is there already.
            let mut command = Command::new("unshare");
            command.args(["--mount", "--map-root-user", "sh", "-ec", ON_SMALL_DISK]);
            command.arg("small-disk").arg(&data).arg(env!("CARGO_BIN_EXE_trunkline"));
            command
        }
    };
    if let Some(database) = database {
        command.env("TRUNKLINE_DATABASE", database.url());
    }
    if setting.certificate == Certificate::Authority {
        command.env("TRUNKLINE_TLS_CA", directory.join("ca.pem")).env("TRUNKLINE_SIP_NAME", "sip.pbx.example");
    }
    if setting.data == Data::Demo {
        command.env("TRUNKLINE_DEMO", "true");
    }
    command
        .args(["serve", "--sip", SIP, "--sips", SIPS, "--http", HTTP, "--data-dir"])
        .arg(data)
        .arg("--tls-cert")
        .arg(directory.join("cert.pem"))
        .arg("--tls-key")
        .arg(directory.join("key.pem"))
        .env("TRUNKLINE_DEMO_PASSWORD", PASSWORD)
        .env("TRUNKLINE_DEMO_TOKEN", TOKEN)
        .env("RUST_LOG", setting.log)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}
