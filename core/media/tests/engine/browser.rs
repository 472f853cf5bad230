//! A browser as far as its media goes: it checks connectivity, shakes hands and sends encrypted packets.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use dimpl::{Config, Dtls, DtlsCertificate, Output, SrtpProfile};
use media::Certificate;
use media::sdp::{Codec, Negotiation, Preferences, SrtpPolicy};
use media::stun::{self, Kind, Message, Writer, attribute};
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;
use sha2::{Digest, Sha256};

use super::world::{OURS, grant};
use media::LegId;

pub struct Browser {
    pub address: SocketAddr,
    pub fragment: String,
    pub password: String,
    /// The server's, as its description said.
    pub theirs: (String, String),
    pub certificate: DtlsCertificate,
    dtls: Dtls,
    expected: Vec<u8>,
    protection: Option<(Context, Context)>,
    /// What came and is neither a check nor a handshake, decrypted.
    pub heard: Vec<Vec<u8>>,
    pub n_answers: usize,
    pub errors: Vec<u16>,
    /// The handshake can't go on.
    pub is_spoilt: bool,
    n_checks: u8,
}

/// One certificate of the server for all tests: making one takes long.
pub fn ours() -> Arc<Certificate> {
    static OURS: OnceLock<DtlsCertificate> = OnceLock::new();
    let parts = OURS.get_or_init(made);
    Arc::new(Certificate::new(parts.certificate.clone(), parts.private_key.clone()).unwrap())
}

pub fn theirs() -> DtlsCertificate {
    static THEIRS: OnceLock<DtlsCertificate> = OnceLock::new();
    THEIRS.get_or_init(made).clone()
}

pub fn made() -> DtlsCertificate {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap().self_signed(&key).unwrap();
    DtlsCertificate { certificate: certificate.der().to_vec(), private_key: key.serialize_der() }
}

pub fn negotiation(leg: LegId) -> Negotiation {
    let codecs = vec![Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma];
    let preferences = Preferences { codecs, srtp: SrtpPolicy::Accept, address: OURS.parse().unwrap() };
    let mut negotiation = Negotiation::new(preferences, grant(leg), [9; 32]);
    negotiation.allow_webrtc(ours());
    negotiation
}

impl Browser {
    pub fn new(now: Instant, address: &str, is_active: bool) -> Self {
        let certificate = theirs();
        let config = Config::builder().build().unwrap();
        let mut dtls = Dtls::new_12(Arc::new(config), certificate.clone(), now);
        dtls.set_active(is_active);
        Self {
            address: address.parse().unwrap(),
            fragment: "Brow".to_owned(),
            password: "abcdefghijklmnopqrstuvwx".to_owned(),
            theirs: Default::default(),
            certificate,
            dtls,
            expected: Vec::new(),
            protection: None,
            heard: Vec::new(),
            n_answers: 0,
            errors: Vec::new(),
            is_spoilt: false,
            n_checks: 0,
        }
    }

    /// As Chromium writes it, before it knows any candidate.
    pub fn description(&self, setup: &str, formats: &str) -> String {
        let hex: Vec<String> =
            Sha256::digest(&self.certificate.certificate).iter().map(|byte| format!("{byte:02X}")).collect();
        format!(
            "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=extmap-allow-mixed\r\n\
             a=msid-semantic: WMS s\r\nm=audio 9 UDP/TLS/RTP/SAVPF {formats}\r\nc=IN IP4 0.0.0.0\r\n\
             a=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=ice-options:trickle\r\n\
             a=fingerprint:sha-256 {}\r\na=setup:{setup}\r\na=mid:0\r\n\
             a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\n\
             a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
             a=rtpmap:63 red/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
             a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:1 cname:x\r\n",
            self.fragment,
            self.password,
            hex.join(":"),
        )
    }

    /// Reads what the server wrote.
    pub fn read(&mut self, description: &str) {
        let find = |name: &str| {
            let line = description.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {description}")).to_owned()
        };
        self.theirs = (find("a=ice-ufrag:"), find("a=ice-pwd:"));
        let hex = find("a=fingerprint:sha-256 ");
        self.expected = hex.split(':').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    }

