//! Offer and answer of one leg. RFC 3264

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use smallvec::SmallVec;

use super::crypto::{Crypto, Keys, OFFERED};
use super::description::{Description, Media};
use super::format::{Format, Numbers, clock_khz};
use super::webrtc::{Ours, Remote};
use super::write::{self, Audio, Line, Profile};
use super::{Codec, Direction, Preferences, Session, Sources, Srtp, SrtpPolicy, Unacceptable};
use crate::codec::FRAME_MS;
use crate::dtls::Certificate;
use crate::order::PortGrant;

/// Offer and answer of one leg, through its whole life.
#[derive(Clone)]
pub struct Negotiation {
    preferences: Preferences,
    grant: PortGrant,
    keys: Keys,
    random: ChaCha20Rng,
    /// None where browsers are not served.
    webrtc: Option<Ours>,
    offers_webrtc: bool,
    /// Whether keys may travel as events in the sound.
    takes_events: bool,
    /// The name of the audio, and whether it leads a group that shares one port.
    mid: Option<String>,
    is_bundled: bool,
    id: u64,
    version: u64,
    /// Our last description after its `o=` line, to know whether the next one differs.
    body: String,
    numbers: Numbers,
    /// Our media lines; exactly one is the audio.
    lines: SmallVec<[Line; 1]>,
    /// Set by the first offer or answer.
    profile: Option<Profile>,
    rtcp_mux: bool,
    signalled_from: Option<IpAddr>,
    offered: Option<Offered>,
    session: Option<Session>,
}

/// Our last offer, kept after its answer: a later answer to the same offer (183, then 200) counts too.
#[derive(Clone, Debug)]
struct Offered {
    profile: Profile,
    formats: Formats,
    direction: Direction,
    keying: Keying,
}

/// Where the keys of a leg's sound come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keying {
    /// There are none: the sound is plain.
    Plain,
    /// From the descriptions. RFC 4568
    Described,
    /// From a handshake on the leg's own port. RFC 5764
    Agreed,
}

/// What the peer's offer comes down to.
struct Choice {
    index: usize,
    profile: Profile,
    codec: Codec,
    keys: Chosen,
}

/// Of the peer's offer, what its keys come from.
enum Chosen {
    Plain,
    Described(Crypto),
    Agreed(Remote),
}

type Formats = SmallVec<[(u8, Format); 6]>;

impl Negotiation {
    /// `seed` makes the session id and the SRTP keys; it must come from the system's random source.
    pub fn new(preferences: Preferences, grant: PortGrant, seed: [u8; 32]) -> Self {
        let mut random = ChaCha20Rng::from_seed(seed);
        // Some peers keep it in a signed number.
        let id = random.next_u64() >> 2;
        let keys = Keys::new(|bytes| random.fill_bytes(bytes));
        Self {
            preferences,
            grant,
            keys,
            random,
            webrtc: None,
            offers_webrtc: false,
            takes_events: true,
            mid: None,
            is_bundled: false,
            id,
            version: 0,
            body: String::new(),
            numbers: Numbers::default(),
            lines: SmallVec::from_elem(Line::Audio, 1),
            profile: None,
            rtcp_mux: false,
            signalled_from: None,
            offered: None,
            session: None,
        }
    }

    /// Tells where the peer's signalling comes from. A described address that is private while this one is public
    /// shows a NAT: sound may then come from this address too, which the next description takes into account.
    pub fn set_signalled_from(&mut self, address: IpAddr) {
        self.signalled_from = Some(address.to_canonical());
    }

    /// Names our description: its session, and the version of the last one. RFC 8866 §5.2
    pub fn origin(&self) -> (u64, u64) {
        (self.id, self.version)
    }

    /// Goes on with the descriptions of another process, whose last one had this name.
    pub fn go_on_from(&mut self, (id, version): (u64, u64)) {
        (self.id, self.version) = (id, version);
    }

