//! Offer and answer of one leg. RFC 3264

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use smallvec::SmallVec;

use super::crypto::{Crypto, Keys, OFFERED};
use super::description::{Description, Media};
use super::format::{Format, Numbers, clock_khz};
use super::write::{self, Audio, Line, Profile};
use super::{Codec, Direction, Preferences, Session, Sources, Srtp, SrtpPolicy, Unacceptable};
use crate::codec::FRAME_MS;
use crate::order::PortGrant;

/// Offer and answer of one leg, through its whole life.
#[derive(Clone)]
pub struct Negotiation {
    preferences: Preferences,
    grant: PortGrant,
    keys: Keys,
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
    encrypted: bool,
}

/// What the peer's offer comes down to.
struct Choice {
    index: usize,
    profile: Profile,
    codec: Codec,
    crypto: Option<Crypto>,
}

type Formats = SmallVec<[(u8, Format); 6]>;

impl Negotiation {
    /// `seed` makes the session id and the SRTP keys; it must come from the system's random source.
    pub fn new(preferences: Preferences, grant: PortGrant, seed: [u8; 32]) -> Self {
        let mut random = ChaCha20Rng::from_seed(seed);
        Self {
            preferences,
            grant,
            // Some peers keep it in a signed number.
            id: random.next_u64() >> 2,
            keys: Keys::new(|bytes| random.fill_bytes(bytes)),
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

    /// Our offer in the direction wished, as SDP text. The same bytes again (same `o=` version) if nothing changed.
    pub fn offer(&mut self, direction: Direction) -> Vec<u8> {
        let in_force = self.session.as_ref().is_some_and(Session::is_encrypted);
        let encrypted = in_force || self.preferences.srtp == SrtpPolicy::Required;
        let profile = match self.profile {
            Some(profile) if in_force || profile.is_secure() == encrypted => profile,
            _ if encrypted => Profile::Savp,
            _ => Profile::Avp,
        };
        let formats = self.offered_formats();
        self.offered = Some(Offered { profile, formats: formats.clone(), direction, encrypted });
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
        if profile.is_secure() != offered.profile.is_secure() {
            return Err(if offered.encrypted {
                Unacceptable::EncryptionRequired
            } else {
                Unacceptable::AnswerDoesNotFit
            });
        }
        let crypto = if offered.encrypted { Some(self.answered_crypto(media)?) } else { None };
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
        session.srtp = crypto.map(|crypto| self.srtp(crypto));
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
        let formats = accepted_formats(media, choice.codec);
        let mut session = self.session_with(&offer, media, &formats, choice.codec, direction)?;
        session.set_rtcp(media, media.rtcp_mux);

        for (number, format) in &formats {
            self.numbers.learn(*number, *format);
        }
        self.lines = lines_of(&offer, choice.index);
        self.profile = Some(choice.profile);
        self.rtcp_mux = media.rtcp_mux;
        self.offered = None;
        let tag = choice.crypto.as_ref().map(|crypto| (crypto.tag, crypto.suite));
        session.srtp = choice.crypto.map(|crypto| self.srtp(crypto));
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
        let encrypted = self.offered.as_ref().map_or(crypto.is_some(), |offered| offered.encrypted);
        let mut cryptos = SmallVec::new();
        if let Some((tag, suite)) = crypto {
            cryptos.push((tag, suite, self.keys.key(suite)));
        } else if encrypted {
            let suites = match self.session.as_ref().and_then(|session| session.srtp.as_ref()) {
                Some(srtp) => SmallVec::<[_; 3]>::from_elem(srtp.suite, 1),
                None => SmallVec::from(OFFERED),
            };
            cryptos.extend((1..).zip(suites).map(|(tag, suite)| (tag, suite, self.keys.key(suite))));
        }
        let audio = Audio { port: self.grant.rtp_port, profile, formats, direction, rtcp_mux: self.rtcp_mux, cryptos };
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
        for khz in clocks {
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
            let crypto = match self.preferences.srtp {
                SrtpPolicy::Off => None,
                SrtpPolicy::Accept | SrtpPolicy::Required => media.cryptos.iter().find_map(|line| Crypto::parse(line)),
            };
            if crypto.is_none() && (required || profile.is_secure()) {
                only_plain = true;
                continue;
            }
            let Some(codec) = self.common_codec(media, prefer) else { continue };
            if best.as_ref().is_none_or(|best| best.crypto.is_none() && crypto.is_some()) {
                best = Some(Choice { index, profile, codec, crypto });
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
        let address = theirs.connection_of(media).ok_or(Unacceptable::Malformed)?;
        if is_group(address) {
            return Err(Unacceptable::Malformed);
        }
        let held = address.is_unspecified();
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
        session.rtp_to = (!held).then(|| SocketAddr::new(address, media.port));
        // A private address says little of where packets come from, and a peer on this machine may describe any of the
        // machine's addresses. A public one is taken at its word.
        let signalled = self.signalled_from.filter(|from| is_private(address) || from.is_loopback());
        session.sources = Sources { described: (!held).then_some(address), signalled, any: false };
        Ok(session)
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
