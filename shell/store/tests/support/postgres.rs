//! A PostgreSQL server of the tests' own: started by the first test that needs one, shared by all that run meanwhile,
//! ended and removed when the last of their processes is gone, however it went.
//!
//! Processes that use the server hold a lock that the kernel releases when they end. A watchman waits for that lock.

use std::fs::{File, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The owner of all test databases.
const USER: &str = "trunkline";

/// Makes and starts a server. Its data is not worth a disk's time; its language sorts otherwise than bytes do.
const START: &str = r#"
    rm -rf "$1/data" "$1/socket"; mkdir -m 700 "$1/socket"
    initdb -D "$1/data" -U trunkline -A trust -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en --no-sync
    pg_ctl -D "$1/data" -l "$1/data/log" -w start -o "-c listen_addresses='' -c unix_socket_directories='$1/socket' \
        -c max_connections=400 -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"#;

/// Ends the server once nobody used it for a moment. The argument after the directory runs what follows as its owner.
const WATCH: &str = r#"
    directory=$1; shift
    while :; do
        flock --exclusive "$directory/users" true; sleep 2
        flock --exclusive --nonblock "$directory/users" "$@" sh -c \
            'pg_ctl -D "$1/data" -m immediate stop; rm -rf "$1/data" "$1/socket"' sh "$directory" && exit
    done
"#;

/// A database of one test, dropped with it.
pub struct Database {
    name: String,
}

impl Database {
    /// An empty one.
    pub fn create() -> Self {
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        ask(&format!("CREATE DATABASE {name}"));
        Self { name }
    }

    /// A copy of one that nobody is connected to.
    #[allow(dead_code, reason = "not every test binary that shares this file needs it")]
    pub fn copy_of(template: &Self) -> Self {
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        ask(&format!("CREATE DATABASE {name} TEMPLATE {}", template.name));
        Self { name }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("postgres:///{}?host={}&user={USER}", self.name, server().directory.join("socket").display())
    }

    /// Ends all connections to it, as a server does that is restarted.
    #[allow(dead_code, reason = "not every test binary that shares this file needs it")]
    pub fn disconnect_all(&self) {
        let name = &self.name;
        ask(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
    }

    /// Lets nobody connect to it, or everybody again.
    #[allow(dead_code, reason = "not every test binary that shares this file needs it")]
    pub fn allow_connections(&self, allow: bool) {
        ask(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS {allow}", self.name));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        ask(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

struct Server {
    directory: PathBuf,
    /// Locked as long as this process lives.
    _users: File,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(start)
}

fn start() -> Server {
    let me = std::fs::metadata("/proc/self").unwrap().uid();
    let directory = std::env::temp_dir().join(format!("trunkline-postgres-{me}"));
    std::fs::create_dir_all(&directory).unwrap();
    assert_eq!(std::fs::metadata(&directory).unwrap().uid(), me, "{} is somebody else's", directory.display());
    let open = |name: &str| File::create(directory.join(name)).unwrap();
    let users = open("users");
    users.lock_shared().unwrap();
    let starting = open("starting");
    starting.lock().unwrap();
    let was_started = UnixStream::connect(directory.join("socket/.s.PGSQL.5432")).is_err();
    if was_started {
        // PostgreSQL does not run as root; whom it runs as makes files here.
        let mode = if me == 0 { 0o777 } else { 0o700 };
        std::fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
        let mut command = as_owner(me);
        let output = command.args(["sh", "-ec", START, "sh"]).arg(&directory).env("PATH", path()).output();
        let output = output.expect("a shell can be run");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "PostgreSQL did not start; is it installed (scripts/install test)? {words}");
    }
    if was_started || open("watch").try_lock().is_ok() {
        let owner = as_owner(me);
        let mut command = Command::new("setsid");
        command.arg("flock").arg(directory.join("watch")).args(["sh", "-c", WATCH, "sh"]).arg(&directory);
        command.arg(owner.get_program()).args(owner.get_args()).env("PATH", path()).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    }
    Server { directory, _users: users }
}

/// Runs what follows as somebody who is not root.
pub fn as_owner(me: u32) -> Command {
    let mut command = Command::new(if me == 0 { "runuser" } else { "env" });
    if me == 0 {
        command.args(["-u", "postgres", "--"]);
    }
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// Debian keeps the programs of a server where no shell looks for them.
pub fn path() -> String {
    let mut places: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    places.sort();
    places.reverse();
    let usual = std::env::var("PATH").unwrap_or_default();
    let places = places.iter().map(|place| place.display().to_string());
    places.chain([usual]).collect::<Vec<_>>().join(":")
}

fn ask(statement: &str) {
    let socket: &Path = &server().directory.join("socket");
    let mut command = Command::new("psql");
    command.arg("-h").arg(socket).args([
        "-U",
        USER,
        "-d",
        "postgres",
        "-qAt",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        statement,
    ]);
    let output = command.env("PATH", path()).output().expect("psql is installed");
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
}