    /// Lets browsers be answered: their sound is secured by DTLS with this certificate of ours. RFC 8827
    pub fn allow_webrtc(&mut self, certificate: Arc<Certificate>) {
        self.webrtc = Some(Ours::new(certificate, self.random.clone()));
    }

    /// Offers as to a browser, where that is allowed.
    pub fn offer_webrtc(&mut self) {
        self.offers_webrtc = self.webrtc.is_some();
    }

    /// Neither offers nor takes keys as events in the sound: they travel by INFO. RFC 6086
    pub fn without_events(&mut self) {
        self.takes_events = false;
    }

    /// Our offer in the direction wished, as SDP text. The same bytes again (same `o=` version) if nothing changed.
    pub fn offer(&mut self, direction: Direction) -> Vec<u8> {
        let keying = match &self.session {
            Some(session) if session.is_webrtc() => Keying::Agreed,
            Some(session) if session.is_encrypted() => Keying::Described,
            None if self.offers_webrtc => Keying::Agreed,
            Some(_) | None if self.preferences.srtp == SrtpPolicy::Required => Keying::Described,
            Some(_) | None => Keying::Plain,
        };
        let in_force = self.session.as_ref().is_some_and(Session::is_encrypted);
        let profile = match (self.profile, keying) {
            (Some(profile), _) if in_force || profile.keying() == keying => profile,
            (_, Keying::Plain) => Profile::Avp,
            (_, Keying::Described) => Profile::Savp,
            (_, Keying::Agreed) => Profile::TlsSavpf,
        };
        if keying == Keying::Agreed && self.mid.is_none() {
            (self.mid, self.is_bundled, self.rtcp_mux) = (Some("0".to_owned()), true, true);
        }
        let formats = self.offered_formats();
        self.offered = Some(Offered { profile, formats: formats.clone(), direction, keying });
        self.describe(profile, &formats, direction, None)
    }

    /// The peer's answer to our last offer.
    pub fn accept_answer(&mut self, answer: &[u8]) -> Result<Session, Unacceptable> {
        let offered = self.offered.clone().ok_or(Unacceptable::AnswerDoesNotFit)?;
        let answer = Description::parse(answer)?;
        let audio = self.lines.iter().position(|line| *line == Line::Audio).unwrap_or(0);
        let media = answer.media.get(audio).ok_or(Unacceptable::AnswerDoesNotFit)?;
        if media.kind != "audio" {
            return Err(Unacceptable::AnswerDoesNotFit);
        }
        if media.port == 0 {
            return Err(Unacceptable::NoCommonCodec);
        }
        let profile = Profile::read(media.protocol).ok_or(Unacceptable::AnswerDoesNotFit)?;
        if profile.keying() != offered.profile.keying() {
            return Err(match offered.keying {
                Keying::Described | Keying::Agreed => Unacceptable::EncryptionRequired,
                Keying::Plain => Unacceptable::AnswerDoesNotFit,
            });
        }
        let keys = match offered.keying {
            Keying::Plain => Chosen::Plain,
            Keying::Described => Chosen::Described(self.answered_crypto(media)?),
            Keying::Agreed => Chosen::Agreed(Remote::read(&answer, media).ok_or(Unacceptable::AnswerDoesNotFit)?),
        };
        let formats = answered_formats(media, &offered.formats);
        let codec = first_codec(&formats).ok_or(Unacceptable::NoCommonCodec)?;
        let mut session = self.session_with(&answer, media, &formats, codec, offered.direction)?;
        self.rtcp_mux &= media.rtcp_mux;
        session.set_rtcp(media, self.rtcp_mux);
        // The peer sends under our numbers; many send under their own.
        for (number, format) in offered.formats.iter().filter(|(_, format)| formats.iter().any(|(_, f)| f == format)) {
            session.receive.retain(|(theirs, _)| theirs != number);
            session.receive.push((*number, *format));
        }
        match keys {
            Chosen::Plain => {}
            Chosen::Described(crypto) => session.srtp = Some(self.srtp(crypto)),
            Chosen::Agreed(remote) => {
                let agreed = self.webrtc.as_mut().and_then(|ours| ours.take_answer(remote));
                session.webrtc = Some(Box::new(agreed.ok_or(Unacceptable::AnswerDoesNotFit)?));
            }
        }
        self.profile = Some(offered.profile);
        self.session = Some(session.clone());
        Ok(session)
    }

