//! A real phone: baresip, driven over its control port. It plays a tone into its calls and records what it hears.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::border::BEHIND;
use crate::server::{PASSWORD, SIP, SIPS};
use crate::sound;
use crate::wait;

/// The user of a phone behind a border controller, which does not register.
pub const BEHIND_BORDER: &str = "behind";

/// How a phone is set up.
#[derive(Clone)]
pub struct Setup {
    /// SIP user name; `carrier` is the outside world and does not register.
    pub user: &'static str,
    pub transport: Transport,
    /// baresip's codec modules and the name it gives the codec in an account.
    pub codec: Codec,
    pub srtp: bool,
    /// Frequency in Hz of the tone that it speaks.
    pub speaks: u32,
    /// Words that it says instead, in G.722, so many seconds after the call is up.
    pub says: Option<(&'static str, u32)>,
    pub answers: bool,
    /// Not bound to the address of the server, it names another one of the machine, as the README's phone does.
    pub is_elsewhere: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Tcp,
    Tls,
    Udp,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    G722,
    Opus,
    Pcma,
    Pcmu,
}

impl Setup {
    /// A phone of a demo user on UDP with G.711 that answers by itself.
    pub fn of(user: &'static str, speaks: u32) -> Self {
        Self {
            user,
            transport: Transport::Udp,
            codec: Codec::Pcmu,
            srtp: false,
            speaks,
            says: None,
            answers: true,
            is_elsewhere: false,
        }
    }

    /// The outside world at the demo carrier's address.
    pub fn outside(speaks: u32) -> Self {
        Self { answers: true, ..Self::of("carrier", speaks) }
    }
}

/// A running phone; ends when dropped.
pub struct Phone {
    child: Child,
    control: TcpStream,
    unread: Vec<u8>,
    events: Vec<Value>,
    directory: TempDir,
    setup: Setup,
}

impl Phone {
    pub fn start(setup: Setup) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (sip_port, control_port) = ports(setup.user);
        std::fs::write(directory.path().join("config"), config(&setup, &directory, sip_port, control_port)).unwrap();
        std::fs::write(directory.path().join("accounts"), account(&setup, sip_port)).unwrap();
        let (rate, channels) = setup.codec.format();
        let source = directory.path().join("tone.wav");
        match setup.says {
            Some((words, before_secs)) => sound::write_words(&source, words, before_secs),
            None => sound::write_tone(&source, setup.speaks, rate, channels, 90),
        }
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let child = Command::new("baresip")
            .arg("-f")
            .arg(directory.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("baresip is installed");
        let control =
            wait::until("baresip's control port opens", || TcpStream::connect(("127.0.0.1", control_port)).ok());
        control.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        Self { child, control, unread: Vec::new(), events: Vec::new(), directory, setup }
    }

    /// Calls a number or extension through the server.
    pub fn dial(&mut self, called: &str) {
        let uri = match self.setup.transport {
            _ if self.setup.user == BEHIND_BORDER => format!("sip:{called}@{BEHIND}"),
            Transport::Udp => format!("sip:{called}@{SIP}"),
            Transport::Tcp => format!("sip:{called}@{SIP};transport=tcp"),
            Transport::Tls => format!("sip:{called}@{SIPS};transport=tls"),
        };
        self.command("dial", &uri);
    }

    pub fn press(&mut self, key: char) {
        self.command("sndcode", &key.to_string());
    }

    pub fn hang_up(&mut self) {
        self.command("hangup", "");
    }

    pub fn command(&mut self, command: &str, parameter: &str) {
        let mut message = serde_json::json!({ "command": command });
        if !parameter.is_empty() {
            message["params"] = parameter.into();
        }
        let text = message.to_string();
        self.control.write_all(format!("{}:{text},", text.len()).as_bytes()).unwrap();
    }

    /// Waits for an event of this type; events before it are forgotten.
    pub fn wait_for(&mut self, kind: &str) -> Value {
        let what = format!("{} sees {kind}", self.setup.user);
        wait::until(&what, || {
            self.read_events();
            let at = self.events.iter().position(|event| event["type"] == kind)?;
            self.events.drain(..=at).next_back()
        })
    }

    /// Hangs up if need be, ends the phone and returns what it heard: one recording for each call, in order.
    pub fn heard(mut self) -> Vec<sound::Recording> {
        self.hang_up();
        wait::until("the recordings are closed", || {
            self.read_events();
            sound::are_complete(&self.heard_in()).then_some(())
        });
        sound::recordings(&self.heard_in())
    }

