//! `trunkline check`: says what is wrong and how to fix it.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use store::{Open, OpenError, Store};

use crate::config::{Config, Flags, Tls};
use crate::net::tls::{self, Acceptor};

/// A certificate that ends sooner is warned of.
const CERTIFICATE_DAYS: i64 = 30;
/// Programs beside ours, and what is missing without them.
const PROGRAMS: [(&str, &str); 3] = [
    ("flite", "prompts from English text are silent"),
    ("espeak-ng", "prompts from text in other languages are silent"),
    ("ffmpeg", "only WAV, MP3 and Ogg/Opus files can be uploaded"),
];

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Ok(String),
    Warn { what: String, remedy: String },
    Error { what: String, remedy: String },
}

pub fn run(flags: &Flags) -> ExitCode {
    tls::install_provider();
    let findings = match Config::load(flags) {
        Ok(config) => look_at_all(&config),
        Err(error) => {
            println!("error  configuration: {error}");
            return ExitCode::FAILURE;
        }
    };
    for finding in &findings {
        match finding {
            Finding::Ok(what) => println!("ok     {what}"),
            Finding::Warn { what, remedy } => println!("warn   {what}; {remedy}"),
            Finding::Error { what, remedy } => println!("error  {what}; {remedy}"),
        }
    }
    let is_wrong = findings.iter().any(|finding| matches!(finding, Finding::Error { .. }));
    if is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn look_at_all(config: &Config) -> Vec<Finding> {
    let mut findings = vec![Finding::Ok("configuration".to_owned())];
    let data_dir = data_dir(&config.data_dir);
    let is_usable = matches!(data_dir, Finding::Ok(_));
    findings.push(data_dir);
    if is_usable {
        findings.push(database(config));
    }
    // A server that runs has its ports, and that is fine.
    if is_served(config.http) {
        findings.push(Finding::Ok(format!("a server answers at http://{}: its ports are not tried", config.http)));
    } else {
        findings.extend(ports(config));
    }
    findings.extend(config.tls.as_ref().map(|files| certificate(files, config.tls_ca.as_deref())));
    findings.push(media_address(config));
    findings.extend(PROGRAMS.map(|(program, loss)| external_program(program, loss)));
    findings
}

fn data_dir(path: &Path) -> Finding {
    let probe = path.join(".check");
    let tried = std::fs::create_dir_all(path).and_then(|()| std::fs::write(&probe, b"ok"));
    match tried.and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Finding::Ok(format!("data directory {}", path.display())),
        Err(error) => Finding::Error {
            what: format!("data directory {}: {error}", path.display()),
            remedy: "create it for this user, free space, or give another with --data-dir".to_owned(),
        },
    }
}

fn database(config: &Config) -> Finding {
    let open = Open { url: config.database.clone(), key_file: config.key_file() };
    let opened = tokio::runtime::Builder::new_current_thread().enable_all().build().map(|runtime| {
        runtime.block_on(async {
            let store = Store::open(&open).await?;
            let make = store.make();
            // It was opened; what closing says is no finding.
            let _ = store.close().await;
            Ok::<_, store::OpenError>(make)
        })
    });
    match opened {
        Ok(Ok(make)) => Finding::Ok(format!("database opens ({make}), tables are up to date")),
        Ok(Err(OpenError::Unfit { url, what, fix })) => {
            Finding::Error { what: format!("database {url}: {what}"), remedy: fix }
        }
        Ok(Err(error)) => Finding::Error {
            what: format!("database: {}", crate::error::chain(&error)),
            remedy: match open.url.starts_with("postgres") {
                true => "start its server, create the database and its user, or mend --database".to_owned(),
                false => "mend --database or restore a backup".to_owned(),
            },
        },
        Err(error) => Finding::Error { what: format!("database: {error}"), remedy: "try again".to_owned() },
    }
}

fn is_served(http: SocketAddr) -> bool {
    std::net::TcpStream::connect_timeout(&http, Duration::from_millis(500)).is_ok()
}

fn ports(config: &Config) -> Vec<Finding> {
    let tcp = |address| TcpListener::bind(address).map(drop);
    let udp = |address| UdpSocket::bind(address).map(drop);
    let mut tried = vec![
        ("SIP over UDP", config.sip, "--sip", udp(config.sip)),
        ("SIP over TCP", config.sip, "--sip", tcp(config.sip)),
        ("HTTP", config.http, "--http", tcp(config.http)),
    ];
    if let Some(tls) = &config.tls {
        tried.push(("SIP over TLS", tls.address, "--sips", tcp(tls.address)));
    }
    tried.into_iter().map(|(what, address, flag, result)| port(what, address, flag, result)).collect()
}

