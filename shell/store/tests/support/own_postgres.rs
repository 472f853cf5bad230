//! A PostgreSQL server of one test alone, which may stop it, start it again, and have it speak TLS.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::postgres::{as_owner, path};

const MAKE: &str = r#"
    mkdir -m 700 "$1/socket"
    initdb -D "$1/data" -U trunkline -A trust -E UTF8 --locale=C.UTF-8 --no-sync
    printf '%s\n' "listen_addresses = '127.0.0.1'" "port = $2" "unix_socket_directories = '$1/socket'" \
        'fsync = off' 'full_page_writes = off' >>"$1/data/postgresql.conf"
    if [ -e "$1/server.key" ]; then
        cp "$1/server.crt" "$1/server.key" "$1/data"; chmod 600 "$1/data/server.key"
        echo 'ssl = on' >>"$1/data/postgresql.conf"
    fi
"#;
const START: &str = r#"pg_ctl -D "$1/data" -l "$1/data/log" -w start"#;
const STOP: &str = r#"pg_ctl -D "$1/data" -m fast -w stop"#;

/// Ends when dropped.
pub struct OwnPostgres {
    directory: PathBuf,
    port: u16,
}

/// What a server proves itself with, in PEM.
#[allow(dead_code, reason = "not every test binary that shares this file needs it")]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl OwnPostgres {
    pub fn start(identity: Option<&Identity>) -> Self {
        let directory = std::env::temp_dir().join(format!("trunkline-own-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&directory).unwrap();
        // PostgreSQL does not run as root; whom it runs as makes files here.
        std::fs::set_permissions(&directory, Permissions::from_mode(0o777)).unwrap();
        if let Some(identity) = identity {
            std::fs::write(directory.join("server.crt"), &identity.certificate).unwrap();
            std::fs::write(directory.join("server.key"), &identity.key).unwrap();
        }
        // Free now; who takes it until the server starts fails this test with the server's own words.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { directory, port };
        server.run(MAKE);
        server.run(START);
        server
    }

    #[allow(dead_code, reason = "not every test binary that shares this file needs it")]
    pub fn stop(&self) {
        self.run(STOP);
    }

    #[allow(dead_code, reason = "not every test binary that shares this file needs it")]
    pub fn start_again(&self) {
        self.run(START);
    }

    /// Where it is, for who names it so.
    pub fn url(&self, host: &str, parameters: &str) -> String {
        format!("postgres://trunkline@{host}:{}/postgres?{parameters}", self.port)
    }

    fn run(&self, script: &str) {
        let output = run(script, &self.directory, self.port);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "PostgreSQL: {words}{}", String::from_utf8_lossy(&output.stdout));
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // It may be stopped.
        run(r#"pg_ctl -D "$1/data" -m immediate stop; rm -rf "$1/data" "$1/socket""#, &self.directory, self.port);
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn run(script: &str, directory: &Path, port: u16) -> std::process::Output {
    let me = std::fs::metadata("/proc/self").unwrap().uid();
    let mut command = as_owner(me);
    command.args(["sh", "-ec", script, "sh"]).arg(directory).arg(port.to_string()).env("PATH", path());
    command.output().expect("a shell can be run")
}
