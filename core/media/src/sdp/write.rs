//! Writes our descriptions. RFC 8866 §5

use std::fmt::Write;
use std::net::IpAddr;

use smallvec::SmallVec;

use super::crypto::{self, MasterKey, Suite};
use super::format::Format;
use super::{Direction, webrtc};

/// The RTP profile of our media line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Avp,
    Avpf,
    Savp,
    Savpf,
    TlsSavp,
    TlsSavpf,
}

impl Profile {
    pub(crate) fn read(protocol: &str) -> Option<Self> {
        match protocol {
            "RTP/AVP" => Some(Self::Avp),
            "RTP/AVPF" => Some(Self::Avpf),
            "RTP/SAVP" => Some(Self::Savp),
            "RTP/SAVPF" => Some(Self::Savpf),
            "UDP/TLS/RTP/SAVP" => Some(Self::TlsSavp),
            "UDP/TLS/RTP/SAVPF" => Some(Self::TlsSavpf),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Avp => "RTP/AVP",
            Self::Avpf => "RTP/AVPF",
            Self::Savp => "RTP/SAVP",
            Self::Savpf => "RTP/SAVPF",
            Self::TlsSavp => "UDP/TLS/RTP/SAVP",
            Self::TlsSavpf => "UDP/TLS/RTP/SAVPF",
        }
    }

    pub(crate) fn is_secure(self) -> bool {
        match self {
            Self::Avp | Self::Avpf => false,
            Self::Savp | Self::Savpf | Self::TlsSavp | Self::TlsSavpf => true,
        }
    }

    /// Whether keys are agreed on by DTLS, not in the description. RFC 5764
    pub(crate) fn is_webrtc(self) -> bool {
        match self {
            Self::Avp | Self::Avpf | Self::Savp | Self::Savpf => false,
            Self::TlsSavp | Self::TlsSavpf => true,
        }
    }
}

/// One media line of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The one that carries sound.
    Audio,
    /// Refused: kept in its place with port 0. RFC 3264 §6
    Refused { kind: String, protocol: String, format: String },
}

/// Our audio line.
pub(crate) struct Audio<'a> {
    pub(crate) port: u16,
    pub(crate) profile: Profile,
    pub(crate) formats: &'a [(u8, Format)],
    pub(crate) direction: Direction,
    pub(crate) rtcp_mux: bool,
    pub(crate) cryptos: SmallVec<[(u32, Suite, &'a MasterKey); 3]>,
    pub(crate) mid: Option<&'a str>,
    /// Whether it is named as the one that all sound shares a port with.
    pub(crate) is_bundled: bool,
    pub(super) webrtc: Option<&'a webrtc::Lines>,
}

/// Everything after the `o=` line.
pub(crate) fn body(address: IpAddr, lines: &[Line], audio: &Audio<'_>) -> String {
    let mut out = String::with_capacity(640);
    let _ = write!(out, "s=-\r\nc=IN {}\r\nt=0 0\r\n", place(address));
    if let Some(mid) = audio.mid.filter(|_| audio.is_bundled) {
        let _ = write!(out, "a=group:BUNDLE {mid}\r\n");
    }
    if audio.webrtc.is_some() {
        out.push_str("a=ice-lite\r\n");
    }
    for line in lines {
        match line {
            Line::Audio => audio_line(&mut out, address, audio),
            Line::Refused { kind, protocol, format } => {
                let _ = write!(out, "m={kind} 0 {protocol} {format}\r\n");
            }
        }
    }
    out
}

/// `v=` and `o=` before `body`. RFC 8866 §5.2
pub(crate) fn with_origin(id: u64, version: u64, address: IpAddr, body: &str) -> Vec<u8> {
    let mut out = String::with_capacity(body.len() + 96);
    let _ = write!(out, "v=0\r\no=- {id} {version} IN {}\r\n{body}", place(address));
    out.into_bytes()
}

fn audio_line(out: &mut String, address: IpAddr, audio: &Audio<'_>) {
    let _ = write!(out, "m=audio {} {}", audio.port, audio.profile.name());
    for (number, _) in audio.formats {
        let _ = write!(out, " {number}");
    }
    out.push_str("\r\n");
    for (number, format) in audio.formats {
        format.write(*number, out);
    }
    for (tag, suite, key) in &audio.cryptos {
        crypto::write(out, *tag, *suite, key);
    }
    if let Some(mid) = audio.mid {
        let _ = write!(out, "a=mid:{mid}\r\n");
    }
    if let Some(lines) = audio.webrtc {
        webrtc_lines(out, address, audio.port, lines);
    }
    if audio.rtcp_mux {
        out.push_str("a=rtcp-mux\r\n");
    }
    let _ = write!(out, "a=ptime:20\r\na={}\r\n", audio.direction.name());
}

/// One candidate, which is all that a lite agent has, and the best there is. RFC 8839 §5.1, RFC 8445 §5.1.2
fn webrtc_lines(out: &mut String, address: IpAddr, port: u16, lines: &webrtc::Lines) {
    let webrtc::Lines { local, fingerprint, setup } = lines;
    let _ = write!(
        out,
        "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:{fingerprint}\r\na=setup:{}\r\n\
         a=candidate:1 1 udp 2130706431 {address} {port} typ host\r\na=end-of-candidates\r\n",
        local.fragment,
        local.password,
        setup.name(),
    );
}

fn place(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("IP4 {address}"),
        IpAddr::V6(address) => format!("IP6 {address}"),
    }
}
