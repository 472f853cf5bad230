//! `trunkline check`: says what is wrong and how to fix it.

mod signing;
mod speech;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
pub use signing::signing;
pub use speech::{speech, voice};
use store::{CountryFile, Open, OpenError, Store};

use crate::config::{Config, Flags, Mail, Tls};
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
pub enum Finding {
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
        findings.extend(database(config));
    }
    // A server that runs has its ports, and that is fine.
    if is_served(config.http) {
        findings.push(Finding::Ok(format!("a server answers at http://{}: its ports are not tried", config.http)));
    } else {
        findings.extend(ports(config));
    }
    findings.extend(config.tls.as_ref().map(|files| certificate(files, config.tls_ca.as_deref())));
    findings.extend(signing(&config.stir, config.public_url.as_str(), Timestamp::now()));
    findings.push(media_address(config));
    findings.extend(config.mail.as_ref().map(|mail| mail_server(mail, config.tls_ca.as_deref())));
    findings.extend(PROGRAMS.map(|(program, loss)| external_program(program, program, loss)));
    findings.push(speech(config.speech.as_ref()));
    findings.extend(voice(config.voice.as_ref()));
    findings
}

pub fn data_dir(path: &Path) -> Finding {
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

/// Whether the mail server lets us in; nothing is sent.
fn mail_server(mail: &Mail, authorities: Option<&Path>) -> Finding {
    let (host, port) = (&mail.server.host, mail.server.port);
    let wrong = |error: String, remedy: &str| Finding::Error {
        what: format!("mail server {host}:{port}: {error}"),
        remedy: remedy.to_owned(),
    };
    let transport = match mail.server.transport(authorities) {
        Ok(transport) => transport,
        Err(error) => return wrong(crate::error::chain(&error), "mend --tls-ca"),
    };
    let tried = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(|runtime| runtime.block_on(transport.test_connection()));
    match tried {
        Ok(Ok(true)) => Finding::Ok(format!("mail server {host}:{port} takes mail from {}", mail.from.email)),
        Ok(Ok(false)) => wrong("it hung up".to_owned(), "ask who runs it"),
        Ok(Err(error)) => wrong(crate::error::chain(&error), "mend --smtp: host, port, user, password or ?tls="),
        Err(error) => wrong(error.to_string(), "try again"),
    }
}

fn database(config: &Config) -> Vec<Finding> {
    let open = Open { url: config.database.clone(), key_file: config.key_file() };
    let opened = tokio::runtime::Builder::new_current_thread().enable_all().build().map(|runtime| {
        runtime.block_on(async {
            let store = Store::open(&open).await?;
            let make = store.make();
            let files = store.country_files().await;
            // It was opened; what closing says is no finding.
            let _ = store.close().await;
            Ok::<_, store::OpenError>((make, files))
        })
    });
    let (make, files) = match opened {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => return vec![unopened(&open, error)],
        Err(error) => {
            return vec![Finding::Error { what: format!("database: {error}"), remedy: "try again".to_owned() }];
        }
    };
    let mut findings = vec![Finding::Ok(format!("database opens ({make}), tables are up to date"))];
    match files {
        Ok(files) => findings.extend(countries(files.values().map(|file| &file.value))),
        Err(error) => findings.push(Finding::Error {
            what: format!("country profiles: {}", crate::error::chain(&error)),
            remedy: "mend --database or restore a backup".to_owned(),
        }),
    }
    findings
}

fn unopened(open: &Open, error: OpenError) -> Finding {
    match error {
        OpenError::Unfit { url, what, fix } => Finding::Error { what: format!("database {url}: {what}"), remedy: fix },
        error @ (OpenError::Database { .. }
        | OpenError::Migration(_)
        | OpenError::KeyFile { .. }
        | OpenError::KeyFileDamaged { .. }
        | OpenError::UnknownUrl { .. }) => Finding::Error {
            what: format!("database: {}", crate::error::chain(&error)),
            remedy: match open.url.starts_with("postgres") {
                true => "start its server, create the database and its user, or mend --database".to_owned(),
                false => "mend --database or restore a backup".to_owned(),
            },
        },
    }
}

/// Whether the files of countries that were loaded say anything to this version of the program; what they don't, counts
/// for nothing.
pub fn countries<'a>(files: impl Iterator<Item = &'a CountryFile>) -> Vec<Finding> {
    let (mut n_files, mut findings) = (0, Vec::new());
    for file in files {
        n_files += 1;
        let wrong = file.read().err().into_iter().flatten();
        findings.extend(wrong.map(|fault| Finding::Error {
            what: format!("country profile {}", fault.words(&file.country)),
            remedy: format!(
                "correct it and load it again: trunkline country file {0} > {0}.toml, trunkline country load {0}.toml",
                file.country
            ),
        }));
    }
    if findings.is_empty() && 0 < n_files {
        findings.push(Finding::Ok(format!("{n_files} country profiles that were loaded")));
    }
    findings
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

pub fn port(what: &str, address: SocketAddr, flag: &str, result: io::Result<()>) -> Finding {
    match result {
        Ok(()) => Finding::Ok(format!("{what} can listen on {address}")),
        Err(error) => Finding::Error {
            what: format!("{what} can't listen on {address}: {error}"),
            remedy: format!("end the other program (ss -lnptu shows it) or give another address with {flag}"),
        },
    }
}

pub fn certificate(files: &Tls, authorities: Option<&Path>) -> Finding {
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

pub fn external_program(program: &str, packages: &str, loss: &str) -> Finding {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found: Option<PathBuf> =
        std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    match found {
        Some(file) => Finding::Ok(format!("{program} is {}", file.display())),
        None => Finding::Warn {
            what: format!("{program} is not installed: {loss}"),
            remedy: format!("apt install {packages}"),
        },
    }
}