    /// Answers the peer's offer. `prefer` puts the codec of the other leg first when the peer offers it, so that no
    /// transcoding is needed; `direction` is what we want, narrowed by what the peer wants.
    pub fn answer(
        &mut self,
        offer: &[u8],
        prefer: Option<Codec>,
        direction: Direction,
    ) -> Result<(Vec<u8>, Session), Unacceptable> {
        let offer = Description::parse(offer)?;
        let choice = self.choose(&offer, prefer)?;
        let media = offer.media.get(choice.index).ok_or(Unacceptable::Malformed)?;
        let mut formats = accepted_formats(media, choice.codec);
        // A browser that may send comfort noise takes quiet words for noise, and music on top.
        formats.retain(|(_, format)| match format {
            Format::ComfortNoise => !choice.profile.is_webrtc(),
            Format::Event { .. } => self.takes_events,
            Format::Audio(_) => true,
        });
        let mut session = self.session_with(&offer, media, &formats, choice.codec, direction)?;
        session.set_rtcp(media, media.rtcp_mux);

        for (number, format) in &formats {
            self.numbers.learn(*number, *format);
        }
        self.lines = lines_of(&offer, choice.index);
        self.profile = Some(choice.profile);
        self.rtcp_mux = media.rtcp_mux;
        self.mid = media.mid().filter(|_| choice.profile.is_webrtc()).map(str::to_owned);
        self.is_bundled = media.is_bundled(&offer);
        self.offered = None;
        let mut tag = None;
        match choice.keys {
            Chosen::Plain => {}
            Chosen::Described(crypto) => {
                tag = Some((crypto.tag, crypto.suite));
                session.srtp = Some(self.srtp(crypto));
            }
            Chosen::Agreed(remote) => {
                let agreed = self.webrtc.as_mut().map(|ours| Box::new(ours.take_offer(remote)));
                session.webrtc = Some(agreed.ok_or(Unacceptable::EncryptionRequired)?);
            }
        }
        self.session = Some(session.clone());
        let text = self.describe(choice.profile, &formats, session.direction, tag);
        Ok((text, session))
    }

    /// The session in force.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }
}

impl Negotiation {
    /// Writes our description; `crypto` is the accepted line of an answer, none for an offer.
    fn describe(
        &mut self,
        profile: Profile,
        formats: &[(u8, Format)],
        direction: Direction,
        crypto: Option<(u32, super::crypto::Suite)>,
    ) -> Vec<u8> {
        let offers_keys = self.offered.as_ref().is_some_and(|offered| offered.keying == Keying::Described);
        let mut cryptos = SmallVec::new();
        if let Some((tag, suite)) = crypto {
            cryptos.push((tag, suite, self.keys.key(suite)));
        } else if offers_keys {
            let suites = match self.session.as_ref().and_then(|session| session.srtp.as_ref()) {
                Some(srtp) => SmallVec::<[_; 3]>::from_elem(srtp.suite, 1),
                None => SmallVec::from(OFFERED),
            };
            cryptos.extend((1..).zip(suites).map(|(tag, suite)| (tag, suite, self.keys.key(suite))));
        }
        let ours = self.webrtc.as_ref().filter(|_| profile.is_webrtc());
        let is_offer = self.offered.is_some();
        let webrtc = ours.map(|ours| if is_offer { ours.lines_of_offer() } else { ours.lines_of_answer() });
        let audio = Audio {
            port: self.grant.rtp_port,
            profile,
            formats,
            direction,
            rtcp_mux: self.rtcp_mux,
            cryptos,
            mid: self.mid.as_deref(),
            is_bundled: self.is_bundled,
            webrtc: webrtc.as_ref(),
        };
        let body = write::body(self.preferences.address, &self.lines, &audio);
        if body != self.body {
            self.version += 1;
            self.body = body;
        }
        write::with_origin(self.id, self.version, self.preferences.address, &self.body)
    }

