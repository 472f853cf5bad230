//! Via. RFC 3261 §20.42, RFC 3581

use std::net::IpAddr;

use crate::header::params::{Params, is_token, split_once, split_outside, trim};
use crate::transport::Transport;
use crate::uri::{self, split_host_port};

/// One value of Via.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    pub(crate) protocol: &'a str,
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    pub(crate) branch: Option<&'a str>,
    pub(crate) received: Option<&'a str>,
    pub(crate) rport: Rport,
}

/// The rport parameter. RFC 3581 §3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rport {
    #[default]
    Missing,
    /// The sender wants to be told.
    Wanted,
    Told(u16),
}

impl<'a> Via<'a> {
    /// Reads one value.
    pub fn parse(value: &'a str) -> Option<Self> {
        Self::parse_any_version(value).filter(|(_, version)| *version == "2.0").map(|(via, _)| via)
    }

    /// Reads one value and the version in it. Whoever speaks another version has to be told so, and where he is.
    pub(crate) fn parse_any_version(value: &'a str) -> Option<(Self, &'a str)> {
        // The protocol has three parts with blanks allowed around both slashes; then blanks, then where it was sent by.
        let (name, rest) = split_once(value, b'/')?;
        let (version, rest) = split_once(rest, b'/')?;
        let version = trim(version);
        if !trim(name).eq_ignore_ascii_case("SIP") || !is_token(version.as_bytes()) {
            return None;
        }
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
        let rest = rest.get(rest.bytes().position(|byte| !is_blank(byte))?..)?;
        let (protocol, rest) = rest.split_at(rest.bytes().position(is_blank)?);
        if !is_token(protocol.as_bytes()) {
            return None;
        }
        let (sent_by, params) = rest.split_at(rest.bytes().position(|byte| byte == b';').unwrap_or(rest.len()));
        let (host, port) = split_sent_by(trim(sent_by))?;
        let mut via = Self { protocol, host, port, branch: None, received: None, rport: Rport::Missing };
        for (name, value) in Params::new(params) {
            match value {
                Some(value) if name.eq_ignore_ascii_case("branch") => via.branch = Some(value),
                Some(value) if name.eq_ignore_ascii_case("received") => via.received = Some(value),
                Some(value) if !value.is_empty() && name.eq_ignore_ascii_case("rport") => {
                    via.rport = Rport::Told(value.parse().ok()?);
                }
                None | Some("") if name.eq_ignore_ascii_case("rport") => via.rport = Rport::Wanted,
                None | Some(_) => {}
            }
        }
        Some((via, version))
    }

    /// The address in the maddr parameter of the first of some values. Names are not looked up.
    pub(crate) fn maddr(value: &str) -> Option<IpAddr> {
        let top = split_outside(value, b',').0;
        uri::ip(Params::new(top.split_once(';')?.1).find("maddr")?)
    }

    /// The transport; none if it is one that we don't know.
    pub fn transport(&self) -> Option<Transport> {
        Transport::from_name(self.protocol)
    }

    /// The host that it was sent by; an IPv6 address is in brackets.
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// The port that it was sent by, if it is named.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The branch parameter.
    pub fn branch(&self) -> Option<&'a str> {
        self.branch
    }

    /// The received parameter.
    pub fn received(&self) -> Option<&'a str> {
        self.received
    }

    /// The rport parameter.
    pub fn rport(&self) -> Rport {
        self.rport
    }

    /// Whether the sender wants the response at the port that the request came from. RFC 3581 §4
    pub fn wants_rport(&self) -> bool {
        self.rport != Rport::Missing
    }
}

/// Host and port, with blanks allowed around the colon.
fn split_sent_by(text: &str) -> Option<(&str, Option<u16>)> {
    match split_host_port(text) {
        Some(parts) => Some(parts),
        None => {
            let (host, port) = text.rsplit_once(':')?;
            let (host, _) = split_host_port(trim(host)).filter(|(_, port)| port.is_none())?;
            Some((host, Some(trim(port).parse().ok()?)))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use super::*;

    #[test]
    fn a_via_is_read_with_all_its_parts() {
        let via = Via::parse("SIP/2.0/UDP 10.0.0.1:5070;rport;branch=z9hG4bK1;received=1.2.3.4").unwrap();
        assert_eq!(via.transport(), Some(Transport::Udp));
        assert_eq!((via.host(), via.port()), ("10.0.0.1", Some(5070)));
        assert_eq!((via.branch(), via.received()), (Some("z9hG4bK1"), Some("1.2.3.4")));
        assert!(via.wants_rport());
        let via = Via::parse("SIP  / 2.0\t/ tcp   [2001:db8::9] : 5061 ; rport=9 ; branch = b").unwrap();
        assert_eq!(via.transport(), Some(Transport::Tcp));
        assert_eq!((via.host(), via.port(), via.rport()), ("[2001:db8::9]", Some(5061), Rport::Told(9)));
        assert_eq!(via.branch(), Some("b"));
    }

    #[test]
    fn a_transport_that_nobody_knows_is_still_a_via() {
        let via = Via::parse("SIP/2.0/LITTLE t1.test;branch=b").unwrap();
        assert_eq!((via.transport(), via.host()), (None, "t1.test"));
    }

    #[test]
    fn what_is_no_via_is_refused() {
        for value in ["", "SIP/2.0", "SIP/2.0/UDP", "SIP/3.0/UDP a", "SIP/2.0/UDP ;branch=1", "SIP/2.0/UDP a:70000"] {
            assert_eq!(Via::parse(value), None, "{value}");
        }
    }
}