    fn heard_in(&self) -> std::path::PathBuf {
        self.directory.path().join("heard")
    }

    /// What the phone wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// Ends the phone without a word, as when its power fails.
    pub fn vanish(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Reads what came on the control port: netstrings with JSON.
    fn read_events(&mut self) {
        let mut buffer = [0_u8; 4_096];
        while let Ok(length) = self.control.read(&mut buffer) {
            if length == 0 {
                break;
            }
            self.unread.extend_from_slice(&buffer[..length]);
        }
        while let Some((message, rest)) = netstring(&self.unread) {
            if let Ok(event) = serde_json::from_slice(message) {
                self.events.push(event);
            }
            self.unread = rest.to_vec();
        }
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- phone {}\n{}", self.setup.user, without_meter(&self.log()));
        }
    }
}

impl Codec {
    /// Sampling rate and channels that baresip wants from its source.
    fn format(self) -> (u32, u16) {
        match self {
            Self::Pcma | Self::Pcmu => (8_000, 1),
            Self::G722 => (16_000, 1),
            Self::Opus => (48_000, 2),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA/8000/1",
            Self::Pcmu => "PCMU/8000/1",
            Self::G722 => "G722/16000/1",
            Self::Opus => "opus/48000/2",
        }
    }
}

/// A port for SIP, with the next one for TLS, and one to control the phone: free ones, so that no phone meets what is left of
/// another. The carrier has the demo's address.
fn ports(user: &str) -> (u16, u16) {
    let control = free_ports(1);
    if user == BEHIND_BORDER {
        return (5_072, control);
    }
    if user == "carrier" { (5_090, control) } else { (free_ports(2), control) }
}

/// The first of `n` neighbouring ports that nobody has, nor gets by asking for any: the system gives those below.
fn free_ports(n: u16) -> u16 {
    const PORTS: std::ops::Range<u16> = 61_000..65_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    wait::until("free ports", || {
        let first = PORTS.start + NEXT.fetch_add(n, Ordering::Relaxed) % (PORTS.end - PORTS.start);
        let is_free =
            |port| TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok();
        (first..first + n).all(is_free).then_some(first)
    })
}

fn config(setup: &Setup, directory: &TempDir, sip_port: u16, control_port: u16) -> String {
    let directory = directory.path().display();
    let heard = format!("{directory}/heard");
    std::fs::create_dir(&heard).unwrap();
    let codecs = match setup.codec {
        Codec::Pcma | Codec::Pcmu => "module g711.so",
        Codec::G722 => "module g722.so",
        Codec::Opus => "module opus.so",
    };
    let user = setup.user;
    let listen = if setup.is_elsewhere { String::new() } else { format!("sip_listen 127.0.0.1:{sip_port}\n") };
    format!(
        "{listen}call_local_timeout 120\n\
         audio_player aubridge,{user}\naudio_source aufile,{directory}/tone.wav\naudio_alert nil,nil\n\
         module_path /usr/lib/baresip/modules\n{codecs}\n\
         module aufile.so\nmodule aubridge.so\nmodule sndfile.so\nmodule srtp.so\n\
         module_app account.so\nmodule_app menu.so\nmodule ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control_port}\nsnd_path {heard}\n"
    )
}

fn account(setup: &Setup, sip_port: u16) -> String {
    let answer = if setup.answers { ";answermode=auto" } else { "" };
    let srtp = if setup.srtp { ";mediaenc=srtp-mand" } else { "" };
    let codec = format!(";audio_codecs={}", setup.codec.name());
    let user = setup.user;
    if user == "carrier" || user == BEHIND_BORDER {
        return format!("<sip:+12065550111@127.0.0.1:{sip_port}>;regint=0{answer}{srtp}{codec}\n");
    }
    let address = match setup.transport {
        Transport::Udp => SIP.to_owned(),
        Transport::Tcp => format!("{SIP};transport=tcp"),
        Transport::Tls => format!("{SIPS};transport=tls"),
    };
    format!("<sip:{user}@{address}>;auth_user={user};auth_pass={PASSWORD};regint=300{answer}{srtp}{codec}\n")
}

fn netstring(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&bytes[..colon]).ok()?.trim().parse().ok()?;
    let message = bytes.get(colon + 1..colon + 1 + length)?;
    Some((message, bytes.get(colon + 2 + length..)?))
}

/// The log without the meter that baresip redraws many times a second.
fn without_meter(log: &str) -> String {
    log.lines().map(|line| line.rsplit("(bit/s)").next().unwrap_or(line).trim()).collect::<Vec<_>>().join("\n")
}