    /// Our codecs, the one in force first, then the events that go with them.
    fn offered_formats(&mut self) -> Formats {
        let in_force = self.session.as_ref().map(Session::codec);
        let others = self.preferences.codecs.iter().copied().filter(|codec| Some(*codec) != in_force);
        let codecs: SmallVec<[Codec; 4]> = in_force.into_iter().chain(others).collect();
        let mut formats = Formats::new();
        let mut clocks: SmallVec<[u8; 2]> = SmallVec::new();
        for codec in codecs {
            formats.extend(self.numbers.number(Format::Audio(codec)).map(|number| (number, Format::Audio(codec))));
            if !clocks.contains(&clock_khz(codec)) {
                clocks.push(clock_khz(codec));
            }
        }
        let takes_events = self.takes_events;
        for khz in clocks.into_iter().filter(|_| takes_events) {
            formats.extend(self.numbers.number(Format::Event { khz }).map(|number| (number, Format::Event { khz })));
        }
        formats
    }

    /// Which line, profile and codec of the peer's offer we take.
    fn choose(&self, offer: &Description<'_>, prefer: Option<Codec>) -> Result<Choice, Unacceptable> {
        let required = self.preferences.srtp == SrtpPolicy::Required;
        let mut best: Option<Choice> = None;
        let mut only_plain = false;
        for (index, media) in offer.media.iter().enumerate().filter(|(_, m)| m.kind == "audio" && m.port != 0) {
            let Some(profile) = Profile::read(media.protocol) else { continue };
            let crypto = || media.cryptos.iter().find_map(|line| Crypto::parse(line));
            let keys = match self.preferences.srtp {
                SrtpPolicy::Off => None,
                SrtpPolicy::Accept | SrtpPolicy::Required if profile.is_webrtc() => {
                    self.webrtc.as_ref().and_then(|_| Remote::read(offer, media)).map(Chosen::Agreed)
                }
                SrtpPolicy::Accept | SrtpPolicy::Required => crypto().map(Chosen::Described),
            };
            if keys.is_none() && (required || profile.is_secure()) {
                only_plain = true;
                continue;
            }
            let keys = keys.unwrap_or(Chosen::Plain);
            let Some(codec) = self.common_codec(media, prefer) else { continue };
            let is_better = |best: &Choice| best.keys.is_plain() && !keys.is_plain();
            if best.as_ref().is_none_or(is_better) {
                best = Some(Choice { index, profile, codec, keys });
            }
        }
        let dtls = offer.media.iter().any(|media| media.kind == "audio" && media.protocol.contains("TLS"));
        best.ok_or(if required && (only_plain || dtls) {
            Unacceptable::EncryptionRequired
        } else {
            Unacceptable::NoCommonCodec
        })
    }

    fn common_codec(&self, media: &Media<'_>, prefer: Option<Codec>) -> Option<Codec> {
        let allowed = &self.preferences.codecs;
        let preferred = prefer.filter(|codec| allowed.contains(codec));
        preferred.into_iter().chain(allowed.iter().copied()).find(|codec| {
            media.formats().any(|(number, encoding)| Format::read(number, encoding) == Some(Format::Audio(*codec)))
        })
    }