fn port(what: &str, address: SocketAddr, flag: &str, result: io::Result<()>) -> Finding {
    match result {
        Ok(()) => Finding::Ok(format!("{what} can listen on {address}")),
        Err(error) => Finding::Error {
            what: format!("{what} can't listen on {address}: {error}"),
            remedy: format!("end the other program (ss -lnptu shows it) or give another address with {flag}"),
        },
    }
}

fn certificate(files: &Tls, authorities: Option<&Path>) -> Finding {
    let remedy = |words: &str| words.to_owned();
    if let Err(error) = Acceptor::load(files, authorities) {
        let what = format!("certificate: {}", crate::error::chain(&error));
        return Finding::Error { what, remedy: remedy("give a chain and its key with --tls-cert and --tls-key") };
    }
    let days = tls::certificates(&files.cert).ok().and_then(|chain| tls::days_left(&chain, Timestamp::now()));
    let named = |words: String| format!("certificate {}: {words}", files.cert.display());
    match days {
        None => Finding::Warn { what: named("its end can't be read".to_owned()), remedy: remedy("check it by hand") },
        Some(days) if days < 0 => Finding::Error {
            what: named("it has expired".to_owned()),
            remedy: remedy("renew it; no restart is needed"),
        },
        Some(days) if days < CERTIFICATE_DAYS => Finding::Warn {
            what: named(format!("it expires in {days} days")),
            remedy: remedy("renew it; no restart is needed"),
        },
        Some(days) => Finding::Ok(named(format!("valid for {days} days"))),
    }
}

/// What peers are told to send sound to has to lead here.
fn media_address(config: &Config) -> Finding {
    let address = config.media_address.unwrap_or(config.sip.ip());
    let is_ours = address.is_unspecified() || UdpSocket::bind((address, 0)).is_ok();
    if is_ours {
        return Finding::Ok(format!("sound is received at {}", shown(address)));
    }
    Finding::Warn {
        what: format!("{address} is not an address of this machine"),
        remedy: format!(
            "behind a router that translates addresses, forward UDP {}-{} to this machine",
            config.media_ports.start(),
            config.media_ports.end()
        ),
    }
}

fn shown(address: IpAddr) -> String {
    if address.is_unspecified() { "the address of the route to each peer".to_owned() } else { address.to_string() }
}

fn external_program(program: &str, loss: &str) -> Finding {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found: Option<PathBuf> =
        std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    match found {
        Some(file) => Finding::Ok(format!("{program} is {}", file.display())),
        None => Finding::Warn {
            what: format!("{program} is not installed: {loss}"),
            remedy: format!("apt install {program}"),
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn files(folder: &Path, year: i32) -> Tls {
        let mut params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let files =
            Tls { address: "127.0.0.1:0".parse().unwrap(), cert: folder.join("cert.pem"), key: folder.join("key.pem") };
        std::fs::write(&files.cert, params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn an_expired_or_missing_certificate_is_an_error() {
        tls::install_provider();
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(certificate(&files(folder.path(), 2090), None), Finding::Ok(_)));
        let expired = files(folder.path(), 2020);
        assert!(matches!(certificate(&expired, None), Finding::Error { what, .. } if what.ends_with("it has expired")));
        std::fs::remove_file(&expired.key).unwrap();
        let Finding::Error { what, .. } = certificate(&expired, None) else { panic!("a key is missing") };
        assert!(what.contains("key.pem"), "{what}");
    }

    #[test]
    fn a_port_in_use_names_the_flag() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let result = TcpListener::bind(address).map(drop);
        let Finding::Error { what, remedy } = port("HTTP", address, "--http", result) else { panic!("it is in use") };
        assert!(what.contains(&address.to_string()) && remedy.contains("--http"), "{what}; {remedy}");
    }

    #[test]
    fn a_data_directory_that_is_a_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(data_dir(&folder.path().join("new")), Finding::Ok(_)));
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        assert!(matches!(data_dir(&file), Finding::Error { .. }));
    }

    #[test]
    fn a_program_that_is_missing_is_a_warning_with_its_package() {
        let Finding::Warn { what, remedy } = external_program("no-such-program", "nothing works") else {
            panic!("it can't be there")
        };
        assert!(what.contains("nothing works") && remedy == "apt install no-such-program");
    }
}
