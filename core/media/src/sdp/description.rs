//! Reads session descriptions. RFC 8866
//!
//! Only what negotiation needs is kept, as slices of the text. Limits come before allocation; attributes may be empty
//! or unknown; lines that are not UTF-8 (a subject in Latin-1) are passed over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use smallvec::SmallVec;

use super::webrtc::Attributes;
use super::{Direction, Unacceptable};
use crate::limits::{SDP_ATTRIBUTES_MAX, SDP_BYTES_MAX, SDP_FORMATS_MAX, SDP_MEDIA_MAX};

/// What a peer wrote.
#[derive(Debug, Default)]
pub(crate) struct Description<'a> {
    connection: Option<IpAddr>,
    direction: Option<Direction>,
    pub(super) webrtc: Attributes<'a>,
    pub(crate) media: SmallVec<[Media<'a>; 2]>,
}

/// One `m=` line and what follows it.
#[derive(Debug)]
pub(crate) struct Media<'a> {
    pub(crate) kind: &'a str,
    /// Zero when refused or stopped.
    pub(crate) port: u16,
    pub(crate) protocol: &'a str,
    /// As written, in order.
    formats: &'a str,
    connection: Option<IpAddr>,
    direction: Option<Direction>,
    rtpmaps: SmallVec<[(u8, &'a str); 8]>,
    pub(crate) cryptos: SmallVec<[&'a str; 2]>,
    pub(crate) rtcp: Option<(u16, Option<IpAddr>)>,
    pub(crate) rtcp_mux: bool,
    /// Length of a packet in milliseconds: wished for, and at most.
    pub(crate) ptime: Option<u16>,
    pub(crate) maxptime: Option<u16>,
    mid: Option<&'a str>,
    pub(super) webrtc: Attributes<'a>,
}

impl<'a> Description<'a> {
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, Unacceptable> {
        if text.len() > SDP_BYTES_MAX {
            return Err(Unacceptable::Malformed);
        }
        let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        if lines.next() != Some(b"v=0") {
            return Err(Unacceptable::Malformed);
        }
        let mut description = Self::default();
        for line in lines.filter(|line| !line.is_empty()) {
            let [kind, b'=', value @ ..] = line else { return Err(Unacceptable::Malformed) };
            if let Ok(value) = std::str::from_utf8(value) {
                description.read_line(*kind, value)?;
            }
        }
        Ok(description)
    }

    fn read_line(&mut self, kind: u8, value: &'a str) -> Result<(), Unacceptable> {
        match (kind, self.media.last_mut()) {
            (b'm', _) => {
                if self.media.len() >= SDP_MEDIA_MAX {
                    return Err(Unacceptable::Malformed);
                }
                self.media.push(Media::parse(value).ok_or(Unacceptable::Malformed)?);
            }
            (b'c', None) => self.connection = address(value),
            (b'c', Some(media)) => media.connection = media.connection.or(address(value)),
            (b'a', None) => {
                let (name, text) = value.split_once(':').unwrap_or((value, ""));
                if !self.webrtc.read(name, text) {
                    self.direction = direction(value).or(self.direction);
                }
            }
            (b'a', Some(media)) => media.read_attribute(value)?,
            _ => {}
        }
        Ok(())
    }

    /// The address that `media` is to be sent to; none if there is none or it is a host name.
    pub(crate) fn connection_of(&self, media: &Media<'_>) -> Option<IpAddr> {
        media.connection.or(self.connection)
    }

    /// Which way the peer wants sound to flow, as seen from the peer.
    pub(crate) fn direction_of(&self, media: &Media<'_>) -> Direction {
        media.direction.or(self.direction).unwrap_or(Direction::SendAndReceive)
    }
}

impl<'a> Media<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let (kind, rest) = value.split_once(' ')?;
        let (port, rest) = rest.trim_start().split_once(' ')?;
        let (protocol, formats) = rest.trim_start().split_once(' ').unwrap_or((rest, ""));
        if !is_token(kind) || !is_token(protocol) || formats.split_whitespace().count() > SDP_FORMATS_MAX {
            return None;
        }
        let port = port.split('/').next().and_then(number)?;
        Some(Self {
            kind,
            port,
            protocol,
            formats,
            connection: None,
            direction: None,
            rtpmaps: SmallVec::new(),
            cryptos: SmallVec::new(),
            rtcp: None,
            rtcp_mux: false,
            ptime: None,
            maxptime: None,
            mid: None,
            webrtc: Attributes::default(),
        })
    }

    fn read_attribute(&mut self, value: &'a str) -> Result<(), Unacceptable> {
        let (name, value) = value.split_once(':').unwrap_or((value, ""));
        match name.trim_end() {
            "rtpmap" => {
                if let Some((number, name)) = value.trim_start().split_once(' ')
                    && let Ok(number) = number.parse()
                {
                    bounded_push(&mut self.rtpmaps, (number, name.trim()))?;
                }
            }
            "crypto" => bounded_push(&mut self.cryptos, value.trim())?,
            "rtcp" => {
                let (port, place) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
                self.rtcp = number(port).map(|port| (port, address(place)));
            }
            "rtcp-mux" => self.rtcp_mux = true,
            "ptime" => self.ptime = number(value.trim()).filter(|ms| *ms > 0),
            "maxptime" => self.maxptime = number(value.trim()).filter(|ms| *ms > 0),
            "mid" => self.mid = Some(value.trim()).filter(|mid| is_token(mid)),
            other if self.webrtc.read(other, value) => {}
            other => self.direction = direction(other).or(self.direction),
        }
        Ok(())
    }

    /// The payload numbers in the peer's order, each with its encoding as in `rtpmap` if it has one.
    pub(crate) fn formats(&self) -> impl Iterator<Item = (u8, Option<&'a str>)> {
        self.formats.split_whitespace().filter_map(|word| word.parse().ok()).filter(|number| *number < 128).map(
            |number| (number, self.rtpmaps.iter().find(|(mapped, _)| *mapped == number).map(|(_, encoding)| *encoding)),
        )
    }

    /// Its name among others, if it has one. RFC 5888
    pub(super) fn mid(&self) -> Option<&'a str> {
        self.mid
    }

    /// Whether it shares its port with what else is in the group of the description.
    pub(super) fn is_bundled(&self, description: &Description<'_>) -> bool {
        let group = description.webrtc.bundle.unwrap_or_default();
        self.mid.is_some_and(|mid| group.split_whitespace().any(|name| name == mid))
    }

    /// The first format as written, for the line that refuses this media.
    pub(crate) fn first_format(&self) -> &'a str {
        self.formats.split_whitespace().next().filter(|word| is_token(word)).unwrap_or("0")
    }
}

fn bounded_push<A: smallvec::Array>(list: &mut SmallVec<A>, item: A::Item) -> Result<(), Unacceptable> {
    if list.len() >= SDP_ATTRIBUTES_MAX {
        return Err(Unacceptable::Malformed);
    }
    list.push(item);
    Ok(())
}

fn is_token(word: &str) -> bool {
    !word.is_empty() && word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A decimal number without a sign.
fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { u16::from_str(text).ok() } else { None }
}

/// `IN IP4 192.0.2.1/127` and the like.
fn address(value: &str) -> Option<IpAddr> {
    let mut words = value.split_whitespace();
    let (Some("IN"), Some(family), Some(place)) = (words.next(), words.next(), words.next()) else { return None };
    let place = place.split('/').next()?;
    match family {
        "IP4" => Ipv4Addr::from_str(place).ok().map(IpAddr::V4),
        "IP6" => Ipv6Addr::from_str(place).ok().map(|place| IpAddr::V6(place).to_canonical()),
        _ => None,
    }
}

fn direction(name: &str) -> Option<Direction> {
    match name.trim() {
        "sendrecv" => Some(Direction::SendAndReceive),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::ReceiveOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    }
}