    /// The line of an answer that takes one of our `crypto` lines: same tag, same suite. RFC 4568 §5.1.2
    fn answered_crypto(&self, media: &Media<'_>) -> Result<Crypto, Unacceptable> {
        let suites = match self.session.as_ref().and_then(|session| session.srtp.as_ref()) {
            Some(srtp) => SmallVec::<[_; 3]>::from_elem(srtp.suite, 1),
            None => SmallVec::from(OFFERED),
        };
        let [line] = media.cryptos.as_slice() else { return Err(Unacceptable::EncryptionRequired) };
        let crypto = Crypto::parse(line).ok_or(Unacceptable::EncryptionRequired)?;
        let fits = (1u32..).zip(suites).any(|(tag, suite)| tag == crypto.tag && suite == crypto.suite);
        if fits { Ok(crypto) } else { Err(Unacceptable::AnswerDoesNotFit) }
    }

    fn srtp(&self, crypto: Crypto) -> Box<Srtp> {
        let send = self.keys.key(crypto.suite).clone();
        Box::new(Srtp { suite: crypto.suite, send, receive: crypto.key })
    }

    /// Everything but RTCP and the keys. `formats` are the peer's numbers.
    fn session_with(
        &self,
        theirs: &Description<'_>,
        media: &Media<'_>,
        formats: &[(u8, Format)],
        codec: Codec,
        wanted: Direction,
    ) -> Result<Session, Unacceptable> {
        // Where a browser is shows when it checks connectivity; what it describes is a guess.
        let is_found = Profile::read(media.protocol).is_some_and(Profile::is_webrtc);
        let described = if is_found { None } else { theirs.connection_of(media) };
        let address = match described {
            Some(address) if !is_group(address) => address,
            None if is_found => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Some(_) | None => return Err(Unacceptable::Malformed),
        };
        let held = address.is_unspecified() && !is_found;
        let peer = theirs.direction_of(media);
        let direction =
            Direction::from_parts(wanted.sends() && peer.receives() && !held, wanted.receives() && peer.sends());
        let number = |wanted: Format| formats.iter().find(|(_, format)| *format == wanted).map(|(number, _)| *number);
        let payload = number(Format::Audio(codec)).ok_or(Unacceptable::NoCommonCodec)?;
        let mut session = Session::new(codec, payload, direction);
        let khz = clock_khz(codec);
        session.event = number(Format::Event { khz }).map(|number| (number, khz)).or_else(|| {
            formats.iter().find_map(|(number, format)| match format {
                Format::Event { khz } => Some((*number, *khz)),
                Format::Audio(_) | Format::ComfortNoise => None,
            })
        });
        session.comfort_noise = number(Format::ComfortNoise);
        session.packet_ms = packet_ms(media, codec);
        session.packet_ms_max = media.maxptime.map(u32::from);
        session.receive = formats.iter().copied().collect();
        let described = Some(address).filter(|address| !address.is_unspecified());
        session.rtp_to = described.map(|address| SocketAddr::new(address, media.port));
        // A private address says little of where packets come from, and a peer on this machine may describe any of the
        // machine's addresses. A public one is taken at its word.
        let signalled = self.signalled_from.filter(|from| is_private(address) || from.is_loopback());
        // A phone that reaches us at 127.0.0.1 may sign with any address of the machine, and its sound comes from there too.
        let loopback = self.preferences.address.is_loopback();
        session.sources = Sources { described, signalled, loopback, any: false };
        Ok(session)
    }
}

impl Chosen {
    fn is_plain(&self) -> bool {
        match self {
            Self::Plain => true,
            Self::Described(_) | Self::Agreed(_) => false,
        }
    }
}

impl Profile {
    fn keying(self) -> Keying {
        match self {
            Self::Avp | Self::Avpf => Keying::Plain,
            Self::Savp | Self::Savpf => Keying::Described,
            Self::TlsSavp | Self::TlsSavpf => Keying::Agreed,
        }
    }
}