    /// A connectivity check.
    pub fn check(&mut self, nominates: bool) -> Vec<u8> {
        self.check_with(&self.theirs.1.clone(), |writer| {
            writer.attribute(attribute::ICE_CONTROLLING, &[1; 8]);
            if nominates {
                writer.attribute(attribute::USE_CANDIDATE, &[]);
            }
        })
    }

    pub fn check_with(&mut self, password: &str, add: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
        self.n_checks = self.n_checks.wrapping_add(1);
        let mut packet = Vec::new();
        let mut writer = Writer::new(&mut packet, Kind::BindingRequest, [self.n_checks; 12]);
        writer.attribute(attribute::USERNAME, format!("{}:{}", self.theirs.0, self.fragment).as_bytes());
        writer.attribute(0xC057, &[0, 1, 0, 10]);
        writer.attribute(attribute::PRIORITY, &[0x6e, 0, 1, 0xff]);
        add(&mut writer);
        writer.finish(password.as_bytes());
        packet
    }

    /// Takes one packet of the server; what is to be said to that.
    pub fn take(&mut self, now: Instant, packet: &[u8]) -> Vec<Vec<u8>> {
        if stun::is_stun(packet) {
            let message = Message::parse(packet).unwrap();
            assert!(message.is_proved(self.theirs.1.as_bytes()), "the answer is the server's");
            match message.error_code() {
                Some(code) => self.errors.push(code),
                None => self.n_answers += 1,
            }
            return Vec::new();
        }
        if packet[0] < 64 {
            let taken = self.dtls.handle_timeout(now).and_then(|()| self.dtls.handle_packet(packet));
            self.is_spoilt |= taken.is_err();
            return self.shake(now);
        }
        // Sound that overtook the end of the handshake is lost.
        let Some((_, incoming)) = self.protection.as_mut() else { return Vec::new() };
        let is_report = packet[1] >= 192 && packet[1] < 224;
        let plain = if is_report { incoming.decrypt_rtcp(packet) } else { incoming.decrypt_rtp(packet) };
        self.heard.push(plain.expect("the server encrypts with the keys agreed on").to_vec());
        Vec::new()
    }

    /// What the handshake has to say at this instant.
    pub fn shake(&mut self, now: Instant) -> Vec<Vec<u8>> {
        self.is_spoilt |= self.dtls.handle_timeout(now).is_err();
        if self.is_spoilt {
            return Vec::new();
        }
        let mut said = Vec::new();
        let mut buffer = [0; 2_048];
        loop {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(packet) => said.push(packet.to_vec()),
                Output::PeerCert(der) => assert_eq!(Sha256::digest(der).to_vec(), self.expected),
                Output::KeyingMaterial(material, profile) => {
                    let is_active = self.dtls.is_active();
                    self.protection = Some(contexts(&material, profile, is_active));
                }
                Output::Timeout(_) => return said,
                _ => {}
            }
        }
    }

    pub fn has_keys(&self) -> bool {
        self.protection.is_some()
    }

    pub fn encrypt(&mut self, packet: &[u8]) -> Vec<u8> {
        self.protection.as_mut().unwrap().0.encrypt_rtp(packet).unwrap().to_vec()
    }
}

fn contexts(material: &[u8], profile: SrtpProfile, is_active: bool) -> (Context, Context) {
    let (profile, key, salt) = match profile {
        SrtpProfile::AEAD_AES_256_GCM => (ProtectionProfile::AeadAes256Gcm, 32, 12),
        SrtpProfile::AEAD_AES_128_GCM => (ProtectionProfile::AeadAes128Gcm, 16, 12),
        _ => (ProtectionProfile::Aes128CmHmacSha1_80, 16, 14),
    };
    let context = |place: usize| {
        let master = &material[place * key..(place + 1) * key];
        let salts = &material[2 * key..];
        let provider = rtc_srtp::crypto::default_provider().unwrap();
        Context::new(master, &salts[place * salt..(place + 1) * salt], profile, None, None, provider.crypto()).unwrap()
    };
    let (out, incoming) = if is_active { (0, 1) } else { (1, 0) };
    (context(out), context(incoming))
}