/// Without our description, which holds keys.
impl fmt::Debug for Negotiation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Negotiation")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("offered", &self.offered)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// RTCP goes beside RTP: to the same port, the one above, or where `a=rtcp` says. RFC 5761, RFC 3605
    fn set_rtcp(&mut self, media: &Media<'_>, mux: bool) {
        self.rtcp_mux = mux;
        let usable = |to: &SocketAddr| to.port() != 0 && !is_group(to.ip()) && !to.ip().is_unspecified();
        self.rtcp_to = self.rtp_to.and_then(|rtp| match media.rtcp {
            _ if mux => Some(rtp),
            Some((port, place)) => Some(SocketAddr::new(place.unwrap_or(rtp.ip()), port)).filter(usable),
            None => rtp.port().checked_add(1).map(|port| SocketAddr::new(rtp.ip(), port)),
        });
    }
}

/// Of the peer's answer: what we offered, under the peer's numbers, in its order.
fn answered_formats(media: &Media<'_>, offered: &[(u8, Format)]) -> Formats {
    let mut formats = Formats::new();
    for (number, encoding) in media.formats() {
        let ours = || offered.iter().find(|(ours, _)| *ours == number).map(|(_, format)| *format);
        let format = match encoding {
            Some(encoding) => Format::read(number, Some(encoding)),
            None => ours().or_else(|| Format::read(number, None)),
        };
        if let Some(format) = format
            && offered.iter().any(|(_, known)| *known == format)
            && !formats.iter().any(|(_, known)| *known == format)
        {
            formats.push((number, format));
        }
    }
    formats
}

/// Of the peer's offer: the chosen codec, events at its clock or else at any, and comfort noise where it fits.
fn accepted_formats(media: &Media<'_>, codec: Codec) -> Formats {
    let number = |wanted: Format| {
        let same = |(number, encoding)| Format::read(number, encoding) == Some(wanted);
        media.formats().find(|format| same(*format)).map(|(number, _)| (number, wanted))
    };
    let khz = clock_khz(codec);
    let event = number(Format::Event { khz }).or_else(|| number(Format::Event { khz: 8 }));
    let noise = if khz == 8 { number(Format::ComfortNoise) } else { None };
    number(Format::Audio(codec)).into_iter().chain(noise).chain(event).collect()
}

/// How long our packets are to be: what the peer wishes, or the next shorter length that we can make, in milliseconds.
/// Frames of Opus are not cut. RFC 8866 §6.4, RFC 7587 §7
fn packet_ms(media: &Media<'_>, codec: Codec) -> u32 {
    let lengths: &[u16] = match codec {
        Codec::Opus => &[20, 40, 60],
        Codec::G722 | Codec::Pcma | Codec::Pcmu => &[10, 20, 30, 40, 60],
    };
    let wished = media.ptime.unwrap_or(FRAME_MS as u16).min(media.maxptime.unwrap_or(u16::MAX));
    let fitting = lengths.iter().rev().find(|length| **length <= wished);
    u32::from(fitting.or(lengths.first()).copied().unwrap_or(wished))
}

fn first_codec(formats: &[(u8, Format)]) -> Option<Codec> {
    formats.iter().find_map(|(_, format)| match format {
        Format::Audio(codec) => Some(*codec),
        Format::ComfortNoise | Format::Event { .. } => None,
    })
}

/// Our lines for an answer: the audio where it was chosen, all else refused in its place.
fn lines_of(offer: &Description<'_>, audio: usize) -> SmallVec<[Line; 1]> {
    let line = |(index, media): (usize, &Media<'_>)| {
        if index == audio {
            return Line::Audio;
        }
        Line::Refused {
            kind: media.kind.to_owned(),
            protocol: media.protocol.to_owned(),
            format: media.first_format().to_owned(),
        }
    };
    offer.media.iter().enumerate().map(line).collect()
}

/// An address that reaches many: never a peer.
fn is_group(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_multicast() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_multicast(),
    }
}

/// An address that the public Internet does not route.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            let carrier_nat = a == 100 && b & 0xC0 == 64;
            address.is_private() || address.is_loopback() || address.is_link_local() || carrier_nat
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}
